from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from textual.events import MouseScrollDown

from fakeweb_tui.config import SESSION_END
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.simulation import Walk
from fakeweb_tui.statistics import Counts
from fakeweb_tui.tui.format import percent
from fakeweb_tui.tui.probability import plan_row, position_to_value
from fakeweb_tui.tui.widgets.editor.rows import PageHeading

from .driving import SITE, STEP, Show, events_of, parameters, same_counts, showing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeweb_tui.tui.widgets.slider import Slider

FAR = 5.0
"""Standard deviations that noise with a fixed seed does not reach, and a wrong prediction does."""


def assert_consistent(show: Show) -> None:
    """Every row in force sums to 1, and the sliders show the rows in force."""
    for path in show.config.paths:
        assert math.fsum(show.config.row(path).values()) == 1
    for slider in show.transitions.sliders:
        value = show.config.row(slider.path)[slider.target]
        assert slider.value == value
        assert slider.mark == (" " if value == SITE.row(slider.path)[slider.target] else "◆")


def ratios(row: Mapping[str, float], left_out: str) -> list[float]:
    others = [value for name, value in row.items() if name != left_out]
    return [value / sum(others) for value in others]


def bar_of(slider: Slider) -> tuple[int, int]:
    """Where the bar of a slider begins, and its cells."""
    plan = plan_row(slider.size.width, slider.label_width)
    return plan.bar_start, plan.bar


async def test_there_is_a_slider_per_transition_in_the_order_of_the_config() -> None:
    async with showing((80, 60)) as show:
        assert [(slider.path, slider.target) for slider in show.transitions.sliders] == [
            (("pages", page), target) for page, row in SITE.pages.items() for target in row
        ]
        headings = [str(heading.render()) for heading in show.transitions.query(PageHeading)]
        assert headings[:2] == ["» home  landing .600", "» product_a  landing .250"]
        assert headings[-1] == "★ confirmation"
        assert_consistent(show)


async def test_a_key_moves_the_slider_and_its_siblings_give_way() -> None:
    # Neither 0 nor 1 here cuts a page off: home is landed on, and sessions end from the other pages.
    page, target = "product_b", "home"
    moves = {
        "left": 0.49,
        "right": 0.51,
        "shift+left": 0.4,
        "shift+right": 0.6,
        "ctrl+left": 0.499,
        "ctrl+right": 0.501,
        "home": 0.0,
        "end": 1.0,
    }
    async with showing() as show:
        slider = await show.focus(page, target)
        for key, value in moves.items():
            await show.press(*".5", "enter", key)
            row = show.config.pages[page]
            assert row[target] == value
            if value < 1:
                assert ratios(row, target) == pytest.approx(ratios(SITE.pages[page], target), abs=1e-8)
            assert_consistent(show)
            assert {slider.mark for slider in show.transitions.sliders if slider.path[1] == page} == {"◆"}
            assert {slider.mark for slider in show.transitions.sliders if slider.path[1] != page} == {" "}
        assert show.main.focused is slider
        assert show.notifications == []


async def test_to_1_and_back_in_one_gesture_restores_the_row() -> None:
    async with showing() as show:
        await show.focus("cart", "payment")
        await show.press("end")
        assert show.config.pages["cart"] == {"cart": 0, "payment": 1, "home": 0, SESSION_END: 0}
        await show.press(*["shift+left"] * 5)
        assert show.config == SITE
        assert_consistent(show)
        assert not show.main.unsaved


async def test_after_another_gesture_siblings_start_from_where_they_are() -> None:
    async with showing() as show:
        await show.focus("cart", "payment")
        await show.press("end", "down", "up", "shift+left")
        row = show.config.pages["cart"]
        assert row["payment"] == 0.9
        # Of what is no more there is no ratio to keep.
        assert [row["cart"], row["home"], row[SESSION_END]] == pytest.approx([0.1 / 3] * 3)
        assert_consistent(show)


async def test_any_keys_keep_the_rows_whole() -> None:
    random = Random(5)
    keys = [
        "left",
        "right",
        "shift+left",
        "shift+right",
        "ctrl+left",
        "ctrl+right",
        "home",
        "end",
        "up",
        "down",
        "pagedown",
    ]
    async with showing() as show:
        for _ in range(30):
            await show.press(random.choice(keys))
            assert_consistent(show)
        assert show.config != SITE


@pytest.mark.parametrize("size", [(80, 24), (170, 46), (60, 20)])
async def test_dragging(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        # The row in focus is brought into sight first.
        await show.pilot.pause()
        slider = show.slider("cart", "payment")
        show.transitions.scroll_to_widget(slider, animate=False, immediate=True)
        await show.pilot.pause()
        start, cells = bar_of(slider)
        await show.pilot.mouse_down(slider, offset=(start + 2, 0))
        for x in (5, cells - 1, cells + 3, 4):
            await show.pilot.hover(slider, offset=(start + min(x, cells), 0))
            value = position_to_value(min(x, cells), cells)
            assert show.config.pages["cart"]["payment"] == value
            assert_consistent(show)
        await show.pilot.mouse_up(slider, offset=(start + 4, 0))
        # It went to 1 and back: within the drag the ratios were not lost.
        assert ratios(show.config.pages["cart"], "payment") == pytest.approx(
            ratios(SITE.pages["cart"], "payment"), abs=1e-8
        )
        await show.pilot.hover(slider, offset=(start + cells - 1, 0))
        assert show.config.pages["cart"]["payment"] == position_to_value(4, cells)
        assert show.main.focused is slider


async def test_prediction_changes_with_the_edit_not_with_the_next_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with showing((170, 46), seconds=9 * 3600) as show:
        # A simulation that never answers: what changes on the screen now is the screen's own doing.
        monkeypatch.setattr(show.live, "edit", lambda *_: None)
        monkeypatch.setattr(show.live, "obeyed", lambda *_: None)
        snapshot = show.snapshot
        await show.focus("home", "product_a")
        before = show.text
        await show.press("shift+right")
        assert show.snapshot is snapshot
        predicted = Forecast(show.config, show.parameters)
        assert [row.predicted for row in show.table.rows] == predicted.share.tolist()
        lines, region = show.lines, show.table.region
        for page, share in zip(SITE.page_names, predicted.share.tolist(), strict=True):
            line = next(line for line in lines[region.y : region.bottom] if f"/{page} " in line)
            assert percent(share).strip() in line[region.x : region.right]
            # What was counted under another config says nothing about this one.
            assert line[region.x : region.right].rstrip(" │").endswith("·")
        assert f"predicted {predicted.conversion:.1%}" in lines[0]
        assert "1 row edited" in lines[0]
        assert f"predicted {Forecast(SITE, show.parameters).conversion:.1%}" in before.split("\n")[0]
        assert show.histogram.forecast is not None
        assert np.array_equal(show.histogram.forecast.events_by_hour, predicted.events_by_hour)


async def test_the_simulation_goes_on_with_the_edit_from_the_next_step() -> None:
    busy = parameters(sessions_per_day=300_000)
    async with showing(params=busy) as show:
        await show.step(30)
        before = show.snapshot
        await show.focus("home", "product_b")
        await show.press("home")
        await show.focus("cart", "payment")
        await show.press("end")
        edited = show.config
        assert edited.pages["home"]["product_b"] == 0
        assert edited.pages["cart"]["payment"] == 1
        await show.until(lambda: show.snapshot.version.edits == 2)
        await show.step(40)
        walk = Walk(busy, SITE)
        first = events_of(walk, before.clock)
        assert same_counts(before.total, Counts.of(first))
        walk = Walk(busy, SITE)
        walk.advance(busy.step_at(before.clock))
        walk.reconfigure(edited)
        second = events_of(walk, show.snapshot.clock)
        assert same_counts(show.snapshot.observed.counts, Counts.of(second))
        assert same_counts(show.snapshot.total, Counts.of(first) + Counts.of(second))


async def test_no_session_takes_a_transition_that_was_set_to_0() -> None:
    def moves(show: Show, seen: dict[int, int]) -> set[tuple[str, str]]:
        """The moves among the newest events; `seen` is where each session was last."""
        recent, found = show.snapshot.recent.newest(400), set()
        steps = recent.timestamp >= np.datetime64(show.snapshot.clock - STEP)
        for session, page in zip(recent.session[steps].tolist(), recent.page[steps].tolist(), strict=True):
            if session in seen:
                found.add((SITE.page_names[seen[session]], SITE.page_names[page]))
            seen[session] = page
        return found

    async with showing(params=parameters(sessions_per_day=300_000)) as show:
        seen: dict[int, int] = {}
        usual: set[tuple[str, str]] = set()
        for _ in range(15):
            await show.step()
            usual |= moves(show, seen)
        assert {("home", "product_b"), ("home", "product_a"), ("cart", "home"), ("cart", "payment")} <= usual
        await show.focus("home", "product_b")
        await show.press("home")
        await show.focus("cart", "payment")
        await show.press("end")
        tuned: set[tuple[str, str]] = set()
        for _ in range(25):
            await show.step()
            tuned |= moves(show, seen)
        assert {("home", "product_a"), ("cart", "payment"), ("product_b", "home")} <= tuned
        assert not {("home", "product_b"), ("cart", "home")} & tuned


async def test_shares_come_to_the_new_prediction_at_full_speed() -> None:
    async with showing(params=parameters(sessions_per_day=200_000)) as show:
        await show.step(3)
        position = show.parameters.step_at(show.snapshot.clock)
        before = Counts.of(events_of(Walk(show.parameters, SITE), show.snapshot.clock))
        await show.focus("home", "product_a")
        await show.press("shift+right", "shift+right")
        await show.press(*["plus"] * 1)
        await show.until(lambda: show.snapshot.speed == 3600)
        await show.press("plus")
        await show.until(lambda: show.snapshot.speed is None)
        show.clock.per_look = 0.05
        await show.press("space")
        await show.until(lambda: show.snapshot.observed.counts.events > 200_000, "many events")
        await show.press("space")
        await show.until(lambda: not show.snapshot.running)
        counts = show.snapshot.observed.counts
        deviation = Forecast(show.config, show.parameters).deviation(show.snapshot.observed)
        assert np.abs(deviation).max() < FAR
        assert np.abs(Forecast(SITE, show.parameters).deviation(show.snapshot.observed)).max() > 4 * FAR
        assert counts.events_by_page / counts.events == pytest.approx(show.forecast.share, abs=0.01)
        # Not only about right: exactly the events of the tuned config.
        walk = Walk(show.parameters, SITE)
        walk.advance(position)
        walk.reconfigure(show.config)
        assert same_counts(show.snapshot.total, before + Counts.of(events_of(walk, show.snapshot.clock)))


HELD_BACK = (
    ("payment", "confirmation", "home", 0.001, "no session can reach page 'confirmation'"),
    ("confirmation", "confirmation", "end", 0.999, "no session can end from page 'confirmation'"),
    ("cart", "payment", "home", 0.001, "no session can reach page 'payment'"),
    ("product_a", "product_a", "end", 0.999, "no session can end from page 'product_a'"),
)


async def test_an_edit_that_would_cut_a_page_off_is_held_back() -> None:
    async with showing((120, 40)) as show:
        for page, target, key, value, reason in HELD_BACK:
            slider = await show.focus(page, target)
            await show.press(key)
            assert show.config.pages[page][target] == value
            assert_consistent(show)
            assert show.notifications[-1].startswith(reason)
            await show.pilot.pause()
            assert reason in show.text
            assert f"{value:.3f}"[1:] in slider.render_line(0).text
        assert len(show.notifications) == len(HELD_BACK)


async def test_a_typed_value() -> None:
    async with showing() as show:
        await show.focus("home", "product_a")
        await show.press(*"0.333", "enter")
        assert show.config.pages["home"]["product_a"] == 0.333
        assert_consistent(show)
        await show.press(*"12,5%", "enter")
        assert show.config.pages["home"]["product_a"] == 0.125
        assert_consistent(show)


async def test_an_invalid_value_says_what_is_right_and_changes_nothing() -> None:
    async with showing((120, 40)) as show:
        await show.focus("home", "product_a")
        await show.press(*"7.5", "enter")
        assert show.config is SITE
        assert show.notifications == ["7.5: a probability is a number from 0 to 1, such as 0.17 or 17%"]
        await show.pilot.pause()
        assert "7.5: a probability is" in show.text
        await show.press("escape")
        assert_consistent(show)


async def test_moving_from_slider_to_slider() -> None:
    async with showing() as show:
        sliders = show.transitions.sliders
        assert show.main.focused is sliders[0]
        await show.press("up")
        assert show.main.focused is sliders[0]
        for at in range(1, 6):
            await show.press("down")
            assert show.main.focused is sliders[at]
        sliders[-2].focus()
        await show.press("down", "down")
        assert show.main.focused is sliders[-1]
        await show.pilot.pause()
        assert show.transitions.region.contains_region(sliders[-1].region)
        first = {page: next(s for s in sliders if s.path[1] == page) for page in SITE.pages}
        for page in (*list(SITE.pages)[-2::-1], "home"):
            await show.press("pageup")
            assert show.main.focused is first[page]
        for page in (*list(SITE.pages)[1:], "confirmation"):
            await show.press("pagedown")
            assert show.main.focused is first[page]


async def test_a_click_focuses_and_the_wheel_scrolls() -> None:
    async with showing() as show:
        await show.pilot.pause()
        slider = show.slider("product_a", "home")
        await show.pilot.click(slider, offset=(3, 0))
        assert show.main.focused is slider
        before = show.transitions.scroll_offset.y
        await show.pilot._post_mouse_events([MouseScrollDown], slider, (3, 0))
        await show.until(lambda: show.transitions.scroll_offset.y > before, "it scrolls")
        assert show.config is SITE


async def test_status_counts_edited_rows() -> None:
    async with showing((170, 46)) as show:
        assert "edited" not in show.lines[0]
        for page, words in (("home", "1 row edited"), ("cart", "2 rows edited")):
            await show.focus(page, SESSION_END)
            await show.press("right")
            assert words in show.lines[0]
        await show.press("left")
        assert "1 row edited" in show.lines[0]
