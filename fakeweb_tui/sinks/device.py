"""A device or a named pipe: takes bytes as they come, and has no other name to be renamed from."""

from pathlib import Path


class DeviceSink:
    """Writes to what is there; OSError where that cannot be done."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def write(self, data: bytes | memoryview) -> None:
        """Write all of the bytes; BrokenPipeError where no one reads any more."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def finish(self) -> None:
        """Close it."""
        self._file.close()

    def abandon(self) -> str:
        """Close it: nothing is kept."""
        self._file.close()
        return ""
