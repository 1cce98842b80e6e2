"""The pace of a comparison, in time that the tests own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest

from fakeweb_tui.comparison import Comparison, PacedComparison, Progress
from fakeweb_tui.config import Config
from fakeweb_tui.simulation import Parameters


@pytest.fixture
def tuned(config: Config) -> Config:
    """The built-in config with more sessions that go on to a product."""
    home = {**config.pages["home"], "product_a": 0.27, "session_end": 0.16}
    return config.with_row(("pages", "home"), home)


class Pacer:
    """Runs a comparison for so many looks, without waiting; notes what it waited for."""

    def __init__(
        self, comparison: Comparison, enough: int, looks: int, spent: Iterator[float] | None = None
    ) -> None:
        self.waits: list[float] = []
        self.published: list[Progress] = []
        self.at: dict[int, bool] = {}
        clock = spent or iter(lambda: 0.0, 1.0)
        self.paced = PacedComparison(comparison, enough, self._wait, lambda: next(clock))
        self._looks = looks

    def _wait(self, event: threading.Event, seconds: float) -> None:
        del event
        self.waits.append(seconds)
        if len(self.waits) in self.at:
            self.paced.play(self.at[len(self.waits)])

    def run(self) -> list[Progress]:
        self.paced.run(lambda: len(self.waits) >= self._looks, self.published.append)
        return self.published


def counted(progress: Progress) -> int:
    return max(progress.figures.sessions)


def comparison_of(a: Config, b: Config, start: datetime, sessions_per_day: float = 10_000) -> Comparison:
    return Comparison(Parameters(seed=3, start=start, sessions_per_day=sessions_per_day), a, b)


def test_it_grows_by_an_eighth_a_look_until_enough(config: Config, tuned: Config, start: datetime) -> None:
    pacer = Pacer(comparison_of(config, tuned, start), 20_000, 100)
    published = pacer.run()
    sessions = [counted(progress) for progress in published]
    assert 150 < sessions[0] < 250
    for before, after in pairwise(sessions[20:-1]):
        assert after / before == pytest.approx(9 / 8, rel=0.02)
    assert 20_000 <= sessions[-1] < 20_100
    assert [progress.running for progress in published] == [True] * (len(published) - 1) + [False]
    assert not published[-1].over
    # Once there is enough, nothing is computed, and nothing is said again.
    assert pacer.waits[len(published) - 1 :] == [1.0] * (100 - len(published) + 1)


def test_the_figures_are_those_of_the_comparison_itself(config: Config, tuned: Config, start: datetime) -> None:
    last = Pacer(comparison_of(config, tuned, start), 5_000, 60).run()[-1]
    whole = comparison_of(config, tuned, start)
    whole.advance((last.figures.until - last.figures.since).seconds // 10)
    expected = whole.snapshot()
    assert expected.sessions == last.figures.sessions
    np.testing.assert_array_equal(expected.reach.b.value, last.figures.reach.b.value)
    np.testing.assert_array_equal(expected.reach.difference.error, last.figures.reach.difference.error)


def test_it_rests_for_as_long_as_it_computed(config: Config, tuned: Config, start: datetime) -> None:
    seconds = iter([0.0, 0.02, 5.0, 5.75, 9.0, 9.1])
    pacer = Pacer(comparison_of(config, tuned, start), 20_000, 3, seconds)
    pacer.run()
    assert pacer.waits == pytest.approx([0.1, 0.75, 0.1])


def test_it_halts_and_goes_on(config: Config, tuned: Config, start: datetime) -> None:
    pacer = Pacer(comparison_of(config, tuned, start), 20_000, 9)
    pacer.at = {3: False, 6: True}
    published = pacer.run()
    assert [progress.running for progress in published] == [True, True, True, False, True, True, True]
    assert counted(published[3]) == counted(published[2]) < counted(published[4])


def test_after_enough_it_goes_on_for_as_many_again(config: Config, tuned: Config, start: datetime) -> None:
    pacer = Pacer(comparison_of(config, tuned, start), 1_000, 40)
    pacer.at = {20: True}
    published = pacer.run()
    assert published[-1].enough == pytest.approx(2_000, abs=30)
    assert counted(published[-1]) == pytest.approx(2_000, abs=60)
    assert not published[-1].running


def test_it_ends_with_time(config: Config, tuned: Config) -> None:
    late = datetime(9999, 12, 31, 23, 59)
    published = Pacer(comparison_of(config, tuned, late, sessions_per_day=1e6), 20_000, 20).run()
    assert published[-1].over
    assert not published[-1].running
    assert counted(published[-1]) < 20_000
