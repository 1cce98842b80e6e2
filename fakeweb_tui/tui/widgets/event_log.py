"""The event log: the newest events, or a sample of them where there are more than a person can read."""

from collections import deque
from typing import ClassVar, NamedTuple

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.markov import Codes
from fakeweb_tui.simulation import Batch
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import compact
from fakeweb_tui.tui.roles import Role
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.users import UserPool

KEPT_ROWS = 2_000
_READABLE_ROWS = 4  # per snapshot: about as many as can be followed
_BURST_ROWS = 24  # sessions move step by step, so events come in bursts; after a lull, as many can be read at once
_PRECISE_WIDTH = 100  # from here on, times are shown to the microsecond
_DEVICE_WIDTH = 62  # from here on, there is room for more than the operating system
_SMALLEST_COLUMN = 14  # less of a long column says nothing
_HEADER_HEIGHT = 8  # a lower log has no room for titles


class LogRow(NamedTuple):
    """One event as the log shows it."""

    time: str
    page: int
    source: str
    os: str
    device: str
    user: str
    place: str


def sampled(count: int, most: int) -> list[int]:
    """Return at most `most` places below `count`, evenly spread, the last one included."""
    if count <= most:
        return list(range(count))
    return sorted({round((place + 1) * count / most) - 1 for place in range(most)})


class EventLog(ScrollView, can_focus=True):
    """Events, newest first. Scrolled back, it stays at what is being read."""

    DEFAULT_CSS = """
    EventLog {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """
    BORDER_TITLE = "Event log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "scroll_home", "newest", show=False, id="log.newest", tooltip="Back to the newest event"),
    ]

    pool: UserPool
    """Who the users of the events are; to be set before there are any events."""
    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._roles = list(roles.values())
        self._names = [plain(f"/{page}") for page in roles]
        self._rows: deque[LogRow] = deque(maxlen=KEPT_ROWS)
        self._seen = 0
        self._run = 0
        self._readable = _BURST_ROWS
        self.skipped = 0
        """Events since the run began that the log did not show."""

    @property
    def rows(self) -> tuple[LogRow, ...]:
        """The events that the log holds, newest first."""
        return tuple(self._rows)

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Take in the events that came since the last snapshot, or some of them."""
        if snapshot is None:
            return
        if snapshot.run != self._run:
            self._rows.clear()
            self._seen = self.skipped = 0
            self._run = snapshot.run
            self.scroll_home(animate=False)
            self._tell(0, 0)
        fresh = snapshot.total.events - self._seen
        self._seen = snapshot.total.events
        self._readable = min(self._readable + _READABLE_ROWS, _BURST_ROWS)
        if fresh:
            # Standing still, a single step is read at leisure.
            most = self._readable if snapshot.running else len(snapshot.recent)
            held = min(fresh, len(snapshot.recent))
            taken = sampled(held, most)
            self._readable = max(0, self._readable - len(taken))
            offset = len(snapshot.recent) - held
            self._take(snapshot.recent, np.array([offset + place for place in taken], np.int64))
            self.skipped += fresh - len(taken)
            self._tell(len(taken), fresh)
        if fresh or not self._rows:
            self.virtual_size = Size(0, len(self._rows) + self._header_lines)
            self.refresh()

    def _tell(self, shown: int, fresh: int) -> None:
        rate = f"{shown} of {compact(fresh)} shown · " if shown < fresh else ""
        self.border_subtitle = f"{rate}{compact(self.skipped)} skipped" if self.skipped else "newest first"

    def _take(self, batch: Batch, places: Codes) -> None:
        columns = self.pool.columns(batch.user[places])
        times = np.datetime_as_string(batch.timestamp[places])
        rows = [
            LogRow(str(time)[11:], page, plain(source), os, f"{os} · {browser}", mail, f"{place} {country}")
            for time, page, source, os, browser, mail, place, country in zip(
                times,
                batch.page[places].tolist(),
                columns["marketing_source"],
                columns["os_name"],
                columns["browser_name"],
                columns["user_custom_id"],
                columns["geo_region_name"],
                columns["geo_country"],
                strict=True,
            )
        ]
        self._rows.extendleft(rows)
        if self.scroll_offset.y > 0:
            self.virtual_size = Size(0, len(self._rows) + self._header_lines)
            self.scroll_to(y=self.scroll_offset.y + len(rows), animate=False, force=True)

    # Drawing.

    @property
    def _width(self) -> int:
        """The cells of a line, without those of a scrollbar."""
        return self.scrollable_content_region.width

    @property
    def _header_lines(self) -> int:
        return 1 if self.size.height >= _HEADER_HEIGHT else 0

    def _columns(self) -> list[tuple[str, int]]:
        """The columns that fit, and their widths."""
        width = self._width
        page = max(6, min(20, max(map(cell_len, self._names)) + 1))
        columns = [("time", 16 if width >= _PRECISE_WIDTH else 9), ("page", page), ("source", 10)]
        columns += [("device", 28), ("user", 32), ("place", 24)] if width >= _DEVICE_WIDTH else [("os", 8)]
        fitting: list[tuple[str, int]] = []
        for name, cells in columns:
            room = width - sum(taken for _, taken in fitting)
            if room < min(cells, _SMALLEST_COLUMN):
                break
            fitting.append((name, min(cells, room)))
        return fitting

    def render_line(self, y: int) -> Strip:
        """The titles, then the rows from where the log is scrolled to."""
        style = self.rich_style
        muted = theme_style(self.app, "muted")
        columns = self._columns()
        if y < self._header_lines:
            segments = [Segment(set_cell_size(name, cells), muted) for name, cells in columns]
        else:
            number = self.scroll_offset.y + y - self._header_lines
            if number >= len(self._rows):
                empty = "No events yet: time stands still, press space." if self._waits() else ""
                text = empty if not self._rows and y == self._header_lines else ""
                return Strip([Segment(text, muted)]).adjust_cell_length(self._width, style).apply_style(style)
            row = self._rows[number]
            segments = [Segment(self._cell(row, name, cells), self._color(row, name)) for name, cells in columns]
        return Strip(segments).adjust_cell_length(self._width, style).apply_style(style)

    def _waits(self) -> bool:
        return self.snapshot is not None and not self.snapshot.running

    def _cell(self, row: LogRow, name: str, cells: int) -> str:
        text = self._names[row.page] if name == "page" else getattr(row, name)
        return set_cell_size(text, cells - 1) + " "

    def _color(self, row: LogRow, name: str) -> Style:
        if name == "page":
            return theme_style(self.app, self._roles[row.page])
        return theme_style(self.app, "foreground" if name in ("source", "os", "device") else "muted")
