"""The dialog that saves the tuned config."""

from pathlib import Path

from textual.widgets import Button

from fakeweb_tui.config import Config, save_config
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.screens.dialog import LineDialog


class SaveDialog(LineDialog[Path]):
    """Asks for a path and writes the config there; over a file that exists only when asked twice."""

    def __init__(self, config: Config, loaded: Config) -> None:
        name = Path(loaded.document.name)
        suggested = name.with_name(f"{name.stem}.tuned.yml") if name.is_file() else Path("config.yml")
        super().__init__("Save config", "A path for the YAML file", plain(str(suggested)), "Save")
        self._config = config
        self._confirmed: Path | None = None

    def accept(self, text: str) -> Path:
        """Save and return the path; ValueError with the reason where that cannot be done (yet)."""
        if not text.strip():
            raise ValueError("Write a path, such as config.yml.")
        try:
            path = Path(text.strip()).expanduser()
        except RuntimeError:
            raise ValueError(f"{plain(text.strip())}: there is no such user.") from None
        try:
            save_config(self._config, path, overwrite=path == self._confirmed)
        except FileExistsError:
            self._confirmed = path
            self.query_one("#accept", Button).label = "Overwrite"
            raise ValueError(f"{plain(str(path))} exists. Overwrite it?") from None
        except OSError as error:
            raise ValueError(f"{plain(str(path))}: {error.strerror or error}") from error
        return path
