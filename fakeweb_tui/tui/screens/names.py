"""The dialogs that ask for the name of what is added, renamed or removed."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.naming import Question
from fakeweb_tui.tui.screens.dialog import LineDialog


class NameDialog(LineDialog[str]):
    """Asks for a name, with some to choose from; what is wrong with one is shown while the question stays open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose", "choose", show=False, id="name.choose", tooltip="Choose a name from the list"),
    ]
    DEFAULT_CSS = """
    NameDialog OptionList { height: auto; max-height: 6; border: none; padding: 0; background: $surface; }
    """

    def __init__(self, question: Question, attempt: Callable[[str], None]) -> None:
        """Ask; `attempt` does with the answer what is meant by it, or raises ValueError."""
        super().__init__(question.title, question.hint, question.text, question.label)
        self._attempt = attempt
        self._known = question.known

    def compose_more(self) -> ComposeResult:
        """The names to choose from."""
        if self._known:
            yield OptionList(*(Text(plain(name)) for name in self._known), markup=False, compact=True)

    def action_choose(self) -> None:
        """Go from the line to the names below it."""
        for names in self.query(OptionList):
            names.highlighted = 0
            names.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a name that was chosen."""
        self.attempt(self._known[event.option_index])

    def accept(self, text: str) -> str:
        """Return the name; ValueError where it is not possible."""
        self._attempt(text.strip())
        return text.strip()


class ChoiceDialog(ModalScreen[int | None]):
    """Asks which of some things to do; answers with its place, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "cancel", id="choice.cancel", tooltip="Leave things as they are"),
    ]
    DEFAULT_CSS = """
    ChoiceDialog {
        align: center middle;

        & > Vertical {
            width: 64; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; border: round $primary; background: $surface;
        }
        & OptionList { height: auto; max-height: 12; border: none; padding: 0; background: $surface; }
        & Horizontal { height: auto; align-horizontal: right; }
    }
    """

    def __init__(self, title: str, choices: list[str]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        """What there is to choose from, and the way out."""
        with Vertical() as box:
            box.border_title = Content(plain(self._title))
            yield OptionList(*(Text(plain(choice)) for choice in self._choices), markup=False, compact=True)
            with Horizontal():
                yield Button("Cancel", id="cancel", compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option_index)

    def on_button_pressed(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
