"""The command `run`: its options, what it writes and says."""

import io
import itertools
import json
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from helpers import invoke

from fakeweb_tui import Simulation
from fakeweb_tui.config import Config, save_config
from fakeweb_tui.events import EVENT_FIELDS
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.scenario_file import save_scenario
from fakeweb_tui.simulation import Parameters

from .running import (
    COMMA_SEPARATED,
    COMMAND,
    DEADLINE,
    FIXED,
    JSON_LINES,
    SEED,
    SLOWLY,
    START,
    assert_refused,
    assert_summary,
    begun,
    command,
    expected,
    names,
    renderer_of,
    until_grown,
)


def test_events_on_standard_output_and_a_summary_on_standard_error(here: Path, config: Config) -> None:
    done = command(here, "--events", "500", *FIXED)
    assert done.returncode == 0
    assert done.stdout == expected(config, 500)
    assert_summary(done.stderr, "500 events")
    assert done.stderr.decode().endswith(f"  seed {SEED}\n")
    assert names(here) == []


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


def test_a_rate_is_kept_over_a_day_and_resumed(here: Path, config: Config) -> None:
    rate = ("--rate", "0.5", "--simulated", "1d", "-o", "a.jsonl", *FIXED)
    assert command(here, *rate, "--quiet").returncode == 0
    events = (here / "a.jsonl").read_bytes().splitlines()
    # Of 17,749 sessions, whose numbers of events have a deviation of 2.3.
    assert len(events) == pytest.approx(0.5 * 86_400, abs=5 * 2.3 * 17_749**0.5)
    sessions = 0.5 * 86_400 / Forecast(config, Parameters(seed=0, start=START)).chain.events
    assert (here / "a.jsonl").read_bytes() == expected(config, len(events), sessions_per_day=sessions)
    with begun(here, "--rate", "0.5", "-o", "b.jsonl", *FIXED) as process:
        until_grown(here / "b.jsonl.part", process)
    resumed = ("--resume", "-o", "b.jsonl", "--duration", "0.01s", "--rate")
    assert_refused(command(here, *resumed, "0.6"), 2, "is of a run with other options")
    assert command(here, *resumed, "0.5").returncode == 0


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
    none = command(here, "--duration", "0s", "--quiet")
    assert (none.returncode, none.stdout, none.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.jsonl", ()), ("a.json", ()), ("a.ndjson", ()), ("a", ()), ("a.csv", ("--format", "jsonl"))],
)
def test_a_file_of_json_lines(here: Path, config: Config, name: str, options: tuple[str, ...]) -> None:
    done = invoke("run", "--events", "30", "-o", name, *options, *FIXED)
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
    assert_refused(
        command(here, "--events", "5", "-o", "missing/a.jsonl"), 1, "missing/a.jsonl: there is no folder missing"
    )
    (here / "folder.csv").mkdir()
    assert_refused(command(here, "--events", "5", "-o", "folder.csv", "--overwrite"), 1, "folder.csv is no file")
    assert names(here) == ["folder.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "a.xlsx"), "a.xlsx: 'xlsx' is no format: there are jsonl, csv, parquet, arrow"),
        (("-o", "a.log"), "; --format says it for any name"),
        (("--rate", "-1"), "the rate is -1.0: it is a number of events per second, 0 or more"),
        (("--rate", "nan"), "the rate is nan"),
        (("--simulated", "5"), "'5' is no length of time: write 90s, 45m, 12h or 30d."),
        (("--simulated", "999999999.99999999d"), "is too long"),
        (("--duration", "-5s"), "'-5s' is no length of time"),
        (("--events", "-1"), "'-1' is no whole number: write 500, 20k, 1.5M or 1000000."),
        (("--format", "xml"), "'xml' is not one of 'jsonl', 'jsonl.gz', "),
        (("--schema", "other"), "'other' is not one of 'web', 'utm'"),
        (("--start", "tomorrow"), "'tomorrow' is no date: write 2026-11-23, '2026-11-23 18:30', now, today, "),
        (("--start", "2026-11-23T18:30Z"), "the start has a time zone"),
        (("-o", ""), "'' is no place: write a path, s3://…, gs://… or az://…, or -."),
        (("-o", "http://host/a.csv"), "'http://host/a.csv' is no place"),
        (("--resume", "-o", "/dev/null"), "--resume goes on with files and objects: give one as --output"),
        (("--users", "0"), "the user pool size is 0"),
        (("missing.yml",), "missing.yml:1:1: "),
    ],
)
def test_bad_options_are_refused(here: Path, arguments: tuple[str, ...], message: str) -> None:
    done = invoke("run", "--events", "5", *arguments)
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
        (("--rate", "5", "--sessions-per-day", "5"), "leave --sessions-per-day out"),
        (("--follow", "--pace", "2x"), "leave --pace out"),
        (("--resume",), "--resume goes on with files"),
        (("-o", "a.parquet.gz"), "leave .gz out"),
    ],
)
def test_options_that_do_not_go_together(here: Path, arguments: tuple[str, ...], message: str) -> None:
    done = invoke("run", "--events", "5", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr.splitlines()[-1]
    assert names(here) == []


def flat(here: Path, config: Config) -> str:
    """A site of which every hour sees the same: what ends now begins at any hour of day."""
    hours = dict.fromkeys(map(str, range(24)), 1 / 24)
    save_config(config.with_row(("visits_per_hour",), hours), here / "flat.yml")
    return "flat.yml"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_history_and_then_live(here: Path, config: Config, workers: str) -> None:
    before = datetime.now()
    moments: list[datetime] = []
    options = (
        flat(here, config),
        "--backfill",
        "10m",
        "--follow",
        "--seed",
        "1",
        "--sessions-per-day",
        "1000000",
        "--quiet",
    )
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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--pace", "600x", "--format", "arrow", "-o", "/dev/null"), "for about 0:0"),
        (("--pace", "realtime", "-o", "a.csv.gz"), "for about 1 day, "),
        (("--pace", "realtime", "-o", "a", "--format", "parquet", "--rotate", "2h"), "for about 2:00:00: plain"),
        (("--pace", "realtime", "-o", "/dev/null"), ""),
        (("--pace", "realtime", "-o", "a.csv"), ""),
        (("--pace", "realtime", "-o", "a", "--rotate", "1h"), ""),
        (("--pace", "1000000x", "-o", "a.parquet"), ""),
        (("-o", "a.parquet"), ""),
    ],
)
@pytest.mark.usefixtures("here")
def test_how_long_events_are_held_back_is_said(options: tuple[str, ...], said: str) -> None:
    done = invoke("run", "--duration", "0s", *options, *FIXED)
    assert done.exit_code == 0
    lines = done.stderr.splitlines()
    assert len(lines) == 2 + bool(said)
    assert not said or said in lines[0]


def test_a_backfill_ends_now(here: Path, config: Config) -> None:
    before = datetime.now().replace(microsecond=0)
    done = command(here, flat(here, config), "--backfill", "3h", "--seed", "1")
    moments = [datetime.fromisoformat(json.loads(line)["event_timestamp"]) for line in done.stdout.splitlines()]
    assert before - timedelta(hours=3, seconds=1) < moments[0]
    assert before - timedelta(minutes=2) < moments[-1] < datetime.now()


def test_the_schema_is_by_default_the_config_s(here: Path, config: Config) -> None:
    section = """schema:
  base: none
  derived: {visit: session_id, step: session_step}
  constants: {environment: staging}
"""
    (here / "mine.yml").write_text(config.document.text + section, encoding="utf-8")
    fixed = ("mine.yml", "--events", "20", "--quiet", *FIXED)
    own = [json.loads(line) for line in command(here, *fixed).stdout.splitlines()]
    assert {tuple(event) for event in own} == {("visit", "step", "environment")}
    assert {event["environment"] for event in own} == {"staging"}
    # What is asked for goes first, and is what it is without the section.
    for schema in ("web", "utm"):
        assert command(here, *fixed, "--schema", schema).stdout == expected(config, 20, schema=schema)


def test_a_config_whose_name_is_no_text(here: Path, config: Config) -> None:
    name = os.fsdecode(b"\xff.yml")
    (here / name).write_text(config.document.text, encoding="utf-8")
    assert command(here, name, "--events", "30", "-o", "a.jsonl", *FIXED).returncode == 0
    assert (here / "a.jsonl").read_bytes() == expected(config, 30)
    assert command(here, name, "--events", "30", "-o", "a.jsonl", "--resume", *FIXED).returncode == 0


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
