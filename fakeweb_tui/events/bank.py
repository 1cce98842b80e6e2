"""Rows of text, each made of texts out of one bank.

Most of what a row says is picked from texts that many rows share. These are put into one array, with room for what
a row has for itself, and a row is then the places of its texts in it: one `take` of all places lays the rows one
behind the other, and copies every byte once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.events.arrays import number_array
from fakeweb_tui.events.text import Text

ROWS_AT_ONCE = 1 << 12
"""So many rows are made by one call: of a kilobyte each, they stay within a third-level cache until they are
written."""


@dataclass(frozen=True, eq=False)
class Shared:
    """A column of which each row picks one text: `pieces` joined are all texts, `lengths` says where each ends."""

    pieces: Sequence[bytes | memoryview]
    lengths: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Shared":
        """Take texts, in UTF-8."""
        encoded = [text.encode() for text in texts]
        return cls([b"".join(encoded)], np.array([len(text) for text in encoded], np.int64))


@dataclass(frozen=True)
class Own:
    """A column whose text is each row's own, so many bytes wide, with something before it that is the same."""

    before: bytes
    width: int


Column = Shared | Own


class Bank:
    """The texts of some columns, one after the other, and rows made of them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        lengths = [
            column.lengths
            if isinstance(column, Shared)
            else np.full(ROWS_AT_ONCE, len(column.before) + column.width, np.int64)
            for column in columns
        ]
        offsets = np.zeros(sum(map(len, lengths)) + 1, np.int64)
        np.cumsum(np.concatenate(lengths), out=offsets[1:])
        self._begins = np.cumsum([0, *map(len, lengths)])[:-1].tolist()
        self._memory = np.empty(offsets[-1], np.uint8)
        self._rooms: dict[int, Text] = {}
        for place, column in enumerate(columns):
            begin = self._begins[place]
            at = int(offsets[begin])
            if isinstance(column, Shared):
                for piece in column.pieces:
                    self._memory[at : at + len(piece)] = np.frombuffer(piece, np.uint8)
                    at += len(piece)
            else:
                room = self._memory[at : int(offsets[begin + ROWS_AT_ONCE])].reshape(ROWS_AT_ONCE, -1)
                room[:, : len(column.before)] = np.frombuffer(column.before, np.uint8)
                self._rooms[place] = room[:, len(column.before) :]
        held = [None, pa.py_buffer(offsets), pa.py_buffer(self._memory)]
        self._texts = pa.Array.from_buffers(pa.large_binary(), len(offsets) - 1, held)
        self._counting = np.arange(ROWS_AT_ONCE)

    def rows(self, values: Sequence[npt.NDArray[Any]]) -> tuple[memoryview, npt.NDArray[np.int64]]:
        """Make rows, at most `ROWS_AT_ONCE`.

        Args:
            values: for each column which text each row has, shape (n,), or the text itself, shape (n, width).

        Returns:
            The rows one behind the other, and where each begins and the last one ends, shape (n + 1,).
        """
        count = len(values[0])
        places = np.empty((count, len(values)), np.int64)
        for column, (begin, value) in enumerate(zip(self._begins, values, strict=True)):
            room = self._rooms.get(column)
            if room is None:
                picked = value
            else:
                room[:count] = value
                picked = self._counting[:count]
            np.add(picked.astype(np.int64, copy=False), begin, out=places[:, column])
        made = self._texts.take(number_array(places.ravel()))
        offsets = np.frombuffer(made.buffers()[1], np.int64)[: places.size + 1]
        return memoryview(made.buffers()[2])[: offsets[-1]], offsets[:: len(values)]
