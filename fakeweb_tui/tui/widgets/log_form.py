"""The form that asks how a log is to be read: which column is what, and what a config is to be learned for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Select

from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from fakeweb_tui.fitting import Columns

_ROLES = {"time": "timestamp", "page": "page", "user": "user", "session": "session"}
_CATEGORIES = {
    "operating_systems": "systems",
    "browsers": "browsers",
    "sources": "sources",
    "mediums": "mediums",
    "campaigns": "campaigns",
    "ads": "ads",
}
"""What is asked for, by the name that it has in `Columns`."""


class Asked(NamedTuple):
    """How to learn from a log, as `fit_config` takes it."""

    columns: "Columns"
    silence: float
    batch_size: float
    zone: str | None
    most_pages: int
    goal: str | None


class LogForm(Horizontal):
    """A list of columns for each that is asked for, and a line for each number and name."""

    DEFAULT_CSS = """
    LogForm {
        height: auto;

        & > Vertical { height: auto; width: 1fr; }
        & > #right { margin-left: 2; }
        & Horizontal { height: 1; }
        & Label { width: 13; }
        & Select, & Input { width: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """What everybody is asked on the left."""
        with Vertical(id="left"):
            yield from self._lists(_ROLES)
            yield from self._line("silence", "silence, min", "30")
            yield from self._line("zone", "time zone", "", "such as Europe/Berlin")
            yield from self._line("goal", "goal", "", "the deepest page")
        with Vertical(id="right"):
            yield from self._lists(_CATEGORIES)
            yield from self._line("kept", "pages kept", "50")
            yield from self._line("step", "step, s", "10")

    def _lists(self, words: dict[str, str]) -> ComposeResult:
        for name, word in words.items():
            with Horizontal():
                yield Label(word, markup=False)
                yield Select[str]([], prompt="none", id=name, compact=True)

    def _line(self, name: str, word: str, value: str, placeholder: str = "") -> ComposeResult:
        with Horizontal():
            yield Label(word, markup=False)
            yield Input(value, placeholder, id=name, compact=True)

    def offer(self, names: Sequence[str], usual: "Columns") -> None:
        """Let these columns be chosen; those that are usual are, to begin with."""
        known = {role: getattr(usual, role) for role in _ROLES} | dict(usual.categories)
        for select in self.query(Select):
            select.set_options([(Content(plain(name)), name) for name in names])
            column = known.get(str(select.id))
            if column is not None:
                select.value = column

    @property
    def asked(self) -> Asked:
        """What was chosen and written; ValueError where something is missing, or is no number."""
        from fakeweb_tui.fitting import Columns

        time, page, user, session = (self._column(role) for role in _ROLES)
        for word, column in (("timestamp", time), ("page", page)):
            if column is None:
                raise ValueError(f"Choose the column of the {word}.")
        if user is None and session is None:
            raise ValueError("Choose the column of the user, of the session, or both.")
        found = {section: self._column(section) for section in _CATEGORIES}
        categories = {section: column for section, column in found.items() if column is not None}
        return Asked(
            Columns(time, page, user, session, categories, only_these=True),
            self._number("silence") * 60,
            self._number("step"),
            self._text("zone") or None,
            round(self._number("kept")),
            self._text("goal") or None,
        )

    def _column(self, name: str) -> str | None:
        select = self.query_one(f"#{name}", Select)
        return None if select.is_blank() else str(select.value)

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _number(self, name: str) -> float:
        text = self._text(name)
        try:
            return float(text)
        except ValueError:
            word = {"silence": "minutes of silence", "step": "seconds of a step", "kept": "pages kept"}[name]
            raise ValueError(f"The {word} are a number, not {text!r}.") from None
