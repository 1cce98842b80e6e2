"""JSON lines: parsed by Arrow block by block, and line by line where a block is not as it should be."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json

from fakeweb_tui.reading.columns import Kind, Layout
from fakeweb_tui.reading.faults import Faults, ReadingError
from fakeweb_tui.reading.rows import Rows

_BLOCK = 8 << 20
_LONGEST_LINE = 64 << 20
_TYPES = {Kind.TEXT: pa.string(), Kind.TRUTH: pa.bool_(), Kind.WHOLE: pa.int64(), Kind.NUMBER: pa.float64()}
_WIDTH = (pa.bool_(), pa.int64(), pa.float64(), pa.string())


def json_rows(source: str, stream: io.BufferedReader, layout: Layout, faults: Faults) -> Iterator[Rows]:
    """Yield the rows of a stream of JSON lines."""
    first_line = 1
    types: dict[str, pa.DataType] = {}
    for block in _blocks(source, stream):
        types = types or _types(block, layout.wanted)
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        table = _parsed(block, types, layout.strict)
        wider = types if table is not None else _widened(types, block, layout.wanted)
        if wider != types:
            types, table = wider, _parsed(block, wider, layout.strict)
        if table is not None and len(table) == lines:
            numbers = np.arange(first_line, first_line + lines)
            yield Rows(source, numbers, {name: table[name].combine_chunks() for name in types})
        else:
            yield _one_by_one(source, block, first_line, types, layout.strict, faults)
        first_line += lines


def json_names(stream: io.BufferedReader) -> list[str]:
    """Return the names in the first line that is an object; the stream stays where it is."""
    for line in io.BytesIO(stream.peek(_LONGEST_LINE)):
        value = _value_of(line)
        if isinstance(value, dict):
            return list(value)
    return []


def _blocks(source: str, stream: io.BufferedReader) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time."""
    rest = b""
    while block := stream.read(_BLOCK):
        end = block.rfind(b"\n") + 1
        if not end:
            rest += block
            if len(rest) > _LONGEST_LINE:
                raise ReadingError(
                    f"{source}: has a line of more than {_LONGEST_LINE >> 20} MB: these are no events"
                )
            continue
        yield rest + block[:end]
        rest = block[end:]
    if rest:
        yield rest


def _types(block: bytes, wanted: Mapping[str, Kind]) -> dict[str, pa.DataType]:
    """Return the type of each wanted column, where it may be anything that of its first value."""
    open_ = {name for name, kind in wanted.items() if kind is Kind.ANY}
    found: dict[str, pa.DataType] = {}
    for line in io.BytesIO(block):
        value = _value_of(line) if open_ - found.keys() else None
        if not isinstance(value, dict):
            break
        for name in open_ - found.keys():
            if value.get(name) is not None:
                found[name] = _TYPES[_kind_of(value[name])]
    return {name: _TYPES.get(kind) or found.get(name, pa.string()) for name, kind in wanted.items()}


def _widened(types: Mapping[str, pa.DataType], block: bytes, wanted: Mapping[str, Kind]) -> dict[str, pa.DataType]:
    """Return the types; where a column may be anything, one wide enough for all that a block has there as well."""
    found = dict(types)
    for line in io.BytesIO(block):
        value = _value_of(line)
        if isinstance(value, dict):
            for name, kind in wanted.items():
                if kind is Kind.ANY and value.get(name) is not None:
                    found[name] = max(found[name], _TYPES[_kind_of(value[name])], key=_WIDTH.index)
    return found


def _kind_of(value: object) -> Kind:
    if isinstance(value, bool):
        return Kind.TRUTH
    if isinstance(value, int):
        return Kind.WHOLE
    return Kind.NUMBER if isinstance(value, float) else Kind.TEXT


def _parsed(block: bytes, types: Mapping[str, pa.DataType], strict: bool) -> pa.Table | None:
    """Return the rows of a block in which every line is as it should be; None for any other."""
    if not _is_text(block):
        return None
    try:
        return pyarrow.json.read_json(
            pa.BufferReader(block),
            read_options=pyarrow.json.ReadOptions(block_size=1 << 20),
            parse_options=pyarrow.json.ParseOptions(
                explicit_schema=pa.schema(list(types.items())),
                unexpected_field_behavior="error" if strict else "ignore",
            ),
        )
    except pa.ArrowInvalid:
        return None


def _is_text(block: bytes) -> bool:
    """Whether a block is UTF-8, which Arrow looks at in the columns that it returns only."""
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


def _value_of(line: bytes) -> object:
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value


def _one_by_one(
    source: str, block: bytes, first_line: int, types: Mapping[str, pa.DataType], strict: bool, faults: Faults
) -> Rows:
    """Return the rows of a block that can be used, and note what is wrong with the others."""
    good: list[dict[str, Any]] = []
    lines: list[int] = []
    for number, line in enumerate(io.BytesIO(block), first_line):
        wrong, value = _judged(line, types, strict)
        if wrong is None:
            good.append(value)
            lines.append(number)
        else:
            faults.add(wrong[0], source, number, wrong[1])
    columns = {name: pa.array([value.get(name) for value in good], type_) for name, type_ in types.items()}
    return Rows(source, np.array(lines, np.int64), columns)


def _judged(
    line: bytes, types: Mapping[str, pa.DataType], strict: bool
) -> tuple[tuple[str, str] | None, dict[str, Any]]:
    """Return the kind and the text of what is wrong with a line (or None), and its object."""
    if not line.strip():
        return ("empty lines", "the line is empty: each line is one JSON object"), {}
    try:
        value = json.loads(line.rstrip(b"\r\n"))
    except json.JSONDecodeError as error:
        return ("lines that are not JSON", f"not JSON: {error.msg} (column {error.colno})"), {}
    except (ValueError, RecursionError) as error:
        return ("lines that are not JSON", f"not JSON: {error}"), {}
    if not isinstance(value, dict):
        return ("lines that are not JSON objects", "not a JSON object: each line is one event in braces"), {}
    if strict:
        for name in value:
            if name not in types:
                return ("fields that are not in the schema", f"unknown field {name!r}"), {}
    for name, type_ in types.items():
        found = value.get(name)
        if found is None or _fits(found, type_):
            continue
        if pa.types.is_string(type_) and not isinstance(found, (dict, list)) and not strict:
            value[name] = str(found)
            continue
        kind = next(kind for kind, known in _TYPES.items() if known == type_)
        return ("fields of another kind", f"{name!r} is {json.dumps(found)[:60]}, not {kind.value}"), {}
    return None, value


def _fits(value: object, type_: pa.DataType) -> bool:
    if isinstance(value, str) and not value.isascii():
        # An escape can stand for half a character.
        return bool(type_ == pa.string()) and value == value.encode("utf-8", "ignore").decode()
    kind = _kind_of(value) if not isinstance(value, (dict, list)) else Kind.ANY
    if isinstance(value, int) and kind is Kind.WHOLE:
        return type_ in (pa.float64(), pa.int64()) and -(1 << 63) <= value < 1 << 63
    return kind in _TYPES and bool(_TYPES[kind] == type_)
