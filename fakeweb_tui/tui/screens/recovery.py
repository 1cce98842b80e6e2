"""The question at the start whether edits that a crash has left are wanted back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from fakeweb_tui.recovery import Recoverable
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import counted
from fakeweb_tui.tuning import Workbench


class RecoveryDialog(ModalScreen[str]):
    """Asks what to do with edits that were never saved; answers "restore", "discard" or "later"."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", "later", id="recovery.later", tooltip="Ask again at the next start"),
    ]
    DEFAULT_CSS = """
    RecoveryDialog {
        align: center middle;

        & > Vertical {
            width: 66; max-width: 100%; height: auto; padding: 1 2; border: round $warning; background: $surface;
        }
        & Label { width: 1fr; height: auto; }
        & Horizontal { height: auto; margin-top: 1; align-horizontal: right; }
        & Button { margin-left: 2; }
    }
    """

    def __init__(self, left: Recoverable, bench: Workbench) -> None:
        """Ask about what a crash has left, which makes this of a workbench."""
        super().__init__()
        self._when = left.modified
        self._what = what_is_left(bench, left.aside.is_new)

    def compose(self) -> ComposeResult:
        """What there is, and the answers."""
        with Vertical() as box:
            box.border_title = "Unsaved edits"
            yield Label(Content(f"Not saved when the app ended at {self._when:%d %b %H:%M}: {self._what}."))
            with Horizontal():
                yield Button("Restore", variant="primary", id="restore", compact=True)
                yield Button("Discard", id="discard", compact=True)
                yield Button("Later", id="later", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.dismiss(event.button.id or "later")

    def action_later(self) -> None:
        """Leave it where it is."""
        self.dismiss("later")


def what_is_left(bench: Workbench, is_new: bool) -> str:
    """Return in words what was not saved of a workbench, of whose config `is_new` says that it was in no file."""
    name = plain(bench.loaded.document.name)
    numbers = ((len(bench.diff), "edit"), (len(bench.locks), "lock"))
    done = " and ".join(counted(number, what) for number, what in numbers if number)
    if is_new:
        return f"{name}, a new config" + (f" with {done}" if done else "")
    return f"{done} of {name}"
