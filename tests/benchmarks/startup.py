"""From the start of a process to its answer, or to the screen's first picture."""

import re
import sys
from collections.abc import Iterator

import yaml

from fakeweb_tui.config import SESSION_END, load_config

from .processes import run
from .rival import PACKAGE, rival_python
from .terminal import Terminal
from .timing import MILLISECONDS, Row, Sample, UnavailableError, Unit, in_turn, timed

TITLE = "Start-up (warm)"
PANES = ("Transitions", "Pages", "per hour", "Event log")
"""The screen's first picture is there when all of these are."""
FIGURES = r"ev(ents)?/s"
"""What the status line shows as soon as there is something to count."""
SIZES = ((140, 45), (80, 24))
REPEATS = 5
DENSE_PAGES = 60
TIMES_THE_DEFAULT = Unit("× the default site", 1, 2)
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
    yield from _dense_rows()


def _dense_rows() -> Iterator[Row]:
    """Measure a site of many pages that all lead to each other against the default one, in turn."""
    columns, lines = SIZES[0]
    site = _dense_site()
    rounds = [(_start(columns, lines, site), _start(columns, lines)) for _ in range(REPEATS + 1)][1:]
    for at, what in enumerate(("picture", "figures")):
        ratio = Sample.of(dense[at] / default[at] for dense, default in rounds)
        yield Row(f"{DENSE_PAGES} pages, each to all: start to the first {what}", TIMES_THE_DEFAULT, ratio)


def _dense_site() -> str:
    names = [f"page_{number}" for number in range(DENSE_PAGES)]
    row = dict.fromkeys([*names, SESSION_END], 1 / (DENSE_PAGES + 1))
    site = yaml.safe_load(load_config(None).document.text)
    return yaml.safe_dump(
        {**site, "pages": {name: dict(row) for name in names}, "landing_pages": {names[0]: 1.0}}, sort_keys=False
    )


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


def _start(columns: int, lines: int, site: str = "") -> tuple[float, float, float]:
    """Return the seconds to the first picture and to the first figures, and those that leaving takes."""
    with Terminal(columns, lines, site) as terminal:
        screen = terminal.wait_for_all(_PANES)
        counting = max(screen, terminal.wait_for_all(_FIGURES))
        return screen - terminal.started, counting - terminal.started, terminal.quit()
