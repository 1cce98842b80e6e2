"""The state of tuning: the config in force, where it came from, and what an edit makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import tune


@dataclass(frozen=True)
class Draft:
    """What the editors show.

    Attributes:
        config: the config in force.
        loaded: the config as it was loaded; what differs from it is marked.
        parameters: the simulation's numbers in force.
    """

    config: Config
    loaded: Config
    parameters: Parameters


class Editing:
    """Holds the config in force, and makes another of it when the user edits."""

    def __init__(self, config: Config, parameters: Parameters) -> None:
        self.loaded = config
        self.saved = config
        self.config = config
        self.parameters = parameters
        self._gesture: object = None
        self._origin: Mapping[str, float] = {}

    @property
    def draft(self) -> Draft:
        """What the editors show."""
        return Draft(self.config, self.loaded, self.parameters)

    @property
    def unsaved(self) -> bool:
        """Whether edits would be lost."""
        return self.config != self.saved

    @property
    def edited_rows(self) -> int:
        """How many rows differ from the saved config."""
        return sum(self.config.row(path) != self.saved.row(path) for path in self.config.paths)

    def tune(self, path: RowPath, name: str, value: float, gesture: object) -> str:
        """Set a probability; the others of its row give way, from what they were when the gesture began.

        Returns:
            Why the value could not be what was asked for, if so.
        """
        tuned = tune(self.config, path, name, value, self._origin_of(path, gesture))
        self.config = tuned.config
        return tuned.reason

    def put(self, path: RowPath, row: Mapping[str, float]) -> str:
        """Set a whole row; return why that cannot be, if so."""
        try:
            self.config = self.config.with_row(path, row)
        except ValueError as error:
            return str(error)
        return ""

    def _origin_of(self, path: RowPath, gesture: object) -> Mapping[str, float]:
        if self._gesture != (path, gesture):
            self._gesture = (path, gesture)
            self._origin = self.config.row(path)
        return self._origin
