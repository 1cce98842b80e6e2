"""What a live simulation has let out so far: counts, the newest events, and how fast they come."""

from collections import deque
from collections.abc import Callable

import numpy as np

from fakeweb_tui.markov import Codes
from fakeweb_tui.simulation import Batch
from fakeweb_tui.statistics import Counts, HourCounts

RECENT_EVENTS = 400
"""The newest events that a snapshot carries."""

_RATE_SECONDS = 1.0


class Tally:
    """Counts what is let out in a run, on whichever pages there are at the time."""

    def __init__(self, pages: tuple[str, ...], now: Callable[[], float]) -> None:
        self.pages = pages
        self._now = now
        self.total = Counts.none(len(pages))
        """What was counted since the run began."""
        self.fresh = Counts.none(len(pages))
        """What was counted since `count_afresh`."""
        self.hours = HourCounts.none()
        """What was counted in each of the newest hours."""
        self._recent: deque[Batch] = deque()
        self._timed = deque([(now(), 0)])

    def count_afresh(self) -> None:
        """Begin `fresh` anew."""
        self.fresh = Counts.none(len(self.pages))

    def turn_to(self, pages: tuple[str, ...], codes: Codes) -> None:
        """Go on with other pages; `codes` says where the present ones are among them, as by `page_codes`."""
        self.pages = pages
        self.total = self.total.on_pages(codes, len(pages))
        self.count_afresh()

    def add(self, out: Batch, counts: Counts, fresh: bool) -> None:
        """Count events that are let out; `counts` are theirs on the present pages."""
        self.total += counts
        self.hours = self.hours.with_events(out)
        if fresh:
            self.fresh += counts
        self._recent.append(out.slice(max(0, len(out) - RECENT_EVENTS)))
        held = sum(map(len, self._recent))
        while held - len(self._recent[0]) >= RECENT_EVENTS:
            held -= len(self._recent.popleft())
        now = self._now()
        self._timed.append((now, self.total.events))
        while len(self._timed) > 2 and now - self._timed[1][0] >= _RATE_SECONDS:
            self._timed.popleft()

    def time_afresh(self) -> None:
        """Measure the rate from now on."""
        self._timed = deque([(self._now(), self.total.events)])

    @property
    def events_per_second(self) -> float:
        """In real seconds, over about the last one."""
        first_time, first_events = self._timed[0]
        elapsed = self._now() - first_time
        return (self.total.events - first_events) / elapsed if elapsed > 0 else 0.0

    @property
    def recent(self) -> Batch:
        """The last `RECENT_EVENTS` events as one batch. Its pages are the present ones and, behind them, those
        that events of the batch were on under a name that is gone."""
        if not self._recent:
            return Batch.empty(0, self.pages)
        pages = self.pages
        for batch in self._recent:
            if batch.pages != self.pages:
                pages = (*pages, *(page for page in batch.pages if page not in pages))
        code = {page: place for place, page in enumerate(pages)}
        page = [
            batch.page
            if batch.pages == self.pages
            else np.array([code[name] for name in batch.pages], np.uint16).take(batch.page)
            for batch in self._recent
        ]
        timestamp, user, session, visit = (
            np.concatenate([getattr(batch, name) for batch in self._recent])[-RECENT_EVENTS:]
            for name in ("timestamp", "user", "session", "visit")
        )
        begin, stop = self._recent[0].start_step, self._recent[-1].stop_step
        return Batch(begin, stop, pages, timestamp, np.concatenate(page)[-RECENT_EVENTS:], user, session, visit)
