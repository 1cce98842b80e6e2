from __future__ import annotations

import numpy as np

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.simulation import Walk
from fakeweb_tui.tui.flows import ENOUGH_MOVES, Flows

from ..driving import SITE, linked_pages, parameters, simulated

FORECAST = Forecast(SITE, parameters())


def test_moves_are_those_of_the_walk() -> None:
    walk = Walk(parameters(), SITE)
    walk.count_moves()
    batch = walk.advance(2000)
    moves = walk.moves
    # Arriving from another page is an event, and so is landing.
    arrivals = moves[:, :-1].sum(axis=0) - np.diagonal(moves)
    landings = np.bincount(batch.page[batch.visit == 2], minlength=6)
    assert (arrivals + landings).tolist() == np.bincount(batch.page, minlength=6).tolist()
    # Whoever landed has left, or is there.
    assert landings.sum() == moves[:, -1].sum() + walk.active_by_page.sum()


def test_counting_changes_nothing_and_other_pages_begin_anew() -> None:
    counting, plain = Walk(parameters(), SITE), Walk(parameters(), SITE)
    counting.count_moves()
    assert counting.advance(500).timestamp.tolist() == plain.advance(500).timestamp.tolist()
    assert counting.moves.any()
    moves = counting.moves.copy()
    counting.reconfigure(SITE.with_row(("browsers",), {"Opera": 1.0}))
    assert counting.moves.tolist() == moves.tolist()
    counting.reconfigure(linked_pages(6))
    assert not counting.moves.any()
    assert plain.moves.size == 0


def test_flows_of_a_day_fit_what_is_configured() -> None:
    snapshot = simulated(24 * 3600).snapshot()
    flows = Flows.of(snapshot, FORECAST, comparable=True)
    assert flows.weight is not FORECAST.flow
    known = ~np.isnan(flows.deviation)
    # Every transition but the certain and the impossible ones is judged, and noise goes beyond 4 in 1 of 16,000.
    assert known.tolist() == ((flows.configured > 0) & (flows.configured < 1)).tolist()
    assert np.abs(flows.deviation[known]).max() < 4
    assert np.allclose(flows.observed.sum(axis=1), 1)
    assert np.allclose(flows.weight.sum(), FORECAST.flow.sum())
    assert np.allclose(flows.weight, FORECAST.flow, atol=0.05)


def test_a_difference_is_seen() -> None:
    snapshot = simulated(24 * 3600).snapshot()
    other = SITE.with_row(("pages", "cart"), {"cart": 0.25, "payment": 0.4, "home": 0.25, "session_end": 0.1})
    flows = Flows.of(snapshot, Forecast(other, parameters()), comparable=True)
    cart, payment, home = (SITE.page_names.index(name) for name in ("cart", "payment", "home"))
    assert flows.deviation[cart, payment] > 3
    assert flows.deviation[cart, home] < -3


def test_with_few_moves_what_is_expected_is_drawn() -> None:
    snapshot = simulated(60).snapshot()
    assert snapshot.moves.sum() < ENOUGH_MOVES
    flows = Flows.of(snapshot, FORECAST, comparable=True)
    assert flows.weight is FORECAST.flow
    blank = Flows.of(simulated(24 * 3600).snapshot(), FORECAST, comparable=False)
    assert np.isnan(blank.observed).all()
    assert np.isnan(blank.deviation).all()


def test_expected_flow_is_what_leads_to_events() -> None:
    flow = FORECAST.flow
    arrivals = flow[:, :-1].sum(axis=0) - np.diagonal(flow)
    assert np.allclose(arrivals + FORECAST.chain.matrix.landing, FORECAST.chain.events_by_page)
    assert np.isclose(flow[:, -1].sum(), 1)
