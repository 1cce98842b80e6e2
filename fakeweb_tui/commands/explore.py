"""`explore`: the app."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from fakeweb_tui.commands.options import BAD_INPUT, parameters_of, simulation_options, stops_at_bad_input


@click.command(short_help="Show a live simulation of a site, and tune it (the default).")
@click.argument("config", required=False, type=click.Path(path_type=Path))
@simulation_options
@stops_at_bad_input
def explore(config: Path | None, **options: Any) -> None:
    """Show a live simulation of a site, and tune it.

    CONFIG is a YAML file; without it, config.yml in the current directory is taken, or else the built-in site.
    """
    from fakeweb_tui.config import load_config

    site = load_config(config)
    parameters = parameters_of(options)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo(
            "fakeweb-tui shows its screen in a terminal, and there is none here: standard input and standard "
            "error have to be one.",
            err=True,
        )
        sys.exit(BAD_INPUT)
    if os.environ.get("TERM") == "dumb":
        click.echo("This terminal (TERM=dumb) cannot show a screen.", err=True)
        sys.exit(BAD_INPUT)

    from fakeweb_tui.tui.app import FakewebApp

    app = FakewebApp(site, parameters)
    app.run()
    sys.exit(app.return_code or 0)
