"""The page of figures: everything that is predicted, beside what is observed."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.coordinate import Coordinate
from textual.screen import ModalScreen
from textual.widgets import DataTable, Static

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.format import clock_text
from fakeweb_tui.tui.hints import hints
from fakeweb_tui.tui.judged import JudgedLine, judged_lines
from fakeweb_tui.tui.styles import theme_style

_LOOK_SECONDS = 0.5
_TITLES = ("figure", "since start", "since edit", "predicted", "noise", "fit")


class FiguresScreen(ModalScreen[None]):
    """Shows each figure since the start and since the last edit, what is predicted, and whether it fits; live."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c,q", "dismiss", "close", id="figures.close", tooltip="Back to the simulation"),
    ]
    DEFAULT_CSS = """
    FiguresScreen {
        align: center middle;

        & > Vertical {
            width: 88; max-width: 100%; height: auto; max-height: 94%;
            padding: 0 1; border: round $primary; background: $surface;
        }
        & DataTable { height: auto; max-height: 1fr; background: $surface; scrollbar-size-vertical: 1; }
        & Static { height: 1; color: $foreground-muted; }
    }
    """

    def __init__(self, latest: Callable[[], tuple[Snapshot, Forecast] | None]) -> None:
        """Show what `latest` gives: figures and the forecast of their config, or None for the moment."""
        super().__init__()
        self._latest = latest
        self._lines: list[JudgedLine] = []

    def compose(self) -> ComposeResult:
        """Since when is counted, and the figures."""
        with Vertical() as box:
            box.border_title = "Figures"
            signs = "≈ fits  ▲ above  ▼ below the prediction  · too little to tell  "
            box.border_subtitle = hints(signs, "esc close", "screen.dismiss")
            yield Static("", markup=False)
            yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Look now, and at a slow rate of its own."""
        table = self.query_one(DataTable)
        for title in _TITLES:
            table.add_column(title)
        self.set_interval(_LOOK_SECONDS, self.look)
        self.look()

    def look(self) -> None:
        """Show the latest figures."""
        latest = self._latest()
        if latest is None:
            return
        snapshot, forecast = latest
        lines = judged_lines(snapshot, forecast)
        began, since = (clock_text(moment, short=True) for moment in (snapshot.began, snapshot.observed.since))
        self.query_one(Static).update(Content(f"started at {began}, edited last at {since}"))
        table = self.query_one(DataTable)
        if [line.name for line in lines] != [line.name for line in self._lines]:
            table.clear()
            for line in lines:
                table.add_row(*self._cells(line))
        else:
            # By place and not by name: names of pages that differ may look the same.
            for row, (old, new) in enumerate(zip(self._lines, lines, strict=True)):
                if old != new:
                    for column, cell in enumerate(self._cells(new)):
                        table.update_cell_at(Coordinate(row, column), cell, update_width=True)
        self._lines = lines

    def _cells(self, line: JudgedLine) -> list[Text]:
        name, *figures, mark = line
        color = {"≈": "landing", "·": "muted"}.get(mark, "browsing")
        return [
            Text(name),
            *(Text(figure, justify="right") for figure in figures),
            Text(mark, theme_style(self.app, color, bold=True)),
        ]
