"""Every format, read back by a program that is not ours, holds the events that the library gives as dicts."""

import csv
import gzip
import io
import json
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fakeweb_tui import Simulation
from fakeweb_tui.config import Config
from fakeweb_tui.events.columns import ColumnRenderer
from fakeweb_tui.formats.naming import format_of
from fakeweb_tui.run import Bounds, Output, Rotation, Task, export
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import EVENT_FIELDS
from fakeweb_tui.simulation import Parameters

START = datetime(2026, 3, 2)
SPAN = timedelta(hours=9)
Rows = list[dict[str, Any]]
PARAMETERS = Parameters(seed=11, start=START, sessions_per_day=5_000, batch_size=30)


@pytest.fixture(scope="module")
def events(config: Config) -> Rows:
    simulation = Simulation(10_000, 5_000, 30, START, seed=11, config=config)
    return list(simulation.run(simulated=SPAN))


@pytest.fixture(scope="module")
def typed(events: Rows) -> Rows:
    """The events as columns have them."""
    return [
        {
            **event,
            "event_timestamp": datetime.fromisoformat(event["event_timestamp"]),
            "geo_latitude": float(event["geo_latitude"]),
            "geo_longitude": float(event["geo_longitude"]),
            "referer_url_port": int(event["referer_url_port"]),
        }
        for event in events
    ]


@pytest.fixture(scope="module")
def folder(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in each format, each of several parts."""
    folder = tmp_path_factory.mktemp("formats")
    for name in ("a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.gz", "a.jsonl.zst", "a.parquet", "a.arrow", "a.arrows"):
        format_ = format_of(name)
        format_.block_sessions = 100
        output = Output(str(folder / name), format_)
        export(Task(Scenario(config, PARAMETERS), output, Bounds(until=START + SPAN)))
    return folder


def tool(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def from_csv(text: str) -> Rows:
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    return [{**row, "device_is_mobile": row["device_is_mobile"] == "true"} for row in rows]


def from_jsonl(text: str) -> Rows:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.jsonl", lambda path: from_jsonl(path.read_text("utf-8"))),
        ("a.csv", lambda path: from_csv(path.read_text("utf-8"))),
        ("a.jsonl.gz", lambda path: from_jsonl(tool("zcat", path))),
        ("a.csv.gz", lambda path: from_csv(gzip.decompress(path.read_bytes()).decode())),
        (
            "a.jsonl.zst",
            lambda path: from_jsonl(pa.CompressedInputStream(str(path), "zstd").read().decode()),
        ),
    ],
)
def test_text(folder: Path, events: Rows, name: str, read: Callable[[Path], Rows]) -> None:
    assert read(folder / name) == events


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.parquet", pq.read_table),
        ("a.arrow", lambda path: pa.ipc.open_file(path).read_all()),
        ("a.arrow", lambda path: pa.table(pd.read_feather(path))),
        ("a.arrows", lambda path: pa.ipc.open_stream(path.read_bytes()).read_all()),
    ],
    ids=["parquet", "arrow file", "feather", "arrow stream"],
)
def test_columns(folder: Path, typed: Rows, name: str, read: Callable[[Path], pa.Table]) -> None:
    table = read(folder / name)
    assert table.column_names == list(EVENT_FIELDS)
    assert table.to_pylist() == typed
    assert table.schema.field("event_timestamp").type.bit_width == 64
    assert table.schema.field("geo_latitude").type == pa.float64()
    assert table.schema.field("device_is_mobile").type == pa.bool_()


def test_parquet_in_a_database(folder: Path, typed: Rows) -> None:
    found = duckdb.connect().execute(f"select * from '{folder / 'a.parquet'}'").fetchall()
    assert [dict(zip(EVENT_FIELDS, row, strict=True)) for row in found] == typed


def test_parquet_in_a_data_frame(folder: Path, typed: Rows) -> None:
    frame = pd.read_parquet(folder / "a.parquet")
    assert frame["event_timestamp"].is_monotonic_increasing
    assert frame["user_custom_id"].astype(str).tolist() == [event["user_custom_id"] for event in typed]


def test_parquet_tells_where_its_times_are(folder: Path, typed: Rows) -> None:
    metadata = pq.read_metadata(folder / "a.parquet")
    assert (metadata.num_rows, metadata.num_row_groups > 3) == (len(typed), True)
    place = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        statistics = group.column(0).statistics
        assert statistics.min == typed[place]["event_timestamp"]
        place += group.num_rows
        assert statistics.max == typed[place - 1]["event_timestamp"]


def test_one_row_group_can_be_read_alone(folder: Path, typed: Rows) -> None:
    file = pq.ParquetFile(folder / "a.parquet")
    before = sum(file.metadata.row_group(number).num_rows for number in range(3))
    rows = file.read_row_group(3).to_pylist()
    assert rows == typed[before : before + len(rows)]


def test_a_batch_of_an_arrow_file_can_be_read_alone(folder: Path, typed: Rows) -> None:
    file = pa.ipc.open_file(folder / "a.arrow")
    last = file.get_batch(file.num_record_batches - 1).to_pylist()
    assert last == typed[-len(last) :]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows", "a.csv.gz", "a.jsonl.zst"])
def test_no_events(config: Config, tmp_path: Path, name: str) -> None:
    export(Task(Scenario(config, PARAMETERS), Output(str(tmp_path / name), format_of(name)), Bounds(events=0)))
    data = (tmp_path / name).read_bytes()
    if name == "a.parquet":
        table = pq.read_table(pa.BufferReader(data))
        assert (table.num_rows, table.column_names) == (0, list(EVENT_FIELDS))
    elif name == "a.arrow":
        assert pa.ipc.open_file(data).read_all().num_rows == 0
    elif name == "a.arrows":
        assert pa.ipc.open_stream(data).read_all().num_rows == 0
    elif name == "a.csv.gz":
        assert gzip.decompress(data).decode() == ",".join(EVENT_FIELDS) + "\n"
    else:
        assert data == b""


@pytest.mark.parametrize(
    ("place", "asked", "suffix"),
    [
        ("-", None, ".jsonl"),
        ("-", "arrow", ".arrows"),
        ("-", "parquet", ".parquet"),
        ("out/a.b.ndjson", None, ".jsonl"),
        ("a.JSON.GZ", None, ".jsonl.gz"),
        ("a.gz", "csv", ".csv.gz"),
        ("-", "csv.zst", ".csv.zst"),
        ("lake", "jsonl.gz", ".jsonl.gz"),
        ("a.jsonl.gz", "jsonl.zst", ".jsonl.zst"),
        ("a.csv.zstd", None, ".csv.zst"),
        ("a.feather", None, ".arrow"),
        ("events", None, ".jsonl"),
        ("events.parquet/", None, ".parquet"),
    ],
)
def test_names_say_formats(place: str, asked: str | None, suffix: str) -> None:
    assert format_of(place, asked).suffix == suffix


@pytest.mark.parametrize(
    ("place", "message"), [("a.xlsx", "'xlsx' is no format"), ("a.parquet.gz", "leave .gz out")]
)
def test_names_that_say_no_format(place: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        format_of(place)


@pytest.mark.parametrize(("name", "module"), [("a.parquet", "parquet"), ("a.arrow", "arrow")])
def test_what_files_have_in_common_is_made_once(
    config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, module: str
) -> None:
    made = []

    class Counted(ColumnRenderer):
        def __init__(self, *args: Any) -> None:
            made.append(args)
            super().__init__(*args)

    monkeypatch.setattr(f"fakeweb_tui.formats.{module}.ColumnRenderer", Counted)
    output = Output(str(tmp_path / "files"), format_of(name), rotation=Rotation(timedelta(hours=1)))
    export(Task(Scenario(config, PARAMETERS), output, Bounds(until=START + SPAN)))
    assert len(list((tmp_path / "files").iterdir())) == 9
    assert len(made) == 2  # by the encoder, and by what begins the files
