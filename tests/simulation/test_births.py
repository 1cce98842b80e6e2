"""How many sessions begin, when, and whose they are."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from helpers import FAR, assert_fits, by_session, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import LANDING, Parameters, Walk, session_birth_step

from .looking import DAY, tally


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
