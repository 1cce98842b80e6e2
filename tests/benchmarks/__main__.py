"""Runs the benchmarks that are named, or all of them, and prints one table.

Usage: python -m tests.benchmarks [SUBJECT …]
"""

import os
import platform
import sys
from importlib import import_module, metadata
from pathlib import Path
from time import perf_counter

from .rival import PACKAGE, VERSION
from .timing import Row, Sample, UnavailableError, Unit

SUBJECTS = ("columns", "dicts", "reading", "pools", "memory", "startup", "frames", "exports")
_PACKAGES = ("fakeweb-tui", "numpy", "textual", "plotext", "faker")
_WIDTHS = (58, 46, 40, 26)
_TIMES = Unit("×", 1, 1)
_MANY_TIMES = Unit("×", 1, 0)


def main(names: list[str]) -> int:
    """Print the table row by row, as it is measured."""
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        print(f"no such subject: {', '.join(unknown)}; there are {', '.join(SUBJECTS)}", file=sys.stderr)
        return 2
    began = perf_counter()
    print(_machine())
    print("Median (min–max) of repeats; the ratio is how many times better ours is, pair by pair.\n")
    print(_line("", "fakeweb_tui", f"{PACKAGE} {VERSION}", "ratio"))
    for name in names or SUBJECTS:
        subject = import_module(f".{name}", __package__)
        print(f"{subject.TITLE}")
        try:
            for row in subject.rows():
                print(_row(row), flush=True)
        except UnavailableError as error:
            print(f"  not measured: {error}")
    print(f"\n{perf_counter() - began:.0f} s in all")
    return 0


def _row(row: Row) -> str:
    theirs = row.theirs.write(row.unit) if row.theirs else ""
    return _line(f"  {row.what}", row.ours.write(row.unit), theirs, _ratio(row.ratio), row.note)


def _ratio(ratio: Sample | None) -> str:
    if ratio is None:
        return ""
    return ratio.write(_TIMES if ratio.median < 100 else _MANY_TIMES)


def _line(*cells: str) -> str:
    widths = (*_WIDTHS, *[0] * len(cells))
    return " ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=False)).rstrip()


def _machine() -> str:
    versions = [f"{name} {metadata.version(name)}" for name in _PACKAGES]
    parts = [f"{os.cpu_count()} cores {_processor()}", f"Python {platform.python_version()}", *versions]
    load = f"load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else "load unknown"
    return f"{platform.system()} {platform.machine()}, {', '.join(parts)}, {load}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
