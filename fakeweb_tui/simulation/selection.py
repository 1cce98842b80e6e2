"""Which sessions a walk walks: all of them, one of several parts, one session, or those of one user."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fakeweb_tui.randomness import Purpose, below, random_words
from fakeweb_tui.simulation.parameters import Parameters


class Selection(Protocol):
    """Says which of the sessions that are born are walked; the others might as well not be."""

    def of(self, parameters: Parameters, session: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Return those of the sessions with these numbers that are meant, in their order."""


@dataclass(frozen=True)
class Shard:
    """One of `count` disjoint parts of a simulation's sessions, whose union is the whole; ValueError unless
    0 ≤ index < count."""

    index: int
    count: int

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count:
            raise ValueError(
                f"shard {self.index} of {self.count}: of {self.count} there are 0 to {self.count - 1}"
            )

    def of(self, parameters: Parameters, session: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Return those of the sessions with these numbers that belong to the shard, in their order."""
        if self.count == 1:
            return session
        high, low, _, _ = random_words(parameters.seed, Purpose.SHARD, session)
        mine: npt.NDArray[np.uint64] = session[below(high, low, self.count) == self.index]
        return mine


WHOLE = Shard(0, 1)
"""All sessions."""


@dataclass(frozen=True)
class OneSession:
    """The session with one number."""

    number: int

    def of(self, parameters: Parameters, session: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:  # noqa: ARG002
        """Return the session, if it is among these."""
        mine: npt.NDArray[np.uint64] = session[session == np.uint64(self.number)]
        return mine


@dataclass(frozen=True)
class OneUser:
    """The sessions of the user with one number."""

    number: int

    def of(self, parameters: Parameters, session: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Return those of the sessions that are the user's."""
        high, low, _, _ = random_words(parameters.seed, Purpose.SESSION, session)
        mine: npt.NDArray[np.uint64] = session[
            below(high, low, parameters.user_pool_size) == np.uint64(self.number)
        ]
        return mine
