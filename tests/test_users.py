"""Users: a function of seed and number, whose parts fit each other and whose shares are the config's."""

import hashlib
import ipaddress
import json
import re
import uuid
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from faker.providers.geo import Provider as Geography
from helpers import assert_fits, run_python

from fakeweb_tui.config import BROWSERS, OPERATING_SYSTEMS, Config
from fakeweb_tui.schema import USER_FIELDS
from fakeweb_tui.users import UserPool, as_strings, public_addresses, uuid_text, vocabulary

Columns = dict[str, list[Any]]

AGENTS = {
    "Chrome": r"Mozilla/5\.0 \(.+\) AppleWebKit/\S+ \(KHTML, like Gecko\) (Chrome|CriOS)/\S+ .*Safari/\S+",
    "Firefox": r"Mozilla/5\.0 \(.+\) (Gecko/.+ Firefox/\S+|AppleWebKit/.+ FxiOS/.+)",
    "InternetExplorer": r"Mozilla/5\.0 \(compatible; MSIE \d\.0; Windows.*; Trident/\d\.\d\)",
    "Safari": r"Mozilla/5\.0 \((Windows|Macintosh|iPod).+\) AppleWebKit/.+ Version/\S+ .*Safari/\S+",
    "Opera": r"Opera/\S+\(.+\) Presto/\S+ Version/\S+",
}
TOKENS = {
    "Windows": r"Windows (NT \S+|\d\d|CE)(; Win 9x 4\.90)?",
    "MacOS": r"Macintosh; .*Mac OS X 10_\d+_\d",
    "Linux": r"X11; Linux (i686|x86_64)",
    "Android": r"Android [\d.]+",
    "iOS": r"(iPhone|iPad); CPU (iPhone|iPad) OS [\d_]+ like Mac OS X",
}

CATEGORIES = [
    ("os_name", "operating_systems"),
    ("browser_name", "browsers"),
    ("marketing_source", "sources"),
    ("marketing_medium", "mediums"),
    ("marketing_campaign", "campaigns"),
    ("marketing_content", "ads"),
]

DIGEST = """
import hashlib, json
from pathlib import Path
import sys
import numpy as np
from fakeweb_tui.config import load_config
from fakeweb_tui.users import UserPool
columns = UserPool(5, load_config(Path(sys.argv[1]))).columns(np.arange(3000, dtype=np.uint64))
print(hashlib.sha256(json.dumps(columns).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def pool(config: Config) -> UserPool:
    return UserPool(5, config)


@pytest.fixture(scope="module")
def many(pool: UserPool) -> Columns:
    return pool.columns(np.arange(40_000, dtype=np.uint64))


def counts(column: list[Any], names: list[Any]) -> list[int]:
    assert set(column) <= set(names)
    return [column.count(name) for name in names]


# A function of seed and number


def test_users_do_not_depend_on_how_they_are_grouped(pool: UserPool, many: Columns) -> None:
    assert tuple(many) == USER_FIELDS
    numbers = np.random.default_rng(0).permutation(40_000)[:3000].astype(np.uint64)
    shuffled = pool.columns(numbers)
    for field in USER_FIELDS:
        assert shuffled[field] == [many[field][number] for number in numbers.tolist()]
    for number in (0, 1, 8191, 8192, 39_999):
        alone = pool.columns(np.array([number], np.uint64))
        assert alone == {field: [many[field][number]] for field in USER_FIELDS}
    twice = pool.columns(np.array([3, 3], np.uint64))
    assert all(one == other for one, other in twice.values())


def test_no_users_have_no_attributes(pool: UserPool) -> None:
    assert pool.columns(np.empty(0, np.uint64)) == {field: [] for field in USER_FIELDS}


def test_the_highest_numbers_are_users_too(pool: UserPool) -> None:
    last = (1 << 40) - 1
    columns = pool.columns(np.array([last, last - (1 << 32)], np.uint64))
    assert f"{last}@" in columns["user_custom_id"][0]
    assert columns["user_domain_id"][0] != columns["user_domain_id"][1]


def test_other_seeds_have_other_users(config: Config, many: Columns) -> None:
    other = UserPool(5 + (1 << 40), config).columns(np.arange(1000, dtype=np.uint64))
    assert not set(other["user_domain_id"]) & set(many["user_domain_id"])
    assert other["browser_name"] != many["browser_name"][:1000]


def test_an_edit_of_the_pages_leaves_users_alone(config: Config, many: Columns) -> None:
    edited = config.with_row(("pages", "confirmation"), {"confirmation": 0.1, "session_end": 0.9})
    assert UserPool(5, edited).columns(np.arange(40_000, dtype=np.uint64)) == many


def test_an_edit_of_one_category_leaves_the_others_alone(config: Config, many: Columns) -> None:
    edited = config.with_row(("browsers",), {"Chrome": 1, **dict.fromkeys(BROWSERS[1:], 0)})
    columns = UserPool(5, edited).columns(np.arange(40_000, dtype=np.uint64))
    changed = {field for field in USER_FIELDS if columns[field] != many[field]}
    assert changed == {"browser_name", "browser_user_agent"}
    assert set(columns["browser_name"]) == {"Chrome"}


def test_bad_seeds_are_refused(config: Config) -> None:
    with pytest.raises(ValueError, match="seed is -1"):
        UserPool(-1, config)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LANG": "de_DE.UTF-8"},
    ],
)
def test_a_fresh_process_has_the_same_users(
    config: Config, pool: UserPool, tmp_path: Any, environment: dict[str, str]
) -> None:
    path = tmp_path / "site.yml"
    path.write_text(config.document.text, encoding="utf-8")
    columns = pool.columns(np.arange(3000, dtype=np.uint64))
    expected = hashlib.sha256(json.dumps(columns).encode()).hexdigest()
    assert run_python(DIGEST, str(path), environment=environment).strip() == expected


# The parts of a user fit each other


def test_user_agents_are_those_of_the_browser(many: Columns) -> None:
    for browser, agent in set(zip(many["browser_name"], many["browser_user_agent"], strict=True)):
        fitting = [name for name, pattern in AGENTS.items() if re.fullmatch(pattern, agent)]
        assert fitting == [browser]
    assert len(set(many["browser_user_agent"])) > 800


def test_user_agents_have_no_date_that_is_not_yet_there(many: Columns) -> None:
    years = [int(year) for agent in many["browser_user_agent"] for year in re.findall(r"Gecko/(\d+)-", agent)]
    assert years
    assert 2010 <= min(years) <= max(years) <= 2020


def test_platforms_are_those_of_the_operating_system(many: Columns) -> None:
    for system, token in set(zip(many["os_name"], many["os"], strict=True)):
        assert [name for name, pattern in TOKENS.items() if re.fullmatch(pattern, token)] == [system]


def test_devices_are_those_of_the_operating_system(many: Columns) -> None:
    found = set(zip(many["os_name"], many["device_type"], many["device_is_mobile"], strict=True))
    assert found == {
        ("Windows", "Computer", False),
        ("MacOS", "Computer", False),
        ("Linux", "Computer", False),
        ("Android", "Mobile", True),
        ("iOS", "Mobile", True),
    }
    assert {type(value) for value in many["device_is_mobile"]} == {bool}


def test_referers_are_those_of_the_source(many: Columns) -> None:
    found = set(zip(many["marketing_source"], many["referer_url"], many["referer_medium"], strict=True))
    assert found == {
        ("google", "www.google.com", "search"),
        ("bing", "www.bing.com", "search"),
        ("facebook", "www.facebook.com", "internal"),
        ("instagram", "www.instagram.com", "internal"),
        ("mailchimp", "www.mailchimp.com", "internal"),
    }
    assert set(many["referer_url_scheme"]) == {"http"}
    assert set(many["referer_url_port"]) == {"80"}


def test_places_are_those_of_faker(many: Columns) -> None:
    fields = ("geo_latitude", "geo_longitude", "geo_region_name", "geo_country", "geo_timezone")
    found = set(zip(*(many[field] for field in fields), strict=True))
    assert found == set(Geography.land_coords)
    assert many["os_timezone"] == many["geo_timezone"]
    places = [(latitude, longitude) for latitude, longitude, *_ in Geography.land_coords]
    drawn = list(zip(many["geo_latitude"], many["geo_longitude"], strict=True))
    assert_fits(
        [drawn.count(place) for place in dict.fromkeys(places)], np.full(len(set(places)), 1 / len(places))
    )


def test_languages_are_locales(many: Columns) -> None:
    assert all(re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}", language) for language in set(many["browser_language"]))
    assert len(set(many["browser_language"])) > 50


# What is one user's own


def test_mail_addresses_are_unique(config: Config) -> None:
    columns = UserPool(9, config).columns(np.arange(200_000, dtype=np.uint64))
    addresses = columns["user_custom_id"]
    assert len(set(addresses)) == 200_000
    assert all(re.fullmatch(r"[a-z0-9._]+@[a-z]+\.[a-z]+", address) for address in addresses)
    for field in ("user_domain_id", "marketing_click_id"):
        assert len(set(columns[field])) == 200_000
    assert not set(columns["user_domain_id"]) & set(columns["marketing_click_id"])


def test_addresses_are_public(many: Columns) -> None:
    assert all(ipaddress.IPv4Address(address).is_global for address in many["ip_address"])
    assert len(set(many["ip_address"])) > 39_900


def test_addresses_at_the_ends_are_public() -> None:
    words = np.array([0, 1, 255, (1 << 32) - 1, *(n * ((1 << 32) // 215) for n in range(216))], np.uint64)
    words = np.concatenate([words, words[4:] + np.uint64(1), words[5:] - np.uint64(1)])
    addresses = public_addresses(words)
    assert all(ipaddress.IPv4Address(address).is_global for address in addresses)
    assert addresses[0].startswith("1.")
    assert addresses[3].startswith("223.255.")


def test_identifiers_are_random_uuids(many: Columns) -> None:
    for field in ("user_domain_id", "marketing_click_id"):
        for text in many[field][:5000]:
            parsed = uuid.UUID(text)
            assert str(parsed) == text
            assert (parsed.version, parsed.variant) == (4, uuid.RFC_4122)


def test_uuids_hold_the_words() -> None:
    words = np.array([[0, 0xFFFFFFFF], [0, 0xFFFFFFFF], [0, 0xFFFFFFFF], [0, 0x12345678]], np.uint64)
    assert as_strings(uuid_text(words)) == [
        "00000000-0000-4000-8000-000000000000",
        "ffffffff-ffff-4fff-bfff-ffff12345678",
    ]
    assert as_strings(uuid_text(np.empty((4, 0), np.uint64))) == []


# Shares


@pytest.mark.parametrize(("field", "section"), CATEGORIES)
def test_shares_are_those_of_the_config(config: Config, many: Columns, field: str, section: str) -> None:
    row = config.row((section,))
    assert_fits(counts(many[field], list(row)), list(row.values()))


@pytest.mark.parametrize(("one", "other"), list(combinations(CATEGORIES, 2)))
def test_categories_are_independent(
    config: Config, many: Columns, one: tuple[str, str], other: tuple[str, str]
) -> None:
    left, right = config.row((one[1],)), config.row((other[1],))
    pairs = list(zip(many[one[0]], many[other[0]], strict=True))
    names = [(a, b) for a in left for b in right]
    assert_fits(counts(pairs, names), [left[a] * right[b] for a, b in names])


def test_tokens_and_agents_are_used_evenly(many: Columns) -> None:
    words = vocabulary()
    for system in OPERATING_SYSTEMS:
        mine = [token for name, token in zip(many["os_name"], many["os"], strict=True) if name == system]
        known = words.platform_tokens[system]
        distinct = list(dict.fromkeys(known))
        assert_fits(counts(mine, distinct), [known.count(token) / len(known) for token in distinct])


def test_what_has_no_share_never_occurs(config: Config) -> None:
    lone = config.with_row(("operating_systems",), {"Linux": 1}).with_row(("sources",), {"a.b": 1, "google": 0})
    columns = UserPool(1, lone).columns(np.arange(2000, dtype=np.uint64))
    assert set(columns["os_name"]) == {"Linux"}
    assert set(columns["referer_url"]) == {"www.a.b.com"}
    assert set(columns["device_type"]) == {"Computer"}
