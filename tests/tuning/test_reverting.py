"""Pages that came, went or were renamed are put back one by one, in any order; rows stay probability vectors."""

import math
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.config import Config, load_site, render_config
from fakeweb_tui.scenario import Edit, Scenario, differences
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import Workbench

HOME, CART = ("pages", "home"), ("pages", "cart")
SITES = ["shop", "bank", "news", "saas", "streaming"]


@pytest.fixture(scope="module")
def bench(config: Config, start: datetime) -> Workbench:
    return Workbench.of(config, Parameters(seed=1, start=start))


def assert_valid(config: Config) -> None:
    for path in config.paths:
        row = config.row(path)
        assert abs(math.fsum(row.values()) - 1) <= 1e-12
        assert all(0 <= value <= 1 for value in row.values())


@pytest.mark.parametrize("site", SITES)
def test_any_one_page_comes_back_as_it_was(site: str, start: datetime) -> None:
    bench = Workbench.of(load_site(site), Parameters(seed=1, start=start))
    for page in bench.config.pages:
        try:
            removed = bench.remove_page(page)
        except ValueError:
            continue  # such as the only landing page
        back = removed.revert_page(page)
        assert back.config == bench.config
        assert render_config(back.config) == bench.config.document.text
        assert back.diff == ()
        assert back.undo().config == removed.config


@pytest.mark.parametrize("site", SITES)
def test_any_two_pages_come_back_in_either_order(site: str, start: datetime) -> None:
    bench = Workbench.of(load_site(site), Parameters(seed=1, start=start))
    pages = bench.config.page_names
    for one, other in pairwise(pages):
        try:
            removed = bench.remove_page(one).remove_page(other)
        except ValueError:
            continue
        for first, second in ((one, other), (other, one)):
            back = removed.revert_page(first)
            assert_valid(back.config)
            assert set(back.config.pages) == set(pages) - {second}
            back = back.revert_page(second)
            assert back.config.page_names == pages
            for path in bench.config.paths:
                assert back.config.row(path) == pytest.approx(bench.config.row(path), abs=1e-7)


def test_a_page_that_was_added_goes(bench: Workbench) -> None:
    for origin in (HOME, CART, ("landing_pages",)):
        added = bench.add_page("offers", origin, 0.37)
        assert added.revert_page("offers").config == bench.config
    edited = bench.add_page("offers", HOME, 0.2).set_probability(HOME, "product_a", 0.5)
    row = edited.revert_page("offers").config.pages["home"]
    others = {name: share for name, share in edited.config.pages["home"].items() if name != "offers"}
    assert row == pytest.approx({name: share / sum(others.values()) for name, share in others.items()}, abs=1e-8)


def test_where_a_row_leads_to_the_added_page_only_it_leads_where_that_did(bench: Workbench) -> None:
    only = bench.add_page("offers", HOME, 0.2)
    for name in [name for name in only.config.pages["confirmation"] if name != "session_end"]:
        only = only.remove_name(("pages", "confirmation"), name)
    only = only.add_name(("pages", "confirmation"), "offers", 0.5)
    only = only.remove_name(("pages", "confirmation"), "session_end")
    assert only.config.pages["confirmation"] == {"offers": 1}
    assert only.revert_page("offers").config.pages["confirmation"] == {"session_end": 1}


def test_a_name_comes_back_with_the_sessions(bench: Workbench) -> None:
    renamed = bench.rename_page("cart", "basket").rename_page("basket", "till").remove_page("product_b")
    assert renamed.names == {page: page for page in bench.config.pages if page not in ("cart", "product_b")} | {
        "cart": "till"
    }
    back = renamed.revert_page("till")
    assert back.renamed == {"till": "cart"}
    assert back.config == bench.remove_page("product_b").config
    with pytest.raises(ValueError, match="there is a page 'cart' already"):
        renamed.add_page("cart", HOME).revert_page("till")
    # By a name that another page has now, it is that page which gets its own back.
    taken = bench.remove_page("cart").rename_page("home", "cart")
    assert taken.revert_page("cart").revert_page("cart").config == bench.config
    assert taken.revert_page("home").revert_page("cart").config == bench.config
    assert bench.revert_page("home") == bench
    with pytest.raises(ValueError, match="there is no page 'nowhere'"):
        bench.revert_page("nowhere")


def test_what_was_tuned_meanwhile_stays(bench: Workbench) -> None:
    removed = bench.remove_page("product_b").set_probability(("pages", "payment"), "confirmation", 0.7)
    removed = removed.rename_page("cart", "basket").add_page("offers", HOME, 0.25)
    back = removed.revert_page("product_b").config
    assert back.pages["payment"]["confirmation"] == 0.7
    assert back.pages["product_b"] == {"product_b": 0.4, "home": 0.22, "basket": 0.14, "session_end": 0.24}
    # A quarter of those on home go to the new page first.
    assert back.pages["home"]["product_b"] == 0.12
    assert back.pages["home"]["offers"] == pytest.approx(0.25, abs=0.05)
    assert list(back.pages) == ["home", "product_a", "product_b", "basket", "payment", "offers", "confirmation"]


def test_a_row_goes_back_to_what_is_left_of_it(bench: Workbench) -> None:
    removed = bench.remove_page("product_b").rename_page("cart", "basket")
    tuned = removed.set_probability(HOME, "home", 0.9)
    assert tuned.revert_row(HOME).config == removed.config
    landing = removed.set_probability(("landing_pages",), "home", 0.1)
    assert landing.revert_row(("landing_pages",)).config == removed.config


def test_edits_of_a_scenario_know_the_names_again(bench: Workbench, config: Config) -> None:
    edited = bench.rename_page("cart", "basket").remove_page("product_b")
    edits: list[Edit] = []
    for change in edited.done:
        edits += differences(3, change.before, change.after, change.renamed)
    again = Workbench.of_scenario(Scenario(config, bench.parameters, tuple(edits)))
    assert again.config == edited.config
    assert again.revert_page("basket").revert_page("product_b").config == bench.config


@given(st.data())
def test_all_differences_can_be_put_back_one_by_one(bench: Workbench, data: st.DataObject) -> None:
    """After any edits of pages, every difference is put back, pages first; what cannot be is said."""
    loaded = bench
    for _ in range(data.draw(st.integers(1, 6))):
        page = data.draw(st.sampled_from(bench.config.page_names))
        path = data.draw(st.sampled_from([("pages", page), ("landing_pages",)]))
        name = data.draw(st.sampled_from(list(bench.config.row(path))))
        new = data.draw(st.sampled_from(["a", "b", "home", "cart"]))
        calls: dict[str, tuple[object, ...]] = {
            "remove_page": (page,),
            "rename_page": (page, new),
            "add_page": (new, path, 0.3),
            "set_probability": (path, name, 0.3),
            "remove_name": (path, name),
        }
        what = data.draw(st.sampled_from(sorted(calls)))
        try:
            bench = getattr(bench, what)(*calls[what])
        except ValueError:
            continue
    for page in data.draw(st.permutations(sorted({*bench.config.pages, *loaded.config.pages}))):
        try:
            bench = bench.revert_page(page)
        except ValueError as refused:
            assert str(refused)  # noqa: PT017 - a refusal says why
        assert_valid(bench.config)
    names = bench.names
    if bench.config.page_names == loaded.config.page_names and all(page == name for page, name in names.items()):
        for path in bench.config.paths:
            bench = bench.revert_row(path)
        assert bench.config == loaded.config


def test_a_page_that_was_renamed_before_other_edits_is_known_again() -> None:
    config, parameters = load_site("shop"), Parameters(1, datetime(2026, 3, 2))
    first = Workbench.of(config, parameters).rename_page("home", "start")
    second = first.set_probability(("ads",), "ad_1", 0.9)
    edits = [
        *differences(0, config, first.config, {"home": "start"}),
        *differences(10, first.config, second.config),
    ]
    again = Workbench.of_scenario(Scenario(config, parameters, tuple(edits)))
    assert again.config == second.config
    assert again.done[0].renamed == {"home": "start"}
    assert again.revert_page("start").config.page_names == config.page_names
