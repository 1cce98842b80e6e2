"""`check`: every problem of a config file."""

from pathlib import Path

import click

from fakeweb_tui.commands.options import stops_at_bad_input
from fakeweb_tui.terminal_text import plain


@click.command(short_help="Validate a config file: all problems at once.")
@click.argument("config", required=False, type=click.Path(path_type=Path))
@stops_at_bad_input
def check(config: Path | None) -> None:
    """Validate a config file.

    Every problem is printed as file:line:column: what is wrong, what would be right; the exit status is 2 if there
    is any.
    """
    from fakeweb_tui.config import load_config

    site = load_config(config)

    click.echo(f"{plain(site.document.name)}: valid, {len(site.pages)} pages, goal {plain(site.goal)}")
