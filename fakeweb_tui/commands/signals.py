"""SIGINT and SIGTERM as a request to come to an end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

BROKEN_PIPE_STATUS = 128 + signal.SIGPIPE
"""The exit status where whoever read standard output has closed it, as a shell gives it."""


@contextmanager
def collected_signals() -> Iterator[list[int]]:
    """Collect the numbers of signals, so that what is under way is finished first."""
    caught: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        # A batch may wait for a reader for ever: the second signal ends the process at once.
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
