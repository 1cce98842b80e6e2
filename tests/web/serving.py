"""Runs the server as a user does: a process of its own, in a directory of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE_SECONDS = 30


@dataclass
class Serving:
    """A running server."""

    url: str
    process: subprocess.Popen[str]

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Send it a signal; return its exit status and what it still wrote."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=_PATIENCE_SECONDS)
        return self.process.returncode, out, err

    @property
    def left(self) -> bool:
        """Whether it, or anything that it started, still runs."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def command(*arguments: str) -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-P", "-m", "fakeweb_tui", "serve", *arguments]


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Serving]:
    """Serve from a folder, on a free port, with a home that is the folder."""
    process = subprocess.Popen(
        command("--port", "0", *arguments),
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"The app is at (http://\S+:\d+) – ctrl\+c ends it\.\n", line)
        assert found, (line, process.communicate(timeout=_PATIENCE_SECONDS) if process.poll() else None)
        yield Serving(found[1], process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=_PATIENCE_SECONDS)
