"""Figures and names as the screen shows them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.cells import cell_len, set_cell_size

EIGHTHS = " ▏▎▍▌▋▊▉█"
"""A cell by how many eighths of it are full, from the left."""
RISING = " ▁▂▃▄▅▆▇█"
"""The same from below."""


def compact(number: float) -> str:
    """Return a count in at most five characters: 999, 9,999, 12.3k, 123k, 4.56M."""
    if number < 9_999.5:
        return f"{number:,.0f}"
    for unit, size in (("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)):
        scaled = number / size
        for decimals, limit in ((2, 9.995), (1, 99.95), (0, 999.5)):
            if scaled < limit and (unit != "k" or decimals < 2):
                return f"{scaled:.{decimals}f}{unit}"
    return f"{number:.0e}"


def counted(number: int, what: str) -> str:
    """Return a number of things: 1 edit, 2 edits."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """Return a share with one decimal, six characters wide, blank where it is not known."""
    return f"{share * 100:5.1f}%" if share == share else "     –"


def bar(share: float, width: int) -> str:
    """Return a bar of `width` cells that is filled to `share` (0 to 1), to an eighth of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (EIGHTHS[part] if part else "")).ljust(width)


def speed_name(speed: float | None) -> str:
    """Return how a speed is called."""
    return "max" if speed is None else f"×{speed:g}"


def clock_text(moment: datetime, *, short: bool = False) -> str:
    """Return a moment to the second; short without its weekday and year."""
    return f"{moment:%d %b %H:%M:%S}" if short else f"{moment:%a %d %b %Y %H:%M:%S}"


def duration(span: timedelta) -> str:
    """Return a length of time with its two largest units: 8.6 s, 1 m 12 s, 3 h 05 m, 2 d 04 h."""
    seconds = span.total_seconds()
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    for size, part, names in ((60, 1, "ms"), (3600, 60, "hm"), (86400, 3600, "dh")):
        whole, rest = divmod(round(seconds / part), size // part)
        if names == "dh" or seconds < size * (60 if names == "ms" else 24) - part / 2:
            break
    return f"{whole} {names[0]} {rest:02} {names[1]}"


def short_names(names: Sequence[str], cells: int) -> list[str]:
    """Return each name in at most `cells` cells: of a longer one its begin, and where others begin alike as much
    of its end as tells them apart."""
    short = [_cut(name, cells, 0) for name in names]
    alike = [at for at, name in enumerate(names) if cell_len(name) > cells and short.count(short[at]) > 1]
    for tail in range(1, cells - 1):
        if len(set(short)) == len(short):
            break
        for at in alike:
            short[at] = _cut(names[at], cells, tail)
    return short


def _cut(name: str, cells: int, tail: int) -> str:
    """A name in at most `cells` cells, of which the last `tail` ones are its end."""
    if cell_len(name) <= cells:
        return name
    end = name
    while cell_len(end) > tail:
        end = end[1:]
    return f"{set_cell_size(name, cells - 1 - cell_len(end)).rstrip()}…{end}"
