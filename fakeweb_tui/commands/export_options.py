"""The options of `run` and `replay` that say how much is written, where and how."""

from collections.abc import Callable
from typing import Any

import click

from fakeweb_tui.commands.kinds import Count, Place, Share, Size, Span, Speed

_FORMATS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst", "parquet", "arrow")


def export_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how much is written, where and how."""
    options = (
        click.option("--events", type=Count(), help="How many: 500, 20k, 1M."),
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
