"""A live simulation that a test drives, and what its snapshots showed."""

from datetime import datetime

from helpers import joined

from fakeweb_tui.config import Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.statistics import Counts, Snapshot

# Real seconds that a double and a microsecond keep exactly at every speed.
TICK = 1 / 64
EDITED_HOME = {"home": 0.1, "product_a": 0.1, "product_b": 0.7, "session_end": 0.1}


class Clock:
    """Real time, as far as the simulation can tell."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Driver:
    """A live simulation and its clock; collects every event that snapshots show."""

    def __init__(
        self, parameters: Parameters, config: Config, speed: float | None = 60, running: bool = True
    ) -> None:
        self.clock = Clock()
        self.live = LiveSimulation(parameters, config, speed, running, now=self.clock)
        self.seen: list[Batch] = []
        self._run = 0

    def snapshot(self) -> Snapshot:
        snapshot = self.live.snapshot()
        if snapshot.run != self._run:
            self._run, self.seen = snapshot.run, []
        new = snapshot.total.events - sum(map(len, self.seen))
        assert 0 <= new <= len(snapshot.recent), "more new events than are shown"
        self.seen.append(snapshot.recent.newest(new))
        return snapshot

    def tick(self, seconds: float = TICK) -> Snapshot:
        self.clock.seconds += seconds
        self.live.advance()
        return self.snapshot()

    @property
    def events(self) -> Batch:
        return joined(self.seen)


def until(batch: Batch, moment: datetime) -> Batch:
    return batch.until(moment)[0]


def listed(counts: Counts) -> list[list[int]]:
    columns = (counts.events_by_page, counts.reached_by_page, counts.events_by_hour, counts.sessions_by_hour)
    return [column.tolist() for column in columns]
