"""The command `compare`: two configs side by side."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from helpers import invoke

from fakeweb_tui.config import Config, save_config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.simulation import Parameters

PARAMETERS = Parameters(seed=0, start=datetime(2026, 3, 2))


@pytest.fixture
def other(here: Path, config: Config) -> Config:
    """A config that says something else, in `other.yml`."""
    row = {**config.pages["payment"], "confirmation": 0.1, "session_end": 0.35}
    changed = config.with_row(("pages", "payment"), row)
    save_config(changed, here / "other.yml")
    return changed


def test_what_differs_for_people(other: Config) -> None:
    done = invoke("compare", "--site", "shop", "other.yml")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["a  built-in site", "b  other.yml"]
    reach = Forecast(other, PARAMETERS).conversion
    conversion = next(line for line in lines if "conversion (confirmation)" in line)
    assert conversion.split()[2:] == ["12.02%", f"{reach:.2%}", f"{100 * reach - 12.0223:+.2f}", "pp"]
    assert lines[lines.index("pages/payment") + 2 :] == [
        "  confirmation  0.400000 → 0.100000  -0.300000",
        "  cart          0.100000 → 0.100000",
        "  session_end   0.050000 → 0.350000  +0.300000",
    ]


def test_json_has_all_digits(other: Config, config: Config) -> None:
    figures = json.loads(invoke("compare", "other.yml", "--json").stdout)
    a, b = (Forecast(each, PARAMETERS).share.tolist() for each in (config, other))
    assert [page["share"]["a"] for page in figures["pages"]] == a
    assert [page["share"]["b"] for page in figures["pages"]] == b
    whole = figures["figures"]["events_per_session"]
    assert whole["difference"] == whole["b"] - whole["a"]


@pytest.mark.usefixtures("other")
def test_other_pages() -> None:
    lines = invoke("compare", "--site", "bank", "other.yml").stdout.splitlines()
    assert next(line.split() for line in lines if line.startswith("  login "))[2] == "0.00%"
    assert next(line.split() for line in lines if line.startswith("  cart "))[1] == "0.00%"
    assert "pages/login" in lines
    assert "pages/cart" in lines


@pytest.mark.usefixtures("other")
def test_the_same() -> None:
    done = invoke("compare", "other.yml", "other.yml")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Their rows are the same.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument '[A] B'."),
        (("a.yml", "b.yml", "c.yml"), "there are 3 configs: give two, or one"),
        (("a.yml", "b.yml", "--site", "shop"), "there are two configs, 'a.yml' and --site 'shop'"),
        (("missing.yml",), "missing.yml:1:1: cannot be read"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_refused(arguments: tuple[str, ...], message: str) -> None:
    done = invoke("compare", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


def test_what_is_the_same_in_six_digits_is_no_change(here: Path, config: Config) -> None:
    row = {**config.pages["cart"], "payment": 0.5 + 1e-8, "session_end": 0.1 - 1e-8}
    save_config(config.with_row(("pages", "cart"), row), here / "other.yml")
    assert "pages/cart" not in invoke("compare", "other.yml").stdout
