"""The command `run`: its options, what it writes and says, and how it ends."""

import csv
import fcntl
import io
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from click.testing import CliRunner, Result

from fakeweb_tui import Simulation
from fakeweb_tui.cli import main
from fakeweb_tui.config import Config
from fakeweb_tui.events import EVENT_FIELDS, SCHEMAS
from fakeweb_tui.events.lines import LineRenderer
from fakeweb_tui.events.syntax import CommaSeparated, JsonLines
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.scenario_file import save_scenario
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.users import UserPool

Format: TypeAlias = JsonLines | CommaSeparated

SEED = 11
START = datetime(2026, 3, 2)
JSON_LINES, COMMA_SEPARATED = JsonLines(), CommaSeparated()
DEADLINE = 60
"""Seconds after which a process hangs; nothing waits for so long unless something is wrong."""


# The command, in processes of its own

COMMAND = [sys.executable, "-W", "error", "-m", "fakeweb_tui", "run"]
FIXED = ("--seed", str(SEED), "--start", "2026-03-02")
# Chunks of some days then hold but few sessions: a long run writes little between two looks at its file.
SLOWLY = ("--sessions-per-day", "2")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path


def command(here: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command's whole life, with its standard output and standard error unless they are given."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
    return subprocess.run([*COMMAND, *arguments], cwd=here, check=False, timeout=DEADLINE, **streams)


@contextmanager
def begun(here: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command while it runs; killed if it has not ended when the test has."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=here,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Else `communicate` misses what reading a line has read beyond it.
        bufsize=0,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Look until a condition holds; fail if the process has ended without it, or takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def until_grown(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Look until the file was written to twice."""
    until(lambda: size_of(path) > 0, process)
    before = size_of(path)
    until(lambda: size_of(path) > before, process)


def command_here(here: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """The command in this process, which takes a tenth of the time; its standard output can only be a file."""
    monkeypatch.chdir(here)
    return CliRunner().invoke(main, ["run", *arguments])


def names(here: Path) -> list[str]:
    return sorted(entry.name for entry in here.iterdir())


def assert_refused(done: subprocess.CompletedProcess[bytes], status: int, *messages: str) -> None:
    """Fail unless it ended with the status, these words in its last line, and no events."""
    said = done.stderr.decode()
    assert (done.returncode, done.stdout or b"") == (status, b""), said
    assert "Traceback" not in said
    for message in messages:
        assert message in said.splitlines()[-1]


# A renderer takes a tenth of a second to make.
@cache
def renderer_of(config: Config, parameters: Parameters, syntax: Format, schema: str) -> LineRenderer:
    pool = UserPool(parameters.seed, config)
    return LineRenderer(syntax, SCHEMAS[schema], pool, parameters, config.page_names)


def expected(
    config: Config, events: int, syntax: Format = JSON_LINES, schema: str = "web", **options: Any
) -> bytes:
    """What the command writes with `FIXED`."""
    parameters = Parameters(**{"seed": SEED, "start": START, **options})
    renderer = renderer_of(config, parameters, syntax, schema)
    pieces = [renderer.header]
    for _, batch in Scenario(config, parameters).batches():
        pieces += map(bytes, renderer.render(batch.slice(0, events)))
        events -= min(events, len(batch))
        if not events:
            break
    return b"".join(pieces)


def test_events_on_standard_output_and_a_summary_on_standard_error(here: Path, config: Config) -> None:
    done = command(here, "--events", "500", *FIXED)
    assert done.returncode == 0
    assert done.stdout == expected(config, 500)
    assert_summary(done.stderr, "500 events")
    assert done.stderr.decode().endswith(f"  seed {SEED}\n")
    assert names(here) == []


def assert_summary(said: bytes, *words: str) -> None:
    text = said.decode()
    assert text.count("\n") == 2, text
    for word in (*words, "events/s", " MB ", " in ", " xxh128 ", " seed ", "home "):
        assert word in text


def test_quiet_says_nothing(here: Path, config: Config) -> None:
    done = command(here, "--events", "5", "--format", "csv", "--schema", "utm", "--quiet", *FIXED)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == expected(config, 5, COMMA_SEPARATED, "utm")


def test_options_of_the_simulation(here: Path, config: Config) -> None:
    (here / "site.yml").write_text(config.document.text.replace("confirmation", "thanks"), encoding="utf-8")
    options = ("--users", "7", "--sessions-per-day", "5000", "--batch-size", "30", "--simulated", "2h")
    done = command(here, "site.yml", *options, "--quiet", *FIXED)
    simulation = Simulation(7, 5000, 30, START, seed=SEED, config=here / "site.yml")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events == list(simulation.run(simulated=timedelta(hours=2)))
    assert "/thanks" in {event["page_url_path"] for event in events}


def test_the_seed_said_gives_the_same_events_again(here: Path) -> None:
    first = command(here, "--events", "20", "--start", "2026-03-02")
    seed = first.stderr.split()[-1].decode()
    again = command(here, "--events", "20", "--start", "2026-03-02", "--seed", seed)
    assert first.stdout == again.stdout
    assert first.stdout.count(b"\n") == 20


def test_a_duration(here: Path) -> None:
    done = command(here, "--duration", "0.05s", *SLOWLY, *FIXED)
    assert done.returncode == 0
    assert done.stdout.endswith(b"}\n")
    assert command(here, "--duration", "0s", "--quiet").stdout == b""


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.jsonl", ()), ("a.json", ()), ("a.ndjson", ()), ("a", ()), ("a.csv", ("--format", "jsonl"))],
)
def test_a_file_of_json_lines(
    here: Path, config: Config, monkeypatch: pytest.MonkeyPatch, name: str, options: tuple[str, ...]
) -> None:
    done = command_here(here, monkeypatch, "--events", "30", "-o", name, *options, *FIXED)
    assert (done.exit_code, done.stdout) == (0, "")
    assert_summary(done.stderr_bytes, "30 events")
    assert names(here) == [name]
    assert (here / name).read_bytes() == expected(config, 30)


def test_a_file_of_comma_separated_values(here: Path, config: Config) -> None:
    done = command(here, "--events", "30", "--output", str(here / "a.csv"), "--quiet", *FIXED)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert names(here) == ["a.csv"]
    assert (here / "a.csv").read_bytes() == expected(config, 30, COMMA_SEPARATED)


def test_a_file_without_events(here: Path) -> None:
    assert command(here, "--events", "0", "-o", "a.csv").returncode == 0
    assert (here / "a.csv").read_text("utf-8") == ",".join(EVENT_FIELDS) + "\n"


def test_a_file_that_exists_is_refused_unless_it_is_to_be_overwritten(here: Path, config: Config) -> None:
    (here / "a.jsonl").write_bytes(b"old")
    arguments = ("--events", "30", "-o", "a.jsonl", *FIXED)
    assert_refused(command(here, *arguments), 1, "a.jsonl exists", "--overwrite")
    assert names(here) == ["a.jsonl"]
    assert (here / "a.jsonl").read_bytes() == b"old"
    assert command(here, *arguments, "--overwrite").returncode == 0
    assert names(here) == ["a.jsonl"]
    assert (here / "a.jsonl").read_bytes() == expected(config, 30)


def test_where_no_file_can_be(here: Path) -> None:
    assert_refused(command(here, "--events", "5", "-o", "missing/a.jsonl"), 1, "missing/a.jsonl: No such file")
    (here / "folder.csv").mkdir()
    assert_refused(command(here, "--events", "5", "-o", "folder.csv", "--overwrite"), 1, "folder.csv is no file")
    assert names(here) == ["folder.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "a.xlsx"), "a.xlsx: 'xlsx' is no format: give --format jsonl, csv, parquet, arrow"),
        (("--simulated", "5"), "'5' is no length of time: write 90s, 45m, 12h or 30d."),
        (("--simulated", "999999999.99999999d"), "is too long"),
        (("--duration", "-5s"), "'-5s' is no length of time"),
        (("--events", "-1"), "-1 is not in the range x>=0"),
        (("--format", "xml"), "'xml' is not one of 'jsonl', 'csv', 'parquet', 'arrow'"),
        (("--schema", "other"), "'other' is not one of 'web', 'utm'"),
        (("--users", "0"), "the user pool size is 0"),
        (("missing.yml",), "missing.yml:1:1: "),
    ],
)
def test_bad_options_are_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    done = command_here(here, monkeypatch, "--events", "5", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert isinstance(done.exception, SystemExit)
    assert message in done.stderr.splitlines()[-1]
    assert names(here) == []


def test_bad_options_are_refused_in_a_process_of_their_own(here: Path) -> None:
    assert_refused(command(here, "-o", "a.xlsx"), 2, "'xlsx' is no format")
    assert_refused(command(here, "--simulated", "5"), 2, "'5' is no length of time")
    assert names(here) == []


def test_a_bad_config_is_refused_with_the_places(here: Path, config: Config) -> None:
    text = config.document.text.replace("home: 0.45", "home: 0.44").replace("Opera: 0.1", "Oprah: 0.1")
    (here / "bad.yml").write_text(text, encoding="utf-8")
    done = command(here, "bad.yml", "--events", "5", "-o", "a.jsonl")
    assert_refused(done, 2)
    assert [line.split(b" ")[0] for line in done.stderr.splitlines()] == [b"bad.yml:2:3:", b"bad.yml:103:3:"]
    assert names(here) == ["bad.yml"]


# Where output fails


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_standard_output_on_a_full_disk(here: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = command(here, "--events", "1000", stdout=full)
    assert_refused(done, 1, "standard output: No space left on device")


def test_a_file_that_grows_too_large(here: Path, config: Config) -> None:
    # A limit on the size of files takes the way of a full disk, and anybody may set one.
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from fakeweb_tui.cli import main\n"
        "main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "--events", "1000", "-o", "a.jsonl", *FIXED],
        cwd=here,
        capture_output=True,
        check=False,
        timeout=DEADLINE,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert_refused(
        done, 1, "a.jsonl: File too large; what was written is in a.jsonl.part; --resume goes on from there"
    )
    assert names(here) == ["a.jsonl.journal", "a.jsonl.part"]
    assert (here / "a.jsonl.part").read_bytes() == expected(config, 1000)[:100_000]


@pytest.mark.parametrize("bound", [(), ("--events", "1000000000")])
def test_a_pipe_that_is_closed(here: Path, bound: tuple[str, ...]) -> None:
    with begun(here, *bound) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"event_timestamp"')
        process.stdout.close()
        assert process.wait(DEADLINE) == 141
        assert process.stderr.read() == b"whoever read standard output has closed it\n"


def test_streams_that_are_closed(here: Path, config: Config) -> None:
    shell = ["sh", "-c", '"$@" 2>&-', "sh", *COMMAND, "--events", "5", *FIXED]
    done = subprocess.run(shell, cwd=here, stdout=subprocess.PIPE, check=False, timeout=DEADLINE)
    # No word of the summary is among the events.
    assert (done.returncode, done.stdout) == (0, expected(config, 5))
    shell = ["sh", "-c", '"$@" >&-', "sh", *COMMAND, "--events", "5", *FIXED]
    closed = subprocess.run(shell, cwd=here, stderr=subprocess.PIPE, check=False, timeout=DEADLINE)
    assert_refused(closed, 1, "standard output: Bad file descriptor")


# Signals


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


def events_of(content: bytes, syntax: Format) -> list[Any]:
    """What a reader of the format finds; fails where a line is not complete."""
    assert content.endswith(b"\n")
    if isinstance(syntax, JsonLines):
        return [json.loads(line) for line in content.splitlines()]
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(EVENT_FIELDS)}
    return rows[1:]


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
    bound = ("--events", "100000", "--sessions-per-day", "300000", *FIXED)
    assert command(here, *bound, "-o", f"whole-{name}", "--quiet").returncode == 0
    chance = random.Random(name)
    workers = ("--workers", "2") if name.endswith("gz") else ()
    for _ in range(5):
        with begun(here, *bound, "-o", name, "--resume", *workers) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.3, 1.5))
            process.kill()
            process.wait(DEADLINE)
    done = command(here, *bound, "-o", name, "--resume")
    assert done.returncode == 0, done.stderr
    assert (here / name).read_bytes() == (here / f"whole-{name}").read_bytes()
    assert names(here) == [name, f"whole-{name}"]


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


# Options that go together, or do not


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--hive",), "--hive divides files into folders: give --rotate as well"),
        (("--rotate", "1h"), "--rotate writes files: give their folder as --output"),
        (("--rotate", "1h", "-o", "a", "--overwrite"), "--rotate needs a new or empty folder"),
        (("--rotate", "7m", "--hive", "-o", "a"), "do not fit into days"),
        (("--rotate", "1x", "-o", "a"), "'1x' is no length of time or size"),
        (("--pace", "fast"), "'fast' is no pace: write realtime, 600x or max."),
        (("--shard", "4/4"), "'4/4' is no part: write 0/4"),
        (("--follow", "--start", "2026-01-01"), "leave --start out"),
        (("--follow", "--pace", "2x"), "leave --pace out"),
        (("--resume",), "--resume goes on with files"),
        (("-o", "a.parquet.gz"), "leave .gz out"),
    ],
)
def test_options_that_do_not_go_together(
    here: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    done = command_here(here, monkeypatch, "--events", "5", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr.splitlines()[-1]
    assert names(here) == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_history_and_then_live(here: Path, workers: str) -> None:
    before = datetime.now()
    moments: list[datetime] = []
    options = ("--backfill", "10m", "--follow", "--seed", "1", "--sessions-per-day", "1000000", "--quiet")
    with begun(here, *options, "--workers", workers) as process:
        assert process.stdout is not None
        lines = io.BufferedReader(process.stdout)  # type: ignore[type-var]
        while not moments or moments[-1] < before + timedelta(seconds=2):
            event = json.loads(lines.readline())
            moments.append(datetime.fromisoformat(event["event_timestamp"]))
            # Nothing comes before its time.
            assert moments[-1] <= datetime.now()
        process.terminate()
        lines.read()
        assert process.wait(DEADLINE) == 143
    assert moments == sorted(moments)
    assert before - timedelta(minutes=10, seconds=1) < moments[0] < before
    # The seam is as the time around it: nothing is missing there.
    seam = [moment for moment in moments if moment > before - timedelta(minutes=1)]
    assert max(b - a for a, b in itertools.pairwise(seam)) < timedelta(seconds=3)


def test_a_backfill_ends_now(here: Path) -> None:
    before = datetime.now().replace(microsecond=0)
    done = command(here, "--backfill", "3h", "--seed", "1")
    moments = [datetime.fromisoformat(json.loads(line)["event_timestamp"]) for line in done.stdout.splitlines()]
    assert before - timedelta(hours=3, seconds=1) < moments[0]
    assert before - timedelta(minutes=2) < moments[-1] < datetime.now()


def test_a_resumed_run_that_is_whole(here: Path) -> None:
    arguments = ("--events", "30", "-o", "a.jsonl", *FIXED)
    assert command(here, *arguments, "--resume").returncode == 0
    again = command(here, *arguments, "--resume")
    assert (again.returncode, again.stderr) == (0, b"a.jsonl is whole: there is nothing to resume\n")


def test_a_scenario_is_replayed(here: Path, config: Config) -> None:
    changed = config.with_row(("pages", "home"), {"home": 0.1, "product_a": 0.8, "session_end": 0.1})
    parameters = Parameters(SEED, START, sessions_per_day=50_000)
    edits = differences(400, config, changed)
    scenario = Scenario(config, parameters, edits, begin=90, end=START + timedelta(hours=2))
    save_scenario(scenario, here / "shown.jsonl")
    done = subprocess.run(
        [*COMMAND[:-1], "replay", "shown.jsonl", "--quiet"], cwd=here, capture_output=True, check=True
    )
    renderer = renderer_of(config, parameters, JSON_LINES, "web")
    lines = [bytes(piece) for _, batch in scenario.batches() for piece in renderer.render(batch)]
    assert done.stdout == b"".join(lines)
    assert done.stdout.count(b"\n") > 1000
    missing = subprocess.run([*COMMAND[:-1], "replay", "x"], cwd=here, capture_output=True, check=False)
    assert (missing.returncode, missing.stderr.count(b"\n")) == (2, 1)


def test_a_folder_that_cannot_be_written_to(here: Path) -> None:
    # Nobody may write below it, root included.
    assert_refused(command(here, "--events", "5", "-o", "/proc/a.jsonl"), 1, "/proc/a.jsonl: No such file")
