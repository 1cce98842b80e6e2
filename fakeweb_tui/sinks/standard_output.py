"""Standard output."""

import errno
import os
import sys


class StandardOutput:
    """Writes to standard output as it comes; OSError where that is closed."""

    def __init__(self) -> None:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        self._descriptor = sys.stdout.fileno()

    def write(self, data: bytes | memoryview) -> None:
        """Write all of the bytes; BrokenPipeError where no one reads any more."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def finish(self) -> None:
        """Nothing waits."""

    def abandon(self) -> str:
        """Nothing is kept."""
        return ""
