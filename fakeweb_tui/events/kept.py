"""The newest events of a run, kept so that they can be searched."""

from collections import deque
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from fakeweb_tui.events.matching import EventFilter
from fakeweb_tui.simulation import Batch, joined
from fakeweb_tui.users import UserPool

KEPT_EVENTS = 20_000
"""So many of the events are kept: less than a megabyte, searched within a hundredth of a second."""


@dataclass(frozen=True)
class Found:
    """Events that match, and the pool that their users are of."""

    batch: Batch
    pool: UserPool

    def __len__(self) -> int:
        return len(self.batch)


@dataclass(frozen=True)
class _Stretch:
    batch: Batch
    pool: UserPool
    found: Found


class KeptEvents:
    """A bounded store of events, and those of them that match a filter.

    The oldest go first, by whole batches, so that no more than `most` events and one batch are kept.
    """

    def __init__(self, most: int = KEPT_EVENTS) -> None:
        self._most = most
        self._stretches: deque[_Stretch] = deque()
        self._held = self._matching = 0
        self._wanted = EventFilter()

    def __len__(self) -> int:
        return self._held

    @property
    def matching(self) -> int:
        """How many of the kept events match the filter."""
        return self._matching

    @property
    def wanted(self) -> EventFilter:
        """What is looked for; setting it looks through all that is kept."""
        return self._wanted

    @wanted.setter
    def wanted(self, wanted: EventFilter) -> None:
        self._wanted = wanted
        stretches: list[_Stretch] = []
        # Searching many at once costs little more than searching few; what they are of has to be one, though.
        for (pool, _), together in groupby(self._stretches, lambda one: (one.pool, one.batch.pages)):
            batches = [one.batch for one in together]
            mask = wanted.matches(joined(batches), pool)
            masks = np.split(mask, np.cumsum([len(batch) for batch in batches])[:-1])
            stretches += (_Stretch(b, pool, Found(b.take(m), pool)) for b, m in zip(batches, masks, strict=True))
        self._stretches = deque(stretches)
        self._matching = sum(len(one.found) for one in stretches)

    def clear(self) -> None:
        """Forget all events; the filter stays."""
        self._stretches.clear()
        self._held = self._matching = 0

    def add(self, batch: Batch, pool: UserPool) -> Found:
        """Keep the events that follow; return those of them that match."""
        fresh = self._searched(batch, pool)
        self._stretches.append(fresh)
        self._held += len(batch)
        self._matching += len(fresh.found)
        while self._held - len(self._stretches[0].batch) >= self._most:
            gone = self._stretches.popleft()
            self._held -= len(gone.batch)
            self._matching -= len(gone.found)
        return fresh.found

    def newest(self, most: int) -> list[Found]:
        """Return the newest events that match, at most so many, in stretches, the oldest first."""
        found: deque[Found] = deque()
        for one in reversed(self._stretches):
            if most <= 0:
                break
            part = one.found
            if len(part):
                found.appendleft(Found(part.batch.slice(max(0, len(part) - most)), part.pool))
                most -= len(part)
        return list(found)

    def _searched(self, batch: Batch, pool: UserPool) -> _Stretch:
        found = batch.take(self._wanted.matches(batch, pool)) if self._wanted.terms else batch
        return _Stretch(batch, pool, Found(found, pool))
