from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.tui.numbers import COUNT_UNITS, nudged, number_text, parse_number
from fakeweb_tui.tui.widgets.number_field import NumberField

from .driving import parameters, showing


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10000", 1e4),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("250k", 250e3),
        ("1.5M", 1.5e6),
        (" 7 ", 7),
        ("20,000", 20e3),
        ("1,234,567", 1_234_567),
        ("1,234.5", 1234.5),
        ("2,500k", 2.5e6),
        ("0,125", 0.125),
        ("12,3456", 12.3456),
        (",5", 0.5),
    ],
)
def test_numbers_as_people_type_them(text: str, value: float) -> None:
    assert parse_number(text, COUNT_UNITS) == value


@given(st.one_of(st.integers(0, 10**9), st.floats(1, 1e6).map(lambda value: round(value, 3))))
def test_a_number_is_typed_as_it_is_shown(value: float) -> None:
    assert parse_number(number_text(value)) == value


@given(st.integers(0, 10_000))
def test_percent_are_exact(hundredths: int) -> None:
    assert parse_number(f"{hundredths / 100:.2f}%", "%") == hundredths / 10_000


@pytest.mark.parametrize(
    "text", ["", "k", "1..2", "-3", "1e5", "ten", "5%", "1,2,3", "1,234,56", "1.234,5", "1.234.567", "٣"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_number(text, COUNT_UNITS)


@given(st.floats(1, 1e9), st.sampled_from([-0.5, -0.1, 0.1, 1.0]), st.booleans())
def test_a_nudge_goes_its_way(value: float, by: float, whole: bool) -> None:
    new = nudged(float(round(value)) if whole else value, by, whole)
    assert (new > value - 0.5) if by > 0 else (new < value + 0.5)
    if whole:
        assert new == int(new)
    elif value >= 10:
        assert new / value == pytest.approx(1 + by, rel=0.01)


def test_number_texts() -> None:
    assert [number_text(value) for value in (10_000, 12.5, 0.1, 1_234_567)] == [
        "10,000",
        "12.5",
        "0.1",
        "1,234,567",
    ]


async def test_numbers_of_the_simulation_are_tuned() -> None:
    async with showing(seconds=3600) as show:
        await show.press("left_square_bracket")
        field = show.main.focused
        assert isinstance(field, NumberField)
        await show.press(*"20k", "enter")
        assert show.main.bench.parameters.sessions_per_day == 20_000
        assert field.mark == "◆"
        assert show.histogram.forecast is not None
        assert show.histogram.forecast.sessions_by_hour.sum() == pytest.approx(20_000)
        await show.press("down", *"500", "enter", "shift+right")
        assert show.main.bench.parameters.user_pool_size == 1000
        await show.until(lambda: show.snapshot.parameters == show.main.bench.parameters, "the simulation obeys")
        run = show.snapshot.run
        await show.press("down", *"5", "enter")
        await show.until(lambda: show.snapshot.parameters.batch_size == 5, "another clock")
        assert show.snapshot.run == run + 1
        await show.press("u", "u", "u", "u")
        await show.until(lambda: show.snapshot.parameters.sessions_per_day == 10_000)
        assert show.main.bench.parameters == show.main.bench.given
        assert not show.main.unsaved


async def test_keys_that_come_together_each_move_the_focus() -> None:
    async with showing() as show:
        await show.press("left_square_bracket")
        await show.press_at_once("down", "down", "right")
        await show.pilot.pause()
        assert show.main.bench.parameters.batch_size == 11
        await show.press_at_once("up", "down", "up", "right")
        await show.pilot.pause()
        assert show.main.bench.parameters.user_pool_size == 11_000


async def test_what_the_screen_shows_can_be_typed() -> None:
    async with showing() as show:
        await show.press("left_square_bracket", *"20,000", "enter")
        assert show.main.bench.parameters.sessions_per_day == 20_000
        await show.press("down", *"5,000", "enter")
        assert show.main.bench.parameters.user_pool_size == 5_000
        assert "20,000" in show.text
        assert "5,000" in show.text


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_numbers_by_the_mouse(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        await show.press("left_square_bracket")
        pool = next(field for field in show.main.query(NumberField) if field.number.name == "user_pool_size")
        await show.until(lambda: pool.size.width, "its place on the screen")
        line = pool.render_line(0).text
        await show.pilot.click(pool, offset=(line.index("+"), 0))
        assert show.main.bench.parameters.user_pool_size == 11_000
        assert pool.render_line(0).text.rstrip()[-1] == "◆"
        await show.pilot.click(pool, offset=(line.index("−"), 0))
        await show.pilot.click(pool, offset=(line.index("−"), 0))
        assert show.main.bench.parameters.user_pool_size == 8_910
        await show.pilot.click(pool, offset=(line.index("10,000"), 0))
        # While a value is typed there are no signs to click.
        await show.pilot.click(pool, offset=(line.index("−"), 0))
        await show.press(*"5k", "enter")
        assert show.main.bench.parameters.user_pool_size == 5_000


async def test_a_number_out_of_range_says_what_is_right_and_changes_nothing() -> None:
    async with showing((120, 40)) as show:
        await show.press("left_square_bracket", "down", *"0", "enter")
        assert show.main.bench.parameters == show.parameters
        assert "the user pool size is 0: it is 1 to" in show.notifications[-1]
        await show.press(*"1.5", "enter")
        assert "it is a whole number" in show.notifications[-1]
        await show.press(*"1..5", "enter")
        assert show.notifications[-1] == "1..5: write a number such as 10000, 12.5, 250k or 1.5M"
        await show.press("escape")
        assert "10,000" in show.text


async def test_keys_that_arrive_together_all_count() -> None:
    async with showing() as show:
        await show.press("left_square_bracket")
        await show.press_at_once("right", "right", "right")
        assert show.main.bench.parameters.sessions_per_day == 13_300
        await show.press("down")
        await show.press_at_once(*["shift+left"] * 2)
        assert show.main.bench.parameters.user_pool_size == parameters().user_pool_size / 4
