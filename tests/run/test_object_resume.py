"""Runs into an object store that are killed: they go on to the objects that an undisturbed run would have made."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
import xxhash
from object_stores import BUCKET, content, objects
from obstore.store import S3Store

from fakeweb_tui.config import Config
from fakeweb_tui.run import Bounds, Output, Progress, ResumeError, Rotation, Task, export
from fakeweb_tui.run.journal import _ObjectJournal

from .exporting import FORMATS, KilledError, edited, killed_after, scenario_of, small_blocks, undisturbed

SOME = Bounds(events=4_000)
ROTATIONS = (None, Rotation(period=timedelta(hours=1), hive=True), Rotation(size=60_000))


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals are written at once, and not tidied up by a run that is killed."""
    monkeypatch.setattr("fakeweb_tui.run.journal._PUT_SECONDS", 0.0)
    monkeypatch.setattr(_ObjectJournal, "close", lambda _journal: None)


def into_store(config: Config, name: str, rotation: Rotation | None) -> Task:
    output = Output(f"s3://{BUCKET}/{name}", small_blocks(name), rotation=rotation)
    return Task(edited(scenario_of(config)), output, SOME)


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("kills")
def test_a_killed_run_goes_on_to_the_same_objects(
    config: Config, tmp_path: Path, store: S3Store, name: str, rotation: Rotation | None
) -> None:
    task = into_store(config, name, rotation)
    whole = undisturbed(task, tmp_path)
    assert (len(whole) > 3) == (rotation is not None)
    chance = random.Random(f"{name} {rotation}")
    kept = 0
    for kill in range(3):
        with pytest.raises(KilledError):
            export(task, report=killed_after(chance.randrange(2, 6)), resume=kill > 0)
        there = {each: content(store, each) for each in objects(store) if "journal" not in each}
        assert there.items() <= whole.items()
        assert len(there) >= kept
        kept = len(there)
    assert (kept > 0) == (rotation is not None)
    result = export(task, resume=True)
    assert {each: content(store, each) for each in objects(store)} == whole
    assert result.checksum == xxhash.xxh3_128(b"".join(whole.values())).hexdigest()
    assert result.progress.events == sum(result.pages.values()) == 4_000


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_what_is_whole_and_cannot_grow_is_not_gone_on_with(
    config: Config, store: S3Store, rotation: Rotation | None
) -> None:
    task = replace(into_store(config, "a.jsonl", rotation), bounds=Bounds())
    reports: list[Progress] = []
    result = export(task, report=reports.append, interrupted=lambda: len(reports) > 3)
    assert result.whole
    assert result.progress.events
    assert result.resumable == task.output.grows == (rotation is not None)
    assert any("journal" in each for each in objects(store)) == result.resumable


@pytest.mark.usefixtures("kills")
def test_an_object_that_was_changed_is_noticed(config: Config, store: S3Store) -> None:
    task = into_store(config, "a.jsonl", ROTATIONS[2])
    with pytest.raises(KilledError):
        export(task, report=killed_after(9))
    first = next(each for each in objects(store) if "part-0000" in each)
    before = content(store, first)
    obstore.put(store, first, b"x" + before[1:])
    with pytest.raises(ResumeError, match="was changed since"):
        export(task, resume=True)
    obstore.delete(store, first)
    with pytest.raises(ResumeError, match=f"s3://{BUCKET}/{first} is missing"):
        export(task, resume=True)


@pytest.mark.usefixtures("store")
def test_what_can_be_made_again_is_not_noted_for_each_object(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[int] = []
    monkeypatch.setattr("fakeweb_tui.run.journal.monotonic", lambda: 1000.0)
    monkeypatch.setattr("fakeweb_tui.run.journal.put_object", lambda _url, content: put.append(len(content)))
    monkeypatch.setattr("fakeweb_tui.run.journal.delete_object", lambda _url: None)
    export(into_store(config, "a.jsonl", ROTATIONS[2]))
    # No second has passed since it was said what is asked for.
    assert len(put) == 1
