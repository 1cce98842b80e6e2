"""Which column of a log is what."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fakeweb_tui.reading import Layout, ReadingError

_USUAL = {
    "time": ("event_timestamp", "timestamp", "event_time", "time", "ts"),
    "page": ("page_url_path", "page_url", "page", "path", "url", "event"),
    "user": ("user_domain_id", "user_number", "user_custom_id", "user_id", "user", "visitor_id", "client_id"),
    "session": ("session_id", "session"),
    "operating_systems": ("os_name",),
    "browsers": ("browser_name",),
    "sources": ("marketing_source", "utm_source"),
    "mediums": ("marketing_medium", "utm_medium"),
    "campaigns": ("marketing_campaign", "utm_campaign"),
    "ads": ("marketing_content", "utm_content"),
}
"""The names of columns that are known without being given, the best first."""

_ROLES, _SECTIONS = list(_USUAL)[:4], list(_USUAL)[4:]


@dataclass(frozen=True)
class Columns:
    """The columns of a log by name; what is not given is looked for under the usual names.

    Attributes:
        time, page, user, session: the column of each. One of `user` and `session` is needed.
        categories: the columns of sections of the config that users differ in.
        only_these: whether what is not given is left out, whatever names there are.
    """

    time: str | None = None
    page: str | None = None
    user: str | None = None
    session: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    only_these: bool = False

    @classmethod
    def usual(cls, names: Iterable[str]) -> "Columns":
        """Return which of the columns with these names have usual names; None for what none has."""
        there = set(names)
        time, page, user, session = (_usual(role, there) for role in _ROLES)
        found = {section: _usual(section, there) for section in _SECTIONS}
        return cls(time, page, user, session, {section: name for section, name in found.items() if name})

    def layout(self, source: str, names: Iterable[str]) -> Layout:
        """Return what the columns with these names are for; ReadingError where one is missing."""
        there = list(names)

        def find(role: str, given: str | None) -> str | None:
            if given is None:
                return None if self.only_these else _usual(role, there)
            if given not in there:
                raise ReadingError(
                    f"{source}: there is no column {given!r}; there are {', '.join(map(repr, there))}"
                )
            return given

        time, page = find("time", self.time), find("page", self.page)
        user, session = find("user", self.user), find("session", self.session)
        for role, column in (("time", time), ("page", page), ("user", user or session)):
            if column is None:
                option = "timestamp" if role == "time" else role
                usual = ", ".join(_USUAL[role])
                raise ReadingError(
                    f"{source}: no column is known to hold the {role} (such as {usual}): name it with --{option}"
                )
        found = {section: find(section, self.categories.get(section)) for section in _SECTIONS}
        return Layout(
            time=str(time),
            page=str(page),
            user=user,
            session=session,
            categories={section: column for section, column in found.items() if column is not None},
        )


def _usual(role: str, there: Collection[str]) -> str | None:
    return next((name for name in _USUAL[role] if name in there), None)
