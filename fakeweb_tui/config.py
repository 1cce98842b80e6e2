"""What a YAML file says, as a frozen Config; or every problem of the file, each with its position.

Words: a *section* is a top-level key of the file that is ours. A *row* is one set of probabilities that
sums to 1: the row of a page, or a whole section other than `pages`. The *path* of a row is
("pages", page) or (section,), with the sections named as the fields of Config are.
"""

from __future__ import annotations

import difflib
import math
import numbers
import os
import re
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeweb_tui.document import (
    TAG,
    ConfigError,
    Document,
    Problem,
    Problems,
    appended,
    compose,
    duplicate_key,
    entries,
    find_duplicates,
    is_mapping,
    kind,
    mapping,
    number,
    number_text,
    read_document,
    read_file,
    scalar,
    serialised,
    shared_nodes,
    shown,
    write_file,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from yaml.nodes import MappingNode, Node

__all__ = [
    "BROWSERS",
    "MAX_PAGES",
    "OPERATING_SYSTEMS",
    "SESSION_END",
    "Config",
    "ConfigError",
    "Problem",
    "StructureProblems",
    "load_config",
    "normalised",
    "parse_config",
    "render_config",
    "save_config",
    "structure_problems",
]

SESSION_END = "session_end"
OPERATING_SYSTEMS = ("Windows", "MacOS", "Linux", "Android", "iOS")
BROWSERS = ("Chrome", "Firefox", "InternetExplorer", "Safari", "Opera")
MAX_PAGES = 1000
HOURS = tuple(str(hour) for hour in range(24))

# A little more than 1e-6, because 1 - 0.999999 is.
_TOLERANCE = 1.000001e-6
_KNOWN = {
    "operating_systems": ("operating system", OPERATING_SYSTEMS),
    "browsers": ("browser", BROWSERS),
    "visits_per_hour": ("hour", HOURS),
}
_KEYS = {
    "pages": ("pages",),
    "landing_pages": ("landing_pages",),
    "visits_per_hour": ("visits_per_hour",),
    "operating_systems": ("operating_systems",),
    "browsers": ("browsers",),
    "sources": ("utm_sources", "marketing_sources"),
    "mediums": ("utm_mediums", "marketing_mediums"),
    "campaigns": ("campaigns",),
    "ads": ("ads",),
}
_DIGITS = 12
_SECTION_OF = {key: section for section, keys in _KEYS.items() for key in keys}

# Beyond these counts, looking for similar names would take longer than reading the file.
_MOST_HINTS = 50
_MOST_CANDIDATES = 200

RowPath = tuple[str, ...]
Named = dict[str, tuple["Node", "Node"]]


class StructureProblems(NamedTuple):
    """Pages that no session can reach, and pages from which no session can end, in the order given."""

    unreachable: tuple[str, ...]
    endless: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Config:
    """The probabilities of a site. Immutable, hashable, and safe to send to another process.

    `parse_config`, `load_config` and `with_row` make valid ones; the constructor copies what it is given
    and checks nothing. Two configs are equal if they say the same in the same order, whatever text they
    were read from.

    Attributes:
        pages: for each page, in the order of the file, the probability per target (a page or session_end).
        landing_pages: probability per page that a session starts there.
        visits_per_hour: 24 shares of the day's sessions that start in the hour.
        operating_systems, browsers, sources, mediums, campaigns, ads: probability per name.
        document: the text that it was read from, or descends from.
    """

    pages: Mapping[str, Mapping[str, float]]
    landing_pages: Mapping[str, float]
    visits_per_hour: tuple[float, ...]
    operating_systems: Mapping[str, float]
    browsers: Mapping[str, float]
    sources: Mapping[str, float]
    mediums: Mapping[str, float]
    campaigns: Mapping[str, float]
    ads: Mapping[str, float]
    document: Document = field(repr=False)

    def __post_init__(self) -> None:
        for part in fields(self):
            object.__setattr__(self, part.name, _frozen(getattr(self, part.name)))

    def __getstate__(self) -> dict[str, Any]:
        return {part.name: _thawed(getattr(self, part.name)) for part in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, _frozen(value))

    def __eq__(self, other: object) -> bool:
        return self._content() == other._content() if isinstance(other, Config) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[object, ...]:
        return tuple((path, tuple(self.row(path).items())) for path in self.paths)

    @property
    def page_names(self) -> tuple[str, ...]:
        """The pages, in the order of the file."""
        return tuple(self.pages)

    @property
    def goal(self) -> str:
        """The page that sessions are meant to get to: the last one of the file."""
        return self.page_names[-1]

    @property
    def paths(self) -> tuple[RowPath, ...]:
        """The path of every row: one per page, then one per section."""
        sections = tuple((section,) for section in _KEYS if section != "pages")
        return tuple(("pages", page) for page in self.pages) + sections

    def row(self, path: RowPath) -> Mapping[str, float]:
        """Return the row at a path; the hours are named "0" to "23". Raises ValueError for no such path."""
        if path == ("visits_per_hour",):
            return dict(zip(HOURS, self.visits_per_hour, strict=True))
        if len(path) == 2 and path[0] == "pages" and path[1] in self.pages:
            return self.pages[path[1]]
        if len(path) == 1 and path[0] in _KEYS and path[0] != "pages":
            row: Mapping[str, float] = getattr(self, path[0])
            return row
        msg = f"a config has no row {path!r}"
        raise ValueError(msg)

    def with_row(self, path: RowPath, row: Mapping[str, float]) -> Config:
        """Return a config with another row, checked and normalised as on loading.

        Names that the row had keep their order, new ones follow. Raises ValueError, one line per problem.
        """
        section, name = path[0] if path else "", path[-1] if path else ""
        new = _in_order(row, self.row(path))
        wrong = _row_problems(section, name, new, self.page_names)
        if wrong:
            raise ValueError("\n".join(wrong))
        new = normalised({name: float(value) + 0.0 for name, value in new.items()})
        if section == "visits_per_hour":
            return replace(self, visits_per_hour=tuple(new[hour] for hour in HOURS))
        part: dict[str, Any] = {"pages": {**self.pages, name: new}} if section == "pages" else {section: new}
        changed = replace(self, **part)
        if section in ("pages", "landing_pages"):
            wrong = [text for _, text in _structure_messages(changed.pages, changed.landing_pages)]
            if wrong:
                raise ValueError("\n".join(wrong))
        return changed


def _frozen(value: Any) -> Any:
    if isinstance(value, (dict, MappingProxyType)):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return {key: _thawed(item) for key, item in value.items()}
    return value


def _in_order(row: Mapping[str, float], like: Mapping[str, float]) -> dict[str, float]:
    names = [*(name for name in like if name in row), *(name for name in row if name not in like)]
    return {name: row[name] for name in names}


def normalised(row: Mapping[str, float]) -> dict[str, float]:
    """Return the row divided by its sum (math.fsum), unless that is 1 already; the result's is exactly 1.

    The row's values must not be negative and their sum must be positive.
    """
    total = math.fsum(row.values())
    if total == 1.0:
        return dict(row)
    shares = {name: value / total for name, value in row.items()}
    # Division can miss 1 by an ulp. Then a file written from this row would be normalised again and give
    # other values on reading; so the largest share, where it matters least, takes up what is left over.
    left = math.fsum([1.0, *(-share for share in shares.values())])
    shares[max(shares, key=shares.__getitem__)] += left
    return shares


def _reached(leads: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    reached, waiting = set(starts), list(starts)
    while waiting:
        for target in leads.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def structure_problems(
    pages: Mapping[str, Mapping[str, float]], landing_pages: Mapping[str, float]
) -> StructureProblems:
    """Return which pages no session can reach, and from which pages no session can end.

    Only positive probabilities count. Takes time in proportion to the number of probabilities.
    """
    leads: dict[str, list[str]] = {}
    comes: dict[str, list[str]] = {}
    for page, row in pages.items():
        leads[page] = [target for target, probability in row.items() if probability > 0]
        for target in leads[page]:
            comes.setdefault(target, []).append(page)
    reached = _reached(leads, [page for page, probability in landing_pages.items() if probability > 0])
    ending = _reached(comes, [SESSION_END])
    return StructureProblems(
        tuple(page for page in pages if page not in reached),
        tuple(page for page in pages if page not in ending),
    )


def _structure_messages(
    pages: Mapping[str, Mapping[str, float]], landing_pages: Mapping[str, float]
) -> list[tuple[str, str]]:
    found = structure_problems(pages, landing_pages)
    unreachable = "give it a positive probability in landing_pages or on a page that sessions reach"
    endless = "give session_end a positive probability, on this page or on one that it leads to"
    return [
        *((page, f"no session can reach page {shown(page)}: {unreachable}") for page in found.unreachable),
        *((page, f"no session can end from page {shown(page)}: {endless}") for page in found.endless),
    ]


# What is wrong with names and numbers, wherever they come from.


def _similar(name: str, names: Iterable[str]) -> str | None:
    if len(name) > 100:
        return None
    by_folded = {known.casefold(): known for known in names if len(known) <= 100}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def _listed(names: Collection[str]) -> str:
    some = [shown(name) for name in islice(names, 20)]
    return ", ".join(some) + (f", … ({len(names)} in all)" if len(names) > len(some) else "")


def _text_problem(name: str) -> tuple[str, str] | None:
    if not name:
        return "a name is empty", "give it at least one character"
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"the name {shown(name)} holds half a character (a lone surrogate)", "write the whole character"
    return None


def _name_problem(section: str, name: str, pages: Collection[str] | None) -> tuple[str, str] | None:
    """Return what is wrong with a name in a row, and what is right; `pages` is None if they are not known."""
    wrong = _text_problem(name)
    if wrong:
        return wrong
    if name == SESSION_END and section == "landing_pages":
        return "no session can land on session_end, which is the end of a session", "name a page"
    what, known = _KNOWN.get(section, ("page", pages if section in ("pages", "landing_pages") else None))
    if known is None or name in known or (name == SESSION_END and section == "pages"):
        return None
    plural = "pages with a row of their own" if what == "page" else f"{what}s"
    return f"unknown {what} {shown(name)}", f"the {plural} are {_listed(known)}"


def _meant_name(section: str, name: str, pages: Collection[str] | None, taken: Collection[str]) -> str | None:
    """Return the name that an unknown one was probably meant to be: one that its row does not have yet."""
    candidates = {
        "pages": (*(pages or ()), SESSION_END),
        "landing_pages": pages or (),
        "operating_systems": OPERATING_SYSTEMS,
        "browsers": BROWSERS,
    }.get(section, ())
    if len(candidates) > _MOST_CANDIDATES:
        return None
    return _similar(name, [candidate for candidate in candidates if candidate not in taken])


def _number_problem(value: float, text: str) -> str | None:
    if 0 <= value <= 1:
        return None
    if math.isfinite(value):
        wrong = "negative" if value < 0 else "more than 1"
    else:
        wrong = "not a number" if math.isnan(value) else "infinite"
    return f"{shown(text)} is {wrong}: a probability is a number from 0 to 1"


def _sum_problem(label: str, row: Mapping[str, float]) -> str | None:
    total = math.fsum(row.values())
    if abs(total - 1) <= _TOLERANCE:
        return None
    over = f"{abs(total - 1):.6g} {'missing' if total < 1 else 'too much'}"
    return f"{shown(label)} sums to {total:.10g}: the probabilities of a row sum to 1 ({over})"


def _hours_problem(names: Collection[str]) -> str | None:
    missing = [hour for hour in HOURS if hour not in names]
    if not missing:
        return None
    which = f"hour {missing[0]} is" if len(missing) == 1 else f"hours {', '.join(missing)} are"
    return f"{which} missing: each hour from 0 to 23 has its share, 0 if nobody comes"


def _row_problems(section: str, label: str, row: Mapping[str, Any], pages: Collection[str]) -> list[str]:
    """Return what is wrong with a row that does not come from a file."""
    wrong_names = [_name_problem(section, name, pages) for name in row]
    wrong = [": ".join(parts) if parts else None for parts in wrong_names]
    for name, value in row.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            wrong.append(f"{shown(repr(value))} for {shown(name)} is no number: write a number from 0 to 1")
        else:
            wrong.append(_number_problem(float(value), f"{name}: {value}"))
    if section == "visits_per_hour":
        wrong.append(_hours_problem(row))
    found = [text for text in wrong if text]
    return found or [text for text in [_sum_problem(label, row)] if text]


# What is wrong with nodes of a file.

_PLAIN_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))(?:[eE]([-+]?\d{1,4}))?", re.ASCII)


def _value_problem(node: Node) -> str | None:
    """Return what is wrong with the node of a probability."""
    value = number(node)
    if value is not None:
        return _number_problem(value, node.value)
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


def _named(problems: Problems, section: str, node: Node) -> tuple[Named, bool]:
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
    named, usable = _named(problems, section, node)
    row: dict[str, float] = {}
    meant: dict[str, float] = {}
    known, summable = usable and bool(named), usable
    for name, (name_node, value) in named.items():
        wrong = _value_problem(value)
        if wrong:
            problems.add(value, wrong)
            summable = False
        row[name] = 1.0 if wrong else abs(number(value) or 0.0)
        wrong_name = _name_problem(section, name, pages)
        if wrong_name:
            hint = len(problems) < _MOST_HINTS
            similar = _meant_name(section, name, pages, named) if hint else None
            what, right = wrong_name
            if similar:
                right = f"did you mean {shown(similar)}? {right[0].upper()}{right[1:]}"
            problems.add(name_node, f"{what}: {right}")
            known = known and similar is not None
            meant[similar or ""] = row[name]
    wrong = _hours_problem(named) if section == "visits_per_hour" else None
    wrong = wrong or (_sum_problem(key.value, row) if summable else None)
    if wrong:
        problems.add(key, wrong)
    return (normalised(row) if summable and not wrong else row), ({**row, **meant} if known else None)


def _sections(root: MappingNode, problems: Problems) -> Named:
    """Return the (key, value) nodes of our sections; what is missing or twofold is a problem."""
    found: Named = {}
    others: list[Node] = []
    for key, value in entries(root, problems):
        if not isinstance(key.value, str):
            continue
        section = _SECTION_OF.get(key.value)
        if section is None:
            others.append(key)
        elif found.setdefault(section, (key, value))[0] is not key:
            first = found[section][0].value
            if first == key.value:
                duplicate_key(problems, key, found[section][0])
            else:
                problems.add(key, f"both {first} and {key.value}, two names of one section: keep one")
    lines = {other.value: other.start_mark.line + 1 for other in others[:_MOST_CANDIDATES]}
    for section in [section for section in _KEYS if section not in found]:
        similar = next(filter(None, (_similar(name, lines) for name in _KEYS[section])), None)
        right = f"rename {shown(similar)} in line {lines[similar]}" if similar else "add it"
        problems.add(root, f"section {' or '.join(_KEYS[section])} is missing: {right}")
    return found


def _read_pages(problems: Problems, key: Node, node: Node) -> tuple[Named, bool]:
    """Return the nodes of the pages by name, and whether each key could be used."""
    if not is_mapping(node):
        _not_a_mapping(problems, key.value, node, "pages to rows")
        return {}, False
    named, usable = _named(problems, "pages", node)
    for page, (name_node, _) in named.items():
        wrong = _text_problem(page)
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
    sections = _sections(root, problems)
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
        for page, wrong in _structure_messages(leads, landing):
            problems.add(named[page][0], wrong)
    return values


def parse_config(text: str | bytes, name: str) -> Config:
    """Return the Config that a YAML text holds; `name` is what problems call its file.

    Raises ConfigError with every problem of the text, in its order.
    """
    document = read_document(text, name)
    root = compose(document)
    problems = Problems(name)
    find_duplicates(root, problems)
    values: dict[str, Any] = _read_sections(root, problems)
    problems.raise_if_any()
    values["visits_per_hour"] = tuple(values["visits_per_hour"][hour] for hour in HOURS)
    return Config(**values, document=document)


def load_config(path: str | Path | None = None, directory: Path | None = None) -> Config:
    """Return the Config of a file: `path`, else config.yml in `directory`, else the built-in one.

    `directory` is the current one unless given. Raises ConfigError with every problem of the file, or with
    one if it cannot be read.
    """
    if path is None:
        path = Path("config.yml") if directory is None else directory / "config.yml"
        if not os.path.lexists(path):
            from importlib import resources  # it takes longer to import than this module

            packaged = resources.files("fakeweb_tui") / "default.yml"
            return parse_config(packaged.read_bytes(), "fakeweb_tui/default.yml")
    return parse_config(read_file(Path(path), str(path)), str(path))


def _row_nodes(root: MappingNode) -> dict[RowPath, Node]:
    ignored = Problems("")
    rows: dict[RowPath, Node] = {}
    for section, (_, node) in _sections(root, ignored).items():
        if section == "pages":
            named, _ = _named(ignored, section, node)
            rows |= {("pages", page): row for page, (_, row) in named.items()}
        else:
            rows[section,] = node
    return rows


def _row_edits(
    document: Document, section: str, node: Node, row: Mapping[str, float], shared: Collection[int]
) -> list[tuple[int, int, str]] | None:
    """Return the edits that give a row of the document new values, or None if edits cannot."""
    named, _ = _named(Problems(""), section, node)
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
        for section in _KEYS
        if section != "pages"
    }
    ours["pages"] = mapping((scalar(page), row_node(row)) for page, row in config.pages.items())
    pairs: list[tuple[Node, Node]] = []
    for key, value in entries(root, Problems("")) if root else ():
        section = _SECTION_OF.get(key.value, "") if isinstance(key.value, str) else ""
        pairs.append((key, ours.pop(section, value)))
    pairs += [(scalar(_KEYS[section][0]), ours[section]) for section in _KEYS if section in ours]
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
