"""Visits per hour against a config."""

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import Config
from fakeweb_tui.markov import Codes, Floats
from fakeweb_tui.simulation import HOUR_US, MICROSECONDS
from fakeweb_tui.verification.chi_square import FEWEST, Cell, Comparison, not_judged
from fakeweb_tui.verification.sessions import LoggedSessions

_BIN_US = 300 * MICROSECONDS
_FEWEST_BINS = 4
_LARGEST_DEVIATION = 37.0  # beyond it the tail of a normal distribution is no number


def compare_hours(sessions: LoggedSessions, config: Config) -> Comparison:
    """Compare in which hours sessions start.

    Births are more regular than independent ones (the whole part of their rate is born for certain), and how much
    depends on the rate, and on whether the file holds all sessions or a part. So the spread is measured: between
    stretches of five minutes of the same hour, in each of which as many are expected. Where so few are born that
    this cannot be, it is that of independent births.
    """
    section, unit = "visits_per_hour", "sessions"
    if sessions.unclear:
        return not_judged(section, unit, sessions.unclear)
    # A stretch has to be many steps long, or the ends of steps matter.
    length = _BIN_US if sessions.step_us * 2 <= _BIN_US else HOUR_US
    first = -(-sessions.known_since // length)
    last = sessions.known_until // length
    begun = sessions.log.time[sessions.starts] // length
    counts = np.bincount((begun - first)[(begun >= first) & (begun < last)], minlength=max(0, last - first))
    hour = np.arange(first, last) * length // HOUR_US % 24
    bins = np.bincount(hour, minlength=24).astype(np.float64)
    total = np.bincount(hour, counts, minlength=24)
    # Sessions whose user was in the site just before are not counted as starts.
    seen = np.array([np.exp(-behind.exposure) for behind in sessions.successors])
    weight = bins * config.visits_per_hour * seen
    if total[weight == 0].any():
        names = [str(hour) for hour in np.flatnonzero(total * (weight == 0))]
        cells = tuple(Cell(name, float(total[int(name)]), 0.0) for name in names)
        return Comparison(section, unit, int(total.sum()), np.inf, 1, cells)
    expected = weight * (total.sum() / weight.sum()) if weight.any() else weight
    judged = expected >= FEWEST
    if judged.sum() < 2:
        return not_judged(
            section, unit, "the file covers one hour of the day, or too few sessions", int(total.sum())
        )
    variance, measured = _spread(counts, hour, bins)
    scale = (weight * total / variance)[judged].sum() / (weight**2 / variance)[judged].sum()
    deviation = (total - scale * weight)[judged] / np.sqrt(variance[judged])
    chi_square = float((_as_normal(deviation, np.where(measured, bins - 1, np.inf)[judged]) ** 2).sum())
    cells = tuple(
        Cell(str(hour), float(total[hour]), float(scale * weight[hour])) for hour in np.flatnonzero(bins)
    )
    return Comparison(section, unit, int(total.sum()), chi_square, int(judged.sum()) - 1, cells)


def _spread(counts: Codes, hour: Codes, bins: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the variance of each hour's total, shape (24,), and whether it was measured."""
    total = np.bincount(hour, counts, minlength=24)
    mean = total / np.maximum(bins, 1)
    within = np.bincount(hour, (counts - mean[hour]) ** 2, minlength=24)
    measured = (bins >= _FEWEST_BINS) & (mean >= FEWEST)
    # Where nothing varies, a birth may still be on either side of a stretch's end.
    sample = np.maximum(bins * within / np.maximum(bins - 1, 1), 1.0)
    spread: Floats = np.where(measured, sample, np.maximum(total, FEWEST))
    return spread, measured


def _as_normal(deviation: Floats, freedom: Floats) -> Floats:
    """Return deviations in units of a measured spread as those of a normal distribution with the same tails."""
    from scipy.special import ndtri, stdtr

    tail = stdtr(np.minimum(freedom, 1e9), -np.abs(deviation))
    return np.asarray(np.minimum(-ndtri(np.maximum(tail, 1e-300)), _LARGEST_DEVIATION))
