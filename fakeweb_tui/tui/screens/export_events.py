"""The dialog that writes events to a file, while the simulation goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, ProgressBar, RadioButton, RadioSet, Static
from textual.worker import get_current_worker

from fakeweb_tui.run import ExportError, Progress, Result, Task, export
from fakeweb_tui.terminal_text import PLAIN, plain
from fakeweb_tui.tui.exports import Amount
from fakeweb_tui.tui.screens.save import parse_path

TaskOf = Callable[[Path, Amount, str, bool], Task]
"""Makes a task of a path, of how many, of the number that was typed, and of whether a file may be replaced."""

_SUGGESTED = {Amount.RUN: "", Amount.EVENTS: "100000", Amount.SPAN: "1d"}
_TELL_PART = 0.002


class _Choice(RadioButton):
    """A choice whose sign says that it is taken, where Textual's only has another colour."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802 - as in Textual
        return "●" if self.value else "○"


class ExportEvents(ModalScreen[Result | None]):
    """Asks for a path and how many, shows how far it is, and leaves nothing half-written when it is cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="export.cancel", tooltip="Stop, and leave no file"),
    ]
    DEFAULT_CSS = """
    ExportEvents {
        align: center middle;

        & > Vertical {
            width: 66; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; border: round $primary; background: $surface;
        }
        & .hint { height: auto; color: $foreground-muted; }
        & Input { background: $panel; }
        & RadioSet { border: none; padding: 0; background: $surface; }
        & .problem { height: auto; color: $text-error; }
        & ProgressBar { height: 1; visibility: hidden; }
        &.-exporting ProgressBar { visibility: visible; }
        & #bar { width: 1fr; }
        & Horizontal { height: auto; align-horizontal: right; }
        & Button { margin-left: 2; }
    }
    """

    def __init__(self, task_of: TaskOf) -> None:
        super().__init__()
        self._task_of = task_of
        self._confirmed: Path | None = None
        self._exporting = False
        self._result: Result | None = None

    def compose(self) -> ComposeResult:
        """Where, how many, how far."""
        with Vertical() as box:
            box.border_title = "Export events"
            hint = "A path; its name says the format: .jsonl or .csv, each also .gz or .zst; .parquet, .arrow"
            yield Static(hint, classes="hint")
            yield Input("events.jsonl", id="path", restrict=PLAIN, compact=True)
            with RadioSet(compact=True):
                for amount in Amount:
                    yield _Choice(amount.value, value=amount is Amount.RUN)
            yield Input("", id="amount", restrict=PLAIN, compact=True, disabled=True)
            yield Static("", classes="problem", markup=False)
            yield ProgressBar(total=1.0, show_eta=True, id="progress")
            with Horizontal():
                yield Button("Export", variant="primary", id="export", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    @property
    def _amount(self) -> Amount:
        return list(Amount)[max(0, self.query_one(RadioSet).pressed_index)]

    def on_radio_set_changed(self) -> None:
        """Ask for the number where one is needed."""
        line = self.query_one("#amount", Input)
        line.disabled = self._amount is Amount.RUN
        line.value = _SUGGESTED[self._amount]

    def on_input_submitted(self) -> None:
        """Begin."""
        self._begin()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do as they say."""
        if event.button.id == "export":
            self._begin()
        else:
            self.action_cancel()

    def action_cancel(self) -> None:
        """Stop what runs, or leave."""
        if self._exporting:
            self.workers.cancel_group(self, "export")
        else:
            self.dismiss(None)

    def _begin(self) -> None:
        if self._exporting:
            return
        try:
            path = parse_path(self.query_one("#path", Input).value, "events.jsonl")
            amount, text = self._amount, self.query_one("#amount", Input).value
            task = self._task_of(path, amount, text, path == self._confirmed)
        except (ValueError, OSError) as error:
            self._say(str(error))
            return
        if path.exists() and path != self._confirmed:
            self._confirmed = path
            self.query_one("#export", Button).label = "Overwrite"
            self._say(f"{plain(str(path))} exists. Overwrite it?")
            return
        self._say("")
        self._exporting = True
        self.add_class("-exporting")
        self.query_one("#export", Button).disabled = True
        self._export(task)

    def _say(self, text: str) -> None:
        self.query_one(".problem", Static).update(Content(text))

    @work(thread=True, exclusive=True, group="export")
    def _export(self, task: Task) -> None:
        worker = get_current_worker()
        told = 0.0

        def report(progress: Progress) -> None:
            nonlocal told
            if progress.done is not None and progress.done - told >= _TELL_PART:
                told = progress.done
                self.app.call_from_thread(self._tell, progress.done)

        try:
            result = export(task, interrupted=lambda: worker.is_cancelled, report=report)
        except ExportError as error:
            _clean_up(task, error.kept)
            self.app.call_from_thread(self._end, None, f"{plain(task.output.place)}: {error.strerror}")
            return
        except OSError as error:
            self.app.call_from_thread(self._end, None, f"{plain(task.output.place)}: {error.strerror or error}")
            return
        if result.whole:
            self.app.call_from_thread(self._end, result, "")
        else:
            _clean_up(task, result.kept)
            self.app.call_from_thread(self._end, None, "Cancelled; nothing was written.")

    def _tell(self, done: float) -> None:
        self.query_one(ProgressBar).progress = done

    def _end(self, result: Result | None, problem: str) -> None:
        self._exporting, self._result = False, result
        if result is not None:
            self._leave()
            return
        self.query_one("#export", Button).disabled = False
        self.remove_class("-exporting")
        self._tell(0.0)
        self._say(problem)

    def _leave(self) -> None:
        if self._result is not None and self.is_active:
            self.dismiss(self._result)

    def on_screen_resume(self) -> None:
        """Leave with the result that came while another dialog lay on this one."""
        self._leave()


def _clean_up(task: Task, kept: str) -> None:
    """Remove what an export that did not come to its end has left."""
    for name in (kept, task.output.journal):
        if name:
            Path(name).unlink(missing_ok=True)
