"""What is wrong with a file, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

import yaml
from yaml.nodes import Node

from fakeweb_tui.terminal_text import cut


def escaped(text: str) -> str:
    """Return `text` with everything that is not printable written as an escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shown(text: str) -> str:
    """Return `text` as it may stand in a message: quoted, escaped and cut."""
    return repr(cut(text))


def listed(names: Collection[str]) -> str:
    """Return names as they may stand in a message: the first twenty, and how many there are."""
    some = [shown(name) for name in islice(names, 20)]
    return ", ".join(some) + (f", … ({len(names)} in all)" if len(names) > len(some) else "")


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a file, and what would be right. Line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{escaped(self.file)}:{self.line}:{self.column}: {self.message}"


class ConfigError(Exception):
    """A file that cannot be used, with every problem found in it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class Problems:
    """Problems of one file while it is being read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[Problem, None] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, place: Node | yaml.Mark | None, message: str) -> None:
        """Note a problem at the start of a node, at a mark, or (None) at the start of the file."""
        mark = place.start_mark if isinstance(place, Node) else place
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self._found.setdefault(Problem(self._file, line, column, message))

    def raise_if_any(self) -> None:
        """Raise ConfigError with what was found, in the order of the file, if there was anything."""
        if self._found:
            raise ConfigError(sorted(self._found, key=lambda problem: (problem.line, problem.column)))


def refuse(name: str, message: str, line: int = 1, column: int = 1) -> NoReturn:
    """Raise ConfigError with one problem of the file `name`."""
    raise ConfigError([Problem(name, line, column, message)])
