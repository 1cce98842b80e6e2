"""Events as dicts: the fields and types of fake_web_events, rendered as naively as they can be."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakeweb_tui.config import Config
from fakeweb_tui.events import EVENT_FIELDS, DictRenderer, Event
from fakeweb_tui.events.text import timestamp_text
from fakeweb_tui.simulation import Batch, Parameters, Walk
from fakeweb_tui.users import UserPool, as_strings

# The event of the README of fake_web_events.
REFERENCE = """{
  "event_timestamp": "2020-07-05 14:32:45.407110",
  "event_type": "pageview",
  "page_url": "http://www.dummywebsite.com/home",
  "page_url_path": "/home",
  "referer_url": "www.instagram.com",
  "referer_url_scheme": "http",
  "referer_url_port": "80",
  "referer_medium": "internal",
  "marketing_medium": "organic",
  "marketing_source": "instagram",
  "marketing_content": "ad_2",
  "marketing_campaign": "campaign_2",
  "marketing_click_id": "b6b1a8ad-88ca-4fc7-b269-6c9efbbdad55",
  "geo_latitude": "41.75338",
  "geo_longitude": "-86.11084",
  "geo_country": "US",
  "geo_timezone": "America/Indiana/Indianapolis",
  "geo_region_name": "Granger",
  "ip_address": "209.139.207.244",
  "browser_name": "Firefox",
  "browser_user_agent": "Mozilla/5.0 (Macintosh; U; PPC Mac OS X 10_5_5; rv:1.9.6.20) Gecko/2012-06-06 09:24:19 Firefox/3.6.20",
  "browser_language": "tn_ZA",
  "os": "Android 2.0.1",
  "os_name": "Android",
  "os_timezone": "America/Indiana/Indianapolis",
  "device_type": "Mobile",
  "device_is_mobile": true,
  "user_custom_id": "vsnyder@hotmail.com",
  "user_domain_id": "3d648067-9088-4d7e-ad32-45d009e8246a"
}"""  # noqa: E501


@pytest.fixture(scope="module")
def pool(config: Config) -> UserPool:
    return UserPool(5, config)


def batch_of(config: Config, users: list[int]) -> Batch:
    """One event of each user, a second apart."""
    count = len(users)
    moments = np.datetime64("2026-03-02T23:59:00", "us") + np.arange(count) * np.timedelta64(1_000_000, "us")
    return replace(
        Batch.empty(0, config.page_names),
        timestamp=moments,
        page=(np.arange(count) % 6).astype(np.uint16),
        user=np.array(users, np.uint64),
        session=np.arange(count, dtype=np.uint64),
        visit=np.full(count, 2, np.uint8),
    )


def naive(pool: UserPool, batch: Batch) -> list[Event]:
    """A batch rendered one event at a time, each user looked up alone."""
    events: list[Event] = []
    for moment, page, user in zip(batch.timestamp.tolist(), batch.page.tolist(), batch.user.tolist(), strict=True):
        columns = pool.columns(np.array([user], np.uint64))
        path = "/" + batch.pages[page]
        event: Event = {
            "event_timestamp": moment.strftime("%Y-%m-%d %H:%M:%S.%f"),
            "event_type": "pageview",
            "page_url": "http://www.dummywebsite.com" + path,
            "page_url_path": path,
        }
        events.append(event | {field: values[0] for field, values in columns.items()})
    return events


def test_fields_and_types_are_those_of_the_reference(config: Config, pool: UserPool) -> None:
    reference: dict[str, Any] = json.loads(REFERENCE)
    assert len(reference) == 29
    assert tuple(reference) == EVENT_FIELDS
    for event in DictRenderer(pool).render(batch_of(config, list(range(200)))):
        read = json.loads(json.dumps(event))
        assert read == event
        assert list(read) == list(reference)
        assert [type(value) for value in read.values()] == [type(value) for value in reference.values()]
        for field in ("event_type", "referer_url_scheme", "referer_url_port"):
            assert read[field] == reference[field]


def test_events_are_those_of_a_naive_rendering(config: Config, pool: UserPool, start: datetime) -> None:
    parameters = Parameters(seed=5, start=start - timedelta(hours=1), user_pool_size=300)
    walk = Walk(parameters, config)
    renderer = DictRenderer(pool)
    for stop in (400, 401, 900):
        batch = walk.advance(stop)
        assert renderer.render(batch) == naive(pool, batch)
    assert [list(event) for event in renderer.render(batch)] == [list(EVENT_FIELDS)] * len(batch)


def test_an_empty_batch_has_no_events(config: Config, pool: UserPool) -> None:
    assert DictRenderer(pool).render(Batch.empty(3, config.page_names)) == []


def test_events_are_independent_objects(config: Config, pool: UserPool) -> None:
    renderer = DictRenderer(pool)
    batch = batch_of(config, [7, 7, 7])
    first, second, third = renderer.render(batch)
    expected = dict(second)
    first.clear()
    third.update(dict.fromkeys(third, "changed"))
    assert second == expected
    assert renderer.render(batch)[1] == expected


def test_what_is_kept_of_users_is_bounded(config: Config, pool: UserPool) -> None:
    renderer = DictRenderer(pool)
    for begin in range(0, 60_000, 6_000):
        renderer.render(batch_of(config, list(range(begin, begin + 6_000))))
        assert 6_000 <= len(renderer._users) <= 20_000
    # More users than are kept, in one batch, and users that were forgotten.
    numbers = [*range(30_000), 5, 29_999, 0]
    events = renderer.render(batch_of(config, numbers))
    looks = random.Random(0).sample(range(len(numbers)), 50)
    expected = pool.columns(np.array([numbers[look] for look in looks], np.uint64))["user_custom_id"]
    assert [events[look]["user_custom_id"] for look in looks] == expected
    renderer.render(batch_of(config, [1, 2]))
    assert len(renderer._users) <= 30_000


def test_rendering_after_users_were_forgotten_is_the_same(config: Config, pool: UserPool) -> None:
    renderer = DictRenderer(pool)
    batch = batch_of(config, list(range(0, 500, 7)))
    before = renderer.render(batch)
    renderer.render(batch_of(config, list(range(1000, 21_000))))
    assert 0 not in renderer._users
    assert renderer.render(batch) == before


def texts(moments: list[datetime]) -> list[str]:
    return as_strings(timestamp_text(np.array(moments, "M8[us]")))


@given(st.lists(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)), max_size=30))
@example([])
@example([datetime(1969, 12, 31, 23, 59, 59, 999_999), datetime(1970, 1, 1)])
@example([datetime(2024, 2, 28, 23, 59, 59, 999_999), datetime(2024, 2, 29), datetime(2024, 3, 1, 0, 0, 0, 1)])
def test_timestamps(moments: list[datetime]) -> None:
    expected = [moment.strftime("%Y-%m-%d %H:%M:%S.%f") for moment in moments]
    assert texts(moments) == expected
    assert texts(sorted(moments)) == sorted(expected)


@given(st.datetimes(datetime(1, 1, 1), datetime(2300, 1, 1)), st.lists(st.integers(0, 10**11), max_size=30))
def test_timestamps_over_midnights(first: datetime, gaps: list[int]) -> None:
    moments = [first]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(microseconds=gap))
    # Years before 1000 have four digits here, which strftime leaves to the platform.
    assert texts(moments) == [moment.isoformat(" ", "microseconds") for moment in moments]
