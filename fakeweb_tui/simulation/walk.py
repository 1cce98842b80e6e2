"""The walks of sessions, from their births on: everything that decides which event happens when.

Sessions are walked many at once. A session carries no random state: what it does next is addressed by the seed,
its number and its age (see `randomness`), so any stretch of steps can be computed on its own, in stretches of any
length, with the same result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config import Config
from fakeweb_tui.markov import Codes
from fakeweb_tui.randomness import Purpose, Words, below, random_words
from fakeweb_tui.simulation.batch import LANDING, Batch, session_birth_step
from fakeweb_tui.simulation.draws import Draws
from fakeweb_tui.simulation.parameters import Parameters
from fakeweb_tui.simulation.selection import WHOLE, Selection

CHUNK_SESSIONS = 1 << 16
"""Sessions born per chunk: enough that the cost per call vanishes, few enough that a chunk takes about a frame."""

# Event times are uniform within ± this part of a step around its middle. The gap between the events of two
# steps then has a standard deviation of 0.3 steps: what the clock (± 30 %) and two events (± 30 % each) of
# fake_web_events add up to, (0.6² / 12) · 3 = 0.09.
JITTER = 0.135**0.5
_MAX_CHUNK_STEPS = 1 << 15
_VISIT_BITS = 2

_Walking: TypeAlias = tuple[Codes, Codes, Codes]  # rank, page, moves left


@dataclass(eq=False)
class Sessions:
    """Sessions in the site, in the order of their numbers."""

    number: npt.NDArray[np.uint64]
    user: npt.NDArray[np.uint64]
    page: Codes
    seen: npt.NDArray[np.uint64]  # shape (n, ceil(P / 64)): one bit per page that was reached

    def on_pages(self, codes: Codes, count: int) -> Self:
        """Return those whose page is still there, with the codes of `page_codes`, on a site of `count` pages."""
        there = codes.take(self.page) >= 0
        seen = np.zeros((int(there.sum()), _seen_words(count) * 64), np.uint8)
        kept = np.flatnonzero(codes >= 0)
        seen[:, codes[kept]] = self.has_seen[there][:, kept]
        packed = np.packbits(seen, axis=1, bitorder="little").view("<u8").astype(np.uint64)
        return type(self)(self.number[there], self.user[there], codes.take(self.page[there]), packed)

    @property
    def has_seen(self) -> npt.NDArray[np.uint8]:
        """Whether each session was on each page, shape (n, at least P)."""
        octets = np.ascontiguousarray(self.seen.astype("<u8")).view(np.uint8)
        return np.unpackbits(octets, axis=1, bitorder="little")


@dataclass(frozen=True, eq=False)
class Presence:
    """The sessions that were in the site at some step, P pages; figures are computed when they are asked for."""

    _sessions: Sessions
    _pages: int

    @cached_property
    def unseen(self) -> Codes:
        """How many sessions on page i were never on page j, shape (P, P)."""
        unseen = np.zeros((self._pages, self._pages), np.int64)
        seen = self._sessions.has_seen[:, : self._pages]
        for page in np.unique(self._sessions.page):
            mine = seen[self._sessions.page == page]
            unseen[page] = len(mine) - mine.sum(axis=0, dtype=np.int64)
        return unseen


def _seen_words(pages: int) -> int:
    return -(-pages // 64)


def page_codes(old: Sequence[str], new: Sequence[str], pages: Mapping[str, str] | None = None) -> Codes:
    """Return for each old page the code that it has among the new ones, -1 if it is gone, shape (P,).

    Args:
        old, new: page names, in the order of their codes.
        pages: which of the old ones go on, and under which name; if None, those that still have their name.
    """
    code = {name: place for place, name in enumerate(new)}
    names = {name: name for name in old} if pages is None else pages
    return np.array([code.get(names.get(name, ""), -1) for name in old], np.int64)


class Walk:
    """All sessions of one simulation, advanced through the steps.

    `position` is the next step to be computed. A new walk at step k > 0 holds exactly the sessions that a walk
    from step 0 would hold there.
    """

    def __init__(self, parameters: Parameters, config: Config, step: int = 0, shard: Selection = WHOLE) -> None:
        """Stand at `step`; costs a walk through the `max_session_steps` steps before it.

        ValueError where there is no such step, from 0 to `Parameters.max_steps`.
        """
        if not 0 <= step <= parameters.max_steps:
            raise ValueError(f"step is {step}: a simulation has steps 0 to {parameters.max_steps}")
        self._stand(parameters, config, max(0, step - parameters.max_session_steps), shard)
        while self.position < step:
            self.advance(step)

    @classmethod
    def deserted(cls, parameters: Parameters, config: Config, step: int, shard: Selection = WHOLE) -> Self:
        """Stand at `step` with nobody in the site."""
        walk = cls.__new__(cls)
        walk._stand(parameters, config, step, shard)
        return walk

    def _stand(self, parameters: Parameters, config: Config, step: int, shard: Selection) -> None:
        self.parameters = parameters
        self.shard = shard
        self.moves = np.zeros((0, 0), np.int64)
        self._configure(config)
        self.position = step
        words = _seen_words(len(config.pages))
        none = np.empty(0, np.uint64)
        self._active = Sessions(none, none, np.empty(0, np.int64), np.empty((0, words), np.uint64))

    moves: Codes
    """How often a session on page i went to j, itself and `session_end` included, since `count_moves` or
    since the pages last changed, shape (P, P + 1); shape (0, 0) where nobody asked for it."""

    def count_moves(self) -> None:
        """Count moves from now on."""
        pages = len(self.matrix.pages)
        self.moves = np.zeros((pages, pages + 1), np.int64)

    @property
    def sessions(self) -> Sessions:
        """The sessions that are in the site at `position`; with them another walk can go on from there."""
        return self._active

    @classmethod
    def with_sessions(
        cls, parameters: Parameters, config: Config, step: int, sessions: Sessions, shard: Selection = WHOLE
    ) -> Self:
        """Stand at `step` with the sessions that are in the site there."""
        walk = cls.deserted(parameters, config, step, shard)
        walk._active = sessions
        return walk

    @property
    def active_by_page(self) -> Codes:
        """How many sessions are on each page, shape (P,)."""
        return np.bincount(self._active.page, minlength=len(self.matrix.pages))

    @property
    def presence(self) -> Presence:
        """The sessions that are in the site; it stays what it is when the walk goes on."""
        return Presence(self._active, len(self.matrix.pages))

    def reconfigure(
        self, config: Config, parameters: Parameters | None = None, pages: Mapping[str, str] | None = None
    ) -> None:
        """Go on from `position` with another config, or another number of users or of sessions per day.

        Args:
            config: what holds from now on.
            parameters: the same, if None; ValueError where more differs than those two numbers.
            pages: which of the pages go on, and under which name; if None, those that still have their name.
                A session on any other page ends, without an event.
        """
        parameters = parameters or self.parameters
        free = {
            "user_pool_size": self.parameters.user_pool_size,
            "sessions_per_day": self.parameters.sessions_per_day,
        }
        if replace(parameters, **free) != self.parameters:  # type: ignore[arg-type]
            raise ValueError("only the users and the sessions per day can change while a walk goes on")
        before = self.config.page_names
        if pages is not None or config.page_names != before:
            codes = page_codes(before, config.page_names, pages)
            self._active = self._active.on_pages(codes, len(config.page_names))
        self.parameters = parameters
        self._configure(config)
        if self.moves.size and config.page_names != before:
            self.count_moves()

    def _configure(self, config: Config) -> None:
        self.config = config
        self.draws = Draws(self.parameters, config)
        self.matrix = self.draws.matrix

    def advance(self, stop: int, chunk_sessions: int = CHUNK_SESSIONS) -> Batch:
        """Compute the next steps, up to `stop` (not included) or until about `chunk_sessions` were born.

        At the end of time (`Parameters.max_steps`) there are no more.
        """
        begin = self.position
        steps = np.arange(begin, min(stop, begin + _MAX_CHUNK_STEPS, self.parameters.max_steps), dtype=np.int64)
        if not len(steps):
            return Batch.empty(begin, self.matrix.pages)
        births = np.cumsum(self.draws.rate(steps))
        count = max(1, int(np.searchsorted(births, chunk_sessions, side="right")))
        return self._advance(steps[:count])

    def _advance(self, steps: npt.NDArray[np.int64]) -> Batch:
        begin, stop = int(steps[0]), int(steps[-1]) + 1
        born = self.shard.of(self.parameters, self.draws.births(steps))
        chunk = _Chunk(self, self._active, born, begin, stop)
        self._active = chunk.walk()
        self.position = stop
        return chunk.batch()


class _Chunk:
    """One stretch of steps: walks every session that is in the site during it, and keeps their events.

    A session is known by its rank: those carried in come first, then those born, so ranks are in the order of
    session numbers. Of a session that still walks, `rank`, `page` and `left` are kept: the moves that it can
    still make, until the stretch ends or its own `max_session_steps` do.
    """

    def __init__(self, walk: Walk, carried: Sessions, born: npt.NDArray[np.uint64], begin: int, stop: int) -> None:
        self._walk = walk
        self._begin, self._stop = begin, stop
        self._seed = walk.parameters.seed
        self._carried = carried
        self._number = np.concatenate([carried.number, born])
        self._user = np.concatenate([carried.user, np.empty(len(born), np.uint64)])
        birth = session_birth_step(self._number)
        self._last_step = np.minimum(stop, birth + walk.parameters.max_session_steps) - 1
        self._last_age = self._last_step - birth
        self._seen_words = carried.seen.shape[1]
        self._seen = np.concatenate([carried.seen.ravel(), np.zeros(len(born) * self._seen_words, np.uint64)])
        self._page_bits = np.uint64(len(walk.matrix.pages).bit_length())
        step_us = walk.parameters.step_us
        reach = int(JITTER * step_us)
        self._earliest, self._spread = step_us // 2 - reach, np.uint64(2 * reach + 1)
        self._times: list[npt.NDArray[np.uint64]] = []
        self._events: list[npt.NDArray[np.uint64]] = []
        self._kept: list[tuple[Codes, Codes]] = []

    def walk(self) -> Sessions:
        """Walk every session to its end or to the end of the stretch; return those that are still there."""
        rank = np.arange(len(self._carried.number))
        walking: _Walking = self._settle(rank, self._carried.page, self._last_step[rank] - (self._begin - 1))
        # Four words serve two moves, of an even age and the odd one after it: each takes one word for where
        # to and one for when. Sessions carried in at an odd age take the second pair first, to fall in step.
        odd = (self._last_age[walking[0]] - walking[2]) & 1 == 1
        late = _chosen(walking, odd)
        late, _ = self._move(late, self._move_words(late)[2:])
        walking = _joined(late, _chosen(walking, ~odd), self._land(len(rank)))
        while len(walking[0]):
            words = self._move_words(walking)
            walking, stayed = self._move(walking, words[:2])
            walking, _ = self._move(walking, words[2:].take(stayed, axis=1))
        return self._collect()

    def _move_words(self, walking: _Walking) -> Words:
        rank, _, left = walking
        pair = (self._last_age.take(rank) - left).astype(np.uint64) >> np.uint64(1)
        return random_words(self._seed, Purpose.MOVE, self._number.take(rank), pair)

    def _land(self, carried: int) -> _Walking:
        """Give each session that is born its user, landing page and first event."""
        rank = np.arange(carried, len(self._number))
        high, low, where, when = random_words(self._seed, Purpose.SESSION, self._number[carried:])
        self._user[carried:] = below(high, low, self._walk.parameters.user_pool_size)
        page = self._walk.draws.land(where)
        self._see(rank, page)
        left = self._last_age[carried:]
        self._emit(rank, page, left, when, np.uint64(LANDING))
        return self._settle(rank, page, left)

    def _move(self, walking: _Walking, words: Words) -> tuple[_Walking, Codes]:
        """Make one move each; return those that can make another, and which of the given ones they are."""
        rank, page, left = walking
        where, when = words
        target = self._walk.draws.move(page, where)
        if self._walk.moves.size:
            counts = self._walk.moves
            counts += np.bincount(page * counts.shape[1] + target, minlength=counts.size).reshape(counts.shape)
        left = left - 1
        alive = target != self._walk.matrix.end
        moved = np.flatnonzero(alive & (target != page))
        who, to = rank.take(moved), target.take(moved)
        self._emit(who, to, left.take(moved), when.take(moved), self._see(who, to))
        stayed = np.flatnonzero(alive)
        walking = rank.take(stayed), target.take(stayed), left.take(stayed)
        if walking[2].all():
            return walking, stayed
        return self._settle(*walking), stayed[walking[2] > 0]

    def _settle(self, rank: Codes, page: Codes, left: Codes) -> _Walking:
        """Keep those that the end of the stretch stops, drop those at their last step, return the others."""
        stopped = np.flatnonzero((left == 0) & (self._last_step[rank] == self._stop - 1))
        self._kept.append((rank[stopped], page[stopped]))
        going = np.flatnonzero(left)
        return rank[going], page[going], left[going]

    def _see(self, rank: Codes, page: Codes) -> npt.NDArray[np.uint64]:
        """Note that sessions are on a page; return for each `FIRST` or `AGAIN`."""
        place = rank * self._seen_words + (page >> 6)
        bit = (page & 63).astype(np.uint64)
        before = self._seen.take(place)
        self._seen[place] = before | (np.uint64(1) << bit)
        new: npt.NDArray[np.uint64] = ~(before >> bit) & np.uint64(1)
        return new

    def _emit(
        self, rank: Codes, page: Codes, left: Codes, when: Words, visit: npt.NDArray[np.uint64] | np.uint64
    ) -> None:
        """Keep events: their times within the stretch, and rank, page and visit in one word."""
        step = self._last_step.take(rank) - left
        base = (step - self._begin) * self._walk.parameters.step_us + self._earliest
        self._times.append(base.astype(np.uint64) + (when * self._spread >> np.uint64(32)))
        event = rank.astype(np.uint64)
        event <<= self._page_bits
        event |= page.astype(np.uint64)
        event <<= np.uint64(_VISIT_BITS)
        event |= visit
        self._events.append(event)

    def _sorted_events(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        """Return times and events by time, and by rank where two are equal."""
        time, event = np.concatenate(self._times), np.concatenate(self._events)
        bits = self._page_bits + np.uint64(_VISIT_BITS + len(self._number).bit_length())
        span = (self._stop - self._begin) * self._walk.parameters.step_us
        if span.bit_length() + int(bits) > 64:
            order = np.lexsort((event, time))
            return time[order], event[order]
        # Sorting one word is several times as fast as sorting by two, and it nearly always holds both.
        time <<= bits
        time |= event
        time.sort()
        return time >> bits, time & ((np.uint64(1) << bits) - np.uint64(1))

    def _collect(self) -> Sessions:
        rank = np.concatenate([kept[0] for kept in self._kept])
        page = np.concatenate([kept[1] for kept in self._kept])
        order = np.argsort(rank)
        rank = rank[order]
        return Sessions(
            self._number[rank], self._user[rank], page[order], self._seen.reshape(-1, self._seen_words)[rank]
        )

    def batch(self) -> Batch:
        """The events of the stretch."""
        time, event = self._sorted_events()
        visit = (event & np.uint64((1 << _VISIT_BITS) - 1)).astype(np.uint8)
        event >>= np.uint64(_VISIT_BITS)
        page = (event & ((np.uint64(1) << self._page_bits) - np.uint64(1))).astype(np.uint16)
        rank = (event >> self._page_bits).astype(np.int64)
        origin = self._walk.parameters.start_us + self._begin * self._walk.parameters.step_us
        return Batch(
            self._begin,
            self._stop,
            self._walk.matrix.pages,
            (time.astype(np.int64) + origin).view("datetime64[us]"),
            page,
            self._user.take(rank),
            self._number.take(rank),
            visit,
        )


def _chosen(walking: _Walking, mask: npt.NDArray[np.bool_]) -> _Walking:
    rank, page, left = walking
    return rank[mask], page[mask], left[mask]


def _joined(*parts: _Walking) -> _Walking:
    rank, page, left = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return rank, page, left
