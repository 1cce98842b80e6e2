"""The figures of each page, as the table and the funnel show them."""

from math import isnan
from typing import NamedTuple

import numpy as np

from fakeweb_tui.forecast import TOLERANCE, Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.statistics import Counts, Snapshot


class PageRow(NamedTuple):
    """One page's figures; shares and reach as fractions, `deviation` in standard deviations; NaN if not known."""

    page: int
    events: int
    share: float
    predicted: float
    reach: float
    reach_predicted: float
    deviation: float


def page_rows(snapshot: Snapshot, forecast: Forecast, comparable: bool) -> tuple[PageRow, ...]:
    """Return the figures of each page, in the order of the config.

    Events are counted since the run began; share, reach and deviation since the config was last changed. While
    the snapshot is of another config than the forecast, nothing is `comparable`.
    """
    counts = snapshot.observed.counts
    with np.errstate(invalid="ignore"):
        share = counts.events_by_page / np.float64(counts.events)
    reach = reach_of(counts)
    unknown = np.full(len(share), np.nan)
    columns = (
        snapshot.total.events_by_page,
        share if comparable else unknown,
        forecast.share,
        reach if comparable else unknown,
        forecast.reach,
        forecast.deviation(snapshot.observed) if comparable else unknown,
    )
    figures = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(PageRow(page, *row) for page, row in enumerate(figures))


def reach_of(counts: Counts) -> Floats:
    """Return which part of the sessions was ever on each page, shape (P,), NaN where that is not known.

    Right after a jump or an edit it is not: the sessions that reach a page then have landed before.
    """
    known = (counts.reached_by_page <= counts.sessions) & (counts.sessions > 0)
    return np.where(known, counts.reached_by_page / max(counts.sessions, 1), np.nan)


def fit_mark(deviation: float) -> str:
    """Return ≈ where observation fits the prediction, ▲ or ▼ where it is off, · where too little is known."""
    if isnan(deviation):
        return "·"
    if abs(deviation) <= TOLERANCE:
        return "≈"
    return "▲" if deviation > 0 else "▼"
