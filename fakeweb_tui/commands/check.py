"""`check`: every problem of a config file."""

from typing import TYPE_CHECKING

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.options import config_argument
from fakeweb_tui.terminal_text import cut, plain

if TYPE_CHECKING:
    from fakeweb_tui.config import Config


@click.command(short_help="Validate a config file: all problems at once.")
@stops_at_bad_input
@config_argument
def check(config: "Config") -> None:
    """Validate a config file.

    Every problem is printed as file:line:column: what is wrong, what would be right; the exit status is 2 if there
    is any.
    """
    click.echo(f"{plain(config.document.name)}: valid, {len(config.pages)} pages, goal {cut(plain(config.goal))}")
