"""Dwell: what is learned of times that are known to be geometric."""

import numpy as np
import pytest
from helpers import FAR

from fakeweb_tui.fitting.dwell import Dwell, fit_dwell
from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import JITTER


def times(stay: float, count: int, seed: int) -> Floats:
    """Times between moves in steps, as a walk makes them."""
    generator = np.random.default_rng(seed)
    jitter = generator.uniform(-JITTER, JITTER, (2, count))
    return np.asarray(generator.geometric(1 - stay, count) + jitter[1] - jitter[0], np.float64)


def fitted(steps: Floats, limit: int = 180, foreign: float = 0.0) -> Dwell:
    found = fit_dwell(np.rint(steps).astype(np.int64), limit, foreign)
    assert found is not None
    return found


@pytest.mark.parametrize("stay", [0.0, 0.1, 0.5, 0.9, 0.97])
def test_geometric_times(stay: float) -> None:
    found = [fitted(times(stay, 2000, seed)) for seed in range(40)]
    deviations = np.array([(each.stay - stay) / each.variance**0.5 for each in found])
    assert (abs(deviations) < FAR).all()
    if stay:
        assert abs(deviations.mean()) < FAR / np.sqrt(40)
        assert 0.6 < deviations.std() < 1.4
    else:
        assert max(each.stay for each in found) < 0.02


def test_other_sessions_are_seen_through() -> None:
    generator = np.random.default_rng(1)
    mixed = np.concatenate([times(0.5, 20_000, 1), generator.uniform(0, 180, 1000)])
    through = fitted(mixed, foreign=1 / 21)
    assert abs(through.stay - 0.5) < FAR * through.variance**0.5 < 0.03
    assert fitted(mixed).stay > 0.7


def test_nothing_is_learned_of_nothing() -> None:
    assert fit_dwell(np.empty(0, np.int64), 180, 0.0) is None


def test_one_time_leaves_much_open() -> None:
    found = fitted(np.array([3.0]))
    assert 0.4 < found.stay < 0.8
    assert found.variance > 0.02
