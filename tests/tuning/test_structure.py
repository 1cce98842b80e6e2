"""Names and pages that come, go and are renamed: what happens to the rows, and that the rest stays valid."""

import numpy as np
import pytest
from helpers import site

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.markov import AbsorbingChain, TransitionMatrix
from fakeweb_tui.tuning.structure import add_name, add_page, remove_name, remove_page, rename_name, rename_page

ADS, BROWSERS, HOME, LANDING = ("ads",), ("browsers",), ("pages", "home"), ("landing_pages",)


def reach(config: Config) -> dict[str, float]:
    chain = AbsorbingChain(TransitionMatrix.of(config), 360)
    return dict(zip(config.page_names, chain.reach.tolist(), strict=True))


def test_a_new_name_takes_its_part_of_all(config: Config) -> None:
    row = add_name(config, ADS, "ad_6", 0.2).ads
    assert row == pytest.approx({"ad_1": 0.04, "ad_2": 0.24, "ad_3": 0.16, "ad_4": 0.2, "ad_5": 0.16, "ad_6": 0.2})
    assert list(row)[-1] == "ad_6"


def test_a_new_target_stands_before_the_end(config: Config) -> None:
    row = add_name(config, HOME, "cart", 0.1).pages["home"]
    assert list(row) == ["home", "product_a", "product_b", "cart", "session_end"]
    assert row["home"] == pytest.approx(0.405)
    assert add_name(config, LANDING, "payment", 0).landing_pages["payment"] == 0


@pytest.mark.parametrize(
    ("path", "name", "value", "problem"),
    [
        (ADS, "ad_1", 0.1, "has 'ad_1' already"),
        (ADS, "", 0.1, "a name is empty"),
        (BROWSERS, "Netscape", 0.1, "unknown browser 'Netscape': the browsers are"),
        (("operating_systems",), "BeOS", 0.1, "unknown operating system"),
        (HOME, "nowhere", 0.1, "unknown page 'nowhere'"),
        (LANDING, "session_end", 0.1, "no session can land on session_end"),
        (("visits_per_hour",), "24", 0.1, "unknown hour"),
    ],
)
def test_names_that_cannot_be(config: Config, path: RowPath, name: str, value: float, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        add_name(config, path, name, value)


def test_a_name_that_goes_leaves_its_part_to_the_others(config: Config) -> None:
    row = remove_name(config, ADS, "ad_2").ads
    assert row == pytest.approx({"ad_1": 0.05 / 0.7, "ad_3": 0.2 / 0.7, "ad_4": 0.25 / 0.7, "ad_5": 0.2 / 0.7})
    assert remove_name(config, ADS, "ad_2", ["ad_1"]).ads["ad_1"] == 0.05


@pytest.mark.parametrize(
    ("path", "name", "problem"),
    [
        (ADS, "ad_9", "has no 'ad_9'"),
        (("visits_per_hour",), "3", "a day has 24 hours"),
        (("pages", "payment"), "confirmation", "no session can reach page 'confirmation'"),
        (("pages", "confirmation"), "session_end", "no session can end"),
    ],
)
def test_names_that_cannot_go(config: Config, path: RowPath, name: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        remove_name(config, path, name)


def test_the_last_name_stays(config: Config) -> None:
    one = remove_name(config, ("campaigns",), "campaign_1")
    assert one.campaigns == {"campaign_2": 1}
    with pytest.raises(ValueError, match="is all that 'campaigns' has"):
        remove_name(one, ("campaigns",), "campaign_2")


def test_locks_leave_no_room(config: Config) -> None:
    with pytest.raises(ValueError, match="the locks of 'campaigns' leave no room"):
        remove_name(config, ("campaigns",), "campaign_1", ["campaign_2"])
    with pytest.raises(ValueError, match="the locks of 'campaigns' leave no room"):
        add_name(config, ("campaigns",), "campaign_3", 0.5, ["campaign_1", "campaign_2"])
    with pytest.raises(ValueError, match="the locks of 'confirmation' leave no room"):
        add_page(config, "help", ("pages", "confirmation"), 0.1, ["confirmation", "session_end"])


def test_a_name_keeps_its_place_when_renamed(config: Config) -> None:
    assert list(rename_name(config, ADS, "ad_2", "x").ads.items())[1] == ("x", 0.3)
    assert rename_name(config, ADS, "ad_2", "ad_2") == config
    for path, old, new, problem in (
        (ADS, "ad_2", "ad_3", "has 'ad_3' already"),
        (ADS, "ad_9", "x", "has no 'ad_9'"),
        (BROWSERS, "Opera", "Netscape", "unknown browser"),
        (HOME, "home", "x", "rename the page"),
        (("visits_per_hour",), "1", "25", "the hours of a day"),
    ):
        with pytest.raises(ValueError, match=problem):
            rename_name(config, path, old, new)


def test_a_new_page_stands_before_the_goal(config: Config) -> None:
    new = add_page(config, "help", HOME, 0.25)
    assert new.page_names == ("home", "product_a", "product_b", "cart", "payment", "help", "confirmation")
    assert new.goal == "confirmation"
    assert new.pages["help"] == {"help": 0.5, "session_end": 0.5}
    assert list(new.pages["home"]) == ["home", "product_a", "product_b", "help", "session_end"]
    assert new.pages["home"]["session_end"] == pytest.approx(0.195)
    assert add_page(config, "help", LANDING).landing_pages["help"] == 0.1
    for page, origin, value, problem in (
        ("home", HOME, 0.1, "there is a page 'home' already"),
        ("session_end", HOME, 0.1, "session_end is the end"),
        ("", HOME, 0.1, "a name is empty"),
        ("help", HOME, 0.0, "give a number above 0"),
        ("help", ("pages", "payment"), 1.0, "no session can reach page 'confirmation'"),
        ("help", ("pages", "nowhere"), 0.1, "has no row"),
    ):
        with pytest.raises(ValueError, match=problem):
            add_page(config, page, origin, value)


def test_a_page_that_is_renamed_is_renamed_everywhere(config: Config) -> None:
    new = rename_page(config, "home", "start")
    assert new.page_names == ("start", *config.page_names[1:])
    assert "home" not in str((new.pages, new.landing_pages))
    np.testing.assert_array_equal(TransitionMatrix.of(new).rows, TransitionMatrix.of(config).rows)
    np.testing.assert_array_equal(TransitionMatrix.of(new).landing, TransitionMatrix.of(config).landing)
    for old, name, problem in (
        ("home", "cart", "there is a page 'cart' already"),
        ("nowhere", "x", "there is no page 'nowhere'"),
        ("home", "session_end", "session_end is the end"),
    ):
        with pytest.raises(ValueError, match=problem):
            rename_page(config, old, name)


@pytest.mark.parametrize("page", ["product_a", "product_b", "cart", "payment", "confirmation"])
def test_every_other_page_is_reached_as_before(config: Config, page: str) -> None:
    # Where sessions only land, all of them begin as before.
    lands_home = config.with_row(("landing_pages",), {"home": 1, "product_a": 0, "product_b": 0})
    new = remove_page(lands_home, page)
    before = reach(lands_home)
    before.pop(page)
    assert reach(new) == pytest.approx(before, abs=1e-8)
    assert page not in str((new.pages, new.landing_pages))


def test_a_landing_page_goes(config: Config) -> None:
    new = remove_page(config, "home")
    # Of home's 0.6, the 0.26 / 0.55 that left at once no longer come.
    onward = {"product_a": 0.17 / 0.55, "product_b": 0.12 / 0.55}
    expected = {"product_a": 0.25 + 0.6 * onward["product_a"], "product_b": 0.15 + 0.6 * onward["product_b"]}
    total = sum(expected.values())
    assert new.landing_pages == pytest.approx({page: share / total for page, share in expected.items()})
    assert new.pages["product_a"]["session_end"] == pytest.approx(0.2 + 0.18 * 0.26 / 0.55)


def test_pages_that_cannot_go() -> None:
    lone = site({"a": {"session_end": 1}}, {"a": 1})
    with pytest.raises(ValueError, match="'a' is the only page"):
        remove_page(lone, "a")
    with pytest.raises(ValueError, match="there is no page 'b'"):
        remove_page(lone, "b")
    two = site({"a": {"b": 0.5, "session_end": 0.5}, "b": {"session_end": 1}}, {"a": 1})
    assert remove_page(two, "a").landing_pages == {"b": 1}
    ends = site({"a": {"session_end": 1}, "b": {"session_end": 1}}, {"a": 0.5, "b": 0.5})
    assert remove_page(ends, "a").landing_pages == {"b": 1}
