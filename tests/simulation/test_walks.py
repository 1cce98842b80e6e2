"""Sessions on their way through the site, and the limit on their steps."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pytest
from helpers import COLUMNS, FAR, assert_fits, by_session, site, walked

from fakeweb_tui.config import Config
from fakeweb_tui.markov import AbsorbingChain, TransitionMatrix
from fakeweb_tui.simulation import AGAIN, LANDING, Batch, Parameters, Walk, session_birth_step

from .looking import DAY, assert_visits_follow_from_pages, steps_of, tally

# Walks through the site


@pytest.fixture(scope="module")
def week(config: Config) -> Batch:
    parameters = Parameters(seed=7, start=datetime(2026, 3, 2), sessions_per_day=20_000)
    batch = walked(Walk(parameters, config), 7 * DAY)
    # Only sessions that have ended: none of the default site lasts longer than its limit.
    done = session_birth_step(batch.session) < 7 * DAY - 360
    return replace(batch, **{name: getattr(batch, name)[done] for name in COLUMNS})


def moves_of(batch: Batch, pages: int) -> npt.NDArray[np.int64]:
    """How often each page (or, last, the end) followed each page, shape (P, P + 1)."""
    ordered = by_session(batch)
    page = ordered.page.astype(np.int64)
    last = np.append(ordered.session[1:] != ordered.session[:-1], True)
    target = np.where(last, pages, np.append(page[1:], 0))
    counts = np.zeros((pages, pages + 1), np.int64)
    np.add.at(counts, (page, target), 1)
    return counts


def test_landing_pages_are_those_of_the_config(config: Config, week: Batch) -> None:
    landed = tally(week.page[week.visit == LANDING], 6)
    assert_fits(landed, [config.landing_pages.get(page, 0) for page in config.page_names])


def test_moves_are_those_of_the_matrix(config: Config, week: Batch) -> None:
    counts = moves_of(week, 6)
    rows = TransitionMatrix.of(config).rows
    for page in range(6):
        # A stay makes no event, so what is seen of a row is what it says of those who leave.
        leave = rows[page].copy()
        leave[page] = 0
        leave /= leave.sum()
        if leave.max() == 1:
            assert counts[page].tolist() == [0] * 6 + [counts[page].sum()]
        else:
            assert_fits(counts[page], leave)


def test_stays_take_steps(config: Config, week: Batch, parameters: Parameters) -> None:
    ordered = by_session(week)
    same = ordered.session[1:] == ordered.session[:-1]
    waited = np.diff(steps_of(ordered, parameters))[same]
    page = ordered.page[:-1][same]
    for code, name in enumerate(config.page_names[:5]):
        stay = config.pages[name][name]
        # Steps until a page is left are geometric.
        counts = tally(waited[page == code], 7)
        counts = np.append(counts[:6], counts[6:].sum())
        assert_fits(counts, [0] + [stay**n * (1 - stay) for n in range(5)] + [stay**5])


def test_visits_follow_from_the_pages(config: Config, parameters: Parameters) -> None:
    assert_visits_follow_from_pages(walked(Walk(parameters, config), DAY))


def test_visits_follow_from_the_pages_across_chunks(parameters: Parameters, lingering: Config) -> None:
    assert_visits_follow_from_pages(walked(Walk(parameters, lingering), 2000, chunk_sessions=20))


def test_visits_follow_from_many_pages(parameters: Parameters, many_pages: Config) -> None:
    batch = walked(Walk(parameters, many_pages), 3000, chunk_sessions=100)
    assert (batch.visit == AGAIN).sum() > 1000
    assert len(set(batch.page.tolist())) == 130
    assert_visits_follow_from_pages(batch)
    rows = TransitionMatrix.of(many_pages).rows
    counts = moves_of(batch, 130)
    assert not counts[:, :130][rows[:, :130] == 0].any()
    assert not counts[:, :130].diagonal().any()


def test_shares_of_events_are_those_of_the_chain(config: Config, week: Batch) -> None:
    chain = AbsorbingChain(TransitionMatrix.of(config), 360)
    sessions, place = np.unique(week.session, return_inverse=True)
    counts = np.zeros((len(sessions), 6))
    np.add.at(counts, (place, week.page), 1)
    error = FAR / np.sqrt(len(sessions))
    assert (abs(counts.mean(axis=0) - chain.events_by_page) < error * counts.std(axis=0)).all()
    reached = counts > 0
    assert (abs(reached.mean(axis=0) - chain.reach) < error * reached.std(axis=0)).all()
    assert counts.sum() / len(sessions) == pytest.approx(2.434, abs=0.03)
    # The table in the README of fake_web_events, whose own error is about 0.3 % of all events.
    table = np.array([20202, 11503, 7571, 5054, 3364, 2481])
    np.testing.assert_allclose(counts.sum(axis=0) / counts.sum(), table / table.sum(), atol=0.006)
    np.testing.assert_array_equal(reached.sum(axis=0), tally(week.page[week.visit > 0], 6))


# The limit on a session's steps


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_no_session_lasts_longer_than_its_limit(parameters: Parameters, limit: int) -> None:
    endless = site({"a": {"b": 1 - 1e-9, "session_end": 1e-9}, "b": {"a": 1}}, {"a": 1})
    walk = Walk(replace(parameters, max_session_steps=limit), endless)
    batch = walked(walk, 2000)
    born = tally(session_birth_step(batch.session[batch.visit == LANDING]), 2000)
    ages = steps_of(batch, parameters) - session_birth_step(batch.session)
    # Hardly anyone leaves, so each session has an event in each of its steps, and no more.
    whole = session_birth_step(batch.session) <= 2000 - limit
    assert tally(ages[whole], limit).tolist() == [born[: 2000 - limit + 1].sum()] * limit
    assert walk.active_by_page.sum() == born[2000 - limit :].sum()


def test_sessions_in_the_site_are_those_that_have_not_ended(config: Config, parameters: Parameters) -> None:
    walk = Walk(parameters, config)
    chain = AbsorbingChain(walk.matrix, 360)
    active = np.zeros(6)
    looks = 400
    walked(walk, 3960)
    for look in range(looks):
        walked(walk, 3960 + look * 100 + 100)
        rate = config.visits_per_hour[parameters.time_of(walk.position - 1).hour] * 20_000 * 10 / 3600
        active += walk.active_by_page / rate / looks
    # Little's law: those in the site are the births of a step times the steps that a session is on a page.
    expected = chain.matrix.landing @ chain.occupancy
    np.testing.assert_allclose(active, expected, rtol=0.1)
    assert active.sum() == pytest.approx(chain.steps, rel=0.03)
