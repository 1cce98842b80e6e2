"""The site as an absorbing Markov chain: its matrix, tables to sample it, and what follows from it.

Words of the field (J. G. Kemeny, J. L. Snell, "Finite Markov Chains", 1960, chapter III):

transition matrix   one row per page and one column per page and, last, for `session_end`; rows sum to 1
Q                   the matrix without its last column: moves between pages
occupancy           expected number of steps on page j of a session now on page i, the sum of Q**t; without a
                    limit on the steps this is the fundamental matrix N = (I - Q)**-1
arrival             a session lands on a page or reaches it from another one; each is one event
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import SESSION_END, Config
from fakeweb_tui.randomness import WORD_SPAN, Words

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]

_GUIDE_ENTRIES = 1 << 15
_AMBIGUOUS = -1
# Below this chance of meeting the limit on a session's steps, the chain without a limit is exact to rounding.
NEGLIGIBLE = 1e-12


@dataclass(frozen=True, eq=False)
class TransitionMatrix:
    """The chain of a config.

    Attributes:
        pages: the P page names, in the order of the config; a page's code is its place here.
        rows: shape (P, P + 1), read-only; the last column is `session_end`.
        landing: shape (P,), read-only; where sessions start.
    """

    pages: tuple[str, ...]
    rows: Floats
    landing: Floats

    @classmethod
    def of(cls, config: Config) -> "TransitionMatrix":
        """Build the matrix of a validated config."""
        pages = config.page_names
        column = {name: code for code, name in enumerate((*pages, SESSION_END))}
        rows = np.zeros((len(pages), len(pages) + 1))
        for code, page in enumerate(pages):
            for target, probability in config.pages[page].items():
                rows[code, column[target]] = probability
        landing = np.array([config.landing_pages.get(page, 0.0) for page in pages])
        rows.flags.writeable = landing.flags.writeable = False
        return cls(pages, rows, landing)

    @property
    def end(self) -> int:
        """The code of `session_end`."""
        return len(self.pages)

    @cached_property
    def moves(self) -> Floats:
        """Q, shape (P, P)."""
        return self.rows[:, :-1]

    @cached_property
    def arrivals(self) -> Floats:
        """Q without its diagonal, shape (P, P): the moves that are events."""
        off = self.moves.copy()
        np.fill_diagonal(off, 0.0)
        return off


class GuideTable:
    """Samples rows of probabilities by inversion, with one 32-bit word per decision.

    A guide table (H.-C. Chen, Y. Asau, "On generating random variates from an empirical distribution", AIIE
    Transactions 6, 1974) answers all but the few words whose bucket holds a threshold; those are compared. Being
    inversion, it is monotone: a small change of a probability changes few outcomes, which keeps two variants
    on the same random words alike.
    """

    def __init__(self, probabilities: Floats) -> None:
        """Take shape (R, K), rows that sum to 1; a probability is kept to within 2**-32."""
        count, outcomes = probabilities.shape
        thresholds = np.rint(np.cumsum(probabilities, axis=1) * WORD_SPAN)
        thresholds[:, -1] = WORD_SPAN  # floating sums may end just below 1
        self._thresholds = thresholds.astype(np.uint64)
        bits = int(np.clip(np.log2(_GUIDE_ENTRIES / count), 4, 12))
        self._shift = np.uint64(32 - bits)
        self._bits = bits
        width = WORD_SPAN >> bits
        first = np.arange(1 << bits, dtype=np.uint64) * np.uint64(width)
        last = first + np.uint64(width - 1)
        table = np.empty((count, 1 << bits), np.int16 if outcomes < 1 << 15 else np.int32)
        for row, limits in enumerate(self._thresholds):
            low = np.searchsorted(limits, first, side="right")
            high = np.searchsorted(limits, last, side="right")
            table[row] = np.where(low == high, low, _AMBIGUOUS)
        self._table = table.ravel()

    def sample(self, row: Codes, word: Words) -> Codes:
        """Return the outcome of each (row, word), shape (n,)."""
        bucket = (word >> self._shift).astype(np.int64)
        bucket += row << self._bits
        outcome = self._table.take(bucket).astype(np.int64)
        unsure = np.flatnonzero(outcome == _AMBIGUOUS)
        if len(unsure):
            limits = self._thresholds[row[unsure]]
            outcome[unsure] = (limits <= word[unsure, None]).sum(axis=1)
        return outcome


class AbsorbingChain:
    """What a transition matrix implies for sessions of at most `max_steps` steps, each figure in closed form."""

    def __init__(self, matrix: TransitionMatrix, max_steps: int) -> None:
        self.matrix = matrix
        self.max_steps = max_steps

    @cached_property
    def occupancy(self) -> Floats:
        """Expected steps on page j of a session that starts on page i, shape (P, P)."""
        return power_sum(self.matrix.moves, self.max_steps)

    @cached_property
    def cut_short(self) -> float:
        """The probability that a session is ended by the limit on its steps."""
        reach = np.linalg.matrix_power(self.matrix.moves, self.max_steps)
        return float(self.matrix.landing @ reach @ np.ones(len(self.matrix.pages)))

    @cached_property
    def steps(self) -> float:
        """Expected steps of a session."""
        return float(self.matrix.landing @ self.occupancy.sum(axis=1))

    @cached_property
    def events_by_page(self) -> Floats:
        """Expected events of a session on each page, shape (P,)."""
        before_last = power_sum(self.matrix.moves, self.max_steps - 1)
        return self.matrix.landing + self.matrix.landing @ before_last @ self.matrix.arrivals

    @cached_property
    def events(self) -> float:
        """Expected events of a session."""
        return float(self.events_by_page.sum())

    @cached_property
    def reach(self) -> Floats:
        """The probability that a session ever reaches each page, shape (P,)."""
        if self.cut_short < NEGLIGIBLE:
            return (self.matrix.landing @ self.occupancy) / np.diagonal(self.occupancy)
        # With page j made absorbing, the steps that count towards j end at its first visit.
        count = len(self.matrix.pages)
        stopped = np.repeat(self.matrix.moves[None], count, axis=0)
        stopped[np.arange(count), np.arange(count)] = 0.0
        visits = power_sum(stopped, self.max_steps)
        reach: Floats = np.einsum("i,jij->j", self.matrix.landing, visits)
        return reach

    @cached_property
    def events_to_come(self) -> Floats:
        """Expected further events on page j of a session now on page i, shape (P, P)."""
        return self.occupancy @ self.matrix.arrivals

    @cached_property
    def events_covariance(self) -> Floats:
        """The covariance of one session's numbers of events on pages i and j, shape (P, P).

        With V the expected visits from each page in the chain of arrivals alone (self-transitions removed)
        and m = landing V, E[n_i n_j] = m_i V_ij + m_j V_ji for i ≠ j and m_i (2 V_ii - 1) for i = j (Kemeny and
        Snell, theorem 3.3.3, extended to pairs).
        """
        if self.cut_short >= NEGLIGIBLE:
            return self._limited_events_covariance()
        visits = np.eye(len(self.matrix.pages)) + self.events_to_come
        mean = self.matrix.landing @ visits
        product = mean[:, None] * visits
        second = product + product.T
        second[np.diag_indices_from(second)] -= mean
        return second - np.outer(mean, mean)

    def _limited_events_covariance(self) -> Floats:
        """The covariance where the limit is felt: moments by recursion over the moves that are left."""
        arrivals, moves, landing = self.matrix.arrivals, self.matrix.moves, self.matrix.landing
        count = len(landing)
        here = np.eye(count)[:, :, None] * np.eye(count)[:, None, :]  # [q] is e_q e_q'
        first = np.zeros((count, count))
        second = np.zeros((count, count, count))
        for _ in range(self.max_steps - 1):
            second = np.tensordot(arrivals, self._with_arrival(here, first), 1) + np.tensordot(moves, second, 1)
            first = arrivals + moves @ first
        product = np.tensordot(landing, self._with_arrival(here, first) + second, 1)
        mean = landing + landing @ first
        return np.asarray(product - np.outer(mean, mean))

    @staticmethod
    def _with_arrival(here: Floats, first: Floats) -> Floats:
        """What arriving on page q adds to the product of counts, whose means behind it are `first[q]`."""
        crossed = np.eye(len(first))[:, :, None] * first[:, None, :]
        added: Floats = here + crossed + crossed.transpose(0, 2, 1)
        return added

    def survival(self) -> Floats:
        """The probability that a session is still in the site at each of its steps, shape (≤ max_steps,).

        It begins with 1, for the step in which a session lands, and is cut where nothing is left.
        """
        return np.array([present.sum() for present in self._presence()])

    def steps_distribution(self) -> Floats:
        """The probability that a session lasts 1, 2, … steps; cut where nothing is left."""
        return -np.diff(self.survival(), append=0.0)

    def events_by_age(self) -> Floats:
        """Expected events of a session at each of its steps, shape (≤ max_steps,); cut where nothing is left."""
        moving = self.matrix.arrivals.sum(axis=1)
        return np.array([1.0, *(float(present @ moving) for present in self._presence())][: self.max_steps])

    def events_distribution(self) -> Floats:
        """The probability that a session has 1, 2, … events; cut where nothing is left.

        A session has at least n events if n - 1 arrivals follow its landing. Without a limit on the steps their
        times do not matter, so it is the chain of arrivals alone that counts.
        """
        if self.cut_short >= NEGLIGIBLE:
            return self._limited_events_distribution()
        leaving = 1.0 - np.diagonal(self.matrix.moves)
        jumps = self.matrix.arrivals / leaving[:, None]
        present = self.matrix.landing
        at_least: list[float] = []
        while len(at_least) < self.max_steps and present.sum() >= NEGLIGIBLE:
            at_least.append(float(present.sum()))
            present = present @ jumps
        return -np.diff(at_least, append=0.0)

    def _limited_events_distribution(self) -> Floats:
        """The same where the limit is felt: sessions by page and number of events, step after step."""
        stay = np.diagonal(self.matrix.moves)
        end = self.matrix.rows[:, -1]
        present = self.matrix.landing[None, :]  # [n - 1, page]: sessions of n events so far
        ended = np.zeros(self.max_steps)
        for _ in range(self.max_steps - 1):
            ended[: len(present)] += present @ end
            arrived = present @ self.matrix.arrivals
            nobody = np.zeros((1, len(end)))
            present = np.concatenate([present * stay, nobody]) + np.concatenate([nobody, arrived])
            likely = np.flatnonzero(present.sum(axis=1) >= NEGLIGIBLE / self.max_steps)
            present = present[: likely[-1] + 1] if len(likely) else present[:0]
        ended[: len(present)] += present.sum(axis=1)
        return np.trim_zeros(ended, "b")

    def _presence(self) -> Iterator[Floats]:
        """Yield the probability to be on each page at each step, shape (P,), until nothing is left."""
        present = self.matrix.landing
        for _ in range(self.max_steps):
            yield present
            present = present @ self.matrix.moves
            if present.sum() < NEGLIGIBLE:
                return


def power_sum(matrix: Floats, terms: int) -> Floats:
    """Return the sum of matrix**t for t < terms, by doubling; matrices of shape (..., P, P)."""
    total = np.zeros_like(matrix)
    power = np.broadcast_to(np.eye(matrix.shape[-1]), matrix.shape)  # matrix ** (terms added so far)
    block_sum, block_power = power, matrix  # the sum and the power for 1, 2, 4, … terms
    while terms:
        if terms & 1:
            total = total + power @ block_sum
            power = power @ block_power
        block_sum = block_sum + block_power @ block_sum
        block_power = block_power @ block_power
        terms >>= 1
    return total
