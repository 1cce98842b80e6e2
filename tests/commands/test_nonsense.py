"""Nonsense on the command line: one message and an exit status, never a traceback, never a terminal escape."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers import invoke
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import Config

NUMBERS = (
    "nan",
    "inf",
    "-1",
    "0",
    "1",
    "1.5",
    "1e308",
    "1e-320",
    "9" * 20,
    "0x10",
    "１２",
    "",
    " ",
    "\x1b[31m",
    "é",
)
SPANS = (*NUMBERS, "0s", "90s", "-5s", "999999999d", "999999999.9d", "1 h", "1w", "s", "٣s")
FILES = (
    "binary",
    "empty",
    "folder",
    "list.yml",
    "deep.yml",
    "zero.yml",
    "latin.yml",
    "loop",
    "missing/x",
    "x" * 300,
)
PLACES = (
    *FILES,
    "",
    ".",
    "a.csv",
    "a.parquet.gz",
    "a.xlsx",
    "a\x1b.csv",
    "a\nb.csv",
    "/dev/full",
    "x://y",
    "s3://",
)
OUTPUT = {"-o": PLACES, "--overwrite": (), "--resume": (), "--format": ("csv", "parquet", "xml")}
SIMULATION = {
    "--seed": NUMBERS,
    "--users": NUMBERS,
    "--sessions-per-day": NUMBERS,
    "--batch-size": NUMBERS,
    "--start": (*NUMBERS, "0001-01-01", "9999-12-31T23:59", "2026-02-30", "2026-01-01T00:00Z"),
    "--site": ("shop", "x", "../shop", "", "\x1b"),
}
EXPORT = {
    **OUTPUT,
    "--events": NUMBERS,
    "--simulated": SPANS,
    "--pace": (*SPANS, "max", "realtime", "0x", "1e5x", "999999999x"),
    "--schema": ("web", "x"),
    "--rotate": (*SPANS, "1GB", "0GB", "1B", "7m"),
    "--hive": (),
    "--shard": (*NUMBERS, "0/2", "2/2", "1/0", "-1/2", "a/b"),
    "--workers": ("0", "257", "-1", "x", ""),
}
COMMANDS: dict[str, dict[str, tuple[str, ...]]] = {
    "run": {**EXPORT, **SIMULATION, "--backfill": SPANS, "--follow": ()},
    "replay": EXPORT,
    "check": {"--site": SIMULATION["--site"]},
    "compare": {"--site": SIMULATION["--site"]},
    "init": {"--site": SIMULATION["--site"], "--overwrite": ()},
    "forecast": {name: SIMULATION[name] for name in ("--sessions-per-day", "--batch-size", "--site")},
    "verify": {"--config": FILES, "--batch-size": NUMBERS, "--disorder": SPANS, "--significance": NUMBERS},
    "fit": {**OUTPUT, "--timezone": ("UTC", "x", "../x", "\x00"), "--silence": SPANS, "--pages": NUMBERS},
    "solve": {**OUTPUT, "--goal": ("conversion=nan", "reach()=1", "x", "steps=-1"), "--lock": ("pages", "", "//")},
}
ENDS = {"run", "replay"}
"""The commands that might go on for ever."""


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, some of its options with values that may be nonsense, and perhaps a file."""
    command = draw(st.sampled_from(sorted(COMMANDS)))
    options = COMMANDS[command]
    words = [command, *draw(st.lists(st.sampled_from(FILES), max_size=1))]
    for name in draw(st.lists(st.sampled_from(sorted(options)), max_size=4, unique=True)):
        words += [name, draw(st.sampled_from(options[name]))] if options[name] else [name]
    if command in ENDS:
        words += ["-o", "/dev/null"] if "-o" not in words else []
        words += ["--duration", "0.01s"]
    return words


@contextmanager
def odd_files(folder: Path) -> Iterator[None]:
    """A current directory with what is no config, and no events either."""
    before = Path.cwd()
    folder.mkdir()
    os.chdir(folder)
    Path("binary").write_bytes(bytes(range(256)) * 9)
    Path("empty").touch()
    Path("folder").mkdir()
    Path("list.yml").write_text("- 1\n- 2\n")
    Path("deep.yml").write_text("[" * 5000)
    Path("zero.yml").write_bytes(b"pages: \0\n")
    Path("latin.yml").write_bytes("pages: é".encode("latin-1"))
    Path("loop").symlink_to("loop")
    try:
        yield
    finally:
        os.chdir(before)


@given(words=command_lines())
@settings(max_examples=250)
def test_no_command_line_ends_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    with odd_files(tmp_path_factory.mktemp("odd") / "here"):
        result = invoke(*words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code in (0, 1, 2)
    assert "\x1b" not in result.output
    assert "Traceback" not in result.stderr
    # Whatever went wrong is said.
    assert result.stderr or not result.exit_code


def test_a_file_of_events_is_no_config(here: Path, config: Config) -> None:
    invoke("run", "--events", "5", "-o", "events.jsonl", "--quiet")
    refused = invoke("check", "events.jsonl")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("events.jsonl:")
    (here / "config.yml").write_text(config.document.text)
    refused = invoke("replay", "config.yml")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "a scenario is a line of JSON" in refused.stderr
