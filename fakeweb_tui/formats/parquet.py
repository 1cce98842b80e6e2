"""Parquet (https://parquet.apache.org/docs/file-format/): one row group for each part.

A part is encoded as a file of its own, with one row group. A row group says where its columns are by bytes from
the begin of the file, so row groups of several files make one when these offsets are moved, and one footer tells
of all.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from struct import pack, unpack_from
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fakeweb_tui.config import Config
from fakeweb_tui.events.arrays import number_array
from fakeweb_tui.events.columns import Column, ColumnRenderer
from fakeweb_tui.formats import Piece, thrift
from fakeweb_tui.formats.thrift import Struct
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import Field
from fakeweb_tui.simulation import Batch

_MAGIC = b"PAR1"
_TAIL = 8  # the length of the footer, and the mark again
_BLOCK_SESSIONS = 1 << 16
_LARGEST_DICTIONARY = 1 << 26
# Smaller parts have dictionaries of their own, without what no row has.
_FEW_ROWS = 1 << 14

# Fields of parquet.thrift, by id.
_SCHEMA, _ROWS, _ROW_GROUPS, _KEY_VALUES = 2, 3, 4, 5
_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _ORDINAL = 1, 3, 5, 7
_CHUNK_OFFSET, _META_DATA = 2, 3
_PAGE_OFFSETS = (9, 10, 11)
_MOST_ORDINALS = 1 << 15


class Parquet:
    """Parquet, compressed by Zstandard where that is of use."""

    suffix = ".parquet"
    block_sessions = _BLOCK_SESSIONS
    at_once = False

    def encoder(self, fields: Sequence[Field], scenario: Scenario) -> "ParquetEncoder":
        """Return an encoder of a scenario's events."""
        return ParquetEncoder(ColumnRenderer(fields, scenario))

    def assembler(self, fields: Sequence[Field], scenario: Scenario) -> Callable[[], "ParquetAssembly"]:
        """Return what begins a new file."""
        return partial(ParquetAssembly, _footer(ColumnRenderer(fields, scenario).schema))


class ParquetEncoder:
    """Encodes parts as files with one row group."""

    def __init__(self, renderer: ColumnRenderer) -> None:
        self._renderer = renderer

    def encode(self, config: Config, batch: Batch) -> Iterator[Piece]:
        """Yield a file."""
        columns = self._renderer.render(config, batch)
        arrays = [_array(column, small=len(batch) < _FEW_ROWS) for column in columns]
        named = zip(self._renderer.schema, arrays, strict=True)
        schema = pa.schema([field.with_type(array.type) for field, array in named])
        yield memoryview(_file(pa.Table.from_arrays(arrays, schema=schema)))


def _array(column: Column, *, small: bool) -> pa.Array:
    index, values = column.index, column.values
    if index is None or values.type == pa.bool_():
        return values if index is None else values.take(number_array(index))
    if small:
        used, index = np.unique(index, return_inverse=True)
        values = values.take(number_array(used))
    return pa.DictionaryArray.from_arrays(number_array(index), values)


def _file(table: pa.Table) -> pa.Buffer:
    """Return a table as a file with one row group."""
    encoded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    moments = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    whole = pa.BufferOutputStream()
    pq.write_table(
        table,
        whole,
        row_group_size=max(1, len(table)),
        compression={name: _codec(table[name].combine_chunks()) for name in table.schema.names},
        use_dictionary=encoded,
        # Finding the least and the greatest string of a column takes longer than writing it.
        write_statistics=moments,
        column_encoding=dict.fromkeys(moments, "DELTA_BINARY_PACKED") or None,
        dictionary_pagesize_limit=_LARGEST_DICTIONARY,
        store_schema=False,
    )
    return whole.getvalue()


def _codec(column: pa.Array) -> str:
    """Return what to compress a column by.

    Packed codes and differences hardly become smaller: to compress them takes a seventh of the time of a file, for
    a seventeenth of its size. So those columns are compressed that hold more than the codes of their rows.
    """
    if pa.types.is_timestamp(column.type):
        return "none"
    held = column.dictionary if pa.types.is_dictionary(column.type) else column
    return "zstd" if held.nbytes > len(column) else "none"


class ParquetAssembly:
    """A file of row groups; `footer` is that of one without any."""

    def __init__(self, footer: Struct) -> None:
        self._footer = footer
        self._groups: list[bytes] = []
        self._rows = 0
        self._size = len(_MAGIC)
        self._state = ""

    def begin(self) -> bytes:
        """Return the mark of the format."""
        return _MAGIC

    def add(self, part: Iterable[Piece]) -> Iterator[Piece]:
        """Yield the columns of a row group."""
        for file in part:
            end = _footer_place(file)
            group = _groups(thrift.Reader(bytes(file[end:])).struct())[0]
            _move(group, self._size - len(_MAGIC), len(self._groups))
            self._add(group[_GROUP_ROWS][1], end - len(_MAGIC), thrift.encoded(group))
            yield memoryview(file)[len(_MAGIC) : end]

    def _add(self, rows: int, size: int, group: bytes) -> None:
        self._rows += rows
        self._size += size
        self._groups.append(group)
        self._state = f"{rows} {size} {base64.b64encode(group).decode()}"

    def end(self) -> bytes:
        """Return the footer."""
        data = _with_groups({**self._footer, _ROWS: (thrift.I64, self._rows)}, self._groups)
        return data + pack("<I", len(data)) + _MAGIC

    def state(self) -> str:
        """Return the last row group."""
        return self._state

    def restore(self, states: Iterable[str]) -> None:
        """Know all row groups."""
        for state in dict.fromkeys(filter(None, states)):
            rows, size, group = state.split(" ")
            self._add(int(rows), int(size), base64.b64decode(group))


def _footer(schema: pa.Schema) -> Struct:
    """Return the footer of a file without rows."""
    empty = memoryview(_file(pa.Table.from_batches([], schema)))
    footer = thrift.Reader(bytes(empty[_footer_place(empty) :])).struct()
    said: Struct = {
        1: (thrift.BINARY, b"ARROW:schema"),
        2: (thrift.BINARY, base64.b64encode(schema.serialize())),
    }
    footer[_KEY_VALUES] = thrift.LIST, (thrift.STRUCT, [said])
    return footer


def _footer_place(file: Piece) -> int:
    length: int = unpack_from("<I", file, len(file) - _TAIL)[0]
    return len(file) - _TAIL - length


def _groups(footer: Struct) -> list[Struct]:
    groups: list[Struct] = footer[_ROW_GROUPS][1][1]
    return groups


def _move(group: Struct, by: int, ordinal: int) -> None:
    """Move a row group by so many bytes, to be the one after `ordinal` others."""

    def move(struct: Struct, *numbers: int) -> None:
        for number in numbers:
            # Some offsets are 0 where there is nothing to point to.
            if number in struct and struct[number][1]:
                struct[number] = struct[number][0], struct[number][1] + by

    columns: list[Struct] = group[_COLUMNS][1][1]
    for chunk in columns:
        move(chunk, _CHUNK_OFFSET)
        move(chunk[_META_DATA][1], *_PAGE_OFFSETS)
    move(group, _GROUP_OFFSET)
    # It is optional, and has 16 bits.
    group.pop(_ORDINAL, None)
    if ordinal < _MOST_ORDINALS:
        group[_ORDINAL] = thrift.I16, ordinal


def _with_groups(footer: Struct, groups: list[bytes]) -> bytes:
    """Return an encoded footer with these encoded row groups."""
    empty: Any = (thrift.STRUCT, [])
    footer[_ROW_GROUPS] = thrift.LIST, empty
    before = {number: field for number, field in sorted(footer.items()) if number <= _ROW_GROUPS}
    behind = {number: field for number, field in sorted(footer.items()) if number > _ROW_GROUPS}
    # An empty list is one byte, and the end of a struct another.
    start = thrift.encoded(before)[:-2]
    return start + thrift.encoded_list(thrift.STRUCT, groups) + thrift.encoded(behind, after=_ROW_GROUPS)
