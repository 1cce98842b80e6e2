"""Arrow arrays from memory that is there already.

`pyarrow.array` and `to_numpy` would do, but the first call of either imports pandas wherever that is installed,
which takes a sixth of a second.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.events.text import Text


def number_array(numbers: npt.NDArray[Any]) -> pa.Array:
    """Return numbers or moments, shape (n,), without copying them."""
    held = pa.py_buffer(np.ascontiguousarray(numbers))
    return pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), len(numbers), [None, held])


def numbers_of(array: pa.Array) -> npt.NDArray[Any]:
    """Return the numbers of an array without nulls, shape (n,), without copying them."""
    whole = np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype())
    return whole[array.offset : array.offset + len(array)]


def fixed_array(text: Text) -> pa.Array:
    """Return rows of fixed width as binary values, without copying them."""
    count, width = text.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(text)])


def text_array(texts: Sequence[str]) -> pa.Array:
    """Return texts as strings."""
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    held = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), held)


def bytes_of(array: pa.Array) -> memoryview:
    """Return all values of an array of strings as one piece of memory, without copying it."""
    whole = np.frombuffer(array.buffers()[1], np.int32)
    offsets = whole[array.offset : array.offset + len(array) + 1]
    return memoryview(array.buffers()[2])[offsets[0] : offsets[-1]]
