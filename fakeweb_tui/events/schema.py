"""Which fields an event has where it leaves, and how they are called there."""

from typing import NamedTuple

from fakeweb_tui.users import USER_FIELDS

SITE = "http://www.dummywebsite.com"
EVENT_FIELDS = ("event_timestamp", "event_type", "page_url", "page_url_path", *USER_FIELDS)
"""The 29 fields of an event, in order."""


class Field(NamedTuple):
    """One field of a schema: what it is called, and what it holds (one of `EVENT_FIELDS`, or "event_id")."""

    name: str
    source: str


_UTM_NAMES = {
    "marketing_medium": "utm_medium",
    "marketing_source": "utm_source",
    "marketing_content": "utm_content",
    "marketing_campaign": "utm_campaign",
    "marketing_click_id": "click_id",
}

SCHEMAS: dict[str, tuple[Field, ...]] = {
    "web": tuple(Field(name, name) for name in EVENT_FIELDS),
    "utm": (
        Field("event_id", "event_id"),
        *(Field(_UTM_NAMES.get(name, name), name) for name in EVENT_FIELDS),
    ),
}
"""`web` is the schema of the reference README, `utm` that of fake_web_events 0.2.5."""
