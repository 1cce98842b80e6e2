"""Edits of a row: what the others do, to the last billionth, and what holds an edit back."""

from collections.abc import Mapping

import pytest
from helpers import site
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fakeweb_tui.config import Config, parse_config, render_config, structure_problems
from fakeweb_tui.tuning import SMALLEST, UNITS, coupled, tune

NAMES = "abcdefghijkl"


@st.composite
def rows(draw: st.DrawFn, least: int = 2) -> dict[str, float]:
    """Rows as they are edited: whole billionths that add up to 1."""
    shares = draw(st.lists(st.integers(0, 1000), min_size=least, max_size=12).filter(any))
    units = [share * UNITS // sum(shares) for share in shares]
    units[draw(st.integers(0, len(units) - 1))] += UNITS - sum(units)
    return {name: unit / UNITS for name, unit in zip(NAMES, units, strict=False)}


def units_of(row: Mapping[str, float]) -> list[int]:
    units = [round(value * UNITS) for value in row.values()]
    assert [unit / UNITS for unit in units] == list(row.values())
    return units


values = st.floats(0, 1) | st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(rows(), st.data(), values)
@example({"a": 1.0, "b": 0.0}, None, 0.0)
def test_a_coupled_row(row: dict[str, float], data: st.DataObject | None, value: float) -> None:
    name = data.draw(st.sampled_from(list(row))) if data else "a"
    new = coupled(row, name, value)
    assert list(new) == list(row)
    assert all(0 <= share <= 1 for share in new.values())
    assert sum(units_of(new)) == UNITS
    assert new[name] == round(value * UNITS) / UNITS
    others = [other for other in row if other != name]
    total = sum(row[other] for other in others)
    for other in others:
        share = row[other] / total if total else 1 / len(others)
        # Each keeps its share of the rest, within the billionth that rounding may take or give.
        assert abs(new[other] - (1 - new[name]) * share) < 1.001 / UNITS
        assert new[other] == 0 or row[other] > 0 or not total


@given(rows(), st.data())
def test_going_to_one_or_none_and_back_restores_the_row(row: dict[str, float], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(row)))
    # Of a row in which the others have nothing to keep, they cannot get it back.
    assume(row[name] < 1)
    for extreme in (1.0, 0.0):
        gone = coupled(row, name, extreme)
        assert gone[name] == extreme
    assert coupled(row, name, row[name]) == pytest.approx(row, abs=1.5 / UNITS)
    assert units_of(coupled(row, name, row[name]))[list(row).index(name)] == round(row[name] * UNITS)


def test_the_default_rows_are_restored_exactly(config: Config) -> None:
    for path in config.paths:
        origin = dict(config.row(path))
        name = next(iter(origin))
        tuned = config
        for value in (1, 0, 0.5, origin[name]):
            tuned = tune(tuned, path, name, value, origin).config
        assert dict(tuned.row(path)) == pytest.approx(origin, abs=1e-12)
        assert render_config(tuned) == render_config(config)


def test_others_without_a_share_share_equally() -> None:
    assert coupled({"a": 1.0, "b": 0.0, "c": 0.0}, "a", 0.5) == {"a": 0.5, "b": 0.25, "c": 0.25}
    assert sum(units_of(coupled(dict.fromkeys("bcd", 0.0) | {"a": 1.0}, "a", 0.0))) == UNITS


def test_the_only_probability_of_a_row_stays_one() -> None:
    for value in (0, 0.3, 1):
        assert coupled({"a": 1.0}, "a", value) == {"a": 1.0}


def test_an_edit_by_hand() -> None:
    row = {"home": 0.45, "product_a": 0.17, "product_b": 0.12, "session_end": 0.26}
    new = coupled(row, "home", 0.12)
    assert new == pytest.approx({"home": 0.12, "product_a": 0.272, "product_b": 0.192, "session_end": 0.416})
    assert units_of(new) == [120_000_000, 272_000_000, 192_000_000, 416_000_000]


# Tuning a config


@given(st.data(), st.sampled_from([0.0, 1.0]) | values)
def test_tuning_never_makes_an_invalid_config(config: Config, data: st.DataObject, value: float) -> None:
    edited = config
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(config.paths))
        name = data.draw(st.sampled_from(list(config.row(path))))
        tuned = tune(edited, path, name, value, edited.row(path))
        edited = tuned.config
        assert tuned.value == pytest.approx(edited.row(path)[name], abs=1e-15)
        held = abs(tuned.value - value) > 1e-9
        assert bool(tuned.reason) == held
        assert not any(structure_problems(edited.pages, edited.landing_pages))
        assert parse_config(render_config(edited), "edited.yml") == edited


def test_an_edit_that_is_free_goes_to_the_ends(config: Config) -> None:
    tuned = tune(config, ("browsers",), "Opera", 1, config.browsers)
    assert (tuned.value, tuned.reason) == (1, "")
    assert tuned.config.browsers == {"Chrome": 0, "Firefox": 0, "InternetExplorer": 0, "Safari": 0, "Opera": 1}
    tuned = tune(config, ("visits_per_hour",), "3", 0, config.row(("visits_per_hour",)))
    assert tuned.config.visits_per_hour[3] == 0
    assert sum(tuned.config.visits_per_hour) == pytest.approx(1)


@pytest.mark.parametrize(
    ("path", "name", "value", "held_at", "reason"),
    [
        (("pages", "payment"), "confirmation", 0, SMALLEST, "no session can reach page 'confirmation'"),
        (("pages", "cart"), "payment", 0, SMALLEST, "no session can reach page 'payment'"),
        (("pages", "confirmation"), "confirmation", 1, 1 - SMALLEST, "no session can end from page"),
        (("pages", "confirmation"), "session_end", 0, SMALLEST, "no session can end from page 'confirmation'"),
        (("pages", "payment"), "payment", 1, 1 - SMALLEST, "no session can"),
    ],
)
def test_an_edit_stops_just_short_of_cutting_a_page_off(
    config: Config, path: tuple[str, ...], name: str, value: float, held_at: float, reason: str
) -> None:
    tuned = tune(config, path, name, value, config.row(path))
    assert tuned.value == pytest.approx(held_at)
    assert tuned.config.row(path)[name] == pytest.approx(held_at)
    assert tuned.reason.startswith(reason)
    # The value that it stops at can be had for the asking.
    assert tune(config, path, name, abs(value - SMALLEST), config.row(path)).reason == ""


def test_an_edit_that_cannot_be_is_not_made(config: Config) -> None:
    # The ratios to be kept say that no one goes on to the cart, whatever the value.
    origin = {"product_a": 0.5, "home": 0.3, "cart": 0.0, "session_end": 0.2}
    lone = site({"a": {"b": 0.5, "session_end": 0.5}, "b": {"session_end": 1}}, {"a": 1})
    tuned = tune(lone, ("pages", "a"), "b", 0.7, {"b": 0.5, "session_end": 0.5, "nowhere": 0.5})
    assert (tuned.config, tuned.value) == (lone, 0.5)
    assert "nowhere" in tuned.reason
    only = config.with_row(("pages", "product_b"), {"product_b": 0.4, "home": 0.22, "session_end": 0.38})
    tuned = tune(only, ("pages", "product_a"), "home", 0.7, origin)
    assert (tuned.config, tuned.value) == (only, 0.18)
    assert tuned.reason.startswith("no session can reach page 'cart'")


def test_the_only_way_out_of_a_page_stays() -> None:
    lone = site({"a": {"session_end": 1}}, {"a": 1})
    tuned = tune(lone, ("pages", "a"), "session_end", 0, lone.pages["a"])
    assert (tuned.config, tuned.value) == (lone, 1)


def test_the_others_take_their_ratios_from_where_the_gesture_began(config: Config) -> None:
    origin = config.pages["home"]
    tuned = tune(config, ("pages", "home"), "home", 1, origin).config
    for value in (0.999, 0.5, 0.3):
        tuned = tune(tuned, ("pages", "home"), "home", value, origin).config
    row = tuned.pages["home"]
    assert row["home"] == pytest.approx(0.3)
    assert row["product_a"] / row["session_end"] == pytest.approx(0.17 / 0.26, abs=1e-8)


def test_tuning_leaves_the_config_that_it_was_given(config: Config) -> None:
    tuned = tune(config, ("landing_pages",), "home", 0.5, config.landing_pages)
    assert tuned.config.landing_pages["home"] == 0.5
    assert config.landing_pages["home"] == 0.6
