"""From the start of a process to its answer, or to the screen's first picture."""

import re
import sys
from collections.abc import Iterator

from .processes import run
from .rival import PACKAGE, rival_python
from .terminal import Terminal
from .timing import MILLISECONDS, Row, Sample, UnavailableError, in_turn, timed

TITLE = "Start-up (warm)"
PANES = ("Transitions", "Pages", "per hour", "Event log")
"""The screen's first picture is there when all of these are."""
FIGURES = r"ev(ents)?/s"
"""What the status line shows as soon as there is something to count."""
SIZES = ((140, 45), (80, 24))
REPEATS = 5
_PANES = tuple(re.compile(re.escape(pane)) for pane in PANES)
_FIGURES = (re.compile(FIGURES),)


def rows() -> Iterator[Row]:
    """Measure commands, imports and the app, in turn; the first round is not counted."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "fakeweb_tui --version": [sys.executable, "-m", "fakeweb_tui", "--version"],
        "fakeweb_tui --help": [sys.executable, "-m", "fakeweb_tui", "--help"],
    }
    samples = _warm(*commands.values())
    for what, sample in zip(commands, samples, strict=True):
        yield Row(f"{what}: start to end", MILLISECONDS, sample)
    yield _import_row()
    for columns, lines in SIZES:
        starts = [_start(columns, lines) for _ in range(REPEATS + 1)][1:]
        screen, counting, leaving = (Sample(values) for values in zip(*starts, strict=True))
        yield Row(f"app at {columns}×{lines}: start to the first picture", MILLISECONDS, screen)
        yield Row(f"app at {columns}×{lines}: start to the first figures", MILLISECONDS, counting)
        yield Row(f"app at {columns}×{lines}: key to gone", MILLISECONDS, leaving)


def _import_row() -> Row:
    what = "import Simulation: start to end"
    ours = [sys.executable, "-c", "from fakeweb_tui import Simulation"]
    try:
        theirs = [str(rival_python()), "-c", f"from {PACKAGE} import Simulation"]
    except UnavailableError as error:
        return Row(what, MILLISECONDS, _warm(ours)[0], note=str(error))
    our_times, their_times = _warm(ours, theirs)
    return Row(what, MILLISECONDS, our_times, their_times)


def _warm(*commands: list[str]) -> list[Sample]:
    for command in commands:
        run(command)
    return in_turn(REPEATS, *(lambda command=command: timed(lambda: run(command)) for command in commands))


def _start(columns: int, lines: int) -> tuple[float, float, float]:
    """Return the seconds to the first picture and to the first figures, and those that leaving takes."""
    with Terminal(columns, lines) as terminal:
        screen = terminal.wait_for_all(_PANES)
        counting = max(screen, terminal.wait_for_all(_FIGURES))
        return screen - terminal.started, counting - terminal.started, terminal.quit()
