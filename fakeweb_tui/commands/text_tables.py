"""Tables as plain text: what commands print."""

from collections.abc import Collection, Sequence

from fakeweb_tui.terminal_text import plain

_INDENT, _GAP = "  ", "  "


def aligned(titles: Sequence[str], rows: Sequence[Sequence[str]], text_columns: Collection[int] = (0,)) -> str:
    """Return rows under their titles, one line each: columns of text start together, the others are figures and
    end together, so that those with as many decimals have their points in line.

    Text is data here: whatever could steer a terminal is replaced.
    """
    cells = [[plain(cell) for cell in row] for row in (titles, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        _INDENT
        + _GAP.join(
            cell.ljust(width) if place in text_columns else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
