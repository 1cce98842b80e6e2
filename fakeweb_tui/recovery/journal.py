"""Writing edits down as they happen."""

import fcntl
import os
import threading
from datetime import datetime
from io import FileIO
from pathlib import Path

import platformdirs

from fakeweb_tui.recovery.aside import Aside, aside_line
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.scenario_file import edit_line, render_scenario

SUFFIX = ".scenario.jsonl"


def default_directory() -> Path:
    """Where journals are kept, in the user's state directory."""
    return platformdirs.user_state_path("fakeweb_tui") / "journals"


class CrashJournal:
    """The journal of one running app; told of edits by a `LiveSimulation`.

    There is no file until there is an edit, or something to keep beside. What cannot be written does not stop
    anything: `problem` says so.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """Keep the file in `directory`, the default one if None."""
        self._directory = directory or default_directory()
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}-{os.urandom(3).hex()}"
        self.path = self._directory / f"{name}{SUFFIX}"
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
            text += aside_line(aside) if aside != aside_before else ""
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
