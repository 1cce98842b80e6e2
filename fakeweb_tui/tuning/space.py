"""Where a goal-seek may go: the free probabilities of a config as a vector, and what keeps them valid."""

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from fakeweb_tui.config import SESSION_END, Config, RowPath
from fakeweb_tui.markov import Codes, Floats
from fakeweb_tui.tuning.outcomes import chain_paths, chain_rows
from fakeweb_tui.tuning.rows import SMALLEST, UNITS
from fakeweb_tui.tuning.workbench import Lock

MOST_FREE = 400
"""More probabilities than that are not moved at once: the search takes time with the cube of their number."""


class Space:
    """All points that are allowed: each is the vector of the free probabilities, shape (n,).

    A probability is free if it is above 0, in a row that may change, not locked, and not the only such one of its
    row.

    Attributes:
        start: where nothing is changed.
        floor, ceiling: between what and what each lies.
        sums: shape (rows, n), which of them belong to each row.
        room: shape (rows,), what they sum to in each row: what locked ones leave.
    """

    def __init__(
        self, config: Config, locks: frozenset[Lock], rows: Collection[RowPath] | None, influence: Floats
    ) -> None:
        """Take shape (P + 1, P) as `influence`: how much each probability matters."""
        self._config = config
        self._rows = chain_rows(config)
        columns = {page: code for code, page in enumerate((*config.page_names, SESSION_END))}
        free: list[tuple[RowPath, int, list[str]]] = []
        for at, path in enumerate(chain_paths(config)):
            names = [name for name, share in config.row(path).items() if share > 0 and (path, name) not in locks]
            if len(names) > 1 and (rows is None or path in rows):
                free.append((path, at, names))
        if sum(len(names) for *_, names in free) > MOST_FREE:
            free = _most_influential(free, influence)
        self._paths = [path for path, *_ in free]
        self._names = [names for *_, names in free]
        counts = [len(names) for names in self._names]
        self.n = sum(counts)
        self._row: Codes = np.repeat(np.arange(len(free)), counts)
        self._at = np.repeat(np.array([at for _, at, _ in free], np.int64), counts)
        self._column = np.array([columns[name] for names in self._names for name in names], np.int64)
        self._moves = self._column < len(config.pages)
        self.start: Floats = self.point_of(config)
        self.floor = np.minimum(SMALLEST, self.start / 10)
        self.sums = np.zeros((len(free), self.n))
        self.sums[self._row, np.arange(self.n)] = 1.0
        self.room = self.sums @ self.start
        self._spare = self.room - self.sums @ self.floor
        self.ceiling = self.floor + self._spare[self._row]

    # Points and configs.

    def point_of(self, config: Config) -> Floats:
        """The point at which a config is that differs in free probabilities only."""
        return np.array(
            [
                config.row(path)[name]
                for path, names in zip(self._paths, self._names, strict=True)
                for name in names
            ]
        )

    def rows_at(self, point: Floats) -> Floats:
        """The chain at a point, as `chain_rows`."""
        rows = self._rows.copy()
        rows[self._at[self._moves], self._column[self._moves]] = point[self._moves]
        return rows

    def along(self, by_rows: Floats) -> Floats:
        """Derivatives by all probabilities, as those by the free ones, shape (n,)."""
        gradient = np.zeros(self.n)
        gradient[self._moves] = by_rows[self._at[self._moves], self._column[self._moves]]
        return gradient

    def weights_at(self, point: Floats) -> dict[RowPath, Mapping[str, float]]:
        """The rows that are different at a point, each as a whole."""
        return {
            path: {**self._config.row(path), **dict(zip(names, new.tolist(), strict=True))}
            for path, names, old, new in self._by_row(point)
            if np.abs(new - old).max() > 5e-10
        }

    def _by_row(self, point: Floats) -> Iterator[tuple[RowPath, list[str], Floats, Floats]]:
        ends = np.cumsum([len(names) for names in self._names])[:-1]
        return zip(self._paths, self._names, np.split(self.start, ends), np.split(point, ends), strict=True)

    # Distance from the start.

    def distance(self, point: Floats) -> float:
        """The relative entropy of the rows at a point to what they were, summed, in nats."""
        return float((point * np.log(point / self.start)).sum())

    def distance_gradient(self, point: Floats) -> Floats:
        """Its derivatives, shape (n,)."""
        gradient: Floats = np.log(point / self.start) + 1.0
        return gradient

    # Ways from point to point.

    def corner(self, gradient: Floats) -> Floats:
        """The point at which each row gives all that it can to the name that the gradient favours most."""
        point = self.floor.copy()
        for row in range(len(self._paths)):
            mine = np.flatnonzero(self._row == row)
            point[mine[np.argmax(gradient[mine])]] += self._spare[row]
        return point

    def by_row(self, point: Floats, other: Floats) -> Iterator[Floats]:
        """The points that are one in all rows but one, and the other there."""
        for row in range(len(self._paths)):
            changed = np.where(self._row == row, other, point)
            if (changed != point).any():
                yield changed

    def between(self, end: Floats, part: float) -> Floats:
        """The point that is so much of the way from the start to the end."""
        point: Floats = self.start + part * (end - self.start)
        return point

    def inside(self, point: Floats) -> Floats:
        """The point, brought back to where rows have their sums and no probability is below its floor."""
        above = np.maximum(point - self.floor, 0.0)
        total = self.sums @ above
        scale = np.where(total > 0, self._spare / np.where(total > 0, total, 1.0), 0.0)
        new: Floats = self.floor + above * scale[self._row]
        return new

    def steepest(self, point: Floats, gradients: Floats) -> Floats:
        """The directions in which outcomes grow while rows keep their sums, shape (goals, n).

        What is nearer to its floor moves less.
        """
        weight = point - self.floor
        total = self.sums @ weight
        mean = (gradients * weight) @ self.sums.T / np.where(total > 0, total, 1.0)
        steepest: Floats = weight * (gradients - mean[:, self._row])
        return steepest

    def moved(self, point: Floats, move: Floats) -> Floats:
        """The point after a move, which is cut short where it would go below a floor."""
        down = move < 0
        left = (point[down] - self.floor[down]) / -move[down]
        part = min(1.0, 0.9 * float(left.min(initial=np.inf)))
        return self.inside(point + part * move)

    def best_exchange(self, point: Floats, missing: Floats, gradients: Floats) -> Floats | None:
        """The point after the one exchange of billionths within a row that brings outcomes nearest to their goals.

        Args:
            point: in billionths.
            missing: shape (goals,), what outcomes lack.
            gradients: shape (goals, n).

        Returns:
            None where no exchange helps.
        """
        best, chosen = 0.999 * float(np.abs(missing).max()), None
        for row in range(len(self._paths)):
            mine = np.flatnonzero(self._row == row)
            effect = (gradients[:, None, mine] - gradients[:, mine, None]) / UNITS  # from the first to the second
            length = (effect**2).sum(axis=0)
            with np.errstate(divide="ignore", invalid="ignore"):
                units = np.rint(np.einsum("g,gij->ij", missing, effect) / length)
            room = np.floor((point[mine] - self.floor[mine]) * UNITS)[:, None]
            units = np.clip(np.nan_to_num(units), -room.T, room)
            left = np.abs(missing[:, None, None] - units * effect).max(axis=0)
            i, j = np.unravel_index(np.argmin(left), left.shape)
            if left[i, j] < best:
                best, chosen = float(left[i, j]), (mine[i], mine[j], float(units[i, j]))
        if chosen is None:
            return None
        giver, taker, count = chosen
        new = point.copy()
        new[giver] -= count / UNITS
        new[taker] += count / UNITS
        return new


def _most_influential(
    free: list[tuple[RowPath, int, list[str]]], influence: Floats
) -> list[tuple[RowPath, int, list[str]]]:
    """Return those rows that matter most, up to `MOST_FREE` probabilities, in their order."""
    chosen, count = [], 0
    for entry in sorted(free, key=lambda entry: -float(influence[entry[1]].max())):
        if count + len(entry[2]) <= MOST_FREE:
            chosen.append(entry)
            count += len(entry[2])
    return sorted(chosen, key=lambda entry: entry[1])
