"""Objects in an object store: each appears when it is whole, or not at all.

`s3://BUCKET/NAME`, `gs://…` and `az://…` are understood; the environment gives credentials, as obstore reads it.
Everything here raises OSError where the store does not answer or refuses, or where the extra `cloud` is missing,
and FileNotFoundError where there is no such object.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from fakeweb_tui.terminal_text import plain

# So many bytes are sent at a time, and so many of these parts at once.
_PART_BYTES = 16 << 20
_PARTS_AT_ONCE = 4
_NO_OBJECT = "there is no such object"
# What is written need not be there.
_NO_BUCKET = "there is no such bucket"
# A store is asked through the machine's own cloud where the environment has no credentials.
_INSTANCE_METADATA = "169.254.169.254"
_NO_CREDENTIALS = "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what the store calls them"


class ObjectSink:
    """Uploads an object; OSError where that cannot be begun, FileExistsError where there is one that may not be
    replaced.

    Args:
        url: its URL.
        overwrite: whether an object that exists may be replaced.
    """

    def __init__(self, url: str, *, overwrite: bool = False) -> None:
        self._url = url
        with _located(url) as (obstore, store, name):
            if not name:
                raise OSError(errno.EINVAL, "no object has this URL: write s3://BUCKET/NAME")
            if not overwrite and _is_there(obstore, store, name):
                raise FileExistsError(f"{url} exists: give another name, or --overwrite")
            self._writer = obstore.open_writer(
                store, name, buffer_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE
            )

    def write(self, data: bytes | memoryview) -> None:
        """Take the bytes, and send them when there are enough."""
        with _os_errors(self._url, missing=_NO_BUCKET):
            self._writer.write(bytes(data))

    def finish(self) -> None:
        """Send the rest, and let the object appear."""
        with _os_errors(self._url, missing=_NO_BUCKET):
            self._writer.close()

    def abandon(self) -> str:
        """Give the upload up; no object appears, and nothing is kept."""
        failure = InterruptedError()
        with _os_errors(self._url):
            self._writer.__exit__(InterruptedError, failure, None)
        return ""


def object_exists(url: str) -> bool:
    """Return whether there is an object of this URL, or one in it as in a folder or a bucket."""
    with suppress(FileNotFoundError), _located(url.rstrip("/")) as (obstore, store, name):
        if name and _is_there(obstore, store, name):
            return True
        return any(obstore.list(store, f"{name}/" if name else None, chunk_size=1))
    return False


def read_object(url: str) -> Iterator[bytes]:
    """Yield the content of an object, some megabytes at a time."""
    with _located(url) as (obstore, store, name):
        for piece in obstore.get(store, name):
            yield bytes(piece)


def put_object(url: str, content: bytes) -> None:
    """Write an object, in place of any that is there."""
    with _located(url, missing=_NO_BUCKET) as (obstore, store, name):
        obstore.put(store, name, content)


def delete_object(url: str) -> None:
    """Remove an object."""
    with _located(url) as (obstore, store, name):
        obstore.delete(store, name)


@contextmanager
def _located(url: str, missing: str = _NO_OBJECT) -> Iterator[tuple[Any, Any, str]]:
    """Yield the module that talks to stores, the store of a URL, and the name of its object there.

    `missing` is what FileNotFoundError says.
    """
    try:
        # Known here by name only: it takes long to import, and few need it.
        obstore: Any = import_module("obstore")
        stores: Any = import_module("obstore.store")
    except ImportError:
        wanted = "an object store needs the extra cloud: pip install 'fakeweb-tui[cloud]'"
        raise OSError(errno.ENOPKG, wanted) from None
    _, _, name = url.partition("://")[2].partition("/")
    with _os_errors(url, missing):
        yield obstore, stores.from_url(url.removesuffix(f"/{name}")), name


def _is_there(obstore: Any, store: Any, name: str) -> bool:
    try:
        obstore.head(store, name)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _os_errors(url: str, missing: str = _NO_OBJECT) -> Iterator[None]:
    """Turn errors of the store into OSErrors with one line of text and the URL."""
    base: Any = import_module("obstore.exceptions").BaseError
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, missing, url) from None
    except OSError:
        raise
    except base as error:
        said = plain(str(error).strip().splitlines()[0])
        raise OSError(errno.EIO, _NO_CREDENTIALS if _INSTANCE_METADATA in said else said, url) from error
