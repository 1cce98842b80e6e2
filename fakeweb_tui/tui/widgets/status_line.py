"""The line at the top: what the simulation is doing, in figures."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widget import Widget

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import reach_of
from fakeweb_tui.tui.format import RISING, clock_text, compact, percent, speed_name
from fakeweb_tui.tui.styles import theme_style

_FULL_WIDTH, _ROOMY_WIDTH = 160, 100
_GAP = "   "
_COURSE_CELLS = 12
_SNAPSHOTS_PER_CELL = 5


class Part(NamedTuple):
    """A part of the line, and the action of the screen that a click on it is for."""

    text: Text
    action: str = ""


class StatusLine(Widget):
    """Running or paused, simulated time, speed, events/s and their course, events, active sessions, conversion,
    and the config."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $panel;
    }
    """

    TIP = (
        "Simulated time, speed, events, sessions in the site, and the part of them that reach the goal\n"
        "A click on the state: pause or go on · on the time: go to another · on the speed: faster"
    )

    snapshot: reactive[Snapshot | None] = reactive(None)
    forecast: reactive[Forecast | None] = reactive(None)
    config_name: reactive[str] = reactive("")
    edits: reactive[int] = reactive(0)
    """Rows that differ from the saved config."""

    _pointed: reactive[range | None] = reactive[range | None](None)
    """The cells of the part that is under the pointer, if a click on it does something."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._buttons: dict[range, str] = {}
        self._rates: deque[float] = deque(maxlen=_COURSE_CELLS)
        self._next_rate = 0

    def watch_snapshot(self, before: Snapshot | None, after: Snapshot | None) -> None:
        """Keep the course of the rate, two points per second or so."""
        if after is None or before is None or before.run != after.run:
            self._rates.clear()
        elif after.running and after.number >= self._next_rate:
            self._next_rate = after.number + _SNAPSHOTS_PER_CELL
            self._rates.append(after.events_per_second)

    def on_mount(self) -> None:
        """Say what the figures are to whoever points at them."""
        self.tooltip = self.TIP

    def render(self) -> Text:
        """One line, the most important first; what does not fit is left out."""
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        self._buttons.clear()
        if self.snapshot is None or self.forecast is None:
            return line.append(" starting …", theme_style(self.app, "muted"))
        for part in self._parts(self.snapshot, self.forecast):
            start = line.cell_len
            if start + part.text.cell_len > self.size.width and start:
                break
            line.append_text(part.text)
            if part.action:
                self._buttons[range(start, line.cell_len)] = part.action
        course = Text(self._course(), theme_style(self.app, "bar"))
        if self._is_roomy and line.cell_len + len(course) <= self.size.width:
            at = max(part.stop for part in self._buttons) + len(_GAP)
            line = line[:at] + course + line[at:]
        if self._pointed:
            line.stylize("underline", self._pointed.start, self._pointed.stop)
        return line

    @property
    def _is_roomy(self) -> bool:
        return self.size.width >= _ROOMY_WIDTH

    def _parts(self, snapshot: Snapshot, forecast: Forecast) -> Iterator[Part]:
        """What there is to say."""
        full = self.size.width >= _FULL_WIDTH
        muted = theme_style(self.app, "muted")
        until = snapshot.plays_until
        if not snapshot.running:
            state, color = "❚❚ paused", "browsing"
        else:
            state, color = ("▶ scenario", "goal") if until else ("● live", "landing")
        state_style = theme_style(self.app, "background", on=color, bold=True)
        yield Part(Text(f" {state if full else state.split()[0]} ", state_style), "pause")
        roomy = self._is_roomy
        gap = _GAP if roomy else " "
        clock = Text(gap[1:] + " ").append(clock_text(snapshot.clock, short=not full), "bold")
        yield Part(clock, "go_to")
        if until:
            same_day = until.date() == snapshot.clock.date()
            end = f"{until:%H:%M}" if same_day else f"{until:%d %b %H:%M}"
            yield Part(Text(f"{gap}{'scenario to' if roomy else '→'} {end}", theme_style(self.app, "goal")))
        speed = theme_style(self.app, "primary", bold=True)
        yield Part(Text(gap).append(speed_name(snapshot.speed), speed), "speed(1)")
        number = "{:,.0f}".format if full else compact
        rate = f"{snapshot.events_per_second:,.1f}" if snapshot.events_per_second < 10 else None
        per_second = f"{gap}{rate or number(snapshot.events_per_second)} {'events/s' if full else 'ev/s'}"
        yield Part(Text(per_second, muted))
        yield Part(Text(f"{gap}{number(snapshot.total.events)}{' events' if roomy else ' ev'}", muted))
        yield Part(Text(f"{gap}{number(snapshot.active)} {'active sessions' if full else 'active'}", muted))
        goal = theme_style(self.app, "goal", bold=True)
        yield Part(Text(f"{gap}{'conversion' if full else 'conv'} {self._conversion(snapshot)}", goal))
        if full:
            yield Part(Text(f"  predicted {forecast.conversion:.1%}", muted))
        if self.edits:
            rows = "rows" if self.edits > 1 else "row"
            yield Part(Text(f"{gap}{self.edits} {rows} edited", theme_style(self.app, "browsing")))
        if full:
            yield Part(Text(f"{gap}{plain(self.config_name)}", muted))

    # The mouse.

    def _button_at(self, x: int) -> range | None:
        return next((part for part in self._buttons if x in part), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Underline what a click does something on."""
        self._pointed = self._button_at(event.x)

    def on_leave(self) -> None:
        """Underline it no more."""
        self._pointed = None

    async def on_click(self, event: events.Click) -> None:
        """Do what the part under the pointer is for."""
        part = self._button_at(event.x)
        if part and event.button == 1:
            await self.run_action(f"screen.{self._buttons[part]}")

    def _course(self) -> str:
        """The last rates as small bars, where there are some."""
        if len(self._rates) < 2:
            return ""
        top = max(self._rates) or 1.0
        bars = "".join(RISING[max(int(rate > 0), round(rate / top * 8))] for rate in self._rates)
        return f"{bars:>{_COURSE_CELLS}} "

    @staticmethod
    def _conversion(snapshot: Snapshot) -> str:
        return percent(float(reach_of(snapshot.observed.counts)[-1])).strip()
