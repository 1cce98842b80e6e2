"""Edits that survive a crash: written down as they happen, and offered back at the next start.

Each running app has a file of its own: a scenario (see `scenario_file`) with a line per edit, and among these also
lines that say what is known beside it (`Aside`), of which the last one counts. The app holds a lock on the file,
which ends with the process however that ends: a file that nobody holds is what a crash left.
"""

from fakeweb_tui.recovery.aside import Aside
from fakeweb_tui.recovery.journal import CrashJournal, default_directory
from fakeweb_tui.recovery.left import Recoverable, recoverable

__all__ = ["Aside", "CrashJournal", "Recoverable", "default_directory", "recoverable"]
