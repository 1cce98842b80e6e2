"""A config: what its YAML file says, every problem of it with its place, and the way back into the file."""

from fakeweb_tui.config.loading import DEFAULT_SITE, load_config, load_site, site_names
from fakeweb_tui.config.model import CATEGORIES, LANDING_PAGES, PAGES, Config, Row, RowPath
from fakeweb_tui.config.problems import ConfigError, Problem
from fakeweb_tui.config.reading import parse_config
from fakeweb_tui.config.rules import (
    BROWSERS,
    MAX_PAGES,
    OPERATING_SYSTEMS,
    PARAMETERS,
    SESSION_END,
    StructureProblems,
    normalised,
    structure_problems,
)
from fakeweb_tui.config.writing import render_config, save_config

__all__ = [
    "BROWSERS",
    "CATEGORIES",
    "DEFAULT_SITE",
    "LANDING_PAGES",
    "MAX_PAGES",
    "OPERATING_SYSTEMS",
    "PAGES",
    "PARAMETERS",
    "SESSION_END",
    "Config",
    "ConfigError",
    "Problem",
    "Row",
    "RowPath",
    "StructureProblems",
    "load_config",
    "load_site",
    "normalised",
    "parse_config",
    "render_config",
    "save_config",
    "site_names",
    "structure_problems",
]
