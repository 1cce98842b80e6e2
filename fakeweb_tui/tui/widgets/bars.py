"""Bars that show what is observed, with a line where the prediction is."""

from math import isnan

from rich.segment import Segment
from textual.app import App

from fakeweb_tui.tui.format import bar
from fakeweb_tui.tui.styles import theme_style


def marked_bar(app: App[object], observed: float, predicted: float, longest: float, width: int) -> list[Segment]:
    """Return a bar of `width` cells, filled by `longest`, with a line at `predicted`; NaN gives an empty bar."""
    if width < 1:
        return []
    cells = bar(0.0 if isnan(observed) else observed / longest, width)
    at = min(width - 1, int(predicted / longest * width))
    filled = theme_style(app, "bar", on="track")
    on = "bar" if cells[at] == "█" else "track"
    return [
        Segment(cells[:at], filled),
        Segment("│", theme_style(app, "foreground", on=on)),
        Segment(cells[at + 1 :], filled),
    ]
