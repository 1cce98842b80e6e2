"""Counts against what is expected of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from fakeweb_tui.markov import Floats

FEWEST = 20.0
"""A cell of which fewer are expected is joined with others: χ² is a limit for large counts.

Cochran's 5 (W. G. Cochran, "Some methods for strengthening the common χ² tests", Biometrics 10, 1954) is for a
significance of 0.05; far out in the tail, where many comparisons put the limit, it comes too often.
"""


@dataclass(frozen=True)
class Cell:
    """One count, beside what is expected of it."""

    name: str
    observed: float
    expected: float

    @property
    def deviation(self) -> float:
        """How far it is off, in the standard deviation of a rare count."""
        if self.expected > 0:
            return float((self.observed - self.expected) / self.expected**0.5)
        return inf if self.observed else 0.0


@dataclass(frozen=True)
class Comparison:
    """Counts, and whether they fit.

    Attributes:
        section: of which section of a config; of a row of it, with the page behind a dot.
        unit: what was counted.
        count: how many.
        chi_square, freedom: Pearson's statistic and its degrees of freedom.
        cells: the counts, where there are any to show.
        remark: why there is nothing to judge; empty if there is.
    """

    section: str
    unit: str
    count: int
    chi_square: float
    freedom: int
    cells: tuple[Cell, ...] = ()
    remark: str = ""

    @property
    def judged(self) -> bool:
        """Whether there was anything to judge."""
        return self.freedom > 0

    @property
    def p(self) -> float:
        """The probability that a file that fits is off by so much or more."""
        from scipy.special import chdtrc

        return float(chdtrc(self.freedom, self.chi_square)) if self.judged else 1.0


@dataclass(frozen=True)
class Section:
    """The comparisons of one section of a config: one, or one of each of its rows."""

    name: str
    parts: tuple[Comparison, ...]

    @property
    def divided(self) -> bool:
        """Whether it has rows of its own."""
        return len(self.parts) > 1

    @property
    def whole(self) -> Comparison:
        """All of them as one: independent χ² add up."""
        if not self.divided:
            return self.parts[0]
        judged = [part for part in self.parts if part.judged]
        return Comparison(
            self.name,
            self.parts[0].unit,
            sum(part.count for part in self.parts),
            sum(part.chi_square for part in judged),
            sum(part.freedom for part in judged),
            remark="" if judged else "only one outcome, or too few to judge",
        )


def not_judged(section: str, unit: str, remark: str, count: int = 0) -> Comparison:
    """Return the comparison of a section about which the file says nothing."""
    return Comparison(section, unit, count, 0.0, 0, (), remark)


def compare(section: str, unit: str, names: Sequence[str], observed: Floats, shares: Floats) -> Comparison:
    """Compare independent counts, shape (n,), with the shares that are expected, in any scale."""
    total = float(observed.sum())
    if not total:
        return not_judged(section, unit, "none in the file")
    expected = shares * (total / shares.sum()) if shares.sum() else shares
    cells = tuple(map(Cell, names, observed.tolist(), expected.tolist()))
    statistic, freedom = pearson(observed, expected)
    remark = "" if freedom else "only one outcome, or too few to judge"
    return Comparison(section, unit, int(total), statistic, freedom, cells, remark)


def pearson(observed: Floats, expected: Floats) -> tuple[float, int]:
    """Return χ² and its degrees of freedom, of counts with the total of what is expected, shape (n,) each.

    Cells of which too few are expected are joined. What is impossible and was counted makes χ² infinite.
    """
    possible = expected > 0
    if observed[~possible].any():
        return inf, max(1, int(possible.sum()))
    order = np.argsort(-expected, kind="stable")[: possible.sum()]
    observed, expected = observed[order], expected[order]
    alone = int((expected >= FEWEST).sum())
    if 0 < expected[alone:].sum() < FEWEST:
        alone = max(alone - 1, 0)
    groups = np.minimum(np.arange(len(expected)), alone)
    observed, expected = (np.bincount(groups, counts).astype(np.float64) for counts in (observed, expected))
    if len(expected) < 2:
        return 0.0, 0
    return float(((observed - expected) ** 2 / expected).sum()), len(expected) - 1
