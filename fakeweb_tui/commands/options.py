"""What several commands share: kinds of options, the options of a simulation, and how bad input ends."""

import errno
import re
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from secrets import randbits
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.simulation import Parameters

FAILED, BAD_INPUT = 1, 2
"""The exit statuses where reading or writing fails, and where input is bad, as click's own for bad options."""


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


class Moment(click.ParamType[datetime]):
    """A date, with a time of day or at midnight."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date: write 2026-11-23 or '2026-11-23 18:30'.", param, ctx)


def stops_at_bad_input(command: Callable[..., Any]) -> Callable[..., Any]:
    """Print what is wrong with a config or a parameter, and exit with status 2; with 1 where reading or writing
    fails."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from fakeweb_tui.config import ConfigError

        try:
            return command(*args, **kwargs)
        except (ConfigError, ValueError) as error:
            click.echo("\n".join(plain(line) for line in str(error).splitlines()), err=True)
            sys.exit(BAD_INPUT)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever reads has enough, which is no failure
            where = f"{error.filename}: " if error.filename else ""
            click.echo(plain(f"{where}{error.strerror or error}"), err=True)
            sys.exit(FAILED)

    return run


def config_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command a `config`, loaded: of the file CONFIG, or of the site that comes along under --site.

    A bad config raises, so `stops_at_bad_input` has to stand around this.
    """

    @click.argument("config", required=False, type=click.Path(path_type=Path))
    @click.option(
        "--site",
        metavar="NAME",
        help="A site that comes along, in place of CONFIG: shop, bank, news, saas or streaming.",
    )
    @wraps(command)
    def run(*args: Any, config: Path | None, site: str | None, **kwargs: Any) -> Any:
        return command(*args, config=config_of(config, site), **kwargs)

    return run


def config_of(path: Path | None, site: str | None) -> "Config":
    """Return the config of a file, or of the site that comes along under a name; as for explore, where neither is
    given."""
    from fakeweb_tui.config import load_config, load_site

    if site is None:
        return load_config(path)
    if path is not None:
        raise click.UsageError(f"there are two configs, {str(path)!r} and --site {site!r}: give one of them")
    return load_site(site)


_GIVEN = "[default: as the config says, or {}]"

chain_options = (
    click.option(
        "--sessions-per-day", type=float, metavar="N", help=f"Expected sessions of a day. {_GIVEN.format('10000')}"
    ),
    click.option(
        "--batch-size", type=float, metavar="SECONDS", help=f"Simulated seconds per step. {_GIVEN.format('10')}"
    ),
)
"""The options that a prediction has as well."""


def simulation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every simulation has."""
    options = (
        click.option(
            "--seed", type=int, metavar="N", help="Fixes every random choice; a new one each time if left out."
        ),
        click.option(
            "--start",
            type=Moment(),
            help="Simulated time to start at: 2026-11-23 or '2026-11-23 18:30'; today's midnight if left out.",
        ),
        click.option(
            "--users", type=int, metavar="N", help=f"Users that sessions are drawn from. {_GIVEN.format('10000')}"
        ),
        *chain_options,
    )
    for option in reversed(options):
        command = option(command)
    return command


def parameters_of(options: dict[str, Any], config: "Config") -> "Parameters":
    """Return the parameters that `simulation_options` give; else those of the config, or the defaults.

    Options that a command does not have count as not given.
    """
    from fakeweb_tui.simulation import Parameters

    names = {"users": "user_pool_size", "sessions_per_day": "sessions_per_day", "batch_size": "batch_size"}
    given = {field: options[name] for name, field in names.items() if options.get(name) is not None}
    midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Parameters(
        seed=randbits(32) if options.get("seed") is None else options["seed"],
        start=options.get("start") or midnight,
        **{**config.simulation, **given},
    )
