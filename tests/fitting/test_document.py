"""The text of a config that was learned: rounded, mended, and read back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.config import structure_problems
from fakeweb_tui.fitting.document import mended, rounded


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30).filter(any))
def test_rounded_rows_sum_to_one(values: list[float]) -> None:
    row = rounded({str(place): value for place, value in enumerate(values)})
    assert math.fsum(row.values()) == pytest.approx(1, abs=1e-12)
    total = sum(values)
    for name, value in row.items():
        assert value > 0
        assert value == pytest.approx(values[int(name)] / total, abs=len(values) * 5e-7 + 1e-12)


def test_rows_that_lack_a_way_get_one() -> None:
    pages = {"a": {"b": 1.0}, "b": {"a": 1.0}, "c": {"session_end": 1.0}}
    rows, landing, remarks = mended(pages, {"a": 1.0}, {"a": 99.5, "b": 10, "c": 1}, 499.5)
    assert structure_problems(rows, landing) == ((), ())
    assert landing == pytest.approx({"a": 0.999, "c": 0.001}, abs=2e-6)
    assert rows["a"] == pytest.approx({"b": 0.995, "session_end": 0.005}, abs=3e-5)
    assert rows["b"] == {"a": 1.0}
    assert len(remarks) == 2


def test_rows_that_lack_nothing_stay() -> None:
    pages = {"a": {"a": 0.25, "session_end": 0.75}}
    assert mended(pages, {"a": 1.0}, {"a": 4}, 4) == (pages, {"a": 1.0}, ())
