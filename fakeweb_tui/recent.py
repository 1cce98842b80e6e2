"""The newest events of a run: kept by batches as they come, and put together only when somebody looks."""

from dataclasses import dataclass, replace

import numpy as np

from fakeweb_tui.simulation import Batch, joined

RECENT_EVENTS = 20_000
"""So many events are kept, the newest; less than a megabyte."""

_SMALL = 256  # events; a batch with fewer is made one with the next, so that there are never many


@dataclass(frozen=True, eq=False)
class RecentEvents:
    """The newest events of a run, `RECENT_EVENTS` at most.

    Attributes:
        pages: those that there are at present.
        batches: what came, the oldest first; the first one may hold more than is kept.
    """

    pages: tuple[str, ...]
    batches: tuple[Batch, ...] = ()

    def __len__(self) -> int:
        return min(sum(map(len, self.batches)), RECENT_EVENTS)

    def with_events(self, batch: Batch) -> "RecentEvents":
        """Return them with a batch that follows."""
        batches = list(self.batches)
        if batches and len(batches[-1]) < _SMALL and batches[-1].pages == batch.pages:
            batch = joined([batches.pop(), batch])
        batches.append(batch.slice(max(0, len(batch) - RECENT_EVENTS)))
        held, gone = sum(map(len, batches)), 0
        while held - len(batches[gone]) >= RECENT_EVENTS:
            held -= len(batches[gone])
            gone += 1
        return replace(self, batches=tuple(batches[gone:]))

    def newest(self, count: int) -> Batch:
        """Return the last `count` events, or all that are kept, as one batch.

        Its pages are the present ones and, behind them, those that events of the batch were on under a name that
        is gone.
        """
        batches: list[Batch] = []
        missing = min(count, RECENT_EVENTS)
        for batch in reversed(self.batches):
            if missing <= 0:
                break
            batches.insert(0, batch.slice(max(0, len(batch) - missing)))
            missing -= len(batch)
        if not batches:
            return Batch.empty(0, self.pages)
        pages = self.pages
        for batch in batches:
            if batch.pages != self.pages:
                pages = (*pages, *(page for page in batch.pages if page not in pages))
        code = {page: place for place, page in enumerate(pages)}
        return joined(
            [
                replace(
                    batch,
                    pages=pages,
                    page=batch.page
                    if batch.pages == self.pages
                    else np.array([code[name] for name in batch.pages], np.uint16).take(batch.page),
                )
                for batch in batches
            ]
        )
