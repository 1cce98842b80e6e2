"""Journeys from the first key to the exported file, which is then used."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.rival import rival_python
from click.testing import CliRunner
from textual.widgets import Input, RadioSet, Static

from fakeweb_tui.cli import main as command
from fakeweb_tui.config import load_config, parse_config
from fakeweb_tui.scenario_file import load_scenario
from fakeweb_tui.tui.exports import Amount
from fakeweb_tui.tui.screens.export_events import ExportEvents
from fakeweb_tui.tui.screens.names import ChoiceDialog, NameDialog
from fakeweb_tui.tui.screens.quit import QuitDialog
from fakeweb_tui.tui.screens.save import FileDialog

from .driving import SITE, Show, showing

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG, SCENARIO, EVENTS, PICTURE, FIGURES = range(5)


async def export(show: Show, what: int) -> None:
    """Choose what to export."""
    await show.press("e")
    await show.until(lambda: isinstance(show.app.screen, ChoiceDialog), "the question what")
    await show.press("home", *["down"] * what, "enter")
    kind = ExportEvents if what == EVENTS else FileDialog
    await show.until(lambda: isinstance(show.app.screen, kind), "the dialog")


async def click(show: Show, button: str) -> None:
    """Click a button; one that was just pressed shows that for a moment, and takes no click."""
    await show.until(lambda: not show.app.screen.query_one(button).has_class("-active"))
    await show.pilot.click(button)


async def closed(show: Show) -> None:
    await show.until(lambda: show.app.screen is show.main, "the dialog closes")


def problem(show: Show) -> str:
    return str(show.app.screen.query_one(".problem", Static).render())


async def choose(show: Show, path: str, amount: Amount, text: str = "") -> None:
    """Fill the dialog for events."""
    screen = show.app.screen
    screen.query_one("#path", Input).value = path
    screen.query_one(RadioSet).query("RadioButton")[list(Amount).index(amount)].value = True  # type: ignore[attr-defined]
    await show.pilot.pause()
    if text:
        screen.query_one("#amount", Input).value = text


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return result.output


async def test_tuned_saved_and_run(folder: Path) -> None:
    async with showing() as show:
        await show.press("down", *".3", "enter", "right_square_bracket", "shift+right")
        await show.press("right_square_bracket", "right", "right", "shift+up")
        await export(show, CONFIG)
        await show.press("enter")
        await closed(show)
        await show.until(lambda: not show.main.unsaved)
        tuned = show.config
    assert load_config("config.yml") == tuned
    run("run", "config.yml", "--simulated", "2d", "--seed", "3", "-o", "events.jsonl")
    run("verify", "events.jsonl", "--config", "config.yml")
    assert (folder / "events.jsonl").stat().st_size > 1_000_000


RUN_IT = """
import json
from datetime import datetime
from fake_web_events import Simulation
import fake_web_events.simulation as simulation
# The package hands floats to randrange, which Python 3.12 takes no longer.
whole = simulation.randrange
simulation.randrange = lambda low, high: whole(int(low), int(high))
site = Simulation(user_pool_size=10, sessions_per_day=50_000, init_time=datetime(2026, 3, 2, 10))
events = site.run(duration_seconds=1000)
print(json.dumps([next(events) for _ in range(400)]))
"""


async def test_a_site_with_another_page_is_run_by_fake_web_events(folder: Path) -> None:
    async with showing() as show:
        await show.press("a")
        await show.until(lambda: isinstance(show.app.screen, NameDialog))
        show.app.screen.query_one(Input).value = "offers"
        await show.press("enter")
        await show.until(lambda: "offers" in show.config.pages)
        await show.press(*".3", "enter")
        await export(show, CONFIG)
        await show.press("enter")
        await closed(show)
        pages = {f"/{page}" for page in show.config.page_names}
    # It looks for config.yml beside the script.
    (folder / "script.py").write_text(RUN_IT, encoding="utf-8")
    command = [str(rival_python()), str(folder / "script.py")]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    seen = [event["page_url_path"] for event in json.loads(done.stdout)]
    assert "/offers" in seen
    assert set(seen) <= pages


async def test_the_run_so_far_is_exported_with_its_edits(folder: Path) -> None:
    async with showing(seconds=4 * 3600) as show:
        await show.press("down", *".4", "enter")
        await show.step(60)
        seen = show.snapshot.total
        await export(show, EVENTS)
        await choose(show, "run.jsonl", Amount.RUN)
        await show.press("enter")
        await closed(show)
        await show.until(lambda: f"{seen.events:,} events written" in show.notifications, "what was written")
        await export(show, SCENARIO)
        await show.press("enter")
        await closed(show)
        names = show.config.page_names
    lines = (folder / "run.jsonl").read_text().splitlines()
    assert len(lines) == seen.events
    pages = [json.loads(line)["page_url_path"] for line in lines]
    assert [pages.count(f"/{page}") for page in names] == seen.events_by_page.tolist()
    scenario = load_scenario(Path("run.scenario.jsonl"))
    assert scenario.edits
    run("replay", "run.scenario.jsonl", "-o", "again.jsonl")
    assert (folder / "again.jsonl").read_bytes() == (folder / "run.jsonl").read_bytes()


async def test_so_many_events_of_the_tuned_config(folder: Path) -> None:
    async with showing(seconds=3600) as show:
        await show.press("down", *".4", "enter")
        await export(show, EVENTS)
        await choose(show, "events.csv.gz", Amount.EVENTS, "30,000")
        await click(show, "#export")
        await closed(show)
        await export(show, EVENTS)
        await choose(show, "day.csv", Amount.SPAN, "6h")
        await click(show, "#export")
        await closed(show)
        await export(show, CONFIG)
        await show.press("enter")
        await closed(show)
    assert sorted(path.name for path in folder.iterdir()) == ["config.yml", "day.csv", "events.csv.gz"]
    run("verify", "events.csv.gz", "--config", "config.yml")
    assert len(gzip.decompress((folder / "events.csv.gz").read_bytes()).splitlines()) == 1 + 30_000
    rows = list(csv.DictReader((folder / "day.csv").read_text().splitlines()))
    assert rows[0]["event_timestamp"].startswith("2026-11-23 00")
    assert rows[-1]["event_timestamp"].startswith("2026-11-23 05")


async def test_what_is_wrong_is_said_and_nothing_written(folder: Path) -> None:
    async with showing(seconds=600) as show:
        await export(show, EVENTS)
        for path, amount, text, words in (
            ("events.xyz", Amount.RUN, "", "'xyz' is no format"),
            ("", Amount.RUN, "", "Write a path"),
            ("missing/events.csv", Amount.RUN, "", "there is no folder missing"),
            ("events.csv", Amount.EVENTS, "many", "How many events?"),
            ("events.csv", Amount.SPAN, "2 weeks", "Write 90s, 45m, 12h or 30d."),
        ):
            await choose(show, path, amount, text)
            await click(show, "#export")
            await show.until(lambda words=words: words in problem(show), words)  # type: ignore[misc]
        assert list(folder.iterdir()) == []
        (folder / "mine.csv").write_text("mine")
        await choose(show, "mine.csv", Amount.RUN)
        await click(show, "#export")
        assert problem(show) == "mine.csv exists. Overwrite it?"
        assert (folder / "mine.csv").read_text() == "mine"
        await click(show, "#export")
        await closed(show)
        assert (folder / "mine.csv").read_text() != "mine"


async def test_exported_events_have_the_fields_of_the_config(folder: Path) -> None:
    site = parse_config(SITE.document.text + "schema: {base: utm, drop: [os]}\n", "site.yml")
    async with showing(seconds=3600, config=site) as show:
        for amount, text in ((Amount.RUN, ""), (Amount.EVENTS, "100"), (Amount.SPAN, "1h")):
            await export(show, EVENTS)
            await choose(show, f"{amount.name}.csv", amount, text)
            await click(show, "#export")
            await closed(show)
    (folder / "site.yml").write_text(site.document.text, encoding="utf-8")
    run("run", "site.yml", "--events", "100", "-o", "command.csv")
    names = {path.stem: path.read_text(encoding="utf-8").splitlines()[0] for path in folder.glob("*.csv")}
    assert names.keys() == {"RUN", "EVENTS", "SPAN", "command"}
    assert set(names.values()) == {names["command"]}
    assert names["command"].startswith("event_id,")
    assert "os" not in names["command"].split(",")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Let an export begin, and then wait until it is interrupted."""
    from fakeweb_tui.run import export as real

    begun = Event()

    def slowly(task: Any, *, interrupted: Any, report: Any) -> Any:
        def waiting() -> bool:
            while begun.is_set() and not interrupted():
                Event().wait(0.01)
            begun.set()
            return bool(interrupted())

        return real(task, interrupted=waiting, report=report)

    monkeypatch.setattr("fakeweb_tui.tui.screens.export_events.export", slowly)
    yield begun
    begun.clear()


async def test_a_cancelled_export_leaves_nothing(folder: Path, held: Event) -> None:
    async with showing(seconds=600) as show:
        await export(show, EVENTS)
        await choose(show, "events.jsonl", Amount.EVENTS, "50M")
        await show.press("enter")
        await click(show, "#export")
        await show.until(held.is_set, "it runs")
        await click(show, "#cancel")
        await show.until(lambda: "nothing was written" in problem(show), "cancelled")
        assert list(folder.iterdir()) == []
        await show.press("escape")
        await closed(show)


async def test_an_export_that_ends_below_another_dialog(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fakeweb_tui.run import export as real

    go_on = Event()

    def late(*arguments: Any, **options: Any) -> Any:
        assert go_on.wait(30)
        return real(*arguments, **options)

    monkeypatch.setattr("fakeweb_tui.tui.screens.export_events.export", late)
    async with showing(seconds=600) as show:
        await show.press("right")
        await export(show, EVENTS)
        await choose(show, "events.jsonl", Amount.EVENTS, "100")
        await click(show, "#export")
        await show.press("ctrl+q")
        await show.until(lambda: isinstance(show.app.screen, QuitDialog), "the question")
        go_on.set()
        await show.until(lambda: not any(worker.group == "export" for worker in show.app.workers), "its end")
        assert isinstance(show.app.screen, QuitDialog)
        await show.press("escape")
        await closed(show)
        await show.until(lambda: "100 events written" in show.notifications, "the notice")
    assert len((folder / "events.jsonl").read_text(encoding="utf-8").splitlines()) == 100


async def test_figures_and_a_picture(folder: Path) -> None:
    async with showing(seconds=7200) as show:
        await export(show, FIGURES)
        await show.press("enter")
        await closed(show)
        await export(show, PICTURE)
        await show.press("enter")
        await closed(show)
        counts, names, reach = show.snapshot.total, list(show.config.page_names), show.forecast.reach.tolist()
    rows = list(csv.DictReader((folder / "figures.csv").read_text().splitlines()))
    assert [row["page"] for row in rows] == names
    assert [int(row["events"]) for row in rows] == counts.events_by_page.tolist()
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1)
    assert [float(row["reach_predicted"]) for row in rows] == reach
    picture = (folder / "fakeweb.svg").read_text()
    assert picture.startswith("<svg")
    assert "product_a" in picture
    assert "Export" not in picture.replace("export", "")
