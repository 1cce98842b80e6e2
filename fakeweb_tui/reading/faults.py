"""What is wrong with the rows of event files, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_KEPT = 5
"""Of each kind of fault so many are kept; all are counted."""


class ReadingError(ValueError):
    """Events that cannot be read at all: one line that says which file and why."""


class Fault(NamedTuple):
    """What is wrong in one place. Lines count from 1; in files without lines they are rows."""

    source: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}"


@dataclass
class FaultKind:
    """All faults of one kind.

    Attributes:
        count: how many there are.
        first: the first of them, in the order in which they were found.
        lost: whether such rows are left out.
    """

    count: int = 0
    first: list[Fault] = field(default_factory=list)
    lost: bool = True


class Faults:
    """Faults by their kind, in bounded memory."""

    def __init__(self) -> None:
        self.kinds: dict[str, FaultKind] = {}

    def __bool__(self) -> bool:
        return bool(self.kinds)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(kind.count for kind in self.kinds.values())

    def add(self, kind: str, source: str, line: int, message: str) -> None:
        """Note a fault; `kind` is what it has in common with others, in words."""
        known = self.kinds.setdefault(kind, FaultKind())
        known.count += 1
        if len(known.first) < _KEPT:
            known.first.append(Fault(source, line, message))

    @property
    def lost(self) -> int:
        """How many rows are left out."""
        return sum(kind.count for kind in self.kinds.values() if kind.lost)

    def add_all(
        self, kind: str, source: str, lines: npt.NDArray[np.int64], messages: Sequence[str], *, lost: bool = True
    ) -> None:
        """Note faults of one kind, shape (n,); `messages` needs to hold only the first few."""
        known = self.kinds.setdefault(kind, FaultKind(lost=lost))
        known.count += len(lines)
        places = zip(lines[:_KEPT].tolist(), messages, strict=False)
        known.first += [Fault(source, line, message) for line, message in places][: _KEPT - len(known.first)]
