"""Prediction beside observation: each figure with how far noise alone takes it.

Every figure that is observed is completed by what the sessions under way are expected still to do, less what those
that were under way at the start were expected to: so completed, a count is a martingale, and its mean is the
prediction at any time, not only in the end. Its variance is that of the sessions that landed and of those that
were there.
"""

from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan, sqrt

import numpy as np

from fakeweb_tui.forecast import ENOUGH_EVENTS, TOLERANCE, Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import HOUR_US
from fakeweb_tui.statistics import Observation


@dataclass(frozen=True)
class Figure:
    """A figure as it is predicted and as it was observed.

    Attributes:
        predicted: what the config says.
        observed: what came of the simulation, completed as said above; NaN where nothing did.
        error: the standard deviation of what is observed around the prediction; NaN where too little was
            observed to tell.
    """

    predicted: float
    observed: float
    error: float

    @property
    def deviation(self) -> float:
        """How far the observation is off, in standard deviations; NaN where that cannot be told."""
        return (self.observed - self.predicted) / self.error if self.error > 0 else nan

    @property
    def fits(self) -> bool | None:
        """Whether the difference is noise; None where that cannot be told."""
        return None if isnan(self.deviation) else abs(self.deviation) <= TOLERANCE


class Judgement:
    """The figures of one observation beside those that a forecast of its config gives."""

    def __init__(self, forecast: Forecast, observed: Observation) -> None:
        self._forecast, self._chain = forecast, forecast.chain
        self._observed = observed
        self._counts = observed.counts + observed.ahead
        self._sessions = self._counts.sessions
        self._before = observed.active_before
        self._under_way = observed.active_after - observed.active_before

    @cached_property
    def share(self) -> tuple[Figure, ...]:
        """Each page's share of the events."""
        completed = self._counts.events_by_page + self._under_way @ self._chain.events_to_come
        total = completed.sum()
        deviation = self._forecast.deviation(self._observed)
        share = completed / total if total > 0 else np.full(len(completed), nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            error = (share - self._forecast.share) / deviation
        figures = zip(self._forecast.share, share, error, strict=True)
        return tuple(Figure(*map(float, figure)) for figure in figures)

    @cached_property
    def events(self) -> Figure:
        """Events of a session."""
        return self._per_session(self._chain.events, self._counts.events_by_page.sum(), *self._moments(False))

    @cached_property
    def steps(self) -> Figure:
        """Steps of a session, its length."""
        moves = self._observed.moves
        counted = nan if moves is None else self._sessions + moves[:, :-1].sum()
        return self._per_session(self._chain.steps, counted, *self._moments(True))

    @cached_property
    def reach(self) -> tuple[Figure, ...]:
        """The part of the sessions that ever reach each page."""
        before, after = self._observed.before, self._observed.after
        predicted = self._forecast.reach
        if before is None or after is None or not self._sessions:
            return tuple(Figure(float(chance), nan, nan) for chance in predicted)
        visits = self._chain.occupancy
        later = visits / np.diagonal(visits)  # to be on page j later, of a session that was not there yet
        expected = ((after.unseen - before.unseen) * later).sum(axis=0)
        reached = (self._counts.reached_by_page + expected) / self._sessions
        variance = self._sessions * predicted * (1 - predicted) + (before.unseen * later * (1 - later)).sum(axis=0)
        rarer = self._sessions * np.minimum(predicted, 1 - predicted)
        error = np.where(rarer >= ENOUGH_EVENTS, np.sqrt(variance) / self._sessions, nan)
        if self._is_unsure:
            error[:] = nan
        return tuple(Figure(*map(float, figure)) for figure in zip(predicted, reached, error, strict=True))

    @cached_property
    def sessions_by_hour(self) -> tuple[Figure, ...]:
        """Sessions that start in an hour, for each hour of the day.

        In a step there start as many as expected, rounded down, and one more by the chance that is left.
        """
        parameters, steps = self._forecast.parameters, self._observed.steps
        predicted = self._forecast.sessions_by_hour
        if steps is None:
            return tuple(Figure(float(rate), nan, nan) for rate in predicted)
        covered = _steps_by_hour(steps, parameters.start_us, parameters.step_us)
        rate = predicted * parameters.batch_size / 3600
        variance = covered * (rate % 1) * (1 - rate % 1)
        if HOUR_US % parameters.step_us or parameters.start_us % parameters.step_us:
            # A step that runs over the end of its hour has some of its sessions in the next.
            variance += rate**2 * np.ceil(covered * parameters.step_us / HOUR_US)
        hours = covered * parameters.batch_size / 3600
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = np.where(hours > 0, self._counts.sessions_by_hour / hours, nan)
            error = np.where(covered * rate >= ENOUGH_EVENTS, np.sqrt(variance) / hours, nan)
        return tuple(Figure(*map(float, figure)) for figure in zip(predicted, observed, error, strict=True))

    def _per_session(
        self, predicted: float, counted: float, to_come: Floats, variance: Floats, own: float
    ) -> Figure:
        """A count per session that landed; `to_come` and `variance` are by page, `own` that of a new session."""
        if not self._sessions:
            return Figure(predicted, nan, nan)
        observed = float(counted + self._under_way @ to_come) / self._sessions
        error = sqrt(self._sessions * own + float(self._before @ variance)) / self._sessions
        unsure = self._is_unsure or self._sessions < ENOUGH_EVENTS
        return Figure(predicted, observed, nan if unsure else error)

    def _moments(self, every_step: bool) -> tuple[Floats, Floats, float]:
        """Mean and variance of the further events (or steps) by page, shape (P,), and the variance of all of a
        session's.

        With a reward of 1 for each move that counts, the moments m and s of the sum to come obey
        m = C1 + Q m and s = C1 + 2 C m + Q s (Kemeny and Snell, theorem 3.3.5).
        """
        moves, landing = self._chain.matrix.moves, self._chain.matrix.landing
        counted = moves if every_step else self._chain.matrix.arrivals
        once = counted.sum(axis=1)
        if not self._chain.limited:
            rest = np.eye(len(moves)) - moves
            mean = np.linalg.solve(rest, once)
            second = np.linalg.solve(rest, once + 2 * counted @ mean)
        else:
            mean, second = np.zeros(len(moves)), np.zeros(len(moves))
            for _ in range(self._chain.max_steps - 1):
                mean, second = once + moves @ mean, once + 2 * counted @ mean + moves @ second
        own = float(landing @ second - (landing @ mean) ** 2)
        return mean, np.maximum(second - mean**2, 0.0), max(own, 0.0)

    @property
    def _is_unsure(self) -> bool:
        """Whether the limit on steps is felt while many are under way: how near they are to it is not known."""
        sessions = self._sessions + int(self._before.sum())
        return self._chain.limited and np.abs(self._under_way).sum() > sessions / 100


def _steps_by_hour(steps: range, start_us: int, step_us: int) -> Floats:
    """Return how many of the steps begin in each hour of the day, shape (24,)."""
    # Hours since 1970 divide the steps at k where start + k * step passes an hour.
    first, last = (start_us + step * step_us for step in (steps.start, steps.stop))
    hours = np.arange(first // HOUR_US, last // HOUR_US + 2, dtype=np.int64)
    begins = np.clip(-((start_us - hours * HOUR_US) // step_us), steps.start, steps.stop)
    covered = np.zeros(24)
    np.add.at(covered, hours[:-1] % 24, np.diff(begins))
    return covered
