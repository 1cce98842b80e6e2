"""The events of a run of steps, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from fakeweb_tui.simulation.parameters import SESSION_BITS

_Places: TypeAlias = slice | npt.NDArray[np.int64] | npt.NDArray[np.bool_]

AGAIN, FIRST, LANDING = 0, 1, 2
"""What an event is for its session: back on a page, there for the first time, or the session's landing."""


@dataclass(frozen=True, eq=False)
class Batch:
    """The events of steps `start_step` to `stop_step` (not included), as columns of n, sorted by time.

    Attributes:
        pages: page names; `page` holds indices of it.
        timestamp: datetime64[us], by session number where two are equal.
        page: uint16.
        user: uint64, the user's number in the pool.
        session: uint64, the session's number, unique in the simulation.
        visit: uint8, `AGAIN`, `FIRST` or `LANDING`.
    """

    start_step: int
    stop_step: int
    pages: tuple[str, ...]
    timestamp: npt.NDArray[np.datetime64]
    page: npt.NDArray[np.uint16]
    user: npt.NDArray[np.uint64]
    session: npt.NDArray[np.uint64]
    visit: npt.NDArray[np.uint8]

    @classmethod
    def empty(cls, step: int, pages: tuple[str, ...]) -> Self:
        """No events, before `step`."""
        none = np.empty(0, np.uint64)
        return cls(
            step, step, pages, none.view("M8[us]"), none.astype(np.uint16), none, none, none.astype(np.uint8)
        )

    def __len__(self) -> int:
        return len(self.timestamp)

    def until(self, moment: datetime) -> tuple[Self, Self]:
        """Split into the events before `moment` and those from it on."""
        count = int(np.searchsorted(self.timestamp, np.datetime64(moment, "us")))
        return self.slice(0, count), self.slice(count)

    def slice(self, begin: int, end: int | None = None) -> Self:
        """Events `begin` to `end` as a view; the steps named stay those of the whole."""
        return self._part(slice(begin, end))

    def take(self, places: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Self:
        """The events at some places, or where a mask says so; the steps named stay those of the whole."""
        return self._part(places)

    def _part(self, part: _Places) -> Self:
        return replace(
            self,
            timestamp=self.timestamp[part],
            page=self.page[part],
            user=self.user[part],
            session=self.session[part],
            visit=self.visit[part],
        )


def joined(batches: Sequence[Batch]) -> Batch:
    """Return batches that follow each other, at least one and all of the same pages, as one."""
    first, last = batches[0], batches[-1]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(batch, name) for batch in batches])
        for name in ("timestamp", "page", "user", "session", "visit")
    }
    return replace(first, stop_step=last.stop_step, **columns)


def session_birth_step(session: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """The step in which each session landed: a session's number is its birth step and its place among that
    step's births."""
    return (session >> np.uint64(SESSION_BITS)).astype(np.int64)
