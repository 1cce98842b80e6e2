"""Tuning a config: edits of its rows, names and pages, what is locked, undone and done again."""

from fakeweb_tui.tuning.rows import SMALLEST, UNITS, Tuned, coupled, in_units, tune
from fakeweb_tui.tuning.workbench import Change, Lock, Workbench

__all__ = ["SMALLEST", "UNITS", "Change", "Lock", "Tuned", "Workbench", "coupled", "in_units", "tune"]
