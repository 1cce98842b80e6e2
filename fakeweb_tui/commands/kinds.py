"""Kinds of values that options have; what is none of a kind is refused with what would be right."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import click

_SCHEMES = ("s3", "s3a", "gs", "az", "abfs", "abfss")
_THOUSANDS = {"k": 10**3, "M": 10**6, "G": 10**9}
_MOST = 10**18
_SIZES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class Count(click.ParamType[int]):
    """A whole number, of which k, M and G make thousands, millions and billions."""

    name = "n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        text = str(value).strip().replace("_", "").replace(",", "")
        found = re.fullmatch(r"(\d{1,18}(?:\.\d+)?)(?:([kMG])|e(\d{1,2}))?", text)
        if found:
            number = Decimal(found[1]) * (_THOUSANDS[found[2]] if found[2] else 10 ** int(found[3] or 0))
            if number == int(number) <= _MOST:
                return int(number)
        return self.fail(f"{value!r} is no whole number: write 500, 20k, 1.5M or 1000000.", param, ctx)


class Span(click.ParamType[timedelta]):
    """A length of time: a number and s, m, h or d."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)([smhd])", str(value).strip())
        if not found:
            self.fail(f"{value!r} is no length of time: write 90s, 45m, 12h or 30d.", param, ctx)
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[found[2]]
        try:
            return timedelta(**{unit: float(found[1])})
        except OverflowError:
            self.fail(f"{value!r} is too long: write at most 999999999d.", param, ctx)


class Moment(click.ParamType[datetime]):
    """A date, with a time of day or at midnight; or a moment from now, by the clock of this machine."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        text = str(value).strip()
        now = datetime.now().replace(microsecond=0)
        today = now.replace(hour=0, minute=0, second=0)
        if text in ("now", "today", "yesterday"):
            return {"now": now, "today": today, "yesterday": today - timedelta(days=1)}[text]
        try:
            if text[:1] in ("-", "+"):
                span = Span().convert(text[1:], param, ctx)
                return now - span if text[0] == "-" else now + span
            return datetime.fromisoformat(text)
        except OverflowError:
            self.fail(f"{value!r} is not within the years 1 to 9999.", param, ctx)
        except ValueError:
            wanted = "2026-11-23, '2026-11-23 18:30', now, today, yesterday or -7d"
            self.fail(f"{value!r} is no date: write {wanted}.", param, ctx)


class Size(click.ParamType["int | timedelta"]):
    """Where one file ends: a length of time or a number of bytes."""

    name = "span|size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | timedelta:
        """Read it."""
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)(kB|MB|GB|KiB|MiB|GiB)", str(value).strip())
        if found:
            return max(1, int(float(found[1]) * _SIZES[found[2]]))
        if not isinstance(value, str) or re.fullmatch(r"\d{1,9}(?:\.\d+)?[smhd]", value.strip()):
            return Span().convert(value, param, ctx)
        return self.fail(f"{value!r} is no length of time or size: write 15m, 1h, 1d, 500MB or 1GB.", param, ctx)


class Speed(click.ParamType["float | None"]):
    """How fast simulated time goes; None for as fast as possible."""

    name = "realtime|Nx|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it; infinity is as fast as possible."""
        if value in ("max", "realtime"):
            return 1.0 if value == "realtime" else float("inf")
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)x", str(value).strip())
        if isinstance(value, float):
            return value
        if not found or not float(found[1]):
            self.fail(f"{value!r} is no pace: write realtime, 600x or max.", param, ctx)
        return float(found[1])


class Share(click.ParamType["tuple[int, int]"]):
    """One of n parts, counted from 0, such as 0/4."""

    name = "i/n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read it."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", str(value).strip())
        if not found or int(found[1]) >= int(found[2]):
            self.fail(f"{value!r} is no part: write 0/4 for the first of four, 3/4 for the last.", param, ctx)
        return int(found[1]), int(found[2])


class Place(click.ParamType[str]):
    """Where events go: a path, `-`, or the URL of an object."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check it."""
        scheme, is_url, _ = str(value).partition("://")
        if not value or (is_url and scheme not in _SCHEMES):
            self.fail(f"{value!r} is no place: write a path, s3://…, gs://… or az://…, or -.", param, ctx)
        return str(value)
