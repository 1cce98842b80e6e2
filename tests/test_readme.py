"""What the README tells people to type is understood."""

import re
import shlex
from pathlib import Path

import pytest

from fakeweb_tui.cli import main

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:sh)?\n(.*?)^```$", README, re.M | re.S)
COMMANDS = [
    line.removeprefix("$ ")
    for block in BLOCKS
    for line in block.splitlines()
    if line.removeprefix("$ ").startswith("fakeweb-tui ")
]
OF_OTHERS = {"--extra"}


def test_there_are_commands() -> None:
    assert {"run", "replay", "fit", "verify", "solve"} <= {line.split()[1] for line in COMMANDS}


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_understood(line: str) -> None:
    words = shlex.split(line.partition(" | ")[0])[1:]
    main.commands[words[0]].make_context(words[0], words[1:])


def test_options_that_are_named_are_there() -> None:
    known = {word for command in main.commands.values() for option in command.params for word in option.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) <= known | OF_OTHERS | {"--version", "--help"}
