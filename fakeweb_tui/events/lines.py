"""Batches as lines of text: JSON lines and CSV, rendered by Arrow many rows at a time.

A line is a sequence of *parts*. Most fields pick a value from a small vocabulary, and neighbours of that kind are
rendered together, once per combination; what a user contributes is put together once per user of a batch. A row is
then put together from very few parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.events.arrays import bytes_of, number_array, numbers_of
from fakeweb_tui.events.bank import ROWS_AT_ONCE, Bank, Column, Own, Shared
from fakeweb_tui.events.derived import event_id_words, session_id_words, session_steps
from fakeweb_tui.events.own import own_codes, own_text, tables
from fakeweb_tui.events.syntax import Syntax
from fakeweb_tui.events.text import Text
from fakeweb_tui.markov import Codes
from fakeweb_tui.schema import CONSTANT, SITE, Field
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.users import UserPool, Users, uuid_text

# What so many users contribute is about 100 MB.
_USERS_AT_ONCE = 1 << 17
# A pool of so many users is rendered once, about 30 MB.
_KEPT_USERS = 1 << 15
# Combinations of values that are worth rendering beforehand.
_LARGEST_TABLE = 1 << 12
_WIDTHS = {"event_timestamp": 26}
_UUID_WIDTH = 36


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

    def pick(self, codes: Mapping[str, npt.NDArray[Any]], count: int) -> npt.NDArray[Any]:
        """Return which text each of so many rows has."""
        if not self.by:
            return np.zeros(count, np.int64)
        place = codes[self.by[0]]
        for name, size in zip(self.by[1:], self.sizes[1:], strict=True):
            place = place.astype(np.int64) * size + codes[name]
        return place


@dataclass(frozen=True, eq=False)
class _Own:
    """A part that is different in each row, or for each user: the value of a field, behind a text."""

    source: str
    before: str = ""


@dataclass(frozen=True, eq=False)
class _UserParts:
    """Parts that a user contributes as a whole."""

    parts: "tuple[_Table | _Own, ...]"


_Part = _Table | _Own | _UserParts
_EVENT_CODES = frozenset({"page", "session_step"})
_EVENT_OWN = frozenset({"event_id", "event_timestamp", "session_id"})
_NUMBERS = frozenset({"session_step", "user_number"})


def _literal(text: str) -> _Table:
    return _Table((), (), (text,))


def _merged(parts: Iterator[_Table | _Own]) -> Iterator[_Table | _Own]:
    """Join neighbouring tables while the combinations are few, within what is a user's and what is an event's."""
    last: _Table | None = None
    for part in parts:
        if isinstance(part, _Own):
            if last and not last.by:
                yield replace(part, before=last.texts[0])
            else:
                yield from (last, part) if last else (part,)
            last = None
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
        self._columns: dict[_Part, Column] = {
            part: _column(part) for part in self._parts if not isinstance(part, _UserParts)
        }
        self._user_banks = {
            part: Bank([_column(each) for each in part.parts])
            for part in self._parts
            if isinstance(part, _UserParts)
        }
        self._rows_before = 0
        self._whole_pool: Bank | None = None

    def _all_parts(self, syntax: Syntax, fields: Sequence[Field], pages: Sequence[str]) -> Iterator[_Table | _Own]:
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
                yield _literal(syntax.known(field.name, field.value, alone=len(fields) == 1))
            elif field.source == "event_type":
                yield _literal(syntax.known(field.name, "pageview"))
            elif field.source in ("page_url", "page_url_path"):
                site = SITE if field.source == "page_url" else ""
                texts = tuple(syntax.known(field.name, f"{site}/{page}") for page in pages)
                yield _Table(("page",), (len(texts),), texts)
            else:
                before, behind = syntax.own(field.name, number=field.source in _NUMBERS)
                yield _literal(before)
                yield from self._own_parts(field.source)
                yield _literal(behind)
        yield _literal(end)

    def _own_parts(self, source: str) -> Iterator[_Table | _Own]:
        if source == "session_step":
            steps = tuple(map(str, range(self._parameters.max_session_steps)))
            yield _Table((source,), (len(steps),), steps)
            return
        made_of = tables(source, self._pool)
        yield from (_Table((code,), (len(texts),), tuple(texts)) for code, texts in made_of)
        if not made_of:
            yield _Own(source)

    def render(self, batch: Batch) -> Iterator[memoryview]:
        """Yield the lines of a batch, some thousand at a time."""
        for begin in range(0, len(batch), _USERS_AT_ONCE):
            yield from self._render(batch.slice(begin, begin + _USERS_AT_ONCE))

    def _render(self, batch: Batch) -> Iterator[memoryview]:
        bank, user = self._users_of(batch)
        times = number_array(batch.timestamp).cast(pa.string())
        moments = np.frombuffer(bytes_of(times), np.uint8).reshape(len(batch), -1)
        for begin in range(0, len(batch), ROWS_AT_ONCE):
            some = slice(begin, begin + ROWS_AT_ONCE)
            rows = batch.slice(some.start, some.stop)
            values = [
                user[some]
                if isinstance(part, _UserParts)
                else moments[some]
                if isinstance(part, _Own) and part.source == "event_timestamp"
                else self._event_part(part, rows)
                for part in self._parts
            ]
            yield bank.rows(values)[0]

    def _users_of(self, batch: Batch) -> tuple[Bank, npt.NDArray[np.integer[Any]]]:
        """Return a bank with users, and which of them each row has: those of the batch, or all of a small pool."""
        size = self._parameters.user_pool_size
        if self._whole_pool is None and size <= min(self._rows_before, _KEPT_USERS):
            self._whole_pool = self._bank_of(np.arange(size, dtype=np.uint64))
        self._rows_before += len(batch)
        # The pool may have grown meanwhile.
        if self._whole_pool is not None and batch.user.max() < size:
            return self._whole_pool, batch.user
        distinct = number_array(batch.user).dictionary_encode()
        return self._bank_of(numbers_of(distinct.dictionary)), numbers_of(distinct.indices)

    def _bank_of(self, numbers: npt.NDArray[np.uint64]) -> Bank:
        made: dict[_UserParts, list[tuple[memoryview, Codes]]] = {part: [] for part in self._user_banks}
        for begin in range(0, len(numbers), ROWS_AT_ONCE):
            users = self._pool.draw(numbers[begin : begin + ROWS_AT_ONCE])
            codes = own_codes(users)
            for part, bank in self._user_banks.items():
                made[part].append(bank.rows([self._user_value(each, users, codes) for each in part.parts]))
        columns = dict(self._columns)
        for part, some in made.items():
            lengths = np.concatenate([np.diff(offsets) for _, offsets in some])
            columns[part] = Shared([piece for piece, _ in some], lengths)
        return Bank([columns[part] for part in self._parts])

    def _user_value(self, part: _Table | _Own, users: Users, codes: Mapping[str, Codes]) -> Codes | Text:
        if isinstance(part, _Own):
            return own_text(part.source, users)
        return part.pick(codes, len(users.numbers))

    def _event_part(self, part: _Table | _Own, rows: Batch) -> npt.NDArray[Any]:
        if isinstance(part, _Table):
            codes: dict[str, npt.NDArray[Any]] = {"page": rows.page}
            if "session_step" in part.by:
                codes["session_step"] = session_steps(rows, self._parameters)
            return part.pick(codes, len(rows))
        words = event_id_words if part.source == "event_id" else session_id_words
        return uuid_text(words(rows, self._parameters))


def _column(part: _Table | _Own) -> Column:
    if isinstance(part, _Table):
        return Shared.of(part.texts)
    return Own(part.before.encode(), _WIDTHS.get(part.source, _UUID_WIDTH))


def _grouped(parts: list[_Table | _Own]) -> tuple[_Part, ...]:
    """Put neighbours that are all a user's into one part, with the literals between and behind them."""
    groups: list[_Part] = []
    run: list[_Table | _Own] = []
    for part in parts:
        if isinstance(part, _Own):
            event = part.source in _EVENT_OWN
        else:
            event = part.by[0] in _EVENT_CODES if part.by else not run
        if event:
            groups += [_UserParts(tuple(run))] * bool(run)
            groups.append(part)
            run = []
        else:
            run.append(part)
    return (*groups, *([_UserParts(tuple(run))] * bool(run)))
