from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.geometry import Offset

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.tui.charts import Across, Palette, Scale, draw_calendar, draw_chart, hourly
from fakeweb_tui.tui.day_curve import HOURS
from fakeweb_tui.tui.widgets.histogram import Histogram

from .driving import SITE, alone, parameters, showing, simulated

PALETTE = Palette((1, 2, 3), (40, 50, 60), (70, 80, 90), (100, 110, 120), (9, 9, 9))
LABEL = 6
RISING = " ▁▂▃▄▅▆▇█"
LINES = "_─▔"
NONE = np.zeros(HOURS)


def cells(chart: Text, width: int) -> list[list[list[str]]]:
    """By hour, the columns of a chart, each from its lowest cell up; all that lies between is blank."""
    across = Across.for_width(width)
    lines = [line.ljust(width) for line in chart.plain.splitlines()[:-1]]
    bars = [range(across.start(hour), across.start(hour) + across.bar) for hour in range(HOURS)]
    between = set(range(LABEL, width)) - {x for bar in bars for x in bar}
    assert not {line[x] for line in lines for x in between} - {" "}
    return [[[line[x] for line in reversed(lines)] for x in bar] for bar in bars]


def eighths(column: list[str]) -> int:
    """How high a column without a line is filled."""
    height = sum(RISING.index(cell) for cell in column)
    full, part = divmod(height, 8)
    assert "".join(column) == ("█" * full + RISING[part]).ljust(len(column))[: len(column)]
    return height


def color_at(chart: Text, hour: int, row: int, width: int) -> Style:
    """The style of an hour's first column, `row` cells above the lowest."""
    lines = chart.plain.splitlines()
    at = len(lines) - 2 - row
    offset = sum(len(line) + 1 for line in lines[:at]) + Across.for_width(width).start(hour)
    return chart.get_style_at_offset(Console(), offset)


def rgb(color: object) -> tuple[int, int, int] | None:
    triplet = getattr(color, "triplet", None)
    return tuple(triplet) if triplet else None


def test_bars_end_at_eighths_of_a_cell() -> None:
    # Eight rows for 80: each value is its own number of eighths. The prediction lies above all bars but the first.
    observed = np.arange(HOURS, dtype=np.float64) * 2.5
    observed[0] = 80
    chart = draw_chart(78, 9, observed, np.full(HOURS, 80.0), HOURS - 1, PALETTE)
    for hour, columns in enumerate(cells(chart, 78)):
        for column in columns:
            assert column[-1] == "▔"
            assert eighths([" " if cell == "▔" else cell for cell in column]) == (56 if hour == 0 else hour * 2)


@pytest.mark.parametrize(("width", "columns"), [(30, 1), (53, 1), (54, 2), (77, 2), (78, 3), (102, 4), (170, 6)])
def test_every_hour_has_the_same_whole_number_of_columns(width: int, columns: int) -> None:
    observed = np.linspace(1, 100, HOURS)
    for hour_columns in cells(draw_chart(width, 12, observed, observed, 3, PALETTE), width):
        assert len(hour_columns) == max(1, columns - 1)
        assert all(column == hour_columns[0] for column in hour_columns)
        assert hour_columns[0][0] in "▁▂▃▄▅▆▇█" + LINES


@pytest.mark.parametrize(
    ("width", "together"), [(30, 24), (33, 6), (36, 6), (37, 3), (40, 3), (41, 2), (53, 2), (54, 1)]
)
def test_hours_of_one_column_stand_in_groups_as_small_as_the_width_allows(width: int, together: int) -> None:
    line = draw_chart(width, 3, np.full(HOURS, 10.0), np.full(HOURS, 10.0), 3, PALETTE).plain.splitlines()[1]
    assert line[LABEL:].split() == ["█" * together] * (HOURS // together)
    across = Across.for_width(width)
    assert across.width <= width
    assert [hour for x in range(width) if (hour := across.hour_at(x)) is not None] == [
        hour for hour in range(HOURS) for _ in range(across.columns)
    ]


def test_the_line_is_where_the_prediction_is() -> None:
    # To a third of a cell: 24 counts in 24 rows have one each, in 8 rows each has a third of one.
    predicted = np.arange(HOURS, dtype=np.float64) + 0.5
    predicted[-1] = HOURS
    for rows, part in ((24, 1), (8, 3)):
        for hour, columns in enumerate(cells(draw_chart(78, rows + 1, NONE, predicted, 0, PALETTE), 78)):
            row, third = divmod(hour, part)
            sign = LINES[1 if part == 1 and hour < HOURS - 1 else third if part > 1 else 2]
            # Above the lowest row there is nothing that it could be taken for.
            sign = "▁" if sign == "_" and row else sign
            assert ["".join(column) for column in columns] == [f"{sign:>{row + 1}}".ljust(rows)] * 2


def test_the_line_is_seen_on_a_bar() -> None:
    chart = draw_chart(78, 11, np.full(HOURS, 100.0), np.full(HOURS, 55.0), 0, PALETTE)
    assert all(column == [*"█████─████"] for columns in cells(chart, 78) for column in columns)
    style = color_at(chart, 5, 5, 78)
    assert (rgb(style.color), rgb(style.bgcolor)) == (PALETTE.predicted, PALETTE.bar)


@pytest.mark.parametrize(
    ("observed", "column"),
    [(50, "█████─    "), (53, "█████─    "), (55, "█████─    "), (59, "█████─    "), (9, "▇    ─    ")],
)
def test_the_line_is_seen_where_a_bar_ends(observed: float, column: str) -> None:
    chart = draw_chart(78, 11, np.array([observed] * 23 + [100.0]), np.full(HOURS, 55.0), 23, PALETTE)
    assert all(own == [*column] for columns in cells(chart, 78)[:23] for own in columns)
    background = rgb(color_at(chart, 5, 5, 78).bgcolor)
    assert background == (PALETTE.bar if observed >= 55 else PALETTE.background)


@pytest.mark.parametrize(
    ("observed", "predicted", "column", "on_bar"),
    [
        (20.0, 10.0, "_  ", True),
        (10.0, 20.0, "▂  ", False),  # neither would be left of a bar that is lower than half a cell
        (50.0, 70.0, "█▔ ", False),
        (70.0, 50.0, "█_ ", True),
        (60.0, 20.0, "─▄ ", True),
    ],
)
def test_a_low_chart_shows_the_line_in_the_top_cell_of_a_bar(
    observed: float, predicted: float, column: str, on_bar: bool
) -> None:
    chart = draw_chart(78, 4, np.array([observed] * 23 + [120.0]), np.full(HOURS, predicted), 23, PALETTE)
    assert all(own == [*column] for columns in cells(chart, 78)[:23] for own in columns)
    lines = [row for row, cell in enumerate(column) if cell in LINES]
    for row in lines:
        background = rgb(color_at(chart, 5, row, 78).bgcolor)
        assert background == (PALETTE.bar if on_bar else PALETTE.background)


@given(st.floats(0.1, 1e9), st.integers(1, 60))
def test_counts_beside_a_chart_are_round(largest: float, rows: int) -> None:
    scale = Scale.for_counts(largest, rows)
    assert largest <= scale.top * (1 + 1e-5)
    assert scale.top <= 1.7 * largest
    assert scale.step * rows == pytest.approx(scale.top * scale.rows)
    digits = f"{scale.step:.6e}".partition("e")[0].rstrip("0").rstrip(".")
    assert digits in ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
    labels = scale.labels(rows)
    assert len(labels) == rows // scale.rows
    assert all(len(label) <= 5 for label in labels.values())


def test_the_current_hour_has_its_own_color() -> None:
    chart = draw_chart(78, 9, np.full(HOURS, 10.0), np.full(HOURS, 20.0), 14, PALETTE)
    for hour in range(HOURS):
        assert rgb(color_at(chart, hour, 0, 78).color) == (PALETTE.now if hour == 14 else PALETTE.bar)
        assert rgb(color_at(chart, hour, 7, 78).color) == PALETTE.predicted


@pytest.mark.parametrize(
    ("width", "current", "cursor", "names"),
    [
        (78, 14, None, "00 03 06 09 12 ▴14 18 21"),
        (78, 15, None, "00 03 06 09 12 ▴15 18 21"),
        (78, 23, None, "00 03 06 09 12 15 18 21 ▴23"),
        (54, 23, None, "00 03 06 09 12 15 18 23▴"),
        (30, 14, None, "00 06 ▴14 18"),
        (30, 23, None, "00 06 12 18 23▴"),
        (30, 14, 23, "00 06 ▴14 18 23"),
        (78, 14, 14, "00 03 06 09 12 14 15 18 21"),
        (78, 2, 1, "00 01 ▴02 06 09 12 15 18 21"),
    ],
)
def test_the_hours_that_matter_are_named(width: int, current: int, cursor: int | None, names: str) -> None:
    chart = draw_chart(width, 9, NONE, NONE, current, PALETTE, cursor=cursor).plain.splitlines()
    assert chart[-1].split() == names.split()
    assert len(chart[-1]) <= width
    across = Across.for_width(width)
    if "▴" in names:
        assert across.start(current) == chart[-1].index("▴")


def test_nothing_observed_and_nothing_predicted() -> None:
    for columns in cells(draw_chart(78, 9, NONE, NONE, 0, PALETTE), 78):
        assert columns[0] == [*"_       "]


def test_hours_are_named_under_their_columns_and_counts_beside_the_rows() -> None:
    chart = draw_chart(78, 13, NONE, np.full(HOURS, 1200.0), 0, PALETTE).plain.splitlines()
    assert chart[-1].split() == ["▴00", "03", "06", "09", "12", "15", "18", "21"]
    for hour in range(3, HOURS, 3):
        assert chart[-1][LABEL + hour * 3 :].startswith(f"{hour:02}")
    labels = [line[:LABEL].strip() for line in chart[:-1]]
    assert labels == ["1,200", "", "1,000", "", "800", "", "600", "", "400", "", "200", ""]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(30, 160),
    st.integers(2, 40),
    st.lists(st.floats(0, 1e7), min_size=HOURS, max_size=HOURS),
    st.lists(st.floats(0, 1e7), min_size=HOURS, max_size=HOURS),
    st.integers(0, 23),
)
def test_any_chart_fits_and_has_a_sign_for_what_is_there(
    width: int, height: int, observed: list[float], predicted: list[float], current: int
) -> None:
    chart = draw_chart(width, height, np.array(observed), np.array(predicted), current, PALETTE)
    lines = chart.plain.splitlines()
    assert len(lines) == height
    assert max(map(len, lines)) <= width
    for columns in cells(chart, width):
        filled = "".join(columns[0]).rstrip()
        assert all(column == columns[0] for column in columns)
        assert filled
        assert " " not in filled.rstrip(LINES + "▁").rstrip()


def test_an_hour_is_the_mean_of_its_days() -> None:
    counts = np.zeros(HOURS, np.int64)
    counts[[2, 3, 4]] = 300, 300, 300
    covered = np.zeros(HOURS)
    covered[[2, 3, 4]] = 2.0, 1.5, 0.25
    means = hourly(counts, covered, 4)
    # Hour 4 is under way for the first time: its bare count, that grows towards the prediction.
    assert means[[2, 3, 4]].tolist() == [150, 200, 300]
    assert hourly(counts, covered, 3)[3] == 200
    assert means.sum() == 650


def shown(histogram: Histogram) -> list[str]:
    return [histogram.render_line(y).text.rstrip() for y in range(histogram.size.height)]


def expected(seconds: int, measure: str, width: int, height: int) -> list[str]:
    """The chart of a run of so many seconds, 24 to 48 hours, from its snapshot."""
    snapshot = simulated(seconds).snapshot()
    forecast = Forecast(SITE, parameters())
    observed = getattr(snapshot.total, f"{measure}_by_hour")
    predicted: Floats = getattr(forecast, f"{measure}_by_hour")
    means = observed / np.clip(seconds / 3600 - np.arange(HOURS) - 23, 1, 2)
    chart = draw_chart(width, height, means, predicted, seconds // 3600 % 24, PALETTE)
    return [line.rstrip() for line in chart.plain.splitlines()]


def title(histogram: Histogram) -> str:
    return Content.from_markup(str(histogram.border_title)).plain


@pytest.mark.parametrize("size", [(30, 2), (44, 5), (78, 11), (160, 40)])
async def test_events_and_sessions(size: tuple[int, int]) -> None:
    seconds = 30 * 3600 + 1800
    async with alone(Histogram(), size) as (histogram, pilot):
        assert title(histogram) == "Events per hour"
        histogram.forecast = Forecast(SITE, parameters())
        histogram.snapshot = simulated(seconds).snapshot()
        await pilot.pause(0)
        assert shown(histogram) == expected(seconds, "events", *size)
        histogram.action_toggle_measure()
        await pilot.pause(0)
        assert title(histogram) == "Sessions per hour"
        assert shown(histogram) == expected(seconds, "sessions", *size)
        histogram.action_toggle_measure()
        await pilot.pause(0)
        assert shown(histogram) == expected(seconds, "events", *size)


@pytest.mark.parametrize("size", [(29, 10), (80, 1), (1, 1)])
async def test_too_small_for_a_chart(size: tuple[int, int]) -> None:
    async with alone(Histogram(), size) as (histogram, pilot):
        histogram.forecast = Forecast(SITE, parameters())
        histogram.snapshot = simulated(3600).snapshot()
        await pilot.pause(0)
        assert "too small for a chart".startswith(shown(histogram)[0].split("…")[0])


async def test_key_in_the_app_and_the_theme() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        chart = show.histogram.render()
        assert title(show.histogram) == "Events per hour"
        await show.press("h")
        assert title(show.histogram) == "Sessions per hour"
        assert show.histogram.render().plain != chart.plain
        await show.press("h")
        assert show.histogram.render() == chart
        show.app.theme = "paper"
        await show.pilot.pause()
        other = show.histogram.render()
        assert other.plain == chart.plain
        assert other.spans != chart.spans


def test_a_calendar_has_a_row_per_day_and_one_for_the_prediction() -> None:
    hours = np.arange(HOURS, dtype=np.float64)
    unknown = np.full(HOURS, np.nan)
    unknown[0] = 23
    days = [("11-23", hours), ("11-24", unknown)]
    calendar = draw_calendar(78, 4, days, np.full(HOURS, 11.5), (1, 0), PALETTE, cursor=(0, 3))
    lines = calendar.plain.splitlines()
    assert [line[:6] for line in lines] == ["11-23 ", "11-24 ", "pred. ", "      "]
    assert [lines[0][LABEL + hour * 3] for hour in (0, 1, 12, 23)] == [" ", "▁", "▄", "▇"]
    assert lines[1][LABEL:].split() == ["▇▇", *["··"] * 23]
    assert lines[2][LABEL:].split() == ["▄▄"] * HOURS
    assert lines[3].split() == ["▴00", *(f"{hour:02}" for hour in range(3, HOURS, 3))]


@pytest.mark.parametrize(
    ("height", "names"), [(6, ["day", "pred.", ""]), (8, ["", "", "day", "", "", "pred.", ""])]
)
def test_a_calendar_of_few_days_has_higher_bars(height: int, names: list[str]) -> None:
    hours = np.linspace(1, 15, HOURS)
    lines = draw_calendar(78, height, [("day", hours)], hours, (0, 0), PALETTE).plain.splitlines()
    if height == 6:
        names = ["", *names[:1], "", *names[1:]]
    assert [line[:LABEL].strip() for line in lines] == names
    for hour in (0, 11, 23):
        column = [lines[row][LABEL + hour * 3] for row in (len(lines) // 2 - 1, len(lines) // 2 - 2)]
        assert eighths(column) == max(1, round(hours[hour]))


@pytest.mark.parametrize("size", [(30, 3), (78, 11), (160, 40)])
async def test_the_last_day_and_the_calendar_are_those_of_the_events(size: tuple[int, int]) -> None:
    seconds = 50 * 3600 + 1800
    snapshot = simulated(seconds).snapshot()
    async with alone(Histogram(), size) as (histogram, pilot):
        histogram.forecast = Forecast(SITE, parameters())
        histogram.snapshot = snapshot
        for measure in ("events", "sessions"):
            histogram.measure = measure
            histogram.view = "last"
            await pilot.pause(0)
            assert "last 24 hours" in title(histogram)
            each = histogram._each(histogram._first_hour, HOURS)
            newest = getattr(snapshot.hours, measure)[-HOURS:]
            assert each.tolist() == newest.tolist()
            histogram.view = "calendar"
            await pilot.pause(0)
            lines = shown(histogram)
            days = min(3, size[1] - 2)
            names = ["11-23", "11-24", "11-25"][-days:]
            assert [name for line in lines if (name := line[:5].strip())] == [*names, "pred."]


async def test_the_cursor_reads_an_hour_out() -> None:
    async with showing((120, 40), seconds=50 * 3600 + 1800) as show:
        histogram, hours = show.histogram, show.snapshot.hours
        predicted = show.forecast.events_by_hour
        histogram.focus()
        # The first key reads the hour that is under way.
        await show.press("d", "left", "left")
        assert histogram.border_subtitle == (
            f"Wed 25 Nov 01:00  {hours.events[49]:,} observed · {predicted[1]:,.0f} predicted "
            f"({hours.events[49] / predicted[1] - 1:+.1%})"
        )
        await show.press("right")
        assert str(histogram.border_subtitle).startswith(f"Wed 25 Nov 02:00  {hours.events[50]:,} observed")
        assert "%" not in str(histogram.border_subtitle)
        await show.press("d", "left", "left", "up")
        assert str(histogram.border_subtitle).startswith(f"Tue 24 Nov 01:00  {hours.events[25]:,} observed")
        await show.press("down", "right", "right")
        assert histogram.border_subtitle == f"Wed 25 Nov 03:00  not observed · {predicted[3]:,.0f} predicted"
        await show.press("escape")
        assert "observed · last row predicted" in str(histogram.border_subtitle)
        await show.press("d", "left")
        assert str(histogram.border_subtitle).startswith("02:00  ")
        await show.press("tab")
        assert "█ observed" in str(histogram.border_subtitle)


async def test_the_mouse_reads_an_hour_out() -> None:
    async with showing((120, 40), seconds=30 * 3600) as show:
        histogram = show.histogram
        inside = histogram.content_region.x - histogram.region.x
        await show.pilot.hover(histogram, offset=(inside + LABEL + 3 * 5 + 1, 4))
        assert str(histogram.border_subtitle).startswith("05:00  ")
        await show.pilot.hover(show.table)
        assert "█ observed" in str(histogram.border_subtitle)


async def test_an_hour_that_has_not_come_was_not_observed() -> None:
    async with showing((120, 40), seconds=2 * 3600) as show:
        histogram = show.histogram
        histogram.focus()
        await show.press("right")
        assert "02:00  0 observed" in str(histogram.border_subtitle)
        await show.press("right")
        assert (
            histogram.border_subtitle == f"03:00  not observed · {show.forecast.events_by_hour[3]:,.0f} predicted"
        )
        assert histogram.tooltip is None
        await show.press("left", "left")
        assert str(histogram.border_subtitle).startswith(f"01:00  {show.snapshot.hours.events[1]:,} observed")


async def test_the_mouse_reads_a_day_out_and_no_gap_between_hours() -> None:
    async with showing((80, 24), seconds=50 * 3600 + 1800) as show:
        histogram = show.histogram
        inside = histogram.content_region.offset - histogram.region.offset
        across = Across.for_width(histogram.size.width)
        assert across.group == 2
        await show.press("d", "d")
        for row, day in enumerate(("24 Nov", "25 Nov")):
            await show.pilot.hover(histogram, offset=inside + Offset(across.start(2), row))
            assert str(histogram.border_subtitle).startswith(f"{day} 02:00  ")
            assert len(str(histogram.border_subtitle)) <= histogram.size.width
            assert str(histogram.border_subtitle) in show.text
        await show.pilot.hover(histogram, offset=inside + Offset(across.start(2) - 1, 1))
        assert "█ observed" in str(histogram.border_subtitle)


async def test_what_is_read_out_goes_on_with_time() -> None:
    async with showing((120, 40), seconds=26 * 3600) as show:
        histogram = show.histogram
        histogram.focus()
        await show.press("d", "left", "left")
        assert str(histogram.border_subtitle).startswith("Tue 24 Nov 01:00  ")
        await show.step(360)
        read_out = f"Tue 24 Nov 02:00  {show.snapshot.hours.events[26]:,} observed"
        await show.until(
            lambda: str(histogram.border_subtitle).startswith(read_out), "the hour in the same column"
        )


async def test_a_click_on_the_title_counts_and_shows_something_else() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        line = show.lines[show.histogram.region.y]
        counted, shown = (Offset(line.index(word) - show.histogram.region.x, 0) for word in ("Events", "hour"))
        await show.pilot.click(show.histogram, offset=counted)
        await show.until(lambda: title(show.histogram) == "Sessions per hour", "sessions")
        await show.pilot.click(show.histogram, offset=shown)
        await show.until(lambda: title(show.histogram) == "Sessions per hour · last 24 hours", "the last hours")
