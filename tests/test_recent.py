"""The newest events, against all events put together."""

from dataclasses import replace
from datetime import datetime

import numpy as np
from helpers import assert_same_events, joined
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui import recent
from fakeweb_tui.config import Config
from fakeweb_tui.recent import RECENT_EVENTS, RecentEvents
from fakeweb_tui.simulation import Batch, Parameters, Walk


def numbered(first: int, count: int, pages: tuple[str, ...] = ("a", "b")) -> Batch:
    """So many events whose sessions are numbered on from `first`."""
    number = np.arange(first, first + count)
    return Batch(
        first,
        first + 1,
        pages,
        number.astype("M8[us]"),
        (number % len(pages)).astype(np.uint16),
        number.astype(np.uint64),
        number.astype(np.uint64),
        np.zeros(count, np.uint8),
    )


@given(st.lists(st.integers(0, 30_000), max_size=8), st.integers(0, 40_000))
def test_the_newest_are_the_last_of_all(counts: list[int], asked: int) -> None:
    events, total = RecentEvents(("a", "b")), 0
    for count in counts:
        events = events.with_events(numbered(total, count))
        total += count
    assert len(events) == min(total, RECENT_EVENTS)
    newest = events.newest(asked)
    assert len(newest) == min(asked, total, RECENT_EVENTS)
    assert newest.session.tolist() == list(range(total - len(newest), total))


def test_many_small_batches_become_few() -> None:
    events = RecentEvents(("a", "b"))
    for number in range(3_000):
        events = events.with_events(numbered(number * 3, 3))
    assert len(events) == 9_000
    assert len(events.batches) <= 9_000 // recent._SMALL + 1


def test_pages_that_are_gone_follow_the_present_ones() -> None:
    events = RecentEvents(("a", "b")).with_events(numbered(0, 4))
    events = replace(events, pages=("b", "c")).with_events(numbered(4, 4, ("b", "c")))
    newest = events.newest(8)
    assert newest.pages == ("b", "c", "a")
    assert [newest.pages[page] for page in newest.page] == ["a", "b", "a", "b", "b", "c", "b", "c"]
    assert events.newest(4).pages == ("b", "c")


def test_events_of_a_walk(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=3, start=start)
    walk, events, batches = Walk(parameters, config), RecentEvents(config.page_names), []
    for step in range(0, 400, 7):
        batches.append(walk.advance(step + 7))
        events = events.with_events(batches[-1])
    assert_same_events(events.newest(RECENT_EVENTS), joined(batches))
