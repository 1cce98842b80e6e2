"""Rows of files of every format: the same values from each, and faults with their lines."""

import fcntl
import gzip
import io
import json
import os
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

from fakeweb_tui.reading import Faults, Kind, Layout, ReadingError, column_names, read_rows, sources_of
from fakeweb_tui.reading.columns import page_of_path

LAYOUT = Layout(time="ts", page="page", user="user", fields={"flag": Kind.TRUTH})
STRICT = Layout(time="ts", page="page", user="user", fields={"flag": Kind.TRUTH, "user": Kind.TEXT}, strict=True)
COLUMNS: dict[str, list[Any]] = {
    "ts": ["2026-03-02 00:00:00.000001", "2026-03-02 00:00:01.000000", "2026-03-02 00:00:02.500000"],
    "page": ["/home", '/cart, "big"', "/ü"],
    "user": ["a", "b", "a"],
    "flag": [True, False, True],
}
TEXTS = {name: [str(value) for value in values] for name, values in COLUMNS.items()}


def events() -> pa.Table:
    return pa.table(COLUMNS)


def as_json_lines() -> bytes:
    lines = [json.dumps(event, ensure_ascii=False) for event in events().to_pylist()]
    return "".join(line + "\n" for line in lines).encode()


def as_csv() -> bytes:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(events(), sink)
    return sink.getvalue()


def as_parquet() -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(events(), sink, row_group_size=2)
    return sink.getvalue()


def as_arrow(stream: bool, table: pa.Table | None = None) -> bytes:
    table = events() if table is None else table
    sink = io.BytesIO()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def out_of_bounds() -> pa.Table:
    """Events of which one points to a user who is not there."""
    users = pa.DictionaryArray.from_arrays(pa.array([0, 90, 1], pa.int8()), ["a", "b"], safe=False)
    return events().set_column(2, "user", users)


def rows_of(path: Path, faults: Faults | None = None, layout: Layout = LAYOUT) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a file with the line of each."""
    found = []
    for source in sources_of(str(path)):
        for rows in read_rows(source, layout, faults if faults is not None else Faults()):
            table = pa.table({name: list(column.to_pylist()) for name, column in rows.columns.items()})
            found += list(zip(rows.lines.tolist(), table.to_pylist(), strict=True))
    return found


def texts(rows: list[tuple[int, dict[str, Any]]]) -> dict[str, list[str]]:
    """What stands in each column, as text; of a boolean that is text already, in CSV, as Python writes it."""
    found = {name: [str(row[name]) for _, row in rows] for name in COLUMNS}
    return {**found, "flag": [text.title() for text in found["flag"]]}


def assert_faults(faults: Faults, *expected: str) -> None:
    found = [str(fault).rsplit("/", 1)[-1] for kind in faults.kinds.values() for fault in kind.first]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("content", "first"),
    [
        (as_json_lines(), 1),
        (as_csv(), 2),
        (as_parquet(), 1),
        (as_arrow(stream=True), 1),
        (as_arrow(stream=False), 1),
        (gzip.compress(as_json_lines()), 1),
        (gzip.compress(as_csv()), 2),
        (pa.compress(as_json_lines(), "zstd", asbytes=True), 1),
    ],
    ids=["jsonl", "csv", "parquet", "stream", "file", "jsonl.gz", "csv.gz", "jsonl.zst"],
)
def test_every_format_gives_the_same_rows_whatever_the_name(tmp_path: Path, content: bytes, first: int) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(content)
    rows = rows_of(path)
    assert [line for line, _ in rows] == [first, first + 1, first + 2]
    assert texts(rows) == TEXTS
    assert column_names(sources_of(str(path))[0]) == list(COLUMNS)


def test_parts_that_were_compressed_one_by_one_are_one_file(tmp_path: Path) -> None:
    lines = as_json_lines().splitlines(keepends=True)
    for name, parts in (
        ("gz", [gzip.compress(line) for line in lines]),
        ("zst", [pa.compress(line, "zstd", asbytes=True) for line in lines]),
    ):
        (tmp_path / name).write_bytes(b"".join(parts))
        assert texts(rows_of(tmp_path / name)) == TEXTS


def test_separators_and_a_byte_order_mark(tmp_path: Path) -> None:
    for separator in ",;\t|":
        text = "\ufeff" + separator.join(("ts", "page", "user", "flag", "more")) + "\r\n"
        text += separator.join(("2026-03-02", "home", "7", "true", "x")) + "\r\n"
        (tmp_path / "events").write_text(text, encoding="utf-8", newline="")
        assert rows_of(tmp_path / "events") == [
            (2, {"ts": "2026-03-02", "page": "home", "user": "7", "flag": "true"})
        ]


def test_lines_of_json_that_cannot_be_used(tmp_path: Path) -> None:
    good = '{"ts": "t", "page": "/a", "user": "u", "flag": true}'
    lines = [
        good,
        '{"ts": "t", ',
        good,
        "[1]",
        "",
        good.replace('"u"', "7"),
        good.replace("true", '"yes"'),
        good.replace('"ts"', '"time"'),
        good + good,
        good[:-1],
    ]
    (tmp_path / "bad").write_text("\n".join(lines), encoding="utf-8")
    faults = Faults()
    assert [line for line, _ in rows_of(tmp_path / "bad", faults, STRICT)] == [1, 3]
    assert_faults(
        faults,
        "bad:2: not JSON: Expecting property name enclosed in double quotes (column 13)",
        "bad:4: not a JSON object: each line is one event in braces",
        "bad:5: the line is empty: each line is one JSON object",
        "bad:6: 'user' is 7, not text",
        "bad:7: 'flag' is \"yes\", not true or false",
        "bad:8: unknown field 'time'",
        "bad:9: not JSON: Extra data (column 53)",
        "bad:10: not JSON: Expecting ',' delimiter (column 52)",
    )
    assert faults.count == 8


def test_a_log_that_is_not_ours_may_change_its_mind_about_numbers(tmp_path: Path) -> None:
    lines = ['{"ts": 1, "page": "/a", "user": "u", "x": 1}', '{"ts": 2, "page": "/a", "user": 7, "x": []}']
    (tmp_path / "log").write_text("\n".join(lines), encoding="utf-8")
    faults = Faults()
    rows = rows_of(tmp_path / "log", faults, Layout(time="ts", page="page", user="user"))
    assert [row["user"] for _, row in rows] == ["u", "7"]
    assert not faults


def test_rows_of_csv_that_cannot_be_used(tmp_path: Path) -> None:
    lines = [
        b"ts,page,user,flag",
        b"t,/a,u,true",
        b"t,/a",
        b"",
        b"t,/\xff,u,true",
        b"t,/a,,true",
        b"t,/a,u,true,1",
    ]
    (tmp_path / "bad").write_bytes(b"\n".join(lines) + b"\n")
    faults = Faults()
    rows = rows_of(tmp_path / "bad", faults)
    assert [(line, row["user"]) for line, row in rows] == [(2, "u"), (6, None)]
    assert_faults(
        faults,
        "bad:3: 2 values where the header has 4",
        "bad:4: the line is empty",
        "bad:5: is not UTF-8 text",
        "bad:7: 5 values where the header has 4",
    )


def test_many_faults_are_counted_and_few_are_kept(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text('{"ts": "t"}\n' + "x\n" * 1000, encoding="utf-8")
    faults = Faults()
    rows_of(tmp_path / "bad", faults)
    (kind,) = faults.kinds.values()
    assert (faults.count, kind.count) == (1000, 1000)
    assert [fault.line for fault in kind.first] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\0\1\2", "holds no events: these are JSON lines, CSV, Parquet or Arrow"),
        (b"a,b\n1,2\n", "there is no column 'ts', 'page', 'user', 'flag'; there are 'a', 'b'"),
        (gzip.compress(as_csv())[:60], "cannot be read: Truncated compressed stream"),
        (as_parquet()[:-20], "cannot be read: "),
        (as_arrow(stream=False)[:300], "cannot be read: "),
        (as_arrow(stream=True)[:400], "cannot be read: "),
        (as_arrow(False, out_of_bounds()), "cannot be read: "),
        (as_arrow(True, out_of_bounds()), "cannot be read: "),
    ],
    # Not by content: a compressed file says when it was made, and every process is to find the same tests.
    ids=["empty", "bytes", "other columns", "gz", "parquet", "file", "stream", "index in file", "index in stream"],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ReadingError) as caught:
        rows_of(path)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


def test_a_directory_is_its_files_by_path(tmp_path: Path) -> None:
    for name in ("date=2026-03-02/hour=10/part-0000", "date=2026-03-02/hour=09/part-0001"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(as_json_lines())
    for name in (".hidden", "_SUCCESS", "date=2026-03-02/part.part", "_delta_log/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("no events", encoding="utf-8")
    assert [source.name.removeprefix(f"{tmp_path}/") for source in sources_of(str(tmp_path))] == [
        "date=2026-03-02/hour=09/part-0001",
        "date=2026-03-02/hour=10/part-0000",
    ]
    assert len(rows_of(tmp_path)) == 6


def test_where_nothing_is(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(ReadingError, match=r"there (are no files|is no such file)"):
            sources_of(str(path))


def test_numbers_that_are_whole_at_first(tmp_path: Path) -> None:
    lines = ['{"ts": 1700000000, "page": "/a", "user": 5}', '{"ts": 1700000007.5, "page": "/b", "user": "x"}']
    (tmp_path / "log").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    faults = Faults()
    rows = rows_of(tmp_path / "log", faults, Layout(time="ts", page="page", user="user"))
    assert [(row["ts"], row["user"]) for _, row in rows] == [(1700000000.0, "5"), (1700000007.5, "x")]
    assert not faults


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    good = b'{"ts": "t", "page": "/a", "user": "u", "other": "x"}\n'
    (tmp_path / "log").write_bytes(good + good.replace(b'"x"', b'"\xff"') + good)
    faults = Faults()
    layout = Layout(time="ts", page="page", user="user")
    assert [line for line, _ in rows_of(tmp_path / "log", faults, layout)] == [1, 3]
    assert_faults(
        faults, "log:2: not JSON: 'utf-8' codec can't decode byte 0xff in position 49: invalid start byte"
    )


def test_a_pipe_that_gives_its_header_in_two_parts(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("wb", buffering=0) as file:
            file.write(b"ti")
            # The reader has taken what was there when the pipe is empty again.
            while unread(file):
                os.sched_yield()
            file.write(b"me,page,user\n1,/a,u\n")

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        rows = rows_of(pipe, Faults(), Layout(time="time", page="page", user="user"))
        done.result()
    assert [row["page"] for _, row in rows] == ["/a"]


def unread(file: FileIO) -> int:
    """How many bytes wait in a pipe."""
    count = bytearray(4)
    fcntl.ioctl(file, termios.FIONREAD, count)
    return int.from_bytes(count, sys.byteorder)


@pytest.mark.parametrize(
    ("value", "page"),
    [
        ("/a/b/?x=1#y", "a/b"),
        ("//cart", "cart"),
        ("/", "index"),
        ("/a\nb", "a\nb"),
        ("https://shop.example//cart?x", "cart"),
        ("https://shop.example", "index"),
        ("http://[", "http://["),
        ("cart", "cart"),
    ],
)
def test_pages_of_paths(value: str, page: str) -> None:
    assert page_of_path(value) == page
