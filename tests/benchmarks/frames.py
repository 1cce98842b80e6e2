"""How smooth the screen is: paints, keys, processor time and bytes, from outside through a pseudo-terminal.

A paint is what the app writes between the two marks of synchronized output. A key is answered when the value of
the focused slider arrives changed.
"""

import random
import re
import threading
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

from fakeweb_tui.config import load_config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot

from .startup import PANES
from .terminal import PATIENCE, Chunk, Terminal, paints
from .timing import (
    EVENTS_PER_SECOND,
    KILOBYTES_PER_SECOND,
    MILLISECONDS,
    PER_SECOND,
    PERCENT_OF_A_CORE,
    PERCENT_OF_ALL_PANES,
    Row,
    Sample,
    UnavailableError,
    repeated,
)

TITLE = "The screen (pseudo-terminal)"
FASTER, SLOWER = b"+", b"-"
RAISE, LOWER = b"\x1b[C", b"\x1b[D"
MOST_SPEEDS = 10
RATE = re.compile(r"([\d,.]+)([kMGT]?) ev(?:ents)?/s")
FOCUSED_VALUE = re.compile(r"▸[^▸\x1b]*?([01]?\.\d{3})")
"""The focused slider's row: its marker, label, bar and value."""
SPEED_NAMES = {1: "×1", 60: "×60", None: "max"}
_UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}

KEYS = 200
KEY_ROUNDS = 3  # one round in ten or so is disturbed by something else
KEY_GAPS = (0.02, 0.12)  # seconds between an answer and the next key, uniform
LOWEST, HIGHEST = 0.2, 0.8  # between these the slider is moved to and fro
HIDING = {"the editor alone": (b"z", b"z"), "site map open": (b"m", b"\x1b")}
"""What hides panes: the key that does it, and the one that brings them back."""
HIDING_ROUNDS = 3
SETTLE_SECONDS = 2.5  # the notice of a new speed is gone by then
WINDOWS, WINDOW_SECONDS = 5, 2.0
SNAPSHOT_SECONDS = 0.1


class Window(NamedTuple):
    """What a stretch of watching showed; seconds, and shares of one core."""

    paints: float
    bytes: float
    longest_pause: float
    cpu: float
    cpu_of_screen: float
    engine: float


def rows() -> Iterator[Row]:
    """Measure the engine alone, a large screen at three speeds, and a small one at the highest."""
    yield Row("engine at max without a screen", EVENTS_PER_SECOND, repeated(3, _engine_alone))
    with Terminal(140, 45) as terminal:
        _begin(terminal)
        for speed in (60, 1, None):
            yield from _at_speed(terminal, "140×45", speed, keys=speed != 60)
            if speed == 60:
                yield from _hidden(terminal, f"140×45 at {SPEED_NAMES[speed]}")
    with Terminal(80, 24) as terminal:
        _begin(terminal)
        yield from _at_speed(terminal, "80×24", None, keys=True)


def _engine_alone() -> float:
    live = LiveSimulation(Parameters(seed=1, start=datetime(2024, 1, 1)), load_config(None), speed=None)
    end = threading.Event()
    last: list[Snapshot] = []
    worker = threading.Thread(target=live.run, args=(end.is_set, last.append, SNAPSHOT_SECONDS))
    began = perf_counter()
    worker.start()
    end.wait(1.0)
    end.set()
    worker.join()
    return last[-1].total.events / (perf_counter() - began)


def _begin(terminal: Terminal) -> None:
    terminal.wait_for_all(tuple(re.compile(re.escape(pane)) for pane in PANES))
    terminal.wait_for_all((RATE,))


def _at_speed(terminal: Terminal, size: str, speed: int | None, keys: bool) -> Iterator[Row]:
    _set_speed(terminal, speed)
    terminal.watch(SETTLE_SECONDS)
    name = f"{size} at {SPEED_NAMES[speed]}"
    windows = [_watch(terminal) for _ in range(WINDOWS)]
    columns = (Sample(values) for values in zip(*windows, strict=True))
    painted, written, pause, cpu, screen, engine = columns
    yield Row(f"{name}: paints", PER_SECOND, painted)
    yield Row(f"{name}: longest time between two paints", MILLISECONDS, pause)
    yield Row(f"{name}: written to the terminal", KILOBYTES_PER_SECOND, written)
    yield Row(f"{name}: processor time", PERCENT_OF_A_CORE, cpu)
    yield Row(f"{name}: of that, the thread that draws", PERCENT_OF_A_CORE, screen)
    if speed is None:
        yield Row(f"{name}: events, as the status line says", EVENTS_PER_SECOND, engine)
    if keys:
        rounds, lost = zip(*(_answers(terminal) for _ in range(KEY_ROUNDS)), strict=True)
        note = f"{sum(lost)} keys without an answer" if any(lost) else ""
        medians, highest = (Sample.of(answers.percentile(p) for answers in rounds) for p in (50, 99))
        yield Row(f"{name}: key → paint, median of {KEYS} keys", MILLISECONDS, medians, note=note)
        yield Row(f"{name}: key → paint, 99th percentile", MILLISECONDS, highest)


def _hidden(terminal: Terminal, name: str) -> Iterator[Row]:
    """Measure what the thread that draws costs while panes are hidden, against all four, in turn."""
    shares: dict[str, list[float]] = {what: [] for what in HIDING}
    for _ in range(HIDING_ROUNDS):
        all_four = _watch(terminal).cpu_of_screen
        for what, (hide, show) in HIDING.items():
            terminal.press(hide)
            terminal.watch(0.5)
            shares[what].append(_watch(terminal).cpu_of_screen / all_four)
            terminal.press(show)
            terminal.watch(0.5)
    for what, values in shares.items():
        yield Row(f"{name}: {what}, drawing", PERCENT_OF_ALL_PANES, Sample.of(values))


def _set_speed(terminal: Terminal, speed: int | None) -> None:
    """Press a key until the screen names the speed."""
    key = SLOWER if speed == 1 else FASTER
    named = re.compile(re.escape(SPEED_NAMES[speed]) + r"(?!\d)")
    for _ in range(MOST_SPEEDS):
        terminal.forget()
        terminal.watch(0.5)
        if named.search(terminal.text):
            return
        terminal.press(key)
    raise UnavailableError(f"the screen never showed the speed {SPEED_NAMES[speed]}")


def _watch(terminal: Terminal) -> Window:
    terminal.forget()
    began, cpu, screen = perf_counter(), terminal.cpu_seconds(), terminal.cpu_seconds(screen_only=True)
    chunks = terminal.watch(WINDOW_SECONDS)
    seconds = perf_counter() - began
    cpu, screen = terminal.cpu_seconds() - cpu, terminal.cpu_seconds(screen_only=True) - screen
    painted = list(paints(chunks))
    shown = [float(number.replace(",", "")) * _UNITS[unit] for number, unit in RATE.findall(terminal.text)]
    return Window(
        paints=len(painted) / seconds,
        bytes=_size(chunks) / seconds,
        longest_pause=max((after - before for before, after in pairwise(painted)), default=seconds),
        cpu=cpu / seconds,
        cpu_of_screen=screen / seconds,
        engine=shown[-1] if shown else float("nan"),
    )


def _size(chunks: list[Chunk]) -> int:
    return sum(len(chunk.data) for chunk in chunks)


def _answers(terminal: Terminal) -> tuple[Sample, int]:
    """Move the focused slider by many keys; return the seconds to each answer, and how many keys had none."""
    gaps = random.Random(1)
    value: float | None = None
    raising = True
    answers: list[float] = []
    for _ in range(KEYS + 1):
        terminal.watch(gaps.uniform(*KEY_GAPS))
        value = _shown_value(terminal) or value
        if value is not None:
            raising = value < HIGHEST if raising else value < LOWEST
        terminal.forget()
        pressed = terminal.press(RAISE if raising else LOWER)
        answered = _answered(terminal, value, pressed + PATIENCE)
        if answered is not None:
            answers.append(answered - pressed)
    if len(answers) < 2:
        raise UnavailableError("no focused slider answers to a key")
    # The first key only tells which value the slider has.
    return Sample.of(answers[1:]), KEYS + 1 - len(answers)


def _answered(terminal: Terminal, value: float | None, end: float) -> float | None:
    """Read until the focused slider shows another value; return when that was, or None."""
    while (left := end - perf_counter()) > 0:
        chunk = terminal.read(left)
        if chunk is not None and _shown_value(terminal) not in (None, value):
            return chunk.moment
    return None


def _shown_value(terminal: Terminal) -> float | None:
    """Return the value that the focused slider was last drawn with since `forget`, or None."""
    found = FOCUSED_VALUE.findall(terminal.text)
    return float(found[-1]) if found else None
