"""What the screen looks like: pictures that a person has looked at, and that must not change unnoticed.

`pytest tests/tui/test_looks.py --snapshot-update` takes them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from textual.command import CommandList
from textual.widgets import Input, OptionList, Static

from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.screens.fit import FitDialog
from fakeweb_tui.tui.screens.help import HelpScreen
from fakeweb_tui.tui.screens.inspector import Inspector
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.screens.save import SaveDialog
from fakeweb_tui.tui.screens.themes import ThemeDialog
from fakeweb_tui.tui.screens.variants import VariantsScreen
from fakeweb_tui.tui.variants import as_edited, as_loaded
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.tui.widgets.log_pane import FilterLine
from fakeweb_tui.tui.widgets.site_pane import SitePane
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.users import vocabulary

from .driving import (
    SITE,
    hostile_config,
    linked_pages,
    parameters,
    screen_lines,
    simulated,
    wait_until,
    when_shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from textual.pilot import Pilot

    from fakeweb_tui.config import Config

    Compare = Callable[..., bool]
    Prepare = Callable[[Pilot[None]], Coroutine[Any, Any, None]]

MOMENT = 14 * 3600 + 310


@pytest.fixture(autouse=True)
def _fixed_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - for its effect
    """Keep what differs from one release of Faker to the next out of the pictures."""
    words = vocabulary()
    for name, texts in {
        "names": ("ann", "bo", "cy"),
        "mail_domains": ("example.com", "example.org"),
        "places": ("Gingee", "Recife", "Buynaksk", "Fort Washington"),
        "countries": ("IN", "BR", "RU", "US"),
    }.items():
        count = len(getattr(words, name))
        monkeypatch.setattr(words, name, np.array([texts[at % len(texts)] for at in range(count)], dtype=object))


def looks_as_before(
    snap_compare: Compare,
    size: tuple[int, int],
    *,
    theme: str = "night",
    config: Config = SITE,
    prepare: Prepare | None = None,
    seconds: float = MOMENT,
) -> bool:
    """Compare the app at a fixed moment, standing still, after some keys."""
    live = simulated(seconds, config)
    app = FakewebApp(config, parameters(), live)
    app.animation_level = "none"
    app.theme = theme

    async def shown(pilot: Pilot[None]) -> None:
        await when_shown(pilot)
        if prepare:
            main = pilot.app.screen
            await prepare(pilot)
            for line in pilot.app.screen.query(Input):
                line.cursor_blink = False
            await wait_until(pilot, lambda: main.query_one(Histogram).up_to_date, "the chart")

    return snap_compare(app, terminal_size=size, run_before=shown)


SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.mark.parametrize("theme", ["night", "paper"])
@SIZES
def test_main_screen(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    assert looks_as_before(snap_compare, size, theme=theme)


@pytest.mark.parametrize("tab", [0, 1, 2, 3], ids=["editor", "pages", "hours", "log"])
def test_tabs(snap_compare: Compare, tab: int) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press(*["tab"] * tab)

    assert looks_as_before(snap_compare, (60, 20), prepare=prepare)


def test_edited(snap_compare: Compare) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("n", "down", "shift+right", "pagedown", "pagedown", "pagedown", "end")
        main = pilot.app.screen
        assert isinstance(main, MainScreen)
        await wait_until(pilot, lambda: main.snapshot and main.snapshot.version.edits == 2, "both edits")
        for _ in range(20):
            main._live.step()
        await wait_until(pilot, lambda: main.snapshot and main.snapshot.clock.minute == 8, "some steps")

    assert looks_as_before(snap_compare, (170, 46), prepare=prepare)


@pytest.mark.parametrize("theme", ["ember", "mist"])
def test_themes(snap_compare: Compare, theme: str) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("t")
        await wait_until(pilot, lambda: isinstance(pilot.app.screen, ThemeDialog), "the themes")

    assert looks_as_before(snap_compare, (120, 40), theme=theme, prepare=prepare)


def test_save_dialog(snap_compare: Compare) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: isinstance(pilot.app.screen, SaveDialog), "the dialog")
        line = pilot.app.screen.query_one(Input)
        line.cursor_blink = False
        line.value = "missing/config.yml"
        await pilot.press("enter")

    assert looks_as_before(snap_compare, (80, 24), prepare=prepare)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_variants(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        bench = Workbench.of(SITE, parameters()).set_probability(("pages", "home"), "product_a", 0.19)
        screen = VariantsScreen(as_loaded(bench), as_edited(bench), enough=3_000)
        await pilot.app.push_screen(screen)
        await wait_until(pilot, lambda: "enough" in str(screen.query_one("#variants", Static).render()), "figures")

    assert looks_as_before(snap_compare, size, prepare=prepare)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_open_dialog(
    snap_compare: Compare, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yml").write_text(SITE.document.text)

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(pilot.app.screen, OpenDialog), "the dialog")
        pilot.app.screen.query_one(Input).cursor_blink = False
        options = pilot.app.screen.query_one(OptionList)
        await wait_until(pilot, lambda: options.option_count == 6, "the sites and the file")

    assert looks_as_before(snap_compare, size, prepare=prepare)


DIALOGS = {"goal": "o", "journal": "j", "figures": "c", "export": "e"}


@pytest.mark.parametrize("theme", ["colorblind", "contrast"])
@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs(snap_compare: Compare, name: str, theme: str) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        main = pilot.app.screen
        await pilot.press("shift+right", DIALOGS[name])
        await wait_until(pilot, lambda: pilot.app.screen is not main, name)
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False

    assert looks_as_before(snap_compare, (80, 24), theme=theme, prepare=prepare)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_fit_dialog(snap_compare: Compare, size: tuple[int, int], tmp_path: Path) -> None:
    log = tmp_path / "access.csv"
    log.write_text("ts,who,url,ua\n2026-11-23 00:00:11,a,/home,Chrome\n")

    async def prepare(pilot: Pilot[None]) -> None:
        dialog = FitDialog(log)
        pilot.app.push_screen(dialog)
        await wait_until(pilot, lambda: dialog.has_class("-asking"), "the columns")
        for line in dialog.query(Input):
            line.cursor_blink = False

    assert looks_as_before(snap_compare, size, prepare=prepare)


def test_numbers(snap_compare: Compare) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.press("left_square_bracket", "down", "right")
        await wait_until(pilot, lambda: "11,000" in "".join(screen_lines(pilot.app)), "the numbers")

    assert looks_as_before(snap_compare, (80, 24), prepare=prepare)


def test_hostile_names(snap_compare: Compare) -> None:
    assert looks_as_before(snap_compare, (120, 40), config=hostile_config(12))


def test_too_small(snap_compare: Compare) -> None:
    assert looks_as_before(snap_compare, (39, 11))


async def _map(pilot: Pilot[None]) -> None:
    await pilot.press("m")
    pane = pilot.app.screen.query_one(SitePane)
    await wait_until(pilot, lambda: pane.map.flows is not None, "the flows")
    await wait_until(pilot, lambda: "┏" in "".join(screen_lines(pilot.app)), "the map")
    await wait_until(pilot, lambda: pane.map._fitted == pane.map.size, "the map in its room")


async def _funnel(pilot: Pilot[None]) -> None:
    await _map(pilot)
    await pilot.press("m")


async def _heat_map(pilot: Pilot[None]) -> None:
    await _funnel(pilot)
    await pilot.press("m", "right", "down")
    pane = pilot.app.screen.query_one(SitePane)
    await wait_until(pilot, lambda: pane.matrix._fitted == pane.matrix.size, "the matrix in its room")


async def _inspector(pilot: Pilot[None]) -> None:
    await pilot.press("tab", "tab", "tab", "down", "down", "enter")
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, Inspector), "the inspector")
    path = pilot.app.screen.query_one("#path")
    await wait_until(pilot, lambda: path.border_title, "the path")


async def _calendar_and_filter(pilot: Pilot[None]) -> None:
    await pilot.press("d", "d", "slash", *"browser_name:Fire")
    line = pilot.app.screen.query_one(FilterLine)
    line.cursor_blink = False
    await wait_until(pilot, lambda: line._suggestion == "browser_name:Firefox", "the suggestion")


SCREENS = {
    "map": _map,
    "funnel": _funnel,
    "heat-map": _heat_map,
    "inspector": _inspector,
    "calendar-and-filter": _calendar_and_filter,
}


@pytest.mark.parametrize("theme", ["night", "paper"])
@SIZES
@pytest.mark.parametrize("name", SCREENS)
def test_screens(snap_compare: Compare, name: str, size: tuple[int, int], theme: str) -> None:
    assert looks_as_before(snap_compare, size, theme=theme, prepare=SCREENS[name])


async def _last_hours(pilot: Pilot[None]) -> None:
    await pilot.press("d", "tab", "tab", "left", "left", "left")


async def _calendar(pilot: Pilot[None]) -> None:
    await pilot.press("d", "d", "tab", "tab", "z", "up", "left")


async def _log(pilot: Pilot[None]) -> None:
    await pilot.press("tab", "tab", "tab", "z", "down", "down")


async def _user(pilot: Pilot[None]) -> None:
    await _inspector(pilot)
    await pilot.press("u")
    path = pilot.app.screen.query_one("#path")
    await wait_until(pilot, lambda: "User" in str(path.border_title), "the user")


async def _hours(pilot: Pilot[None]) -> None:
    await pilot.press("]", "]", "right", "right", "shift+up")
    main = pilot.app.screen
    assert isinstance(main, MainScreen)
    await wait_until(pilot, lambda: main.up_to_date, "the edit")


async def _numbers(pilot: Pilot[None]) -> None:
    await pilot.press("left_square_bracket")


async def _help(pilot: Pilot[None]) -> None:
    await pilot.press("question_mark")
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen), "help")


async def _hint(pilot: Pilot[None]) -> None:
    main = pilot.app.screen
    assert isinstance(main, MainScreen)
    main.hinting = True


async def _themes(pilot: Pilot[None]) -> None:
    await pilot.press("t")
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, ThemeDialog), "the themes")


async def _palette(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+p", *"the")
    options = pilot.app.screen.query_one(CommandList)
    await wait_until(pilot, lambda: options.option_count > 1, "the commands")


async def _no_match(pilot: Pilot[None]) -> None:
    await pilot.press("slash", *"browser_name:Netscape")
    await wait_until(pilot, lambda: "None of the events" in "".join(screen_lines(pilot.app)), "the empty log")


class Picture(NamedTuple):
    """A screen at one size in one theme."""

    name: str
    size: tuple[int, int]
    theme: str
    prepare: Prepare | None = None
    seconds: float = MOMENT
    config: Config = SITE


PICTURES = (
    Picture("main", (80, 24), "contrast"),
    Picture("main", (120, 40), "colorblind"),
    Picture("main", (200, 60), "contrast"),
    Picture("last hours", (80, 24), "paper", _last_hours),
    Picture("last hours", (200, 60), "night", _last_hours),
    Picture("maximised calendar", (120, 40), "paper", _calendar, 5 * 86400 + MOMENT),
    Picture("maximised log", (80, 24), "night", _log),
    Picture("user", (80, 24), "night", _user, 3 * 86400 + MOMENT),
    Picture("user", (200, 60), "paper", _user, 3 * 86400 + MOMENT),
    Picture("hours edited", (80, 24), "paper", _hours),
    Picture("numbers", (120, 40), "paper", _numbers),
    Picture("help", (80, 24), "paper", _help),
    Picture("help", (120, 40), "night", _help),
    Picture("help", (200, 60), "paper", _help),
    Picture("hint", (80, 24), "paper", _hint),
    Picture("themes", (80, 24), "contrast", _themes),
    Picture("palette", (80, 24), "paper", _palette),
    Picture("begin", (80, 24), "night", None, 0),
    Picture("begin", (200, 60), "paper", None, 0),
    Picture("no match", (120, 40), "paper", _no_match),
    Picture("map of two pages", (80, 24), "paper", _map, MOMENT, linked_pages(2)),
    Picture("map of sixty pages", (200, 60), "night", _map, MOMENT, linked_pages(60)),
)


@pytest.mark.parametrize(
    "picture", PICTURES, ids=lambda picture: f"{picture.name}-{picture.size[0]}-{picture.theme}"
)
def test_pictures(snap_compare: Compare, picture: Picture) -> None:
    assert looks_as_before(
        snap_compare,
        picture.size,
        theme=picture.theme,
        config=picture.config,
        prepare=picture.prepare,
        seconds=picture.seconds,
    )
