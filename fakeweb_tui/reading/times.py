"""Moments, however a file writes them."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Moments = npt.NDArray[np.int64]
"""Microseconds since 1970."""

NO_MOMENT = np.iinfo(np.int64).min
"""Stands where a value is no moment."""

_MICROSECOND = pa.timestamp("us")
_EPOCH = datetime(1970, 1, 1)
# The unit of a number is told by its size: seconds until the year 5138, then milli-, micro- and nanoseconds.
_UNITS = ((10**11, 1_000_000.0), (10**14, 1_000.0), (10**17, 1.0), (10**20, 0.001))


def moments_of(column: Any) -> tuple[Moments, bool]:
    """Return the moments of a column of text, numbers or timestamps, and whether they are in UTC.

    Text is ISO 8601 (a blank or a T between date and time), with or without a zone; numbers count from 1970 in
    UTC. What is no moment becomes `NO_MOMENT`.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        return _filled(column.cast(pa.timestamp("us", column.type.tz), safe=False)), column.type.tz is not None
    if pa.types.is_date(column.type):
        return _filled(column.cast(_MICROSECOND)), False
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _counted(column), True
    text = column.cast(pa.string())
    for type_, zoned in ((_MICROSECOND, False), (pa.timestamp("us", "UTC"), True)):
        try:
            return _filled(text.cast(type_)), zoned
        except pa.ArrowInvalid:
            continue
    return _read(text)


def _filled(column: Any) -> Moments:
    moments: Moments = column.cast(pa.int64()).fill_null(NO_MOMENT).to_numpy(zero_copy_only=False)
    return moments


def _counted(column: Any) -> Moments:
    value = column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    moments = np.full(len(value), NO_MOMENT)
    below = 0
    for limit, scale in _UNITS:
        mine = (np.abs(value) >= below) & (np.abs(value) < limit)
        moments[mine] = np.rint(value[mine] * scale)
        below = limit
    return moments


def _read(text: Any) -> tuple[Moments, bool]:
    """Return the moments of text of which some is not as it should be."""
    distinct = text.dictionary_encode()
    found = [_moment(value) for value in distinct.dictionary.to_pylist()]
    moments = np.array([moment for moment, _ in found] or [NO_MOMENT], np.int64)
    places = distinct.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.where(places < 0, NO_MOMENT, moments[places]), any(zoned for _, zoned in found)


def _moment(text: str) -> tuple[int, bool]:
    try:
        moment = datetime.fromisoformat(text.strip())
        zoned = moment.tzinfo is not None
        if zoned:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return int(NO_MOMENT), True
    except ValueError:
        counted = _number(text)
        return counted, counted != NO_MOMENT
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds, zoned


def _number(text: str) -> int:
    try:
        value = float(text)
    except ValueError:
        return int(NO_MOMENT)
    return int(_counted(pa.array([value]))[0])


def in_zone(moments: Moments, zone: str) -> Moments:
    """Return what clocks in a zone show at moments in UTC, in microseconds since 1970; ValueError for no zone."""
    stamps = pa.array(moments.view("datetime64[us]"), pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
    try:
        local = pc.local_timestamp(stamps)
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise ValueError(f"{zone!r} is no time zone: write one such as Europe/Berlin") from error
    return _filled(local)
