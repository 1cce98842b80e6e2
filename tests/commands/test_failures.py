"""How commands end where something is wrong, or where they are interrupted."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from fakeweb_tui.commands.failures import stops_at_bad_input

DEADLINE = 60


@pytest.mark.parametrize(
    ("failure", "status", "said"),
    [
        (ValueError("bad \x1b[1m"), 2, "bad \ufffd[1m"),
        (
            PermissionError(errno.EACCES, os.strerror(errno.EACCES), "a\x1b.csv"),
            1,
            "a\ufffd.csv: Permission denied",
        ),
        (OSError("a.csv is no file"), 1, "a.csv is no file"),
        # Not 1, which would say of `verify` that events do not fit.
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_failure_is_one_line_and_a_status(failure: BaseException, status: int, said: str) -> None:
    @click.command()
    @stops_at_bad_input
    def fail() -> None:
        raise failure

    result = CliRunner().invoke(fail)
    assert (result.exit_code, result.stdout, result.stderr) == (status, "", f"{said}\n")


@pytest.mark.parametrize("more", ["", "--json"])
def test_a_reader_that_has_enough(here: Path, more: str) -> None:
    shell = f"{sys.executable} -W error -m fakeweb_tui forecast {more} | head -1"
    done = subprocess.run(["sh", "-c", shell], cwd=here, capture_output=True, check=True, timeout=DEADLINE)
    assert (done.stdout.count(b"\n"), done.stderr) == (1, b"")
