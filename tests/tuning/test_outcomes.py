"""Outcomes by known answers and another way of computing them; derivatives by finite differences."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from helpers import outcome_of, site

from fakeweb_tui.config import Config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning.outcomes import (
    OUTCOMES,
    Goal,
    Outcome,
    Responses,
    chain_paths,
    chain_rows,
    parse_goal,
    parse_outcome,
    sensitivities,
)
from fakeweb_tui.tuning.rows import UNITS, coupled

from .chains import random_site


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=1, start=start, sessions_per_day=500)


def every_outcome(config: Config) -> list[Outcome]:
    of_pages = [Outcome(kind, page) for kind in ("reach", "share") for page in config.pages]
    return [*of_pages, *map(Outcome, ("conversion", "events", "steps", "events_per_day"))]


def test_the_built_in_site(config: Config, parameters: Parameters) -> None:
    # The known answers of the model (see the forecast's tests).
    assert outcome_of(config, parameters, Outcome("conversion")) == pytest.approx(0.1202, abs=5e-5)
    assert outcome_of(config, parameters, Outcome("events")) == pytest.approx(2.434, abs=5e-4)
    assert outcome_of(config, parameters, Outcome("steps")) == pytest.approx(4.333, abs=5e-4)
    assert outcome_of(config, parameters, Outcome("share", "home")) == pytest.approx(0.4037, abs=5e-5)
    assert outcome_of(config, parameters, Outcome("events_per_day")) == pytest.approx(2.434 * 500, abs=0.25)


def test_a_chain_by_hand(parameters: Parameters) -> None:
    # a goes to b with p, stays with s: reach p / (1 - s), steps 1 / (1 - s) + p / (1 - s).
    lone = site({"a": {"a": 0.5, "b": 0.2, "session_end": 0.3}, "b": {"session_end": 1}}, {"a": 1})
    found = sensitivities(lone, parameters, Outcome("reach", "b"))
    assert outcome_of(lone, parameters, Outcome("reach", "b")) == pytest.approx(0.4)
    # One more for b is taken from a (5 / 8) and the end (3 / 8): d/dp p / (1 - s) = 2 - 0.8 * 5 / 8.
    assert found["pages", "a"]["b"] == pytest.approx(2 - 0.8 * 5 / 8)
    assert found["pages", "b"]["session_end"] == 0
    assert found["landing_pages",] == {"a": 0}
    locked = sensitivities(lone, parameters, Outcome("reach", "b"), frozenset({(("pages", "a"), "a")}))
    assert locked["pages", "a"]["b"] == pytest.approx(2)


@pytest.mark.parametrize("limit", [360, 1, 2, 7])
@pytest.mark.parametrize("seed", range(6))
def test_outcomes_are_those_of_the_forecast(parameters: Parameters, seed: int, limit: int) -> None:
    config, parameters = random_site(seed), replace(parameters, max_session_steps=limit)
    forecast = Forecast(config, parameters)
    for code, page in enumerate(config.pages):
        assert outcome_of(config, parameters, Outcome("reach", page)) == pytest.approx(forecast.reach[code])
        assert outcome_of(config, parameters, Outcome("share", page)) == pytest.approx(forecast.share[code])
    assert outcome_of(config, parameters, Outcome("conversion")) == pytest.approx(forecast.conversion)
    assert outcome_of(config, parameters, Outcome("events")) == pytest.approx(forecast.chain.events)
    assert outcome_of(config, parameters, Outcome("steps")) == pytest.approx(forecast.chain.steps)


@pytest.mark.parametrize("limit", [360, 1, 2, 7])
@pytest.mark.parametrize("seed", range(6))
def test_derivatives_against_finite_differences(parameters: Parameters, seed: int, limit: int) -> None:
    config, parameters = random_site(seed), replace(parameters, max_session_steps=limit)
    rows, h = chain_rows(config), 1e-6
    for outcome in every_outcome(config):
        exact = Responses(config.page_names, rows, parameters).of_outcome(outcome).by_rows
        for at in np.ndindex(*rows.shape):
            low, high = rows.copy(), rows.copy()
            low[at] -= h
            high[at] += h
            values = [Responses(config.page_names, r, parameters).of_outcome(outcome).value for r in (low, high)]
            assert exact[at] == pytest.approx((values[1] - values[0]) / (2 * h), rel=1e-5, abs=1e-5), (outcome, at)


@pytest.mark.parametrize("seed", range(4))
def test_sensitivities_are_what_a_slider_does(parameters: Parameters, seed: int) -> None:
    config, h = random_site(seed, 4), 2e-5
    locks = frozenset({(("pages", "p1"), "session_end")})
    for outcome in every_outcome(config):
        for path, row in sensitivities(config, parameters, outcome, locks).items():
            for name, derivative in row.items():
                before = config.row(path)
                locked = [held for where, held in locks if where == path and held != name]
                values = []
                for value in (before[name] - h, before[name] + h):
                    moved = coupled(before, name, value, locked)
                    if not 0 <= value <= 1 or abs(moved[name] - value) > 1 / UNITS:
                        break
                    values.append(outcome_of(config.with_row(path, moved), parameters, outcome))
                else:
                    slope = (values[1] - values[0]) / (2 * h)
                    assert derivative == pytest.approx(slope, rel=1e-3, abs=2e-3 * abs(values[0])), (outcome, path)


def test_what_is_asked_for_is_read(config: Config) -> None:
    assert parse_goal("reach(confirmation)=0.03", config) == Goal(Outcome("reach", "confirmation"), 0.03)
    assert parse_goal(" share( cart ) = 8 % ", config) == Goal(Outcome("share", "cart"), 0.08)
    assert parse_goal("steps=6", config) == Goal(Outcome("steps"), 6)
    assert parse_goal("events_per_day=1.5e4", config) == Goal(Outcome("events_per_day"), 15000)
    assert str(parse_goal("conversion=.5", config)) == "conversion=0.5"
    assert str(parse_outcome("reach(cart)", config)) == "reach(cart)"
    odd = site({"a(b)=c": {"session_end": 1}}, {"a(b)=c": 1})
    assert parse_goal("reach(a(b)=c)=1", odd) == Goal(Outcome("reach", "a(b)=c"), 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("reach(confirmation)", "is no goal: write for instance reach"),
        ("reach(confirmation)=-1", "is no goal"),
        ("events=1e999", "1e999 is too large for a number"),
        ("reach(confirmation)=much", "is no goal"),
        ("", "is no goal"),
        ("=1", "is no goal"),
        ("reach=1", "reach is of a page: write for instance reach"),
        ("reach()=1", "reach is of a page"),
        ("reach(nowhere)=1", "unknown page 'nowhere' in 'reach.nowhere.': the pages are 'home', 'product_a',"),
        ("steps(cart)=1", "steps is of the whole site"),
        ("bounce=1", "'bounce' is no outcome: they are reach.PAGE., share.PAGE., conversion"),
    ],
)
def test_what_cannot_be_read(config: Config, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_goal(text, config)


def test_every_outcome_has_words(config: Config) -> None:
    assert {outcome.kind for outcome in every_outcome(config)} == set(OUTCOMES)
    assert chain_paths(config)[-1] == ("landing_pages",)
