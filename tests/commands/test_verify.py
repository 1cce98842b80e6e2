"""`verify`: on what `run` writes, on what fake_web_events really makes, and on what is broken."""

import gzip
import json
import subprocess
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest
from benchmarks.rival import rival_python
from click.testing import Result
from helpers import invoke

from fakeweb_tui.config import Config

FIXED = ("--seed", "7", "--start", "2026-03-02", "--quiet")
RUN = ("run", "--events", "20000", "--sessions-per-day", "40000", *FIXED)


pytestmark = pytest.mark.usefixtures("here")


def assert_fits(result: Result) -> None:
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith("The events fit")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("web.jsonl", ()),
        ("web.csv", ()),
        ("web.csv.zst", ()),
        ("web.parquet", ()),
        ("web.arrow", ()),
        ("utm.jsonl.gz", ("--schema", "utm")),
        ("utm.parquet", ("--schema", "utm")),
        ("web-parts", ("--format", "parquet", "--rotate", "2h")),
    ],
)
def test_what_run_writes_fits(name: str, options: tuple[str, ...]) -> None:
    assert invoke(*RUN, "-o", name, *options).exit_code == 0
    result = invoke("verify", name)
    assert_fits(result)
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{name}: 20,000 events of ")
    assert lines[0].endswith(f" users, schema {name[:3]}")
    assert any(line.startswith("  landing_pages ") and line.endswith("fits") for line in lines)


def test_a_site_that_comes_along() -> None:
    invoke(*RUN, "--site", "bank", "-o", "bank.csv")
    assert_fits(invoke("verify", "bank.csv", "--site", "bank"))
    assert invoke("verify", "bank.csv").exit_code == 1


def test_columns_compressed_files_directories_and_pipes_fit(tmp_path: Path) -> None:
    invoke(*RUN, "-o", "events.csv")
    invoke(*RUN, "-o", "events.jsonl")
    table = pyarrow.csv.read_csv("events.csv")
    types = {"event_timestamp": "timestamp[us]", "geo_latitude": "double", "geo_longitude": "double"}
    for place, name in enumerate(table.column_names):
        column = table[name].cast(types.get(name, table[name].type))
        # As Parquet files of many have it: dictionaries for what repeats.
        table = table.set_column(place, name, column.dictionary_encode() if column.type == "string" else column)
    pyarrow.parquet.write_table(table, "events.parquet")
    lines = Path("events.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "parts").mkdir()
    for part in range(4):
        content = b"".join(lines[part * 5000 : (part + 1) * 5000])
        (tmp_path / "parts" / f"part-{part}.jsonl.gz").write_bytes(gzip.compress(content, 1))
    figures = [
        json.loads(invoke("verify", name, "--json").stdout)["sections"]
        for name in ("events.csv", "events.parquet", "parts")
    ]
    assert figures[0] == figures[1] == figures[2]
    piped = invoke("verify", "-", stdin=b"".join(lines))
    assert_fits(piped)
    assert piped.stdout.startswith("-: 20,000 events of ")
    assert_fits(invoke("verify", "-", stdin=Path("events.parquet").read_bytes()))
    assert_fits(invoke("verify", "-", stdin=gzip.compress(b"".join(lines), 1)))


def test_an_altered_config_does_not_fit(tmp_path: Path, config: Config) -> None:
    text = config.document.text.replace("home: 0.6\n", "home: 0.5\n").replace(
        "product_a: 0.25\n", "product_a: 0.35\n"
    )
    (tmp_path / "altered.yml").write_text(text, encoding="utf-8")
    invoke(RUN[0], "altered.yml", *RUN[1:], "-o", "events.csv")
    assert_fits(invoke("verify", "events.csv", "--config", "altered.yml"))
    result = invoke("verify", "events.csv")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[-1] == "The events do not fit: landing_pages."
    (worst,) = [line for line in lines if line.startswith("landing_pages: product_a")]
    assert "expected" in worst
    figures = json.loads(invoke("verify", "events.csv", "--json").stdout)
    assert not figures["fits"]
    assert figures["sections"]["landing_pages"]["p"] < figures["limit"] < figures["sections"]["browsers"]["p"]


def test_faults_are_shown_with_their_lines() -> None:
    invoke(*RUN, "-o", "events.jsonl")
    lines = Path("events.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[9] = lines[9][:100] + "\n"
    lines[19] = lines[19].replace('"pageview"', '"click"')
    lines[29] = lines[29].replace('"page_url_path":"/', '"page_url_path":"/x\\u001b[31m')
    lines[39], lines[41] = lines[41], lines[39]
    lines.insert(51, lines[50])
    Path("events.jsonl").write_text("".join(lines), encoding="utf-8")
    result = invoke("verify", "events.jsonl")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    for expected in (
        "events.jsonl:10: not JSON: Unterminated string",
        "events.jsonl:20: 'event_type' is 'click': it is 'pageview' in every event",
        "events.jsonl:30: 'page_url_path' is '/x\\x1b[31m",
        "events.jsonl:41: its time is ",
        "events.jsonl:52: its user, time and page are those of line 51",
    ):
        assert f"    {expected}" in result.stdout
    assert "The events do not fit: 7 faults." in result.stdout


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (None, ("events",), "events: there is no such file"),
        (None, ("s3://bucket/a.csv",), "s3://bucket/a.csv: events are read from files: copy them here, or pipe"),
        (b"", ("events",), "events: is empty"),
        (b"a,b\n1,2\n", ("events",), "events: there is no column 'event_timestamp'"),
        (gzip.compress(b"x" * 100, mtime=0)[:15], ("events",), "events: cannot be read: "),
        (b"{}", ("events", "--config", "absent.yml"), "absent.yml:1:1: cannot be read"),
        (b"{}", ("events", "--batch-size", "0"), "the batch size is 0.0: it is 0.1 to 3600"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, content: bytes | None, arguments: tuple[str, ...], message: str
) -> None:
    if content is not None:
        (tmp_path / "events").write_bytes(content)
    result = invoke("verify", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def test_a_header_alone_holds_no_events(tmp_path: Path) -> None:
    invoke(*RUN, "-o", "events.csv")
    header = Path("events.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "header.csv").write_text(header + "\n", encoding="utf-8")
    result = invoke("verify", "header.csv")
    assert (result.exit_code, result.stderr) == (2, "header.csv: holds no events\n")


REAL = """
import json, random, sys
from datetime import datetime
from faker import Faker
import fake_web_events.simulation as simulation

# The package hands floats to randrange, which Python 3.12 takes no longer.
whole = simulation.randrange
simulation.randrange = lambda low, high: whole(int(low), int(high))
random.seed(4)
Faker.seed(4)
site = simulation.Simulation(user_pool_size=200, sessions_per_day=30_000, init_time=datetime(2026, 3, 2, 9))
events = site.run(duration_seconds=1000)
for _ in range(1500):
    print(json.dumps(next(events)))
"""


def test_what_fake_web_events_really_makes_fits(tmp_path: Path) -> None:
    done = subprocess.run([rival_python(), "-c", REAL], capture_output=True, check=True, timeout=300)
    (tmp_path / "real.jsonl").write_bytes(done.stdout)
    result = invoke("verify", "real.jsonl", "--schema", "utm")
    assert_fits(result)
    assert result.stdout.startswith("real.jsonl: 1,500 events of ")
    figures = json.loads(invoke("verify", "real.jsonl", "--json").stdout)
    assert (figures["schema"], figures["faults"]) == ("utm", {})
    assert figures["sections"]["pages"]["freedom"] >= 8
    assert figures["sections"]["dwell"]["remark"].startswith("the times are on no grid of 10 s")
    # Within a step it writes events in no order.
    strict = invoke("verify", "real.jsonl", "--disorder", "0s")
    assert strict.exit_code == 1
    assert "events out of order" in strict.stdout


def test_fields_that_the_config_names(config: Config) -> None:
    section = (
        "schema:\n  base: utm\n  drop: [ip_address, event_id]\n"
        "  rename: {page_url_path: page, user_custom_id: who}\n"
        "  derived: {visit: session_id}\n  constants: {tenant: 7}\n  order: [tenant]\n"
    )
    Path("own.yml").write_text(f"{config.document.text}\n{section}")
    assert invoke(*RUN, "own.yml", "-o", "own.jsonl").exit_code == 0
    result = invoke("verify", "own.jsonl", "--config", "own.yml")
    assert_fits(result)
    assert "schema the config's" in result.stdout
    assert invoke("verify", "own.jsonl").exit_code == 1
