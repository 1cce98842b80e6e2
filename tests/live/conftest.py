"""What the tests of a live simulation begin with."""

from datetime import datetime

import pytest
from helpers import site

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import Parameters


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=11, start=start, sessions_per_day=20_000)


@pytest.fixture
def steady() -> Config:
    """Two sessions of one event in each step."""
    return site({"a": {"session_end": 1}}, {"a": 1}, dict.fromkeys(range(24), 1 / 24))
