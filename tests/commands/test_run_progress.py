"""What the command `run` shows while it goes on: a bar on a real terminal, lines elsewhere."""

import re
import signal
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pexpect
import pytest

from fakeweb_tui.commands import progress as shown
from fakeweb_tui.run import Progress, Result

from .running import COMMAND, DEADLINE, FIXED, assert_summary, names

UNITS = {"size kB": 10**3, "size MB": 10**6}
BAR = re.compile(
    r"(?P<bar>[━╸╺]+) +(?P<percent>\d+)% (?P<events>[\d,]+) events  (?P<rate>[\d,]+) events/s"
    r"  (?P<size>[\d.]+) (?P<unit>[kM]B)  (?P<left>\d+:\d\d) left  2026-03-02 \d\d:\d\d"
)
STEERING = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


def begun(here: Path, *arguments: str, columns: int = 120) -> "pexpect.spawn[str]":
    """The command on a terminal of its own."""
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *arguments, *FIXED],
        cwd=str(here),
        dimensions=(24, columns),
        encoding="utf-8",
        timeout=DEADLINE,
    )


def bars(text: str) -> list[dict[str, str]]:
    """Every state of the bar that was drawn."""
    return [found.groupdict() for found in BAR.finditer(STEERING.sub("", text))]


def test_a_bar_on_a_terminal(here: Path) -> None:
    process = begun(here, "--simulated", "4h", "--pace", "7200x", "-o", "a.jsonl")
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0
    text: str = process.before or ""
    drawn = bars(text)
    for figure in ("percent", "events", "size"):
        numbers = [
            float(each[figure].replace(",", "")) * UNITS.get(f"{figure} {each['unit']}", 1) for each in drawn
        ]
        assert numbers == sorted(numbers)
        assert numbers[0] < numbers[-1]
    assert int(drawn[-1]["percent"]) > 90
    # The bar is taken away, the cursor comes back, and what was made is said.
    ended = text[text.rindex("\x1b[?25h") :]
    assert "━" not in ended
    summary = STEERING.sub("", ended).replace("\r", "").lstrip("\n")
    assert_summary(summary.encode(), " events ")
    assert names(here) == ["a.jsonl"]


def test_a_bar_of_which_nobody_knows_the_end(here: Path) -> None:
    process = begun(here, "-o", "a.jsonl", "--pace", "7200x")
    process.expect(r"[1-9][\d,]* events  [\d,]+ events/s  [\d.]+ [kM]B  2026-03-02 \d\d:\d\d")
    assert "left" not in (process.before or "")
    process.sendintr()
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 130


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_takes_the_bar_away(here: Path, workers: str) -> None:
    process = begun(here, "--events", "1000000000", "-o", "a.csv", "--workers", workers)
    process.expect(r" [kM]B  \d")
    process.sendintr()
    process.expect(pexpect.EOF)
    process.close()
    assert (process.exitstatus, process.signalstatus) == (128 + signal.SIGINT, None)
    text = STEERING.sub("", (process.before or "").rsplit("\x1b[?25h", 1)[1]).strip()
    assert re.fullmatch(r"interrupted at [\d-]+ [\d:]+: [\d,]+ events are in a\.csv\.part; --resume .*", text)
    assert names(here) == ["a.csv.journal", "a.csv.part"]


def test_a_narrow_terminal_has_the_figures_that_matter(here: Path) -> None:
    process = begun(here, "--simulated", "8h", "--pace", "7200x", "-o", "a.jsonl", columns=50)
    process.expect(r"\d+%\S* [1-9][\d,]* events  [\d,]+ events/s  [\d.]+ [kM]B")
    process.sendintr()
    process.expect(pexpect.EOF)
    process.close()


def test_events_on_a_terminal_have_no_bar_among_them(here: Path) -> None:
    process = begun(here, "--simulated", "2h", "--pace", "7200x")
    process.expect(pexpect.EOF)
    process.close()
    text: str = process.before or ""
    assert "\x1b" not in text
    *events, shares, figures = text.replace("\r", "").splitlines()
    assert len(events) > 100
    assert {event[:20] for event in events} == {'{"event_timestamp":"'}
    assert_summary(f"{shares}\n{figures}\n".encode(), f"{len(events):,} events")


@pytest.mark.parametrize("format_", ["parquet", "arrow", "jsonl.gz"])
def test_a_terminal_is_not_for_bytes(here: Path, format_: str) -> None:
    process = begun(here, "--events", "5", "--format", format_)
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 2
    assert (
        process.before
        == f"{format_} is not for a terminal: give --output, or a program that reads it behind |\r\n"
    )


def test_lines_now_and_then_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(shown, "monotonic", lambda: now[0])
    reporter = shown.reporter(quiet=False)
    silent = shown.reporter(quiet=True)
    for seconds in range(12):
        now[0] = 100.0 + seconds
        state = Progress(1000 * seconds, 10**6 * seconds, seconds, datetime(2026, 3, 2, seconds), seconds / 12)
        reporter.report(state)
        silent.report(state)
    reporter.close()
    output, said = capsys.readouterr()
    assert output == ""
    assert said.splitlines() == [
        " 41.7%  5,000 events  1,000 events/s  5.0 MB  0:07 left  2026-03-02 05:00",
        " 83.3%  10,000 events  1,000 events/s  10.0 MB  0:02 left  2026-03-02 10:00",
    ]


def test_a_day_is_told_in_few_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    monkeypatch.setattr(shown, "monotonic", lambda: now[0])
    reporter = shown.reporter(quiet=False)
    told: list[int] = []
    for second in range(86_400):
        now[0] = second
        reporter.report(Progress(0, 0, second, datetime(2026, 3, 2), None))
        if capsys.readouterr().err:
            told.append(second)
    waits = [later - earlier for earlier, later in pairwise(told)]
    assert (waits[0], waits[-1]) == (5, 600)
    assert waits == sorted(waits)
    assert len(told) < 250


def test_the_summary_names_the_pages_with_most_events() -> None:
    pages = {f"page_{n}": 1 + n % 20 for n in range(40)}
    progress = Progress(sum(pages.values()), 431_800, 2.0, datetime(2026, 3, 2), 1.0)
    shares, figures = shown.summary(Result(progress, True, pages, 1, "abc", "", False), 7).splitlines()
    assert shares == "  ".join(
        [*(f"page_{n} {(1 + n % 20) / 420:.1%}" for n in (*range(15, 20), *range(35, 40))), "30 more 57.1%"]
    )
    assert figures == "420 events  210 events/s  431.8 kB  in 2.00 s  xxh128 abc  seed 7"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1_250_000, "1.2 MB"), (3 * 10**13, "30.0 TB")],
)
def test_a_size_has_the_unit_that_fits_it(count: int, text: str) -> None:
    assert shown._size(count) == text
