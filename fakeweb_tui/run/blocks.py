"""Which events are encoded together: a division of time that depends on the scenario alone.

What a format makes of a block depends on the block and nothing else, and blocks on neither the number of workers
nor the pace, so a file is the same to the byte whoever wrote it. A *block* is a run of steps in which so many
sessions are expected to start. It is encoded as one *part*, unless it has to be cut: where a file ends, and where
an edit changes who the users are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from fakeweb_tui.config import Config
from fakeweb_tui.run.stretches import Stream, Stretch
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import EPOCH, Batch, joined
from fakeweb_tui.users import population

# At the lowest rates a block ends after so many steps, some days.
_MOST_STEPS = 1 << 15


class Position(NamedTuple):
    """A place between two events: so many events behind the begin of the block that begins with `step`."""

    step: int
    events: int = 0


class Part(NamedTuple):
    """Events that are encoded together; there may be none.

    Attributes:
        config: what holds for them.
        batch: the events.
        period: when the period began whose file they belong to; None without periods.
        after: the position behind them.
        clock: every event before this moment is in this part or in one before it.
        whole: whether it ends where it would in any run; False where the stream has ended.
    """

    config: Config
    batch: Batch
    period: datetime | None
    after: Position
    clock: datetime
    whole: bool


@dataclass(frozen=True)
class Grid:
    """Where the blocks of a scenario end.

    Attributes:
        scenario: whose.
        sessions: how many are expected to start in a block.
    """

    scenario: Scenario
    sessions: int

    def stop_of(self, step: int) -> int:
        """Return the step behind the block that begins with `step`."""
        setting = self.scenario.setting_at(step)
        parameters = setting.parameters
        stop = min(step + _MOST_STEPS, parameters.max_steps)
        hours = parameters.hour_of(np.arange(step, stop))
        shares = np.array(setting.config.visits_per_hour)
        born = np.cumsum(shares[hours] * (parameters.sessions_per_day * parameters.batch_size / 3600))
        return min(stop, step + max(1, int(np.searchsorted(born, self.sessions, side="right"))))


class Cutter:
    """Cuts a stream into parts, at the ends of blocks and of periods.

    Args:
        grid: where blocks end.
        position: where the stream begins.
        period: how long a file's period is; None for one without end.
        at_once: give away what comes without waiting for the end of its block; for formats to which that is the
            same.
    """

    def __init__(self, grid: Grid, position: Position, period: timedelta | None, *, at_once: bool) -> None:
        self._grid = grid
        self._step, self._events = position
        self._stop = grid.stop_of(self._step)
        self._period = period
        self._at_once = at_once
        self._waiting: list[Stretch] = []

    def cut(self, stretches: Stream) -> Iterator[Part]:
        """Yield the parts; what is left at the end of the stream is the last."""
        for stretch in stretches:
            config, batch, clock = stretch
            if self._waiting and not _go_together(self._waiting[-1], stretch):
                yield self._part(self._waiting[-1].clock)
            while clock >= (end := self._end(batch)):
                head, batch = batch.until(end)
                self._waiting.append(Stretch(config, head, end))
                yield self._part(end)
                if self._step == self._grid.scenario.parameters.max_steps:
                    return
            self._waiting.append(Stretch(config, batch, clock))
            if self._at_once:
                yield self._part(clock)
        if any(len(stretch.batch) for stretch in self._waiting):
            yield self._part(self._waiting[-1].clock, whole=False)

    def _end(self, batch: Batch) -> datetime:
        """When the part that is being collected ends, before or behind the next events in `batch`."""
        block = self._grid.scenario.parameters.time_of(self._stop)
        if self._period is None:
            return block
        waiting = next((stretch.batch for stretch in self._waiting if len(stretch.batch)), batch)
        if not len(waiting):
            return block
        return min(block, _end_of(waiting.timestamp[0].item(), self._period))

    def _part(self, clock: datetime, *, whole: bool = True) -> Part:
        config, batch = self._waiting[-1].config, joined([stretch.batch for stretch in self._waiting])
        self._waiting = []
        self._events += len(batch)
        if clock >= self._grid.scenario.parameters.time_of(self._stop):
            self._step, self._events = self._stop, 0
            self._stop = self._grid.stop_of(self._step)
        period = None
        if self._period is not None and len(batch):
            period = begin_of(batch.timestamp[0].item(), self._period)
        return Part(config, batch, period, Position(self._step, self._events), clock, whole)


def begin_of(moment: datetime, period: timedelta) -> datetime:
    """Return when the period began that a moment is in, or time itself; periods are counted from 1970."""
    try:
        return EPOCH + (moment - EPOCH) // period * period
    except OverflowError:
        return datetime.min


def _end_of(moment: datetime, period: timedelta) -> datetime:
    """Return when the period ends that a moment is in, or time itself."""
    try:
        return EPOCH + ((moment - EPOCH) // period + 1) * period
    except OverflowError:
        return datetime.max


def _go_together(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches can be encoded as one: they have the same pages and users."""
    if one.config is other.config:
        return True
    return one.batch.pages == other.batch.pages and population(one.config) == population(other.config)
