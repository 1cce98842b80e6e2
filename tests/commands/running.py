"""What tests of the command `run` share: processes of it, and what it writes."""

import csv
import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from fakeweb_tui.config import Config
from fakeweb_tui.events import EVENT_FIELDS, SCHEMAS
from fakeweb_tui.events.lines import LineRenderer
from fakeweb_tui.events.syntax import CommaSeparated, JsonLines
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.users import UserPool

Format: TypeAlias = JsonLines | CommaSeparated

SEED = 11
START = datetime(2026, 3, 2)
JSON_LINES, COMMA_SEPARATED = JsonLines(), CommaSeparated()
DEADLINE = 60
"""Seconds after which a process hangs; nothing waits for so long unless something is wrong."""


COMMAND = [sys.executable, "-W", "error", "-m", "fakeweb_tui", "run"]
FIXED = ("--seed", str(SEED), "--start", "2026-03-02")
# Chunks of some days then hold but few sessions: a long run writes little between two looks at its file.
SLOWLY = ("--sessions-per-day", "2")


def command(here: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command's whole life, with its standard output and standard error unless they are given."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
    return subprocess.run([*COMMAND, *arguments], cwd=here, check=False, timeout=DEADLINE, **streams)


@contextmanager
def begun(here: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command while it runs; killed if it has not ended when the test has."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=here,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Else `communicate` misses what reading a line has read beyond it.
        bufsize=0,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Look until a condition holds; fail if the process has ended without it, or takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def until_changed(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Look until the file was written to, or cut."""
    before = size_of(path)
    until(lambda: size_of(path) != before, process)


def until_grown(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Look until the file was written to twice."""
    until(lambda: size_of(path) > 0, process)
    before = size_of(path)
    until(lambda: size_of(path) > before, process)


def names(here: Path) -> list[str]:
    return sorted(entry.name for entry in here.iterdir())


def assert_refused(done: subprocess.CompletedProcess[bytes], status: int, *messages: str) -> None:
    """Fail unless it ended with the status, these words in its last line, and no events."""
    said = done.stderr.decode()
    assert (done.returncode, done.stdout or b"") == (status, b""), said
    assert "Traceback" not in said
    for message in messages:
        assert message in said.splitlines()[-1]


# A renderer takes a tenth of a second to make.
@cache
def renderer_of(config: Config, parameters: Parameters, syntax: Format, schema: str) -> LineRenderer:
    pool = UserPool(parameters.seed, config)
    return LineRenderer(syntax, SCHEMAS[schema], pool, parameters, config.page_names)


def expected(
    config: Config, events: int, syntax: Format = JSON_LINES, schema: str = "web", **options: Any
) -> bytes:
    """What the command writes with `FIXED`."""
    parameters = Parameters(**{"seed": SEED, "start": START, **options})
    renderer = renderer_of(config, parameters, syntax, schema)
    pieces = [renderer.header]
    for _, batch in Scenario(config, parameters).batches():
        pieces += map(bytes, renderer.render(batch.slice(0, events)))
        events -= min(events, len(batch))
        if not events:
            break
    return b"".join(pieces)


def assert_summary(said: bytes, *words: str) -> None:
    text = said.decode()
    assert text.count("\n") == 2, text
    for word in (*words, "events/s", " in ", " xxh128 ", " seed ", "home "):
        assert word in text
    assert re.search(r" (?:\d+ bytes|[\d.]+ [kMG]B) ", text)


def events_of(content: bytes, syntax: Format) -> list[Any]:
    """What a reader of the format finds; fails where a line is not complete."""
    assert content.endswith(b"\n")
    if isinstance(syntax, JsonLines):
        return [json.loads(line) for line in content.splitlines()]
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(EVENT_FIELDS)}
    return rows[1:]
