"""Batches as lines of text: JSON lines and CSV, rendered by Arrow many rows at a time.

A line is a sequence of *parts*. Most fields pick a value from a small vocabulary, and neighbours of that kind are
rendered together, once per combination; what a user contributes is joined once per user of a batch, and a row
is then joined from very few parts.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.events.derived import event_id_words, session_id_words, session_steps
from fakeweb_tui.events.own import OwnTexts, binary_array, joined
from fakeweb_tui.schema import CONSTANT, SITE, Constant, Field
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.users import UserPool, Users, uuid_text

# So many rows of about a kilobyte stay within a second-level cache between being joined and being written.
_ROWS_AT_ONCE = 1 << 11
# What so many users contribute is far from the 2 GiB that an array of Arrow's may hold.
_USERS_AT_ONCE = 1 << 17
# A pool of so many users is rendered once, about 30 MB.
_KEPT_USERS = 1 << 15
# Combinations of values that are worth rendering beforehand.
_LARGEST_TABLE = 1 << 12
_MAX_ADDRESS_PART = 256


class Syntax(Protocol):
    """How a format writes lines."""

    separator: str

    def begin(self, fields: Sequence[Field]) -> str:
        """Return what stands before the first line."""

    def frame(self) -> tuple[str, str]:
        """Return what a line begins and ends with."""

    def known(self, name: str, value: Constant) -> str:
        """Return a field whose value is known."""

    def own(self, name: str, *, number: bool) -> tuple[str, str]:
        """Return what stands before and behind a value that needs no escaping: a number, or text."""


class JsonLines:
    """One JSON object per line (https://jsonlines.org)."""

    separator = ","

    def begin(self, fields: Sequence[Field]) -> str:  # noqa: ARG002 - there is no header
        """Return nothing: JSON lines have no header."""
        return ""

    def frame(self) -> tuple[str, str]:
        """Return the braces."""
        return "{", "}\n"

    def known(self, name: str, value: Constant) -> str:
        """Return the member."""
        return f"{_json(name)}:{_json(value)}"

    def own(self, name: str, *, number: bool) -> tuple[str, str]:
        """Return the name, and quotes for text."""
        quote = "" if number else '"'
        return f"{_json(name)}:{quote}", quote


class CommaSeparated:
    """Comma-separated values with a header (RFC 4180, lines ended by a line feed)."""

    separator = ","

    def begin(self, fields: Sequence[Field]) -> str:
        """Return the header."""
        return self.separator.join(_csv(field.name) for field in fields) + "\n"

    def frame(self) -> tuple[str, str]:
        """Return the end of the line."""
        return "", "\n"

    def known(self, name: str, value: Constant) -> str:  # noqa: ARG002 - the header has the name
        """Return the value, quoted where it has to be."""
        if value is None:
            return ""
        return _csv(str(value).lower() if isinstance(value, bool) else str(value))

    def own(self, name: str, *, number: bool) -> tuple[str, str]:  # noqa: ARG002 - the header has the name
        """Return nothing: such values need no quotes."""
        return "", ""


# `json.dumps` makes an encoder for each call that is not quite by default.
_encoder = json.JSONEncoder(ensure_ascii=False)


def _json(value: Any) -> str:
    return _encoder.encode(value)


def _csv(text: str) -> str:
    line = io.StringIO()
    # Before Python 3.13 a line feed or carriage return is quoted only if lines end with it, so they end with both.
    csv.writer(line, lineterminator="\r\n").writerow([text, ""])
    return line.getvalue().removesuffix(",\r\n")


@dataclass(frozen=True, eq=False)
class _Table:
    """A part that is picked from: `texts` has one for each combination of the codes named by `by`."""

    by: tuple[str, ...]
    sizes: tuple[int, ...]
    texts: tuple[str, ...]

    def then(self, other: "_Table") -> "_Table":
        """Return both parts as one."""
        size = dict(zip((*self.by, *other.by), (*self.sizes, *other.sizes), strict=True))
        by = tuple(size)
        texts = tuple(
            self._of(dict(zip(by, codes, strict=True))) + other._of(dict(zip(by, codes, strict=True)))
            for codes in product(*(range(n) for n in size.values()))
        )
        return _Table(by, tuple(size.values()), texts)

    def _of(self, codes: dict[str, int]) -> str:
        place = 0
        for name, size in zip(self.by, self.sizes, strict=True):
            place = place * size + codes[name]
        return self.texts[place]


@dataclass(frozen=True, eq=False)
class _Own:
    """A part that is different in each row: the value of a field."""

    source: str


@dataclass(frozen=True, eq=False)
class _UserParts:
    """Parts that a user contributes as a whole."""

    parts: "tuple[_Part, ...]"


_Part = _Table | _Own | _UserParts
_RenderedUsers = dict[_Part, pa.Array]
_EVENT_CODES = frozenset({"page"})
_EVENT_OWN = frozenset({"event_id", "event_timestamp", "session_id", "session_step"})
_NUMBERS = frozenset({"session_step", "user_number"})


def _literal(text: str) -> _Table:
    return _Table((), (), (text,))


def _merged(parts: Iterator[_Part]) -> Iterator[_Part]:
    """Join neighbouring tables while the combinations are few, within what is a user's and what is an event's."""
    last: _Table | None = None
    for part in parts:
        if not isinstance(part, _Table):
            if last:
                yield last
            last = None
            yield part
            continue
        if last is not None:
            sizes = dict(zip((*last.by, *part.by), (*last.sizes, *part.sizes), strict=True))
            mixed = bool(_EVENT_CODES & sizes.keys()) and not sizes.keys() <= _EVENT_CODES
            if prod(sizes.values()) <= _LARGEST_TABLE and not mixed:
                last = last.then(part)
                continue
            yield last
        last = part
    if last:
        yield last


class LineRenderer:
    """Renders batches as lines of one schema and syntax."""

    def __init__(
        self, syntax: Syntax, fields: Sequence[Field], pool: UserPool, parameters: Parameters, pages: Sequence[str]
    ) -> None:
        self.header = syntax.begin(fields).encode()
        self._pool = pool
        self._parameters = parameters
        self._parts = _grouped(list(_merged(self._all_parts(syntax, fields, pages))))
        self._arrays: dict[_Table, pa.Array] = {}
        self._texts = OwnTexts(pool)
        self._rows_before = 0
        self._whole_pool: _RenderedUsers | None = None

    def _all_parts(self, syntax: Syntax, fields: Sequence[Field], pages: Sequence[str]) -> Iterator[_Part]:
        start, end = syntax.frame()
        yield _literal(start)
        for place, field in enumerate(fields):
            if place:
                yield _literal(syntax.separator)
            choice = self._pool.choices.get(field.source)
            if choice is not None:
                texts = tuple(syntax.known(field.name, value) for value in choice.values)
                yield _Table((choice.by,), (len(texts),), texts)
            elif field.source == CONSTANT:
                yield _literal(syntax.known(field.name, field.value))
            elif field.source == "event_type":
                yield _literal(syntax.known(field.name, "pageview"))
            elif field.source in ("page_url", "page_url_path"):
                site = SITE if field.source == "page_url" else ""
                texts = tuple(syntax.known(field.name, f"{site}/{page}") for page in pages)
                yield _Table(("page",), (len(texts),), texts)
            else:
                before, behind = syntax.own(field.name, number=field.source in _NUMBERS)
                yield _literal(before)
                yield _Own(field.source)
                yield _literal(behind)
        yield _literal(end)

    def render(self, batch: Batch) -> Iterator[memoryview]:
        """Yield the lines of a batch, some thousand at a time."""
        for begin in range(0, len(batch), _USERS_AT_ONCE):
            yield from self._render(batch.slice(begin, begin + _USERS_AT_ONCE))

    def _render(self, batch: Batch) -> Iterator[memoryview]:
        users, place = self._users_of(batch)
        times = pa.array(batch.timestamp).cast(pa.string()).cast(pa.binary())
        for begin in range(0, len(batch), _ROWS_AT_ONCE):
            rows, part_times = batch.slice(begin, begin + _ROWS_AT_ONCE), times[begin : begin + _ROWS_AT_ONCE]
            columns = [
                [part_times]
                if isinstance(part, _Own) and part.source == "event_timestamp"
                else self._event_part(part, rows, users, place[begin : begin + _ROWS_AT_ONCE])
                for part in self._parts
            ]
            yield _bytes_of(joined([array for arrays in columns for array in arrays]))

    def _users_of(self, batch: Batch) -> tuple[_RenderedUsers, npt.NDArray[np.integer[Any]]]:
        """Return users, rendered, and which of them each row has: those of the batch, or all of a small pool."""
        size = self._parameters.user_pool_size
        if self._whole_pool is None and size <= min(self._rows_before, _KEPT_USERS):
            self._whole_pool = self._join_users(np.arange(size, dtype=np.uint64))
        self._rows_before += len(batch)
        # The pool may have grown meanwhile.
        if self._whole_pool is not None and batch.user.max() < size:
            return self._whole_pool, batch.user.astype(np.int64)
        distinct = pa.array(batch.user).dictionary_encode()
        return self._join_users(distinct.dictionary.to_numpy()), distinct.indices.to_numpy()

    def _join_users(self, numbers: npt.NDArray[np.uint64]) -> _RenderedUsers:
        parts = [part for part in self._parts if isinstance(part, _UserParts)]
        drawn = [
            self._pool.draw(numbers[begin : begin + _ROWS_AT_ONCE])
            for begin in range(0, len(numbers), _ROWS_AT_ONCE)
        ]
        return {part: pa.concat_arrays([self._join_user(part, users) for users in drawn]) for part in parts}

    def _event_part(
        self, part: _Part, rows: Batch, users: _RenderedUsers, place: npt.NDArray[np.integer[Any]]
    ) -> list[Any]:
        if isinstance(part, _UserParts):
            return [users[part].take(pa.array(place))]
        if isinstance(part, _Table):
            return [self._pick(part, {"page": rows.page})]
        if part.source == "session_step":
            return [pa.array(session_steps(rows, self._parameters)).cast(pa.string()).cast(pa.binary())]
        words = event_id_words if part.source == "event_id" else session_id_words
        return [binary_array(uuid_text(words(rows, self._parameters)))]

    def _join_user(self, whole: _UserParts, users: Users) -> pa.Array:
        arrays: list[Any] = []
        for part in whole.parts:
            if isinstance(part, _Table):
                arrays.append(self._pick(part, users.codes))
            elif isinstance(part, _Own):
                arrays += self._texts.parts(part.source, users)
        return joined(arrays)

    def _pick(self, table: _Table, codes: Mapping[str, npt.NDArray[np.integer[Any]]]) -> Any:
        if not table.by:
            return pa.scalar(table.texts[0].encode(), pa.binary())
        if table not in self._arrays:
            self._arrays[table] = pa.array([text.encode() for text in table.texts], pa.binary())
        place = codes[table.by[0]]
        for name, size in zip(table.by[1:], table.sizes[1:], strict=True):
            place = place * size + codes[name]
        return self._arrays[table].take(pa.array(place))


def _grouped(parts: list[_Part]) -> tuple[_Part, ...]:
    """Put neighbours that are all a user's into one part, with the literals between and behind them."""
    groups: list[_Part] = []
    run: list[_Part] = []
    for part in parts:
        if isinstance(part, _Own):
            event = part.source in _EVENT_OWN
        else:
            event = isinstance(part, _Table) and (part.by[0] in _EVENT_CODES if part.by else not run)
        if event:
            groups += [_UserParts(tuple(run))] * bool(run)
            groups.append(part)
            run = []
        else:
            run.append(part)
    return (*groups, *([_UserParts(tuple(run))] * bool(run)))


def _bytes_of(lines: pa.Array) -> memoryview:
    """Return the text of all values as one piece of memory, without copying it."""
    offsets = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(lines.buffers()[2])[offsets[0] : offsets[-1]]
