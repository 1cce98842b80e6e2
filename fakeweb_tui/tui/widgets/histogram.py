"""The histogram: what happened in each hour against what the config predicts, in three views."""

from datetime import timedelta
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import EPOCH
from fakeweb_tui.statistics import KEPT_HOURS, Snapshot, covered_hours, hour_of
from fakeweb_tui.tui.charts import (
    LABEL_WIDTH,
    Across,
    Palette,
    calendar_pitch,
    draw_calendar,
    draw_chart,
    hourly,
)
from fakeweb_tui.tui.day_curve import HOURS
from fakeweb_tui.tui.format import compact
from fakeweb_tui.tui.styles import theme_style

# A chart costs as much as the rest of the screen, and an hour grows slowly; what the user did is shown sooner.
_LOOK_SECONDS = 0.1
_LOOKS_PER_REDRAW = 5

_TIP = "d, or a click on the title: hours of the day, the last 24, each day's · h: events or sessions"
VIEWS = {"day": "hour of day", "last": "last 24 hours", "calendar": "calendar"}
Cell = tuple[int, int]
"""A row and an hour of it; only the calendar has more than one row."""


class Histogram(Widget, can_focus=True):
    """Events, or sessions, per hour: of the day, of the last 24, or of each day. The arrows, or the mouse, read
    an hour out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(0, -1)", "hour before", show=False, id="hours.left", tooltip="Read the hour before"),
        Binding("right", "go(0, 1)", "next hour", show=False, id="hours.right", tooltip="Read the next hour"),
        Binding("up", "go(-1, 0)", "day before", show=False, id="hours.up", tooltip="Read the day before"),
        Binding("down", "go(1, 0)", "next day", show=False, id="hours.down", tooltip="Read the next day"),
        Binding("escape", "leave", "no hour", show=False, id="hours.leave", tooltip="Read no hour"),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    forecast: reactive[Forecast | None] = reactive(None, repaint=False)
    measure: reactive[str] = reactive("events", layout=False)
    view: reactive[str] = reactive("day", layout=False)
    """One of `VIEWS`."""
    cursor: reactive[Cell | None] = reactive[Cell | None](None)
    """The hour that is read out."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._looks = 0
        self._observed = self._steered = False

    def on_mount(self) -> None:
        """Redraw at a slow rate of its own."""
        self.set_interval(_LOOK_SECONDS, self._look)
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.refresh())
        self._entitle()

    @property
    def up_to_date(self) -> bool:
        """Whether the latest figures are drawn already."""
        return not (self._observed or self._steered)

    def _look(self) -> None:
        self._looks += 1
        if self._steered or (self._observed and self._looks % _LOOKS_PER_REDRAW == 0):
            self._redraw()

    def _redraw(self) -> None:
        """Draw the figures of now, and read them out."""
        self._observed = self._steered = False
        self._entitle()
        self.refresh()

    def watch_snapshot(self, before: Snapshot | None, after: Snapshot | None) -> None:
        """Draw new observations now and then; those that were asked for soon, those of a new run at once, and also
        the first ones after a while without."""
        if (
            before is None
            or after is None
            or before.run != after.run
            or after.number - before.number > _LOOKS_PER_REDRAW
        ):
            self._redraw()
        elif after.running:
            self._observed = True
        else:
            self._steered = True

    def watch_forecast(self) -> None:
        """Draw another prediction soon."""
        self._steered = True

    def watch_measure(self) -> None:
        """Say what is shown."""
        self._entitle()

    def watch_view(self) -> None:
        """Say what is shown."""
        self.cursor = None
        self._entitle()

    def watch_cursor(self) -> None:
        """Read the hour out."""
        self._entitle()

    def on_blur(self) -> None:
        """Read out no hour."""
        self.cursor = None

    def on_resize(self) -> None:
        """Forget an hour that may be out of sight."""
        self.cursor = None

    def _entitle(self) -> None:
        what = "" if self.view == "day" else f" · {VIEWS[self.view]}"
        # The title can be clicked: what is counted, and how it is shown.
        self.border_title = Content.from_markup(
            "[@click=toggle_measure]$measure[/][@click=next_view] per hour$what[/]",
            measure=self.measure.capitalize(),
            what=what,
        )
        legend = "█ observed · last row predicted" if self.view == "calendar" else "█ observed  ─ predicted  ▴ now"
        told = self._read_out()
        self.border_subtitle = told or legend
        # A tooltip would say it once more, and lie on the bars that are read.
        self.tooltip = None if told else Text(_TIP)

    def action_toggle_measure(self) -> None:
        """Show sessions instead of events, or back."""
        self.measure = "sessions" if self.measure == "events" else "events"

    def action_next_view(self) -> None:
        """Show the next of the views."""
        views = list(VIEWS)
        self.view = views[(views.index(self.view) + 1) % len(views)]

    # The hour that is read out.

    def action_go(self, down: int, right: int) -> None:
        """Read the next hour in a direction."""
        if self.snapshot is None:
            return
        rows = self._days if self.view == "calendar" else 1
        row, hour = self.cursor or (rows - 1, self._current[1] - right)
        self.cursor = min(max(row + down, 0), rows - 1), min(max(hour + right, 0), HOURS - 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to read out no hour where one is."""
        del parameters
        return self.cursor is not None if action == "leave" else True

    def action_leave(self) -> None:
        """Read out no hour."""
        self.cursor = None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Read out the hour under the pointer."""
        inside = event.get_content_offset(self)
        if inside is None:
            return
        hour = Across.for_width(self.size.width).hour_at(inside.x)
        rows = self._days if self.view == "calendar" else 1
        row = inside.y // calendar_pitch(rows, self.size.height) if self.view == "calendar" else 0
        self.cursor = (row, hour) if hour is not None and row < rows else None

    def on_leave(self) -> None:
        """Read out no hour."""
        if not self.has_focus:
            self.cursor = None

    def _read_out(self) -> str:
        if self.snapshot is None or self.forecast is None or self.cursor is None:
            return ""
        row, hour = self.cursor
        if self.view == "day":
            reached = covered_hours(self.snapshot.began, self.snapshot.clock)[hour] or hour == self._current[1]
            day, observed, of_day = "", self._by_day()[hour] if reached else np.nan, hour
        else:
            at = self._first_hour + row * HOURS + hour
            day, observed, of_day = f"{EPOCH + timedelta(hours=at):%a %d %b} ", self._each(at, 1)[0], at % HOURS
        name = f"{day}{of_day:02}:00"
        predicted = float(self._predicted[of_day])
        if observed != observed:
            return f"{name}  not observed · {compact(predicted)} predicted"
        whole = predicted > 0 and (row, hour) != self._current
        off = f" ({float(observed) / predicted - 1:+.1%})" if whole else ""
        told = f"{name}  {compact(float(observed))} observed · {compact(predicted)} predicted{off}"
        if len(told) <= self.size.width:
            return told
        weekday = len("Mon ") if day else 0
        return f"{name[weekday:]}  {compact(float(observed))} · pred. {compact(predicted)}{off}"

    # Figures.

    @property
    def _days(self) -> int:
        """Rows of the calendar: the days of the run, the newest of them where there is no room for all."""
        days = (self.snapshot.clock.date() - self.snapshot.began.date()).days + 1 if self.snapshot else 1
        return max(1, min(days, self.size.height - 2, KEPT_HOURS // HOURS))

    @property
    def _current(self) -> Cell:
        """The row and the column of the hour that is under way."""
        if self.snapshot is None:
            return 0, 0
        clock = self.snapshot.clock
        if self.view == "last":
            return 0, HOURS - 1
        return (self._days - 1 if self.view == "calendar" else 0), clock.hour

    @property
    def _first_hour(self) -> int:
        """The hour of the first column, in the first row, counted since 1970."""
        if self.snapshot is None:
            return 0
        row, column = self._current
        return hour_of(self.snapshot.clock) - row * HOURS - column

    @property
    def _predicted(self) -> Floats:
        if self.forecast is None:
            return np.zeros(HOURS)
        return self.forecast.events_by_hour if self.measure == "events" else self.forecast.sessions_by_hour

    def _by_day(self) -> Floats:
        if self.snapshot is None:
            return np.zeros(HOURS)
        counts = self.snapshot.total
        observed = counts.events_by_hour if self.measure == "events" else counts.sessions_by_hour
        covered = covered_hours(self.snapshot.began, self.snapshot.clock)
        return hourly(observed, covered, self.snapshot.clock.hour)

    def _each(self, first: int, count: int) -> Floats:
        """The counts of so many hours from `first` on, NaN where the run had not begun or has not come."""
        if self.snapshot is None:
            return np.full(count, np.nan)
        hours = self.snapshot.hours.newest(count, first + count - 1)
        observed = (hours.events if self.measure == "events" else hours.sessions).astype(np.float64)
        number = np.arange(first, first + count)
        observed[(number < hour_of(self.snapshot.began)) | (number > hour_of(self.snapshot.clock))] = np.nan
        return observed

    # Drawing.

    def render(self) -> Text:
        """Draw the chart, or why there is none."""
        if self.snapshot is None or self.forecast is None:
            return Text("starting …", theme_style(self.app, "muted"))
        width, height = self.size
        if width < HOURS + LABEL_WIDTH or height < (3 if self.view == "calendar" else 2):
            return Text("too small for a chart")
        palette, first = self._palette(), self._first_hour
        if self.view == "calendar":
            days = [
                (f"{EPOCH + timedelta(hours=at):%m-%d}", self._each(at, HOURS))
                for at in range(first, first + self._days * HOURS, HOURS)
            ]
            return draw_calendar(width, height, days, self._predicted, self._current, palette, self.cursor)
        cursor = self.cursor[1] if self.cursor else None
        if self.view == "last":
            observed = np.nan_to_num(self._each(first, HOURS))
            predicted = np.roll(self._predicted, -(first % HOURS))
            return draw_chart(width, height, observed, predicted, HOURS - 1, palette, first % HOURS, cursor)
        return draw_chart(width, height, self._by_day(), self._predicted, self._current[1], palette, cursor=cursor)

    def _palette(self) -> Palette:
        names = ("bar", "now", "browsing", "muted", "background")
        return Palette(*(Color.parse(self.app.theme_variables[name]).rgb for name in names))
