"""The generator against its published answers and a second implementation, and what is built on its words."""

import numpy as np
import numpy.typing as npt
import pytest
from helpers import assert_fits
from hypothesis import example, given
from hypothesis import strategies as st

from fakeweb_tui.randomness import Purpose, below, checked_seed, philox_4x32, random_words

WORD = (1 << 32) - 1
words = st.integers(0, WORD)
seeds = st.integers(0, (1 << 64) - 1)


def philox(counter: tuple[int, ...], key: int) -> tuple[int, ...]:
    """Philox-4x32-10 as the paper writes it, one address at a time."""
    a, b, c, d = counter
    low, high = key & WORD, key >> 32
    for _ in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (right >> 32) ^ b ^ low, right & WORD, (left >> 32) ^ d ^ high, left & WORD
        low, high = (low + 0x9E3779B9) & WORD, (high + 0xBB67AE85) & WORD
    return a, b, c, d


def subjects(*numbers: int) -> npt.NDArray[np.uint64]:
    return np.array(numbers, np.uint64)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_known_answers_of_random123(counter: str, key: str, answer: str) -> None:
    state = np.array([[int(word, 16)] for word in counter.split()], np.uint64)
    low, high = (int(word, 16) for word in key.split())
    philox_4x32(state, low | high << 32)
    assert [f"{word:08x}" for word in state[:, 0].tolist()] == answer.split()


@given(seeds, st.sampled_from(Purpose), st.integers(0, (1 << 64) - 1), words)
@example((1 << 64) - 1, Purpose.USER, (1 << 64) - 1, WORD)
def test_words_are_those_at_their_address(seed: int, purpose: Purpose, subject: int, block: int) -> None:
    answer = random_words(seed, purpose, subjects(subject), block)
    assert tuple(answer[:, 0].tolist()) == philox((subject & WORD, subject >> 32, block, purpose), seed)


def test_words_do_not_depend_on_how_subjects_are_grouped() -> None:
    # Three of the internal blocks of 8192 and a bit, so that there are borders to get wrong.
    many = np.arange(5, 3 * 8192 + 22, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    blocks = many >> np.uint64(40)
    whole = random_words(11, Purpose.MOVE, many, blocks)
    order = np.random.default_rng(0).permutation(len(many))
    np.testing.assert_array_equal(random_words(11, Purpose.MOVE, many[order], blocks[order]), whole[:, order])
    for begin, end in ((0, 1), (1, 8192), (8191, 8193), (8192, 16384), (100, 24591)):
        part = random_words(11, Purpose.MOVE, many[begin:end], blocks[begin:end])
        np.testing.assert_array_equal(part, whole[:, begin:end])
    np.testing.assert_array_equal(
        random_words(11, Purpose.MOVE, many, 3), random_words(11, Purpose.MOVE, many, np.full_like(many, 3))
    )


def test_no_subjects_have_no_words() -> None:
    assert random_words(1, Purpose.USER, subjects()).shape == (4, 0)


def test_subjects_are_left_as_they_are() -> None:
    numbers = np.arange(10, dtype=np.uint64)
    random_words(1, Purpose.USER, numbers)
    np.testing.assert_array_equal(numbers, np.arange(10))


def test_addresses_do_not_share_words() -> None:
    numbers = np.arange(500, dtype=np.uint64)
    # Seeds, subjects and blocks that differ in their highest bit only are different too.
    drawn = [
        random_words(seed, purpose, numbers + np.uint64(offset), block)
        for seed in (0, 1, 1 << 32, 1 << 63)
        for purpose in Purpose
        for offset in (0, 1 << 32, 1 << 63)
        for block in (0, 1, 1 << 31)
    ]
    values = np.concatenate(drawn, axis=1)
    assert values.max() <= WORD
    # Of 90,000 × 2 pairs of words, a repetition by chance has a probability of about 1e-10.
    pairs = np.concatenate([values[0] << np.uint64(32) | values[1], values[2] << np.uint64(32) | values[3]])
    assert len(np.unique(pairs)) == len(pairs) == 2 * 500 * 36 * len(Purpose)


def test_words_are_uniform_and_neighbours_independent() -> None:
    numbers = np.arange(200_000, dtype=np.uint64)
    drawn = random_words(2, Purpose.SESSION, numbers)
    for word in drawn:
        assert_fits(np.bincount((word >> np.uint64(24)).astype(np.int64), minlength=256), np.full(256, 1 / 256))
        assert_fits(np.bincount((word & np.uint64(255)).astype(np.int64), minlength=256), np.full(256, 1 / 256))
    top = (drawn >> np.uint64(28)).astype(np.int64)
    pairs = [(top[0][:-1], top[0][1:])] + [(top[i], top[j]) for i in range(4) for j in range(i)]
    for one, other in pairs:
        assert_fits(np.bincount(one * 16 + other, minlength=256), np.full(256, 1 / 256))


@given(words, words, st.integers(1, 1 << 40))
@example(WORD, WORD, 1)
@example(WORD, WORD, 1 << 40)
@example(WORD, WORD, (1 << 40) - 1)
@example(0, 0, 1)
def test_below_scales_64_bits_and_stays_below(high: int, low: int, bound: int) -> None:
    number = int(below(subjects(high), subjects(low), bound)[0])
    exact = ((high << 32 | low) >> 11) * bound >> 53
    # A product that is almost a whole number may be rounded up to it.
    assert exact <= number <= min(exact + 1, bound - 1)


@pytest.mark.parametrize("bound", [2, 97, 1000])
def test_below_is_uniform(bound: int) -> None:
    high, low, _, _ = random_words(3, Purpose.SESSION, np.arange(100_000, dtype=np.uint64))
    numbers = below(high, low, bound).astype(np.int64)
    assert_fits(np.bincount(numbers, minlength=bound), np.full(bound, 1 / bound))


def test_below_a_bound_beyond_32_bits_is_uniform_in_all_its_bits() -> None:
    high, low, _, _ = random_words(4, Purpose.SESSION, np.arange(100_000, dtype=np.uint64))
    numbers = below(high, low, 1 << 40).astype(np.int64)
    for shift in (32, 16, 0):
        assert_fits(np.bincount(numbers >> shift & 255, minlength=256), np.full(256, 1 / 256))


def test_seeds() -> None:
    assert [checked_seed(seed) for seed in (0, 1, (1 << 64) - 1)] == [0, 1, (1 << 64) - 1]


@pytest.mark.parametrize("seed", [-1, 1 << 64, -(1 << 64)])
def test_bad_seeds_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=f"seed is {seed}: a seed is a whole number from 0 to"):
        checked_seed(seed)
