from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.command import CommandList, CommandPalette
from textual.containers import VerticalScroll
from textual.strip import Strip
from textual.widgets import Button, Input, Static

from fakeweb_tui.config import Config, load_config
from fakeweb_tui.live import SPEEDS
from fakeweb_tui.simulation import Walk
from fakeweb_tui.statistics import Counts
from fakeweb_tui.tui.memory import recall
from fakeweb_tui.tui.screens.go_to import GoToDialog
from fakeweb_tui.tui.screens.help import WORDS, HelpScreen
from fakeweb_tui.tui.screens.journal import JournalScreen
from fakeweb_tui.tui.screens.quit import QuitDialog
from fakeweb_tui.tui.screens.save import SaveDialog
from fakeweb_tui.tui.screens.themes import ThemeDialog, ThemeList

from .driving import SITE, START, Show, events_of, same_counts, showing

if TYPE_CHECKING:
    from textual.screen import Screen

SITE_TEXT = f"# The shop.\nowner: {{name: Ann, since: 2019}}  # not ours\n{SITE.document.text}\n# The end.\n"


async def opened(show: Show, key: str, screen: type[Screen[Any]]) -> None:
    await show.press(key)
    await show.until(lambda: isinstance(show.app.screen, screen), f"{screen.__name__} opens")


async def closed(show: Show) -> None:
    await show.until(lambda: show.app.screen is show.main, "the dialog closes")


async def answer(show: Show, text: str) -> None:
    """Write a line in place of the one suggested, and accept it by Enter."""
    show.app.screen.query_one(Input).value = text
    await show.press("enter")
    await show.pilot.pause()


def problem(show: Show) -> str:
    return str(show.app.screen.query_one(".problem", Static).render())


async def edit(show: Show) -> Config:
    await show.focus("home", "product_a")
    await show.press("shift+right")
    assert show.config != SITE
    return show.config


# Saving.


async def test_saving_writes_the_config_in_force_and_keeps_the_rest_of_the_file(folder: Path) -> None:
    (folder / "shop.yml").write_text(SITE_TEXT)
    async with showing(config=load_config("shop.yml")) as show:
        config = await edit(show)
        assert show.main.unsaved
        await opened(show, "ctrl+s", SaveDialog)
        assert show.app.screen.query_one(Input).value == "shop.tuned.yml"
        assert "shop.tuned.yml" in show.text
        await show.press("enter")
        await closed(show)
        assert not show.main.unsaved
        assert show.notifications == ["Saved shop.tuned.yml"]
        await show.pilot.pause()
        assert "edited" not in show.lines[0]
    saved = load_config("shop.tuned.yml")
    assert saved == config
    assert (folder / "shop.yml").read_text() == SITE_TEXT
    before, after = SITE_TEXT.splitlines(), (folder / "shop.tuned.yml").read_text().splitlines()
    changed = [line for line, new in zip(before, after, strict=True) if line != new]
    assert [line.split(":")[0].strip() for line in changed] == ["home", "product_a", "product_b", "session_end"]


async def test_an_edit_after_saving_counts_from_the_saved_one(folder: Path) -> None:
    async with showing((170, 46)) as show:
        await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        await answer(show, "one.yml")
        await closed(show)
        await show.press("right")
        assert show.main.unsaved
        assert "1 row edited" in show.lines[0]
    assert load_config(folder / "one.yml") != SITE


@pytest.mark.usefixtures("folder")
async def test_the_built_in_site_is_suggested_as_config_yml() -> None:
    async with showing() as show:
        await opened(show, "ctrl+s", SaveDialog)
        assert show.app.screen.query_one(Input).value == "config.yml"


async def test_a_file_that_exists_is_written_over_only_when_asked_twice(folder: Path) -> None:
    for name in ("one.yml", "two.yml"):
        (folder / name).write_text("mine")
    async with showing() as show:
        config = await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        await answer(show, "one.yml")
        assert problem(show) == "one.yml exists. Overwrite it?"
        assert "Overwrite" in str(show.app.screen.query_one("#accept", Button).label)
        # Consent is for one path, not for any.
        await answer(show, "two.yml")
        assert problem(show) == "two.yml exists. Overwrite it?"
        assert [(folder / name).read_text() for name in ("one.yml", "two.yml")] == ["mine", "mine"]
        assert show.main.unsaved
        await show.press("enter")
        await closed(show)
    assert (folder / "one.yml").read_text() == "mine"
    assert load_config(folder / "two.yml") == config


CANNOT_BE_WRITTEN = {
    "": "Write a path",
    "   ": "Write a path",
    "missing/config.yml": "No such file or directory",
    "file/config.yml": "Not a directory",
    "x" * 300: "File name too long",
    "~nobody-of-this-name/config.yml": "no such user",
    "nul\0.yml": "null",
}


async def test_what_cannot_be_written_says_why_and_the_dialog_stays(folder: Path) -> None:
    (folder / "file").write_text("")
    async with showing() as show:
        await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        for path, reason in CANNOT_BE_WRITTEN.items():
            await answer(show, path)
            assert isinstance(show.app.screen, SaveDialog)
            assert reason in problem(show)
            assert show.main.unsaved
        await answer(show, "good.yml")
        await closed(show)
    assert sorted(path.name for path in folder.iterdir()) == ["file", "good.yml"]


async def test_a_folder_is_not_written_over(folder: Path) -> None:
    (folder / "there").mkdir()
    async with showing() as show:
        await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        await answer(show, "there")
        await show.press("enter")
        assert isinstance(show.app.screen, SaveDialog)
        assert problem(show)
        assert show.main.unsaved
    assert list((folder / "there").iterdir()) == []


async def test_a_folder_that_may_not_be_written_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever may do anything, as in a container, gets no such answer from a real folder.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("fakeweb_tui.tui.screens.save.write_file", refuse)
    async with showing() as show:
        await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        await answer(show, "config.yml")
        assert problem(show) == "config.yml: Permission denied"
        await show.press("escape")
        await closed(show)
        assert show.main.unsaved
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("how", ["escape", "#cancel"])
async def test_leaving_the_save_dialog_saves_nothing(folder: Path, how: str) -> None:
    async with showing() as show:
        await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        await (show.press(how) if how == "escape" else show.pilot.click(how))
        await closed(show)
        assert show.main.unsaved
        assert show.notifications == []
    assert list(folder.iterdir()) == []


async def test_saving_by_the_button(folder: Path) -> None:
    async with showing() as show:
        config = await edit(show)
        await opened(show, "ctrl+s", SaveDialog)
        await show.pilot.click("#accept")
        await closed(show)
    assert load_config(folder / "config.yml") == config


# Going to a date and hour.


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-25 18:00", datetime(2026, 11, 25, 18)),
        ("18:30", datetime(2026, 11, 23, 18, 30)),
        ("+1h", datetime(2026, 11, 23, 10)),
        # Before its start, the simulation begins at midnight of that day.
        ("2026-11-20 06:00", datetime(2026, 11, 20, 6)),
        ("-2d", datetime(2026, 11, 21, 9)),
    ],
)
async def test_going_to_a_moment(text: str, moment: datetime) -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        run = show.snapshot.run
        assert show.log.rows
        await opened(show, "g", GoToDialog)
        assert show.app.screen.query_one(Input).value == "2026-11-23 09:00"
        await show.type(text)
        await show.press("enter")
        await closed(show)
        await show.until(lambda: show.snapshot.run > run)
        assert show.snapshot.clock == show.snapshot.began == moment
        assert show.snapshot.total.events == 0
        assert not show.snapshot.running
        assert show.log.rows == ()
        assert show.log.skipped == 0
        await show.step(30)
        # The same events as if it had run there: a jump skips them, it does not change them.
        start = min(START, datetime.combine(moment.date(), datetime.min.time()))
        params = type(show.parameters)(seed=show.parameters.seed, start=start)
        walk = Walk(params, SITE, params.step_at(moment))
        events = events_of(walk, moment + timedelta(seconds=300))
        assert len(events) > 0
        assert same_counts(show.snapshot.total, Counts.of(events))
        assert len(show.log.rows) == len(events)


async def test_what_is_no_moment_says_what_is_and_the_dialog_stays() -> None:
    async with showing() as show:
        snapshot = show.snapshot
        await opened(show, "g", GoToDialog)
        for text in ("noon", "", "[/x]"):
            await answer(show, text)
            assert isinstance(show.app.screen, GoToDialog)
            assert problem(show).startswith("Not a moment")
            assert "18:30, +6h" in problem(show)
        assert "Not a moment of" in show.text
        await show.press("escape")
        await closed(show)
        assert show.snapshot is snapshot
        await opened(show, "g", GoToDialog)
        await answer(show, "6")
        await closed(show)
        await show.until(lambda: show.snapshot.clock == datetime(2026, 11, 23, 6))


async def test_a_running_simulation_goes_on_from_there() -> None:
    async with showing(running=True, speed=60, per_look=0.05) as show:
        await opened(show, "g", GoToDialog)
        await answer(show, "2026-12-24 20:00")
        await closed(show)
        await show.until(lambda: show.snapshot.clock > datetime(2026, 12, 24, 20, 1))
        assert show.snapshot.running
        assert show.snapshot.clock < datetime(2026, 12, 25)


async def test_an_edit_survives_a_jump() -> None:
    async with showing() as show:
        config = await edit(show)
        await opened(show, "g", GoToDialog)
        await answer(show, "12")
        await closed(show)
        await show.until(lambda: show.snapshot.clock.hour == 12)
        await show.step(60)
        assert show.config is config
        walk = Walk(show.parameters, config, 12 * 360)
        assert same_counts(show.snapshot.total, Counts.of(events_of(walk, show.snapshot.clock)))


# Keys that come together.


@pytest.mark.parametrize(
    "keys",
    [
        ("g", "g"),
        ("o", "o"),
        ("e", "e"),
        ("a", "a"),
        ("f2", "f2"),
        ("delete", "delete"),
        ("ctrl+s", "ctrl+s"),
        ("ctrl+o", "ctrl+o"),
        ("g", "o"),
        ("j", "g"),
        ("g", "j"),
    ],
)
async def test_of_keys_that_come_together_one_asks(keys: tuple[str, ...]) -> None:
    async with showing((100, 40)) as show:
        await show.focus("home", "product_a")
        await show.press_at_once(*keys)
        await show.until(lambda: show.app.screen is not show.main, "a dialog")
        await show.pilot.pause()
        assert show.app.screen_stack[-2] is show.main
        await show.press("escape")
        await closed(show)


# Quitting.


async def test_quitting_without_edits_asks_nothing() -> None:
    async with showing() as show:
        await show.press("ctrl+q")
        await show.until(lambda: not show.app.is_running)
        assert show.app.return_code == 0


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+c"])
async def test_quitting_with_unsaved_edits_asks_once(key: str) -> None:
    async with showing() as show:
        await edit(show)
        await opened(show, key, QuitDialog)
        assert "not saved" in show.text
        await show.press(key)
        await show.until(lambda: not show.app.is_running)
        assert show.app.return_code == 0


@pytest.mark.parametrize("how", ["escape", "#stay"])
async def test_staying(how: str) -> None:
    async with showing() as show:
        config = await edit(show)
        await opened(show, "ctrl+q", QuitDialog)
        await (show.press(how) if how == "escape" else show.pilot.click(how))
        await closed(show)
        assert show.app.is_running
        assert show.config is config
        await opened(show, "ctrl+q", QuitDialog)


async def test_quitting_without_saving(folder: Path) -> None:
    async with showing() as show:
        await edit(show)
        await opened(show, "ctrl+q", QuitDialog)
        await show.pilot.click("#quit")
        await show.until(lambda: not show.app.is_running)
    assert list(folder.iterdir()) == []


async def test_saving_before_quitting(folder: Path) -> None:
    async with showing() as show:
        config = await edit(show)
        await opened(show, "ctrl+q", QuitDialog)
        await show.pilot.click("#save")
        await show.until(lambda: isinstance(show.app.screen, SaveDialog))
        await answer(show, "kept.yml")
        await show.until(lambda: not show.app.is_running)
    assert load_config(folder / "kept.yml") == config


@pytest.mark.parametrize(("key", "screen"), [("ctrl+s", SaveDialog), ("g", GoToDialog), ("j", JournalScreen)])
async def test_saving_before_quitting_takes_the_place_of_what_is_open(
    folder: Path, key: str, screen: type[Screen[Any]]
) -> None:
    async with showing() as show:
        await edit(show)
        await opened(show, key, screen)
        before = show.app.screen
        await opened(show, "ctrl+q", QuitDialog)
        await show.pilot.click("#save")
        await show.until(lambda: isinstance(show.app.screen, SaveDialog) and show.app.screen is not before)
        assert show.app.screen_stack[-2] is show.main
        await show.press("escape")
        await closed(show)
        assert show.main.unsaved
    assert list(folder.iterdir()) == []


async def test_an_edit_taken_back_is_no_edit() -> None:
    async with showing() as show:
        await edit(show)
        await show.press("shift+left")
        await show.press("ctrl+q")
        await show.until(lambda: not show.app.is_running)


DIALOG_KEYS = ("g", "ctrl+s", "question_mark", "ctrl+p")


@pytest.mark.parametrize("key", DIALOG_KEYS)
async def test_quitting_from_a_dialog(key: str) -> None:
    async with showing() as show:
        await show.press(key)
        await show.until(lambda: show.app.screen is not show.main)
        await show.press("ctrl+q")
        await show.until(lambda: not show.app.is_running)


async def test_quitting_from_a_dialog_with_unsaved_edits_asks() -> None:
    async with showing() as show:
        await edit(show)
        for key in DIALOG_KEYS:
            await show.press(key)
            await show.until(lambda: show.app.screen is not show.main)
            dialog = show.app.screen
            await opened(show, "ctrl+q", QuitDialog)
            await show.press("escape")
            await show.until(lambda dialog=dialog: show.app.screen is dialog)  # type: ignore[misc]
            await show.press("escape")
            await closed(show)
        assert show.app.is_running


# Help.


def listed(show: Show) -> dict[str, str]:
    """What the help says, and for which keys."""
    assert isinstance(show.app.screen, HelpScreen)
    return {what: keys for keys, what in show.app.screen.here + show.app.screen.everywhere}


@pytest.mark.parametrize("size", [(80, 24), (170, 60), (40, 12)])
async def test_help_lists_every_key_that_is_shown(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        shown = [active.binding for active in show.app.screen.active_bindings.values() if active.binding.show]
        keys = {show.app.get_key_display(binding) for binding in shown}
        assert len(keys) > 8
        await opened(show, "question_mark", HelpScreen)
        assert keys <= set(" ".join(listed(show).values()).split())
        seen = show.text
        box = show.app.screen.query_one(VerticalScroll)
        for _ in range(20):
            if box.scroll_offset.y >= box.max_scroll_y:
                break
            box.scroll_page_down(animate=False)
            await show.pilot.pause()
            seen += show.text
        for what, words in listed(show).items():
            assert words in seen
            assert what.split()[0] in seen
        for word in ("transition", "session", "conversion", "differs"):
            assert word in seen


async def test_help_closes() -> None:
    async with showing() as show:
        for key in ("escape", "question_mark", "q"):
            await opened(show, "question_mark", HelpScreen)
            await show.press(key)
            await closed(show)
        assert show.app.is_running


async def test_help_names_the_keys_of_the_pane_in_focus() -> None:
    async with showing() as show:
        await opened(show, "question_mark", HelpScreen)
        assert "Raise the probability by 0.01" in listed(show)
        await show.press("escape")
        await closed(show)
        await show.press("tab", "tab", "tab")
        await opened(show, "question_mark", HelpScreen)
        assert "Raise the probability by 0.01" not in listed(show)
        assert listed(show)["Back to the newest event"] == "home"
        assert isinstance(show.app.screen, HelpScreen)
        assert ("home", "Back to the newest event") in show.app.screen.here


async def test_help_stands_in_two_columns_where_there_is_room() -> None:
    async with showing((200, 60)) as show:
        await opened(show, "question_mark", HelpScreen)
        line = next(line for line in show.lines if "In this pane" in line)
        assert "With the mouse" in line
        # Without scrolling all is seen.
        assert show.app.screen.query_one(VerticalScroll).max_scroll_y == 0
        assert WORDS[-1][1] in show.text
        await show.pilot.resize_terminal(120, 40)
        await show.until(lambda: not any("In this pane" in line and "With" in line for line in show.lines))


# The palette.


async def found(show: Show, words: str) -> None:
    """Type into the palette, until it has found one command."""
    await show.press(*words)
    await show.until(lambda: show.app.screen.query_one(CommandList).option_count == 1, f"{words!r} is found")


async def palette(show: Show, words: str) -> None:
    await opened(show, "ctrl+p", CommandPalette)
    await found(show, words)
    await show.press("enter")
    await show.until(lambda: not isinstance(show.app.screen, CommandPalette))


async def test_every_command_has_a_name_and_a_help() -> None:
    async with showing() as show:
        commands = list(show.app.get_system_commands(show.app.screen))
    titles = [command.title for command in commands]
    assert len(set(titles)) == len(titles) == len({command.callback for command in commands})
    assert all(command.help for command in commands)
    assert sum(title.startswith("Speed ") for title in titles) == len(SPEEDS)


async def test_palette_runs_commands() -> None:
    async with showing((100, 40)) as show:
        await palette(show, "single")
        await show.until(lambda: show.snapshot.clock == START + timedelta(seconds=10))
        await palette(show, "speed max")
        await show.until(lambda: show.snapshot.speed is None)
        await palette(show, "sort")
        assert show.table.sort_key == "events"
        await palette(show, "sessions")
        assert show.histogram.measure == "sessions"
        await palette(show, "help")
        await show.until(lambda: isinstance(show.app.screen, HelpScreen))
        await show.press("escape")
        await closed(show)
        await palette(show, "quit")
        await show.until(lambda: not show.app.is_running)


async def test_palette_offers_over_a_dialog_what_works_there() -> None:
    async with showing() as show:
        await opened(show, "g", GoToDialog)
        titles = [command.title for command in show.app.get_system_commands(show.app.screen)]
        assert "Quit" in titles
        assert "Reset" not in titles


async def test_palette_tells_the_keys() -> None:
    async with showing() as show:
        about = {command.title: command.help for command in show.app.get_system_commands(show.app.screen)}
        assert about["Reset"].endswith("the same seed · r")
        assert about["Help"] == "Keys and words · ?"
        assert about["Speed max"] == "Run at speed max"


async def test_palette_closes() -> None:
    async with showing() as show:
        await opened(show, "ctrl+p", CommandPalette)
        await show.press("escape")
        await closed(show)


async def themes_opened(show: Show, how: str) -> ThemeList:
    if how == "t":
        await show.press("t")
    else:
        await opened(show, "ctrl+p", CommandPalette)
        await found(show, "theme")
        await show.press("enter")
    await show.until(lambda: isinstance(show.app.screen, ThemeDialog), "the themes")
    return show.app.screen.query_one(ThemeList)


def background_of(show: Show) -> str:
    """The colour that the main screen is painted on, whatever lies on it."""
    update = show.app.screen._compositor.render_update(full=True, screen_stack=show.app._background_screens)
    corner = next(iter(update.strips[2]))  # type: ignore[union-attr]
    segment = next(iter(corner)) if isinstance(corner, Strip) else corner
    assert segment.style
    assert segment.style.bgcolor
    return segment.style.bgcolor.name.lower()


@pytest.mark.parametrize("how", ["t", "palette"])
async def test_the_app_wears_the_theme_that_one_moves_over(how: str) -> None:
    async with showing((100, 40)) as show:
        night = background_of(show)
        names = await themes_opened(show, how)
        assert names.highlighted is not None
        assert names.get_option_at_index(names.highlighted).id == show.app.theme == "night"
        assert background_of(show) == night
        await show.press("down")
        await show.until(lambda: show.app.theme == "paper" and background_of(show) == "#efeae0", "paper")
        await show.press("escape")
        await closed(show)
        assert show.app.theme == "night"
        await show.until(lambda: background_of(show) == night, "night again")

        await themes_opened(show, how)
        await show.press("down", "enter")
        await closed(show)
        assert show.app.theme == "paper"
        await show.until(lambda: background_of(show) == "#efeae0", "paper")


async def test_themes_are_chosen_with_the_mouse_too() -> None:
    async with showing((100, 40)) as show:
        names = await themes_opened(show, "t")
        await show.pilot.hover(ThemeList, offset=(3, 0))
        await show.until(lambda: show.app.theme == "colorblind", "what the mouse is over")
        assert names.highlighted == 0
        await show.pilot.click(ThemeList, offset=(3, 1))
        await closed(show)
        assert show.app.theme == "contrast"


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
@pytest.mark.parametrize("key", ["ctrl+o", "c", "t", "question_mark"])
async def test_a_dialog_without_buttons_is_left_by_the_mouse(key: str, size: tuple[int, int]) -> None:
    async with showing(size, seconds=3600) as show:
        await show.press(key)
        way_out = re.compile("esc (close|cancel|back) ─+╯")
        await show.until(lambda: way_out.search(show.text), "the dialog")
        found, y = next((found, y) for y, line in enumerate(show.lines) if (found := way_out.search(line)))
        await show.pilot.click(offset=(found.start() + 1, y))
        await closed(show)


async def test_a_theme_that_is_only_looked_at_is_not_remembered() -> None:
    async with showing((100, 40)) as show:
        await themes_opened(show, "t")
        await show.press("down")
        await show.until(lambda: show.app.theme == "paper", "paper")
        await show.press("ctrl+q")
        await show.until(lambda: not show.app.is_running)
    assert recall()[0].theme == "night"


async def test_own_themes_come_first() -> None:
    async with showing((100, 40)) as show:
        names = await themes_opened(show, "t")
        shown = [names.get_option_at_index(place).id for place in range(names.option_count)]
        assert shown[:6] == ["colorblind", "contrast", "ember", "mist", "night", "paper"]
        assert set(shown) == set(show.app.available_themes)
