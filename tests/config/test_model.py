"""A config as a value, and its rows replaced."""

import copy
import math
import pickle
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from fakeweb_tui.config import SESSION_END, load_config, parse_config
from fakeweb_tui.config.rules import HOURS

from .sites import SMALL, SUM, with_values

# The value


def test_a_config_cannot_be_changed() -> None:
    config = parse_config(SMALL, "f")
    mappings: list[Any] = [config.pages, config.pages["home"], config.landing_pages, config.browsers, config.ads]
    for mapping in mappings:
        with pytest.raises(TypeError):
            mapping["home"] = 1.0
    with pytest.raises(FrozenInstanceError):
        config.pages = {}  # type: ignore[misc]
    assert isinstance(config.visits_per_hour, tuple)


def test_the_constructor_copies() -> None:
    config = parse_config(SMALL, "f")
    ads = {"a": 1.0}
    other = replace(config, ads=ads)
    ads["a"] = 0.5
    assert other.ads == {"a": 1.0}


def test_what_is_placed_is_copied_and_the_rest_is_shared() -> None:
    config, row = load_config(), {"home": 0.5, SESSION_END: 0.5}
    placed = config.placed(("pages", "cart"), row)
    row["home"] = 0.0
    assert placed.pages["cart"] == {"home": 0.5, SESSION_END: 0.5}
    with pytest.raises(TypeError):
        placed.pages["cart"]["home"] = 0.0  # type: ignore[index]
    assert all(placed.pages[page] is config.pages[page] for page in config.pages if page != "cart")
    assert placed.landing_pages is config.landing_pages
    assert config == load_config()
    pages = {page: dict(each) for page, each in config.pages.items()}
    whole = config.placed(("pages",), pages)
    pages["cart"].clear()
    assert whole == config


def test_configs_are_equal_by_what_they_say_and_its_order() -> None:
    config = parse_config(SMALL, "f")
    same = parse_config(SMALL.replace("0.50 # stays", "0.5"), "g")
    assert config == same
    assert hash(config) == hash(same)
    assert config != with_values(config, ("pages", "shop"), shop=0.25, session_end=0.75)
    assert config != replace(config, pages=dict(reversed(list(config.pages.items()))))
    assert config != "config"


def test_a_config_survives_pickling_and_copying() -> None:
    config = load_config()
    for other in (pickle.loads(pickle.dumps(config)), copy.copy(config), copy.deepcopy(config)):
        assert other == config
        assert other.document == config.document
        with pytest.raises(TypeError):
            other.pages["home"]["home"] = 1.0  # type: ignore[index]


def test_importing_needs_neither_numpy_nor_faker() -> None:
    code = "import sys, fakeweb_tui.config; print(sorted({'numpy', 'faker', 'textual'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# Other rows


def test_paths_name_every_row() -> None:
    config = load_config()
    assert len(config.paths) == 6 + 8
    assert config.paths[0] == ("pages", "home")
    assert config.row(("pages", "home")) == config.pages["home"]
    assert config.row(("sources",)) == config.sources
    assert config.row(("visits_per_hour",)) == dict(zip(HOURS, config.visits_per_hour, strict=True))
    for path in config.paths:
        assert config.with_row(path, config.row(path)) == config


@pytest.mark.parametrize(
    "path", [(), ("pages",), ("pages", "none"), ("document",), ("browsers", "Chrome"), ("none",)]
)
def test_there_is_no_row_at_other_paths(path: tuple[str, ...]) -> None:
    config = load_config()
    with pytest.raises(ValueError, match="a config has no row"):
        config.row(path)
    with pytest.raises(ValueError, match="a config has no row"):
        config.with_row(path, {})


def test_with_row_changes_one_row() -> None:
    config = load_config()
    other = config.with_row(
        ("pages", "cart"), {"payment": 0.4, "session_end": 0.35, "home": 0.25, "confirmation": 0}
    )
    assert list(other.pages["cart"].items()) == [
        ("payment", 0.4),
        ("home", 0.25),
        ("session_end", 0.35),
        ("confirmation", 0.0),
    ]
    assert other.page_names == config.page_names
    assert replace(other, pages=config.pages) == config
    assert config == load_config()
    hours = config.with_row(("visits_per_hour",), dict.fromkeys(reversed(HOURS), 1 / 24)).visits_per_hour
    assert len(hours) == 24
    assert math.fsum(hours) == 1.0


@pytest.mark.parametrize(
    ("path", "row", "wrong"),
    [
        (("ads",), {"a": 0.5}, f"'ads' sums to 0.5: {SUM} (0.5 missing)"),
        (
            ("ads",),
            {"a": -0.5, "b": 1.5},
            "'a: -0.5' is negative: a probability is a number from 0 to 1\n'b: 1.5' is",
        ),
        (("ads",), {"a": math.nan}, "'a: nan' is not a number: a probability is a number from 0 to 1"),
        (("ads",), {"a": True}, "'True' for 'a' is no number: write a number from 0 to 1"),
        (("ads",), {"a": "1"}, "\"'1'\" for 'a' is no number: write a number from 0 to 1"),
        (("ads",), {"": 1.0}, "a name is empty: give it at least one character"),
        (("browsers",), {"Lynx": 1.0}, "unknown browser 'Lynx': the browsers are"),
        (("landing_pages",), {"session_end": 1.0}, "no session can land on session_end"),
        (("landing_pages",), {"cart": 1.0}, "no session can reach page 'product_b'"),
        (("pages", "payment"), {"cart": 1.0}, "no session can reach page 'confirmation'"),
        (("pages", "confirmation"), {"confirmation": 1.0}, "no session can end from page 'confirmation'"),
        (("pages", "cart"), {"elsewhere": 1.0}, "unknown page 'elsewhere': the pages"),
        (("visits_per_hour",), {"0": 1.0}, "hours 1, 2, 3"),
    ],
)
def test_with_row_checks_as_reading_does(path: tuple[str, ...], row: dict[str, float], wrong: str) -> None:
    config = load_config()
    if path == ("landing_pages",) and "cart" in row:
        config = with_values(config, ("pages", "home"), home=0.57, product_b=0.0)
    with pytest.raises(ValueError, match=f"^{re.escape(wrong)}"):
        config.with_row(path, row)
