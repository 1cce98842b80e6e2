"""Drives the app, or a widget alone, in simulated and real time that the tests own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import yaml
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from fakeweb_tui.config import SESSION_END, Config, load_config, parse_config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Batch, Parameters, Walk
from fakeweb_tui.statistics import Counts, Snapshot
from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.palette import fallback_variables
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tui.widgets.editor.rows import ProbabilitySlider, RowsEditor
from fakeweb_tui.tui.widgets.event_log import EventLog
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.tui.widgets.pages_table import PagesTable
from fakeweb_tui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from textual.pilot import Pilot

START = datetime(2026, 11, 23)
STEP = timedelta(seconds=10)
SITE = load_config()
"""The built-in site."""

# Only a hung app gets there: a machine under load must not fail a test.
_PATIENCE_SECONDS = 30

AnyWidget = TypeVar("AnyWidget", bound=Widget)


class FakeClock:
    """Real time as the simulation sees it: it moves when a test says so, or by so much at every look."""

    def __init__(self, per_look: float = 0.0) -> None:
        self.seconds = 0.0
        self.per_look = per_look
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        self.seconds += self.per_look
        return self.seconds


class HandDriven(LiveSimulation):
    """A live simulation that goes on only when told to, and in the thread that tells it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._over = Event()
        self._publish: Callable[[Snapshot], None] = lambda _snapshot: None

    def run(self, cancelled: Callable[[], bool], publish: Callable[[Snapshot], None], period: float) -> None:
        del cancelled, period
        self._publish = publish
        publish(self.snapshot())
        self._over.wait()

    def obeyed(self, seconds: float) -> bool:
        del seconds
        return False

    def stop(self) -> None:
        self._over.set()

    def turn(self) -> None:
        """Obey what was commanded, come up to the clock, and show it."""
        self.advance()
        self._publish(self.snapshot())


def parameters(
    *,
    seed: int = 7,
    start: datetime = START,
    sessions_per_day: float = 10_000,
    max_session_steps: int = 360,
) -> Parameters:
    """Parameters with everything fixed that tests do not care for."""
    return Parameters(
        seed=seed, start=start, sessions_per_day=sessions_per_day, max_session_steps=max_session_steps
    )


def advance(live: LiveSimulation, clock: FakeClock, seconds: float) -> None:
    """Bring a running simulation of speed ×1 so many seconds on."""
    while seconds > 0:
        # No more than an hour at a time: a longer stretch may take more than the one chunk of an `advance`.
        pace = min(seconds, 3600.0)
        clock.seconds += pace
        live.advance()
        seconds -= pace


def simulated(
    seconds: float = 0,
    config: Config = SITE,
    params: Parameters | None = None,
    *,
    speed: float | None = 600,
    running: bool = False,
    clock: FakeClock | None = None,
) -> LiveSimulation:
    """A live simulation that has come so many simulated seconds far, and then stands still unless `running`."""
    clock = clock or FakeClock()
    per_look, clock.per_look = clock.per_look, 0.0
    live = LiveSimulation(params or parameters(), config, speed=1, now=clock)
    advance(live, clock, seconds)
    live.set_speed(speed)
    live.play(running)
    live.advance()
    clock.per_look = per_look
    return live


def joined(batches: Iterable[Batch]) -> Batch:
    """Several batches as one."""
    parts = list(batches)
    columns = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("timestamp", "page", "user", "session", "visit")
    )
    return Batch(parts[0].start_step, parts[-1].stop_step, parts[0].pages, *columns)


def events_of(walk: Walk, until: datetime) -> Batch:
    """Every event that a walk still makes before a moment, computed by the walk alone."""
    stop = walk.parameters.step_at(until) + 1
    batches = [Batch.empty(walk.position, walk.matrix.pages)]
    while walk.position < stop:
        batches.append(walk.advance(stop))
    return joined(batches).until(until)[0]


def same_counts(one: Counts, other: Counts) -> bool:
    """Whether two counts say the same."""
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("events_by_page", "reached_by_page", "events_by_hour", "sessions_by_hour")
    )


def screen_lines(app: App[None]) -> list[str]:
    """What the terminal shows, line by line, dialogs and notifications included."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return ["".join(segment.text for segment in strip) for strip in update.strips]  # type: ignore[union-attr]


async def wait_until(pilot: Pilot[None], condition: Callable[[], object], what: str = "") -> None:
    """Wait for something that the simulation's thread brings about; then until it is painted."""
    deadline = monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert pilot.app.is_running, f"the app ended while waiting: {what}"
        assert monotonic() < deadline, f"waited in vain: {what}"
        await pilot.pause(0.005)
    if pilot.app.is_running:
        await pilot.pause(0)


async def when_shown(pilot: Pilot[None]) -> None:
    """Wait until the app shows its first figures, and the keys in its last line."""

    def shown() -> bool:
        main = pilot.app.screen
        if not isinstance(main, MainScreen) or main.snapshot is None or not main.query(FooterKey):
            return False
        if not main.snapshot.running and not main.query_one(Histogram).up_to_date:
            return False
        return not main.query_one(Footer).display or main.query(FooterKey).first().region.width > 0

    await wait_until(pilot, shown, "the first figures")


@dataclass
class Show:
    """An app that is being shown, and what tests look at."""

    app: FakewebApp
    pilot: Pilot[None]
    live: LiveSimulation
    clock: FakeClock
    parameters: Parameters

    @property
    def main(self) -> MainScreen:
        """The main screen, also while a dialog lies on it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, MainScreen))

    @property
    def editor(self) -> EditorPane:
        return self.main.query_one(EditorPane)

    @property
    def transitions(self) -> RowsEditor:
        return self.main.query(RowsEditor).first()

    @property
    def table(self) -> PagesTable:
        return self.main.query_one(PagesTable)

    @property
    def histogram(self) -> Histogram:
        return self.main.query_one(Histogram)

    @property
    def log(self) -> EventLog:
        return self.main.query_one(EventLog)

    @property
    def status(self) -> StatusLine:
        return self.main.query_one(StatusLine)

    @property
    def snapshot(self) -> Snapshot:
        snapshot = self.main.snapshot
        assert snapshot is not None
        return snapshot

    @property
    def config(self) -> Config:
        """The config in force."""
        return self.main.config

    @property
    def forecast(self) -> Forecast:
        """What the config in force predicts, computed afresh."""
        return Forecast(self.config, self.parameters)

    def slider(self, page: str, target: str) -> ProbabilitySlider:
        return next(
            slider
            for slider in self.transitions.sliders
            if slider.path == ("pages", page) and slider.target == target
        )

    async def focus(self, page: str, target: str) -> ProbabilitySlider:
        self.transitions.go_to(("pages", page), target)
        await self.pilot.pause(0)
        return self.slider(page, target)

    @property
    def lines(self) -> list[str]:
        return screen_lines(self.app)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def notifications(self) -> list[str]:
        return [str(notification.message) for notification in self.app._notifications]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def press_at_once(self, *keys: str) -> None:
        """Press keys that arrive together, as from a fast typist or over a slow line."""
        for key in keys:
            self.app.post_message(Key(key, key if len(key) == 1 else None))
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type into a line that has the focus, in place of what it holds."""
        await self.press("home", "shift+end", "delete")
        await self.press(*text)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        await wait_until(self.pilot, condition, what)

    async def step(self, count: int = 1) -> None:
        """Let so many steps happen, the last of them by the key."""
        clock = self.snapshot.clock
        for _ in range(count - 1):
            self.live.step()
        await self.press("n")
        await self.until(lambda: self.snapshot.clock >= clock + count * STEP, "single steps")


@asynccontextmanager
async def showing(
    size: tuple[int, int] = (80, 24),
    *,
    seconds: float = 0,
    config: Config = SITE,
    params: Parameters | None = None,
    running: bool = False,
    speed: float | None = 600,
    per_look: float = 0.0,
) -> AsyncIterator[Show]:
    """Show the app, `seconds` of simulated time after its start, until its first figures are on the screen.

    Unless `running`, it stands still. Its clock moves by `per_look` seconds each time the simulation looks at it,
    which it does some thirty times per real second.
    """
    params = params or parameters()
    clock = FakeClock(per_look)
    live = simulated(seconds, config, params, speed=speed, running=running, clock=clock)
    app = FakewebApp(config, params, live)
    app.animation_level = "none"
    async with app.run_test(size=size, tooltips=True, notifications=True) as pilot:
        show = Show(app, pilot, live, clock, params)
        await when_shown(pilot)
        yield show


class Alone(App[None]):
    """One widget alone in an app, fed by the test."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self._widget


@asynccontextmanager
async def alone(widget: AnyWidget, size: tuple[int, int]) -> AsyncIterator[tuple[AnyWidget, Pilot[None]]]:
    """Show one widget, without borders, in an app of its size."""
    app = Alone(widget)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0)
        yield widget, pilot


HOSTILE_NAMES = (
    "[/x]",
    "[red]",
    '"quo\'te"',
    "🛒 cart",
    "商品ページ一覧表です商品ページ一覧表です",
    "abc\u202edef",
    "\x1b[2J\x9b31m\x07",
    "n" * 200,
    "a\tb\r\nc",
    "$primary {x} \\[y",
)


def hostile_config(pages: int) -> Config:
    """A site of many pages whose names, and those of its sources, mean harm; each leads to several others."""
    names = [*HOSTILE_NAMES, *(f"page {number}" for number in range(pages - len(HOSTILE_NAMES)))]
    rows = {
        name: {names[(at + step) % pages]: 0.2 for step in (0, 1, 2, 7)} | {SESSION_END: 0.2}
        for at, name in enumerate(names)
    }
    built_in = yaml.safe_load(SITE.document.text)
    site = {**built_in, "pages": rows, "landing_pages": {names[0]: 0.5, names[6]: 0.5}}
    site["utm_sources"] = dict.fromkeys(HOSTILE_NAMES, 0.1)
    return parse_config(yaml.safe_dump(site, sort_keys=False, allow_unicode=True), "[/x]\x1b[2J/[red].yml")


def linked_pages(pages: int) -> Config:
    """A site of so many pages, each of which leads to the next one and, of many, to others far away."""
    names = [f"page_{number:02}" for number in range(pages)]
    rows: dict[str, dict[str, float]] = {}
    for at, name in enumerate(names):
        others = {names[(at * 7 + 3) % pages], names[(at * 3 + 1) % pages], names[min(at + 1, pages - 1)]} - {name}
        rows[name] = dict.fromkeys(sorted(others), 0.6 / len(others)) if others else {}
        rows[name] |= {name: 0.2, SESSION_END: 0.2 if others else 0.8}
    built_in = yaml.safe_load(SITE.document.text)
    site = {**built_in, "pages": rows, "landing_pages": {names[0]: 1.0}}
    return parse_config(yaml.safe_dump(site, sort_keys=False), "linked.yml")
