"""From a Config to the text of a file, as close to the file that it came from as can be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node

from fakeweb_tui.config.composing import compose
from fakeweb_tui.config.document import (
    Document,
    entries,
    mapping,
    number_text,
    read_document,
    scalar,
    serialised,
)
from fakeweb_tui.config.files import write_file
from fakeweb_tui.config.in_place import NotInPlaceError, parameter_text, text_in_place
from fakeweb_tui.config.model import Config
from fakeweb_tui.config.problems import ConfigError, Problems
from fakeweb_tui.config.reading import SECTION_OF, config_of, parse_config
from fakeweb_tui.config.rules import KEYS, SIMULATION

_DIGITS = 12


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
    if config.simulation:
        ours[SIMULATION] = mapping(
            (scalar(name), scalar(parameter_text(value), "int" if value == int(value) else "float"))
            for name, value in config.simulation.items()
        )
    pairs: list[tuple[Node, Node]] = []
    for key, value in entries(root, Problems("")) if root else ():
        section = SECTION_OF.get(key.value, key.value) if isinstance(key.value, str) else ""
        if section != SIMULATION or config.simulation:
            pairs.append((key, ours.pop(section, value)))
    pairs += [(scalar(KEYS.get(section, (section,))[0]), node) for section, node in _in_file_order(ours)]
    return serialised(mapping(pairs))


def _in_file_order(ours: Mapping[str, MappingNode]) -> list[tuple[str, MappingNode]]:
    return [(section, ours[section]) for section in (*KEYS, SIMULATION) if section in ours]


def _held_by(document: Document) -> tuple[Config, MappingNode] | None:
    """Return the config that a document holds, and its nodes; None where it holds none."""
    try:
        root = compose(read_document(document.text, document.name))
        return config_of(document, root), root
    except ConfigError:
        return None


def _reads_as(config: Config, text: str) -> bool:
    try:
        return parse_config(text, config.document.name) == config
    except ConfigError:
        return False


def render_config(config: Config) -> str:
    """Return YAML text that reads as exactly this config: its document with only changed values replaced.

    Where that cannot be, because a value is written once for several rows or names change their order, the whole
    file is written anew: keys that are not ours are kept, comments are lost. Raises ValueError for a config that
    no file can hold (only the constructor makes such).
    """
    if config.as_read:
        return config.document.text
    held = _held_by(config.document)
    if held is not None:
        original, root = held
        if original == config:
            return config.document.text
        # A row of plain decimals may have moved by an ulp in normalising; then the decimals read as the same.
        for digits in (_DIGITS, None):
            try:
                text = text_in_place(config, original, root, digits)
            except NotInPlaceError:
                break
            if _reads_as(config, text):
                return text
    text = _fresh(config, held[1] if held else None)
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
