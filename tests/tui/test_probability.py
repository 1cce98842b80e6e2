import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fakeweb_tui.tui.probability import (
    fit,
    format_value,
    parse_probability,
    plan_row,
    position_to_value,
    snap,
    value_to_eighths,
)

PROBABILITIES = st.floats(0, 1)
CELLS = st.integers(2, 200)


@given(CELLS)
def test_bar_ends_are_exact(cells: int) -> None:
    assert position_to_value(0, cells) == 0
    assert position_to_value(0.9, cells) == 0
    assert position_to_value(cells - 1, cells) == 1
    assert position_to_value(cells - 0.1, cells) == 1


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(1, 200))
def test_position_to_value_is_monotone_and_bounded(one: float, other: float, cells: int) -> None:
    low, high = sorted((one, other))
    below, above = position_to_value(low, cells), position_to_value(high, cells)
    assert 0 <= below <= above <= 1
    assert below == round(below, 3)


@given(CELLS, st.data())
def test_bar_reaches_into_the_cell_that_was_pressed(cells: int, data: st.DataObject) -> None:
    cell = data.draw(st.integers(0, cells - 1))
    filled = value_to_eighths(position_to_value(cell, cells), cells) / 8
    assert cell - 0.25 <= filled <= cell + 1.25  # three decimals of 200 cells are a fifth of a cell


@given(PROBABILITIES, PROBABILITIES, st.integers(0, 200))
def test_eighths_are_monotone_and_honest_at_the_ends(one: float, other: float, cells: int) -> None:
    low, high = sorted((one, other))
    below, above = value_to_eighths(low, cells), value_to_eighths(high, cells)
    assert 0 <= below <= above <= cells * 8
    if cells:
        assert (below == 0) == (low == 0)
        assert (above == cells * 8) == (high == 1)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_snap_gives_a_probability(value: float) -> None:
    assert 0 <= snap(value) <= 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.17", 0.17),
        (".17", 0.17),
        (",17", 0.17),
        ("0,17", 0.17),
        ("17%", 0.17),
        ("1", 1.0),
        ("1.", 1.0),
        ("0", 0.0),
        ("100%", 1.0),
        ("0.5%", 0.005),
        (".0425", 0.0425),
        ("57%", 0.57),
    ],
)
def test_typed_values(text: str, value: float) -> None:
    assert parse_probability(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "2", "1.5", "..", ".", ",", "%", "101%", "1.0001", "-1", "1e-3", "nan", "inf", "0.1.2", "1%%", "٣", "1k"],
)
def test_bad_typed_values(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|above 1"):
        parse_probability(text)


@given(st.integers(0, 1000))
def test_what_is_shown_can_be_typed(thousandths: int) -> None:
    value = thousandths / 1000
    assert parse_probability(format_value(value, 5)) == value
    assert parse_probability(format_value(value, 4)) == value


@pytest.mark.parametrize(
    ("value", "wide", "narrow"),
    [(0, "0.000", ".000"), (0.17, "0.170", ".170"), (1, "1.000", "1.00"), (0.9996, "1.000", "1.00")],
)
def test_format_value(value: float, wide: str, narrow: str) -> None:
    assert (format_value(value, 5), format_value(value, 4)) == (wide, narrow)


@given(st.integers(8, 200), st.integers(0, 60))
def test_parts_of_a_row_never_overlap(width: int, label_width: int) -> None:
    plan = plan_row(width, label_width)
    assert 0 <= plan.label <= label_width
    assert 1 + plan.label <= plan.bar_start
    assert plan.bar >= 1
    assert plan.bar_start + plan.bar < plan.value_start
    assert plan.value_start + plan.value < width


@given(st.text(), st.integers(0, 30))
def test_fit_has_the_asked_width(text: str, cells: int) -> None:
    assert cell_len(fit(text, cells)) == cells


def test_fit_marks_a_cut() -> None:
    assert fit("confirmation", 8) == "confirm…"
    assert fit("漢漢漢", 4) == "漢… "
    assert fit("home", 6) == "home  "
