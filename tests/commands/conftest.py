"""Fixtures of the commands' tests."""

from pathlib import Path

import pytest


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path
