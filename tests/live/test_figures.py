"""What the snapshots of a live simulation show."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from helpers import assert_same_events, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.recent import RECENT_EVENTS
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.statistics import Counts

from .driving import EDITED_HOME, Driver, listed, until


@pytest.mark.parametrize("speed", [60, 600])
def test_no_event_is_lost_or_doubled(config: Config, parameters: Parameters, speed: float) -> None:
    driver = Driver(parameters, config, speed)
    generator = np.random.default_rng(1)
    for _ in range(400):
        snapshot = driver.tick(float(generator.integers(0, 40)) / 256)
        # What is shown as counted has happened, and nothing that has happened is missing.
        assert len(snapshot.recent) == min(snapshot.total.events, RECENT_EVENTS)
        observed = snapshot.observed
        assert listed(observed.counts) == listed(snapshot.total)
        assert (observed.since, observed.until) == (parameters.start, snapshot.clock)
    walk = Walk(parameters, config)
    step = parameters.step_at(snapshot.clock) + 1
    whole = walked(walk, step)
    assert_same_events(driver.events, until(whole, snapshot.clock))
    assert listed(snapshot.total) == listed(Counts.of(until(whole, snapshot.clock)))
    # What is computed ahead of the clock makes the observation whole, and goes with the sessions in the site.
    assert listed(snapshot.observed.counts + snapshot.observed.ahead) == listed(Counts.of(whole))
    np.testing.assert_array_equal(snapshot.observed.active_after, walk.active_by_page)
    assert snapshot.active == walk.active_by_page.sum()


def test_steps_pauses_speeds_and_edits_lose_no_event(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=60)
    generator = np.random.default_rng(2)
    for _ in range(400):
        match generator.integers(0, 8):
            case 0:
                driver.live.step()
            case 1:
                driver.live.play(bool(generator.integers(0, 2)))
            case 2:
                driver.live.set_speed([1, 10, 60, 600][generator.integers(0, 4)])
            case 3:
                driver.live.edit(config)
        snapshot = driver.tick(float(generator.integers(0, 64)) / 256)
    driver.live.set_speed(60)
    driver.live.play()
    snapshot = driver.tick(0)
    snapshot = driver.tick(1)
    assert snapshot.total.events > 400
    whole = walked(Walk(parameters, config), parameters.step_at(snapshot.clock) + 1)
    assert_same_events(driver.events, until(whole, snapshot.clock))


def test_snapshots_do_not_change(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=600)
    old = driver.tick(0.25)
    figures = (
        listed(old.total),
        listed(old.observed.counts),
        old.recent.newest(RECENT_EVENTS).timestamp.tolist(),
        old.active,
    )
    driver.live.edit(config.with_row(("pages", "home"), EDITED_HOME))
    driver.tick(0.25)
    driver.live.go_to(parameters.start)
    driver.tick(0.25)
    assert (
        listed(old.total),
        listed(old.observed.counts),
        old.recent.newest(RECENT_EVENTS).timestamp.tolist(),
        old.active,
    ) == figures


def test_events_per_second(steady: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=8640 * 2)
    driver = Driver(parameters, steady, speed=600)
    rates = [driver.tick(1 / 32).events_per_second for _ in range(200)]
    assert rates[-1] == pytest.approx(120, rel=0.1)
    driver.live.set_speed(60)
    driver.tick(0)
    rates = [driver.tick(1 / 32).events_per_second for _ in range(200)]
    assert rates[-1] == pytest.approx(12, rel=0.2)
    # It is the rate of about the last second, whatever came before it.
    driver.live.play(False)
    driver.tick(1000)
    driver.live.play()
    driver.tick(0)
    rates = [driver.tick(1 / 32).events_per_second for _ in range(64)]
    assert rates[31] == pytest.approx(12, rel=0.3)
    assert rates[-1] == pytest.approx(12, rel=0.3)


def test_events_per_second_after_a_quiet_hour(start: datetime) -> None:
    late = site({"a": {"session_end": 1}}, {"a": 1}, {0: 0.5, 2: 0.5})
    parameters = Parameters(seed=1, start=start, sessions_per_day=720 * 60)
    driver = Driver(parameters, late, speed=60)
    for _ in range(2 * 60 * 32):
        driver.live.advance()
        driver.clock.seconds += 1 / 32
    quiet = driver.live.snapshot()
    assert quiet.clock < start + timedelta(hours=2) < quiet.clock + timedelta(seconds=3)
    assert quiet.events_per_second < 10
    rates = []
    for _ in range(3 * 32):
        driver.clock.seconds += 1 / 32
        driver.live.advance()
        rates.append(driver.live.snapshot().events_per_second)
    # 60 sessions a step, six steps a second; a second of them is enough to know.
    assert rates[-1] == pytest.approx(360, rel=0.2)
    assert rates[40] == pytest.approx(360, rel=0.4)
