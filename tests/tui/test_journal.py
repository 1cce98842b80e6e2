from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.widgets import DataTable, Label

from fakeweb_tui.config import SESSION_END, Config, load_config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.recovery import CrashJournal, default_directory, recoverable
from fakeweb_tui.scenario_file import load_scenario
from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.changes import diff_lines, journal_lines
from fakeweb_tui.tui.screens.journal import JournalScreen
from fakeweb_tui.tui.screens.recovery import RecoveryDialog, what_is_left
from fakeweb_tui.tuning import Workbench

from .driving import SITE, START, FakeClock, Show, parameters, showing, wait_until, when_shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

HOME, HOURS = ("pages", "home"), ("visits_per_hour",)
BENCH = Workbench.of(SITE, parameters())


def test_lines_of_edits() -> None:
    bench = (
        BENCH.set_probability(HOME, "product_a", 0.27, moment=START)
        .set_parameters(sessions_per_day=250_000.0)
        .set_parameters(batch_size=1.0)
        .add_page("offers", HOME, 0.1)
        .remove_name(("ads",), "ad_1")
    )
    lines = journal_lines(bench, None)
    assert [(line.what, line.old, line.new) for line in lines] == [
        ("remove ads → ad_1", "0.0500", "–"),
        ("add page offers", "–", "0.1000"),
        ("batch size", "10", "1"),
        ("sessions per day", "10,000", "250,000"),
        ("home → product_a", "0.1700", "0.2700"),
    ]
    assert [line.when for line in lines] == ["", "", "", "", "23 Nov 00:00:00"]


def test_an_edit_that_is_not_of_one_value_says_of_how_many() -> None:
    bench = (
        BENCH.set_row(HOURS, {str(hour): 1.0 for hour in range(24)})
        .set_probability(HOURS, "5", 0.1)
        .rename_name(("ads",), "ad_1", "banner")
        .rename_page("cart", "basket")
        .revert_row(HOURS)
        .revert_all()
    )
    lines = [(line.what, line.old, line.new) for line in journal_lines(bench, None)]
    assert lines == [
        ("revert everything", "", "3 values"),
        ("revert visits per hour", "", "24 values"),
        ("rename page cart to basket", "", "1 value"),
        ("rename ads → ad_1 to banner", "", "2 values"),
        ("visits per hour → 5", "0.0417", "0.1000"),
        ("visits per hour", "", "24 values"),
    ]


def test_lines_of_differences() -> None:
    bench = BENCH.set_probability(HOME, "product_a", 0.27).set_probability(("landing_pages",), "home", 0.8)
    lines = {line.what: (line.old, line.new) for line in diff_lines(bench.diff)}
    assert lines["home → product_a"] == ("0.1700", "0.2700")
    assert lines["landing pages → home"] == ("0.6000", "0.8000")
    assert len(lines) == 4 + 3
    assert diff_lines(BENCH.diff) == []


async def opened(show: Show) -> JournalScreen:
    await show.press("j")
    await show.until(lambda: isinstance(show.app.screen, JournalScreen), "the journal")
    screen = show.app.screen
    assert isinstance(screen, JournalScreen)
    return screen


async def test_an_empty_journal_says_what_to_do() -> None:
    async with showing() as show:
        await opened(show)
        await show.pilot.pause()
        assert "Nothing is edited yet: move a slider." in show.text
        await show.press("x", "u")
        assert show.config is SITE


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_rows_are_reverted_and_edits_undone(size: tuple[int, int]) -> None:
    async with showing(size, seconds=3600) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        await show.focus("cart", SESSION_END)
        await show.press("right")
        journal = await opened(show)
        await show.pilot.pause()
        assert "2 edits, newest first" in show.text
        assert "8 differences from built-in site" in show.text
        assert "23 Nov 01:00:00" in show.text
        assert journal.query_one("#edits", DataTable).row_count == 2
        await show.press("x")
        assert show.config.pages["home"] == SITE.pages["home"]
        assert show.config.pages["cart"] != SITE.pages["cart"]
        await show.press("X")
        assert show.config == SITE
        await show.press("u")
        assert show.config.pages["cart"] != SITE.pages["cart"]
        await show.pilot.click("#redo")
        await show.press("U")
        assert show.config == SITE
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main)
        assert not show.main.unsaved
        await show.until(lambda: show.snapshot.config == SITE)


async def test_another_step_differs_and_is_put_back_at_a_moment() -> None:
    async with showing(seconds=3600) as show:
        show.main.edit(lambda bench: bench.set_parameters(batch_size=20.0))
        # It begins a new run, at the present moment.
        await show.until(lambda: show.snapshot.parameters.batch_size == 20)
        journal = await opened(show)
        await show.pilot.pause()
        (row,) = (journal.query_one("#diff", DataTable).get_row_at(0),)
        assert [str(cell) for cell in row] == ["batch size", "10", "20"]
        await show.press("x")
        await show.until(lambda: show.snapshot.parameters.batch_size == 10)
        assert show.main.bench.done[-1].moment == START + timedelta(hours=1)
        await show.press("u", "X")
        assert show.main.bench.done[-1].moment is not None
        assert "Nothing differs from the loaded config." in show.text


async def test_pages_are_reverted_one_by_one() -> None:
    bench = BENCH.remove_page("product_b").rename_page("cart", "basket").add_page("offers", HOME)
    async with showing((120, 40)) as show:
        show.main.edit(lambda _: bench)
        journal = await opened(show)
        await show.pilot.pause()
        table = journal.query_one("#diff", DataTable)
        lines = {str(table.get_row_at(at)[0]): at for at in range(table.row_count)}
        assert [str(cell) for cell in table.get_row_at(lines["page basket"])] == ["page basket", "cart", "basket"]
        assert [str(cell) for cell in table.get_row_at(lines["page product_b"])[1:]] == ["product_b", "–"]
        assert [str(cell) for cell in table.get_row_at(lines["page offers"])[1:]] == ["–", "offers"]
        assert "basket → payment" not in lines
        for page in ("offers", "product_b", "basket"):
            at = next(at for at in range(table.row_count) if str(table.get_row_at(at)[0]) == f"page {page}")
            table.move_cursor(row=at)
            await show.press("x")
        await show.until(lambda: show.config == SITE, "all three put back")
        assert "Nothing differs from the loaded config." in show.text
        await show.press("u")
        assert "basket" in show.config.pages


def behind_a_crash(site: Config) -> tuple[FakewebApp, CrashJournal, Config]:
    """An app on the built-in site, and what one on a site has left that crashed after an edit."""
    crashed = CrashJournal()
    live = LiveSimulation(parameters(), site, running=False, now=FakeClock(), journal=crashed)
    tuned = Workbench.of(site, parameters()).set_probability(HOME, "product_a", 0.333).config
    live.edit(tuned)
    live.advance()
    crash(crashed)
    app = FakewebApp(SITE, parameters())
    app.animation_level = "none"
    return app, crashed, tuned


async def test_edits_of_a_crash_are_offered_back() -> None:
    app, crashed, tuned = behind_a_crash(SITE)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: isinstance(app.screen, RecoveryDialog), "the offer")
        await pilot.press("enter")
        main = app._main
        await wait_until(pilot, lambda: app.screen is main, "the answer")
        await when_shown(pilot)
        assert main.config == tuned
        assert main.unsaved
        await wait_until(pilot, lambda: main.snapshot and main.snapshot.config == tuned, "the simulation obeys")
        # What was taken over is kept anew, by the app that has it now.
        assert not crashed.path.exists()
        journal = main.journal
        assert journal is not None
        assert journal.path.exists()
        assert recoverable() == ()
        await pilot.press("ctrl+q")
        await wait_until(pilot, lambda: app.screen is not main, "the question")
        await pilot.click("#quit")
    assert not journal.path.exists()


def crash(journal: CrashJournal | None) -> None:
    """Let the process that keeps a file be gone: nobody holds the file any more."""
    assert journal is not None
    assert journal._file is not None
    journal._file.close()


def test_what_a_crash_has_left_in_words() -> None:
    locked = BENCH.toggle_lock(HOME, "home").toggle_lock(HOME, "product_a")
    assert what_is_left(BENCH.set_parameters(batch_size=5.0), False) == "1 edit of built-in site"
    assert what_is_left(locked.toggle_lock(HOME, "home"), False) == "1 lock of built-in site"
    both = locked.set_probability(HOME, "product_b", 0.2).rename_name(("ads",), "ad_1", "[x]")
    assert what_is_left(both, False) == "2 edits and 2 locks of built-in site"
    assert what_is_left(both, True) == "built-in site, a new config with 2 edits and 2 locks"
    assert what_is_left(BENCH, True) == "built-in site, a new config"


async def kept_anew(pilot: Pilot[None], app: FakewebApp) -> None:
    """Wait until nothing is kept but by this app."""

    def paths() -> list[Path]:
        return sorted(default_directory().iterdir())

    await wait_until(pilot, lambda: app._main.journal and paths() == [app._main.journal.path], "it is kept anew")


@asynccontextmanager
async def taken_back(offer: str) -> AsyncIterator[tuple[FakewebApp, Pilot[None]]]:
    """An app that is started after a crash, and takes back what it offers in these words."""
    app = FakewebApp(SITE, parameters())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: isinstance(app.screen, RecoveryDialog), "the offer")
        assert offer in str(app.screen.query_one(Label).content)
        await pilot.press("enter")
        await kept_anew(pilot, app)
        yield app, pilot


async def test_locks_of_a_crash_are_offered_back() -> None:
    app = FakewebApp(SITE, replace(parameters(), user_pool_size=500))
    async with app.run_test(size=(80, 24)) as pilot:
        await when_shown(pilot)
        await pilot.press("l", "down", "l")
        crash(app._main.journal)
        locks = app._main.bench.locks
    assert len(locks) == 2
    async with taken_back("2 locks of built-in site") as (app, pilot):
        assert app._main.bench.locks == locks
        assert app._main.bench.parameters.user_pool_size == 500
        # Options are no edits, and not to be saved.
        assert not app._main.unsaved
        crash(app._main.journal)
    # Unlocked again, nothing is left to ask about.
    async with taken_back("2 locks of built-in site") as (app, pilot):
        await when_shown(pilot)
        await pilot.press("l", "down", "l")
        assert app._main.bench.locks == frozenset()
        crash(app._main.journal)
    assert len(recoverable()) == 1
    app = FakewebApp(SITE, parameters())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: recoverable() == (), "it is removed")
        assert app.screen is app._main


async def test_a_new_config_of_a_crash_is_offered_back_as_new() -> None:
    app = FakewebApp(SITE, parameters())
    async with app.run_test(size=(80, 24)) as pilot:
        await when_shown(pilot)
        app._main.take_as_new()
        await wait_until(pilot, lambda: app._main.journal and app._main.journal.path.exists(), "it is kept")
        crash(app._main.journal)
    async with taken_back("built-in site, a new config.") as (app, pilot):
        assert app._main.unsaved
        app._main.journal.discard()  # type: ignore[union-attr]


async def test_edits_of_another_site_are_offered_back_with_that_site(folder: Path) -> None:
    (folder / "other.yml").write_text(f"# Of another site.\n{SITE.document.text}")
    other = load_config("other.yml")
    app, crashed, tuned = behind_a_crash(other)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_until(pilot, lambda: isinstance(app.screen, RecoveryDialog), "the offer")
        await pilot.press("enter")
        await wait_until(pilot, lambda: not crashed.path.exists(), "it is kept anew")
        main = app._main
        assert (main.config, main.unsaved) == (tuned, True)
        # Crashed again, nothing of the other site would be missing.
        assert main.journal is not None
        kept = load_scenario(main.journal.path)
        assert kept.config.document == other.document
        assert kept.settings[-1].config == tuned
        await pilot.press("u")
        assert main.config == other
        await pilot.press("ctrl+q")
        await wait_until(pilot, lambda: not app.is_running, "the end")
