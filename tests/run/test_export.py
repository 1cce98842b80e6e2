"""Runs into files: what is written is the same bytes however it came about."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import xxhash

from fakeweb_tui.config import Config
from fakeweb_tui.formats.naming import format_of
from fakeweb_tui.run import Bounds, Output, Pace, Progress, ResumeError, Rotation, Task, export
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import Parameters, Shard

from .exporting import (
    FORMATS,
    START,
    KilledError,
    edited,
    files_in,
    killed_after,
    scenario_of,
    task_of,
    undisturbed,
)

SOME = Bounds(events=5_000)
ROTATIONS = (
    None,
    Rotation(period=timedelta(hours=1)),
    Rotation(period=timedelta(minutes=20), hive=True),
    Rotation(size=60_000),
)


class FakeTime:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """The clock of a run in this process."""
    clock = FakeTime()
    monkeypatch.setattr("fakeweb_tui.run.exporting.time", clock)
    return clock


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("other")


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_bytes_whatever_the_chunks(
    config: Config, tmp_path: Path, other: Path, name: str, rotation: Rotation | None
) -> None:
    task = task_of(edited(scenario_of(config)), tmp_path / name, rotation=rotation, bounds=SOME)
    whole = undisturbed(task, other)
    assert (len(whole) > 3) == (rotation is not None)
    small = replace(task, scenario=edited(scenario_of(config, chunk=7)))
    result = export(small)
    assert files_in(tmp_path) == whole
    assert result.progress.events == 5_000 == sum(result.pages.values())
    assert result.progress.size == sum(map(len, whole.values()))
    assert result.files == len(whole)
    assert result.checksum == xxhash.xxh3_128(b"".join(whole.values())).hexdigest()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("clock")
def test_the_same_bytes_whatever_the_pace(config: Config, tmp_path: Path, other: Path, name: str) -> None:
    bounds = Bounds(until=START + timedelta(hours=3))
    task = task_of(scenario_of(config), tmp_path / name, pace=Pace(600, START), bounds=bounds)
    result = export(task)
    # Three hours at six hundred times real time.
    assert 17.9 < result.progress.seconds < 18.1
    assert files_in(tmp_path) == undisturbed(task, other)


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_killed_run_goes_on_to_the_same_bytes(
    config: Config, tmp_path: Path, other: Path, name: str, rotation: Rotation | None
) -> None:
    task = task_of(edited(scenario_of(config)), tmp_path / name, rotation=rotation, bounds=SOME)
    whole = undisturbed(task, other)
    chance = random.Random(f"{name} {rotation}")
    for kill in range(4):
        with pytest.raises(KilledError):
            export(task, report=killed_after(chance.randrange(1, 5)), resume=kill > 0)
        # What was under way when the process ended is written in part.
        for part in tmp_path.rglob("*.part"):
            with part.open("ab") as file:
                file.write(b"torn")
        for journal in tmp_path.rglob("*journal"):
            with journal.open("ab") as file:
                file.write(b'{"after": [12')
    result = export(task, resume=True)
    assert files_in(tmp_path) == whole
    assert result.checksum == xxhash.xxh3_128(b"".join(whole.values())).hexdigest()
    assert result.progress.events == sum(result.pages.values()) == 5_000


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("bounds", [SOME, Bounds()])
def test_an_interrupted_run_goes_on_to_the_same_bytes(
    config: Config, tmp_path: Path, other: Path, name: str, rotation: Rotation | None, bounds: Bounds
) -> None:
    scenario = scenario_of(config, chunk=130)
    task = task_of(scenario, tmp_path / name, rotation=rotation, bounds=bounds)
    reports: list[Progress] = []
    result = export(task, interrupted=lambda: len(reports) > 3, report=reports.append)
    # A run without an end of its own is whole when it is interrupted.
    assert (result.whole, result.resumable) == (not bounds.given, True)
    assert result.progress.events < 5_000
    bounded = replace(task, bounds=SOME)
    export(bounded, resume=True)
    assert files_in(tmp_path) == undisturbed(bounded, other)


def test_a_run_at_a_pace_goes_on_where_its_clock_was(
    config: Config, tmp_path: Path, other: Path, clock: FakeTime
) -> None:
    bounds = Bounds(until=START + timedelta(hours=2))
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", pace=Pace(60, START), bounds=bounds)
    first = export(task, interrupted=lambda: clock.seconds > 1030)
    assert START + timedelta(minutes=29) < first.progress.clock < START + timedelta(minutes=31)
    began = clock.seconds
    export(task, resume=True)
    assert 88 < clock.seconds - began < 92
    assert files_in(tmp_path) == undisturbed(task, other)


@pytest.mark.parametrize("workers", [1, 2])
def test_history_first_then_live(
    config: Config, tmp_path: Path, other: Path, clock: FakeTime, workers: int
) -> None:
    now = START + timedelta(hours=20)
    came: list[tuple[float, datetime]] = []
    export(
        task_of(scenario_of(config), tmp_path / "a.jsonl", pace=Pace(1, now), bounds=Bounds(duration=90.0)),
        report=lambda progress: came.append((clock.seconds - 1000, progress.clock)),
        workers=workers,
    )
    # All of the history comes at once, and from there on the clocks go together.
    assert came[0][0] == 0.0
    for seconds, moment in came:
        assert moment <= now + timedelta(seconds=seconds) + timedelta(milliseconds=1)
        if seconds:
            assert moment >= now + timedelta(seconds=seconds - 0.1)
    until = Bounds(until=came[-1][1])
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", bounds=until)
    assert files_in(tmp_path) == undisturbed(task, other)


@pytest.mark.parametrize("speed", [600, 100_000])
def test_workers_keep_a_pace(config: Config, tmp_path: Path, other: Path, clock: FakeTime, speed: float) -> None:
    until = START + timedelta(days=2)
    task = task_of(scenario_of(config), tmp_path / "a.csv", pace=Pace(speed, START), bounds=Bounds(until=until))
    moments: list[tuple[float, datetime]] = []
    export(task, report=lambda progress: moments.append((clock.seconds - 1000, progress.clock)), workers=2)
    # Where a block takes long, one process writes it event by event; where it is over at once, a worker does.
    assert (len(moments) > 10_000) == (speed == 600)
    assert all(START + timedelta(seconds=seconds * speed + 1e-3) >= moment for seconds, moment in moments)
    assert moments[-1][0] == pytest.approx(2 * 86400 / speed, rel=0.02)
    assert files_in(tmp_path) == undisturbed(task, other)


def test_shards_together_are_the_whole(config: Config, tmp_path: Path) -> None:
    bounds = Bounds(until=START + timedelta(hours=8))
    lines: list[bytes] = []
    for index in range(3):
        path = tmp_path / f"{index}.jsonl"
        export(task_of(scenario_of(config), path, shard=Shard(index, 3), bounds=bounds))
        lines += path.read_bytes().splitlines()
    export(task_of(scenario_of(config), tmp_path / "whole.jsonl", bounds=bounds))
    whole = (tmp_path / "whole.jsonl").read_bytes().splitlines()
    assert sorted(lines) == sorted(whole)
    assert len(lines) > 1000


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 12},
        {"sessions_per_day": 5_001},
        {"user_pool_size": 9},
    ],
)
def test_a_run_with_other_parameters_is_not_gone_on_with(
    config: Config, tmp_path: Path, change: dict[str, Any]
) -> None:
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", bounds=SOME)
    with pytest.raises(KilledError):
        export(task, report=killed_after(2))
    before = files_in(tmp_path)
    with pytest.raises(ResumeError, match="other options"):
        export(replace(task, scenario=scenario_of(config, **change)), resume=True)
    assert files_in(tmp_path) == before


def test_a_file_that_was_changed_is_not_gone_on_with(config: Config, tmp_path: Path) -> None:
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", bounds=SOME)
    with pytest.raises(ResumeError, match="nothing to resume"):
        export(task, resume=True)
    with pytest.raises(KilledError):
        export(task, report=killed_after(3))
    part = tmp_path / "a.jsonl.part"
    content = part.read_bytes()
    part.write_bytes(b"x" + content[1:])
    with pytest.raises(ResumeError, match="was changed since"):
        export(task, resume=True)
    part.unlink()
    with pytest.raises(ResumeError, match="is missing"):
        export(task, resume=True)


def test_readers_of_a_folder_pass_over_what_is_not_whole(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "a.parquet"
    scenario = scenario_of(config, chunk=130)
    task = task_of(scenario, folder, rotation=Rotation(timedelta(hours=1)), bounds=SOME)
    reports: list[Progress] = []
    result = export(task, report=reports.append, interrupted=lambda: len(reports) > 20)
    assert list(folder.rglob("*.part")) == [Path(result.kept)]
    assert Path(result.kept).name.startswith("_part-")
    whole = [path for path in folder.iterdir() if path.suffix == ".parquet"]
    assert 0 < sum(pq.read_metadata(path).num_rows for path in whole) == len(pd.read_parquet(folder))


def test_a_rotation_wants_an_empty_folder(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "a.jsonl"
    folder.mkdir()
    (folder / "mine").write_text("old")
    task = task_of(scenario_of(config), folder, bounds=SOME, rotation=ROTATIONS[1])
    with pytest.raises(FileExistsError, match="is not empty: give a new folder"):
        export(task)
    assert files_in(folder) == {"mine": b"old"}


@pytest.mark.parametrize(
    ("name", "size"), [("a.jsonl", 20_000_000), ("a.csv.gz", 1_000_000), ("a.parquet", 500_000)]
)
def test_files_are_about_as_large_as_they_are_to_be(config: Config, tmp_path: Path, name: str, size: int) -> None:
    scenario = Scenario(config, Parameters(seed=1, start=START, sessions_per_day=1_000_000))
    output = Output(str(tmp_path / name), format_of(name), rotation=Rotation(size=size))
    export(Task(scenario, output, Bounds(events=100_000)))
    *full, last = [len(content) for content in files_in(tmp_path).values()]
    assert len(full) > 2
    assert all(size <= each < size * 1.3 for each in full)
    assert last < size * 1.3


def test_hive_folders(config: Config, tmp_path: Path) -> None:
    bounds = Bounds(until=START + timedelta(hours=26))
    # The folders above are made as well.
    tmp_path = tmp_path / "lake" / "load=1"
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", bounds=bounds, rotation=Rotation(size=1, hive=True))
    export(task)
    found = files_in(tmp_path / "a.jsonl")
    assert len(found) > 26
    for path, content in found.items():
        date, hour, name = path.split("/")
        assert name.startswith("part-0")
        moment = f"{date.removeprefix('date=')} {hour.removeprefix('hour=')}:"
        assert all(f'"event_timestamp":"{moment}' in line for line in content.decode().splitlines())
    daily = replace(task.output, place=str(tmp_path / "b.jsonl"), rotation=Rotation(timedelta(days=1), hive=True))
    export(replace(task, output=daily))
    assert list(files_in(tmp_path / "b.jsonl")) == [f"date=2026-03-0{day}/part-0000.jsonl" for day in (2, 3)]
    with pytest.raises(ValueError, match="do not fit into days"):
        Rotation(timedelta(minutes=7), hive=True)


@pytest.mark.parametrize(
    ("name", "rotation", "workers"),
    [
        ("a.jsonl", None, 3),
        ("a.csv.zst", ROTATIONS[2], 2),
        ("a.parquet", ROTATIONS[1], 2),
        ("a.arrow", ROTATIONS[3], 2),
    ],
)
def test_the_same_bytes_whatever_the_workers(
    config: Config, tmp_path: Path, other: Path, name: str, rotation: Rotation | None, workers: int
) -> None:
    task = task_of(edited(scenario_of(config)), tmp_path / name, rotation=rotation, bounds=SOME)
    whole = undisturbed(task, other)
    with pytest.raises(KilledError):
        export(task, report=killed_after(5), workers=workers)
    result = export(task, workers=workers, resume=True)
    assert files_in(tmp_path) == whole
    assert result.progress.events == sum(result.pages.values()) == 5_000


def test_workers_come_to_the_end_of_a_scenario(config: Config, tmp_path: Path, other: Path) -> None:
    bounds = Bounds(until=START + timedelta(hours=6, seconds=7))
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", bounds=bounds, shard=Shard(1, 2))
    assert export(task, workers=2).whole
    assert files_in(tmp_path) == undisturbed(task, other)


def test_a_run_that_is_interrupted_at_once_is_not_whole(config: Config, tmp_path: Path) -> None:
    task = task_of(scenario_of(config), tmp_path / "a.jsonl", bounds=SOME)
    result = export(task, interrupted=lambda: True)
    assert (result.whole, result.resumable, result.progress.events) == (False, True, 0)
    assert [*files_in(tmp_path)] == ["a.jsonl.journal"]


def test_files_of_the_first_year(config: Config, tmp_path: Path) -> None:
    scenario = scenario_of(config, start=datetime.min)
    rotation = Rotation(period=timedelta(days=1), hive=True)
    export(task_of(scenario, tmp_path / "a.jsonl", rotation=rotation, bounds=Bounds(events=50)))
    assert [*files_in(tmp_path)] == ["a.jsonl/date=0001-01-01/part-0000.jsonl"]
    weekly = Rotation(period=timedelta(days=7))
    export(task_of(scenario, tmp_path / "b.jsonl", rotation=weekly, bounds=Bounds(events=50)))
    assert (tmp_path / "b.jsonl/part-0000.jsonl").read_bytes().count(b"\n") == 50
