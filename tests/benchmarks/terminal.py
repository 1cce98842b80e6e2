"""The app in a pseudo-terminal, watched from outside as a terminal sees it.

The terminal answers as a modern one does that it knows synchronized output; the app then writes `SYNC_BEGIN` and
`SYNC_END` around every paint, so paints can be counted.
"""

import os
import re
import select
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import NamedTuple, Self

import pexpect

from .processes import environment
from .timing import UnavailableError

COMMAND = ("-m", "fakeweb_tui", "explore", "--seed", "1", "--start", "2024-01-01")
QUIT = b"\x11"
SYNC_QUERY, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
SYNC_BEGIN, SYNC_END = b"\x1b[?2026h", b"\x1b[?2026l"
_STYLES = re.compile(rb"\x1b\[[0-9;:]*m")
_READ = 1 << 16
PATIENCE = 20.0
"""Seconds after which what is waited for counts as not coming."""


class EndedError(UnavailableError):
    """The app has ended."""


class Chunk(NamedTuple):
    """What one read gave, and when."""

    moment: float
    data: bytes


class Terminal:
    """Runs the app; a context manager, which ends it.

    Attributes:
        started: when the app was spawned.
        pid: of the app.
    """

    def __init__(self, columns: int, lines: int, site: str = "") -> None:
        """Run the app in a terminal of so many cells; on the config `site`, YAML, if given."""
        self._home = tempfile.TemporaryDirectory()
        home = self._home.name
        more = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        more |= {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        arguments = list(COMMAND)
        if site:
            path = Path(home) / "site.yml"
            path.write_text(site, encoding="utf-8")
            arguments.append(str(path))
        self._heard = bytearray()
        self.started = perf_counter()
        self._app = pexpect.spawn(
            sys.executable,
            arguments,
            dimensions=(lines, columns),
            cwd=home,
            env={**environment(), **more},
        )
        self.pid = int(self._app.pid or 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._app.close(force=True)
        self._home.cleanup()

    @property
    def text(self) -> str:
        """What was written since the last `forget`, without colours; the moves of the cursor are in it."""
        return _STYLES.sub(b"", bytes(self._heard)).decode(errors="replace")

    def forget(self) -> None:
        """Begin `text` anew."""
        self._heard.clear()

    def press(self, key: bytes) -> float:
        """Send a key; return when."""
        moment = perf_counter()
        os.write(self._app.child_fd, key)
        return moment

    def read(self, seconds: float) -> Chunk | None:
        """Return what comes next, or None where nothing comes in time; EndedError where the app has ended."""
        ready, _, _ = select.select([self._app.child_fd], [], [], max(0.0, seconds))
        if not ready:
            return None
        try:
            data = os.read(self._app.child_fd, _READ)
        except OSError as error:  # Linux says so where the other end is closed
            raise self._ended() from error
        if not data:
            raise self._ended()
        moment = perf_counter()
        before = len(self._heard)
        self._heard += data
        if self._heard.find(SYNC_QUERY, max(0, before - len(SYNC_QUERY) + 1)) >= 0:
            os.write(self._app.child_fd, SYNC_ANSWER)
        return Chunk(moment, data)

    def _ended(self) -> EndedError:
        lines = self.text.split("\x1b")[-1].strip().splitlines() or [""]
        return EndedError(f"the app ended: {lines[-1]}")

    def watch(self, seconds: float) -> list[Chunk]:
        """Return what comes within so many seconds."""
        end = perf_counter() + seconds
        chunks = []
        while (left := end - perf_counter()) > 0:
            chunk = self.read(left)
            if chunk is not None:
                chunks.append(chunk)
        return chunks

    def wait_for(self, pattern: re.Pattern[str], patience: float = PATIENCE) -> float | None:
        """Read until the pattern is in `text`; return when that was, or None where it does not come."""
        end = perf_counter() + patience
        while (left := end - perf_counter()) > 0:
            chunk = self.read(left)
            if chunk is not None and pattern.search(self.text):
                return chunk.moment
        return None

    def wait_for_all(self, patterns: tuple[re.Pattern[str], ...]) -> float:
        """Read until all patterns are in `text`; return when that was."""
        last = self.started
        for pattern in patterns:
            if not pattern.search(self.text):
                moment = self.wait_for(pattern)
                if moment is None:
                    raise UnavailableError(f"the screen never showed {pattern.pattern!r}")
                last = moment
        return last

    def quit(self) -> float:
        """Press the key that leaves; return how many seconds later the app is gone."""
        began = self.press(QUIT)
        try:
            while perf_counter() - began < PATIENCE:
                self.read(PATIENCE)
        except EndedError:
            return perf_counter() - began
        raise UnavailableError("the app does not leave")

    def cpu_seconds(self, screen_only: bool = False) -> float:
        """Return the processor time that the app, or its thread that draws the screen, has taken so far."""
        task = f"task/{self.pid}/" if screen_only else ""
        try:
            stat = Path(f"/proc/{self.pid}/{task}stat").read_text(encoding="utf-8")
        except OSError as error:
            raise UnavailableError("processor time is read from /proc, which is not here") from error
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def paints(chunks: list[Chunk]) -> Iterator[float]:
    """Yield when each paint was complete."""
    rest = b""
    for moment, data in chunks:
        *ends, rest = (rest + data).split(SYNC_END)
        rest = rest[-len(SYNC_END) + 1 :]
        yield from [moment] * len(ends)
