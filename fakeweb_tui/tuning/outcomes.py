"""Outcomes of a config that can be asked for, and how much each probability moves them.

An outcome is a function of the transition matrix and the landing pages. Its derivatives come from the fundamental
matrix N: a sum l N c over sessions that land by l changes with the probability of a move from i to j by
(l N)_i (N c)_j (J. G. Kemeny, J. L. Snell, "Finite Markov Chains", 1960, chapter III; H. Caswell, "Sensitivity
analysis of discrete Markov chains via matrix calculus", 2013). Where the limit on a session's steps is felt, the
same sums are taken over the steps that there are.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fakeweb_tui.config import LANDING_PAGES, SESSION_END, Config, RowPath
from fakeweb_tui.config.problems import listed, shown
from fakeweb_tui.markov import Floats, TransitionMatrix, outlasts, powers_times
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.terminal_text import cut
from fakeweb_tui.tuning.workbench import Lock

OUTCOMES = {
    "reach": "the probability that a session ever reaches the page",
    "share": "the share of the events on the page",
    "conversion": "the probability that a session ever reaches the goal, the last page",
    "events": "the events of a session, its pages",
    "steps": "the steps of a session, its length",
    "events_per_day": "the events of a day",
}
"""What can be asked for; `reach` and `share` are of a page."""

_OF_A_PAGE = ("reach", "share")
_GOAL = re.compile(
    r"\s*(?P<outcome>.+?)\s*=\s*(?P<number>[0-9]*[.]?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(?P<percent>%?)\s*", re.S
)
_OUTCOME = re.compile(r"(?P<kind>[a-z_]+)\s*(?:\(\s*(?P<page>.*?)\s*\))?", re.S)


@dataclass(frozen=True)
class Outcome:
    """A figure of a config: one of `OUTCOMES`, and the page where it is of one."""

    kind: str
    page: str = ""

    def __str__(self) -> str:
        return f"{self.kind}({cut(self.page)})" if self.page else self.kind


@dataclass(frozen=True)
class Goal:
    """What an outcome is to be."""

    outcome: Outcome
    value: float

    def __str__(self) -> str:
        return f"{self.outcome}={self.value:.9g}"


def parse_outcome(text: str, config: Config) -> Outcome:
    """Read an outcome as people write it, `reach(cart)` or `steps`; ValueError that says what would be right."""
    found = _OUTCOME.fullmatch(text.strip())
    if not found or found["kind"] not in OUTCOMES:
        raise ValueError(f"{shown(text)} is no outcome: they are {_known()}")
    kind, page = found["kind"], found["page"]
    if kind not in _OF_A_PAGE:
        if page is not None:
            raise ValueError(f"{kind} is of the whole site: write {kind} without a page")
        return Outcome(kind)
    if not page:
        raise ValueError(f"{kind} is of a page: write for instance {kind}({cut(config.goal)})")
    if page not in config.pages:
        raise ValueError(f"unknown page {shown(page)} in {shown(text)}: the pages are {listed(config.pages)}")
    return Outcome(kind, page)


def parse_goal(text: str, config: Config) -> Goal:
    """Read a goal as people write it, `reach(cart)=0.2` or `conversion=3%`; ValueError where it is none."""
    found = _GOAL.fullmatch(text)
    if not found:
        raise ValueError(f"{shown(text)} is no goal: write for instance reach({cut(config.goal)})=0.03 or steps=5")
    outcome, value = parse_outcome(found["outcome"], config), float(found["number"])
    if not math.isfinite(value):
        raise ValueError(f"{shown(text)} is no goal: {found['number']} is too large for a number")
    return Goal(outcome, value / (100 if found["percent"] else 1))


def _known() -> str:
    return ", ".join(f"{kind}(PAGE)" if kind in _OF_A_PAGE else kind for kind in OUTCOMES)


@dataclass(frozen=True, eq=False)
class Response:
    """An outcome and its derivatives, each probability taken by itself.

    Attributes:
        value: the outcome.
        by_rows: shape (P + 1, P): by the probability of each move between pages and, in the last row, of landing.
            A move to `session_end` has the derivative 0.
    """

    value: float
    by_rows: Floats

    def scaled(self, factor: float) -> "Response":
        """The response of the outcome times a number."""
        return Response(self.value * factor, self.by_rows * factor)


class Responses:
    """The outcomes of one chain, with their derivatives."""

    def __init__(self, pages: tuple[str, ...], rows: Floats, parameters: Parameters) -> None:
        """Take shape (P + 1, P): the probabilities of moves between pages and, in the last row, of landing."""
        self._pages = pages
        self._moves, self._landing = rows[:-1], rows[-1]
        self._parameters = parameters
        self._steps = parameters.max_session_steps
        self._limited = outlasts(self._moves, self._steps)

    @classmethod
    def of(cls, config: Config, parameters: Parameters) -> "Responses":
        """The outcomes of a config."""
        return cls(config.page_names, chain_rows(config), parameters)

    def of_outcome(self, outcome: Outcome) -> Response:
        """Return one outcome and its derivatives."""
        if outcome.kind in ("reach", "conversion"):
            return self._reach(self._pages.index(outcome.page) if outcome.page else len(self._pages) - 1)
        if outcome.kind == "steps":
            return self._sum(self._moves, np.ones(len(self._pages)), self._steps)
        everything = np.ones(len(self._pages))
        if outcome.kind == "events":
            return self._events(everything)
        if outcome.kind == "events_per_day":
            return self._events(everything).scaled(self._parameters.sessions_per_day)
        there = np.zeros(len(self._pages))
        there[self._pages.index(outcome.page)] = 1
        part, whole = self._events(there), self._events(everything)
        share = part.value / whole.value
        return Response(share, (part.by_rows - share * whole.by_rows) / whole.value)

    def _sum(self, moves: Floats, reward: Floats, terms: int) -> Response:
        """The expected sum, over the first steps, of the reward of the page that a session is on."""
        if not self._limited:
            rest = np.eye(len(moves)) - moves
            to_come = np.linalg.solve(rest, reward)
            visits = np.linalg.solve(rest.T, self._landing)
            by_moves = np.outer(visits, to_come)
        else:
            # Who is on i after s steps and goes to j has the reward of the terms - 1 - s steps that are left.
            present = powers_times(moves.T, self._landing, terms)
            left = np.cumsum(powers_times(moves, reward, terms), axis=0)
            by_moves = present[:-1].T @ left[-2::-1]
            to_come = left[-1] if terms else np.zeros(len(moves))
        return Response(float(self._landing @ to_come), np.vstack([by_moves, to_come]))

    def _events(self, counted: Floats) -> Response:
        """The expected events of a session, each counted as its page says."""
        arrivals = self._moves - np.diag(np.diagonal(self._moves))
        terms = self._steps - 1
        later = self._sum(self._moves, arrivals @ counted, terms)
        # A move that is more likely is also itself an event more often.
        if not self._limited:
            visits = np.linalg.solve((np.eye(len(arrivals)) - self._moves).T, self._landing)
        else:
            visits = powers_times(self._moves.T, self._landing, terms).sum(axis=0)
        by_arrival = np.outer(visits, counted)
        np.fill_diagonal(by_arrival, 0.0)
        by_rows = later.by_rows + np.vstack([by_arrival, counted])
        return Response(later.value + float(self._landing @ counted), by_rows)

    def _reach(self, page: int) -> Response:
        """The probability that a session ever reaches a page: made absorbing, it is visited once."""
        stopped = self._moves.copy()
        stopped[page] = 0.0
        there = np.zeros(len(stopped))
        there[page] = 1.0
        response = self._sum(stopped, there, self._steps)
        response.by_rows[page] = 0.0
        return response


def chain_rows(config: Config) -> Floats:
    """Return, shape (P + 1, P), the probabilities of moves between pages and, in the last row, of landing."""
    matrix = TransitionMatrix.of(config)
    return np.vstack([matrix.moves, matrix.landing])


def chain_paths(config: Config) -> tuple[RowPath, ...]:
    """Return the paths of the rows that make the chain: those of the pages, then the landing pages."""
    return (*(("pages", page) for page in config.pages), LANDING_PAGES)


def sensitivities(
    config: Config, parameters: Parameters, outcome: Outcome, locks: frozenset[Lock] = frozenset()
) -> Mapping[RowPath, Mapping[str, float]]:
    """Return how much an outcome changes per unit of each probability of the chain, as a slider moves it.

    That is the derivative along the coupled change: the others of the row that are not locked give way in their
    ratios. It is 0 where none can.
    """
    by_rows = Responses.of(config, parameters).of_outcome(outcome).by_rows
    by_rows = np.hstack([by_rows, np.zeros((len(by_rows), 1))])  # a move to `session_end`
    codes = {page: code for code, page in enumerate((*config.page_names, SESSION_END))}
    found: dict[RowPath, dict[str, float]] = {}
    for path, gradient in zip(chain_paths(config), by_rows, strict=True):
        row = config.row(path)
        share = np.array(list(row.values()))
        alone = gradient[[codes[name] for name in row]]
        giving = np.tile([(path, name) not in locks for name in row], (len(row), 1)).astype(np.float64)
        np.fill_diagonal(giving, 0.0)  # [name, other]: whether the other gives way to it
        among = giving * np.where((giving @ share > 0)[:, None], share, 1.0)
        total = among.sum(axis=1)
        given = among @ alone / np.where(total > 0, total, 1.0)
        found[path] = dict(zip(row, np.where(total > 0, alone - given, 0.0).tolist(), strict=True))
    return found
