"""A column of rows of one line each, of which only those near the view are mounted."""

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from fakeweb_tui.tui.focusing import focus_at_once

BEYOND = 16
"""So many lines above and below the view have widgets too, so that the wheel shows no gap."""

_CONTEXT = Spacing(1, 0, 1, 0)
"""What is to be seen around a row that comes into view: its heading perhaps, and that it goes on."""

Row = TypeVar("Row", bound=Hashable)


class _Lines(Layout):
    """Puts each widget on the line that it has been given."""

    name = "lines"

    def __init__(self) -> None:
        self.places: dict[Widget, int] = {}

    def arrange(
        self,
        parent: Widget,  # noqa: ARG002 - as in Textual
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: ARG002
    ) -> ArrangeResult:
        """Place the widgets; one that is about to go has no place any more."""
        return [
            WidgetPlacement(Region(0, self.places[child], size.width, 1), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child in self.places
        ]


class _Column(Widget):
    """What is scrolled, as high as all rows."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = _Lines()

    @property
    def layout(self) -> Layout:
        """The lines, whatever a stylesheet says."""
        return self.lines


class VirtualColumn(VerticalScroll, Generic[Row], can_focus=False):
    """Scrolls over rows whose widgets are made when they come near the view: it costs what is seen of it.

    A row is known by whatever names it. The *current* one has a widget wherever the view is, for the focus and
    the mouse to stay with.
    """

    def __init__(self) -> None:
        super().__init__()
        self._column = _Column()
        self._rows: Sequence[Row | None] = ()
        self._lines: dict[Row, int] = {}
        self._mounted = range(0)
        self.current: Row | None = None
        self.widgets: dict[Row, Widget] = {}
        """From top to bottom, those of the rows that have one now."""

    def compose(self) -> ComposeResult:
        """The rows."""
        yield self._column

    @abstractmethod
    def make(self, row: Row) -> Widget:
        """Return a new widget for a row."""

    def place(self, rows: Sequence[Row | None]) -> None:
        """Put these rows from top to bottom, where None is a free line; those that stay keep their widgets."""
        self._rows = rows
        self._lines = {row: line for line, row in enumerate(rows) if row is not None}
        self._column.styles.height = len(rows)
        self._mount_near()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Mount what comes near."""
        super().watch_scroll_y(old_value, new_value)
        near = self._near(BEYOND // 2)
        if near.start < self._mounted.start or near.stop > self._mounted.stop:
            self._mount_near()

    def _near(self, beyond: int) -> range:
        top = round(self.scroll_y)
        return range(max(0, top - beyond), min(len(self._rows), top + self.size.height + beyond))

    def _mount_near(self) -> None:
        self._mounted = self._near(BEYOND)
        rows = {row for row in self._rows[self._mounted.start : self._mounted.stop] if row is not None}
        if self.current in self._lines:
            rows.add(self.current)
        before = self.widgets
        self.widgets = {
            row: before[row] if row in before else self.make(row)
            for row in sorted(rows, key=self._lines.__getitem__)
        }
        self._column.lines.places = {widget: self._lines[row] for row, widget in self.widgets.items()}
        self._column.mount(*(widget for row, widget in self.widgets.items() if row not in before))
        self._column.remove_children([widget for row, widget in before.items() if row not in rows])
        self._column.refresh(layout=True)

    def focus_row(self, row: Row) -> None:
        """Make a row the current one, focus its widget, and bring it into view."""
        self.current = row
        if row not in self.widgets:
            self._mount_near()
        focus_at_once(self.widgets[row])
        self.reveal(row, row)

    def reveal(self, first: Row, last: Row) -> None:
        """Scroll as little as shows all from one row to another, or at least the first."""

        def scroll() -> None:
            # A pane that has no room yet would be scrolled past what is above the row.
            if self.size.height > _CONTEXT.height and first in self._lines and last in self._lines:
                top = self._lines[first]
                region = Region(0, top, 1, self._lines[last] - top + 1)
                self.scroll_to_region(region, spacing=_CONTEXT, animate=False, immediate=True)

        # Before that, a new pane has no size yet.
        self.call_after_refresh(scroll)
