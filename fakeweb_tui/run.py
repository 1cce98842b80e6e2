"""A simulation as fast as possible, without a screen, into a sink."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from fakeweb_tui.config import Config
from fakeweb_tui.events.lines import LineRenderer
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.sinks import Sink


@dataclass(frozen=True)
class Bounds:
    """When a run ends, whichever comes first; without any, when it is interrupted.

    Attributes:
        events: how many.
        simulated: simulated time.
        duration: seconds of real time.
    """

    events: int | None = None
    simulated: timedelta | None = None
    duration: float | None = None

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return (self.events, self.simulated, self.duration) != (None, None, None)


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        events, size: what was written, in events and bytes.
        seconds: real time.
        clock: simulated time.
        done: the part that is done, 0 to 1; None where only the user knows.
    """

    events: int
    size: int
    seconds: float
    clock: datetime
    done: float | None


def run(
    parameters: Parameters,
    config: Config,
    renderer: LineRenderer,
    sink: Sink,
    bounds: Bounds,
    *,
    interrupted: Callable[[], bool],
    report: Callable[[Progress], None],
) -> Progress:
    """Write events until a bound is reached, or until `interrupted()` between two chunks.

    Returns:
        What was written. The sink is left open; OSErrors of it are passed on.
    """
    begun = monotonic()
    walk = Walk(parameters, config)
    end = parameters.time_of(parameters.max_steps)
    if bounds.simulated is not None:
        end = min(bounds.simulated, end - parameters.start) + parameters.start
    events, size, clock = 0, len(renderer.header), parameters.start
    sink.write(renderer.header)

    def progress() -> Progress:
        seconds = monotonic() - begun
        parts = []
        if bounds.events is not None:
            parts.append(events / bounds.events if bounds.events else 1.0)
        if bounds.simulated is not None:
            parts.append((clock - parameters.start) / (end - parameters.start) if clock < end else 1.0)
        if bounds.duration is not None:
            parts.append(seconds / bounds.duration if seconds < bounds.duration else 1.0)
        return Progress(events, size, seconds, clock, max(parts, default=None))

    while clock < end and not interrupted():
        left = None if bounds.events is None else bounds.events - events
        if left == 0 or (bounds.duration is not None and monotonic() - begun >= bounds.duration):
            break
        batch = walk.advance(parameters.step_at(end) + 1).until(end)[0].slice(0, left)
        for lines in renderer.render(batch):
            sink.write(lines)
            size += len(lines)
        events += len(batch)
        clock = min(parameters.time_of(walk.position), end)
        report(progress())
    return progress()
