"""What tests of runs share: small blocks, small chunks, kills, and a look at all the files that a run has
left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fakeweb_tui.config import Config
from fakeweb_tui.formats import Format
from fakeweb_tui.formats.naming import format_of
from fakeweb_tui.run import Output, Progress, Task, export
from fakeweb_tui.scenario import Edit, Scenario, differences
from fakeweb_tui.schema import SCHEMAS
from fakeweb_tui.simulation import Batch, Parameters, Walk

START = datetime(2026, 3, 2)
FORMATS = ("a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.zst", "a.parquet", "a.arrow", "a.arrows")


@dataclass(frozen=True)
class InChunks(Scenario):
    """A scenario whose walk is made so many sessions at a time."""

    chunk: int = 1 << 16

    def advance(self, walk: Walk, stop: int, chunk_sessions: int = 0) -> Iterator[tuple[Config, Batch]]:
        return super().advance(walk, stop, chunk_sessions or self.chunk)


def scenario_of(config: Config, *, chunk: int = 1 << 16, **others: Any) -> Scenario:
    """A scenario of some thousand sessions a day, by half-minute steps."""
    options = {"seed": 11, "start": START, "sessions_per_day": 5_000, "batch_size": 30, **others}
    return InChunks(config, Parameters(**options), chunk=chunk)


def small_blocks(name: str) -> Format:
    """The format of a name, in blocks of about a hundred sessions."""
    found = format_of(name)
    found.block_sessions = 100
    return found


def task_of(scenario: Scenario, path: Path, **others: Any) -> Task:
    """A task in small blocks; what is not of a task is of its output."""
    of_output = {name: others.pop(name) for name in ("rotation", "overwrite") if name in others}
    fields = SCHEMAS[others.pop("schema", "utm")]
    return Task(scenario, Output(str(path), small_blocks(path.name), fields, **of_output), **others)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


class KilledError(BaseException):
    """Ends a run as a kill does: nothing is tidied up."""


def killed_after(parts: int) -> Callable[[Progress], None]:
    """A report at which the run is killed, once so many parts are written."""
    left = [parts]

    def report(_progress: Progress) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise KilledError

    return report


def edited(scenario: Scenario) -> Scenario:
    """The same with edits: of a page, of the hours and, in the midst of a block, of who the users are."""
    config, edits = scenario.config, list[Edit]()
    for step, path, row in (
        (71, ("pages", "home"), {"home": 0.1, "product_a": 0.6, "session_end": 0.3}),
        (200, ("ads",), {"ad_1": 1.0}),
        (333, ("visits_per_hour",), {str(hour): 1 / 24 for hour in range(24)}),
    ):
        changed = config.with_row(path, row)
        edits += differences(step, config, changed)
        config = changed
    return replace(scenario, edits=tuple(edits))


def undisturbed(task: Task, folder: Path) -> dict[str, bytes]:
    """The files of a run of the same task, in another folder, that nothing disturbs."""
    place = folder / Path(task.output.place).name
    result = export(replace(task, output=replace(task.output, place=str(place)), pace=None))
    assert result.whole
    return files_in(folder)
