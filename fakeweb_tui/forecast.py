"""What a config predicts for the figures that a simulation shows, and whether what is observed fits."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fakeweb_tui.config import Config
from fakeweb_tui.markov import AbsorbingChain, Floats, TransitionMatrix
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Observation

ENOUGH_EVENTS = 5
"""An expected count below this is too small to judge by a normal approximation."""

TOLERANCE = 3.0
"""Standard deviations that still count as a fit: noise goes beyond in 1 of 370 looks."""


@dataclass(frozen=True)
class Forecast:
    """The figures of one config, each computed when it is first asked for."""

    config: Config
    parameters: Parameters

    @cached_property
    def chain(self) -> AbsorbingChain:
        """The config as an absorbing chain."""
        return AbsorbingChain(TransitionMatrix.of(self.config), self.parameters.max_session_steps)

    @cached_property
    def share(self) -> Floats:
        """The share of events on each page, shape (P,)."""
        return self.chain.events_by_page / self.chain.events

    @property
    def reach(self) -> Floats:
        """The probability that a session ever reaches each page, shape (P,)."""
        return self.chain.reach

    @cached_property
    def flow(self) -> Floats:
        """How often a session is expected to go from each page to each, itself and `session_end` included, shape
        (P, P + 1); the limit on its steps, which cuts off its last move, is left out."""
        steps = self.chain.matrix.landing @ self.chain.occupancy
        return np.asarray(steps[:, None] * self.chain.matrix.rows, np.float64)

    @property
    def conversion(self) -> float:
        """The probability that a session ever reaches the goal, the last page."""
        return float(self.chain.reach[-1])

    @cached_property
    def sessions_by_hour(self) -> Floats:
        """Expected sessions that start in each hour of the day, shape (24,)."""
        return np.array(self.config.visits_per_hour) * self.parameters.sessions_per_day

    @cached_property
    def events_by_hour(self) -> Floats:
        """Expected events in each hour of a day that follows another, shape (24,).

        Events come some steps after their session began, so an hour's sessions have some of theirs in the next.
        """
        return self._spread(self.chain.events_by_age())

    @cached_property
    def active_by_hour(self) -> Floats:
        """Expected sessions in the site at any moment of each hour of a day that follows another, shape (24,)."""
        return self._spread(self.chain.survival()) * self.parameters.batch_size / 3600

    def _spread(self, by_age: Floats) -> Floats:
        """What the sessions of a day do at each of their steps, shape (≤ max_steps,), by hour, shape (24,)."""
        lag = np.arange(len(by_age)) * self.parameters.batch_size / 3600
        whole = np.floor(lag).astype(int)
        late = lag - whole
        done = np.zeros(24)
        for hours in np.unique(whole):
            now = by_age[whole == hours]
            spill = late[whole == hours]
            done += np.roll(self.sessions_by_hour, hours) * (now * (1 - spill)).sum()
            done += np.roll(self.sessions_by_hour, hours + 1) * (now * spill).sum()
        return done

    def deviation(self, observed: Observation) -> Floats:
        """How far each page's share of events is from the prediction, in standard deviations, shape (P,).

        Events of one session are not independent, so the error comes from the covariance of a session's counts,
        not from a binomial: with counts n of S sessions and shares p, sum(n_j - p_j n) has the variance
        S · var(n_j - p_j n). Sessions under way are completed by what they are expected still to do, which
        keeps the mean at exactly zero (the counts so completed are a martingale). NaN where too little was
        observed to tell: that expectation does not know how near a session is to its last possible step, so where
        that limit is felt, it is too little as long as more than 1 of 100 sessions are under way.
        """
        counts = observed.counts + observed.ahead
        under_way = observed.active_after - observed.active_before
        completed = counts.events_by_page + under_way @ self.chain.events_to_come
        sessions = counts.sessions + int(observed.active_before.sum())
        difference = completed - self.share * completed.sum()
        covariance = self.chain.events_covariance
        with_all = covariance.sum(axis=1)
        variance = sessions * (
            np.diagonal(covariance) - 2 * self.share * with_all + self.share**2 * covariance.sum()
        )
        enough = (self.share * counts.events >= ENOUGH_EVENTS) & (variance > 0)
        if self.chain.limited and np.abs(under_way).sum() > sessions / 100:
            enough[:] = False
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(enough, difference / np.sqrt(variance), np.nan)
