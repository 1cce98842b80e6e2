"""The dialogs that save something as a file."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.containers import Horizontal
from textual.widgets import Button, Label

from fakeweb_tui.config import Config, render_config
from fakeweb_tui.config.files import write_file
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.opening import path_of
from fakeweb_tui.tui.screens.dialog import LineDialog

Write = Callable[[Path, bool], None]
"""Writes to a path; over a file that exists only where the second argument says so, else FileExistsError."""


def parse_path(text: str, example: str) -> Path:
    """Return the path that a text names; ValueError that says what would be right."""
    if not text.strip():
        raise ValueError(f"Write a path, such as {example}.")
    return path_of(text.strip())


class FileDialog(LineDialog[Path]):
    """Asks for a path and writes there; over a file that exists only when asked twice."""

    def __init__(self, title: str, hint: str, suggested: Path, write: Write) -> None:
        super().__init__(title, hint, str(suggested), "Save")
        self._example = suggested.name
        self._write = write
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
            self._download()

    def _download(self) -> None:
        # A header carries the name, bare.
        name = re.sub(r"[^A-Za-z0-9._-]", "_", self._example)
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            self._write(path, False)
            copy = io.BytesIO(path.read_bytes())
        self.app.deliver_binary(copy, save_filename=name)
        self.notify(f"The browser downloads {name}", markup=False)

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
    """Asks for a path and saves a config there. Its text is made while the question stands."""

    def __init__(self, config: Config, loaded: Config) -> None:
        name = Path(loaded.document.name)
        suggested = name.with_name(f"{name.stem}.tuned.yml") if name.is_file() else Path("config.yml")
        # Of a thousand pages that takes a second, in which one types.
        maker = ThreadPoolExecutor(1)
        text = maker.submit(render_config, config)
        maker.shutdown(wait=False)

        def write(path: Path, overwrite: bool) -> None:
            write_file(path, text.result(), overwrite=overwrite)

        super().__init__("Save config", "A path for the YAML file", suggested, write)
