"""The config and the parameters of a simulation, as several commands take them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from secrets import randbits
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.kinds import Moment

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.simulation import Parameters


def _sites(_context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    from fakeweb_tui.config import site_names

    return [name for name in site_names() if name.startswith(begun)]


def site_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the option `site`, the name of a site that comes along, or None."""
    sites = f"{what}: shop, bank, news, saas or streaming."
    return click.option("--site", metavar="NAME", shell_complete=_sites, help=sites)


def config_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command a `config`, loaded: of the file CONFIG, or of the site that comes along under --site.

    A bad config raises, so `stops_at_bad_input` has to stand around this.
    """

    @click.argument("config", required=False, type=click.Path(path_type=Path))
    @site_option("A site that comes along, in place of CONFIG")
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
            help="Simulated time to start at: 2026-11-23, '2026-11-23 18:30', now, yesterday, or -7d from now; "
            "today's midnight if left out.",
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
