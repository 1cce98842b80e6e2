"""Lines of text, JSON or comma-separated, compressed or not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from fakeweb_tui.config import Config
from fakeweb_tui.events.lines import LineRenderer
from fakeweb_tui.events.syntax import CommaSeparated, JsonLines, Syntax
from fakeweb_tui.formats import Piece
from fakeweb_tui.formats.compression import COMPRESSORS, Compressor
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import Field
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.users import UserPool, population

SYNTAXES: dict[str, Syntax] = {"jsonl": JsonLines(), "csv": CommaSeparated()}
# What is compressed at a time: about 40 MB of lines with the built-in site.
_MEMBER_SESSIONS = 1 << 14
# Lines that are not compressed are not held back until a block ends, and large ones are walked faster.
_BLOCK_SESSIONS = 1 << 16


class Lines:
    """A format of lines.

    Args:
        syntax: jsonl or csv.
        compression: gz, zst or None. Each part is a member of its own, which their readers put together.
    """

    def __init__(self, syntax: str, compression: str | None = None) -> None:
        self.block_sessions = _MEMBER_SESSIONS if compression else _BLOCK_SESSIONS
        self.suffix = f".{syntax}" + (f".{compression}" if compression else "")
        self.at_once = compression is None
        self._syntax = SYNTAXES[syntax]
        self._compress: Compressor | None = COMPRESSORS[compression] if compression else None

    def encoder(self, fields: Sequence[Field], scenario: Scenario) -> "LinesEncoder":
        """Return an encoder of a scenario's events."""
        return LinesEncoder(self._syntax, fields, scenario.parameters, self._compress)

    def assembler(
        self,
        fields: Sequence[Field],
        scenario: Scenario,  # noqa: ARG002
    ) -> Callable[[], "Concatenation"]:
        """Return what begins a new file."""
        header = self._syntax.begin(fields).encode()
        if header and self._compress:
            header = b"".join(self._compress([header]))
        return partial(Concatenation, header)


class LinesEncoder:
    """Encodes parts as lines; keeps what it knows of the users it met last."""

    def __init__(
        self, syntax: Syntax, fields: Sequence[Field], parameters: Parameters, compress: Compressor | None
    ) -> None:
        self._syntax, self._fields, self._parameters, self._compress = syntax, fields, parameters, compress
        self._known: tuple[Any, LineRenderer] | None = None

    def encode(self, config: Config, batch: Batch) -> Iterator[Piece]:
        """Yield the lines of events, some thousand at a time."""
        lines = self._renderer(config, batch.pages).render(batch)
        yield from self._compress(lines) if self._compress else lines

    def _renderer(self, config: Config, pages: tuple[str, ...]) -> LineRenderer:
        key = (population(config), pages)
        if self._known is None or self._known[0] != key:
            pool = UserPool(self._parameters.seed, config)
            self._known = key, LineRenderer(self._syntax, self._fields, pool, self._parameters, pages)
        return self._known[1]


class Concatenation:
    """A file that is its begin and its parts, one behind the other."""

    def __init__(self, begin: bytes) -> None:
        self._begin = begin

    def begin(self) -> bytes:
        """Return the header, if there is one."""
        return self._begin

    def add(self, part: Iterable[Piece]) -> Iterator[Piece]:
        """Yield the part as it is."""
        yield from part

    def end(self) -> bytes:
        """Return nothing."""
        return b""

    def state(self) -> str:
        """Return nothing: there is none."""
        return ""

    def restore(self, states: Iterable[str]) -> None:
        """Do nothing."""
