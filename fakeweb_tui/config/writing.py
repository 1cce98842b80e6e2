"""From a Config to the text of a file, as close to the file that it came from as can be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node

from fakeweb_tui.config.document import (
    Document,
    appended,
    compose,
    entries,
    mapping,
    number,
    number_text,
    scalar,
    serialised,
    shared_nodes,
)
from fakeweb_tui.config.files import write_file
from fakeweb_tui.config.model import Config, RowPath
from fakeweb_tui.config.problems import ConfigError, Problems
from fakeweb_tui.config.reading import SECTION_OF, by_name, parse_config, section_nodes
from fakeweb_tui.config.rules import KEYS

_DIGITS = 12


def _row_nodes(root: MappingNode) -> dict[RowPath, Node]:
    ignored = Problems("")
    rows: dict[RowPath, Node] = {}
    for section, (_, node) in section_nodes(root, ignored).items():
        if section == "pages":
            named, _ = by_name(ignored, section, node)
            rows |= {("pages", page): row for page, (_, row) in named.items()}
        else:
            rows[section,] = node
    return rows


def _row_edits(
    document: Document, section: str, node: Node, row: Mapping[str, float], shared: Collection[int]
) -> list[tuple[int, int, str]] | None:
    """Return the edits that give a row of the document new values, or None if edits cannot."""
    named, _ = by_name(Problems(""), section, node)
    if not named.keys() <= row.keys():
        return None
    changed = {name: value for name, (_, value) in named.items() if number(value) != row[name]}
    if any(id(part) in shared for part in (node, *changed.values())):
        return None
    edits = [
        (value.start_mark.index, value.end_mark.index, number_text(row[name])) for name, value in changed.items()
    ]
    new = [name for name in row if name not in named]
    if new:
        pairs = [(scalar(name), scalar(number_text(row[name]), "float")) for name in new]
        edits.append(appended(document, node, pairs))
    return edits


def _in_place(config: Config, original: Config, root: MappingNode, digits: int | None) -> str | None:
    document = config.document
    shared = shared_nodes(root)
    edits: list[tuple[int, int, str]] = []
    nodes = _row_nodes(root)
    for path in original.paths:
        row = config.row(path)
        if tuple(row.items()) == tuple(original.row(path).items()):
            continue
        found = _row_edits(document, path[0], nodes[path], _rounded(row, digits), shared)
        if found is None:
            return None
        edits += found
    return document.edited(edits)


def _rounded(row: Mapping[str, float], digits: int | None) -> Mapping[str, float]:
    return row if digits is None else {name: round(value, digits) for name, value in row.items()}


def _fresh(config: Config, root: MappingNode | None) -> str:
    """Return new text for a config, with the keys of `root` that are not ours."""

    def row_node(row: Mapping[str, float], tag: str = "str") -> MappingNode:
        return mapping((scalar(name, tag), scalar(number_text(value), "float")) for name, value in row.items())

    ours: dict[str, MappingNode] = {
        section: row_node(config.row((section,)), "int" if section == "visits_per_hour" else "str")
        for section in KEYS
        if section != "pages"
    }
    ours["pages"] = mapping((scalar(page), row_node(row)) for page, row in config.pages.items())
    pairs: list[tuple[Node, Node]] = []
    for key, value in entries(root, Problems("")) if root else ():
        section = SECTION_OF.get(key.value, "") if isinstance(key.value, str) else ""
        pairs.append((key, ours.pop(section, value)))
    pairs += [(scalar(KEYS[section][0]), ours[section]) for section in KEYS if section in ours]
    return serialised(mapping(pairs))


def _reads_as(config: Config, text: str) -> bool:
    try:
        return parse_config(text, config.document.name) == config
    except ConfigError:
        return False


def render_config(config: Config) -> str:
    """Return YAML text that reads as exactly this config: its document with only changed values replaced.

    Where that cannot be, because a value is written once for several rows or a name is gone, the whole file
    is written anew: keys that are not ours are kept, comments are lost. Raises ValueError for a config that
    no file can hold (only the constructor makes such).
    """
    document = config.document
    try:
        original = parse_config(document.text, document.name)
    except ConfigError:
        original, root = None, None
    else:
        root = compose(document)
    if original == config:
        return document.text
    if original is not None and root is not None and original.page_names == config.page_names:
        # A row of plain decimals may have moved by an ulp in normalising; then the decimals read as the same.
        for digits in (_DIGITS, None):
            text = _in_place(config, original, root, digits)
            if text is not None and _reads_as(config, text):
                return text
    text = _fresh(config, root)
    if _reads_as(config, text):
        return text
    msg = "this config has no text that reads as the same config"
    raise ValueError(msg)


def save_config(config: Config, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a config as YAML to `path`, whole or not at all.

    Raises FileExistsError if the file exists and `overwrite` is False, other OSErrors as they come, and
    ValueError as `render_config` does. An existing file keeps its mode, and a link stays a link.
    """
    write_file(Path(path), render_config(config), overwrite=overwrite)
