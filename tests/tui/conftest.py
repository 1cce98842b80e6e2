from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest
from textual._context import active_app
from textual.pilot import Pilot

from fakeweb_tui.tui.memory import Memory, remember

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


async def _settled(_min_sleep: float = 0, _max_sleep: float = 0) -> None:
    """Wait until no widget has a message left to handle."""
    app = active_app.get()
    while app.is_running:
        await Pilot(app)._wait_for_screen()
        await asyncio.sleep(0)
        if not any(node._message_queue.qsize() for node in (app, *app.screen.walk_children(with_self=True))):
            return


@pytest.fixture(autouse=True)
def _no_guessing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a key that the pilot presses count as handled when it is.

    Textual waits until the process has used no processor time for a while. That takes long, and is never so
    beside a simulation at full speed. (The pilot's `pause` still does, for it waits for what timers do as well.)
    """
    monkeypatch.setattr("textual.app.wait_for_idle", _settled)


@pytest.fixture(autouse=True)
def _own_surroundings(_own_home: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the wishes for colour of whoever runs the tests out of them, and start no app for the first time."""
    # Not the first run: that one has a hint.
    remember(Memory(hinted=True))
    monkeypatch.delenv("NO_COLOR", raising=False)
    threshold = gc.get_threshold()
    yield
    # The app takes what is there when it starts out of the collector's sight. A run of tests starts it often, and
    # what one of them forgot to close has to come to light.
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
