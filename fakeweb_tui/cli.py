"""The commands. Each imports what it needs when it runs, so that `--help` answers at once."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from secrets import randbits
from typing import Any

import click

from fakeweb_tui import __version__

BAD_INPUT = 2
"""The exit status where input is bad, as click's own for bad options."""


class ExploreByDefault(click.Group):
    """A group whose first word may be left out: then it is `explore`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `explore` before arguments that begin with no command's name."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "--version")):
            args = ["explore", *args]
        return super().parse_args(ctx, args)


def stops_at_bad_input(command: Callable[..., Any]) -> Callable[..., Any]:
    """Print what is wrong with a config or a parameter, and exit with status 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from fakeweb_tui.config import ConfigError

        try:
            return command(*args, **kwargs)
        except (ConfigError, ValueError) as error:
            click.echo(str(error), err=True)
            sys.exit(BAD_INPUT)

    return run


@click.group(cls=ExploreByDefault, context_settings={"help_option_names": ["--help"], "max_content_width": 100})
@click.version_option(__version__, message="fakeweb-tui %(version)s")
def main() -> None:
    """See, steer and produce a realistic stream of web events.

    Without a command, `explore` is run: fakeweb-tui [CONFIG].
    """


@main.command(short_help="Show a live simulation of a site, and tune it (the default).")
@click.argument("config", required=False, type=click.Path(path_type=Path))
@click.option("--seed", type=int, help="Fixes every random choice; a new one each time if left out.")
@click.option("--start", type=click.DateTime(), help="Simulated time to start at; today's midnight if left out.")
@click.option("--users", type=int, default=10_000, show_default=True, help="Users that sessions are drawn from.")
@click.option(
    "--sessions-per-day",
    type=float,
    default=10_000,
    show_default=True,
    help="Expected sessions of a simulated day.",
)
@click.option("--batch-size", type=float, default=10, show_default=True, help="Simulated seconds per step.")
@stops_at_bad_input
def explore(
    config: Path | None,
    seed: int | None,
    start: datetime | None,
    users: int,
    sessions_per_day: float,
    batch_size: float,
) -> None:
    """Show a live simulation of a site, and tune it.

    CONFIG is a YAML file; without it, config.yml in the current directory is taken, or else the built-in site.
    """
    from fakeweb_tui.config import load_config
    from fakeweb_tui.simulation import Parameters

    site = load_config(config)
    midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    parameters = Parameters(
        seed=randbits(32) if seed is None else seed,
        start=start or midnight,
        user_pool_size=users,
        sessions_per_day=sessions_per_day,
        batch_size=batch_size,
    )
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


@main.command(short_help="Validate a config file: all problems at once.")
@click.argument("config", required=False, type=click.Path(path_type=Path))
@stops_at_bad_input
def check(config: Path | None) -> None:
    """Validate a config file.

    Every problem is printed as file:line:column: what is wrong, what would be right; the exit status is 2 if there
    is any.
    """
    from fakeweb_tui.config import load_config

    site = load_config(config)
    from fakeweb_tui.tui.text import plain

    click.echo(f"{plain(site.document.name)}: valid, {len(site.pages)} pages, goal {plain(site.goal)}")
