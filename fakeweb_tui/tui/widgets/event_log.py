"""The event log: the newest events, or a sample of them where there are more than a person can read."""

from collections import deque
from typing import ClassVar

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.events.kept import Found, KeptEvents
from fakeweb_tui.events.matching import EventFilter
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import compact
from fakeweb_tui.tui.log_rows import LogRow, log_rows, sampled
from fakeweb_tui.tui.roles import SIGN_CELLS, Role, signed
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.users import UserPool

KEPT_ROWS = 2_000
_READABLE_ROWS = 4  # per snapshot: about as many as can be followed
_LOOKED_THROUGH = 400  # events per snapshot: so many are kept, and searched where there is a filter
_BURST_ROWS = 24  # sessions move step by step, so events come in bursts; after a lull, as many can be read at once
_PRECISE_WIDTH = 100  # from here on, times are shown to the microsecond
_DATED_WIDTH = 135  # and from here on with their day: at full speed, each row is of another
_DEVICE_WIDTH = 62  # from here on, there is room for more than the operating system
_SMALLEST_COLUMN = 14  # less of a long column says nothing
_HEADER_HEIGHT = 8  # a lower log has no room for titles


class EventLog(ScrollView, can_focus=True):
    """Events, newest first. Scrolled back, it stays at what is being read."""

    DEFAULT_CSS = """
    EventLog {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "inspect", show=False, id="log.inspect", tooltip="Show the whole event"),
        Binding("up", "move(-1)", "up", show=False, id="log.up", tooltip="A newer event"),
        Binding("down", "move(1)", "down", show=False, id="log.down", tooltip="An older event"),
        Binding("pageup", "turn(-1)", "page up", show=False, id="log.page_up"),
        Binding("pagedown", "turn(1)", "page down", show=False, id="log.page_down"),
        Binding("home", "newest", "newest", show=False, id="log.newest", tooltip="Back to the newest event"),
        Binding("end", "oldest", "oldest", show=False, id="log.oldest", tooltip="To the oldest event"),
    ]

    TIP = "↑↓ or a click choose an event; enter, or another click, shows it whole; / filters"

    pool: UserPool
    """Who the users of the events are; to be set before there are any events."""
    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    note: reactive[str] = reactive("newest first", repaint=False)
    """What is shown, of how many."""
    cursor: reactive[int | None] = reactive[int | None](None)
    """Which row is chosen, counted from the newest; None follows the newest."""

    _pointed: reactive[int | None] = reactive[int | None](None)
    """The line under the pointer."""

    class Chosen(Message):
        """The user wants to see a whole event."""

        def __init__(self, row: LogRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.roles = roles
        self._rows: deque[LogRow] = deque(maxlen=KEPT_ROWS)
        self._kept = KeptEvents()
        self._seen = self._looked = 0
        self._run = 0
        self._readable = _BURST_ROWS
        self._told = 0, 0
        self.skipped = 0
        """Events since the run began that the log did not show."""

    @property
    def roles(self) -> dict[str, Role]:
        """The pages and their roles; an event of a page that is gone keeps its name."""
        return self._roles

    @roles.setter
    def roles(self, roles: dict[str, Role]) -> None:
        self._roles = roles
        self._longest_page = max(map(cell_len, roles))

    @property
    def rows(self) -> tuple[LogRow, ...]:
        """The events that the log holds, newest first."""
        return tuple(self._rows)

    @property
    def wanted(self) -> EventFilter:
        """Which of the kept events are shown. Without a term, a sample of what comes."""
        return self._kept.wanted

    @wanted.setter
    def wanted(self, wanted: EventFilter) -> None:
        if wanted == self._kept.wanted:
            return
        self._kept.wanted = wanted
        self._rows.clear()
        for found in self._kept.newest(KEPT_ROWS):
            self._rows.extendleft(log_rows(found.batch, found.pool))
        self._told = 0, 0
        self.action_newest()
        self._tell()
        self._resized()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Take in the events that came since the last snapshot that it was shown, or some of them."""
        if snapshot is None:
            return
        if snapshot.run != self._run:
            self._begin(snapshot.run)
        # Whoever was away may read what would have been shown meanwhile.
        looks = snapshot.number - self._looked
        fresh = snapshot.total.events - self._seen
        self._looked, self._seen = snapshot.number, snapshot.total.events
        allowed = min(_READABLE_ROWS * looks, KEPT_ROWS)
        self._readable = min(self._readable + allowed, max(_BURST_ROWS, allowed))
        if fresh:
            held = snapshot.recent.newest(min(fresh, _LOOKED_THROUGH * looks))
            found = self._kept.add(held, self.pool)
            if self.wanted.terms:
                shown = len(found)
                found = Found(found.batch.slice(max(0, shown - KEPT_ROWS)), found.pool)
            else:
                # Standing still, a single step is read at leisure.
                found, shown = self._sampled(found, self._readable if snapshot.running else len(held))
                self._readable = max(0, self._readable - shown)
                self.skipped += fresh - shown
            self._take(found)
            self._told = shown, fresh
            self._tell()
        if fresh or not self._rows:
            self._resized()

    def _begin(self, run: int) -> None:
        self._kept.clear()
        self._rows.clear()
        self._seen = self.skipped = 0
        self._run = run
        self._told = 0, 0
        self.action_newest()
        self._tell()

    def _sampled(self, found: Found, most: int) -> tuple[Found, int]:
        places = sampled(len(found), most)
        return Found(found.batch.take(np.array(places, np.int64)), found.pool), len(places)

    def _resized(self) -> None:
        self.virtual_size = Size(0, len(self._rows) + self._header_lines)
        self.refresh()

    @property
    def newer(self) -> int:
        """The rows above the one that is read; 0 where the log follows."""
        return self.scroll_offset.y if self.cursor is None else self.cursor

    def watch_cursor(self) -> None:
        """Say whether the log follows."""
        self._tell()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say whether the log follows."""
        super().watch_scroll_y(old_value, new_value)
        self._tell()

    def on_mount(self) -> None:
        """Say what it is to whoever points at it."""
        self._tip(self.has_focus)

    def on_focus(self) -> None:
        """Say it no more."""
        self._tip(True)

    def on_blur(self) -> None:
        """Say it again."""
        self._tip(False)

    def _tip(self, focused: bool) -> None:
        """Let the tooltip not lie on events that are read."""
        tip = None if focused or self.newer else self.TIP
        if tip != self.tooltip:
            self.tooltip = tip

    def _tell(self) -> None:
        self._tip(self.has_focus)
        shown, fresh = self._told
        if self.newer:
            self.note = f"{self.newer:,} newer · home follows"
            return
        if self.wanted.terms:
            self.note = f"{self._kept.matching:,} of {len(self._kept):,} kept match"
            return
        rate = f"{shown} of {compact(fresh)} shown · " if shown < fresh else ""
        self.note = f"{rate}{compact(self.skipped)} skipped" if self.skipped else "newest first"

    def _take(self, found: Found) -> None:
        rows = list(log_rows(found.batch, found.pool))
        self._rows.extendleft(rows)
        if self.wanted.terms:
            # What is not kept any more is not among those that match.
            while len(self._rows) > self._kept.matching:
                self._rows.pop()
        reading = self.scroll_offset.y > 0 or self.cursor is not None
        if self.cursor is not None:
            last = len(self._rows) - 1
            self.cursor = min(self.cursor + len(rows), last) if last >= 0 else None
        if reading and rows:
            self.virtual_size = Size(0, len(self._rows) + self._header_lines)
            self.scroll_to(y=self.scroll_offset.y + len(rows), animate=False, force=True)

    # Moving about.

    def action_move(self, by: int) -> None:
        """Choose the event so many rows further down; above the newest, follow again."""
        self._choose((self.scroll_offset.y if self.cursor is None else self.cursor) + by)

    def action_turn(self, by: int) -> None:
        """Choose the event a screenful further down."""
        self.action_move(by * max(1, self.size.height - self._header_lines - 1))

    def action_newest(self) -> None:
        """Follow the newest event."""
        self.cursor = None
        self.scroll_home(animate=False)

    def action_oldest(self) -> None:
        """Choose the oldest event that the log holds."""
        self._choose(len(self._rows) - 1)

    def _choose(self, number: int) -> None:
        if number <= 0:
            self.action_newest()
            return
        self.cursor = min(number, len(self._rows) - 1)
        lines = max(1, self.size.height - self._header_lines)
        top = min(max(self.scroll_offset.y, self.cursor - lines + 1), self.cursor)
        self.scroll_to(y=top, animate=False, force=True)

    def action_choose(self) -> None:
        """Ask for the chosen event, or the newest, to be shown whole."""
        if self._rows:
            self.post_message(self.Chosen(self._rows[self.cursor or 0]))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would choose."""
        self._pointed = event.y if event.y >= self._header_lines else None

    def on_leave(self) -> None:
        """Show it no more."""
        self._pointed = None

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; the one that is chosen already is shown whole."""
        number = self.scroll_offset.y + event.y - self._header_lines
        if event.y >= self._header_lines and number < len(self._rows):
            if number == self.cursor:
                self.action_choose()
            else:
                self.cursor = number

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
        apart = SIGN_CELLS if width >= _DEVICE_WIDTH else 1
        page = max(6, min(22, self._longest_page + 2 + apart))
        time = 23 if width >= _DATED_WIDTH else 16 if width >= _PRECISE_WIDTH else 9
        columns = [("time", time), ("page", page), ("source", 10)]
        columns += [("device", 27), ("user", 32), ("place", 24)] if width >= _DEVICE_WIDTH else [("os", 8)]
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
                text = self._empty() if not self._rows and y == self._header_lines else ""
                return Strip([Segment(text, muted)]).adjust_cell_length(self._width, style).apply_style(style)
            row = self._rows[number]
            segments = [Segment(self._cell(row, name, cells), self._color(row, name)) for name, cells in columns]
            if segments and self.has_focus and number == (self.cursor or 0):
                return self._marked(segments)
            if y == self._pointed:
                style += Style(bgcolor=theme_style(self.app, "foreground", on="panel").bgcolor)
        return Strip(segments).adjust_cell_length(self._width, style).apply_style(style)

    def _empty(self) -> str:
        """Why there are no rows."""
        if self.wanted.terms and len(self._kept):
            return "None of the events kept match."
        if self.snapshot is not None and not self.snapshot.running:
            return "No events yet. Paused: press space."
        return ""

    def _marked(self, segments: list[Segment]) -> Strip:
        """A row under the cursor: a sign behind its time, and a background of its own."""
        time = segments[0]
        segments[0] = Segment(time.text[:-1] + "▸", time.style)
        behind = theme_style(self.app, "foreground", on="panel")
        strip = Strip(segments).adjust_cell_length(self._width, behind)
        return strip.apply_style(Style(bgcolor=behind.bgcolor, bold=True))

    def _cell(self, row: LogRow, name: str, cells: int) -> str:
        if name == "page":
            text = signed(self.roles.get(row.page), plain(f"/{row.page}"), apart=self._width >= _DEVICE_WIDTH)
        elif name == "time" and self._width >= _DATED_WIDTH:
            text = row.dated
        else:
            text = getattr(row, name)
        return set_cell_size(text, cells - 1) + " "

    def _color(self, row: LogRow, name: str) -> Style:
        if name == "page":
            return theme_style(self.app, self.roles.get(row.page, "muted"))
        return theme_style(self.app, "foreground" if name in ("source", "os", "device") else "muted")
