"""The live simulation, driven by a clock of the test's own, and once by a real thread."""

import threading
from datetime import datetime, timedelta
from queue import SimpleQueue

import numpy as np
import pytest
from helpers import assert_same_events, joined, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.live import SPEEDS, LiveSimulation
from fakeweb_tui.recent import RECENT_EVENTS
from fakeweb_tui.simulation import LANDING, Batch, Parameters, Walk
from fakeweb_tui.statistics import Counts, Snapshot

# Real seconds that a double and a microsecond keep exactly at every speed.
TICK = 1 / 64
EDITED_HOME = {"home": 0.1, "product_a": 0.1, "product_b": 0.7, "session_end": 0.1}


class Clock:
    """Real time, as far as the simulation can tell."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Driver:
    """A live simulation and its clock; collects every event that snapshots show."""

    def __init__(
        self, parameters: Parameters, config: Config, speed: float | None = 60, running: bool = True
    ) -> None:
        self.clock = Clock()
        self.live = LiveSimulation(parameters, config, speed, running, now=self.clock)
        self.seen: list[Batch] = []
        self._run = 0

    def snapshot(self) -> Snapshot:
        snapshot = self.live.snapshot()
        if snapshot.run != self._run:
            self._run, self.seen = snapshot.run, []
        new = snapshot.total.events - sum(map(len, self.seen))
        assert 0 <= new <= len(snapshot.recent), "more new events than are shown"
        self.seen.append(snapshot.recent.newest(new))
        return snapshot

    def tick(self, seconds: float = TICK) -> Snapshot:
        self.clock.seconds += seconds
        self.live.advance()
        return self.snapshot()

    @property
    def events(self) -> Batch:
        return joined(self.seen)


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=11, start=start, sessions_per_day=20_000)


def until(batch: Batch, moment: datetime) -> Batch:
    return batch.until(moment)[0]


def listed(counts: Counts) -> list[list[int]]:
    columns = (counts.events_by_page, counts.reached_by_page, counts.events_by_hour, counts.sessions_by_hour)
    return [column.tolist() for column in columns]


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


# Figures


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


@pytest.fixture
def steady() -> Config:
    """Two sessions of one event in each step."""
    return site({"a": {"session_end": 1}}, {"a": 1}, dict.fromkeys(range(24), 1 / 24))


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
