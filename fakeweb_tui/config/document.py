"""The text of a YAML file with positions: read safely, changed in place.

Words: a *document* is the text as it was found. Its *nodes* are PyYAML's, each with the mark where it
starts and ends. An *edit* is (start, end, new text) in characters of the document. Nothing here knows
what a config says; nothing is ever constructed from a tag.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeGuard

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fakeweb_tui.config.files import MAX_BYTES
from fakeweb_tui.config.problems import ConfigError, Problem, Problems, escaped, refuse, shown

TAG = "tag:yaml.org,2002:"
_BOM = "\ufeff"
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""A line break, as PyYAML's marks count them."""
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_NUMBER = 400
_numbers = SafeConstructor()


@dataclass(frozen=True)
class Document:
    """The text of a YAML file, line breaks and byte order mark included, and the name it goes by."""

    text: str
    name: str

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> str:
        """Return the text with every (start, end, new text) applied; edits must not overlap."""
        parts, done = [], 0
        for start, end, new in sorted(edits):
            parts += [self.text[done:start], new]
            done = end
        return "".join([*parts, self.text[done:]])


def _position(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, from 1, with line breaks as PyYAML's marks count them."""
    breaks = [found.end() for found in BREAK.finditer(text, 0, index)]
    start = breaks[-1] if breaks else len(_BOM) * text.startswith(_BOM)
    return len(breaks) + 1, max(index - start, 0) + 1


def read_document(data: str | bytes, name: str) -> Document:
    """Return the document that `data` holds; raise ConfigError if it is too long or not plain UTF-8 text."""
    size = len(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        refuse(name, f"is longer than {MAX_BYTES:,} bytes: a config is a short YAML file")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        wrong = f"byte 0x{error.object[error.start]:02x} is not UTF-8: save the file as UTF-8 text"
        refuse(name, wrong, *_position(before, len(before)))
    unreadable = [
        Problem(
            name,
            *_position(text, found.start()),
            f"control character {escaped(found[0])} cannot stand in YAML: remove it",
        )
        for found in islice(_UNREADABLE.finditer(text), 20)
    ]
    if unreadable:
        raise ConfigError(unreadable)
    return Document(text, name)


def is_mapping(node: Node) -> TypeGuard[MappingNode]:
    """Whether a node is a plain mapping (not, say, a `!!set`)."""
    return isinstance(node, MappingNode) and node.tag == TAG + "map"


def kind(node: Node) -> str:
    """Return what a node is, in words for a message."""
    if not isinstance(node, ScalarNode):
        return "a list" if isinstance(node, SequenceNode) else "a mapping"
    return "nothing" if node.tag == TAG + "null" else f"the value {shown(node.value)}"


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it; what is aliased comes as often as it is used."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, SequenceNode):
            waiting.extend(reversed(node.value))
        elif isinstance(node, MappingNode):
            waiting.extend(part for pair in reversed(node.value) for part in reversed(pair))


def shared_nodes(root: Node) -> set[int]:
    """Return the id() of every node that is used in more than one place."""
    return {node for node, visits in Counter(map(id, walk(root))).items() if visits > 1}


def find_duplicates(root: Node, problems: Problems) -> None:
    """Note every key that stands twice in one mapping, anywhere in the document."""
    for node in walk(root):
        if not isinstance(node, MappingNode):
            continue
        first: dict[tuple[str, str], Node] = {}
        for key, _ in node.value:
            if isinstance(key, ScalarNode) and first.setdefault((key.tag, key.value), key) is not key:
                duplicate_key(problems, key, first[key.tag, key.value])


def duplicate_key(problems: Problems, key: Node, first: Node) -> None:
    """Note that `key` stands in a mapping that has it already."""
    line = first.start_mark.line + 1
    problems.add(key, f"duplicate key {shown(key.value)}, first in line {line}: keep one of the two")


def entries(node: Node, problems: Problems) -> list[tuple[Node, Node]]:
    """Return the (key, value) pairs of a mapping with its merge keys (`<<`) resolved as YAML says.

    What is merged comes first, as it does in a mapping that PyYAML loads; the mapping's own keys win, then
    those of the mapping merged first.
    """
    own: list[tuple[Node, Node]] = []
    merged: dict[tuple[str, str], tuple[Node, Node]] = {}
    for key, value in node.value:
        if key.tag != TAG + "merge":
            own.append((key, value))
            continue
        for source in value.value if isinstance(value, SequenceNode) else [value]:
            if not isinstance(source, MappingNode):
                problems.add(key, f"<< merges {kind(source)}: it takes a mapping or a list of mappings")
                continue
            for pair in entries(source, problems):
                merged.setdefault((pair[0].tag, str(pair[0].value)), pair)
    if not merged:
        return own
    mine = {(key.tag, str(key.value)) for key, _ in own}
    return [pair for name, pair in merged.items() if name not in mine] + own


def number(node: Node) -> float | None:
    """Return what YAML reads in a node as an int or a float (it may be NaN), or None if it is no number."""
    if not isinstance(node, ScalarNode) or len(node.value) > _LONGEST_NUMBER:
        return None
    try:
        if node.tag == TAG + "int":
            return float(_numbers.construct_yaml_int(node))
        if node.tag == TAG + "float":
            return float(_numbers.construct_yaml_float(node))
    except (ArithmeticError, LookupError, ValueError):
        return None
    return None


def number_text(value: float) -> str:
    """Return the shortest text that YAML 1.1 reads as exactly this float: 1.0e-07, where Python has 1e-07."""
    if not math.isfinite(value):
        msg = f"{value} has no place in a config"
        raise ValueError(msg)
    mantissa, e, exponent = repr(float(value)).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{e}{exponent}"


def scalar(text: str, tag: str = "str") -> ScalarNode:
    """Return a new scalar node of one of YAML's own types."""
    # PyYAML writes some line breaks (U+0085) so that it does not read them back, unless they are escaped.
    return ScalarNode(TAG + tag, text, style=None if text.isprintable() else '"')


def mapping(pairs: Iterable[tuple[Node, Node]], *, flow: bool = False) -> MappingNode:
    """Return a new mapping node."""
    return MappingNode(TAG + "map", list(pairs), flow_style=flow)


def serialised(node: Node) -> str:
    """Return YAML text that reads as these nodes; comments are not part of nodes."""
    text: str = yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=MAX_BYTES)
    return text
