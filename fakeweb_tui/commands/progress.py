"""What a run says on standard error while it goes on, and at its end."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from fakeweb_tui.terminal_text import cut, plain

if TYPE_CHECKING:
    from rich.progress import TaskID

    from fakeweb_tui.run import Progress, Result

_SAY_SECONDS, _MOST_SECONDS = 5.0, 600.0
# A log of a run that goes on for days is to be read as well.
_SAY_PART = 0.1
_BAR_SECONDS = 0.1
_MOST_PAGES = 10
_UNITS = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


class Reporter(Protocol):
    """Shows how far a run is."""

    def report(self, progress: Progress) -> None:
        """Show it, now and then."""

    def close(self) -> None:
        """Show nothing any more."""


def reporter(*, quiet: bool) -> Reporter:
    """Return a bar where standard error is a terminal, lines now and then where it is not, silence if so asked."""
    if quiet:
        return _Silence()
    if sys.stderr is not None and sys.stderr.isatty():
        return _Bar()
    return _Lines()


class _Silence:
    """Says nothing."""

    def report(self, progress: Progress) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""


class _Lines:
    """A line every few seconds; the longer it goes on, the fewer."""

    def __init__(self) -> None:
        self._due = monotonic() + _SAY_SECONDS

    def report(self, progress: Progress) -> None:
        """Say it, if it is time to."""
        if monotonic() < self._due:
            return
        wait = min(max(_SAY_SECONDS, _SAY_PART * progress.seconds), _MOST_SECONDS)
        self._due = monotonic() + wait
        done = "" if progress.done is None else f"{progress.done:6.1%}  "
        say(f"{done}{_state(progress)}")

    def close(self) -> None:
        """Nothing is left to do."""


class _Bar:
    """A bar that is drawn again and again in one place."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
        from rich.table import Column

        self._bar = Progress(
            BarColumn(),
            # Where it is narrow, the bar gives way, and then the end of the figures.
            TaskProgressColumn(table_column=Column(min_width=4, no_wrap=True)),
            TextColumn("{task.fields[figures]}", markup=False, table_column=Column(no_wrap=True)),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
        )
        self._task: TaskID | None = None
        self._due = 0.0

    def report(self, progress: Progress) -> None:
        """Draw it, if it is time to."""
        if monotonic() < self._due:
            return
        self._due = monotonic() + _BAR_SECONDS
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("", total=None, figures="")
        total, shown = None if progress.done is None else 1.0, _state(progress)
        self._bar.update(self._task, total=total, completed=progress.done or 0.0, figures=shown, refresh=True)

    def close(self) -> None:
        """Take it away."""
        if self._task is not None:
            self._bar.stop()


def _state(progress: Progress) -> str:
    left = f"  {_left(progress)} left" if progress.done else ""
    return f"{_figures(progress)}{left}  {progress.clock:%Y-%m-%d %H:%M}"


def _figures(progress: Progress) -> str:
    """Return events, their rate, and bytes."""
    rate = progress.events / max(progress.seconds, 1e-9)
    return f"{progress.events:,} events  {rate:,.0f} events/s  {_size(progress.size)}"


def _size(count: int) -> str:
    """Return so many bytes in the unit that they have; without a library of the screen."""
    return next((f"{count / size:,.1f} {unit}" for unit, size in _UNITS if count >= size), f"{count} bytes")


def summary(result: Result, seed: int) -> str:
    """Return what was made, in two lines: of many pages those with the most events."""
    shown, events = dict(Counter(result.pages).most_common(_MOST_PAGES)), max(1, result.progress.events)
    named = [f"{cut(plain(page))} {count / events:.1%}" for page, count in result.pages.items() if page in shown]
    others = len(result.pages) - len(shown)
    if others:
        named.append(f"{others} more {1 - sum(shown.values()) / events:.1%}")
    shares = "  ".join(named)
    files = f"  {result.files:,} files" if result.files > 1 else ""
    return (
        f"{shares or 'no pages'}\n{_figures(result.progress)}{files}  in {result.progress.seconds:,.2f} s"
        f"  xxh128 {result.checksum}  seed {seed}"
    )


def say(text: str) -> None:
    """Print to standard error, or nowhere."""
    # Where standard error is closed, `print` would take standard output, which is for events.
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - standard error is for people


def _left(progress: Progress) -> str:
    seconds = progress.seconds * (1 / progress.done - 1) if progress.done else 0.0
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
