"""The per-hour histogram: what happened in each hour of the day, against what the config predicts."""

from typing import NamedTuple

import numpy as np
from rich.text import Text
from textual.color import Color
from textual.reactive import reactive
from textual.widget import Widget

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.statistics import Counts64, Snapshot, covered_hours
from fakeweb_tui.tui.format import BLOCKS, compact

HOURS = 24
# A chart costs as much as the rest of the screen, and an hour grows slowly; what the user did is shown sooner.
_LOOK_SECONDS = 0.1
_LOOKS_PER_REDRAW = 5
_RISING = " ▁▂▃▄▅▆▇█"
_LABEL_WIDTH = 6
_PRECISE_ROWS = 8  # from here on, half a cell is little


def hourly(counts: Counts64, covered: Floats, current: int) -> Floats:
    """Return the mean count of a whole hour, by hour of the day, shape (24,).

    Counts are divided by how often the hour was observed, `covered`. The hour that is under way for the first
    time shows its bare count, so that its bar grows towards the prediction.
    """
    often = np.where(covered > 0, covered, 1.0)
    often[current] = max(1.0, often[current])
    return np.asarray(counts / often, np.float64)


class Palette(NamedTuple):
    """The colours of a chart, as red, green and blue."""

    bar: tuple[int, int, int]
    now: tuple[int, int, int]
    predicted: tuple[int, int, int]
    text: tuple[int, int, int]
    background: tuple[int, int, int]


def draw_chart(
    width: int, height: int, observed: Floats, predicted: Floats, current: int, palette: Palette
) -> Text:
    """Draw 24 bars with a line each where the prediction is, by plotext.

    Every hour has a whole number of columns, so that bars do not merge. Bars end at eighths of a cell, or at
    half a cell where the line is.

    Args:
        width: cells, at least 30.
        height: lines, at least 2, of which the last names the hours.
        observed: shape (24,), the bars.
        predicted: shape (24,), the lines.
        current: the hour that is under way, drawn in a colour of its own.
        palette: the colours.
    """
    # Imported late: it takes longer to import than the first picture of the screen to draw.
    import plotext

    columns = (width - _LABEL_WIDTH) // HOURS
    thickness = max(1, columns - 1)
    rows = height - 1
    top = max(observed.max(), predicted.max(), 1e-9)
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.canvas(palette.background)
    figure.axes(False)
    figure.plot_size(columns * HOURS + _LABEL_WIDTH, height)
    across, up = figure.ruler("x", "lower"), figure.ruler("y", "left")
    across.lim(0, columns * HOURS - 1)
    # Of a range without length plotext complains on standard error, where the screen is drawn.
    up.lim(0, max(1, rows - 1))
    for ruler in (across, up):
        ruler.pixel(plotext.pixel(palette.text, palette.background))
    named = range(0, HOURS, 3 if columns > 1 else 6)
    across.ticks([hour * columns for hour in named], [f"{hour:02}" for hour in named])
    lines = range(rows - 1, -1, -max(2, rows // 6))
    up.ticks(list(lines), [f"{compact((line + 1) / rows * top):>{_LABEL_WIDTH - 1}} " for line in lines])
    cells: list[tuple[int, int, object]] = []
    for hour in range(HOURS):
        color = palette.now if hour == current else palette.bar
        whole, part = divmod(round(float(observed[hour]) / top * rows * 8), 8)
        if not whole and observed[hour] > 0:
            part = max(part, 1)
        column = [plotext.marker(BLOCKS[-1], plotext.pixel(color, color))] * whole
        if part:
            column.append(plotext.marker(_RISING[part], color))
        line = min(rows - 1, int(float(predicted[hour]) / top * rows))
        # A cell has two colours, so a bar that ends in the line's cell ends at the line or below it, unless that
        # would leave too little of the bar.
        both = whole > 0 and rows >= _PRECISE_ROWS
        if line < whole or (line == whole and both and part >= 4):
            column[line] = plotext.marker("─", plotext.pixel(palette.predicted, color))
        elif line > whole or both or not part:
            column = column[:line] + [None] * (line - len(column)) + [plotext.marker("─", palette.predicted)]
        for row, marker in enumerate(column):
            if marker is not None:
                cells += [(hour * columns + x, row, marker) for x in range(thickness)]
    x, y, markers = zip(*cells, strict=True)
    figure.draw(figure.signal(list(x), list(y), marker=list(markers)))
    return Text.from_ansi(figure.build().string(), no_wrap=True, end="")


class Histogram(Widget, can_focus=True):
    """Events, or sessions, per hour of the day."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    forecast: reactive[Forecast | None] = reactive(None, repaint=False)
    measure: reactive[str] = reactive("events", layout=False)

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
            self._observed = self._steered = False
            self.refresh()

    def watch_snapshot(self, before: Snapshot | None, after: Snapshot | None) -> None:
        """Draw new observations now and then; those that were asked for soon, those of a new run at once."""
        if before is None or after is None or before.run != after.run:
            self.refresh()
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

    def _entitle(self) -> None:
        self.border_title = f"{self.measure.capitalize()} per hour"
        self.border_subtitle = "█ observed  ─ predicted"

    def action_toggle_measure(self) -> None:
        """Show sessions instead of events, or back."""
        self.measure = "sessions" if self.measure == "events" else "events"

    def render(self) -> Text:
        """Draw the chart, or why there is none."""
        if self.snapshot is None or self.forecast is None:
            return Text("")
        width, height = self.size
        if width < HOURS + _LABEL_WIDTH or height < 2:
            return Text("too small for a chart")
        counts = self.snapshot.total
        events = self.measure == "events"
        observed = counts.events_by_hour if events else counts.sessions_by_hour
        predicted = self.forecast.events_by_hour if events else self.forecast.sessions_by_hour
        covered = covered_hours(self.snapshot.began, self.snapshot.clock)
        current = self.snapshot.clock.hour
        return draw_chart(width, height, hourly(observed, covered, current), predicted, current, self._palette())

    def _palette(self) -> Palette:
        names = ("bar", "now", "browsing", "muted", "background")
        return Palette(*(Color.parse(self.app.theme_variables[name]).rgb for name in names))
