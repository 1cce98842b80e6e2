"""The page of keys and words."""

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from fakeweb_tui.tui.hints import hints
from fakeweb_tui.tui.styles import theme_style

KeyRow = tuple[str, str]
"""Keys, and what they do."""

_BESIDE_WIDTH = 130  # from here on, keys and words stand side by side

MOUSE = (
    ("drag a bar", "set the probability; the others of its page give way"),
    ("0 to 9 or .", "type a probability for the slider in focus: 0.17, .17 or 17%, then enter"),
    ("click a name", "in the editor's upper border: edit that section of the config"),
    ("draw the day", "in the section Hours: drag across the bars"),
    ("click the cell before a value", "lock it, or unlock it"),
    ("click a hint", "in a lower border: add, rename, remove, lock, filter, …"),
    ("click the first line", "its state: pause or go on; its time: go to another; its speed: faster"),
    ("drag a border", "make a pane larger and its neighbour smaller"),
    ("click an event", "choose it; again, show it whole with the path of its session"),
    ("point at a bar", "read the hour out"),
    ("click a box or a line", "in the site map: choose it; again, go to its sliders"),
    ("click a title", "sort the pages by that column; again, the other way round"),
    ("double-click a page", "in the table: go to its sliders"),
    ("click the histogram's title", "events or sessions; hours of the day, the last 24, a calendar"),
    ("wheel", "scroll the pane under the pointer"),
)

WORDS = (
    ("transition", "the probability that a session on one page is on another after the next step"),
    ("step", "one tick of the simulation, 10 simulated seconds long unless --batch-size says otherwise"),
    ("session", "one visit: it starts on a landing page and moves once per step, until session_end"),
    ("event", "a pageview: a session lands, or comes to another page; staying makes none"),
    ("share", "a page's part of the events, since the config was last changed"),
    ("reach", "the part of the sessions that are ever on a page"),
    ("conversion", "the part of the sessions that reach the last page"),
    ("predicted", "what follows from the config, computed, not simulated"),
    ("noise", "how far chance alone takes a figure from its prediction, in all but 1 of 370 looks"),
    ("filter", "field:text or text, as in page_url_path:/cart browser_name:Firefox; -field:text leaves out"),
    ("kept", "the newest 20,000 events that the log was shown; these are filtered"),
    ("» · ★", "before a page: sessions land there, only come by browsing, are meant to get there"),
    ("━ ─ ╌", "on the site map: much, some, little flows there, of what flows most"),
    ("→ ↻", "on the site map: what part of the moves from the chosen page goes there, or stays"),
    ("≈ ▲ ▼ ·", "the share fits the prediction, is above or below it, or too few events to tell"),
    ("◆", "differs from the loaded file"),
    ("influence", "the change of a figure for +0.01 of the probability, the others of its row giving way"),
    ("⊘", "locked: it stays while the others of its row give way"),
)


class HelpScreen(ModalScreen[None]):
    """What every key does, and what the words on the screen mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "close", id="help.close", tooltip="Back to the simulation"),
    ]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;

        & > VerticalScroll {
            width: 90; max-width: 96%; height: auto; max-height: 94%;
            padding: 0 2; border: round $primary; background: $surface; scrollbar-size-vertical: 1;
        }
        & Vertical { width: 1fr; height: auto; padding: 0 1; }
        & .heading { text-style: bold underline; }
        & .table { margin-bottom: 1; }
        &.-beside > VerticalScroll { width: 190; layout: horizontal; & .table:last-of-type { margin: 0; } }
    }
    """

    def __init__(self, here: list[KeyRow], everywhere: list[KeyRow]) -> None:
        super().__init__()
        self.here, self.everywhere = here, everywhere

    def compose(self) -> ComposeResult:
        """Keys, those of the pane in focus first; then the mouse, and words."""
        with VerticalScroll() as box:
            box.border_title = "Keys and words"
            box.border_subtitle = hints("", "esc close", "screen.dismiss")
            with Vertical():
                yield from self._titled("In this pane", self.here, "primary")
                yield from self._titled("Everywhere", self.everywhere, "primary")
            with Vertical():
                yield from self._titled("With the mouse", MOUSE, "primary")
                yield from self._titled("Words and signs", WORDS, "foreground")

    def on_resize(self) -> None:
        """Show keys and words side by side where there is room."""
        self.set_class(self.size.width >= _BESIDE_WIDTH, "-beside")

    def _titled(self, title: str, rows: Sequence[KeyRow], color: str) -> ComposeResult:
        if rows:
            yield Static(title, classes="heading")
            yield Static(self._table(rows, color), classes="table")

    def _table(self, rows: Sequence[KeyRow], color: str) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, justify="right")
        table.add_column()
        for left, right in rows:
            table.add_row(
                Text(left, theme_style(self.app, color, bold=True)),
                Text(right, theme_style(self.app, "muted")),
            )
        return table
