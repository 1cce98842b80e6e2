from __future__ import annotations

import re

import numpy as np
import pytest

from fakeweb_tui.tui.widgets.editor.rows import ProbabilitySlider
from fakeweb_tui.tui.widgets.flow_list import FlowList
from fakeweb_tui.tui.widgets.log_pane import FilterLine
from fakeweb_tui.tui.widgets.site_pane import SitePane

from ..driving import SITE, Show, hostile_config, linked_pages, showing

DAY = 24 * 3600


def site(show: Show) -> SitePane:
    return show.main.query_one(SitePane)


async def open_map(show: Show) -> SitePane:
    await show.press("m")
    pane = site(show)
    await show.until(lambda: pane.map.flows is not None and pane.map.region.width, "the map")
    return pane


async def test_m_goes_through_the_views_and_back() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        show.log.focus()
        pane = await open_map(show)
        assert pane.map.has_focus
        assert not show.log.is_on_screen
        await show.press("m")
        assert pane.funnel.has_focus
        await show.until(lambda: "sessions that ever reach a page" in show.text, "the funnel")
        await show.press("m")
        assert pane.matrix.has_focus
        await show.until(lambda: "from ╲ to" in show.text, "the heat map")
        await show.press("m")
        await show.until(lambda: show.log.has_focus, "the panes")
        await open_map(show)
        await show.press("escape")
        await show.until(lambda: show.log.is_on_screen and show.log.has_focus, "the panes")


async def test_every_page_and_what_flows_is_on_the_map() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        await open_map(show)
        for name, sign in zip(SITE.pages, "»»»··★", strict=True):
            assert f"{sign} {name} " in show.text or f"{sign}{name}" in show.text
        assert "■ session_end" in show.text
        reach = show.forecast.reach
        assert f"{show.table.rows[3].reach:.1%}" in show.text
        assert 0 < reach[3] < 1
        # Much flows on thick lines.
        assert "━" in show.text
        assert "─" in show.text


async def test_what_goes_from_the_chosen_page_stands_at_the_boxes() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        pane = await open_map(show)
        flows = pane.map.flows
        assert flows is not None
        for page, key in ((0, "right"), (2, "right"), (3, "right")):
            assert pane.map.page == page
            told = [f"{flows.observed[page, target]:.3f}"[1:] for target in flows.configured[page].nonzero()[0]]
            edges = [word for line in show.lines for word in re.findall(r"[→↻] ([.]\d{3}) ", line[32:])]
            assert sorted(edges) == sorted(told)
            assert f"↻ {flows.observed[page, page]:.3f}".replace(" 0", " ") in show.text
            await show.press(key)


async def test_the_figures_of_a_narrow_box_stay_apart() -> None:
    everyone = SITE.with_row(("landing_pages",), {"home": 1.0})
    async with showing((80, 24), seconds=14 * 3600, config=everyone) as show:
        pane = await open_map(show)
        assert pane.map.active[0] > 0
        assert re.search(rf"100% +{pane.map.active[0]}●", show.text)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_large_map_begins_at_the_chosen_page(size: tuple[int, int]) -> None:
    async with showing(size, seconds=3600, config=linked_pages(60)) as show:
        site_map = (await open_map(show)).map
        assert site_map.max_scroll_y > 0
        await show.until(lambda: "┏" in show.text, "the page under the cursor")
        assert "»page_00" in show.text


async def test_the_list_tells_what_is_observed_and_configured() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        pane = await open_map(show)
        await show.press("right")
        page = pane.map.page
        assert page in (1, 2)
        name = SITE.page_names[page]
        flows = pane.map.flows
        assert flows is not None
        lines = "\n".join(line.text for line in (pane.query_one(FlowList).render_line(y) for y in range(5)))
        assert f"from {name}" in lines
        for target, probability in SITE.pages[name].items():
            place = page, [*SITE.page_names, "session_end"].index(target)
            line = next(line for line in lines.splitlines() if line[1:].startswith(f" {target} "))
            assert f"{flows.observed[place]:.3f}  {probability:.3f} ≈" in line
            assert line.rstrip().endswith(f"{flows.moves[place]:,}")


async def test_enter_opens_the_sliders() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        pane = await open_map(show)
        await show.press("right", "shift+down", "shift+down", "enter")
        page = SITE.page_names[pane.map.page]
        target = list(SITE.pages[page])[1]
        await show.until(lambda: show.slider(page, target).has_focus, "the slider")
        await show.press("tab")
        assert pane.map.has_focus


async def test_on_a_narrow_screen_the_sliders_come_beside_the_map() -> None:
    async with showing((80, 24), seconds=DAY) as show:
        pane = await open_map(show)
        assert not show.main.query_one("#editor").is_on_screen
        await show.press("enter")
        await show.until(lambda: isinstance(show.main.focused, ProbabilitySlider), "the sliders")
        assert show.main.query_one("#editor").is_on_screen
        await show.press("tab")
        await show.until(lambda: pane.map.has_focus, "the map")
        assert not show.main.query_one("#editor").is_on_screen


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
async def test_tab_goes_between_the_map_and_the_sliders(size: tuple[int, int]) -> None:
    async with showing(size, seconds=DAY) as show:
        show.log.focus()
        pane = await open_map(show)
        for key in ("tab", "tab", "shift+tab"):
            await show.press(key)
            await show.until(lambda: isinstance(show.main.focused, ProbabilitySlider), "a slider")
            assert show.main.focused is not None
            assert show.main.focused.is_on_screen
            await show.press(key)
            await show.until(lambda: pane.map.has_focus, "the map")
            assert pane.is_on_screen


async def test_the_filter_leaves_the_map() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        await open_map(show)
        await show.press("slash", *"cart")
        line = show.main.query_one(FilterLine)
        assert (line.value, line.is_on_screen) == ("cart", True)
        await show.press("escape")
        assert show.log.has_focus


async def test_the_mouse_chooses_boxes_lines_and_cells() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        pane = await open_map(show)
        box = pane.map._layout.boxes[3]
        top = pane.map._top
        await show.pilot.click(pane.map, offset=(box.x + 3, box.y + top + 1))
        assert pane.map.page == 3
        payment = pane.map._layout.boxes[4]
        await show.pilot.click(pane.map, offset=(payment.x - 1, payment.y + top + 1))
        assert (pane.map.page, pane.map.target) == (3, 4)
        await show.pilot.click(pane.map, offset=(payment.x - 1, payment.y + top + 1))
        await show.until(lambda: show.slider("cart", "payment").has_focus, "the slider")
        pane.action_show("matrix")
        await show.pilot.pause()
        matrix = pane.matrix
        x = matrix._name_width + 4 * matrix._column + 2
        await show.pilot.click(matrix, offset=(x, 1 + 3 * matrix._pitch))
        assert matrix.cursor == (3, 4)
        await show.pilot.click(matrix, offset=(x, 1 + 3 * matrix._pitch))
        await show.until(lambda: show.slider("cart", "payment").has_focus, "the slider")


async def test_the_titles_of_a_large_matrix_stay() -> None:
    async with showing((80, 24), config=linked_pages(60)) as show:
        pane = await open_map(show)
        pane.action_show("matrix")
        matrix = pane.matrix
        await show.until(lambda: "from ╲ to" in show.text and matrix.show_horizontal_scrollbar, "the matrix")
        matrix.cursor = (58, 59)
        await show.until(lambda: matrix.scroll_offset.y > 0 and matrix.scroll_offset.x > 0, "it scrolled")
        await show.until(lambda: "▐" in show.text, "the cell")
        here = next(line for line in show.lines if "▐" in line)
        assert "page_58" in here.partition("▐")[0]
        head = next(line for line in show.lines if "from ╲ to" in line)
        assert head.index("pa…59") == here.index("▐") + 1
        await show.pilot.click(matrix, offset=(matrix._name_width + 1, 3))
        assert matrix.cursor != (58, 59)
        assert "▐" in show.lines[matrix.region.y + 3]


async def test_tuning_is_seen_on_the_map() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        pane = await open_map(show)
        slider = await show.focus("home", "product_a")
        await show.press("shift+right")
        await show.until(lambda: pane.map.flows is not None and not pane.map.flows.moves.any(), "expected flows")
        assert slider.value == pytest.approx(0.27)
        assert pane.map.flows is not None
        assert pane.map.flows.configured[0, 1] == pytest.approx(0.27)
        assert np.array_equal(pane.map.flows.weight, show.forecast.flow)


async def test_a_page_comes_and_goes_while_the_map_is_open() -> None:
    async with showing((170, 46), seconds=3600) as show:
        site_map = (await open_map(show)).map

        def boxes() -> str:
            return "\n".join(site_map.render_line(y).text for y in range(site_map.size.height))

        async def settled() -> None:
            await show.until(lambda: show.snapshot.config == show.config, "the simulation obeys")
            await show.until(lambda: len(site_map.rows) == len(show.config.pages), "the figures")

        await settled()
        show.main.edit(lambda bench: bench.add_page("offers", ("pages", "home")))
        await show.until(lambda: "offers" in boxes(), "the page")
        await settled()
        await show.press("u")
        await show.until(lambda: "offers" not in boxes(), "no page")
        await settled()


async def test_nothing_is_drawn_while_it_is_not_visible() -> None:
    async with showing((140, 45), seconds=DAY) as show:
        await show.step(3)
        assert site(show).map.flows is None


@pytest.mark.parametrize(("size", "pages"), [((40, 12), 12), ((80, 24), 60), ((200, 60), 14)])
async def test_any_site_fits_any_screen(size: tuple[int, int], pages: int) -> None:
    async with showing(size, seconds=3600, config=hostile_config(pages)) as show:
        await open_map(show)
        for _ in range(3):
            for key in ("right", "down", "shift+down", "left", "up", "end"):
                await show.press(key)
            assert "\x1b" not in show.text
            await show.press("m")
