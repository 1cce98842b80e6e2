"""Edits survive `kill -9`; clean ends leave nothing; what is damaged gives what can be read."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tuning.steps import step

from fakeweb_tui.config import Config, load_config, load_site
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.recovery import Aside, CrashJournal, recoverable
from fakeweb_tui.recovery.left import _read
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import Workbench

# One edit of each kind, as text, so that the process that is killed can make it as well.
KINDS = {
    "slider": "bench.set_probability(('pages', 'home'), 'home', 0.1)",
    "curve": "bench.set_row(('visits_per_hour',), {str(hour): hour for hour in range(24)})",
    "name": "bench.add_name(('ads',), 'new', 0.2)",
    "renamed": "bench.rename_name(('ads',), 'ad_1', 'x')",
    "page": "bench.add_page('help', ('pages', 'home'))",
    "page gone": "bench.remove_page('cart')",
    "page renamed": "bench.rename_page('cart', 'basket')",
    "parameter": "bench.set_parameters(sessions_per_day=50, user_pool_size=7)",
    "step": "bench.set_parameters(batch_size=5)",
    "undo": "bench.rename_page('cart', 'basket').set_probability(('ads',), 'ad_1', 0.9).undo()",
    "revert": "bench.rename_page('cart', 'basket').revert_row(('ads',)).revert_all()",
}

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from fakeweb_tui.config import load_site
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.recovery import CrashJournal
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import Workbench

parameters = Parameters(seed=1, start=datetime(2026, 3, 2))
live = LiveSimulation(parameters, load_site("shop"), None, journal=CrashJournal(Path(sys.argv[1])))
bench = Workbench.of(load_site("shop"), parameters).set_probability(("browsers",), "Opera", 0.3)
live.edit(bench.config, bench.parameters)
live.advance()
live.advance()
bench = eval(sys.argv[2])
live.edit(bench.config, bench.parameters, bench.renamed)
live.play(False)
live.advance()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=1, start=start)


@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_survives_a_kill(tmp_path: Path, parameters: Parameters, kind: str) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), KINDS[kind]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = recoverable(tmp_path)
    bench = Workbench.of(load_site("shop"), parameters).set_probability(("browsers",), "Opera", 0.3)
    bench = eval(KINDS[kind], {"bench": bench})
    assert left.scenario
    again = Workbench.of_scenario(left.scenario)
    assert (again.config, again.parameters) == (bench.config, bench.parameters)
    assert again.loaded == load_site("shop")
    while again.done:
        again = again.undo()
    assert again.config.document.text == load_site("shop").document.text
    left.discard()
    assert recoverable(tmp_path) == ()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[CrashJournal]:
    journal = CrashJournal(tmp_path)
    yield journal
    journal.discard()


def edited(config: Config, parameters: Parameters, journal: CrashJournal) -> LiveSimulation:
    live = LiveSimulation(parameters, config, running=False, journal=journal)
    live.edit(Workbench.of(config, parameters).set_probability(("ads",), "ad_1", 0.9).config)
    live.advance()
    return live


def test_what_runs_is_not_offered(config: Config, parameters: Parameters, tmp_path: Path) -> None:
    journals = [CrashJournal(tmp_path) for _ in range(3)]
    for journal in journals:
        edited(config, parameters, journal)
    assert recoverable(tmp_path) == ()
    assert all(oct(journal.path.stat().st_mode & 0o777) == "0o600" for journal in journals)
    journals[0].discard()
    journals[0].discard()
    assert sorted(tmp_path.iterdir()) == sorted(journal.path for journal in journals[1:])
    for journal in journals[1:]:
        journal.discard()
    assert list(tmp_path.iterdir()) == []


def test_another_step_is_kept_though_it_is_the_first_edit(
    config: Config, parameters: Parameters, journal: CrashJournal
) -> None:
    live = LiveSimulation(parameters, config, running=False, journal=journal)
    bench = Workbench.of(config, parameters).set_parameters(batch_size=5)
    live.edit(bench.config, bench.parameters)
    live.advance()
    assert kept_by(journal).parameters.batch_size == 5


def test_there_is_no_file_without_an_edit(config: Config, parameters: Parameters, tmp_path: Path) -> None:
    live = LiveSimulation(parameters, config, None, journal=CrashJournal(tmp_path / "none"))
    live.advance()
    live.reset()
    live.advance()
    assert list(tmp_path.iterdir()) == []
    assert recoverable(tmp_path / "none") == ()


def test_after_saving_a_new_file_holds_everything(
    config: Config, parameters: Parameters, journal: CrashJournal
) -> None:
    live = edited(config, parameters, journal)
    journal.discard()
    bench = Workbench.of(config, parameters).set_probability(("ads",), "ad_1", 0.9)
    live.edit(bench.set_probability(("ads",), "ad_2", 0.5).config)
    live.advance()
    kept = kept_by(journal)
    assert kept == Scenario(kept.config, kept.parameters, live.snapshot().scenario.edits)
    assert len(kept.edits) == 2


def kept_by(journal: CrashJournal) -> Scenario:
    """What a crash at this moment would leave: the file, without who holds it."""
    elsewhere = journal.path.parent / "copy"
    elsewhere.mkdir()
    (elsewhere / journal.path.name).write_bytes(journal.path.read_bytes())
    (left,) = recoverable(elsewhere)
    assert left.scenario
    return left.scenario


LOCK, OTHER = (("pages", "home"), "product_a"), (("ads",), "ad_1")


def note(live: LiveSimulation, journal: CrashJournal, aside: Aside) -> None:
    journal.aside = aside
    live.note()
    live.advance()


def left_by(journal: CrashJournal) -> tuple[int, Aside] | None:
    """The edits that a crash at this moment would leave, and what beside them; None for nothing."""
    if not journal.path.exists():
        return None
    scenario, aside = _read(journal.path)
    return len(scenario.edits), aside


def test_locks_are_kept_with_edits_and_without(
    config: Config, parameters: Parameters, journal: CrashJournal
) -> None:
    live = LiveSimulation(parameters, config, running=False, journal=journal)
    locked = Aside(frozenset({LOCK}))
    note(live, journal, locked)
    assert left_by(journal) == (0, locked)
    both = Aside(frozenset({LOCK, OTHER}), is_new=True)
    journal.aside = both
    live.edit(Workbench.of(config, parameters).set_probability(("ads",), "ad_2", 0.9).config)
    live.advance()
    assert left_by(journal) == (1, both)
    note(live, journal, locked)
    live.go_to(datetime(2026, 3, 9))
    live.advance()
    assert left_by(journal) == (1, locked)
    note(live, journal, Aside())
    assert left_by(journal) == (1, Aside())


def test_after_saving_locks_alone_begin_no_file(
    config: Config, parameters: Parameters, journal: CrashJournal
) -> None:
    live = edited(config, parameters, journal)
    journal.discard()
    locked = Aside(frozenset({LOCK}))
    note(live, journal, locked)
    assert left_by(journal) is None
    live.edit(config)
    live.advance()
    assert left_by(journal) == (2, locked)


def test_locks_while_a_scenario_is_played_wait_for_the_first_touch(
    config: Config, parameters: Parameters, journal: CrashJournal
) -> None:
    live = LiveSimulation(parameters, config, running=False, journal=journal)
    live.play_scenario(Scenario(config, parameters))
    locked = Aside(frozenset({LOCK}))
    note(live, journal, locked)
    assert left_by(journal) is None
    live.edit(Workbench.of(config, parameters).set_probability(("ads",), "ad_2", 0.9).config)
    live.advance()
    assert left_by(journal) == (1, locked)


@settings(max_examples=50)
@given(st.data())
def test_any_sequence_is_kept(
    config: Config, parameters: Parameters, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    journal = CrashJournal(tmp_path_factory.mktemp("state"))
    live = LiveSimulation(parameters, config, running=False, journal=journal)
    bench = Workbench.of(config, parameters)
    for _ in range(data.draw(st.integers(1, 10))):
        before = bench
        with suppress(ValueError):
            bench = step(bench, data)
        journal.aside = Aside(bench.locks)
        if (bench.config, bench.parameters) != (before.config, before.parameters):
            live.edit(bench.config, bench.parameters, bench.renamed)
        elif bench.locks != before.locks:
            live.note()
        for turn in data.draw(st.lists(st.sampled_from([live.step, live.reset]), max_size=2)):
            turn()
        live.advance()
        if journal.path.exists():
            scenario, aside = _read(journal.path)
            again = Workbench.of_scenario(scenario, aside.locks)
            assert (again.config, again.parameters, again.locks) == (bench.config, bench.parameters, bench.locks)
        else:
            assert (bench.done, bench.locks) == ((), frozenset())
    journal.discard()


@pytest.mark.parametrize(
    "damaged",
    ['{"aside": {"locks": [["ads", []]], "is_new": 1, "given": {}}}', '{"aside": 3}', '{"aside": {"locks": [], '],
)
def test_a_damaged_line_beside_the_edits(
    config: Config, parameters: Parameters, tmp_path: Path, damaged: str
) -> None:
    live = edited(config, parameters, journal := CrashJournal(tmp_path))
    given = {"user_pool_size": 500, "sessions_per_day": 10.5, "batch_size": 5.0}
    locked = Aside(frozenset({LOCK}), given=given)
    note(live, journal, locked)
    text = journal.path.read_text()
    journal.discard()
    (tmp_path / "left.scenario.jsonl").write_text(f"{text}{damaged}\n{text.splitlines()[-1]}\n")
    (found,) = recoverable(tmp_path)
    assert found.scenario
    assert (len(found.scenario.edits), found.aside) == (1, locked)
    (tmp_path / "left.scenario.jsonl").write_text(text.replace("500", "0"))
    assert recoverable(tmp_path)[0].aside == replace(locked, given={})


def test_a_jump_keeps_the_edits(config: Config, parameters: Parameters, journal: CrashJournal) -> None:
    live = edited(config, parameters, journal)
    live.go_to(datetime(2026, 3, 9))
    live.advance()
    kept = kept_by(journal)
    assert kept.config == config
    assert kept.setting_at(0).config.ads["ad_1"] == 0.9
    assert kept.begin == 7 * 8640


def test_a_damaged_end_loses_no_more_than_its_line(config: Config, parameters: Parameters, tmp_path: Path) -> None:
    live = edited(config, parameters, journal := CrashJournal(tmp_path))
    whole = journal.path.read_bytes()
    live.edit(config)
    live.advance()
    longer = journal.path.read_bytes()
    assert longer.startswith(whole)
    journal.discard()
    left = tmp_path / "left.scenario.jsonl"
    for damaged in (longer[: len(whole) + 20], longer[:-1], longer[: len(whole)] + b"\0\0\xff\0\n"):
        left.write_bytes(damaged)
        (found,) = recoverable(tmp_path)
        assert found.scenario
        assert len(found.scenario.edits) == 1
    for nothing in (b"", whole[:100], b"\n\n"):
        left.write_bytes(nothing)
        (found,) = recoverable(tmp_path)
        assert found.scenario is None
        assert "left.scenario.jsonl:1:1" in found.problem


def test_what_one_app_asks_about_no_other_offers(config: Config, parameters: Parameters, tmp_path: Path) -> None:
    edited(config, parameters, journal := CrashJournal(tmp_path))
    text = journal.path.read_bytes()
    journal.discard()
    (tmp_path / "left.scenario.jsonl").write_bytes(text)
    (left,) = recoverable(tmp_path)
    with left.held() as free:
        assert free
        assert recoverable(tmp_path) == ()
        with left.held() as twice:
            assert not twice
    assert len(recoverable(tmp_path)) == 1
    left.discard()
    with left.held() as free:
        assert not free


def test_the_newest_comes_first(config: Config, parameters: Parameters, tmp_path: Path) -> None:
    edited(config, parameters, journal := CrashJournal(tmp_path))
    text = journal.path.read_bytes()
    journal.discard()
    for name, seconds in (("a", 100), ("b", 300), ("c", 200)):
        path = tmp_path / f"{name}.scenario.jsonl"
        path.write_bytes(text)
        os.utime(path, (seconds, seconds))
    assert [left.path.name[0] for left in recoverable(tmp_path)] == ["b", "c", "a"]
    assert [left.modified.timestamp() for left in recoverable(tmp_path)] == [300, 200, 100]


def test_what_cannot_be_written_is_said_and_stops_nothing(
    config: Config, parameters: Parameters, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    journal = CrashJournal(tmp_path / "file")
    live = edited(config, parameters, journal)
    assert live.snapshot().config.ads["ad_1"] == 0.9
    assert journal.problem.endswith("edits would not survive a crash")
    assert live.snapshot().scenario.edits


def test_a_disk_that_was_full_for_a_while_loses_nothing(
    config: Config, parameters: Parameters, journal: CrashJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = edited(config, parameters, journal)
    bench = Workbench.of(config, parameters).set_probability(("ads",), "ad_1", 0.9)
    with monkeypatch.context() as full:
        full.setattr("fakeweb_tui.recovery.journal.FileIO", FullDisk)
        assert journal._file
        journal._file.close()
        journal._file = FullDisk(journal.path, "r+")
        for share in (0.5, 0.6):
            bench = bench.set_probability(("ads",), "ad_2", share)
            live.edit(bench.config)
            live.advance()
            assert "No space left on device: edits would not survive" in journal.problem
    bench = bench.set_probability(("ads",), "ad_2", 0.7)
    live.edit(bench.config)
    live.advance()
    assert journal.problem == ""
    assert kept_by(journal).edits == live.snapshot().scenario.edits


class FullDisk(FileIO):
    """A file on a disk that takes five more bytes."""

    left = 5

    def write(self, data: Any) -> int:
        if not self.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = super().write(bytes(data)[: self.left])
        self.left -= taken
        return taken


def test_edits_before_a_damaged_line_are_offered(config: Config, parameters: Parameters, tmp_path: Path) -> None:
    live = edited(config, parameters, journal := CrashJournal(tmp_path))
    for share in (0.5, 0.6, 0.7):
        live.edit(Workbench.of(config, parameters).set_probability(("ads",), "ad_2", share).config)
        live.advance()
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.discard()
    (tmp_path / "left.scenario.jsonl").write_bytes(b"".join([*lines[:3], b"{\n", *lines[3:]]))
    (found,) = recoverable(tmp_path)
    assert found.scenario
    assert found.scenario.edits == live.snapshot().scenario.edits[:2]


def test_a_config_whose_name_is_no_text(parameters: Parameters, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.yml")
    path.write_text(load_site("shop").document.text, encoding="utf-8")
    edited(load_config(path), parameters, journal := CrashJournal(tmp_path / "state"))
    assert journal.problem == ""
    assert kept_by(journal).config.document.name.endswith("caf\ufffd.yml")
    journal.discard()
