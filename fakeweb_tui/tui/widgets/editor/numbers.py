"""The simulation's numbers: sessions per day, users, seconds per step."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from fakeweb_tui.tui.focusing import focus_at_once
from fakeweb_tui.tui.messages import NumberChanged
from fakeweb_tui.tui.numbers import NUMBERS
from fakeweb_tui.tui.widgets.number_field import NumberField
from fakeweb_tui.tuning import Workbench


class NumbersEditor(VerticalScroll, can_focus=False):
    """A field per number. Posts `NumberChanged` when one is set."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "previous", show=False, id="numbers.previous", tooltip="Previous number"),
        Binding("down", "go(1)", "next", show=False, id="numbers.next", tooltip="Next number"),
    ]
    DEFAULT_CSS = """
    NumbersEditor { height: 1fr; scrollbar-size-vertical: 1; }
    NumbersEditor > Static { height: auto; padding: 0 1; margin-bottom: 1; color: $foreground-muted; }
    """

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self.fields = [NumberField(number) for number in NUMBERS]
        """From top to bottom."""
        self._current = self.fields[0]

    def compose(self) -> ComposeResult:
        """Each field, and what it means."""
        for field in self.fields:
            yield field
            yield Static(field.number.about, markup=False)
        yield Static("− + or ←→ ±10%  ⇧ ½, ×2  0-9 type", markup=False)

    def on_mount(self) -> None:
        """Show the numbers."""
        self.show(self._bench)

    def show(self, bench: Workbench) -> None:
        """Show the numbers in force, and mark what differs from the given ones."""
        self._bench = bench
        for field in self.fields:
            field.value = value = getattr(bench.parameters, field.number.name)
            field.mark = " " if value == getattr(bench.given, field.number.name) else "◆"

    def focus_control(self) -> None:
        """Focus the field that was focused last, or the first."""
        focus_at_once(self._current, scroll_visible=True)

    def action_go(self, by: int) -> None:
        """Focus the field so many above or below."""
        at = min(max(self.fields.index(self._current) + by, 0), len(self.fields) - 1)
        # Not only once the focus is told: the next key may be here already.
        self._current = self.fields[at]
        self.focus_control()

    def on_descendant_focus(self) -> None:
        """Remember where the user is."""
        if isinstance(self.screen.focused, NumberField):
            self._current = self.screen.focused

    def on_number_field_changed(self, message: NumberField.Changed) -> None:
        """Ask for the number."""
        message.stop()
        field = message.field
        value = int(message.value) if field.number.whole and message.value == int(message.value) else message.value
        self.post_message(NumberChanged(field.number.name, value, (field, message.gesture)))

    def on_number_field_invalid(self, message: NumberField.Invalid) -> None:
        """Say what would be right."""
        message.stop()
        self.notify(
            f"{message.text}: write a number such as 10000, 12.5, 250k or 1.5M", severity="error", markup=False
        )
