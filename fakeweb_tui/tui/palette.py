"""From the colours of a theme file to a Textual theme, and colours of our own for themes that are Textual's."""

from collections.abc import Iterable
from typing import Final

from textual.color import Color
from textual.theme import Theme

VARIABLES: Final = ("landing", "browsing", "goal", "now", "muted", "track", "bar")
"""The variables that every theme has here and Textual does not know.

`track` is the empty part of a slider, `bar` the quiet accent of its full part and of the histogram.
"""

READABLE: Final = 4.5
"""The contrast ratio that WCAG 2.2 asks of text (1.4.3, AA)."""

_EXTREMES = (Color(0, 0, 0), Color(255, 255, 255))


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two opaque colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(ground: Color, foreground: Color, *, quiet: float = 0.0) -> Color:
    """The colour in which text is read on a ground: `foreground`, or black or white where that is read better.

    With `quiet`, 0 to 1, it gives way to the ground so far, if 4.5:1 (what WCAG asks of text) is kept.
    """
    color = foreground
    if contrast(color, ground) < READABLE:
        color = max((*_EXTREMES, foreground), key=lambda extreme: contrast(extreme, ground))
    steps = range(round(quiet * 20), -1, -1)
    return next(
        (mixed for step in steps if contrast(mixed := color.blend(ground, step / 20), ground) >= READABLE), color
    )


def fallback_variables(theme: Theme) -> dict[str, str]:
    """`VARIABLES` for a theme that is not ours, taken from its own colours.

    The colours of text get at least 3:1 on the theme's surface. Variables that the theme itself sets win
    over these wherever Textual merges them.
    """
    colors = theme.to_color_system().generate()
    if theme.ansi:
        # The terminal's own palette: which colours those are, nobody knows, so nothing can be mixed.
        return {
            "landing": "ansi_green",
            "browsing": "ansi_yellow",
            "goal": "ansi_magenta",
            "now": "ansi_bright_cyan" if theme.dark else "ansi_cyan",
            "muted": "ansi_bright_black",
            "track": "ansi_bright_black" if theme.dark else "ansi_white",
            "bar": "ansi_blue",
        }
    surface, panel, foreground, primary = (
        Color.parse(colors[name]) for name in ("surface", "panel", "foreground", "primary")
    )
    return {
        "landing": _legible(Color.parse(colors["success"]), surface).hex6,
        "browsing": _legible(Color.parse(colors["warning"]), surface).hex6,
        "goal": _legible(Color.parse(colors["secondary"]), surface).hex6,
        "now": _legible(primary.blend(foreground, 0.5), surface).hex6,
        "muted": _legible(foreground.blend(surface, 0.4), surface).hex6,
        "track": panel.hex6,
        "bar": _quiet_bar(primary, surface, panel).hex6,
    }


def build_theme(name: str, dark: bool, colors: dict[str, Color]) -> Theme:
    """The Textual theme of checked colours, with the variables that Textual would derive badly."""
    variables = _text_variables(colors) | _control_variables(colors) | _own_variables(colors)
    return Theme(
        name=name,
        dark=dark,
        primary=colors["accent"].hex6,
        accent=colors["accent"].hex6,
        secondary=colors["goal"].hex6,
        success=colors["landing"].hex6,
        warning=colors["browsing"].hex6,
        error=colors["error"].hex6,
        background=colors["background"].hex6,
        surface=colors["surface"].hex6,
        panel=colors["panel"].hex6,
        foreground=colors["foreground"].hex6,
        variables={variable: color.hex6 for variable, color in variables.items()},
    )


def _text_variables(colors: dict[str, Color]) -> dict[str, Color]:
    """The colours of text, links and borders."""
    accent, muted = colors["accent"], colors["muted"]
    faint = colors["surface"].blend(muted, 0.6)
    return {
        "text-muted": muted,
        "text-disabled": faint,
        "text-primary": accent,
        "text-secondary": colors["goal"],
        "text-success": colors["landing"],
        "text-warning": colors["browsing"],
        "text-error": colors["error"],
        "text-accent": accent,
        "foreground-muted": muted,
        "foreground-disabled": faint,
        "border": accent,
        "border-blurred": colors["panel"].blend(muted, 0.35),
        "link-color": accent,
        "link-color-hover": _on_accent(colors),
        "link-background-hover": accent,
    }


def _control_variables(colors: dict[str, Color]) -> dict[str, Color]:
    """The colours of what is chosen, typed into, scrolled and pressed."""
    surface, panel, muted = colors["surface"], colors["panel"], colors["muted"]
    accent, foreground = colors["accent"], colors["foreground"]
    selected = surface.blend(accent, 0.35)
    return {
        "surface-active": surface.blend(panel, 0.5),
        "block-cursor-background": accent,
        "block-cursor-foreground": _on_accent(colors),
        "block-cursor-blurred-background": panel,
        "block-cursor-blurred-foreground": foreground,
        "block-hover-background": surface.blend(panel, 0.6),
        "footer-background": panel,
        "footer-foreground": foreground,
        "footer-key-foreground": accent,
        "footer-description-foreground": foreground,
        "input-cursor-background": foreground,
        "input-cursor-foreground": colors["background"],
        "input-selection-background": selected,
        "input-selection-foreground": foreground,
        "screen-selection-background": selected,
        "scrollbar": _first_with_contrast((panel.blend(muted, share / 20) for share in range(7, 21)), surface),
        "scrollbar-hover": muted,
        "scrollbar-active": accent,
        "scrollbar-background": surface,
        "scrollbar-background-hover": surface,
        "scrollbar-background-active": surface,
        "scrollbar-corner-color": surface,
    }


def _own_variables(colors: dict[str, Color]) -> dict[str, Color]:
    """The colours of `VARIABLES`."""
    own = {name: colors[name] for name in ("landing", "browsing", "goal", "now", "muted")}
    bar = _quiet_bar(colors["accent"], colors["surface"], colors["panel"])
    return {**own, "track": colors["panel"], "bar": bar}


def _on_accent(colors: dict[str, Color]) -> Color:
    """The colour that is read best on the accent."""
    accent = colors["accent"]
    return max(colors["background"], colors["foreground"], key=lambda color: contrast(color, accent))


def _quiet_bar(accent: Color, surface: Color, track: Color) -> Color:
    """The accent, as far dimmed towards the surface as it can be while it shows 3:1 on its track."""
    return _first_with_contrast((surface.blend(accent, share / 20) for share in range(12, 21)), track)


def _legible(color: Color, surface: Color) -> Color:
    """The colour, or the nearest to it on the way to black or white that shows 3:1 on the surface."""
    target = surface.get_contrast_text(1.0)
    return _first_with_contrast((color.blend(target, share / 20) for share in range(20)), surface)


def _first_with_contrast(candidates: Iterable[Color], behind: Color) -> Color:
    """The first with 3:1 (what WCAG asks of large text and of graphics), else the last."""
    color = behind
    for color in candidates:
        if contrast(color, behind) >= 3:
            break
    return color


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
