"""What the screen looks like: pictures that a person has looked at, and that must not change unnoticed.

`pytest tests/tui/test_looks.py --snapshot-update` takes them anew.
"""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pytest
from textual.screen import Screen
from textual.widgets import Input

from fakeweb_tui.tui import screens
from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.themes import load_themes
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.users import vocabulary

from .driving import hostile_config, parameters, simulated, wait_until, when_shown
from .staging import STAGES, Stage, main, main_screen, pressing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _fixed_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - for its effect
    """Keep what differs from one release of Faker to the next out of the pictures."""
    words = vocabulary()
    for name, texts in {
        "names": ("ann", "bo", "cy"),
        "mail_domains": ("example.com", "example.org"),
        "places": ("Gingee", "Recife", "Buynaksk", "Fort Washington"),
        "countries": ("IN", "BR", "RU", "US"),
    }.items():
        count = len(getattr(words, name))
        monkeypatch.setattr(words, name, np.array([texts[at % len(texts)] for at in range(count)], dtype=object))


def looks_as_before(snap_compare: Compare, size: tuple[int, int], theme: str, stage: Stage) -> bool:
    """Compare the app at a fixed moment, standing still."""
    live = simulated(stage.seconds, stage.config)
    app = FakewebApp(stage.config, parameters(), live)
    app.animation_level = "none"
    app.theme = theme

    async def shown(pilot: Pilot[None]) -> None:
        await when_shown(pilot)
        await stage.arrive(pilot)
        for line in pilot.app.screen.query(Input):
            line.cursor_blink = False
        chart = main_screen(pilot).query_one(Histogram)
        await wait_until(pilot, lambda: chart.up_to_date, "the chart")

    return snap_compare(app, terminal_size=size, run_before=shown)


@pytest.mark.parametrize("theme", ["night", "paper"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_screens(snap_compare: Compare, stage: Stage, size: tuple[int, int], theme: str) -> None:
    assert looks_as_before(snap_compare, size, theme, stage)


def test_every_screen_is_looked_at() -> None:
    modules = [import_module(f"{screens.__name__}.{each.name}") for each in pkgutil.iter_modules(screens.__path__)]
    ours = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Screen) and kind.__module__ == module.__name__
    }
    bases = {base for kind in ours for base in kind.__mro__[1:]}
    assert ours - bases <= {stage.kind for stage in STAGES}


THEMES, _ = load_themes(None)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES if theme.name not in ("night", "paper")])
def test_themes(snap_compare: Compare, theme: str) -> None:
    assert looks_as_before(snap_compare, (120, 40), theme, Stage("main", main))


@pytest.mark.parametrize("tab", [0, 1, 2, 3], ids=["editor", "pages", "hours", "log"])
def test_tabs(snap_compare: Compare, tab: int) -> None:
    stage = Stage("a pane alone", pressing(*["tab"] * tab))
    assert looks_as_before(snap_compare, (60, 20), "night", stage)


def test_hostile_names(snap_compare: Compare) -> None:
    assert looks_as_before(snap_compare, (120, 40), "night", Stage("main", main, config=hostile_config(12)))


def test_too_small(snap_compare: Compare) -> None:
    assert looks_as_before(snap_compare, (39, 11), "night", Stage("main", main))
