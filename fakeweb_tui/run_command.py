"""The command `run`: from its options to a sink, with what it says on standard error, and its exit status."""

import errno
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import FrameType

from fakeweb_tui.config import Config
from fakeweb_tui.events import SCHEMAS
from fakeweb_tui.events.lines import CommaSeparated, JsonLines, LineRenderer, Syntax
from fakeweb_tui.run import Bounds, Progress, run
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.sinks import Sink
from fakeweb_tui.sinks.file import FileSink
from fakeweb_tui.sinks.standard_output import StandardOutput
from fakeweb_tui.users import UserPool

SYNTAXES: dict[str, Syntax] = {"jsonl": JsonLines(), "csv": CommaSeparated()}
_SAY_SECONDS = 5.0
_BROKEN_PIPE_STATUS = 128 + signal.SIGPIPE


@dataclass(frozen=True)
class Task:
    """What `run` is asked to do."""

    config: Config
    parameters: Parameters
    bounds: Bounds
    output: str
    format: str | None
    schema: str
    overwrite: bool
    quiet: bool

    @property
    def place(self) -> str:
        """What messages call the output."""
        return "standard output" if self.output == "-" else self.output

    @property
    def syntax_name(self) -> str:
        """The format asked for, or the one that the output's name says."""
        suffix = Path(self.output).suffix.removeprefix(".")
        return self.format or {"json": "jsonl", "ndjson": "jsonl"}.get(suffix, suffix) or "jsonl"


def carry_out(task: Task) -> int:
    """Run; return the exit status: 0, 1 where the output failed, 128 + n after signal n, 141 for a closed pipe.

    ValueError where the output's name says no format.
    """
    name = "jsonl" if task.output == "-" and not task.format else task.syntax_name
    if name not in SYNTAXES:
        raise ValueError(f"{task.output}: {name!r} is no format: give --format jsonl or csv")
    fields = SCHEMAS[task.schema]
    pool = UserPool(task.parameters.seed, task.config)
    renderer = LineRenderer(SYNTAXES[name], fields, pool, task.parameters, task.config.page_names)
    try:
        standard = task.output == "-"
        sink: Sink = StandardOutput() if standard else FileSink(Path(task.output), overwrite=task.overwrite)
    except OSError as error:
        _say(f"{task.place}: {error.strerror}" if error.strerror else str(error))
        return 1
    with _signals() as caught:
        try:
            return _write(task, renderer, sink, caught)
        except OSError as error:
            kept = sink.abandon()
            if error.errno == errno.EPIPE:
                _say("whoever read standard output has closed it")
                return _BROKEN_PIPE_STATUS
            _say(f"{task.place}: {error.strerror}" + (f"; what was written is in {kept}" if kept else ""))
            return 1


def _write(task: Task, renderer: LineRenderer, sink: Sink, caught: list[int]) -> int:
    """Run into the sink, and end it; return the exit status."""
    speaker = _Speaker(task.quiet)
    progress = run(
        task.parameters,
        task.config,
        renderer,
        sink,
        task.bounds,
        interrupted=lambda: bool(caught),
        report=speaker.report,
    )
    if caught and progress.done is not None and progress.done < 1:
        kept = sink.abandon()
        where = f" are in {kept}" if kept else ""
        _say(f"interrupted at {progress.clock}: {progress.events:,} events{where}")
        return 128 + caught[0]
    sink.finish()
    speaker.summarise(progress, task.parameters.seed)
    return 128 + caught[0] if caught else 0


class _Speaker:
    """Says on standard error how far a run is."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._due = monotonic() + _SAY_SECONDS

    def report(self, progress: Progress) -> None:
        """Say it, now and then."""
        if self._quiet or monotonic() < self._due:
            return
        self._due = monotonic() + _SAY_SECONDS
        done = "" if progress.done is None else f"{progress.done:6.1%}  "
        left = ""
        if progress.done:
            left = f"  {progress.seconds * (1 / progress.done - 1):,.0f} s left"
        _say(f"{done}{_figures(progress)}  {progress.clock:%Y-%m-%d %H:%M}{left}")

    def summarise(self, progress: Progress, seed: int) -> None:
        """Say what was made."""
        if not self._quiet:
            _say(f"{_figures(progress)}  in {progress.seconds:,.2f} s  seed {seed}")


def _figures(progress: Progress) -> str:
    rate = progress.events / max(progress.seconds, 1e-9)
    return f"{progress.events:,} events  {rate:,.0f} events/s  {progress.size / 1e6:,.1f} MB"


def _say(text: str) -> None:
    # Where standard error is closed, `print` would take standard output, which is for events.
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - standard error is for people


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM, so that the chunk under way is finished first."""
    caught: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        # A chunk may wait for a reader for ever: the second signal ends the process at once.
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
