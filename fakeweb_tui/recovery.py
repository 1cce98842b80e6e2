"""Edits that survive a crash: written down as they happen, and offered back at the next start.

Each running app has a file of its own, a scenario (see `scenario_file`) with a line per edit. It holds a lock on
it, which ends with the process however that ends: a file that nobody holds is what a crash left.
"""

import fcntl
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import platformdirs

from fakeweb_tui.config import ConfigError
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.scenario_file import edit_line, parse_scenario, read_scenario, render_scenario

_SUFFIX = ".scenario.jsonl"


def default_directory() -> Path:
    """Where journals are kept, in the user's state directory."""
    return platformdirs.user_state_path("fakeweb_tui") / "journals"


class CrashJournal:
    """The journal of one running app; told of edits by a `LiveSimulation`.

    There is no file until there is an edit. What cannot be written does not stop anything: `problem` says so.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """Keep the file in `directory`, the default one if None."""
        self._directory = directory or default_directory()
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}-{os.urandom(3).hex()}"
        self.path = self._directory / f"{name}{_SUFFIX}"
        self.problem = ""
        """Why edits would not survive a crash; empty while they would."""
        self._file: FileIO | None = None
        self._written = 0
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
            if self._file:
                self.path.unlink(missing_ok=True)
                self._file.close()
                self._file = None

    def _keep(self, scenario: Scenario, only_new: bool = False) -> None:
        try:
            # What failed the last time may have left half a line.
            if self._file is None or not only_new or self.problem:
                self._write_whole(scenario)
            else:
                _write(self._file, "".join(f"{edit_line(edit)}\n" for edit in scenario.edits[self._written :]))
            self._written = len(scenario.edits)
            self._unsettled = True
            self.problem = ""
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.problem = f"{self.path}: {error.strerror}: edits would not survive a crash"

    def _write_whole(self, scenario: Scenario) -> None:
        """Put a new file, held by this process, in the place of the old one."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.tmp")
        file = FileIO(beside, "w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            beside.chmod(0o600)
            _write(file, render_scenario(scenario))
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
        problem: why it cannot be read.
    """

    path: Path
    modified: datetime
    scenario: Scenario | None
    problem: str = ""

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
            found.append(Recoverable(path, modified, _read(path)))
        except FileNotFoundError:
            continue  # another app has taken it over meanwhile
        except ConfigError as error:
            found.append(Recoverable(path, modified, None, str(error)))
    return tuple(sorted(found, key=lambda left: left.modified, reverse=True))


def _is_held(path: Path) -> bool:
    """Whether a running app keeps its edits in a file; one that cannot be opened counts as held."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _read(path: Path) -> Scenario:
    """Return the scenario of a file up to what is damaged, such as the line that was being written."""
    data = read_scenario(path)
    text = data[: data.rfind(b"\n") + 1].decode("utf-8", "replace")
    try:
        return parse_scenario(text, str(path))
    except ConfigError as error:
        whole = text.split("\n")[: error.problems[0].line - 1]
        if not whole:
            raise
        return parse_scenario("".join(f"{line}\n" for line in whole), str(path))
