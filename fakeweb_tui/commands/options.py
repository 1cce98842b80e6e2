"""What several commands share: kinds of options, the options of a simulation, and how bad input ends."""

import re
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from secrets import randbits
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from fakeweb_tui.simulation import Parameters

BAD_INPUT = 2
"""The exit status where input is bad, as click's own for bad options."""


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
