"""Which columns a file has, and what each is for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "text"
    TRUTH = "true or false"
    WHOLE = "a whole number"
    NUMBER = "a number"
    ANY = "anything"


def page_of_path(value: str) -> str:
    """Return the page that a path or a URL leads to: its path without the slashes at both ends, the query and the
    fragment; `index` for the root. Other text is returned as it is."""
    if value.startswith("/"):
        path = re.split("[?#]", value, maxsplit=1)[0]
    elif "://" in value[:16]:
        try:
            path = urlsplit(value).path
        except ValueError:
            return value
    else:
        return value
    return path.strip("/") or "index"


@dataclass(frozen=True)
class Layout:
    """What the columns of a file are for; None where there is no such column.

    One of `user` and `session` is needed.

    Attributes:
        time, page: when an event happened and on which page.
        user: who made it.
        session: which session it belongs to.
        event_id: what tells it from every other event.
        categories: the column of each of a config's categories, by section.
        fields: columns in which every event has a value, with their kinds.
        optional: further columns that there are.
        strict: whether a file may have no other columns than these.
        page_name: makes the name of a page of what the column holds.
    """

    time: str
    page: str
    user: str | None
    session: str | None = None
    event_id: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Kind] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    strict: bool = False
    page_name: Callable[[str], str] = page_of_path

    @property
    def wanted(self) -> dict[str, Kind]:
        """Every column that is read, with its kind."""
        others = filter(None, (self.event_id, *self.categories.values(), *self.optional))
        return {**dict.fromkeys((*self.keys, *others), Kind.ANY), **self.fields}

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns without which an event is of no use."""
        return tuple(filter(None, (self.time, self.page, self.user, self.session)))
