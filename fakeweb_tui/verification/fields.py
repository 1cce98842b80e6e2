"""The fields of events against a schema and a config: what has to be there, and what has to be what."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fakeweb_tui.config import Config
from fakeweb_tui.reading import Faults, Kind, Layout, ReadingError, Rows
from fakeweb_tui.schema import CONSTANT, SITE, Field
from fakeweb_tui.users import MOBILE_SYSTEMS, SEARCH_ENGINES

_USER_KEYS = ("user_number", "user_domain_id", "user_custom_id", "marketing_click_id")
"""Fields that tell users apart, the best first."""

_CATEGORY_FIELDS = {
    "operating_systems": "os_name",
    "browsers": "browser_name",
    "sources": "marketing_source",
    "mediums": "marketing_medium",
    "campaigns": "marketing_campaign",
    "ads": "marketing_content",
}
_KINDS = {"device_is_mobile": Kind.TRUTH, "user_number": Kind.WHOLE, "session_step": Kind.WHOLE}
_SHOWN = 5


class _Rule(NamedTuple):
    """A field that follows from another one of the same event."""

    field: str
    of: str
    value: Callable[[str], str | bool]


_RULES = (
    _Rule("page_url", "page_url_path", lambda path: SITE + path),
    _Rule("referer_url", "marketing_source", lambda source: f"www.{source}.com"),
    _Rule("referer_medium", "marketing_source", lambda name: "search" if name in SEARCH_ENGINES else "internal"),
    _Rule("device_type", "os_name", lambda name: "Mobile" if name in MOBILE_SYSTEMS else "Computer"),
    _Rule("device_is_mobile", "os_name", lambda name: name in MOBILE_SYSTEMS),
    _Rule("os_timezone", "geo_timezone", lambda zone: zone),
)


def layout_of(fields: Sequence[Field]) -> Layout:
    """Return what the columns of a schema are for; ReadingError if it lacks what is needed to verify anything."""
    name_of = {field.source: field.name for field in fields if field.source != CONSTANT}
    page = next((source for source in ("page_url_path", "page_url") if source in name_of), None)
    user = next((name_of[source] for source in _USER_KEYS if source in name_of), None)
    if "event_timestamp" not in name_of or page is None or (user is None and "session_id" not in name_of):
        raise ReadingError("the schema has no time, no page or no user: without them nothing can be verified")
    prefix = "/" if page == "page_url_path" else f"{SITE}/"
    return Layout(
        time=name_of["event_timestamp"],
        page=name_of[page],
        user=user,
        session=name_of.get("session_id"),
        event_id=name_of.get("event_id"),
        categories={
            section: name_of[source]
            for section, source in _CATEGORY_FIELDS.items()
            if source in name_of and user is not None
        },
        fields={
            field.name: _kind(field) for field in fields if field.source != CONSTANT or field.value is not None
        },
        optional=tuple(field.name for field in fields if field.source == CONSTANT and field.value is None),
        strict=True,
        page_name=lambda path: path.removeprefix(prefix),
    )


def _kind(field: Field) -> Kind:
    if field.source != CONSTANT:
        return _KINDS.get(field.source, Kind.TEXT)
    if isinstance(field.value, bool):
        return Kind.TRUTH
    if isinstance(field.value, int):
        return Kind.WHOLE
    return Kind.NUMBER if isinstance(field.value, float) else Kind.TEXT


class FieldCheck:
    """Notes values that are not what the schema and the config let them be."""

    def __init__(self, fields: Sequence[Field], config: Config, faults: Faults) -> None:
        self._faults = faults
        name_of = {field.source: field.name for field in fields if field.source != CONSTANT}
        self._constants: dict[str, Any] = {
            field.name: field.value for field in fields if field.source == CONSTANT and field.value is not None
        }
        if "event_type" in name_of:
            self._constants[name_of["event_type"]] = "pageview"
        self._known: dict[str, frozenset[str]] = {
            name_of[source]: frozenset(config.row((section,)))
            for section, source in _CATEGORY_FIELDS.items()
            if source in name_of
        }
        for source, site in (("page_url_path", ""), ("page_url", SITE)):
            if source in name_of:
                self._known[name_of[source]] = frozenset(f"{site}/{page}" for page in config.page_names)
        self._rules = [
            _Rule(name_of[rule.field], name_of[rule.of], rule.value)
            for rule in _RULES
            if rule.field in name_of and rule.of in name_of
        ]
        self._looked_at = {*self._constants, *self._known, *(name for rule in self._rules for name in rule[:2])}

    def __call__(self, rows: Rows) -> None:
        """Look at some rows."""
        coded = {name: _Coded.of(column) for name, column in rows.columns.items() if name in self._looked_at}
        for name, value in self._constants.items():
            self._note(rows, name, coded[name].unlike(_same(value).__eq__), f"it is {value!r} in every event")
        for name, known in self._known.items():
            self._note(rows, name, coded[name].unlike(known.__contains__), "the config does not have it")
        for rule in self._rules:
            wrong = coded[rule.field].unlike_value_of(coded[rule.of], rule.value)
            self._note(rows, rule.field, wrong, f"it does not go with {rule.of!r}")

    def _note(self, rows: Rows, name: str, wrong: npt.NDArray[np.bool_], why: str) -> None:
        if wrong.any():
            values = rows.columns[name].filter(pa.array(wrong))[:_SHOWN].to_pylist()
            messages = [f"{name!r} is {str(value)[:60]!r}: {why}" for value in values]
            self._faults.add_all(
                f"values of {name!r} that cannot be", rows.source, rows.lines[wrong], messages, lost=False
            )


class _Coded(NamedTuple):
    """A column as its distinct values, as text, and the place of each row's among them; -1 where it has none."""

    values: list[str]
    codes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, column: Any) -> "_Coded":
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return cls([_same(value) for value in column.dictionary.to_pylist()], codes)

    def unlike(self, right: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Return which rows have a value that is not right, shape (n,)."""
        table = np.array([*(not right(value) for value in self.values), False])
        return np.asarray(table[self.codes])

    def unlike_value_of(self, other: "_Coded", value: Callable[[str], str | bool]) -> npt.NDArray[np.bool_]:
        """Return which rows have another value than follows from that of the other column, shape (n,)."""
        place = {mine: code for code, mine in enumerate(dict.fromkeys(self.values))}
        mine = np.array([*(place[name] for name in self.values), -1])
        due = np.array([*(place.get(_same(value(name)), -2) for name in other.values), -1])
        there = (self.codes >= 0) & (other.codes >= 0)
        return np.asarray((mine[self.codes] != due[other.codes]) & there)


def _same(value: Any) -> str:
    """Return a value as text, which is the same whatever format it was read from."""
    if isinstance(value, bool) or value in ("True", "False"):
        return str(value).lower()
    return str(value)
