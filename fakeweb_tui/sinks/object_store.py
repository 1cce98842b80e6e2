"""An object in an object store: it appears when it is whole, or not at all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from fakeweb_tui.terminal_text import plain

# So many bytes are sent at a time, and so many of these parts at once.
_PART_BYTES = 16 << 20
_PARTS_AT_ONCE = 4


class ObjectSink:
    """Uploads to `s3://BUCKET/NAME`, `gs://…` or `az://…`; the environment gives credentials, as obstore reads it.

    Raises:
        FileExistsError: there is such an object, and `overwrite` is False.
        OSError: the store does not answer, or refuses; or the extra `cloud` is not installed.
    """

    def __init__(self, url: str, *, overwrite: bool = False) -> None:
        try:
            # Known here by name only: it takes long to import, and few need it.
            obstore: Any = import_module("obstore")
            stores: Any = import_module("obstore.store")
        except ImportError:
            wanted = "an object store needs the extra cloud: pip install 'fakeweb-tui[cloud]'"
            raise OSError(errno.ENOPKG, wanted) from None
        root, _, name = url.partition("://")[2].partition("/")
        if not root or not name:
            raise OSError(errno.EINVAL, "no object has this URL: write s3://BUCKET/NAME")
        with _os_errors():
            store = stores.from_url(url.removesuffix(f"/{name}"))
            if not overwrite and _exists(obstore, store, name):
                raise FileExistsError(f"{url} exists: give another name, or --overwrite")
            self._writer = obstore.open_writer(
                store, name, buffer_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE
            )

    def write(self, data: bytes | memoryview) -> None:
        """Take the bytes, and send them when there are enough."""
        with _os_errors():
            self._writer.write(bytes(data))

    def finish(self) -> None:
        """Send the rest, and let the object appear."""
        with _os_errors():
            self._writer.close()

    def abandon(self) -> str:
        """Give the upload up; no object appears, and nothing is kept."""
        failure = InterruptedError()
        with _os_errors():
            self._writer.__exit__(InterruptedError, failure, None)
        return ""


def _exists(obstore: Any, store: Any, name: str) -> bool:
    try:
        obstore.head(store, name)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _os_errors() -> Iterator[None]:
    """Turn errors of the store into OSErrors with one line of text."""
    base: Any = import_module("obstore.exceptions").BaseError
    try:
        yield
    except OSError:
        raise
    except base as error:
        raise OSError(errno.EIO, plain(str(error).strip().splitlines()[0])) from error
