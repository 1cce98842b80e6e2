from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakeweb_tui.tui.moments import parse_moment

NOW = datetime(2026, 11, 23, 14, 5, 10, 123)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24 18:00", datetime(2026, 11, 24, 18)),
        ("2026-11-24T18:00:30", datetime(2026, 11, 24, 18, 0, 30)),
        ("2026-11-24 18", datetime(2026, 11, 24, 18)),
        ("2026-11-24", datetime(2026, 11, 24)),
        ("18", datetime(2026, 11, 23, 18)),
        ("6", datetime(2026, 11, 23, 6)),
        ("18:30", datetime(2026, 11, 23, 18, 30)),
        ("18:30:15", datetime(2026, 11, 23, 18, 30, 15)),
        ("+6h", datetime(2026, 11, 23, 20, 5, 10, 123)),
        ("-1d", datetime(2026, 11, 22, 14, 5, 10, 123)),
        ("+90m", datetime(2026, 11, 23, 15, 35, 10, 123)),
        (" + 2 d ", datetime(2026, 11, 25, 14, 5, 10, 123)),
        ("1970-01-01", datetime(1970, 1, 1)),
        ("9999-12-31 23:59", datetime(9999, 12, 31, 23, 59)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "24",
        "12:60",
        "2026-13-01",
        "2026-02-30",
        "1969-12-31",
        "10000-01-01",
        "+999999h9",
        "-999999d",
        "2026-11-24 18:00+01:00",
        "2026-11-24T18:00Z",
        "6h",
        "+h",
        "[/x]",
    ],
)
def test_what_is_no_moment_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 2026-11-23 18:00, 18:30, \+6h or -1d"):
        parse_moment(text, NOW)


def test_a_day_that_a_run_at_full_speed_comes_to() -> None:
    assert parse_moment("+1d", datetime(2201, 1, 1, 5)) == datetime(2201, 1, 2, 5)


@given(st.text(max_size=20))
@example("٣")
@example("+٣h")
def test_any_text_is_a_moment_in_range_or_refused(text: str) -> None:
    try:
        moment = parse_moment(text, NOW)
    except ValueError:
        return
    assert moment.tzinfo is None
    assert moment.year >= 1970
