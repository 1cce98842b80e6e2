"""The commands: what they print, where, and with which status they end."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from helpers import invoke

from fakeweb_tui import __version__
from fakeweb_tui.cli import main
from fakeweb_tui.commands.options import parameters_of
from fakeweb_tui.config import Config, load_config, load_site, save_config
from fakeweb_tui.simulation import Parameters

NO_TERMINAL = "fakeweb-tui shows its screen in a terminal, and there is none here"


@pytest.fixture
def good(here: Path, config: Config) -> str:
    (here / "good.yml").write_text(config.document.text, encoding="utf-8")
    return "good.yml"


@pytest.fixture
def bad(here: Path, config: Config) -> str:
    text = config.document.text.replace("home: 0.45", "home: 0.44").replace("Opera: 0.1", "Oprah: 0.1")
    (here / "bad.yml").write_text(text, encoding="utf-8")
    return "bad.yml"


def assert_refused(result: Result, *starts: str) -> None:
    """Fail unless it ended with status 2, a line per start on standard error, and nothing on standard output."""
    lines = result.stderr.splitlines()
    assert len(lines) == len(starts), result.stderr
    assert all(line.startswith(start) for line, start in zip(lines, starts, strict=True)), result.stderr
    assert (result.exit_code, result.stdout) == (2, "")
    assert isinstance(result.exception, SystemExit)


def test_version() -> None:
    result = invoke("--version")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"fakeweb-tui {__version__}\n", "")


def test_help() -> None:
    result = invoke("--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "explore" in result.stdout
    assert "check" in result.stdout
    for command, words in (
        ("explore", ("--seed", "--start", "--users", "--sessions-per-day")),
        ("check", ("CONFIG",)),
    ):
        result = invoke(command, "--help")
        assert result.exit_code == 0
        assert all(word in result.stdout for word in words)


# check


@pytest.mark.usefixtures("here")
def test_check_the_built_in_site() -> None:
    result = invoke("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "built-in site: valid, 6 pages, goal confirmation\n"


def test_check_a_good_file(good: str) -> None:
    result = invoke("check", good)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "good.yml: valid, 6 pages, goal confirmation\n"


def test_check_lists_every_problem_of_a_bad_file(bad: str) -> None:
    assert_refused(invoke("check", bad), "bad.yml:2:3: ", "bad.yml:103:3: ")


def test_check_takes_the_config_of_the_current_directory(here: Path, bad: str) -> None:
    (here / bad).rename(here / "config.yml")
    assert_refused(invoke("check"), "config.yml:2:3: ", "config.yml:103:3: ")


def test_check_what_is_no_file(here: Path) -> None:
    assert_refused(invoke("check", "missing.yml"), "missing.yml:1:1: ")
    assert_refused(invoke("check", str(here)), f"{here}:1:1: ")


def test_check_prints_nothing_that_steers_the_terminal(here: Path, config: Config) -> None:
    text = config.document.text.replace("confirmation", r'"\e[31mthanks"')
    (here / "red.yml").write_text(text, encoding="utf-8")
    result = invoke("check", "red.yml")
    assert result.exit_code == 0
    assert "thanks" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("forecast",),
        ("solve", "--goal", "conversion=0.2"),
        ("solve", "--goal", "reach(nowhere)=1"),
        ("solve", "--goal", "?"),
        ("solve", "--goal", f"reach({'c' * 1000})=2"),
        ("solve", "--goal", "conversion=0.2", "--row", "?"),
        ("solve", "--goal", "conversion=0.2", "--lock", "?"),
    ],
)
def test_a_long_name_does_not_make_long_lines(here: Path, config: Config, arguments: tuple[str, ...]) -> None:
    text = config.document.text.replace("confirmation", "c" * 1000).replace("home", "h" * 1000)
    (here / "long.yml").write_text(text, encoding="utf-8")
    command, *options = arguments
    result = invoke(command, "long.yml", *options)
    assert "ccc…ccc" in result.output or "hhh…hhh" in result.output
    assert max(map(len, result.output.splitlines())) < 320


def test_check_in_a_process_of_its_own(bad: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakeweb_tui", "check", bad],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(" ")[0] for line in done.stderr.splitlines()] == ["bad.yml:2:3:", "bad.yml:103:3:"]


# explore


@pytest.mark.usefixtures("here")
def test_explore_needs_a_terminal() -> None:
    assert_refused(invoke("explore"), NO_TERMINAL)
    assert_refused(invoke(), NO_TERMINAL)
    assert_refused(invoke("explore", "--seed", "1", "--start", "2026-03-02"), NO_TERMINAL)


def test_a_file_alone_is_explored(good: str, bad: str) -> None:
    assert_refused(invoke(good), NO_TERMINAL)
    assert_refused(invoke(bad), "bad.yml:2:3: ", "bad.yml:103:3: ")
    assert_refused(invoke("missing.yml"), "missing.yml:1:1: ")


COMMANDS = "explore, check, compare, fit, forecast, init, run, replay, serve, solve, verify"


@pytest.mark.parametrize(
    ("word", "meant"),
    [("chekc", "did you mean check? The"), ("forcast", "did you mean forecast? The"), ("nothing", "the")],
)
@pytest.mark.usefixtures("here")
def test_a_word_that_is_neither_command_nor_file(word: str, meant: str) -> None:
    assert_refused(invoke(word), f"there is no command and no file '{word}': {meant} commands are {COMMANDS}")


def test_a_file_may_have_the_name_of_no_command(here: Path, good: str) -> None:
    (here / good).rename(here / "chekc")
    assert_refused(invoke("chekc"), NO_TERMINAL)


@pytest.mark.usefixtures("here")
def test_options_alone_are_those_of_explore() -> None:
    assert_refused(invoke("--seed", "3"), NO_TERMINAL)
    assert_refused(invoke("--users", "0"), "the user pool size is 0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--users", "-5"), "the user pool size is -5"),
        (("--users", "0"), "the user pool size is 0"),
        (("--users", str((1 << 40) + 1)), "the user pool size is"),
        (("--sessions-per-day", "nan"), "there are nan sessions per day"),
        (("--sessions-per-day", "inf"), "there are inf sessions per day"),
        (("--sessions-per-day", "-0.5"), "there are -0.5 sessions per day"),
        (("--batch-size", "0"), "the batch size is 0"),
        (("--batch-size", "nan"), "the batch size is nan"),
        (("--seed", "-1"), "seed is -1"),
        (("--seed", str(1 << 64)), f"seed is {1 << 64}"),
    ],
)
@pytest.mark.usefixtures("here")
def test_values_out_of_range_are_refused(arguments: tuple[str, ...], message: str) -> None:
    assert_refused(invoke("explore", *arguments), message)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--users", "many"),
        ("--users", "1.5"),
        ("--sessions-per-day", "1e"),
        ("--seed", ""),
        ("--start", "someday"),
        ("--start", "2026-13-01"),
        ("--colour",),
        ("--seed",),
        ("one.yml", "two.yml"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_no_option_or_value_is_refused(arguments: tuple[str, ...]) -> None:
    result = invoke("explore", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.mark.usefixtures("here")
def test_no_terminal_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakeweb_tui"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(NO_TERMINAL)
    assert done.stderr.count("\n") == 1


def test_a_config_may_give_parameters_and_options_win(here: Path) -> None:
    built_in = load_site("shop")
    path = here / "mine.yml"
    save_config(built_in.with_simulation({"sessions_per_day": 500.0, "batch_size": 5.0}), path)
    mine = load_config(path)
    options = {
        "seed": 3,
        "start": datetime(2026, 3, 2),
        "users": None,
        "sessions_per_day": None,
        "batch_size": None,
    }
    taken = parameters_of(options, mine)
    assert (taken.sessions_per_day, taken.batch_size, taken.user_pool_size) == (500, 5, 10_000)
    assert parameters_of({**options, "sessions_per_day": 7.0, "users": 2}, mine).sessions_per_day == 7
    assert parameters_of(options, built_in) == Parameters(seed=3, start=datetime(2026, 3, 2))
    arguments = ["--seed", "1", "--start", "2026-03-02", "--simulated", "3h"]
    for name, more in (
        ("given", [str(path)]),
        ("options", ["--sessions-per-day", "500", "--batch-size", "5"]),
        ("other", [str(path), "--batch-size", "10"]),
    ):
        done = invoke("run", *arguments, "--output", f"{name}.jsonl", *more)
        assert done.exit_code == 0
    events = [(here / f"{name}.jsonl").read_bytes() for name in ("given", "options", "other")]
    assert events[0] == events[1] != events[2]
    forecast = json.loads(invoke("forecast", str(path), "--json").output)
    assert forecast["simulation"]["sessions_per_day"] == 500


# completion by a shell


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("fakeweb-tui ver", ["plain,verify"]),
        ("fakeweb-tui sho", ["file,sho"]),
        ("fakeweb-tui run --site s", ["plain,shop", "plain,saas", "plain,streaming"]),
        ("fakeweb-tui shop.yml --users", ["plain,--users"]),
    ],
)
def test_completion(words: str, offered: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from fakeweb_tui.cli import main; main(prog_name='fakeweb-tui')"],
        env={
            **os.environ,
            "_FAKEWEB_TUI_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.splitlines(), done.stderr) == (offered, "")


@pytest.mark.parametrize("name", sorted(main.commands))
def test_help_names_the_kind_of_every_value(name: str) -> None:
    said = invoke(name, "--help").stdout
    # What click writes of a type says nothing of its unit.
    assert not {"TEXT", "FLOAT", "INTEGER", "RANGE", "PATH]"} & set(said.split())
    assert f"    fakeweb-tui {name}" in said or name in ("check", "explore", "serve")
