from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import isnan, nan

import pytest

from fakeweb_tui.forecast import TOLERANCE, Forecast
from fakeweb_tui.simulation import Walk
from fakeweb_tui.statistics import Counts
from fakeweb_tui.tui.figures import fit_mark, page_rows

from .driving import SITE, START, events_of, parameters, simulated

FORECAST = Forecast(SITE, parameters())


def test_figures_are_those_of_the_run() -> None:
    snapshot = simulated(6 * 3600).snapshot()
    counts = Counts.of(events_of(Walk(parameters(), SITE), snapshot.clock))
    rows = page_rows(snapshot, FORECAST, comparable=True)
    assert [row.page for row in rows] == list(range(6))
    assert [row.events for row in rows] == counts.events_by_page.tolist()
    assert [row.share for row in rows] == (counts.events_by_page / counts.events).tolist()
    assert [row.reach for row in rows] == (counts.reached_by_page / counts.sessions).tolist()
    assert [row.predicted for row in rows] == FORECAST.share.tolist()
    assert [row.reach_predicted for row in rows] == FORECAST.reach.tolist()
    assert [row.deviation for row in rows] == FORECAST.deviation(snapshot.observed).tolist()
    assert all(abs(row.deviation) < TOLERANCE for row in rows)


def test_prediction_of_the_built_in_site() -> None:
    rows = page_rows(simulated().snapshot(), FORECAST, comparable=True)
    assert [row.predicted for row in rows] == pytest.approx(
        [0.4037, 0.2275, 0.1497, 0.1019, 0.0679, 0.0494], abs=5e-5
    )
    assert rows[-1].reach_predicted == pytest.approx(0.1202, abs=5e-5)


def test_nothing_is_known_before_the_first_event() -> None:
    for row in page_rows(simulated().snapshot(), FORECAST, comparable=True):
        assert row.events == 0
        assert isnan(row.share)
        assert isnan(row.reach)
        assert fit_mark(row.deviation) == "·"


def test_reach_is_not_known_while_only_earlier_sessions_reach_pages() -> None:
    # At six in the evening sessions are under way, and the first to move on need not be the first to land.
    live = simulated(18 * 3600, params=parameters(sessions_per_day=3_000))
    live.go_to(START + timedelta(hours=18))
    early = False
    for _ in range(40):
        live.step()
        live.advance()
        counts = live.snapshot().observed.counts
        early = early or counts.reached_by_page.max() > counts.sessions
        for row, reached in zip(
            page_rows(live.snapshot(), FORECAST, comparable=True), counts.reached_by_page.tolist(), strict=True
        ):
            if reached > counts.sessions or not counts.sessions:
                assert isnan(row.reach)
            else:
                assert row.reach == reached / counts.sessions
    assert early
    assert not isnan(row.reach)


def test_shares_of_another_config_are_not_shown_beside_the_prediction() -> None:
    snapshot = simulated(3600).snapshot()
    for row in page_rows(snapshot, FORECAST, comparable=False):
        assert row.events == snapshot.total.events_by_page[row.page] > 0
        assert isnan(row.share)
        assert isnan(row.reach)
        assert isnan(row.deviation)


def test_shares_count_from_the_last_edit_and_events_from_the_start() -> None:
    live = simulated(3600)
    # An edit counts from the next step that is computed: the one under way was computed before it.
    live.step()
    live.edit(SITE, replace(parameters(), sessions_per_day=20_000))
    live.advance()
    before = live.snapshot()
    for _ in range(5):
        live.step()
    live.advance()
    after = live.snapshot()
    rows = page_rows(after, FORECAST, comparable=True)
    fresh = after.total.events_by_page - before.total.events_by_page
    assert sum(row.events for row in rows) == after.total.events > fresh.sum() > 0
    assert [row.share for row in rows] == (fresh / fresh.sum()).tolist()


@pytest.mark.parametrize(
    ("deviation", "mark"),
    [
        (nan, "·"),
        (0.0, "≈"),
        (TOLERANCE, "≈"),
        (-TOLERANCE, "≈"),
        (TOLERANCE + 0.01, "▲"),
        (-TOLERANCE - 0.01, "▼"),
    ],
)
def test_marks(deviation: float, mark: str) -> None:
    assert fit_mark(deviation) == mark
