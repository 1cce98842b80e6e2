"""Scenarios with edits of every kind: the same events live and headless, from any step, in any shards."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from helpers import assert_same_events, by_session, joined, walked

from fakeweb_tui.config import Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.scenario import Edit, Scenario, Setting, differences, parameter_differences
from fakeweb_tui.simulation import LANDING, WHOLE, Batch, Parameters, Shard, Walk
from fakeweb_tui.tuning import Workbench

CART = ("pages", "cart")
HOURS = ("visits_per_hour",)
EDITS: list[Callable[[Workbench], Workbench]] = [
    lambda bench: bench.set_probability(("pages", "home"), "home", 0.2),
    lambda bench: bench.rename_page("cart", "basket"),
    lambda bench: bench.add_page("help", ("pages", "product_a"), 0.3),
    lambda bench: bench.remove_page("product_b"),
    lambda bench: bench.undo(),
    lambda bench: bench.set_parameters(sessions_per_day=90_000, user_pool_size=7),
    lambda bench: bench.rename_page("basket", "product").rename_page("help", "basket"),
    lambda bench: bench.set_probability(HOURS, "1", 0.15),
    lambda bench: bench.remove_name(("landing_pages",), "product_a"),
    lambda bench: bench.rename_name(("ads",), "ad_3", "ad_x").add_name(("ads",), "ad_6", 0.4),
    lambda bench: bench.remove_page("confirmation"),
    lambda bench: bench.revert_all(),
]


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=5, start=start, user_pool_size=500, sessions_per_day=60_000, max_session_steps=90)


@pytest.fixture
def scenario(config: Config, parameters: Parameters) -> Scenario:
    """An edit of every kind, forty steps apart."""
    bench, step = Workbench.of(config, parameters), 100
    edits: list[Edit] = []
    for edit in EDITS:
        after = edit(bench)
        edits += differences(step, bench.config, after.config, after.renamed)
        edits += parameter_differences(step, bench.parameters, after.parameters)
        bench, step = after, step + 40
    assert bench.config == config
    return Scenario(config, parameters, tuple(edits), end=parameters.time_of(step + 100))


def columns(scenario: Scenario, step: int | None = None, shard: Shard = WHOLE, chunk: int = 1 << 16) -> Batch:
    """The events, each page by a code of its name."""
    return joined(named(batch) for _, batch in scenario.batches(step, shard, chunk))


PAGES = ("home", "product_a", "product_b", "cart", "payment", "confirmation", "basket", "help", "product")


def named(batch: Batch) -> Batch:
    codes = np.array([PAGES.index(page) for page in batch.pages], np.uint16)
    return replace(batch, pages=PAGES, page=codes[batch.page])


def test_edits_of_every_kind_are_felt(scenario: Scenario, parameters: Parameters, config: Config) -> None:
    events, plain = columns(scenario), walked(Walk(parameters, config), 800)
    steps = [setting.step for setting in scenario.settings[1:]]
    assert steps == [100 + 40 * number for number in range(len(EDITS))]
    for edit, page in ((1, "basket"), (2, "help"), (6, "product")):
        first = events.timestamp[events.page == PAGES.index(page)][0]
        assert steps[edit] <= parameters.step_at(first.item()) < steps[edit] + 20
    gone = events.timestamp[events.page == PAGES.index("product_b")]
    inside = [parameters.step_at(moment) for moment in gone.tolist()]
    assert not [step for step in inside if steps[3] <= step < steps[4]]
    assert [step for step in inside if step < steps[3]]
    assert [step for step in inside if step >= steps[4]]
    split = np.datetime64(parameters.time_of(100), "us")
    assert_same_events(
        replace(events.slice(0, int(np.searchsorted(events.timestamp, split))), pages=plain.pages),
        plain.slice(0, int(np.searchsorted(plain.timestamp, split))),
    )
    ends = [np.datetime64(parameters.time_of(step), "us") for step in (steps[5], steps[-1])]
    landed = (events.timestamp >= ends[0]) & (events.timestamp < ends[1]) & (events.visit == LANDING)
    assert set(events.user[landed].tolist()) == set(range(7))


def test_a_rename_changes_no_event_but_its_name(config: Config, parameters: Parameters) -> None:
    bench = Workbench.of(config, parameters).rename_page("cart", "basket")
    edits = differences(300, config, bench.config, bench.renamed)
    plain = Scenario(config, parameters, end=parameters.time_of(600))
    events, same = columns(replace(plain, edits=edits)), columns(plain)
    cart, basket = PAGES.index("cart"), PAGES.index("basket")
    assert set(events.page.tolist()) >= {cart, basket}
    assert_same_events(
        replace(events, page=np.where(events.page == basket, cart, events.page).astype(np.uint16)), same
    )


def test_a_session_ends_with_its_page(config: Config, parameters: Parameters) -> None:
    bench = Workbench.of(config, parameters).remove_page("cart")
    edits = differences(300, config, bench.config, bench.renamed)
    walk = Scenario(config, parameters, edits).walk(299)
    walked(walk, 300)
    on_cart = walk._active.number[walk._active.page == config.page_names.index("cart")]
    others = walk._active.number[walk._active.page != config.page_names.index("cart")]
    walk = Scenario(config, parameters, edits).walk(300)
    assert len(on_cart) > 1
    assert walk._active.number.tolist() == others.tolist()
    after = walked(walk, 500)
    assert not set(on_cart.tolist()) & set(after.session.tolist())
    assert set(others.tolist()) & set(after.session.tolist())


@pytest.mark.parametrize("step", [1, 99, 100, 101, 180, 221, 300, 333, 500, 560])
def test_from_any_step(scenario: Scenario, parameters: Parameters, step: int) -> None:
    events = columns(scenario)
    split = int(np.searchsorted(events.timestamp, np.datetime64(parameters.time_of(step), "us")))
    assert_same_events(columns(scenario, step), events.slice(split))


def test_by_shard_and_by_chunk(scenario: Scenario) -> None:
    whole = columns(scenario)
    parts = by_session(joined(columns(scenario, shard=Shard(index, 3)) for index in range(3)))
    assert_same_events(parts, by_session(whole))
    assert_same_events(columns(scenario, chunk=7), whole)


def test_a_scenario_goes_to_another_process(scenario: Scenario) -> None:
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert_same_events(columns(again, 400), columns(scenario, 400))


def test_live_and_headless_make_the_same_events(config: Config, parameters: Parameters) -> None:
    clock = [0.0]
    live = LiveSimulation(parameters, config, speed=60, now=lambda: clock[0])
    bench, seen, known = Workbench.of(config, parameters), [], 0

    def look(seconds: float) -> None:
        nonlocal known
        for _ in range(round(seconds * 4)):
            clock[0] += 0.25
            live.advance()
            snapshot = live.snapshot()
            new = snapshot.total.events - known
            seen.append(named(snapshot.recent.newest(new)))
            known = snapshot.total.events

    for edit in EDITS:
        look(6)
        bench = edit(bench)
        live.edit(bench.config, bench.parameters, bench.renamed)
        # Two edits at one step: of a page that goes and comes back, the sessions are gone.
        there = bench.remove_page("home")
        live.edit(there.config, there.parameters, there.renamed)
        there = there.undo()
        live.edit(there.config, there.parameters, there.renamed)
    look(20)
    snapshot = live.snapshot()
    assert snapshot.run == 0
    assert (snapshot.config, snapshot.parameters) == (config, parameters)
    assert snapshot.version == (3 * len(EDITS), 0)
    assert_same_events(joined(seen), columns(snapshot.scenario))
    observed = snapshot.observed
    assert observed.counts.events_by_page.sum() == observed.counts.events
    assert snapshot.total.events == known


def test_what_leads_to_nothing_valid(config: Config, parameters: Parameters) -> None:
    setting = Setting(0, config, parameters, {page: page for page in config.pages})
    for path, new, problem in (
        (("pages", "nowhere"), {"session_end": 1.0}, "no row"),
        (("simulation", "batch_size"), 5, "cannot be changed"),
        (("simulation", "user_pool_size"), 0, "the user pool size is 0"),
        (("pages",), {}, "no pages"),
        (("pages",), {"session_end": {"session_end": 1.0}}, "session_end is the end of a session"),
        (("pages",), {"a": {"a": 1.0}}, "unknown page"),
        (("visits_per_hour",), {"0": 1.0}, "missing"),
    ):
        with pytest.raises(ValueError, match=problem):
            setting.obeying([Edit(0, path, 0, new)])
