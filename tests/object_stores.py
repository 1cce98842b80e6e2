"""A local S3 server, and what is in it."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import obstore
from obstore.store import S3Store

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
BUCKET = "events"
_DEADLINE = 60


@contextmanager
def s3_server() -> Iterator[str]:
    """Yield the address of an S3 server that holds nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + _DEADLINE
        while True:
            try:
                urllib.request.urlopen(f"{address}/moto-api/").close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield address
        process.terminate()


def emptied(endpoint: str) -> dict[str, str]:
    """Leave one empty bucket in the server; return the environment in which it is found."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")).close()
    return {**KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true"}


def objects(store: S3Store) -> list[str]:
    """The names of all objects."""
    return sorted(each["path"] for page in obstore.list(store) for each in page)


def content(store: S3Store, name: str) -> bytes:
    """The bytes of an object."""
    return bytes(obstore.get(store, name).bytes())
