"""The values that options have: what they are read as, and what is refused."""

from datetime import datetime, timedelta

import click
import pytest

from fakeweb_tui.commands.kinds import Count, Moment


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("500", 500),
        ("20k", 20_000),
        ("1.5M", 1_500_000),
        ("2G", 2 * 10**9),
        ("1e6", 10**6),
        ("1_000", 1000),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert Count().convert(text, None, None) == count


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1m", "1e99", "many", "0.0001k"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write 500, 20k"):
        Count().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("now", timedelta(0)),
        ("-7d", timedelta(days=-7)),
        ("-90m", timedelta(minutes=-90)),
        ("+2h", timedelta(hours=2)),
    ],
)
def test_moments_from_now(text: str, distance: timedelta) -> None:
    before = datetime.now().replace(microsecond=0)
    moment = Moment().convert(text, None, None)
    assert before <= moment - distance <= datetime.now()
    assert moment.microsecond == 0


def test_days_by_their_names() -> None:
    yesterday, today = (Moment().convert(day, None, None) for day in ("yesterday", "today"))
    assert today - yesterday == timedelta(days=1)
    assert (today.hour, today.minute, today.second) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [("tomorrowish", "write 2026-11-23"), ("-7", "write 90s"), ("-999999999d", "years 1 to 9999")],
)
def test_what_is_no_moment(text: str, message: str) -> None:
    with pytest.raises(click.BadParameter, match=message):
        Moment().convert(text, None, None)
