"""Tables as plain text: what commands print."""

from collections.abc import Collection, Sequence
from unicodedata import combining, east_asian_width

from fakeweb_tui.terminal_text import cut, plain

_INDENT, _GAP = "  ", "  "


def aligned(titles: Sequence[str], rows: Sequence[Sequence[str]], text_columns: Collection[int] = (0,)) -> str:
    """Return rows under their titles, one line each: columns of text start together, the others are figures and
    end together, so that those with as many decimals have their points in line.

    Text is data here: whatever could steer a terminal is replaced, and what is too long for a cell is cut.
    """
    cells = [[cut(plain(cell)) for cell in row] for row in (titles, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        gaps = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        padded = [
            cell + gap if place in text_columns else gap + cell
            for place, (cell, gap) in enumerate(zip(row, gaps, strict=True))
        ]
        lines.append(_INDENT + _GAP.join(padded).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    """Return how many columns a terminal takes: two for a wide letter (Unicode Annex 11), none for a mark."""
    return sum(0 if combining(sign) else 1 + (east_asian_width(sign) in "WF") for sign in text)
