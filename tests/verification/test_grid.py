"""The grid of steps: found where there is one, at any phase, and not where there is none."""

import numpy as np
import pytest
from logs import log_of_run

from fakeweb_tui.config import Config
from fakeweb_tui.verification.grid import grid_origin

STEP = 10_000_000


@pytest.mark.parametrize("shift", [0, 1, 4_999_999, 9_999_999])
def test_the_grid_of_a_run_is_found(config: Config, shift: int) -> None:
    time = log_of_run(config, seed=1, days=0.5).time + shift
    origin = grid_origin(time, STEP)
    assert origin is not None
    steps = (time - origin) // STEP
    assert abs((origin - shift + STEP // 2) % STEP - STEP // 2) < STEP / 20
    assert ((time - shift) // STEP - steps == ((time - shift) // STEP - steps)[0]).all()


def test_whole_seconds_keep_the_grid(config: Config) -> None:
    time = log_of_run(config, seed=1, days=0.5).time // 1_000_000 * 1_000_000
    assert grid_origin(time, STEP) is not None


@pytest.mark.parametrize("asked", [5, 7, 15, 30])
def test_another_length_is_no_grid(config: Config, asked: int) -> None:
    time = log_of_run(config, seed=1, days=0.5).time
    assert grid_origin(time, asked * 1_000_000) is None


def test_no_grid() -> None:
    generator = np.random.default_rng(1)
    for count in (0, 10, 200, 300_000):
        assert grid_origin(generator.integers(0, 10**12, count), STEP) is None
    # One event among many that are not looked at is enough.
    on_grid = np.arange(300_000) * STEP + STEP // 2
    assert grid_origin(on_grid, STEP) is not None
    on_grid[7] += STEP // 2
    assert grid_origin(on_grid, STEP) is None
