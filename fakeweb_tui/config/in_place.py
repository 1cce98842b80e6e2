"""The text of a config's file with what differs replaced where it stands, so that comments and order stay.

Words: an *edit* is (start, end, new text) in characters of the document; an *entry* is a key of a mapping with its
value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from yaml.nodes import MappingNode, Node

from fakeweb_tui.config.document import (
    BREAK,
    Document,
    mapping,
    number,
    number_text,
    scalar,
    serialised,
    shared_nodes,
)
from fakeweb_tui.config.model import Config, Row, origins
from fakeweb_tui.config.problems import Problems
from fakeweb_tui.config.reading import Named, by_name, section_nodes, simulation_node
from fakeweb_tui.config.rules import KEYS, SIMULATION

_Edits = list[tuple[int, int, str]]


class NotInPlaceError(Exception):
    """Edits of the text cannot make it say what the config says."""


def text_in_place(config: Config, original: Config, root: MappingNode, digits: int | None) -> str:
    """Return the text of the config's document with what differs from `original`, which it holds, replaced.

    Probabilities are rounded to so many digits, if that is not None. Raises NotInPlaceError where a value is
    written once for several rows, or names stand in another order; what it returns has to be read back.
    """
    editor = _Editor(config.document, root, digits)
    sections = section_nodes(root, Problems(""))
    for section in KEYS:
        node = sections[section][1]
        if section == "pages":
            editor.edit_pages(node, original, config)
        else:
            editor.edit_row(section, node, original.row((section,)), config.row((section,)))
    editor.edit_simulation(root, config)
    return config.document.edited(editor.edits)


def parameter_text(value: float) -> str:
    """Return the text of a parameter: without decimals where it has none."""
    return str(int(value)) if value == int(value) else number_text(value)


class _Editor:
    """Collects the edits of one document."""

    def __init__(self, document: Document, root: MappingNode, digits: int | None) -> None:
        self.edits: _Edits = []
        self._text = document.text
        self._shared = shared_nodes(root)
        self._digits = digits
        found = BREAK.search(document.text)
        self._newline = found[0] if found else "\n"

    # What differs.

    def edit_row(self, section: str, node: Node, old: Row, new: Row) -> None:
        """Make a row another one."""
        if tuple(old.items()) == tuple(new.items()):
            return
        row = new if self._digits is None else {name: round(value, self._digits) for name, value in new.items()}
        named, _ = by_name(Problems(""), section, node)
        if tuple(named) != tuple(row) and isinstance(node, MappingNode) and node.flow_style:
            self._own(node)
            pairs = [(scalar(name), scalar(number_text(value), "float")) for name, value in row.items()]
            self._replace(node, serialised(mapping(pairs, flow=True)).strip())
            return
        origin = origins(tuple(named), tuple(row))
        self._edit_entries(node, named, tuple(row), lambda name, _: [_entry(name, number_text(row[name]))])
        for name, before in origin.items():
            value = named[before][1]
            if number(value) != row[name]:
                self._own(node, value)
                self._replace(value, number_text(row[name]))

    def edit_pages(self, node: Node, original: Config, config: Config) -> None:
        """Make the pages others, and their rows."""
        named, _ = by_name(Problems(""), "pages", node)
        rows = [row for _, row in named.values() if isinstance(row, MappingNode) and not row.flow_style]
        inner = [row.value[0][0].start_mark.column for row in rows]

        def lines(page: str, indent: int) -> list[str]:
            deeper = " " * (max(inner[0] - indent, 1) if inner else 2)
            row = [_entry(name, number_text(value)) for name, value in config.pages[page].items()]
            return [f"{_key(page)}:", *(deeper + entry for entry in row)]

        self._edit_entries(node, named, config.page_names, lines)
        for page, before in origins(tuple(named), config.page_names).items():
            self.edit_row("pages", named[before][1], original.pages[before], config.pages[page])

    def edit_simulation(self, root: MappingNode, config: Config) -> None:
        """Make the section `simulation` what the config says; add it at the end if there is none."""
        values, found = config.simulation, simulation_node(root, Problems(""))
        if found is None:
            if values:
                if root.flow_style:
                    raise NotInPlaceError
                # A root in block style ends where its document does, comments behind its last entry included.
                end, indent = root.end_mark.index, " " * root.start_mark.column
                lines = [
                    f"{SIMULATION}:",
                    *(f"  {name}: {parameter_text(value)}" for name, value in values.items()),
                ]
                start = "" if self._text.endswith(("\n", "\r"), 0, end) else self._newline
                self._insert(end, start + "".join(indent + line + self._newline for line in lines))
            return
        node = found[1]
        named, _ = by_name(Problems(""), SIMULATION, node)
        self._edit_entries(
            node, named, tuple(values), lambda name, _: [_entry(name, parameter_text(values[name]))]
        )
        for name in named.keys() & values.keys():
            value = named[name][1]
            if number(value) != values[name]:
                self._own(node, value)
                self._replace(value, parameter_text(values[name]))

    # Entries of a mapping.

    def _edit_entries(
        self, node: Node, named: Named, names: tuple[str, ...], lines: Callable[[str, int], list[str]]
    ) -> None:
        """Rename, remove and add the entries of a mapping in block style, so that they have these names.

        `lines` gives the lines of a new one, whose indent it is told but does not write.
        """
        old = tuple(named)
        if old == names:
            return
        origin = origins(old, names)
        kept = [name for name in old if name in set(origin.values())]
        own = {id(key) for key, _ in node.value}
        if (
            not kept
            or [origin[name] for name in names if name in origin] != kept
            or (isinstance(node, MappingNode) and node.flow_style)
            or any(id(key) not in own for key, _ in named.values())
        ):
            raise NotInPlaceError
        self._own(node)
        starts = [self._line_start(key) for key, _ in named.values()]
        ends = [self._line_end(_last(value)) for _, value in named.values()]
        for place, name in enumerate(old):
            if name not in kept:
                self._remove(starts[place], ends[place], starts[place + 1] if place + 1 < len(old) else None)
        for name, before in origin.items():
            if name != before:
                self._replace(named[before][0], _key(name))
        indent = named[old[0]][0].start_mark.column
        apart = self._newline if self._are_apart(starts, ends) else ""
        place = -1  # of the entry that stands before
        new: dict[int, list[str]] = {}
        for name in names:
            if name in origin:
                place = old.index(origin[name])
            else:
                new.setdefault(place, []).append(
                    self._newline.join(" " * indent + line for line in lines(name, indent))
                )
        for place, texts in new.items():
            if place < 0:
                self._insert(starts[old.index(kept[0])], "".join(text + self._newline + apart for text in texts))
            else:
                self._insert(ends[place], "".join(self._newline + apart + text for text in texts))

    def _are_apart(self, starts: list[int], ends: list[int]) -> bool:
        """Whether there are empty lines between entries."""
        between = [self._text[end:start] for end, start in pairwise([*_zipped(ends, starts)])][::2]
        return any(not text.strip() and len(BREAK.findall(text)) > 1 for text in between)

    def _remove(self, start: int, end: int, following: int | None) -> None:
        """Remove lines, and the empty ones behind them up to the next entry."""
        found = BREAK.match(self._text, end)
        stop = found.end() if found else end
        if following is not None and not self._text[stop:following].strip():
            stop = following
        self.edits.append((start, stop, ""))

    def _line_start(self, key: Node) -> int:
        start: int = key.start_mark.index - key.start_mark.column
        if self._text[start : key.start_mark.index].strip("\ufeff "):
            raise NotInPlaceError
        return start

    def _line_end(self, index: int) -> int:
        found = BREAK.search(self._text, index)
        return found.start() if found else len(self._text)

    def _own(self, *nodes: Node) -> None:
        """Refuse nodes that are written once for several places."""
        if any(id(node) in self._shared for node in nodes):
            raise NotInPlaceError

    def _replace(self, node: Node, text: str) -> None:
        self.edits.append((node.start_mark.index, node.end_mark.index, text))

    def _insert(self, index: int, text: str) -> None:
        self.edits.append((index, index, text))


def _zipped(ends: list[int], starts: list[int]) -> Iterable[int]:
    """The end of each entry and the start of the next, in turn."""
    for end, start in zip(ends[:-1], starts[1:], strict=True):
        yield from (end, start)


def _last(node: Node) -> int:
    """The index behind the last character of a value; a mapping in block style ends with its last value."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _last(node.value[-1][1])
    end: int = node.end_mark.index
    return end


def _entry(name: str, value: str) -> str:
    return f"{_key(name)}: {value}"


def _key(name: str) -> str:
    """The text of a name as a key."""
    text = serialised(mapping([(scalar(name), scalar("0", "int"))])).strip()
    return text.removesuffix(": 0")
