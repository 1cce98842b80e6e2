from __future__ import annotations

from typing import Any

import pytest
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Footer, Input, Tabs

from fakeweb_tui.tui.layout import Layout, layout_for
from fakeweb_tui.tui.screens.arranged import PANES
from fakeweb_tui.tui.screens.goal import GoalDialog
from fakeweb_tui.tui.screens.help import HelpScreen
from fakeweb_tui.tui.screens.journal import JournalScreen
from fakeweb_tui.tui.screens.quit import QuitDialog
from fakeweb_tui.tui.sizes import Sizes
from fakeweb_tui.tui.widgets.funnel import Funnel
from fakeweb_tui.tuning.outcomes import Outcome

from .driving import Show, showing

MESSAGE = "fakeweb-tui needs 40 × 12 cells"


@pytest.mark.parametrize(
    ("size", "layout"),
    [
        ((0, 0), Layout.TOO_SMALL),
        ((39, 100), Layout.TOO_SMALL),
        ((300, 11), Layout.TOO_SMALL),
        ((40, 12), Layout.TABBED),
        ((79, 100), Layout.TABBED),
        ((300, 23), Layout.TABBED),
        ((80, 24), Layout.NORMAL),
        ((139, 60), Layout.NORMAL),
        ((149, 200), Layout.NORMAL),
        ((400, 45), Layout.WIDE),
        ((150, 46), Layout.WIDE),
        ((160, 24), Layout.WIDE),
        ((159, 45), Layout.NORMAL),
        ((400, 200), Layout.WIDE),
    ],
)
def test_layouts(size: tuple[int, int], layout: Layout) -> None:
    assert layout_for(*size) is layout


def pane(show: Show, name: str) -> Widget:
    return show.main.query_one(f"#{name}")


def visible(show: Show, widget: Widget) -> bool:
    """Whether a widget is on the screen, whole."""
    region = widget.region
    if not (widget.display and all(node.display for node in widget.ancestors if hasattr(node, "display"))):
        return False
    return region.area > 0 and show.app.screen.region.contains_region(region)


def visible_panes(show: Show) -> list[str]:
    return [name for name in PANES if visible(show, pane(show, name))]


def assert_all_shown(show: Show) -> None:
    """All four panes are on the screen, apart from one another, and each shows what it is for."""
    size = show.app.size
    assert visible_panes(show) == list(PANES)
    regions = [pane(show, name).region for name in PANES]
    for at, region in enumerate(regions):
        assert region.width >= 33
        assert region.height >= 5
        assert not any(region.overlaps(other) for other in regions[:at])
    assert pane(show, "status").region == Region(0, 0, size.width, 1)
    assert show.main.query_one(Footer).region.y == size.height - 1
    lines = show.lines
    text = "\n".join(lines)
    for words in ("Transitions", "Pages", "Events per hour", "Event log", "00:00:00", "▸home"):
        assert words in text
    assert show.log.rows[0].time[:8] in text
    table = show.table.region
    rows = "\n".join(line[table.x : table.right] for line in lines[table.y : table.bottom])
    assert all(f"/{page} " in rows for page in show.config.page_names)
    chart = show.histogram.content_region
    drawn = [line[chart.x : chart.right].rstrip() for line in lines[chart.y : chart.bottom]]
    assert drawn == [line.rstrip() for line in show.histogram.render().plain.splitlines()]
    assert visible(show, show.main.query_one(Funnel)) == (layout_for(*size) is Layout.WIDE and size[1] >= 36)


@pytest.mark.parametrize("size", [(80, 24), (160, 24), (160, 36), (170, 46), (200, 60)])
async def test_all_four_panes_are_shown(size: tuple[int, int]) -> None:
    async with showing(size, seconds=24 * 3600) as show:
        assert_all_shown(show)


async def test_all_four_panes_are_shown_after_resizing() -> None:
    async with showing((20, 5), seconds=24 * 3600) as show:
        for size in (
            (80, 24),
            (80, 60),
            (120, 40),
            (140, 24),
            (150, 40),
            (140, 46),
            (150, 46),
            (170, 30),
            (200, 60),
            (80, 24),
        ):
            await show.pilot.resize_terminal(*size)
            await show.pilot.pause()
            assert_all_shown(show)


TABBED = ((40, 12), (60, 20), (170, 23))


@pytest.mark.parametrize("size", TABBED)
async def test_each_pane_is_reached_by_the_tab_key(size: tuple[int, int]) -> None:
    async with showing(size, seconds=9 * 3600) as show:
        seen = []
        for _ in range(5):
            seen += visible_panes(show)
            assert show.main.query_one(Tabs).active == f"tab-{seen[-1]}"
            focused = show.main.focused
            assert focused is not None
            assert pane(show, seen[-1]) in focused.ancestors_with_self
            await show.press("tab")
            await show.pilot.pause()
        assert seen == [*PANES, PANES[0]]
        await show.press("shift+tab", "shift+tab")
        await show.pilot.pause()
        assert visible_panes(show) == [PANES[3]]


@pytest.mark.parametrize("size", TABBED)
async def test_each_pane_is_reached_by_a_click_on_its_tab(size: tuple[int, int]) -> None:
    signs = {"editor": "session_end", "pages": "events", "histogram": "per hour", "log": "Event log"}
    async with showing(size, seconds=9 * 3600) as show:
        for name in ("log", "pages", "editor", "histogram"):
            assert await show.pilot.click(f"#tab-{name}")
            await show.pilot.pause()
            assert visible_panes(show) == [name]
            assert signs[name] in show.text
            focused = show.main.focused
            assert focused is not None
            assert pane(show, name) in focused.ancestors_with_self


@pytest.mark.parametrize("size", [(80, 24)])
async def test_tab_goes_round_the_panes_where_all_are_shown(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        slider = await show.focus("cart", "payment")
        for name in ("pages", "histogram", "log"):
            await show.press("tab")
            assert show.main.focused is not None
            assert pane(show, name) in show.main.focused.ancestors_with_self
        await show.press("tab")
        assert show.main.focused is slider


@pytest.mark.parametrize("size", [(39, 30), (20, 5), (1, 1)])
async def test_too_small(size: tuple[int, int]) -> None:
    async with showing(size, seconds=9 * 3600) as show:
        assert visible_panes(show) == []
        assert not visible(show, pane(show, "status"))
        assert not visible(show, show.main.query_one(Footer))
        if size[0] > 31:
            assert MESSAGE in show.text
        # Keys are still obeyed.
        await show.press("tab", "right", "n", "s", "h")
        await show.until(lambda: show.snapshot.clock.second == 10)
        for key in ("g", "ctrl+s", "question_mark", "ctrl+p"):
            await show.press(key)
            await show.pilot.pause()
            assert len(show.app.screen_stack) == 3
            await show.press("escape")
            await show.until(lambda: show.app.screen is show.main)


async def test_resizing_keeps_the_state() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        slider = await show.focus("cart", "payment")
        await show.press("shift+right", "s", "h")
        await show.step(3)
        config, clock, rows = show.config, show.snapshot.clock, show.log.rows
        for size in (
            (80, 24),
            (60, 20),
            (20, 5),
            (1, 1),
            (200, 60),
            (39, 12),
            (40, 12),
            (170, 46),
            (3, 90),
            (170, 23),
            (80, 24),
        ):
            await show.pilot.resize_terminal(*size)
            await show.pilot.pause()
            layout = layout_for(*size)
            shown = {Layout.TOO_SMALL: [], Layout.TABBED: ["editor"]}.get(layout, list(PANES))
            assert visible_panes(show) == shown
            assert [other for other in Layout if show.main.has_class(other)] == [layout]
            assert show.config is config
            assert show.snapshot.clock == clock
            assert show.log.rows == rows
            assert show.table.sort_key == "events"
            assert show.histogram.measure == "sessions"
            if shown:
                assert show.main.focused is slider
                assert ".600" in show.text
            assert len(show.lines) == size[1]
        assert slider.mark == "◆"


async def test_a_pane_chosen_by_tab_is_still_chosen_after_the_terminal_was_too_small() -> None:
    async with showing((60, 20)) as show:
        await show.press("tab", "tab")
        for size in ((20, 5), (60, 20)):
            await show.pilot.resize_terminal(*size)
            await show.pilot.pause()
        assert visible_panes(show) == ["histogram"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_a_pane_is_maximised_and_back(size: tuple[int, int]) -> None:
    async with showing(size, seconds=9 * 3600) as show:
        for name in PANES:
            await show.press("z")
            await show.pilot.pause()
            assert visible_panes(show) == [name]
            assert pane(show, name).region.width == size[0]
            assert pane(show, name).region.height >= size[1] // 2 - 1
            await show.press("z")
            await show.until(lambda: visible_panes(show) == list(PANES), "all panes")
            assert show.main.focused is not None
            assert pane(show, name) in show.main.focused.ancestors_with_self
            await show.press("tab")
        await show.press("z", "tab")
        await show.until(lambda: visible_panes(show) == ["pages"], "the next pane")
        await show.press("tab")
        await show.until(lambda: "█ observed" in show.text, "the chart")
        await show.press("right")
        await show.until(lambda: show.histogram.cursor and "observed ·" in show.text, "an hour")
        await show.press("escape")
        assert show.histogram.cursor is None
        assert visible_panes(show) == ["histogram"]
        await show.press("escape")
        await show.until(lambda: visible_panes(show) == list(PANES), "all panes again")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_keys_make_the_pane_in_focus_larger_and_smaller(size: tuple[int, int]) -> None:
    async with showing(size, seconds=9 * 3600) as show:
        for name in PANES:
            for larger, smaller, side in (
                ("greater_than_sign", "less_than_sign", "width"),
                ("right_curly_bracket", "left_curly_bracket", "height"),
            ):
                if (name, side) == ("editor", "height"):
                    continue
                before = getattr(pane(show, name).region, side)
                await show.press(larger, larger)
                await show.pilot.pause()
                between = getattr(pane(show, name).region, side)
                assert between > before
                await show.press(smaller, smaller)
                await show.pilot.pause()
                assert getattr(pane(show, name).region, side) < between
                assert visible_panes(show) == list(PANES)
            await show.press("tab")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_borders_are_dragged(size: tuple[int, int]) -> None:
    async with showing(size, seconds=9 * 3600) as show:
        editor, log, histogram = (pane(show, name) for name in ("editor", "log", "histogram"))
        for widget, by in ((editor, (5, 0)), (log, (0, -2)), (histogram, (-3, 0) if size[0] > 160 else (0, -1))):
            region = widget.region
            at = (region.right - 1, region.y + 5) if widget is editor else (region.x + 9, region.y)
            if widget is histogram and size[0] > 160:
                at = (region.x, region.y + 3)
            before = region.width if by[0] else region.height
            await show.pilot.mouse_down(offset=at)
            await show.pilot.hover(offset=(at[0] + by[0] // 2, at[1] + by[1] // 2))
            await show.pilot.hover(offset=(at[0] + by[0], at[1] + by[1]))
            await show.pilot.mouse_up(offset=(at[0] + by[0], at[1] + by[1]))
            await show.pilot.pause()
            after = widget.region.width if by[0] else widget.region.height
            assert after == before + abs(by[0] + by[1])
            # Let go, the border stays.
            await show.pilot.hover(offset=(1, 1))
            assert (widget.region.width if by[0] else widget.region.height) == after


async def test_a_dialog_ends_a_drag() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        editor = pane(show, "editor").region
        await show.pilot.mouse_down(offset=(editor.right - 1, editor.y + 5))
        await show.pilot.hover(offset=(editor.right + 4, editor.y + 5))
        sizes = show.main.sizes
        assert sizes != Sizes()
        await show.press("question_mark")
        await show.until(lambda: isinstance(show.app.screen, HelpScreen), "help")
        await show.pilot.mouse_up(offset=(60, 20))
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main, "the panes")
        await show.pilot.hover(offset=(60, 20))
        await show.pilot.hover(offset=(30, 20))
        assert show.main.sizes == sizes


async def test_sizes_outlive_resizing() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        await show.press("greater_than_sign", "greater_than_sign")
        await show.pilot.pause()
        width = pane(show, "editor").region.width
        for size in ((60, 20), (200, 60), (20, 5), (120, 40)):
            await show.pilot.resize_terminal(*size)
            await show.pilot.pause()
        assert pane(show, "editor").region.width == width
        assert visible_panes(show) == list(PANES)


@pytest.mark.parametrize("size", [(60, 20), (40, 12)])
async def test_what_a_dialog_asks_can_be_answered_on_any_screen(size: tuple[int, int]) -> None:
    async with showing(size, seconds=3600) as show:
        goal = GoalDialog(show.main.bench, Outcome("conversion"), lambda _: None)
        journal = JournalScreen(lambda: show.main.bench, show.main.edit, lambda: None, show.snapshot.scenario)
        for dialog, controls in ((QuitDialog("Quit without saving"), 3), (goal, 4), (journal, 5)):
            show.app.push_screen(dialog)
            await show.until(lambda dialog=dialog: dialog.is_mounted, "the dialog")  # type: ignore[misc]

            def all_shown(dialog: Screen[Any] = dialog, controls: int = controls) -> bool:
                found = [each for each in dialog.query("Button, Input") if visible(show, each)]
                return len(found) == controls

            await show.until(all_shown, f"what {dialog} asks")
            labels = [str(button.label) for button in dialog.query(Button) if visible(show, button)]
            assert all(label in show.text for label in labels)
            await show.press("escape")
        await show.press("o")
        await show.until(lambda: isinstance(show.app.screen, GoalDialog))
        found = show.app.screen
        found.query_one(Input).value = "3%"
        await show.pilot.click("#seek")
        await show.until(lambda: visible(show, found.query_one("#accept")), "what was found")
        assert visible(show, found.query_one("#refuse"))
