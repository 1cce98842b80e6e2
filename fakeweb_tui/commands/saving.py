"""The config files that commands write."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakeweb_tui.config import Config


def refuse_existing(output: Path | None, *, overwrite: bool) -> None:
    """Raise ValueError where there is something that may not be replaced; best before much is computed."""
    if output is not None and not overwrite and os.path.lexists(output):
        raise ValueError(f"{output} exists: give another name, or --overwrite")


def save(config: "Config", output: Path, *, overwrite: bool) -> None:
    """Write a config; ValueError as above, OSError that names the output where it cannot be written."""
    from fakeweb_tui.config import save_config

    try:
        save_config(config, output, overwrite=overwrite)
    except FileExistsError:
        refuse_existing(output, overwrite=overwrite)
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(output)) from error
