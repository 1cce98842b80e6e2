"""A number on one row: label, value, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from fakeweb_tui.tui.numbers import COUNT_UNITS, Number, nudged, number_text, parse_number
from fakeweb_tui.tui.probability import fit
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.entry_row import ENTRY_OPENERS, EntryRow, entry_bindings

if TYPE_CHECKING:
    from textual import events

_LABEL_CELLS = 14
_VALUE_CELLS = 11
_LOWER = 1 + _LABEL_CELLS  # where − begins
_VALUE = _LOWER + 2
_RAISE = _VALUE + _VALUE_CELLS  # where + begins
_CLICKED = 0.1


class NumberField(EntryRow):
    """One number of the simulation."""

    ENTRY_CHARACTERS: ClassVar[frozenset[str]] = ENTRY_OPENERS | {*COUNT_UNITS.lower(), *COUNT_UNITS.upper()}
    LONGEST_ENTRY: ClassVar[int] = 16
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"nudge({by})", text, show=False, id=f"number.{name}", tooltip=tooltip)
        for key, by, text, name, tooltip in (
            ("left", -0.1, "−10%", "lower", "Lower the number by a tenth"),
            ("right", 0.1, "+10%", "raise", "Raise the number by a tenth"),
            ("shift+left", -0.5, "half", "halve", "Halve the number"),
            ("shift+right", 1.0, "double", "double", "Double the number"),
        )
    ] + entry_bindings({*COUNT_UNITS.lower(), *COUNT_UNITS.upper()})
    DEFAULT_CSS = """
    NumberField { width: 1fr; height: 1; pointer: pointer; }
    NumberField:hover { background: $foreground 5%; }
    """

    value: reactive[float] = reactive(0.0)
    """Setting it posts nothing."""
    mark: reactive[str] = reactive(" ")

    class Changed(Message):
        """The user set the number; whether it can be so is for others to say."""

        def __init__(self, field: NumberField, value: float, gesture: int) -> None:
            super().__init__()
            self.field, self.value, self.gesture = field, value, gesture

    class Invalid(EntryRow.Invalid):
        """The user tried to apply the entry `text`, which is no number; the entry stays open."""

    def __init__(self, number: Number) -> None:
        super().__init__()
        self.number = number

    def tip(self) -> Text:
        """Return the keys."""
        return Text(f"{self.number.label}: ←→ ±10%, ⇧ half or double, or type a number")

    def render_line(self, y: int) -> Strip:
        """Draw the row."""
        style = self.rich_style
        if y:
            return Strip.blank(self.size.width, style)
        focus = self.has_focus
        segments = [
            Segment("▸" if focus else " ", theme_style(self.app, "primary")),
            Segment(fit(self.number.label, _LABEL_CELLS), theme_style(self.app, "foreground", bold=focus)),
        ]
        if self._entry is None:
            color = theme_style(self.app, "primary" if focus else "foreground", bold=focus)
            sign = theme_style(self.app, "primary" if focus else "muted")
            value = Segment(f"{number_text(self.value):>{_VALUE_CELLS}}", color)
            segments += [Segment(" −", sign), value, Segment(" +", sign)]
        else:
            segments += [Segment("  "), *self.draw_entry(_VALUE_CELLS), Segment(" ")]
        mark = "!" if self._entry_invalid else self.mark
        segments.append(Segment(mark, theme_style(self.app, "browsing")))
        return Strip(segments).adjust_cell_length(self.size.width, style).apply_style(style)

    def parse(self, text: str) -> float:
        """Read a number."""
        return parse_number(text, COUNT_UNITS)

    def apply(self, value: float) -> None:
        """Ask for the number that was typed."""
        self._change(value)

    def action_nudge(self, by: float) -> None:
        """Ask for so many parts more."""
        self._change(nudged(self.value, by, self.number.whole))

    def _change(self, value: float) -> None:
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self, value, self.gesture))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin an entry on the value, nudge it on the signs beside it."""
        if event.button != 1 or event.x < _LOWER:
            return
        event.stop()
        if _VALUE <= event.x < _RAISE or self._entry is not None:
            self.open_entry()
        else:
            self.action_nudge(_CLICKED if event.x >= _RAISE else -_CLICKED)
