"""Which of a site's transitions a map draws: all of a few, the main ones of many."""

from fakeweb_tui.markov import Floats
from fakeweb_tui.tui.site.layers import Move

ALL_UP_TO = 30
"""So many lines can be told apart."""

_LINES_PER_PAGE = 1.5


def drawn_moves(moves: list[Move], weight: Floats) -> list[Move]:
    """Return the moves to draw: of many, each page's strongest way out and way in, then the strongest.

    Args:
        moves: pairs of different pages.
        weight: shape (P, P + 1), what flows from page to page.
    """
    if len(moves) <= ALL_UP_TO:
        return moves
    by_weight = sorted(moves, key=lambda move: -weight[move])
    chosen: dict[Move, None] = {}
    for end in (0, 1):
        first: dict[int, Move] = {}
        for move in by_weight:
            first.setdefault(move[end], move)
        chosen |= dict.fromkeys(first.values())
    most = int(_LINES_PER_PAGE * len({page for move in moves for page in move}))
    for move in by_weight:
        if len(chosen) >= most:
            break
        chosen[move] = None
    return list(chosen)
