"""Parquet and Arrow files and streams."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from fakeweb_tui.reading.columns import Layout
from fakeweb_tui.reading.delimited import check_columns
from fakeweb_tui.reading.faults import Faults
from fakeweb_tui.reading.rows import Rows

_ROWS = 1 << 17


def columnar_names(format_: str, stream: io.BufferedReader) -> list[str]:
    """Return the names of the columns; a stream stays where it is."""
    if format_ == "arrows":
        # The schema is the first message.
        return list(pa.ipc.open_stream(pa.BufferReader(stream.peek(1))).schema.names)
    return _open(format_, stream)[0]


def columnar_rows(
    source: str, format_: str, stream: io.BufferedReader, layout: Layout, faults: Faults
) -> Iterator[Rows]:
    """Yield the rows of a Parquet file, an Arrow file or an Arrow stream."""
    names, batches = _open(format_, stream, list(layout.wanted))
    check_columns(source, names, layout, faults)
    first = 1
    for batch in batches:
        if format_ != "parquet":
            # Arrow takes what such files say of themselves as true, and would read where nothing is.
            batch.validate(full=True)
        lines = np.arange(first, first + len(batch))
        first += len(batch)
        yield Rows(source, lines, {name: batch.column(name) for name in layout.wanted})


def _open(
    format_: str, stream: io.BufferedReader, wanted: list[str] | None = None
) -> tuple[list[str], Iterator[Any]]:
    """Return the names of all columns, and the batches (with at least the wanted columns that there are)."""
    if format_ == "parquet":
        import pyarrow.parquet

        file = pyarrow.parquet.ParquetFile(stream)
        names = list(file.schema_arrow.names)
        chosen = None if wanted is None else [name for name in wanted if name in names]
        return names, file.iter_batches(batch_size=_ROWS, columns=chosen)
    if format_ == "arrow":
        reader = pa.ipc.open_file(stream)
        return list(reader.schema.names), map(reader.get_batch, range(reader.num_record_batches))
    reader = pa.ipc.open_stream(stream)
    return list(reader.schema.names), iter(reader)
