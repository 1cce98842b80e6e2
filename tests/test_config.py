"""What a config file may say, what is said about one that may not, and writing it back."""

import copy
import math
import pickle
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import SECTIONS
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import (
    BROWSERS,
    MAX_PAGES,
    OPERATING_SYSTEMS,
    SESSION_END,
    Config,
    ConfigError,
    Problem,
    StructureProblems,
    load_config,
    normalised,
    parse_config,
    render_config,
    save_config,
    structure_problems,
)
from fakeweb_tui.config.document import Document
from fakeweb_tui.config.rules import HOURS

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
        text = text.replace(f" {old}:", f" {new}:" if new in ("404", "on") else f' "{new}":')
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
UNREACHABLE = "give it a positive probability in landing_pages or on a page that sessions reach"
ENDLESS = "give session_end a positive probability, on this page or on one that it leads to"
KNOWN_BROWSERS = "the browsers are 'Chrome', 'Firefox', 'InternetExplorer', 'Safari', 'Opera'"
KNOWN_SYSTEMS = "the operating systems are 'Windows', 'MacOS', 'Linux', 'Android', 'iOS'"
PAGES = "the pages with a row of their own are 'home', 'product_a', 'product_b', 'cart', 'payment', 'confirmation'"
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
        f"88:1: 'campaigns' sums to 1.0000011: {SUM} (1.1e-06 too much)",
    ),
    "hours sum to less": (
        "  7: 0.0297",
        "  7: 0",
        f"41:1: 'visits_per_hour' sums to 0.9703: {SUM} (0.0297 missing)",
    ),
    "empty row": (CART, "     {}\n", f"20:3: 'cart' sums to 0: {SUM} (1 missing)"),
    "unknown page": (
        "payment: 0.5",
        "paymnt: 0.5",
        f"22:6: unknown page 'paymnt': did you mean 'payment'? {PAGES[0].upper()}{PAGES[1:]}",
    ),
    "unknown page like no other": (
        "payment: 0.5",
        "xyz: 0.5",
        f"22:6: unknown page 'xyz': {PAGES}",
    ),
    "unknown landing page": (
        "product_a: 0.25",
        "Product_A: 0.25",
        f"38:3: unknown page 'Product_A': did you mean 'product_a'? {PAGES[0].upper()}{PAGES[1:]}",
    ),
    "landing on the end": (
        "product_b: 0.15",
        "session_end: 0.15",
        "39:3: no session can land on session_end, which is the end of a session: name a page",
    ),
    "end as a page": (
        "landing_pages:",
        "  session_end: {home: 1}\nlanding_pages:",
        "36:3: session_end is the end of a session, not a page: remove its row",
    ),
    "missing hour": (
        HOUR_7,
        "",
        "41:1: hour 7 is missing: each hour from 0 to 23 has its share, 0 if nobody comes",
    ),
    "quoted hour": (
        "  8: 0",
        '  "8": 0',
        "50:3: '8' is no whole number to YAML, so no hour: write 8 without quotes",
    ),
    "hour with a zero before": (
        "  8: 0",
        "  08: 0",
        "50:3: '08' is no whole number to YAML, so no hour: write 8 without quotes",
    ),
    "hour with decimals": (
        "  8: 0",
        "  8.0: 0",
        "50:3: '8.0' is no whole number to YAML, so no hour: write 8 without quotes",
    ),
    "hour twice": (HOUR_7, HOUR_7 * 2, "50:3: duplicate key '7', first in line 49: keep one of the two"),
    "hour twice in two ways": (
        HOUR_7,
        HOUR_7 + "  0x7: 0\n",
        "50:3: duplicate key '0x7', first in line 49: keep one of the two",
    ),
    "negative": (
        "ad_1: 0.05",
        "ad_1: -0.05",
        "82:9: '-0.05' is negative: a probability is a number from 0 to 1",
    ),
    "more than 1": (
        "ad_1: 0.05",
        "ad_1: 5",
        "82:9: '5' is more than 1: a probability is a number from 0 to 1",
    ),
    "NaN": (
        "ad_1: 0.05",
        "ad_1: .NaN",
        "82:9: '.NaN' is not a number: a probability is a number from 0 to 1",
    ),
    "infinite": (
        "ad_1: 0.05",
        "ad_1: .inf",
        "82:9: '.inf' is infinite: a probability is a number from 0 to 1",
    ),
    "minus infinite": (
        "ad_1: 0.05",
        "ad_1: -.inf",
        "82:9: '-.inf' is infinite: a probability is a number from 0 to 1",
    ),
    "boolean": (
        "ad_1: 0.05",
        "ad_1: yes",
        "82:9: 'yes' is true or false, not a probability: write a number from 0 to 1",
    ),
    "quoted number": (
        "ad_1: 0.05",
        "ad_1: '0.05'",
        "82:9: '0.05' is text to YAML: write 0.05 (without quotes)",
    ),
    "exponent": ("ad_1: 0.05", "ad_1: 1e-3", "82:9: '1e-3' is text to YAML: write 0.001 or 1.0e-3"),
    "large exponent": ("ad_1: 0.05", "ad_1: 5e-30", "82:9: '5e-30' is text to YAML: write 5.0e-30"),
    "comma": ("ad_1: 0.05", "ad_1: 0,05", "82:9: '0,05' is text to YAML: write 0.05"),
    "percent": ("ad_1: 0.05", "ad_1: 5 %", "82:9: '5 %' is text to YAML: write 0.05"),
    "word": (
        "ad_1: 0.05",
        "ad_1: often",
        "82:9: the value 'often' where a probability belongs: write a number from 0 to 1",
    ),
    "date": (
        "ad_1: 0.05",
        "ad_1: 2020-07-05",
        "82:9: the value '2020-07-05' where a probability belongs: write a number from 0 to 1",
    ),
    "nothing": (
        "ad_1: 0.05",
        "ad_1:",
        "82:8: nothing where a probability belongs: write a number from 0 to 1",
    ),
    "null": (
        "ad_1: 0.05",
        "ad_1: ~",
        "82:9: nothing where a probability belongs: write a number from 0 to 1",
    ),
    "list": (
        "ad_1: 0.05",
        "ad_1: [0.05]",
        "82:9: a list where a probability belongs: write a number from 0 to 1",
    ),
    "mapping": (
        "ad_1: 0.05",
        "ad_1: {a: 1}",
        "82:9: a mapping where a probability belongs: write a number from 0 to 1",
    ),
    "control character in a value": (
        "ad_1: 0.05",
        r'ad_1: "\e[2J"',
        r"82:9: the value '\x1b[2J' where a probability belongs: write a number from 0 to 1",
    ),
    "number for a section": (
        "campaigns:\n  campaign_1: 0.8\n  campaign_2: 0.2\n",
        "campaigns: 1\n",
        "88:12: the value '1' where 'campaigns' belongs: write a mapping of names to probabilities",
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
        "36:3: duplicate key 'cart', first in line 20: keep one of the two",
    ),
    "duplicate target": (
        "     cart: 0.25\n",
        "     cart: 0.25\n     'cart': 0.25\n",
        "22:6: duplicate key 'cart', first in line 21: keep one of the two",
    ),
    "duplicate section": (
        "ads:\n",
        "ads: {a: 1}\nads:\n",
        "82:1: duplicate key 'ads', first in line 81: keep one of the two",
    ),
    "duplicate key that is not ours": (
        "ads:\n",
        "x: {a: 1, a: 2}\nads:\n",
        "81:11: duplicate key 'a', first in line 81: keep one of the two",
    ),
    "two names of one section": (
        "ads:\n",
        "marketing_sources: {a: 1}\nads:\n",
        "81:1: both utm_sources and marketing_sources, two names of one section: keep one",
    ),
    "missing section": ("browsers:", "x-hats:", "1:1: section browsers is missing: add it"),
    "misspelt section": (
        "browsers:",
        "browser:",
        "1:1: section browsers is missing: rename 'browser' in line 98",
    ),
    "missing section of two names": (
        "utm_mediums:",
        "mediums:",
        "1:1: section utm_mediums or marketing_mediums is missing: rename 'mediums' in line 92",
    ),
    "unreachable": (
        "confirmation: 0.4\n     cart: 0.1",
        "cart: 0.5",
        f"31:3: no session can reach page 'confirmation': {UNREACHABLE}",
    ),
    "reachable with probability 0": (
        "confirmation: 0.4\n     cart: 0.1",
        "confirmation: 0\n     cart: 0.5",
        f"32:3: no session can reach page 'confirmation': {UNREACHABLE}",
    ),
    "endless": (
        "confirmation: 0.4\n     session_end: 0.6",
        "confirmation: 1\n     session_end: 0",
        f"32:3: no session can end from page 'confirmation': {ENDLESS}",
    ),
    "unknown browser": (
        "Chrome: 0.5",
        "chrome: 0.5",
        f"99:3: unknown browser 'chrome': did you mean 'Chrome'? {KNOWN_BROWSERS[0].upper()}{KNOWN_BROWSERS[1:]}",
    ),
    "unknown operating system": (
        "MacOS: 0.15",
        "BeOS: 0.15",
        f"69:3: unknown operating system 'BeOS': {KNOWN_SYSTEMS}",
    ),
    "empty name": ("ad_1: 0.05", "'': 0.05", "82:3: a name is empty: give it at least one character"),
    "lone surrogate": (
        "ad_1: 0.05",
        r'"\ud800": 0.05',
        r"82:3: the name '\ud800' holds half a character (a lone surrogate): write the whole character",
    ),
    "mapping as a name": ("ad_1: 0.05", "{a: 1}: 0.05", "82:3: a mapping as a name: a name is plain text"),
    "merge of no mapping": (
        "ad_1: 0.05",
        "ad_1: 0.05\n  <<: 1",
        "83:3: << merges the value '1': it takes a mapping or a list of mappings",
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), ONE_PROBLEM.values(), ids=ONE_PROBLEM.keys())
def test_one_thing_wrong_gives_one_problem(old: str, new: str, expected: str) -> None:
    assert problems(changed(old, new)) == [f"f:{expected}"]


def test_every_problem_is_listed_in_the_order_of_the_file() -> None:
    text = DEFAULT
    for old, new in [
        ("home: 0.45", "home: 0.42"),
        ("payment: 0.5", "paymnt: 0.5"),
        ("landing_pages:", "  orphan: {orphan: 1.0}\n\nlanding_pages:"),
        (HOUR_7, ""),
        ("  8: 0.0382", "  '8': yes"),
        ("google: 0.15", "google: -.inf"),
        ("campaign_1: 0.8", "campaign_2: 0.8"),
        ("ads:", "advertisements:"),
    ]:
        text = changed(old, new, text)
    assert problems(text) == [
        "f:1:1: section ads is missing: add it",
        f"f:2:3: 'home' sums to 0.97: {SUM} (0.03 missing)",
        f"f:22:6: unknown page 'paymnt': did you mean 'payment'? The{PAGES[3:]}, 'orphan'",
        f"f:36:3: no session can reach page 'orphan': {UNREACHABLE}",
        f"f:36:3: no session can end from page 'orphan': {ENDLESS}",
        "f:43:1: hour 7 is missing: each hour from 0 to 23 has its share, 0 if nobody comes",
        "f:51:3: '8' is no whole number to YAML, so no hour: write 8 without quotes",
        "f:51:8: 'yes' is true or false, not a probability: write a number from 0 to 1",
        "f:76:11: '-.inf' is infinite: a probability is a number from 0 to 1",
        "f:91:3: duplicate key 'campaign_2', first in line 90: keep one of the two",
    ]


def test_hours_that_do_not_exist_and_hours_that_are_missing() -> None:
    text = changed("  23: 0.0287", "  24: 0.0287", changed("  7: 0", "  -1: 0", changed("  9: 0", "  nine: 0")))
    assert [line.split(": ", 1)[1] for line in problems(text)] == [
        "hours 7, 9, 23 are missing: each hour from 0 to 23 has its share, 0 if nobody comes",
        f"unknown hour '-1': the hours are {', '.join(map(repr, HOURS[:20]))}, … (24 in all)",
        "'nine' is no whole number to YAML, so no hour: write a whole number from 0 to 23 without quotes",
        f"unknown hour '24': the hours are {', '.join(map(repr, HOURS[:20]))}, … (24 in all)",
    ]


def test_every_section_is_missed() -> None:
    assert tuple(line.split(" ")[2] for line in problems("x: 1")) == SECTIONS


@pytest.mark.parametrize(("pages", "wrong"), [("{}", "no pages: a site has at least one"), ("[]", "a list where")])
def test_without_pages_no_page_is_called_unknown(pages: str, wrong: str) -> None:
    start, end = DEFAULT.index("pages:"), DEFAULT.index("landing_pages:")
    text = f"{DEFAULT[:start]}pages: {pages}\n{DEFAULT[end:]}"
    found = problems(text)
    assert len(found) == 1
    assert wrong in found[0]


def test_a_missing_page_makes_no_other_page_unreachable() -> None:
    start, end = DEFAULT.index("  product_a:\n"), DEFAULT.index("  product_b:\n")
    text = (DEFAULT[:start] + DEFAULT[end:]).replace("product_b", "zzz")
    assert ["unknown page" in line for line in problems(text)] == [True, True]
    start, end = DEFAULT.index("  payment:\n"), DEFAULT.index("  confirmation:\n")
    assert ["unknown page" in line for line in problems(DEFAULT[:start] + DEFAULT[end:])] == [True]


def test_a_misspelt_end_makes_no_page_endless() -> None:
    found = problems(changed("session_end: 0.6", "sesion_end: 0.6"))
    assert len(found) == 1
    assert found[0].startswith("f:34:6: unknown page 'sesion_end': did you mean 'session_end'? ")


def test_problems_carry_their_parts() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(changed("home: 0.45", "home: 0.42"), "dir/my.yml")
    (problem,) = caught.value.problems
    assert problem == Problem("dir/my.yml", 2, 3, f"'home' sums to 0.97: {SUM} (0.03 missing)")
    assert str(problem) == str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def site(pages: int) -> str:
    """Return a config with this many pages, each of which is landed on and left at once."""
    data = yaml.safe_load(SMALL)
    data["pages"] = {f"p{number}": {SESSION_END: 1.0} for number in range(pages)}
    data["landing_pages"] = dict.fromkeys(data["pages"], 1 / pages)
    text: str = yaml.safe_dump(data, sort_keys=False)
    return text


def test_a_thousand_pages_are_the_limit() -> None:
    assert len(parse_config(site(MAX_PAGES), "f").pages) == MAX_PAGES
    found = problems(site(MAX_PAGES + 1))
    assert found == ["f:2002:3: 1,001 pages: a site has at most 1,000"]


def test_thousands_of_problems_are_listed() -> None:
    wrong = "".join(f"    page-of-no-name-{number}: 0\n" for number in range(20_000))
    text = changed("    shop: 0.50 # stays\n", "    shop: 0.50\n" + wrong, SMALL)
    assert len(problems(text)) == 20_000


def test_thousands_of_pages_in_doubt_are_listed() -> None:
    wrong = "".join(f"  p{number}: {{x: 1}}\n" for number in range(10_000))
    found = problems(changed("landing_pages:", wrong + "landing_pages:", SMALL))
    assert len(found) == 10_000 + 1
    assert sum("unknown page 'x'" in line for line in found) == 10_000


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 100_000, SMALL + "---\n", "a: &a [*a]", "a: !!python/name:os.system 1", "a: \x1b"],
    ids=["lists", "mappings", "documents", "cycle", "tag", "control character"],
)
def test_texts_that_are_refused_at_once(text: str) -> None:
    assert len(problems(text)) == 1


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary()))
def test_any_text_gives_config_errors_only(text: str | bytes) -> None:
    for line in problems(text):
        assert line.startswith("f:")


PIECES = [
    "*notes",
    "&x",
    "<<: ",
    "!!int ",
    "{",
    "]",
    ": ",
    "\n",
    "  ",
    '"',
    "\t",
    "-",
    "#",
    "e-3",
    ".inf",
    "\ufeff",
    "~",
    "9",
]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, len(SMALL)), st.integers(0, 10), st.lists(st.sampled_from(PIECES), max_size=4))
def test_a_damaged_file_gives_a_config_or_problems(start: int, length: int, pieces: list[str]) -> None:
    text = SMALL[:start] + "".join(pieces) + SMALL[start + length :]
    found: tuple[Problem, ...] = ()
    try:
        config = parse_config(text, "f")
    except ConfigError as error:
        found = error.problems
    else:
        assert render_config(config) == text
    lines = text.count("\n") + 1
    for problem in found:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message.isprintable()


# Structure


def test_structure_of_known_chains() -> None:
    pages = {
        "a": {"b": 1.0, "c": 0.0},
        "b": {"a": 0.5, SESSION_END: 0.5},
        "c": {"d": 1.0},
        "d": {"d": 1.0, SESSION_END: 0.0},
    }
    assert structure_problems(pages, {"a": 1.0, "d": 0.0}) == StructureProblems(("c", "d"), ("c", "d"))
    assert structure_problems(pages, {"c": 1.0}) == StructureProblems(("a", "b"), ("c", "d"))
    assert structure_problems({"a": {SESSION_END: 1.0}}, {"a": 1.0}) == StructureProblems((), ())


@given(
    st.dictionaries(
        st.sampled_from("abcde"),
        st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", SESSION_END]), st.sampled_from([0.0, 0.5])),
    ),
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from([0.0, 0.5])),
)
def test_structure_agrees_with_walking(pages: dict[str, dict[str, float]], landing: dict[str, float]) -> None:
    def walk(starts: set[str]) -> set[str]:
        for _ in range(len(pages) + 1):
            starts = starts | {t for page in starts for t, p in pages.get(page, {}).items() if p > 0}
        return starts

    reached = walk({page for page, p in landing.items() if p > 0})
    assert structure_problems(pages, landing) == StructureProblems(
        tuple(page for page in pages if page not in reached),
        tuple(page for page in pages if SESSION_END not in walk({page})),
    )


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


# Writing


def test_what_is_unchanged_is_written_as_it_was() -> None:
    for text in (SMALL, DEFAULT, "\ufeff" + SMALL.replace("\n", "\r\n")):
        config = parse_config(text, "f")
        assert render_config(config) == text
        assert render_config(config.with_row(("ads",), config.ads)) == text


def test_only_changed_values_are_replaced() -> None:
    config = parse_config(SMALL, "f")
    config = with_values(config, ("pages", "home"), home=0.25, shop=0.4999999, session_end=0.2500001)
    config = with_values(config, ("pages", "shop"), shop=1 - 1e-7, session_end=1e-7)
    config = with_values(config, ("visits_per_hour",), **{"1": 0.4, "23": 0.1})
    config = config.with_row(("ads",), {"d": 0.75, "new: #1": 0.25})
    expected = SMALL
    for old, new in [
        ("{home: 0.5, shop: 0.25, session_end: 0.25}", "{home: 0.25, shop: 0.4999999, session_end: 0.2500001}"),
        ("shop: 0.50 # stays\n    session_end: 0.5", "shop: 0.9999999 # stays\n    session_end: 1.0e-07"),
        ("1: 0.5,", "1: 0.4,"),
        ("23: 0}", "23: 0.1}"),
        ("ads: {d: 1.0}", "ads: {d: 0.75, 'new: #1': 0.25}"),
    ]:
        expected = changed(old, new, expected)
    assert render_config(config) == expected


def test_decimals_stay_decimals_where_normalising_moves_them() -> None:
    row = {"google": 0.29, "facebook": 0.58, "bing": 0.11, "instagram": 0.02, "mailchimp": 0.0}
    assert math.fsum(row.values()) == 0.9999999999999999
    config = load_config().with_row(("sources",), row)
    assert config.sources != row
    written = render_config(config)
    assert yaml.safe_load(written)["utm_sources"] == row
    assert parse_config(written, "f") == config


def test_a_value_written_once_for_two_rows_is_written_anew() -> None:
    text = changed("campaigns: {c: 1.0}\nads: {d: 1.0}", "campaigns: &both {c: 0.5, d: 0.5}\nads: *both", SMALL)
    config = with_values(parse_config(text, "f"), ("ads",), c=0.25, d=0.75)
    written = render_config(config)
    data = yaml.safe_load(written)
    assert data["campaigns"] == {"c": 0.5, "d": 0.5}
    assert data["ads"] == {"c": 0.25, "d": 0.75}
    assert data["x-notes"] == data["x-more"] == yaml.safe_load(SMALL)["x-notes"]
    assert list(data) == list(yaml.safe_load(text))
    assert parse_config(written, "f") == config


def test_a_value_shared_with_a_key_that_is_not_ours_leaves_that_alone() -> None:
    text = changed("x-more: *notes", "x-more: &row {d: 0.5, e: 0.5}", changed("ads: {d: 1.0}", "ads: *row", SMALL))
    config = with_values(parse_config(text, "f"), ("ads",), d=0.25, e=0.75)
    data = yaml.safe_load(render_config(config))
    assert data["x-more"] == {"d": 0.5, "e": 0.5}
    assert data["ads"] == {"d": 0.25, "e": 0.75}


def test_a_name_that_is_gone_is_not_written() -> None:
    config = load_config().with_row(("ads",), {"ad_3": 1.0})
    written = render_config(config)
    assert yaml.safe_load(written)["ads"] == {"ad_3": 1.0}
    assert yaml.safe_load(written)["visits_per_hour"] == yaml.safe_load(DEFAULT)["visits_per_hour"]
    assert parse_config(written, "f") == config


def test_a_config_without_a_usable_document_is_written_whole() -> None:
    config = replace(load_config(), document=Document("", "f"))
    assert parse_config(render_config(config), "f") == load_config()
    with pytest.raises(ValueError, match="no text that reads as"):
        render_config(replace(config, ads={"a": 0.5}))


names = st.one_of(
    st.sampled_from(
        ["404", "on", "~", "null", "<<", "a: b", "# no", "&a", "'", '"', "[x]", "😀", "\x1b[0m", "0x1", "=", "? "]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
).filter(lambda name: name != SESSION_END)


def shares(known: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, float]]:
    weights = st.dictionaries(known, st.floats(1e-9, 1), min_size=1, max_size=6)
    return weights.map(normalised)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    pages = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    row = shares(st.sampled_from(pages))
    hours = normalised({hour: draw(st.floats(0.001, 1)) for hour in HOURS})
    return Config(
        pages={page: normalised({**draw(row), SESSION_END: draw(st.floats(0.001, 1))}) for page in pages},
        landing_pages=normalised({page: draw(st.floats(0.001, 1)) for page in pages}),
        visits_per_hour=tuple(hours.values()),
        operating_systems=draw(shares(st.sampled_from(OPERATING_SYSTEMS))),
        browsers=draw(shares(st.sampled_from(BROWSERS))),
        sources=draw(shares(names)),
        mediums=draw(shares(names)),
        campaigns=draw(shares(names)),
        ads=draw(shares(names)),
        document=Document("", "f"),
    )


@settings(deadline=None, max_examples=50)
@given(configs())
def test_any_config_reads_as_what_was_written(config: Config) -> None:
    text = render_config(config)
    read = parse_config(text, "f")
    assert read == config
    assert render_config(read) == text
    assert pickle.loads(pickle.dumps(read)) == config
    assert {str(hour) for hour in yaml.safe_load(text)["visits_per_hour"]} == set(HOURS)


@settings(deadline=None, max_examples=50)
@given(configs(), st.data())
def test_any_edit_of_any_config_is_written(config: Config, data: st.DataObject) -> None:
    read = parse_config("# mine\n" + render_config(config) + "x: [1, {y: z}] # mine too\n", "f")
    path = data.draw(st.sampled_from(read.paths))
    row = dict(read.row(path))
    for name in row:
        row[name] = data.draw(st.floats(1e-12, 1))
    edited = read.with_row(path, normalised(row))
    text = render_config(edited)
    assert parse_config(text, "f") == edited
    assert text.startswith("# mine\n")
    assert text.endswith("x: [1, {y: z}] # mine too\n")


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_edits_keep_comments_and_keys_that_are_not_ours(data: st.DataObject) -> None:
    config = parse_config(SMALL, "f")
    for path in data.draw(st.lists(st.sampled_from(config.paths), min_size=1, max_size=4)):
        row = {name: data.draw(st.floats(0.001, 1)) for name in config.row(path)}
        if path[0] in ("ads", "campaigns") and data.draw(st.booleans()):
            row[data.draw(names)] = 0.5
        config = config.with_row(path, normalised(row))
    text = render_config(config)
    assert parse_config(text, "f") == config
    for kept in (
        "# A site of two pages.",
        "# the entrance",
        "# stays",
        "# ours to keep",
        '[~, 2020-01-01, "text"]',
    ):
        assert kept in text
    assert yaml.safe_load(text)["x-more"] == yaml.safe_load(SMALL)["x-more"]


# Files


def test_which_file_is_loaded(here: Path) -> None:
    assert load_config() == parse_config(DEFAULT, "f")
    assert load_config().document.name == "built-in site"
    (here / "config.yml").write_text(SMALL)
    assert load_config().page_names == ("home", "shop")
    assert load_config().document.name == "config.yml"
    other = here / "other"
    other.mkdir()
    assert load_config(directory=other) == parse_config(DEFAULT, "f")
    assert load_config(directory=here) == parse_config(SMALL, "f")
    (other / "mine.yml").write_text(DEFAULT)
    for path in (other / "mine.yml", "other/mine.yml"):
        assert load_config(path) == parse_config(DEFAULT, "f")
        assert load_config(path).document.name == str(path)


def test_files_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.yml").mkdir()
    for path, directory in [(None, tmp_path), (tmp_path / "config.yml", None)]:
        with pytest.raises(ConfigError) as caught:
            load_config(path, directory)
        assert str(caught.value) == f"{tmp_path}/config.yml:1:1: is not a file: give the path of a YAML file"
    with pytest.raises(ConfigError, match=r"^none\.yml:1:1: cannot be read \(No such file or directory\)"):
        load_config("none.yml")


def test_a_link_to_nowhere_does_not_give_the_default(tmp_path: Path) -> None:
    (tmp_path / "config.yml").symlink_to("nowhere")
    with pytest.raises(ConfigError, match="No such file"):
        load_config(directory=tmp_path)


def test_saving_and_loading(tmp_path: Path) -> None:
    path = tmp_path / "my.yml"
    config = with_values(
        parse_config("\ufeff" + SMALL.replace("\n", "\r\n"), "f"), ("visits_per_hour",), **{"0": 0.4, "5": 0.1}
    )
    save_config(config, path)
    assert load_config(path) == config
    assert path.read_bytes() == render_config(config).encode()
    with pytest.raises(FileExistsError):
        save_config(load_config(), path)
    assert load_config(path) == config
    save_config(load_config(), str(path), overwrite=True)
    assert path.read_text() == DEFAULT
    assert [entry.name for entry in tmp_path.iterdir()] == ["my.yml"]


def test_nothing_is_written_for_a_config_that_has_no_text(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no text"):
        save_config(replace(load_config(), ads={"a": 0.5}), tmp_path / "a.yml")
    assert list(tmp_path.iterdir()) == []
