"""Which layout a terminal of some size gets."""

from enum import StrEnum


class Layout(StrEnum):
    """The main screen's layouts, by the name of their class in the stylesheet."""

    WIDE = "-wide"
    NORMAL = "-normal"
    TABBED = "-tabbed"
    TOO_SMALL = "-too-small"


def layout_for(width: int, height: int) -> Layout:
    """Return the layout for a terminal of so many cells and lines."""
    if width < 40 or height < 12:
        return Layout.TOO_SMALL
    if width < 80 or height < 24:
        return Layout.TABBED
    # With less beside each other, the table would cut the names and figures of the built-in site.
    return Layout.WIDE if width >= 160 or (width >= 150 and height >= 46) else Layout.NORMAL
