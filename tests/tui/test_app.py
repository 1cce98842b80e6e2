from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.command import CommandList, CommandPalette
from textual.events import Paste
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input

from fakeweb_tui.config import SESSION_END
from fakeweb_tui.live import SPEEDS
from fakeweb_tui.simulation import Walk
from fakeweb_tui.statistics import Counts
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.sections import SECTIONS
from fakeweb_tui.tui.widgets.site_pane import SitePane

from .driving import (
    HOSTILE_NAMES,
    SITE,
    START,
    STEP,
    Show,
    events_of,
    hostile_config,
    parameters,
    same_counts,
    showing,
)

if TYPE_CHECKING:
    from pathlib import Path


def reference(show: Show) -> Counts:
    """What the walk alone counts up to where the screen is."""
    return Counts.of(events_of(Walk(show.parameters, SITE), show.snapshot.clock))


# Time.


async def test_time_goes_on_and_stands_still() -> None:
    async with showing((120, 40), running=True, speed=60, per_look=0.05) as show:
        await show.until(lambda: show.snapshot.total.events > 10, "events happen")
        assert "●" in show.lines[0]
        await show.press("space")
        await show.until(lambda: not show.snapshot.running and show.histogram.up_to_date, "time stands still")
        assert "❚❚" in show.lines[0]
        assert same_counts(show.snapshot.total, reference(show))
        clock, total, rows = show.snapshot.clock, show.snapshot.total, show.log.rows
        lines = [line for y, line in enumerate(show.lines) if y > 0]
        # Hours of real time go by, and a command makes the simulation look at it.
        show.clock.seconds += 36_000
        await show.press("plus")
        await show.until(lambda: show.snapshot.speed == 600)
        assert show.snapshot.clock == clock
        assert same_counts(show.snapshot.total, total)
        assert show.log.rows == rows
        assert not show.snapshot.running
        assert [line for y, line in enumerate(show.lines) if y > 0] == lines
        # It goes on from there, not from where it would be.
        await show.press("space")
        await show.until(lambda: show.snapshot.running and show.snapshot.total.events > total.events)
        await show.press("space")
        await show.until(lambda: not show.snapshot.running)
        assert clock < show.snapshot.clock < clock + timedelta(days=1)
        assert same_counts(show.snapshot.total, reference(show))


async def test_single_steps() -> None:
    async with showing() as show:
        for number in range(1, 5):
            await show.press("n")
            await show.until(lambda number=number: show.snapshot.clock == START + number * STEP)  # type: ignore[misc]
            assert same_counts(show.snapshot.total, reference(show))
        await show.step(60)
        assert same_counts(show.snapshot.total, reference(show))
        assert len(show.log.rows) == show.snapshot.total.events > 20
        assert sum(row.events for row in show.table.rows) == show.snapshot.total.events


async def test_a_step_of_a_running_simulation_pauses_it() -> None:
    async with showing(running=True, speed=60, per_look=0.05) as show:
        await show.until(lambda: show.snapshot.clock > START)
        await show.press("n")
        await show.until(lambda: not show.snapshot.running)
        assert (show.snapshot.clock - START) % STEP == timedelta(0)
        assert same_counts(show.snapshot.total, reference(show))


async def test_speeds_by_key_from_one_end_to_the_other() -> None:
    async with showing(speed=1) as show:
        for keys, speeds in ((("plus", "equals_sign"), SPEEDS[1:]), (("minus", "minus"), SPEEDS[-2::-1])):
            for number, speed in enumerate(speeds):
                await show.press(keys[number % 2])
                await show.until(lambda speed=speed: show.snapshot.speed == speed, str(speed))  # type: ignore[misc]
            # At the end there is no further one.
            snapshot = show.snapshot
            await show.press(keys[0])
            await show.until(lambda snapshot=snapshot: show.snapshot is not snapshot)  # type: ignore[misc]
            assert show.snapshot.speed == speeds[-1]
        assert not show.snapshot.running


async def test_no_key_is_lost_that_comes_before_the_next_picture() -> None:
    async with showing(speed=1) as show:
        for _ in range(3):
            show.main.action_speed(1)
        await show.until(lambda: show.snapshot.speed == SPEEDS[3])
        for _ in range(5):
            show.main.action_step()
        await show.until(lambda: show.snapshot.clock == START + 5 * STEP)


@pytest.mark.parametrize("speed", [10, 3600, None])
async def test_pace(speed: float | None) -> None:
    async with showing(running=True, speed=speed, per_look=0.05) as show:
        await show.until(lambda: show.snapshot.clock > START + timedelta(seconds=2))
        await show.press("space")
        await show.until(lambda: not show.snapshot.running)
        simulated = (show.snapshot.clock - START).total_seconds()
        if speed is None:
            assert show.snapshot.total.events > 1000
        else:
            # Time may be lost to a pause or a slow machine, never gained.
            assert 2 < simulated <= show.clock.seconds * speed
        assert same_counts(show.snapshot.total, reference(show))


def rows_as_shown(show: Show) -> list[tuple[object, ...]]:
    """What the log's rows show, without the batches and the pool behind them."""
    return [row[:7] for row in show.log.rows]


async def test_reset_brings_the_same_events_again() -> None:
    async with showing((120, 40)) as show:
        await show.step(60)
        total, rows = show.snapshot.total, rows_as_shown(show)
        assert total.events > 20
        await show.press("r")
        await show.until(lambda: show.snapshot.run == 1)
        assert show.snapshot.clock == START
        assert show.snapshot.total.events == 0
        assert show.log.rows == ()
        await show.step(60)
        assert same_counts(show.snapshot.total, total)
        assert rows_as_shown(show) == rows


async def test_reset_keeps_the_edits() -> None:
    async with showing() as show:
        await show.press("shift+right")
        config = show.config
        await show.press("r")
        await show.until(lambda: show.snapshot.run == 1)
        await show.step(60)
        assert show.config is config
        counts = Counts.of(events_of(Walk(show.parameters, config), show.snapshot.clock))
        assert same_counts(show.snapshot.total, counts)
        assert not math.isnan(show.table.rows[0].share)


# The log, as far as the app has a part in it.


async def test_shown_and_skipped_are_all_at_full_speed() -> None:
    async with showing((120, 40), running=True, speed=None, per_look=0.05) as show:
        await show.until(lambda: show.snapshot.total.events > 100_000)
        await show.press("space")
        await show.until(lambda: not show.snapshot.running)
        assert len(show.log.rows) < 2000
        assert len(show.log.rows) + show.log.skipped == show.snapshot.total.events
        assert same_counts(show.snapshot.total, reference(show))
        assert "skipped" in show.text


# Names that mean harm.


def assert_fit_for_a_terminal(show: Show) -> None:
    for line in show.lines:
        assert line == plain(line), f"not fit for a terminal: {line!r}"


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (60, 20)])
async def test_hostile_names_are_shown_as_text(size: tuple[int, int]) -> None:
    async with showing(size, seconds=3 * 3600, config=hostile_config(12)) as show:
        seen = show.text
        assert_fit_for_a_terminal(show)
        for _ in range(3):
            await show.press("tab")
            await show.pilot.pause()
            assert_fit_for_a_terminal(show)
            seen += show.text
        for name in HOSTILE_NAMES[:3]:
            assert name[:5] in seen
        assert "/\ufffd[2J\ufffd31m\ufffd" in seen or size[0] < 200
        await show.press("s", "s", "h", "pagedown", "end")
        assert_fit_for_a_terminal(show)


async def test_every_control_says_what_it_is_to_the_mouse() -> None:
    async with showing((200, 60), seconds=3600) as show:
        for _ in SECTIONS:
            await show.press("]")
            await show.until(lambda: show.editor.has_focus_within, "a section")
        await show.press("m")
        await show.until(lambda: show.main.query_one(SitePane).map.has_focus, "the map")
        controls = [widget for widget in show.main.query("*") if widget.can_focus]
        assert len(controls) > 50
        assert [widget for widget in controls if not widget.tooltip] == []


async def test_hostile_names_in_tooltips() -> None:
    async with showing((120, 60), config=hostile_config(12)) as show:
        for slider in show.transitions.sliders:
            tooltip = str(slider.tooltip)
            assert all(line == plain(line) for line in tooltip.splitlines())
        slider = show.transitions.sliders[1]
        assert await show.pilot.hover(slider)
        await show.until(lambda: "[/x] → [red]" in show.text, "the tooltip is shown")
        assert_fit_for_a_terminal(show)


@pytest.mark.parametrize("name", [HOSTILE_NAMES[at] for at in (0, 5, 6, 7)])
async def test_hostile_names_in_notifications(name: str) -> None:
    # Each page leads to others, from which sessions end; without these, one that would stay for ever is held back.
    config = hostile_config(len(HOSTILE_NAMES))
    row = dict.fromkeys(config.pages[name], 0.0) | {name: 0.5, SESSION_END: 0.5}
    async with showing((120, 40), config=config.with_row(("pages", name), row)) as show:
        await show.focus(name, SESSION_END)
        await show.press("home")
        await show.pilot.pause()
        assert show.config.pages[name][SESSION_END] == 0.001
        assert_fit_for_a_terminal(show)
        assert "no session can end from page" in show.text


async def test_hostile_names_are_undone_and_renamed_as_text() -> None:
    name = HOSTILE_NAMES[6]
    async with showing((120, 40), config=hostile_config(12)) as show:
        await show.focus(name, SESSION_END)
        await show.press("right")
        for key in ("u", "U"):
            await show.press(key)
            await show.until(lambda: plain(name) in show.notifications[-1], "the notification")
            await show.pilot.pause()
            assert_fit_for_a_terminal(show)
        await show.press("f2")
        await show.until(lambda: show.app.screen.query(Input), "the dialog")
        assert show.app.screen.query_one(Input).value == plain(name)
        assert_fit_for_a_terminal(show)
        await show.type("better")
        await show.press("enter")
        await show.until(lambda: "better" in show.config.pages, "the new name")
        assert name not in show.config.pages


async def test_hostile_names_in_dialogs(folder: Path) -> None:
    file = folder / "[red]\x1b[2J\u202e.yml"
    file.write_text(hostile_config(12).document.text)
    from fakeweb_tui.config import load_config

    async with showing((120, 40), config=load_config(file.name)) as show:
        assert_fit_for_a_terminal(show)
        await show.press("right", "ctrl+s")
        await show.until(lambda: show.app.screen.query(Input))
        assert_fit_for_a_terminal(show)
        for text in ("[/x]/[2J\u3000.yml", "[/red]/" + "n" * 300, "[red]"):
            show.app.screen.query_one(Input).value = text
            await show.press("enter")
            await show.pilot.pause()
            assert_fit_for_a_terminal(show)
        await show.until(lambda: show.notifications)
        assert show.notifications == ["Saved [red]"]
        assert "Saved [red]" in show.text
        assert_fit_for_a_terminal(show)
    assert (folder / "[red]").exists()


async def test_what_is_pasted_into_a_dialog_is_text(folder: Path) -> None:
    async with showing((120, 40)) as show:
        await show.press("ctrl+s")
        await show.until(lambda: show.app.screen.query(Input))
        line = show.app.screen.query_one(Input)
        line.value = ""
        line.post_message(Paste("a\x1b[2J\u202eb"))
        await show.pilot.pause()
        assert_fit_for_a_terminal(show)
        line.post_message(Paste("[red].yml"))
        await show.pilot.pause()
        assert line.value.endswith("[red].yml")
        assert_fit_for_a_terminal(show)
    assert list(folder.iterdir()) == []


async def test_many_pages_are_all_reached() -> None:
    config = hostile_config(60)
    async with showing((120, 40), config=config) as show:
        show.transitions.action_go_row(70)
        await show.pilot.pause()
        focused = show.main.focused
        assert focused is show.transitions.sliders[-5]
        assert focused is not None
        assert show.transitions.region.contains_region(focused.region)
        await show.press("shift+right")
        assert show.config != config
        await show.step(3)
        assert show.snapshot.total.events > 0


# Surroundings.


async def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with showing((120, 40), seconds=9 * 3600) as show:
        await show.press("right")
        await show.pilot.pause()
        text = show.text
        # What colour says, signs say as well.
        for sign in ("▸home", "◆", "❚❚", "│", "─", "▴"):
            assert sign in text
        colors = {
            color
            for line in show.app.screen._compositor.render_strips()
            for segment in line
            if segment.style
            for color in (segment.style.color, segment.style.bgcolor)
        }
        greys = {color.triplet for color in colors if color and color.triplet}
        assert len(greys) > 5
        assert all(len(set(grey)) == 1 for grey in greys)


async def test_themes_of_the_user_that_are_bad_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "fakeweb-tui" / "themes"
    monkeypatch.setattr("fakeweb_tui.tui.app.user_theme_directory", lambda: directory)
    directory.mkdir(parents=True)
    (directory / "[red].yml").write_text("name: [")
    async with showing((120, 40)) as show:
        assert show.notifications
        assert "[red].yml" in show.notifications[0]
        assert show.app.theme == "night"
        assert_fit_for_a_terminal(show)


async def test_every_theme_shows_everything() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        # What comes last: the footer, and titles that depend on the room that a pane got.
        late = ("^q quit", "/ filter", "per session")
        await show.until(lambda: all(words in text for text in [show.text] for words in late), "all of it")
        # Where a terminal brings its own colours, the tracks of the bars are dots.
        text = show.text.replace("·", " ")
        ours = [theme for theme in show.app.available_themes if theme not in BUILTIN_THEMES]
        assert {"night", "paper", "contrast", "colorblind"} <= set(ours)
        # Of Textual's, of which there are many, one of each kind.
        for theme in (*ours, "textual-light", "dracula", "ansi-dark", "ansi-light"):
            show.app.theme = theme
            await show.until(lambda: show.text.replace("·", " ") == text, f"all of it in {theme}")


async def test_commands_are_found_by_what_they_do() -> None:
    async with showing((100, 40)) as show:
        await show.press("ctrl+p")
        await show.until(lambda: isinstance(show.app.screen, CommandPalette))
        await show.until(lambda: show.app.screen.query_one(CommandList).option_count > 12)
        for title in ("Go to …", "Reset", "Save config …", "Theme …", "Help", "Quit"):
            assert any(title in str(option.prompt) for option in show.app.screen.query_one(CommandList).options)


def test_parameters_of_the_tests_are_those_of_the_app() -> None:
    assert parameters().batch_size == STEP.total_seconds()
