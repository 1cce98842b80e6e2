"""Two variants of a config on the same random numbers, and how far what differs between them is noise."""

from fakeweb_tui.comparison.comparison import Comparison, ComparisonSnapshot
from fakeweb_tui.comparison.estimates import ENOUGH_SESSIONS, Estimate, Pair

__all__ = ["ENOUGH_SESSIONS", "Comparison", "ComparisonSnapshot", "Estimate", "Pair"]
