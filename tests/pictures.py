"""Takes the README's pictures of the app: `python tests/pictures.py` writes them into `.github`.

Seed, moment and edits are fixed, so a picture changes only when the look or the simulation does.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tui.driving import SITE, FakeClock, HandDriven, advance, parameters, wait_until, when_shown

from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.tui.widgets.site_pane import SitePane

FOLDER = Path(__file__).parent.parent / ".github"


class Picture(NamedTuple):
    """A picture, by the terminal's size, the simulated seconds before it, and the keys that lead there."""

    name: str
    size: tuple[int, int]
    seconds: int
    keys: tuple[str, ...] = ()


_AFTERNOON = 14 * 3600 + 2700
PICTURES = (
    Picture("main", (170, 46), _AFTERNOON),
    Picture("small", (80, 24), _AFTERNOON),
    Picture("map", (130, 34), _AFTERNOON, ("m",)),
)


async def take(picture: Picture) -> str:
    """Return the picture as SVG: a day at ×600, some hours after an edit."""
    clock = FakeClock()
    tuned_for = 3 * 3600
    params = parameters(seed=2026)
    live = HandDriven(params, SITE, speed=1, now=clock)
    advance(live, clock, picture.seconds - tuned_for)
    live.play(False)
    live.set_speed(600)
    live.advance()
    app = FakewebApp(SITE, params, live)
    app.animation_level = "none"
    async with app.run_test(size=picture.size) as pilot:
        await when_shown(pilot)
        await pilot.press("n", "down", "shift+right", "left", "left")
        live.turn()
        live.play()
        for _ in range(tuned_for // 60):
            clock.seconds += 0.1
            live.turn()
            await pilot.pause(0)
        if picture.keys:
            await pilot.press(*picture.keys)
            site = app.screen.query_one(SitePane)
            await wait_until(pilot, lambda: site.map.flows is not None, "the map")
        # The chart is drawn at a slow pace of its own, in real time.
        app.screen.query_one(Histogram).refresh()
        await pilot.pause()
        return without_generated_ids(app.export_screenshot(title="fakeweb-tui"))


def without_generated_ids(svg: str) -> str:
    """Drop the number that Rich makes from the picture's bytes: a small change is to be a small difference."""
    return re.sub(r"\bterminal-\d+-", "terminal-", svg)


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = home
        for picture in PICTURES:
            path = FOLDER / f"{picture.name}.svg"
            path.write_text(asyncio.run(take(picture)), encoding="utf-8")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
