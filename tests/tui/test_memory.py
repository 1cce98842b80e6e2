from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.memory import Memory, forget, memory_path, recall, remember
from fakeweb_tui.tui.screens.arranged import PANES
from fakeweb_tui.tui.screens.main import FIRST_HINT
from fakeweb_tui.tui.sizes import LEAST, MOST, Sizes

from .driving import SITE, parameters, screen_lines, showing, simulated, wait_until, when_shown

if TYPE_CHECKING:
    from pathlib import Path

    from textual.geometry import Region

FULL = Memory("ember", 3600, Sizes(editor=0.3, log=0.5, histogram=0.4), hinted=True)


def test_what_is_remembered_is_recalled() -> None:
    for memory in (FULL, Memory(speed=None), Memory()):
        remember(memory)
        assert recall() == (memory, "")
    assert [path.name for path in memory_path().parent.iterdir()] == ["screen.json"]
    forget()
    forget()
    assert recall() == (Memory(), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[1]", "not an object"),
        ('{"theme": 3}', "the theme is 3: it is a name"),
        ('{"speed": 7}', "the speed is 7: it is one of 1, 10, 60, 600, 3600, None"),
        ('{"speed": true}', "the speed is True"),
        ('{"hinted": "yes"}', "hinted is 'yes': it is true or false"),
        ('{"sizes": {"log": 2.0}}', "the size of log is 2.0: it is 0.12 to 0.85"),
        ('{"sizes": {"log": NaN}}', "the size of log is nan"),
        ('{"sizes": {"x": 0.5}}', "sizes are {'x': 0.5}"),
        ("[" * 10_000, ""),
        ("\x1b[2J", "Expecting value"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_of(text: str, reason: str) -> None:
    memory_path().write_text(text, encoding="utf-8")
    memory, problem = recall()
    assert memory == Memory(hinted=True)
    assert problem.startswith(f"{memory_path()}: ")
    assert reason in problem
    assert "\x1b" not in problem


def test_a_file_that_cannot_be_read_is_told_of() -> None:
    memory_path().unlink()
    memory_path().mkdir()
    assert recall() == (Memory(), f"{memory_path()}: Is a directory")


@given(st.floats(allow_nan=False), st.sampled_from(["editor", "log", "histogram"]))
def test_no_pane_vanishes(part: float, border: Any) -> None:
    sizes = Sizes().moved(border, part)
    assert LEAST <= getattr(sizes, border) <= MOST
    assert Sizes.of({border: getattr(sizes, border)}) == sizes


async def run_once(*keys: str, speed: float | None) -> FakewebApp:
    """Run the app as a user does, with the speed that is remembered; press some keys, and leave at that speed."""
    app = FakewebApp(SITE, parameters())
    app.animation_level = "none"
    async with app.run_test(size=(120, 40)) as pilot:
        await when_shown(pilot)
        for key in keys:
            await pilot.press(key)
        main = app._main
        await wait_until(pilot, lambda: main.snapshot and main.snapshot.speed == speed, "the speed")
    return app


async def test_the_app_remembers_its_theme_speed_and_sizes() -> None:
    app = await run_once("plus", "less_than_sign", "t", "down", "enter", speed=600)
    sizes = app._main.sizes
    assert sizes.editor is not None
    assert recall() == (Memory("paper", 600, sizes, hinted=True), "")
    app = await run_once(speed=600)
    assert (app.theme, app._main.sizes) == ("paper", sizes)
    remember(FULL)
    app = await run_once(speed=3600)
    assert app.theme == "ember"
    main = app._main
    assert main.sizes == FULL.sizes
    assert main.snapshot is not None
    assert main.snapshot.speed == 3600
    assert recall()[0] == FULL


async def test_what_is_changed_is_remembered_before_the_app_ends() -> None:
    async with showing((120, 40)) as show:
        await show.press("less_than_sign", "plus")
        show.app.theme = "ember"
        await show.until(lambda: recall()[0].theme == "ember", "the theme is kept")
        await show.until(lambda: recall()[0].speed == 3600, "the speed is kept")
        assert recall()[0].sizes == show.main.sizes != Sizes()
        # One that is only looked at is not.
        await show.press("t", "up")
        await show.until(lambda: show.app.theme != "ember", "another theme")
        before = recall()[0]
        show.app._keep()
        assert recall()[0] == before
        await show.press("escape")


async def test_a_corrupt_file_stops_nothing() -> None:
    memory_path().write_text("{", encoding="utf-8")
    async with showing((120, 40)) as show:
        assert any(str(memory_path()) in text for text in show.notifications)
    assert json.loads(memory_path().read_text(encoding="utf-8"))["theme"] == "night"


async def test_a_theme_that_is_gone_is_not_missed() -> None:
    remember(Memory("gone", hinted=True))
    async with showing((120, 40)) as show:
        assert show.app.theme == "night"


async def test_forgetting() -> None:
    remember(FULL)
    async with showing((120, 40)) as show:
        assert show.app.theme == "ember"
        show.app.action_forget()
        await show.until(lambda: show.snapshot.speed == 60, "the first speed")
        assert show.app.theme == "night"
        assert show.main.sizes == Sizes()
    assert not memory_path().exists()


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_forgotten_sizes_are_gone_at_once(size: tuple[int, int]) -> None:
    async with showing(size) as show:

        def places() -> list[Region]:
            return [show.main.query_one(f"#{pane}").region for pane in PANES]

        first_run = places()
        show.main.sizes = Sizes(editor=0.5, log=0.6, histogram=0.3)
        await show.until(lambda: all(one != other for one, other in zip(places(), first_run, strict=True)))
        show.app.action_forget()
        await show.until(lambda: places() == first_run, "the sizes of a first run")


async def test_a_state_directory_that_cannot_be_written_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(file))
    async with showing((120, 40)) as show:
        show.app.theme = "ember"
    assert file.is_file()


@pytest.mark.parametrize("key", ["n", "down", "f5", "click"])
async def test_the_first_hint_is_gone_after_the_first_key(key: str) -> None:
    forget()
    app = FakewebApp(SITE, parameters(), simulated(3600))
    async with app.run_test(size=(120, 40)) as pilot:
        await when_shown(pilot)
        await wait_until(pilot, lambda: FIRST_HINT.strip() in "\n".join(screen_lines(app)), "the hint")
        if key == "click":
            await pilot.click(offset=(60, 20))
        else:
            await pilot.press(key)
        await wait_until(pilot, lambda: FIRST_HINT.strip() not in "\n".join(screen_lines(app)), "no hint")
    assert recall()[0].hinted


async def test_nothing_moves_when_the_first_hint_goes() -> None:
    async with showing(seconds=3600) as show:
        before = [widget.region for widget in show.main.query("#panes *")]
        show.main.hinting = True
        await show.until(lambda: "Drag a bar" in show.lines[-2], "the hint")
        assert "quit" in show.lines[-1]
        assert [widget.region for widget in show.main.query("#panes *")] == before


async def test_a_run_without_a_key_is_followed_by_the_hint_again() -> None:
    forget()
    app = FakewebApp(SITE, parameters(), simulated(3600))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_until(pilot, lambda: app._main.hinting, "the hint")
    assert not recall()[0].hinted
