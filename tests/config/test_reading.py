"""What a config file may say."""

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fakeweb_tui.config import BROWSERS, OPERATING_SYSTEMS, normalised, parse_config, render_config
from fakeweb_tui.config.document import Document

from .sites import DEFAULT, changed, problems, with_values


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
