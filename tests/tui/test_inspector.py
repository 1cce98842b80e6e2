from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakeweb_tui.events import DictRenderer
from fakeweb_tui.session_paths import session_path, user_sessions
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import duration
from fakeweb_tui.tui.screens.inspector import Inspector

from .driving import HOSTILE_NAMES, Show, hostile_config, showing

if TYPE_CHECKING:
    from fakeweb_tui.tui.log_rows import LogRow


async def inspect(show: Show) -> LogRow:
    """Open the inspector on the fifth event of the log."""
    show.log.focus()
    await show.press("down", "down", "down", "down")
    row = show.log.rows[4]
    await show.press("enter")
    await show.until(lambda: isinstance(show.app.screen, Inspector), "the inspector")
    return row


async def test_the_whole_event_and_the_path_of_its_session() -> None:
    async with showing((140, 45), seconds=1200) as show:
        await show.step(30)
        row = await inspect(show)
        event = DictRenderer(row.pool).render(row.event)[0]
        await show.until(lambda: "still in the site" in show.text or "session_end" in show.text, "the path")
        for name, value in event.items():
            # Long values go on in the next line.
            assert f'"{name}": {json.dumps(value)}'[:40] in show.text
        path = session_path(show.snapshot.scenario, int(row.event.session[0]))
        assert f"Session {path.session}" in show.text
        for view in path.pageviews:
            line = next(line for line in show.lines if f"{view.moment:%H:%M:%S}  " in line and "/" in line)
            assert f"/{view.page} " in line
        await show.press("c")
        assert json.loads(show.app.clipboard) == event
        await show.press("escape")
        assert show.app.screen is show.main
        assert show.log.has_focus


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_visit_takes_one_line(size: tuple[int, int]) -> None:
    async with showing(size, seconds=14 * 3600) as show:
        row = await inspect(show)
        await show.press("s")
        path = session_path(show.snapshot.scenario, int(row.event.session[0]))
        first, last = path.pageviews[0], path.pageviews[-1]
        await show.until(lambda: f"{last.moment:%d %b %H:%M:%S}  " in show.text, "the path")
        at = next(at for at, line in enumerate(show.lines) if f"{first.moment:%d %b %H:%M:%S}  ┌ " in line)
        for view, line in zip(path.pageviews, show.lines[at:], strict=False):
            assert re.search(rf"{view.moment:%d %b %H:%M:%S}  [┌├] . /{view.page} .* s( …)? ", line)


async def test_following_a_user_on_a_small_screen() -> None:
    async with showing((80, 24), seconds=6 * 3600) as show:
        await show.step(30)
        row = await inspect(show)
        assert '"event_timestamp"' in show.text
        await show.press("u")
        numbers, since = user_sessions(show.snapshot.scenario, int(row.event.user[0]))
        await show.until(lambda: f"User {row.event.user[0]} · {len(numbers)} session" in show.text, "the user")
        assert f"since {since:%d %b %H:%M}" in show.text
        await show.press("s")
        await show.until(lambda: f"Session {row.event.session[0]}" in show.text, "the session")
        await show.press("e")
        await show.until(lambda: '"event_timestamp"' in show.text, "the event")


async def test_a_path_grows_while_time_goes_on() -> None:
    async with showing((140, 45), seconds=1200) as show:
        await show.step(30)
        row = await inspect(show)
        session = int(row.event.session[0])
        for _ in range(400):
            show.live.step()
        await show.until(lambda: session_path(show.snapshot.scenario, session).ended, "the end of the session")
        await show.until(lambda: "└ session_end" in show.text, "the end of the path")


async def test_hostile_names() -> None:
    async with showing((140, 45), seconds=1200, config=hostile_config(12)) as show:
        await show.step(30)
        row = await inspect(show)
        paths = (("u", f"User {row.event.user[0]} "), ("s", f"Session {row.event.session[0]}"))
        for key, title in paths:
            await show.press(key)
            await show.until(lambda title=title: title in show.text, "the path")  # type: ignore[misc]
            assert f"/{plain(HOSTILE_NAMES[6])}" in show.text or f"/{HOSTILE_NAMES[0]}" in show.text
            assert "\x1b" not in show.text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (8.64, "8.6 s"),
        (59.9, "59.9 s"),
        (59.96, "1 m 00 s"),
        (72, "1 m 12 s"),
        (3599.6, "1 h 00 m"),
        (3600 * 3 + 300, "3 h 05 m"),
        (86400 * 2 + 3600 * 4, "2 d 04 h"),
        (86400 * 400, "400 d 00 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text
