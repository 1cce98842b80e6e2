from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest
from rich.cells import cell_len
from textual.widget import Widget

from fakeweb_tui.config import SESSION_END, parse_config
from fakeweb_tui.forecast import TOLERANCE, Forecast
from fakeweb_tui.simulation import Walk
from fakeweb_tui.statistics import Counts
from fakeweb_tui.tui.figures import PageRow, page_rows
from fakeweb_tui.tui.format import percent
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.widgets.funnel import Funnel
from fakeweb_tui.tui.widgets.pages_table import SORT_KEYS, PagesTable

from .driving import SITE, Show, alone, events_of, hostile_config, parameters, showing, simulated

ROLES = page_roles(SITE)
PAGES = SITE.page_names


def row(
    page: int, events: int = 100, share: float = 0.1, predicted: float = 0.1, deviation: float = 0.0
) -> PageRow:
    return PageRow(page, events, share, predicted, 0.5, 0.5, deviation)


def shown(table: PagesTable | Funnel) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


def pages_shown(table: PagesTable) -> list[str]:
    return [line.split("/")[1].split()[0] for line in shown(table)[1:] if line.strip()]


async def test_counts_are_those_of_the_run_and_predictions_those_of_the_config() -> None:
    async with showing((170, 46), seconds=13 * 3600) as show:
        await show.step(7)
        counts = Counts.of(events_of(Walk(show.parameters, SITE), show.snapshot.clock))
        reach = counts.reached_by_page / counts.sessions
        for number, page in enumerate(PAGES):
            fields = next(line for line in shown(show.table) if f" /{page} " in line).split()
            assert fields[2] == f"{counts.events_by_page[number]:,}"
            assert fields[3] == percent(counts.events_by_page[number] / counts.events).strip()
            assert fields[4] == percent(show.forecast.share[number]).strip()
            assert fields[-1] == "≈"
            funnel = next(line for line in shown(show.main.query_one(Funnel)) if f" /{page} " in line).split()
            assert funnel[-2:] == [percent(reach[number]).strip(), percent(show.forecast.reach[number]).strip()]


@pytest.mark.parametrize(
    ("events", "text"), [(0, "0"), (6_519, "6,519"), (999_999, "999,999"), (1_234_567, "1.23M"), (10**10, "10.0G")]
)
async def test_counts_are_never_cut(events: int, text: str) -> None:
    async with alone(PagesTable(ROLES), (60, 10)) as (table, _):
        table.rows = (row(0, events=events),)
        assert shown(table)[1].split()[2] == text


async def test_fit_marks() -> None:
    deviations = (0.0, TOLERANCE + 1, -TOLERANCE - 1, nan)
    async with alone(PagesTable(ROLES), (60, 10)) as (table, _):
        table.rows = tuple(row(page, deviation=deviation) for page, deviation in enumerate(deviations))
        assert [line[-1] for line in shown(table)[1:5]] == ["≈", "▲", "▼", "·"]


async def test_bars_stand_beside_the_prediction() -> None:
    async with alone(PagesTable(ROLES), (60, 10)) as (table, _):
        table.rows = (
            row(0, share=0.5, predicted=0.25),
            row(1, share=0.125, predicted=0.25),
            row(2, share=nan, predicted=0.25),
        )
        header, *lines = shown(table)[:4]
        start = header.rindex("predicted") + len("predicted ")
        bars = [line[start:-2] for line in lines]
        width = len(bars[0])
        assert bars[0] == "█" * (width // 2) + "│" + "█" * (width - width // 2 - 1)
        assert bars[1].index("│") == bars[2].index("│") == width // 2
        assert set(bars[1][: width // 4]) == {"█"}
        assert set(bars[1][width // 4 + 1 : width // 2]) == {" "}
        assert bars[2].replace("│", "").strip() == ""
        assert lines[2].split()[3] == "–"


ROWS = (
    row(0, events=50, share=0.3, predicted=0.2, deviation=-4.0),
    row(1, events=10, share=0.1, predicted=0.4, deviation=nan),
    row(2, events=90, share=0.6, predicted=0.3, deviation=1.0),
)
ORDERS = {
    "page": ["home", "product_a", "product_b"],
    "events": ["product_a", "home", "product_b"],
    "share": ["product_a", "home", "product_b"],
    "predicted": ["home", "product_b", "product_a"],
    "fit": ["product_a", "product_b", "home"],
}


async def test_sorting_by_key_goes_round_the_columns() -> None:
    async with showing((80, 24)) as show:
        await show.until(lambda: show.table.rows)
        show.table.rows = ROWS
        for key in (*SORT_KEYS[1:], SORT_KEYS[0], SORT_KEYS[1]):
            await show.press("s")
            order = ORDERS[key] if key == "page" else ORDERS[key][::-1]
            assert show.table.sort_key == key
            assert pages_shown(show.table) == order
            title = "predicted" if key == "predicted" and show.table.size.width >= 60 else key
            assert f"{title[:4]}" in shown(show.table)[0]
            assert ("▴" if key == "page" else "▾") in shown(show.table)[0]
            await show.press("S")
            assert pages_shown(show.table) == order[::-1]
            await show.press("S")
            assert pages_shown(show.table) == order


async def click_title(show: Show, title: str) -> None:
    header = shown(show.table)[0]
    at = header.index(title) + 1
    gutter = show.table.gutter
    assert await show.pilot.click(show.table, offset=(gutter.left + at, gutter.top))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (170, 46)])
async def test_sorting_by_clicks_on_titles(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        await show.until(lambda: show.table.rows)
        show.table.rows = ROWS
        for key in ("events", "share", "predicted", "fit"):
            title = "pred" if key == "predicted" else key
            await click_title(show, title)
            assert (show.table.sort_key, pages_shown(show.table)) == (key, ORDERS[key][::-1])
            await click_title(show, title)
            assert (show.table.sort_key, pages_shown(show.table)) == (key, ORDERS[key])
        await click_title(show, "page")
        assert pages_shown(show.table) == ORDERS["page"]
        await click_title(show, "page")
        assert pages_shown(show.table) == ORDERS["page"][::-1]
        # Elsewhere, a click sorts nothing.
        await show.pilot.click(show.table, offset=(4, 3))
        await show.pilot.click(show.table, offset=(4, 0))
        assert pages_shown(show.table) == ORDERS["page"][::-1]


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_double_click_on_a_page_goes_to_its_sliders(size: tuple[int, int]) -> None:
    async with showing(size, seconds=3600) as show:
        await show.press("tab", "s")
        await show.until(lambda: any("/payment" in line for line in shown(show.table)), "the page")
        row = next(number for number, line in enumerate(shown(show.table)) if "/payment" in line)
        gutter = show.table.gutter
        await show.pilot.double_click(show.table, offset=(gutter.left + 2, gutter.top + row))
        await show.until(lambda: show.slider("payment", "payment").has_focus, "its first slider")


async def test_the_names_of_a_narrow_table_differ() -> None:
    async with showing((40, 12), seconds=3600) as show:
        await show.press("tab")
        await show.until(lambda: shown(show.table) and show.table.rows, "the table")
        assert {"»/product_a", "»/product_b"} <= {line.split()[0] for line in shown(show.table)}


async def test_what_can_be_clicked_shows_it() -> None:
    async with showing((80, 24), seconds=3600) as show:

        def pointed(widget: Widget, line: int) -> str:
            """What stands out in a line of a widget."""
            strip = widget.render_line(line)
            behind = [segment.style.bgcolor for segment in strip if segment.style]
            marks = [segment.style and segment.style.underline for segment in strip]
            return "".join(s.text for s, mark in zip(strip, marks, strict=True) if mark) or str(behind[0])

        gutter = show.table.gutter
        at = shown(show.table)[0].index("share") + gutter.left
        await show.pilot.hover(show.table, offset=(at, gutter.top))
        await show.until(lambda: pointed(show.table, 0) == "share", "the title")
        ground = pointed(show.log, 1)
        await show.pilot.hover(show.log, offset=(5, 1))
        await show.until(lambda: pointed(show.log, 1) != ground, "the event")
        assert pointed(show.table, 0) != "share"
        await show.pilot.hover(show.status)
        await show.until(lambda: pointed(show.log, 1) == ground, "none")


async def test_order_follows_the_figures() -> None:
    async with alone(PagesTable(ROLES), (60, 10)) as (table, _):
        table.rows = ROWS
        table.action_next_sort()
        assert pages_shown(table)[0] == "product_b"
        table.rows = (*ROWS[:2], ROWS[2]._replace(events=1))
        assert pages_shown(table) == ["home", "product_a", "product_b"]


async def test_a_site_of_many_pages_scrolls_and_keeps_its_marks() -> None:
    config = hostile_config(60)
    rows = page_rows(simulated(3600, config).snapshot(), Forecast(config, parameters()), comparable=True)
    async with alone(PagesTable(page_roles(config)), (60, 12)) as (table, pilot):
        table.rows = rows
        await pilot.pause()
        assert table.show_vertical_scrollbar
        width = table.scrollable_content_region.width
        assert width < 60
        lines = shown(table)
        assert all(cell_len(line) == width for line in lines)
        assert lines[0].endswith("fit")
        assert {line[-1] for line in lines[1:]} <= set("≈▲▼·")
        table.focus()
        await pilot.press("end")
        await pilot.pause()
        assert shown(table)[0] == lines[0]
        assert "/page 49" in shown(table)[-1]


@pytest.mark.parametrize("width", [1, 5, 20, 33, 34, 59, 60, 63, 64, 120])
async def test_lines_fit_any_width(width: int) -> None:
    async with alone(PagesTable(ROLES), (width, 10)) as (table, _):
        table.rows = ROWS
        assert {cell_len(line) for line in shown(table)} == {width}
    async with alone(Funnel(ROLES), (width, 10)) as (funnel, _):
        funnel.rows = ROWS
        assert {cell_len(line) for line in shown(funnel)} == {width}


async def test_funnel_bars() -> None:
    async with alone(Funnel(ROLES), (60, 6)) as (funnel, _):
        funnel.rows = (
            row(0)._replace(reach=1.0, reach_predicted=0.5),
            row(1)._replace(reach=0.0, reach_predicted=0.99),
            row(2)._replace(reach=nan, reach_predicted=0.5),
        )
        start = max(len(f"» /{page}") for page in PAGES) + 1
        bars = [line[start:-15] for line in shown(funnel)[:3]]
        width = len(bars[0])
        assert bars[0] == "█" * (width // 2) + "│" + "█" * (width - width // 2 - 1)
        assert bars[1] == " " * (width - 1) + "│"
        assert bars[2].strip() == "│"


async def test_note_says_since_when_shares_count() -> None:
    async with showing((80, 24), seconds=9 * 3600) as show:
        assert show.table.border_subtitle == "≈ fits the prediction"
        await show.step()
        await show.press("right")
        await show.until(lambda: show.snapshot.version.edits == 1)
        assert show.table.border_subtitle == "shares since 23 Nov 09:00:10"


async def test_a_config_that_ends_sessions_at_the_limit_says_so() -> None:
    # A session stays on the only page with probability .9: after 20 steps, .9 ** 20 = 12.2 % are still there.
    text = SITE.document.text
    landing = text.index("landing_pages:")
    rest = text[text.index("visits_per_hour:") :]
    assert landing < len(text)
    config = parse_config(f"pages:\n  a: {{a: 0.9, {SESSION_END}: 0.1}}\nlanding_pages: {{a: 1}}\n{rest}", "a.yml")
    limited = replace(parameters(), max_session_steps=20)
    async with showing((80, 24), config=config, params=limited) as show:
        assert show.table.border_subtitle == "12.2% of sessions end at step 20"
        assert "12.2% of sessions end at step 20" in show.text
    async with showing((80, 24), config=config) as show:
        assert "sessions end at step" not in show.text
