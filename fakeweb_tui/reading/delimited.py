"""Comma-separated values, and those separated by semicolons, tabs or bars."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from fakeweb_tui.config.problems import listed
from fakeweb_tui.reading.columns import Layout
from fakeweb_tui.reading.faults import Faults, ReadingError
from fakeweb_tui.reading.rows import Rows

_SEPARATORS = ",;\t|"
_BLOCK = 8 << 20
_SEEN = 1 << 20


def delimited_names(stream: io.BufferedReader) -> list[str]:
    """Return the names in the header."""
    return _header(stream)[0]


def _header(stream: io.BufferedReader) -> tuple[list[str], str]:
    """Return the names in the header and what separates them; the stream stays where it is."""
    begin = stream.peek(_SEEN)[:_SEEN].decode("utf-8-sig", "replace")
    line = begin.splitlines()[0] if begin else ""
    separator = max(_SEPARATORS, key=line.count)
    return next(csv.reader(io.StringIO(begin), delimiter=separator), []), separator


def delimited_rows(source: str, stream: io.BufferedReader, layout: Layout, faults: Faults) -> Iterator[Rows]:
    """Yield the rows of a stream that begins with a header."""
    names, separator = _header(stream)
    check_columns(source, names, layout, faults)
    bad: set[int] = set()

    def note(row: Any) -> str:
        bad.add(row.number)
        faults.add(
            "rows of another length",
            source,
            row.number,
            f"{row.actual_columns:,} values where the header has {row.expected_columns:,}",
        )
        return "skip"

    wanted = list(layout.wanted)
    reader = pyarrow.csv.open_csv(
        stream,
        # The handler is told the row's number only by a single thread.
        read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, invalid_row_handler=note, ignore_empty_lines=False
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()), include_columns=wanted, strings_can_be_null=False
        ),
    )
    line = 2
    for batch in reader:
        lines: list[int] = []
        while len(lines) < len(batch):
            if line not in bad:
                lines.append(line)
            line += 1
        yield _decoded(
            Rows(source, np.array(lines, np.int64), dict(zip(wanted, batch.columns, strict=True))), faults
        )


def check_columns(source: str, names: list[str], layout: Layout, faults: Faults) -> None:
    """Note columns that should not be there; ReadingError where one that is wanted is missing."""
    missing = [name for name in layout.wanted if name not in names]
    if missing:
        raise ReadingError(f"{source}: there is no column {listed(missing)}; there are {listed(names)}")
    if layout.strict:
        for name in names:
            if name not in layout.wanted:
                faults.add("columns that are not in the schema", source, 1, f"unknown column {name!r}")


def _decoded(rows: Rows, faults: Faults) -> Rows:
    """Return the rows as text, without those that are not UTF-8; what is empty has no value."""
    good = ~np.logical_and.reduce([_is_empty(column) for column in rows.columns.values()])
    if not good.all():
        lines = rows.lines[~good]
        faults.add_all("empty lines", rows.source, lines, ["the line is empty"] * len(lines))
        rows = rows.kept(good)
    good = np.ones(len(rows), np.bool_)
    for name, column in rows.columns.items():
        try:
            rows.columns[name] = _text(column)
        except pa.ArrowInvalid:
            good &= [_is_text(value) for value in column.to_pylist()]
    if good.all():
        return rows
    lines = rows.lines[~good]
    faults.add_all("rows that are not UTF-8", rows.source, lines, ["is not UTF-8 text"] * len(lines))
    kept = rows.kept(good)
    return Rows(kept.source, kept.lines, {name: _text(column) for name, column in kept.columns.items()})


def _text(column: Any) -> Any:
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


def _is_empty(column: Any) -> Any:
    return pc.equal(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
