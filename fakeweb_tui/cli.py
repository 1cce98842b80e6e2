"""The commands. Each imports what it needs when it runs, so that `--help` answers at once."""

import os
import re
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from secrets import randbits
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui import __version__

if TYPE_CHECKING:
    from fakeweb_tui.simulation import Parameters

BAD_INPUT = 2
"""The exit status where input is bad, as click's own for bad options."""


class ExploreByDefault(click.Group):
    """A group whose first word may be left out: then it is `explore`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `explore` before arguments that begin with no command's name."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "--version")):
            args = ["explore", *args]
        return super().parse_args(ctx, args)


class Span(click.ParamType[timedelta]):
    """A length of time: a number and s, m, h or d."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)([smhd])", str(value).strip())
        if not found:
            self.fail(f"{value!r} is no length of time: write 90s, 45m, 12h or 30d.", param, ctx)
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[found[2]]
        try:
            return timedelta(**{unit: float(found[1])})
        except OverflowError:
            self.fail(f"{value!r} is too long: write at most 999999999d.", param, ctx)


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


def simulation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every simulation has."""
    options = (
        click.option("--seed", type=int, help="Fixes every random choice; a new one each time if left out."),
        click.option(
            "--start", type=click.DateTime(), help="Simulated time to start at; today's midnight if left out."
        ),
        click.option(
            "--users", type=int, default=10_000, show_default=True, help="Users that sessions are drawn from."
        ),
        click.option(
            "--sessions-per-day", type=float, default=10_000, show_default=True, help="Expected sessions of a day."
        ),
        click.option(
            "--batch-size", type=float, default=10, show_default=True, help="Simulated seconds per step."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def parameters_of(options: dict[str, Any]) -> "Parameters":
    """Return the parameters that `simulation_options` give."""
    from fakeweb_tui.simulation import Parameters

    midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Parameters(
        seed=randbits(32) if options["seed"] is None else options["seed"],
        start=options["start"] or midnight,
        user_pool_size=options["users"],
        sessions_per_day=options["sessions_per_day"],
        batch_size=options["batch_size"],
    )


@click.group(cls=ExploreByDefault, context_settings={"help_option_names": ["--help"], "max_content_width": 100})
@click.version_option(__version__, message="fakeweb-tui %(version)s")
def main() -> None:
    """See, steer and produce a realistic stream of web events.

    Without a command, `explore` is run: fakeweb-tui [CONFIG].
    """


@main.command(short_help="Show a live simulation of a site, and tune it (the default).")
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


@main.command(short_help="Write events to a file or a pipe, as fast as possible.")
@click.argument("config", required=False, type=click.Path(path_type=Path))
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
@stops_at_bad_input
def run(
    config: Path | None,
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
    from fakeweb_tui.config import load_config
    from fakeweb_tui.run import Bounds
    from fakeweb_tui.run_command import Task, carry_out

    bounds = Bounds(events, simulated, None if duration is None else duration.total_seconds())
    task = Task(load_config(config), parameters_of(options), bounds, output, format_, schema, overwrite, quiet)
    sys.exit(carry_out(task))
