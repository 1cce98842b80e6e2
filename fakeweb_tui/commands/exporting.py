"""What the commands `run` and `replay` share: options of the output, and how a run ends."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from datetime import timedelta
from math import isinf
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from fakeweb_tui.commands.options import Span
from fakeweb_tui.commands.progress import reporter, say, summary
from fakeweb_tui.commands.signals import BROKEN_PIPE_STATUS, collected_signals
from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.run import Output, Pace, Rotation, Task
    from fakeweb_tui.scenario import Scenario

_FORMATS = ("jsonl", "csv", "parquet", "arrow")
_SCHEMES = ("s3", "s3a", "gs", "az", "abfs", "abfss")
_SIZES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class Size(click.ParamType["int | timedelta"]):
    """Where one file ends: a length of time or a number of bytes."""

    name = "span|size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | timedelta:
        """Read it."""
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)(kB|MB|GB|KiB|MiB|GiB)", str(value).strip())
        if found:
            return max(1, int(float(found[1]) * _SIZES[found[2]]))
        if not isinstance(value, str) or re.fullmatch(r"\d{1,9}(?:\.\d+)?[smhd]", value.strip()):
            return Span().convert(value, param, ctx)
        return self.fail(f"{value!r} is no length of time or size: write 15m, 1h, 1d, 500MB or 1GB.", param, ctx)


class Speed(click.ParamType["float | None"]):
    """How fast simulated time goes; None for as fast as possible."""

    name = "realtime|Nx|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it; infinity is as fast as possible."""
        if value in ("max", "realtime"):
            return 1.0 if value == "realtime" else float("inf")
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)x", str(value).strip())
        if isinstance(value, float):
            return value
        if not found or not float(found[1]):
            self.fail(f"{value!r} is no pace: write realtime, 600x or max.", param, ctx)
        return float(found[1])


class Share(click.ParamType["tuple[int, int]"]):
    """One of n parts, counted from 0, such as 0/4."""

    name = "i/n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read it."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", str(value).strip())
        if not found or int(found[1]) >= int(found[2]):
            self.fail(f"{value!r} is no part: write 0/4 for the first of four, 3/4 for the last.", param, ctx)
        return int(found[1]), int(found[2])


class Place(click.ParamType[str]):
    """Where events go: a path, `-`, or the URL of an object."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check it."""
        scheme, is_url, _ = str(value).partition("://")
        if not value or (is_url and scheme not in _SCHEMES):
            self.fail(f"{value!r} is no place: write a path, s3://…, gs://… or az://…, or -.", param, ctx)
        return str(value)


def export_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how much is written, where and how."""
    options = (
        click.option("--events", type=click.IntRange(min=0), metavar="N", help="How many."),
        click.option("--simulated", type=Span(), help="How much simulated time: 90s, 45m, 12h, 30d."),
        click.option("--duration", type=Span(), help="How much real time: 60s, 5m."),
        click.option(
            "--pace", type=Speed(), default="max", show_default=True, help="Simulated seconds per real second."
        ),
        click.option(
            "-o",
            "--output",
            type=Place(),
            default="-",
            show_default=True,
            help="A file, a folder (with --rotate), s3://…, gs://… or az://…, or - for standard output.",
        ),
        click.option(
            "--format", "format_", type=click.Choice(_FORMATS), help="By default as the name of the output says."
        ),
        click.option(
            "--schema",
            type=click.Choice(("web", "utm")),
            help="Names of fields; by default those of the config's section schema, or web.",
        ),
        click.option("--rotate", type=Size(), help="A new file each 1h, or after 1GB, in the folder OUTPUT."),
        click.option("--hive", is_flag=True, help="With --rotate: in folders date=…/hour=…"),
        click.option(
            "--workers",
            type=click.IntRange(1, 256),
            metavar="N",
            default=1,
            show_default=True,
            help="Processes; at a --pace, for what is due already and what one could not keep up with.",
        ),
        click.option("--shard", type=Share(), help="One of n parts by session, for n machines: 0/4 to 3/4."),
        click.option("--overwrite", is_flag=True, help="Replace the file if it exists."),
        click.option("--resume", is_flag=True, help="Go on where an interrupted run of this output stopped."),
        click.option("--quiet", is_flag=True, help="Say nothing on standard error, unless something is wrong."),
    )
    for option in reversed(options):
        command = option(command)
    return command


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


def pace_of(scenario: Scenario, speed: float) -> Pace | None:
    """Return the pace that so many simulated seconds per real one are, from the begin of a scenario on."""
    from fakeweb_tui.run import Pace

    return None if isinf(speed) else Pace(speed, scenario.parameters.time_of(scenario.begin))


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


def task_of(scenario: Scenario, options: dict[str, Any], pace: Pace | None, before: Task | None) -> Task:
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
    duration = options["duration"] and options["duration"].total_seconds()
    events, shard = options["events"], options["shard"] and Shard(*options["shard"])
    if before is not None:
        if events is None and until is None:
            events, until = before.bounds.events, before.bounds.until
        shard = shard or before.shard
    return Task(
        scenario, _output(options, scenario.config, before), Bounds(events, until, duration), shard or WHOLE, pace
    )


def _output(options: dict[str, Any], config: Config, before: Task | None) -> Output:
    from fakeweb_tui.formats.naming import format_of
    from fakeweb_tui.run import Output
    from fakeweb_tui.schema import SCHEMAS

    place, asked, schema = options["output"], options["format_"], options["schema"]
    rotation = _rotation(options)
    if before is None:
        fields = (config.schema if schema is None else None) or SCHEMAS[schema or "web"]
        return Output(place, format_of(place, asked), fields, rotation, options["overwrite"])
    return Output(
        place,
        before.output.format if asked is None else format_of(place, asked),
        before.output.fields if schema is None else SCHEMAS[schema],
        rotation or before.output.rotation,
        overwrite=True,
    )


def carry_out(task: Task, options: dict[str, Any]) -> int:
    """Run a task; return the exit status: 0, 1 where the output failed, 128 + n after signal n, 141 for a closed
    pipe."""
    from fakeweb_tui.run import export
    from fakeweb_tui.sinks import exists, is_url

    resume = options["resume"] and task.output.journal is not None and exists(task.output.journal)
    if options["resume"] and not resume and exists(task.output.place) and not options["overwrite"]:
        say(f"{task.output.place} is whole: there is nothing to resume")
        return 0
    place = "standard output" if task.output.place == "-" else plain(task.output.place)
    shown = reporter(quiet=options["quiet"])
    with collected_signals() as caught:
        try:
            result = export(
                task,
                interrupted=lambda: bool(caught),
                report=shown.report,
                resume=resume,
                workers=options["workers"],
            )
        except OSError as error:
            return _failed(place, error)
        finally:
            shown.close()
    if not result.whole:
        kept = f" are in {plain(result.kept)}" if result.kept else ""
        progress, on = result.progress, _how_to_go_on(result.resumable)
        if is_url(task.output.place):
            on = "; the object that was under way is not kept, --resume makes it again"
        say(f"interrupted at {progress.clock:%Y-%m-%d %H:%M:%S}: {progress.events:,} events{kept}{on}")
    elif not options["quiet"]:
        say(summary(result, task.scenario.parameters.seed) + _how_to_go_on(result.resumable))
    return 128 + caught[0] if caught else 0


def _failed(place: str, error: OSError) -> int:
    """Say what failed; return the exit status."""
    from fakeweb_tui.run import ExportError

    if error.errno == errno.EPIPE:
        say(f"whoever read {place} has closed it")
        return BROKEN_PIPE_STATUS
    what = f"{place}: {error.strerror}" if error.strerror else plain(str(error))
    if isinstance(error, ExportError):
        what += f"; what was written is in {plain(error.kept)}" if error.kept else ""
        what += _how_to_go_on(error.resumable)
    say(what)
    return 1


def _how_to_go_on(resumable: bool) -> str:
    return "; --resume goes on from there" if resumable else ""
