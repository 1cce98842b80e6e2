"""The journal of a run: what `--resume` needs, in a file beside the output.

Its first line says what was asked for, each of the others how far the run had come. A line is written when
everything that it counts is written, so the last whole one is true of what a killed process has left.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from fakeweb_tui.run.blocks import Position


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


class Journal:
    """A journal that is being written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: FileIO | None = None

    def begin(self, task: Mapping[str, Any]) -> None:
        """Say what was asked for, in place of anything that was there; OSError where that cannot be done."""
        self._file = FileIO(self.path, "wb")
        self._file.write(_line(task))

    def go_on(self) -> None:
        """Add to what is there, but for an unfinished last line."""
        self._file = FileIO(self.path, "r+b")
        self._file.truncate(self.path.read_bytes().rfind(b"\n") + 1)
        self._file.seek(0, os.SEEK_END)

    def note(self, checkpoint: Checkpoint) -> None:
        """Say how far the run has come."""
        if self._file is not None:
            self._file.write(_line({**vars(checkpoint), "clock": checkpoint.clock.isoformat()}))

    def close(self) -> None:
        """Keep it as it is."""
        if self._file is not None:
            self._file.close()

    def remove(self) -> None:
        """The run is over: there is nothing to resume."""
        self.close()
        self.path.unlink(missing_ok=True)


def _line(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False) + "\n").encode()


def read_journal(path: Path) -> tuple[dict[str, Any], list[Checkpoint]]:
    """Return what was asked for, and the checkpoints; ResumeError where there is no journal, or a damaged one."""
    try:
        lines = list(_lines(path))
        return lines[0], [_checkpoint(line) for line in lines[1:]]
    except FileNotFoundError:
        raise ResumeError(f"{path} is missing: there is nothing to resume") from None
    except (ValueError, TypeError, KeyError, IndexError, OSError) as error:
        raise ResumeError(f"{path} cannot be read: begin anew, with --overwrite") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            # A process that is killed may leave the last line unfinished.
            if line.endswith("\n"):
                yield json.loads(line)


def _checkpoint(line: dict[str, Any]) -> Checkpoint:
    return Checkpoint(
        **{
            **line,
            "after": Position(*line["after"]),
            "clock": datetime.fromisoformat(line["clock"]),
            "names": tuple(line["names"]),
        }
    )
