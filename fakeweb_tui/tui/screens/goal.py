"""The dialog for a goal: which figure is to be what, and the smallest change that makes it so."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Input, OptionList, Static
from textual.worker import get_current_worker

from fakeweb_tui.config import Config
from fakeweb_tui.scenario import differences
from fakeweb_tui.terminal_text import PLAIN
from fakeweb_tui.tui.changes import diff_lines
from fakeweb_tui.tui.focusing import focus_at_once
from fakeweb_tui.tui.goals import OutcomeLine, outcome_lines, outcome_name, parse_value, value_text
from fakeweb_tui.tui.probability import fit
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.tuning.outcomes import Goal, Outcome

_LABEL_CELLS = 50
_BESIDE_LABEL = 21  # cells that the value, the list and the box take


class Proposal:
    """A config that meets a goal, to be accepted, and the one that it was made from."""

    def __init__(self, goal: Goal, config: Config, made_from: Config) -> None:
        self.goal, self.config, self.made_from = goal, config, made_from

    @property
    def title(self) -> str:
        """What the change is for."""
        return f"goal: {outcome_name(self.goal.outcome)} {value_text(self.goal.outcome, self.goal.value)}"

    def accepted(self, bench: Workbench, moment: datetime | None) -> Workbench:
        """Take it over; ValueError where another config is in force meanwhile."""
        return bench.accept(self.config, self.title, made_from=self.made_from, moment=moment)


_BEGINS_A_NUMBER: frozenset[str | None] = frozenset("0123456789.,")
_ASKING = "enter seek  i show what moves it  esc cancel"
_FOUND = "enter accept  esc back to the question"


class GoalDialog(ModalScreen[Proposal | None]):
    """Asks for an outcome and its value, seeks the smallest change that gives it, and shows it to be accepted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="goal.back", tooltip="Back, or leave things as they are"),
        Binding("i", "influence", "influence", id="goal.influence", tooltip="Show what moves this figure"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-roomy")]  # noqa: RUF012 - as in Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012 - as in Textual
    DEFAULT_CSS = """
    GoalDialog {
        align: center middle;

        & > Vertical {
            width: 70; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; border: round $primary; background: $surface;
        }
        & .hint { height: auto; color: $foreground-muted; }
        & OptionList {
            height: auto; max-height: 9; border: none; padding: 0;
            background: $surface; scrollbar-size-vertical: 1;
        }
        & #value { background: $panel; }
        & DataTable { height: auto; max-height: 12; background: $surface; scrollbar-size-vertical: 1; }
        & .problem { height: auto; color: $text-error; }
        & Horizontal { height: auto; align-horizontal: right; }
        & Button { margin-left: 2; }
        & #found { display: none; height: auto; }
        &.-found #ask { display: none; }
        &.-found #found { display: block; }
        & #ask { height: auto; }

        &.-narrow Horizontal { layout: vertical; }
        &.-narrow Button { width: 1fr; margin: 0; }
        &.-low #ask .hint { display: none; }
        &.-low OptionList, &.-low DataTable { max-height: 3; }
    }
    """

    def __init__(self, bench: Workbench, chosen: Outcome, show_influence: Callable[[Outcome], None]) -> None:
        """Seek from what is on the bench, beginning with the outcome `chosen`."""
        super().__init__()
        self._bench = bench
        self._lines = outcome_lines(bench)
        self._chosen = chosen
        self._show_influence = show_influence
        self._proposal: Proposal | None = None

    def compose(self) -> ComposeResult:
        """What there is to choose from and a line for the value; then what was found."""
        with Vertical() as box:
            box.border_title = "Goal"
            box.border_subtitle = _ASKING
            with Vertical(id="ask"):
                yield Static("Choose a figure, and write what it is to be.", classes="hint", markup=False)
                yield OptionList(*self._options(), markup=False, compact=True)
                yield Static("It is to be:", classes="hint", markup=False)
                yield Input(placeholder="3%", id="value", restrict=PLAIN, compact=True)
                yield Static("", classes="problem", markup=False)
                with Horizontal():
                    yield Button("Seek", variant="primary", id="seek", compact=True)
                    yield Button("What moves it", id="influence", compact=True)
                    yield Button("Cancel", id="cancel", compact=True)
            with Vertical(id="found"):
                yield Static("", id="summary", classes="hint", markup=False)
                yield DataTable(cursor_type="row")
                with Horizontal():
                    yield Button("Accept", variant="primary", id="accept", compact=True)
                    yield Button("Refuse", id="refuse", compact=True)

    def on_mount(self) -> None:
        """Begin with the figure that was chosen last."""
        self.query_one(DataTable).add_columns("probability", "now", "then")
        outcomes = [line.outcome for line in self._lines]
        listed = self.query_one(OptionList)
        listed.highlighted = outcomes.index(self._chosen) if self._chosen in outcomes else 0
        listed.focus()

    def _options(self) -> list[Text]:
        label = min(_LABEL_CELLS, self.app.size.width - _BESIDE_LABEL)
        return [Text(f"{fit(line.label, label)} {line.text:>12}", no_wrap=True) for line in self._lines]

    @property
    def _line(self) -> OutcomeLine:
        return self._lines[self.query_one(OptionList).highlighted or 0]

    def on_option_list_option_highlighted(self) -> None:
        """Suggest the value as it is now."""
        self.query_one("#value", Input).value = self._line.text
        self._say("")

    def on_key(self, event: Key) -> None:
        """Whoever writes a number means the value, also while the list of figures has the focus."""
        value = self.query_one("#value", Input)
        begins = self.focused is self.query_one(OptionList) and event.character in _BEGINS_A_NUMBER
        if begins:
            # With the focus all of it is selected, and what is written takes its place.
            focus_at_once(value)
        # What was written so fast that the list still got it goes on where the number began.
        if begins or (self.focused is value and event.is_printable):
            event.stop()
            value.post_message(Key(event.key, event.character))

    def on_option_list_option_selected(self) -> None:
        """Go on to the value."""
        self.query_one("#value", Input).focus()

    def on_input_submitted(self) -> None:
        """Seek."""
        self._ask()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do as they say."""
        act = {
            "seek": self._ask,
            "influence": self.action_influence,
            "accept": lambda: self.dismiss(self._proposal),
            "refuse": self.action_back,
        }.get(event.button.id or "", lambda: self.dismiss(None))
        act()

    def action_back(self) -> None:
        """From what was found back to the question; from there leave."""
        if self.has_class("-found"):
            self.remove_class("-found")
            self.query_one(Vertical).border_subtitle = _ASKING
            self.query_one("#value", Input).focus()
        else:
            self.workers.cancel_group(self, "seek")
            self.dismiss(None)

    def action_influence(self) -> None:
        """Leave, and let the editor show what moves the chosen figure."""
        self._show_influence(self._line.outcome)
        self.dismiss(None)

    def _say(self, text: str) -> None:
        self.query_one(".problem", Static).update(Content(text))

    def _ask(self) -> None:
        try:
            goal = Goal(self._line.outcome, parse_value(self._line.outcome, self.query_one("#value", Input).value))
        except ValueError as error:
            self._say(str(error))
            return
        self._say("Seeking …")
        self._seek(goal)

    @work(thread=True, exclusive=True, group="seek")
    def _seek(self, goal: Goal) -> None:
        # SciPy takes a while to import.
        from fakeweb_tui.tuning.goal_seek import UnreachableError, seek

        worker = get_current_worker()
        bench = self._bench
        try:
            solution = seek(bench.config, bench.parameters, [goal], bench.locks)
        except UnreachableError as error:
            outcome, low, high = goal.outcome, error.low, error.high
            text = (
                f"That cannot be: {outcome_name(outcome)} can be from {value_text(outcome, low)} to "
                f"{value_text(outcome, high)}."
            )
            if not worker.is_cancelled:
                self.app.call_from_thread(self._say, text)
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(
                self._propose, Proposal(goal, solution.config, bench.config), solution.before[0]
            )

    def _propose(self, proposal: Proposal, before: float) -> None:
        """Show what would change."""
        self._proposal = proposal
        self._say("")
        table = self.query_one(DataTable)
        table.clear()
        lines = diff_lines(differences(0, self._bench.config, proposal.config))
        for line in lines:
            table.add_row(Text(line.what), Text(line.old, justify="right"), Text(line.new, justify="right"))
        outcome = proposal.goal.outcome
        change = f"{value_text(outcome, before)} → {value_text(outcome, proposal.goal.value)}"
        count = f"{len(lines)} probabilities change" if lines else "nothing has to change"
        self.query_one("#summary", Static).update(Content(f"{outcome_name(outcome)}: {change}; {count}."))
        self.add_class("-found")
        self.query_one(Vertical).border_subtitle = _FOUND
        self.query_one("#accept", Button).focus()
