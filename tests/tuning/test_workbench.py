"""Edits, locks, undo and redo in any order: rows stay probability vectors, and undoing all gives the file."""

import math
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.config import Config, parse_config, render_config
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import Workbench

from .steps import step

HOME, ADS = ("pages", "home"), ("ads",)


@pytest.fixture(scope="module")
def bench(config: Config, start: datetime) -> Workbench:
    return Workbench.of(config, Parameters(seed=1, start=start))


# Any sequence of edits


def assert_probabilities(config: Config) -> None:
    for path in config.paths:
        row = config.row(path)
        assert abs(math.fsum(row.values()) - 1) <= 1e-12
        assert all(0 <= value <= 1 for value in row.values())


@given(st.data())
def test_any_sequence(bench: Workbench, data: st.DataObject) -> None:
    loaded = bench
    for _ in range(data.draw(st.integers(1, 12))):
        before = bench
        try:
            bench = step(bench, data)
        except ValueError as refused:
            assert str(refused)  # noqa: PT017 - that something is refused is as good as that it is done
        if len(bench.done) > len(before.done) and not bench.undone:
            assert bench.undo().locks == before.locks
        assert_probabilities(bench.config)
        assert all(name in bench.config.row(path) for path, name in bench.locks)
    reads_as = parse_config(render_config(bench.config), "tuned.yml")
    assert reads_as == bench.config
    whole = bench
    while bench.done:
        bench = bench.undo()
    assert (bench.config, bench.parameters) == (loaded.config, loaded.parameters)
    assert render_config(bench.config) == loaded.config.document.text
    while len(bench.undone) > len(whole.undone):
        bench = bench.redo()
    assert (bench.config, bench.parameters, bench.done) == (whole.config, whole.parameters, whole.done)


# Gestures and history


def test_a_gesture_is_undone_as_one(bench: Workbench) -> None:
    first = bench.set_probability(ADS, "ad_1", 0.5)
    dragged = first
    for value in (0.6, 1.0, 0.3):
        dragged = dragged.set_probability(HOME, "home", value, gesture="a")
    assert len(dragged.done) == 2
    assert dragged.config.pages["home"]["product_a"] == pytest.approx(0.7 * 0.17 / 0.55)
    assert dragged.undo().config == first.config
    assert len(dragged.set_probability(HOME, "home", 0.4, gesture="b").done) == 3
    assert len(dragged.set_probability(HOME, "home", 0.4).set_probability(HOME, "home", 0.3).done) == 4


def test_an_edit_ends_what_could_be_done_again(bench: Workbench) -> None:
    edited = bench.set_probability(ADS, "ad_1", 0.5).set_probability(ADS, "ad_1", 0.6)
    undone = edited.undo()
    assert undone.redo() == edited
    assert undone.set_probability(ADS, "ad_1", undone.config.ads["ad_1"]).undone == undone.undone
    assert undone.set_probability(ADS, "ad_2", 0.1).undone == ()
    with pytest.raises(ValueError, match="nothing to undo"):
        bench.undo()
    with pytest.raises(ValueError, match="nothing to do again"):
        edited.redo()


def test_a_change_tells_when_and_what(bench: Workbench, start: datetime) -> None:
    edited = bench.set_probability(HOME, "home", 0.5, moment=start)
    (change,) = edited.done
    assert (change.moment, change.title) == (start, "home → home")
    (edit,) = change.edits
    assert (edit.path, edit.old, edit.new) == (HOME, dict(bench.config.pages["home"]), edited.config.pages["home"])
    assert edited.diff == change.edits
    assert edited.undo().diff == ()
    tuned = edited.set_parameters(user_pool_size=5)
    assert [(edit.path, edit.old, edit.new) for edit in tuned.done[-1].edits] == [
        (("simulation", "user_pool_size"), 10_000, 5)
    ]


def test_revert(bench: Workbench) -> None:
    edited = (
        bench.set_probability(HOME, "home", 0.5).set_probability(ADS, "ad_1", 0.5).rename_page("cart", "basket")
    )
    assert edited.revert_row(HOME).config.pages["home"] == bench.config.pages["home"]
    assert edited.revert_row(HOME).config.ads == edited.config.ads
    back = edited.rename_page("basket", "till").revert_all()
    assert (back.config, back.renamed) == (bench.config, {"till": "cart"})
    assert render_config(back.config) == bench.config.document.text
    assert back.undo().config.page_names[3] == "till"
    renamed = edited.set_probability(("pages", "basket"), "payment", 0.1)
    assert renamed.revert_row(("pages", "basket")).config == edited.config
    with pytest.raises(ValueError, match="has no row"):
        edited.revert_row(("pages", "cart"))


# Locks


def test_locked_ones_stay(bench: Workbench) -> None:
    locked = bench.toggle_lock(HOME, "product_a").toggle_lock(HOME, "session_end")
    row = locked.set_probability(HOME, "home", 0.2).config.pages["home"]
    assert row == pytest.approx({"home": 0.2, "product_a": 0.17, "product_b": 0.37, "session_end": 0.26})
    assert (row["product_a"], row["session_end"]) == (0.17, 0.26)
    far = locked.set_probability(HOME, "home", 0.9)
    assert far.config.pages["home"]["home"] == 0.57
    assert far.reason == "the locked probabilities of 'home' leave at most 0.57"


def test_no_room(bench: Workbench) -> None:
    locked = bench
    for name in ("ad_1", "ad_2", "ad_3", "ad_4"):
        locked = locked.toggle_lock(ADS, name)
    held = locked.set_probability(ADS, "ad_5", 0.5)
    assert (held.config, held.done) == (bench.config, ())
    assert held.reason == "the locks of 'ads' leave no room: unlock another of its probabilities"
    itself = locked.set_probability(ADS, "ad_1", 0.5)
    assert itself.reason == "'ad_1' of 'ads' is locked: unlock it first"
    free = locked.toggle_lock(ADS, "ad_1").set_probability(ADS, "ad_5", 0.22)
    assert free.config.ads == pytest.approx({"ad_1": 0.03, "ad_2": 0.3, "ad_3": 0.2, "ad_4": 0.25, "ad_5": 0.22})


def test_a_whole_row(bench: Workbench) -> None:
    hours = ("visits_per_hour",)
    drawn = bench.set_row(hours, {str(hour): float(hour) for hour in range(24)})
    assert drawn.config.visits_per_hour == pytest.approx([hour / 276 for hour in range(24)], abs=1e-9)
    locked = bench.toggle_lock(ADS, "ad_2").set_row(ADS, dict.fromkeys(bench.config.ads, 1))
    assert locked.config.ads == pytest.approx({**dict.fromkeys(bench.config.ads, 0.175), "ad_2": 0.3}, abs=1e-15)
    assert locked.config.ads["ad_2"] == 0.3
    for weights in ({"ad_1": 1}, dict.fromkeys(bench.config.ads, 0), dict.fromkeys(bench.config.ads, -1)):
        with pytest.raises(ValueError, match="a row is set by numbers"):
            bench.set_row(ADS, weights)


def test_a_lock_on_what_is_no_billionth_stays_to_the_last_bit(config: Config, bench: Workbench) -> None:
    third = parse_config(
        config.document.text.replace("0.05\n  ad_2: 0.3", "0.0166666666666\n  ad_2: 0.3333333333334"), "t"
    )
    locked = Workbench.of(third, bench.parameters).toggle_lock(ADS, "ad_2")
    tuned = locked.set_probability(ADS, "ad_5", 0.1).config
    assert tuned.ads["ad_2"] == third.ads["ad_2"]
    assert_probabilities(tuned)


def test_locks_follow_names(bench: Workbench) -> None:
    locked = bench.toggle_lock(("pages", "cart"), "cart").toggle_lock(ADS, "ad_1").toggle_lock(HOME, "product_a")
    renamed = locked.rename_page("cart", "basket").rename_name(ADS, "ad_1", "x")
    assert renamed.locks == {(("pages", "basket"), "basket"), (ADS, "x"), (HOME, "product_a")}
    assert renamed.undo().undo().locks == locked.locks
    assert renamed.undo().undo().redo().redo().locks == renamed.locks
    assert renamed.revert_all().locks == locked.locks
    assert locked.remove_page("product_a").locks == {(("pages", "cart"), "cart"), (ADS, "ad_1")}
    gone = locked.remove_page("product_a").remove_page("cart").remove_name(ADS, "ad_1")
    assert gone.locks == frozenset()
    assert gone.undo().undo().undo().locks == locked.locks
    assert gone.undo().undo().undo().redo().redo().redo().locks == frozenset()
    # The page that got the name is another one.
    other = bench.rename_page("cart", "till").add_page("cart", HOME).toggle_lock(("pages", "cart"), "cart")
    assert other.revert_all().locks == frozenset()
    assert locked.followed(gone.config, gone.parameters).locks == frozenset()
    assert locked.toggle_lock(ADS, "ad_1").locked(ADS) == frozenset()
    with pytest.raises(ValueError, match="has no 'ad_7'"):
        bench.toggle_lock(ADS, "ad_7")


# Parameters


def test_tuned_parameters_are_saved_where_they_belong(bench: Workbench, config: Config) -> None:
    assert bench.to_save is bench.config
    assert bench.set_parameters(sessions_per_day=5).to_save.simulation == {"sessions_per_day": 5}
    started = Workbench.of(config, replace(bench.parameters, sessions_per_day=777))
    assert started.to_save.simulation == {}
    assert started.set_parameters(sessions_per_day=10_000).to_save.simulation == {}
    given = config.with_simulation({"batch_size": 5.0})
    tuned = Workbench.of(given, bench.parameters).set_parameters(user_pool_size=10_000, batch_size=7)
    assert tuned.to_save.simulation == {"batch_size": 7}
    with pytest.raises(ValueError, match="the batch size is 0"):
        bench.set_parameters(batch_size=0)
    with pytest.raises(ValueError, match="the parameters are sessions_per_day"):
        bench.set_parameters(seed=1)


def test_an_edit_is_replayed_as_it_was_made(bench: Workbench) -> None:
    edited = bench.rename_page("cart", "till").remove_page("product_b").set_probability(HOME, "home", 0.5)
    edits = [
        replace(edit, step=number)
        for number, change in enumerate(edited.done)
        for edit in differences(0, change.before, change.after, change.renamed)
    ]
    assert Scenario(bench.config, bench.parameters, tuple(edits)).setting_at(10).config == edited.config
