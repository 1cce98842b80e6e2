"""The way in which screens ask: one dialog at a time."""

import asyncio
from typing import Any, TypeVar

from textual.screen import Screen

Answer = TypeVar("Answer")


async def ask(asking: Screen[Any], dialog: Screen[Answer]) -> Answer | None:
    """Show a dialog over the screen that asks, and return its answer; for a worker.

    None also where the screen is not in front any more: of keys that arrive together, the first one asks.
    """
    if not asking.is_active:
        return None
    # Not by `push_screen_wait`: it lets others push before it does.
    return await asyncio.shield(asking.app.push_screen(dialog, wait_for_dismiss=True))
