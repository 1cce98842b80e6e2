"""Layered placement of a graph in cells, from left to right.

The steps are those of K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system
structures" (IEEE Transactions on Systems, Man and Cybernetics 11, 1981): layers, an order within each that
crosses few lines, then positions. A line that spans several layers gets a *bend* in each between: a place of
one line's height. A *spot* is a page's box or a bend.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

Move: TypeAlias = tuple[int, int]
"""From which page to which other one."""

Link: TypeAlias = tuple[int, int]
"""Two pages that are linked in either direction, the smaller code first."""

BOX_HEIGHT = 3
_SWEEPS = 8


@dataclass(eq=False)
class Spot:
    """A place in a layer.

    Attributes:
        page: the page whose box it is; None for a bend.
        layer: counted from the left.
        y: the first of its lines.
        left, right: the spots that it is linked with in the layers beside its own.
    """

    page: int | None
    layer: int
    y: int = 0
    left: "list[Spot]" = field(default_factory=list)
    right: "list[Spot]" = field(default_factory=list)

    @property
    def height(self) -> int:
        """Lines that it takes."""
        return 1 if self.page is None else BOX_HEIGHT

    @property
    def middle(self) -> int:
        """The line at which others are linked with it."""
        return self.y + self.height // 2


@dataclass(frozen=True, eq=False)
class Placement:
    """Spots by layer, from top to bottom, and the spots that each link passes, from its left to its right end.

    The two ends of a link within one layer are a chain of two.
    """

    layers: list[list[Spot]]
    chains: dict[Link, list[Spot]]
    height: int


def place(
    pages: int, moves: Iterable[Move], drawn: Iterable[Move], roots: Sequence[int], gap: int = 1
) -> Placement:
    """Place pages in layers by their distance from the first root that leads to them.

    Args:
        pages: how many there are.
        moves: pairs of different pages, from where to where; these decide about the layers.
        drawn: those that get a link.
        gap: lines between a box and what is below it.
        roots: where the map begins, the most important first; what none of them leads to begins one of its own.
    """
    links = sorted({(min(move), max(move)) for move in drawn})
    depth = _depths(pages, moves, roots)
    spots = [Spot(page, depth[page]) for page in range(pages)]
    layers: list[list[Spot]] = [[] for _ in range(max(depth, default=0) + 1)]
    for spot in sorted(spots, key=lambda spot: roots.index(spot.page) if spot.page in roots else len(roots)):
        layers[spot.layer].append(spot)
    chains = {link: _chain(spots[link[0]], spots[link[1]], layers) for link in links}
    for forward in [True, False] * (_SWEEPS // 2):
        _order(layers, forward)
    _position(layers, gap)
    return Placement(layers, chains, max((spot.y + spot.height for layer in layers for spot in layer), default=0))


def _depths(pages: int, moves: Iterable[Move], roots: Sequence[int]) -> list[int]:
    """The distance of each page from the root that reaches it first, by breadth-first search."""
    near: list[list[int]] = [[] for _ in range(pages)]
    for one, other in moves:
        near[one].append(other)
    depth = [-1] * pages
    for root in (*roots, *range(pages)):
        if depth[root] >= 0:
            continue
        depth[root] = 0
        waiting = deque([root])
        while waiting:
            page = waiting.popleft()
            for other in near[page]:
                if depth[other] < 0:
                    depth[other] = depth[page] + 1
                    waiting.append(other)
    return depth


def _chain(one: Spot, other: Spot, layers: list[list[Spot]]) -> list[Spot]:
    """The spots from the left end of a link to its right end, with new bends between."""
    begin, end = sorted((one, other), key=lambda spot: spot.layer)
    chain = [begin]
    for layer in range(begin.layer + 1, end.layer):
        bend = Spot(None, layer)
        layers[layer].append(bend)
        chain.append(bend)
    chain.append(end)
    if begin.layer < end.layer:
        for left, right in pairwise(chain):
            left.right.append(right)
            right.left.append(left)
    return chain


def _order(layers: list[list[Spot]], forward: bool) -> None:
    """Sort each layer by the mean place of what its spots are linked with in the layer before it."""
    for layer in layers if forward else layers[::-1]:
        place = {id(spot): at for others in layers for at, spot in enumerate(others)}
        center = {}
        for at, spot in enumerate(layer):
            near = spot.left if forward else spot.right
            center[id(spot)] = sum(place[id(other)] for other in near) / len(near) if near else at
        layer.sort(key=lambda spot: center[id(spot)])


def _position(layers: list[list[Spot]], gap: int) -> None:
    """Move spots as near as their order allows to the lines of what they are linked with."""
    for layer in layers:
        _spread(layer, [0.0] * len(layer), gap)
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = []
            for spot in layer:
                near = spot.left + spot.right
                wanted.append(sum(other.middle for other in near) / len(near) if near else float(spot.middle))
            _spread(layer, wanted, gap)
    top = min((spot.y for layer in layers for spot in layer), default=0)
    for layer in layers:
        for spot in layer:
            spot.y -= top


def _spread(layer: list[Spot], wanted: list[float], gap: int) -> None:
    """Give spots of one layer lines near the wanted middles, in their order and apart from each other."""
    at: list[float] = []
    for spot, middle in zip(layer, wanted, strict=True):
        y = middle - spot.height // 2
        if at:
            before = layer[len(at) - 1]
            y = max(y, at[-1] + _apart(before, spot, gap))
        at.append(y)
    # What was pushed down all goes up by half of it on average.
    pushed = [y + spot.height // 2 - middle for y, spot, middle in zip(at, layer, wanted, strict=True)]
    shift = sum(pushed) / len(pushed) if pushed else 0.0
    for spot, y in zip(layer, at, strict=True):
        spot.y = round(y - shift)
    for before, spot in pairwise(layer):
        spot.y = max(spot.y, before.y + _apart(before, spot, gap))


def _apart(before: Spot, spot: Spot, gap: int) -> int:
    """How far below a spot the next one of its layer stands at least."""
    return before.height + (gap if spot.page is not None or before.page is not None else 0)
