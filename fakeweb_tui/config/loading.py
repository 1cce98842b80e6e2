"""Where a config comes from: a file, or a site that comes along."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fakeweb_tui.config.files import read_file
from fakeweb_tui.config.model import Config
from fakeweb_tui.config.problems import shown
from fakeweb_tui.config.reading import parse_config

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DEFAULT_SITE = "shop"
"""The site that is taken where nobody says which: `default.yml` of the package."""


def load_config(path: str | Path | None = None, directory: Path | None = None) -> Config:
    """Return the Config of a file: `path`, else config.yml in `directory`, else the built-in one.

    `directory` is the current one unless given. Raises ConfigError with every problem of the file, or with
    one if it cannot be read.
    """
    if path is None:
        path = Path("config.yml") if directory is None else directory / "config.yml"
        if not os.path.lexists(path):
            return load_site(DEFAULT_SITE)
    return parse_config(read_file(Path(path), str(path)), str(path))


def load_site(name: str) -> Config:
    """Return the Config of a site that comes along; ValueError, with their names, where none is called so."""
    files = _site_files()
    if name not in files:
        raise ValueError(f"there is no site {shown(name)}: the sites are {', '.join(files)}")
    return parse_config(files[name].read_bytes(), "built-in site" if name == DEFAULT_SITE else f"{name} site")


def site_names() -> tuple[str, ...]:
    """Return the names of the sites that come along: `DEFAULT_SITE`, and then the others by the alphabet."""
    return tuple(_site_files())


def _site_files() -> dict[str, Traversable]:
    from importlib import resources  # it takes longer to import than this module

    package = resources.files("fakeweb_tui")
    others = {file.name.removesuffix(".yml"): file for file in (package / "sites").iterdir()}
    return {DEFAULT_SITE: package / "default.yml", **dict(sorted(others.items()))}
