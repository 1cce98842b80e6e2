"""`serve`: the app in a browser."""

import shlex
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from fakeweb_tui.commands.explore import explore
from fakeweb_tui.commands.failures import BAD_INPUT, stops_at_bad_input
from fakeweb_tui.commands.options import config_argument, parameters_of, simulation_options

if TYPE_CHECKING:
    from fakeweb_tui.config import Config

_CANNOT_LISTEN = 1
_OPEN_TO_OTHERS = (
    "Warning: other machines reach this address, and there is no log-in: whoever comes can use the app, and with "
    "it read and write the files that you can."
)


@click.command(short_help="Show the same app in a browser, on this machine.")
@stops_at_bad_input
@config_argument
@click.option(
    "--host", metavar="NAME", default="127.0.0.1", show_default=True, help="The name or address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=8000,
    show_default=True,
    help="The port; 0 for any that is free.",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="One more name that browsers may call this server by; may be given several times.",
)
@simulation_options
def serve(config: "Config", host: str, port: int, allow_host: tuple[str, ...], **options: Any) -> None:
    """Show the same app in a browser.

    CONFIG and the options of a simulation are as for explore. Each page that is opened is an app of its own. There
    is no log-in, so it listens on 127.0.0.1, where only this machine reaches it, unless --host says otherwise.
    """
    # Each app reads and checks them for itself; what is bad is better said here.
    parameters_of(options, config)
    try:
        from fakeweb_tui.web.server import serve as serve_command
    except ModuleNotFoundError as error:
        needed = f"serve needs the extra 'web' ({error.name} is missing): pip install 'fakeweb-tui[web]'"
        click.echo(needed, err=True)
        sys.exit(BAD_INPUT)

    try:
        serve_command(_app_command(click.get_current_context()), host, port, allow_host, _tell)
    except OSError as error:
        click.echo(str(error), err=True)
        sys.exit(_CANNOT_LISTEN)


def _app_command(context: click.Context) -> str:
    """Return the shell command that explores with what was given on this command line."""
    words = [sys.executable, "-P", "-m", "fakeweb_tui", "explore"]
    arguments: list[str] = []
    for parameter in explore.params:
        name = str(parameter.name)
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        if isinstance(parameter, click.Argument):
            arguments.append(text)
        else:
            words.append(f"{parameter.opts[0]}={text}")
    return f"exec {shlex.join([*words, '--', *arguments])}"


def _tell(url: str, open_to_others: bool) -> None:
    if open_to_others:
        click.echo(_OPEN_TO_OTHERS, err=True)
    click.echo(f"The app is at {url} – ctrl+c ends it.")
