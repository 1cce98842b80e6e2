"""`serve`: what it refuses before it serves. What it serves is looked at in `tests/web`."""

from pathlib import Path

import pytest
from click.testing import Result
from helpers import invoke, run_python

from fakeweb_tui.commands.explore import explore
from fakeweb_tui.commands.serve import serve


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that would have been served."""
    commands: list[str] = []
    monkeypatch.setattr("fakeweb_tui.web.server.serve", lambda command, *_: commands.append(command))
    return commands


def run(*arguments: str) -> Result:
    return invoke("serve", *arguments)


def test_it_takes_what_explore_takes() -> None:
    own = {"host", "port", "allow_host"}
    assert {parameter.name for parameter in serve.params} - own == {parameter.name for parameter in explore.params}


def test_it_passes_on_what_was_given_and_no_more(ran: list[str]) -> None:
    assert run("--port", "0").exit_code == 0
    assert ran.pop().endswith(" -P -m fakeweb_tui explore --")
    given = ("--seed", "3", "--start", "2026-11-23 10:30:05", "--users", "5", "--sessions-per-day", "1e6")
    assert run(*given, "--batch-size", "2.5", "--site", "bank").exit_code == 0
    options = "--site=bank --seed=3 --start=2026-11-23T10:30:05 --users=5 --sessions-per-day=1000000.0"
    command = ran.pop()
    assert all(f" {option} " in command for option in options.split())
    assert " --batch-size=2.5 " in command


def test_a_path_is_one_word_of_the_shell(ran: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    default = Path(explore.callback.__code__.co_filename).parents[1] / "default.yml"  # type: ignore[union-attr]
    Path("-x; $(id) 'q'.yml").write_text(default.read_text())
    assert run("--", "-x; $(id) 'q'.yml").exit_code == 0
    assert ran.pop().endswith(""" explore -- '-x; $(id) '"'"'q'"'"'.yml'""")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.yml"], "missing.yml"),
        (["--users", "0"], "user"),
        (["--port", "70000"], "--port"),
        (["--port", "http"], "--port"),
    ],
)
def test_bad_input_is_said_before_anything_is_served(arguments: list[str], said: str, ran: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert ran == []


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["textual_serve"] = None
sys.modules["textual_serve.server"] = None
sys.modules["textual_serve.app_service"] = None
from fakeweb_tui.cli import main
try:
    main(["serve"])
except SystemExit as end:
    print(end.code)
"""
    script = "import contextlib, io\nwith contextlib.redirect_stderr(io.StringIO()) as said:\n"
    script += "".join(f"    {line}\n" for line in code.splitlines()) + "print(said.getvalue())"
    printed = run_python(script, cwd=tmp_path)
    assert printed.startswith("2\nserve needs the extra 'web' (textual_serve")
    assert "pip install 'fakeweb-tui[web]'" in printed
