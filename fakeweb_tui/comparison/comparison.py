"""The comparison of two variants, session by session.

Both variants meet the same births, and sessions of the same number meet the same random words. As words become
outcomes by inversion, most sessions then do the same in both, and the difference is far more exact than that of
two runs apart (common random numbers: A. M. Law, "Simulation Modeling and Analysis", chapter 11).

A session is counted by the step of its birth and walked to its end at once, however long after that it comes. So
nobody is under way, and no figure leans towards short sessions: those counted are independent, each has the
distribution that its config gives it, and a mean over them has no bias. A share of events is a ratio of two such
means, with the bias of any ratio: of the order of 1 / sessions, where its error is of that of 1 / √sessions.

Where more sessions are born in one variant than in the other (`visits_per_hour` or `sessions_per_day` differ),
those of a step are paired in their order, and the rest is in one variant only. Whether a session is there depends
on nothing that it does, so that rest is as good as any: it counts in its own variant, and with zero in the other,
where it is no session to be divided by either.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fakeweb_tui.comparison.estimates import Births, Pair, Ratios
from fakeweb_tui.config import Config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.markov import Codes, Floats
from fakeweb_tui.simulation import CHUNK_SESSIONS, Draws, Parameters, Track, walk_cohort

_MAX_CHUNK_STEPS = 1 << 15
_MAX_CELLS = 1 << 19
"""Sessions times pages that are counted at a time."""


@dataclass(frozen=True, eq=False)
class ComparisonSnapshot:
    """Frozen figures of a comparison; U pages, which are those of a and then those that only b has.

    A page that a variant does not have is never reached in it.

    Attributes:
        since, until: the sessions born between these moments were counted, with all that they ever do.
        pages: the U names.
        sessions, events: how many, in a and in b.
        paired: how many sessions are in both.
        share: the part of the events that are on each page, shape (U,).
        reach: the part of the sessions that are ever on each page, shape (U,).
        events_per_session: shape ().
        sessions_per_hour: sessions born in an hour, over all the time between `since` and `until`, shape ().
        sessions_by_hour: the same for each hour of the day, shape (24,); NaN for hours that were not covered.
    """

    since: datetime
    until: datetime
    pages: tuple[str, ...]
    sessions: tuple[int, int]
    events: tuple[int, int]
    paired: int
    share: Pair
    reach: Pair
    events_per_session: Pair
    sessions_per_hour: Pair
    sessions_by_hour: Pair


class Comparison:
    """Two variants of a config, whose sessions are walked and counted in pairs, a stretch of births at a time.

    It keeps sums of whole numbers and no session, so its memory is bounded, and the figures do not depend on the
    lengths of the stretches. `position` is the step whose births come next.
    """

    def __init__(
        self, parameters: Parameters, a: Config, b: Config, parameters_b: Parameters | None = None
    ) -> None:
        """Stand at step 0.

        `parameters_b` are those of b where it has its own; ValueError where they differ in more than users and
        sessions per day.
        """
        parameters_b = parameters if parameters_b is None else parameters_b
        users, sessions_per_day = parameters.user_pool_size, parameters.sessions_per_day
        if replace(parameters_b, user_pool_size=users, sessions_per_day=sessions_per_day) != parameters:
            raise ValueError("variants can differ in their users and sessions per day, in no other parameter")
        self.parameters = parameters
        self.pages = (*a.page_names, *(page for page in b.page_names if page not in a.pages))
        self.position = 0
        self._forecasts = Forecast(a, parameters), Forecast(b, parameters_b)
        self._draws = Draws(parameters, a), Draws(parameters_b, b)
        self._columns = self._columns_of(a), self._columns_of(b)
        self._births = Births(parameters, self._draws)
        self._per_event = Ratios(len(self.pages))  # events on each page
        self._per_session = Ratios(len(self.pages) + 1)  # whether each page was reached; events

    def _columns_of(self, config: Config) -> Codes:
        column = {page: place for place, page in enumerate(self.pages)}
        return np.array([column[page] for page in config.page_names], np.int64)

    def advance(self, stop: int, chunk_sessions: int = CHUNK_SESSIONS) -> None:
        """Count the sessions born in the next steps, up to `stop` (not included) or until about so many are born.

        At the end of time (`Parameters.max_steps`) there are no more.
        """
        end = min(stop, self.position + _MAX_CHUNK_STEPS, self.parameters.max_steps)
        steps = np.arange(self.position, end, dtype=np.int64)
        if not len(steps):
            return
        most = max(1, min(chunk_sessions, _MAX_CELLS // len(self.pages)))
        expected = np.cumsum(np.maximum(self._draws[0].rate(steps), self._draws[1].rate(steps)))
        steps = steps[: max(1, int(np.searchsorted(expected, most, side="right")))]
        born = self._draws[0].births(steps), self._draws[1].births(steps)
        number = np.union1d(*born)
        # About so many are born, but a single step can have any number.
        for begin in range(0, len(number), 2 * most):
            part = number[begin : begin + 2 * most]
            self._count(part, np.array([np.isin(part, those, assume_unique=True) for those in born]))
        self._births.add(steps, born)
        self.position = int(steps[-1]) + 1

    def _count(self, number: npt.NDArray[np.uint64], present: npt.NDArray[np.bool_]) -> None:
        """Count n sessions; `present`, shape (2, n), says which of them are in a and in b."""
        figures = np.zeros((2, len(number), len(self.pages) + 1), np.int64)
        on_page, events = figures[:, :, :-1], figures[:, :, -1]
        parts = zip(self._draws, present, self._columns, on_page, strict=True)
        walk_cohort(self.parameters, number, [Track(*part) for part in parts])
        on_page.sum(axis=2, out=events)
        self._per_event.add(on_page, events)
        np.minimum(on_page, 1, out=on_page)
        self._per_session.add(figures, present.astype(np.int64))

    @property
    def sessions(self) -> tuple[int, int]:
        """How many sessions were counted in a and in b."""
        return self._per_session.totals

    def snapshot(self) -> ComparisonSnapshot:
        """Return the figures so far; costs some microseconds per page, however many sessions were counted."""
        share, share_covariance = self._per_event.estimates()
        mean, mean_covariance = self._per_session.estimates()
        expected_share, expected_mean = self._expected
        differing = self._per_session.differing
        pages, length = (
            Pair.of(mean[:, part], mean_covariance[:, :, part], expected_mean[:, part], differing[part])
            for part in (slice(-1), -1)
        )
        return ComparisonSnapshot(
            since=self.parameters.start,
            until=self.parameters.time_of(self.position),
            pages=self.pages,
            sessions=self.sessions,
            events=self._per_event.totals,
            paired=self._per_session.common,
            share=Pair.of(share, share_covariance, expected_share, self._per_event.differing),
            reach=pages,
            events_per_session=length,
            sessions_per_hour=self._births.per_hour(),
            sessions_by_hour=self._births.by_hour(),
        )

    @cached_property
    def _expected(self) -> tuple[Floats, Floats]:
        """What both variants predict, in the order in which it is observed: shapes (2, U) and (2, U + 1)."""
        share, mean = np.zeros((2, len(self.pages))), np.zeros((2, len(self.pages) + 1))
        for variant, (forecast, columns) in enumerate(zip(self._forecasts, self._columns, strict=True)):
            share[variant, columns] = forecast.share
            mean[variant, columns] = forecast.reach
            mean[variant, -1] = forecast.chain.events
        return share, mean
