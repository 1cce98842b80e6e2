"""The command `run`, whole processes: from its start to the closed output."""

import os
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from .both import NOON
from .processes import figures, run
from .rival import PACKAGE, rival_python
from .timing import EVENTS_PER_SECOND, Row, Sample, UnavailableError, Unit, in_turn

TITLE = "Events into a file or nowhere (fakeweb-tui run, a whole process)"
EVENTS = 12_000_000
# Three gigabytes: what a page cache takes without waiting for the disk.
FILE_EVENTS = 3_000_000
REPEATS = 3
PER_CPU_SECOND = Unit("events per CPU second", 1, 0, more_is_better=True)
_MEGABYTES_PER_SECOND = Unit("MB/s", 1e6, 0, more_is_better=True)
_BUSY = ("--sessions-per-day", "1000000")
_CASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("JSON lines", ("--format", "jsonl")),
    ("CSV", ("--format", "csv")),
    ("Parquet", ("--format", "parquet")),
    ("Arrow", ("--format", "arrow")),
    ("JSON lines, 100 million users", ("--format", "jsonl", "--users", "100000000")),
    ("Parquet, 100 million users", ("--format", "parquet", "--users", "100000000")),
)
_WORKERS = (("JSON lines", "jsonl"), ("CSV", "csv"), ("Parquet", "parquet"))


def rows() -> Iterator[Row]:
    """Measure formats and pools into /dev/null, workers against one process, and a file against its bytes."""
    for what, options in _CASES:
        samples = [_measure(*options) for _ in range(REPEATS)]
        yield Row(f"{what} into /dev/null", EVENTS_PER_SECOND, Sample.of(each[0] for each in samples))
        yield Row(f"{what}: of one core", PER_CPU_SECOND, Sample.of(each[1] for each in samples))
    for what, name in _WORKERS:
        measures = [partial(_rate, "--format", name, "--workers", count) for count in ("2", "1")]
        two, one = in_turn(REPEATS, *measures)
        ratio = Sample.of(a / b for a, b in zip(two.values, one.values, strict=True))
        yield Row(f"{what}, 2 workers", EVENTS_PER_SECOND, two, note=f"× {ratio.median:.2f} of one process")
    yield from _file()
    yield _rival()


def _measure(*options: str) -> tuple[float, float]:
    """Return events per second, and per second of CPU."""
    before, began = os.times(), perf_counter()
    _run("-o", os.devnull, *options)
    seconds, after = perf_counter() - began, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return EVENTS / seconds, EVENTS / busy


def _rate(*options: str) -> float:
    return _measure(*options)[0]


def _run(*options: str, events: int = EVENTS) -> None:
    fixed = ("--events", str(events), "--seed", "1", "--start", f"{NOON:%Y-%m-%d}", "--quiet")
    run([sys.executable, "-m", "fakeweb_tui", "run", *fixed, *_BUSY, *options])


def _file() -> Iterator[Row]:
    """Compare a file of lines with the same bytes, ready-made, into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path, copy = Path(folder) / "events.jsonl", Path(folder) / "copy"

        def write_ready_made() -> float:
            copy.unlink(missing_ok=True)
            with path.open("rb") as file:
                piece = file.read(1 << 21)
            size = path.stat().st_size
            began = perf_counter()
            with copy.open("wb", buffering=0) as file:
                for _ in range(size // len(piece)):
                    file.write(piece)
                os.fsync(file.fileno())
            return size / (perf_counter() - began)

        def ours() -> float:
            # Memory that was just given back is had again faster, in a virtual machine several times as fast.
            write_ready_made()
            path.unlink()
            copy.unlink()
            began = perf_counter()
            _run("-o", str(path), events=FILE_EVENTS)
            return path.stat().st_size / (perf_counter() - began)

        def ready_made() -> float:
            write_ready_made()
            return write_ready_made()

        _run("-o", str(path), events=FILE_EVENTS)
        made, written = in_turn(REPEATS, ours, ready_made)
        ratio = Sample.of(a / b for a, b in zip(made.values, written.values, strict=True))
        note = f"× {ratio.median:.2f} of ready-made bytes"
        yield Row("JSON lines into a file", _MEGABYTES_PER_SECOND, made, note=note)


def _rival() -> Row:
    what = "JSON lines into /dev/null; their dicts into nothing"
    try:
        python = rival_python()
    except UnavailableError as error:
        return Row(what, EVENTS_PER_SECOND, Sample((_rate("--format", "jsonl"),)), note=str(error))
    ours, theirs = in_turn(
        REPEATS,
        partial(_rate, "--format", "jsonl"),
        lambda: float(figures("both", PACKAGE, "run", 200, 5, python=python)),
    )
    return Row(what, EVENTS_PER_SECOND, ours, theirs)
