"""What the parts of the screen tell each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from fakeweb_tui.config import RowPath
from fakeweb_tui.statistics import Snapshot

Gesture = tuple[Widget, int]
"""A run of changes that belong together: the control, and the number that it gives the run."""


class Advanced(Message):
    """The simulation went on, or obeyed a command."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """Replace one that still waits: a snapshot holds all that the one before it held."""
        return isinstance(message, Advanced)


@dataclass
class ProbabilityChanged(Message):
    """A control asks for one probability of a row to be set; the others of the row are to give way."""

    path: RowPath
    name: str
    value: float
    gesture: Gesture


@dataclass
class RowChanged(Message):
    """A control asks for another row, by numbers in the ratios of its probabilities."""

    path: RowPath
    row: Mapping[str, float]
    gesture: Gesture


@dataclass
class NumberChanged(Message):
    """A control asks for another number of the simulation, by its name in `Parameters`."""

    name: str
    value: float
    gesture: Gesture


@dataclass
class LockChanged(Message):
    """A control asks for a probability to be locked, or for its lock to be taken away."""

    path: RowPath
    name: str


@dataclass
class TransitionChosen(Message):
    """The user wants the sliders of a page or, where there is a target, that of the transition to it."""

    page: str
    target: str | None
