"""Where bytes go."""

from pathlib import Path
from typing import Protocol


class Sink(Protocol):
    """Takes bytes, and is ended by exactly one of `finish` and `abandon`."""

    def write(self, data: bytes | memoryview) -> None:
        """Take the next bytes; OSError where that cannot be done."""

    def finish(self) -> None:
        """What was written is whole: make it appear."""

    def abandon(self) -> str:
        """What was written is not whole; return where it is kept, or nothing."""


def is_url(place: str) -> bool:
    """Whether a place is in an object store."""
    return "://" in place


def open_sink(place: str, *, overwrite: bool = False) -> Sink:
    """Return a sink for a place: `-` for standard output, the URL of an object, or a path.

    OSError where nothing can be written there, FileExistsError where something is, and `overwrite` is False.
    """
    if place == "-":
        from fakeweb_tui.sinks.standard_output import StandardOutput

        return StandardOutput()
    if is_url(place):
        from fakeweb_tui.sinks.object_store import ObjectSink

        return ObjectSink(place, overwrite=overwrite)
    path = Path(place)
    if path.is_char_device() or path.is_fifo():
        from fakeweb_tui.sinks.device import DeviceSink

        return DeviceSink(path)
    from fakeweb_tui.sinks.file import FileSink

    return FileSink(path, overwrite=overwrite)
