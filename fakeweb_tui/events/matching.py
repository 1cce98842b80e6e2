"""Filters over events: `page_url_path:/cart browser_name:Firefox`, matched column by column.

A filter is a list of terms, and an event matches where all of them do. A term is `field:text` for one field or
bare `text` for any of them; a leading `-` turns it round, and quotes hold what has blanks in it. A time such as
`12:30` and an address such as `http://example.com` are text. Text matches where the field's value holds it,
whatever the case.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt

from fakeweb_tui.events.text import timestamp_text
from fakeweb_tui.schema import EVENT_FIELDS, SITE
from fakeweb_tui.simulation import Batch
from fakeweb_tui.users import UserPool, Users, as_strings, public_addresses, uuid_text

Mask = npt.NDArray[np.bool_]

SHORT_NAMES = {
    "time": "event_timestamp",
    "page": "page_url_path",
    "source": "marketing_source",
    "os": "os_name",
    "device": "device_type",
    "browser": "browser_name",
    "user": "user_custom_id",
    "place": "geo_region_name",
    "country": "geo_country",
}
"""What the log calls some of the fields; a filter takes these too."""

_TERM = re.compile(r'(?=\S)(-?)(?:(\w+):)?(?:"([^"]*)"|("[^"]*$)|(\S*))')


@dataclass(frozen=True)
class Term:
    """One condition of a filter.

    Attributes:
        field: one of `EVENT_FIELDS`; None for any of them.
        text: what its value holds, in lower case.
        wanted: whether events that match are kept, or left out.
    """

    field: str | None
    text: str
    wanted: bool = True


@dataclass(frozen=True)
class EventFilter:
    """Terms of which all have to match; without any, every event does."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "EventFilter":
        """Read a filter as people type it; ValueError where a field does not exist or a quote stays open.

        A field may be written in full, by the name of its column in the log, or by a beginning that no other has.
        """
        terms = []
        for minus, field, quoted, open_quote, bare in _TERM.findall(text):
            if open_quote:
                raise ValueError('a quote stays open: close it with "')
            if field and _is_text(field, bare):
                known, value = None, f"{field}:{bare}"
            else:
                known, value = field_named(field) if field else None, quoted or bare
            # A field alone is one that is still being typed: it leaves out nothing.
            if value:
                terms.append(Term(known, value.casefold(), not minus))
        return cls(tuple(terms))

    def matches(self, batch: Batch, pool: UserPool) -> Mask:
        """Return which events of a batch match, shape (n,)."""
        mask = np.ones(len(batch), np.bool_)
        if not self.terms or not len(batch):
            return mask
        columns = _Columns(batch, pool)
        for term in self.terms:
            fields = EVENT_FIELDS if term.field is None else (term.field,)
            held = np.zeros(len(batch), np.bool_)
            for field in fields:
                held |= columns.hold(field, term.text)
            mask &= held == term.wanted
        return mask


def _is_text(before: str, after: str) -> bool:
    """Whether a colon stands within text: in a time, or in an address."""
    return before[0].isdigit() or after.startswith("//")


def field_named(name: str) -> str:
    """Return the field of events that a name means; ValueError where it means none, or several."""
    name = name.lower()
    if name in EVENT_FIELDS:
        return name
    if name in SHORT_NAMES:
        return SHORT_NAMES[name]
    begun = [field for field in EVENT_FIELDS if field.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise ValueError(f"'{name}' may be {', '.join(begun[:-1])} or {begun[-1]}")
    close = get_close_matches(name, (*EVENT_FIELDS, *SHORT_NAMES), 1)
    some = f"{EVENT_FIELDS[3]} and {EVENT_FIELDS[19]} are some; quote text with a colon"
    hint = f": did you mean {close[0]}?" if close else f": {some}"
    raise ValueError(f"events have no field '{name}'{hint}")


def completed(text: str, pool: UserPool, pages: Sequence[str]) -> str | None:
    """Return `text` with its last term completed to a field, or to a value of it; None where nothing fits."""
    begin = text.rfind(" ") + 1
    begin += text.startswith("-", begin)
    term = text[begin:]
    if not term:
        return None
    name, colon, value = term.partition(":")
    if not colon:
        names = (*EVENT_FIELDS, *SHORT_NAMES)
        return next((f"{text[:begin]}{field}:" for field in names if field.startswith(name.lower())), None)
    try:
        field = field_named(name)
    except ValueError:
        return None
    values: Sequence[str] | Sequence[bool] = ()
    if field == "page_url_path":
        values = [f"/{page}" for page in pages]
    elif field in pool.choices:
        values = pool.choices[field].values
    for known in map(_text, values):
        if known.casefold().startswith(value.casefold()) and " " not in known:
            return f"{text[:begin]}{name}:{known}"
    return None


class _Columns:
    """The values of a batch's events, made where a term asks for them."""

    def __init__(self, batch: Batch, pool: UserPool) -> None:
        self._batch, self._pool = batch, pool
        self._users = pool.draw(batch.user)

    def hold(self, field: str, text: str) -> Mask:
        """Return which events have `text` in a field."""
        if field in self._pool.choices:
            choice = self._pool.choices[field]
            return _holding(map(_text, choice.values), text)[self._users.codes[choice.by]]
        paths = [f"/{page}" for page in self._batch.pages]
        if field == "page_url_path":
            return _holding(paths, text)[self._batch.page]
        if field == "page_url":
            return _holding((SITE + path for path in paths), text)[self._batch.page]
        if field == "event_type":
            return np.full(len(self._batch), text in "pageview")
        if field == "event_timestamp":
            return _holding(as_strings(timestamp_text(self._batch.timestamp)), text)
        return _holding(_OWN[field](self._users, self._pool), text)


def _mails(users: Users, pool: UserPool) -> list[str]:
    names, domains = users.codes["name"].tolist(), users.codes["mail_domain"].tolist()
    return [
        f"{pool.mail_names[name]}{number}@{pool.mail_domains[domain]}"
        for name, number, domain in zip(names, users.numbers.tolist(), domains, strict=True)
    ]


_OWN: dict[str, Callable[[Users, UserPool], Sequence[str]]] = {
    "marketing_click_id": lambda users, _: as_strings(uuid_text(users.click_id)),
    "user_domain_id": lambda users, _: as_strings(uuid_text(users.domain_id)),
    "ip_address": lambda users, _: public_addresses(users.address),
    "user_custom_id": _mails,
}


def _holding(values: Iterable[str], text: str) -> Mask:
    return np.array([text in value.casefold() for value in values], np.bool_)


def _text(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()
