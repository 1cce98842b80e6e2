"""The arithmetic of a slider: values and cells, and numbers as people type them."""

from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from fakeweb_tui.tui.numbers import parse_number

DECIMALS = 3
NARROW = 36  # cells; a row below it shows .170 rather than 0.170
SMALLEST_BAR = 6  # cells; the label gives way before the bar gets shorter than this


class Plan(NamedTuple):
    """Widths and starts of the parts of a row, in cells; the label starts behind the marker, at 1."""

    label: int
    bar_start: int
    bar: int
    value_start: int
    value: int


def plan_row(width: int, label_width: int, note: int = 0) -> Plan:
    """Divide a row of `width` cells into marker, label, gap, bar, gap, value, mark.

    A wide row has one more gap before the mark, and a note of so many cells stands there; without room for a
    label there is no gap behind it. Below 7 cells the parts need more than `width`: crop the row.
    """
    value, tail = (4, 6) if width < NARROW else (5, 8)
    tail += note
    label = max(0, min(label_width, width - 2 - tail - SMALLEST_BAR))
    bar_start = 1 + label + bool(label)
    bar = max(0, width - bar_start - tail)
    return Plan(label, bar_start, bar, bar_start + bar + 1, value)


def clamp(value: float) -> float:
    """Return the probability nearest to `value`; 0 for not-a-number."""
    return min(1.0, max(0.0, value))


def snap(value: float) -> float:
    """Return `value` as a user can set it: a probability with three decimals."""
    return round(clamp(value), DECIMALS)


def position_to_value(position: float, cells: int) -> float:
    """Return the probability under a pointer `position` cells from the start of a bar of `cells` cells.

    The whole first cell means exactly 0 and the whole last one exactly 1, as does all that lies beyond them.
    Terminals that report pixels give fractions of a cell.
    """
    if position < 1:
        return 0.0
    return 1.0 if position >= cells - 1 else snap(position / (cells - 1))


def value_to_eighths(value: float, cells: int) -> int:
    """Return how many eighths of a bar of `cells` cells to fill: none for 0 only, all for 1 only."""
    total = cells * 8
    if total == 0 or value <= 0:
        return 0
    return total if value >= 1 else min(total - 1, max(1, round(value * total)))


def format_value(value: float, width: int) -> str:
    """Return the probability `value` in `width` cells, which is 4 or 5."""
    text = f"{value:.{DECIMALS}f}"
    return text[len(text) - width :] if text.startswith("0") else text[:width]


def parse_probability(text: str) -> float:
    """Read a probability as people type it: `0.17`, `.17`, `,17`, `17%`, `1`.

    Raises:
        ValueError: `text` is not a number in this form, or lies above 1.
    """
    value = parse_number(text, "%")
    if value > 1:
        raise ValueError(f"above 1: {text!r}")
    return value


def fit(text: str, cells: int) -> str:
    """Pad `text` to `cells` cells, or cut it there with an ellipsis."""
    if cell_len(text) > cells > 0:
        text = set_cell_size(text, cells - 1).rstrip() + "…"
    return set_cell_size(text, cells)
