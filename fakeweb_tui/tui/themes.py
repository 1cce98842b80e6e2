"""Colour themes: small YAML files in the words of the app, read into Textual themes.

A theme file says `name`, `dark` and eleven colours:

- background, surface, panel – the screen; the panes on it; bars, the footer and a slider's track
- foreground, muted – text; what is predicted or secondary
- accent, now – the one calm accent of bars, focus and titles; the current hour
- landing, browsing, goal – pages where visits start; pages reached by browsing; the goal page
- error

Besides what Textual derives, each theme has the variables in `palette.VARIABLES`, so that a stylesheet can say
`$landing` and a plot can look up `app.theme_variables["landing"]`. A theme of Textual's own does not have
them: return `fallback_variables(self.current_theme)` from `App.get_theme_variable_defaults`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import platformdirs
import yaml
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.palette import build_theme

DEFAULT_THEME: Final = "night"
"""The name of the theme that the app starts with."""

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
    return build_theme(str(values["name"]), bool(values["dark"]), colors)


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
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
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
    except (ArithmeticError, ValueError) as error:
        # PyYAML does not look what an escape such as "\UFFFFFFFF" stands for.
        mark = loader.get_mark()
        place = f"{mark.line + 1}:{mark.column + 1}"
        raise _RefusedError(f"{place}: broken YAML: an escape or a number out of range") from error
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
