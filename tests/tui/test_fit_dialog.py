"""Events that are opened: which columns are what, what was found, and the learned config in the app."""

from __future__ import annotations

import re
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from helpers import invoke
from textual.widgets import Input, Select, Static

from fakeweb_tui import fitting
from fakeweb_tui.config import load_config
from fakeweb_tui.fitting import Columns, fit_config
from fakeweb_tui.tui.screens.fit import FitDialog
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.screens.save import SaveDialog

from .driving import Show, showing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OURS = ("event_timestamp", "page_url_path", "user_custom_id")
FOREIGN = ("when [/x]", "where", "who")


def run_file(folder: Path, name: str) -> Path:
    """The events of a small run."""
    arguments = ["run", "--events", "3000", "--seed", "5", "--start", "2026-03-02", "--output", str(folder / name)]
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return folder / name


def foreign_file(folder: Path) -> Path:
    """The same, under names of columns that are not ours."""
    path = run_file(folder, "log.csv")
    head, _, rows = path.read_text().partition("\n")
    for ours, foreign in zip(OURS, FOREIGN, strict=True):
        assert ours in head
        head = head.replace(ours, foreign)
    head = re.sub(r"\b(user|session)_", r"\1s_", head)
    path.write_text(f"{head}\n{rows}")
    return path


async def dialog(show: Show, name: str, state: str) -> FitDialog:
    """Open a file of events, and wait for what the dialog does."""
    await show.press("ctrl+o")
    await show.until(lambda: isinstance(show.app.screen, OpenDialog), "the list")
    show.app.screen.query_one(Input).value = name
    await show.press("enter")
    await show.until(lambda: isinstance(show.app.screen, FitDialog) and show.app.screen.has_class(state), state)
    assert isinstance(show.app.screen, FitDialog)
    return show.app.screen


async def push(show: Show, button: str) -> None:
    """Press a button; one that was pressed just now takes no notice."""
    chosen = show.app.screen.query_one(button)
    await show.until(lambda: not chosen.has_class("-active"), "the button is ready")
    chosen.focus()
    await show.press("enter")


def said(show: Show, selector: str) -> str:
    return str(show.app.screen.query_one(selector, Static).render())


async def test_our_own_events_become_a_new_site_that_is_not_saved(folder: Path) -> None:
    path = run_file(folder, "events.jsonl")
    learned = fit_config(path.name)
    async with showing((170, 46)) as show:
        first = show.main
        await dialog(show, "events.jsonl", "-found")
        assert said(show, "#now").startswith(f"3,000 events of {learned.users:,} users")
        report = said(show, "#report")
        assert "Every row could be used." in report
        assert re.search(rf"{len(learned.config.pages)} pages; \d+\.\d\d% of sessions reach ", report)
        assert all(remark in report for remark in learned.remarks)
        await show.press("enter")
        await show.until(
            lambda: isinstance(show.app.screen, MainScreen) and show.app.screen is not first, "the new site"
        )
        await show.until(lambda: show.main.snapshot is not None and "events.jsonl" in show.lines[0], "its figures")
        assert show.config == learned.config
        assert show.snapshot.parameters.user_pool_size == learned.users
        assert show.main.unsaved
        await show.press("ctrl+s")
        await show.until(lambda: isinstance(show.app.screen, SaveDialog), "where to")
        assert show.app.screen.query_one(Input).value.endswith("events.tuned.yml")
        show.app.screen.query_one(Input).value = "learned.yml"
        await show.press("enter")
        await show.until(lambda: not show.main.unsaved, "it is saved")
        assert load_config(folder / "learned.yml") == learned.config


async def test_columns_of_other_logs_are_asked_for(folder: Path) -> None:
    path = foreign_file(folder)
    with path.open("a") as file:
        file.write(path.read_text().splitlines()[1].replace("2026-", "no time ", 1) + "\n")
    async with showing() as show:
        screen = await dialog(show, "log.csv", "-asking")
        await push(show, "#learn")
        assert said(show, ".problem") == "Choose the column of the timestamp."
        for role, column in zip(("time", "page", "user"), FOREIGN, strict=True):
            screen.query_one(f"#{role}", Select).value = column
        await show.pilot.pause(0)
        await show.until(lambda: "when [/x]" in show.text, "the column by its name")
        await push(show, "#learn")
        await show.until(lambda: screen.has_class("-found"), "what was found")
        assert "1 rows could not be used" in said(show, "#report")
        assert "log.csv:3002: " in said(show, "#report")
        # Back to the columns, which are as they were, and then out of it.
        await show.press("escape")
        assert screen.has_class("-asking")
        assert screen.query_one("#page", Select).value == "where"
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main, "back")
        assert not show.main.unsaved


async def test_all_that_the_command_can_be_told(folder: Path) -> None:
    run_file(folder, "events.csv")
    async with showing() as show:
        screen = await dialog(show, "events.csv", "-found")
        await push(show, "#change")
        assert screen.query_one("#browsers", Select).value == "browser_name"
        screen.query_one("#browsers", Select).clear()
        screen.query_one("#ads", Select).value = "marketing_source"
        for name, text in (("silence", "5"), ("step", "20"), ("zone", "Asia/Tokyo"), ("kept", "lots")):
            screen.query_one(f"#{name}", Input).value = text
        screen.query_one("#goal", Input).value = "product_a"
        await push(show, "#learn")
        assert said(show, ".problem") == "The pages kept are a number, not 'lots'."
        screen.query_one("#kept", Input).value = "4"
        await push(show, "#learn")
        await show.until(lambda: screen.has_class("-found"), "what was found")
        columns = Columns(
            *OURS[:2],
            "user_domain_id",
            None,
            {"operating_systems": "os_name", "sources": "marketing_source", "mediums": "marketing_medium"}
            | {"campaigns": "marketing_campaign", "ads": "marketing_source"},
            only_these=True,
        )
        learned = fit_config(
            "events.csv", columns, silence=300, batch_size=20, zone="Asia/Tokyo", most_pages=4, goal="product_a"
        )
        assert "browsers: the log has none" in said(show, "#report")
        await push(show, "#open")
        await show.until(lambda: isinstance(show.app.screen, MainScreen), "the new site")
        assert show.config == learned.config
        assert show.config.goal == "product_a"


async def test_learning_can_be_cancelled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_file(folder, "events.csv")
    given_up = Event()

    def endless(*_: object, progress: Callable[[int], None], **__: Any) -> None:
        try:
            while True:
                progress(1234)
        finally:
            given_up.set()

    monkeypatch.setattr(fitting, "fit_config", endless)
    async with showing(seconds=600) as show:
        await show.focus("home", "product_a")
        config, first = show.config, show.main
        await dialog(show, "events.csv", "-learning")
        await show.until(lambda: "1,234 rows" in said(show, "#now"), "the count")
        await push(show, "#cancel")
        await show.until(lambda: show.app.screen is first, "back")
        await show.until(given_up.is_set, "the end of reading")
        assert show.config == config


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "bad.csv: is empty"),
        (f"{','.join(FOREIGN)}\nnever,home,1\n", "bad.csv: holds no events that can be used: "),
    ],
)
async def test_what_is_wrong_stands_in_the_dialog(folder: Path, content: str, problem: str) -> None:
    (folder / "bad.csv").write_text(content)
    async with showing() as show:
        screen = await dialog(show, "bad.csv", "-asking" if content else "-failed")
        if content:
            for role, column in zip(("time", "page", "user"), FOREIGN, strict=True):
                screen.query_one(f"#{role}", Select).value = column
            await push(show, "#learn")
        await show.until(lambda: problem in said(show, ".problem"), "the problem")
        await show.until(lambda: "bad.csv: " in show.text, "it is shown")
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main, "back")
