"""Export in one place: the question what, then the dialog for it."""

from collections.abc import Callable
from pathlib import Path

from textual.app import App
from textual.screen import Screen

from fakeweb_tui.config.files import write_file
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.run import Task
from fakeweb_tui.scenario_file import save_scenario
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.exports import Amount, export_task, figures_csv
from fakeweb_tui.tui.screens.asking import ask
from fakeweb_tui.tui.screens.export_events import ExportEvents
from fakeweb_tui.tui.screens.names import ChoiceDialog
from fakeweb_tui.tui.screens.save import FileDialog
from fakeweb_tui.tuning import Workbench

CHOICES = (
    "Config: YAML that fakeweb-tui and fake_web_events load",
    "Scenario: this run with its edits, to be replayed",
    "Events: the run so far, or as many as you want",
    "Picture of the screen: SVG",
    "Figures of the pages: CSV",
)


async def ask_to_export(
    screen: Screen[None],
    bench: Callable[[], Workbench],
    snapshot: Callable[[], Snapshot],
    save: Callable[[], object],
) -> None:
    """Ask what to export and where, and do it.

    Args:
        screen: the dialogs are shown over it.
        bench, snapshot: give what is in force, and the figures, at the time of export.
        save: asks where to save the config.
    """
    choice = await ask(screen, ChoiceDialog("Export", list(CHOICES)))
    if choice == 0:
        save()
    elif choice == 2:

        def task_of(path: Path, amount: Amount, text: str, overwrite: bool) -> Task:
            now = bench()
            return export_task(snapshot(), now.config, now.parameters, path, amount, text, overwrite)

        result = await ask(screen, ExportEvents(task_of))
        if result is not None:
            screen.notify(f"{result.progress.events:,} events written", markup=False)
    elif choice is not None:
        saved = await ask(screen, _file_dialog(screen.app, choice, bench(), snapshot()))
        if saved is not None:
            screen.notify(f"Saved {plain(str(saved))}", markup=False)


def _file_dialog(app: App[None], choice: int, bench: Workbench, snapshot: Snapshot) -> FileDialog:
    """The dialog for a scenario, a picture or figures, as they are now."""
    if choice == 1:

        def write_scenario(path: Path, overwrite: bool) -> None:
            save_scenario(snapshot.scenario, path, overwrite=overwrite)

        hint = "A path for the scenario"
        return FileDialog("Export scenario", hint, Path("run.scenario.jsonl"), write_scenario)
    if choice == 3:
        return _text_dialog("Export picture", "A path for the SVG file", "fakeweb.svg", app.export_screenshot())
    text = figures_csv(snapshot, Forecast(bench.config, bench.parameters))
    return _text_dialog("Export figures", "A path for the CSV file", "figures.csv", text)


def _text_dialog(title: str, hint: str, name: str, text: str) -> FileDialog:
    def write(path: Path, overwrite: bool) -> None:
        write_file(path, text, overwrite=overwrite)

    return FileDialog(title, hint, Path(name), write)
