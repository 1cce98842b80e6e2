"""Two variants of a config side by side: which they are, and their figures as the screen shows them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from math import copysign, inf, isnan
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fakeweb_tui.comparison import ENOUGH_SESSIONS, Comparison, ComparisonSnapshot, Estimate, Pair
from fakeweb_tui.config import Config
from fakeweb_tui.forecast import TOLERANCE
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import Workbench

_NOTHING = 1e-9
"""Two predictions that are computed apart and mean the same may differ by rounding."""


@dataclass(frozen=True)
class Variant:
    """What is compared: a config with its parameters, by a title for the screen."""

    title: str
    config: Config
    parameters: Parameters

    def says_the_same(self, other: "Variant") -> bool:
        """Whether the other one makes the same events."""
        return (self.config, self.parameters) == (other.config, other.parameters)


def as_loaded(bench: Workbench) -> Variant:
    """Return what was loaded."""
    return Variant(f"{Path(bench.loaded.document.name).name}, as loaded", bench.loaded, bench.given)


def as_saved(bench: Workbench, path: Path) -> Variant:
    """Return what is in force, as it was saved just now."""
    return Variant(f"{path.name}, as last saved", bench.config, bench.parameters)


def as_edited(bench: Workbench) -> Variant:
    """Return what is in force."""
    return Variant(f"{Path(bench.loaded.document.name).name}, as edited now", bench.config, bench.parameters)


def comparison_of(a: Variant, b: Variant) -> Comparison:
    """Return the comparison of two variants; the clock is that of b."""
    own = a.parameters
    on_the_clock = replace(b.parameters, user_pool_size=own.user_pool_size, sessions_per_day=own.sessions_per_day)
    return Comparison(on_the_clock, a.config, b.config, b.parameters)


class Verdict(Enum):
    """What the difference of a figure is."""

    MORE = "more"
    LESS = "less"
    NOISE = "noise"
    UNKNOWN = "too few"
    SAME = "same"


class Reading(NamedTuple):
    """A figure of one variant: what was observed, and what the config predicts."""

    value: float
    expected: float


class Figure(NamedTuple):
    """A figure of both variants; shares in percent, differences in percentage points.

    `longest` is what a bar of full length stands for. `error` is NaN where too few sessions differ to know it.
    """

    title: str
    a: Reading
    b: Reading
    difference: Reading
    error: float
    verdict: Verdict
    longest: float
    unit: str = ""


class Group(NamedTuple):
    """Figures under a heading; `pages` says that their titles are names of pages."""

    title: str
    figures: tuple[Figure, ...]
    pages: bool = False


def groups(snapshot: ComparisonSnapshot) -> tuple[Group, ...]:
    """Return what the screen shows of a comparison.

    The hours of the day are shown where one of them has other visits in b than in a.
    """
    sessions = (
        *_figures(("per hour",), snapshot.sessions_per_hour),
        *_figures(("events each",), snapshot.events_per_session),
    )
    shown = [
        Group("Sessions", sessions),
        Group("Reach", tuple(_figures(snapshot.pages, snapshot.reach, 100, "%")), pages=True),
        Group("Share of events", tuple(_figures(snapshot.pages, snapshot.share, 100, "%")), pages=True),
    ]
    by_hour = snapshot.sessions_by_hour
    if (np.abs(by_hour.difference.expected) >= _NOTHING).any():
        hours = tuple(f"{hour:02}:00" for hour in range(24))
        shown.append(Group("Sessions per hour", tuple(_figures(hours, by_hour))))
    return tuple(shown)


def _figures(titles: tuple[str, ...], pair: Pair, scale: float = 1, unit: str = "") -> Iterator[Figure]:
    """Yield a figure per title, with bars on one scale."""

    def readings(estimate: Estimate) -> list[Reading]:
        columns = ((estimate.value * scale).ravel().tolist(), (estimate.expected * scale).ravel().tolist())
        return [Reading(*each) for each in zip(*columns, strict=True)]

    a, b, difference = (readings(estimate) for estimate in (pair.a, pair.b, pair.difference))
    known = [each for reading in (*a, *b) for each in reading if not isnan(each)]
    longest = max(known, default=0) or 1.0
    columns = zip(
        titles,
        a,
        b,
        difference,
        (pair.difference.error * scale).ravel().tolist(),
        pair.significance.ravel().tolist(),
        pair.differing.ravel().tolist(),
        strict=True,
    )
    for title, one, other, apart, error, significance, differing in columns:
        verdict = _verdict(apart, error, significance, differing)
        shown_error = float("nan") if verdict in (Verdict.UNKNOWN, Verdict.SAME) else error
        yield Figure(title, one, other, apart, shown_error, verdict, longest, unit)


def _verdict(difference: Reading, error: float, significance: float, differing: int) -> Verdict:
    if not differing and abs(difference.expected) < _NOTHING:
        return Verdict.SAME
    if differing >= ENOUGH_SESSIONS and not error:
        # Visits that come in whole numbers per step do not vary.
        significance = copysign(inf, difference.value)
    if isnan(significance):
        return Verdict.UNKNOWN
    if abs(significance) <= TOLERANCE:
        return Verdict.NOISE
    return Verdict.MORE if significance > 0 else Verdict.LESS
