"""The question before unsaved edits are lost."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label


class QuitDialog(ModalScreen[str]):
    """Asks what to do with unsaved edits; answers "save", "quit" (without saving) or "stay"."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", "stay", id="quit.stay", tooltip="Go on with the simulation"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (62, "-roomy")]  # noqa: RUF012 - as in Textual
    DEFAULT_CSS = """
    QuitDialog {
        align: center middle;

        & > Vertical {
            width: 62; max-width: 100%; height: auto; padding: 1 2; border: round $warning; background: $surface;
        }
        & Horizontal { height: auto; margin-top: 1; align-horizontal: right; }
        & Button { margin-left: 2; }

        &.-narrow Horizontal { layout: vertical; }
        &.-narrow Button { width: 1fr; margin: 0; }
        &.-narrow Label { width: 1fr; }
    }
    """

    def __init__(self, without: str) -> None:
        """Ask; `without` says what happens where they are not saved."""
        super().__init__()
        self._without = without

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical() as box:
            box.border_title = "Unsaved edits"
            yield Label("What was tuned is not saved. (^q quits all the same.)")
            with Horizontal():
                yield Button("Save …", variant="primary", id="save", compact=True)
                yield Button(self._without, id="quit", compact=True)
                yield Button("Stay", id="stay", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.dismiss(event.button.id or "stay")

    def action_stay(self) -> None:
        """Stay."""
        self.dismiss("stay")
