"""Charts of hours: bars with a line where the prediction is, by plotext; and days as rows of small bars."""

from collections.abc import Sequence
from math import floor, log10
from typing import Any, NamedTuple

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

from fakeweb_tui.markov import Floats
from fakeweb_tui.statistics import Counts64
from fakeweb_tui.tui.format import BLOCKS, compact

HOURS = 24
_RISING = " ▁▂▃▄▅▆▇█"
LABEL_WIDTH = 6
_ROUND_DIGITS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_SMALLEST_COUNT = 0.1
_FEW_ROWS = 5  # up to here, each may have a label


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


def hour_columns(width: int) -> int:
    """How many cells an hour has in a chart of some width."""
    return max(1, (width - LABEL_WIDTH) // HOURS)


def used_width(width: int) -> int:
    """How much of a width a chart makes use of."""
    return LABEL_WIDTH + hour_columns(width) * HOURS


class Scale(NamedTuple):
    """The counts beside a chart: its upper edge, and a round number every so many rows.

    Attributes:
        top: the count at the upper edge, no less than the largest one.
        rows: from one label to the next.
        step: the count from one label to the next.
    """

    top: float
    rows: int
    step: float

    @classmethod
    def for_counts(cls, largest: float, rows: int) -> "Scale":
        """Return the scale that leaves the least room above the largest count, in a chart of so many rows."""
        largest = max(largest, _SMALLEST_COUNT)
        scales = []
        closest = 1 if rows <= _FEW_ROWS else max(2, rows // 6)
        for between in range(closest, max(closest, rows // 3) + 1):
            least = largest / rows * between
            unit = 10.0 ** floor(log10(least))
            # To a millionth, so that a count that is round already stays what it is.
            step = next(unit * digit for digit in _ROUND_DIGITS if unit * digit >= least * (1 - 1e-6))
            scales.append(cls(step / between * rows, between, step))
        return min(scales, key=lambda scale: (round(scale.top / largest, 2), scale.rows))

    def labels(self, rows: int) -> dict[int, str]:
        """Return the labels by row, counted from the lowest."""
        counts = {at - 1: at // self.rows * self.step for at in range(self.rows, rows + 1, self.rows)}
        return {
            row: compact(count) if count >= 10 or count == int(count) else f"{count:.2g}"
            for row, count in counts.items()
        }


def draw_chart(
    width: int,
    height: int,
    observed: Floats,
    predicted: Floats,
    current: int,
    palette: Palette,
    first_hour: int = 0,
    cursor: int | None = None,
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
        first_hour: the hour of the day of the first bar.
        cursor: the bar whose hour is marked.
    """
    columns, rows = hour_columns(width), height - 1
    scale = Scale.for_counts(float(max(observed.max(), predicted.max())), rows)
    figure = _empty_figure(columns, rows, scale, palette, first_hour)
    cells: list[tuple[int, int, object]] = []
    for hour in range(HOURS):
        color = palette.now if hour == current else palette.bar
        shares = float(observed[hour]) / scale.top, float(predicted[hour]) / scale.top
        for row, marker in enumerate(_column(*shares, rows, color, palette)):
            if marker is not None:
                cells += [(hour * columns + x, row, marker) for x in range(max(1, columns - 1))]
    x, y, markers = zip(*cells, strict=True)
    figure.draw(figure.signal(list(x), list(y), marker=list(markers)))
    return _with_cursor(figure.build().string(), cursor, columns, first_hour, palette)


def _empty_figure(columns: int, rows: int, scale: Scale, palette: Palette, first_hour: int) -> Any:
    """plotext's figure with a cell per unit of its rulers, the hours below it and the counts beside it."""
    # Imported late: it takes longer to import than the first picture of the screen to draw.
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.canvas(palette.background)
    figure.axes(False)
    figure.plot_size(columns * HOURS + LABEL_WIDTH, rows + 1)
    across, up = figure.ruler("x", "lower"), figure.ruler("y", "left")
    across.lim(0, columns * HOURS - 1)
    # Of a range without length plotext complains on standard error, where the screen is drawn.
    up.lim(0, max(1, rows - 1))
    for ruler in (across, up):
        ruler.pixel(plotext.pixel(palette.text, palette.background))
    named = range(0, HOURS, 3 if columns > 1 else 6)
    across.ticks([bar * columns for bar in named], [f"{(first_hour + bar) % HOURS:02}" for bar in named])
    labels = scale.labels(rows)
    up.ticks(list(labels), [f"{label:>{LABEL_WIDTH - 1}} " for label in labels.values()])
    return figure


def _column(
    observed: float, predicted: float, rows: int, color: tuple[int, int, int], palette: Palette
) -> list[object]:
    """An hour's cells from the lowest up, None where there is nothing; both figures as shares of the height."""
    import plotext

    whole, part = divmod(round(observed * rows * 8), 8)
    if not whole and observed > 0:
        part = max(part, 1)
    column: list[object] = [plotext.marker(BLOCKS[-1], plotext.pixel(color, color))] * whole
    if part:
        column.append(plotext.marker(_RISING[part], color))
    line = min(rows - 1, int(predicted * rows))
    # A cell has two colours, so a bar that ends in the line's cell ends at the line or below it, unless nothing of
    # the bar would be left.
    if line < whole or (line == whole and part >= 4):
        column[line : line + 1] = [plotext.marker("─", plotext.pixel(palette.predicted, color))]
    elif line > whole or whole or not part:
        column = column[:line] + [None] * (line - len(column)) + [plotext.marker("─", palette.predicted)]
    return column


def _with_cursor(ansi: str, cursor: int | None, columns: int, first_hour: int, palette: Palette) -> Text:
    """The chart as text; the hour under the cursor is named, and marked, in the last line."""
    chart = Text.from_ansi(ansi, no_wrap=True, end="")
    if cursor is None:
        return chart
    *lines, last = chart.split("\n")
    at = LABEL_WIDTH + cursor * columns
    name = f"{(first_hour + cursor) % HOURS:02}"
    last.pad_right(max(0, at + 3 - len(last)))
    marked = Text(name, Style(color=_rich(palette.background), bgcolor=_rich(palette.now), bold=True))
    return Text("\n", no_wrap=True, end="").join([*lines, last[:at] + marked + last[at + len(name) :]])


def _rich(color: tuple[int, int, int]) -> Color:
    return Color.from_rgb(*color)


def draw_calendar(
    width: int,
    days: Sequence[tuple[str, Floats]],
    predicted: Floats,
    current: tuple[int, int],
    palette: Palette,
    cursor: tuple[int, int] | None = None,
) -> Text:
    """Draw a row of 24 small bars per day, below them the prediction as such a row, then the names of the hours.

    Args:
        width: cells, at least 30.
        days: name and hours, shape (24,); NaN where an hour is not of the run.
        predicted: shape (24,).
        current: day and hour that are under way.
        palette: the colours.
        cursor: day and hour to mark; the day behind the last one is the prediction.
    """
    columns = hour_columns(width)
    top = max([float(predicted.max()), 1e-9, *(float(np.nanmax(hours, initial=0.0)) for _, hours in days)])
    muted, bar, now = (Style(color=_rich(color)) for color in (palette.text, palette.bar, palette.now))
    text = Text(no_wrap=True, end="")
    for day, (name, hours) in enumerate([*days, ("pred.", predicted)]):
        text.append(f"{name:<{LABEL_WIDTH - 1}} ", muted)
        for hour, count in enumerate(hours.tolist()):
            sign = "·" if count != count else _RISING[max(count > 0, round(count / top * 8))]
            style = now if (day, hour) == current else muted if day == len(days) or count != count else bar
            if (day, hour) == cursor:
                style = Style(color=style.color, bgcolor=_rich(palette.predicted))
            text.append(sign * max(1, columns - 1), style)
            text.append(" " * (columns > 1))
        text.append("\n")
    names = "".join(f"{hour:02}".ljust(columns * 3) for hour in range(0, HOURS, 3))
    if columns == 1:
        names = "".join(f"{hour:02}".ljust(6) for hour in range(0, HOURS, 6))
    return text.append(" " * LABEL_WIDTH + names, muted)
