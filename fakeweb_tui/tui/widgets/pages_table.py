"""The page-count table: how often each page was seen, against what the config predicts."""

from typing import ClassVar, NamedTuple

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.forecast import TOLERANCE, Forecast
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.format import bar, clock_text, compact, percent
from fakeweb_tui.tui.roles import Role
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.text import plain


class Column(NamedTuple):
    """A column of figures; `minimum` is the width of the table from which on it is shown."""

    key: str
    title: str
    width: int
    minimum: int


COLUMNS = (
    Column("events", "events", 7, 0),
    Column("share", "share", 6, 0),
    Column("predicted", "predicted", 9, 60),
    Column("predicted", "pred.", 6, 0),
    Column("reach", "reach", 6, 64),
    Column("reach_predicted", "predicted", 9, 64),
)
SORT_KEYS = ("page", "events", "share", "predicted", "fit")
_FIT_WIDTH = 2
_SMALLEST_BAR = 4


class PageRow(NamedTuple):
    """One page's figures; shares and reach as fractions, `deviation` in standard deviations or NaN."""

    page: int
    events: int
    share: float
    predicted: float
    reach: float
    reach_predicted: float
    deviation: float


def page_rows(snapshot: Snapshot, forecast: Forecast, comparable: bool) -> list[PageRow]:
    """Return the figures of each page, in the order of the config.

    Events are counted since the run began; share, reach and deviation since the config was last changed. While
    the snapshot is of another config than the forecast, nothing is `comparable`.
    """
    counts = snapshot.observed.counts
    with np.errstate(invalid="ignore"):
        share = counts.events_by_page / np.float64(counts.events)
        reach = counts.reached_by_page / np.float64(counts.sessions)
    unknown = np.full(len(share), np.nan)
    columns = (
        snapshot.total.events_by_page,
        share if comparable else unknown,
        forecast.share,
        reach if comparable else unknown,
        forecast.reach,
        forecast.deviation(snapshot.observed) if comparable else unknown,
    )
    return [PageRow(page, *row) for page, row in enumerate(zip(*(c.tolist() for c in columns), strict=True))]


def fit_mark(deviation: float) -> str:
    """Return ≈ where observation fits the prediction, ▲ or ▼ where it is off, · where too little is known."""
    if np.isnan(deviation):
        return "·"
    if abs(deviation) <= TOLERANCE:
        return "≈"
    return "▲" if deviation > 0 else "▼"


class PagesTable(ScrollView, can_focus=True):
    """A row per page; sorts by any column."""

    DEFAULT_CSS = """
    PagesTable {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """
    BORDER_TITLE = "Pages"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "next_sort", "sort", tooltip="Sort the table by its next column", id="pages.sort"),
        Binding("S", "reverse", "reverse", tooltip="Sort the other way round", id="pages.reverse", show=False),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None)
    forecast: reactive[Forecast | None] = reactive(None)
    sort_key: reactive[str] = reactive("page")
    descending: reactive[bool] = reactive(False)

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._roles = list(roles.values())
        self._names = [plain(f"/{page}") for page in roles]
        self._rows: list[PageRow] = []
        self.virtual_size = Size(0, len(roles) + 1)

    # What changed decides what is computed; all end in a repaint of the table.

    def watch_snapshot(self) -> None:
        """Show new observations."""
        self._update_rows()

    def watch_forecast(self) -> None:
        """Show a new prediction."""
        self._update_rows()

    def watch_sort_key(self) -> None:
        """Show the rows in another order."""
        self._update_rows()

    def watch_descending(self) -> None:
        """Show the rows in another order."""
        self._update_rows()

    def _update_rows(self) -> None:
        if self.snapshot is None or self.forecast is None:
            return
        comparable = self.snapshot.version == self.version
        rows = page_rows(self.snapshot, self.forecast, comparable)
        if self.sort_key != "page":
            rows.sort(key=self._sort_value)
        self._rows = rows[::-1] if self.descending else rows
        since = self.snapshot.observed.since
        edited = since > self.snapshot.began
        self.border_subtitle = (
            f"shares since {clock_text(since, short=True)}" if edited else "≈ fits the prediction"
        )
        self.refresh()

    version = 0
    """The number of the config that `forecast` is of."""

    def _sort_value(self, row: PageRow) -> float:
        value: float = abs(row.deviation) if self.sort_key == "fit" else getattr(row, self.sort_key)
        return -1.0 if np.isnan(value) else value

    def action_next_sort(self) -> None:
        """Sort by the next column, the largest figure first."""
        self._sort_by(SORT_KEYS[(SORT_KEYS.index(self.sort_key) + 1) % len(SORT_KEYS)])

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.descending = not self.descending

    def _sort_by(self, key: str) -> None:
        self.descending = not self.descending if key == self.sort_key else key != "page"
        self.sort_key = key

    def on_click(self, event: events.Click) -> None:
        """Sort by the column whose title was clicked."""
        content = event.get_content_offset(self)
        if content is None or content.y != 0:
            return
        at = self._name_width()
        key = "page" if content.x < at else "fit"
        for column in self._columns():
            at += 1 + column.width
            if key == "fit" and content.x < at:
                key = column.key
        if key in SORT_KEYS:
            self._sort_by(key)

    # Drawing.

    def _columns(self) -> list[Column]:
        chosen: dict[str, Column] = {}
        for column in COLUMNS:
            if self.size.width >= column.minimum:
                chosen.setdefault(column.key, column)
        return list(chosen.values())

    def _name_width(self) -> int:
        figures = sum(1 + column.width for column in self._columns())
        room = self.size.width - figures - 1 - _SMALLEST_BAR - _FIT_WIDTH
        return max(6, min(max(map(cell_len, self._names)), room))

    def render_line(self, y: int) -> Strip:
        """The titles, then the rows from where the table is scrolled to."""
        style = self.rich_style
        if y == 0:
            return Strip(self._header()).adjust_cell_length(self.size.width, style)
        number = self.scroll_offset.y + y - 1
        if not self._rows or number >= len(self._rows):
            return Strip.blank(self.size.width, style)
        return Strip(self._row(self._rows[number])).adjust_cell_length(self.size.width, style).apply_style(style)

    def _header(self) -> list[Segment]:
        base = self.rich_style
        muted = base + theme_style(self.app, "muted")
        chosen = base + theme_style(self.app, "primary", bold=True)
        arrow = "▾" if self.descending else "▴"
        here = self.sort_key == "page"
        segments = [
            Segment(set_cell_size(f"page{arrow if here else ''}", self._name_width()), chosen if here else muted)
        ]
        for column in self._columns():
            here = column.key == self.sort_key
            title = f"{column.title}{arrow}" if here else column.title
            segments.append(Segment(f" {title:>{column.width}}"[-column.width - 1 :], chosen if here else muted))
        here = self.sort_key == "fit"
        room = self.size.width - sum(s.cell_length for s in segments)
        segments.append(Segment(f"{'fit' + arrow if here else 'fit':>{room}}", chosen if here else muted))
        return segments

    def _row(self, row: PageRow) -> list[Segment]:
        app = self.app
        muted = theme_style(app, "muted")
        role = theme_style(app, self._roles[row.page])
        segments = [Segment(set_cell_size(self._names[row.page], self._name_width()), role)]
        for column in self._columns():
            value = getattr(row, column.key)
            if column.key == "events":
                text = f"{value:,}" if len(f"{value:,}") <= column.width else compact(value)
            else:
                text = percent(value)
            style = muted if column.key.endswith("predicted") else Style()
            segments.append(Segment(f" {text:>{column.width}}", style))
        used = sum(segment.cell_length for segment in segments)
        segments.append(Segment(" "))
        segments.extend(self._bar(row, self.size.width - used - 1 - _FIT_WIDTH))
        mark = fit_mark(row.deviation)
        color = {"≈": "landing", "·": "muted"}.get(mark, "browsing")
        segments.append(Segment(f" {mark}", theme_style(app, color, bold=True)))
        return segments

    def _bar(self, row: PageRow, width: int) -> list[Segment]:
        """The share as a bar, with a line where the prediction puts its end."""
        if width < 1 or self.forecast is None:
            return []
        longest = max(
            float(self.forecast.share.max()), *(r.share for r in self._rows if not np.isnan(r.share)), 0.01
        )
        share = 0.0 if np.isnan(row.share) else row.share
        cells = bar(share / longest, width)
        at = min(width - 1, int(row.predicted / longest * width))
        filled = theme_style(self.app, "bar", on="track")
        on = "bar" if cells[at] == "█" else "track"
        return [
            Segment(cells[:at], filled),
            Segment("│", theme_style(self.app, "foreground", on=on)),
            Segment(cells[at + 1 :], filled),
        ]
