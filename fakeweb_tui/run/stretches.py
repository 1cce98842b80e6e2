"""The events of a scenario as a stream of stretches, and what ends or slows it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from fakeweb_tui.config import Config
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import WHOLE, Batch, Shard, Walk


class Stretch(NamedTuple):
    """Events that follow those of the stretch before.

    Attributes:
        config: what holds for them.
        batch: the events; there may be none.
        clock: every event before this moment is in this stretch or in one before it.
    """

    config: Config
    batch: Batch
    clock: datetime


Stream: TypeAlias = Iterator[Stretch]


@dataclass(frozen=True)
class Bounds:
    """When a run ends, whichever comes first; without any, when it is interrupted or its scenario ends.

    Attributes:
        events: how many.
        until: simulated time: events before this moment.
        duration: seconds of real time.
    """

    events: int | None = None
    until: datetime | None = None
    duration: float | None = None

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return (self.events, self.until, self.duration) != (None, None, None)


UNBOUNDED = Bounds()
"""No bound at all."""


@dataclass(frozen=True)
class Pace:
    """How simulated time follows real time.

    Attributes:
        speed: simulated seconds per real second.
        origin: the simulated time at which the run begins to keep it; what is before comes as fast as can be.
        live: whether that is the real time as well.
    """

    speed: float
    origin: datetime
    live: bool = False


class PacedClock:
    """Simulated time as it goes at a pace, from its origin on, since this was made; `now` tells real seconds."""

    def __init__(self, pace: Pace, now: Callable[[], float]) -> None:
        self._pace, self._now, self._begun = pace, now, now()

    def due(self) -> datetime:
        """Return the moment up to which events are due."""
        try:
            return self._pace.origin + timedelta(seconds=(self._now() - self._begun) * self._pace.speed)
        except OverflowError:
            return datetime.max

    def seconds_until(self, moment: datetime) -> float:
        """Return the real seconds until a moment is due; 0 or less where it is."""
        return (moment - self.due()).total_seconds() / self._pace.speed


def stream(scenario: Scenario, step: int, shard: Shard = WHOLE, skip: int = 0) -> Stream:
    """Yield the events from a step on, but for the first `skip` of them."""
    if step < scenario.stop:
        yield from advanced(scenario, scenario.walk(step, shard), scenario.stop, skip)


def advanced(scenario: Scenario, walk: Walk, stop: int, skip: int = 0) -> Stream:
    """Take a walk to a step, and yield its events but for the first `skip` of them."""
    for config, batch in scenario.advance(walk, stop):
        clock = scenario.parameters.time_of(batch.stop_step)
        if scenario.end is not None:
            clock = min(clock, scenario.end)
        yield Stretch(config, batch.slice(skip), clock)
        skip = max(0, skip - len(batch))


def bounded(
    stretches: Stream, bounds: Bounds, now: Callable[[], float], interrupted: Callable[[], bool]
) -> Stream:
    """End the stream at the first of the bounds but `until`, or between two stretches where it is interrupted."""
    ends = None if bounds.duration is None else now() + bounds.duration
    left = bounds.events
    while left != 0 and not interrupted() and (ends is None or now() < ends):
        stretch = next(stretches, None)
        if stretch is None:
            return
        if left is not None and left <= len(stretch.batch):
            batch = stretch.batch.slice(0, left)
            clock: datetime = batch.timestamp[-1].item() + timedelta(microseconds=1)
            stretch = Stretch(stretch.config, batch, clock)
        if left is not None:
            left -= len(stretch.batch)
        yield stretch


# A person does not see that events come this late, and a machine is not kept busy by looking.
_NAP_SECONDS = 0.02


def paced(stretches: Stream, clock: PacedClock, sleep: Callable[[float], None]) -> Stream:
    """Let out each event when its time has come, and now and then a stretch without any."""
    for stretch in stretches:
        rest = stretch.batch
        while (due := clock.due()) < stretch.clock:
            out, rest = rest.until(due)
            yield Stretch(stretch.config, out, due)
            sleep(_NAP_SECONDS)
        yield Stretch(stretch.config, rest, stretch.clock)
