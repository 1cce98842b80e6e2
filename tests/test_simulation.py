"""Walks: the same events however they are computed, and events that are those of the site."""

import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from helpers import COLUMNS, FAR, assert_fits, assert_same_events, by_session, joined, site, walked
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import Config
from fakeweb_tui.markov import AbsorbingChain, TransitionMatrix
from fakeweb_tui.simulation import (
    AGAIN,
    CHUNK_SESSIONS,
    FIRST,
    HOUR_US,
    JITTER,
    LANDING,
    Batch,
    Parameters,
    Walk,
    session_birth_step,
)

DAY = 8640  # steps of ten seconds


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=7, start=start, sessions_per_day=20_000)


@pytest.fixture(scope="module")
def lingering() -> Config:
    """A site whose sessions last long, so that limits and edges of chunks meet many of them."""
    return site(
        {"a": {"a": 0.5, "b": 0.45, "session_end": 0.05}, "b": {"a": 0.6, "b": 0.375, "session_end": 0.025}},
        {"a": 0.5, "b": 0.5},
    )


@pytest.fixture(scope="module")
def many_pages() -> Config:
    """130 pages: more than one word of bits, and more than two."""
    generator = np.random.default_rng(3)
    names = [f"p{number}" for number in range(130)]
    pages = {}
    for name in names:
        targets = sorted({name, *generator.choice(names, 6).tolist()})
        share = round(0.95 / len(targets), 6)
        pages[name] = {**dict.fromkeys(targets, share), "session_end": 1 - share * len(targets)}
    return site(pages, dict.fromkeys(names, 1 / 130))


def steps_of(batch: Batch, parameters: Parameters) -> npt.NDArray[np.int64]:
    since = batch.timestamp.astype(np.int64) - parameters.start_us
    return since // parameters.step_us


def tally(one: npt.NDArray[Any], count: int) -> npt.NDArray[np.int64]:
    return np.bincount(one.astype(np.int64), minlength=count)


def assert_visits_follow_from_pages(batch: Batch) -> None:
    """Recompute the visit column; the batch has to hold sessions from their landing on."""
    seen: dict[int, set[int]] = {}
    expected = []
    for session, page in zip(batch.session.tolist(), batch.page.tolist(), strict=True):
        before = seen.get(session)
        expected.append(LANDING if before is None else AGAIN if page in before else FIRST)
        seen.setdefault(session, set()).add(page)
    assert batch.visit.tolist() == expected


# The same events, however they are computed


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 360])
def test_the_events_do_not_depend_on_the_chunks(parameters: Parameters, lingering: Config, limit: int) -> None:
    parameters = replace(parameters, max_session_steps=limit)
    whole = walked(Walk(parameters, lingering), 1200)
    assert len(whole) > 300
    assert_same_events(walked(Walk(parameters, lingering), 1200, chunk_sessions=5), whole)
    single = Walk(parameters, lingering)
    assert_same_events(joined(single.advance(step) for step in range(1, 1201)), whole)
    stops = np.unique(np.random.default_rng(limit).integers(1, 1200, 60)).tolist()
    walk = Walk(parameters, lingering)
    assert_same_events(joined(walked(walk, stop) for stop in [*stops, 1200]), whole)


def test_chunks_hold_the_sessions_asked_for(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config)
    for begin in (0, 1, 2):
        assert walk.position == begin
        assert walk.advance(10**9, chunk_sessions=1).stop_step == begin + 1
    batch = walk.advance(10**9)
    assert (batch.start_step, batch.stop_step) == (3, walk.position)
    assert (batch.visit == LANDING).sum() == pytest.approx(CHUNK_SESSIONS, rel=0.01)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 360])
def test_a_walk_from_any_step_goes_on_as_the_walk_from_the_first(
    parameters: Parameters, lingering: Config, limit: int
) -> None:
    parameters = replace(parameters, max_session_steps=limit)
    for step in (0, 1, 2, limit - 1, limit, limit + 1, 300, 1001):
        whole = Walk(parameters, lingering)
        walked(whole, step)
        late = Walk(parameters, lingering, step=step)
        assert late.position == step
        np.testing.assert_array_equal(late.active_by_page, whole.active_by_page)
        assert_same_events(walked(late, step + 400), walked(whole, step + 400))


def test_a_walk_from_a_later_day_with_many_pages(parameters: Parameters, many_pages: Config) -> None:
    whole = Walk(parameters, many_pages)
    walked(whole, 3 * DAY)
    late = Walk(parameters, many_pages, step=3 * DAY)
    assert_same_events(walked(late, 3 * DAY + 1000), walked(whole, 3 * DAY + 1000))


@pytest.mark.parametrize("limit", [2, 360])
def test_an_edit_changes_nothing_before_its_step(parameters: Parameters, lingering: Config, limit: int) -> None:
    parameters = replace(parameters, max_session_steps=limit)
    edited = lingering.with_row(("pages", "a"), {"a": 0.1, "b": 0.85, "session_end": 0.05})
    plain = walked(Walk(parameters, lingering), 1500)
    for edit in (1, 700, 701):
        walk = Walk(parameters, lingering)
        before = walked(walk, edit)
        walk.reconfigure(edited)
        assert walk.config is edited
        after = walked(walk, 1500)
        split = int(np.searchsorted(plain.timestamp, np.datetime64(parameters.time_of(edit), "us")))
        assert_same_events(before, plain.slice(0, split))
        rest = plain.slice(split)
        moves = after.timestamp[after.visit != LANDING]
        assert not np.array_equal(moves, rest.timestamp[rest.visit != LANDING])
        # Who lands where and when does not hang on that row.
        for name in COLUMNS:
            left, right = getattr(after, name), getattr(rest, name)
            np.testing.assert_array_equal(left[after.visit == LANDING], right[rest.visit == LANDING])


def test_an_edit_of_hours_and_landing_pages_is_obeyed_from_its_step_on(
    config: Config, parameters: Parameters
) -> None:
    walk = Walk(parameters, config)
    walked(walk, DAY)
    moved = config.with_row(("landing_pages",), {"home": 0, "product_a": 0, "product_b": 1})
    walk.reconfigure(moved.with_row(("visits_per_hour",), {str(hour): float(hour == 5) for hour in range(24)}))
    batch = walked(walk, 2 * DAY)
    landed = batch.visit == LANDING
    assert set(batch.page[landed].tolist()) == {2}
    hours = steps_of(batch, parameters)[landed] // 360 % 24
    assert set(hours.tolist()) == {5}
    assert landed.sum() == pytest.approx(20_000, abs=360)


def test_the_clock_and_the_seed_stay_while_a_walk_goes_on(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config)
    for other in (replace(parameters, batch_size=5), replace(parameters, seed=8)):
        with pytest.raises(ValueError, match="only the users and the sessions per day"):
            walk.reconfigure(config, other)
    assert walk.config is config


def test_other_pages(many_pages: Config, parameters: Parameters) -> None:
    # A hundred pages become a few, in another order and one under another name: who is on another page is gone.
    walk = Walk(replace(parameters, sessions_per_day=2_000_000), many_pages)
    walked(walk, 100)
    names = many_pages.page_names
    stay = {names[70]: "other", names[3]: names[3], names[90]: names[90]}
    order = (names[90], "other", names[3], "new")
    few = site({page: {page: 0.5, "session_end": 0.5} for page in order}, dict.fromkeys(order, 0.25))
    before = walk.active_by_page
    seen = {row.tobytes(): row for row in walk._active.has_seen}
    walk.reconfigure(few, pages=stay)
    assert walk.active_by_page.tolist() == [before[90], before[70], before[3], 0]
    assert walk.active_by_page.sum() > 2
    assert walk._active.seen.shape[1] == 1
    for page, has in zip(walk._active.page, walk._active.has_seen, strict=True):
        assert has[page] == 1
        assert not has[3:].any()
        assert any((old[90], old[70], old[3]) == tuple(has[:3]) for old in seen.values())
    # And back to the many: what was seen is still known.
    walk.reconfigure(many_pages, pages={new: old for old, new in stay.items()})
    assert walk.active_by_page[[90, 70, 3]].tolist() == [before[90], before[70], before[3]]
    assert walk._active.seen.shape[1] == 3


def test_seeds_differ(config: Config, parameters: Parameters) -> None:
    one, other = (walked(Walk(replace(parameters, seed=seed), config), 2000) for seed in (7, 7 + (1 << 32)))
    assert not np.array_equal(one.timestamp[:100], other.timestamp[:100])


def test_no_step_before_the_first(config: Config, parameters: Parameters) -> None:
    with pytest.raises(ValueError, match="step is -1"):
        Walk(parameters, config, step=-1)


# The clock


@pytest.mark.parametrize(
    ("start", "batch_size"),
    [
        (datetime(1969, 7, 20, 20, 17, 40, 500_000), 10),
        (datetime(2100, 2, 28, 23, 59, 59, 999_999), 7.3),
        (datetime(2026, 3, 2, 11, 59, 55), 3600),
        (datetime(2026, 3, 2, 0, 30), 0.1),
    ],
)
def test_events_fall_inside_their_step(config: Config, start: datetime, batch_size: float) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=60_000 * 10 / batch_size, batch_size=batch_size)
    walk = Walk(parameters, config)
    batches = [walk.advance(stop) for stop in (1, 2, 150, 151, 2000)]
    for batch in batches:
        steps = steps_of(batch, parameters)
        assert steps.min(initial=batch.start_step) >= batch.start_step
        assert steps.max(initial=batch.start_step) < batch.stop_step
        assert (np.diff(batch.timestamp.astype(np.int64)) >= 0).all()
    whole = joined(batches)
    assert len(whole) > 1000
    assert whole.timestamp[0] >= np.datetime64(start)
    steps = steps_of(whole, parameters)
    offset = (
        whole.timestamp.astype(np.int64) - parameters.start_us - steps * parameters.step_us
    ) / parameters.step_us
    # Uniform around the middle of the step, to a microsecond.
    assert abs(offset - 0.5).max() <= JITTER + 1 / parameters.step_us
    places = ((offset - 0.5 + JITTER) / (2 * JITTER) * 10).astype(int).clip(0, 9)
    assert abs(tally(places, 10) / len(whole) - 0.1).max() < FAR * 0.3 / np.sqrt(len(whole))
    landed = whole.visit == LANDING
    np.testing.assert_array_equal(steps[landed], session_birth_step(whole.session[landed]))
    once = np.unique(np.stack([whole.session, steps.astype(np.uint64)]), axis=1)
    assert once.shape[1] == len(whole)


def test_equal_moments_are_in_the_order_of_sessions(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=2e9, batch_size=0.1)
    batch = walked(Walk(parameters, config), 50)
    keys = list(zip(batch.timestamp.tolist(), batch.session.tolist(), strict=True))
    assert keys == sorted(keys)
    assert len(set(batch.timestamp.tolist())) < len(batch)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    st.floats(0.1, 3600),
    st.lists(st.integers(0, 200_000), min_size=1, max_size=20),
)
@example(datetime(1969, 12, 31, 23, 59, 59, 999_999), 1, [0, 1, 3599, 3600])
def test_steps_and_moments(start: datetime, batch_size: float, steps: list[int]) -> None:
    parameters = Parameters(seed=0, start=start, batch_size=batch_size)
    moments = [parameters.time_of(step) for step in steps]
    assert parameters.hour_of(np.array(steps)).tolist() == [moment.hour for moment in moments]
    tick = timedelta(microseconds=1)
    for step, moment in zip(steps, moments, strict=True):
        assert parameters.step_at(moment) == step
        assert parameters.step_at(moment - tick) == step - 1
        assert parameters.step_at(parameters.time_of(step + 1) - tick) == step


def test_gaps_between_moves_are_a_step_with_the_spread_of_the_original(parameters: Parameters) -> None:
    # Every move is an event here, so that the events of a session are in consecutive steps.
    busy = site({"a": {"b": 0.9, "session_end": 0.1}, "b": {"a": 0.9, "session_end": 0.1}}, {"a": 1})
    batch = by_session(walked(Walk(parameters, busy), DAY))
    same = batch.session[1:] == batch.session[:-1]
    gaps = np.diff(batch.timestamp.astype(np.int64))[same] / 1e6
    assert (gaps > 0).all()
    assert len(gaps) > 100_000
    # Neighbouring gaps share an event, which makes their mean surer than this, and their spread a little less so.
    assert gaps.mean() == pytest.approx(10, abs=FAR * 3 / np.sqrt(len(gaps)))
    assert gaps.std() == pytest.approx(3, abs=2 * FAR * 3 / np.sqrt(2 * len(gaps)))


def test_a_session_goes_forward_in_time(config: Config, parameters: Parameters) -> None:
    batch = by_session(walked(Walk(parameters, config), DAY))
    same = batch.session[1:] == batch.session[:-1]
    assert (np.diff(batch.timestamp.astype(np.int64))[same] > 0).all()


# Births


@pytest.mark.parametrize("sessions_per_day", [3_000, 10_000, 250_000])
@pytest.mark.parametrize("start", [datetime(2026, 3, 2), datetime(1969, 12, 30, 13, 47, 3)])
def test_births_follow_the_hours(config: Config, start: datetime, sessions_per_day: float) -> None:
    parameters = Parameters(seed=3, start=start, sessions_per_day=sessions_per_day)
    batch = walked(Walk(parameters, config), 2 * DAY)
    births = tally(session_birth_step(batch.session[batch.visit == LANDING]), 2 * DAY)
    hours = np.array([parameters.time_of(step).hour for step in range(2 * DAY)])
    rate = np.array(config.visits_per_hour)[hours] * sessions_per_day * 10 / 3600
    extra = births - np.floor(rate)
    assert set(extra.tolist()) == {0, 1}
    chance = rate % 1
    for hour in range(24):
        mine = hours == hour
        error = np.sqrt((chance[mine] * (1 - chance[mine])).sum())
        assert abs(extra[mine].sum() - chance[mine].sum()) <= FAR * error + 1e-6
    assert births.sum() == pytest.approx(2 * sessions_per_day, rel=0.05)


def test_births_are_exact_where_the_rate_is_a_whole_number(start: datetime) -> None:
    even = site({"a": {"session_end": 1}}, {"a": 1}, {3: 0.25, 4: 0.75})
    batch = walked(Walk(Parameters(seed=3, start=start, sessions_per_day=2880), even), DAY)
    births = tally(session_birth_step(batch.session), DAY)
    assert births.tolist() == [0] * 1080 + [2] * 360 + [6] * 360 + [0] * 6840


def test_session_numbers_are_unique_and_land_once(config: Config, parameters: Parameters) -> None:
    batch = walked(Walk(replace(parameters, sessions_per_day=200_000), config), DAY)
    landed = batch.session[batch.visit == LANDING]
    assert len(np.unique(landed)) == len(landed)
    np.testing.assert_array_equal(np.unique(batch.session), np.sort(landed))
    places = landed & np.uint64((1 << 28) - 1)
    births = tally(session_birth_step(landed), DAY)
    assert places.max() == births.max() - 1


def test_no_sessions_no_events(config: Config, start: datetime) -> None:
    walk = Walk(Parameters(seed=1, start=start, sessions_per_day=0), config)
    batch = walk.advance(1000)
    assert (len(batch), batch.start_step, batch.stop_step, walk.position) == (0, 0, 1000, 1000)
    assert walk.active_by_page.tolist() == [0] * 6
    assert walk.advance(10**9).stop_step > 1000


def test_users_are_drawn_uniformly_and_keep_to_their_session(config: Config, parameters: Parameters) -> None:
    batch = walked(Walk(replace(parameters, user_pool_size=101), config), 3 * DAY)
    landed = batch.visit == LANDING
    assert_fits(tally(batch.user[landed], 101), np.full(101, 1 / 101))
    together = by_session(batch)
    same = together.session[1:] == together.session[:-1]
    np.testing.assert_array_equal(together.user[1:][same], together.user[:-1][same])
    only = walked(Walk(replace(parameters, user_pool_size=1), config), 500)
    assert set(only.user.tolist()) == {0}
    large = walked(Walk(replace(parameters, user_pool_size=1 << 40), config), DAY)
    assert int(large.user.max()) > 1 << 39
    assert int(large.user.max()) < 1 << 40
    # The pool decides who comes and nothing else.
    whole = walked(Walk(parameters, config), DAY)
    for name in ("timestamp", "page", "session", "visit"):
        np.testing.assert_array_equal(getattr(large, name), getattr(whole, name))


# Walks through the site


@pytest.fixture(scope="module")
def week(config: Config) -> Batch:
    parameters = Parameters(seed=7, start=datetime(2026, 3, 2), sessions_per_day=20_000)
    batch = walked(Walk(parameters, config), 7 * DAY)
    # Only sessions that have ended: none of the default site lasts longer than its limit.
    done = session_birth_step(batch.session) < 7 * DAY - 360
    return replace(batch, **{name: getattr(batch, name)[done] for name in COLUMNS})


def moves_of(batch: Batch, pages: int) -> npt.NDArray[np.int64]:
    """How often each page (or, last, the end) followed each page, shape (P, P + 1)."""
    ordered = by_session(batch)
    page = ordered.page.astype(np.int64)
    last = np.append(ordered.session[1:] != ordered.session[:-1], True)
    target = np.where(last, pages, np.append(page[1:], 0))
    counts = np.zeros((pages, pages + 1), np.int64)
    np.add.at(counts, (page, target), 1)
    return counts


def test_landing_pages_are_those_of_the_config(config: Config, week: Batch) -> None:
    landed = tally(week.page[week.visit == LANDING], 6)
    assert_fits(landed, [config.landing_pages.get(page, 0) for page in config.page_names])


def test_moves_are_those_of_the_matrix(config: Config, week: Batch) -> None:
    counts = moves_of(week, 6)
    rows = TransitionMatrix.of(config).rows
    for page in range(6):
        # A stay makes no event, so what is seen of a row is what it says of those who leave.
        leave = rows[page].copy()
        leave[page] = 0
        leave /= leave.sum()
        if leave.max() == 1:
            assert counts[page].tolist() == [0] * 6 + [counts[page].sum()]
        else:
            assert_fits(counts[page], leave)


def test_stays_take_steps(config: Config, week: Batch, parameters: Parameters) -> None:
    ordered = by_session(week)
    same = ordered.session[1:] == ordered.session[:-1]
    waited = np.diff(steps_of(ordered, parameters))[same]
    page = ordered.page[:-1][same]
    for code, name in enumerate(config.page_names[:5]):
        stay = config.pages[name][name]
        # Steps until a page is left are geometric.
        counts = tally(waited[page == code], 7)
        counts = np.append(counts[:6], counts[6:].sum())
        assert_fits(counts, [0] + [stay**n * (1 - stay) for n in range(5)] + [stay**5])


def test_visits_follow_from_the_pages(config: Config, parameters: Parameters) -> None:
    assert_visits_follow_from_pages(walked(Walk(parameters, config), DAY))


def test_visits_follow_from_the_pages_across_chunks(parameters: Parameters, lingering: Config) -> None:
    assert_visits_follow_from_pages(walked(Walk(parameters, lingering), 2000, chunk_sessions=20))


def test_visits_follow_from_many_pages(parameters: Parameters, many_pages: Config) -> None:
    batch = walked(Walk(parameters, many_pages), 3000, chunk_sessions=100)
    assert (batch.visit == AGAIN).sum() > 1000
    assert len(set(batch.page.tolist())) == 130
    assert_visits_follow_from_pages(batch)
    rows = TransitionMatrix.of(many_pages).rows
    counts = moves_of(batch, 130)
    assert not counts[:, :130][rows[:, :130] == 0].any()
    assert not counts[:, :130].diagonal().any()


def test_shares_of_events_are_those_of_the_chain(config: Config, week: Batch) -> None:
    chain = AbsorbingChain(TransitionMatrix.of(config), 360)
    sessions, place = np.unique(week.session, return_inverse=True)
    counts = np.zeros((len(sessions), 6))
    np.add.at(counts, (place, week.page), 1)
    error = FAR / np.sqrt(len(sessions))
    assert (abs(counts.mean(axis=0) - chain.events_by_page) < error * counts.std(axis=0)).all()
    reached = counts > 0
    assert (abs(reached.mean(axis=0) - chain.reach) < error * reached.std(axis=0)).all()
    assert counts.sum() / len(sessions) == pytest.approx(2.434, abs=0.03)
    # The table in the README of fake_web_events, whose own error is about 0.3 % of all events.
    table = np.array([20202, 11503, 7571, 5054, 3364, 2481])
    np.testing.assert_allclose(counts.sum(axis=0) / counts.sum(), table / table.sum(), atol=0.006)
    np.testing.assert_array_equal(reached.sum(axis=0), tally(week.page[week.visit > 0], 6))


# The limit on a session's steps


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_no_session_lasts_longer_than_its_limit(parameters: Parameters, limit: int) -> None:
    endless = site({"a": {"b": 1 - 1e-9, "session_end": 1e-9}, "b": {"a": 1}}, {"a": 1})
    walk = Walk(replace(parameters, max_session_steps=limit), endless)
    batch = walked(walk, 2000)
    born = tally(session_birth_step(batch.session[batch.visit == LANDING]), 2000)
    ages = steps_of(batch, parameters) - session_birth_step(batch.session)
    # Hardly anyone leaves, so each session has an event in each of its steps, and no more.
    whole = session_birth_step(batch.session) <= 2000 - limit
    assert tally(ages[whole], limit).tolist() == [born[: 2000 - limit + 1].sum()] * limit
    assert walk.active_by_page.sum() == born[2000 - limit :].sum()


def test_sessions_in_the_site_are_those_that_have_not_ended(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config)
    chain = AbsorbingChain(walk.matrix, 360)
    active = np.zeros(6)
    looks = 400
    walked(walk, 3960)
    for look in range(looks):
        walked(walk, 3960 + look * 100 + 100)
        rate = config.visits_per_hour[parameters.time_of(walk.position - 1).hour] * 20_000 * 10 / 3600
        active += walk.active_by_page / rate / looks
    # Little's law: those in the site are the births of a step times the steps that a session is on a page.
    expected = chain.matrix.landing @ chain.occupancy
    np.testing.assert_allclose(active, expected, rtol=0.1)
    assert active.sum() == pytest.approx(chain.steps, rel=0.03)


# Sizes


def test_a_million_sessions_in_one_step_of_an_hour(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=1 << 20, batch_size=3600)
    rush = config.with_row(("visits_per_hour",), {str(hour): float(hour == 1) for hour in range(24)})
    walk = Walk(parameters, rush)
    batches = [walk.advance(stop) for stop in (1, 2, 3, 20)]
    assert [batch.stop_step for batch in batches] == [1, 2, 3, 20]
    for batch in batches:
        inside = np.unique(steps_of(batch, parameters)).tolist()
        assert not inside or batch.start_step <= inside[0] <= inside[-1] < batch.stop_step
    assert (batches[1].visit == LANDING).sum() == len(batches[1]) == 1 << 20
    assert len(np.unique(batches[1].session)) == 1 << 20
    landed = tally(batches[1].page, 6)
    assert_fits(landed, [0.6, 0.25, 0.15, 0, 0, 0])
    arrivals = float(walk.matrix.landing @ walk.matrix.arrivals.sum(axis=1))
    assert len(batches[2]) == pytest.approx(arrivals * (1 << 20), rel=0.01)


def test_the_most_sessions_per_step_and_many_pages_keep_their_times(start: datetime) -> None:
    names = [f"p{number}" for number in range(520)]
    wide = site({name: {"session_end": 1} for name in names}, dict.fromkeys(names, 1 / 520), {0: 1})
    parameters = Parameters(seed=1, start=start, sessions_per_day=1 << 20, batch_size=3600)
    batch = Walk(parameters, wide).advance(1)
    assert len(batch) == 1 << 20
    assert len(np.unique(batch.session)) == 1 << 20
    offset = batch.timestamp.astype(np.int64) - parameters.start_us
    middle = offset / parameters.step_us - 0.5
    assert abs(middle).max() <= JITTER + 1e-6
    assert middle.mean() == pytest.approx(0, abs=FAR * JITTER / np.sqrt(3 * len(batch)))


def test_a_full_day_at_a_large_scale_in_steps_of_an_hour(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=200_000, batch_size=3600)
    batch = walked(Walk(parameters, config), 24)
    assert (batch.visit == LANDING).sum() == pytest.approx(200_000, abs=24)
    hours = batch.timestamp[batch.visit == LANDING].astype(np.int64) // HOUR_US % 24
    np.testing.assert_allclose(tally(hours, 24), np.array(config.visits_per_hour) * 200_000, atol=1)


def test_the_last_steps_that_there_can_be(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=1e9, batch_size=0.1)
    last = parameters.max_steps
    # The numbers of steps of a tenth of a second run out before the calendar does.
    assert last == 1 << 36
    walk = Walk(parameters, config, step=last - 100)
    batch = walked(walk, last)
    landed = batch.visit == LANDING
    steps = steps_of(batch, parameters)
    assert landed.sum() > 1000
    assert (steps.min(), steps.max()) == (last - 100, last - 1)
    np.testing.assert_array_equal(session_birth_step(batch.session[landed]), steps[landed])
    after = walk.advance(last + 100)
    assert (len(after), after.start_step, after.stop_step, walk.position) == (0, last, last, last)


def test_the_end_of_the_calendar(config: Config) -> None:
    parameters = Parameters(seed=1, start=datetime(9999, 12, 31, 12), batch_size=3600, sessions_per_day=10_000)
    assert parameters.max_steps == 11
    walk = Walk(parameters, config)
    batch = walked(walk, 11)
    assert len(batch) > 1000
    assert batch.timestamp[-1].item() < parameters.time_of(11) <= datetime.max
    assert len(walk.advance(100)) == 0
    assert walk.position == 11


def test_a_walk_begins_at_the_last_step_or_before(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, batch_size=0.1)
    last = parameters.max_steps
    walk = Walk(parameters, config, step=last)
    assert (walk.position, len(walk.advance(last + 1))) == (last, 0)
    with pytest.raises(ValueError, match=f"step is {last + 1}: a simulation has steps 0 to {last}"):
        Walk(parameters, config, step=last + 1)


def test_no_more_steps_than_asked_for(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config, step=100)
    for stop in (100, 0):
        batch = walk.advance(stop)
        assert (len(batch), batch.start_step, batch.stop_step, walk.position) == (0, 100, 100, 100)


def test_what_a_walk_holds_does_not_grow(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config)

    def day(number: int) -> tuple[int, int]:
        tracemalloc.reset_peak()
        while walk.position < number * DAY:
            walk.advance(number * DAY, chunk_sessions=4096)
        held = walk._active
        return tracemalloc.get_traced_memory()[1], sum(
            column.nbytes for column in (held.number, held.user, held.page, held.seen)
        )

    tracemalloc.start()
    try:
        peak, held = max(day(number) for number in (1, 2, 3))
        for number in range(4, 20):
            day(number)
        later_peak, later_held = day(20)
    finally:
        tracemalloc.stop()
    assert later_peak < 1.2 * peak
    # A session in the site takes 32 bytes here; at midnight there are about 7 of them.
    assert 0 < held < 32 * 100
    assert 0 < later_held < 32 * 100


# Batches


def test_a_batch_splits_at_a_moment(config: Config, parameters: Parameters) -> None:
    batch = walked(Walk(parameters, config), 1000)
    for moment in (parameters.start, batch.timestamp[500].item(), parameters.time_of(1000)):
        before, after = batch.until(moment)
        assert (before.timestamp < np.datetime64(moment)).all()
        assert (after.timestamp >= np.datetime64(moment)).all()
        assert_same_events(joined([before, after]), batch)
        assert (before.start_step, before.stop_step, before.pages) == (0, 1000, batch.pages)
    part = batch.slice(3, 7)
    assert len(part) == 4
    assert all(np.shares_memory(getattr(part, name), getattr(batch, name)) for name in COLUMNS)


def test_an_empty_batch_has_the_columns_of_a_full_one(config: Config, parameters: Parameters) -> None:
    empty = Batch.empty(5, config.page_names)
    full = walked(Walk(parameters, config), 100)
    assert (len(empty), empty.start_step, empty.stop_step) == (0, 5, 5)
    for name in COLUMNS:
        assert getattr(empty, name).dtype == getattr(full, name).dtype
        assert len(getattr(empty, name)) == 0
    assert full.page.dtype == np.uint16
    assert full.user.dtype == full.session.dtype == np.uint64
    assert full.visit.dtype == np.uint8
    assert full.timestamp.dtype == np.dtype("M8[us]")


# Parameters


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1 << 64}, "seed is 18446744073709551616"),
        ({"start": datetime(2026, 1, 1, tzinfo=UTC)}, "time zone"),
        ({"user_pool_size": 0}, "user pool size is 0"),
        ({"user_pool_size": -5}, "user pool size is -5"),
        ({"user_pool_size": (1 << 40) + 1}, "user pool size"),
        ({"batch_size": 0}, "batch size is 0"),
        ({"batch_size": 0.099}, "batch size"),
        ({"batch_size": 3601}, "batch size"),
        ({"batch_size": float("nan")}, "batch size is nan"),
        ({"sessions_per_day": -1}, "-1 sessions per day"),
        ({"sessions_per_day": float("nan")}, "nan sessions per day"),
        ({"sessions_per_day": float("inf")}, "inf sessions per day"),
        ({"sessions_per_day": (1 << 20) * 360 + 1}, "0 to 377,487,360"),
        ({"sessions_per_day": (1 << 20) + 1, "batch_size": 3600}, "0 to 1,048,576"),
        ({"max_session_steps": 0}, "at most 0 steps"),
        ({"max_session_steps": 1_000_001}, "1 to 1,000,000"),
    ],
)
def test_parameters_out_of_range_are_refused(start: datetime, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Parameters(**{"seed": 0, "start": start, **change})


def test_parameters_at_the_ends_of_their_range(start: datetime) -> None:
    small = Parameters(0, start, user_pool_size=1, sessions_per_day=0, batch_size=0.1, max_session_steps=1)
    large = Parameters((1 << 64) - 1, start, 1 << 40, 1 << 20, 3600, 1_000_000)
    assert (small.step_us, large.step_us) == (100_000, 3_600_000_000)


@given(
    seed=st.integers(0, (1 << 64) - 1),
    batch_size=st.sampled_from([0.5, 3, 10, 61, 3600]),
    limit=st.integers(1, 12),
    moment=st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1)),
    stops=st.lists(st.integers(1, 90), min_size=1, max_size=12),
)
@settings(max_examples=40, deadline=None)
def test_any_walk_in_any_stretches(
    lingering: Config, seed: int, batch_size: float, limit: int, moment: datetime, stops: list[int]
) -> None:
    parameters = Parameters(
        seed, moment, sessions_per_day=400_000 / batch_size, batch_size=batch_size, max_session_steps=limit
    )
    whole = walked(Walk(parameters, lingering), 100)
    ends = [0, *sorted({*stops, 100})]
    walk = Walk(parameters, lingering)
    assert_same_events(joined(walked(walk, end) for end in ends[1:]), whole)
    for begin, end in pairwise(ends):
        part = walked(Walk(parameters, lingering, step=begin), end)
        low, high = (np.datetime64(parameters.time_of(step)) for step in (begin, end))
        assert_same_events(part, whole.slice(*np.searchsorted(whole.timestamp, [low, high]).tolist()))
    assert_visits_follow_from_pages(whole)
    most = Counter(whole.session.tolist()).most_common(1)
    assert all(count <= limit for _, count in most)
