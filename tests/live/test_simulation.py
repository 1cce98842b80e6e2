"""The pace of a live simulation: a clock of the test's own drives it, and once a real thread."""

import threading
from datetime import datetime, timedelta
from queue import SimpleQueue

import pytest
from helpers import assert_same_events, walked

from fakeweb_tui.config import Config
from fakeweb_tui.live import SPEEDS, LiveSimulation
from fakeweb_tui.recent import RECENT_EVENTS
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.statistics import Counts, Snapshot

from .driving import EDITED_HOME, TICK, Driver, listed, until

# Pace


def test_a_new_simulation_stands_at_its_start(config: Config, parameters: Parameters) -> None:
    snapshot = Driver(parameters, config, speed=10).snapshot()
    assert (snapshot.running, snapshot.speed, snapshot.run, snapshot.version) == (True, 10, 0, (0, 0))
    assert snapshot.began == snapshot.clock == parameters.start
    assert snapshot.total.events == snapshot.active == len(snapshot.recent) == 0
    assert snapshot.events_per_second == 0
    assert snapshot.observed.since == snapshot.observed.until


@pytest.mark.parametrize("speed", [speed for speed in SPEEDS if speed is not None])
def test_the_clock_keeps_the_pace(config: Config, parameters: Parameters, speed: float) -> None:
    driver = Driver(parameters, config, speed)
    for ticks in range(1, 200):
        snapshot = driver.tick()
        assert snapshot.clock == parameters.start + timedelta(seconds=ticks * TICK * speed)
    assert_same_events(driver.events, until(walked(Walk(parameters, config), 2000), snapshot.clock))


def test_as_fast_as_possible_goes_on_by_a_chunk(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=None)
    clocks = [driver.live.snapshot().clock]
    for _ in range(5):
        driver.live.advance()
        snapshot = driver.live.snapshot()
        clocks.append(snapshot.clock)
        assert len(snapshot.recent) == min(snapshot.total.events, RECENT_EVENTS)
    assert clocks == sorted(set(clocks))
    steps = [parameters.step_at(clock) for clock in clocks]
    assert [parameters.time_of(step) for step in steps] == clocks
    whole = walked(Walk(parameters, config), steps[-1])
    assert listed(snapshot.total) == listed(Counts.of(whole))
    assert_same_events(snapshot.recent.newest(RECENT_EVENTS), whole.slice(len(whole) - RECENT_EVENTS))
    # Soon enough for a key or an edit to be obeyed within a frame.
    assert snapshot.total.events / 5 < 25_000


def test_time_stands_still_while_paused(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=600)
    before = driver.tick(1)
    driver.live.play(False)
    for _ in range(10):
        paused = driver.tick(100)
        assert (paused.running, paused.clock, paused.events_per_second) == (False, before.clock, 0)
        assert listed(paused.total) == listed(before.total)
    driver.live.play()
    assert driver.tick(0).clock == before.clock
    after = driver.tick(1)
    assert after.running
    assert after.clock == before.clock + timedelta(seconds=600)


def test_a_simulation_may_begin_paused(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, running=False)
    assert driver.tick(50).clock == parameters.start
    driver.live.play()
    driver.tick(50)
    assert driver.tick(1).clock == parameters.start + timedelta(seconds=60)


def test_a_change_of_speed_does_not_move_the_clock(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=1)
    driver.tick(10)
    expected = parameters.start + timedelta(seconds=10)
    for speed in (3600, 10, 600, 1, 60):
        driver.live.set_speed(speed)
        assert driver.tick(0).clock == expected
        snapshot = driver.tick()
        expected += timedelta(seconds=speed * TICK)
        assert (snapshot.clock, snapshot.speed) == (expected, speed)
    driver.live.set_speed(None)
    driver.live.advance()
    fast = driver.live.snapshot()
    assert fast.clock > expected
    assert fast.speed is None
    driver.live.set_speed(1)
    driver.live.advance()
    assert driver.live.snapshot().clock == fast.clock
    driver.clock.seconds += 1
    driver.live.advance()
    assert driver.live.snapshot().clock == fast.clock + timedelta(seconds=1)


def test_behind_the_pace_it_goes_on_from_there(config: Config, start: datetime) -> None:
    # An hour a second of 20 million sessions a day is far more than one chunk.
    parameters = Parameters(seed=1, start=start, sessions_per_day=20_000_000)
    driver = Driver(parameters, config, speed=3600)
    driver.clock.seconds += 10
    driver.live.advance()
    late = driver.live.snapshot()
    assert start < late.clock < start + timedelta(hours=1)
    assert late.clock == parameters.time_of(parameters.step_at(late.clock))
    driver.live.advance()
    again = driver.live.snapshot()
    assert again.clock == late.clock
    driver.clock.seconds += TICK
    driver.live.advance()
    assert driver.live.snapshot().clock == late.clock + timedelta(seconds=3600 * TICK)
    whole = walked(Walk(parameters, config), 100)
    now = driver.live.snapshot()
    assert listed(now.total) == listed(Counts.of(until(whole, now.clock)))


# One step at a time


def test_a_step_at_a_time(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, running=False)
    whole = walked(Walk(parameters, config), 100)
    for step in range(1, 60):
        driver.live.step()
        snapshot = driver.tick(5)
        assert not snapshot.running
        assert snapshot.clock == parameters.time_of(step)
    assert_same_events(driver.events, until(whole, snapshot.clock))


def test_a_step_ends_the_one_that_is_under_way(config: Config, parameters: Parameters) -> None:
    driver = Driver(parameters, config, speed=10)
    driver.tick(2.25)
    driver.live.play(False)
    driver.live.step()
    assert driver.tick().clock == parameters.time_of(3)
    driver.live.step()
    assert driver.tick().clock == parameters.time_of(4)
    driver.live.play()
    driver.tick(0)
    assert driver.tick(0.5).clock == parameters.time_of(4) + timedelta(seconds=5)
    driver.live.step()
    assert driver.tick(0).clock == parameters.time_of(5)
    assert_same_events(driver.events, until(walked(Walk(parameters, config), 10), parameters.time_of(5)))


def test_a_step_under_way_without_events_ends_too(config: Config, start: datetime) -> None:
    quiet = Parameters(seed=1, start=start, sessions_per_day=0)
    driver = Driver(quiet, config, speed=1)
    assert driver.tick(4).clock == start + timedelta(seconds=4)
    driver.live.step()
    assert driver.tick(0).clock == start + timedelta(seconds=10)
    assert driver.tick(25).clock == start + timedelta(seconds=35)


# The end of time


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_end_of_the_calendar_stops_the_simulation(config: Config, speed: float | None) -> None:
    parameters = Parameters(seed=1, start=datetime(9999, 12, 31, 23, 58))
    driver = Driver(parameters, config, speed)
    for _ in range(100):
        snapshot = driver.tick(2.5)
    # The last step that ends within the year is the last one.
    assert parameters.max_steps == 11
    assert (snapshot.running, snapshot.clock) == (False, parameters.time_of(11))
    assert_same_events(driver.events, walked(Walk(parameters, config), 11))
    driver.live.step()
    driver.live.play()
    assert driver.tick(1).clock == parameters.time_of(11)


# The real thread


def test_a_thread_publishes_obeys_and_stops(config: Config, parameters: Parameters) -> None:
    snapshots: SimpleQueue[Snapshot] = SimpleQueue()
    cancelled = threading.Event()
    live = LiveSimulation(parameters, config, speed=None)
    thread = threading.Thread(target=live.run, args=(cancelled.is_set, snapshots.put, 1e-3), daemon=True)
    thread.start()

    def next_where(condition: str) -> Snapshot:
        while True:
            snapshot = snapshots.get(timeout=30)
            if eval(condition, {"s": snapshot}):
                return snapshot

    try:
        first = next_where("s.total.events > 0")
        later = next_where(f"s.total.events > {first.total.events}")
        assert later.clock > first.clock
        live.edit(config.with_row(("pages", "home"), EDITED_HOME))
        assert next_where("s.version.edits == 1").run == 0
        live.play(False)
        paused = next_where("not s.running")
        # Paused, with nothing new to show, only a command makes it publish.
        live.set_speed(60)
        slow = next_where("s.speed == 60")
        assert (slow.clock, slow.total.events) == (paused.clock, paused.total.events)
        live.step()
        stepped = next_where(f"s.total.events >= {slow.total.events}")
        live.reset()
        assert next_where("s.run == 1").clock == parameters.start < stepped.clock
    finally:
        cancelled.set()
        live.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()
