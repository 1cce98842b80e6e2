"""The command `run` where it is interrupted or killed, and its workers."""

import fcntl
import json
import os
import random
import signal
import sys
import termios
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from helpers import invoke

from fakeweb_tui.config import Config
from fakeweb_tui.run import Pace, earlier_task

from .running import (
    COMMA_SEPARATED,
    DEADLINE,
    FIXED,
    JSON_LINES,
    SLOWLY,
    START,
    Format,
    assert_summary,
    begun,
    command,
    events_of,
    expected,
    names,
    until,
    until_changed,
    until_grown,
)


@pytest.mark.parametrize(
    ("number", "name", "syntax"),
    [(signal.SIGINT, "a.jsonl", JSON_LINES), (signal.SIGTERM, "a.csv", COMMA_SEPARATED)],
)
def test_a_bounded_run_that_is_interrupted(
    here: Path, config: Config, number: signal.Signals, name: str, syntax: Format
) -> None:
    bounds = ("--events", "1000000000", "--simulated", "999999d")
    part = here / f"{name}.part"
    with begun(here, *bounds, "-o", name, *SLOWLY, *FIXED) as process:
        until_grown(part, process)
        process.send_signal(number)
        output, said = process.communicate(timeout=DEADLINE)
    assert (process.returncode, output) == (128 + number, b"")
    assert names(here) == [f"{name}.journal", part.name]
    content = part.read_bytes()
    events = events_of(content, syntax)
    assert content == expected(config, len(events), syntax, sessions_per_day=2)
    assert said.decode().startswith("interrupted at ")
    assert said.decode().endswith(f": {len(events):,} events are in {part.name}; --resume goes on from there\n")
    assert said.count(b"\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_unbounded_run_that_is_interrupted(here: Path, config: Config, number: signal.Signals) -> None:
    part = here / "a.jsonl.part"
    with begun(here, "-o", "a.jsonl", *SLOWLY, *FIXED) as process:
        until_grown(part, process)
        assert names(here) == ["a.jsonl.journal", part.name]
        process.send_signal(number)
        output, said = process.communicate(timeout=DEADLINE)
    assert (process.returncode, output) == (128 + number, b"")
    assert names(here) == ["a.jsonl", "a.jsonl.journal"]
    content = (here / "a.jsonl").read_bytes()
    events = events_of(content, JSON_LINES)
    assert content == expected(config, len(events), sessions_per_day=2)
    assert_summary(said, f"{len(events):,} events", "; --resume goes on from there")


def test_an_interruption_on_standard_output(here: Path, config: Config) -> None:
    with begun(here, "--events", "1000000000", *SLOWLY, *FIXED) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    events = events_of(first + rest, JSON_LINES)
    assert first + rest == expected(config, len(events), sessions_per_day=2)
    assert said.decode().endswith(f": {len(events):,} events\n")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_to_all_processes_and_its_echo(here: Path, workers: str) -> None:
    # As `timeout` sends them, to the process and then to its group.
    with begun(here, "-o", "a.jsonl", *FIXED, "--workers", workers) as process:
        until_grown(here / "a.jsonl.part", process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == (workers == "2") * 2
        for number in (process.pid, *map(int, children), process.pid):
            os.kill(number, signal.SIGTERM)
            time.sleep(0.002)
        process.communicate(timeout=DEADLINE)
    assert process.returncode == 143
    assert names(here) == ["a.jsonl", "a.jsonl.journal"]


@pytest.mark.skipif(sys.platform != "linux", reason="how much waits in a pipe is asked as Linux has it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_a_run_whose_reader_has_stalled(here: Path, number: signal.Signals) -> None:
    with begun(here) as process:
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        room = fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ)

        def full() -> bool:
            waiting = np.frombuffer(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), np.int32)
            return int(waiting[0]) == room

        until(full, process)
        # Two signals that wait are one, so they are sent until both have come.
        deadline = time.monotonic() + DEADLINE
        while process.poll() is None:
            assert time.monotonic() < deadline
            process.send_signal(number)
            time.sleep(0.005)
        assert process.returncode == -number


@pytest.mark.parametrize("bound", [(), ("--events", "1000000000")])
def test_a_killed_run_leaves_nothing_under_the_name(here: Path, bound: tuple[str, ...]) -> None:
    part = here / "a.jsonl.part"
    with begun(here, *bound, "-o", "a.jsonl", *SLOWLY) as process:
        until_grown(part, process)
        process.kill()
        assert process.wait(DEADLINE) == -signal.SIGKILL
    assert names(here) == ["a.jsonl.journal", part.name]


def test_a_killed_run_leaves_the_file_that_it_was_to_overwrite(here: Path, config: Config) -> None:
    (here / "a.jsonl").write_bytes(b"old")
    with begun(here, "-o", "a.jsonl", "--overwrite", *SLOWLY) as process:
        until_grown(here / "a.jsonl.part", process)
        process.kill()
        process.wait(DEADLINE)
    assert (here / "a.jsonl").read_bytes() == b"old"
    # The next run is not held up by what this one has left.
    assert command(here, "--events", "5", "-o", "a.jsonl", "--overwrite", *FIXED).returncode == 0
    assert names(here) == ["a.jsonl"]
    assert (here / "a.jsonl").read_bytes() == expected(config, 5)


# Workers, and kills at any moment, in processes of their own


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.parquet"])
def test_a_run_that_is_killed_again_and_again(here: Path, name: str) -> None:
    bound = ("--events", "3000", *SLOWLY, *FIXED)
    assert command(here, *bound, "-o", f"whole-{name}", "--quiet").returncode == 0
    part, chance = here / f"{name}.part", random.Random(name)
    workers = ("--workers", "2") if name.endswith("gz") else ()
    for _ in range(3):
        with begun(here, *bound, "-o", name, "--resume", *workers) as process:
            for _ in range(chance.randrange(1, 9)):
                until_changed(part, process)
            process.kill()
            assert process.wait(DEADLINE) == -signal.SIGKILL
        assert part.exists()
    done = command(here, *bound, "-o", name, "--resume")
    assert done.returncode == 0, done.stderr
    assert (here / name).read_bytes() == (here / f"whole-{name}").read_bytes()
    assert names(here) == [name, f"whole-{name}"]


def test_a_run_that_was_killed_before_it_had_a_journal_begins_anew(here: Path) -> None:
    (here / "a.jsonl.part").write_bytes(b"{")
    done = command(here, "--events", "5", *FIXED, "-o", "a.jsonl", "--resume")
    assert done.returncode == 0, done.stderr
    assert (here / "a.jsonl").read_bytes().count(b"\n") == 5
    assert names(here) == ["a.jsonl"]


@pytest.mark.parametrize("backfill", [(), ("--backfill", "10m")])
def test_a_live_run_goes_on_live(here: Path, backfill: tuple[str, ...]) -> None:
    rate = ("--seed", "1", "--sessions-per-day", "5000000", "--quiet")
    for options in ((*backfill, "--follow", *rate), ("--resume", "--quiet")):
        begun_at = datetime.now()
        with begun(here, "-o", "a.jsonl", *options) as process:
            part = here / "a.jsonl.part"

            def is_live(part: Path = part, begun_at: datetime = begun_at) -> bool:
                # The last event is of after the process began: what came before it is caught up with.
                lines = part.read_bytes().splitlines()[:-1] if part.exists() else []
                moment = json.loads(lines[-1])["event_timestamp"] if lines else ""
                return moment > str(begun_at)

            until(is_live, process)
            process.terminate()
            process.communicate(timeout=DEADLINE)
        assert process.returncode == 143
        moments = [json.loads(line)["event_timestamp"] for line in (here / "a.jsonl").read_bytes().splitlines()]
        assert moments == sorted(moments)
        # It has not run ahead of the clock on the wall.
        assert moments[-1] <= str(datetime.now())


def test_a_pace_is_kept_by_a_run_that_goes_on(here: Path) -> None:
    with begun(here, "-o", "a.jsonl", "--pace", "600x", *FIXED) as process:
        until_grown(here / "a.jsonl.part", process)
        process.terminate()
        process.communicate(timeout=DEADLINE)
    before = earlier_task(str(here / "a.jsonl"))
    assert before is not None
    assert before.pace == Pace(600, START)


@pytest.mark.parametrize("journal", [b"", b"{}\n", b"[]\n", b"7\n", b'{"identity": {}}\n', b"\xff\n", b"{}\n{}\n"])
def test_a_journal_that_is_none(here: Path, journal: bytes) -> None:
    (here / "a.jsonl.journal").write_bytes(journal)
    refused = invoke("run", "-o", "a.jsonl", "--resume")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "a.jsonl.journal cannot be read: begin anew, with --overwrite\n"
    assert names(here) == ["a.jsonl.journal"]


def test_a_journal_that_was_changed(here: Path) -> None:
    with begun(here, "-o", "a.jsonl", "--pace", "600x", *FIXED) as process:
        until_grown(here / "a.jsonl.part", process)
        process.terminate()
        process.communicate(timeout=DEADLINE)
    journal = here / "a.jsonl.journal"
    before = journal.read_bytes()
    left = names(here)
    for place in (0, 20, before.index(b'"scenario"') + 40, len(before) - 30):
        journal.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
        refused = invoke("run", "-o", "a.jsonl", "--resume")
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr == "a.jsonl.journal cannot be read: begin anew, with --overwrite\n"
        assert names(here) == left


def test_workers_write_what_one_process_writes(here: Path) -> None:
    bound = ("--events", "100000", "--sessions-per-day", "2000000", *FIXED, "--quiet")
    one = command(here, *bound)
    assert command(here, *bound, "--workers", "3").stdout == one.stdout
    assert one.stdout.count(b"\n") == 100_000


def test_a_worker_that_dies(here: Path) -> None:
    with begun(here, "--workers", "2", "-o", "a.csv", *FIXED) as process:
        until_grown(here / "a.csv.part", process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        _, said = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith(b"a.csv: a worker process has died; what was written is in a.csv.part")


def test_workers_end_with_their_parent(here: Path) -> None:
    with begun(here, "--workers", "2", "-o", "a.csv", *FIXED) as process:
        until_grown(here / "a.csv.part", process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait(DEADLINE)
    deadline = time.monotonic() + DEADLINE
    while any(_is_alive(int(child)) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_an_interrupted_run_of_workers_goes_on(here: Path) -> None:
    bound = ("--sessions-per-day", "300000", *FIXED)
    with begun(here, *bound, "--events", "2000000", "-o", "a.csv", "--workers", "2") as process:
        until_grown(here / "a.csv.part", process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=DEADLINE)
    assert (process.returncode, b"; --resume goes on from there" in said) == (130, True)
    events = (here / "a.csv.part").read_bytes().count(b"\n") + 50_000
    assert command(here, "-o", "a.csv", "--resume", "--events", str(events)).returncode == 0
    assert command(here, *bound, "-o", "b.csv", "--events", str(events)).returncode == 0
    assert (here / "a.csv").read_bytes() == (here / "b.csv").read_bytes()
