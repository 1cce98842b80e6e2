"""Batches as JSON lines and CSV: what a reader of the format gets back is what `DictRenderer` gives."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np
import pytest
from helpers import walked
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeweb_tui.config import Config, load_config, normalised
from fakeweb_tui.events import EVENT_FIELDS, SCHEMAS, DictRenderer, Event
from fakeweb_tui.events.lines import LineRenderer
from fakeweb_tui.events.syntax import CommaSeparated, JsonLines
from fakeweb_tui.schema import CONSTANT, Field
from fakeweb_tui.simulation import Batch, Parameters, Walk
from fakeweb_tui.users import UserPool

Format: TypeAlias = JsonLines | CommaSeparated

SEED = 5
FORMATS: list[Format] = [JsonLines(), CommaSeparated()]

# What `{**event.pageview(), **user.asdict()}` of fake_web_events 0.2.5 holds, in its order.
RELEASED = [
    "event_id",
    "event_timestamp",
    "event_type",
    "page_url",
    "page_url_path",
    "referer_url",
    "referer_url_scheme",
    "referer_url_port",
    "referer_medium",
    "utm_medium",
    "utm_source",
    "utm_content",
    "utm_campaign",
    "click_id",
    "geo_latitude",
    "geo_longitude",
    "geo_country",
    "geo_timezone",
    "geo_region_name",
    "ip_address",
    "browser_name",
    "browser_user_agent",
    "browser_language",
    "os",
    "os_name",
    "os_timezone",
    "device_type",
    "device_is_mobile",
    "user_custom_id",
    "user_domain_id",
]
RENAMED = {
    "utm_medium": "marketing_medium",
    "utm_source": "marketing_source",
    "utm_content": "marketing_content",
    "utm_campaign": "marketing_campaign",
    "click_id": "marketing_click_id",
}

HOSTILE = [
    'say "hello"',
    '"',
    '""',
    '"leading',
    "a,b",
    ",",
    "line\nbreak",
    "\n",
    "carriage\rreturn",
    "both\r\n",
    "\r",
    "back\\slash",
    "\\",
    "\\n",
    "\\u0041",
    "tab\tbed",
    "\x00",
    "\x01\x1b[31mred\x7f",
    "\x85\u2028\u2029",
    "\ufeffmark",
    "🛒",
    "👩‍👩‍👧",
    "购物车",
    "سلة",
    "e\u0301 is not é",
    "{not: json}",
    "[1, 2]",
    "=1+1",
    "@SUM(A1)",
    "-1",
    " spaces ",
    "'",
    "<b>&amp;",
    "%s {} $HOME",
    "true",
    "null",
]


@pytest.fixture(params=FORMATS, ids=["jsonl", "csv"])
def syntax(request: pytest.FixtureRequest) -> Format:
    chosen: Format = request.param
    return chosen


def parameters_of(**others: Any) -> Parameters:
    return Parameters(SEED, datetime(2026, 3, 2), **others)


# A renderer takes a tenth of a second to make.
@cache
def renderer_of(config: Config, syntax: Format, schema: str = "web", seed: int = SEED) -> LineRenderer:
    parameters = replace(parameters_of(), seed=seed)
    return LineRenderer(syntax, SCHEMAS[schema], UserPool(seed, config), parameters, config.page_names)


def text_of(renderer: LineRenderer, *batches: Batch) -> str:
    """Header and lines. All pieces are kept until the last is there: none may change under its reader."""
    pieces: list[bytes | memoryview] = [renderer.header]
    for batch in batches:
        pieces += renderer.render(batch)
    return b"".join(pieces).decode()


def read(text: str, syntax: Format, fields: Sequence[str]) -> list[dict[str, Any]]:
    """What the reader of the format gives."""
    if isinstance(syntax, JsonLines):
        assert text.endswith("\n") or not text
        # Not `splitlines`, which knows more ends of lines than JSON has to escape.
        return [json.loads(line) for line in text.split("\n")[:-1]]
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == list(fields)
    return [dict(zip(header, row, strict=True)) for row in rows]


def written(event: Event, syntax: Format) -> dict[str, Any]:
    """An event as a reader of the format should get it: CSV has no booleans."""
    if isinstance(syntax, JsonLines):
        return dict(event)
    return {name: value if isinstance(value, str) else str(value).lower() for name, value in event.items()}


def assert_reads_back(config: Config, batch: Batch, syntax: Format) -> None:
    """Fail unless the batch, written and read, is the dicts of it, its fields in the same order."""
    events = read(text_of(renderer_of(config, syntax), batch), syntax, EVENT_FIELDS)
    expected = [written(event, syntax) for event in DictRenderer(UserPool(SEED, config)).render(batch)]
    assert events == expected
    assert all(list(event) == list(EVENT_FIELDS) for event in events)


def batch_of(config: Config, users: Sequence[int]) -> Batch:
    """One event of each user, on the pages in turn, a second apart."""
    count = len(users)
    return replace(
        Batch.empty(0, config.page_names),
        timestamp=np.datetime64("2026-03-02T23:59:00", "us") + np.arange(count) * np.timedelta64(1_000_000, "us"),
        page=(np.arange(count) % len(config.page_names)).astype(np.uint16),
        user=np.array(users, np.uint64),
        session=np.arange(count, dtype=np.uint64),
        visit=np.full(count, 2, np.uint8),
    )


def evenly(names: Sequence[str]) -> dict[str, float]:
    return normalised(dict.fromkeys(names, 1.0))


def named(config: Config, names: Sequence[str]) -> Config:
    """A site on which everything that can have any name has these."""
    return replace(
        config,
        pages={name: {"session_end": 1.0} for name in names},
        landing_pages=evenly(names),
        sources=evenly(names),
        mediums=evenly(names),
        campaigns=evenly(names),
        ads=evenly(names),
    )


# The schema of the reference


def test_lines_are_the_dicts(config: Config, syntax: Format) -> None:
    walk = Walk(parameters_of(user_pool_size=300), config)
    for stop in (1, 400, 401, 3000):
        batch = walk.advance(stop)
        assert_reads_back(config, batch, syntax)
    assert len(batch) > 1000


def test_a_default_day(config: Config, syntax: Format) -> None:
    # So many events that they are rendered in several pieces, and the last is not full.
    batch = walked(Walk(parameters_of(), config), 8640)
    assert len(batch) > 20_000
    assert_reads_back(config, batch, syntax)


@pytest.mark.parametrize("count", [1, 2, 2047, 2048, 2049, 4096, 4097])
def test_numbers_of_events_around_those_rendered_at_once(config: Config, syntax: Format, count: int) -> None:
    assert_reads_back(config, batch_of(config, range(count)), syntax)
    assert_reads_back(config, batch_of(config, [number % 3 for number in range(count)]), syntax)


def test_a_part_of_a_batch(config: Config, syntax: Format) -> None:
    whole = batch_of(config, [number * 7919 % 5000 for number in range(5000)])
    for begin, end in ((0, 1), (1, 2), (1999, 4100), (4999, 5000), (7, 7)):
        assert_reads_back(config, whole.slice(begin, end), syntax)


def test_a_renderer_keeps_nothing_of_an_earlier_batch(config: Config, syntax: Format) -> None:
    batches = [batch_of(config, users) for users in ([3, 1, 2], [2], [9, 9, 3], [], [1])]
    new = renderer_of.__wrapped__
    apart = [text_of(new(config, syntax), batch) for batch in batches]
    renderer = new(config, syntax)
    header = renderer.header.decode()
    assert text_of(renderer, *batches) == header + "".join(text.removeprefix(header) for text in apart)


def test_no_events(config: Config, syntax: Format) -> None:
    renderer = renderer_of(config, syntax)
    assert list(renderer.render(Batch.empty(3, config.page_names))) == []
    header = "" if isinstance(syntax, JsonLines) else ",".join(EVENT_FIELDS) + "\n"
    assert renderer.header.decode() == header


def test_a_line_is_an_event(config: Config, syntax: Format) -> None:
    # Tools that count or split lines, as `wc` and `split` do, need no parser where names are plain.
    renderer = renderer_of(config, syntax)
    text = text_of(renderer, batch_of(config, range(300)))
    assert text.count("\n") == 300 + len(renderer.header.decode().splitlines())
    assert "\r" not in text


def test_users_up_to_the_largest_number(config: Config, syntax: Format) -> None:
    numbers = [0, 1, 9, 10, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 40) - 1, 1 << 40]
    batch = batch_of(config, [*numbers, *reversed(numbers)])
    assert_reads_back(config, batch, syntax)
    addresses = [
        event["user_custom_id"]
        for event in read(text_of(renderer_of(config, syntax), batch), syntax, EVENT_FIELDS)
    ]
    assert all(str(number) in address for number, address in zip(numbers, addresses, strict=False))


def test_moments_of_all_of_time(config: Config, syntax: Format) -> None:
    moments = [
        "1969-12-31T23:59:59.999999",
        "1970-01-01T00:00:00",
        "2024-02-29T12:00:00.000001",
        "9999-12-31T23:59:59",
    ]
    batch = replace(batch_of(config, range(len(moments))), timestamp=np.array(moments, "M8[us]"))
    assert_reads_back(config, batch, syntax)


@pytest.mark.parametrize("value", [None, "", "prod"])
def test_a_constant_alone_is_a_row_each(config: Config, syntax: Format, value: str | None) -> None:
    fields = [Field("env", CONSTANT, value)]
    renderer = LineRenderer(syntax, fields, UserPool(SEED, config), parameters_of(), config.page_names)
    rows = read(text_of(renderer, batch_of(config, range(3))), syntax, ["env"])
    assert rows == [{"env": (value or "") if isinstance(syntax, CommaSeparated) else value}] * 3


# Names


def test_hostile_names_survive(config: Config, syntax: Format) -> None:
    site = named(config, HOSTILE)
    batch = batch_of(site, range(3000))
    assert_reads_back(site, batch, syntax)
    seen = read(text_of(renderer_of(site, syntax), batch), syntax, EVENT_FIELDS)
    for field in ("marketing_medium", "marketing_source", "marketing_content", "marketing_campaign"):
        assert {event[field] for event in seen} == set(HOSTILE)
    assert {event["page_url_path"] for event in seen} == {f"/{name}" for name in HOSTILE}


@pytest.mark.parametrize("name", ['"', ",", "\n", "\r", "\\", "\x00", "\ufeff"])
def test_a_hostile_name_alone(config: Config, syntax: Format, name: str) -> None:
    site = named(config, [name])
    assert_reads_back(site, batch_of(site, range(3)), syntax)


DEFAULT = load_config()
NAMES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=1, max_size=4
)


@given(NAMES.map(lambda names: list(dict.fromkeys(names))))
@example(["\r", "\n", '"', ","])
@settings(max_examples=20, deadline=None)
def test_any_name_survives(names: list[str]) -> None:
    site = named(DEFAULT, names)
    batch = batch_of(site, range(40))
    for syntax in FORMATS:
        assert_reads_back(site, batch, syntax)


def test_more_combinations_than_are_rendered_beforehand(config: Config, syntax: Format) -> None:
    site = replace(
        config,
        sources=evenly([f"source,{n}" for n in range(9)]),
        mediums=evenly([f"medium {n}" for n in range(9)]),
        ads=evenly([f'ad "{n}"' for n in range(9)]),
        campaigns=evenly([f"campaign\n{n}" for n in range(9)]),
    )
    batch = batch_of(site, range(20_000))
    assert_reads_back(site, batch, syntax)
    seen = {
        (
            event["marketing_source"],
            event["marketing_medium"],
            event["marketing_content"],
            event["marketing_campaign"],
        )
        for event in read(text_of(renderer_of(site, syntax), batch), syntax, EVENT_FIELDS)
    }
    assert len(seen) > 4096


@pytest.mark.parametrize("section", ["sources", "mediums", "ads", "campaigns"])
def test_one_category_with_more_names_than_are_rendered_beforehand(
    config: Config, syntax: Format, section: str
) -> None:
    shares: dict[str, Any] = {section: evenly([f"name {n}" for n in range(5000)])}
    site = replace(config, **shares)
    assert_reads_back(site, batch_of(site, range(3000)), syntax)


def test_a_site_of_a_thousand_pages(config: Config, syntax: Format) -> None:
    names = [f"page {n}" for n in range(1000)]
    site = replace(config, pages={name: {"session_end": 1.0} for name in names}, landing_pages=evenly(names))
    assert_reads_back(site, batch_of(site, range(2500)), syntax)


# The schema of the release


def test_names_of_the_release(config: Config, syntax: Format) -> None:
    assert [field.name for field in SCHEMAS["utm"]] == RELEASED
    batch = batch_of(config, range(100))
    events = read(text_of(renderer_of(config, syntax, "utm"), batch), syntax, RELEASED)
    assert [list(event) for event in events] == [RELEASED] * len(batch)
    dicts = DictRenderer(UserPool(SEED, config)).render(batch)
    for event, expected in zip(events, dicts, strict=True):
        event.pop("event_id")
        assert {RENAMED.get(name, name): value for name, value in event.items()} == written(expected, syntax)


def ids_of(batch: Batch, config: Config, syntax: Format, seed: int = SEED) -> list[str]:
    text = text_of(renderer_of(config, syntax, "utm", seed), batch)
    return [event["event_id"] for event in read(text, syntax, RELEASED)]


def test_event_ids_are_random_uuids_and_all_different(config: Config, syntax: Format) -> None:
    batch = walked(Walk(parameters_of(sessions_per_day=4000), config), 8640)
    ids = ids_of(batch, config, syntax)
    assert len(set(ids)) == len(batch) > 5000
    for text in ids:
        uuid = UUID(text)
        assert (str(uuid), uuid.version, uuid.variant) == (text, 4, "specified in RFC 4122")
    # Every other bit is one in half of them, within five standard deviations.
    ones = np.zeros(128)
    for text in ids:
        ones += np.array(list(f"{UUID(text).int:0128b}"), np.float64)
    fixed = [*range(48, 52), 64, 65]
    free = np.delete(ones, fixed)
    assert np.abs(free - len(ids) / 2).max() < 5 * (len(ids) / 4) ** 0.5


def test_event_ids_are_those_of_their_session_and_step(config: Config) -> None:
    parameters = parameters_of(sessions_per_day=3000)
    whole = walked(Walk(parameters, config), 4000)
    expected = dict(
        zip(
            zip(whole.session.tolist(), whole.timestamp.tolist(), strict=True),
            ids_of(whole, config, FORMATS[0]),
            strict=True,
        )
    )
    syntax = FORMATS[0]
    for chunk in (1, 17, 500):
        assert ids_of(walked(Walk(parameters, config), 4000, chunk), config, syntax) == list(expected.values())
    # A walk that begins later, and a part of a batch, in which sessions have events before the first one.
    for part in (walked(Walk(parameters, config, 2500), 4000), whole.slice(333, 1500)):
        keys = zip(part.session.tolist(), part.timestamp.tolist(), strict=True)
        assert ids_of(part, config, syntax) == [expected[key] for key in keys]


def test_event_ids_do_not_depend_on_when_in_its_step_an_event_falls(config: Config) -> None:
    parameters = parameters_of()
    batch = walked(Walk(parameters, config), 1000)
    step = (batch.timestamp - np.datetime64(parameters.start, "us")) // np.timedelta64(parameters.step_us, "us")
    begin = np.datetime64(parameters.start, "us") + step * np.timedelta64(parameters.step_us, "us")
    last = begin + np.timedelta64(parameters.step_us - 1, "us")
    expected = ids_of(batch, config, FORMATS[0])
    assert ids_of(replace(batch, timestamp=begin), config, FORMATS[0]) == expected
    assert ids_of(replace(batch, timestamp=last), config, FORMATS[0]) == expected
    after = last + np.timedelta64(1, "us")
    assert not set(ids_of(replace(batch, timestamp=after), config, FORMATS[0])[:1]) & set(expected)


def test_event_ids_depend_on_the_seed(config: Config) -> None:
    batch = batch_of(config, range(50))
    sessions = replace(batch, session=batch.session, timestamp=batch.timestamp + np.timedelta64(timedelta(days=1)))
    assert not set(ids_of(sessions, config, FORMATS[0])) & set(ids_of(sessions, config, FORMATS[0], SEED + 1))
