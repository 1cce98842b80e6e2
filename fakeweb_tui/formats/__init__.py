"""File formats: from blocks of events to the bytes of a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import Batch

Piece: TypeAlias = bytes | memoryview


class Encoder(Protocol):
    """Encodes blocks of events. What a block becomes depends on nothing but the block, so that any process can
    do it, in any order."""

    def encode(self, config: Config, block: Batch) -> Iterator[Piece]:
        """Yield the bytes of a block that is not empty, in pieces; each is used before the next is asked for."""


class Assembly(Protocol):
    """One file, put together from its encoded blocks in their order."""

    def begin(self) -> bytes:
        """Return what the file begins with."""

    def add(self, block: Iterable[Piece]) -> Iterator[Piece]:
        """Yield what is written for an encoded block."""

    def end(self) -> bytes:
        """Return what the file ends with."""

    def state(self) -> str:
        """Return what `restore` needs to go on behind the last block, as text."""

    def restore(self, state: str, part: Path) -> None:
        """Go on where another assembly was: `part` holds what that one had written then, and maybe more."""
