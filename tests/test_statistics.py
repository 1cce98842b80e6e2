"""Counts against counting one by one, and hours covered against exact fractions."""

from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from helpers import walked
from hypothesis import example, given
from hypothesis import strategies as st

from fakeweb_tui.config import Config, load_config
from fakeweb_tui.simulation import AGAIN, FIRST, LANDING, Batch, Parameters, Walk
from fakeweb_tui.statistics import KEPT_HOURS, Counts, HourCounts, covered_hours, hour_of

MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1))
PAGES = ("a", "b", "c", "d")
Row = tuple[datetime, int, int]

rows = st.lists(
    st.tuples(MOMENTS, st.integers(0, 3), st.sampled_from([AGAIN, FIRST, LANDING])), max_size=40
) | st.lists(
    st.tuples(
        st.datetimes(datetime(1969, 12, 31, 20), datetime(1970, 1, 1, 5)),
        st.integers(0, 3),
        st.sampled_from([AGAIN, FIRST, LANDING]),
    ),
    max_size=40,
)


def batch_of(events: list[Row]) -> Batch:
    events = sorted(events)
    none = np.zeros(len(events), np.uint64)
    return Batch(
        0,
        1,
        PAGES,
        np.array([moment for moment, _, _ in events], "M8[us]"),
        np.array([page for _, page, _ in events], np.uint16),
        none,
        none,
        np.array([visit for _, _, visit in events], np.uint8),
    )


def listed(counts: Counts) -> list[list[int]]:
    columns = (counts.events_by_page, counts.reached_by_page, counts.events_by_hour, counts.sessions_by_hour)
    return [column.tolist() for column in columns]


def counted(events: list[Row]) -> list[list[int]]:
    by_page, reached, by_hour, sessions = [0] * 4, [0] * 4, [0] * 24, [0] * 24
    for moment, page, visit in events:
        by_page[page] += 1
        reached[page] += visit != AGAIN
        by_hour[moment.hour] += 1
        sessions[moment.hour] += visit == LANDING
    return [by_page, reached, by_hour, sessions]


@given(rows)
@example([(datetime(1970, 1, 1), 0, LANDING), (datetime(1969, 12, 31, 23, 59, 59, 999_999), 3, LANDING)])
def test_counts_are_those_of_counting_one_by_one(events: list[Row]) -> None:
    counts = Counts.of(batch_of(events))
    assert listed(counts) == counted(events)
    assert counts.events == len(events)
    assert counts.sessions == sum(visit == LANDING for _, _, visit in events)


@given(rows, rows)
def test_counts_add_up(one: list[Row], other: list[Row]) -> None:
    left, right = Counts.of(batch_of(one)), Counts.of(batch_of(other))
    assert listed(left + right) == counted(one + other)
    assert listed(left) == counted(one)
    assert listed(left + Counts.none(4)) == listed(left)


def test_nothing_counted() -> None:
    counts = Counts.none(4)
    assert listed(counts) == counted([])
    assert (counts.events, counts.sessions) == (0, 0)
    assert listed(Counts.of(Batch.empty(0, PAGES))) == counted([])


def test_counts_of_a_day_are_the_sum_of_its_parts(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start)
    batch = walked(Walk(parameters, config), 8640)
    parts = Counts.none(6)
    for begin in range(0, len(batch), 997):
        parts += Counts.of(batch.slice(begin, begin + 997))
    whole = Counts.of(batch)
    assert listed(parts) == listed(whole)
    assert whole.events == len(batch)
    assert whole.sessions == (batch.visit == LANDING).sum()
    assert whole.reached_by_page.tolist() == [
        len(set(batch.session[batch.page == page].tolist())) for page in range(6)
    ]


def covered(since: datetime, until: datetime) -> list[Fraction]:
    """Exact hours, hour by hour of the calendar, whole days at once."""
    hours = [Fraction(max(0, (until - since).days))] * 24
    moment = since + timedelta(days=max(0, (until - since).days))
    while moment < until:
        end = min(until, moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        hours[moment.hour] += Fraction((end - moment) // timedelta(microseconds=1), 3_600_000_000)
        moment = end
    return hours


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=70)))
@example(datetime(2026, 3, 2), timedelta(0))
@example(datetime(2026, 3, 2), timedelta(days=1))
@example(datetime(2026, 3, 2, 23, 59, 59, 999_999), timedelta(microseconds=1))
@example(datetime(2026, 3, 2, 23, 59, 59, 999_999), timedelta(days=1, microseconds=2))
@example(datetime(1969, 12, 31, 22, 30), timedelta(hours=23))
def test_covered_hours(since: datetime, length: timedelta) -> None:
    hours = covered_hours(since, since + length)
    expected = covered(since, since + length)
    # Hours since 1970 are about a million, of which a double keeps 1e-10.
    np.testing.assert_allclose(hours, [float(hour) for hour in expected], atol=1e-8)
    assert hours.sum() == pytest.approx(length.total_seconds() / 3600, abs=1e-7)
    assert (hours >= 0).all()


def test_no_time_is_covered_backwards(start: datetime) -> None:
    assert covered_hours(start, start - timedelta(hours=30)).tolist() == [0] * 24


def test_the_hours_that_are_covered(start: datetime) -> None:
    assert covered_hours(start, start + timedelta(hours=25.5)).tolist() == [2, 1.5, *[1] * 22]


YEAR = Parameters(seed=7, start=datetime(2026, 1, 1, 5))


def test_hours_are_those_of_all_events_up_to_the_newest() -> None:
    walk = Walk(YEAR, load_config())
    hours = HourCounts.none()
    moments: list[npt.NDArray[np.datetime64]] = []
    landings: list[npt.NDArray[np.datetime64]] = []
    for stop in (1, 360, 361, 5000, 20000):
        while walk.position < stop:
            batch = walk.advance(stop, 5000)
            hours = hours.with_events(batch)
            moments.append(batch.timestamp)
            landings.append(batch.timestamp[batch.visit == LANDING])
    for each, counted in ((moments, hours.events), (landings, hours.sessions)):
        numbers = np.concatenate(each).astype("M8[h]").astype(np.int64)
        assert counted.tolist() == np.bincount(numbers - hours.first).tolist()
    last = hours.first + len(hours.events) - 1
    newest = hours.newest(30, last + 2)
    assert newest.first == last - 27
    assert newest.events.tolist() == [*hours.events[-28:], 0, 0]


def test_old_hours_are_forgotten() -> None:
    walk = Walk(YEAR, load_config())
    hours = HourCounts.none()
    stop = (KEPT_HOURS + 100) * 360
    while walk.position < stop:
        hours = hours.with_events(walk.advance(stop))
    assert len(hours.events) == len(hours.sessions) == KEPT_HOURS
    assert hours.first == hour_of(YEAR.start) + 100
    assert hours.events.min() > 0
    assert hours.newest(3, hours.first).events[:2].tolist() == [0, 0]
