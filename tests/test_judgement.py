"""Figures beside their prediction: over many runs, deviations are as large as standard deviations say."""

from dataclasses import replace
from datetime import datetime
from math import isnan

import numpy as np
import pytest
from helpers import FAR, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.forecast import TOLERANCE, Forecast
from fakeweb_tui.judgement import Figure, Judgement, _steps_by_hour
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.statistics import Counts, Observation

HOME = ("pages", "home")


def observed(walk: Walk, stop: int) -> Observation:
    """What is counted from where a walk stands up to a step."""
    begin, active, before = walk.position, walk.active_by_page, walk.presence
    walk.count_moves()
    counts = Counts.of(walked(walk, stop))
    time_of, none = walk.parameters.time_of, Counts.none(len(walk.matrix.pages))
    ends = (time_of(begin), time_of(stop))
    steps = range(begin, stop)
    return Observation(*ends, counts, none, active, walk.active_by_page, steps, walk.moves, before, walk.presence)


def figures(judgement: Judgement) -> list[Figure]:
    return [judgement.events, judgement.steps, *judgement.reach, *judgement.share, *judgement.sessions_by_hour]


def deviations(config: Config, parameters: Parameters, seeds: int, begin: int, steps: int) -> Floats:
    rows = []
    for seed in range(seeds):
        seeded = replace(parameters, seed=seed)
        walk = Walk(seeded, config, step=begin)
        judged = Judgement(Forecast(config, seeded), observed(walk, begin + steps))
        rows.append([figure.deviation for figure in figures(judged)])
    return np.array(rows)


@pytest.mark.parametrize(
    ("begin", "steps", "sessions"), [(0, 800, 150_000), (3000, 7, 2_000_000), (3000, 300, 150_000)]
)
def test_deviations_are_standard(config: Config, start: datetime, begin: int, steps: int, sessions: float) -> None:
    # Of a short stretch nearly everything is of sessions that are under way at one end or the other.
    parameters = Parameters(seed=0, start=start, sessions_per_day=sessions)
    runs = 120
    found = deviations(config, parameters, runs, begin, steps)
    judged = np.asarray(~np.isnan(found).any(axis=0))
    assert judged[:2].all()
    assert judged[2:8].all()
    assert (abs(found.mean(axis=0)[judged]) < FAR / np.sqrt(runs) * 1.2).all()
    spread = found.std(axis=0)[judged]
    assert (spread < 1 + FAR / np.sqrt(2 * runs)).all()
    # The share's variance counts whoever was there before as a whole session: there it is too careful.
    exact = np.flatnonzero(judged)[:8]
    assert (found.std(axis=0)[exact] > 1 - FAR / np.sqrt(2 * runs)).all()


def test_where_the_limit_on_steps_is_felt(start: datetime) -> None:
    lone = site(
        {"a": {"a": 0.5, "b": 0.3, "session_end": 0.2}, "b": {"a": 0.6, "b": 0.3, "session_end": 0.1}}, {"a": 1}
    )
    parameters = Parameters(seed=0, start=start, sessions_per_day=20_000, max_session_steps=4)
    found = deviations(lone, parameters, 100, 0, 8640)
    judged = np.asarray(~np.isnan(found).any(axis=0))
    assert judged[[0, 1, 3]].all()
    assert (abs(found.mean(axis=0)[judged]) < FAR / 10 * 1.2).all()
    assert (abs(found.std(axis=0)[judged][:3] - 1) < FAR / np.sqrt(200)).all()
    # While many are under way, nobody knows how near they are to their last step.
    unsure = deviations(lone, parameters, 2, 4000, 5)
    assert np.isnan(unsure[:, :6]).all()


def test_a_change_is_noticed_and_what_is_in_force_fits(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=3, start=start, sessions_per_day=100_000)
    changed = config.with_row(HOME, {"home": 0.45, "product_a": 0.3, "product_b": 0.15, "session_end": 0.1})
    walk = Walk(parameters, config)
    walked(walk, 4000)
    walk.reconfigure(changed)
    observation = observed(walk, 8000)
    assert all(
        figure.fits is not False for figure in figures(Judgement(Forecast(changed, parameters), observation))
    )
    other = Judgement(Forecast(config, parameters), observation)
    assert other.events.fits is False
    assert other.steps.fits is False
    assert other.reach[1].fits is False
    assert other.events.deviation > 2 * TOLERANCE


def test_live_figures_converge_after_an_edit(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=4, start=start, sessions_per_day=100_000)
    live = LiveSimulation(parameters, config, None)
    live.advance()
    changed = config.with_row(HOME, {"home": 0.45, "product_a": 0.3, "product_b": 0.15, "session_end": 0.1})
    live.edit(changed)
    errors = []
    for _ in range(4):
        live.advance()
        judgement = Judgement(Forecast(changed, parameters), live.snapshot().observed)
        shown = figures(judgement)
        assert all(figure.fits is not False for figure in shown)
        assert abs(judgement.events.observed - judgement.events.predicted) < 3 * judgement.events.error
        errors.append(judgement.events.error)
    assert errors == sorted(errors, reverse=True)
    assert sum(figure.fits is True for figure in shown) > 14


def test_the_slow_clock_judges_as_the_fast_one(config: Config, start: datetime) -> None:
    # Whatever part of the computed events was let out, the figures are those of all that is computed.
    parameters = Parameters(seed=4, start=start, sessions_per_day=100_000)
    clock = [0.0]
    live = LiveSimulation(parameters, config, 600, now=lambda: clock[0])
    for seconds in (1, 2.003, 3.3):
        clock[0] = seconds
        live.advance()
    snapshot = live.snapshot()
    assert snapshot.observed.ahead.events
    walk = Walk(parameters, config)
    whole = Judgement(Forecast(config, parameters), observed(walk, snapshot.observed.steps.stop))  # type: ignore[union-attr]
    part = Judgement(Forecast(config, parameters), snapshot.observed)
    np.testing.assert_allclose(
        [[f.predicted, f.observed, f.error] for f in figures(part)],
        [[f.predicted, f.observed, f.error] for f in figures(whole)],
    )


def test_nothing_is_judged_by_nothing(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=4, start=start)
    walk = Walk(parameters, config)
    shown = figures(Judgement(Forecast(config, parameters), observed(walk, 0)))
    assert all(isnan(figure.deviation) and figure.fits is None for figure in shown)
    assert all(isnan(figure.observed) for figure in shown)
    none = np.zeros(6, np.int64)
    bare = Observation(start, start, Counts.none(6), Counts.none(6), none, none)
    assert all(figure.fits is None for figure in figures(Judgement(Forecast(config, parameters), bare)))


@pytest.mark.parametrize("batch_size", [10, 7, 0.1, 3600, 1234.5])
def test_steps_are_counted_by_the_hour_in_which_they_begin(start: datetime, batch_size: float) -> None:
    parameters = Parameters(seed=1, start=start.replace(hour=21, minute=7, second=3), batch_size=batch_size)
    for steps in (range(0), range(5, 6), range(100, 40_000)):
        hours = parameters.hour_of(np.arange(steps.start, steps.stop))
        expected = np.bincount(hours, minlength=24)
        found = _steps_by_hour(steps, parameters.start_us, parameters.step_us)
        np.testing.assert_array_equal(found, expected)
