"""A probability on one row: label, bar, value; gestures and entries as in `entry_row`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import EIGHTHS
from fakeweb_tui.tui.probability import (
    Plan,
    clamp,
    fit,
    format_value,
    parse_probability,
    plan_row,
    position_to_value,
    snap,
    value_to_eighths,
)
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.dragged_row import DraggedRow
from fakeweb_tui.tui.widgets.entry_row import ENTRY_OPENERS, EntryRow, entry_bindings

if TYPE_CHECKING:
    from textual import events

LOCKED = "⊘"
NOTE_CELLS = 6


class Slider(DraggedRow):
    """One probability on one row: label, bar in eighths of a cell, value with three decimals.

    `label` is data, never markup, and takes `label_width` cells; `value` is a probability from 0 to 1;
    `muted` draws the row as secondary.
    """

    ENTRY_CHARACTERS: ClassVar[frozenset[str]] = ENTRY_OPENERS | {"%"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, description, show=False, id=f"slider.{name}", tooltip=tooltip)
        for key, action, description, name, tooltip in (
            ("left", "nudge(-0.01)", "−.01", "lower", "Lower the probability by 0.01"),
            ("right", "nudge(0.01)", "+.01", "raise", "Raise the probability by 0.01"),
            ("shift+left", "nudge(-0.1)", "−.10", "lower_much", "Lower the probability by 0.10"),
            ("shift+right", "nudge(0.1)", "+.10", "raise_much", "Raise the probability by 0.10"),
            ("ctrl+left", "nudge(-0.001)", "−.001", "lower_little", "Lower the probability by 0.001"),
            ("ctrl+right", "nudge(0.001)", "+.001", "raise_little", "Raise the probability by 0.001"),
            ("home", "jump(0.0)", "0", "lowest", "Set the probability to 0"),
            ("end", "jump(1.0)", "1", "highest", "Set the probability to 1"),
            ("l", "lock", "lock", "lock", "Lock the probability: it stays while others give way; or unlock it"),
        )
    ] + entry_bindings("%")

    # No component classes: Textual styles each of them anew for every slider whenever the focus moves.
    DEFAULT_CSS = """
    Slider { width: 1fr; height: 1; pointer: pointer; }
    Slider:hover { background: $foreground 5%; }
    Slider:ansi:hover { background: ansi_default; }
    """

    value: reactive[float] = reactive(0.0)
    """The probability, 0 to 1; only what the user sets is rounded. Setting it posts nothing."""
    label: reactive[str] = reactive("")
    mark: reactive[str] = reactive(" ")
    """What stands in the last cell of the row."""
    muted: reactive[bool] = reactive(False)
    note: reactive[str | None] = reactive[str | None](None)
    """What stands between the value and the mark, at most five cells; None gives its room to the bar."""
    locked: reactive[bool] = reactive(False)
    """Whether the row shows the sign of a lock; who owns the slider says what that means."""

    class Changed(Message):
        """The user changed the value; never posted when code sets it.

        `gesture` is the same for all changes of one drag, one run of key presses, or one entry.
        """

        def __init__(self, slider: Slider, value: float, gesture: int) -> None:
            super().__init__()
            self.slider = slider
            self.value = value
            self.gesture = gesture

        def can_replace(self, message: Message) -> bool:
            """Within a gesture only the latest value counts: a slow owner need not see the others."""
            if not isinstance(message, Slider.Changed):
                return False
            return message.slider is self.slider and message.gesture == self.gesture

    class Invalid(EntryRow.Invalid):
        """The user tried to apply the entry `text`, which is no probability; the entry stays open."""

    class LockPressed(Message):
        """The user asked to lock the slider, or to unlock it."""

        def __init__(self, slider: Slider) -> None:
            super().__init__()
            self.slider = slider

    def __init__(
        self,
        label: str,
        value: float,
        *,
        label_width: int = 14,
        muted: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes, disabled=disabled)
        self.label_width = label_width
        self._pointed: float | None = None
        self.set_reactive(Slider.label, plain(label))
        self.set_reactive(Slider.value, clamp(value))
        self.set_reactive(Slider.muted, muted)

    def validate_value(self, value: float) -> float:
        """Keep the value a probability."""
        return clamp(value)

    def validate_label(self, label: str) -> str:
        """Keep control characters from the terminal."""
        return plain(label)

    def validate_mark(self, mark: str) -> str:
        """Keep the mark at one cell."""
        return set_cell_size(plain(mark), 1)

    def render_line(self, y: int) -> Strip:
        """Draw the row."""
        width, plan, style = self.size.width, self._plan, self.rich_style
        if y:
            return Strip.blank(width, style)
        focus = self.has_focus
        label = theme_style(self.app, "muted" if self.muted and not focus else "foreground", bold=focus)
        segments = [
            Segment("▸" if focus else " ", theme_style(self.app, "primary")),
            Segment(fit(self.label, plan.label) + " " * bool(plan.label), label),
            *self._draw_bar(plan.bar),
            *self._draw_value(plan.value),
            Segment("" if self.note is None else f"{self.note:>{NOTE_CELLS}}", theme_style(self.app, "muted")),
            # The mark says it too, as an underline and a colour can be missed.
            Segment("!" if self._entry_invalid else self.mark, theme_style(self.app, "browsing")),
        ]
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)

    @property
    def _bar_color(self) -> str:
        """The theme's name of the colour that the full part of the bar has now."""
        if self.has_focus or self.mouse_hover:
            return "primary"
        return "muted" if self.muted or self.disabled else "bar"

    def _draw_bar(self, cells: int) -> list[Segment]:
        filled, part = divmod(value_to_eighths(self.value, cells), 8)
        name = self._bar_color
        rest = cells - filled - bool(part)
        # Where the terminal's own colours rule, no background shows the track: dots do.
        sign, track = ("·", None) if self.app.native_ansi_color else (" ", "track")
        return [
            # A background of the same colour closes the seams that many fonts leave between full blocks.
            Segment(EIGHTHS[8] * filled, theme_style(self.app, name, on=name)),
            Segment(EIGHTHS[part] if part else "", theme_style(self.app, name, on=track)),
            Segment(sign * rest, theme_style(self.app, "track", on=track)),
        ]

    def _draw_value(self, cells: int) -> list[Segment]:
        """Draw the lock, the value or the entry, and the gap behind it."""
        wide = cells > 4
        if self._entry is not None:
            # An entry takes a gap too, so that a whole value and the cursor fit.
            return [Segment(" " * wide), *self.draw_entry(cells)]
        focus = self.has_focus
        # Where the focus is, a dot says that there is a cell to click.
        sign = LOCKED if self.locked else "·" if focus else " "
        return [
            Segment(sign, theme_style(self.app, "browsing", bold=self.locked)),
            Segment(
                format_value(self.value, cells),
                theme_style(self.app, "primary" if focus else "foreground", bold=focus),
            ),
            Segment(" " * wide),
        ]

    @property
    def _plan(self) -> Plan:
        return plan_row(self.size.width, self.label_width, 0 if self.note is None else NOTE_CELLS)

    def parse(self, text: str) -> float:
        """Read a probability."""
        return parse_probability(text)

    def apply(self, value: float) -> None:
        """Set the probability that was typed."""
        self._change(value)

    def action_lock(self) -> None:
        """Ask for the lock to be set or taken away."""
        self.post_message(self.LockPressed(self))

    def action_nudge(self, amount: float) -> None:
        """Add `amount` to the value."""
        self._change(self.value + amount)

    def action_jump(self, value: float) -> None:
        """Set the value."""
        self._change(value)

    def _change(self, value: float) -> None:
        value = snap(value)
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self, value, self._gesture))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a drag on the bar, an entry on the value."""
        if event.button != 1:
            return
        plan, x = self._plan, event.pointer_x - self.gutter.left
        if plan.bar_start <= x < plan.bar_start + plan.bar:
            event.stop()
            self._pointed = None
            self.begin_drag(event)
        elif x == plan.value_start - 1:
            event.stop()
            self.action_lock()
        elif plan.value_start <= x < plan.value_start + plan.value:
            event.stop()
            self.open_entry()

    def point(self, event: events.MouseEvent) -> None:
        """Set the value that is under the mouse."""
        plan = self._plan
        value = position_to_value(event.pointer_x - self.gutter.left - plan.bar_start, plan.bar)
        # The owner may have corrected the value; a pointer that rests must not ask for the same again.
        if value != self._pointed:
            self._pointed = value
            self._change(value)
