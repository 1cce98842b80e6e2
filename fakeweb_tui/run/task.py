"""What a run has to do, and how that is kept for one that goes on later."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fakeweb_tui import __version__
from fakeweb_tui.formats.naming import format_of
from fakeweb_tui.run.blocks import Grid
from fakeweb_tui.run.journal import ResumeError, read_journal
from fakeweb_tui.run.output import Output, Rotation, journals
from fakeweb_tui.run.stretches import UNBOUNDED, Bounds, Pace
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.scenario_file import parse_scenario, render_scenario
from fakeweb_tui.schema import Field
from fakeweb_tui.simulation import WHOLE, Shard
from fakeweb_tui.sinks import exists


@dataclass(frozen=True)
class Task:
    """What a run has to do.

    Attributes:
        scenario: whose events.
        output: where they go.
        bounds: where they end, beside the scenario's own end.
        shard: which sessions.
        pace: how fast; None for as fast as possible.
    """

    scenario: Scenario
    output: Output
    bounds: Bounds = UNBOUNDED
    shard: Shard = WHOLE
    pace: Pace | None = None

    @property
    def bounded_scenario(self) -> Scenario:
        """The scenario, ending at the bound of simulated time."""
        ends = [end for end in (self.scenario.end, self.bounds.until) if end is not None]
        return replace(self.scenario, end=min(ends, default=None))

    @property
    def held_back(self) -> timedelta:
        """About how long, in real time, events wait until what they are written with is complete."""
        if self.pace is None or self.output.at_once:
            return timedelta(0)
        parameters = self.scenario.parameters
        step = max(self.scenario.begin, parameters.step_at(self.pace.origin))
        stop = Grid(self.scenario, self.output.block_sessions).stop_of(step)
        block = parameters.time_of(stop) - parameters.time_of(step)
        return min(block, self.output.period or block) / self.pace.speed

    def course(self) -> dict[str, Any]:
        """Return what a run that goes on may change, where it ends and at which pace, as JSON can hold it."""
        end, pace = self.bounded_scenario.end, self.pace
        return {
            "events": self.bounds.events,
            "end": end and end.isoformat(),
            "pace": pace and [pace.speed, pace.origin.isoformat(), pace.live],
        }

    def identity(self) -> dict[str, Any]:
        """Return what decides which bytes are written up to where it ends, as JSON can hold it."""
        rotation, output = self.output.rotation, self.output
        return {
            "version": __version__,
            "scenario": render_scenario(replace(self.scenario, end=None)),
            "format": output.format.suffix,
            "fields": [list(field) for field in output.fields],
            "rotation": rotation
            and [rotation.period and rotation.period.total_seconds(), rotation.size, rotation.hive],
            "shard": [self.shard.index, self.shard.count],
        }


def earlier_task(place: str) -> Task | None:
    """Return the task of a run into this place that was interrupted or killed; None where there is no such.

    ResumeError where its journal cannot be read.
    """
    name = next(filter(exists, journals(place)), None)
    if name is None:
        return None
    head, _ = read_journal(name)
    return _task(place, head, name)


def _task(place: str, head: dict[str, Any], name: str) -> Task:
    """Return the task that a journal begins with."""
    asked = head["identity"]
    if asked["version"] != __version__:
        raise ResumeError(f"{name} is of another version of fakeweb-tui: leave --resume out to begin anew")
    period, size, hive = asked["rotation"] or (None, None, False)
    speed, origin, live = head["pace"] or (None, "", False)
    rotation = Rotation(None if period is None else timedelta(seconds=period), size, hive)
    return Task(
        parse_scenario(asked["scenario"], name),
        Output(
            place,
            format_of(f"events{asked['format']}"),
            tuple(Field(*field) for field in asked["fields"]),
            rotation if asked["rotation"] else None,
        ),
        Bounds(head["events"], head["end"] and datetime.fromisoformat(head["end"])),
        Shard(*asked["shard"]),
        Pace(speed, datetime.fromisoformat(origin), live) if speed else None,
    )
