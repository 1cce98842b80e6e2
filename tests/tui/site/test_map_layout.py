from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeweb_tui.tui.site.drawn import ALL_UP_TO, drawn_moves
from fakeweb_tui.tui.site.layers import place
from fakeweb_tui.tui.site.routes import (
    EAST,
    LEAST_BOX,
    LINES,
    NORTH,
    SOUTH,
    WEST,
    MapLayout,
    Route,
    lay_out,
    line_sides,
)

from ..driving import SITE

ROOM = (100, 40)
STEPS = {NORTH: (0, -1), EAST: (1, 0), SOUTH: (0, 1), WEST: (-1, 0)}
OPPOSITE = {NORTH: SOUTH, SOUTH: NORTH, EAST: WEST, WEST: EAST}

sites = st.integers(1, 24).flatmap(
    lambda pages: st.tuples(
        st.just(pages),
        st.lists(
            st.tuples(st.integers(0, pages - 1), st.integers(0, pages - 1)).filter(
                lambda move: move[0] != move[1]
            ),
            max_size=40,
            unique=True,
        )
        if pages > 1
        else st.just([]),
        st.lists(st.integers(0, pages - 1), max_size=3, unique=True),
    )
)


def reached(route: Route) -> set[tuple[int, int]]:
    """The cells that can be reached from a route's first one along its sides."""
    seen, waiting = {route.first}, [route.first]
    while waiting:
        x, y = waiting.pop()
        for side, (right, down) in STEPS.items():
            other = x + right, y + down
            linked = route.cells[x, y] & side and route.cells.get(other, 0) & OPPOSITE[side]
            if linked and other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def assert_legible(layout: MapLayout) -> None:
    """Boxes are apart, and each line leads from one of its boxes to the other, through none."""
    taken: set[tuple[int, int]] = set()
    for box in layout.boxes:
        cells = set(product(range(box.x, box.x + box.width), range(box.y, box.y + box.height)))
        assert not cells & taken
        taken |= cells
        assert box.x + box.width <= layout.width
        assert 0 <= box.y <= box.y + box.height <= layout.height
    for route in layout.routes:
        assert not set(route.cells) & taken
        assert reached(route) == set(route.cells)
        left, right = (layout.boxes[page] for page in route.ends)
        assert route.first == (left.x + left.width, left.y + 1)
        assert route.last[1] == right.y + 1
        assert route.last[0] == (right.x + right.width if route.within else right.x - 1)


@settings(max_examples=80, deadline=None)
@given(sites)
def test_any_site_is_legible(site: tuple[int, list[tuple[int, int]], list[int]]) -> None:
    pages, moves, roots = site
    layout = lay_out(pages, moves, moves, roots, 18, ROOM)
    assert len(layout.boxes) == pages
    assert {tuple(sorted(route.ends)) for route in layout.routes} == {tuple(sorted(move)) for move in moves}
    assert_legible(layout)


def test_lines_that_are_not_of_one_page_do_not_share_a_level_cell() -> None:
    """In the built-in site: each level cell beside a box is of lines that have that box in common."""
    names = list(SITE.pages)
    moves = [
        (names.index(p), names.index(t)) for p, row in SITE.pages.items() for t in row if t in names and t != p
    ]
    layout = lay_out(len(names), moves, moves, [0, 1, 2], 18, ROOM)
    assert [box.x for box in layout.boxes] == sorted(box.x for box in layout.boxes)
    for one, other in product(layout.routes, repeat=2):
        shared = set(one.cells) & set(other.cells)
        if not set(one.ends) & set(other.ends):
            assert all(line_sides([one.cells[cell], other.cells[cell]]) == NORTH | SOUTH for cell in shared)


def test_depth_is_the_distance_from_the_first_root() -> None:
    moves = [(0, 1), (1, 2), (2, 3), (0, 2), (4, 3), (3, 0)]
    placement = place(5, moves, moves, [0, 4])
    layers = {spot.page: spot.layer for layer in placement.layers for spot in layer if spot.page is not None}
    assert layers == {0: 0, 1: 1, 2: 1, 3: 2, 4: 0}
    # From the first layer to the third, with a bend between.
    assert [spot.layer for spot in placement.chains[0, 3]] == [0, 1, 2]


def test_boxes_get_narrower_before_the_map_is_scrolled() -> None:
    chain = list(pairwise(range(6)))
    for width in (200, 100, 90, 60):
        layout = lay_out(6, chain, chain, [0], 20, (width, 20))
        box = layout.boxes[0].width
        assert layout.width <= width or box == LEAST_BOX
        assert LEAST_BOX <= box <= 20


@pytest.mark.parametrize(
    ("parts", "drawn"),
    [
        ([EAST | WEST, NORTH | SOUTH], "│"),
        ([EAST | WEST, NORTH | EAST], "┴"),
        ([NORTH | SOUTH, NORTH | EAST], "├"),
        ([EAST | WEST, EAST | WEST], "─"),
        ([EAST | WEST, NORTH | SOUTH, NORTH | EAST], "┼"),
    ],
)
def test_lines_that_cross_do_not_meet(parts: list[int], drawn: str) -> None:
    assert LINES[line_sides(parts)][0] == drawn


def test_all_of_few_moves_are_drawn_and_the_main_ones_of_many() -> None:
    few = [(page, page + 1) for page in range(ALL_UP_TO)]
    assert drawn_moves(few, np.zeros((40, 41))) == few
    pages = 20
    many = [(one, other) for one in range(pages) for other in range(pages) if one != other]
    weight = np.random.default_rng(1).random((pages, pages + 1))
    drawn = drawn_moves(many, weight)
    assert len(drawn) < 3 * pages
    for page in range(pages):
        out = max((move for move in many if move[0] == page), key=lambda move: weight[move])
        into = max((move for move in many if move[1] == page), key=lambda move: weight[move])
        assert out in drawn
        assert into in drawn
