"""What a screen offers on which a config is tuned, and the keys for it."""

from collections.abc import Callable

from textual import work
from textual.binding import Binding, BindingType

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.goals import Influence, influence_of, outcome_now
from fakeweb_tui.tui.naming import Question, adding, removing, renaming
from fakeweb_tui.tui.screens.asking import ask
from fakeweb_tui.tui.screens.editing import EditingScreen
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
        tooltip="Compare the config as edited with the one last loaded or saved",
    ),
    Binding(
        "ctrl+o",
        "app.open",
        "open",
        key_display="^o",
        id="open",
        tooltip="Open a site, a config, or a scenario to be played",
    ),
    Binding("ctrl+s", "save", "save", key_display="^s", id="save", tooltip="Save the tuned config as YAML"),
]
"""The keys that edit, for the `BINDINGS` of the screen."""


FIRST_OUTCOME = Outcome("conversion")
"""What goals and influences begin with."""


class TuningScreen(EditingScreen):
    """Offers what can be edited, and what helps to: names, goals, the journal, variants, files."""

    def __init__(self, config: Config, parameters: Parameters, live: LiveSimulation) -> None:
        super().__init__(config, parameters, live)
        self.outcome = FIRST_OUTCOME
        """The outcome that was chosen last."""

    # Names.

    @work
    async def action_add_name(self) -> None:
        """Ask for a name to add to the row in focus."""
        await self._ask(lambda path, _: adding(self.bench, path, self._moment))

    @work
    async def action_rename(self) -> None:
        """Ask for another name for what is in focus."""
        await self._ask(lambda path, name: renaming(self.bench, path, name, self._moment))

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

    async def _ask(self, question_about: Callable[[RowPath, str], Question]) -> None:
        selected = self.query_one(EditorPane).selected
        if selected is None:
            self._no_names()
            return
        try:
            question = question_about(*selected)
        except ValueError as error:
            self._held_back(str(error))
            return

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

    # The journal.

    def action_journal(self) -> None:
        """Show every edit, and what differs from the loaded config."""
        scenario = self.snapshot.scenario if self.snapshot else None
        self.app.push_screen(JournalScreen(lambda: self.bench, self.edit, lambda: self._moment, scenario))

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
