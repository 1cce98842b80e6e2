"""Which fields an event has where it leaves, and how they are called there."""

from typing import NamedTuple, TypeAlias

USER_FIELDS = (
    "referer_url",
    "referer_url_scheme",
    "referer_url_port",
    "referer_medium",
    "marketing_medium",
    "marketing_source",
    "marketing_content",
    "marketing_campaign",
    "marketing_click_id",
    "geo_latitude",
    "geo_longitude",
    "geo_country",
    "geo_timezone",
    "geo_region_name",
    "ip_address",
    "browser_name",
    "browser_user_agent",
    "browser_language",
    "os",
    "os_name",
    "os_timezone",
    "device_type",
    "device_is_mobile",
    "user_custom_id",
    "user_domain_id",
)
"""What a user contributes to each of their events, in the order of an event's fields."""

SITE = "http://www.dummywebsite.com"
EVENT_FIELDS = ("event_timestamp", "event_type", "page_url", "page_url_path", *USER_FIELDS)
"""The 29 fields of an event, in order."""

DERIVED_FIELDS = ("event_id", "session_id", "session_step", "user_number")
"""What else is known of an event: two UUIDs, and two whole numbers (steps since the session's landing, and the
user's place in the pool)."""

CONSTANT = "constant"
"""The source of a field that is the same in every event."""

Constant: TypeAlias = str | int | float | bool | None


class Field(NamedTuple):
    """One field of a schema.

    Attributes:
        name: what it is called.
        source: what it holds: one of `EVENT_FIELDS` or `DERIVED_FIELDS`, or `CONSTANT`.
        value: what a constant field holds.
    """

    name: str
    source: str
    value: Constant = None


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
