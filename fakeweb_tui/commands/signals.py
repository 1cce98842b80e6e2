"""SIGINT and SIGTERM as a request to come to an end."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

BROKEN_PIPE_STATUS = 128 + signal.SIGPIPE
"""The exit status where whoever read standard output has closed it, as a shell gives it."""

# `timeout` sends its signal to the process and to the group that the process is in: one request comes twice.
_ECHO_SECONDS = 0.5


@contextmanager
def collected_signals() -> Iterator[list[int]]:
    """Collect the numbers of signals, so that what is under way is finished first."""
    caught: list[int] = []
    first = 0.0

    def note(number: int, _frame: FrameType | None) -> None:
        nonlocal first
        if not caught:
            first = monotonic()
        elif monotonic() - first > _ECHO_SECONDS:
            # A batch may wait for a reader for ever: the second request ends the process at once.
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        caught.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
