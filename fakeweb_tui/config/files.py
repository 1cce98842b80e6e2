"""Files, read with care and written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from fakeweb_tui.config.problems import escaped, refuse

MAX_BYTES = 1 << 20


def read_file(path: Path, name: str, what: str = "a YAML file", limit: int = MAX_BYTES) -> bytes:
    """Return what a file holds, at most `limit` + 1 of it; raise ConfigError if it cannot be read.

    `what` is what problems ask for.
    """
    try:
        # A named pipe or a device could keep its reader waiting for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            refuse(name, f"is not a file: give the path of {what}")
        with path.open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        refuse(name, f"cannot be read ({escaped(reason)}): give the path of {what}")


def write_file(path: Path, text: str, *, overwrite: bool) -> None:
    """Write a text file as UTF-8, whole or not at all, through a file beside it.

    A link is followed and an existing file keeps its mode. Raises FileExistsError if there is a file and
    `overwrite` is False, and other OSErrors as they come.
    """
    target = Path(os.path.realpath(path))
    if not overwrite and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    beside = target.with_name(f".fakeweb-tui-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:
            if target.exists():
                beside.chmod(stat.S_IMODE(target.stat().st_mode))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            beside.replace(target)
        else:
            _place_new(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _place_new(beside: Path, target: Path) -> None:
    try:
        # Unlike a rename, a link fails if somebody else made the file meanwhile.
        target.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links.
        beside.replace(target)
