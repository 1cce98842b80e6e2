"""What is said about a config file that cannot be used: every problem, with its place."""

import pickle

import pytest
import yaml
from helpers import SECTIONS
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import MAX_PAGES, SESSION_END, ConfigError, Problem, parse_config, render_config
from fakeweb_tui.config.rules import HOURS

from .sites import DEFAULT, SMALL, SUM, changed, problems

HOUR_7 = "  7: 0.0297\n"
CART = "     cart: 0.25\n     payment: 0.5\n     home: 0.15\n     session_end: 0.1\n"
UNREACHABLE = "give it a positive probability in landing_pages or on a page that sessions reach"
ENDLESS = "give session_end a positive probability, on this page or on one that it leads to"
KNOWN_BROWSERS = "the browsers are 'Chrome', 'Firefox', 'InternetExplorer', 'Safari', 'Opera'"
KNOWN_SYSTEMS = "the operating systems are 'Windows', 'MacOS', 'Linux', 'Android', 'iOS'"
PAGES = "the pages with a row of their own are 'home', 'product_a', 'product_b', 'cart', 'payment', 'confirmation'"

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
