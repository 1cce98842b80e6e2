"""The files of a run: each is begun, filled, ended and given its name as its time comes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import xxhash

from fakeweb_tui.formats import Assembly, Piece
from fakeweb_tui.run.behind import Behind
from fakeweb_tui.run.blocks import begin_of
from fakeweb_tui.run.encoding import Encoded
from fakeweb_tui.run.journal import Checkpoint, Journal, ResumeError
from fakeweb_tui.run.output import Output
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.sinks import Sink, exists, is_url, open_sink
from fakeweb_tui.sinks.file import FileSink, part_of
from fakeweb_tui.sinks.object_store import read_object

_READ_AT_ONCE = 1 << 22
_TICK = timedelta(microseconds=1)


@dataclass
class _File:
    """A file that is being written."""

    name: str
    period: datetime | None
    sink: Sink
    assembly: Assembly
    size: int = 0


class Files:
    """Writes encoded parts into one file or, with a rotation, into one after the other.

    Attributes:
        size: bytes written, of all files.
        count: files begun.
    """

    def __init__(self, output: Output, scenario: Scenario, behind: Behind, journal: Journal | None) -> None:
        self.size = 0
        self.count = 0
        self._output = output
        self._behind, self._journal = behind, journal
        self._names = output.names()
        self._assembly = output.format.assembler(output.fields, scenario)
        self._sum = xxhash.xxh3_128()
        self._file: _File | None = None
        self._last = ""
        self._overwrite = output.overwrite
        # A folder of files is read as a whole, also while there are more to come.
        self._hidden = output.rotation is not None

    @property
    def checksum(self) -> str:
        """XXH3 with 128 bits of all bytes written, as `xxhsum -H2` has it; of several files, in their order."""
        return self._sum.hexdigest()

    @property
    def open(self) -> bool:
        """Whether a file has been begun that is not yet at its end."""
        return self._file is not None

    def begin(self, *, again: bool = False) -> None:
        """Begin the first file; a rotation begins it with the first event, since its name depends on that.

        With `again`, what a run left that had not come far enough to be resumed is no obstacle.
        """
        self._overwrite = self._overwrite or again
        if self._output.rotation is None:
            self._begin(None)
        elif not again:
            _claim(self._output.place)

    def add(self, part: Encoded) -> None:
        """Write a part; OSError where that, or writing what came before it, fails."""
        file = self._file
        if part.events:
            if file is not None and file.period != part.period:
                self._finish(file)
                file = None
            file = file or self._begin(part.period)
            for piece in file.assembly.add(part.pieces):
                self._write(file, piece)
        if file is not None and self._is_over(file, part.clock):
            self._finish(file)

    def checkpoint(self, part: Encoded, events: int, pages: dict[str, int]) -> None:
        """Note in the journal that the run has come to the end of a part.

        An object that is under way cannot be gone on with, so there that is noted only between two objects.
        """
        journal, file = self._journal, self._file
        if journal is None or (file is not None and is_url(file.name)):
            return
        note = partial(
            Checkpoint,
            after=part.after,
            clock=part.clock,
            events=events,
            pages=dict(pages),
            names=self._names.state,
            file=self._last,
            open=file is not None,
            size=file.size if file else 0,
            state=file.assembly.state() if file else "",
        )
        self._behind.do(lambda: journal.note(note(checksum=self.checksum)))

    def finish(self) -> None:
        """End the last file, and wait until everything is where it belongs."""
        file = self._file
        if file is not None:
            self._finish(file)
            self._file = file  # until it is whole, `abandon` tells where it is
        self._behind.wait()
        self._file = None

    def stop(self) -> str:
        """End the last file readably although more was to come; return where it is kept, or nothing."""
        file = self._file
        if file is None:
            self._behind.wait()
            return ""
        end = file.assembly.end()
        if end:
            self._behind.do(partial(file.sink.write, end))
        self._behind.wait()
        return self.abandon()

    def abandon(self) -> str:
        """Leave the last file as it is; return where it is kept, or nothing."""
        file, self._file = self._file, None
        return file.sink.abandon() if file else ""

    def resume(self, checkpoints: list[Checkpoint]) -> None:
        """Go on where another run was at the last of its checkpoints.

        ResumeError where its files are not what it has written.
        """
        last = checkpoints[-1]
        self._overwrite = True
        self._names.state, self._last = last.names, last.file
        names = list(dict.fromkeys(checkpoint.file for checkpoint in checkpoints if checkpoint.file))
        self.count = len(names)
        try:
            for name in names:
                self.size += self._sum_up(name, last.size if last.open and name == last.file else None)
            if self.checksum != last.checksum:
                raise ResumeError(f"{last.file} was changed since: begin anew, with --overwrite")
            if last.open:
                self._reopen(last, [each.state for each in checkpoints if each.file == last.file])
        except FileNotFoundError as error:
            raise ResumeError(f"{error.filename} is missing: begin anew, with --overwrite") from None

    def _reopen(self, last: Checkpoint, states: list[str]) -> None:
        assembly = self._assembly()
        assembly.restore(states)
        sink = FileSink(Path(last.file), keep=last.size, hidden=self._hidden)
        self._file = _File(last.file, self._period_of(last), sink, assembly, last.size)

    def _period_of(self, last: Checkpoint) -> datetime | None:
        period = self._output.period
        return None if period is None else begin_of(last.clock - _TICK, period)

    def _sum_up(self, name: str, size: int | None) -> int:
        """Read what was written to a file, all of it or so many bytes; return how many there were."""
        done = 0
        for piece in read_object(name) if is_url(name) else _read(self._place_of(name, size), size):
            self._sum.update(piece)
            done += len(piece)
        return done

    def _place_of(self, name: str, size: int | None) -> Path:
        """Return where a file is: one that was not at its end is a part, unless it was closed since."""
        part = part_of(Path(name), hidden=self._hidden)
        return part if size is not None and part.exists() else Path(name)

    def _begin(self, period: datetime | None) -> _File:
        self._last = self._names.next(period)
        if self._output.rotation is not None and not is_url(self._last):
            Path(self._last).parent.mkdir(parents=True, exist_ok=True)
        sink = open_sink(self._last, overwrite=self._overwrite, hidden=self._hidden)
        self.count += 1
        self._file = file = _File(self._last, period, sink, self._assembly())
        self._write(file, file.assembly.begin())
        return file

    def _write(self, file: _File, piece: Piece) -> None:
        def write() -> None:
            self._sum.update(piece)
            file.sink.write(piece)

        file.size += len(piece)
        self.size += len(piece)
        self._behind.do(write)

    def _finish(self, file: _File) -> None:
        self._write(file, file.assembly.end())
        self._behind.do(file.sink.finish)
        self._file = None

    def _is_over(self, file: _File, clock: datetime) -> bool:
        rotation = self._output.rotation
        if rotation is None:
            return False
        full = rotation.size is not None and file.size >= rotation.size
        return full or (file.period is not None and rotation.is_over(file.period, clock))


def _read(path: Path, size: int | None) -> Iterator[bytes]:
    """Yield what is in a file, or so many bytes of it."""
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size if size is None else size
        while piece := file.read(min(_READ_AT_ONCE, left)):
            left -= len(piece)
            yield piece


def _claim(place: str) -> None:
    """Take a folder for the files of a rotation; FileExistsError where there is anything in it."""
    folder = Path(place)
    if not is_url(place):
        folder.mkdir(parents=True, exist_ok=True)
    if exists(place) if is_url(place) else any(folder.iterdir()):
        raise FileExistsError(f"{place} is not empty: give a new folder")
