"""Estimates of probabilities, with intervals."""

from typing import NamedTuple

import numpy as np

from fakeweb_tui.markov import Floats

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """What was learned of one probability.

    Attributes:
        value: the estimate, as the config has it.
        low, high: between them it is, with 95 % confidence.
        hits: how many of what was counted; sessions that were told apart by silence are corrected by parts.
        total: of how many.
    """

    value: float
    low: float
    high: float
    hits: float
    total: float


def intervals(value: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return Jeffreys intervals of probabilities with a known variance, shape (n,) each.

    They are those of so many independent trials as have this variance (L. D. Brown, T. T. Cai, A. DasGupta,
    "Interval estimation for a binomial proportion", Statistical Science 16, 2001; L. Kish, "Survey Sampling",
    1965, 8.2, for the effective number). Without variance they are the value.
    """
    from scipy.special import betaincinv

    tail = (1 - CONFIDENCE) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        trials = np.where(variance > 0, np.maximum(value * (1 - value), 1e-12) / variance, np.inf)
    known = np.isfinite(trials)
    trials = np.where(known, trials, 1.0)
    hits = value * trials
    low = np.where(hits > 0, betaincinv(hits + 0.5, trials - hits + 0.5, tail), 0.0)
    high = np.where(hits < trials, betaincinv(hits + 0.5, trials - hits + 0.5, 1 - tail), 1.0)
    # What may be nothing but a correction's noise may be nothing.
    low = np.where(value <= 2 * np.sqrt(variance), 0.0, low)
    return np.where(known, low, value), np.where(known, high, value)


def of_counts(counts: Floats, total: float | None = None) -> tuple[Floats, Floats, Floats]:
    """Return shares of independent counts, shape (n,), and the ends of their intervals.

    Args:
        total: how many trials there were; the sum of the counts, if None.
    """
    trials = float(counts.sum()) if total is None else total
    shares = counts / counts.sum()
    # Jeffreys' half a count keeps an interval open where nothing, or everything, was counted.
    variance = np.maximum(shares * (1 - shares), 0.25 / max(trials, 1.0)) / trials
    return shares, *intervals(shares, variance)
