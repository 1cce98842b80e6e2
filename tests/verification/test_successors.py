"""What follows an event: strands on examples, probabilities against simulations with many overlapping sessions."""

import numpy as np
import pytest
from helpers import assert_fits, site
from logs import log_of_run

from fakeweb_tui.config import Config
from fakeweb_tui.markov import AbsorbingChain, TransitionMatrix
from fakeweb_tui.reading import Strands
from fakeweb_tui.verification.successors import Successors, longest_gap


def chain_of(config: Config) -> AbsorbingChain:
    return AbsorbingChain(TransitionMatrix.of(config), 360)


def test_strands_on_an_example() -> None:
    strand = np.array([1, 0, 1, 0, 1], np.int32)
    time = np.array([50, 10, 20, 40, 20], np.int64)
    strands = Strands.of(strand, time)
    assert strands.order.tolist() == [1, 3, 2, 4, 0]
    assert strands.time.tolist() == [10, 40, 20, 20, 50]
    assert strands.gap.tolist() == [30, -1, 0, 30, -1]
    assert strands.behind.tolist() == [-1, 30, -1, 0, 30]


def test_strands_of_nothing() -> None:
    none = Strands.of(np.empty(0, np.int32), np.empty(0, np.int64))
    assert len(none.order) == len(none.gap) == len(none.behind) == 0


def test_the_longest_gap(config: Config) -> None:
    chain = chain_of(config)
    # Nobody stays on a page with a higher probability than on product_a: 0.5.
    for events in (100, 10_000, 1_000_000):
        steps = longest_gap(chain, events)
        assert events * 0.5**steps < 0.01 <= events * 0.5 ** (steps - 2)
    straight = site({"a": {"b": 1}, "b": {"session_end": 1}}, {"a": 1})
    assert longest_gap(chain_of(straight), 10**9) == 1
    slow = site({"a": {"a": 0.9999, "session_end": 0.0001}}, {"a": 1})
    assert longest_gap(chain_of(slow), 1000) == 360


def test_without_others_the_next_page_is_that_of_the_chain(config: Config) -> None:
    chain = chain_of(config)
    successors = Successors(chain, 200, rate=0.0)
    leaving = 1 - np.diagonal(chain.matrix.moves)
    np.testing.assert_allclose(successors.targets(), chain.matrix.arrivals / leaving[:, None], atol=1e-15)
    lags = successors.lags(chain.matrix.arrivals > 0)
    np.testing.assert_allclose(lags.sum(axis=0), successors.targets().sum(axis=1), atol=1e-15)
    # From home: a move in the first step, or after one more step on home, …
    np.testing.assert_allclose(lags[:4, 0], 0.29 * np.array([0, 1, 0.45, 0.45**2]), atol=1e-15)
    assert successors.exposure == 0


@pytest.mark.parametrize("rate", [1e-4, 1e-2])
def test_probabilities_are_those_of_one_event_or_none(config: Config, rate: float) -> None:
    chain = chain_of(config)
    successors = Successors(chain, 40, rate)
    with_next = successors.targets().sum(axis=1)
    everything = np.ones((6, 6), np.bool_)
    np.testing.assert_allclose(successors.lags(everything).sum(axis=0), with_next, rtol=1e-9)
    # Nothing comes if the session goes nowhere, and nobody else comes: two independent things.
    nowhere = chain.matrix.rows[:, -1] / (1 - np.diagonal(chain.matrix.moves))
    np.testing.assert_allclose(1 - with_next, nowhere * np.exp(-successors.exposure), atol=rate**1.5)


def test_successors_of_a_crowd_of_overlapping_sessions(config: Config) -> None:
    flat = config.with_row(("visits_per_hour",), {str(hour): 1 / 24 for hour in range(24)})
    log = log_of_run(flat, seed=2, days=1, user_pool_size=1000, sessions_per_day=100_000)
    chain = chain_of(flat)
    steps = longest_gap(chain, len(log))
    successors = Successors(chain, steps, rate=100_000 / 8640 / 1000)
    assert successors.exposure > 0.3
    strands = Strands.of(log.user, log.time)
    page = log.page[strands.order]
    quiet = (steps * 2 + 1) * 5_000_000
    known = strands.time < strands.time.max() - quiet
    near = (strands.gap >= 0) & (strands.gap <= quiet)
    target = np.where(near, np.append(page[1:], 0), 6)
    expected = successors.targets()
    for row in range(6):
        observed = np.bincount(target[known & (page == row)], minlength=7)
        assert_fits(observed, [*expected[row], 1 - expected[row].sum()])
