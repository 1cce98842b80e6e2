"""How much of the screen each pane has, where the user has moved a border."""

from dataclasses import dataclass, fields, replace
from typing import Literal

Border = Literal["editor", "log", "histogram"]
"""A border that can be moved, by the pane whose part it decides: the editor's right one, the upper one of the log,
and the one between the histogram and the pages."""

LEAST, MOST = 0.12, 0.85
STEP = 0.05


@dataclass(frozen=True)
class Sizes:
    """The part that a pane has of what it shares with its neighbour, 0 to 1; None as the layout says.

    Attributes:
        editor: of the screen's width.
        log: of the height beside the editor.
        histogram: of what it shares with the pages, height or, on wide screens, width.
    """

    editor: float | None = None
    log: float | None = None
    histogram: float | None = None

    def moved(self, border: Border, part: float) -> "Sizes":
        """Return the sizes with another part for a pane, so that no pane vanishes."""
        return replace(self, **{border: round(min(max(part, LEAST), MOST), 3)})

    @classmethod
    def of(cls, data: object) -> "Sizes":
        """Read sizes that were kept; ValueError where these are none."""
        if not isinstance(data, dict) or data.keys() - {field.name for field in fields(cls)}:
            raise ValueError(f"sizes are {data!r}")
        sizes = cls()
        for name, part in data.items():
            if part is not None:
                if not isinstance(part, float) or not LEAST <= part <= MOST:
                    raise ValueError(f"the size of {name} is {part!r}: it is {LEAST} to {MOST}")
                sizes = replace(sizes, **{name: part})
        return sizes
