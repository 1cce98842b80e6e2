"""The theme's colours as Rich styles, for widgets that draw their own lines."""

from functools import lru_cache

from rich.style import Style
from textual.app import App
from textual.color import Color


def theme_style(app: App[object], name: str, *, on: str | None = None, bold: bool = False) -> Style:
    """Return a style in the theme's colour `name`, on its colour `on` if given."""
    variables = app.theme_variables
    return _style(variables[name], variables[on] if on else None, bold)


@lru_cache(maxsize=256)
def _style(color: str, background: str | None, bold: bool) -> Style:
    return Style(
        color=Color.parse(color).rich_color,
        bgcolor=Color.parse(background).rich_color if background else None,
        bold=bold or None,
    )
