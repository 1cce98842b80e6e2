"""The files that hold events: which there are, and what their first bytes say they are."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from fakeweb_tui.reading.faults import ReadingError

_BUFFER = 1 << 20
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2", b"\x04\x22\x4d\x18": "lz4"}
_FORMATS = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrows"}
_READ_FROM_THE_END = (b"PAR1", b"ARROW1")
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Source:
    """One file of events.

    Attributes:
        path: where it is; None for standard input.
        name: what messages call it.
    """

    path: Path | None
    name: str

    @contextmanager
    def open(self) -> Iterator[tuple[str, io.BufferedReader]]:
        """Open it; yield its format and its bytes, decompressed: jsonl, csv, parquet, arrow or arrows (a stream).

        Both are told by the bytes and not by the name, so that a file may be called anything. ReadingError where
        it cannot be read or where what is read turns out to be broken.
        """
        with ExitStack() as stack:
            try:
                if self.path is None:
                    stream = self._standard_input
                    if stream.seekable():
                        stream.seek(0)
                else:
                    stream = _stream_of(stack.enter_context(self.path.open("rb", _BUFFER)))
                yield self._format_of(_peek(stream)), stream
            except (OSError, EOFError, pa.ArrowException) as error:
                reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
                raise ReadingError(f"{self.name}: cannot be read: {reason.splitlines()[0]}") from error

    @cached_property
    def _standard_input(self) -> io.BufferedReader:
        """Standard input, which cannot be opened twice."""
        return _stream_of(sys.stdin.buffer)

    def _format_of(self, begin: bytes) -> str:
        for mark, format_ in _FORMATS.items():
            if begin.startswith(mark):
                return format_
        if not begin:
            raise ReadingError(f"{self.name}: is empty")
        if b"\0" in begin:
            raise ReadingError(f"{self.name}: holds no events: these are JSON lines, CSV, Parquet or Arrow")
        return "jsonl" if begin.removeprefix(_UTF8_MARK).lstrip().startswith(b"{") else "csv"


def _stream_of(raw: BinaryIO) -> io.BufferedReader:
    stream = _decompressed(raw)
    if _peek(stream).startswith(_READ_FROM_THE_END) and not stream.seekable():
        return _buffered(io.BytesIO(stream.read()))
    return stream


def _decompressed(raw: BinaryIO) -> io.BufferedReader:
    stream = _buffered(raw)
    begin = _peek(stream)
    for mark, codec in _COMPRESSIONS.items():
        if begin.startswith(mark):
            # Arrow's stream goes on where a file has several parts, as joined files and parallel writers make.
            return _buffered(cast("BinaryIO", pa.CompressedInputStream(pa.PythonFile(stream, "r"), codec)))
    return stream


def _buffered(raw: BinaryIO) -> io.BufferedReader:
    """Return a stream whose `peek` gives a full buffer, or all that there is."""
    if isinstance(raw, io.BufferedReader) and raw.seekable():
        return raw
    # A pipe gives what was written to it last; a buffer before the buffer asks for more until it is full.
    inner = io.BufferedReader(cast("io.RawIOBase", raw), _BUFFER)
    return io.BufferedReader(cast("io.RawIOBase", inner), _BUFFER)


def _peek(stream: io.BufferedReader) -> bytes:
    return stream.peek(_BUFFER)


def sources_of(path: str) -> list[Source]:
    """Return the files that a path names: itself, every file in a directory in the order of their paths, or
    standard input (`-`).

    Names that begin with a dot or an underscore are no data by convention, and `.part` is unfinished. ReadingError
    where there is nothing.
    """
    if path == "-":
        return [Source(None, "standard input")]
    if "://" in path:
        raise ReadingError(f"{path}: events are read from files: copy them here, or pipe one to -")
    place = Path(path)
    if not place.is_dir():
        if not place.exists():
            raise ReadingError(f"{path}: there is no such file")
        return [Source(place, path)]
    found = []
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if not _hidden(name))
        found += [Path(folder, name) for name in files if not _hidden(name) and not name.endswith(".part")]
    if not found:
        raise ReadingError(f"{path}: there are no files in this directory")
    return [Source(file, str(file)) for file in sorted(found)]


def _hidden(name: str) -> bool:
    return name.startswith((".", "_"))
