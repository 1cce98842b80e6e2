"""The options of `run` and `replay` that say how much is written, where and how."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from fakeweb_tui.commands.options import Span

_FORMATS = ("jsonl", "csv", "parquet", "arrow")
_SCHEMES = ("s3", "s3a", "gs", "az", "abfs", "abfss")
_SIZES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


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


def export_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how much is written, where and how."""
    options = (
        click.option("--events", type=click.IntRange(min=0), metavar="N", help="How many."),
        click.option("--simulated", type=Span(), help="How much simulated time: 90s, 45m, 12h, 30d."),
        click.option("--duration", type=Span(), help="How much real time: 60s, 5m."),
        click.option(
            "--pace", type=Speed(), default="max", show_default=True, help="Simulated seconds per real second."
        ),
        click.option(
            "-o",
            "--output",
            type=Place(),
            default="-",
            show_default=True,
            help="A file, a folder (with --rotate), s3://…, gs://… or az://…, or - for standard output.",
        ),
        click.option(
            "--format", "format_", type=click.Choice(_FORMATS), help="By default as the name of the output says."
        ),
        click.option(
            "--schema",
            type=click.Choice(("web", "utm")),
            help="Names of fields; by default those of the config's section schema, or web.",
        ),
        click.option("--rotate", type=Size(), help="A new file each 1h, or after 1GB, in the folder OUTPUT."),
        click.option("--hive", is_flag=True, help="With --rotate: in folders date=…/hour=…"),
        click.option(
            "--workers",
            type=click.IntRange(1, 256),
            metavar="N",
            default=1,
            show_default=True,
            help="Processes; at a --pace, for what is due already and what one could not keep up with.",
        ),
        click.option("--shard", type=Share(), help="One of n parts by session, for n machines: 0/4 to 3/4."),
        click.option("--overwrite", is_flag=True, help="Replace the file if it exists."),
        click.option("--resume", is_flag=True, help="Go on where an interrupted run of this output stopped."),
        click.option("--quiet", is_flag=True, help="Say nothing on standard error, unless something is wrong."),
    )
    for option in reversed(options):
        command = option(command)
    return command
