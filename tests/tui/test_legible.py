"""All text that the app paints, in each theme that comes along, stands out from what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.color import Color
from textual.command import CommandList
from textual.widgets import OptionList

from fakeweb_tui.tui.palette import READABLE, contrast, text_on
from fakeweb_tui.tui.screens.inspector import Inspector
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.screens.variants import VariantsScreen
from fakeweb_tui.tui.widgets.log_pane import FilterLine
from fakeweb_tui.tui.widgets.site_pane import SitePane

from .driving import showing

if TYPE_CHECKING:
    from rich.segment import Segment

    from .driving import Show

THEMES = ("colorblind", "contrast", "ember", "mist", "night", "paper")
SIGNS = "»★≈▲▼◆⊘▸◂→↻●▴▾✗!"


def painted(show: Show) -> list[Segment]:
    """What the screen on top shows; what it dims behind it is not there to be read."""
    screen = show.app.screen
    update = screen._compositor.render_update(full=True)
    found: list[Segment] = []
    for y, line in enumerate(update.strips):  # type: ignore[union-attr]
        x = 0
        for segment in (segment for strip in line for segment in strip):
            if any(child.region.contains(x, y) for child in screen.children if child.display):
                found.append(segment)
            x += segment.cell_length
    return found


def faint(show: Show) -> dict[str, float]:
    """The texts, and the signs that mean something, that show less than 4.5:1, and how much they show."""
    found = {}
    for segment in painted(show):
        style, text = segment.style, segment.text
        if not any(sign.isalnum() or sign in SIGNS for sign in text):
            continue
        assert style is not None, text
        ratio = contrast(*(Color(*color.get_truecolor()) for color in (style.color, style.bgcolor) if color))
        if ratio < READABLE:
            found[text] = round(ratio, 2)
    return found


@pytest.mark.parametrize("theme", THEMES)
class TestPainted:
    async def test_panes(self, theme: str) -> None:
        async with showing((120, 30), seconds=14 * 3600) as show:
            show.app.theme = theme
            await show.press("shift+right", "l", "i")
            await show.until(lambda: show.editor.influence, "the influences")
            assert faint(show) == {}
            await show.press("9", "9", "enter")
            await show.until(lambda: "Error" in show.text, "the notice")
            assert faint(show) == {}
            await show.press("escape", "slash", *"page_url_path:/ca")
            line = show.main.query_one(FilterLine)
            await show.until(lambda: line._suggestion, "the suggestion")
            assert faint(show) == {}
            await show.press(*" x:")
            await show.until(lambda: line.has_class("-invalid"), "the problem")
            assert faint(show) == {}
            site = show.main.query_one(SitePane)
            await show.press("escape", "m")
            await show.until(lambda: site.map.flows is not None and "┏" in show.text, "the map")
            assert faint(show) == {}
            await show.press("m")
            await show.until(lambda: site.view == "funnel", "the funnel")
            assert faint(show) == {}
            await show.press("m")
            await show.until(lambda: "from ╲ to" in show.text and ".550" in show.text, "the matrix")
            assert faint(show) == {}

    async def test_dialogs(self, theme: str) -> None:
        async with showing((80, 24), seconds=14 * 3600) as show:
            show.app.theme = theme
            await show.press("ctrl+p")
            await show.until(lambda: show.app.screen.query(CommandList).first().option_count, "the commands")
            assert faint(show) == {}
            await show.press("escape", "ctrl+o")
            await show.until(lambda: isinstance(show.app.screen, OpenDialog), "the dialog")
            await show.until(lambda: show.app.screen.query_one(OptionList).option_count, "the sites")
            assert faint(show) == {}
            await show.press("escape", "shift+right", "v")
            await show.until(lambda: isinstance(show.app.screen, VariantsScreen), "the variants")
            await show.until(lambda: "B − A" in show.text, "the figures")
            assert faint(show) == {}
            await show.press("escape", "shift+tab", "enter")
            await show.until(lambda: isinstance(show.app.screen, Inspector), "the inspector")
            assert faint(show) == {}


def test_text_on_any_ground() -> None:
    for grey in range(0, 256, 15):
        ground = Color(grey, grey, grey)
        for quiet in (0.0, 0.3):
            assert contrast(text_on(ground, Color(221, 226, 236), quiet=quiet), ground) >= READABLE
    white, black = Color(255, 255, 255), Color(0, 0, 0)
    assert text_on(black, white) == white
    assert READABLE <= contrast(text_on(black, white, quiet=0.3), black) < contrast(white, black)
