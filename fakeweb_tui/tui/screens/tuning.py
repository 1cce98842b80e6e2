"""What a screen needs on which a config is tuned: the workbench, and the keys that edit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from textual import work
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen

from fakeweb_tui.config import Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.recovery import CrashJournal, Recoverable
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot, Version
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.goals import Influence, influence_of, outcome_now
from fakeweb_tui.tui.messages import LockChanged, NumberChanged, ProbabilityChanged, RowChanged
from fakeweb_tui.tui.naming import Question, adding, removing, renaming
from fakeweb_tui.tui.screens.asking import ask
from fakeweb_tui.tui.screens.goal import GoalDialog
from fakeweb_tui.tui.screens.journal import JournalScreen
from fakeweb_tui.tui.screens.names import ChoiceDialog, NameDialog
from fakeweb_tui.tui.screens.save import SaveDialog
from fakeweb_tui.tui.screens.variants import VariantsScreen
from fakeweb_tui.tui.sections import SECTIONS
from fakeweb_tui.tui.telling import tell
from fakeweb_tui.tui.variants import as_edited, as_loaded, as_saved
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.tuning.outcomes import Outcome

# Commands are obeyed within a frame; on a machine that does not get that far, the screen goes on.
_PATIENCE_SECONDS = 0.1

TUNING_KEYS: list[BindingType] = [
    Binding("u", "undo", "undo", id="undo", tooltip="Take the last edit back"),
    Binding(
        "U,ctrl+r", "redo", "redo", id="redo", key_display="U", show=False, tooltip="Do again what was undone"
    ),
    Binding("o", "goal", "goal", id="goal", tooltip="Say what a figure is to be: the smallest change is found"),
    Binding("i", "influence", "influence", id="influence", show=False, tooltip="How much each slider moves"),
    Binding("j", "journal", "journal", id="journal", tooltip="Every edit, and what differs from the file"),
    Binding("e", "export", "export", id="export", tooltip="Export config, scenario, events, picture or figures"),
    Binding(
        "left_square_bracket",
        "section(-1)",
        "section before",
        key_display="[",
        id="previous_section",
        show=False,
        tooltip="Edit the section before: landing pages, hours, browsers, …",
    ),
    Binding(
        "right_square_bracket",
        "section(1)",
        "next section",
        key_display="]",
        id="next_section",
        show=False,
        tooltip="Edit the next section",
    ),
    Binding(
        "v",
        "variants",
        "A/B",
        id="variants",
        show=False,
        tooltip="Compare the config as edited with the one last loaded or saved",
    ),
    Binding(
        "ctrl+o",
        "app.open",
        "open",
        key_display="^o",
        id="open",
        show=False,
        tooltip="Open a site, a config, or a scenario to be played",
    ),
    Binding("ctrl+s", "save", "save", key_display="^s", id="save", tooltip="Save the tuned config as YAML"),
]
"""The keys that edit, for the `BINDINGS` of the screen."""


FIRST_OUTCOME = Outcome("conversion")
"""What goals and influences begin with."""


class TuningScreen(Screen[None]):
    """Steers the config of a live simulation. What is in force stands on the `bench`; everything that the user
    changes makes another bench, which `show_bench` shows."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)

    def __init__(self, config: Config, parameters: Parameters, live: LiveSimulation) -> None:
        super().__init__()
        self.journal: CrashJournal | None = None
        """What keeps edits where a crash does not reach them, if anything does; `live` tells it of them."""
        self._journal_problem = ""
        self._restored: Recoverable | None = None
        self.bench = Workbench.of(config, parameters)
        """What is tuned, and what is in force."""
        self._saved = self.bench.to_save
        self._safe = as_loaded(self.bench)
        """What was loaded, or saved last: what an edit is compared with."""
        self.is_new = False
        """Whether the config is in no file yet."""
        self.outcome = FIRST_OUTCOME
        """The outcome that was chosen last."""
        self._live = live
        self._plays_until: datetime | None = None
        self._version = Version()
        """Of the config in force: the simulation's snapshots say which they are of."""

    def show_bench(self) -> None:
        """Show what is in force, and what follows from it."""

    @property
    def config(self) -> Config:
        """The config in force: the loaded one, as tuned."""
        return self.bench.config

    @property
    def unsaved(self) -> bool:
        """Whether edits, or a new config, would be lost."""
        return self.is_new or self.bench.to_save != self._saved

    @property
    def edited_rows(self) -> int:
        """How much differs from what was saved, in rows; the parameters count as one."""
        saved, config = self._saved, self.bench.to_save
        rows = {path: saved.row(path) for path in saved.paths}
        changed = sum(config.row(path) != rows.get(path) for path in config.paths)
        return changed + len(rows.keys() - set(config.paths)) + (saved.simulation != config.simulation)

    @property
    def up_to_date(self) -> bool:
        """Whether the latest figures are of the config in force."""
        return self.snapshot is not None and self.snapshot.version == self._version

    def follow(self, snapshot: Snapshot) -> None:
        """Take over what the simulation changed by itself, playing a scenario."""
        problem = self.journal.problem if self.journal else ""
        if problem != self._journal_problem:
            self._journal_problem = problem
            if problem:
                self.notify(problem, title="Not kept", severity="warning", markup=False, timeout=10)
        if snapshot.version > self._version:
            self._version = snapshot.version
            self.bench = replace(self.bench, config=snapshot.config, parameters=snapshot.parameters)
            # What a scenario changes stands in its file.
            self._saved = self.bench.to_save
            self.show_bench()
        if self._restored and self.up_to_date and not problem:
            # The journal of this app has them by now.
            self._restored.discard()
            self._restored = None
        before, self._plays_until = self._plays_until, snapshot.plays_until
        if before and not self._plays_until:
            self._tell_end(snapshot, over=snapshot.clock >= before)

    def _tell_end(self, snapshot: Snapshot, over: bool) -> None:
        """Say that a scenario is not played any more, and why."""
        if not over:
            said = "Yours from here: what was to come of the scenario is left out"
        elif snapshot.running:
            said = "That was the scenario's last edit; time goes on"
        else:
            said = "The scenario is over: space goes on from here, r plays it again"
        self.notify(said, timeout=8)

    # Edits.

    def edit(self, change: Callable[[Workbench], Workbench]) -> bool:
        """Let a change of the bench hold: for the prediction at once, for the simulation from its next chunk on.

        Returns:
            Whether it could be made; where not, the user was told why.
        """
        before = self.bench
        try:
            self.bench = change(before)
        except ValueError as error:
            self._held_back(str(error))
            # A control shows already what it asked for.
            self.query_one(EditorPane).bench = before
            return False
        if self.bench.reason:
            self._held_back(self.bench.reason)
        if (self.bench.config, self.bench.parameters) == (before.config, before.parameters):
            self.query_one(EditorPane).bench = self.bench
        else:
            self._version = self._version.edited
            self._live.edit(self.bench.config, self.bench.parameters, self.bench.renamed)
            # An edit that is seen is one that the journal has: nothing that is seen is lost.
            self._live.obeyed(_PATIENCE_SECONDS)
            self.show_bench()
        return True

    def _held_back(self, reason: str) -> None:
        self.notify(reason, title="Held back", severity="warning", markup=False)

    @property
    def _moment(self) -> datetime | None:
        return self.snapshot.clock if self.snapshot else None

    def on_probability_changed(self, message: ProbabilityChanged) -> None:
        """Obey a control of the editor."""
        self.edit(
            lambda bench: bench.set_probability(
                message.path, message.name, message.value, gesture=message.gesture, moment=self._moment
            )
        )

    def on_row_changed(self, message: RowChanged) -> None:
        """Obey a control of the editor."""
        self.edit(
            lambda bench: bench.set_row(message.path, message.row, gesture=message.gesture, moment=self._moment)
        )

    def on_number_changed(self, message: NumberChanged) -> None:
        """Obey a control of the editor."""
        self.edit(
            lambda bench: bench.set_parameters(
                gesture=message.gesture, moment=self._moment, **{message.name: message.value}
            )
        )

    def on_lock_changed(self, message: LockChanged) -> None:
        """Lock a probability, or unlock it."""
        self.edit(lambda bench: bench.toggle_lock(message.path, message.name))

    def action_undo(self) -> None:
        """Take the last edit back."""
        if self.bench.done:
            title = self.bench.done[-1].title
            self.edit(Workbench.undo)
            self.notify(f"Undone: {plain(title)}", timeout=2, markup=False)
        else:
            self.notify("Nothing to undo", timeout=2)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        if self.bench.undone:
            title = self.bench.undone[-1].title
            self.edit(Workbench.redo)
            self.notify(f"Done again: {plain(title)}", timeout=2, markup=False)
        else:
            self.notify("Nothing to do again", timeout=2)

    # Names.

    @work
    async def action_add_name(self) -> None:
        """Ask for a name to add to the row in focus."""
        selected = self.query_one(EditorPane).selected
        if selected is None:
            self._no_names()
        else:
            await self._ask(adding(self.bench, selected[0], self._moment))

    @work
    async def action_rename(self) -> None:
        """Ask for another name for what is in focus."""
        selected = self.query_one(EditorPane).selected
        if selected is None:
            self._no_names()
        else:
            await self._ask(renaming(self.bench, *selected, self._moment))

    @work
    async def action_remove(self) -> None:
        """Remove what is in focus; where that can mean several things, ask which."""
        selected = self.query_one(EditorPane).selected
        if selected is None:
            self._no_names()
            return
        choices = removing(*selected, self._moment)
        place: int | None = 0
        if len(choices) > 1:
            dialog = ChoiceDialog("Remove", [choice.text for choice in choices])
            place = await ask(self, dialog)
        if place is not None:
            self.edit(choices[place].change)

    async def _ask(self, question: Question) -> None:
        def attempt(name: str) -> None:
            question.change(name)(self.bench)

        name = await ask(self, NameDialog(question, attempt))
        if name is not None:
            self.edit(question.change(name))

    def _no_names(self) -> None:
        self.notify("This section has no names to add, rename or remove.", timeout=3)

    # Goals, and what moves them.

    @work
    async def action_goal(self) -> None:
        """Ask for a goal, and take over the smallest change that meets it."""
        proposal = await ask(self, GoalDialog(self.bench, self.outcome, self.show_influence))
        if proposal is not None:
            self.outcome = proposal.goal.outcome
            self.edit(lambda bench: proposal.accepted(bench, self._moment))

    def action_influence(self) -> None:
        """Show how much each probability moves the outcome that was chosen last, or no longer."""
        if self.query_one(EditorPane).influence is None:
            self.show_influence(self.outcome)
        else:
            self.query_one(EditorPane).influence = None

    def show_influence(self, outcome: Outcome) -> None:
        """Show how much each probability moves an outcome."""
        self.outcome = outcome_now(outcome, self.bench) or FIRST_OUTCOME
        self._compute_influence(self.outcome, self.bench)

    def renew_influence(self) -> None:
        """Show it for what is in force, where it is shown; an outcome of a page that is gone is gone with it."""
        self.outcome = outcome_now(self.outcome, self.bench) or FIRST_OUTCOME
        editor = self.query_one(EditorPane)
        if editor.influence is None:
            return
        outcome = outcome_now(editor.influence.outcome, self.bench)
        if outcome is None:
            editor.influence = None
        else:
            self._compute_influence(outcome, self.bench)

    @work(thread=True, exclusive=True, group="influence")
    def _compute_influence(self, outcome: Outcome, bench: Workbench) -> None:
        tell(self, self._show_influence, influence_of(bench, outcome), bench)

    def _show_influence(self, influence: Influence, bench: Workbench) -> None:
        if bench.config == self.config:
            self.query_one(EditorPane).influence = influence

    # The journal, and what a crash has left.

    def restore(self, left: Recoverable, scenario: Scenario) -> None:
        """Take up edits that were not saved, and remove what a crash has left of them once they are kept anew.

        They count as unsaved still.
        """
        self._restored = left
        bench = Workbench.of_scenario(scenario)
        self._saved = Workbench.of(bench.loaded, bench.given).to_save
        self._safe = as_loaded(bench)
        self.edit(lambda _: bench)

    def action_journal(self) -> None:
        """Show every edit, and what differs from the loaded config."""
        scenario = self.snapshot.scenario if self.snapshot else None
        self.app.push_screen(JournalScreen(lambda: self.bench, self.edit, scenario))

    # Sections.

    async def action_section(self, by: int) -> None:
        """Show the next section of the editor, or the one before, and go there."""
        await self.show_section((self.query_one(EditorPane).section + by) % len(SECTIONS))

    async def show_section(self, section: int) -> None:
        """Show a section of the editor, and go there."""
        await self.query_one(EditorPane).action_show(section)

    # Variants.

    def action_variants(self) -> None:
        """Compare the config in force with the one that was loaded, or saved since."""
        self.app.push_screen(VariantsScreen(self._safe, as_edited(self.bench), as_loaded(self.bench)))

    # Files.

    @work
    async def action_export(self) -> None:
        """Ask what to export, and where to."""
        # What writes files takes a while to import, and the first picture does not need it.
        from fakeweb_tui.tui.screens.exporting import ask_to_export

        if self.snapshot is not None:
            await ask_to_export(self, lambda: self.bench, self._latest, self.action_save)

    def _latest(self) -> Snapshot:
        if self.snapshot is None:
            raise ValueError("the simulation has not begun yet")
        return self.snapshot

    @work
    async def action_save(self) -> None:
        """Ask for a path and save the tuned config there."""
        await self.save()

    async def save(self) -> bool:
        """Ask for a path and save the tuned config there; return whether that was done. For a worker."""
        config, bench = self.bench.to_save, self.bench
        saved = await ask(self, SaveDialog(config, self.bench.loaded))
        if saved is not None:
            self._saved, self._safe = config, as_saved(bench, saved)
            self.is_new = False
            if self.journal:
                self.journal.discard()
            self.show_bench()
            self.notify(f"Saved {saved}", markup=False)
        return saved is not None
