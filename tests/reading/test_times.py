"""Moments however they are written."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from fakeweb_tui.reading.times import NO_MOMENT, in_zone, moments_of

MOMENT = 1_772_445_845_250_000  # 2026-03-02 10:04:05.25


@pytest.mark.parametrize(
    ("values", "zoned"),
    [
        (["2026-03-02 10:04:05.250000"], False),
        (["2026-03-02T10:04:05.25"], False),
        (["2026-03-02T10:04:05.25Z"], True),
        (["2026-03-02T11:04:05.25+01:00"], True),
        (["2026-03-02 10:04:05.250000", "nonsense"], False),
        (["2026-03-02T05:04:05.25-05:00", None], True),
        (["1772445845.25"], True),
        ([1_772_445_845.25], True),
        ([1_772_445_845_250], True),
        ([1_772_445_845_250_000], True),
        ([1_772_445_845_250_000_000], True),
        ([datetime(2026, 3, 2, 10, 4, 5, 250_000)], False),
        (pa.array([MOMENT], pa.timestamp("us", "Asia/Tokyo")), True),
        (pa.array([MOMENT * 1000], pa.timestamp("ns")), False),
        (pa.array(["2026-03-02 10:04:05.25"]).dictionary_encode(), False),
    ],
)
def test_one_moment_in_many_ways(values: Any, zoned: bool) -> None:
    moments, in_utc = moments_of(values if isinstance(values, pa.Array) else pa.array(values))
    assert moments[0] == MOMENT
    assert (moments[1:] == NO_MOMENT).all()
    assert in_utc == zoned


def test_days_and_what_is_no_moment() -> None:
    assert moments_of(pa.array([date(1970, 1, 2), None]))[0].tolist() == [86_400_000_000, NO_MOMENT]
    assert moments_of(pa.array(["", "yesterday", None]))[0].tolist() == [NO_MOMENT] * 3
    assert moments_of(pa.array([float("nan"), float("inf"), None]))[0].tolist() == [NO_MOMENT] * 3
    assert moments_of(pa.array(["x", "0001-01-01T00:00:00+05:00"]))[0].tolist() == [NO_MOMENT] * 2


def test_zones_have_summers() -> None:
    moments = np.array([datetime(2026, 1, 1, 12), datetime(2026, 7, 1, 12)], "datetime64[us]").astype(np.int64)
    hours = (in_zone(moments, "Europe/Berlin") - moments) // 3_600_000_000
    assert hours.tolist() == [1, 2]
    with pytest.raises(ValueError, match="'Middle/Earth' is no time zone: write one such as Europe/Berlin"):
        in_zone(moments, "Middle/Earth")
