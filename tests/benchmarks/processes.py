"""Python programs in processes of their own, in an environment without surprises."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from .timing import UnavailableError

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 120
_LEFT_OUT = ("PYTHON", "TEXTUAL", "COLUMNS", "LINES", "NO_COLOR")


def environment() -> dict[str, str]:
    """Return our own environment without what changes how Python and Textual work."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}


def run(command: list[str], timeout: float = LONGEST_SECONDS) -> str:
    """Run a command at the repo's root and return its output; UnavailableError where it fails."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(str(error)) from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()
        raise UnavailableError(lines[-1])
    return done.stdout


def figures(module: str, *arguments: object, python: str | Path = sys.executable) -> Any:
    """Run one of these modules as a program, and return the JSON that it prints."""
    package = __package__ or "tests.benchmarks"
    return json.loads(run([str(python), "-m", f"{package}.{module}", *map(str, arguments)]))


def peak_memory() -> float:
    """Return the most memory that this process has held so far, in bytes of resident set."""
    # Not getrusage: there a new process begins with the peak of the one that started it.
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError as error:
        raise UnavailableError("peak memory is read from /proc, which is not here") from error
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    if match is None:
        raise UnavailableError("/proc/self/status does not tell the peak memory")
    return int(match[1]) * 1024.0
