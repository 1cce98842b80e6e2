"""The dialog that saves the tuned config."""

import io
import re
from pathlib import Path

from textual.containers import Horizontal
from textual.widgets import Button, Label

from fakeweb_tui.config import Config, render_config, save_config
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.screens.dialog import LineDialog


class SaveDialog(LineDialog[Path]):
    """Asks for a path and writes the config there; over a file that exists only when asked twice."""

    def __init__(self, config: Config, loaded: Config) -> None:
        name = Path(loaded.document.name)
        suggested = name.with_name(f"{name.stem}.tuned.yml") if name.is_file() else Path("config.yml")
        super().__init__("Save config", "A path for the YAML file", plain(str(suggested)), "Save")
        self._config = config
        # A header carries it, bare.
        self._download_name = re.sub(r"[^A-Za-z0-9._-]", "_", suggested.name)
        self._confirmed: Path | None = None

    def on_mount(self) -> None:
        """In a browser, paths are on another machine perhaps: say so, and offer a copy for this one."""
        if self.app.is_web:
            self.query_one(Label).update("A path where fakeweb-tui runs; or download it here")
            self.query_one(Horizontal).mount(Button("Download", id="download", compact=True), before=0)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Hand the browser a copy, if asked. It may refuse that unnoticed, so what was tuned remains unsaved."""
        if event.button.id == "download":
            event.prevent_default()
            copy = io.StringIO(render_config(self._config))
            self.app.deliver_text(copy, save_filename=self._download_name, mime_type="application/yaml")
            self.notify(f"The browser downloads {self._download_name}", markup=False)

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
