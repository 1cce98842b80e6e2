"""`explore`: the app."""

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.failures import BAD_INPUT, stops_at_bad_input
from fakeweb_tui.commands.options import config_argument, parameters_of, simulation_options

if TYPE_CHECKING:
    from fakeweb_tui.config import Config


@click.command(short_help="Show a live simulation of a site, and tune it (the default).")
@stops_at_bad_input
@config_argument
@simulation_options
def explore(config: "Config", **options: Any) -> None:
    """Show a live simulation of a site, and tune it.

    CONFIG is a YAML file; without it, config.yml in the current directory is taken, or else the built-in shop.

    \b
    Examples:
      fakeweb-tui
      fakeweb-tui shop.yml --seed 7 --start 2026-11-23
      fakeweb-tui --site bank
    """
    parameters = parameters_of(options, config)
    # A driver of its own, such as a browser's, draws elsewhere.
    drawn_here = "TEXTUAL_DRIVER" not in os.environ
    if drawn_here and not (sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo(
            "fakeweb-tui shows its screen in a terminal, and there is none here: standard input and standard "
            "error have to be one.",
            err=True,
        )
        sys.exit(BAD_INPUT)
    if drawn_here and os.environ.get("TERM") == "dumb":
        click.echo("This terminal (TERM=dumb) cannot show a screen.", err=True)
        sys.exit(BAD_INPUT)

    from fakeweb_tui.tui.app import FakewebApp

    app = FakewebApp(config, parameters)
    app.run()
    sys.exit(app.return_code or 0)
