"""Reading what crashed apps have left."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fakeweb_tui.config import ConfigError
from fakeweb_tui.recovery.aside import Aside, aside_of
from fakeweb_tui.recovery.journal import SUFFIX, default_directory
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.scenario_file import parse_scenario, read_scenario


@dataclass(frozen=True)
class Recoverable:
    """What a crash left.

    Attributes:
        path: its file.
        modified: when it was last written, in real and local time.
        scenario: what was kept, all edits included; None where it cannot be read.
        aside: what was kept beside it.
        problem: why it cannot be read.
    """

    path: Path
    modified: datetime
    scenario: Scenario | None
    aside: Aside = field(default_factory=Aside)
    problem: str = ""

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Hold it while the user is asked about it, so that no other app offers it as well.

        False where one does, or has taken it over meanwhile.
        """
        with ExitStack() as stack:
            try:
                file = stack.enter_context(self.path.open("r+b"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    def discard(self) -> None:
        """Remove it, once it was taken over or is not wanted."""
        self.path.unlink(missing_ok=True)


def recoverable(directory: Path | None = None) -> tuple[Recoverable, ...]:
    """Return what crashed apps have left, the newest first; what running ones keep is not theirs to give."""
    found = []
    for path in (directory or default_directory()).glob(f"*{SUFFIX}"):
        if _is_held(path):
            continue
        try:
            modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
            found.append(Recoverable(path, modified, *_read(path)))
        except FileNotFoundError:
            continue  # another app has taken it over meanwhile
        except ConfigError as error:
            found.append(Recoverable(path, modified, None, problem=str(error)))
    return tuple(sorted(found, key=lambda left: left.modified, reverse=True))


def _is_held(path: Path) -> bool:
    """Whether a running app keeps its edits in a file; one that cannot be opened counts as held."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _read(path: Path) -> tuple[Scenario, Aside]:
    """Return what a file holds, up to what is damaged, such as the line that was being written."""
    data = read_scenario(path)
    lines = data[: data.rfind(b"\n") + 1].decode("utf-8", "replace").split("\n")
    try:
        return _parse(lines, path)
    except ConfigError as error:
        whole = lines[: error.problems[0].line - 1]
        if not whole:
            raise
        return _parse(whole, path)


def _parse(lines: list[str], path: Path) -> tuple[Scenario, Aside]:
    asides = [aside_of(line) for line in lines]
    # Empty lines in their place leave the others their numbers.
    rest = "".join("\n" if aside else f"{line}\n" for line, aside in zip(lines, asides, strict=True))
    last = next((aside for aside in reversed(asides) if aside), Aside())
    scenario = parse_scenario(rest, str(path))
    try:
        replace(scenario.parameters, **last.given)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        last = replace(last, given={})
    return scenario, last
