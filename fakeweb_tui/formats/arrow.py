"""Arrow IPC, as a file or as a stream (https://arrow.apache.org/docs/format/Columnar.html).

A file is a stream between two marks, with a footer that tells where its messages are. All dictionaries are written
first, once: they hold every value that the scenario can have, so that batches are messages of their own.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from struct import pack, unpack_from

import pyarrow as pa

from fakeweb_tui.config import Config
from fakeweb_tui.events.arrays import number_array
from fakeweb_tui.events.columns import Column, ColumnRenderer
from fakeweb_tui.formats import Piece
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import Field
from fakeweb_tui.simulation import Batch

_MAGIC = b"ARROW1"
_PADDED_MAGIC = _MAGIC + b"\0\0"
_CONTINUATION = b"\xff\xff\xff\xff"
_END_OF_STREAM = _CONTINUATION + bytes(4)
_BLOCK_SESSIONS = 1 << 14
_TABLE = 16
"""Where the table of our footer is."""

Block = tuple[int, int, int]
"""Where a message begins, and how long its metadata and its body are, in bytes."""


class Arrow:
    """Arrow IPC: a file, or a stream for readers that cannot seek."""

    block_sessions = _BLOCK_SESSIONS
    at_once = False

    def __init__(self, *, stream: bool = False) -> None:
        self.suffix = ".arrows" if stream else ".arrow"
        self._stream = stream

    def encoder(self, fields: Sequence[Field], scenario: Scenario) -> "ArrowEncoder":
        """Return an encoder of a scenario's events."""
        return ArrowEncoder(ColumnRenderer(fields, scenario))

    def assembler(self, fields: Sequence[Field], scenario: Scenario) -> Callable[[], "ArrowAssembly"]:
        """Return what begins a new file or stream."""
        renderer = ColumnRenderer(fields, scenario)
        return partial(ArrowAssembly, renderer.schema, _first_messages(renderer), stream=self._stream)


class ArrowEncoder:
    """Encodes parts as one record batch each."""

    def __init__(self, renderer: ColumnRenderer) -> None:
        self._renderer = renderer

    def encode(self, config: Config, batch: Batch) -> Iterator[Piece]:
        """Yield the message of a record batch."""
        schema = self._renderer.schema
        columns = self._renderer.render(config, batch)
        arrays = [_array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
        yield memoryview(pa.RecordBatch.from_arrays(arrays, schema=schema).serialize())


def _array(column: Column, kind: pa.DataType) -> pa.Array:
    if column.index is None:
        return column.values
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(number_array(column.index), column.values)
    return column.values.take(number_array(column.index))


class ArrowAssembly:
    """A file or stream of record batches; `messages` are those of its schema and its dictionaries."""

    def __init__(self, schema: pa.Schema, messages: bytes, *, stream: bool) -> None:
        self._schema, self._messages, self._stream = schema, messages, stream
        self._blocks: list[Block] = []
        self._size = len(self.begin())

    def begin(self) -> bytes:
        """Return the schema and the dictionaries."""
        return self._messages if self._stream else _PADDED_MAGIC + self._messages

    def add(self, part: Iterable[Piece]) -> Iterator[Piece]:
        """Yield a record batch."""
        for message in part:
            self._blocks.append(_block(message, 0, self._size))
            self._size += len(message)
            yield message

    def end(self) -> bytes:
        """Return the end of the stream and, of a file, its footer."""
        if self._stream:
            return _END_OF_STREAM
        dictionaries = list(_blocks_of(self._messages, len(_PADDED_MAGIC)))[1:]
        footer = _footer(self._schema, dictionaries, self._blocks)
        return _END_OF_STREAM + footer + pack("<i", len(footer)) + _MAGIC

    def state(self) -> str:
        """Return where the last record batch is."""
        return json.dumps(self._blocks[-1]) if self._blocks else ""

    def restore(self, states: Iterable[str]) -> None:
        """Know where all record batches are."""
        self._blocks = list(dict.fromkeys(tuple(json.loads(state)) for state in states if state))
        self._size += sum(metadata + body for _, metadata, body in self._blocks)


def _first_messages(renderer: ColumnRenderer) -> bytes:
    """Return the messages of the schema and the dictionaries."""
    empty = pa.RecordBatch.from_arrays(list(renderer.dictionaries()), schema=renderer.schema)
    whole = pa.BufferOutputStream()
    with pa.ipc.new_stream(whole, renderer.schema) as writer:
        writer.write_batch(empty)
    # What follows the dictionaries is the batch, which is there for their sake, and the end.
    messages: bytes = whole.getvalue().to_pybytes()
    return messages[: -len(empty.serialize()) - len(_END_OF_STREAM)]


def _blocks_of(data: bytes, begin: int) -> Iterator[Block]:
    """Yield the blocks of messages that follow each other, the first of which begins at byte `begin` of a file."""
    place = 0
    while place < len(data):
        block = _block(data, place, begin + place)
        yield block
        place += block[1] + block[2]


def _block(data: Piece, place: int, begin: int) -> Block:
    """Return the block of an encapsulated message at a place of `data`, which is byte `begin` of a file."""
    length = 8 + unpack_from("<i", data, place + 4)[0]
    return begin, length, _body_length(data, place + 8)


def _body_length(data: Piece, message: int) -> int:
    """Return the field `bodyLength` of a Message, which is the fourth."""
    table, slots = _table(data, message + unpack_from("<I", data, message)[0])
    length: int = unpack_from("<q", data, table + slots[3])[0] if len(slots) > 3 and slots[3] else 0
    return length


def _footer(schema: pa.Schema, dictionaries: Sequence[Block], batches: Sequence[Block]) -> bytes:
    """Return the FlatBuffer Footer of a file.

    A file without messages has one too, with the schema in it. FlatBuffers point ahead by relative offsets, so a
    new table in front of that one can point to its schema, and to lists of our own.
    """
    old = _empty_footer(schema)
    table, slots = _table(old, unpack_from("<I", old, 0)[0])
    version = unpack_from("<h", old, table + slots[0])[0]
    old_schema = table + slots[1] + unpack_from("<I", old, table + slots[1])[0]
    lists = [_blocks(dictionaries), _blocks(batches)]
    places = [_TABLE + 20, _TABLE + 20 + len(lists[0])]
    places = [places[1] + len(lists[1]) + 4 + old_schema, *places]
    # The root points to the table; the table points back to its slots: version, schema, dictionaries, batches.
    head = pack("<IHHHHHH", _TABLE, 12, 20, 16, 4, 8, 12)
    pointers = [place - (_TABLE + slot) for place, slot in zip(places, (4, 8, 12), strict=True)]
    head += pack("<iIIIhxx", _TABLE - 4, *pointers, version)
    return b"".join((head, *lists, bytes(4), old))


def _empty_footer(schema: pa.Schema) -> bytes:
    whole = pa.BufferOutputStream()
    pa.ipc.new_file(whole, schema).close()
    file = whole.getvalue().to_pybytes()
    end = len(file) - len(_MAGIC) - 4
    footer: bytes = file[end - unpack_from("<i", file, end)[0] : end]
    return footer


def _table(data: Piece, place: int) -> tuple[int, tuple[int, ...]]:
    """Return the place of a FlatBuffer's table, and where in it its fields are; 0 for one that is left out."""
    slots = place - unpack_from("<i", data, place)[0]
    return place, unpack_from(f"<{unpack_from('<H', data, slots)[0] // 2 - 2}H", data, slots + 4)


def _blocks(blocks: Sequence[Block]) -> bytes:
    """Return a FlatBuffer's vector of the struct Block, as long as a multiple of 8, to stand 4 behind one."""
    return pack("<I", len(blocks)) + b"".join(pack("<qixxxxq", *block) for block in blocks) + bytes(4)
