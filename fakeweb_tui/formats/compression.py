"""Compression of a stream of pieces: one gzip member (RFC 1952) or one Zstandard frame (RFC 8878) each time.

Both formats say that members one behind another decompress to their contents one behind another.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from fakeweb_tui.formats import Piece

Compressor: TypeAlias = Callable[[Iterable[Piece]], Iterator[bytes]]

_GZIP_LEVEL = 1
"""Higher ones take twice the time for a tenth of the size."""
_GZIP_MEMBER = 31  # what zlib calls the largest window, in the format of gzip


def gzipped(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield a gzip member; its header has neither name nor time."""
    member = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_MEMBER)
    for piece in pieces:
        yield member.compress(piece)
    yield member.flush()


def zstandard(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield a Zstandard frame."""
    import pyarrow as pa

    frame = pa.BufferOutputStream()
    with pa.CompressedOutputStream(frame, "zstd") as stream:
        for piece in pieces:
            stream.write(piece)
    yield frame.getvalue().to_pybytes()


COMPRESSORS: dict[str, Compressor] = {"gz": gzipped, "zst": zstandard}
"""By what they add to a file's name."""
