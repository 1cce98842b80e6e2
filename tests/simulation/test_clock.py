"""Steps and the moments of events."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from helpers import FAR, by_session, joined, site, walked
from hypothesis import example, given
from hypothesis import strategies as st

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import JITTER, LANDING, Parameters, Walk, session_birth_step

from .looking import DAY, steps_of, tally


@pytest.mark.parametrize(
    ("start", "batch_size"),
    [
        (datetime(1969, 7, 20, 20, 17, 40, 500_000), 10),
        (datetime(2100, 2, 28, 23, 59, 59, 999_999), 7.3),
        (datetime(2026, 3, 2, 11, 59, 55), 3600),
        (datetime(2026, 3, 2, 0, 30), 0.1),
    ],
)
def test_events_fall_inside_their_step(config: Config, start: datetime, batch_size: float) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=60_000 * 10 / batch_size, batch_size=batch_size)
    walk = Walk(parameters, config)
    batches = [walk.advance(stop) for stop in (1, 2, 150, 151, 2000)]
    for batch in batches:
        steps = steps_of(batch, parameters)
        assert steps.min(initial=batch.start_step) >= batch.start_step
        assert steps.max(initial=batch.start_step) < batch.stop_step
        assert (np.diff(batch.timestamp.astype(np.int64)) >= 0).all()
    whole = joined(batches)
    assert len(whole) > 1000
    assert whole.timestamp[0] >= np.datetime64(start)
    steps = steps_of(whole, parameters)
    offset = (
        whole.timestamp.astype(np.int64) - parameters.start_us - steps * parameters.step_us
    ) / parameters.step_us
    # Uniform around the middle of the step, to a microsecond.
    assert abs(offset - 0.5).max() <= JITTER + 1 / parameters.step_us
    places = ((offset - 0.5 + JITTER) / (2 * JITTER) * 10).astype(int).clip(0, 9)
    assert abs(tally(places, 10) / len(whole) - 0.1).max() < FAR * 0.3 / np.sqrt(len(whole))
    landed = whole.visit == LANDING
    np.testing.assert_array_equal(steps[landed], session_birth_step(whole.session[landed]))
    once = np.unique(np.stack([whole.session, steps.astype(np.uint64)]), axis=1)
    assert once.shape[1] == len(whole)


def test_equal_moments_are_in_the_order_of_sessions(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=2e9, batch_size=0.1)
    batch = walked(Walk(parameters, config), 50)
    keys = list(zip(batch.timestamp.tolist(), batch.session.tolist(), strict=True))
    assert keys == sorted(keys)
    assert len(set(batch.timestamp.tolist())) < len(batch)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    st.floats(0.1, 3600),
    st.lists(st.integers(0, 200_000), min_size=1, max_size=20),
)
@example(datetime(1969, 12, 31, 23, 59, 59, 999_999), 1, [0, 1, 3599, 3600])
def test_steps_and_moments(start: datetime, batch_size: float, steps: list[int]) -> None:
    parameters = Parameters(seed=0, start=start, batch_size=batch_size)
    moments = [parameters.time_of(step) for step in steps]
    assert parameters.hour_of(np.array(steps)).tolist() == [moment.hour for moment in moments]
    tick = timedelta(microseconds=1)
    for step, moment in zip(steps, moments, strict=True):
        assert parameters.step_at(moment) == step
        assert parameters.step_at(moment - tick) == step - 1
        assert parameters.step_at(parameters.time_of(step + 1) - tick) == step


def test_gaps_between_moves_are_a_step_with_the_spread_of_the_original(parameters: Parameters) -> None:
    # Every move is an event here, so that the events of a session are in consecutive steps.
    busy = site({"a": {"b": 0.9, "session_end": 0.1}, "b": {"a": 0.9, "session_end": 0.1}}, {"a": 1})
    batch = by_session(walked(Walk(parameters, busy), DAY))
    same = batch.session[1:] == batch.session[:-1]
    gaps = np.diff(batch.timestamp.astype(np.int64))[same] / 1e6
    assert (gaps > 0).all()
    assert len(gaps) > 100_000
    # Neighbouring gaps share an event, which makes their mean surer than this, and their spread a little less so.
    assert gaps.mean() == pytest.approx(10, abs=FAR * 3 / np.sqrt(len(gaps)))
    assert gaps.std() == pytest.approx(3, abs=2 * FAR * 3 / np.sqrt(2 * len(gaps)))


def test_a_session_goes_forward_in_time(config: Config, parameters: Parameters) -> None:
    batch = by_session(walked(Walk(parameters, config), DAY))
    same = batch.session[1:] == batch.session[:-1]
    assert (np.diff(batch.timestamp.astype(np.int64))[same] > 0).all()
