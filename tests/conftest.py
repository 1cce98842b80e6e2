"""Fixtures for all tests."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fakeweb_tui.config import Config, load_config

# The same examples in every run, and no judgement by how long they took: a busy machine is no finding.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def config() -> Config:
    """The built-in config, whatever lies in the current directory."""
    return load_config(Path(__file__).parent.parent / "fakeweb_tui" / "default.yml")


@pytest.fixture(scope="session")
def start() -> datetime:
    """The midnight at which simulations begin."""
    return datetime(2026, 3, 2)
