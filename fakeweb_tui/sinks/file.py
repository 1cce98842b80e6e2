"""A file that appears under its name only when it is whole."""

import errno
import fcntl
import os
from io import FileIO
from pathlib import Path


def part_of(path: Path, *, hidden: bool = False) -> Path:
    """Return where a file is while it is not whole."""
    return path.with_name(f"{'_' if hidden else ''}{path.name}.part")


class FileSink:
    """Writes beside its path, to `NAME.part` or `_NAME.part`, and renames that when it is whole.

    Args:
        path: its name.
        overwrite: whether a file of that name may be replaced.
        keep: go on behind so many bytes of what an earlier run has left, as a part or under the name.
        hidden: whether the part is called `_NAME.part`, which readers of a folder of files pass over.

    Raises:
        FileNotFoundError: there is no folder for it.
        FileExistsError: the file or a part of it exists, and `overwrite` is False.
        OSError: the folder cannot be written to, the path names a folder or a device, or another process is just
            writing to it.
    """

    def __init__(
        self, path: Path, *, overwrite: bool = False, keep: int | None = None, hidden: bool = False
    ) -> None:
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, f"there is no folder {path.parent}", str(path))
        if path.exists() and not path.is_file():
            # A rename would put a file in the place of a device, and fails at a folder only when all is written.
            raise OSError(f"{path} is no file: give another name")
        if path.exists() and not overwrite and keep is None:
            raise FileExistsError(f"{path} exists: give another name, or --overwrite")
        # A link stays one: what it points to is replaced.
        self._path = path.resolve() if path.is_symlink() else path
        self._part = part_of(self._path, hidden=hidden)
        if self._part.exists() and self._part.stat().st_size and not overwrite and keep is None:
            left = f"{self._part} is what a run has left that did not end"
            raise FileExistsError(f"{left}: --resume goes on with it, --overwrite begins anew")
        if keep is not None and not self._part.exists():
            self._path.rename(self._part)
        self._file = self._part.open("ab", buffering=0)
        try:
            _lock(self._file, self._part)
            self._file.truncate(keep or 0)
        except OSError:
            self._file.close()
            raise

    def write(self, data: bytes | memoryview) -> None:
        """Write all of the bytes."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def finish(self) -> None:
        """Bring the file to the disk and give it its name."""
        os.fsync(self._file.fileno())
        # Closed before, another run could begin to write to it.
        self._part.replace(self._path)
        self._file.close()
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def abandon(self) -> str:
        """Keep the part under its own name, and return that; an empty one is removed."""
        # Closed first, so that what is still to be written elsewhere fails rather than be lost with an empty part.
        self._file.close()
        if self._part.exists() and self._part.stat().st_size:
            return str(self._part)
        self._part.unlink(missing_ok=True)
        return ""


def _lock(file: FileIO, part: Path) -> None:
    """Keep others from writing to a file until it is closed; OSError where somebody does."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(f"{part} is being written by another process: wait for it, or give another name") from None
    except OSError as error:
        # Not every file system, such as one on a network, has locks.
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
