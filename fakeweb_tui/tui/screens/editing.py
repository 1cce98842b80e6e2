"""The screen on which edits hold: for what is predicted, for the simulation, and against crashes."""

from collections.abc import Callable
from datetime import datetime

from textual.reactive import reactive
from textual.screen import Screen

from fakeweb_tui.config import PARAMETERS, Config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.recovery import Aside, CrashJournal, Recoverable
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot, Version
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.messages import LockChanged, NumberChanged, ProbabilityChanged, RowChanged
from fakeweb_tui.tui.variants import as_loaded
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tuning import Workbench

# Commands are obeyed within a frame; on a machine that does not get that far, the screen goes on.
_PATIENCE_SECONDS = 0.1


class EditingScreen(Screen[None]):
    """Steers the config of a live simulation. What is in force stands on the `bench`; everything that the user
    changes makes another bench, which `show_bench` shows."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False, init=False)

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
        """Whether the config is in no file yet; see `take_as_new`."""
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
            self.bench = self.bench.followed(snapshot.config, snapshot.parameters)
            # What a scenario changes stands in its file.
            self._saved = self.bench.to_save
            self.show_bench()
        if self.up_to_date:
            self._discard_restored()
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
        if (self.bench.config, self.bench.parameters) != (before.config, before.parameters):
            self._obey()
            self.show_bench()
            return True
        if self.bench.locks != before.locks:
            self._note()
        self.query_one(EditorPane).bench = self.bench
        return True

    def _obey(self) -> bool:
        """Let the simulation go on with what stands on the bench."""
        self._set_aside()
        self._version = self._version.edited
        self._live.edit(self.bench.config, self.bench.parameters, self.bench.renamed)
        # An edit that is seen is one that the journal has: nothing that is seen is lost.
        return self._live.obeyed(_PATIENCE_SECONDS)

    def _note(self) -> None:
        """Let the journal keep what is no edit."""
        self._set_aside()
        self._live.note()
        self._live.obeyed(_PATIENCE_SECONDS)

    def _set_aside(self) -> None:
        if self.journal:
            given = {name: getattr(self.bench.given, name) for name in PARAMETERS}
            usual = {**PARAMETERS, **self.bench.loaded.simulation}
            self.journal.aside = Aside(self.bench.locks, self.is_new, given if given != usual else {})

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

    # What a crash has left.

    def take_as_new(self) -> None:
        """Count the config as one that is in no file yet, and keep it as if it were edited."""
        self.is_new = True
        self._note()

    def restore(self, left: Recoverable, bench: Workbench) -> None:
        """Take up edits that were not saved, and remove what a crash has left of them once they are kept anew.

        They count as unsaved still.
        """
        self._restored = left
        self.bench = bench
        self.is_new = left.aside.is_new
        self._saved = Workbench.of(bench.loaded, bench.given).to_save
        self._safe = as_loaded(bench)
        if self._obey():
            self._discard_restored()
        self.show_bench()

    def _discard_restored(self) -> None:
        """Remove what a crash has left if the journal of this app has it by now."""
        if self._restored and self.journal and not self.journal.problem:
            self._restored.discard()
            self._restored = None
