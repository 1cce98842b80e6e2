"""Figures of two variants, their difference, and the errors of all three, from sums over paired sessions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import Draws, Parameters, session_birth_step

Counts64 = npt.NDArray[np.int64]

ENOUGH_SESSIONS = 10
"""Where fewer sessions differ, the error of the difference is itself too rough to judge by."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """A figure that was observed, of any shape.

    Attributes:
        value: what was observed; NaN where nothing was.
        error: the standard error of `value`.
        expected: what the config predicts.
    """

    value: Floats
    error: Floats
    expected: Floats

    @property
    def deviation(self) -> Floats:
        """How far the value is from what is expected, in standard errors; NaN where there is no error."""
        return _in_errors(self.value - self.expected, self.error)


@dataclass(frozen=True, eq=False)
class Pair:
    """A figure in both variants, and the difference b - a, whose error is that of a paired one.

    `differing` is how many sessions are not in both variants what they are for the figure; of its shape. As long
    as none is, the error of the difference is zero: not because it is sure, but because there is nothing to go by.
    """

    a: Estimate
    b: Estimate
    difference: Estimate
    differing: Counts64

    @property
    def significance(self) -> Floats:
        """How far the difference is from none, in standard errors; NaN where too few sessions differ to tell."""
        significance = _in_errors(self.difference.value, self.difference.error)
        return np.where(self.differing >= ENOUGH_SESSIONS, significance, np.nan)

    @classmethod
    def of(cls, value: Floats, covariance: Floats, expected: Floats, differing: Counts64) -> "Pair":
        """Put values of shape (2, …) side by side; `covariance` is that of their errors, shape (2, 2, …)."""
        difference = covariance[0, 0] + covariance[1, 1] - covariance[0, 1] - covariance[1, 0]
        # Rounding can leave a variance a little less than nothing.
        error_a, error_b, error = (
            np.sqrt(np.maximum(variance, 0.0)) for variance in (covariance[0, 0], covariance[1, 1], difference)
        )
        return cls(
            Estimate(value[0], error_a, expected[0]),
            Estimate(value[1], error_b, expected[1]),
            Estimate(value[1] - value[0], error, expected[1] - expected[0]),
            differing,
        )


def _in_errors(value: Floats, error: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, value / error, np.nan)


class Ratios:
    """Sums over sessions of x, K numbers, and of d, one number: the K ratios of both in each of two variants.

    The error of a ratio R = Σx / Σd is that of the mean of x - R d, over the mean of d: the first order of its
    expansion (the delta method; W. G. Cochran, "Sampling Techniques", chapter 6). Sessions are independent, so the
    covariance of the errors in two variants is the sum of the products of x - R d in one and in the other.
    """

    def __init__(self, width: int) -> None:
        self._x = np.zeros((2, width), np.int64)
        self._d = np.zeros(2, np.int64)
        self._xx = np.zeros((2, 2, width), np.int64)
        self._xd = np.zeros((2, 2, width), np.int64)  # [v, w]: x in variant v by d in variant w
        self._dd = np.zeros((2, 2), np.int64)
        self.differing = np.zeros(width, np.int64)  # sessions that have another x or another d, for each ratio

    @property
    def totals(self) -> tuple[int, int]:
        """Σd in a and in b."""
        return int(self._d[0]), int(self._d[1])

    @property
    def common(self) -> int:
        """The sum of the products of d in a and in b."""
        return int(self._dd[0, 1])

    def add(self, x: Counts64, d: Counts64) -> None:
        """Add n sessions: x, shape (2, n, K), and d, shape (2, n), both zero for those not in the variant."""
        self._x += x.sum(axis=1)
        self._d += d.sum(axis=1)
        self._xx += np.einsum("vnk,wnk->vwk", x, x)
        self._xd += np.einsum("vnk,wn->vwk", x, d)
        self._dd += d @ d.T
        self.differing = self.differing + ((x[0] != x[1]) | (d[0] != d[1])[:, None]).sum(axis=0)

    def estimates(self) -> tuple[Floats, Floats]:
        """Return the ratios, shape (2, K), and the covariance of their errors, shape (2, 2, K)."""
        with np.errstate(invalid="ignore"):
            ratio = self._x / self._d[:, None]
            one, other = ratio[:, None], ratio[None]
            crossed = other * self._xd + one * self._xd.swapaxes(0, 1)
            products = self._xx - crossed + one * other * self._dd[:, :, None]
            return ratio, products / np.outer(self._d, self._d)[:, :, None]


class Births:
    """How many sessions are born in each hour of the day, in each of two variants.

    The births of a step are the whole part of a rate, and one more where a word, the same in both, is below what
    the rate has beyond it. So the covariance of their numbers is known and needs no estimate.
    """

    def __init__(self, parameters: Parameters, draws: tuple[Draws, Draws]) -> None:
        self._parameters = parameters
        self._rate = np.array([each.rate_by_hour for each in draws])
        beyond = self._rate - np.floor(self._rate)
        one, other = beyond[:, None], beyond[None]
        self._covariance = np.minimum(one, other) - one * other  # of a step, shape (2, 2, 24)
        self._steps = np.zeros(24, np.int64)
        self._born = np.zeros((2, 24), np.int64)

    def add(self, steps: Counts64, born: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]) -> None:
        """Count the sessions that are born in these steps, given by their numbers."""
        self._steps += self._by_hour(steps)
        self._born += [self._by_hour(session_birth_step(number)) for number in born]

    def _by_hour(self, steps: Counts64) -> Counts64:
        return np.bincount(self._parameters.hour_of(steps), minlength=24)

    def by_hour(self) -> Pair:
        """Sessions that are born in an hour, for each hour of the day, shape (24,)."""
        return self._rates(np.eye(24, dtype=np.int64))

    def per_hour(self) -> Pair:
        """The same over all steps, shape ()."""
        return self._rates(np.ones(24, np.int64))

    def _rates(self, hours: Counts64) -> Pair:
        """Sum over some hours of the day, shape (24, …) with a 1 for each, and divide by the time they cover."""
        # Within an hour, one of the variants has at least as many in every step as the other.
        differing = np.abs(self._born[0] - self._born[1]) @ hours
        covered = self._steps @ hours * self._parameters.batch_size / 3600
        with np.errstate(invalid="ignore"):
            return Pair.of(
                self._born @ hours / covered,
                self._steps * self._covariance @ hours / covered**2,
                self._steps * self._rate @ hours / covered,
                differing,
            )
