"""The journal of a run: what `--resume` needs, in a file or an object beside the output.

Its first line says what was asked for, each of the others how far the run had come. A line is written when
everything that it counts is written, so the last whole one is true of what a killed process has left. Each begins
with its checksum (XXH3, 64 bits), so that a damaged journal is not believed.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import xxhash

from fakeweb_tui.run.blocks import Position
from fakeweb_tui.sinks import is_url
from fakeweb_tui.sinks.object_store import delete_object, put_object, read_object

# A journal of thousands of objects is some megabytes.
_PUT_SECONDS = 5.0


class ResumeError(ValueError):
    """A run cannot go on; the message says why, and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """How far a run had come.

    Attributes:
        after: where its stream goes on.
        clock: simulated time.
        events, pages: how many were written, and of which pages.
        names: the state of the output's `Names`.
        file: the name of the last file; empty before the first.
        open: whether that file was still to be added to.
        size: of that file, if so.
        state: what the last part changed in its assembly.
        checksum: of all bytes so far.
    """

    after: Position
    clock: datetime
    events: int
    pages: Mapping[str, int]
    names: tuple[str, int]
    file: str
    open: bool
    size: int
    state: str
    checksum: str


class Journal(Protocol):
    """A journal that is being written."""

    place: str

    def begin(self, task: Mapping[str, Any]) -> None:
        """Say what was asked for, in place of anything that was there; OSError where that cannot be done."""

    def go_on(self) -> None:
        """Add to what is there, but for an unfinished last line."""

    def note(self, checkpoint: Checkpoint) -> None:
        """Say how far the run has come."""

    def close(self) -> None:
        """Keep it as it is."""

    def remove(self) -> None:
        """The run is over: there is nothing to resume."""


def journal_at(place: str) -> Journal:
    """Return the journal in a place, which is a path or a URL."""
    return _ObjectJournal(place) if is_url(place) else _FileJournal(place)


class _FileJournal:
    """A journal in a file, which grows."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._file: FileIO | None = None

    def begin(self, task: Mapping[str, Any]) -> None:
        self._file = FileIO(self.place, "wb")
        self._add(_line(task))

    def go_on(self) -> None:
        self._file = FileIO(self.place, "r+b")
        self._file.truncate(self._file.readall().rfind(b"\n") + 1)
        self._file.seek(0, os.SEEK_END)

    def note(self, checkpoint: Checkpoint) -> None:
        self._add(_note(checkpoint))

    def _add(self, line: bytes) -> None:
        # A disk that is nearly full takes a part, and says so only when asked for more.
        while line and self._file is not None:
            line = line[self._file.write(line) :]

    def close(self) -> None:
        # What is still to be noted behind is left out: it would keep what waits behind it from being done.
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def remove(self) -> None:
        self.close()
        Path(self.place).unlink(missing_ok=True)


class _ObjectJournal:
    """A journal in an object, which cannot grow: now and then it is written anew."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._lines: list[bytes] = []
        self._put_at = 0.0
        self._is_put = True

    def begin(self, task: Mapping[str, Any]) -> None:
        self._lines = [_line(task)]
        self._put()

    def go_on(self) -> None:
        self._lines = [line for line in _content(self.place).splitlines(keepends=True) if line.endswith(b"\n")]

    def note(self, checkpoint: Checkpoint) -> None:
        self._lines.append(_note(checkpoint))
        self._is_put = False
        if monotonic() - self._put_at >= _PUT_SECONDS:
            self._put()

    def close(self) -> None:
        # What it says already is true as well; objects that it does not tell of are made again.
        with suppress(OSError):
            if not self._is_put:
                self._put()

    def remove(self) -> None:
        delete_object(self.place)

    def _put(self) -> None:
        put_object(self.place, b"".join(self._lines))
        self._put_at, self._is_put = monotonic(), True


def _line(content: Mapping[str, Any]) -> bytes:
    # Names of files need not be text; escaped, they are.
    text = json.dumps(content).encode()
    return _sum(text) + b" " + text + b"\n"


def _content_of(line: bytes) -> Any:
    """Return what a line says; ValueError where that is not what was written."""
    checksum, _, text = line.partition(b" ")
    if checksum != _sum(text):
        raise ValueError("the line was changed")
    return json.loads(text)


def _sum(text: bytes) -> bytes:
    return xxhash.xxh3_64_hexdigest(text).encode()


def _note(checkpoint: Checkpoint) -> bytes:
    return _line({**vars(checkpoint), "clock": checkpoint.clock.isoformat()})


def _content(place: str) -> bytes:
    return b"".join(read_object(place)) if is_url(place) else Path(place).read_bytes()


def read_journal(place: str) -> tuple[dict[str, Any], list[Checkpoint]]:
    """Return what was asked for, and the checkpoints; ResumeError where there is no journal, or a damaged one."""
    try:
        # A process that is killed may leave the last line unfinished.
        lines = [_content_of(line) for line in _content(place).split(b"\n")[:-1]]
        return lines[0], [_checkpoint(line) for line in lines[1:]]
    except FileNotFoundError:
        raise ResumeError(f"{place} is missing: there is nothing to resume") from None
    except (ValueError, IndexError, OSError) as error:
        raise ResumeError(f"{place} cannot be read: begin anew, with --overwrite") from error


def _checkpoint(line: dict[str, Any]) -> Checkpoint:
    return Checkpoint(
        **{
            **line,
            "after": Position(*line["after"]),
            "clock": datetime.fromisoformat(line["clock"]),
            "names": tuple(line["names"]),
        }
    )
