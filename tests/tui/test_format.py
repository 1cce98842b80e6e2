from __future__ import annotations

import math
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from fakeweb_tui.live import SPEEDS
from fakeweb_tui.tui.format import EIGHTHS, bar, clock_text, compact, percent, short_names, speed_name


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (9_999, "9,999"),
        (9_999.6, "10.0k"),
        (10_000, "10.0k"),
        (12_345, "12.3k"),
        (99_949, "99.9k"),
        (99_950, "100k"),
        (999_499, "999k"),
        (999_500, "1.00M"),
        (4_561_000, "4.56M"),
        (9_995_000, "10.0M"),
        (123e6, "123M"),
        (7.5e9, "7.50G"),
        (2e12, "2.00T"),
        (1e15, "1e+15"),
    ],
)
def test_counts_are_compact(number: float, text: str) -> None:
    assert compact(number) == text


@given(st.floats(0, 1e17))
@example(9_999.5)
@example(999_499.99)
def test_a_compact_count_takes_five_characters_and_is_about_right(number: float) -> None:
    text = compact(number)
    assert len(text) <= 5
    units = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    value = float(text.rstrip("kMGT").replace(",", "")) * units.get(text[-1], 1)
    assert value == pytest.approx(number, rel=0.005 if number < 9.9e14 else 0.5, abs=0.5)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "  0.0%"), (0.4037, " 40.4%"), (1.0, "100.0%"), (math.nan, "     –")]
)
def test_shares_are_aligned(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("share", "cells"),
    [
        (0.0, "    "),
        (1.0, "████"),
        (0.5, "██  "),
        (0.53, "██▏ "),
        (0.97, "███▉"),
        (1e-9, "▏   "),
        (7.0, "████"),
        (-1, "    "),
    ],
)
def test_bars_end_at_eighths(share: float, cells: str) -> None:
    assert bar(share, 4) == cells


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 80))
def test_bars_fill_their_width_and_grow_with_the_share(one: float, other: float, width: int) -> None:
    def eighths(share: float) -> int:
        cells = bar(share, width)
        assert len(cells) == width
        return sum(map(EIGHTHS.index, cells))

    small, large = sorted((one, other))
    assert eighths(small) <= eighths(large)
    assert (eighths(large) > 0) == (large > 0)


def test_every_speed_has_a_name_of_its_own() -> None:
    assert [speed_name(speed) for speed in SPEEDS] == ["×1", "×10", "×60", "×600", "×3600", "max"]


def test_clock() -> None:
    moment = datetime(2026, 11, 23, 8, 5, 9, 999_999)
    assert clock_text(moment) == "Mon 23 Nov 2026 08:05:09"
    assert clock_text(moment, short=True) == "23 Nov 08:05:09"


@pytest.mark.parametrize(
    ("names", "cells", "short"),
    [
        (["home", "confirmation", "session_end"], 7, ["home", "confir…", "sessio…"]),
        (["product_a", "product_b", "productive"], 7, ["produ…a", "produ…b", "produ…e"]),
        (["page_08", "page_18", "page_19", "pages"], 5, ["pa…08", "pa…18", "pa…19", "pages"]),
        (["商品ページ一覧甲", "商品ページ一覧乙"], 8, ["商品…甲", "商品…乙"]),
    ],
)
def test_short_names_are_told_apart(names: list[str], cells: int, short: list[str]) -> None:
    assert short_names(names, cells) == short


@given(st.lists(st.text("ab商", max_size=12), unique=True), st.integers(1, 14))
def test_short_names_fit(names: list[str], cells: int) -> None:
    for name, short in zip(names, short_names(names, cells), strict=True):
        assert cell_len(short) <= cells
        assert (short == name) == (cell_len(name) <= cells)
