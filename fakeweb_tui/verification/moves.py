"""Landing pages, moves and dwell against a config."""

from collections.abc import Iterator

import numpy as np

from fakeweb_tui.markov import Floats
from fakeweb_tui.verification.chi_square import Cell, Comparison, compare, not_judged
from fakeweb_tui.verification.grid import grid_origin
from fakeweb_tui.verification.sessions import LoggedSessions

_FELT = 1e-6
"""A chance to meet the limit on a session's steps above which ends of sessions are not judged."""
_CLUMP, _MANY = 3, 50
"""Two sessions of one user that overlap look like up to so many moves that are not possible; from so many such
moves on, their number is about normal."""


def compare_landings(sessions: LoggedSessions) -> Comparison:
    """Compare where sessions land.

    Where sessions are not named, only those are counted before which their user was away. Whether that is so does
    not depend on where they land.
    """
    if sessions.unclear:
        return not_judged("landing_pages", "sessions", sessions.unclear)
    pages = sessions.chain.matrix.pages
    landed = np.bincount(sessions.log.page[sessions.starts], minlength=len(pages)).astype(np.float64)
    return compare("landing_pages", "sessions", pages, landed, sessions.chain.matrix.landing)


def compare_moves(sessions: LoggedSessions) -> Iterator[Comparison]:
    """Compare where sessions go from each page: to another page, or nowhere before the session ends.

    Yields:
        One comparison per page, and last one of the moves that the config does not have.
    """
    matrix = sessions.chain.matrix
    pages, count = matrix.pages, len(matrix.pages)
    if sessions.unclear:
        yield not_judged("pages", "moves", sessions.unclear)
        yield not_judged("other moves", "moves", sessions.unclear)
        return
    followed = sessions.followed
    observed = np.zeros((count, count + 1))
    np.add.at(observed, (followed.page, followed.target), 1)
    by_hour = np.zeros((24, count))
    np.add.at(by_hour, (followed.hour, followed.page), 1)
    expected = np.zeros((count, count + 1))
    for hour in np.flatnonzero(by_hour.any(axis=1)):
        targets = sessions.successors[hour].targets()
        full = np.concatenate([targets, 1.0 - targets.sum(axis=1, keepdims=True)], axis=1)
        expected += by_hour[hour][:, None] * full
    possible = np.concatenate([matrix.arrivals > 0, matrix.rows[:, -1:] > 0], axis=1)
    if sessions.chain.cut_short > _FELT:
        possible[:, -1] = False
    elif sessions.log.session is None:
        possible[:, -1] = True
    names = (*pages, "(end)")
    for row, page in enumerate(pages):
        chosen = possible[row]
        yield compare(
            f"pages.{page}",
            "moves",
            [name for name, there in zip(names, chosen, strict=True) if there],
            observed[row, chosen],
            expected[row, chosen],
        )
    impossible = ~possible[:, :count]
    yield _unknown_moves(observed[:, :count] * impossible, expected[:, :count] * impossible, pages)


def _unknown_moves(observed: Floats, expected: Floats, pages: tuple[str, ...]) -> Comparison:
    """Judge the moves that the config does not have, shape (P, P).

    Overlapping sessions of one user look like such moves, several at a time, so that their count varies about
    twice as much as independent ones. Too few of them are no fault.
    """
    from scipy.special import chdtri

    seen, foreseen = float(observed.sum()), float(expected.sum())
    section, unit = "other moves", "moves"
    cells = tuple(
        Cell(f"{pages[row]} → {pages[column]}", float(observed[row, column]), float(expected[row, column]))
        for row, column in zip(*np.nonzero(observed), strict=True)
    )
    if seen <= foreseen or seen == 0:
        return not_judged(section, unit, "none in excess", int(seen))
    # The χ² of one degree of freedom that is as improbable.
    return Comparison(section, unit, int(seen), float(chdtri(1, _excess_p(seen, foreseen))), 1, cells)


def _excess_p(seen: float, foreseen: float) -> float:
    """Return how probable so many overlaps or more are."""
    from scipy.special import ndtr, pdtrc

    if foreseen < _MANY:
        return float(pdtrc(np.ceil(seen / _CLUMP) - 1, foreseen)) if foreseen else 0.0
    return float(ndtr((foreseen - seen) / np.sqrt(2 * foreseen + (0.05 * foreseen) ** 2)))


def compare_dwell(sessions: LoggedSessions) -> Iterator[Comparison]:
    """Compare how many steps sessions stay on each page before they move to another one.

    Staying emits no event, so it shows in the time between events only, and exactly only where that lies on a grid
    of steps.

    Yields:
        One comparison per page, or one that says why there are none.
    """
    origin = grid_origin(sessions.log.time, sessions.step_us)
    if sessions.unclear or origin is None:
        off_grid = f"the times are on no grid of {sessions.step_us / 1e6:g} s (see --batch-size)"
        yield not_judged("dwell", "moves", sessions.unclear or off_grid)
        return
    counted = sessions.chain.matrix.arrivals > 0
    count = len(counted)
    followed = sessions.followed
    step = (sessions.strands.time - origin) // sessions.step_us
    lag = (np.append(step[1:], 0) - step)[followed.place]
    moved = (followed.target < count) & (lag <= sessions.quiet_steps)
    moved[moved] = counted[followed.page[moved], followed.target[moved]]
    observed = np.zeros((sessions.quiet_steps + 1, count))
    np.add.at(observed, (lag[moved], followed.page[moved]), 1)
    expected = np.zeros_like(observed)
    for hour in np.unique(followed.hour):
        begun = np.bincount(followed.page[followed.hour == hour], minlength=count)
        expected += sessions.successors[hour].lags(counted) * begun
    names = [f"{steps} steps" for steps in range(len(observed))]
    for place, page in enumerate(sessions.chain.matrix.pages):
        yield compare(f"dwell.{page}", "moves", names, observed[:, place], expected[:, place])
