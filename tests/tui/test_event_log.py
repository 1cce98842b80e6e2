from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fakeweb_tui.events.matching import EventFilter
from fakeweb_tui.simulation import Batch, Parameters, Walk
from fakeweb_tui.tui.format import compact
from fakeweb_tui.tui.log_rows import sampled
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.screens.inspector import Inspector
from fakeweb_tui.tui.widgets.event_log import KEPT_ROWS, EventLog
from fakeweb_tui.tui.widgets.log_pane import FilterLine, LogPane
from fakeweb_tui.users import UserPool

from .driving import SITE, START, FakeClock, alone, events_of, parameters, showing, simulated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from fakeweb_tui.live import LiveSimulation

SIZE = (140, 12)


def event_log() -> EventLog:
    log = EventLog(page_roles(SITE))
    log.pool = UserPool(parameters().seed, SITE)
    return log


@asynccontextmanager
async def following(
    seconds: float = 0, *, speed: float | None, params: Parameters | None = None
) -> AsyncIterator[tuple[EventLog, Pilot[None], LiveSimulation, Callable[[int], None]]]:
    """A log alone on the screen, and the simulation that it follows, which runs on from a moment: it is shown so
    many times, a tenth of a real second apart, by each call of what comes last."""
    clock = FakeClock()
    live = simulated(seconds, params=params, speed=speed, running=True, clock=clock)

    def look(times: int) -> None:
        for _ in range(times):
            clock.seconds += 0.1
            live.advance()
            log.snapshot = live.snapshot()

    async with alone(event_log(), SIZE) as (log, pilot):
        yield log, pilot, live, look


def named(events: Batch) -> list[tuple[str, str]]:
    """When and where each event was, newest first."""
    times = [str(time)[11:] for time in np.datetime_as_string(events.timestamp)]
    return list(zip(times, (events.pages[page] for page in events.page.tolist()), strict=True))[::-1]


def shown(log: EventLog) -> list[str]:
    return [log.render_line(y).text for y in range(log.size.height)]


@given(st.integers(0, 5000), st.integers(1, 400))
def test_sampled_places_are_spread_and_hold_the_newest(count: int, most: int) -> None:
    places = sampled(count, most)
    assert len(places) == min(count, most)
    assert places == sorted(set(places))
    assert all(0 <= place < count for place in places)
    assert not places or places[-1] == count - 1
    gaps = {after - before for before, after in zip([-1, *places], places, strict=False)}
    assert not gaps or max(gaps) - min(gaps) <= 1


async def test_no_event_is_missing_at_a_low_rate() -> None:
    calm = parameters(sessions_per_day=1_000)
    async with following(speed=60, params=calm) as (log, _, live, look):
        look(900)
        events = events_of(Walk(calm, SITE), live.snapshot().clock)
        assert len(events) == live.snapshot().total.events > 50
        assert [(row.time, row.page) for row in log.rows] == named(events)
        assert log.skipped == 0
        assert log.note == "newest first"


async def test_no_event_is_missing_in_the_busiest_hour_at_the_speed_that_the_app_begins_with() -> None:
    async with following(18 * 3600, speed=60) as (log, _, live, look):
        log.snapshot = live.snapshot()
        before = log.skipped
        look(600)
        # In bursts: there are looks at which more events are new than can be followed for long.
        assert live.snapshot().total.events > 1000
        assert log.skipped == before
        assert log.note == f"{compact(before)} skipped"


@pytest.mark.parametrize("speed", [600, 3600, None])
async def test_shown_and_skipped_are_all(speed: float | None) -> None:
    async with following(speed=speed) as (log, _, live, look):
        look(60)
        events = live.snapshot().total.events
        assert log.skipped > 0
        assert len(log.rows) + log.skipped == events
        assert 60 < len(log.rows) <= 264
        told = re.fullmatch(r"(\d+) of (\S+) shown · (\S+) skipped", log.note)
        assert told
        assert (int(told[1]), told[3]) == (4, compact(log.skipped))
        assert told[2] != told[1]
        # What is shown did happen, in this order.
        recent = iter(named(live.snapshot().recent.newest(400)))
        assert all((row.time, row.page) in recent for row in log.rows[:4])


async def test_rows_say_what_the_event_says() -> None:
    live = simulated(7200)
    async with alone(event_log(), SIZE) as (log, _):
        log.snapshot = live.snapshot()
        recent = live.snapshot().recent.newest(400)
        users = UserPool(parameters().seed, SITE).columns(recent.user)
        assert len(log.rows) == len(recent) == 400
        for at in (0, 7, len(recent) - 1):
            row = log.rows[::-1][at]
            assert row.source == users["marketing_source"][at]
            assert row.os == users["os_name"][at]
            assert row.device == f"{users['os_name'][at]} · {users['browser_name'][at]}"
            assert row.user == users["user_custom_id"][at]
            assert row.place == f"{users['geo_region_name'][at]} {users['geo_country'][at]}"
        line = shown(log)[1]
        assert log.rows[0].time in line
        assert f"/{log.rows[0].page} " in line
        assert log.rows[0].source in line


@pytest.mark.parametrize(("width", "day"), [(144, "24 Nov "), (120, "")])
async def test_where_there_is_room_a_row_says_its_day(width: int, day: str) -> None:
    live = simulated(26 * 3600)
    async with alone(event_log(), (width, 12)) as (log, _):
        log.snapshot = live.snapshot()
        assert shown(log)[1].startswith(f"{day}{log.rows[0].time}▸")


async def test_standing_still_shows_all_that_is_known_of_a_step() -> None:
    live = simulated(18 * 3600, params=parameters(sessions_per_day=100_000))
    async with alone(event_log(), SIZE) as (log, _):
        log.snapshot = live.snapshot()
        before = log.skipped
        for _ in range(5):
            live.step()
            live.advance()
            log.snapshot = live.snapshot()
        assert log.skipped == before
        assert len(log.rows) + log.skipped == live.snapshot().total.events


async def test_newest_is_on_top_and_scrolling_back_stays_at_what_is_read() -> None:
    async with following(speed=600) as (log, pilot, _, look):
        look(30)
        await pilot.pause(0)
        assert shown(log)[0].split() == ["time", "page", "source", "device", "user", "place"]
        assert log.rows[0].time in shown(log)[1]
        look(3)
        await pilot.pause(0)
        assert log.rows[0].time in shown(log)[1]
        log.focus()
        await pilot.press(*["down"] * 12)
        await pilot.pause()
        reading = shown(log)
        assert log.rows[0].time not in reading[1]
        for _ in range(5):
            look(4)
            await pilot.pause()
            assert shown(log) == reading
        await pilot.press("home")
        await pilot.pause()
        assert log.rows[0].time in shown(log)[1]


async def test_a_long_log_forgets_its_oldest() -> None:
    async with following(speed=3600) as (log, pilot, _, look):
        look(KEPT_ROWS // 4 + 40)
        await pilot.pause(0)
        assert len(log.rows) == KEPT_ROWS
        times = [row.time for row in log.rows]
        assert log.virtual_size.height == KEPT_ROWS + 1
        log.scroll_end(animate=False, immediate=True)
        await pilot.pause()
        assert times[-1] in shown(log)[-1]
        look(20)
        await pilot.pause()
        assert all(line.strip() for line in shown(log))


async def test_a_new_run_begins_a_new_log() -> None:
    live = simulated(7200)
    async with alone(event_log(), SIZE) as (log, pilot):
        log.snapshot = live.snapshot()
        assert log.skipped > 0
        log.scroll_to(y=30, animate=False)
        live.reset()
        live.advance()
        log.snapshot = live.snapshot()
        await pilot.pause()
        assert log.rows == ()
        assert log.skipped == 0
        assert log.scroll_offset.y == 0
        assert "skipped" not in log.note
        assert "No events yet. Paused: press space." in shown(log)[1]
        assert not "".join(shown(log)[2:]).strip()


async def test_waiting_for_the_first_event_says_nothing_while_time_goes_on() -> None:
    async with alone(event_log(), SIZE) as (log, _):
        log.snapshot = simulated(running=True).snapshot()
        assert not "".join(shown(log)[1:]).strip()


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (24, 4), (38, 7), (61, 8), (90, 8), (200, 30)])
async def test_lines_fit_any_size(size: tuple[int, int]) -> None:
    async with alone(event_log(), size) as (log, pilot):
        log.snapshot = simulated(3600).snapshot()
        await pilot.pause()
        lines = shown(log)
        # The last column is the scrollbar's.
        assert [cell_len(line) for line in lines] == [size[0] - 1] * size[1]
        if size[0] > 10:
            assert lines[0].startswith("time") == (size[1] >= 8)
            assert log.rows[0].time[:8] in lines[size[1] >= 8]


async def test_the_log_of_the_app_holds_the_events_of_its_run() -> None:
    async with showing((120, 40), seconds=1200) as show:
        await show.step(20)
        events = events_of(Walk(parameters(), SITE), show.snapshot.clock)
        assert show.snapshot.total.events == len(events)
        assert [(row.time, row.page) for row in show.log.rows] == named(events)
        assert show.snapshot.began == START


async def test_the_cursor_stays_at_its_event() -> None:
    async with following(speed=600) as (log, pilot, _, look):
        look(30)
        await pilot.pause(0)
        log.focus()
        await pilot.pause(0)
        assert "▸" in shown(log)[1]
        await pilot.press("down", "down", "down")
        assert log.cursor == 3
        chosen = log.rows[3]
        for _ in range(3):
            look(4)
            await pilot.pause(0)
            assert log.rows[log.cursor] is chosen
            assert next(line for line in shown(log) if "▸" in line).startswith(chosen.dated + "▸")
        await pilot.press("pageup", "up")
        assert log.rows[log.cursor or 0] is not chosen
        await pilot.press("end")
        assert log.cursor == len(log.rows) - 1
        await pilot.press("home")
        assert log.cursor is None
        assert log.scroll_offset.y == 0


async def test_a_row_that_falls_off_takes_the_cursor_along_to_the_oldest() -> None:
    async with following(speed=3600) as (log, pilot, live, look):
        look(KEPT_ROWS // 4 + 40)
        log.focus()
        await pilot.press("end")
        look(20)
        assert log.cursor == len(log.rows) - 1 == KEPT_ROWS - 1
        live.reset()
        look(1)
        assert log.cursor is None


async def test_the_filter_shows_all_kept_events_that_match() -> None:
    async with following(speed=3600) as (log, _, live, look):
        look(40)
        sample = len(log.rows)
        log.wanted = EventFilter.parse("page:/home")
        goal = [row for row in log.rows if row.page == "home"]
        assert goal == list(log.rows)
        assert len(goal) > sample
        events = live.snapshot().total.events
        assert log.note == f"{len(goal):,} of {events:,} kept match"
        look(5)
        total = live.snapshot().total
        assert len(log.rows) == total.events_by_page[0]
        assert log.note.startswith(f"{len(log.rows):,} of {total.events:,} ")
        log.wanted = EventFilter.parse("page:/nowhere")
        assert "None of the events kept match." in shown(log)[1]
        log.wanted = EventFilter()
        assert len(log.rows) > len(goal)


async def test_filtering_as_one_types() -> None:
    async with showing((120, 40), seconds=1200) as show:
        await show.step(20)
        pane = show.main.query_one(LogPane)
        await show.press("slash", *"page:/cart")
        line = pane.query_one(FilterLine)
        assert line.has_focus
        assert {row.page for row in show.log.rows} == {"cart"}
        events = show.snapshot.total.events
        carts = len(show.log.rows)
        await show.until(lambda: f"{carts} of {events} kept match" in show.text, "the count")
        await show.press("space", *"b")
        before = show.log.rows
        await show.press("colon")
        await show.until(lambda: "'b' may be browser_name" in show.text, "what is not understood")
        assert show.log.rows == before
        await show.press("backspace", *"rowser_na")
        await show.until(lambda: "may be" not in show.text, "nothing to say")
        await show.until(lambda: line._suggestion == "page:/cart browser_name:", "a suggestion")
        await show.press("right", *"chrome", "enter")
        assert show.log.has_focus
        assert {row.device.split(" · ")[1] for row in show.log.rows} == {"Chrome"}
        await show.press("escape")
        assert len(show.log.rows) == events
        assert not line.display
        assert "/ filter" in show.text
        assert show.log.has_focus


async def test_the_filter_is_at_hand_where_panes_are_tabs() -> None:
    async with showing((60, 20), seconds=1200) as show:
        await show.press("slash", "x")
        assert show.main.pane == "log"
        assert show.main.query_one(FilterLine).value == "x"


async def test_enter_pressed_twice_shows_one_event() -> None:
    async with showing((120, 40), seconds=1200) as show:
        await show.step(20)
        show.log.focus()
        await show.press("down")
        await show.press_at_once("enter", "enter")
        await show.until(lambda: isinstance(show.app.screen, Inspector), "the inspector")
        await show.pilot.pause()
        assert show.app.screen_stack[-2] is show.main


async def test_a_click_chooses_a_row_and_a_second_one_shows_it() -> None:
    async with showing((120, 40), seconds=1200) as show:
        await show.step(20)
        await show.pilot.click(show.log, offset=(5, 4))
        assert show.log.cursor == 3
        await show.pilot.click(show.log, offset=(5, 4))
        await show.until(lambda: isinstance(show.app.screen, Inspector), "the inspector")


async def test_a_log_that_is_scrolled_back_says_so() -> None:
    async with following(speed=600) as (log, pilot, _, look):
        look(30)
        await pilot.pause(0)
        log.focus()
        await pilot.press(*["down"] * 3)
        assert log.note == "3 newer · home follows"
        before = len(log.rows)
        look(4)
        assert log.note == f"{3 + len(log.rows) - before} newer · home follows"
        assert len(log.rows) > before
        await pilot.press("home")
        assert "newer" not in log.note
        # The wheel scrolls back as well.
        log.scroll_to(y=5, animate=False, immediate=True)
        await pilot.pause(0)
        assert log.note == "5 newer · home follows"


async def test_the_hints_in_the_border_can_be_clicked() -> None:
    async with showing((120, 40), seconds=3600) as show:
        pane = show.main.query_one(LogPane)

        async def click(words: str) -> None:
            await show.until(lambda: words in show.lines[pane.region.bottom - 1], words)
            x = show.lines[pane.region.bottom - 1].index(words) - pane.region.x
            await show.pilot.click(pane, offset=(x, pane.outer_size.height - 1))

        await show.press("shift+tab", "down", "down")
        await click("2 newer")
        assert show.log.cursor is None
        await click("/ filter")
        assert show.main.query_one(FilterLine).has_focus
        await click("esc all events")
        assert show.log.has_focus
        await click("/ filter")


async def test_no_tooltip_lies_on_what_is_read() -> None:
    async with showing((120, 40), seconds=3600) as show:
        log, table = show.log, show.table
        assert log.tooltip
        log.focus()
        await show.until(lambda: log.tooltip is None and table.tooltip, "none on the log")
        table.focus()
        await show.until(lambda: log.tooltip and table.tooltip is None, "none on the table")
        log.scroll_to(y=5, animate=False)
        await show.until(lambda: log.tooltip is None, "none on what is scrolled to")
