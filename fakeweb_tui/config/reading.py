"""From the text of a config file to a Config, or to every problem of the file."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from yaml.nodes import MappingNode, Node

from fakeweb_tui.config.composing import compose
from fakeweb_tui.config.document import (
    TAG,
    Document,
    duplicate_key,
    entries,
    find_duplicates,
    is_mapping,
    kind,
    number,
    number_text,
    read_document,
)
from fakeweb_tui.config.model import Config
from fakeweb_tui.config.problems import ConfigError, Problems, shown
from fakeweb_tui.config.rules import (
    HOURS,
    KEYS,
    MAX_PAGES,
    MOST_CANDIDATES,
    PARAMETERS,
    SESSION_END,
    SIMULATION,
    hours_problem,
    meant_name,
    most_similar,
    name_problem,
    normalised,
    number_problem,
    parameter_problem,
    structure_messages,
    sum_problem,
    text_problem,
)
from fakeweb_tui.config.schema_section import read_schema

SECTION_OF = {key: section for section, keys in KEYS.items() for key in keys}
# Beyond these counts, looking for similar names would take longer than reading the file.
_MOST_HINTS = 50
Named = dict[str, tuple["Node", "Node"]]
_PLAIN_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))(?:[eE]([-+]?\d{1,4}))?", re.ASCII)


def _value_problem(node: Node) -> str | None:
    """Return what is wrong with the node of a probability."""
    value = number(node)
    if value is not None:
        return number_problem(value, node.value)
    if node.tag == TAG + "bool":
        return f"{shown(node.value)} is true or false, not a probability: write a number from 0 to 1"
    meant = _meant_number(node.value.strip()) if node.tag == TAG + "str" else ""
    if meant:
        return f"{shown(node.value)} is text to YAML: write {meant}"
    return f"{kind(node)} where a probability belongs: write a number from 0 to 1"


def _meant_number(text: str) -> str:
    """Return how to write the probability that a text looks like, or nothing."""
    percent = text.endswith("%")
    found = _PLAIN_NUMBER.fullmatch(text.rstrip("% ").replace(",", "."))
    if not found or len(text) > 40:
        return ""
    value = float(found[0]) / (100 if percent else 1)
    if not 0 <= value <= 1:
        return ""
    mantissa, exponent = found[1], found[2]
    if exponent and not percent:
        mantissa += "" if "." in mantissa else ".0"
        scientific = f"{mantissa}e{int(exponent):+d}"
        plain = f"{Decimal(repr(value)):f}"
        return f"{plain} or {scientific}" if len(plain) <= 20 else scientific
    return f"{value!r} (without quotes)" if found[0] == text else number_text(value)


def _name_of(section: str, key: Node, problems: Problems) -> str | None:
    """Return the name that a key gives or means: its text as it stands, or an hour."""
    if key.tag == TAG + "merge" or not isinstance(key.value, str):
        problems.add(key, f"{kind(key)} as a name: a name is plain text")
        return None
    if section != "visits_per_hour":
        return key.value
    value = number(key)
    if key.tag == TAG + "int" and value is not None:
        return f"{value:.0f}"
    found = _PLAIN_NUMBER.fullmatch(key.value)
    hour = float(found[0]) if found else math.nan
    meant = f"{hour:.0f}" if hour in range(24) else None
    right = f"write {meant or 'a whole number from 0 to 23'} without quotes"
    problems.add(key, f"{shown(key.value)} is no whole number to YAML, so no hour: {right}")
    return meant


def by_name(problems: Problems, section: str, node: Node) -> tuple[Named, bool]:
    """Return the (key, value) nodes of a mapping by name, and whether each key could be used."""
    named: Named = {}
    before = len(problems)
    pairs = entries(node, problems)
    merged = len(problems) == before
    for key, value in pairs:
        name = _name_of(section, key, problems)
        if name is not None and named.setdefault(name, (key, value))[0] is not key:
            duplicate_key(problems, key, named[name][0])
    return named, merged and len(named) == len(pairs)


def _not_a_mapping(problems: Problems, label: str, node: Node, of: str) -> None:
    problems.add(node, f"{kind(node)} where {shown(label)} belongs: write a mapping of {of}")


def _read_row(
    problems: Problems, section: str, key: Node, node: Node, pages: Collection[str] | None
) -> tuple[dict[str, float], Mapping[str, float] | None]:
    """Return a row, and where it leads: None if that is in doubt.

    Where a row leads, a number that is wrong counts as positive and a misspelt page as the one meant.
    """
    if not is_mapping(node):
        _not_a_mapping(problems, key.value, node, "names to probabilities")
        return {}, None
    named, usable = by_name(problems, section, node)
    row: dict[str, float] = {}
    meant: dict[str, float] = {}
    known, summable = usable and bool(named), usable
    for name, (name_node, value) in named.items():
        wrong = _value_problem(value)
        if wrong:
            problems.add(value, wrong)
            summable = False
        row[name] = 1.0 if wrong else abs(number(value) or 0.0)
        wrong_name = name_problem(section, name, pages)
        if wrong_name:
            hint = len(problems) < _MOST_HINTS
            similar = meant_name(section, name, pages, named) if hint else None
            what, right = wrong_name
            if similar:
                right = f"did you mean {shown(similar)}? {right[0].upper()}{right[1:]}"
            problems.add(name_node, f"{what}: {right}")
            known = known and similar is not None
            meant[similar or ""] = row[name]
    wrong = hours_problem(named) if section == "visits_per_hour" else None
    wrong = wrong or (sum_problem(key.value, row) if summable else None)
    if wrong:
        problems.add(key, wrong)
    return (normalised(row) if summable and not wrong else row), ({**row, **meant} if known else None)


def section_nodes(root: MappingNode, problems: Problems) -> Named:
    """Return the (key, value) nodes of our sections; what is missing or twofold is a problem."""
    found: Named = {}
    others: list[Node] = []
    for key, value in entries(root, problems):
        if not isinstance(key.value, str):
            continue
        section = SECTION_OF.get(key.value)
        if section is None:
            others.append(key)
        elif found.setdefault(section, (key, value))[0] is not key:
            first = found[section][0].value
            if first == key.value:
                duplicate_key(problems, key, found[section][0])
            else:
                problems.add(key, f"both {first} and {key.value}, two names of one section: keep one")
    lines = {other.value: other.start_mark.line + 1 for other in others[:MOST_CANDIDATES]}
    for section in [section for section in KEYS if section not in found]:
        similar = next(filter(None, (most_similar(name, lines) for name in KEYS[section])), None)
        right = f"rename {shown(similar)} in line {lines[similar]}" if similar else "add it"
        problems.add(root, f"section {' or '.join(KEYS[section])} is missing: {right}")
    return found


def _read_pages(problems: Problems, key: Node, node: Node) -> tuple[Named, bool]:
    """Return the nodes of the pages by name, and whether each key could be used."""
    if not is_mapping(node):
        _not_a_mapping(problems, key.value, node, "pages to rows")
        return {}, False
    named, usable = by_name(problems, "pages", node)
    for page, (name_node, _) in named.items():
        wrong = text_problem(page)
        if wrong:
            problems.add(name_node, ": ".join(wrong))
    if SESSION_END in named:
        end, _ = named.pop(SESSION_END)
        problems.add(end, "session_end is the end of a session, not a page: remove its row")
    if usable and not named:
        problems.add(key, "no pages: a site has at least one")
    if len(named) > MAX_PAGES:
        first, _ = next(islice(named.values(), MAX_PAGES, None))
        problems.add(first, f"{len(named):,} pages: a site has at most {MAX_PAGES:,}")
    return named, usable


def _read_sections(root: MappingNode, problems: Problems) -> dict[str, dict[str, Any]]:
    """Return the rows by section, as the fields of Config have them."""
    sections = section_nodes(root, problems)
    named, usable = _read_pages(problems, *sections["pages"]) if "pages" in sections else ({}, False)
    names = named or None
    # A row that is in doubt may lead anywhere, so that no false problem follows from it.
    anywhere = dict.fromkeys((*named, SESSION_END), 1.0)
    pages: dict[str, dict[str, float]] = {}
    leads: dict[str, Mapping[str, float]] = {}
    for page, (key, node) in named.items():
        pages[page], leads_to = _read_row(problems, "pages", key, node, names)
        leads[page] = leads_to or anywhere
    values: dict[str, dict[str, Any]] = {"pages": pages}
    landing: Mapping[str, float] = anywhere
    for section in [section for section in sections if section != "pages"]:
        values[section], leads_to = _read_row(problems, section, *sections[section], names)
        if section == "landing_pages":
            landing = leads_to or anywhere
    # With more pages than that, rows that lead anywhere would take the square of their number.
    if usable and len(named) <= MAX_PAGES:
        for page, wrong in structure_messages(leads, landing):
            problems.add(named[page][0], wrong)
    return values


def simulation_node(root: MappingNode, problems: Problems) -> tuple[Node, Node] | None:
    """Return the (key, value) nodes of the section `simulation`, if there is one."""
    return next((pair for pair in entries(root, problems) if pair[0].value == SIMULATION), None)


def _read_simulation(root: MappingNode, problems: Problems) -> dict[str, float]:
    """Return the parameters of a simulation that the file gives."""
    found = simulation_node(root, problems)
    if found is None:
        return {}
    key, node = found
    if not is_mapping(node):
        _not_a_mapping(problems, key.value, node, "parameters to numbers")
        return {}
    named, _ = by_name(problems, SIMULATION, node)
    values: dict[str, float] = {}
    for name, (name_node, value_node) in named.items():
        if name not in PARAMETERS:
            similar = most_similar(name, PARAMETERS)
            meant = f"did you mean {shown(similar)}? T" if similar else "t"
            problems.add(name_node, f"unknown parameter {shown(name)}: {meant}hey are {', '.join(PARAMETERS)}")
            continue
        value = number(value_node)
        if value is None:
            problems.add(
                value_node, f"{kind(value_node)} where a number belongs: write for instance {PARAMETERS[name]:g}"
            )
            continue
        values[name] = int(value) if name == "user_pool_size" and value == value // 1 else value
    step = values.get("batch_size", PARAMETERS["batch_size"])
    if parameter_problem("batch_size", step, step):
        step = PARAMETERS["batch_size"]
    for name, value in values.items():
        wrong = parameter_problem(name, value, step)
        if wrong:
            problems.add(named[name][1], wrong)
    return values


def parse_config(text: str | bytes, name: str) -> Config:
    """Return the Config that a YAML text holds; `name` is what problems call its file.

    Raises ConfigError with every problem of the text, in its order.
    """
    document = read_document(text, name)
    try:
        return config_of(document, compose(document))
    except ConfigError:
        return config_of(document, compose(document, exact=True))


def config_of(document: Document, root: MappingNode) -> Config:
    """Return the Config that a document with this root holds; ConfigError as `parse_config`."""
    problems = Problems(document.name)
    find_duplicates(root, problems)
    values: dict[str, Any] = _read_sections(root, problems)
    simulation = _read_simulation(root, problems)
    schema = read_schema(root, problems)
    problems.raise_if_any()
    values["visits_per_hour"] = tuple(values["visits_per_hour"][hour] for hour in HOURS)
    config = Config(**values, document=document, simulation=simulation, schema=schema)
    vars(config)["as_read"] = True
    return config
