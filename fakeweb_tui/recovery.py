"""Edits that survive a crash: written down as they happen, and offered back at the next start.

Each running app has a file of its own: a scenario (see `scenario_file`) with a line per edit, and among these also
lines that say what is known beside it (`Aside`), of which the last one counts. The app holds a lock on the file,
which ends with the process however that ends: a file that nobody holds is what a crash left.
"""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import platformdirs

from fakeweb_tui.config import ConfigError
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.scenario_file import edit_line, parse_scenario, read_scenario, render_scenario
from fakeweb_tui.tuning import Lock

_SUFFIX = ".scenario.jsonl"
_ASIDE = "aside"


def default_directory() -> Path:
    """Where journals are kept, in the user's state directory."""
    return platformdirs.user_state_path("fakeweb_tui") / "journals"


@dataclass(frozen=True)
class Aside:
    """What no scenario tells.

    Attributes:
        locks: the probabilities that stay.
        is_new: whether the config was in no file before it was edited.
    """

    locks: frozenset[Lock] = frozenset()
    is_new: bool = False


class CrashJournal:
    """The journal of one running app; told of edits by a `LiveSimulation`.

    There is no file until there is an edit, or something to keep beside. What cannot be written does not stop
    anything: `problem` says so.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """Keep the file in `directory`, the default one if None."""
        self._directory = directory or default_directory()
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}-{os.urandom(3).hex()}"
        self.path = self._directory / f"{name}{_SUFFIX}"
        self.problem = ""
        """Why edits would not survive a crash; empty while they would."""
        self.aside = Aside()
        """What is known beside the scenario: kept with the next edit, or when this is `noted`."""
        self._file: FileIO | None = None
        self._written = 0
        self._aside_written = Aside()
        self._saved = False
        self._unsettled = False
        self._lock = threading.Lock()

    def begin(self, scenario: Scenario) -> None:
        """A run began: where edits are kept, keep this scenario in their place."""
        with self._lock:
            if self._file:
                self._keep(scenario)

    def edited(self, scenario: Scenario) -> None:
        """The user edited: keep the edits of the scenario that are not yet kept, in the file when this returns.

        From there on the end of the process does not lose them; `settle` keeps them from that of the machine.
        """
        with self._lock:
            self._keep(scenario, only_new=True)

    def noted(self, scenario: Scenario) -> None:
        """What is known beside the scenario is another: keep it, in the file when this returns.

        Where the edits are in a file of the user's, nothing but the next edit begins a new one here.
        """
        with self._lock:
            if self._file or not (self._saved or scenario.edits):
                self._keep(scenario, only_new=True)

    def settle(self) -> None:
        """Bring what is kept to the disk, which takes a while."""
        with self._lock:
            if not (self._file and self._unsettled):
                return
            self._unsettled = False
            try:
                os.fsync(self._file.fileno())
                directory = os.open(self._directory, os.O_RDONLY)
                try:
                    os.fsync(directory)
                finally:
                    os.close(directory)
            except OSError as error:
                self._fail(error)

    def discard(self) -> None:
        """Forget what is kept, because it was saved or is not wanted; the next edit begins a new file."""
        with self._lock:
            self._saved = True
            if self._file:
                self.path.unlink(missing_ok=True)
                self._file.close()
                self._file = None

    def _keep(self, scenario: Scenario, only_new: bool = False) -> None:
        try:
            # What failed the last time may have left half a line.
            file = None if not only_new or self.problem else self._file
            if file is None:
                text, aside_before = render_scenario(scenario), Aside()
            else:
                text = "".join(f"{edit_line(edit)}\n" for edit in scenario.edits[self._written :])
                aside_before = self._aside_written
            aside = self.aside
            # In one go with the edit that it came with.
            text += _aside_line(aside) if aside != aside_before else ""
            if file is None:
                self._write_whole(text)
            else:
                _write(file, text)
            self._written, self._aside_written = len(scenario.edits), aside
            self._unsettled = True
            self.problem = ""
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.problem = f"{self.path}: {error.strerror}: edits would not survive a crash"

    def _write_whole(self, text: str) -> None:
        """Put a new file, held by this process, in the place of the old one."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.tmp")
        file = FileIO(beside, "w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            beside.chmod(0o600)
            _write(file, text)
            if self._file:
                os.fsync(file.fileno())  # what is replaced is on the disk already
            beside.replace(self.path)
        except OSError:
            file.close()
            beside.unlink(missing_ok=True)
            raise
        if self._file:
            self._file.close()
        self._file = file


def _write(file: FileIO, text: str) -> None:
    """Write all of a text."""
    data = text.encode()
    # A disk that is nearly full takes a part, and says so only when asked for more.
    while data:
        data = data[file.write(data) :]


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
    aside: Aside = Aside()
    problem: str = ""

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Hold it while the user is asked about it, so that no other app offers it as well.

        False where one does, or has taken it over meanwhile.
        """
        with ExitStack() as stack:
            try:
                file = stack.enter_context(self.path.open("rb"))
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
    for path in (directory or default_directory()).glob(f"*{_SUFFIX}"):
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
    asides = [_aside_of(line) for line in lines]
    # Empty lines in their place leave the others their numbers.
    rest = "".join("\n" if aside else f"{line}\n" for line, aside in zip(lines, asides, strict=True))
    last = next((aside for aside in reversed(asides) if aside), Aside())
    return parse_scenario(rest, str(path)), last


def _aside_line(aside: Aside) -> str:
    """Return the line that keeps what is known beside a scenario, with its end."""
    line = {_ASIDE: {"locks": sorted(aside.locks), "is_new": aside.is_new}}
    return f"{json.dumps(line, ensure_ascii=False)}\n"


def _aside_of(line: str) -> Aside | None:
    """Return what a line keeps beside the scenario; None where it keeps anything else."""
    if not line.startswith(f'{{"{_ASIDE}"'):
        return None
    try:
        kept = json.loads(line)[_ASIDE]
        return Aside(frozenset((tuple(path), name) for path, name in kept["locks"]), bool(kept["is_new"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
