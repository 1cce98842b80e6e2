"""From the options of `run` and `replay` to the task that they ask for."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import isinf
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.formats import Format
    from fakeweb_tui.run import Output, Pace, Rotation, Task
    from fakeweb_tui.scenario import Scenario


def given(name: str) -> bool:
    """Whether an option was given to the command that runs."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def earlier(options: dict[str, Any]) -> Task | None:
    """Return the run that is to go on; None where there is none, or it is not asked for."""
    from fakeweb_tui.run import ResumeError, earlier_task
    from fakeweb_tui.sinks import is_stream

    if not options["resume"]:
        return None
    if is_stream(options["output"]):
        raise ResumeError("--resume goes on with files and objects: give one as --output")
    return earlier_task(options["output"])


def _pace(scenario: Scenario, options: dict[str, Any], before: Task | None) -> Pace | None:
    """Return the pace from the begin of a scenario on, or for what is live, from now on."""
    from fakeweb_tui.run import Pace

    as_before = before.pace if before is not None and not given("pace") else None
    # Where a live run goes on, what has come since it stopped is history.
    if options.get("follow") or (as_before is not None and as_before.live):
        return Pace(1.0, datetime.now().replace(microsecond=0), live=True)
    if as_before is not None:
        return as_before
    begin = scenario.parameters.time_of(scenario.begin)
    return None if isinf(options["pace"]) else Pace(options["pace"], begin)


def _rotation(options: dict[str, Any]) -> Rotation | None:
    from fakeweb_tui.run import Rotation

    rotate = options["rotate"]
    if rotate is None:
        if options["hive"]:
            raise ValueError("--hive divides files into folders: give --rotate as well, 1h for instance")
        return None
    if options["output"] == "-":
        raise ValueError("--rotate writes files: give their folder as --output")
    if options["overwrite"]:
        raise ValueError("--rotate needs a new or empty folder: --overwrite replaces one file only")
    if isinstance(rotate, timedelta):
        return Rotation(period=rotate, hive=options["hive"])
    return Rotation(size=rotate, hive=options["hive"])


def task_of(scenario: Scenario, options: dict[str, Any], before: Task | None) -> Task:
    """Return the task that `export_options` give; ValueError where they do not go together.

    Where it goes on with an earlier run, what is not given is as it was there.
    """
    from fakeweb_tui.run import Bounds, Task
    from fakeweb_tui.simulation import WHOLE, Shard

    until = None
    if options["simulated"] is not None:
        parameters = scenario.parameters
        start, end = (parameters.time_of(step) for step in (scenario.begin, parameters.max_steps))
        until = min(options["simulated"], end - start) + start
    duration = None if options["duration"] is None else options["duration"].total_seconds()
    events, shard = options["events"], options["shard"] and Shard(*options["shard"])
    if before is not None:
        if events is None and until is None:
            events, until = before.bounds.events, before.bounds.until
        shard = shard or before.shard
    output, pace = _output(options, scenario.config, before), _pace(scenario, options, before)
    return Task(scenario, output, Bounds(events, until, duration), shard or WHOLE, pace)


def _format(place: str, asked: str | None) -> Format:
    from fakeweb_tui.formats.naming import UnknownFormatError, format_of

    try:
        return format_of(place, asked)
    except UnknownFormatError as error:
        raise ValueError(f"{error}; --format says it for any name") from None


def _output(options: dict[str, Any], config: Config, before: Task | None) -> Output:
    from fakeweb_tui.run import Output
    from fakeweb_tui.schema import SCHEMAS
    from fakeweb_tui.sinks import is_terminal

    place, asked, schema = options["output"], options["format_"], options["schema"]
    if asked not in (None, "jsonl", "csv") and is_terminal(place):
        raise ValueError(f"{asked} is not for a terminal: give --output, or a program that reads it behind |")
    rotation = _rotation(options)
    if before is None:
        fields = config.event_fields if schema is None else SCHEMAS[schema]
        return Output(place, _format(place, asked), fields, rotation, options["overwrite"])
    return Output(
        place,
        before.output.format if asked is None else _format(place, asked),
        before.output.fields if schema is None else SCHEMAS[schema],
        rotation or before.output.rotation,
        overwrite=True,
    )
