"""Colour themes: small YAML files in the words of the app, read into Textual themes.

A theme file says `name`, `dark` and eleven colours:

- background, surface, panel – the screen; the panes on it; bars, the footer and a slider's track
- foreground, muted – text; what is predicted or secondary
- accent, now – the one calm accent of bars, focus and titles; the current hour
- landing, browsing, goal – pages where visits start; pages reached by browsing; the goal page
- error

Besides what Textual derives, each theme has the variables in `VARIABLES`, so that a stylesheet can say
`$landing` and a plot can look up `app.theme_variables["landing"]`. A theme of Textual's own does not have
them: return `fallback_variables(self.current_theme)` from `App.get_theme_variable_defaults`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
import yaml
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from fakeweb_tui.tui.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

__all__ = [
    "DEFAULT_THEME",
    "FALLBACK_VARIABLES",
    "VARIABLES",
    "contrast",
    "fallback_variables",
    "load_themes",
    "shipped_theme_directory",
    "user_theme_directory",
]

DEFAULT_THEME: Final = "night"
"""The name of the theme that the app starts with."""

VARIABLES: Final = ("landing", "browsing", "goal", "now", "muted", "track", "bar")
"""The variables that every theme has here and Textual does not know.

`track` is the empty part of a slider, `bar` the quiet accent of its full part and of the histogram.
"""

MAX_BYTES: Final = 64 * 1024

COLORS: Final = (
    "background",
    "surface",
    "panel",
    "foreground",
    "muted",
    "accent",
    "now",
    "landing",
    "browsing",
    "goal",
    "error",
)
FIELDS: Final = ("name", "dark", *COLORS)

# Textual splits theme names at commas and makes a CSS class of them.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_HEX: Final = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_YAML_TRUE: Final = frozenset({"yes", "true", "on"})


class _RefusedError(Exception):
    """A theme file cannot be used. Its problems are readable lines without the name of the file."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems


def user_theme_directory() -> Path:
    """Where the user keeps themes of their own. It need not exist."""
    return platformdirs.user_config_path("fakeweb_tui") / "themes"


def shipped_theme_directory() -> Traversable | None:
    """The directory of the shipped themes: inside the installed package, or beside it in a checkout.

    None where the installation has lost them.
    """
    inside = resources.files("fakeweb_tui") / "themes"
    beside = Path(__file__).parents[2] / "themes"
    return next((place for place in (inside, beside) if place.is_dir()), None)


def load_themes(user_directory: Path | None) -> tuple[list[Theme], list[str]]:
    """Read the shipped themes, then the user's (`*.yml`, `*.yaml`), each in the order of file names.

    Args:
        user_directory: The user's themes, or None for the shipped ones only. It need not exist.

    Returns:
        The themes that can be used, and a line per problem: file, place in it, field and reason.
        Never raises for what a file says or because it cannot be read.
    """
    themes: dict[str, Theme] = {}
    owners = {name.casefold(): "Textual" for name in BUILTIN_THEMES}
    problems: list[str] = []
    shipped = shipped_theme_directory()
    if shipped is None:
        problems.append("themes: the installation has lost its themes; Textual's own remain")
    for directory, owner in ((shipped, "this app"), (user_directory, None)):
        try:
            files = [] if directory is None else _theme_files(directory)
        except OSError as error:
            problems.append(_line(str(directory), f"unreadable: {_reason(error)}"))
            continue
        for file in files:
            try:
                theme = _read_theme(file)
                if taken := owners.get(theme.name.casefold()):
                    raise _RefusedError(f"name: {theme.name!r} is already the name of a theme of {taken}")
            except _RefusedError as refused:
                problems += [_line(file.name, problem) for problem in refused.problems]
                continue
            owners[theme.name.casefold()] = owner or file.name
            themes[theme.name] = theme
    return list(themes.values()), problems


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two opaque colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


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


def _theme_files(directory: Traversable) -> list[Traversable]:
    if not directory.is_dir():
        return []
    # Hidden files are what editors and file managers leave behind.
    named = (file for file in directory.iterdir() if not file.name.startswith("."))
    return sorted((file for file in named if file.name.endswith((".yml", ".yaml"))), key=lambda f: f.name)


def _read_theme(file: Traversable) -> Theme:
    """Raises _RefusedError with all problems of the file."""
    values: dict[str, str | bool] = {}
    problems: list[str] = []
    places: dict[str, int] = {}
    for key, node in _entries(_read_text(file)):
        try:
            field = _field(key, places)
            places[field] = key.start_mark.line + 1
            values[field] = _value(field, node)
        except _RefusedError as refused:
            problems += refused.problems
    if missing := [field for field in FIELDS if field not in places]:
        problems.append(f"{', '.join(missing)}: missing")
    if problems:
        raise _RefusedError(*problems)
    colors = {name: Color.parse(str(values[name])) for name in COLORS}
    return _build(str(values["name"]), bool(values["dark"]), colors)


def _read_text(file: Traversable) -> str:
    try:
        # A pipe or a device would block, or never end.
        if not file.is_file():
            raise _RefusedError("unreadable: not a regular file")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _RefusedError(f"unreadable: {_reason(error)}") from error
    if len(data) > MAX_BYTES:
        raise _RefusedError(f"too large: a theme has at most {MAX_BYTES // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _RefusedError(f"{line}: not UTF-8") from error


def _entries(text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of the one mapping in the file, as nodes: no object is ever constructed."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = f"{before.count(chr(10)) + 1}:{error.position - before.rfind(chr(10))}"
        raise _RefusedError(
            f"{place}: broken YAML: control character U+{ord(text[error.position]):04X}"
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{mark.line + 1}:{mark.column + 1}: " if mark else ""
        raise _RefusedError(f"{place}broken YAML: {error.problem or error.context}") from error
    except RecursionError as error:
        raise _RefusedError("broken YAML: nested too deeply") from error
    if root is None:
        raise _RefusedError("empty")
    if not isinstance(root, yaml.MappingNode):
        raise _RefusedError(f"{_at(root)}: not a theme: expected lines such as 'name: dusk'")
    return list(root.value)


def _field(key: yaml.Node, places: dict[str, int]) -> str:
    if not isinstance(key, yaml.ScalarNode):
        raise _RefusedError(f"{_at(key)}: unknown field: the name of a field is plain text")
    field = str(key.value)
    if field in places:
        raise _RefusedError(f"{_at(key)}: {field}: given twice, first in line {places[field]}")
    if field not in FIELDS:
        close = get_close_matches(field, FIELDS, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise _RefusedError(f"{_at(key)}: {_shown(field)}: unknown field{hint}")
    return field


def _value(field: str, node: yaml.Node) -> str | bool:
    """The checked value of a field: a name, a boolean, or a colour as `#rrggbb`."""
    place = f"{_at(node)}: {field}: "
    if not isinstance(node, yaml.ScalarNode):
        raise _RefusedError(f"{place}expected one value, not a {'list' if _is_list(node) else 'mapping'}")
    if field == "dark":
        if node.tag != "tag:yaml.org,2002:bool":
            raise _RefusedError(f"{place}{_shown(node.value)} is not a boolean; write true or false")
        return node.value.lower() in _YAML_TRUE
    if field == "name":
        # An unquoted 1984 or `on` is a name all the same: only its characters matter.
        if not _NAME.fullmatch(node.value):
            rule = "use 1 to 40 of A-Z a-z 0-9 - _, the first a letter or digit"
            raise _RefusedError(f"{place}{_shown(node.value)} is not a name; {rule}")
        return str(node.value)
    return _color(node, place)


def _color(node: yaml.ScalarNode, place: str) -> str:
    if node.tag == "tag:yaml.org,2002:null":
        raise _RefusedError(f'{place}no colour; a hex colour needs quotes, "#171b24", or # begins a comment')
    text = node.value.lower()
    try:
        color = Color.parse(text)
    except ColorParseError:
        color = None
    # Colours of the terminal's own palette and translucent ones have no contrast that could be known.
    if color is None or color.a != 1 or color.ansi is not None or not (_HEX.fullmatch(text) or text.isalpha()):
        raise _RefusedError(f"{place}{_shown(node.value)} is not a colour; write #rgb, #rrggbb or a CSS name")
    return color.hex6


def _build(name: str, dark: bool, colors: dict[str, Color]) -> Theme:
    """The Textual theme of checked colours, with the variables that Textual would derive badly."""
    surface, panel, muted = colors["surface"], colors["panel"], colors["muted"]
    accent, foreground, background = colors["accent"], colors["foreground"], colors["background"]
    on_accent = max(background, foreground, key=lambda color: contrast(color, accent))
    selected = surface.blend(accent, 0.35)
    faint = surface.blend(muted, 0.6)
    mixed = {
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
        "border-blurred": panel.blend(muted, 0.35),
        "surface-active": surface.blend(panel, 0.5),
        "block-cursor-background": accent,
        "block-cursor-foreground": on_accent,
        "block-cursor-blurred-background": panel,
        "block-cursor-blurred-foreground": foreground,
        "block-hover-background": surface.blend(panel, 0.6),
        "footer-background": panel,
        "footer-foreground": foreground,
        "footer-key-foreground": accent,
        "footer-description-foreground": foreground,
        "input-cursor-background": foreground,
        "input-cursor-foreground": background,
        "input-selection-background": selected,
        "input-selection-foreground": foreground,
        "screen-selection-background": selected,
        "link-color": accent,
        "link-color-hover": on_accent,
        "link-background-hover": accent,
        "scrollbar": panel.blend(muted, 0.35),
        "scrollbar-hover": muted,
        "scrollbar-active": accent,
        "scrollbar-background": surface,
        "scrollbar-background-hover": surface,
        "scrollbar-background-active": surface,
        "scrollbar-corner-color": surface,
        "landing": colors["landing"],
        "browsing": colors["browsing"],
        "goal": colors["goal"],
        "now": colors["now"],
        "muted": muted,
        "track": panel,
        "bar": _quiet_bar(accent, surface, panel),
    }
    return Theme(
        name=name,
        dark=dark,
        primary=accent.hex6,
        accent=accent.hex6,
        secondary=colors["goal"].hex6,
        success=colors["landing"].hex6,
        warning=colors["browsing"].hex6,
        error=colors["error"].hex6,
        background=background.hex6,
        surface=surface.hex6,
        panel=panel.hex6,
        foreground=foreground.hex6,
        variables={variable: color.hex6 for variable, color in mixed.items()},
    )


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


def _at(node: yaml.Node) -> str:
    return f"{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def _is_list(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode)


def _shown(value: str) -> str:
    """A value of a file, in quotes and short enough for a line."""
    return f"'{value if len(value) <= 40 else value[:39] + '…'}'"


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _line(file: str, problem: str) -> str:
    """One line that is safe to print: what a file or its name says may hold control characters."""
    line = f"{file}:{problem}" if problem[:1].isdigit() else f"{file}: {problem}"
    return plain(line)


FALLBACK_VARIABLES: Final[dict[str, str]] = fallback_variables(BUILTIN_THEMES["textual-dark"])
"""`VARIABLES` in the colours of `textual-dark`, for a place that has no theme at hand."""
