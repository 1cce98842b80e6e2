"""The dialogs that save something as a file."""

from collections.abc import Callable
from pathlib import Path

from textual.widgets import Button

from fakeweb_tui.config import Config, save_config
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.screens.dialog import LineDialog

Write = Callable[[Path, bool], None]
"""Writes to a path; over a file that exists only where the second argument says so, else FileExistsError."""


def parse_path(text: str, example: str) -> Path:
    """Return the path that a text names; ValueError that says what would be right."""
    if not text.strip():
        raise ValueError(f"Write a path, such as {example}.")
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError:
        raise ValueError(f"{plain(text.strip())}: there is no such user.") from None


class FileDialog(LineDialog[Path]):
    """Asks for a path and writes there; over a file that exists only when asked twice."""

    def __init__(self, title: str, hint: str, suggested: Path, write: Write) -> None:
        super().__init__(title, hint, plain(str(suggested)), "Save")
        self._example = suggested.name
        self._write = write
        self._confirmed: Path | None = None

    def accept(self, text: str) -> Path:
        """Write and return the path; ValueError with the reason where that cannot be done (yet)."""
        path = parse_path(text, self._example)
        try:
            self._write(path, path == self._confirmed)
        except FileExistsError:
            self._confirmed = path
            self.query_one("#accept", Button).label = "Overwrite"
            raise ValueError(f"{plain(str(path))} exists. Overwrite it?") from None
        except OSError as error:
            raise ValueError(f"{plain(str(path))}: {error.strerror or error}") from error
        return path


class SaveDialog(FileDialog):
    """Asks for a path and saves a config there."""

    def __init__(self, config: Config, loaded: Config) -> None:
        name = Path(loaded.document.name)
        suggested = name.with_name(f"{name.stem}.tuned.yml") if name.is_file() else Path("config.yml")

        def write(path: Path, overwrite: bool) -> None:
            save_config(config, path, overwrite=overwrite)

        super().__init__("Save config", "A path for the YAML file", suggested, write)
