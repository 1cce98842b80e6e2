"""What a log shows of sessions: visits to pages, where they lead, where and when sessions start."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fakeweb_tui.markov import Floats
from fakeweb_tui.reading import Log, Strands
from fakeweb_tui.simulation import HOUR_US

_LEFT_OUT = 10
"""Not more than one part in so many of a log is left out at either end."""


@dataclass(frozen=True, eq=False)
class Returns:
    """Users who came back so soon that it looks like a move within a session, estimated; P pages.

    How often that happens is seen between once and twice the silence that ends a session: whoever comes back then
    has begun another session for certain. Users are taken to come back as readily before.

    Attributes:
        moves: shape (P, P), by the page that they left and the page that they came back to.
        noise: shape (P, P), the variance of `moves`.
        between: shape (P, P), at most so many events of one session are followed by a move of another session of
            the same user that was under way.
        starts: shape (24,), by the hour in which they came back.
    """

    moves: Floats
    noise: Floats
    between: Floats
    starts: Floats

    @classmethod
    def none(cls, pages: int) -> "Returns":
        """Nobody: sessions are named by the log."""
        none = np.zeros((pages, pages))
        return cls(none, none, none, np.zeros(24))


@dataclass(frozen=True, eq=False)
class Observation:
    """Counts of a log with P pages.

    Attributes:
        moves: shape (P, P), visits by page and by the page that they led to.
        ends: shape (P,), visits with which the session ended.
        landings: shape (P,), starts of sessions by page.
        starts: shape (24,), the same by hour of the day.
        returns: what of the moves is no move.
        since, until: microseconds since 1970, between which sessions start that are counted.
        left: of every move the page that was left, shape (m,).
        stayed: of every move how long that page had been visited, shape (m,), microseconds.
        depth: shape (P,), the mean place of a page's events in their sessions.
        reloads: events of a page that was open already.
    """

    moves: Floats
    ends: Floats
    landings: Floats
    starts: Floats
    returns: Returns
    since: int
    until: int
    left: npt.NDArray[np.int32]
    stayed: npt.NDArray[np.int64]
    depth: Floats
    reloads: int

    @property
    def sessions(self) -> float:
        """How many sessions started, those that look like moves included."""
        return float(self.starts.sum() + self.returns.starts.sum())


def observe(log: Log, silence_us: int) -> Observation:
    """Count what a log, which is not empty, shows of its sessions.

    Args:
        silence_us: a session ends with so many microseconds without an event, unless the log names sessions.
    """
    named = log.session is not None
    strands = Strands.of(log.user if log.session is None else log.session, log.time)
    page, hour = log.page[strands.order], log.hour[strands.order]
    count = len(log.page_names)
    first, last = int(strands.time.min()), int(strands.time.max())
    # Sessions under way at either end of the log are not whole.
    margin = min(silence_us, (last - first) // _LEFT_OUT)
    since, until = first + margin, last - margin
    joined = (strands.gap >= 0) & (named or strands.gap < silence_us)
    begins = np.append(True, ~joined[:-1])
    target = np.append(page[1:], 0)
    reload = joined & (target == page)

    # A visit goes from its first event to the last one, behind which comes another page or the end.
    arrived = np.flatnonzero(np.append(True, ~reload[:-1]))
    leaving = np.flatnonzero(~reload)
    known = strands.time[leaving] < until
    moved = joined[leaving]
    to_elsewhere = leaving[moved & known]
    ended = leaving[~moved & known]
    counted = begins & (strands.time >= since) & (strands.time < until)
    place = np.arange(len(page)) - np.maximum.accumulate(np.where(begins, np.arange(len(page)), 0))
    events = np.maximum(np.bincount(page, minlength=count), 1)
    return Observation(
        moves=_pairs(page[to_elsewhere], target[to_elsewhere], count),
        ends=np.bincount(page[ended], minlength=count).astype(np.float64),
        landings=np.bincount(page[counted], minlength=count).astype(np.float64),
        starts=np.bincount(hour[counted], minlength=24).astype(np.float64),
        returns=Returns.none(count) if named else _returns(strands, page, hour, count, silence_us, since, until),
        since=since,
        until=until,
        left=page[leaving[moved]],
        stayed=(strands.time[leaving] + strands.gap[leaving] - strands.time[arrived])[moved],
        depth=np.bincount(page, place, minlength=count) / events,
        reloads=int(reload.sum()),
    )


def _returns(
    strands: Strands,
    page: npt.NDArray[np.int32],
    hour: npt.NDArray[np.uint8],
    count: int,
    silence_us: int,
    since: int,
    until: int,
) -> Returns:
    """Estimate who came back within the silence from who did within another one behind it."""
    followed = strands.gap >= 0
    # A user who never came back may have done so after the log's end.
    away = np.where(followed, strands.gap, strands.time.max() - strands.time).astype(np.float64)
    near = np.minimum(away, silence_us)
    far = np.clip(away - silence_us, 0, silence_us)
    late = np.flatnonzero(followed & (strands.gap >= silence_us) & (strands.gap < 2 * silence_us))
    seen = _pairs(page[late], page[np.minimum(late + 1, len(page) - 1)], count)
    known = strands.time < until
    # Somebody is in the site for as long as the moves of a session take, by the page that they lead to.
    soon = np.flatnonzero(followed & (strands.gap < silence_us))
    under_way = np.bincount(page[soon + 1], strands.gap[soon], minlength=count) / max(len(page) - len(soon), 1)
    readiness = len(late) / far.sum() if far.any() else 0.0
    events = np.bincount(page[known], minlength=count)
    away_near = np.bincount(page[known], near[known], minlength=count)
    away_far = np.bincount(page, far, minlength=count)
    weight = np.divide(away_near, away_far, out=np.zeros(count), where=away_far > 0)
    return Returns(
        weight[:, None] * seen,
        weight[:, None] ** 2 * seen,
        readiness * np.outer(events, under_way),
        _starts_of(strands, hour, near, far, late, known & (strands.time >= since)),
    )


def _starts_of(
    strands: Strands,
    hour: npt.NDArray[np.uint8],
    near: Floats,
    far: Floats,
    late: npt.NDArray[np.int64],
    counted: npt.NDArray[np.bool_],
) -> Floats:
    """Estimate in which hours users came back, shape (24,).

    Users are as ready to come back in one hour of the day as in the same hour of another, and the time that they
    were away is counted in the hour of its middle.
    """

    def hour_after(wait: Floats) -> npt.NDArray[np.int64]:
        whole = (strands.time % HOUR_US + wait.astype(np.int64)) // HOUR_US
        return (hour + whole) % 24

    silence = float(near.max())
    away_near = np.bincount(hour_after(near / 2)[counted], near[counted], minlength=24)
    away_far = np.bincount(hour_after(silence + far / 2), far, minlength=24)
    came = np.bincount(hour[late + 1], minlength=24)
    return np.asarray(np.divide(came * away_near, away_far, out=np.zeros(24), where=away_far > 0))


def _pairs(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32], count: int) -> Floats:
    """Count pairs of codes below `count`, shape (count, count)."""
    code = one.astype(np.int64) * count + other
    return np.bincount(code, minlength=count * count).reshape(count, count).astype(np.float64)
