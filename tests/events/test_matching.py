from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import load_config
from fakeweb_tui.events import EVENT_FIELDS, DictRenderer
from fakeweb_tui.events.kept import KeptEvents
from fakeweb_tui.events.matching import EventFilter, Term, completed, field_named
from fakeweb_tui.simulation import Batch, Parameters, Walk, joined
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.users import UserPool

SITE = load_config()
PARAMETERS = Parameters(seed=7, start=datetime(2026, 11, 23), sessions_per_day=100_000)
POOL = UserPool(7, SITE)
BATCH = Walk(PARAMETERS, SITE, 3000).advance(3100)


def matching(text: str) -> int:
    return int(EventFilter.parse(text).matches(BATCH, POOL).sum())


def expected(*terms: tuple[str, str, bool]) -> list[bool]:
    """Which events match, by their dicts."""
    events = DictRenderer(POOL).render(BATCH)
    return [
        all((text in str(event[field]).lower()) == wanted for field, text, wanted in terms) for event in events
    ]


def test_two_fields() -> None:
    mask = EventFilter.parse("page_url_path:/cart browser_name:Firefox").matches(BATCH, POOL)
    assert mask.tolist() == expected(("page_url_path", "/cart", True), ("browser_name", "firefox", True))
    assert 0 < mask.sum() < len(BATCH)


@pytest.mark.parametrize("field", EVENT_FIELDS)
def test_any_field(field: str) -> None:
    value = str(DictRenderer(POOL).render(BATCH)[11][field])
    mask = EventFilter.parse(f'{field}:"{value.upper()}"').matches(BATCH, POOL)
    assert mask[11]
    assert mask.tolist() == expected((field, value.lower(), True))


def test_left_out_and_text_of_any_field() -> None:
    assert matching("-os_name:windows") == sum(expected(("os_name", "windows", False)))
    events = DictRenderer(POOL).render(BATCH)
    assert matching("gmail") == sum(any("gmail" in str(v).lower() for v in event.values()) for event in events)
    assert matching("") == matching("  ") == matching("browser_name:") == len(BATCH)


def test_names_of_columns_and_beginnings() -> None:
    assert field_named("page") == "page_url_path"
    assert field_named("device_is") == "device_is_mobile"
    assert EventFilter.parse('time:14:05 -place:"fort w"').terms == (
        Term("event_timestamp", "14:05"),
        Term("geo_region_name", "fort w", False),
    )


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("http://www.dummywebsite.com/cart", "page_url", "http://www.dummywebsite.com/cart"),
        ("HTTP://", "page_url", "http://"),
        ("page_url:http://www.dummywebsite.com/cart", "page_url", "http://www.dummywebsite.com/cart"),
        ("08:2", "event_timestamp", "08:2"),
        ("2026-11-23 08:20:0", "event_timestamp", "2026-11-23 08:20:0"),
        ('"rv:1.9"', "browser_user_agent", "rv:1.9"),
    ],
)
def test_a_colon_within_text(text: str, field: str, value: str) -> None:
    wanted = sum(expected((field, value, True)))
    assert matching(text) == wanted > 0
    assert all(term.field in (None, field) for term in EventFilter.parse(text).terms)


def test_an_address_and_a_time_are_left_out() -> None:
    assert EventFilter.parse("-https://x -12:30").terms == (
        Term(None, "https://x", False),
        Term(None, "12:30", False),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("brow:x", "'brow' may be browser_name, browser_user_agent or browser_language"),
        ("browser_nam_e:x", "events have no field 'browser_nam_e': did you mean browser_name?"),
        (
            "zzz:1",
            "events have no field 'zzz': page_url_path and browser_name are some; quote text with a colon",
        ),
        ('place:"Fort', 'a quote stays open: close it with "'),
    ],
)
def test_errors_say_what_would_be_right(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        EventFilter.parse(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_filter_or_an_error(text: str) -> None:
    reason = ""
    try:
        wanted = EventFilter.parse(text)
    except ValueError as error:
        reason = str(error)
    assert reason or len(wanted.matches(BATCH.slice(0, 5), POOL)) == 5
    longer = completed(text, POOL, BATCH.pages)
    assert longer is None or len(longer) >= len(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("brow", "browser_name:"),
        ("page:/c", "page:/cart"),
        ("page:/cart browser_name:fi", "page:/cart browser_name:Firefox"),
        ("x -brow", "x -browser_name:"),
        ("device_is_mobile:t", "device_is_mobile:true"),
        ("nothing", None),
        ("zzz:1", None),
        ("x ", None),
    ],
)
def test_completion(text: str, whole: str | None) -> None:
    assert completed(text, POOL, BATCH.pages) == whole


def parts(size: int) -> list[Batch]:
    return [BATCH.slice(at, at + size) for at in range(0, len(BATCH), size)]


@settings(max_examples=15, deadline=None)
@given(st.integers(40, 200), st.integers(1, 300), st.sampled_from(["", "page:/cart", "firefox -os:mac", "-e"]))
def test_kept_events_are_the_newest_and_those_that_match_are_counted(size: int, most: int, text: str) -> None:
    wanted = EventFilter.parse(text)
    early, late = KeptEvents(most), KeptEvents(most)
    early.wanted = wanted
    for part in parts(size):
        early.add(part, POOL)
        late.add(part, POOL)
        assert most <= len(late) < most + size or len(late) < most
    late.wanted = wanted
    newest = BATCH.slice(len(BATCH) - len(late))
    mask = wanted.matches(newest, POOL)
    for kept in (early, late):
        assert len(kept) == len(newest)
        assert kept.matching == mask.sum()
        found = [one.batch for one in kept.newest(10)]
        times = joined(found).timestamp if found else np.array([], "M8[us]")
        assert times.tolist() == newest.take(mask).timestamp[-10:].tolist()


def test_kept_events_can_be_forgotten() -> None:
    kept = KeptEvents()
    kept.wanted = EventFilter.parse("page:/home")
    kept.add(BATCH, POOL)
    kept.clear()
    assert (len(kept), kept.matching, kept.newest(5)) == (0, 0, [])
    assert kept.wanted.terms


def test_events_from_before_and_behind_a_change_of_pages_are_told_apart() -> None:
    walk = Walk(PARAMETERS, SITE, 3000)
    kept = KeptEvents()
    kept.add(walk.advance(3050), POOL)
    walk.reconfigure(
        Workbench.of(SITE, PARAMETERS).remove_page("home").add_page("help", ("landing_pages",)).config
    )
    kept.add(walk.advance(3100), POOL)
    kept.wanted = EventFilter.parse("page_url_path:/cart")
    found = [one.batch for one in kept.newest(1_000_000)]
    assert len({batch.pages for batch in found}) == 2
    assert {batch.pages[page] for batch in found for page in batch.page} == {"cart"}
