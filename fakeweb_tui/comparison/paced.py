"""A comparison at a pace at which one sees it converge, and that leaves the machine to others."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import thread_time

from fakeweb_tui.comparison.comparison import Comparison, ComparisonSnapshot

ENOUGH = 1_000_000
"""After so many sessions a comparison rests: errors are then a hundredth of those after the first hundred."""

_LOOK_SECONDS = 0.1
_FIRST_SESSIONS = 200
_MOST_SESSIONS = 1 << 15
# Each look adds an eighth of what is there: the figures move as visibly after a minute as at the beginning.
_GROWTH = 8
_IDLE_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a comparison is.

    Attributes:
        figures: the figures so far.
        running: whether it goes on.
        enough: the number of sessions at which it rests.
        over: whether time is over, so that there are no sessions to come.
    """

    figures: ComparisonSnapshot
    running: bool
    enough: int
    over: bool


class PacedComparison:
    """Advances a comparison in whichever thread calls `run`; it can be halted, and let go on, from any other.

    It computes for at most half of the time.
    """

    def __init__(
        self,
        comparison: Comparison,
        enough: int = ENOUGH,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
        spent: Callable[[], float] = thread_time,
    ) -> None:
        """Rest after `enough` sessions, and after as many again. Tests own time by `wait` and `spent`."""
        self._comparison = comparison
        self._wait, self._spent = wait, spent
        self._portion, self._enough = enough, enough
        self._running = True
        self._wake = threading.Event()

    def play(self, running: bool = True) -> None:
        """Go on, where there is enough for as many sessions again; or halt."""
        self._running = running
        self._wake.set()

    def stop(self) -> None:
        """Wake the loop so that it sees at once that it is cancelled."""
        self._wake.set()

    def run(self, cancelled: Callable[[], bool], publish: Callable[[Progress], None]) -> None:
        """Run until `cancelled()`; give `publish` the figures whenever there are others, and where it halts."""
        shown = None
        while True:
            self._wake.clear()
            if cancelled():
                return
            began = self._spent()
            if self._running:
                self._advance()
            took = self._spent() - began
            progress = self._progress()
            if (self._running, self._comparison.position) != shown:
                shown = (self._running, self._comparison.position)
                publish(progress)
            self._wait(self._wake, max(_LOOK_SECONDS, took) if self._running else _IDLE_SECONDS)

    def _advance(self) -> None:
        comparison = self._comparison
        counted = max(comparison.sessions)
        if counted >= self._enough:
            self._enough = counted + self._portion
        left = self._enough - counted
        chunk = min(max(_FIRST_SESSIONS, counted // _GROWTH), _MOST_SESSIONS, left)
        comparison.advance(comparison.parameters.max_steps, chunk)
        if max(comparison.sessions) >= self._enough or self._over:
            self._running = False

    @property
    def _over(self) -> bool:
        return self._comparison.position >= self._comparison.parameters.max_steps

    def _progress(self) -> Progress:
        return Progress(self._comparison.snapshot(), self._running, self._enough, self._over)
