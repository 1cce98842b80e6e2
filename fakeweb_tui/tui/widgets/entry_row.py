"""A row that takes a value by typing it.

The words used here: an *entry* is a value being typed; a *gesture* is a run of the user's own changes that
belong together (one drag, one run of key presses, one entry): whoever couples several values computes each
of these changes from the state in which the gesture began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from fakeweb_tui.tui.styles import theme_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text
    from textual import events
    from textual.binding import BindingType

ENTRY_OPENERS = frozenset("0123456789.,")
ENTRY_KEYS = frozenset({"delete", "left", "right", "home", "end", "plus", "minus", "slash"})
"""What does nothing while an entry is open, whatever it does else. Printable keys do nothing either; of the last
three Textual does not know the character."""
_KEY_NAMES = {".": "full_stop", ",": "comma", "%": "percent_sign"}
_ENTRY_ACTIONS = {"enter": "apply_entry", "escape": "drop_entry", "backspace": "shorten_entry"}


def entry_bindings(characters: Iterable[str]) -> list[BindingType]:
    """Return the bindings by which characters get into an entry.

    They are keys like others, so that they act on the row that has the focus once all keys before them have acted.
    """
    return [
        Binding(_KEY_NAMES.get(character, character), f"enter_character({character!r})", show=False)
        for character in sorted(characters)
    ]


class EntryRow(Widget, can_focus=True):
    """Opens an entry when a number is typed, or by enter, which then applies it; escape drops it.

    Who makes one of it says what `parse` and `apply` make of the text.
    """

    ALLOW_SELECT = False

    ENTRY_CHARACTERS: ClassVar[frozenset[str]] = ENTRY_OPENERS
    LONGEST_ENTRY: ClassVar[int] = 8  # characters
    BINDINGS: ClassVar[list[BindingType]] = [
        *entry_bindings(ENTRY_OPENERS),
        *(Binding(key, action, show=False) for key, action in _ENTRY_ACTIONS.items() if key != "enter"),
        Binding("enter", "apply_entry", show=False, id="entry.apply", tooltip="Type a value; then take it"),
    ]

    _entry: reactive[str | None] = reactive[str | None](None)
    _entry_invalid: reactive[bool] = reactive(False)

    class Invalid(Message):
        """The user tried to apply the entry `text`, which is no such value; the entry stays open."""

        def __init__(self, row: EntryRow, text: str) -> None:
            super().__init__()
            self.row = row
            self.text = text

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - as in Textual
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes, disabled=disabled)
        self._gesture = 0

    def tip(self) -> Text | None:
        """Return what to say to whoever points at the row."""
        return None

    def parse(self, text: str) -> float:
        """Return the value that `text` is, or raise ValueError."""
        raise ValueError(text)

    def apply(self, value: float) -> None:
        """Take a value that the user has typed."""

    @property
    def gesture(self) -> int:
        """Number of the current gesture; it only grows."""
        return self._gesture

    def end_gesture(self) -> None:
        """Let the user's next change count as a new gesture."""
        self._gesture += 1

    def open_entry(self) -> None:
        """Begin an entry, unless one is under way."""
        if self._entry is None:
            self._entry = ""

    def watch__entry(self, before: str | None, after: str | None) -> None:
        """Forget that an older text was bad, and let the footer drop the keys that an entry takes."""
        self._entry_invalid = False
        if (before is None) != (after is None):
            self.refresh_bindings()

    def draw_entry(self, cells: int) -> list[Segment]:
        """Draw the entry and its cursor, `cells` + 1 cells wide; of a longer one the end shows."""
        behind = "error-muted" if self._entry_invalid else "primary-muted"
        style = theme_style(self.app, "foreground", on=None if self.app.native_ansi_color else behind, bold=True)
        style += Style(underline=self._entry_invalid)
        shown = (self._entry or "")[-cells:]
        return [
            Segment(shown, style),
            Segment(" ", style + Style(reverse=True)),
            Segment(" " * (cells - len(shown)), style),
        ]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Claim, while an entry is open, all that could be meant for it."""
        if self._entry is None or key in _ENTRY_ACTIONS or character in self.ENTRY_CHARACTERS:
            return False
        return key.rpartition("+")[2] in ENTRY_KEYS or (character is not None and character.isprintable())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take what opens an entry and, while one is open, what can be in it and what ends it."""
        if self._entry is not None or action not in {"enter_character", "drop_entry", "shorten_entry"}:
            return True
        return action == "enter_character" and parameters[0] in ENTRY_OPENERS

    def action_enter_character(self, character: str) -> None:
        """Open the entry, or add to it."""
        entry = self._entry or ""
        if len(entry) < self.LONGEST_ENTRY:
            self._entry = entry + character

    def action_shorten_entry(self) -> None:
        """Take the last character away."""
        self._entry = (self._entry or "")[:-1]

    def action_drop_entry(self) -> None:
        """Leave things as they are."""
        self._entry = None

    def on_key(self, event: events.Key) -> None:
        """Keep from others what is meant for the entry."""
        if self.check_consume_key(event.key, event.character):
            event.stop()
            event.prevent_default()

    def action_apply_entry(self) -> None:
        """Take the value that was typed, or say that it is none; begin to type one where nothing was."""
        if self._entry is None:
            self.open_entry()
            return
        entry = self._entry
        try:
            value = self.parse(entry) if entry else None
        except ValueError:
            self._entry_invalid = True
            self.post_message(self.Invalid(self, entry))
            return
        self._entry = None
        if value is not None:
            self.end_gesture()
            self.apply(value)
            self.end_gesture()

    def on_mount(self) -> None:
        """Say what it is to whoever points at it."""
        self.tooltip = self.tip()

    def on_focus(self) -> None:
        """Begin a new gesture; without the tooltip, which would lie on what is changed."""
        self.end_gesture()
        self.tooltip = None

    def on_blur(self) -> None:
        """Drop what was under way."""
        self._entry = None
        self.end_gesture()
        self.tooltip = self.tip()
