"""Lines between the boxes of a map: which cells they take, and how these are drawn.

Between two layers, each spot of the left one has at most one upright line, its *track*; a row from there to the
right belongs to the spot that it leads to. So lines that meet lead to the same page or come from the same one, and
lines that cross do not meet: the level one is interrupted there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from fakeweb_tui.tui.site.layers import BOX_HEIGHT, Move, Placement, Spot, place

NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8
_LEVEL, _UPRIGHT = EAST | WEST, NORTH | SOUTH

_MOST_GAP, _MOST_SPARE = 4, 8

LEAST_BOX = 11
"""A narrower box has no room for a page's name and figures."""

Cell: TypeAlias = tuple[int, int]
"""Column and line."""


@dataclass(frozen=True)
class Box:
    """Where a page stands."""

    x: int
    y: int
    width: int
    height: int = BOX_HEIGHT

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell is in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, eq=False)
class Route:
    """The cells of a link with the sides that it connects in each, from its left end to its right end.

    Attributes:
        ends: the pages at the left and the right end.
        cells: the first and the last one touch the boxes.
    """

    ends: tuple[int, int]
    cells: dict[Cell, int]
    first: Cell
    last: Cell
    within: bool
    """Whether both ends are in one layer: then the line comes back to it from the right."""


@dataclass(frozen=True, eq=False)
class MapLayout:
    """A map in cells: a box per page and a route per link."""

    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    width: int
    height: int


def lay_out(
    pages: int,
    moves: Iterable[Move],
    drawn: Iterable[Move],
    roots: Sequence[int],
    box_width: int,
    room: tuple[int, int],
) -> MapLayout:
    """Place a box per page, and route a link for each two pages that a drawn move leads between.

    Args:
        pages, moves, drawn, roots: as `place` takes them.
        box_width: of the boxes; they get narrower, down to `LEAST_BOX`, where that helps to fit into the room.
        room: cells and lines that there are; what is left over goes between the boxes.
    """
    moves, drawn = list(moves), list(drawn)
    gaps = range(_MOST_GAP, 0, -1)
    placements = (place(pages, moves, drawn, roots, gap) for gap in gaps)
    placement = next((one for one in placements if one.height <= room[1]), place(pages, moves, drawn, roots))
    tracks = [_tracks(placement, layer) for layer in range(len(placement.layers))]
    channels = [max(tracks[layer].values(), default=-1) + 1 + 3 for layer in range(len(placement.layers))]
    if not tracks[-1]:
        channels[-1] = 0
    count = len(placement.layers)
    width = max(LEAST_BOX, min(box_width, (room[0] - sum(channels)) // count))
    spare = max(0, room[0] - sum(channels) - count * width) // max(1, count - 1)
    channels = [cells + min(spare, _MOST_SPARE) if cells else 0 for cells in channels]
    starts = [layer * width + sum(channels[:layer]) for layer in range(count)]
    boxes: dict[int, Box] = {}
    for layer, spots in enumerate(placement.layers):
        for spot in spots:
            if spot.page is not None:
                boxes[spot.page] = Box(starts[layer], spot.y, width)
    routes = tuple(_route(chain, starts, width, channels, tracks) for chain in placement.chains.values())
    return MapLayout(
        tuple(boxes[page] for page in range(pages)),
        routes,
        starts[-1] + width + channels[-1],
        placement.height,
    )


def _links_of(placement: Placement, layer: int) -> list[tuple[Spot, Spot]]:
    """What the channel to the right of a layer links: spots of it with the next one's, or with its own."""
    pairs = []
    for chain in placement.chains.values():
        for left, right in pairwise(chain):
            if left.layer == layer and (left, right) not in pairs:
                pairs.append((left, right))
    return pairs


def _tracks(placement: Placement, layer: int) -> dict[int, int]:
    """The track, by the spot's id, of each spot of a layer whose lines do not all run straight on.

    A row may be that of a left spot and of a right one that are not linked: then the track of the left spot has to
    come before those of all that lead to the right one, or its row would seem to lead there.
    """
    pairs = _links_of(placement, layer)
    spans: dict[int, list[int]] = {}
    spots: dict[int, Spot] = {}
    for left, right in pairs:
        if left.middle != right.middle or left.layer == right.layer:
            spots[id(left)] = left
            spans.setdefault(id(left), [left.middle]).append(right.middle)
    for left, right in pairs:
        if id(left) in spans:
            spans[id(left)].append(right.middle)
    earlier: dict[int, set[int]] = {key: set() for key in spots}
    for key, spot in spots.items():
        for left, right in pairs:
            meets = right.middle == spot.middle and left is not spot and right is not spot
            if meets and id(left) in spots and (spot, right) not in pairs:
                earlier[id(left)].add(key)
    return _numbered(spans, earlier)


def _numbered(spans: dict[int, list[int]], earlier: dict[int, set[int]]) -> dict[int, int]:
    """Number tracks from the left: after those that have to come earlier, shared where spans are apart."""
    numbers: dict[int, int] = {}
    taken: list[list[tuple[int, int]]] = []
    waiting = sorted(spans, key=lambda key: max(spans[key]) - min(spans[key]))
    while waiting:
        # Where each waits for another there is no right order; any is legible.
        key = next((key for key in waiting if not earlier[key] & set(waiting)), waiting[0])
        waiting.remove(key)
        low, high = min(spans[key]), max(spans[key])
        number = max((numbers[other] + 1 for other in earlier[key] if other in numbers), default=0)
        while number < len(taken) and any(low <= end + 1 and begin <= high + 1 for begin, end in taken[number]):
            number += 1
        while len(taken) <= number:
            taken.append([])
        taken[number].append((low, high))
        numbers[key] = number
    return numbers


def _route(
    chain: list[Spot], starts: list[int], width: int, channels: list[int], tracks: list[dict[int, int]]
) -> Route:
    cells: dict[Cell, int] = {}

    def join(x: int, y: int, sides: int) -> None:
        cells[x, y] = cells.get((x, y), 0) | sides

    def level(begin: int, end: int, y: int) -> None:
        """A line from the cell `begin` to the cell `end`."""
        for x in range(begin, end + 1):
            join(x, y, (WEST if x > begin else 0) | (EAST if x < end else 0))

    def upright(x: int, begin: int, end: int) -> None:
        low, high = sorted((begin, end))
        for y in range(low, high + 1):
            join(x, y, (NORTH if y > low else 0) | (SOUTH if y < high else 0))

    within = chain[0].layer == chain[-1].layer
    for left, right in pairwise(chain):
        out = starts[left.layer] + width
        track = tracks[left.layer].get(id(left))
        into = out if within else out + channels[left.layer] - 1
        begin = out if left.page is not None else starts[left.layer]
        end = into if right.page is not None or within else starts[right.layer]
        if track is None or (left.middle == right.middle and not within):
            level(begin, end, left.middle)
        else:
            x = out + 1 + track
            level(begin, x, left.middle)
            upright(x, left.middle, right.middle)
            level(min(x, end), max(x, end), right.middle)
    first = (starts[chain[0].layer] + width, chain[0].middle)
    last = first if within else (starts[chain[-1].layer] - 1, chain[-1].middle)
    if within:
        last = (first[0], chain[-1].middle)
    # The ends touch the boxes.
    join(*first, WEST)
    join(*last, WEST if within else EAST)
    pages = [spot.page for spot in (chain[0], chain[-1]) if spot.page is not None]
    return Route((pages[0], pages[1]), cells, first, last, within)


LINES = {
    sides: (light, heavy)
    for sides, light, heavy in (
        (NORTH, "╵", "╹"),
        (EAST, "╶", "╺"),
        (SOUTH, "╷", "╻"),
        (WEST, "╴", "╸"),
        (_UPRIGHT, "│", "┃"),
        (_LEVEL, "─", "━"),
        (NORTH | EAST, "╰", "┗"),
        (EAST | SOUTH, "╭", "┏"),
        (SOUTH | WEST, "╮", "┓"),
        (NORTH | WEST, "╯", "┛"),
        (_UPRIGHT | EAST, "├", "┣"),
        (_UPRIGHT | WEST, "┤", "┫"),
        (_LEVEL | SOUTH, "┬", "┳"),
        (_LEVEL | NORTH, "┴", "┻"),
        (_LEVEL | _UPRIGHT, "┼", "╋"),
    )
}
"""Box-drawing characters by the sides that they connect, light and heavy."""


def line_sides(parts: Sequence[int]) -> int:
    """Return the sides to draw in a cell that several lines pass; where they only cross, the upright one."""
    union = 0
    for sides in parts:
        union |= sides
    if union == _LEVEL | _UPRIGHT and set(parts) <= {_LEVEL, _UPRIGHT}:
        return _UPRIGHT
    return union
