"""From counts to the estimates of each row of a config."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fakeweb_tui.config import BROWSERS, OPERATING_SYSTEMS, SESSION_END
from fakeweb_tui.fitting.dwell import Dwell, fit_dwell
from fakeweb_tui.fitting.estimates import Estimate, intervals, of_counts
from fakeweb_tui.fitting.observation import Observation
from fakeweb_tui.markov import Floats
from fakeweb_tui.reading import Log

Row = Mapping[str, Estimate]

_KNOWN = {"operating_systems": OPERATING_SYSTEMS, "browsers": BROWSERS}
_MOST = 0.5
"""Where more of the moves than this part are by users who came back, they say nothing of the page."""
_BY_CHANCE = 0.01
"""Where so many moves are this probable without there being any such move, there is none."""
_REST = "other"
"""What the rest is called where only the most frequent names are kept."""


@dataclass(frozen=True, eq=False)
class PageRows:
    """The estimates of the rows of pages.

    Attributes:
        rows: by page.
        unseen: pages that sessions leave only by ending, so that their dwell does not show.
        hurried: pages that sessions leave within a step: they cannot in a simulation with such steps.
    """

    rows: Mapping[str, Row]
    unseen: tuple[str, ...]
    hurried: tuple[str, ...]


def page_rows(observation: Observation, pages: Sequence[str], step_us: int, limit: int) -> PageRows:
    """Estimate where sessions go from each page, per step of so many microseconds.

    Args:
        limit: the longest time between two moves, in steps.
    """
    moves, ends, noise = _without_returns(observation)
    dwells = _dwells(observation, len(pages), step_us, limit)
    known = [dwell for dwell in dwells if dwell is not None]
    usual = float(np.mean([dwell.stay for dwell in known])) if known else 0.0
    rows = {}
    for place, page in enumerate(pages):
        counts = np.append(moves[place], ends[place])
        # Every session ends somewhere: half a count where none was seen to.
        counts = counts if counts.any() else np.append(moves[place], 0.5)
        total = float(counts.sum())
        shares = counts / total
        spread = shares * (1 - shares) / total + np.append(noise[place], noise[place].sum()) / total**2
        rows[page] = _page_row(place, (*pages, SESSION_END), counts, shares, spread, dwells[place], usual)
    return PageRows(
        rows,
        tuple(page for page, dwell in zip(pages, dwells, strict=True) if dwell is None),
        tuple(page for page, dwell in zip(pages, dwells, strict=True) if dwell is not None and dwell.stay < 1e-3),
    )


def _page_row(
    place: int,
    names: Sequence[str],
    counts: Floats,
    shares: Floats,
    spread: Floats,
    dwell: Dwell | None,
    usual: float,
) -> dict[str, Estimate]:
    """Return one row: to stay, or to leave for where the shares say, both being independent."""
    stay, variance = dwell if dwell is not None else (usual, 0.0)
    values = (1 - stay) * shares
    variances = (1 - stay) ** 2 * np.maximum(spread, 0) + shares**2 * variance
    values[place], variances[place] = stay, variance
    low, high = intervals(values, variances)
    if dwell is None:
        # Nothing is known of how long sessions stay, and so of none of the probabilities to leave.
        low, high = np.zeros(len(values)), np.where(values > 0, 1.0, 0.0)
        high[place] = 1.0
    total = float(counts.sum())
    return {
        name: Estimate(float(values[at]), float(low[at]), float(high[at]), float(counts[at]), total)
        for at, name in enumerate(names)
        if values[at] > 0
    }


def _without_returns(observation: Observation) -> tuple[Floats, Floats, Floats]:
    """Return moves and ends without users who came back, and the variance of what was taken off.

    Where such users explain all that is left of a move, it is none.
    """
    from scipy.special import pdtrc

    moves, returns = observation.moves, observation.returns
    left = np.maximum(moves - returns.moves, 0.0)
    explained = returns.moves + 2 * np.sqrt(returns.noise) + returns.between
    left[(explained > 0) & (pdtrc(moves - 1, explained) > _BY_CHANCE)] = 0.0
    ends = observation.ends + (moves - left).sum(axis=1) + np.diagonal(returns.moves)
    return left, ends, np.where(left > 0, returns.noise, 0.0)


def _dwells(observation: Observation, count: int, step_us: int, limit: int) -> list[Dwell | None]:
    steps = np.rint(observation.stayed / step_us).astype(np.int64)
    moved = observation.moves.sum(axis=1)
    returned = observation.returns.moves.sum(axis=1) - np.diagonal(observation.returns.moves)
    foreign = np.divide(returned, moved, out=np.zeros(count), where=moved > 0)
    return [
        fit_dwell(steps[observation.left == place], limit, float(foreign[place]))
        if foreign[place] < _MOST
        else None
        for place in range(count)
    ]


def shares_of(names: Sequence[str], counts: Floats, total: float | None = None) -> dict[str, Estimate]:
    """Estimate the shares of independent counts, shape (n,)."""
    shares, low, high = of_counts(counts, total)
    whole = float(counts.sum()) if total is None else total
    return {
        name: Estimate(float(shares[at]), float(low[at]), float(high[at]), float(shares[at] * whole), whole)
        for at, name in enumerate(names)
        if shares[at] > 0
    }


def hour_row(observation: Observation, covered: Floats, usual: Floats) -> dict[str, Estimate]:
    """Estimate the share of the day's sessions that start in each hour.

    Args:
        covered: shape (24,), how long each hour of the day was observed, in hours.
        usual: shape (24,), the shares that stand in for hours that were not observed.
    """
    counts = observation.starts + observation.returns.starts
    there = covered > 0
    rates = np.divide(counts, covered, out=np.zeros(24), where=there)
    # The built-in shares say which part of the day the observed hours are.
    part = float(usual[there].sum()) if there.any() else 0.0
    rates = np.where(there, rates, usual * rates[there].sum() / part if part else usual)
    shares = rates / rates.sum() if rates.any() else usual
    total = float(counts.sum())
    evenness = np.divide(covered[there].mean() if there.any() else 1.0, covered, out=np.ones(24), where=there)
    variance = np.maximum(shares * (1 - shares), 0.25 / max(total, 1.0)) / max(total, 1.0) * evenness
    low, high = intervals(shares, variance)
    return {
        str(hour): Estimate(
            float(shares[hour]),
            float(low[hour]) if there[hour] else 0.0,
            float(high[hour]) if there[hour] else 1.0,
            float(counts[hour]),
            total,
        )
        for hour in range(24)
    }


def category_row(log: Log, section: str, most: int) -> tuple[dict[str, Estimate], int, int]:
    """Estimate the shares of a category among users.

    Returns:
        The row (empty where no user has a name that can be used), how many users have none, and how many have one
        that the config cannot have or that is among the rest.
    """
    names, codes = log.categories[section]
    counts = np.bincount(codes[codes >= 0], minlength=len(names)).astype(np.float64)
    unnamed = int((codes < 0).sum())
    merged: dict[str, float] = {}
    for place in np.argsort(-counts, kind="stable"):
        name = _meant(section, names[place])
        if name:
            merged[name] = merged.get(name, 0.0) + counts[place]
    unusable = float(counts.sum()) - sum(merged.values())
    ranked = sorted(merged, key=lambda name: -merged[name])
    rest = 0.0
    if section not in _KNOWN and len(ranked) > most:
        kept = {name: merged[name] for name in ranked[: most - 1]}
        rest = sum(merged.values()) - sum(kept.values())
        merged = {**kept, _REST: kept.get(_REST, 0.0) + rest}
    if not merged:
        return {}, unnamed, int(unusable)
    return shares_of(list(merged), np.array(list(merged.values()))), unnamed, int(unusable + rest)


def _meant(section: str, name: str) -> str | None:
    """Return the name of a config that a log's name stands for; None for none."""
    known = _KNOWN.get(section)
    if known is None:
        return name or None
    plain = {candidate.casefold(): candidate for candidate in known}
    return plain.get(name.casefold().replace(" ", ""))
