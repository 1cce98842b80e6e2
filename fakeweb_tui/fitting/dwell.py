"""How long sessions dwell on a page, from the time between its event and the next one elsewhere.

In the model, sessions stay with a probability q per step, so that moves come after k steps with probability
(1 - q) q**(k - 1). The times of two events differ from k steps by up to the jitter of both, which is a triangle.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import JITTER

_HIGHEST = 1 - 1e-6
_REACH = 2 * JITTER  # half of the triangle's base, in steps
_OFF = (max(0.0, _REACH - 0.5) / _REACH) ** 2 / 2
"""The chance that the rounded time is one step more than the steps; as high that it is one less."""


class Dwell(NamedTuple):
    """The probability to stay for another step, and its variance."""

    stay: float
    variance: float


def fit_dwell(steps: npt.NDArray[np.int64], limit: int, foreign: float) -> Dwell | None:
    """Return the maximum-likelihood estimate; None without any times.

    Args:
        steps: shape (n,), times in steps, rounded, from 0 to `limit`.
        foreign: the part of them that ends with another session's event, at any time alike.
    """
    from scipy.optimize import minimize_scalar

    if not len(steps):
        return None
    counts = np.bincount(np.minimum(steps, limit), minlength=limit + 1).astype(np.float64)
    seen = np.flatnonzero(counts)
    uniform = min(max(foreign, 0.0), 0.999) / (limit + 1)

    def surprise(stay: float) -> float:
        density = (1 - foreign) * _density(stay, limit)[seen] + uniform
        return float(-(counts[seen] * np.log(np.maximum(density, 1e-300))).sum())

    stay = float(minimize_scalar(surprise, bounds=(0.0, _HIGHEST), method="bounded", options={"xatol": 1e-7}).x)
    return Dwell(stay, _variance(surprise, stay, float(counts.sum())))


def _density(stay: float, limit: int) -> Floats:
    """Return the probability of each rounded time, shape (limit + 1,), of those within the limit."""
    moves = (1 - stay) * stay ** np.arange(limit + 1)  # [k - 1]
    exact = np.concatenate([[0.0], moves])
    off = np.concatenate([moves, [0.0]])
    later = np.concatenate([[0.0, 0.0], moves[:-1]])
    density = ((1 - 2 * _OFF) * exact + _OFF * off + _OFF * later)[: limit + 1]
    return np.asarray(density / density.sum())


def _variance(surprise: Callable[[float], float], stay: float, count: float) -> float:
    """Return the inverse of the observed information, by central differences."""
    width = max(1e-5, 0.05 * min(1 - stay, max(stay, 0.1)))
    centre = min(max(stay, width), _HIGHEST - width)
    information = (surprise(centre - width) - 2 * surprise(centre) + surprise(centre + width)) / width**2
    floor = stay * (1 - stay) ** 2 / count  # that of times known exactly: no estimate is better
    return max(1 / information if information > 0 else 1.0, floor)
