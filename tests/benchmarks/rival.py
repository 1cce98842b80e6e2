"""fake_web_events, the package that this one succeeds, in a virtual environment of its own.

It pins versions of its dependencies that would get in the way of ours. Its code is measured as it is.
"""

import fcntl
import platform
import sys
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from .processes import run
from .timing import UnavailableError

PACKAGE = "fake_web_events"
VERSION = "0.2.5"
_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "10", "--retries", "1")


def rival_python() -> Path:
    """Return the interpreter that has the package, installed at the first call; or UnavailableError."""
    found = _prepared()
    if isinstance(found, UnavailableError):
        raise found
    return found


@cache
def _prepared() -> Path | UnavailableError:
    place = user_cache_path("fakeweb-tui") / "benchmarks" / f"{PACKAGE}-{VERSION}-{platform.python_version()}"
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Tests run on all cores, and several of them may want it at once.
        with place.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _works(python):
                run([sys.executable, "-m", "venv", "--clear", str(place)])
                run([str(python), *_INSTALL, f"{PACKAGE}=={VERSION}"])
    except UnavailableError as error:
        return UnavailableError(f"{PACKAGE} {VERSION} cannot be installed: {error}")
    return python


def _works(python: Path) -> bool:
    try:
        run([str(python), "-c", f"import {PACKAGE}"])
    except UnavailableError:
        return False
    return True
