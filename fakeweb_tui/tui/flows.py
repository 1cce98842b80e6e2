"""The figures of each transition, as the map and the matrix show them."""

from dataclasses import dataclass

import numpy as np

from fakeweb_tui.forecast import ENOUGH_EVENTS, Forecast
from fakeweb_tui.markov import Floats
from fakeweb_tui.statistics import Counts64, Snapshot

ENOUGH_MOVES = 200
"""With fewer, a map of what flows would be noise: what is expected to flow is drawn instead."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Transitions from page i to page j, the last column to `session_end`; P pages, shape (P, P + 1) each.

    Attributes:
        moves: how often a session went that way, since the config was last changed.
        configured: the probability, as the config says.
        observed: the part of the moves from page i; NaN where there are none.
        deviation: in standard deviations: from one page, moves are independent. NaN where too few to tell.
        weight: what flows there in a session, as observed; as expected where there are too few moves.
    """

    moves: Counts64
    configured: Floats
    observed: Floats
    deviation: Floats
    weight: Floats

    @classmethod
    def of(cls, snapshot: Snapshot, forecast: Forecast, comparable: bool) -> "Flows":
        """Return the flows of a snapshot; while that is of another config than the forecast, nothing is known."""
        configured = forecast.chain.matrix.rows
        moves = snapshot.moves if comparable else np.zeros(configured.shape, np.int64)
        leaving = moves.sum(axis=1, keepdims=True)
        expected = leaving * configured
        variance = expected * (1 - configured)
        enough = (expected >= ENOUGH_EVENTS) & (leaving - expected >= ENOUGH_EVENTS)
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = moves / leaving
            deviation = np.where(enough, (moves - expected) / np.sqrt(variance), np.nan)
        count = moves.sum()
        weight = moves / count * forecast.flow.sum() if count >= ENOUGH_MOVES else forecast.flow
        return cls(moves, configured, observed, deviation, weight)
