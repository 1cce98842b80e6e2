"""Goal-seek on many random chains: met by the config that is saved, or refused for a reason that is true."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from helpers import outcome_of, site

from fakeweb_tui.config import Config, parse_config, render_config, structure_problems
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning.goal_seek import TOLERANCE, Solution, UnreachableError, seek
from fakeweb_tui.tuning.outcomes import Goal, Outcome, chain_paths, parse_goal
from fakeweb_tui.tuning.rows import SMALLEST
from fakeweb_tui.tuning.workbench import Lock

from .chains import random_site

KINDS = ("reach", "share", "conversion", "events", "steps", "events_per_day")


@pytest.fixture
def parameters(start: datetime) -> Parameters:
    return Parameters(seed=1, start=start, sessions_per_day=500)


def assert_met(config: Config, parameters: Parameters, goals: list[Goal], solution: Solution) -> None:
    """Fail unless the saved config meets the goals, and is valid."""
    saved = parse_config(render_config(solution.config), "saved.yml")
    assert saved == solution.config
    for goal, after in zip(goals, solution.after, strict=True):
        value = outcome_of(saved, parameters, goal.outcome)
        assert value == after
        assert abs(value - goal.value) <= TOLERANCE * max(1.0, goal.value)
    assert not any(structure_problems(saved.pages, saved.landing_pages))
    for path in chain_paths(config):
        for name, old in config.row(path).items():
            new = saved.row(path)[name]
            assert (new == 0) == (old == 0)
            assert new >= min(SMALLEST, old / 10) - 2e-9 or new == old
    for path in set(config.paths) - set(chain_paths(config)):
        assert saved.row(path) == config.row(path)


def random_case(seed: int) -> tuple[Config, Outcome, frozenset[Lock]]:
    generator = np.random.default_rng(seed)
    config = random_site(seed)
    kind = KINDS[seed % len(KINDS)]
    page = str(generator.choice(config.page_names)) if kind in ("reach", "share") else ""
    everything = [(path, name) for path in chain_paths(config) for name in config.row(path)]
    locks = frozenset(lock for lock in everything if generator.random() < 0.2)
    return config, Outcome(kind, page), locks


def reachable(
    config: Config, parameters: Parameters, outcome: Outcome, locks: frozenset[Lock] = frozenset()
) -> tuple[float, float]:
    """From where to where an outcome can be moved, as one is told who asks for more than can be."""
    with pytest.raises(UnreachableError) as refused:
        seek(config, parameters, [Goal(outcome, 1e12)], locks)
    return refused.value.low, refused.value.high


@pytest.mark.parametrize("seed", range(24))
def test_random_chains(parameters: Parameters, seed: int) -> None:
    config, outcome, locks = random_case(seed)
    parameters = replace(parameters, max_session_steps=(360, 360, 6)[seed // 6 % 3])
    low, high = reachable(config, parameters, outcome, locks)
    before = outcome_of(config, parameters, outcome)
    assert low <= before <= high
    generator = np.random.default_rng(seed)
    for part in (0.0, float(generator.random()), 1.0):
        goal = Goal(outcome, low + part * (high - low))
        solution = seek(config, parameters, [goal], locks)
        assert_met(config, parameters, [goal], solution)
        assert solution.before == (before,)
        for path, name in locks:
            assert solution.config.row(path)[name] == config.row(path)[name]
    for beyond in (low - 0.01 * max(1.0, low), high + 0.01 * max(1.0, high)):
        with pytest.raises(UnreachableError) as refused:
            seek(config, parameters, [Goal(outcome, beyond)], locks)
        assert (refused.value.low, refused.value.high) == (low, high)


@pytest.mark.parametrize("seed", range(12))
def test_no_random_config_goes_beyond_the_range(parameters: Parameters, seed: int) -> None:
    config, outcome, locks = random_case(seed)
    low, high = reachable(config, parameters, outcome, locks)
    generator = np.random.default_rng(seed)
    for _ in range(50):
        rows = {}
        for path in chain_paths(config):
            row = config.row(path)
            free = [name for name in row if row[name] > 0 and (path, name) not in locks]
            floors = {name: min(SMALLEST, row[name] / 10) for name in free}
            spare = sum(row[name] for name in free) - sum(floors.values())
            # Near a corner as often as in the middle.
            nearness = [generator.choice([0.01, 1.0])] * len(free)
            parts: list[float] = generator.dirichlet(nearness).tolist() if free else []
            rows[path] = {**row, **{n: floors[n] + spare * part for n, part in zip(free, parts, strict=True)}}
        value = outcome_of(config.with_rows(rows), parameters, outcome)
        assert low - 1e-9 * max(1, low) <= value <= high + 1e-9 * max(1, high)


def test_the_issue_s_examples(config: Config, parameters: Parameters) -> None:
    for text in ("reach(confirmation)=3%", "share(cart)=8%", "events=6", "steps=6"):
        goals = [parse_goal(text, config)]
        assert_met(config, parameters, goals, seek(config, parameters, goals))
    together = [parse_goal(text, config) for text in ("conversion=3%", "share(cart)=8%", "events=6")]
    assert_met(config, parameters, together, seek(config, parameters, together))


def test_the_change_is_the_smallest(config: Config, parameters: Parameters) -> None:
    goal = Goal(Outcome("reach", "confirmation"), 0.15)
    best = seek(config, parameters, [goal])
    assert best.distance > 0
    # Any other way to the goal is farther: only by some of the rows, or with something held.
    for rows in (
        [("pages", "cart")],
        [("pages", "home"), ("pages", "payment")],
        [("pages", "product_a"), ("pages", "cart")],
    ):
        other = seek(config, parameters, [goal], rows=rows)
        assert other.distance > best.distance
        assert_met(config, parameters, [goal], other)
        assert {path for path in config.paths if other.config.row(path) != config.row(path)} == set(rows)
    held = seek(config, parameters, [goal], frozenset({(("pages", "cart"), "payment")}))
    assert held.distance > best.distance


def test_against_the_solution_by_hand(parameters: Parameters) -> None:
    # With one row and one free ratio the answer is unique: b's part of what leaves a is what is reached.
    lone = site({"a": {"b": 0.5, "session_end": 0.5}, "b": {"session_end": 1}}, {"a": 1})
    solution = seek(lone, parameters, [Goal(Outcome("reach", "b"), 0.2)])
    assert solution.config.pages["a"] == pytest.approx({"b": 0.2, "session_end": 0.8}, abs=1e-6)
    assert solution.distance == pytest.approx(0.2 * np.log(0.4) + 0.8 * np.log(1.6), abs=1e-5)
    assert reachable(lone, parameters, Outcome("reach", "b")) == pytest.approx((SMALLEST, 1 - SMALLEST))


def test_a_goal_that_is_met_changes_nothing(config: Config, parameters: Parameters) -> None:
    value = outcome_of(config, parameters, Outcome("steps"))
    solution = seek(config, parameters, [Goal(Outcome("steps"), value)])
    assert solution.config is config
    assert solution.distance == 0


def test_impossible_goals(config: Config, parameters: Parameters) -> None:
    with pytest.raises(UnreachableError, match=r"events=0.5 cannot be: events can be from 1.00\d+ to"):
        seek(config, parameters, [Goal(Outcome("events"), 0.5)])
    everything = frozenset((path, name) for path in chain_paths(config) for name in config.row(path))
    with pytest.raises(UnreachableError, match=r"conversion=0.03 cannot be: conversion can be from 0\.120"):
        seek(config, parameters, [Goal(Outcome("conversion"), 0.03)], everything)
    # Each is possible, but who reaches the confirmation reaches the payment.
    goals = [Goal(Outcome("reach", "payment"), 0.1), Goal(Outcome("reach", "confirmation"), 0.3)]
    with pytest.raises(UnreachableError) as refused:
        seek(config, parameters, goals)
    assert refused.value.goal is goals[1]
    assert refused.value.high < 0.1
    assert "while reach(payment)=0.1" in str(refused.value)


def test_goals_that_say_the_same(config: Config, parameters: Parameters) -> None:
    once = [parse_goal(text, config) for text in ("conversion=3%", "events=3")]
    twice = [*once, *(parse_goal(text, config) for text in ("reach(confirmation)=0.03", "events_per_day=1500"))]
    assert_met(config, parameters, twice, seek(config, parameters, twice))
    assert seek(config, parameters, twice).config == seek(config, parameters, once).config
    with pytest.raises(UnreachableError, match=r"conversion=0.04 cannot be: .* while reach"):
        seek(config, parameters, [twice[2], parse_goal("conversion=4%", config)])
    nothing = replace(parameters, sessions_per_day=0)
    assert seek(config, nothing, [Goal(Outcome("events_per_day"), 0)]).config is config


@pytest.mark.parametrize("seed", range(12))
def test_two_goals_that_some_config_meets(parameters: Parameters, seed: int) -> None:
    config, other = random_site(seed), random_site(seed, row_seed=seed + 1)
    outcomes = (Outcome("events"), Outcome("reach", config.goal))
    goals = [Goal(outcome, outcome_of(other, parameters, outcome)) for outcome in outcomes]
    assert_met(config, parameters, goals, seek(config, parameters, goals))


def test_a_large_site(parameters: Parameters) -> None:
    large = random_site(5, 40)
    goal = Goal(Outcome("events"), outcome_of(large, parameters, Outcome("events")) * 1.2)
    assert_met(large, parameters, [goal], seek(large, parameters, [goal]))
