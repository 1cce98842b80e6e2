"""Opening: what there is to open, the dialog, another site in the running app, and a scenario that is played."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList, Static
from textual.widgets._footer import FooterKey

from fakeweb_tui.config import load_config, load_site, site_names
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.scenario_file import save_scenario
from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.opening import (
    Entry,
    Kind,
    Opened,
    entries,
    files,
    kind_of,
    parameters_for,
    path_of,
    sites,
)
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.screens.open import OPENABLE, OpenDialog
from fakeweb_tui.tui.screens.quit import QuitDialog
from fakeweb_tui.tui.screens.save import SaveDialog
from fakeweb_tui.tui.screens.variants import VariantsScreen

from .driving import (
    SITE,
    START,
    FakeClock,
    HandDriven,
    Show,
    parameters,
    showing,
    wait_until,
    when_shown,
)

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

HOME = ("pages", "home")
MORE_BUY = SITE.with_row(HOME, {**SITE.pages["home"], "product_a": 0.27, "session_end": 0.16})
DEMO = Scenario(SITE, parameters(seed=3), differences(6, SITE, MORE_BUY), end=START + timedelta(minutes=2))


def shop_file(folder: Path, name: str = "shop.yml") -> str:
    (folder / name).write_text(SITE.document.text)
    return name


# What there is.


def test_the_sites_stand_with_what_they_predict_and_what_they_are() -> None:
    assert tuple(entry.name for entry in sites()) == site_names()
    for entry in sites():
        assert f"{Forecast(load_site(entry.name), parameters()).conversion:.1%}" in entry.about
        assert len(entry.about.split("· ")[1]) > 10


def test_names_go_before_files_and_these_before_descriptions(folder: Path) -> None:
    (folder / "service.yml").write_text("")
    assert [entry.name for entry in entries("BANK", sites(), OPENABLE)] == ["bank"]
    assert [entry.name for entry in entries("serv", sites(), OPENABLE)] == ["service.yml", "saas", "streaming"]
    assert entries("nothing", sites(), OPENABLE) == []


def test_a_file_is_what_its_name_and_its_bytes_say(folder: Path) -> None:
    shop_file(folder)
    save_scenario(DEMO, folder / "demo.jsonl")
    (folder / "events.jsonl").write_text('{"page": "/home"}\n')
    (folder / "log.csv").write_text("page\nhome\n")
    (folder / "log").write_bytes(gzip.compress(b"page\nhome\n"))
    (folder / "page_log").write_text('\n{"page": 1}')
    (folder / "plain").write_text("pages:\n")
    (folder / "sub").mkdir()
    kinds = {path.name: kind_of(path) for path in folder.iterdir()}
    assert kinds == {
        "shop.yml": Kind.CONFIG,
        "demo.jsonl": Kind.SCENARIO,
        "events.jsonl": Kind.EVENTS,
        "log.csv": Kind.EVENTS,
        "log": Kind.EVENTS,
        "page_log": Kind.EVENTS,
        "plain": Kind.CONFIG,
        "sub": Kind.FOLDER,
    }


def test_the_list_holds_folders_and_files_that_fit(folder: Path) -> None:
    for name in ("shop.yml", "Shop2.yaml", "events.csv.gz", "notes.txt", ".hidden.yml"):
        (folder / name).write_text("")
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.yml").write_text("")
    assert [entry.name for entry in files("", OPENABLE)] == ["sub/", "events.csv.gz", "shop.yml", "Shop2.yaml"]
    assert [entry.name for entry in files("sh", OPENABLE)] == ["shop.yml", "Shop2.yaml"]
    assert [entry.name for entry in files("", (Kind.CONFIG,))] == ["sub/", "shop.yml", "Shop2.yaml"]
    assert [entry.name for entry in files("e", (Kind.EVENTS,))] == ["events.csv.gz"]
    assert [entry.name for entry in files(".h", OPENABLE)] == [".hidden.yml"]
    assert files("sub/", OPENABLE) == [Entry(Kind.CONFIG, "sub/deep.yml")]
    assert [entry.name for entry in files(f"{folder}/sub/d", OPENABLE)] == [f"{folder}/sub/deep.yml"]
    assert files("missing/", OPENABLE) == []


def test_the_home_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of("~/x.yml") == tmp_path / "x.yml"
    with pytest.raises(ValueError, match="no such user"):
        path_of("~nobody-of-this-name/x")
    assert files("~nobody-of-this-name/x", OPENABLE) == []


def test_a_file_s_own_parameters_go_before_those_that_were_given() -> None:
    given = parameters(seed=11, sessions_per_day=123)
    own = SITE.with_simulation({"user_pool_size": 77, "batch_size": 30})
    assert parameters_for(SITE, given) == given
    assert parameters_for(own, given) == replace(given, user_pool_size=77, batch_size=30)
    assert isinstance(parameters_for(own, given).user_pool_size, int)


# The dialog.


async def opened(show: Show, key: str = "ctrl+o") -> OpenDialog:
    await show.press(key)
    await show.until(
        lambda: isinstance(show.app.screen, OpenDialog) and "streaming" in show.text, "the dialog and its sites"
    )
    assert isinstance(show.app.screen, OpenDialog)
    return show.app.screen


def shown(show: Show) -> bool:
    """Whether a main screen is there, with its figures."""
    screen = show.app.screen
    return isinstance(screen, MainScreen) and bool(screen.query(FooterKey)) and screen.snapshot is not None


async def another_site(show: Show, name: str) -> MainScreen:
    """Wait until another site is shown."""
    await show.until(lambda: shown(show) and name in show.lines[0], f"{name} is shown")
    return show.main


def problems(show: Show) -> str:
    return str(show.app.screen.query_one("#problems", Static).render())


@pytest.mark.usefixtures("folder")
async def test_a_part_of_a_name_opens_a_site() -> None:
    async with showing((170, 46), seconds=600) as show:
        first = show.main
        await opened(show)
        await show.press(*"ban", "enter")
        main = await another_site(show, "bank site")
        assert main is not first
        assert main.config == load_site("bank")
        await show.until(lambda: "/two_factor" in show.text, "its pages")
        assert not main.unsaved
        # The pace stays: the first one stood still at ×600.
        assert (show.snapshot.running, show.snapshot.speed) == (False, 600)
        assert show.snapshot.parameters == show.parameters
        await show.until(lambda: not any(w.node is first and w.is_running for w in show.app.workers), "its end")
        # Everything works as before.
        await show.press("n")
        await show.until(lambda: show.snapshot.clock > START, "a step")


@pytest.mark.usefixtures("folder")
async def test_how_things_are_is_remembered_while_a_site_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    composed = MainScreen.compose

    def compose(screen: MainScreen) -> ComposeResult:
        # The moment for it comes now and then: also before the screen has its panes.
        app = screen.app
        assert isinstance(app, FakewebApp)
        app._keep()
        yield from composed(screen)

    async with showing((170, 46)) as show:
        monkeypatch.setattr(MainScreen, "compose", compose)
        await opened(show)
        await show.press(*"bank", "enter")
        main = await another_site(show, "bank site")
        assert main.config == load_site("bank")


async def test_the_list_is_chosen_from_by_keys_and_by_mouse() -> None:
    async with showing((120, 40)) as show:
        await opened(show)
        await show.press("down", "down", "up", "enter")
        await show.until(lambda: shown(show), "the second site")
        await show.until(lambda: show.main.config == load_site("bank"), "the bank")
        await opened(show)
        await show.pilot.click(OptionList, offset=(12, 3))
        await show.until(lambda: shown(show), "the fourth site")
        assert show.main.config == load_site("saas")


async def test_a_path_is_completed_and_folders_are_walked(folder: Path) -> None:
    (folder / "sites").mkdir()
    shop_file(folder / "sites")
    async with showing((170, 46)) as show:
        dialog = await opened(show)
        await show.press(*"sit", "enter")
        line = dialog.query_one(Input)
        assert line.value == "sites/"
        await show.press("s")
        await show.until(lambda: line._suggestion == "sites/shop.yml", "a suggestion")
        await show.press("right")
        assert line.value == "sites/shop.yml"
        await show.press("enter")
        await another_site(show, "shop.yml")
        assert show.main.config == SITE


async def test_a_folder_whose_name_steers_a_terminal_is_not_walked_into(folder: Path) -> None:
    (folder / "dark\x1b[31m").mkdir()
    async with showing((120, 40)) as show:
        dialog = await opened(show)
        await show.press(*"dark", "enter")
        assert dialog.query_one(Input).value == "dark"
        assert "cannot be written" in problems(show)
        assert not any("\x1b" in line for line in show.lines)


async def test_a_file_that_is_read_too_late_opens_nothing() -> None:
    async with showing((120, 40)) as show:
        dialog = await opened(show)
        dialog.dismiss(None)
        # The thread that read it cannot know yet that the dialog was left.
        dialog._answer(Opened(Entry(Kind.SITE, "news"), load_site("news")))
        await show.pilot.pause()
        assert show.app.screen is show.main
        assert show.config == SITE


async def test_every_problem_of_a_file_is_shown_and_nothing_is_lost(folder: Path) -> None:
    text = SITE.document.text.replace("home: 0.45", "home: 0.42").replace("Chrome", '"[red]Netscape"', 1)
    (folder / "bad.yml").write_text(text)
    async with showing((120, 40), seconds=600) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        config = show.config
        await opened(show)
        await show.press(*"bad.yml", "enter")
        await show.until(lambda: "bad.yml:" in problems(show), "the problems")
        assert "bad.yml:2:3: 'home' sums to 0.97" in problems(show)
        assert "[red]Netscape" in problems(show)
        assert len(problems(show).splitlines()) >= 2
        await show.type("missing.yml")
        await show.press("enter")
        assert "missing.yml: there is no such file" in problems(show)
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main, "back")
        assert show.config == config
        assert show.main.unsaved


async def test_unsaved_edits_are_asked_about_first(folder: Path) -> None:
    async with showing((170, 46)) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        config, first = show.config, show.main
        for answer in ("escape", "#save"):
            await opened(show)
            await show.press(*"news", "enter")
            await show.until(lambda: isinstance(show.app.screen, QuitDialog), "the question")
            assert "Drop them" in show.text
            if answer == "escape":
                await show.press("escape")
                await show.until(lambda: show.app.screen is first, "back")
                assert show.config == config
            else:
                await show.pilot.click(answer)
                await show.until(lambda: isinstance(show.app.screen, SaveDialog), "where to")
                show.app.screen.query_one(Input).value = "mine.yml"
                await show.press("enter")
        await another_site(show, "news site")
        assert load_config(folder / "mine.yml") == config


@pytest.mark.usefixtures("folder")
async def test_edits_can_be_dropped() -> None:
    async with showing((170, 46)) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        await opened(show)
        await show.press(*"news", "enter")
        await show.until(lambda: isinstance(show.app.screen, QuitDialog), "the question")
        await show.pilot.click("#quit")
        await another_site(show, "news site")
        assert not show.main.unsaved


# A scenario.


async def play(show: Show, folder: Path, scenario: Scenario) -> None:
    save_scenario(scenario, folder / "demo.jsonl")
    before = show.main
    await opened(show)
    await show.press(*"demo", "enter")
    await show.until(lambda: show.app.screen is not before and shown(show), "the scenario")


async def test_a_scenario_moves_the_sliders_and_ends(folder: Path) -> None:
    async with showing((170, 46), speed=1) as show:
        await play(show, folder, DEMO)
        await show.until(lambda: "▶ scenario" in show.lines[0], "it is played")
        assert "scenario to 00:02" in show.lines[0]
        await show.press("plus", "plus", "plus")
        await show.until(lambda: not show.snapshot.running, "its end")
        assert show.snapshot.clock == DEMO.end
        assert show.config == MORE_BUY
        assert show.slider("home", "product_a").value == pytest.approx(0.27)
        assert show.snapshot.scenario == DEMO
        await show.until(
            lambda: any("The scenario is over" in said for said in show.notifications), "a word about it"
        )
        assert not show.main.unsaved
        await show.press("r")
        await show.until(lambda: show.snapshot.plays_until is not None, "it is played again")
        assert show.slider("home", "product_a").value == pytest.approx(0.17)


async def test_any_touch_takes_over(folder: Path) -> None:
    late = Scenario(SITE, parameters(seed=3), differences(100_000, SITE, MORE_BUY))
    async with showing((170, 46), speed=60) as show:
        await play(show, folder, late)
        await show.until(lambda: "▶ scenario" in show.lines[0], "it is played")
        assert "scenario to 04 Dec" in show.lines[0]
        await show.focus("home", "product_b")
        await show.press("right")
        await show.until(lambda: "● live" in show.lines[0], "the touch")
        await show.until(lambda: any("Yours from here" in said for said in show.notifications), "a word about it")
        assert show.snapshot.plays_until is None
        assert show.main.unsaved


async def test_a_touch_as_the_scenario_moves_a_slider_is_unsaved() -> None:
    clock = FakeClock()
    live = HandDriven(DEMO.parameters, SITE, speed=60, now=clock)
    live.play_scenario(DEMO)
    app = FakewebApp(SITE, DEMO.parameters, live)
    async with app.run_test(size=(120, 40)) as pilot:
        await when_shown(pilot)
        main = app.screen
        assert isinstance(main, MainScreen)
        live.turn()
        await wait_until(pilot, lambda: main.snapshot and main.snapshot.plays_until, "the scenario is played")
        # The scenario's edit is obeyed, but no figures have shown it yet.
        clock.seconds += 1.5
        while not live.snapshot().scenario.edits:
            live.advance()
        assert live.snapshot().config == MORE_BUY
        await pilot.press("shift+right")
        touched = main.config
        assert touched not in (SITE, MORE_BUY)
        main._publish(live.snapshot())
        await pilot.pause(0)
        assert not main.up_to_date
        live.turn()
        await wait_until(pilot, lambda: main.up_to_date, "the touch is obeyed")
        assert (main.config, live.snapshot().config) == (touched, touched)
        assert main.edited_rows == 1
        await pilot.press("ctrl+q")
        await wait_until(pilot, lambda: isinstance(app.screen, QuitDialog), "the question")


async def test_a_scenario_that_is_none_says_where(folder: Path) -> None:
    save_scenario(DEMO, folder / "demo.jsonl")
    lines = (folder / "demo.jsonl").read_text().splitlines()
    (folder / "demo.jsonl").write_text(f"{lines[0]}\n{{\n")
    async with showing() as show:
        await opened(show)
        await show.press(*"demo.jsonl", "enter")
        await show.until(lambda: "demo.jsonl:2:1: this line is no JSON" in problems(show), "the problem")


# Variants.


@pytest.mark.usefixtures("folder")
async def test_any_two_sites_are_compared() -> None:
    async with showing((120, 50)) as show:
        await show.press("v")
        await show.until(lambda: isinstance(show.app.screen, VariantsScreen), "the A/B screen")
        screen = show.app.screen
        await opened(show, "b")
        assert "here     built-in site, as loaded" in show.text
        await show.press(*"bank", "enter")
        await show.until(lambda: "/transfer_sent" in show.text and "/confirmation" in show.text, "both sites")
        assert "bank" in show.lines[1]
        await opened(show, "b")
        await show.press(*"as edited", "enter")
        await show.until(lambda: "A and B are the same" in show.text, "the first two again")
        assert show.app.screen is screen
