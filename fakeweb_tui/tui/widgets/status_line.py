"""The line at the top: what the simulation is doing, in figures."""

from collections import deque

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import reach_of
from fakeweb_tui.tui.format import RISING, clock_text, compact, percent, speed_name
from fakeweb_tui.tui.styles import theme_style

_FULL_WIDTH, _ROOMY_WIDTH = 160, 100
_COURSE_CELLS = 12
_SNAPSHOTS_PER_CELL = 5


class StatusLine(Widget):
    """Running or paused, simulated time, speed, events/s and their course, events, active sessions, conversion,
    and the config."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $panel;
    }
    """

    TIP = "Simulated time, speed, events, sessions in the site, and the part of them that reach the goal"

    snapshot: reactive[Snapshot | None] = reactive(None)
    forecast: reactive[Forecast | None] = reactive(None)
    config_name: reactive[str] = reactive("")
    edits: reactive[int] = reactive(0)
    """Rows that differ from the saved config."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
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
        """One line, the most important first; what does not fit is cut."""
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        snapshot, forecast = self.snapshot, self.forecast
        if snapshot is None or forecast is None:
            return line.append(" starting …", theme_style(self.app, "muted"))
        full = self.size.width >= _FULL_WIDTH
        muted = theme_style(self.app, "muted")
        until = snapshot.plays_until
        if not snapshot.running:
            state, color = "❚❚ paused", "browsing"
        else:
            state, color = ("▶ scenario", "goal") if until else ("● live", "landing")
        line.append(
            f" {state if full else state.split()[0]} ",
            theme_style(self.app, "background", on=color, bold=True),
        )
        roomy = self.size.width >= _ROOMY_WIDTH
        gap = "   " if roomy else " "
        line.append(gap[1:] + " " + clock_text(snapshot.clock, short=not full), "bold")
        if until:
            same_day = until.date() == snapshot.clock.date()
            end = f"{until:%H:%M}" if same_day else f"{until:%d %b %H:%M}"
            line.append(f"{gap}{'scenario to' if roomy else '→'} {end}", theme_style(self.app, "goal"))
        line.append(gap + speed_name(snapshot.speed), theme_style(self.app, "primary", bold=True))
        number = "{:,.0f}".format if full else compact
        rate = f"{snapshot.events_per_second:,.1f}" if snapshot.events_per_second < 10 else None
        before_rate = len(line) + len(gap)
        line.append(f"{gap}{rate or number(snapshot.events_per_second)} {'events/s' if full else 'ev/s'}", muted)
        line.append(f"{gap}{number(snapshot.total.events)}{' events' if roomy else ' ev'}", muted)
        line.append(f"{gap}{number(snapshot.active)} {'active sessions' if full else 'active'}", muted)
        goal = theme_style(self.app, "goal", bold=True)
        line.append(f"{gap}{'conversion' if full else 'conv'} {self._conversion(snapshot)}", goal)
        if full:
            line.append(f"  predicted {forecast.conversion:.1%}", muted)
        if self.edits:
            rows = "rows" if self.edits > 1 else "row"
            line.append(f"{gap}{self.edits} {rows} edited", theme_style(self.app, "browsing"))
        if full:
            line.append(f"{gap}{plain(self.config_name)}", muted)
        course = Text(self._course(), theme_style(self.app, "bar"))
        if roomy and line.cell_len + len(course) <= self.size.width:
            line = line[:before_rate] + course + line[before_rate:]
        return line

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
