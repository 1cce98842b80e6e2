"""The day as 24 bars: drawn with the mouse, or moved hour by hour with the arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from fakeweb_tui.tui.day_curve import HEADROOM, HOURS, Shares, level_share, snap, stroke
from fakeweb_tui.tui.format import RISING
from fakeweb_tui.tui.probability import parse_probability
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.dragged_row import DraggedRow
from fakeweb_tui.tui.widgets.entry_row import ENTRY_OPENERS, EntryRow, entry_bindings

if TYPE_CHECKING:
    from textual import events

_ABOVE, _BELOW = 1, 1  # the lines above and below the bars
_LARGEST_COLUMN = 4
_ENTRY_CELLS = 6


class DayCurve(DraggedRow):
    """Shares of a day by hour, one column each; the chosen hour's figures stand above.

    Lines show where the hours of `before` are, where they differ.
    """

    ENTRY_CHARACTERS: ClassVar[frozenset[str]] = ENTRY_OPENERS | {"%"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, description, show=False, id=f"day.{name}", tooltip=tooltip)
        for key, action, description, name, tooltip in (
            ("left", "go(-1)", "hour before", "previous", "Choose the hour before"),
            ("right", "go(1)", "next hour", "next", "Choose the next hour"),
            ("up", "nudge(0.001)", "+.001", "raise", "Raise the hour's share by 0.001"),
            ("down", "nudge(-0.001)", "−.001", "lower", "Lower the hour's share by 0.001"),
            ("shift+up", "nudge(0.01)", "+.01", "raise_much", "Raise the hour's share by 0.01"),
            ("shift+down", "nudge(-0.01)", "−.01", "lower_much", "Lower the hour's share by 0.01"),
            ("home", "go(-23)", "first hour", "first", "Choose hour 0"),
            ("end", "go(23)", "last hour", "last", "Choose hour 23"),
        )
    ] + entry_bindings("%")
    DEFAULT_CSS = """
    DayCurve { width: 1fr; height: 1fr; min-height: 6; max-height: 16; pointer: crosshair; }
    """

    shares: reactive[Shares] = reactive((1 / HOURS,) * HOURS)
    """By hour; setting them posts nothing."""
    before: reactive[Shares] = reactive((1 / HOURS,) * HOURS)
    per_day: reactive[float] = reactive(0.0)
    """Expected sessions of a day, so that a share can be shown as sessions per hour."""
    hour: reactive[int] = reactive(0)

    def tip(self) -> Text:
        """Return how the day is drawn."""
        return Text("Drag across the hours to draw the day; click one to choose it")

    class Changed(Message):
        """The user set the share of one hour; the others are to give way."""

        def __init__(self, curve: DayCurve, hour: int, share: float, gesture: int) -> None:
            super().__init__()
            self.curve, self.hour, self.share, self.gesture = curve, hour, share, gesture

    class Drawn(Message):
        """The user drew the day: `shares` are heights, in any unit."""

        def __init__(self, curve: DayCurve, shares: Shares, gesture: int) -> None:
            super().__init__()
            self.curve, self.shares, self.gesture = curve, shares, gesture

        def can_replace(self, message: Message) -> bool:
            """Within a gesture only the latest shape counts."""
            return isinstance(message, DayCurve.Drawn) and (message.curve, message.gesture) == (
                self.curve,
                self.gesture,
            )

    class Invalid(EntryRow.Invalid):
        """The user tried to apply the entry `text`, which is no share; the entry stays open."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._drawn: Shares | None = None
        self._drawn_top = 1.0
        self._last: tuple[int, float] | None = None

    # Drawing on the screen.

    @property
    def _bars(self) -> int:
        """The lines of the bars."""
        return max(1, self.size.height - _ABOVE - _BELOW)

    @property
    def _column(self) -> int:
        """The cells of an hour."""
        return min(_LARGEST_COLUMN, max(1, self.size.width // HOURS))

    @property
    def _start(self) -> int:
        """Where hour 0 begins."""
        return max(0, (self.size.width - self._column * HOURS) // 2)

    @property
    def _shown(self) -> tuple[Shares, float]:
        """Heights and the height of the chart: while the user draws, what was drawn, in its own scale."""
        if self._drawn is not None:
            return self._drawn, self._drawn_top
        return self.shares, max(*self.shares, *self.before) * HEADROOM

    def render_line(self, y: int) -> Strip:
        """The chosen hour's figures, the bars, the hours."""
        if y == 0:
            segments = self._figures()
        elif y <= self._bars:
            segments = self._bar_line(self._bars - y)
        elif y == self._bars + 1:
            segments = self._axis()
        else:
            segments = []
        style = self.rich_style
        return Strip(segments).adjust_cell_length(self.size.width, style).apply_style(style)

    def _figures(self) -> list[Segment]:
        muted = theme_style(self.app, "muted")
        marker = Segment("▸" if self.has_focus else " ", theme_style(self.app, "primary"))
        name = Segment(
            f"{self.hour:02}–{(self.hour + 1) % HOURS:02} ", theme_style(self.app, "foreground", bold=True)
        )
        if self._entry is not None:
            return [marker, name, *self.draw_entry(_ENTRY_CELLS)]
        share = self.shares[self.hour]
        differs = share != self.before[self.hour]
        return [
            marker,
            name,
            Segment(f"{share:.4f}", theme_style(self.app, "primary", bold=True)),
            Segment(f"  {share * self.per_day:,.0f} sessions", muted),
            Segment("!" if self._entry_invalid else " ◆" if differs else "", theme_style(self.app, "browsing")),
        ]

    def _bar_line(self, level: int) -> list[Segment]:
        """The line that is so many above the lowest."""
        shares, top = self._shown
        thick = max(1, self._column - (self._column > 2))
        segments = [Segment(" " * self._start)]
        for hour in range(HOURS):
            eighths = round(shares[hour] / top * self._bars * 8) - level * 8
            cell = RISING[min(max(eighths, 0), 8)]
            if level == 0 and shares[hour] > 0 and cell == " ":
                cell = RISING[1]
            color = "now" if hour == self.hour else "bar"
            if cell == " " and self._line_of(hour, top) == level:
                cell, color = "─", "muted"
            segments.append(Segment(cell * thick + " " * (self._column - thick), theme_style(self.app, color)))
        return segments

    def _line_of(self, hour: int, top: float) -> int | None:
        """The level at which the hour was before, if it differs."""
        if self.before[hour] == self.shares[hour]:
            return None
        return min(self._bars - 1, int(self.before[hour] / top * self._bars))

    def _axis(self) -> list[Segment]:
        every = 3 if self._column > 1 else 6
        names = "".join(f"{hour:<{every * self._column}}" for hour in range(0, HOURS, every))
        return [Segment(" " * self._start + names, theme_style(self.app, "muted"))]

    # Keys.

    def parse(self, text: str) -> float:
        """Read a share."""
        return parse_probability(text)

    def apply(self, value: float) -> None:
        """Set the share that was typed."""
        self._change(value)

    def action_go(self, by: int) -> None:
        """Choose an hour so many before or after."""
        self.hour = min(max(self.hour + by, 0), HOURS - 1)
        self.end_gesture()

    def action_nudge(self, amount: float) -> None:
        """Add to the hour's share."""
        self._change(self.shares[self.hour] + amount)

    def _change(self, share: float) -> None:
        share = snap(share)
        if share != self.shares[self.hour]:
            self.shares = (*self.shares[: self.hour], share, *self.shares[self.hour + 1 :])
            self.post_message(self.Changed(self, self.hour, share, self.gesture))

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to draw."""
        if event.button != 1:
            return
        event.stop()
        self._entry = None
        if event.y < _ABOVE:
            self.open_entry()
            return
        self._drawn, self._drawn_top = self._shown
        self._last = None
        self.begin_drag(event)

    def point(self, event: events.MouseEvent) -> None:
        """Draw on to the mouse."""
        hour = min(max(int(event.pointer_x - self._start) // self._column, 0), HOURS - 1)
        point = hour, level_share(int(event.pointer_y) - _ABOVE, self._bars, self._drawn_top)
        if self._drawn is None or point == self._last:
            return
        self._drawn = stroke(self._drawn, self._last or point, point)
        self._last = point
        self.hour = hour
        self.refresh()
        self.post_message(self.Drawn(self, self._drawn, self.gesture))

    def end_drag(self) -> None:
        """Show the shares again, in their own scale."""
        super().end_drag()
        self._drawn = None
        self.refresh()
