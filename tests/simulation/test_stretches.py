"""The same events, however they are computed."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from helpers import COLUMNS, assert_same_events, joined, site, walked
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import CHUNK_SESSIONS, LANDING, Parameters, Walk

from .looking import DAY, assert_visits_follow_from_pages, steps_of


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
