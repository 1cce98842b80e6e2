"""Where bytes go."""

import sys
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


def is_stream(place: str) -> bool:
    """Whether a place takes bytes as they come and keeps none: standard output, a device or a named pipe."""
    if place == "-":
        return True
    return not is_url(place) and (Path(place).is_char_device() or Path(place).is_fifo())


def is_terminal(place: str) -> bool:
    """Whether a person reads what is written to a place."""
    return place == "-" and sys.stdout is not None and sys.stdout.isatty()


def exists(place: str) -> bool:
    """Whether something is in a place: a file, a folder, an object, or objects in it as in a folder."""
    if is_url(place):
        from fakeweb_tui.sinks.object_store import object_exists

        return object_exists(place)
    return Path(place).exists()


def open_sink(place: str, *, overwrite: bool = False, hidden: bool = False) -> Sink:
    """Return a sink for a place: `-` for standard output, the URL of an object, or a path.

    A path is `hidden` until it is whole where readers of its folder are to pass over it until then.
    OSError where nothing can be written there, FileExistsError where something is, and `overwrite` is False.
    """
    if place == "-":
        from fakeweb_tui.sinks.standard_output import StandardOutput

        return StandardOutput()
    if is_url(place):
        from fakeweb_tui.sinks.object_store import ObjectSink

        return ObjectSink(place, overwrite=overwrite)
    if is_stream(place):
        from fakeweb_tui.sinks.device import DeviceSink

        return DeviceSink(Path(place))
    from fakeweb_tui.sinks.file import FileSink

    return FileSink(Path(place), overwrite=overwrite, hidden=hidden)
