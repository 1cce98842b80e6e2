"""Intervals: known answers, and whether they hold what they promise."""

import numpy as np
import pytest

from fakeweb_tui.fitting.estimates import intervals, of_counts


def test_jeffreys_intervals() -> None:
    shares, low, high = of_counts(np.array([5.0, 15.0]))
    assert shares.tolist() == [0.25, 0.75]
    # The tails of the density of Beta(5.5, 15.5), by the midpoint rule.
    grid = (np.arange(200_000) + 0.5) / 200_000
    density = grid**4.5 * (1 - grid) ** 14.5
    for end, below in ((low[0], 0.025), (high[0], 0.975)):
        assert density[grid < end].sum() / density.sum() == pytest.approx(below, abs=1e-4)


def test_they_hold_what_they_promise() -> None:
    generator = np.random.default_rng(3)
    true = np.array([0.6, 0.3, 0.09, 0.01])
    inside = []
    for _ in range(400):
        _, low, high = of_counts(generator.multinomial(2000, true).astype(np.float64))
        inside.append((low <= true) & (true <= high))
    assert (abs(np.mean(inside, axis=0) - 0.95) < 0.04).all()


def test_ends_and_what_cannot_vary() -> None:
    shares, low, high = of_counts(np.array([0.0, 10.0]))
    assert shares.tolist() == [0, 1]
    assert low[0] == 0
    assert high[1] == 1
    assert high[0] > 0.01
    assert low[1] < 0.99
    low, high = intervals(np.array([0.5]), np.array([0.0]))
    assert (low[0], high[0]) == (0.5, 0.5)
