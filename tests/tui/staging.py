"""Leads an app that stands still to each of its screens, as they are to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual.command import CommandList, CommandPalette
from textual.widgets import Input, OptionList, Static

from fakeweb_tui.recovery import Recoverable
from fakeweb_tui.scenario import Edit, Scenario
from fakeweb_tui.tui.screens.export_events import ExportEvents
from fakeweb_tui.tui.screens.figures import FiguresScreen
from fakeweb_tui.tui.screens.fit import FitDialog
from fakeweb_tui.tui.screens.go_to import GoToDialog
from fakeweb_tui.tui.screens.goal import GoalDialog
from fakeweb_tui.tui.screens.help import HelpScreen
from fakeweb_tui.tui.screens.inspector import Inspector
from fakeweb_tui.tui.screens.journal import JournalScreen
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.screens.names import ChoiceDialog, NameDialog
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.screens.quit import QuitDialog
from fakeweb_tui.tui.screens.recovery import RecoveryDialog
from fakeweb_tui.tui.screens.save import FileDialog, SaveDialog
from fakeweb_tui.tui.screens.themes import ThemeDialog
from fakeweb_tui.tui.screens.variants import VariantsScreen
from fakeweb_tui.tui.sections import SECTIONS
from fakeweb_tui.tui.variants import as_edited, as_loaded
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tui.widgets.log_pane import FilterLine
from fakeweb_tui.tui.widgets.site_pane import SitePane
from fakeweb_tui.tuning import Workbench

from .driving import SITE, linked_pages, parameters, screen_lines, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from textual.pilot import Pilot
    from textual.screen import Screen

    from fakeweb_tui.config import Config

    Arrange = Callable[[Pilot[None]], Coroutine[Any, Any, None]]

MOMENT = 14 * 3600 + 310
DAYS = 86_400

HOME = ("pages", "home")


@dataclass(frozen=True)
class Stage:
    """A screen: what leads to it from the main screen, and of which class it then is."""

    name: str
    arrange: Arrange
    kind: type[Screen[Any]] = MainScreen
    seconds: float = MOMENT
    """Simulated time since the start."""
    config: Config = SITE

    async def arrive(self, pilot: Pilot[None]) -> None:
        """Go there, and wait until it is as it will stay."""
        await self.arrange(pilot)
        await wait_until(pilot, lambda: isinstance(pilot.app.screen, self.kind), self.name)


def pressing(*keys: str) -> Arrange:
    """Press keys; nothing that takes time comes of them."""

    async def arrange(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)

    return arrange


def section(title: str, *keys: str) -> Arrange:
    """Show a section of the editor, and press keys there."""
    number = [each.title for each in SECTIONS].index(title)

    async def arrange(pilot: Pilot[None]) -> None:
        main = main_screen(pilot)
        await main.show_section(number)
        await pilot.press(*keys)
        await wait_until(pilot, lambda: main.query_one(EditorPane).section == number and main.up_to_date, title)

    return arrange


def main_screen(pilot: Pilot[None]) -> MainScreen:
    """The main screen, which is at the bottom."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, MainScreen))


async def said(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen says something."""
    await wait_until(pilot, lambda: text in "\n".join(screen_lines(pilot.app)), text)


async def opened(pilot: Pilot[None], key: str, kind: type[Screen[Any]]) -> None:
    """Open a dialog by its key."""
    await pilot.press(key)
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, kind), kind.__name__)


# The main screen.


async def main(_pilot: Pilot[None]) -> None:
    """As it is."""


async def hint(pilot: Pilot[None]) -> None:
    """The hint of a first run."""
    main_screen(pilot).hinting = True


async def edited(pilot: Pilot[None]) -> None:
    """A slider moved, one locked, a row that leads to one target only; and some time after that."""
    await pilot.press("n", "down", "shift+right", "l", "pagedown", "pagedown", "pagedown", "end")
    main = main_screen(pilot)
    await wait_until(pilot, lambda: main.snapshot and main.snapshot.version.edits == 2, "both edits")
    for _ in range(20):
        main._live.step()
    await wait_until(pilot, lambda: main.snapshot and main.snapshot.clock.minute == 8, "some steps")


async def influence(pilot: Pilot[None]) -> None:
    """What moves the conversion."""
    await pilot.press("i")
    await wait_until(pilot, lambda: main_screen(pilot).query_one(EditorPane).influence, "the influence")


async def site_map(pilot: Pilot[None]) -> None:
    """The site map."""
    await pilot.press("m")
    pane = pilot.app.screen.query_one(SitePane)
    await wait_until(pilot, lambda: pane.map.flows is not None, "the flows")
    await said(pilot, "┏")
    await wait_until(pilot, lambda: pane.map._fitted == pane.map.size, "the map in its room")


async def funnel(pilot: Pilot[None]) -> None:
    """The funnel."""
    await site_map(pilot)
    await pilot.press("m")


async def heat_map(pilot: Pilot[None]) -> None:
    """The heat map, with a transition chosen."""
    await funnel(pilot)
    await pilot.press("m", "right", "down")
    pane = pilot.app.screen.query_one(SitePane)
    await wait_until(pilot, lambda: pane.matrix._fitted == pane.matrix.size, "the matrix in its room")


async def calendar_and_filter(pilot: Pilot[None]) -> None:
    """The calendar, and a filter that is being typed."""
    await pilot.press("d", "d", "slash", *"browser_name:Fire")
    line = pilot.app.screen.query_one(FilterLine)
    line.cursor_blink = False
    await wait_until(pilot, lambda: line._suggestion == "browser_name:Firefox", "the suggestion")


async def no_match(pilot: Pilot[None]) -> None:
    """A filter that no event matches."""
    await pilot.press("slash", *"browser_name:Netscape")
    await said(pilot, "None of the events")


# What lies on it.


async def inspector(pilot: Pilot[None]) -> None:
    """An event, and its session."""
    await pilot.press("tab", "tab", "tab", "down", "down")
    await opened(pilot, "enter", Inspector)
    path = pilot.app.screen.query_one("#path")
    await wait_until(pilot, lambda: path.border_title, "the path")


async def user(pilot: Pilot[None]) -> None:
    """An event, and its user."""
    await inspector(pilot)
    await pilot.press("u")
    path = pilot.app.screen.query_one("#path")
    await wait_until(pilot, lambda: "User" in str(path.border_title), "the user")


async def palette(pilot: Pilot[None]) -> None:
    """Commands that match what was typed."""
    await pilot.press("ctrl+p", *"the")
    options = pilot.app.screen.query_one(CommandList)
    await wait_until(pilot, lambda: options.option_count > 1, "the commands")


async def journal(pilot: Pilot[None]) -> None:
    """Two edits, and what differs."""
    main = main_screen(pilot)
    await pilot.press("n")
    await wait_until(pilot, lambda: main.snapshot and main.snapshot.clock.second == 20, "the step")
    await pilot.press("shift+right", "right_square_bracket", "shift+right")
    await wait_until(pilot, lambda: main.snapshot and main.snapshot.version.edits == 2, "both edits")
    await opened(pilot, "j", JournalScreen)


async def figures(pilot: Pilot[None]) -> None:
    """Figures since the start and since an edit."""
    await pilot.press("shift+right")
    await opened(pilot, "c", FiguresScreen)


async def goal_found(pilot: Pilot[None]) -> None:
    """The smallest change that meets a goal."""
    await opened(pilot, "o", GoalDialog)
    await pilot.press(*"3%", "enter")
    await wait_until(pilot, lambda: pilot.app.screen.has_class("-found"), "a proposal")


async def goal_refused(pilot: Pilot[None]) -> None:
    """A goal that cannot be met."""
    await opened(pilot, "o", GoalDialog)
    await pilot.press(*"100%", "enter")
    await said(pilot, "That cannot be")


async def variants(pilot: Pilot[None]) -> None:
    """A and B, after enough sessions."""
    bench = Workbench.of(SITE, parameters()).set_probability(HOME, "product_a", 0.19)
    screen = VariantsScreen(as_loaded(bench), as_edited(bench), enough=3_000)
    await pilot.app.push_screen(screen)
    await wait_until(pilot, lambda: "enough" in str(screen.query_one("#variants", Static).render()), "figures")


async def export_events(pilot: Pilot[None]) -> None:
    """How many events, and where to."""
    await opened(pilot, "e", ChoiceDialog)
    await pilot.press("down", "down")
    await opened(pilot, "enter", ExportEvents)


async def export_scenario(pilot: Pilot[None]) -> None:
    """Where to export the scenario to."""
    await opened(pilot, "e", ChoiceDialog)
    await pilot.press("down")
    await opened(pilot, "enter", FileDialog)


async def save_refused(pilot: Pilot[None]) -> None:
    """A path to which the config cannot be saved."""
    await opened(pilot, "ctrl+s", SaveDialog)
    pilot.app.screen.query_one(Input).value = "missing/config.yml"
    await pilot.press("enter")


async def open_list(pilot: Pilot[None]) -> None:
    """What can be opened: the sites, and a file."""
    Path("shop.yml").write_text(SITE.document.text)
    await opened(pilot, "ctrl+o", OpenDialog)
    options = pilot.app.screen.query_one(OptionList)
    await wait_until(pilot, lambda: options.option_count == 6, "the sites and the file")


async def fit_asking(pilot: Pilot[None]) -> None:
    """Events of a shape that is not known."""
    log = Path("access.csv")
    log.write_text("ts,who,url,ua\n2026-11-23 00:00:11,a,/home,Chrome\n")
    dialog = FitDialog(log)
    pilot.app.push_screen(dialog)
    await wait_until(pilot, lambda: dialog.has_class("-asking"), "the columns")


async def fit_found(pilot: Pilot[None]) -> None:
    """What a log tells."""
    log = Path("access.csv")
    rows = [
        f"2026-11-23 {visitor % 24:02}:{move:02}:11,visitor {visitor},{page}\n"
        for visitor in range(200)
        for move, page in enumerate(("/home", "/shoes", "/buy")[: 1 + visitor % 3])
    ]
    log.write_text("event_timestamp,user_custom_id,page_url_path\n" + "".join(rows))
    dialog = FitDialog(log)
    pilot.app.push_screen(dialog)
    await wait_until(pilot, lambda: dialog.has_class("-asking") or dialog.has_class("-found"), "the log is read")
    if dialog.has_class("-asking"):
        await pilot.click("#learn")
        await wait_until(pilot, lambda: dialog.has_class("-found"), "the config")


async def name_refused(pilot: Pilot[None]) -> None:
    """A target that the page has already."""
    await opened(pilot, "a", NameDialog)
    await pilot.press(*"home", "enter")
    await wait_until(pilot, lambda: str(pilot.app.screen.query_one(".problem", Static).render()), "why not")


async def quit_(pilot: Pilot[None]) -> None:
    """Whether to quit with edits unsaved."""
    main = main_screen(pilot)
    await pilot.press("shift+right")
    await wait_until(pilot, lambda: main.unsaved, "an edit")
    await opened(pilot, "ctrl+q", QuitDialog)


async def recovery(pilot: Pilot[None]) -> None:
    """Whether to take back what a crash has left."""
    bench = Workbench.of(SITE, parameters()).set_probability(HOME, "product_a", 0.19)
    edit = Edit(360, HOME, SITE.row(HOME), bench.config.row(HOME))
    left = Recoverable(
        Path("left.scenario.jsonl"),
        datetime(2026, 11, 22, 18, 5, tzinfo=UTC),
        Scenario(SITE, parameters(), (edit,)),
    )
    pilot.app.push_screen(RecoveryDialog(left, bench))


STAGES = (
    Stage("main", main),
    Stage("begin", main, seconds=0),
    Stage("hint", hint),
    Stage("edited", edited),
    Stage("influence", influence),
    Stage("landing", section("Landing", "down", "shift+right")),
    Stage("hours", section("Hours", "right", "right", "shift+up")),
    Stage("systems", section("Systems", "down", "shift+left")),
    Stage("browsers", section("Browsers", "l", "down", "right")),
    Stage("sources", section("Sources", "down", "down", "right")),
    Stage("mediums", section("Mediums")),
    Stage("campaigns", section("Campaigns", "right")),
    Stage("ads", section("Ads")),
    Stage("numbers", section("Numbers", "down", "right")),
    Stage("map", site_map),
    Stage("map of two pages", site_map, config=linked_pages(2)),
    Stage("map of sixty pages", site_map, config=linked_pages(60)),
    Stage("funnel", funnel),
    Stage("heat-map", heat_map),
    Stage("calendar-and-filter", calendar_and_filter),
    Stage("maximised calendar", pressing("d", "d", "tab", "tab", "z", "up", "left"), seconds=5 * DAYS + MOMENT),
    Stage("last hours", pressing("d", "tab", "tab", "left", "left", "left")),
    Stage("sessions by hour", pressing("h")),
    Stage("maximised editor", pressing("z")),
    Stage("maximised log", pressing("tab", "tab", "tab", "z", "down", "down")),
    Stage("no match", no_match),
    Stage("inspector", inspector, Inspector),
    Stage("user", user, Inspector, seconds=3 * DAYS + MOMENT),
    Stage("help", pressing("question_mark"), HelpScreen),
    Stage("palette", palette, CommandPalette),
    Stage("themes", pressing("t"), ThemeDialog),
    Stage("go to", pressing("g"), GoToDialog),
    Stage("goal", pressing("o"), GoalDialog),
    Stage("goal found", goal_found, GoalDialog),
    Stage("goal refused", goal_refused, GoalDialog),
    Stage("journal", journal, JournalScreen),
    Stage("figures", figures, FiguresScreen),
    Stage("variants", variants, VariantsScreen),
    Stage("export", pressing("e"), ChoiceDialog),
    Stage("export events", export_events, ExportEvents),
    Stage("export scenario", export_scenario, FileDialog),
    Stage("save refused", save_refused, SaveDialog),
    Stage("open", open_list, OpenDialog),
    Stage("fit asking", fit_asking, FitDialog),
    Stage("fit found", fit_found, FitDialog),
    Stage("add", pressing("a"), NameDialog),
    Stage("add refused", name_refused, NameDialog),
    Stage("rename", pressing("f2"), NameDialog),
    Stage("remove", pressing("delete"), ChoiceDialog),
    Stage("quit", quit_, QuitDialog),
    Stage("recovery", recovery, RecoveryDialog),
)
"""Every screen."""
