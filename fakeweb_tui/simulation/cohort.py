"""The sessions of some births, walked to their ends in several variants of a config at once, without their times.

A session meets the same words as in `Walk`, the same in every variant, and so does in each what it does there.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fakeweb_tui.markov import Codes
from fakeweb_tui.randomness import Purpose, Words, random_words
from fakeweb_tui.simulation.draws import Draws
from fakeweb_tui.simulation.parameters import Parameters


class Track:
    """What the n sessions of a cohort do in one variant.

    Attributes:
        counts: shape (n, at least P), how often each session came to each page.
    """

    def __init__(
        self, draws: Draws, present: npt.NDArray[np.bool_], columns: Codes, counts: npt.NDArray[np.int64]
    ) -> None:
        """Stand before the landing.

        Args:
            draws: the variant.
            present: shape (n,), which sessions there are in it.
            columns: shape (P,), where in `counts` each page is counted.
            counts: where they are counted, shape (n, at least P).
        """
        self.counts = counts
        self._draws = draws
        self._present = np.flatnonzero(present)
        self._columns = columns
        self._page: Codes = np.full(len(present), draws.matrix.end)

    def land(self, word: Words) -> None:
        """Let all who are there land, with a word for each session of the cohort."""
        self._arrive(self._present, self._draws.land(word.take(self._present)))

    def move(self, rank: Codes, word: Words) -> None:
        """Let those of the sessions `rank` that are still in the site move, with a word for each of `rank`."""
        here = np.flatnonzero(self.is_walking(rank))
        who = rank.take(here)
        page = self._page.take(who)
        target = self._draws.move(page, word.take(here))
        moved = np.flatnonzero(target != page)
        self._arrive(who.take(moved), target.take(moved))

    def is_walking(self, rank: Codes) -> npt.NDArray[np.bool_]:
        """Whether each of these sessions is in the site."""
        walking: npt.NDArray[np.bool_] = self._page.take(rank) != self._draws.matrix.end
        return walking

    def _arrive(self, rank: Codes, page: Codes) -> None:
        self._page[rank] = page
        there = np.flatnonzero(page != self._draws.matrix.end)
        # Nobody is twice among them, so each of the places is increased.
        self.counts[rank.take(there), self._columns.take(page.take(there))] += 1


def walk_cohort(parameters: Parameters, number: npt.NDArray[np.uint64], tracks: Sequence[Track]) -> None:
    """Walk the sessions with these numbers, shape (n,), from their landing to their end, in each track."""
    landing = random_words(parameters.seed, Purpose.SESSION, number)[2]
    for track in tracks:
        track.land(landing)
    walking = np.arange(len(number))
    words: Words = np.empty((4, 0), np.uint64)
    for age in range(parameters.max_session_steps - 1):
        still = np.flatnonzero(np.any([track.is_walking(walking) for track in tracks], axis=0))
        if not len(still):
            return
        walking = walking.take(still)
        # Four words serve two moves, of an even age and the odd one after it; the first and the third say where.
        if age % 2 == 0:
            words = random_words(parameters.seed, Purpose.MOVE, number.take(walking), age // 2)
        else:
            words = words.take(still, axis=1)
        for track in tracks:
            track.move(walking, words[age % 2 * 2])
