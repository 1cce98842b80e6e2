"""Objects in a store, tried on a local S3 server."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from fakeweb_tui.sinks import Sink, open_sink

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
BUCKET = "events"
DEADLINE = 60


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an S3 server that holds nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + DEADLINE
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


@pytest.fixture
def environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found = {**KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true"}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")).close()
    return found


@pytest.fixture
def store(environment: dict[str, str], endpoint: str) -> S3Store:
    del environment
    return S3Store(BUCKET, endpoint=endpoint, client_options={"allow_http": True})


def objects(store: S3Store) -> list[str]:
    return sorted(each["path"] for page in obstore.list(store) for each in page)


def content(store: S3Store, name: str) -> bytes:
    return bytes(obstore.get(store, name).bytes())


def command(*arguments: str) -> list[str]:
    fixed = ("--seed", "1", "--start", "2026-03-02")
    return [sys.executable, "-W", "error", "-m", "fakeweb_tui", "run", *fixed, *arguments]


def test_an_object_appears_when_it_is_finished(store: S3Store) -> None:
    sink: Sink = open_sink(f"s3://{BUCKET}/folder/a.jsonl")
    sink.write(b"one\n")
    sink.write(memoryview(b"two\n"))
    assert objects(store) == []
    sink.finish()
    assert objects(store) == ["folder/a.jsonl"]
    assert content(store, "folder/a.jsonl") == b"one\ntwo\n"


@pytest.mark.parametrize("size", [10, 40 << 20], ids=["small", "of several parts"])
def test_an_abandoned_object_does_not_appear(store: S3Store, endpoint: str, size: int) -> None:
    sink = open_sink(f"s3://{BUCKET}/a.jsonl")
    for _ in range(0, size, 1 << 20):
        sink.write(bytes(min(size, 1 << 20)))
    assert sink.abandon() == ""
    assert objects(store) == []
    uploads = urllib.request.urlopen(f"{endpoint}/{BUCKET}?uploads").read()
    assert b"<Upload>" not in uploads


def test_an_object_that_exists_is_refused_unless_it_is_to_be_overwritten(store: S3Store) -> None:
    obstore.put(store, "a.jsonl", b"old")
    with pytest.raises(FileExistsError, match=r"a\.jsonl exists: give another name, or --overwrite"):
        open_sink(f"s3://{BUCKET}/a.jsonl")
    sink = open_sink(f"s3://{BUCKET}/a.jsonl", overwrite=True)
    sink.write(b"new")
    assert content(store, "a.jsonl") == b"old"
    sink.finish()
    assert content(store, "a.jsonl") == b"new"


@pytest.mark.usefixtures("environment")
def test_what_a_store_refuses_is_one_line() -> None:
    with pytest.raises(OSError, match="write s3://BUCKET/NAME"):
        open_sink("s3://bucket")
    sink = open_sink("s3://missing/a.jsonl")
    sink.write(b"x")
    with pytest.raises(OSError, match=r".") as caught:
        sink.finish()
    assert "\n" not in str(caught.value.strerror)


def test_the_command_writes_what_it_writes_to_a_file(store: S3Store, tmp_path: Path) -> None:
    for place in (f"s3://{BUCKET}/a.parquet", "a.parquet"):
        done = subprocess.run(
            command("--events", "5000", "-o", place), cwd=tmp_path, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert content(store, "a.parquet") == (tmp_path / "a.parquet").read_bytes()
    rotated = command("--simulated", "2h", "-o", f"s3://{BUCKET}/b.jsonl", "--rotate", "1h", "--hive")
    assert subprocess.run(rotated, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert objects(store)[1:] == [f"b.jsonl/date=2026-03-02/hour=0{hour}/part-0000.jsonl" for hour in (0, 1)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_ends_early_leaves_no_object(
    store: S3Store, endpoint: str, tmp_path: Path, number: signal.Signals
) -> None:
    arguments = command("--events", "1000000000", "-o", f"s3://{BUCKET}/a.jsonl")
    with subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + DEADLINE
        # An upload of several parts has begun.
        while b"<Upload>" not in urllib.request.urlopen(f"{endpoint}/{BUCKET}?uploads").read():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        _, said = process.communicate(timeout=DEADLINE)
    assert objects(store) == []
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said.splitlines()[-1].startswith(b"interrupted at")
        assert said.endswith(b" events, and no object is left\n")


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(OSError, match="needs the extra cloud: pip install 'fakeweb-tui\\[cloud\\]'"):
        open_sink("s3://bucket/a")
