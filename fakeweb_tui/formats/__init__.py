"""File formats: from parts of a stream of events to the bytes of a file.

An *encoder* makes bytes of a part; what it makes depends on nothing but the part, so that any process can do
it, in any order. An *assembly* puts the encoded parts of one file together, in order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeAlias

from fakeweb_tui.config import Config
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import Field
from fakeweb_tui.simulation import Batch

Piece: TypeAlias = bytes | memoryview


class Encoder(Protocol):
    """Encodes parts."""

    def encode(self, config: Config, batch: Batch) -> Iterator[Piece]:
        """Yield the bytes of events, of which there are some, in pieces."""


class Assembly(Protocol):
    """One file, put together from its encoded parts in their order."""

    def begin(self) -> bytes:
        """Return what the file begins with."""

    def add(self, part: Iterable[Piece]) -> Iterator[Piece]:
        """Yield what is written for an encoded part."""

    def end(self) -> bytes:
        """Return what the file ends with, if it ends here."""

    def state(self) -> str:
        """Return, as text, what the part added last has changed."""

    def restore(self, states: Iterable[str]) -> None:
        """Become what another assembly was that went through these states from its begin on."""


class Format(Protocol):
    """A way to write events.

    Attributes:
        suffix: of a file's name, `.jsonl.gz` for instance.
        block_sessions: how many sessions are expected to start in a block.
        at_once: whether the bytes are the same however the events are divided into parts.
    """

    suffix: str
    block_sessions: int
    at_once: bool

    def encoder(self, fields: Sequence[Field], scenario: Scenario) -> Encoder:
        """Return an encoder of a scenario's events."""

    def assembler(self, fields: Sequence[Field], scenario: Scenario) -> Callable[[], Assembly]:
        """Return what begins a new file of a scenario's events; what all of these have in common is made once."""
