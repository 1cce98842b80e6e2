"""The log's pane: the events, and above them a line to filter them by."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static

from fakeweb_tui.events.matching import EventFilter, completed
from fakeweb_tui.terminal_text import PLAIN, plain
from fakeweb_tui.tui.focusing import focus_at_once
from fakeweb_tui.tui.roles import Role
from fakeweb_tui.tui.widgets.event_log import EventLog


class FieldSuggester(Suggester):
    """Completes the last word of a filter to a field, or to a value that it can have."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._log = log

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed text, or None."""
        suggestion = (
            completed(value, self._log.pool, tuple(self._log.roles)) if hasattr(self._log, "pool") else None
        )
        return plain(suggestion) if suggestion else None


class FilterLine(Input):
    """The line in which a filter is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "all events", id="filter.drop", tooltip="Drop the filter"),
        Binding("enter,down", "keep", "to the events", id="filter.keep", tooltip="Go to the events that match"),
    ]

    def action_drop(self) -> None:
        """Let the pane drop the filter."""
        if isinstance(self.parent, LogPane):
            self.parent.action_drop_filter()

    def action_keep(self) -> None:
        """Go to the events."""
        if isinstance(self.parent, LogPane):
            focus_at_once(self.parent.log_widget)


class LogPane(Vertical, can_focus=False):
    """The event log and its filter."""

    DEFAULT_CSS = """
    LogPane {
        & > #filter {
            display: none; height: 1; border: none; padding: 0; background: $panel;
            &, &:focus, &.-invalid { background-tint: transparent; }
            &.-invalid { color: $text-error; }
        }
        & > #filter-problem { display: none; height: auto; color: $text-error; }
        & > EventLog { height: 1fr; }
        &.-filtering > #filter { display: block; }
        &.-wrong > #filter-problem { display: block; }
    }
    """
    BORDER_TITLE = "Event log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "drop_filter", "all events", show=False, id="log.drop_filter", tooltip="Drop the filter"
        ),
    ]

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.log_widget = EventLog(roles, id="events")
        self._suggester = FieldSuggester(self.log_widget)

    def compose(self) -> ComposeResult:
        """The filter above the events."""
        line = FilterLine(
            placeholder="page_url_path:/cart browser_name:Firefox",
            id="filter",
            restrict=PLAIN,
            suggester=self._suggester,
            compact=True,
        )
        line.tooltip = Text("field:text or text; -field:text leaves out; → completes; esc shows all")
        yield line
        yield Static("", id="filter-problem", markup=False)
        yield self.log_widget

    def on_mount(self) -> None:
        """Say in the border what the log shows."""
        self.watch(self.log_widget, "note", self._tell)

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._tell(self.log_widget.note)

    def _tell(self, note: str) -> None:
        told = Content(note)
        if self.log_widget.newer:
            told = Content.from_markup("[@click=newest]$note[/]", note=note)
        hint, action = (
            ("esc all events", "drop_filter") if self.has_class("-filtering") else ("/ filter", "screen.filter")
        )
        if len(f"{note} · {hint}") <= self.size.width - 4:
            told += Content(" · ") + Content.from_markup(f"[@click={action}]$hint[/]", hint=hint)
        self.border_subtitle = told

    def action_newest(self) -> None:
        """Follow the newest event."""
        self.log_widget.action_newest()

    def focus_log(self) -> None:
        """Focus the events."""
        focus_at_once(self.log_widget)

    def open_filter(self) -> None:
        """Show the line for a filter, and go there."""
        self.add_class("-filtering")
        self._tell(self.log_widget.note)
        focus_at_once(self.query_one(FilterLine))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to drop a filter where there is one."""
        del parameters
        return self.has_class("-filtering") if action == "drop_filter" else True

    def action_drop_filter(self) -> None:
        """Show all events again."""
        self.remove_class("-filtering")
        self.query_one(FilterLine).value = ""
        self._tell(self.log_widget.note)
        focus_at_once(self.log_widget)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as the user types; a filter with an error leaves things as they are and says what is wrong."""
        event.stop()
        line, problem = event.input, ""
        try:
            self.log_widget.wanted = EventFilter.parse(event.value)
        except ValueError as error:
            problem = str(error)
        self.set_class(bool(problem), "-wrong")
        line.set_class(bool(problem), "-invalid")
        self.query_one("#filter-problem", Static).update(problem)
