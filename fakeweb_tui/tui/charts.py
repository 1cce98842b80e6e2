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
from fakeweb_tui.tui.day_curve import HOURS
from fakeweb_tui.tui.format import EIGHTHS, RISING, compact

LABEL_WIDTH = 6
_ROUND_DIGITS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_SMALLEST_COUNT = 0.1
_FEW_ROWS = 5  # up to here, each may have a label
_GROUPS = (2, 3, 6)  # hours that may stand together
_LINES = "_─▔"
"""The line of the prediction in the lower, middle and upper third of a cell, told from any bar."""
_FLOATING = "▁"
"""The lowest of them where no bar is below it, for which it could be taken there: in some fonts `_` is broken."""
_NOW = "▴"


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


class Across(NamedTuple):
    """How the hours of a day lie across a chart.

    Attributes:
        columns: the cells of an hour, of which the last one is blank if there are several.
        group: so many hours stand together before another cell is left blank; 0 where none is.
    """

    columns: int
    group: int

    @classmethod
    def for_width(cls, width: int) -> "Across":
        """Return what makes use of a width: whole columns, and where bars touch, gaps between some of them."""
        room = width - LABEL_WIDTH
        columns = max(1, room // HOURS)
        gapped = (group for group in _GROUPS if HOURS + HOURS // group - 1 <= room)
        return cls(columns, next(gapped, 0) if columns == 1 else 0)

    @property
    def bar(self) -> int:
        """The cells of a bar."""
        return max(1, self.columns - 1)

    @property
    def width(self) -> int:
        """What a chart takes, with the labels."""
        return self.start(HOURS - 1) + self.columns

    def start(self, hour: int) -> int:
        """Return the first cell of an hour, counted with the labels."""
        return LABEL_WIDTH + hour * self.columns + (hour // self.group if self.group else 0)

    def hour_at(self, x: int) -> int | None:
        """Return the hour at a cell; None beside all and in a gap between groups."""
        hours = (hour for hour in range(HOURS) if 0 <= x - self.start(hour) < self.columns)
        return next(hours, None)


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
    across, rows = Across.for_width(width), height - 1
    scale = Scale.for_counts(float(max(observed.max(), predicted.max())), rows)
    figure = _empty_figure(across, rows, scale, palette)
    cells: list[tuple[int, int, object]] = []
    for hour in range(HOURS):
        color = palette.now if hour == current else palette.bar
        shares = float(observed[hour]) / scale.top, float(predicted[hour]) / scale.top
        left = across.start(hour) - LABEL_WIDTH
        for row, marker in enumerate(_column(*shares, rows, color, palette)):
            if marker is not None:
                cells += [(left + x, row, marker) for x in range(across.bar)]
    x, y, markers = zip(*cells, strict=True)
    figure.draw(figure.signal(list(x), list(y), marker=list(markers)))
    lines = figure.build().string().splitlines()[:rows]
    chart = Text.from_ansi("\n".join(lines), no_wrap=True, end="")
    return chart.append("\n").append_text(_hours(across, first_hour, current, cursor, palette))


def _empty_figure(across: Across, rows: int, scale: Scale, palette: Palette) -> Any:
    """plotext's figure with a cell per unit of its rulers, the counts beside it and a line free below it."""
    # Imported late: it takes longer to import than the first picture of the screen to draw.
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.canvas(palette.background)
    figure.axes(False)
    figure.plot_size(across.width, rows + 1)
    hours, up = figure.ruler("x", "lower"), figure.ruler("y", "left")
    hours.lim(0, across.width - LABEL_WIDTH - 1)
    # Of a range without length plotext complains on standard error, where the screen is drawn.
    up.lim(0, max(1, rows - 1))
    for ruler in (hours, up):
        ruler.pixel(plotext.pixel(palette.text, palette.background))
    hours.ticks([0], [""])
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
    column: list[object] = [plotext.marker(EIGHTHS[-1], plotext.pixel(color, color))] * whole
    if part:
        column.append(plotext.marker(RISING[part], color))
    line = min(rows - 1, int(predicted * rows))
    third = min(2, int((predicted * rows - line) * 3))
    sign = _FLOATING if third == 0 and line > whole else _LINES[third]
    # A cell has two colours, so a bar that ends in the line's cell ends at the line or below it, unless nothing of
    # the bar would be left.
    if line < whole or (line == whole and part >= 4):
        column[line : line + 1] = [plotext.marker(sign, plotext.pixel(palette.predicted, color))]
    elif line > whole or whole or not part:
        column = column[:line] + [None] * (line - len(column)) + [plotext.marker(sign, palette.predicted)]
    return column


def _hours(across: Across, first_hour: int, current: int, cursor: int | None, palette: Palette) -> Text:
    """The line below a chart: names of hours, first of the one under the cursor, then of the one under way."""
    muted, now = (Style(color=_rich(color)) for color in (palette.text, palette.now))
    names = [f"{(first_hour + hour) % HOURS:02}" for hour in range(HOURS)]
    wanted: list[tuple[int, str, Style]] = []
    if cursor is not None:
        marked = Style(color=_rich(palette.background), bgcolor=_rich(palette.now), bold=True)
        wanted.append((min(across.start(cursor), across.width - 2), names[cursor], marked))
    at, bold = across.start(current), now + Style(bold=True)
    if at + 3 <= across.width:
        wanted.append((at, _NOW + names[current], bold))
    else:
        wanted.append((at - 2, names[current] + _NOW, bold))
    every = 3 if across.columns > 1 else 6
    wanted += [(across.start(hour), names[hour], muted) for hour in range(0, HOURS, every)]
    told: list[tuple[int, str, Style]] = []
    for name in wanted:
        if all(name[0] > at + len(text) or at > name[0] + len(name[1]) for at, text, _ in told):
            told.append(name)
    line = Text(no_wrap=True, end="")
    for at, text, style in sorted(told, key=lambda name: name[0]):
        line.pad_right(at - len(line))
        line.append(text, style)
    return line


def _rich(color: tuple[int, int, int]) -> Color:
    return Color.from_rgb(*color)


def calendar_pitch(days: int, height: int) -> int:
    """Return the lines of each day in a calendar of so many days and lines, with a row for the prediction."""
    return max(1, (height - 1) // (days + 1))


def draw_calendar(
    width: int,
    height: int,
    days: Sequence[tuple[str, Floats]],
    predicted: Floats,
    current: tuple[int, int],
    palette: Palette,
    cursor: tuple[int, int] | None = None,
) -> Text:
    """Draw a row of 24 small bars per day, below them the prediction as such a row, then the names of the hours.

    Args:
        width: cells, at least 30.
        height: lines, at least two more than there are days; rows are as high as there is room.
        days: name and hours, shape (24,); NaN where an hour is not of the run.
        predicted: shape (24,).
        current: day and hour that are under way.
        palette: the colours.
        cursor: day and hour to mark; the day behind the last one is the prediction.
    """
    across, pitch = Across.for_width(width), calendar_pitch(len(days), height)
    # Of high rows, the first line is a gap.
    tall = pitch - (pitch > 2)
    top = max([float(predicted.max()), 1e-9, *(float(np.nanmax(hours, initial=0.0)) for _, hours in days)])
    muted, bar, now = (Style(color=_rich(color)) for color in (palette.text, palette.bar, palette.now))
    text = Text("\n" * (pitch - tall), no_wrap=True, end="")
    for day, (name, hours) in enumerate([*days, ("pred.", predicted)]):
        for line in range(tall - 1, -1, -1):
            text.append(f"{'' if line else name:<{LABEL_WIDTH}}", muted)
            at = LABEL_WIDTH
            for hour, count in enumerate(hours.tolist()):
                unknown = count != count
                style = now if (day, hour) == current else muted if day == len(days) or unknown else bar
                if (day, hour) == cursor:
                    style = Style(color=style.color, bgcolor=_rich(palette.predicted))
                text.append(" " * (across.start(hour) - at))
                text.append(_cell_of(count / top, line, tall) * across.bar, style)
                at = across.start(hour) + across.bar
            text.append("\n")
        if day < len(days):
            text.append("\n" * (pitch - tall))
    return text.append_text(_hours(across, 0, current[1], cursor[1] if cursor else None, palette))


def _cell_of(share: float, line: int, lines: int) -> str:
    """A bar's cell in one of its lines, counted from the lowest; a dot there for what is not known."""
    if share != share:
        return " " if line else "·"
    # The last eighth stays free, or the bars of two days would be one.
    eighths = max(int(share > 0), round(share * (lines * 8 - 1)))
    return RISING[min(max(eighths - 8 * line, 0), 8)]
