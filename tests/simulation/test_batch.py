"""Batches."""

import numpy as np
from helpers import COLUMNS, assert_same_events, joined, walked

from fakeweb_tui.config import Config
from fakeweb_tui.simulation import Batch, Parameters, Walk


def test_a_batch_splits_at_a_moment(config: Config, parameters: Parameters) -> None:
    batch = walked(Walk(parameters, config), 1000)
    for moment in (parameters.start, batch.timestamp[500].item(), parameters.time_of(1000)):
        before, after = batch.until(moment)
        assert (before.timestamp < np.datetime64(moment)).all()
        assert (after.timestamp >= np.datetime64(moment)).all()
        assert_same_events(joined([before, after]), batch)
        assert (before.start_step, before.stop_step, before.pages) == (0, 1000, batch.pages)
    part = batch.slice(3, 7)
    assert len(part) == 4
    assert all(np.shares_memory(getattr(part, name), getattr(batch, name)) for name in COLUMNS)


def test_an_empty_batch_has_the_columns_of_a_full_one(config: Config, parameters: Parameters) -> None:
    empty = Batch.empty(5, config.page_names)
    full = walked(Walk(parameters, config), 100)
    assert (len(empty), empty.start_step, empty.stop_step) == (0, 5, 5)
    for name in COLUMNS:
        assert getattr(empty, name).dtype == getattr(full, name).dtype
        assert len(getattr(empty, name)) == 0
    assert full.page.dtype == np.uint16
    assert full.user.dtype == full.session.dtype == np.uint64
    assert full.visit.dtype == np.uint8
    assert full.timestamp.dtype == np.dtype("M8[us]")
