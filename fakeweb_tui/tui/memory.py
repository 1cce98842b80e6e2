"""What the app remembers from one run to the next: theme, speed, the panes' sizes, that the hint was seen."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import platformdirs

from fakeweb_tui.live import SPEEDS
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.sizes import Sizes

START_SPEED: float | None = 60
"""The simulated seconds per second that the first run begins with."""

_MAX_BYTES = 16 * 1024


@dataclass(frozen=True)
class Memory:
    """What is remembered; `theme` by its name, None for the default; `hinted`: whether a key was ever pressed."""

    theme: str | None = None
    speed: float | None = START_SPEED
    sizes: Sizes = field(default_factory=Sizes)
    hinted: bool = False


def memory_path() -> Path:
    """The file in the user's state directory."""
    return platformdirs.user_state_path("fakeweb_tui") / "screen.json"


def recall() -> tuple[Memory, str]:
    """Return what is remembered, and why there is nothing where the file cannot be used; never raises for that."""
    path = memory_path()
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return Memory(), ""
    except OSError as error:
        return Memory(), f"{plain(str(path))}: {error.strerror or type(error).__name__}"
    try:
        return _memory(json.loads(data)), ""
    except (ValueError, RecursionError) as error:
        return Memory(hinted=True), f"{plain(str(path))}: {plain(str(error))[:200]}"


def _memory(data: object) -> Memory:
    if not isinstance(data, dict):
        raise ValueError("not an object")
    theme, speed, hinted = data.get("theme"), data.get("speed", START_SPEED), data.get("hinted", True)
    if not (theme is None or isinstance(theme, str)):
        raise ValueError(f"the theme is {theme!r}: it is a name")
    if isinstance(speed, bool) or speed not in SPEEDS:
        raise ValueError(f"the speed is {speed!r}: it is one of {', '.join(map(str, SPEEDS))}")
    if not isinstance(hinted, bool):
        raise ValueError(f"hinted is {hinted!r}: it is true or false")
    return Memory(theme, speed, Sizes.of(data.get("sizes", {})), hinted)


def remember(memory: Memory) -> None:
    """Keep it for the next run: whole or not at all. OSError where it cannot be written."""
    path = memory_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(asdict(memory), indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def forget() -> None:
    """Begin the next run as if it were the first. OSError where the file cannot be removed."""
    memory_path().unlink(missing_ok=True)
