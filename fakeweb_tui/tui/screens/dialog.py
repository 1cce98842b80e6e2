"""A question with one line to answer it in."""

from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from fakeweb_tui.terminal_text import PLAIN, plain

Answer = TypeVar("Answer")


class LineDialog(ModalScreen[Answer | None], Generic[Answer]):
    """Asks for a line of text; Enter or the button accepts it, Escape leaves without an answer.

    Who makes one of it says what `accept` makes of the text: an answer, or a `ValueError` whose text says what
    would be right, and the question stays open.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="dialog.cancel", tooltip="Leave things as they are"),
    ]
    DEFAULT_CSS = """
    LineDialog {
        align: center middle;

        & > Vertical {
            width: 64; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; border: round $primary; background: $surface;
        }
        & Label { width: 1fr; color: $foreground-muted; }
        & Input { background: $panel; }
        & .problem { color: $text-error; height: auto; }
        & Horizontal { height: auto; align-horizontal: right; }
        & Button { margin-left: 2; }
    }
    """

    def __init__(self, title: str, hint: str, text: str, accept_label: str) -> None:
        super().__init__()
        self._title, self._hint, self._text, self._accept_label = title, hint, text, accept_label

    def compose(self) -> ComposeResult:
        """The line between what is asked and the two ways out."""
        with Vertical() as box:
            box.border_title = Content(plain(self._title))
            yield Label(self._hint, markup=False)
            # What is pasted may hold anything, and so may a name that is to be changed.
            yield Input(plain(self._text), id="line", restrict=PLAIN, compact=True)
            yield from self.compose_more()
            yield Static("", classes="problem", markup=False)
            with Horizontal():
                yield Button(self._accept_label, variant="primary", id="accept", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def compose_more(self) -> ComposeResult:
        """What else helps to answer, below the line."""
        yield from ()

    def accept(self, text: str) -> Answer:
        """Return the answer that `text` is, or raise ValueError."""
        raise ValueError(text)

    def on_input_submitted(self) -> None:
        """Enter accepts."""
        self.attempt(self.query_one(Input).value)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do as they say."""
        if event.button.id == "accept":
            self.attempt(self.query_one(Input).value)
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def attempt(self, text: str) -> None:
        """Close with the answer that `text` is, or say what is wrong with it."""
        try:
            answer = self.accept(text)
        except ValueError as error:
            self.query_one(".problem", Static).update(str(error))
        else:
            self.dismiss(answer)
