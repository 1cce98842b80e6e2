"""Two variants of a config on the same random numbers, and how far what differs between them is noise."""

from fakeweb_tui.comparison.comparison import Comparison, ComparisonSnapshot
from fakeweb_tui.comparison.estimates import ENOUGH_SESSIONS, Estimate, Pair
from fakeweb_tui.comparison.paced import ENOUGH, PacedComparison, Progress

__all__ = [
    "ENOUGH",
    "ENOUGH_SESSIONS",
    "Comparison",
    "ComparisonSnapshot",
    "Estimate",
    "PacedComparison",
    "Pair",
    "Progress",
]
