"""Fixtures for all tests."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from fakeweb_tui.config import Config, load_config

# How long an example takes says nothing on a machine that others use.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def config() -> Config:
    """The built-in config, whatever lies in the current directory."""
    return load_config(Path(__file__).parent.parent / "fakeweb_tui" / "default.yml")


@pytest.fixture(scope="session")
def start() -> datetime:
    """The midnight at which simulations begin."""
    return datetime(2026, 3, 2)
