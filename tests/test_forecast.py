"""What is predicted against what long runs show, and the deviation against what standard deviations should be."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from helpers import FAR, assert_fits, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.forecast import ENOUGH_EVENTS, TOLERANCE, Forecast
from fakeweb_tui.markov import AbsorbingChain, Floats, TransitionMatrix
from fakeweb_tui.simulation import LANDING, Parameters, Walk
from fakeweb_tui.statistics import Counts, Observation

EDITED_HOME = {"home": 0.45, "product_a": 0.2, "product_b": 0.09, "session_end": 0.26}


def observed(walk: Walk, stop: int) -> Observation:
    """What is counted from where a walk stands up to a step."""
    since, before = walk.parameters.time_of(walk.position), walk.active_by_page
    counts = Counts.of(walked(walk, stop))
    pages = len(walk.matrix.pages)
    return Observation(
        since, walk.parameters.time_of(stop), counts, Counts.none(pages), before, walk.active_by_page
    )


def deviations(config: Config, start: datetime, seeds: int, begin: int, steps: int, **more: Any) -> Floats:
    """The deviations of so many runs, shape (seeds, P)."""
    rows = []
    for seed in range(seeds):
        parameters = replace(Parameters(seed=seed, start=start), **more)
        walk = Walk(parameters, config, step=begin)
        rows.append(Forecast(config, parameters).deviation(observed(walk, begin + steps)))
    return np.array(rows)


# The figures


def test_figures_of_the_default_site(config: Config, start: datetime) -> None:
    forecast = Forecast(config, Parameters(seed=0, start=start, sessions_per_day=50_000))
    np.testing.assert_allclose(forecast.share, [0.4037, 0.2275, 0.1497, 0.1019, 0.0679, 0.0494], atol=5e-5)
    assert forecast.share.sum() == pytest.approx(1)
    assert forecast.conversion == forecast.reach[-1] == pytest.approx(0.1202, abs=5e-5)
    np.testing.assert_allclose(forecast.sessions_by_hour, np.array(config.visits_per_hour) * 50_000)


def test_the_limit_on_steps_is_that_of_the_parameters(config: Config, start: datetime) -> None:
    forecast = Forecast(config, Parameters(seed=0, start=start, max_session_steps=1))
    assert forecast.chain.events == 1
    assert forecast.conversion == 0
    np.testing.assert_allclose(forecast.share, [0.6, 0.25, 0.15, 0, 0, 0])


@pytest.mark.parametrize("batch_size", [1, 10, 900, 3600])
def test_events_of_the_hours_are_those_of_all_sessions(config: Config, start: datetime, batch_size: float) -> None:
    forecast = Forecast(config, Parameters(seed=0, start=start, batch_size=batch_size))
    assert forecast.events_by_hour.sum() == pytest.approx(10_000 * forecast.chain.events)


def test_events_of_steps_of_an_hour_come_hours_later(start: datetime) -> None:
    line = site({"a": {"b": 1}, "b": {"c": 1}, "c": {"session_end": 1}}, {"a": 1}, {22: 0.75, 5: 0.25})
    forecast = Forecast(line, Parameters(seed=0, start=start, batch_size=3600, sessions_per_day=1000))
    expected = np.zeros(24)
    expected[[22, 23, 0]] = 750
    expected[[5, 6, 7]] = 250
    np.testing.assert_allclose(forecast.events_by_hour, expected)
    # Half an hour later is in the next hour for half of an hour's sessions.
    half = Forecast(line, Parameters(seed=0, start=start, batch_size=1800, sessions_per_day=1000))
    expected[[22, 23, 0]] = np.array([1 + 0.5, 0.5 + 1, 0]) * 750
    expected[[5, 6, 7]] = np.array([1 + 0.5, 0.5 + 1, 0]) * 250
    np.testing.assert_allclose(half.events_by_hour, expected)


@pytest.mark.parametrize("batch_size", [10, 900])
def test_events_of_the_hours_of_a_long_run(config: Config, start: datetime, batch_size: float) -> None:
    parameters = Parameters(seed=4, start=start, batch_size=batch_size, sessions_per_day=20_000)
    forecast = Forecast(config, parameters)
    day, days = parameters.step_at(start + timedelta(days=1)), 20
    # From the second day on, so that the first hour has the events of sessions that began the day before.
    counts = Counts.of(walked(Walk(parameters, config, step=day), (1 + days) * day))
    expected = forecast.events_by_hour * days
    # Sessions vary as a whole, so it is they that are counted in the error; that some of them have a part of
    # their events in the next hour, and that births are not quite regular, adds less than a tenth.
    error = np.sqrt(forecast.sessions_by_hour * days * forecast.chain.events_covariance.sum()) * 1.1
    assert (abs(counts.events_by_hour - expected) < FAR * error).all()
    assert error.max() < 0.02 * expected.max()
    births = forecast.sessions_by_hour * days
    assert (abs(counts.sessions_by_hour - births) <= FAR * np.sqrt(births)).all()


@pytest.mark.parametrize("limit", [360, 4])
def test_distributions_are_those_of_a_long_run(config: Config, start: datetime, limit: int) -> None:
    parameters = Parameters(seed=6, start=start, sessions_per_day=50_000, max_session_steps=limit)
    chain = Forecast(config, parameters).chain
    for distribution, mean in (
        (chain.steps_distribution(), chain.steps),
        (chain.events_distribution(), chain.events),
    ):
        assert distribution.sum() == pytest.approx(1, abs=1e-9)
        assert (distribution > -1e-15).all()
        assert distribution @ np.arange(1, len(distribution) + 1) == pytest.approx(mean)
    batch = walked(Walk(parameters, config), 8640)
    lengths = np.bincount(np.unique(batch.session, return_counts=True)[1])[1:]
    expected = chain.events_distribution()
    common = min(4, limit) if limit == 4 else 8
    # The sessions that are under way at the end of the run are one in a thousand.
    assert_fits(
        [*lengths[: common - 1], lengths[common - 1 :].sum()],
        [*expected[: common - 1], expected[common - 1 :].sum()],
    )


def test_events_of_a_session_where_each_is_one_step() -> None:
    line = site({"a": {"b": 1}, "b": {"c": 0.5, "session_end": 0.5}, "c": {"session_end": 1}}, {"a": 1})
    for limit, expected in ((360, [0, 0.5, 0.5]), (3, [0, 0.5, 0.5]), (2, [0, 1]), (1, [1])):
        chain = AbsorbingChain(TransitionMatrix.of(line), limit)
        np.testing.assert_allclose(chain.events_distribution(), expected, atol=1e-15)
        np.testing.assert_allclose(chain.steps_distribution(), expected, atol=1e-15)


def test_active_sessions_of_a_long_run(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=3, start=start, sessions_per_day=200_000)
    active = np.zeros(24)
    walk = Walk(parameters, config)
    for step in range(0, 2 * 8640, 60):
        walked(walk, step + 1)
        if step >= 8640:
            active[parameters.time_of(step).hour] += walk.active_by_page.sum() / 6
            walked(walk, step + 60)
    expected = Forecast(config, parameters).active_by_hour
    # Six looks ten minutes apart, which is longer than nearly every session.
    assert (abs(active - expected) < FAR * np.sqrt(expected / 6)).all()


# The deviation


@pytest.mark.parametrize(("begin", "limit"), [(0, 360), (4000, 360), (0, 4), (4000, 4)])
def test_deviations_are_standard_deviations(config: Config, start: datetime, begin: int, limit: int) -> None:
    found = deviations(
        config, start, seeds=300, begin=begin, steps=2000, sessions_per_day=10_000, max_session_steps=limit
    )
    # In four steps hardly a session gets to the goal: too few for a normal approximation in every run.
    found = found[:, AbsorbingChain(TransitionMatrix.of(config), limit).reach > 0.02]
    assert found.shape[1] == (6 if limit > 4 else 5)
    assert not np.isnan(found).any()
    # Of 300 looks the mean is known to 1/√300 and the spread to 1/√600. Sessions under way vary less than
    # whole ones, and are about one in a hundred here.
    assert (abs(found.mean(axis=0)) < FAR / np.sqrt(300)).all()
    assert (abs(found.std(axis=0) - 1) < FAR / np.sqrt(600)).all()
    assert (abs(found) > TOLERANCE).mean() < 0.02


@pytest.mark.parametrize("begin", [0, 400])
def test_deviations_are_zero_on_average_also_where_most_sessions_are_under_way(
    config: Config, start: datetime, begin: int
) -> None:
    found = deviations(
        config, start, seeds=300, begin=begin, steps=5, sessions_per_day=1_000_000, max_session_steps=360
    )
    means, errors = found.mean(axis=0), found.std(axis=0) / np.sqrt(300)
    judged = np.array([not np.isnan(column).any() for column in found.T])
    assert judged[:3].all()
    assert (abs(means[judged]) < FAR * errors[judged]).all()
    # What is still to come varies not at all here, so that nothing is further off than of whole sessions.
    assert (found.std(axis=0)[judged] < 1 + FAR / np.sqrt(600)).all()


def test_nothing_is_judged_where_many_under_way_are_near_their_last_step(config: Config, start: datetime) -> None:
    found = deviations(config, start, seeds=3, begin=0, steps=5, sessions_per_day=1_000_000, max_session_steps=4)
    assert np.isnan(found).all()


def test_events_ahead_of_the_clock_belong_to_what_is_judged(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start)
    forecast = Forecast(config, parameters)
    walk = Walk(parameters, config)
    batch = walked(walk, 4000)
    none = np.zeros(6, np.int64)
    early, late = Counts.of(batch.slice(0, 2000)), Counts.of(batch.slice(2000))
    ends = (start, parameters.time_of(4000))
    parts = forecast.deviation(Observation(*ends, early, late, none, walk.active_by_page))
    whole = forecast.deviation(Observation(*ends, Counts.of(batch), Counts.none(6), none, walk.active_by_page))
    np.testing.assert_allclose(parts, whole)


def test_a_changed_probability_is_noticed(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=50_000)
    changed = config.with_row(("pages", "home"), EDITED_HOME)
    observation = observed(Walk(parameters, changed), 8640)
    off = Forecast(config, parameters).deviation(observation)
    assert off[1] > 2 * TOLERANCE
    assert off[2] < -2 * TOLERANCE
    assert (abs(Forecast(changed, parameters).deviation(observation)) < TOLERANCE + 1).all()


def test_a_change_while_sessions_are_under_way(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=2, start=start, sessions_per_day=50_000)
    changed = config.with_row(("pages", "home"), EDITED_HOME)
    walk = Walk(parameters, config)
    walked(walk, 4320)
    walk.reconfigure(changed)
    observation = observed(walk, 4320 + 4320)
    assert observation.active_before.sum() > 10
    assert (abs(Forecast(changed, parameters).deviation(observation)) < TOLERANCE + 1).all()
    assert abs(Forecast(config, parameters).deviation(observation)).max() > 2 * TOLERANCE


def test_sessions_that_were_under_way_are_judged_where_none_are_born(config: Config, start: datetime) -> None:
    morning = config.with_row(("visits_per_hour",), {str(hour): float(hour == 0) for hour in range(24)})
    # The last births were in the step before: all that is counted is of sessions that had landed by then.
    found = deviations(morning, start, seeds=100, begin=360, steps=60, sessions_per_day=100_000)
    assert not np.isnan(found).any()
    assert (abs(found.mean(axis=0)) < FAR * found.std(axis=0) / np.sqrt(100)).all()
    assert (found.std(axis=0) < 1 + FAR / np.sqrt(200)).all()


def test_too_few_events_are_not_judged(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start)
    forecast = Forecast(config, parameters)
    nothing = observed(Walk(parameters, config), 0)
    assert np.isnan(forecast.deviation(nothing)).all()
    some = observed(Walk(parameters, config), 12)
    judged = ~np.isnan(forecast.deviation(some))
    assert judged.tolist() == (forecast.share * some.counts.events >= ENOUGH_EVENTS).tolist()
    assert judged.any()
    assert not judged.all()


def test_what_cannot_vary_is_not_judged(start: datetime) -> None:
    fixed = site({"a": {"b": 1}, "b": {"session_end": 1}}, {"a": 1})
    parameters = Parameters(seed=1, start=start)
    walk = Walk(parameters, fixed)
    observation = observed(walk, 1000)
    assert observation.counts.sessions == observation.counts.reached_by_page[0] > 100
    assert np.isnan(Forecast(fixed, parameters).deviation(observation)).all()


def test_landings_are_counted_as_sessions(config: Config, start: datetime) -> None:
    batch = walked(Walk(Parameters(seed=1, start=start), config), 500)
    assert Counts.of(batch).sessions == (batch.visit == LANDING).sum()
