"""Event files of any format, read many rows at a time into a log of numbers.

Words: a *source* is one file (or standard input). *Rows* are some of its rows as Arrow columns, with the line of
each. A *layout* says what columns are for: the time, the page, the user. A *log* is all events as arrays of
numbers. A *fault* is a row, or a part of one, that is not what it should be.
"""

from fakeweb_tui.reading.columns import Kind, Layout, page_of_path
from fakeweb_tui.reading.faults import Fault, Faults, ReadingError
from fakeweb_tui.reading.log import Log, LogBuilder, read_log
from fakeweb_tui.reading.rows import Rows, column_names, read_rows
from fakeweb_tui.reading.sources import Source, sources_of
from fakeweb_tui.reading.strands import Strands

__all__ = [
    "Fault",
    "Faults",
    "Kind",
    "Layout",
    "Log",
    "LogBuilder",
    "ReadingError",
    "Rows",
    "Source",
    "Strands",
    "column_names",
    "page_of_path",
    "read_log",
    "read_rows",
    "sources_of",
]
