"""Addressed randomness: every random word is a pure function of (seed, purpose, subject, block).

The generator is Philox-4x32 with ten rounds, a counter-based generator: J. K. Salmon, M. A. Moraes, R. O. Dror,
D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. Its 128-bit counter holds the address
(subject, block, purpose), its 64-bit key the seed, and each address gives four words of 32 bits. Nothing is
drawn in turn, so any word can be had at any time, in any order, in any process.
"""

from enum import IntEnum
from numbers import Integral
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Words: TypeAlias = npt.NDArray[np.uint64]
"""Words of 32 random bits, each held in a uint64 so that products and shifts need no cast."""

ROUNDS = 10
SEED_BITS = 64
WORD_SPAN = 1 << 32

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
# Four counters and two products of this many words stay within a second-level cache.
_CACHED = 8192


class Purpose(IntEnum):
    """What a random word decides; part of its address, so that purposes never share a word."""

    ARRIVALS = 1
    SESSION = 2
    MOVE = 3
    USER = 4
    EVENT = 5
    SESSION_ID = 6
    SHARD = 7


def checked_seed(seed: int) -> int:
    """Return `seed`; ValueError unless it is a whole number of 0 to 2**64 - 1."""
    if not (isinstance(seed, Integral) and 0 <= seed < 1 << SEED_BITS):
        raise ValueError(f"seed is {seed}: a seed is a whole number from 0 to 2**64 - 1")
    return int(seed)


def random_words(
    seed: int, purpose: Purpose, subject: npt.NDArray[np.uint64], block: int | npt.NDArray[np.uint64] = 0
) -> Words:
    """Return the four words at each address.

    Args:
        seed: 0 to 2**64 - 1.
        purpose: what the words decide.
        subject: shape (n,), the session, user or step that they belong to.
        block: one number or shape (n,), below 2**32: which four words of that subject.

    Returns:
        Shape (4, n), each below 2**32.
    """
    counter = np.empty((4, len(subject)), np.uint64)
    np.bitwise_and(subject, _LOW, out=counter[0])
    np.right_shift(subject, _HALF, out=counter[1])
    counter[2] = block
    counter[3] = purpose
    for begin in range(0, len(subject), _CACHED):
        philox_4x32(counter[:, begin : begin + _CACHED], seed)
    return counter


def philox_4x32(counter: Words, key: int) -> None:
    """Replace each column of `counter`, shape (4, n), by its four random words under the 64-bit `key`."""
    a, b, c, d = counter
    key_low, key_high = key & 0xFFFFFFFF, key >> 32
    left = np.empty_like(a)
    right = np.empty_like(a)
    for _ in range(ROUNDS):
        np.multiply(a, _MULTIPLIERS[0], out=left)
        np.multiply(c, _MULTIPLIERS[1], out=right)
        np.right_shift(right, _HALF, out=a)
        np.bitwise_xor(a, b, out=a)
        np.bitwise_xor(a, np.uint64(key_low), out=a)
        np.bitwise_and(right, _LOW, out=b)
        np.right_shift(left, _HALF, out=c)
        np.bitwise_xor(c, d, out=c)
        np.bitwise_xor(c, np.uint64(key_high), out=c)
        np.bitwise_and(left, _LOW, out=d)
        key_low = (key_low + _WEYL[0]) & 0xFFFFFFFF
        key_high = (key_high + _WEYL[1]) & 0xFFFFFFFF


def below(high: Words, low: Words, bound: int) -> npt.NDArray[np.uint64]:
    """Return whole numbers in [0, bound), uniform to within bound / 2**53, from 64 random bits each."""
    fraction = ((high << np.uint64(21)) | (low >> np.uint64(11))).astype(np.float64) * 2.0**-53
    scaled = (fraction * bound).astype(np.uint64)
    # The product may round up to the bound itself.
    return np.minimum(scaled, np.uint64(bound - 1))
