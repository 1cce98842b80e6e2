"""Objects in a store, tried on a local S3 server."""

import random
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import obstore
import pytest
from object_stores import BUCKET, content, objects
from obstore.store import S3Store
from run.exporting import files_in

from fakeweb_tui.sinks import Sink, open_sink
from fakeweb_tui.sinks.object_store import put_object

DEADLINE = 60


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
    with pytest.raises(FileNotFoundError, match=r"there is no such bucket: 's3://missing/a\.jsonl'"):
        sink.finish()
    with pytest.raises(FileNotFoundError, match="there is no such bucket"):
        put_object("s3://missing/a.jsonl", b"x")


def test_a_store_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    class AskingError(Exception):
        pass

    def head(*_: object) -> None:
        raise AskingError("Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token")

    monkeypatch.setattr("obstore.head", head)
    monkeypatch.setattr("obstore.exceptions.BaseError", AskingError)
    with pytest.raises(OSError, match="no credentials: set AWS_ACCESS_KEY_ID"):
        open_sink("s3://bucket/a.jsonl")


@pytest.mark.usefixtures("environment")
def test_a_store_that_cannot_be_asked_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The server here has no TLS.
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    for more in ((), ("--resume",)):
        done = subprocess.run(
            command("--events", "5", "-o", "s3://bucket/a.jsonl", *more),
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
        assert done.stderr.startswith(b"s3://bucket/a.jsonl")


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
    assert objects(store) == ["a.jsonl.journal"]
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said.splitlines()[-1].startswith(b"interrupted at")
        assert said.endswith(b" events; the object that was under way is not kept, --resume makes it again\n")
    assert b"<Upload>" not in urllib.request.urlopen(f"{endpoint}/{BUCKET}?uploads").read() or number == 9


@pytest.mark.parametrize(
    ("name", "rotation"), [("a.jsonl", ()), ("a.csv.gz", ("--rotate", "300kB")), ("a.parquet", ("--rotate", "1h"))]
)
def test_a_run_that_is_killed_again_and_again(
    store: S3Store, tmp_path: Path, name: str, rotation: tuple[str, ...]
) -> None:
    bound = ("--events", "60000", "--sessions-per-day", "100000", *rotation)
    done = subprocess.run(command(*bound, "-o", name), cwd=tmp_path, capture_output=True, check=True)
    expected = files_in(tmp_path)
    chance = random.Random(name)
    url = f"s3://{BUCKET}/{name}"
    for _ in range(3):
        arguments = command(*bound, "-o", url, "--resume", "--quiet", "--pace", "3600x")
        with subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.5, 2))
            process.kill()
        assert process.returncode == -signal.SIGKILL
    resumed = subprocess.run(command(*bound, "-o", url, "--resume"), cwd=tmp_path, capture_output=True, check=True)
    assert {each: content(store, each) for each in objects(store)} == expected
    assert checksum(resumed.stderr) == checksum(done.stderr)


def checksum(said: bytes) -> str:
    return said.decode().split("xxh128 ")[1].split()[0]


def test_what_was_asked_for_is_known_from_the_journal(store: S3Store, tmp_path: Path) -> None:
    url = f"s3://{BUCKET}/lake"
    bound = ("--simulated", "6h", "--rotate", "1h", "--hive")
    arguments = command(*bound, "--format", "csv", "-o", url, "--quiet", "--pace", "3600x")
    with subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + DEADLINE
        while len(objects(store)) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.terminate()
        _, said = process.communicate()
    assert (process.returncode, b"--resume makes it again" in said) == (143, True)
    again = command(*bound, "--format", "csv", "-o", url)
    refused = subprocess.run(again, cwd=tmp_path, capture_output=True, check=False)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        1,
        f"{url} is not empty: give a new folder".encode(),
    )
    resume = [sys.executable, "-m", "fakeweb_tui", "run", "-o", url, "--resume"]
    subprocess.run(resume, cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(command(*bound, "--format", "csv", "-o", "lake"), cwd=tmp_path, check=True, capture_output=True)
    assert {each: content(store, each) for each in objects(store)} == files_in(tmp_path)
    whole = subprocess.run(resume, cwd=tmp_path, check=True, capture_output=True)
    assert whole.stderr == f"{url} is whole: there is nothing to resume\n".encode()


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(OSError, match="needs the extra cloud: pip install 'fakeweb-tui\\[cloud\\]'"):
        open_sink("s3://bucket/a")
