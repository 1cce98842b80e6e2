"""Running counts of a simulation's events, and the frozen figures that a screen or a report reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import Config
from fakeweb_tui.markov import Codes
from fakeweb_tui.recent import RecentEvents
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import EPOCH, HOUR_US, LANDING, Batch, Parameters, Presence

Counts64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Counts:
    """What was counted over some events; P pages, 24 hours of the day.

    Attributes:
        events_by_page: shape (P,).
        reached_by_page: shape (P,), sessions that were on the page at least once.
        events_by_hour: shape (24,).
        sessions_by_hour: shape (24,), sessions by the hour in which they landed.
    """

    events_by_page: Counts64
    reached_by_page: Counts64
    events_by_hour: Counts64
    sessions_by_hour: Counts64

    @classmethod
    def none(cls, pages: int) -> "Counts":
        """Counts of nothing, for that many pages."""
        return cls(*(np.zeros(n, np.int64) for n in (pages, pages, 24, 24)))

    @classmethod
    def of(cls, batch: Batch) -> "Counts":
        """Count the events of a batch."""
        pages = len(batch.pages)
        landed = batch.visit == LANDING
        return cls(
            np.bincount(batch.page, minlength=pages),
            np.bincount(batch.page[batch.visit > 0], minlength=pages),
            _by_hour(batch.timestamp),
            _by_hour(batch.timestamp[landed]),
        )

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.events_by_page + other.events_by_page,
            self.reached_by_page + other.reached_by_page,
            self.events_by_hour + other.events_by_hour,
            self.sessions_by_hour + other.sessions_by_hour,
        )

    def on_pages(self, codes: Codes, count: int) -> "Counts":
        """The same where there are other pages: `count` of them, with the codes of `page_codes`.

        What was counted on pages that are gone stays in the counts by hour.
        """
        kept = np.flatnonzero(codes >= 0)
        events, reached = np.zeros(count, np.int64), np.zeros(count, np.int64)
        events[codes[kept]] = self.events_by_page[kept]
        reached[codes[kept]] = self.reached_by_page[kept]
        return Counts(events, reached, self.events_by_hour, self.sessions_by_hour)

    @property
    def events(self) -> int:
        """All events, those on pages that are gone included."""
        return int(self.events_by_hour.sum())

    @property
    def sessions(self) -> int:
        """Sessions that landed."""
        return int(self.sessions_by_hour.sum())


@dataclass(frozen=True, eq=False)
class Observation:
    """What was counted since some moment, with what it takes to compare it with a prediction.

    A session that is under way has not had all its events. So beside the counts stand the sessions in the site at
    both ends: what they are still expected to do is known, and makes the comparison exact at any time.

    Attributes:
        since, until: simulated time that the counts cover.
        counts: events that happened in it.
        ahead: events that are computed but whose time has not come; they follow `until`.
        active_before: shape (P,), sessions on each page at `since`.
        active_after: shape (P,), sessions on each page behind the events of `ahead`.
        steps: those that `counts` and `ahead` cover, as far as that is known; likewise what follows.
        moves: shape (P, P + 1), how often a session went from page i to j, itself and `session_end` included.
        before, after: the sessions of `active_before` and `active_after`.
    """

    since: datetime
    until: datetime
    counts: Counts
    ahead: Counts
    active_before: Counts64
    active_after: Counts64
    steps: range | None = None
    moves: Counts64 | None = None
    before: Presence | None = None
    after: Presence | None = None


def covered_hours(since: datetime, until: datetime) -> npt.NDArray[np.float64]:
    """Return, shape (24,), how much of the time between two moments falls into each hour of the day, in hours."""
    begin, end = ((moment - EPOCH).total_seconds() / 3600 for moment in (since, until))
    days = max(0.0, end - begin) // 24
    rest_end = end - days * 24
    hour = np.arange(24)
    covered = np.full(24, days)
    first_day = begin // 24 * 24
    for day in (first_day, first_day + 24):
        low = np.maximum(begin, day + hour)
        high = np.minimum(rest_end, day + hour + 1)
        covered += np.maximum(0.0, high - low)
    return covered


KEPT_HOURS = 64 * 24
"""So many hours are told apart, the newest."""


@dataclass(frozen=True, eq=False)
class HourCounts:
    """What was counted in each simulated hour, one after the other; n hours, `KEPT_HOURS` at most.

    Attributes:
        first: the first of the hours, counted since 1970.
        events, sessions: shape (n,).
    """

    first: int
    events: Counts64
    sessions: Counts64

    @classmethod
    def none(cls) -> "HourCounts":
        """Counts of no hours."""
        return cls(0, np.zeros(0, np.int64), np.zeros(0, np.int64))

    def with_events(self, batch: Batch) -> "HourCounts":
        """Return the counts with a batch that follows."""
        if not len(batch):
            return self
        begin, events = _by_each_hour(batch.timestamp)
        first = self.first if len(self.events) else begin
        end = max(first + len(self.events), begin + len(events))
        columns = []
        landed = batch.timestamp[batch.visit == LANDING]
        for before, (at, fresh) in (
            (self.events, (begin, events)),
            (self.sessions, _by_each_hour(landed) if len(landed) else (begin, events[:0])),
        ):
            column = np.zeros(end - first, np.int64)
            column[: len(before)] = before
            column[at - first : at - first + len(fresh)] += fresh
            columns.append(column[-KEPT_HOURS:])
        return HourCounts(end - len(columns[0]), *columns)

    def newest(self, count: int, last: int) -> "HourCounts":
        """Return the `count` hours up to `last`, 0 where nothing was counted."""
        begin = last + 1 - count
        columns = []
        for before in (self.events, self.sessions):
            column = np.zeros(count, np.int64)
            low, high = max(begin, self.first), min(last + 1, self.first + len(before))
            if low < high:
                column[low - begin : high - begin] = before[low - self.first : high - self.first]
            columns.append(column)
        return HourCounts(begin, *columns)


def hour_of(moment: datetime) -> int:
    """Return the hour that a moment falls in, counted since 1970."""
    return int((moment - EPOCH).total_seconds() // 3600)


def _by_each_hour(timestamp: npt.NDArray[np.datetime64]) -> tuple[int, Counts64]:
    """Count sorted moments, at least one, by the hour; return the first hour, counted since 1970, and the counts.

    A search per hour instead of a division per event.
    """
    moments = timestamp.view(np.int64)
    hours = np.arange(moments[0] // HOUR_US, moments[-1] // HOUR_US + 2)
    return int(hours[0]), np.diff(np.searchsorted(moments, hours * HOUR_US))


def _by_hour(timestamp: npt.NDArray[np.datetime64]) -> Counts64:
    """Count sorted moments by hour of the day, shape (24,)."""
    counts = np.zeros(24, np.int64)
    if len(timestamp):
        first, each = _by_each_hour(timestamp)
        np.add.at(counts, np.arange(first, first + len(each)) % 24, each)
    return counts


class Version(NamedTuple):
    """Which config is in force in a live simulation; a later one is greater.

    Whoever edits knows the version that his edit makes, whatever the simulation does by itself until it obeys.

    Attributes:
        edits: how many edits were obeyed.
        changes: how often the simulation has set a config by itself since then, playing a scenario.
    """

    edits: int = 0
    changes: int = 0

    @property
    def edited(self) -> "Version":
        """The one that the next edit makes."""
        return Version(self.edits + 1)

    @property
    def changed(self) -> "Version":
        """The one that the simulation makes by itself."""
        return Version(self.edits, self.changes + 1)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Frozen figures of a live simulation.

    Attributes:
        running: whether time goes on by itself.
        speed: simulated seconds per real second; None for as fast as possible.
        config, parameters: what is in force.
        scenario: what makes the events of this run again, those that were let out until now; its edits are the
            run's journal.
        plays_until: where the scenario that is played ends (without an end, its last edit); None where none is.
        began: simulated time at which the run began.
        clock: simulated time.
        total: what was counted since the run began.
        hours: what was counted in each of the newest hours since the run began.
        events_per_second: real seconds, over about the last one.
        active: sessions in the site.
        observed: what was counted since the config was last changed (or since the run began).
        moves: shape (P, P + 1), how often a session on each page went to each, itself and `session_end` included,
            since the config was last changed; counted as steps are computed, so up to a step ahead of the clock.
        recent: the newest events; the last of them is the run's newest.
        run: counts the runs; a jump in time or a reset begins a new one.
        version: the config that `observed` belongs to.
        number: counts the snapshots, so that one who looks knows how many it has missed.
    """

    running: bool
    speed: float | None
    config: Config
    parameters: Parameters
    scenario: Scenario
    plays_until: datetime | None
    began: datetime
    clock: datetime
    total: Counts
    hours: HourCounts
    events_per_second: float
    active: int
    observed: Observation
    recent: RecentEvents
    moves: Counts64
    run: int
    version: Version
    number: int
