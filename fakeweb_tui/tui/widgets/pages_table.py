"""The page-count table: how often each page was seen, against what the config predicts."""

from math import isnan
from typing import NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from fakeweb_tui.tui.figures import PageRow, fit_mark
from fakeweb_tui.tui.format import compact, percent
from fakeweb_tui.tui.messages import TransitionChosen
from fakeweb_tui.tui.probability import fit
from fakeweb_tui.tui.roles import Role
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.bars import marked_bar
from fakeweb_tui.tui.widgets.page_rows import PageRows


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
    Column("predicted", "pred.", 6, 38),
    Column("reach", "reach", 6, 72),
    Column("reach_predicted", "predicted", 9, 72),
)
SORT_KEYS = ("page", "events", "share", "predicted", "fit")
_FIT_WIDTH = 2
_SHORT_NAME = 14  # narrower tables give no more than this to the name if that costs the bar
_SMALLEST_BAR = 4


class PagesTable(PageRows, can_focus=True):
    """A row per page; sorts by any column."""

    BORDER_TITLE = "Pages"
    TITLE_LINES = 1

    TIP = (
        "Click a title, or press s, to sort; double-click a page: its sliders\n"
        "│ and grey: predicted; ≈ fits, ▲▼ off, · too few"
    )

    sort_key: reactive[str] = reactive("page")
    descending: reactive[bool] = reactive(False)
    _pointed: reactive[str] = reactive("")
    """The key to sort by of the title under the pointer."""

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(roles, id)
        self.tooltip = self.TIP
        self.sorted_rows: list[PageRow] = []
        """The rows as shown, from the top."""
        self._longest = 1.0
        """The share that fills a bar."""

    def on_focus(self) -> None:
        """Let no tooltip lie on what is read."""
        self.tooltip = None

    def on_blur(self) -> None:
        """Say again what it is to whoever points at it."""
        self.tooltip = self.TIP

    def watch_rows(self) -> None:
        """Sort them, once and not for each line."""
        self._sort()
        shares = [max(row.predicted, 0.0 if isnan(row.share) else row.share) for row in self.rows]
        self._longest = max([*shares, 0.01])

    def watch_sort_key(self) -> None:
        """Sort anew."""
        self._sort()

    def watch_descending(self) -> None:
        """Sort anew."""
        self._sort()

    def _sort(self) -> None:
        rows = sorted(self.rows, key=self._sort_value)
        self.sorted_rows = rows[::-1] if self.descending else rows

    def _sort_value(self, row: PageRow) -> float:
        value: float = abs(row.deviation) if self.sort_key == "fit" else getattr(row, self.sort_key)
        return -1.0 if isnan(value) else value

    def action_next_sort(self) -> None:
        """Sort by the next column, the largest figure first."""
        self._sort_by(SORT_KEYS[(SORT_KEYS.index(self.sort_key) + 1) % len(SORT_KEYS)])

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.descending = not self.descending

    def _sort_by(self, key: str) -> None:
        self.descending = not self.descending if key == self.sort_key else key != "page"
        self.sort_key = key

    # The mouse.

    def _title_at(self, x: int) -> str:
        """The key to sort by of the title at a place of the first line; empty where none is."""
        at = self._name_width()
        if x < at:
            return "page"
        for column in self._columns():
            at += 1 + column.width
            if x < at:
                return column.key if column.key in SORT_KEYS else ""
        return "fit"

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show which title a click would sort by."""
        content = event.get_content_offset(self)
        self._pointed = self._title_at(content.x) if content is not None and content.y == 0 else ""

    def on_leave(self) -> None:
        """Show none."""
        self._pointed = ""

    def on_click(self, event: events.Click) -> None:
        """Sort by the column whose title was clicked; a double click on a page asks for its sliders."""
        content = event.get_content_offset(self)
        if content is None:
            return
        number = self.scroll_offset.y + content.y - 1
        if content.y == 0:
            if key := self._title_at(content.x):
                self._sort_by(key)
        elif event.chain == 2 and number < len(self.rows):
            self.post_message(TransitionChosen(list(self.pages)[self.sorted_rows[number].page], None))

    # Drawing.

    @property
    def _width(self) -> int:
        """The cells of a line, without those of a scrollbar."""
        return self.scrollable_content_region.width

    def _columns(self) -> list[Column]:
        chosen: dict[str, Column] = {}
        for column in COLUMNS:
            if self._width >= column.minimum:
                chosen.setdefault(column.key, column)
        return list(chosen.values())

    def _name_width(self) -> int:
        figures = sum(1 + column.width for column in self._columns())
        room = self._width - figures - 1 - _SMALLEST_BAR - _FIT_WIDTH
        return max(6, min(self._longest_name, room, max(_SHORT_NAME, self._width // 3)))

    def render_line(self, y: int) -> Strip:
        """The titles, then the rows from where the table is scrolled to."""
        style = self.rich_style
        if y == 0:
            return Strip(self._header()).adjust_cell_length(self._width, style).apply_style(style)
        number = self.scroll_offset.y + y - 1
        if number >= len(self.rows):
            text = "starting …" if number == 0 else ""
            strip = Strip([Segment(text, theme_style(self.app, "muted"))])
            return strip.adjust_cell_length(self._width, style).apply_style(style)
        return Strip(self._row(self.sorted_rows[number])).adjust_cell_length(self._width, style).apply_style(style)

    def _header(self) -> list[Segment]:
        segments = self._title("page", set_cell_size(f"page{self._arrow('page')}", self._name_width()))
        for column in self._columns():
            title = f" {column.title + self._arrow(column.key):>{column.width}}"[-column.width - 1 :]
            segments += self._title(column.key, title)
        room = self._width - sum(s.cell_length for s in segments)
        return segments + self._title("fit", f"fit{self._arrow('fit')}".rjust(room))

    def _arrow(self, key: str) -> str:
        """The sign of the direction behind the title that the pages are sorted by."""
        return ("▾" if self.descending else "▴") if key == self.sort_key else ""

    def _title(self, key: str, text: str) -> list[Segment]:
        """A title, underlined under the pointer."""
        here = key == self.sort_key
        style = theme_style(self.app, "primary" if here else "muted", bold=here)
        if key != self._pointed:
            return [Segment(text, style)]
        before, title, after = text.partition(text.strip())
        return [Segment(before, style), Segment(title, style + Style(underline=True)), Segment(after, style)]

    def _row(self, row: PageRow) -> list[Segment]:
        app = self.app
        muted = theme_style(app, "muted")
        role, cells = self._roles[row.page], self._name_width()
        segments = [Segment(fit(self._signed_name(row.page, cells), cells), theme_style(app, role))]
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
        width = self._width - used - 1 - _FIT_WIDTH
        segments.extend(marked_bar(app, row.share, row.predicted, self._longest, width))
        mark = fit_mark(row.deviation)
        color = {"≈": "landing", "·": "muted"}.get(mark, "browsing")
        segments.append(Segment(f" {mark}", theme_style(app, color, bold=True)))
        return segments
