"""A scenario that is played: its edits at their moments, its end, and who takes over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fakeweb_tui.config import Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.simulation import Parameters

from .driving import Clock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scenario(config: Config, start: datetime) -> Scenario:
    """An edit after ten minutes, and the end, in the middle of a step, after twenty."""
    other = config.with_row(("pages", "home"), {**config.pages["home"], "product_a": 0.27, "session_end": 0.16})
    edits = differences(60, config, other)
    return Scenario(config, Parameters(seed=5, start=start), edits, end=start + 20 * MINUTE + timedelta(seconds=3))


def played(scenario: Scenario, speed: float | None = 1) -> tuple[LiveSimulation, Clock]:
    clock = Clock()
    live = LiveSimulation(scenario.parameters, scenario.config, speed, now=clock)
    live.play_scenario(scenario)
    live.advance()
    return live, clock


def come_on(live: LiveSimulation, clock: Clock, minutes: int) -> None:
    for _ in range(minutes):
        clock.seconds += 60
        live.advance()


@pytest.mark.parametrize("speed", [1, None])
def test_it_pauses_at_its_end_and_goes_on_from_there(scenario: Scenario, speed: float | None) -> None:
    live, clock = played(scenario, speed)
    come_on(live, clock, 100)
    snapshot = live.snapshot()
    assert (snapshot.running, snapshot.clock, snapshot.plays_until) == (False, scenario.end, None)
    assert snapshot.scenario == scenario
    assert snapshot.total.events == sum(len(batch) for _, batch in scenario.batches())
    live.play()
    clock.seconds += 1
    live.advance()
    clock.seconds += 60
    live.advance()
    snapshot = live.snapshot()
    assert snapshot.running
    assert scenario.end is not None
    assert snapshot.clock > scenario.end
    # What comes after is what the scenario goes on to without an end.
    longer = replace(scenario, end=snapshot.clock)
    assert snapshot.total.events == sum(len(batch) for _, batch in longer.batches())


def test_at_its_end_a_reset_plays_it_again(scenario: Scenario) -> None:
    live, clock = played(scenario)
    come_on(live, clock, 40)
    assert not live.snapshot().running
    live.reset()
    live.advance()
    assert live.snapshot().clock == scenario.parameters.start


def test_a_single_step_stops_at_the_end(scenario: Scenario) -> None:
    live, clock = played(scenario)
    come_on(live, clock, 20)
    before = live.snapshot()
    assert scenario.end is not None
    assert before.clock == scenario.end - timedelta(seconds=3)
    live.step()
    live.advance()
    assert live.snapshot().clock == scenario.end


def test_a_single_step_goes_beyond_the_end(scenario: Scenario) -> None:
    live, clock = played(scenario)
    come_on(live, clock, 40)
    live.step()
    live.advance()
    assert scenario.end is not None
    assert live.snapshot().clock == scenario.end.replace(second=10)
    assert live.snapshot().plays_until is None


def test_an_edit_takes_over_and_drops_the_end(scenario: Scenario) -> None:
    live, clock = played(scenario)
    clock.seconds += 120
    live.advance()
    other = scenario.config.with_row(("landing_pages",), {"home": 1.0})
    live.edit(other)
    live.advance()
    assert live.snapshot().plays_until is None
    come_on(live, clock, 40)
    snapshot = live.snapshot()
    assert snapshot.running
    assert snapshot.config == other
    assert scenario.end is not None
    assert snapshot.clock > scenario.end


def test_without_an_end_it_is_played_up_to_its_last_edit_and_time_goes_on(scenario: Scenario) -> None:
    live, clock = played(replace(scenario, end=None))
    assert live.snapshot().plays_until == scenario.parameters.start + 10 * MINUTE
    come_on(live, clock, 12)
    snapshot = live.snapshot()
    assert snapshot.plays_until is None
    assert snapshot.running
    assert snapshot.config == scenario.setting_at(60).config


def test_beyond_the_end_it_is_no_longer_played(scenario: Scenario) -> None:
    live, clock = played(scenario)
    live.go_to(scenario.parameters.start + 60 * MINUTE)
    live.advance()
    clock.seconds += 60
    live.advance()
    snapshot = live.snapshot()
    assert snapshot.plays_until is None
    assert snapshot.running
    assert snapshot.config == scenario.setting_at(60).config
