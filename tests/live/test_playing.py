"""A scenario that is played: its edits at their steps, until somebody touches."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from helpers import assert_same_events, joined

from fakeweb_tui.config import Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.scenario import Edit, Scenario, differences, parameter_differences
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tuning import Workbench

HOME = ("pages", "home")
STEPS = (360, 400, 400, 470)


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=2, start=start, sessions_per_day=20_000)


@pytest.fixture
def scenario(config: Config, parameters: Parameters) -> Scenario:
    """A row, a page that is renamed and one that goes, users; begun in the second hour."""
    benches = [Workbench.of(config, parameters)]
    benches.append(benches[-1].set_probability(HOME, "home", 0.1))
    benches.append(benches[-1].rename_page("cart", "basket"))
    benches.append(benches[-1].remove_page("product_b"))
    benches.append(benches[-1].set_parameters(user_pool_size=3, sessions_per_day=40_000))
    edits: list[Edit] = []
    for step, before, after in zip(STEPS, benches, benches[1:], strict=False):
        edits += differences(step, before.config, after.config, after.renamed)
        edits += parameter_differences(step, before.parameters, after.parameters)
    return Scenario(config, parameters, tuple(edits), begin=330, end=parameters.time_of(600))


class Player:
    """Plays at a pace, and keeps what snapshots showed."""

    def __init__(self, scenario: Scenario, speed: float | None = 60) -> None:
        self._seconds = 0.0
        self.live = LiveSimulation(scenario.parameters, scenario.config, speed, now=lambda: self._seconds)
        self.live.play_scenario(scenario)
        self.live.advance()
        self.seen: list[Batch] = []
        self._known = 0

    def look(self, seconds: float) -> Snapshot:
        for _ in range(round(seconds * 4)):
            self._seconds += 0.25
            self.live.advance()
            snapshot = self.live.snapshot()
            new = snapshot.total.events - self._known
            self.seen.append(snapshot.recent.newest(new))
            self._known = snapshot.total.events
        return self.live.snapshot()


NAMES = ("home", "product_a", "product_b", "cart", "payment", "confirmation", "basket")


def named(batch: Batch) -> Batch:
    codes = np.array([NAMES.index(page) for page in batch.pages], np.uint16)
    return replace(batch, pages=NAMES, page=codes[batch.page])


def test_it_makes_the_events_of_the_scenario(scenario: Scenario) -> None:
    player = Player(scenario)
    snapshot = player.live.snapshot()
    assert (snapshot.clock, snapshot.plays_until) == (scenario.parameters.time_of(330), scenario.end)
    configs: list[Config] = []
    while snapshot.clock < scenario.parameters.time_of(500):
        snapshot = player.look(0.25)
        if not configs or configs[-1] is not snapshot.config:
            configs.append(snapshot.config)
        assert snapshot.plays_until == scenario.end
    settings = [setting.config for setting in scenario.settings[:4]]
    assert [config for config in configs if config in settings] == list(dict.fromkeys(settings))
    assert snapshot.parameters.user_pool_size == 3
    assert snapshot.scenario.edits == scenario.edits
    shown = joined([named(batch) for batch in player.seen])
    until = replace(scenario, end=snapshot.clock)
    assert_same_events(shown, joined(named(batch) for _, batch in until.batches()))
    assert_same_events(shown, joined(named(batch) for _, batch in snapshot.scenario.batches()))


def test_each_edit_counts_afresh(scenario: Scenario) -> None:
    player = Player(scenario, speed=None)
    first = player.live.snapshot().version
    versions = [player.look(0.25).version for _ in range(6)]
    # As fast as possible, a chunk ends at each moment of an edit.
    assert [(edits, changes - first.changes) for edits, changes in versions] == [(0, 1), (0, 2), *[(0, 3)] * 4]
    observed = player.live.snapshot().observed
    assert observed.since == scenario.parameters.time_of(470)


def test_a_touch_takes_over(scenario: Scenario, config: Config) -> None:
    player = Player(scenario)
    snapshot = player.look(6)
    assert len(snapshot.scenario.edits) == 1
    assert snapshot.plays_until == scenario.end
    touched = snapshot.config.with_row(("ads",), dict(zip(config.ads, (0.2,) * 5, strict=True)))
    assert snapshot.version.edits == 0
    player.live.edit(touched)
    snapshot = player.look(30)
    assert snapshot.version == (1, 0)
    assert (snapshot.plays_until, snapshot.config, len(snapshot.scenario.edits)) == (None, touched, 2)
    assert_same_events(joined(player.seen), joined(batch for _, batch in snapshot.scenario.batches()))


def test_what_is_no_edit_goes_on_playing(scenario: Scenario) -> None:
    player = Player(scenario)
    player.live.set_speed(600)
    player.live.play(False)
    player.live.step()
    player.live.play()
    assert player.look(0.25).plays_until == scenario.end


def test_another_moment_of_a_scenario(scenario: Scenario, parameters: Parameters) -> None:
    player = Player(scenario)
    for step in (405, 100, 599, 360):
        player.live.go_to(parameters.time_of(step))
        player.live.advance()
        snapshot = player.live.snapshot()
        assert snapshot.clock == parameters.time_of(step)
        assert snapshot.config == scenario.setting_at(step).config
        assert snapshot.scenario.edits == tuple(edit for edit in scenario.edits if edit.step <= step)
        assert snapshot.plays_until == scenario.end
    player.live.reset()
    player.live.advance()
    assert player.live.snapshot().clock == parameters.time_of(330)
    player.live.go_to(parameters.start - timedelta(days=3))
    player.live.advance()
    assert player.live.snapshot().clock == parameters.start


def test_another_length_of_steps_is_a_new_run(config: Config, parameters: Parameters) -> None:
    clock = [0.0]
    live = LiveSimulation(parameters, config, 60, now=lambda: clock[0])
    edited = config.with_row(("ads",), dict(zip(config.ads, (0.2,) * 5, strict=True)))
    live.edit(edited)
    for clock[0] in (10.0, 20.5):
        live.advance()
    before = live.snapshot()
    live.edit(edited, replace(parameters, batch_size=4, user_pool_size=9))
    live.advance()
    after = live.snapshot()
    assert (after.run, after.clock, after.total.events) == (before.run + 1, before.clock, 0)
    assert (after.parameters.batch_size, after.parameters.user_pool_size) == (4, 9)
    assert after.scenario.begin == 1230 // 4
    assert after.scenario.config == config
    assert after.scenario.setting_at(0).config == edited
