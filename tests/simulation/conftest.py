"""What the tests of the simulation begin with."""

from datetime import datetime

import numpy as np
import pytest
from helpers import site

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import Parameters


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=7, start=start, sessions_per_day=20_000)


@pytest.fixture(scope="module")
def lingering() -> Config:
    """A site whose sessions last long, so that limits and edges of chunks meet many of them."""
    return site(
        {"a": {"a": 0.5, "b": 0.45, "session_end": 0.05}, "b": {"a": 0.6, "b": 0.375, "session_end": 0.025}},
        {"a": 0.5, "b": 0.5},
    )


@pytest.fixture(scope="module")
def many_pages() -> Config:
    """130 pages: more than one word of bits, and more than two."""
    generator = np.random.default_rng(3)
    names = [f"p{number}" for number in range(130)]
    pages = {}
    for name in names:
        targets = sorted({name, *generator.choice(names, 6).tolist()})
        share = round(0.95 / len(targets), 6)
        pages[name] = {**dict.fromkeys(targets, share), "session_end": 1 - share * len(targets)}
    return site(pages, dict.fromkeys(names, 1 / 130))
