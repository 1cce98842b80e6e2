"""Jumps, resets and edits of a live simulation."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from helpers import assert_same_events, joined, walked

from fakeweb_tui.config import Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import LANDING, Parameters, Walk
from fakeweb_tui.statistics import Counts

from .driving import EDITED_HOME, Driver, listed, until

# Jumps


def test_a_jump_forward(config: Config, parameters: Parameters, start: datetime) -> None:
    driver = Driver(parameters, config, speed=60)
    driver.tick(10)
    moment = start + timedelta(days=3, hours=17, seconds=4)
    driver.live.go_to(moment)
    snapshot = driver.tick(0)
    # A jump leads to the beginning of a step.
    assert snapshot.began == snapshot.clock == moment - timedelta(seconds=4)
    assert (snapshot.run, snapshot.total.events, len(snapshot.recent)) == (1, 0, 0)
    step = parameters.step_at(moment)
    whole = Walk(parameters, config)
    walked(whole, step)
    np.testing.assert_array_equal(snapshot.observed.active_before, whole.active_by_page)
    assert whole.active_by_page.sum() > 5
    snapshot = driver.tick(5)
    assert snapshot.clock == moment + timedelta(seconds=296)
    assert_same_events(driver.events, until(walked(whole, step + 40), snapshot.clock))


def test_a_jump_back(config: Config, parameters: Parameters, start: datetime) -> None:
    driver = Driver(parameters, config, speed=600)
    for _ in range(10):
        driver.tick(0.125)
    driver.live.go_to(start + timedelta(minutes=2))
    assert driver.tick(0).clock == start + timedelta(minutes=2)
    snapshot = driver.tick(0.125)
    whole = until(walked(Walk(parameters, config), 100), snapshot.clock)
    assert_same_events(driver.events, whole.until(start + timedelta(minutes=2))[1])


def test_a_jump_before_the_start_moves_the_start(config: Config, parameters: Parameters, start: datetime) -> None:
    driver = Driver(parameters, config, speed=600)
    moment = start - timedelta(days=2, hours=3, minutes=10)
    driver.live.go_to(moment)
    snapshot = driver.tick(0)
    assert snapshot.clock == snapshot.began == moment
    earlier = Parameters(seed=11, start=start - timedelta(days=3), sessions_per_day=20_000)
    step = earlier.step_at(moment)
    snapshot = driver.tick(0.5)
    assert_same_events(driver.events, until(walked(Walk(earlier, config, step), step + 50), snapshot.clock))
    driver.live.reset()
    assert driver.tick(0).clock == earlier.start


def test_a_jump_while_paused_stays_paused(config: Config, parameters: Parameters, start: datetime) -> None:
    driver = Driver(parameters, config, running=False)
    driver.live.go_to(start + timedelta(hours=9))
    snapshot = driver.tick(10)
    assert (snapshot.running, snapshot.clock) == (False, start + timedelta(hours=9))


def test_a_reset_gives_the_same_events_again(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=600)
    driver.tick(0.25)
    first = driver.tick(0.25)
    events = driver.events
    driver.live.reset()
    again = driver.tick(0)
    assert (again.clock, again.began, again.run, again.total.events) == (parameters.start, parameters.start, 1, 0)
    assert again.observed.active_before.tolist() == [0] * 6
    driver.tick(0.125)
    again = driver.tick(0.375)
    assert again.clock == first.clock
    assert listed(again.total) == listed(first.total)
    assert_same_events(driver.events, events)


# Edits


def test_an_edit_is_obeyed_from_the_next_step_on(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=60)
    driver.tick(4.0625)
    edited = config.with_row(("pages", "home"), EDITED_HOME)
    driver.live.edit(edited)
    snapshot = driver.tick(0)
    assert (snapshot.version, snapshot.run) == ((1, 0), 0)
    assert (snapshot.observed.counts.events, snapshot.observed.ahead.events) == (0, 0)
    for _ in range(6):
        snapshot = driver.tick(2)
    # 243.75 seconds had gone by: the edit holds from the end of that step on.
    walk = Walk(parameters, config)
    before = walked(walk, 25)
    walk.reconfigure(edited)
    after = until(walked(walk, 200), snapshot.clock)
    assert_same_events(driver.events, joined([before, after]))
    assert listed(snapshot.total) == listed(Counts.of(joined([before, after])))
    assert listed(snapshot.observed.counts) == listed(Counts.of(after))


def test_an_edit_of_who_comes_counts_on(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=None)
    driver.live.advance()
    before = driver.live.snapshot()
    tuned = config.with_row(("browsers",), {"Firefox": 0.9, "Chrome": 0.1})
    driver.live.edit(tuned, replace(parameters, user_pool_size=77))
    driver.live.play(False)
    driver.live.advance()
    edited = driver.live.snapshot()
    assert (edited.config, edited.parameters.user_pool_size) == (tuned, 77)
    assert edited.version == before.version.edited
    assert edited.observed.since == before.observed.since == parameters.start
    assert listed(edited.observed.counts) == listed(before.observed.counts)
    assert edited.moves.tolist() == before.moves.tolist()
    assert edited.moves.sum() > 0
    # What else is edited with it counts.
    driver.live.edit(tuned.with_row(("ads",), {"ad_1": 1.0}), replace(parameters, sessions_per_day=5_000))
    driver.live.advance()
    assert driver.live.snapshot().observed.since == before.clock


def test_an_edit_counts_afresh(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=None)
    driver.live.advance()
    before = driver.live.snapshot()
    driver.live.edit(config.with_row(("pages", "home"), EDITED_HOME))
    driver.live.play(False)
    driver.live.advance()
    edited = driver.live.snapshot()
    assert listed(edited.total) == listed(before.total)
    assert listed(edited.observed.counts) == listed(Counts.none(6))
    assert edited.observed.since == edited.observed.until == before.clock
    np.testing.assert_array_equal(edited.observed.active_before, before.observed.active_after)
    assert edited.version == before.version.edited
    driver.live.play()
    driver.live.advance()
    after = driver.live.snapshot()
    assert listed(after.observed.counts + before.total) == listed(after.total)
    # The very next chunk goes by the new row, of which seven in ten go on to product_b.
    shares = after.observed.counts.events_by_page / after.observed.counts.events
    assert shares[2] > 0.25 > 0.16 > before.total.events_by_page[2] / before.total.events


def test_a_reset_keeps_the_present_config(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=600)
    edited = config.with_row(("landing_pages",), {"home": 0, "product_a": 0, "product_b": 1})
    driver.tick(0.5)
    driver.live.edit(edited)
    driver.live.reset()
    snapshot = driver.tick(0)
    assert snapshot.version == (1, 0)
    snapshot = driver.tick(0.5)
    assert set(driver.events.page[driver.events.visit == LANDING].tolist()) == {2}
    assert_same_events(driver.events, until(walked(Walk(parameters, edited), 50), snapshot.clock))


def test_commands_are_obeyed_in_their_order(config: Config, parameters: Parameters, start: datetime) -> None:
    driver = Driver(parameters, config)
    for speed in (1, 10, 600):
        driver.live.set_speed(speed)
    driver.live.go_to(start + timedelta(hours=1))
    driver.live.step()
    driver.live.play(False)
    snapshot = driver.tick(0)
    assert (snapshot.speed, snapshot.running) == (600, False)
    assert snapshot.clock == start + timedelta(hours=1, seconds=10)


def test_who_waits_before_anybody_runs_it_finds_it_obeyed(config: Config, parameters: Parameters) -> None:
    live = LiveSimulation(parameters, config)
    edited = config.with_row(("pages", "home"), EDITED_HOME)
    live.edit(edited)
    assert live.snapshot().config == config
    assert live.obeyed(0)
    assert live.snapshot().config == edited
