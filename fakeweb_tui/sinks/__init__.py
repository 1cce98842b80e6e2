"""Where events go."""

from typing import Protocol


class Sink(Protocol):
    """Takes bytes, and is ended by exactly one of `finish` and `abandon`."""

    def write(self, data: bytes | memoryview) -> None:
        """Take the next bytes; OSError where that cannot be done."""

    def finish(self) -> None:
        """What was written is whole: make it appear."""

    def abandon(self) -> str:
        """What was written is not whole; return where it is kept, or nothing."""
