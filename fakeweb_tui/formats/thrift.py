"""Thrift's compact protocol, as much of it as Parquet's metadata uses: structs as trees of their fields.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md. What is read is written again
with every field that it had, known or not.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, STRUCT = range(1, 13)
I16, I64, BINARY, LIST = _I16, _I64, _BINARY, _LIST

Struct: TypeAlias = dict[int, tuple[int, Any]]
"""For each field id the type and the value: int, bool, bytes, Struct, or (type of items, items) of a list."""


class Reader:
    """Reads structs from bytes, one behind the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def struct(self) -> Struct:
        """Return the next struct."""
        fields: Struct = {}
        number = 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            number = number + step if step else self._zigzag()
            fields[number] = kind, self._value(kind)
        return fields

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)

    def _value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in (_I16, _I32, _I64):
            return self._zigzag()
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind == STRUCT:
            return self.struct()
        if kind in (_LIST, _SET):
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._varint()
            return head & 15, [self._item(head & 15) for _ in range(count)]
        if kind in (_BYTE, _DOUBLE):
            return self._bytes(1 if kind == _BYTE else 8)
        raise ValueError(f"a Thrift value of type {kind}")

    def _item(self, kind: int) -> Any:
        return self._byte() == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)

    def _bytes(self, count: int) -> bytes:
        self._place += count
        return self._data[self._place - count : self._place]


def encoded(struct: Struct, after: int = 0) -> bytes:
    """Return a struct as bytes, or the end of one whose fields up to `after` are written already."""
    out = bytearray()
    _put_struct(out, struct, after)
    return bytes(out)


def encoded_list(kind: int, items: Sequence[bytes]) -> bytes:
    """Return a list of items that are encoded already."""
    out = bytearray()
    _put_list_head(out, kind, len(items))
    return bytes(out) + b"".join(items)


def _put_struct(out: bytearray, struct: Struct, last: int = 0) -> None:
    for number, (said, value) in struct.items():
        kind = said
        if kind in (_TRUE, _FALSE):
            kind = _TRUE if value else _FALSE
        if 0 < number - last < 16:
            out.append(number - last << 4 | kind)
        else:
            out.append(kind)
            _put_varint(out, number << 1)
        last = number
        _put(out, kind, value)
    out.append(0)


def _put(out: bytearray, kind: int, value: Any) -> None:
    if kind in (_I16, _I32, _I64):
        _put_varint(out, value << 1 if value >= 0 else (~value << 1) | 1)
    elif kind == _BINARY:
        _put_varint(out, len(value))
        out += value
    elif kind == STRUCT:
        _put_struct(out, value)
    elif kind in (_LIST, _SET):
        item_kind, items = value
        _put_list_head(out, item_kind, len(items))
        for item in items:
            if item_kind in (_TRUE, _FALSE):
                out.append(_TRUE if item else _FALSE)
            else:
                _put(out, item_kind, item)
    elif kind in (_BYTE, _DOUBLE):
        out += value


def _put_list_head(out: bytearray, kind: int, count: int) -> None:
    if count < 15:
        out.append(count << 4 | kind)
    else:
        out.append(15 << 4 | kind)
        _put_varint(out, count)


def _put_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
