"""From the bytes of a file to rows as Arrow columns, whatever its format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.reading.columns import Layout
from fakeweb_tui.reading.faults import Faults
from fakeweb_tui.reading.sources import Source


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a source, in its order.

    Attributes:
        source: the name of the file.
        lines: shape (n,): the line of each, or its row in files that have no lines.
        columns: Arrow arrays by name; a value is null where a row has none.
    """

    source: str
    lines: npt.NDArray[np.int64]
    columns: dict[str, Any]

    def __len__(self) -> int:
        return len(self.lines)

    def kept(self, mask: npt.NDArray[np.bool_]) -> "Rows":
        """Return the rows that a mask, shape (n,), keeps."""
        if mask.all():
            return self
        chosen = pa.array(mask)
        return Rows(
            self.source, self.lines[mask], {name: column.filter(chosen) for name, column in self.columns.items()}
        )


def read_rows(source: Source, layout: Layout, faults: Faults) -> Iterator[Rows]:
    """Yield the rows of a source that can be read; what cannot is noted in `faults`.

    ReadingError where a column is missing altogether, or the file is broken.
    """
    from fakeweb_tui.reading.columnar import columnar_rows
    from fakeweb_tui.reading.delimited import delimited_rows
    from fakeweb_tui.reading.json_lines import json_rows

    with source.open() as (format_, stream):
        if format_ == "jsonl":
            yield from json_rows(source.name, stream, layout, faults)
        elif format_ == "csv":
            yield from delimited_rows(source.name, stream, layout, faults)
        else:
            yield from columnar_rows(source.name, format_, stream, layout, faults)


def column_names(source: Source) -> list[str]:
    """Return the names of a source's columns; of JSON lines those of the first line that is an object."""
    from fakeweb_tui.reading.columnar import columnar_names
    from fakeweb_tui.reading.delimited import delimited_names
    from fakeweb_tui.reading.json_lines import json_names

    with source.open() as (format_, stream):
        if format_ == "jsonl":
            return json_names(stream)
        if format_ == "csv":
            return delimited_names(stream)
        return columnar_names(format_, stream)
