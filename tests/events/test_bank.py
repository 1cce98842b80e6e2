"""Rows made of texts out of one bank, and what a user's own is made of."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from fakeweb_tui.config import load_config
from fakeweb_tui.events.bank import ROWS_AT_ONCE, Bank, Own, Shared
from fakeweb_tui.events.own import OwnStrings
from fakeweb_tui.users import UserPool

MOST_USERS = 2**40


def text(*rows: bytes) -> npt.NDArray[np.uint8]:
    return np.array([list(row) for row in rows], np.uint8)


def test_a_row_is_its_texts_one_behind_the_other() -> None:
    bank = Bank([Shared.of(["a", "", "ünï"]), Own(b"<", 2), Shared.of(["."])])
    made, offsets = bank.rows([np.array([2, 0, 1]), text(b"12", b"34", b"56"), np.zeros(3, np.int64)])
    assert bytes(made).decode() == "ünï<12.a<34.<56."
    assert [bytes(made[begin:end]).decode() for begin, end in pairwise(offsets)] == [
        "ünï<12.",
        "a<34.",
        "<56.",
    ]


def test_rows_stay_what_they_are_when_others_are_made() -> None:
    bank = Bank([Own(b"", 1)])
    first, _ = bank.rows([text(b"1", b"2")])
    bank.rows([text(b"8", b"9")])
    assert bytes(first) == b"12"


def test_codes_may_be_of_a_type_that_cannot_count_the_bank() -> None:
    many = Shared.of(["x"] * 70_000)
    made, _ = Bank([many, Shared.of(["a", "b"])]).rows([np.zeros(2, np.uint16), np.array([0, 1], np.uint16)])
    assert bytes(made) == b"xaxb"


def test_as_many_rows_as_there_is_room_for() -> None:
    rows = np.arange(ROWS_AT_ONCE) % 251
    made, offsets = Bank([Own(b"", 1)]).rows([rows.astype(np.uint8)[:, None]])
    assert bytes(made) == bytes(rows.tolist())
    assert offsets.tolist() == list(range(ROWS_AT_ONCE + 1))


@given(st.lists(st.integers(0, MOST_USERS - 1) | st.integers(0, 12_345), min_size=1, max_size=20))
def test_numbers_of_users_are_decimal(numbers: list[int]) -> None:
    users = POOL.draw(np.array(numbers, np.uint64))
    assert STRINGS.strings("user_number", users).to_pylist() == [str(number) for number in numbers]
    mails = STRINGS.strings("user_custom_id", users).to_pylist()
    columns = POOL.columns(np.array(numbers, np.uint64))
    assert mails == columns["user_custom_id"]
    assert STRINGS.strings("ip_address", users).to_pylist() == columns["ip_address"]


POOL = UserPool(1, load_config())
STRINGS = OwnStrings(POOL)
