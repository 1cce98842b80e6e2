"""What every benchmark is made of: samples, rows, repeats and ratios."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import NamedTuple, Self


class Unit(NamedTuple):
    """How a figure is written: its name, its size in base units, its decimals, and which way is better."""

    name: str
    size: float
    decimals: int
    more_is_better: bool = False

    def write(self, value: float) -> str:
        """Return the figure without its unit."""
        return f"{value / self.size:,.{self.decimals}f}"


EVENTS_PER_SECOND = Unit("events/s", 1, 0, more_is_better=True)
MILLISECONDS = Unit("ms", 1e-3, 1)
MICROSECONDS = Unit("µs", 1e-6, 1)
MEBIBYTES = Unit("MiB", 2**20, 1)
PER_SECOND = Unit("/s", 1, 1, more_is_better=True)
KILOBYTES_PER_SECOND = Unit("kB/s", 1e3, 1)
PERCENT_OF_ALL_PANES = Unit("% of all panes", 0.01, 0)
PERCENT_OF_A_CORE = Unit("% of a core", 0.01, 1)


class UnavailableError(Exception):
    """Something needed for a figure is not there; the message says what and why."""


@dataclass(frozen=True)
class Sample:
    """What repeats of one measurement gave, in the order in which they were made; at least one."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Take the values of any iterable."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)

    def percentile(self, percent: float) -> float:
        """Return the value that `percent` of the values do not exceed (nearest rank)."""
        ordered = sorted(self.values)
        rank = -(-percent * len(ordered) // 100)
        return ordered[max(0, int(rank) - 1)]

    def write(self, unit: Unit) -> str:
        """Return `median (min–max) unit`; the value alone, if there is one only."""
        text = unit.write(self.median)
        if len(self.values) > 1:
            text += f" ({unit.write(min(self.values))}–{unit.write(max(self.values))})"
        return f"{text} {unit.name}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: what was measured.
        unit: of both figures.
        ours: fakeweb_tui.
        theirs: fake_web_events; None, where there is nothing to compare.
        note: what a reader has to know, behind the figures.
    """

    what: str
    unit: Unit
    ours: Sample
    theirs: Sample | None = None
    note: str = ""

    @property
    def ratio(self) -> Sample | None:
        """How many times better ours is, pair by pair of alternating repeats."""
        if self.theirs is None:
            return None
        pairs = zip(self.ours.values, self.theirs.values, strict=True)
        return Sample.of(o / t if self.unit.more_is_better else t / o for o, t in pairs)


def timed(act: Callable[[], object]) -> float:
    """Return how many seconds `act` takes."""
    began = perf_counter()
    act()
    return perf_counter() - began


def repeated(times: int, measure: Callable[[], float]) -> Sample:
    """Measure so many times."""
    return Sample.of(measure() for _ in range(times))


def in_turn(times: int, *measures: Callable[[], float]) -> list[Sample]:
    """Measure several things in turn, so that what disturbs the machine for a while disturbs all of them."""
    rounds = [[measure() for measure in measures] for _ in range(times)]
    return [Sample(values) for values in zip(*rounds, strict=True)]
