"""What an event looks like where it leaves: its schemas, and batches as rows."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fakeweb_tui.simulation import Batch
from fakeweb_tui.users import USER_FIELDS, UserPool

SITE = "http://www.dummywebsite.com"
EVENT_FIELDS = ("event_timestamp", "event_type", "page_url", "page_url_path", *USER_FIELDS)
"""The 29 fields of an event, in order."""

Event: TypeAlias = dict[str, str | bool]

# Users whose part of an event is kept rendered: a default pool fits, and memory stays bounded.
_CACHED_USERS = 20_000


class DictRenderer:
    """Renders batches as dicts of `EVENT_FIELDS`; keeps what it has rendered of recent users."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool
        self._users: dict[int, Event] = {}

    def render(self, batch: Batch) -> list[Event]:
        """Return the events of a batch, in its order; each dict is new."""
        paths = [f"/{page}" for page in batch.pages]
        urls = [SITE + path for path in paths]
        users = self._templates(batch.user)
        events = []
        for number, page, timestamp in zip(
            batch.user.tolist(), batch.page.tolist(), timestamps(batch.timestamp), strict=True
        ):
            event = users[number].copy()
            event["event_timestamp"] = timestamp
            event["page_url"] = urls[page]
            event["page_url_path"] = paths[page]
            events.append(event)
        return events

    def _templates(self, numbers: npt.NDArray[np.uint64]) -> dict[int, Event]:
        """Return events that lack only what changes, at least one for each user in `numbers`."""
        wanted = np.unique(numbers)
        known = self._users
        new = [number for number in wanted.tolist() if number not in known]
        if len(known) + len(new) > _CACHED_USERS:
            known.clear()
            new = wanted.tolist()
        if new:
            columns = self._pool.columns(np.array(new, np.uint64))
            start = ("", "pageview", "", "")
            for number, *values in zip(new, *columns.values(), strict=True):
                known[number] = dict(zip(EVENT_FIELDS, (*start, *values), strict=True))
        return known


def timestamps(moments: npt.NDArray[np.datetime64]) -> list[str]:
    """Return `YYYY-MM-DD HH:MM:SS.ffffff` for each moment of dtype datetime64[us]."""
    if not len(moments):
        return []
    day = moments.astype("datetime64[D]")
    text = np.empty((len(moments), 26), np.uint8)
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
    whole = text.tobytes().decode("ascii")
    return [whole[at : at + 26] for at in range(0, len(whole), 26)]


def _digits(count: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer("".join(f"{n:0{count}}" for n in range(10**count)).encode(), np.uint8).reshape(-1, count)


_DIGITS_2 = _digits(2)
_DIGITS_3 = _digits(3)
