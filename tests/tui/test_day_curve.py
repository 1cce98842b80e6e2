from __future__ import annotations

import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.tui.day_curve import HEADROOM, HOURS, as_row, level_share, snap, stroke
from fakeweb_tui.tui.widgets.day_curve import DayCurve

from .driving import SITE, Show, showing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOURS_SECTION = 2
SHARES = st.lists(st.floats(0, 1), min_size=HOURS, max_size=HOURS).filter(lambda shares: sum(shares) > 1e-6)
POINTS = st.tuples(st.integers(0, HOURS - 1), st.floats(0, 1))


@given(SHARES)
def test_a_drawn_day_becomes_a_row_of_the_same_shape(shares: list[float]) -> None:
    row = as_row(shares)
    assert row is not None
    assert list(row) == [str(hour) for hour in range(HOURS)]
    assert math.fsum(row.values()) == 1
    assert min(row.values()) >= 0
    total = math.fsum(shares)
    assert list(row.values()) == pytest.approx([share / total for share in shares], abs=1e-12)


def test_a_day_without_visits_is_none() -> None:
    assert as_row([0.0] * HOURS) is None


@given(SHARES, POINTS, POINTS)
def test_a_stroke_goes_straight_from_point_to_point(
    shares: list[float], begin: tuple[int, float], end: tuple[int, float]
) -> None:
    drawn = stroke(shares, begin, end)
    low, high = sorted((begin[0], end[0]))
    assert drawn[:low] == tuple(shares[:low])
    assert drawn[high + 1 :] == tuple(shares[high + 1 :])
    assert drawn[end[0]] == pytest.approx(end[1])
    if begin[0] != end[0]:
        assert drawn[begin[0]] == pytest.approx(begin[1])
        steps = [drawn[hour + 1] - drawn[hour] for hour in range(low, high)]
        assert steps == pytest.approx([steps[0]] * len(steps), abs=1e-9)


def test_levels() -> None:
    assert [level_share(row, 4, 0.2) for row in (-3, 0, 1, 4, 9)] == [0.2, 0.2, pytest.approx(0.15), 0.0, 0.0]
    assert [snap(value) for value in (-1, 0.12344, 0.12346, 2)] == [0, 0.1234, 0.1235, 1]


@asynccontextmanager
async def hours(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Show, DayCurve]]:
    """Show the app with the section of the hours, from the first key on."""
    async with showing(size, seconds=9 * 3600) as show:
        await show.press("right_square_bracket", "right_square_bracket")
        await show.until(lambda: isinstance(show.main.focused, DayCurve), "the day")
        assert show.editor.section == HOURS_SECTION
        yield show, show.main.query_one(DayCurve)


def shape(day: tuple[float, ...], left_out: int) -> list[float]:
    """The hours but one, in parts of their sum."""
    others = [share for hour, share in enumerate(day) if hour != left_out]
    return [share / sum(others) for share in others]


async def test_arrows_choose_an_hour_and_move_it() -> None:
    async with hours() as (show, curve):
        assert curve.shares == SITE.visits_per_hour
        await show.press("right", "right", "right", "left")
        assert curve.hour == 2
        await show.press("up", "up", "shift+up", "down")
        day = show.config.visits_per_hour
        assert day[2] == pytest.approx(snap(SITE.visits_per_hour[2]) + 0.011, abs=2e-4)
        assert math.fsum(day) == 1
        assert shape(day, 2) == pytest.approx(shape(SITE.visits_per_hour, 2), abs=1e-7)
        assert curve.shares == day
        assert "1 row edited" in show.lines[0]
        assert f"▸02–03 {day[2]:.4f}" in show.text
        assert show.histogram.forecast is not None
        assert show.histogram.forecast.sessions_by_hour == pytest.approx([share * 10_000 for share in day])


async def test_keys_that_arrive_together_all_count() -> None:
    async with hours() as (show, curve):
        await show.press_at_once("up", "up", "shift+up", "down")
        day = show.config.visits_per_hour
        assert day[0] == pytest.approx(snap(SITE.visits_per_hour[0]) + 0.011, abs=1e-12)
        assert shape(day, 0) == pytest.approx(shape(SITE.visits_per_hour, 0), abs=1e-7)
        assert curve.shares == day


async def test_a_share_is_typed() -> None:
    async with hours() as (show, _):
        await show.press("end", *"12.5%", "enter")
        assert show.config.visits_per_hour[23] == 0.125
        await show.press("home", *".0425", "enter")
        assert show.config.visits_per_hour[0] == 0.0425
        await show.press("end", *"12.5%", "enter")
        await show.press(*"7", "enter")
        assert show.notifications[-1] == "7: a share is a number from 0 to 1, such as 0.042 or 4.2%"
        await show.press("escape")
        assert show.config.visits_per_hour[23] == 0.125


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (60, 20)])
async def test_the_mouse_draws_the_day(size: tuple[int, int]) -> None:
    async with hours(size) as (show, curve):
        start, column, bars = curve._start, curve._column, curve._bars
        top = max(SITE.visits_per_hour) * HEADROOM
        await show.pilot.mouse_down(curve, offset=(start, bars))
        await show.pilot.hover(curve, offset=(start + 23 * column, bars))
        flat = show.config.visits_per_hour
        assert flat == pytest.approx([1 / HOURS] * HOURS)
        # Still in the scale in which the drawing began.
        await show.pilot.hover(curve, offset=(start + 23 * column, 1))
        await show.pilot.mouse_up(curve, offset=(start + 23 * column, 1))
        day = show.config.visits_per_hour
        assert day[23] / day[0] == pytest.approx(top / (top / bars))
        assert curve.shares == day
        await show.pilot.hover(curve, offset=(start + 3 * column, 1))
        assert show.config.visits_per_hour == day


async def test_a_day_without_visits_is_refused() -> None:
    async with hours() as (show, curve):
        await show.pilot.mouse_down(curve, offset=(curve._start, curve._bars + 1))
        await show.pilot.hover(curve, offset=(curve._start + 23, curve._bars + 1))
        await show.pilot.mouse_up(curve, offset=(curve._start + 23, curve._bars + 1))
        assert show.notifications == ["Somebody has to come at some hour."]
        assert sum(show.config.visits_per_hour) == pytest.approx(1)


async def test_the_line_shows_where_an_hour_was() -> None:
    async with hours() as (show, curve):
        assert "─" not in "".join(curve.render_line(y).text for y in range(1, curve._bars + 1))
        await show.press(*["right"] * 18, "shift+down")
        assert "─" in "".join(curve.render_line(y).text for y in range(1, curve._bars + 1))
