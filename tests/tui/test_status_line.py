from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.live import SPEEDS
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.format import speed_name
from fakeweb_tui.tui.screens.go_to import GoToDialog
from fakeweb_tui.tui.widgets.status_line import StatusLine

from .driving import SITE, FakeClock, alone, parameters, showing, simulated


async def line(snapshot: Snapshot | None, width: int = 200, *, name: str = "default.yml", edits: int = 0) -> str:
    async with alone(StatusLine(), (width, 2)) as (status, pilot):
        status.forecast = Forecast(SITE, parameters())
        status.snapshot = snapshot
        status.config_name = name
        status.edits = edits
        await pilot.pause()
        text: str = status.render_line(0).text
        assert len(text) <= width
        return f"{text} "


async def test_before_the_first_figures() -> None:
    assert (await line(None)).strip() == "starting …"


async def test_figures() -> None:
    snapshot = simulated(14 * 3600 + 310).snapshot()
    text = await line(snapshot)
    conversion = snapshot.total.reached_by_page[-1] / snapshot.total.sessions
    for words in (
        "paused",
        "Mon 23 Nov 2026 14:05:10",
        "×600",
        "0.0 events/s",
        f"{snapshot.total.events:,} events",
        f"{snapshot.active} active sessions",
        f"conversion {conversion:.1%}",
        "predicted 12.0%",
        "default.yml",
    ):
        assert words in text
    assert "edited" not in text


async def test_running() -> None:
    clock = FakeClock()
    live = simulated(12 * 3600, running=True, speed=3600, clock=clock)
    before = live.snapshot().total.events
    for _ in range(20):
        clock.seconds += 0.05
        live.advance()
    snapshot = live.snapshot()
    text = await line(snapshot)
    assert "● live" in text
    assert snapshot.events_per_second == pytest.approx(snapshot.total.events - before, rel=0.2)
    assert f"{snapshot.events_per_second:,.0f} events/s" in text


async def test_slow_rates_have_a_decimal() -> None:
    clock = FakeClock()
    live = simulated(12 * 3600, running=True, speed=10, clock=clock)
    for _ in range(40):
        clock.seconds += 0.1
        live.advance()
    rate = live.snapshot().events_per_second
    assert 0 < rate < 10
    assert f" {rate:.1f} events/s" in await line(live.snapshot())


async def test_the_course_of_the_rate() -> None:
    shown, numbers = simulated(9 * 3600, running=True).snapshot(), count(0, 5)
    async with alone(StatusLine(), (120, 2)) as (status, pilot):

        async def course(*rates: float, run: int = 0) -> str:
            """The bars after some rates, each of which stands for half a second."""
            for rate in rates:
                status.snapshot = replace(shown, run=run, number=next(numbers), events_per_second=rate)
            await pilot.pause()
            bars: str = status.render_line(0).text.partition("×600")[2].partition(f" {rates[-1]:.0f} ev/s")[0]
            return bars

        status.forecast = Forecast(SITE, parameters())
        assert (await course(80, 160)).strip() == ""
        assert await course(80, 160, 10, 0.001, 320) == "         ▄▂▄▁▁█"
        assert await course(*range(10, 150, 10)) == "   ▂▂▃▃▄▅▅▆▆▇▇█"
        # Another run has a course of its own.
        assert (await course(80, 160, run=1)).strip() == ""
        assert (await course(80, 160, 40, run=2)).strip() == "█▂"


@pytest.mark.parametrize(("width", "name", "room"), [(99, "", False), (100, "", True), (165, "n" * 30, False)])
async def test_the_course_is_left_out_where_there_is_no_room_for_it(width: int, name: str, room: bool) -> None:
    shown = simulated(9 * 3600, running=True).snapshot()
    async with alone(StatusLine(), (width, 2)) as (status, pilot):
        status.forecast, status.config_name = Forecast(SITE, parameters()), name
        for number in range(0, 50, 5):
            status.snapshot = replace(shown, number=number, events_per_second=200)
        await pilot.pause()
        text: str = status.render_line(0).text
        assert ("█████ 200 ev" in text) == room
        assert name in text


@pytest.mark.parametrize("speed", SPEEDS)
async def test_speeds(speed: float | None) -> None:
    assert f" {speed_name(speed)} " in await line(simulated(speed=speed).snapshot())


@pytest.mark.parametrize(("edits", "words"), [(1, "1 row edited"), (2, "2 rows edited")])
async def test_edits(edits: int, words: str) -> None:
    snapshot = simulated(9 * 3600).snapshot()
    for width in (80, 100, 139, 140, 170):
        assert words in await line(snapshot, width, edits=edits)


async def test_no_session_yet() -> None:
    assert "conversion –" in await line(simulated().snapshot())


async def test_counts_in_the_millions_fit_into_80_cells() -> None:
    snapshot = simulated(3600).snapshot()
    total = snapshot.total
    many = type(total)(
        *(
            column * np.int64(100_000)
            for column in (
                total.events_by_page,
                total.reached_by_page,
                total.events_by_hour,
                total.sessions_by_hour,
            )
        )
    )
    fields = {name: getattr(snapshot, name) for name in snapshot.__dataclass_fields__}
    text = await line(Snapshot(**{**fields, "total": many}), 80, edits=2)
    for words in ("❚❚", "23 Nov 01:00:00", "×600", "ev/s", "M ", "active", "conv", "2 rows edited"):
        assert words in text


async def test_a_config_name_is_shown_as_text() -> None:
    text = await line(simulated().snapshot(), name="[/x]\x1b[2J.yml")
    assert "[/x]\ufffd[2J.yml" in text


@pytest.mark.parametrize("width", [1, 10, 40, 60, 79, 99, 100, 159, 160])
async def test_any_width(width: int) -> None:
    text = await line(simulated(9 * 3600).snapshot(), width, edits=3)
    assert text.strip().startswith("❚❚"[: width - 1])


async def test_no_figure_is_cut() -> None:
    snapshot = simulated(9 * 3600).snapshot()
    whole = (await line(snapshot, 99, edits=3)).split()
    for width in range(20, 99):
        shown = (await line(snapshot, width, edits=3)).split()
        assert shown == whole[: len(shown)]


async def test_what_is_clicked_happens() -> None:
    async with showing((80, 24), seconds=9 * 3600, speed=60) as show:
        await show.pilot.click(show.status, offset=(1, 0))
        await show.until(lambda: show.snapshot.running, "it goes on")
        await show.pilot.click(show.status, offset=(show.lines[0].index("×60"), 0))
        await show.until(lambda: show.snapshot.speed == 600, "the next speed")
        await show.pilot.click(show.status, offset=(show.lines[0].index("ev/s"), 0))
        await show.pilot.click(show.status, offset=(show.lines[0].index("23 Nov"), 0))
        await show.until(lambda: isinstance(show.app.screen, GoToDialog), "the question where to")
