"""The app as a process of its own in a pseudo-terminal, driven by the bytes that a terminal sends."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pexpect
import pytest
from pexpect.fdpexpect import fdspawn

from fakeweb_tui.tui.probability import format_value, plan_row, position_to_value

from .driving import showing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

PATIENCE_SECONDS = 60
COMMAND = [sys.executable, "-m", "fakeweb_tui"]
OPTIONS = ["--seed", "7", "--start", "2026-11-23"]
MOUSE_OFF, CURSOR_SHOWN, MAIN_SCREEN = "\x1b[?1003l", "\x1b[?25h", "\x1b[?1049l"


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """An environment that holds nothing of whoever runs the tests."""
    path = os.environ.get("PATH", os.defpath)
    fixed = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONWARNINGS": "error"}
    return {"PATH": path, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), **fixed, **more}


@dataclass
class Terminal:
    """A pseudo-terminal, the app that runs in it, and what the app wrote."""

    process: subprocess.Popen[bytes]
    screen: fdspawn[str]
    slave: int
    before: list[object]
    written: str = ""
    """All that the app wrote, as far as it was waited for."""

    @property
    def settings(self) -> list[object]:
        return list(termios.tcgetattr(self.slave))

    def expect(self, text: str) -> str:
        """Wait until the app writes something; return all that it wrote on the way."""
        self.screen.expect_exact(text)
        passed = f"{self.screen.before}{self.screen.after}"
        self.written += passed
        return passed

    def send(self, text: str) -> None:
        self.screen.send(text)

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def end(self, wanted: int) -> None:
        """Wait for the app's end; check that it left the terminal as it was."""
        self.expect(MAIN_SCREEN)
        assert self.process.wait(PATIENCE_SECONDS) == wanted
        # All is written by now: what cannot be read at once is not there.
        self.screen.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=0)
        self.written += str(self.screen.before)
        for last, never_after in (
            (CURSOR_SHOWN, "\x1b[?25l"),
            (MOUSE_OFF, "\x1b[?1003h"),
            (MAIN_SCREEN, "\x1b[?1049h"),
        ):
            assert self.written.rindex(last) > self.written.rindex(never_after)
        assert "Traceback" not in self.written
        assert "Error" not in self.written
        assert self.settings == self.before


@contextmanager
def terminal(
    home: Path, *arguments: str, size: tuple[int, int] = (80, 24), **environment: str
) -> Iterator[Terminal]:
    """Start the app in a pseudo-terminal, which stays open when the app ends; whatever happens, the app ends."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    before = list(termios.tcgetattr(slave))
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=home,
        env=surroundings(home, **environment),
        start_new_session=True,
    )
    screen = fdspawn(master, encoding="utf-8", codec_errors="replace", timeout=PATIENCE_SECONDS)
    try:
        yield Terminal(process, screen, slave, before)
    finally:
        process.kill()
        process.wait()
        screen.close()
        os.close(slave)


def shown(term: Terminal) -> None:
    """Wait for the picture, down to its last pane."""
    term.expect("\x1b[?1049h")
    term.expect("Event log")
    term.expect("23 Nov 00:")


@pytest.mark.parametrize("key", ["\x11", "\x03"], ids=["ctrl+q", "ctrl+c"])
def test_keys_that_end_it(tmp_path: Path, key: str) -> None:
    with terminal(tmp_path, *OPTIONS) as term:
        shown(term)
        assert term.settings != term.before
        term.send(key)
        term.end(0)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=str
)
def test_signals_that_end_it(tmp_path: Path, number: signal.Signals, status: int) -> None:
    with terminal(tmp_path, *OPTIONS) as term:
        shown(term)
        term.process.send_signal(number)
        term.end(status)


def test_ending_at_full_speed_and_in_a_dialog(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS) as term:
        shown(term)
        for speed in ("×600", "×3600", "max"):
            term.send("+")
            term.expect(speed)
        term.send("g")
        term.expect("A date and hour")
        term.send("\x11")
        term.end(0)


def test_unsaved_edits_are_asked_for_once(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS) as term:
        shown(term)
        term.send("\x1b[C")
        term.expect(".460")
        term.send("\x11")
        term.expect("Unsaved edits")
        term.send("\x11")
        term.end(0)


@pytest.mark.parametrize("which", ["stdin", "stderr"])
def test_without_a_terminal(tmp_path: Path, which: str) -> None:
    master, slave = os.openpty()
    try:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), slave) | {which: subprocess.PIPE}
        if which == "stdin":
            streams["stderr"] = subprocess.PIPE
        done = subprocess.run(
            [*COMMAND, *OPTIONS],
            **streams,  # type: ignore[call-overload]
            cwd=tmp_path,
            env=surroundings(tmp_path),
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    finally:
        os.close(slave)
        os.close(master)
    assert done.returncode == 2
    message = done.stderr.decode()
    assert message.count("\n") == 1
    assert "terminal" in message
    assert "\x1b" not in message


def test_a_dumb_terminal(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS, TERM="dumb") as term:
        assert "\x1b" not in term.expect("cannot show a screen")
        assert term.process.wait(PATIENCE_SECONDS) == 2
        assert term.settings == term.before


def test_a_terminal_that_is_too_small_and_grows(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS, size=(35, 8)) as term:
        term.expect("40 × 12")
        term.resize(20, 5)
        term.resize(1, 1)
        term.resize(80, 24)
        term.expect("Transitions")
        term.expect("Event log")
        term.send("\x11")
        term.end(0)


def test_20_by_5(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS, size=(20, 5)) as term:
        term.expect("\x1b[?1049h")
        term.expect("fakeweb-tui")
        term.send("\x11")
        term.end(0)


def test_no_color(tmp_path: Path) -> None:
    def colors(terminal: AbstractContextManager[Terminal]) -> set[tuple[str, ...]]:
        with terminal as term:
            shown(term)
            term.send("\x11")
            term.end(0)
            return set(re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", term.written))

    assert any(len(set(color)) > 1 for color in colors(terminal(tmp_path, *OPTIONS)))
    greys = colors(terminal(tmp_path, *OPTIONS, NO_COLOR="1"))
    assert greys
    assert all(len(set(grey)) == 1 for grey in greys)


def test_a_slider_by_key(tmp_path: Path) -> None:
    with terminal(tmp_path, *OPTIONS) as term:
        shown(term)
        term.send(" ")
        term.expect("❚❚")
        # Each key's picture shows the slider's new value and that of the one below it, which gives way.
        for key, value in (("\x1b[C", ".460"), ("\x1b[1;2C", ".560"), ("\x1b[1;5D", ".559"), ("\x1b[F", ".999")):
            term.send(key)
            term.expect(value)
        assert "1 row edited" in term.written
        term.send("\x11")
        term.expect("Unsaved edits")
        term.send("\x11")
        term.end(0)


async def slider_bar() -> tuple[int, int, int]:
    """Where the bar of home → product_a is at 80×24: its first cell, its line, its cells."""
    async with showing((80, 24)) as show:
        slider = show.slider("home", "product_a")
        plan = plan_row(slider.size.width, slider.label_width)
        return slider.region.x + plan.bar_start, slider.region.y, plan.bar


def test_a_slider_by_mouse(tmp_path: Path) -> None:
    x, y, cells = asyncio.run(slider_bar())

    def mouse(button: int, cell: int, end: str = "M") -> str:
        # A terminal counts from 1.
        return f"\x1b[<{button};{x + cell + 1};{y + 1}{end}"

    def value(cell: int) -> str:
        return format_value(position_to_value(cell, cells), 4)

    with terminal(tmp_path, *OPTIONS) as term:
        shown(term)
        term.send(" ")
        term.expect("❚❚")
        term.send(mouse(0, 3))
        term.expect(value(3))
        for cell in (5, 2, 7):
            term.send(mouse(32, cell))
            term.expect(value(cell))
        term.send(mouse(0, 7, "m"))
        # The button is up: a move is no drag any more.
        term.send(mouse(35, 4))
        term.send("\x1b[C")
        term.expect(format_value(position_to_value(7, cells) + 0.01, 4))
        assert "1 row edited" in term.written
        term.send("\x11")
        term.expect("Unsaved edits")
        term.send("\x11")
        term.end(0)


def test_a_bad_config_is_told_before_the_terminal_is_touched(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("pages:\n  home: {home: 0.5, cart: 0.6}\n")
    with terminal(tmp_path, "bad.yml") as term:
        assert term.process.wait(PATIENCE_SECONDS) == 2
        written = term.expect("landing_pages")
        assert "bad.yml:1:1" in written
        assert "\x1b" not in written
        assert term.settings == term.before
    done = subprocess.run(
        [*COMMAND, "bad.yml"],
        capture_output=True,
        cwd=tmp_path,
        env=surroundings(tmp_path),
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == b""
    problems = done.stderr.decode().splitlines()
    assert len(problems) > 1
    assert all(line.startswith("bad.yml:") for line in problems)


def test_a_config_in_the_current_directory_is_taken(tmp_path: Path) -> None:
    from fakeweb_tui.config import load_config

    text = load_config().document.text
    (tmp_path / "config.yml").write_text(text.replace("product_b", "hats"))
    with terminal(tmp_path, *OPTIONS) as term:
        term.expect("hats")
        term.send("\x11")
        term.end(0)
