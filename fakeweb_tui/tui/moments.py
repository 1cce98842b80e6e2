"""Moments of simulated time as people type them."""

import re
from datetime import datetime, timedelta

_RELATIVE = re.compile(r"([+-])\s*(\d{1,6})\s*(d|h|m)")
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the moment that `text` names, seen from `now`.

    Reads `2026-11-23 18:00`, `2026-11-23 18`, `2026-11-23`, `18` and `18:30` (on the day of `now`), `+6h`, `-1d`.

    Raises:
        ValueError: it is none of these; the text says what would be right.
    """
    text = text.strip()
    moment: datetime | None
    try:
        if match := _RELATIVE.fullmatch(text):
            sign, amount, unit = match.groups()
            moment = now + timedelta(**{_UNITS[unit]: int(sign + amount)})
        elif match := _HOUR.fullmatch(text):
            hour, minute, second = (int(part or 0) for part in match.groups())
            moment = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
        else:
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is not None or not moment.year >= 1970:
        raise ValueError("Not a moment of 1970 to 9999: write 2026-11-23 18:00, 18:30, +6h or -1d (no time zone).")
    return moment
