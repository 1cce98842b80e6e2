"""What follows an event: in a session, and among all events of one user.

A *strand* is what events can be told apart by: a session where the file names it, else a user. The *successor* of
an event is the next event of its strand. Where a strand is a user, another session of the same user may come
between. Users are drawn uniformly and births are many, so the other sessions of a user are a Poisson process in
time, and so are the first events that they have behind a given moment (marking theorem: J. F. C. Kingman, "Poisson
Processes", 1993, 5.2). Own move and foreign event are then competing risks, and the probability of each is known.
"""

import numpy as np
import numpy.typing as npt

from fakeweb_tui.markov import AbsorbingChain, Floats


def longest_gap(chain: AbsorbingChain, events: int) -> int:
    """Return how many steps a session may be without an event: more than so many occur in one of a hundred files
    of so many events."""
    stay = float(np.diagonal(chain.matrix.moves).max())
    if stay == 0:
        return 1
    steps = np.log(0.01 / max(events, 1)) / np.log(stay)
    return min(int(np.ceil(steps)) + 1, chain.max_steps)


class Successors:
    """The probabilities of what comes next, within `steps` steps, behind an event on each of P pages.

    Args:
        rate: other sessions of the same user that are born per step; 0 where strands are sessions.
    """

    def __init__(self, chain: AbsorbingChain, steps: int, rate: float) -> None:
        self.steps = steps
        self._arrivals = chain.matrix.arrivals
        stay = np.diagonal(chain.matrix.moves)
        lag = np.arange(steps + 1)[:, None]
        foreign = rate * _first_events(chain, stay, lag)
        self.exposure = float(foreign.sum())
        intensity = foreign.sum(axis=1)
        passed = np.cumsum(intensity)
        # [m, i]: what makes a probability to move that of a move m steps later, with nothing in between.
        moves = np.where(lag >= 1, stay ** np.maximum(lag - 1, 0), 0.0)
        self._moves = moves * np.exp(-(passed - intensity / 2))[:, None]
        # [m, i]: it has not moved until about the middle of the step m steps later.
        waits = 1.0 - np.cumsum(moves * self._arrivals.sum(axis=1), axis=0)
        self._waits = np.concatenate([np.ones((1, len(stay))), (waits[:-1] + waits[1:]) / 2])
        # [m, j]: the first foreign event is on page j, m steps later.
        met = np.exp(-(passed - intensity)) - np.exp(-passed)
        self._met = np.divide(
            met[:, None] * foreign, intensity[:, None], out=np.zeros_like(foreign), where=intensity[:, None] > 0
        )

    def targets(self) -> Floats:
        """Return the probability of each next page, shape (P, P): by page and next page; what is left to 1 is
        that nothing comes within `steps` steps."""
        own = self._moves.sum(axis=0)[:, None] * self._arrivals
        return np.asarray(own + self._waits.T @ self._met)

    def lags(self, counted: npt.NDArray[np.bool_]) -> Floats:
        """Return the probability, shape (steps + 1, P), that an event on each page is followed after so many steps
        by one on a page that is counted, shape (P, P)."""
        own = self._moves * (self._arrivals * counted).sum(axis=1)
        return np.asarray(own + self._waits * (self._met @ counted.T))


def _first_events(chain: AbsorbingChain, stay: Floats, lag: npt.NDArray[np.int64]) -> Floats:
    """Return [m, j]: first events on page j, m steps behind a moment, per session that is born in a step.

    In the moment's own step half of the events are behind it. Later ones are landings, and moves of sessions whose
    event before was ahead of the moment: m steps ago (in half of the cases), or longer.
    """
    visits = chain.events_by_page
    before = 0.5 * stay ** np.maximum(lag - 1, 0) + stay**lag / (1.0 - stay)
    first = chain.matrix.landing + (visits * before) @ chain.matrix.arrivals
    return np.where(lag == 0, visits / 2, first)
