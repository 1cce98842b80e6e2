"""`run`: events into a file or a pipe."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.options import (
    Span,
    config_argument,
    parameters_of,
    simulation_options,
    stops_at_bad_input,
)

if TYPE_CHECKING:
    from fakeweb_tui.config import Config


@click.command(short_help="Write events to a file or a pipe, as fast as possible.")
@stops_at_bad_input
@config_argument
@click.option("--events", type=click.IntRange(min=0), help="How many.")
@click.option("--simulated", type=Span(), help="How much simulated time: 90s, 45m, 12h, 30d.")
@click.option("--duration", type=Span(), help="How much real time: 60s, 5m.")
@click.option("-o", "--output", default="-", show_default=True, help="A file, or - for standard output.")
@click.option(
    "--format", "format_", type=click.Choice(("jsonl", "csv")), help="By default as the file's name says."
)
@click.option(
    "--schema", type=click.Choice(("web", "utm")), default="web", show_default=True, help="Names of fields."
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@click.option("--quiet", is_flag=True, help="Say nothing on standard error, unless something is wrong.")
@simulation_options
def run(
    config: "Config",
    events: int | None,
    simulated: timedelta | None,
    duration: timedelta | None,
    output: str,
    format_: str | None,
    schema: str,
    overwrite: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Write events to a file or a pipe, as fast as possible.

    CONFIG is as for explore. Without --events, --simulated or --duration it goes on until it is interrupted.
    """
    from fakeweb_tui.run import Bounds
    from fakeweb_tui.run_command import Task, carry_out

    bounds = Bounds(events, simulated, None if duration is None else duration.total_seconds())
    task = Task(config, parameters_of(options), bounds, output, format_, schema, overwrite, quiet)
    sys.exit(carry_out(task))
