"""What a pane costs that nobody sees: counted, not timed."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakeweb_tui.events.kept import KeptEvents
from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.flows import Flows
from fakeweb_tui.tui.screens import main as main_screen
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.screens.variants import VariantsScreen
from fakeweb_tui.tui.widgets.event_log import EventLog
from fakeweb_tui.tui.widgets.funnel import Funnel
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.tui.widgets.pages_table import PagesTable
from fakeweb_tui.tui.widgets.site_map import SiteMap
from fakeweb_tui.tui.widgets.site_pane import SitePane
from fakeweb_tui.tui.widgets.status_line import StatusLine

from .driving import SITE, FakeClock, HandDriven, parameters, screen_lines, wait_until, when_shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

    from textual.pilot import Pilot

TURNS = 12
TABLE, CHART, LOG, MAP = {"figures", "title", "table"}, {"chart"}, {"events", "log"}, {"flows", "map"}
WORK: dict[str, tuple[Any, str]] = {
    "figures": (main_screen, "page_rows"),
    "title": (main_screen, "session_title"),
    "table": (PagesTable, "render_line"),
    "funnel": (Funnel, "render_line"),
    "chart": (Histogram, "render"),
    "events": (KeptEvents, "add"),
    "log": (EventLog, "render_line"),
    "flows": (Flows, "of"),
    "map": (SiteMap, "render_line"),
    "status": (StatusLine, "render"),
}
"""What panes compute and draw."""


class Turning:
    """The app on a simulation at ×600 that goes on when the test says so."""

    def __init__(self, pilot: Pilot[None], main: MainScreen, live: HandDriven, clock: FakeClock) -> None:
        self.pilot, self.main, self.live, self.clock = pilot, main, live, clock

    async def turn(self, count: int) -> None:
        """Show so many snapshots, and let what draws at a pace of its own look at each."""
        for _ in range(count):
            self.clock.seconds += 0.1
            self.live.turn()
            await self.pilot.pause(0)
            self.main.query_one(Histogram)._look()
            self.main.query_one(SitePane)._look()
            await self.pilot.pause(0)


@asynccontextmanager
async def turning(size: tuple[int, int]) -> AsyncIterator[Turning]:
    clock = FakeClock()
    live = HandDriven(parameters(), SITE, speed=600, now=clock)
    app = FakewebApp(SITE, parameters(), live)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await when_shown(pilot)
        main = app.screen
        assert isinstance(main, MainScreen)
        show = Turning(pilot, main, live, clock)
        await show.turn(1)
        yield show


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what is done of `WORK`."""
    counts: Counter[str] = Counter()

    def counted(what: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **options: Any) -> Any:
            counts[what] += 1
            return act(*args, **options)

        return count

    for what, (owner, name) in WORK.items():
        monkeypatch.setattr(owner, name, counted(what, getattr(owner, name)))
    return counts


@pytest.mark.parametrize(
    ("size", "keys", "seen"),
    [
        ((200, 60), (), TABLE | CHART | LOG | {"funnel"}),
        ((120, 40), (), TABLE | CHART | LOG),
        ((120, 40), ("z",), set()),  # the editor alone
        ((120, 40), ("tab", "z"), TABLE),
        ((120, 40), ("tab", "tab", "z"), CHART),
        ((120, 40), ("shift+tab", "z"), LOG),
        ((120, 40), ("m",), MAP),
        ((60, 20), (), set()),
        ((60, 20), ("shift+tab",), LOG),
    ],
)
async def test_a_pane_that_is_not_seen_does_nothing(
    size: tuple[int, int], keys: tuple[str, ...], seen: set[str], done: Counter[str]
) -> None:
    async with turning(size) as show:
        await show.pilot.press(*keys)
        await show.turn(1)
        done.clear()
        await show.turn(TURNS)
        assert done.keys() == {"status", *seen}
        assert done["status"] >= TURNS
        # Figures are computed once for each snapshot, whoever draws them.
        assert done["figures"] in (0, TURNS)


async def test_behind_another_screen_nothing_is_done(done: Counter[str]) -> None:
    async with turning((120, 40)) as show:
        await show.pilot.press("v")
        await wait_until(show.pilot, lambda: isinstance(show.pilot.app.screen, VariantsScreen), "the other screen")
        await show.turn(1)
        done.clear()
        await show.turn(TURNS)
        assert not done
        await show.pilot.press("escape")
        await wait_until(show.pilot, lambda: show.pilot.app.screen is show.main, "the main screen")
        assert {"figures", "table", "chart", "events", "log", "status"} <= done.keys()
        assert_all_is_new(show)


def assert_all_is_new(show: Turning) -> None:
    """The panes show the latest figures, and the log the latest event."""
    snapshot = show.main.snapshot
    assert snapshot is not None
    log, table = show.main.query_one(EventLog), show.main.query_one(PagesTable)
    chart = show.main.query_one(Histogram)
    assert chart.snapshot is log.snapshot is snapshot
    assert chart.up_to_date
    assert [row.events for row in table.rows] == snapshot.total.events_by_page.tolist()
    newest = snapshot.recent.newest(1)
    assert log.rows[0].time == str(newest.timestamp[0])[11:].replace("T", "")
    text = "\n".join(screen_lines(show.pilot.app))
    assert log.rows[0].time[:8] in text
    assert f"{snapshot.total.events_by_page[0]:,}" in text


async def test_what_is_shown_again_is_right_at_once(done: Counter[str]) -> None:
    async with turning((120, 40)) as show:
        await show.turn(5)
        await show.pilot.press("z")
        await show.turn(60)
        assert done["events"] <= 6
        await show.pilot.press("z")
        await show.pilot.pause(0)
        assert_all_is_new(show)
        # The log has what it would have shown meanwhile, and knows what it has not.
        snapshot, log = show.main.snapshot, show.main.query_one(EventLog)
        assert snapshot is not None
        assert len(log.rows) + log.skipped == snapshot.total.events
        assert len(log.rows) > 100
        assert len(log._kept) == snapshot.total.events
