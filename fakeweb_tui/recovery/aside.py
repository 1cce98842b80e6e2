"""What is kept of a run that no scenario tells, as a line among those of the edits."""

import json
from dataclasses import dataclass

from fakeweb_tui.tuning import Lock

_KEY = "aside"


@dataclass(frozen=True)
class Aside:
    """What no scenario tells.

    Attributes:
        locks: the probabilities that stay.
        is_new: whether the config was in no file before it was edited.
    """

    locks: frozenset[Lock] = frozenset()
    is_new: bool = False


def aside_line(aside: Aside) -> str:
    """Return the line that keeps what is known beside a scenario, with its end."""
    line = {_KEY: {"locks": sorted(aside.locks), "is_new": aside.is_new}}
    return f"{json.dumps(line, ensure_ascii=False)}\n"


def aside_of(line: str) -> Aside | None:
    """Return what a line keeps beside the scenario; None where it keeps anything else."""
    if not line.startswith(f'{{"{_KEY}"'):
        return None
    try:
        kept = json.loads(line)[_KEY]
        return Aside(frozenset((tuple(path), name) for path, name in kept["locks"]), bool(kept["is_new"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
