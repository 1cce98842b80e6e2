"""Comparisons: nothing between equals, exact counts, and errors that are as large as they say."""

import math
import tracemalloc
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from helpers import FAR, chi_square_limit, site, walked

from fakeweb_tui.comparison import Comparison, ComparisonSnapshot, Estimate, Pair
from fakeweb_tui.config import Config, load_site
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import (
    LANDING,
    MICROSECONDS,
    Batch,
    Parameters,
    Walk,
    session_birth_step,
)

DAY = 8640
FIGURES = ("share", "reach", "events_per_session", "sessions_per_hour")


@pytest.fixture(scope="module")
def other(config: Config) -> Config:
    """The built-in shop with somewhat fewer who leave at home, and fewer who turn back in the cart."""
    home = {"home": 0.45, "product_a": 0.19, "product_b": 0.13, "session_end": 0.23}
    cart = {"cart": 0.25, "payment": 0.53, "home": 0.12, "session_end": 0.1}
    return config.with_rows({("pages", "home"): home, ("pages", "cart"): cart})


@pytest.fixture(scope="module")
def busier(other: Config) -> Config:
    """The same, with a third of the night's visits moved to noon."""
    hours = {str(hour): share for hour, share in enumerate(other.visits_per_hour)}
    moved = {hour: hours[hour] / 3 for hour in ("0", "1", "2", "3", "4")}
    hours["12"] += sum(moved.values())
    return other.with_row(("visits_per_hour",), hours | {hour: hours[hour] - part for hour, part in moved.items()})


def compared(
    parameters: Parameters,
    a: Config,
    b: Config,
    stop: int = DAY,
    *,
    chunk: int = 1 << 16,
    parameters_b: Parameters | None = None,
) -> ComparisonSnapshot:
    comparison = Comparison(parameters, a, b, parameters_b)
    while comparison.position < stop:
        comparison.advance(stop, chunk)
    return comparison.snapshot()


def pairs_of(snapshot: ComparisonSnapshot) -> dict[str, Pair]:
    return {name: getattr(snapshot, name) for name in (*FIGURES, "sessions_by_hour")}


def estimates_of(pair: Pair) -> tuple[Estimate, Estimate, Estimate]:
    return pair.a, pair.b, pair.difference


def assert_same(one: ComparisonSnapshot, two: ComparisonSnapshot) -> None:
    """Fail unless every figure is the same, to the last bit."""
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(two, field.name)
        if isinstance(left, Pair):
            for mine, its in zip(estimates_of(left), estimates_of(right), strict=True):
                for part in fields(mine):
                    np.testing.assert_array_equal(getattr(mine, part.name), getattr(its, part.name))
            np.testing.assert_array_equal(left.differing, right.differing)
        else:
            assert left == right


# What is counted


@pytest.mark.parametrize("name", ["shop", "bank", "news", "saas", "streaming"])
def test_nothing_differs_between_equals(name: str, start: datetime) -> None:
    config = load_site(name)
    snapshot = compared(Parameters(1, start), config, config)
    assert snapshot.sessions[0] == snapshot.sessions[1] == snapshot.paired > 9000
    assert snapshot.events[0] == snapshot.events[1]
    for pair in pairs_of(snapshot).values():
        assert not pair.difference.value.any()
        assert not pair.difference.error.any()
        assert not pair.difference.expected.any()
        assert not pair.differing.any()
        assert np.isnan(pair.significance).all()
        np.testing.assert_array_equal(pair.a.value, pair.b.value)
        assert pair.a.value.any()


def complete(walk: Walk, stop: int) -> Batch:
    """All events of the sessions that are born before a step."""
    batch = walked(walk, stop + walk.parameters.max_session_steps)
    mine = session_birth_step(batch.session) < stop
    columns = ("timestamp", "page", "user", "session", "visit")
    return replace(batch, **{column: getattr(batch, column)[mine] for column in columns})


@pytest.mark.parametrize("most_steps", [1, 2, 3, 4, 9, 360])
def test_the_sessions_do_what_they_do_in_a_walk(
    most_steps: int, config: Config, busier: Config, start: datetime
) -> None:
    parameters = Parameters(5, start, max_session_steps=most_steps)
    snapshot = compared(parameters, config, busier, 3000)
    numbers = []
    for place, variant in enumerate((config, busier)):
        batch = complete(Walk(parameters, variant), 3000)
        pair = [(each.a, each.b)[place].value for each in (snapshot.share, snapshot.reach)]
        sessions = int((batch.visit == LANDING).sum())
        assert (snapshot.sessions[place], snapshot.events[place]) == (sessions, len(batch))
        np.testing.assert_array_equal(pair[0], np.bincount(batch.page, minlength=6) / len(batch))
        reached = np.bincount(batch.page[batch.visit > 0], minlength=6)
        np.testing.assert_array_equal(pair[1], reached / sessions)
        numbers.append(np.unique(batch.session))
    assert snapshot.paired == len(np.intersect1d(numbers[0], numbers[1]))
    assert snapshot.paired < max(snapshot.sessions)


@pytest.mark.parametrize("chunk", [1, 70, 4000])
def test_the_lengths_of_the_stretches_do_not_matter(
    chunk: int, config: Config, busier: Config, start: datetime
) -> None:
    # Several sessions per step, so that the smallest stretch has to be divided.
    parameters = Parameters(5, start, sessions_per_day=300_000)
    whole = compared(parameters, config, busier, 60)
    assert_same(compared(parameters, config, busier, 60, chunk=chunk), whole)
    comparison = Comparison(parameters, config, busier)
    for stop in (1, 2, 40, 59, 60, 60):
        comparison.advance(stop, chunk)
        while comparison.position < stop:
            comparison.advance(stop, chunk)
            comparison.snapshot()
    assert_same(comparison.snapshot(), whole)


def test_the_errors_are_those_of_the_sums(config: Config, busier: Config, start: datetime) -> None:
    """The same by another way: each session's part of each figure, written out."""
    parameters = Parameters(5, start, sessions_per_day=2000)
    snapshot = compared(parameters, config, busier)
    counts = {}
    for name, variant in (("a", config), ("b", busier)):
        batch = complete(Walk(parameters, variant), DAY)
        table: dict[int, npt.NDArray[np.float64]] = {}
        for session, page in zip(batch.session.tolist(), batch.page.tolist(), strict=True):
            table.setdefault(session, np.zeros(6))[page] += 1
        counts[name] = table
    parts: dict[str, dict[int, Floats]] = {}
    for name, table in counts.items():
        events = sum(row.sum() for row in table.values())
        share = sum(table.values(), np.zeros(6)) / events
        reach = sum((row > 0 for row in table.values()), np.zeros(6)) / len(table)
        parts[name] = {
            session: np.array([(row - share * row.sum()) / events, ((row > 0) - reach) / len(table)])
            for session, row in table.items()
        }
    none = np.zeros((2, 6))
    together = sorted(parts["a"].keys() | parts["b"].keys())
    differences = np.array([parts["b"].get(each, none) - parts["a"].get(each, none) for each in together])
    error = np.sqrt((differences**2).sum(axis=0))
    np.testing.assert_allclose(snapshot.share.difference.error, error[0], rtol=1e-9)
    np.testing.assert_allclose(snapshot.reach.difference.error, error[1], rtol=1e-9)
    alone = np.sqrt(sum(part**2 for part in parts["a"].values()))
    np.testing.assert_allclose(snapshot.share.a.error, alone[0], rtol=1e-9)
    np.testing.assert_allclose(snapshot.reach.a.error, alone[1], rtol=1e-9)


# How far the figures are from what is predicted


def predicted(snapshot: ComparisonSnapshot, forecast: Forecast, figure: str) -> Floats:
    """What a config predicts for a figure, on the pages of the snapshot."""
    if figure == "events_per_session":
        return np.array(forecast.chain.events)
    if figure == "sessions_per_hour":
        return np.array(forecast.parameters.sessions_per_day / 24)
    values = dict(zip(forecast.config.page_names, getattr(forecast, figure).tolist(), strict=True))
    return np.array([values.get(page, 0.0) for page in snapshot.pages])


def chi_square_bounds(freedom: int) -> tuple[float, float]:
    part = 2 / (9 * freedom)
    return freedom * (1 - part - FAR * math.sqrt(part)) ** 3, chi_square_limit(freedom)


def assert_honest(
    a: Config,
    b: Config,
    make: Callable[[int], Parameters],
    make_b: Callable[[int], Parameters] | None = None,
    seeds: int = 150,
) -> ComparisonSnapshot:
    """Fail unless, over many runs, deviations have the variance that the errors say; return the last snapshot."""
    squares: dict[tuple[str, int], list[Floats]] = {}
    for seed in range(seeds):
        parameters, parameters_b = make(seed), (make_b or make)(seed)
        snapshot = compared(parameters, a, b, parameters_b=parameters_b)
        for figure in FIGURES:
            pair = getattr(snapshot, figure)
            known = [predicted(snapshot, Forecast(a, parameters), figure)]
            known.append(predicted(snapshot, Forecast(b, parameters_b), figure))
            known.append(known[1] - known[0])
            for place, (estimate, right) in enumerate(zip(estimates_of(pair), known, strict=True)):
                np.testing.assert_allclose(estimate.expected, right, rtol=1e-9, atol=1e-12)
                # Here so many differ that only what is sure has no error.
                sure = np.isnan(estimate.deviation)
                np.testing.assert_allclose(np.asarray(estimate.value)[sure], right[sure], rtol=1e-9, atol=1e-12)
                deviation = np.atleast_1d(np.where(sure, 0.0, estimate.deviation))
                squares.setdefault((figure, place), []).append(deviation**2)
    low, high = chi_square_bounds(seeds)
    judged = 0
    for (figure, place), values in squares.items():
        for total in np.sum(values, axis=0):
            if total:
                judged += 1
                assert low < total < high, (figure, place, total / seeds)
    assert judged > 25
    return snapshot


def test_the_errors_are_honest(config: Config, other: Config, start: datetime) -> None:
    snapshot = assert_honest(config, other, lambda seed: Parameters(seed, start, sessions_per_day=3000))
    assert not snapshot.sessions_per_hour.difference.value.any()


def test_they_are_honest_where_visits_differ(config: Config, busier: Config, start: datetime) -> None:
    snapshot = assert_honest(config, busier, lambda seed: Parameters(seed, start, sessions_per_day=3000))
    assert snapshot.paired < min(snapshot.sessions)


def test_they_are_honest_where_sessions_per_day_differ(config: Config, other: Config, start: datetime) -> None:
    snapshot = assert_honest(
        config,
        other,
        lambda seed: Parameters(seed, start, sessions_per_day=3000),
        lambda seed: Parameters(seed, start, sessions_per_day=5000),
    )
    assert snapshot.sessions_per_hour.difference.expected == pytest.approx(2000 / 24)
    assert snapshot.paired == snapshot.sessions[0]


def test_they_are_honest_where_the_limit_on_steps_is_felt(config: Config, other: Config, start: datetime) -> None:
    assert_honest(config, other, lambda seed: Parameters(seed, start, sessions_per_day=3000, max_session_steps=5))


def test_they_are_honest_where_pages_differ(start: datetime) -> None:
    landing = {"home": 0.7, "offer": 0.3}
    offer = {"offer": 0.3, "cart": 0.3, "session_end": 0.4}
    a = site({"home": {"offer": 0.5, "session_end": 0.5}, "offer": offer, "cart": {"session_end": 1.0}}, landing)
    b = site(
        {
            "home": {"offer": 0.4, "help": 0.1, "session_end": 0.5},
            "help": {"help": 0.5, "home": 0.2, "cart": 0.1, "session_end": 0.2},
            "cart": {"session_end": 1.0},
            "offer": offer,
        },
        landing,
    )
    snapshot = assert_honest(a, b, lambda seed: Parameters(seed, start, sessions_per_day=3000))
    assert snapshot.pages == ("home", "offer", "cart", "help")
    assert (snapshot.reach.a.value[3], snapshot.reach.a.error[3]) == (0, 0)
    assert snapshot.reach.difference.value[3] == snapshot.reach.b.value[3] > 0
    assert snapshot.reach.difference.error[3] == snapshot.reach.b.error[3]


def test_the_paired_error_is_much_the_smaller(config: Config, start: datetime) -> None:
    cart = {"cart": 0.25, "payment": 0.53, "home": 0.12, "session_end": 0.1}
    snapshot = compared(Parameters(3, start), config, config.with_row(("pages", "cart"), cart))
    goal = snapshot.pages.index("confirmation")
    for pair, page in ((snapshot.share, goal), (snapshot.reach, goal), (snapshot.events_per_session, ())):
        apart = np.hypot(pair.a.error, pair.b.error)[page]
        assert pair.difference.error[page] < apart / 3
    # A day tells the difference, which two runs apart would not.
    reach = snapshot.reach
    assert reach.significance[goal] == reach.difference.value[goal] / reach.difference.error[goal] > 5
    assert reach.difference.value[goal] < 3 * np.hypot(reach.a.error, reach.b.error)[goal]


# Its hours


def test_hours_are_covered_as_far_as_they_are(config: Config, busier: Config, start: datetime) -> None:
    parameters = Parameters(2, start, sessions_per_day=47_000)
    # Two hours and a half.
    snapshot = compared(parameters, config, busier, 900)
    assert (snapshot.since, snapshot.until) == (start, start + timedelta(hours=2.5))
    by_hour = snapshot.sessions_by_hour
    for estimate, variant in ((by_hour.a, config), (by_hour.b, busier)):
        assert np.isfinite(estimate.value[:3]).all()
        assert np.isnan(estimate.value[3:]).all()
        expected = np.array(variant.visits_per_hour[:3]) * 47_000
        np.testing.assert_allclose(estimate.expected[:3], expected)
        assert np.abs(estimate.deviation[:3]).max() < FAR
    total = snapshot.sessions_per_hour
    assert total.a.value == snapshot.sessions[0] / 2.5
    assert total.difference.value == pytest.approx((snapshot.sessions[1] - snapshot.sessions[0]) / 2.5)
    assert total.a.expected == pytest.approx(
        (sum(config.visits_per_hour[:2]) + config.visits_per_hour[2] / 2) * 47_000 / 2.5
    )


def test_the_error_of_births_is_that_of_their_last_one(start: datetime, config: Config) -> None:
    # 1/24 of 8640 sessions in each of 360 steps: 1 in each, none left to chance; half of them are, at 4320.
    even = config.with_row(("visits_per_hour",), {str(hour): 1 / 24 for hour in range(24)})
    parameters = Parameters(2, start, sessions_per_day=DAY)
    half = replace(parameters, sessions_per_day=DAY / 2)
    snapshot = compared(parameters, even, even, parameters_b=half)
    births = snapshot.sessions_per_hour
    assert births.a.value == pytest.approx(360)
    assert births.a.error == pytest.approx(0, abs=1e-4)
    assert births.difference.error == pytest.approx(math.sqrt(DAY * 0.25) / 24)


# Its edges


def test_before_anything_there_is_nothing(config: Config, other: Config, start: datetime) -> None:
    snapshot = Comparison(Parameters(1, start), config, other).snapshot()
    assert (snapshot.sessions, snapshot.events, snapshot.paired) == ((0, 0), (0, 0), 0)
    assert snapshot.since == snapshot.until == start
    for pair in pairs_of(snapshot).values():
        assert all(np.isnan(estimate.value).all() for estimate in estimates_of(pair))
    assert np.isfinite(snapshot.reach.difference.expected).all()


def test_nobody_comes(config: Config, other: Config, start: datetime) -> None:
    snapshot = compared(Parameters(1, start, sessions_per_day=0), config, other)
    assert snapshot.sessions == (0, 0)
    assert np.isnan(snapshot.share.difference.value).all()
    births = snapshot.sessions_per_hour.difference
    assert births.value == births.error == births.expected == 0


def test_it_ends_with_time(config: Config, other: Config) -> None:
    parameters = Parameters(1, datetime(9999, 12, 31, 23), sessions_per_day=100_000)
    comparison = Comparison(parameters, config, other)
    for _ in range(3):
        comparison.advance(1000)
    assert comparison.position == parameters.max_steps
    snapshot = comparison.snapshot()
    assert snapshot.sessions[0] > 1000
    assert datetime.max - snapshot.until < timedelta(seconds=parameters.step_us / MICROSECONDS)


def test_other_parameters_are_common(config: Config, other: Config, start: datetime) -> None:
    parameters = Parameters(1, start)
    Comparison(parameters, config, other, Parameters(1, start, user_pool_size=5, sessions_per_day=7))
    for differs in (
        Parameters(2, start),
        Parameters(1, start + timedelta(seconds=1)),
        Parameters(1, start, batch_size=5),
        Parameters(1, start, max_session_steps=9),
    ):
        with pytest.raises(ValueError, match="in no other parameter"):
            Comparison(parameters, config, other, differs)


def test_its_memory_is_bounded(start: datetime) -> None:
    pages = [f"page_{number}" for number in range(400)]
    rows = {page: {pages[place - 1]: 0.5, "session_end": 0.5} for place, page in enumerate(pages)}
    many = site(rows, dict.fromkeys(pages, 1 / 400))
    # Some 15,000 sessions in a step: counting all of them at once would take 97 megabytes.
    parameters = Parameters(1, start, sessions_per_day=2e8)
    comparison = Comparison(parameters, many, many)
    comparison.advance(1)
    comparison.snapshot()
    sessions = comparison.snapshot().sessions[0]
    assert sessions > 15_000
    tracemalloc.start()
    comparison.advance(2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert comparison.snapshot().sessions[0] > 1.9 * sessions
    assert peak < 45_000_000
