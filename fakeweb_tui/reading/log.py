"""The log: all events of some files as arrays of numbers, about 35 bytes each."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fakeweb_tui.reading.columns import Layout
from fakeweb_tui.reading.faults import Faults
from fakeweb_tui.reading.rows import Rows, read_rows
from fakeweb_tui.reading.sources import Source
from fakeweb_tui.reading.times import NO_MOMENT, Moments, in_zone, moments_of

Codes = npt.NDArray[np.int32]

NO_NAME = -1
"""The code of a value that is missing."""

_HOUR_US = 3600 * 1_000_000
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Log:
    """Events in the order in which they were read; n events, U users.

    Attributes:
        time: shape (n,), microseconds since 1970.
        hour: shape (n,), the hour of the day on the site's clock.
        page: shape (n,), indices of `page_names`.
        user: shape (n,), 0 to U - 1; where there is no column for users, sessions stand for them.
        session: shape (n,), or None where there is no column for sessions.
        event_id: shape (n,), a hash of each, or None.
        categories: by section the names, and the code of each user's, shape (U,); NO_NAME where it is missing.
        zoned: whether times came with a zone.
    """

    time: Moments
    hour: npt.NDArray[np.uint8]
    page: Codes
    page_names: tuple[str, ...]
    user: Codes
    users: int
    session: Codes | None
    event_id: npt.NDArray[np.uint64] | None
    categories: Mapping[str, tuple[tuple[str, ...], Codes]]
    zoned: bool
    _places: tuple[tuple[int, str, int], ...]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def begins(self) -> tuple[tuple[int, str], ...]:
        """The first event of each source, and the source's name."""
        firsts: dict[str, int] = {}
        for first, source, _ in self._places:
            firsts.setdefault(source, first)
        return tuple((first, source) for source, first in firsts.items())

    def place(self, event: int) -> tuple[str, int]:
        """Return the source and the line that an event was read from."""
        first, source, line = self._places[bisect_right(self._places, event, key=lambda place: place[0]) - 1]
        return source, line + event - first


class _Codebook:
    """Numbers the distinct values of a column, from 0 in the order in which they come."""

    def __init__(self, translate: Callable[[Any], Any] = lambda value: value) -> None:
        self._codes: dict[Any, int] = {}
        self._translate = translate

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self._codes))

    def encode(self, column: Any) -> Codes:
        """Return the code of each value of an Arrow array; NO_NAME where it is null."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        codes, translate = self._codes, self._translate
        values = map(translate, column.dictionary.to_pylist())
        # The last entry is what a null picks: its place is -1.
        table = np.array([*(codes.setdefault(value, len(codes)) for value in values), NO_NAME], np.int32)
        places = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return np.asarray(table[places])


class LogBuilder:
    """Makes a log of rows, as they are read.

    Args:
        zone: the site's time zone. Times are then converted to it, those without a zone being in UTC. Without it,
            hours are those that are written, or UTC's where a zone is.
    """

    def __init__(self, layout: Layout, faults: Faults, zone: str | None = None) -> None:
        self._layout, self._faults, self._zone = layout, faults, zone
        self._pages = _Codebook(lambda value: layout.page_name(str(value)))
        self._users, self._sessions = _Codebook(), _Codebook()
        self._names = {section: _Codebook() for section in layout.categories}
        self._category_of = {section: np.empty(0, np.int32) for section in layout.categories}
        self._parts: dict[str, list[Any]] = {name: [] for name in _PARTS}
        self._places: list[tuple[int, str, int]] = []
        self._count = 0
        self._zoned = False

    def add(self, rows: Rows) -> None:
        """Add rows; those without a time, a page or a user are left out and noted."""
        layout = self._layout
        time, zoned = moments_of(rows.columns[layout.time])
        usable = time != NO_MOMENT
        if not usable.all():
            self._note_times(rows, ~usable)
        for needed in layout.keys[1:]:
            usable &= self._note_missing(rows, needed)
        rows, time = rows.kept(usable), time[usable]
        if not len(rows):
            return
        for name in layout.fields:
            if name not in layout.keys:
                self._note_missing(rows, name, lost=False)
        self._zoned |= zoned
        self._note_places(rows)
        local = in_zone(time, self._zone) if self._zone else time
        self._parts["time"].append(time)
        self._parts["hour"].append((local // _HOUR_US % 24).astype(np.uint8))
        self._parts["page"].append(self._pages.encode(rows.columns[layout.page]))
        if layout.session:
            self._parts["session"].append(self._sessions.encode(rows.columns[layout.session]))
        users = self._users.encode(rows.columns[layout.user]) if layout.user else self._parts["session"][-1]
        self._parts["user"].append(users)
        if layout.event_id:
            self._parts["event_id"].append(_hashes(rows.columns[layout.event_id]))
        self._add_users(rows, users)

    def _note_places(self, rows: Rows) -> None:
        begins = np.flatnonzero(np.diff(rows.lines, prepend=rows.lines[0] - 2) != 1)
        self._places += [(self._count + int(at), rows.source, int(rows.lines[at])) for at in begins]
        self._count += len(rows)

    def _note_missing(self, rows: Rows, name: str, *, lost: bool = True) -> npt.NDArray[np.bool_]:
        """Note rows that have no value in a column; return which have one."""
        column = rows.columns[name]
        if not column.null_count:
            return np.ones(len(rows), np.bool_)
        there: npt.NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
        lines = rows.lines[~there]
        messages = [f"no value for {name!r}"] * len(lines)
        self._faults.add_all(f"events without {name}", rows.source, lines, messages, lost=lost)
        return there

    def _note_times(self, rows: Rows, bad: npt.NDArray[np.bool_]) -> None:
        values = rows.columns[self._layout.time].filter(pa.array(bad))[:5].to_pylist()
        messages = [
            f"{str(value)[:60]!r} is no time: write 2026-11-23 14:05:00.000000" if value is not None else "no time"
            for value in values
        ]
        self._faults.add_all("events without a time", rows.source, rows.lines[bad], messages)

    def _add_users(self, rows: Rows, users: Codes) -> None:
        """Keep the categories of users who are new, and note users who are not what they were."""
        if not self._names:
            return
        first_user, first_row = np.unique(users, return_index=True)
        for section, column in self._layout.categories.items():
            codes = self._names[section].encode(rows.columns[column])
            known = self._category_of[section]
            new = first_user >= len(known)
            known = np.append(known, codes[first_row[new]])
            self._category_of[section] = known
            other = np.flatnonzero(known[users] != codes)
            if len(other):
                values = rows.columns[column].take(pa.array(other[:5])).to_pylist()
                names = self._names[section].names
                messages = [
                    f"{column} is {value!r} here, and was {_named(names, known[users[row]])} for the same user"
                    for row, value in zip(other, values, strict=False)
                ]
                kind = f"users whose {column} changes"
                self._faults.add_all(kind, rows.source, rows.lines[other], messages, lost=False)

    def log(self) -> Log:
        """Return the log of all rows that were added."""
        arrays = {
            name: np.concatenate(self._parts[name]) if self._parts[name] else np.empty(0, type_)
            for name, type_ in _PARTS.items()
        }
        layout = self._layout
        session = arrays["session"] if layout.session else None
        if layout.session and layout.user:
            # A log may number each user's sessions from one.
            pair = arrays["user"].astype(np.int64) * max(1, len(self._sessions)) + arrays["session"]
            session = np.unique(pair, return_inverse=True)[1].astype(np.int32)
        return Log(
            arrays["time"],
            arrays["hour"],
            arrays["page"],
            self._pages.names,
            arrays["user"],
            len(self._users) if layout.user else len(self._sessions),
            session,
            arrays["event_id"] if layout.event_id else None,
            {section: (book.names, self._category_of[section]) for section, book in self._names.items()},
            self._zoned,
            tuple(self._places),
        )


_PARTS = {
    "time": np.int64,
    "hour": np.uint8,
    "page": np.int32,
    "user": np.int32,
    "session": np.int32,
    "event_id": np.uint64,
}


def _named(names: tuple[str, ...], code: int) -> str:
    return "missing" if code == NO_NAME else repr(names[code])


def _hashes(column: Any) -> npt.NDArray[np.uint64]:
    """Return 64 bits for each value, which values that differ do not share but by a chance of 2**-64."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = column.cast(pa.string()).fill_null("")
    longest = pc.max(pc.binary_length(text)).as_py() or 0
    width = max(1, -(-longest // 8)) * 8
    padded = pc.ascii_rpad(text, width, "\0")
    words = np.frombuffer(padded.buffers()[2], np.uint64, len(text) * width // 8).reshape(len(text), -1)
    mixed = np.zeros(len(text), np.uint64)
    for word in words.T:
        mixed = (mixed ^ word) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return mixed


def read_log(
    sources: Iterable[Source],
    layout: Layout,
    faults: Faults,
    zone: str | None = None,
    look: Callable[[Rows], None] | None = None,
) -> Log:
    """Read sources, in their order, into a log.

    Args:
        look: is shown all rows as they are read; may raise to end the reading.

    Raises:
        ReadingError: a source cannot be read, or has not the columns of the layout.
        ValueError: there is no such time zone.
    """
    builder = LogBuilder(layout, faults, zone)
    for source in sources:
        for rows in read_rows(source, layout, faults):
            if look is not None:
                look(rows)
            builder.add(rows)
    return builder.log()
