"""The journal: every edit, and what differs from the loaded file; each row can be put back."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Static

from fakeweb_tui.scenario import Scenario
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.changes import Line, diff_lines, journal_lines
from fakeweb_tui.tui.format import counted
from fakeweb_tui.tuning import Workbench

Change = Callable[[Workbench], Workbench]

_EMPTY = "Nothing is edited yet: move a slider."
_SAME = "Nothing differs from the loaded config."


class JournalScreen(ModalScreen[None]):
    """Lists the edits and the differences. What it changes goes the way that all edits go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,j,q", "dismiss", "close", id="journal.close", tooltip="Back to the simulation"),
        Binding("u", "undo", "undo", id="journal.undo", tooltip="Take the last edit back"),
        Binding("U,ctrl+r", "redo", "redo", id="journal.redo", tooltip="Do again what was undone"),
        Binding("x", "revert_row", "revert row", id="journal.row", tooltip="Make this row what was loaded"),
        Binding("X", "revert_all", "revert all", id="journal.all", tooltip="Make everything what was loaded"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-roomy")]  # noqa: RUF012 - as in Textual
    DEFAULT_CSS = """
    JournalScreen {
        align: center middle;

        & > Vertical {
            width: 90; max-width: 100%; height: 90%; padding: 0 1; border: round $primary; background: $surface;
        }
        & DataTable { height: 1fr; background: $surface; scrollbar-size-vertical: 1; }
        & .title { color: $foreground-muted; height: 1; }
        & Horizontal { height: auto; align-horizontal: right; }
        & Button { margin-left: 1; min-width: 8; }

        &.-narrow > Vertical { height: 100%; }
        &.-narrow Horizontal { layout: grid; grid-size: 2; grid-rows: 1; }
        &.-narrow Button { width: 1fr; margin: 0; }
    }
    """

    def __init__(
        self,
        bench: Callable[[], Workbench],
        edit: Callable[[Change], bool],
        moment: Callable[[], datetime | None],
        scenario: Scenario | None,
    ) -> None:
        """Show what is on the `bench`; `edit` makes a change hold, `moment` is the simulated time."""
        super().__init__()
        self._bench, self._edit, self._moment, self._scenario = bench, edit, moment, scenario
        self._diff: list[Line] = []

    def compose(self) -> ComposeResult:
        """The edits, the differences, and what can be done about them."""
        with Vertical() as box:
            box.border_title = "Journal"
            box.border_subtitle = "u undo  U redo  x revert row  X revert all  esc close"
            yield Static("", id="edits-title", classes="title", markup=False)
            yield DataTable(id="edits", cursor_type="row", zebra_stripes=False)
            yield Static("", id="diff-title", classes="title", markup=False)
            yield DataTable(id="diff", cursor_type="row", zebra_stripes=False)
            with Horizontal():
                yield Button("Undo", id="undo", compact=True)
                yield Button("Redo", id="redo", compact=True)
                yield Button("Revert row", id="revert_row", compact=True)
                yield Button("Revert all", id="revert_all", compact=True)
                yield Button("Close", id="dismiss", compact=True)

    def on_mount(self) -> None:
        """Fill the tables."""
        for table, titles in (("#edits", ("time", "edit", "old", "new")), ("#diff", ("what", "loaded", "now"))):
            self.query_one(table, DataTable).add_columns(*titles)
        self._show()
        self.query_one("#diff", DataTable).focus()

    def _show(self) -> None:
        bench = self._bench()
        edits = journal_lines(bench, self._scenario)
        self._diff = diff_lines(bench.diff)
        self._fill("#edits", [(line.when, line.what, line.old, line.new) for line in edits])
        self._fill("#diff", [(line.what, line.old, line.new) for line in self._diff])
        undone = f" · {len(bench.undone)} undone" if bench.undone else ""
        title = f"{counted(len(edits), 'edit')}, newest first{undone}"
        self._entitle("#edits-title", title if edits or undone else _EMPTY)
        name = plain(bench.loaded.document.name)
        title = f"{counted(len(self._diff), 'difference')} from {name}"
        self._entitle("#diff-title", title if self._diff else _SAME)

    def _entitle(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(Content(text))

    def _fill(self, where: str, rows: list[tuple[str, ...]]) -> None:
        table = self.query_one(where, DataTable)
        at = table.cursor_row
        table.clear()
        for row in rows:
            *texts, old, new = row
            table.add_row(*map(Text, texts), Text(old, justify="right"), Text(new, justify="right"))
        table.move_cursor(row=min(at, max(0, len(rows) - 1)))

    def _do(self, change: Change) -> None:
        self._edit(change)
        self._show()

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._do(Workbench.undo)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        self._do(Workbench.redo)

    def action_revert_row(self) -> None:
        """Make the row of the chosen difference what was loaded."""
        at = self.query_one("#diff", DataTable).cursor_row
        if 0 <= at < len(self._diff):
            line = self._diff[at]
            self._do(lambda bench: _reverted(bench, line, self._moment()))

    def action_revert_all(self) -> None:
        """Make everything what was loaded."""
        self._do(lambda bench: bench.revert_all(moment=self._moment()))

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what the keys do."""
        await self.run_action(event.button.id or "dismiss")


def _reverted(bench: Workbench, line: Line, moment: datetime | None) -> Workbench:
    """Put one difference back."""
    if line.page:
        return bench.revert_page(line.page, moment=moment)
    if line.path[0] == "simulation":
        return bench.set_parameters(moment=moment, **{line.path[1]: getattr(bench.given, line.path[1])})
    return bench.revert_row(line.path, moment=moment)
