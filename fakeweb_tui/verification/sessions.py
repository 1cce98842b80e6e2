"""The events of a log as far as sessions can be told apart, and what is expected to follow each of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fakeweb_tui.markov import AbsorbingChain, Floats
from fakeweb_tui.reading import Log, Strands
from fakeweb_tui.simulation import EPOCH, HOUR_US
from fakeweb_tui.statistics import covered_hours
from fakeweb_tui.verification.successors import Successors, longest_gap

_MORE_TWICE = 3
# Sessions of one of few users come more evenly than a Poisson process, by one part in the number of users; what
# that adds to a χ² grows with events · (overlap / users)². True files fitted up to 12 and did not from 18 on; one
# of two did not at 5.
_MOST_EXCESS = 2.0


@dataclass(frozen=True, eq=False)
class LoggedSessions:
    """The events of a log, as far as they can be told apart.

    Attributes:
        log: with pages numbered as in the chain.
        step_us: the length of a step in microseconds.
    """

    log: Log
    chain: AbsorbingChain
    step_us: int

    @cached_property
    def strands(self) -> Strands:
        """The events by session, or else by user."""
        return Strands.of(self.log.user if self.log.session is None else self.log.session, self.log.time)

    @cached_property
    def quiet_steps(self) -> int:
        """How many steps a session may be without an event."""
        return longest_gap(self.chain, len(self.log))

    @property
    def quiet_us(self) -> int:
        """The same in microseconds, half a step later."""
        return self.quiet_steps * self.step_us + self.step_us // 2

    @cached_property
    def known_since(self) -> int:
        """Sessions that begin later cannot have had an event before the file begins."""
        return int(self.log.time.min()) + self.quiet_us

    @cached_property
    def known_until(self) -> int:
        """The successors of events until then are in the file."""
        return int(self.log.time.max()) - self.quiet_us

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """The places in the log of events that are certainly landings: nothing of the user was ahead of them."""
        strands = self.strands
        first = strands.behind < 0
        if self.log.session is None:
            first |= strands.behind > self.quiet_us
        return strands.order[first & (strands.time > self.known_since)]

    @cached_property
    def pool(self) -> float:
        """How many users there are, some of whom need not have come."""
        begun = int(((self.strands.behind < 0) | (self.strands.behind > self.quiet_us)).sum())
        return _pool_size(begun, len(np.unique(self.log.user)))

    @cached_property
    def rates(self) -> Floats:
        """Other sessions of the same user that are born per step in each hour of the day, shape (24,).

        There are as many sessions as events, divided by those of a session. Where sessions are named, there are no
        others.
        """
        if self.log.session is not None:
            return np.zeros(24)
        hours = np.maximum(covered_hours(*self.ends), 1 / 60)
        sessions = np.bincount(self.log.hour, minlength=24) / self.chain.events
        return np.asarray(sessions / hours / HOUR_US * self.step_us / self.pool)

    @property
    def ends(self) -> tuple[datetime, datetime]:
        """The first and the last moment."""
        first, last = (EPOCH + timedelta(microseconds=int(end(self.log.time))) for end in (np.min, np.max))
        return first, last

    @cached_property
    def overlap(self) -> float:
        """The part of the events behind which another session of the user comes before nothing comes."""
        exposure = np.array([behind.exposure for behind in self.successors])
        return float(1.0 - np.exp(-exposure[self.log.hour]).mean())

    @cached_property
    def successors(self) -> tuple[Successors, ...]:
        """What is expected behind an event in each hour of the day."""
        by_rate = {rate: Successors(self.chain, self.quiet_steps, rate) for rate in np.unique(self.rates).tolist()}
        return tuple(by_rate[rate] for rate in self.rates.tolist())

    @cached_property
    def followed(self) -> "Followed":
        """Events whose successors are in the file, if there are any."""
        strands = self.strands
        page, hour = self.log.page[strands.order], self.log.hour[strands.order]
        chosen = np.flatnonzero(strands.time < self.known_until)
        gap = strands.gap[chosen]
        near = (gap >= 0) & (gap <= self.quiet_us)
        count = len(self.chain.matrix.pages)
        target = np.where(near, np.append(page[1:], 0)[chosen], count)
        return Followed(chosen, page[chosen], hour[chosen], target)

    @cached_property
    def unclear(self) -> str:
        """Why nothing can be said of the moves, beginnings and ends of sessions; empty if it can."""
        if self.known_since >= self.known_until:
            return f"the file is shorter than {2 * self.quiet_us / 1e6:,.0f} s: no session is wholly in it"
        if len(self.log) * (self.overlap / self.pool) ** 2 > _MOST_EXCESS:
            return (
                f"of so few users others of their sessions come between behind {self.overlap:.0%} of the events: "
                "have sessions named by a column"
            )
        return ""


@dataclass(frozen=True, eq=False)
class Followed:
    """Events whose successors are known; `target` is their page, or the number of pages where there are none."""

    place: npt.NDArray[np.int64]
    page: npt.NDArray[np.int32]
    hour: npt.NDArray[np.uint8]
    target: npt.NDArray[np.int64]


def _pool_size(sessions: int, seen: int) -> float:
    """Return from how many users so many sessions were drawn uniformly, if so many different ones were seen: the N
    of seen = N (1 - exp(-sessions / N)).

    Where hardly a user came twice, chance decides how many did; so that nothing is foreseen too rarely, there are
    a few more.
    """
    from scipy.optimize import brentq

    different = max(1, seen - _MORE_TWICE)

    def excess(pool: float) -> float:
        return float(-pool * np.expm1(-sessions / pool)) - different

    # Of a pool of a million times the sessions nobody comes twice; none is smaller than what was seen of it.
    smallest, largest = different * (1 - 1e-9), sessions * 1e6
    if excess(largest) <= 0:
        return largest
    pool: float = brentq(excess, smallest, largest)
    return pool
