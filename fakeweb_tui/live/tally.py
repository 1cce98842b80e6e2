"""What a live simulation has let out so far: counts, the newest events, and how fast they come."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from fakeweb_tui.markov import Codes
from fakeweb_tui.recent import RecentEvents
from fakeweb_tui.simulation import Batch
from fakeweb_tui.statistics import Counts, HourCounts

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
        self.recent = RecentEvents(pages)
        self._timed = deque([(now(), 0)])

    def count_afresh(self) -> None:
        """Begin `fresh` anew."""
        self.fresh = Counts.none(len(self.pages))

    def turn_to(self, pages: tuple[str, ...], codes: Codes) -> None:
        """Go on with other pages; `codes` says where the present ones are among them, as by `page_codes`."""
        self.pages = pages
        self.recent = replace(self.recent, pages=pages)
        self.total = self.total.on_pages(codes, len(pages))
        self.count_afresh()

    def add(self, out: Batch, counts: Counts, fresh: bool) -> None:
        """Count events that are let out; `counts` are theirs on the present pages."""
        self.total += counts
        self.hours = self.hours.with_events(out)
        if fresh:
            self.fresh += counts
        self.recent = self.recent.with_events(out)
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
