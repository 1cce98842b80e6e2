"""Parameters, and those that are refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fakeweb_tui.simulation import Parameters


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1 << 64}, "seed is 18446744073709551616"),
        ({"start": datetime(2026, 1, 1, tzinfo=UTC)}, "time zone"),
        ({"user_pool_size": 0}, "user pool size is 0"),
        ({"user_pool_size": -5}, "user pool size is -5"),
        ({"user_pool_size": (1 << 40) + 1}, "user pool size"),
        ({"batch_size": 0}, "batch size is 0"),
        ({"batch_size": 0.099}, "batch size"),
        ({"batch_size": 3601}, "batch size"),
        ({"batch_size": float("nan")}, "batch size is nan"),
        ({"sessions_per_day": -1}, "-1 sessions per day"),
        ({"sessions_per_day": float("nan")}, "nan sessions per day"),
        ({"sessions_per_day": float("inf")}, "inf sessions per day"),
        ({"sessions_per_day": (1 << 20) * 360 + 1}, "0 to 377,487,360"),
        ({"sessions_per_day": (1 << 20) + 1, "batch_size": 3600}, "0 to 1,048,576"),
        ({"max_session_steps": 0}, "at most 0 steps"),
        ({"max_session_steps": 1_000_001}, "1 to 1,000,000"),
    ],
)
def test_parameters_out_of_range_are_refused(start: datetime, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Parameters(**{"seed": 0, "start": start, **change})


def test_parameters_at_the_ends_of_their_range(start: datetime) -> None:
    small = Parameters(0, start, user_pool_size=1, sessions_per_day=0, batch_size=0.1, max_session_steps=1)
    large = Parameters((1 << 64) - 1, start, 1 << 40, 1 << 20, 3600, 1_000_000)
    assert (small.step_us, large.step_us) == (100_000, 3_600_000_000)
