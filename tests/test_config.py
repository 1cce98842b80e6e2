"""What a config file may say, what is said about one that may not, and writing it back."""

import copy
import math
import multiprocessing
import pickle
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fakeweb_tui.config import (
    BROWSERS,
    HOURS,
    MAX_PAGES,
    OPERATING_SYSTEMS,
    SESSION_END,
    Config,
    ConfigError,
    Problem,
    load_config,
    normalised,
    parse_config,
    render_config,
    save_config,
    structure_problems,
)
from fakeweb_tui.document import Document

DEFAULT = (Path(__file__).parent.parent / "fakeweb_tui" / "default.yml").read_text(encoding="utf-8")

SMALL = """\
# A site of two pages.
pages:
  home: {home: 0.5, shop: 0.25, session_end: 0.25}   # the entrance
  shop:
    shop: 0.50 # stays
    session_end: 0.5
landing_pages: {home: 1}
x-notes: &notes
  - {a: 1, b: [~, 2020-01-01, "text"]} # ours to keep
x-more: *notes
visits_per_hour: {0: 0.5, 1: 0.5, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0, 10: 0, 11: 0,
  12: 0, 13: 0, 14: 0, 15: 0, 16: 0, 17: 0, 18: 0, 19: 0, 20: 0, 21: 0, 22: 0, 23: 0}
operating_systems: {Linux: 1.0}
browsers: {Firefox: 1.0}
marketing_sources: {a: 1.0}
marketing_mediums: {b: 1.0}
campaigns: {c: 1.0}
ads: {d: 1.0}
"""


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "f")
    return str(caught.value).splitlines()


def changed(old: str, new: str, text: str = DEFAULT) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def with_values(config: Config, path: tuple[str, ...], **values: float) -> Config:
    return config.with_row(path, {**config.row(path), **values})


# Reading


def test_the_default_config() -> None:
    config = parse_config(DEFAULT, "f")
    assert config.page_names == ("home", "product_a", "product_b", "cart", "payment", "confirmation")
    assert config.goal == "confirmation"
    assert config.pages["payment"] == {"payment": 0.45, "confirmation": 0.4, "cart": 0.1, "session_end": 0.05}
    assert config.landing_pages == {"home": 0.6, "product_a": 0.25, "product_b": 0.15}
    assert len(config.visits_per_hour) == 24
    assert config.visits_per_hour[7:9] == (0.0297, 0.0382)
    assert list(config.operating_systems) == list(OPERATING_SYSTEMS)
    assert list(config.browsers) == list(BROWSERS)
    assert config.sources["mailchimp"] == 0.3
    assert config.mediums["organic"] == 0.4
    assert config.campaigns == {"campaign_1": 0.8, "campaign_2": 0.2}
    assert config.ads["ad_4"] == 0.25
    assert config.document == Document(DEFAULT, "f")


def test_older_names_give_the_same_config() -> None:
    old = DEFAULT.replace("utm_", "marketing_")
    assert parse_config(old, "f") == parse_config(DEFAULT, "f")


def test_bytes_with_byte_order_mark_and_windows_line_ends() -> None:
    text = "\ufeff" + DEFAULT.replace("\n", "\r\n")
    assert parse_config(text.encode(), "f") == parse_config(DEFAULT, "f")
    wrong = problems(changed("home: 0.45", "home: 0.42", text).encode())
    assert [line.split(" ")[0] for line in wrong] == ["f:2:3:"]


def test_hours_may_stand_in_any_order() -> None:
    first = "  0: 0.0273\n"
    text = changed(first, "", DEFAULT).replace("  23: 0.0287\n", "  23: 0.0287\n" + first)
    assert parse_config(text, "f") == parse_config(DEFAULT, "f")


def test_names_are_the_text_of_their_keys() -> None:
    names = {
        "home": "404",
        "product_a": "on",
        "product_b": "[b]é😀[/]",
        "cart": r"\e[31m",
        "payment": "a: 'b'",
    }
    text = DEFAULT
    for old, new in names.items():
        written = new if new in ("404", "on") else f'"{new}"'
        text = re.sub(rf"\b{old}:", lambda _, w=written: f"{w}:", text)
    config = parse_config(text, "f")
    assert config.page_names == ("404", "on", "[b]é😀[/]", "\x1b[31m", "a: 'b'", "confirmation")
    assert config.pages["404"]["on"] == 0.17
    assert render_config(config) == text
    edited = with_values(config, ("pages", "404"), **{"404": 0.4, "on": 0.22})
    assert parse_config(render_config(edited), "f") == edited


def test_aliases_and_merge_keys_are_read() -> None:
    text = changed("landing_pages:", "x: &row {product_a: 0.5, home: 0.5}\nlanding_pages:")
    text = changed(
        "  home: 0.6\n  product_a: 0.25\n  product_b: 0.15\n",
        "  <<: *row\n  home: 0.3\n  product_b: 0.2\n",
        text,
    )
    text = changed("\n  campaign_1: 0.8\n  campaign_2: 0.2\n", " *row\n", text)
    config = parse_config(text, "f")
    assert dict(config.landing_pages) == {"product_a": 0.5, "home": 0.3, "product_b": 0.2}
    assert dict(config.campaigns) == {"product_a": 0.5, "home": 0.5}


def test_normalising_is_exact_and_happens_once() -> None:
    text = changed("campaign_1: 0.8\n  campaign_2: 0.2", "a: 0.3333333\n  b: 0.3333333\n  c: 0.3333333")
    row = parse_config(text, "f").campaigns
    assert math.fsum(row.values()) == 1.0
    assert row["b"] == pytest.approx(1 / 3, abs=1e-15)
    assert normalised(row) == row


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@example([0.1] * 10)
@example([5e-324, 5e-324, 1.0])
@example([1 / 3, 1 / 3, 1 / 3 - 1e-7])
def test_what_is_normalised_sums_to_one_and_stays(values: list[float]) -> None:
    assume(math.fsum(values) > 1e-6)
    row = normalised({str(i): value for i, value in enumerate(values)})
    assert math.fsum(row.values()) == 1.0
    assert all(0 <= value <= 1 for value in row.values())
    assert normalised(row) == row


@pytest.mark.parametrize("missing", ["0.799999", "0.800001"])
def test_a_millionth_is_tolerated(missing: str) -> None:
    row = parse_config(changed("campaign_1: 0.8", f"campaign_1: {missing}"), "f").campaigns
    assert math.fsum(row.values()) == 1.0


# Problems

HOUR_7 = "  7: 0.0297\n"
CART = "     cart: 0.25\n     payment: 0.5\n     home: 0.15\n     session_end: 0.1\n"
PAGES = "'home', 'product_a', 'product_b', 'cart', 'payment', 'confirmation'"
SUM = "the probabilities of a row sum to 1"

ONE_PROBLEM = {
    "row sums to 0.97": ("home: 0.45", "home: 0.42", f"2:3: 'home' sums to 0.97: {SUM} (0.03 missing)"),
    "row sums to too much": (
        "home: 0.45",
        "home: 0.4501",
        f"2:3: 'home' sums to 1.0001: {SUM} (0.0001 too much)",
    ),
    "just beyond the tolerance": (
        "campaign_1: 0.8",
        "campaign_1: 0.8000011",
        f"87:1: 'campaigns' sums to 1.0000011: {SUM} (1.1e-06 too much)",
    ),
    "hours sum to less": (
        "  7: 0.0297",
        "  7: 0",
        f"42:1: 'visits_per_hour' sums to 0.9703: {SUM} (0.0297 missing)",
    ),
    "empty row": (CART, "     {}\n", f"20:3: 'cart' sums to 0: {SUM} (1 missing)"),
    "unknown page": (
        "payment: 0.5",
        "paymnt: 0.5",
        f"22:6: unknown page 'paymnt': did you mean 'payment'? The pages with a row of their own are {PAGES}",
    ),
    "unknown page like no other": (
        "payment: 0.5",
        "xyz: 0.5",
        f"22:6: unknown page 'xyz': the pages with a row of their own are {PAGES}",
    ),
    "unknown landing page": (
        "product_a: 0.25",
        "Product_A: 0.25",
        f"39:3: unknown page 'Product_A': did you mean 'product_a'? The pages with a row of their own are {PAGES}",
    ),
    "landing on the end": (
        "product_b: 0.15",
        "session_end: 0.15",
        "40:3: no session can land on session_end, which is the end of a session: name a page",
    ),
    "end as a page": (
        "landing_pages:",
        "  session_end: {home: 1}\nlanding_pages:",
        "37:3: session_end is the end of a session, not a page: remove its row",
    ),
    "missing hour": (
        HOUR_7,
        "",
        "42:1: hour 7 is missing: each hour from 0 to 23 has its share, 0 if nobody comes",
    ),
    "quoted hour": (
        "  8: 0",
        '  "8": 0',
        "51:3: '8' is no whole number to YAML, so no hour: write 8 without quotes",
    ),
    "hour with a zero before": (
        "  8: 0",
        "  08: 0",
        "51:3: '08' is no whole number to YAML, so no hour: write 8 without quotes",
    ),
    "hour with decimals": (
        "  8: 0",
        "  8.0: 0",
        "51:3: '8.0' is no whole number to YAML, so no hour: write 8 without quotes",
    ),
    "hour twice": (HOUR_7, HOUR_7 * 2, "51:3: duplicate key '7', first in line 50: keep one of the two"),
    "hour twice in two ways": (
        HOUR_7,
        HOUR_7 + "  0x7: 0\n",
        "51:3: duplicate key '0x7', first in line 50: keep one of the two",
    ),
    "negative": (
        "ad_1: 0.05",
        "ad_1: -0.05",
        "80:9: '-0.05' is negative: a probability is a number from 0 to 1",
    ),
    "more than 1": (
        "ad_1: 0.05",
        "ad_1: 5",
        "80:9: '5' is more than 1: a probability is a number from 0 to 1",
    ),
    "NaN": (
        "ad_1: 0.05",
        "ad_1: .NaN",
        "80:9: '.NaN' is not a number: a probability is a number from 0 to 1",
    ),
    "infinite": (
        "ad_1: 0.05",
        "ad_1: .inf",
        "80:9: '.inf' is infinite: a probability is a number from 0 to 1",
    ),
    "minus infinite": (
        "ad_1: 0.05",
        "ad_1: -.inf",
        "80:9: '-.inf' is infinite: a probability is a number from 0 to 1",
    ),
    "boolean": (
        "ad_1: 0.05",
        "ad_1: yes",
        "80:9: 'yes' is true or false, not a probability: write a number from 0 to 1",
    ),
    "quoted number": (
        "ad_1: 0.05",
        "ad_1: '0.05'",
        "80:9: '0.05' is text to YAML: write 0.05 (without quotes)",
    ),
    "exponent": ("ad_1: 0.05", "ad_1: 1e-3", "80:9: '1e-3' is text to YAML: write 0.001 or 1.0e-3"),
    "small exponent": ("ad_1: 0.05", "ad_1: 2.5e-30", None),
    "large exponent": ("ad_1: 0.05", "ad_1: 5e-30", "80:9: '5e-30' is text to YAML: write 5.0e-30"),
    "comma": ("ad_1: 0.05", "ad_1: 0,05", "80:9: '0,05' is text to YAML: write 0.05"),
    "percent": ("ad_1: 0.05", "ad_1: 5 %", "80:9: '5 %' is text to YAML: write 0.05"),
    "word": (
        "ad_1: 0.05",
        "ad_1: often",
        "80:9: the value 'often' where a probability belongs: write a number from 0 to 1",
    ),
    "date": (
        "ad_1: 0.05",
        "ad_1: 2020-07-05",
        "80:9: the value '2020-07-05' where a probability belongs: write a number from 0 to 1",
    ),
    "nothing": (
        "ad_1: 0.05",
        "ad_1:",
        "80:8: nothing where a probability belongs: write a number from 0 to 1",
    ),
    "null": (
        "ad_1: 0.05",
        "ad_1: ~",
        "80:9: nothing where a probability belongs: write a number from 0 to 1",
    ),
    "list": (
        "ad_1: 0.05",
        "ad_1: [0.05]",
        "80:9: a list where a probability belongs: write a number from 0 to 1",
    ),
    "mapping": (
        "ad_1: 0.05",
        "ad_1: {a: 1}",
        "80:9: a mapping where a probability belongs: write a number from 0 to 1",
    ),
    "control character in a value": (
        "ad_1: 0.05",
        r'ad_1: "\e[2J"',
        r"80:9: the value '\x1b[2J' where a probability belongs: write a number from 0 to 1",
    ),
    "number for a section": (
        "campaigns:\n  campaign_1: 0.8\n  campaign_2: 0.2\n",
        "campaigns: 1\n",
        "87:12: the value '1' where 'campaigns' belongs: write a mapping of names to probabilities",
    ),
    "list for a row": (
        CART,
        "     - home\n",
        "21:6: a list where 'cart' belongs: write a mapping of names to probabilities",
    ),
    "nothing for a row": (
        CART,
        "",
        "20:8: nothing where 'cart' belongs: write a mapping of names to probabilities",
    ),
    "duplicate page": (
        "landing_pages:",
        "  cart: {session_end: 1}\nlanding_pages:",
        "37:3: duplicate key 'cart', first in line 20: keep one of the two",
    ),
    "duplicate target": (
        "     cart: 0.25\n",
        "     cart: 0.25\n     'cart': 0.25\n",
        "22:6: duplicate key 'cart', first in line 21: keep one of the two",
    ),
    "duplicate section": (
        "ads:\n",
        "ads: {a: 1}\nads:\n",
        "80:1: duplicate key 'ads', first in line 79: keep one of the two",
    ),
    "duplicate key that is not ours": (
        "ads:\n",
        "x: {a: 1, a: 2}\nads:\n",
        "79:11: duplicate key 'a', first in line 79: keep one of the two",
    ),
    "two names of one section": (
        "ads:\n",
        "marketing_sources: {a: 1}\nads:\n",
        "79:1: both utm_sources and marketing_sources, two names of one section: keep one",
    ),
    "missing section": ("browsers:", "x-browser-names:", "1:1: section browsers is missing: add it"),
    "misspelt section": (
        "browsers:",
        "browser:",
        "1:1: section browsers is missing: rename 'browser' in line 97",
    ),
    "missing section of two names": (
        "utm_mediums:",
        "mediums:",
        "1:1: section utm_mediums or marketing_mediums is missing: rename 'mediums' in line 91",
    ),
    "unreachable": (
        "confirmation: 0.4\n     cart: 0.1",
        "cart: 0.5",
        "32:3: no session can reach page 'confirmation': give it a positive probability in landing_pages or on a "
        "page that sessions reach",
    ),
    "reachable with probability 0": (
        "confirmation: 0.4\n     cart: 0.1",
        "confirmation: 0\n     cart: 0.5",
        "33:3: no session can reach page 'confirmation': give it a positive probability in landing_pages or on a "
        "page that sessions reach",
    ),
    "endless": (
        "confirmation: 0.4\n     session_end: 0.6",
        "confirmation: 1\n     session_end: 0",
        "33:3: no session can end from page 'confirmation': give session_end a positive probability, on this page "
        "or on one that it leads to",
    ),
    "unknown browser": (
        "Chrome: 0.5",
        "chrome: 0.5",
        "98:3: unknown browser 'chrome': did you mean 'Chrome'? The browsers are 'Chrome', 'Firefox', "
        "'InternetExplorer', 'Safari', 'Opera'",
    ),
    "unknown operating system": (
        "MacOS: 0.15",
        "BeOS: 0.15",
        "70:3: unknown operating system 'BeOS': did you mean 'MacOS'? The operating systems are 'Windows', 'MacOS', "
        "'Linux', 'Android', 'iOS'",
    ),
    "empty name": ("ad_1: 0.05", "'': 0.05", "80:3: a name is empty: give it at least one character"),
    "lone surrogate": (
        "ad_1: 0.05",
        r'"\ud800": 0.05',
        r"80:3: the name '\ud800' holds half a character (a lone surrogate): write the whole character",
    ),
    "mapping as a name": ("ad_1: 0.05", "{a: 1}: 0.05", "80:3: a mapping as a name: a name is plain text"),
    "merge of no mapping": (
        "ad_1: 0.05",
        "ad_1: 0.05\n  <<: 1",
        "81:3: << merges the value '1': it takes a mapping or a list of mappings",
    ),
}
del ONE_PROBLEM["small exponent"]


@pytest.mark.parametrize(("old", "new", "expected"), ONE_PROBLEM.values(), ids=ONE_PROBLEM.keys())
def test_one_thing_wrong_gives_one_problem(old: str, new: str, expected: str) -> None:
    assert problems(changed(old, new)) == [f"f:{expected}"]
