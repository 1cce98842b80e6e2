"""Whether events are what a config makes.

Words: a *comparison* sets counts beside what is expected of them. What is drawn once per user is counted once per
user, and moves by what they follow, because a session's or a user's events are not independent of each other.
"""

from fakeweb_tui.verification.chi_square import Cell, Comparison, Section
from fakeweb_tui.verification.verdict import Expectation, Verdict, judge, schema_of, verify

__all__ = ["Cell", "Comparison", "Expectation", "Section", "Verdict", "judge", "schema_of", "verify"]
