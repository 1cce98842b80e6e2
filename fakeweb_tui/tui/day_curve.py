"""The arithmetic of drawing a day: 24 shares that sum to 1, as the levels of bars."""

from collections.abc import Sequence

from fakeweb_tui.config import normalised

HOURS = 24
DECIMALS = 4
HEADROOM = 1.15
"""The highest hour leaves some room above it, so that it can be drawn higher."""

Shares = tuple[float, ...]


def snap(share: float) -> float:
    """Return a share as a user can set it: 0 to 1, with four decimals."""
    return round(min(1.0, max(0.0, share)), DECIMALS)


def level_share(row: float, rows: int, top: float) -> float:
    """Return the share under a pointer in line `row` from the top of a chart of `rows` lines whose top is `top`.

    Lines from `rows` on lie below the chart, and mean 0.
    """
    return top * min(max(rows - row, 0.0), rows) / rows


def stroke(shares: Sequence[float], begin: tuple[int, float], end: tuple[int, float]) -> Shares:
    """Return the shares with a straight stroke drawn over them, from one (hour, share) to another."""
    (first, low), (last, high) = begin, end
    drawn = list(shares)
    for hour in range(min(first, last), max(first, last) + 1):
        part = (hour - first) / (last - first) if last != first else 1.0
        drawn[hour] = low + part * (high - low)
    return tuple(drawn)


def as_row(shares: Sequence[float]) -> dict[str, float] | None:
    """Return the drawn day as a row that sums to 1, its shape kept; None where nobody would ever come."""
    if not sum(shares):
        return None
    return normalised({str(hour): share for hour, share in enumerate(shares)})
