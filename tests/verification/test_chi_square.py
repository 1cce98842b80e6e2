"""χ² on known answers, and where it has none."""

from math import inf

import numpy as np
import pytest

from fakeweb_tui.verification.chi_square import Cell, Comparison, Section, compare, not_judged, pearson


def test_a_known_answer() -> None:
    # Mendel's peas (1866): 315, 101, 108 and 32 of 556 where 9 : 3 : 3 : 1 is expected; χ² = 0.470.
    found = compare("peas", "peas", "abcd", np.array([315.0, 101, 108, 32]), np.array([9.0, 3, 3, 1]))
    assert (found.count, found.freedom, found.judged) == (556, 3, True)
    assert found.chi_square == pytest.approx(0.470, abs=5e-4)
    assert found.p == pytest.approx(0.925, abs=5e-4)
    assert found.cells[1] == Cell("b", 101.0, 104.25)
    assert found.cells[1].deviation == pytest.approx(-3.25 / 104.25**0.5)


def test_rare_cells_are_joined() -> None:
    statistic, freedom = pearson(np.array([100.0, 14, 11, 5]), np.array([110.0, 8, 6, 6]))
    assert statistic == pytest.approx(100 / 110 + 100 / 20)
    assert freedom == 1
    assert pearson(np.array([90.0, 10]), np.array([90.0, 10])) == (0.0, 0)
    assert pearson(np.array([9.0]), np.array([9.0])) == (0.0, 0)


def test_what_is_impossible_has_no_probability() -> None:
    assert pearson(np.array([100.0, 1, 0]), np.array([101.0, 0, 0])) == (inf, 1)
    found = compare("hats", "hats", "ab", np.array([5.0, 1]), np.array([1.0, 0.0]))
    assert found.p == 0
    assert found.cells[1].deviation == inf
    assert Cell("c", 0.0, 0.0).deviation == 0


def test_where_nothing_is_there_is_nothing_to_judge() -> None:
    for found in (
        compare("hats", "hats", "ab", np.zeros(2), np.ones(2)),
        compare("hats", "hats", "a", np.array([7.0]), np.ones(1)),
        not_judged("hats", "hats", "no hats"),
    ):
        assert (found.judged, found.p) == (False, 1)
        assert found.remark


def test_sections_add_up() -> None:
    parts = (
        Comparison("a.1", "x", 10, 2.0, 1),
        Comparison("a.2", "x", 20, 3.5, 2),
        not_judged("a.3", "x", "no", 4),
    )
    whole = Section("a", parts).whole
    assert (whole.count, whole.chi_square, whole.freedom) == (34, 5.5, 3)
    assert Section("a", parts).divided
    assert Section("b", parts[:1]).whole is parts[0]
    assert not Section("a", (parts[2], parts[2])).whole.judged
