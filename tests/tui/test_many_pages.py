"""What the screen costs does not grow with the site: only what is near the view has widgets."""

from __future__ import annotations

import pytest
import yaml

from fakeweb_tui.config import SESSION_END, Config, parse_config
from fakeweb_tui.tui.widgets.slider import Slider
from fakeweb_tui.tui.widgets.virtual_column import BEYOND

from .driving import SITE, Show, showing, wait_until

PAGES = [f"page {number}" for number in range(60)]


def dense_config() -> Config:
    """A site of 60 pages that all lead to each other: 3,660 probabilities."""
    row = dict.fromkeys(PAGES, 0.015) | {SESSION_END: 0.1}
    site = yaml.safe_load(SITE.document.text)
    site |= {"pages": dict.fromkeys(PAGES, row), "landing_pages": {PAGES[0]: 1.0}}
    return parse_config(yaml.safe_dump(site, sort_keys=False), "dense.yml")


def in_view(show: Show) -> bool:
    """Whether the focused slider is to be seen."""
    focused = show.main.focused
    return focused is not None and show.transitions.region.contains_region(focused.region)


def assert_few_widgets(show: Show) -> None:
    near = show.transitions.size.height + 2 * BEYOND + 1
    assert len(show.main.query(Slider)) <= near


@pytest.mark.parametrize("size", [(80, 24), (170, 46)])
async def test_a_dense_site_is_tuned_with_few_sliders(size: tuple[int, int]) -> None:
    config = dense_config()
    assert sum(len(row) for row in config.pages.values()) == 3660
    async with showing(size, config=config) as show:
        assert_few_widgets(show)
        await show.press("down", "shift+right")
        assert show.config.pages["page 0"]["page 1"] == 0.115
        marks = {slider.path[1]: slider.mark for slider in show.transitions.sliders}
        assert marks.pop("page 0") == "◆"
        show.transitions.action_go_row(29)
        await show.press("pagedown", "left")
        await show.until(lambda: in_view(show), "page 30")
        assert_few_widgets(show)
        assert show.editor.selected == (("pages", "page 30"), "page 0")
        assert show.config.pages["page 30"]["page 0"] == 0.005
        show.transitions.action_go(99)
        await show.press("down")
        await show.until(lambda: in_view(show), "the slider a hundred below")
        assert_few_widgets(show)
        # 61 sliders of page 30, and 39 of page 31.
        assert show.editor.selected == (("pages", "page 31"), "page 39")


async def test_the_focus_stays_with_a_slider_that_is_scrolled_away() -> None:
    async with showing(config=dense_config()) as show:
        slider = await show.focus("page 0", "page 3")
        show.transitions.scroll_end(animate=False, immediate=True)
        last = ("pages", PAGES[-1]), SESSION_END
        await show.until(lambda: (show.transitions.sliders[-1].path, show.transitions.sliders[-1].target) == last)
        assert_few_widgets(show)
        assert show.main.focused is slider
        await show.press("right")
        assert show.config.pages["page 0"]["page 3"] == 0.025
        await show.press("up")
        await show.until(lambda: in_view(show), "the slider above")
        assert show.editor.selected == (("pages", "page 0"), "page 2")


async def test_what_was_edited_out_of_sight_is_shown_when_it_comes_near() -> None:
    async with showing(config=dense_config()) as show:
        await show.focus("page 50", "page 7")
        await show.press(*".5", "enter", "l")
        await show.focus("page 0", "page 0")
        # Sliders go after the view has moved.
        sliders = show.transitions
        await wait_until(
            show.pilot, lambda: all(slider.path[1] != "page 50" for slider in sliders.sliders), "page 50 to go"
        )
        await show.press("u")
        await show.press("U")
        slider = await show.focus("page 50", "page 7")
        assert (slider.value, slider.mark, slider.locked) == (0.5, "◆", True)
