"""`replay`: the events that the app has shown, edits included, into files and pipes."""

import sys
from pathlib import Path
from typing import Any

import click

from fakeweb_tui.commands.export_options import export_options
from fakeweb_tui.commands.export_task import earlier, task_of
from fakeweb_tui.commands.exporting import carry_out
from fakeweb_tui.commands.failures import stops_at_bad_input


@click.command(short_help="Write the events of a scenario that the app has saved.")
@click.argument("scenario", type=click.Path(path_type=Path))
@export_options
@stops_at_bad_input
def replay(scenario: Path, **options: Any) -> None:
    """Write the events of a scenario that the app has saved, exactly as they were shown, edits included.

    It ends where the scenario does, or before that by --events, --simulated or --duration.

    \b
    Example:
      fakeweb-tui replay shown.jsonl -o events.parquet
    """
    from fakeweb_tui.scenario_file import load_scenario

    shown = load_scenario(scenario)
    sys.exit(carry_out(task_of(shown, options, earlier(options)), options))
