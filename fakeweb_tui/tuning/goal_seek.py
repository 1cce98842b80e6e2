"""Goal-seek: the smallest change of a config that makes outcomes what they are asked to be.

The change is measured by the relative entropy of each row to what it was, summed over the rows (I. Csiszár,
"I-divergence geometry of probability distributions and minimization problems", 1975): it keeps ratios, so that
probabilities that have nothing to do with a goal stay. Probabilities of 0 stay 0, and no other gets lower than
`SMALLEST` or a tenth of what it was: every page stays reachable, and every session ends.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.markov import Floats
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning.outcomes import Goal, Outcome, Responses
from fakeweb_tui.tuning.rows import divided
from fakeweb_tui.tuning.space import Space
from fakeweb_tui.tuning.workbench import Lock

TOLERANCE = 1e-6
"""How near a goal is met, by the probabilities as they are saved; of goals above 1, so much of the goal."""

_CLOSE = 1e-11
_MOST_POLISHING = 60
_LEAST_GAIN = 1e-12


class UnreachableError(Exception):
    """No change that is allowed meets the goals.

    Attributes:
        goal: the one that cannot be met, all others being met.
        low, high: from where to where its outcome can be moved.
    """

    def __init__(self, goal: Goal, low: float, high: float, others: Sequence[Goal] = ()) -> None:
        self.goal, self.low, self.high = goal, low, high
        held = f" while {' and '.join(map(str, others))}" if others else ""
        super().__init__(f"{goal} cannot be: {goal.outcome} can be from {low:.6g} to {high:.6g}{held}")


@dataclass(frozen=True)
class Solution:
    """What a goal-seek found.

    Attributes:
        config: the config that meets the goals.
        before, after: the outcome of each goal.
        distance: the relative entropy of its rows to what they were, summed, in nats.
    """

    config: Config
    before: tuple[float, ...]
    after: tuple[float, ...]
    distance: float


def seek(
    config: Config,
    parameters: Parameters,
    goals: Sequence[Goal],
    locks: frozenset[Lock] = frozenset(),
    rows: Collection[RowPath] | None = None,
) -> Solution:
    """Return the smallest change of a config that meets all goals to within `TOLERANCE`.

    Args:
        config, parameters: what to change, and what runs with it.
        goals: at least one.
        locks: probabilities that stay.
        rows: the rows that may change, of the pages or `landing_pages`; all of them, if None. Of a site with more
            than `MOST_FREE` probabilities only those rows that move the goals most.

    Raises:
        UnreachableError: the goals cannot be met; it tells what could be.
    """
    search = _Search(config, parameters, goals, locks, rows)
    before = tuple(search.outcomes(search.space.start).tolist())
    open_goals: dict[Outcome, Goal] = {}
    for goal in goals:
        alone = _Search(config, parameters, (goal,), locks, rows, search.space)
        low, high = (float(alone.outcomes(alone.extreme(sign))[0]) for sign in (-1, 1))
        slack = TOLERANCE * max(1.0, abs(goal.value)) / 2
        if not low - slack <= goal.value <= high + slack:
            raise UnreachableError(goal, low, high)
        # What nothing moves is met, and two names of one outcome are one equation.
        first = open_goals.setdefault(_plain(goal.outcome, config), goal) if high - low > slack else goal
        if abs(_per_session(first, parameters) - _per_session(goal, parameters)) > slack:
            raise UnreachableError(goal, first.value, first.value, [first])
    search = _Search(config, parameters, tuple(open_goals.values()), locks, rows, search.space)
    if np.abs(search.outcomes(search.space.start) - search.values).max(initial=0.0) <= _CLOSE:
        return Solution(config, before, before, 0.0)
    found = search.solve()
    tuned = search.rounded(found) if found is not None else None
    if tuned is None:
        raise search.refusal()
    responses = Responses.of(tuned, parameters)
    after = tuple(responses.of_outcome(goal.outcome).value for goal in goals)
    return Solution(tuned, before, after, search.space.distance(search.space.point_of(tuned)))


def _plain(outcome: Outcome, config: Config) -> Outcome:
    """The outcome under the other name that it has, if it has one."""
    other = {"conversion": Outcome("reach", config.goal), "events_per_day": Outcome("events")}
    return other.get(outcome.kind, outcome)


def _per_session(goal: Goal, parameters: Parameters) -> float:
    """What a goal asks of a session."""
    of_a_day = goal.outcome.kind == "events_per_day"
    return goal.value / (parameters.sessions_per_day or 1.0) if of_a_day else goal.value


class _Search:
    """The search for one point of a space at which outcomes have their values."""

    def __init__(
        self,
        config: Config,
        parameters: Parameters,
        goals: Sequence[Goal],
        locks: frozenset[Lock],
        rows: Collection[RowPath] | None,
        space: Space | None = None,
    ) -> None:
        self.config, self.parameters, self.goals, self.locks = config, parameters, goals, locks
        self.values = np.array([goal.value for goal in goals])
        if space is None:
            responses = Responses.of(config, parameters)
            influence = sum(abs(responses.of_outcome(goal.outcome).by_rows) for goal in goals)
            space = Space(config, locks, rows, np.asarray(influence))
        self.space = space
        self._scale = np.maximum(1.0, np.abs(self.values))
        self._latest: tuple[bytes, Floats, Floats] | None = None

    def outcomes(self, point: Floats) -> Floats:
        """The outcomes of the goals, shape (goals,)."""
        return self._evaluate(point)[0]

    def _evaluate(self, point: Floats) -> tuple[Floats, Floats]:
        """The outcomes, and their derivatives by the free probabilities, shape (goals, n)."""
        key = point.tobytes()
        if self._latest is None or self._latest[0] != key:
            responses = Responses(self.config.page_names, self.space.rows_at(point), self.parameters)
            found = [responses.of_outcome(goal.outcome) for goal in self.goals]
            values = np.array([response.value for response in found])
            gradients = np.array([self.space.along(response.by_rows) for response in found])
            self._latest = key, values, gradients
        return self._latest[1], self._latest[2]

    def extreme(self, sign: int) -> Floats:
        """The point at which the first outcome is highest (or lowest, where `sign` is -1).

        An outcome is the reward of a Markov decision process in which each row is a choice, or the quotient of
        two, so an extreme lies where every row gives all that it can to one name; to go where the derivatives
        say is policy iteration (R. A. Howard, 1960; W. Dinkelbach, 1967, for the quotient). Where the limit on
        a session's steps is felt, rows are also tried one by one.
        """
        point = self.space.start
        value, gradients = self._evaluate(point)
        while True:
            gradient = sign * gradients[0]
            corner = self.space.corner(gradient)
            candidates = [corner, *self.space.by_row(point, corner)] if self.space.n else []
            for candidate in candidates:
                there, gradients_there = self._evaluate(candidate)
                if sign * (there[0] - value[0]) > _LEAST_GAIN * max(1.0, abs(value[0])):
                    point, value, gradients = candidate, there, gradients_there
                    break
            else:
                return point

    def solve(self) -> Floats | None:
        """The nearest point at which the outcomes have their values; None where none was found."""
        for start in self._starts():
            found = self._nearest(start)
            for candidate in (found, start):
                polished = self._polished(candidate)
                if polished is not None:
                    return polished
        return None

    def _starts(self) -> list[Floats]:
        """Where to begin: where nothing is changed and, for a single goal, where it is met for sure."""
        if len(self.goals) > 1:
            return [self.space.start]
        from scipy.optimize import brentq

        value = self.outcomes(self.space.start)[0]
        end = self.extreme(1 if self.values[0] > value else -1)

        def missing(part: float) -> float:
            return float(self.outcomes(self.space.between(end, part))[0] - self.values[0])

        # The set is convex and the outcome continuous: between the start and the extreme it takes every value.
        part = brentq(missing, 0.0, 1.0, xtol=1e-15) if missing(0.0) * missing(1.0) < 0 else 1.0
        return [self.space.start, self.space.between(end, part)]

    def _nearest(self, start: Floats) -> Floats:
        """The nearest point at which the outcomes have their values, from a start."""
        return self._least(self.space.distance, self.space.distance_gradient, start, len(self.goals))

    def _least(
        self, function: Callable[[Floats], float], gradient: Callable[[Floats], Floats], start: Floats, met: int
    ) -> Floats:
        """What SLSQP (D. Kraft, 1988) finds as the least of a function where the first `met` goals are met."""
        from scipy.optimize import Bounds, minimize

        space, scale = self.space, self._scale[:met]
        in_rows = {"type": "eq", "fun": lambda x: space.sums @ x - space.room, "jac": lambda _: space.sums}
        at_goals = {
            "type": "eq",
            "fun": lambda x: (self.outcomes(x) - self.values)[:met] / scale,
            "jac": lambda x: self._evaluate(x)[1][:met] / scale[:, None],
        }
        found = minimize(
            function,
            start,
            jac=gradient,
            method="SLSQP",
            bounds=Bounds(space.floor, space.ceiling),
            constraints=[in_rows, at_goals],
            options={"maxiter": 300, "ftol": 1e-11},
        )
        return space.inside(np.asarray(found.x))

    def _polished(self, point: Floats) -> Floats | None:
        """The point moved, by Newton's method, until the outcomes are met to rounding; None where that fails."""
        for _ in range(_MOST_POLISHING):
            values, gradients = self._evaluate(point)
            missing = self.values - values
            if (np.abs(missing) <= _CLOSE * self._scale).all():
                return point
            # Probabilities at their floor do not move, and rows keep their sums.
            step = self.space.steepest(point, gradients)
            turn = gradients @ step.T
            point = self.space.moved(point, np.linalg.lstsq(turn, missing)[0] @ step)
        close = np.abs(self.values - self.outcomes(point)) <= TOLERANCE / 10 * self._scale
        return point if close.all() else None

    def rounded(self, point: Floats) -> Config | None:
        """The config at a point, in billionths, moved by single ones where these are felt.

        None where that fails.
        """
        while True:
            config = self._config_at(point)
            point = self.space.point_of(config)
            values, gradients = self._evaluate(point)
            missing = (self.values - values) / self._scale
            off = np.abs(missing).max()
            move = None
            if off > TOLERANCE / 2:
                move = self.space.best_exchange(point, missing, gradients / self._scale[:, None])
            if move is None:
                return config if off <= TOLERANCE else None
            point = move

    def _config_at(self, point: Floats) -> Config:
        rows = {}
        for path, weights in self.space.weights_at(point).items():
            locked = [name for where, name in self.locks if where == path]
            rows[path] = divided(self.config.row(path), weights, locked)
        return self.config.with_rows(rows)

    def refusal(self) -> UnreachableError:
        """Why the goals cannot be met together: how far the last of them comes while the others are met."""

        def end(sign: int) -> float:
            scale = sign / self._scale[-1]
            point = self._least(
                lambda x: float(scale * self.outcomes(x)[-1]),
                lambda x: scale * self._evaluate(x)[1][-1],
                self.space.start,
                len(self.goals) - 1,
            )
            return float(self.outcomes(point)[-1])

        ends = end(1), end(-1)
        return UnreachableError(self.goals[-1], min(ends), max(ends), self.goals[:-1])
