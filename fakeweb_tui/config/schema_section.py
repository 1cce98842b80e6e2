"""The section `schema`: which fields the events of a run have, and how they are called.

It begins with one of the schemas that there are (`base`), leaves out fields (`drop`), renames others (`rename`),
adds some that are computed (`derived`) or the same in every event (`constants`), and puts some first (`order`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fakeweb_tui.config.document import TAG, entries, is_mapping, kind, number
from fakeweb_tui.config.problems import Problems, shown
from fakeweb_tui.config.rules import most_similar, text_problem
from fakeweb_tui.schema import CONSTANT, DERIVED_FIELDS, EVENT_FIELDS, SCHEMAS, Constant, Field

SECTION = "schema"
_KEYS = ("base", "drop", "rename", "derived", "constants", "order")
_NO_BASE = "none"
_INT64 = 1 << 63
_SOURCES = (*DERIVED_FIELDS, *EVENT_FIELDS)


def read_schema(root: MappingNode, problems: Problems) -> tuple[Field, ...] | None:
    """Return the fields that the file's section `schema` gives; None where it has none, or one with problems."""
    found = next((pair for pair in entries(root, problems) if pair[0].value == SECTION), None)
    if found is None:
        return None
    before = len(problems)
    fields = _Reader(problems).read(*found)
    return fields if len(problems) == before else None


class _Reader:
    """Reads one section, and notes its problems."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._places: dict[str, Node] = {}

    def read(self, key: Node, node: Node) -> tuple[Field, ...]:
        """Return the fields."""
        parts = dict(self._pairs(key, node, "base, drop, rename, derived, constants and order"))
        for name, (name_node, _) in parts.items():
            if name not in _KEYS:
                self._unknown(name_node, "key", name, _KEYS)
        values = {name: pair for name, pair in parts.items() if name in _KEYS}
        fields = (
            self._base(values["base"][1]) if "base" in values else {each.name: each for each in SCHEMAS["web"]}
        )
        known = dict(fields)
        for node in self._names(values.get("drop")):
            if self._is_known(node, known):
                fields.pop(node.value, None)
        names = {name: name for name in fields}
        for name, (name_node, new) in self._pairs_of(values.get("rename"), "fields to new names"):
            if self._is_known(name_node, known) and self._is_name(new):
                names[name] = new.value
                self._places[new.value] = new
        result = [each._replace(name=names[name]) for name, each in fields.items()]
        result += self._added(values)
        counted = Counter(each.name for each in result)
        for name in (name for name, count in counted.items() if count > 1):
            self._problems.add(self._places.get(name, key), f"two fields are called {shown(name)}: rename one")
        if not result:
            self._problems.add(key, "no field is left: an event has at least one")
        return self._in_order(result, values)

    def _base(self, node: Node | None) -> dict[str, Field]:
        bases = (*SCHEMAS, _NO_BASE)
        name = "web" if node is None else node.value
        if node is not None and not (isinstance(node, ScalarNode) and name in bases):
            self._problems.add(node, f"{kind(node)} where a schema belongs: the schemas are {', '.join(bases)}")
            name = "web"
        return {each.name: each for each in SCHEMAS.get(name, ())}

    def _added(self, values: dict[str, tuple[Node, Node]]) -> Iterator[Field]:
        for name, (name_node, source) in self._pairs_of(values.get("derived"), "names to what they hold"):
            if not self._is_name(name_node):
                continue
            self._places[name] = name_node
            if isinstance(source, ScalarNode) and source.value in _SOURCES:
                yield Field(name, source.value)
            else:
                text = source.value if isinstance(source, ScalarNode) else ""
                self._unknown(source, "source", text, _SOURCES)
        for name, (name_node, value) in self._pairs_of(values.get("constants"), "names to values"):
            if self._is_name(name_node):
                self._places[name] = name_node
                yield Field(name, CONSTANT, self._constant(value))

    def _in_order(self, fields: list[Field], values: dict[str, tuple[Node, Node]]) -> tuple[Field, ...]:
        by_name = {each.name: each for each in fields}
        first: dict[str, Field] = {}
        for node in self._names(values.get("order")):
            if node.value in first:
                self._problems.add(node, f"{shown(node.value)} stands twice in the order: keep one")
            elif self._is_known(node, by_name):
                first[node.value] = by_name[node.value]
        return (*first.values(), *(each for each in fields if each.name not in first))

    def _constant(self, node: Node) -> Constant:
        """Return the value of a plain node."""
        value = number(node)
        if isinstance(node, ScalarNode) and node.tag == TAG + "int":
            whole: int = SafeConstructor().construct_yaml_int(node)
            if -_INT64 <= whole < _INT64:
                return whole
            self._problems.add(node, "a whole number that 64 bits do not hold: write it as a text")
            return None
        if value is not None and math.isfinite(value):
            return value
        if isinstance(node, ScalarNode) and node.tag == TAG + "bool":
            return node.value.lower() in ("true", "yes", "on")
        if isinstance(node, ScalarNode) and node.tag == TAG + "null":
            return None
        if (
            isinstance(node, ScalarNode)
            and node.tag == TAG + "str"
            and not (node.value and text_problem(node.value))
        ):
            text: str = node.value
            return text
        self._problems.add(
            node, f"{kind(node)} where a value belongs: write a text, a number, true, false or null"
        )
        return None

    def _pairs_of(self, part: tuple[Node, Node] | None, of: str) -> Iterator[tuple[str, tuple[Node, Node]]]:
        if part is not None:
            yield from self._pairs(*part, of)

    def _pairs(self, key: Node, node: Node, of: str) -> Iterator[tuple[str, tuple[Node, Node]]]:
        """Yield the (key, value) nodes of a mapping by name."""
        if not is_mapping(node):
            self._problems.add(node, f"{kind(node)} where {shown(key.value)} belongs: write a mapping of {of}")
            return
        for name, value in entries(node, self._problems):
            if isinstance(name, ScalarNode):
                yield name.value, (name, value)
            else:
                self._problems.add(name, f"{kind(name)} as a name: a name is plain text")

    def _names(self, part: tuple[Node, Node] | None) -> Iterator[Any]:
        """Yield the nodes of a list of names."""
        if part is None:
            return
        key, node = part
        if not isinstance(node, SequenceNode):
            self._problems.add(node, f"{kind(node)} where {shown(key.value)} belongs: write a list of fields")
            return
        for item in node.value:
            if isinstance(item, ScalarNode):
                yield item
            else:
                self._problems.add(item, f"{kind(item)} where a field belongs: write its name")

    def _is_name(self, node: Node) -> bool:
        wrong = (
            text_problem(node.value) if isinstance(node, ScalarNode) else (f"{kind(node)} as a name", "write text")
        )
        if wrong:
            self._problems.add(node, ": ".join(wrong))
        return wrong is None

    def _is_known(self, node: Node, fields: Collection[str]) -> bool:
        if node.value not in fields:
            self._unknown(node, "field", node.value, fields)
        return node.value in fields

    def _unknown(self, node: Node, what: str, name: str, known: Collection[str]) -> None:
        similar = most_similar(name, known)
        meant = f"did you mean {shown(similar)}? T" if similar else "t"
        self._problems.add(node, f"unknown {what} {shown(name)}: {meant}here are {', '.join(known)}")
