"""Walks at the ends of what there can be."""

import tracemalloc
from datetime import datetime

import numpy as np
import pytest
from helpers import FAR, assert_fits, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import HOUR_US, JITTER, LANDING, Parameters, Walk, session_birth_step

from .looking import DAY, steps_of, tally


def test_a_million_sessions_in_one_step_of_an_hour(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=1 << 20, batch_size=3600)
    rush = config.with_row(("visits_per_hour",), {str(hour): float(hour == 1) for hour in range(24)})
    walk = Walk(parameters, rush)
    batches = [walk.advance(stop) for stop in (1, 2, 3, 20)]
    assert [batch.stop_step for batch in batches] == [1, 2, 3, 20]
    for batch in batches:
        inside = np.unique(steps_of(batch, parameters)).tolist()
        assert not inside or batch.start_step <= inside[0] <= inside[-1] < batch.stop_step
    assert (batches[1].visit == LANDING).sum() == len(batches[1]) == 1 << 20
    assert len(np.unique(batches[1].session)) == 1 << 20
    landed = tally(batches[1].page, 6)
    assert_fits(landed, [0.6, 0.25, 0.15, 0, 0, 0])
    arrivals = float(walk.matrix.landing @ walk.matrix.arrivals.sum(axis=1))
    assert len(batches[2]) == pytest.approx(arrivals * (1 << 20), rel=0.01)


def test_the_most_sessions_per_step_and_many_pages_keep_their_times(start: datetime) -> None:
    names = [f"p{number}" for number in range(520)]
    wide = site({name: {"session_end": 1} for name in names}, dict.fromkeys(names, 1 / 520), {0: 1})
    parameters = Parameters(seed=1, start=start, sessions_per_day=1 << 20, batch_size=3600)
    batch = Walk(parameters, wide).advance(1)
    assert len(batch) == 1 << 20
    assert len(np.unique(batch.session)) == 1 << 20
    offset = batch.timestamp.astype(np.int64) - parameters.start_us
    middle = offset / parameters.step_us - 0.5
    assert abs(middle).max() <= JITTER + 1e-6
    assert middle.mean() == pytest.approx(0, abs=FAR * JITTER / np.sqrt(3 * len(batch)))


def test_a_full_day_at_a_large_scale_in_steps_of_an_hour(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=200_000, batch_size=3600)
    batch = walked(Walk(parameters, config), 24)
    assert (batch.visit == LANDING).sum() == pytest.approx(200_000, abs=24)
    hours = batch.timestamp[batch.visit == LANDING].astype(np.int64) // HOUR_US % 24
    np.testing.assert_allclose(tally(hours, 24), np.array(config.visits_per_hour) * 200_000, atol=1)


def test_the_last_steps_that_there_can_be(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, sessions_per_day=1e9, batch_size=0.1)
    last = parameters.max_steps
    # The numbers of steps of a tenth of a second run out before the calendar does.
    assert last == 1 << 36
    walk = Walk(parameters, config, step=last - 100)
    batch = walked(walk, last)
    landed = batch.visit == LANDING
    steps = steps_of(batch, parameters)
    assert landed.sum() > 1000
    assert (steps.min(), steps.max()) == (last - 100, last - 1)
    np.testing.assert_array_equal(session_birth_step(batch.session[landed]), steps[landed])
    after = walk.advance(last + 100)
    assert (len(after), after.start_step, after.stop_step, walk.position) == (0, last, last, last)


def test_the_end_of_the_calendar(config: Config) -> None:
    parameters = Parameters(seed=1, start=datetime(9999, 12, 31, 12), batch_size=3600, sessions_per_day=10_000)
    assert parameters.max_steps == 11
    walk = Walk(parameters, config)
    batch = walked(walk, 11)
    assert len(batch) > 1000
    assert batch.timestamp[-1].item() < parameters.time_of(11) <= datetime.max
    assert len(walk.advance(100)) == 0
    assert walk.position == 11


def test_a_walk_begins_at_the_last_step_or_before(config: Config, start: datetime) -> None:
    parameters = Parameters(seed=1, start=start, batch_size=0.1)
    last = parameters.max_steps
    walk = Walk(parameters, config, step=last)
    assert (walk.position, len(walk.advance(last + 1))) == (last, 0)
    with pytest.raises(ValueError, match=f"step is {last + 1}: a simulation has steps 0 to {last}"):
        Walk(parameters, config, step=last + 1)


def test_no_more_steps_than_asked_for(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config, step=100)
    for stop in (100, 0):
        batch = walk.advance(stop)
        assert (len(batch), batch.start_step, batch.stop_step, walk.position) == (0, 100, 100, 100)


def test_what_a_walk_holds_does_not_grow(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config)

    def day(number: int) -> tuple[int, int]:
        tracemalloc.reset_peak()
        while walk.position < number * DAY:
            walk.advance(number * DAY, chunk_sessions=4096)
        held = walk._active
        return tracemalloc.get_traced_memory()[1], sum(
            column.nbytes for column in (held.number, held.user, held.page, held.seen)
        )

    tracemalloc.start()
    try:
        peak, held = max(day(number) for number in (1, 2, 3))
        for number in range(4, 20):
            day(number)
        later_peak, later_held = day(20)
    finally:
        tracemalloc.stop()
    assert later_peak < 1.2 * peak
    # A session in the site takes 32 bytes here; at midnight there are about 7 of them.
    assert 0 < held < 32 * 100
    assert 0 < later_held < 32 * 100
