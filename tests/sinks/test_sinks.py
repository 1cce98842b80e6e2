"""Sinks: a file appears under its name only when it is whole, and every byte arrives."""

import errno
import fcntl
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakeweb_tui.sinks import Sink
from fakeweb_tui.sinks.file import FileSink
from fakeweb_tui.sinks.standard_output import StandardOutput


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def write(path: Path, content: bytes, *, overwrite: bool = False, keep: int | None = None) -> None:
    """Make a whole file."""
    sink = FileSink(path, overwrite=overwrite, keep=keep)
    sink.write(content)
    sink.finish()


def raising(error: OSError) -> Callable[..., Any]:
    def fail(*_arguments: object) -> None:
        raise error

    return fail


class Reluctant:
    """A file that takes at most three bytes at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: memoryview) -> int:
        taken: int = self._file.write(data[:3])
        return taken


# Files


def test_a_file_appears_when_it_is_finished(path: Path) -> None:
    sink: Sink = FileSink(path)
    sink.write(b"one\n")
    sink.write(memoryview(b"two\n"))
    assert names(path) == ["events.jsonl.part"]
    # What was written is there for whoever looks, and after a crash of this process.
    assert path.with_name("events.jsonl.part").read_bytes() == b"one\ntwo\n"
    sink.finish()
    assert names(path) == ["events.jsonl"]
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_of_no_events(path: Path) -> None:
    write(path, b"")
    assert names(path) == ["events.jsonl"]
    assert path.read_bytes() == b""


def test_an_abandoned_file_keeps_its_part(path: Path) -> None:
    sink = FileSink(path)
    sink.write(b"one\n")
    assert sink.abandon() == f"{path}.part"
    assert names(path) == ["events.jsonl.part"]
    assert Path(f"{path}.part").read_bytes() == b"one\n"


def test_an_abandoned_file_without_content_leaves_nothing(path: Path) -> None:
    assert FileSink(path).abandon() == ""
    assert names(path) == []


def test_a_file_that_exists_is_refused(path: Path) -> None:
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="exists: give another name, or --overwrite"):
        FileSink(path)
    assert names(path) == ["events.jsonl"]
    assert path.read_bytes() == b"old"


def test_an_overwritten_file_stays_until_the_new_one_is_whole(path: Path) -> None:
    path.write_bytes(b"old")
    sink = FileSink(path, overwrite=True)
    sink.write(b"new")
    assert path.read_bytes() == b"old"
    sink.finish()
    assert names(path) == ["events.jsonl"]
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("content", [b"", b"new"])
def test_an_overwritten_file_stays_where_the_new_one_is_abandoned(path: Path, content: bytes) -> None:
    path.write_bytes(b"old")
    sink = FileSink(path, overwrite=True)
    sink.write(content)
    sink.abandon()
    assert path.read_bytes() == b"old"


def test_the_part_of_an_earlier_run_is_replaced_where_that_is_asked_for(path: Path) -> None:
    Path(f"{path}.part").write_bytes(b"a long remainder of an earlier run")
    with pytest.raises(FileExistsError, match="--resume goes on with it, --overwrite begins anew"):
        FileSink(path)
    assert Path(f"{path}.part").read_bytes() == b"a long remainder of an earlier run"
    write(path, b"new", overwrite=True)
    assert names(path) == ["events.jsonl"]
    assert path.read_bytes() == b"new"


def test_two_do_not_write_to_the_same_file(path: Path) -> None:
    first = FileSink(path)
    first.write(b"one")
    for keep in (None, 2):
        with pytest.raises(OSError, match=r"events\.jsonl\.part is being written by another process"):
            FileSink(path, overwrite=True, keep=keep)
    first.write(b"two")
    first.finish()
    assert path.read_bytes() == b"onetwo"
    FileSink(path, overwrite=True).abandon()


def test_going_on_behind_what_is_there(path: Path) -> None:
    for name, content in ((f"{path}.part", b"one, torn"), (str(path), b"two, whole")):
        Path(name).write_bytes(content)
        write(path, b"and more", keep=5)
        assert names(path) == ["events.jsonl"]
        assert path.read_bytes() == content[:5] + b"and more"


@pytest.mark.parametrize(("number", "refused"), [(errno.ENOLCK, False), (errno.EIO, True)])
def test_a_file_system_without_locks(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refused: bool
) -> None:
    monkeypatch.setattr(fcntl, "flock", raising(OSError(number, os.strerror(number))))
    if refused:
        with pytest.raises(OSError, match=os.strerror(number)):
            FileSink(path)
    else:
        FileSink(path).finish()
        assert names(path) == ["events.jsonl"]


def test_overwriting_what_does_not_exist(path: Path) -> None:
    write(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileSink(tmp_path / "missing" / "events.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_not_replaced(path: Path, overwrite: bool, make: Callable[[Path], None]) -> None:
    # As root, an overwritten /dev/null would be a file from then on.
    make(path)
    kind = path.stat().st_mode
    with pytest.raises(OSError, match="is no file"):
        FileSink(path, overwrite=overwrite)
    assert names(path) == ["events.jsonl"]
    assert path.stat().st_mode == kind


@pytest.mark.parametrize("size", [0, 1, 3, 4, 1000])
def test_every_byte_arrives_where_a_file_takes_few_at_a_time(
    path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    sink = FileSink(path)
    data = bytes(n % 251 for n in range(size))
    with monkeypatch.context() as patch:
        patch.setattr(sink, "_file", Reluctant(sink._file))
        sink.write(data)
        sink.write(memoryview(data)[1:])
    sink.finish()
    assert path.read_bytes() == data + data[1:]


def test_a_file_is_on_the_disk_before_it_has_its_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # After a power cut there may else be an empty file under the name.
    seen: list[tuple[int, list[str]]] = []

    def look(descriptor: int) -> None:
        seen.append((os.fstat(descriptor).st_ino, names(path)))

    monkeypatch.setattr(os, "fsync", look)
    write(path, b"new")
    assert seen == [
        (path.stat().st_ino, ["events.jsonl.part"]),
        (path.parent.stat().st_ino, ["events.jsonl"]),
    ]


def test_a_file_that_cannot_reach_the_disk_keeps_its_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = FileSink(path)
    sink.write(b"new")
    monkeypatch.setattr(os, "fsync", raising(OSError(5, "Input/output error")))
    with pytest.raises(OSError, match="Input/output error"):
        sink.finish()
    assert sink.abandon() == f"{path}.part"
    assert names(path) == ["events.jsonl.part"]


def test_a_file_that_cannot_get_its_name_keeps_its_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = FileSink(path)
    sink.write(b"new")
    monkeypatch.setattr(Path, "replace", raising(PermissionError(13, "Permission denied")))
    with pytest.raises(PermissionError):
        sink.finish()
    assert sink.abandon() == f"{path}.part"
    assert names(path) == ["events.jsonl.part"]


def test_a_part_that_was_taken_away_is_not_said_to_be_kept(path: Path) -> None:
    sink = FileSink(path)
    sink.write(b"new")
    Path(f"{path}.part").unlink()
    assert sink.abandon() == ""


# Standard output


@pytest.mark.parametrize("size", [0, 1, 3, 4, 1000])
def test_every_byte_arrives_where_standard_output_takes_few_at_a_time(
    path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    data = bytes(n % 251 for n in range(size))
    write = os.write
    with path.open("w", encoding="ascii") as file, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", file)
        patch.setattr(os, "write", lambda descriptor, part: write(descriptor, part[:3]))
        sink: Sink = StandardOutput()
        sink.write(data)
        sink.write(memoryview(data)[1:])
        sink.finish()
        # It belongs to the process, not to the sink.
        assert not file.closed
    assert path.read_bytes() == data + data[1:]


def test_what_went_to_standard_output_is_not_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with path.open("w", encoding="ascii") as file:
        monkeypatch.setattr(sys, "stdout", file)
        sink = StandardOutput()
        sink.write(b"gone")
        assert sink.abandon() == ""
        monkeypatch.undo()


def test_standard_output_without_a_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="ascii") as file:
        monkeypatch.setattr(sys, "stdout", file)
        sink = StandardOutput()
        with pytest.raises(BrokenPipeError):
            sink.write(b"lost")
        monkeypatch.undo()


def test_standard_output_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    # So Python has it for `fakeweb-tui run >&-`.
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OSError, match="Bad file descriptor"):
        StandardOutput()
    monkeypatch.undo()


def test_a_link_stays_one(path: Path) -> None:
    path.symlink_to(path.with_name("there.jsonl"))
    for content in (b"one", b"two"):
        write(path, content, overwrite=True)
        assert path.is_symlink()
        assert path.with_name("there.jsonl").read_bytes() == content
    assert names(path) == ["events.jsonl", "there.jsonl"]
