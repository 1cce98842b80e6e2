"""What the parts of the screen tell each other."""

from textual.message import Message

from fakeweb_tui.config import Config
from fakeweb_tui.statistics import Snapshot


class Advanced(Message):
    """The simulation went on, or obeyed a command."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """Replace one that still waits: a snapshot holds all that the one before it held."""
        return isinstance(message, Advanced)


class ConfigTuned(Message):
    """A control changed the config."""

    def __init__(self, config: Config, reason: str = "") -> None:
        super().__init__()
        self.config = config
        self.reason = reason
