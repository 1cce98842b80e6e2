"""Moments, UUIDs and addresses as ASCII text, many at a time."""

import numpy as np
import numpy.typing as npt

Text = npt.NDArray[np.uint8]
"""Shape (n, width): one string of a fixed width per row."""


def timestamp_text(moments: npt.NDArray[np.datetime64]) -> Text:
    """Return `YYYY-MM-DD HH:MM:SS.ffffff` for each moment of dtype datetime64[us], shape (n, 26)."""
    text = np.empty((len(moments), 26), np.uint8)
    if not len(moments):
        return text
    day = moments.astype("datetime64[D]")
    # Batches are sorted, so days are few and come in runs.
    first = np.flatnonzero(np.concatenate([[True], day[1:] != day[:-1]]))
    runs = np.diff(np.append(first, len(day)))
    names = np.array([f"{name} " for name in day[first].astype(str)], "S11").view(np.uint8).reshape(-1, 11)
    text[:, :11] = np.repeat(names, runs, axis=0)
    second, micro = np.divmod((moments - day).astype(np.int64), 1_000_000)
    minute, second = np.divmod(second, 60)
    hour, minute = np.divmod(minute, 60)
    text[:, 11:19] = ord(":")
    text[:, 19] = ord(".")
    for at, number in ((11, hour), (14, minute), (17, second)):
        text[:, at : at + 2] = _DIGITS_2[number]
    text[:, 20:23] = _DIGITS_3[micro // 1000]
    text[:, 23:26] = _DIGITS_3[micro % 1000]
    return text


def _digits(count: int) -> Text:
    numbers = "".join(f"{n:0{count}}" for n in range(10**count))
    return np.frombuffer(numbers.encode(), np.uint8).reshape(-1, count)


_DIGITS_2 = _digits(2)
_DIGITS_3 = _digits(3)
