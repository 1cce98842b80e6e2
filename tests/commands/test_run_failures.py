"""The command `run` where its output fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fakeweb_tui.config import Config

from .running import COMMAND, DEADLINE, FIXED, assert_refused, begun, command, expected, names

CLOSED = b"whoever read standard output has closed it\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_standard_output_on_a_full_disk(here: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = command(here, "--events", "1000", stdout=full)
    assert_refused(done, 1, "standard output: No space left on device")


def test_a_file_that_grows_too_large(here: Path, config: Config) -> None:
    # A limit on the size of files takes the way of a full disk, and anybody may set one.
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from fakeweb_tui.cli import main\n"
        "main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "--events", "1000", "-o", "a.jsonl", *FIXED],
        cwd=here,
        capture_output=True,
        check=False,
        timeout=DEADLINE,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert_refused(
        done, 1, "a.jsonl: File too large; what was written is in a.jsonl.part; --resume goes on from there"
    )
    assert names(here) == ["a.jsonl.journal", "a.jsonl.part"]
    assert (here / "a.jsonl.part").read_bytes() == expected(config, 1000)[:100_000]


@pytest.mark.parametrize(
    ("options", "said"),
    [((), CLOSED), (("--events", "1G"), CLOSED), (("--quiet",), b"")],
)
def test_a_pipe_that_is_closed(here: Path, options: tuple[str, ...], said: bytes) -> None:
    with begun(here, *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"event_timestamp"')
        process.stdout.close()
        assert process.wait(DEADLINE) == 141
        assert process.stderr.read() == said


def test_streams_that_are_closed(here: Path, config: Config) -> None:
    shell = ["sh", "-c", '"$@" 2>&-', "sh", *COMMAND, "--events", "5", *FIXED]
    done = subprocess.run(shell, cwd=here, stdout=subprocess.PIPE, check=False, timeout=DEADLINE)
    # No word of the summary is among the events.
    assert (done.returncode, done.stdout) == (0, expected(config, 5))
    shell = ["sh", "-c", '"$@" >&-', "sh", *COMMAND, "--events", "5", *FIXED]
    closed = subprocess.run(shell, cwd=here, stderr=subprocess.PIPE, check=False, timeout=DEADLINE)
    assert_refused(closed, 1, "standard output: Bad file descriptor")


# Disks of our own: in a namespace of its own anybody may mount one, where the machine has namespaces.
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]
HAS_NAMESPACES = (
    shutil.which("unshare") is not None
    and subprocess.run([*NAMESPACE, "mount -t tmpfs none /mnt"], capture_output=True, check=False).returncode == 0
)

FULL, READ_ONLY = "No space left on device", "Read-only file system"
FILL, ENLARGE = "mount -t tmpfs -o size=512k none disk", "mount -o remount,size=64m disk"
LOCK = "mount -t tmpfs -o ro none disk"
SHELL = NAMESPACE
if not HAS_NAMESPACES:
    # What is nearest: a limit on the size of files, and a folder of the kernel's.
    FULL, READ_ONLY = "File too large", "Permission denied"
    FILL, ENLARGE = "ulimit -S -f 1000", "ulimit -S -f unlimited"
    LOCK = "rmdir disk; ln -s /sys disk" if Path("/sys").exists() else "chmod 500 disk"
    SHELL = ["sh", "-ec"]


def on_a_disk(here: Path, script: str, *arguments: str) -> None:
    """Run a script beside a folder `disk`; the command with its arguments is "$@" there."""
    (here / "disk").mkdir()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    shell = [*SHELL, script, "sh", *COMMAND, *arguments]
    subprocess.run(shell, cwd=here, env=environment, check=True, timeout=DEADLINE)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.parquet"])
def test_a_full_disk_loses_nothing(here: Path, name: str) -> None:
    arguments = ("--events", "20000", *FIXED)
    assert command(here, *arguments, "-o", name).returncode == 0
    on_a_disk(
        here,
        f"""
        {FILL}
        "$@" 2> said || echo "$?" > status
        ls disk > left
        {ENLARGE}
        "$@" --resume --quiet
        cp disk/{name} resumed
        """,
        *("-o", f"disk/{name}", *arguments),
    )
    assert (here / "status").read_text() == "1\n"
    kept = f"what was written is in disk/{name}.part; --resume goes on from there\n"
    assert (here / "said").read_text() == f"disk/{name}: {FULL}; {kept}"
    assert (here / "left").read_text().split() == [f"{name}.journal", f"{name}.part"]
    assert (here / "resumed").read_bytes() == (here / name).read_bytes()


def test_a_folder_that_is_read_only(here: Path) -> None:
    script = f'{LOCK}; "$@" 2> said || echo "$?" > status'
    on_a_disk(here, script, "--events", "5", "-o", "disk/a.jsonl")
    assert (here / "status").read_text() == "1\n"
    assert (here / "said").read_text() == f"disk/a.jsonl: {READ_ONLY}\n"


def test_a_folder_that_is_not_there(here: Path) -> None:
    done = command(here, "--events", "5", "-o", "no/a.jsonl")
    assert_refused(done, 1, "no/a.jsonl: there is no folder no")
    # There is this one, in which nothing can be made.
    assert_refused(command(here, "--events", "5", "-o", "/proc/a.jsonl"), 1, "/proc/a.jsonl: No such file")
