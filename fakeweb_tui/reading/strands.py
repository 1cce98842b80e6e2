"""Events that belong together, in the order of their time."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Strands:
    """Events with those of a strand together, in the order of their time; n events.

    Attributes:
        order: shape (n,), the place of each in the log.
        time: shape (n,), microseconds.
        gap: shape (n,), microseconds to the successor; -1 where there is none.
        behind: shape (n,), microseconds from the predecessor; -1 where there is none.
    """

    order: Places
    time: npt.NDArray[np.int64]
    gap: npt.NDArray[np.int64]
    behind: npt.NDArray[np.int64]

    @classmethod
    def of(cls, strand: npt.NDArray[np.int32], time: npt.NDArray[np.int64]) -> Self:
        """Sort events, shape (n,) each, by strand and time; those of one moment stay in the order given."""
        by_time = np.argsort(time, kind="stable")
        order = by_time[np.argsort(strand[by_time], kind="stable")]
        sorted_strand, sorted_time = strand[order], time[order]
        between = np.where(np.diff(sorted_strand) == 0, np.diff(sorted_time), -1)
        none = np.full(min(1, len(time)), -1)
        return cls(order, sorted_time, np.append(between, none), np.append(none, between))
