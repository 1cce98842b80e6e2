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
from itertools import pairwise
from math import isqrt
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
# Of 300 pages, 46 MB.
_MOST_POWERS = 64


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
    def _left(self) -> Floats:
        """The probability that a session now on page i is still there `max_steps` steps later, shape (P,)."""
        return left_after(self.matrix.moves, self.max_steps)

    @cached_property
    def limited(self) -> bool:
        """Whether the limit on a session's steps is felt, from whichever page."""
        return outlasts(self.matrix.moves, self.max_steps)

    @cached_property
    def cut_short(self) -> float:
        """The probability that a session is ended by the limit on its steps."""
        return float(self.matrix.landing @ self._left)

    @cached_property
    def occupancy(self) -> Floats:
        """Expected steps on page j of a session that starts on page i, shape (P, P)."""
        if self.limited:
            return power_sum(self.matrix.moves, self.max_steps)
        return np.asarray(np.linalg.inv(np.eye(self.matrix.end) - self.matrix.moves), np.float64)

    @cached_property
    def steps(self) -> float:
        """Expected steps of a session."""
        return float(self.matrix.landing @ self.occupancy.sum(axis=1))

    @cached_property
    def events_by_page(self) -> Floats:
        """Expected events of a session on each page, shape (P,)."""
        steps = self.matrix.landing @ self.occupancy
        if self.limited:
            steps -= self._present[-1]  # no event follows the last step
        return self.matrix.landing + steps @ self.matrix.arrivals

    @cached_property
    def events(self) -> float:
        """Expected events of a session."""
        return float(self.events_by_page.sum())

    @cached_property
    def reach(self) -> Floats:
        """The probability that a session ever reaches each page, shape (P,)."""
        if self.limited:
            return self._limited_reach()
        return (self.matrix.landing @ self.occupancy) / np.diagonal(self.occupancy)

    def _limited_reach(self) -> Floats:
        """The same where the limit is felt, from the renewal equation of visits.

        A session is on page j at step t if it came there first at a step s <= t and is there again t - s steps
        later (W. Feller, "An Introduction to Probability Theory and Its Applications", volume I, 1968, chapter
        XIII): present[t] = sum of first[s] again[t - s], where again[0] = 1.
        """
        again = np.concatenate(list(self._returns()))
        first = np.zeros_like(self._present)
        for step, present in enumerate(self._present):
            first[step] = present - (first[:step] * again[step:0:-1]).sum(axis=0)
        reach: Floats = first.sum(axis=0)
        return reach

    def _returns(self) -> Iterator[Floats]:
        """Yield the diagonals of Q**t for all t < max_steps and somewhat more, many at a time."""
        powers, leap = self._powers[:-1], self._powers[-1]
        power = np.eye(self.matrix.end)
        for _ in range(0, self.max_steps, len(powers)):
            yield np.einsum("ji,tji->ti", np.ascontiguousarray(power.T), powers)
            power = power @ leap

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
        if self.limited:
            return self._limited_events_covariance()
        visits = np.eye(len(self.matrix.pages)) + self.events_to_come
        mean = self.matrix.landing @ visits
        product = mean[:, None] * visits
        second = product + product.T
        second[np.diag_indices_from(second)] -= mean
        return second - np.outer(mean, mean)

    def _limited_events_covariance(self) -> Floats:
        """The same where the limit is felt.

        An arrival on page i at step s is followed, in the steps that are left, by the sum over t of Q**t arrivals;
        with c[k] the expected arrivals before step k, all pairs are those of the sum over t of
        diag(c[max_steps - 1 - t]) Q**t arrivals.
        """
        arrived = np.vstack([self.matrix.landing, self._present[:-1] @ self.matrix.arrivals])
        before = np.cumsum(arrived, axis=0)  # [k - 1] is c[k]
        mean = before[-1]
        powers, leap = self._powers[:-1], self._powers[-1]
        length = len(powers)
        weights = np.zeros((-(-self.max_steps // length) * length, self.matrix.end))
        weights[: self.max_steps - 1] = before[-2::-1]
        followed = np.zeros((self.matrix.end, self.matrix.end))
        for block in weights.reshape(-1, length, self.matrix.end)[::-1]:
            followed = followed @ leap + np.einsum("ti,tij->ij", block, powers)
        pairs = followed @ self.matrix.arrivals
        second: Floats = pairs + pairs.T + np.diag(mean) - np.outer(mean, mean)
        return second

    @cached_property
    def _present(self) -> Floats:
        """The probability to be on each page at each step, shape (max_steps, P)."""
        return powers_times(self.matrix.moves.T, self.matrix.landing, self.max_steps)

    @cached_property
    def _powers(self) -> Floats:
        """The first powers of Q, as many as about the root of `max_steps`, shape (≤ `_MOST_POWERS`, P, P).

        Together with the powers of the last one, which are as few, they make up all others.
        """
        count = min(isqrt(self.max_steps) + 2, _MOST_POWERS)
        powers = np.empty((count, self.matrix.end, self.matrix.end))
        powers[0] = np.eye(self.matrix.end)
        for before, power in pairwise(powers):
            np.matmul(before, self.matrix.moves, out=power)
        return powers

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
        if self.limited:
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
    """Return the sum of matrix**t for t < terms, by doubling; shape (P, P)."""
    total, power = np.zeros_like(matrix), np.eye(len(matrix))  # of as many terms as the bits so far say
    for bit in f"{terms:b}":
        total, power = total + power @ total, power @ power
        if bit == "1":
            total, power = total + power, power @ matrix
    return total


def powers_times(matrix: Floats, vector: Floats, count: int) -> Floats:
    """Return matrix**t vector for each t < count, shape (count, P)."""
    found = np.empty((count, len(vector)))
    for step in range(count):
        found[step] = vector
        vector = matrix @ vector
    return found


def outlasts(moves: Floats, steps: int) -> bool:
    """Whether more than a negligible part of the sessions is still there after so many steps, by any page."""
    return float(left_after(moves, steps, NEGLIGIBLE).max()) >= NEGLIGIBLE


def left_after(moves: Floats, steps: int, least: float = 0.0) -> Floats:
    """Return the row sums of moves**steps, shape (P,): who is still there after so many steps, by page.

    Where all are below `least`, it need not be so many: they only become fewer.
    """
    left = np.ones(len(moves))
    # A square costs as much as P products with a vector, and halves how many are needed.
    while steps > len(moves):
        if steps % 2:
            left = moves @ left
        moves, steps = moves @ moves, steps // 2
    for _ in range(steps):
        left = moves @ left
        if left.max() < least:
            break
    return left
