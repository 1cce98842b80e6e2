"""What is kept of a run that no scenario tells, as a line among those of the edits."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fakeweb_tui.tuning import Lock

_KEY = "aside"


@dataclass(frozen=True)
class Aside:
    """What no scenario tells.

    Attributes:
        locks: the probabilities that stay.
        is_new: whether the config was in no file before it was edited.
        given: the parameters that the simulation began with; empty for those of the config and the defaults.
    """

    locks: frozenset[Lock] = frozenset()
    is_new: bool = False
    given: Mapping[str, float] = field(default_factory=dict)


def aside_line(aside: Aside) -> str:
    """Return the line that keeps what is known beside a scenario, with its end."""
    line = {_KEY: {"locks": sorted(aside.locks), "is_new": aside.is_new, "given": dict(aside.given)}}
    return f"{json.dumps(line, ensure_ascii=False)}\n"


def aside_of(line: str) -> Aside | None:
    """Return what a line keeps beside the scenario; None where it keeps anything else."""
    if not line.startswith(f'{{"{_KEY}"'):
        return None
    try:
        kept = json.loads(line)[_KEY]
        locks = frozenset((tuple(path), name) for path, name in kept["locks"])
        return Aside(locks, bool(kept["is_new"]), {name: kept["given"][name] for name in kept["given"]})
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
