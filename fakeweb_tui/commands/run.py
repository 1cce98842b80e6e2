"""`run`: events of a simulation into files and pipes."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.export_options import export_options
from fakeweb_tui.commands.export_task import earlier, given, task_of
from fakeweb_tui.commands.exporting import carry_out
from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.kinds import Span
from fakeweb_tui.commands.options import config_argument, parameters_of, simulation_options

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.scenario import Scenario

_DAY_SECONDS = 86_400


@click.command(short_help="Write events to files or a pipe, as fast as possible or at a pace.")
@stops_at_bad_input
@config_argument
@export_options
@click.option("--backfill", type=Span(), help="Start so long ago, instead of --start, and end now: 30d.")
@click.option("--follow", is_flag=True, help="Live: begin now, or --backfill so long ago, and go on at real time.")
@simulation_options
@click.option(
    "--rate",
    type=float,
    metavar="N",
    help="Events per simulated second, averaged over a day; not --sessions-per-day.",
)
def run(config: Config, **options: Any) -> None:
    """Write events to files or a pipe, as fast as possible or at a pace.

    CONFIG is as for explore. Without --events, --simulated or --duration it goes on until it is interrupted.

    \b
    Examples:
      fakeweb-tui run --events 1000000 -o events.csv.gz --workers 4
      fakeweb-tui run shop.yml --backfill 30d --follow | kcat -P -b localhost:9092 -t web
      fakeweb-tui run --follow --rate 500 | your-consumer
      fakeweb-tui run --simulated 365d -o lake --format parquet --rotate 1h --hive
    """
    _check(options)
    before = earlier(options)
    scenario = _same(before.scenario, config, options) if before else _new(config, options)
    sys.exit(carry_out(task_of(scenario, options, before), options))


def _check(options: dict[str, Any]) -> None:
    """Refuse options that contradict each other."""
    if (options["backfill"] is not None or options["follow"]) and options["start"] is not None:
        raise ValueError("--backfill and --follow end at now: leave --start out")
    if options["follow"] and given("pace"):
        raise ValueError("--follow goes on at real time: leave --pace out")
    if options["rate"] is not None and options["sessions_per_day"] is not None:
        raise ValueError("--rate says how many sessions there are: leave --sessions-per-day out")


def _new(config: Config, options: dict[str, Any]) -> Scenario:
    """Return the scenario that the options give."""
    from fakeweb_tui.scenario import Scenario

    now = datetime.now().replace(microsecond=0)
    if options["backfill"] is not None or options["follow"]:
        back = options["backfill"] or timedelta(0)
        options = {**options, "start": now - min(back, now - datetime.min)}
    scenario = Scenario(config, parameters_of(_rated(options, config), config))
    if options["backfill"] is not None and not options["follow"]:
        return replace(scenario, end=now)
    return scenario


def _rated(options: dict[str, Any], config: Config) -> dict[str, Any]:
    """Return options with the sessions per day that make as many events as --rate asks for."""
    rate = options["rate"]
    if rate is None:
        return options
    from fakeweb_tui.forecast import Forecast

    if not 0 <= rate < inf:
        raise ValueError(f"the rate is {rate}: it is a number of events per second, 0 or more")
    per_session = Forecast(config, parameters_of(options, config)).chain.events
    return {**options, "sessions_per_day": rate * _DAY_SECONDS / per_session}


def _same(scenario: Scenario, config: Config, options: dict[str, Any]) -> Scenario:
    """Return the scenario of an earlier run, with what is given now; if that differs, it cannot be resumed."""
    names = {"seed": "seed", "start": "start", "users": "user_pool_size"}
    names |= {"sessions_per_day": "sessions_per_day", "batch_size": "batch_size"}
    site = config if given("config") or given("site") else scenario.config
    options = _rated(options, site)
    changed = {field: options[name] for name, field in names.items() if options[name] is not None}
    return replace(scenario, config=site, parameters=replace(scenario.parameters, **changed))
