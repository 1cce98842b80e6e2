"""What stays unimported, each looked at in a fresh process."""

from pathlib import Path

import pytest
from helpers import run_python

# Whoever imports one of the names given fails, wherever the import stands.
BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""
SCREEN = {"textual", "rich", "plotext"}
HEAVY = {"numpy", "yaml", "faker", "textual", "rich", "plotext"}

COMMAND = """
from fakeweb_tui.cli import main
try:
    main({arguments!r})
except SystemExit as end:
    assert not end.code, end.code
"""


def without(absent: set[str], code: str, cwd: Path) -> str:
    # A bytecode cache is of no use to this test, and no option is needed to find the package.
    return run_python(BLOCK.format(absent=sorted(absent)) + code, cwd=cwd)


def test_the_block_blocks(tmp_path: Path) -> None:
    code = "try:\n    import textual.app\nexcept ModuleNotFoundError as error:\n    print(error.name)"
    assert without(SCREEN, code, tmp_path) == "textual\n"


@pytest.mark.parametrize(
    "code",
    [
        "import fakeweb_tui",
        "from fakeweb_tui import Config, ConfigError, Scenario, Simulation, load_config",
        "import fakeweb_tui.api",
        "import fakeweb_tui.live",
        "import fakeweb_tui.forecast, fakeweb_tui.tuning, fakeweb_tui.statistics, fakeweb_tui.events",
        "from fakeweb_tui import Simulation; print(len(list(Simulation(seed=1).run(events=5))))",
        COMMAND.format(arguments=["--help"]),
        COMMAND.format(arguments=["--version"]),
        COMMAND.format(arguments=["explore", "--help"]),
        COMMAND.format(arguments=["serve", "--help"]),
        COMMAND.format(arguments=["check"]),
        COMMAND.format(arguments=["forecast"]),
        "import fakeweb_tui.reading, fakeweb_tui.verification, fakeweb_tui.fitting",
        "import fakeweb_tui.run",
        COMMAND.format(arguments=["run", "--events", "5"]),
        COMMAND.format(arguments=["run", "--events", "5", "-o", "events.csv"]),
        COMMAND.format(arguments=["run", "--events", "5", "-o", "events.jsonl.zst"]),
    ],
)
def test_the_engine_and_its_commands_do_without_a_screen(code: str, tmp_path: Path) -> None:
    without(SCREEN, code, tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        "import fakeweb_tui",
        COMMAND.format(arguments=["--version"]),
        COMMAND.format(arguments=["--help"]),
        COMMAND.format(arguments=["explore", "--help"]),
        COMMAND.format(arguments=["serve", "--help"]),
        COMMAND.format(arguments=["check", "--help"]),
        COMMAND.format(arguments=["forecast", "--help"]),
        COMMAND.format(arguments=["verify", "--help"]),
        COMMAND.format(arguments=["fit", "--help"]),
        COMMAND.format(arguments=["run", "--help"]),
    ],
)
def test_what_answers_at_once_does_without_numpy_yaml_and_faker(code: str, tmp_path: Path) -> None:
    without(HEAVY, code, tmp_path)


def test_check_does_without_numpy_and_faker(tmp_path: Path) -> None:
    assert "valid, 6 pages" in without(HEAVY - {"yaml"}, COMMAND.format(arguments=["check"]), tmp_path)


def test_the_live_simulation_does_without_faker(tmp_path: Path) -> None:
    code = """
from datetime import datetime
from fakeweb_tui import load_config
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Parameters
live = LiveSimulation(Parameters(1, datetime(2026, 3, 2)), load_config(), speed=None)
live.advance()
print(live.snapshot().total.events > 1000)
"""
    assert without(SCREEN | {"faker"}, code, tmp_path) == "True\n"
