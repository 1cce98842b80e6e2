"""`solve`: the smallest change of a config that makes it what is asked for."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.options import config_argument, parameters_of
from fakeweb_tui.commands.row_changes import changed_rows
from fakeweb_tui.commands.saving import refuse_existing, save
from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakeweb_tui.config import Config
    from fakeweb_tui.tuning.goal_seek import Solution
    from fakeweb_tui.tuning.outcomes import Goal


@click.command(short_help="Find the smallest change of a config that meets a goal.")
@stops_at_bad_input
@config_argument
@click.option(
    "--goal",
    "goals",
    multiple=True,
    required=True,
    metavar="GOAL",
    help="What is to be: reach(PAGE)=0.03, share(PAGE)=8%, conversion=0.2, events=6, steps=5 or "
    "events_per_day=50000. Several are met together.",
)
@click.option(
    "--lock",
    "locks",
    multiple=True,
    metavar="WHAT",
    help="What stays: pages/home/cart, or a whole row, such as landing_pages; may be given several times.",
)
@click.option(
    "--row",
    "rows",
    multiple=True,
    metavar="ROW",
    help="The only row that may change, pages/home or landing_pages; may be given several times.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write the new config.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
def solve(
    config: "Config",
    goals: "Sequence[str]",
    locks: "Sequence[str]",
    rows: "Sequence[str]",
    output: Path | None,
    overwrite: bool,
) -> None:
    """Find the smallest change of a config that meets one goal or several, and print it.

    CONFIG is as for explore. The change is the smallest by relative entropy; probabilities of 0 stay 0. Where a
    goal cannot be met, it says what could be, and the exit status is 1.

    \b
    Examples:
      fakeweb-tui solve shop.yml --goal 'reach(confirmation)=3%'
      fakeweb-tui solve shop.yml --goal conversion=5% --lock landing_pages -o new.yml
    """
    from fakeweb_tui.tuning.goal_seek import UnreachableError, seek
    from fakeweb_tui.tuning.naming import parse_probabilities, parse_row
    from fakeweb_tui.tuning.outcomes import parse_goal

    refuse_existing(output, overwrite=overwrite)
    wanted = [parse_goal(goal, config) for goal in goals]
    held = frozenset(lock for text in locks for lock in parse_probabilities(text, config))
    free = [parse_row(text, config) for text in rows] if rows else None
    try:
        solution = seek(config, parameters_of({}, config), wanted, held, free)
    except UnreachableError as error:
        click.echo(plain(str(error)), err=True)
        sys.exit(1)
    for line in _report(config, wanted, solution):
        click.echo(plain(line))
    if output is not None:
        save(solution.config, output, overwrite=overwrite)


def _report(config: "Config", goals: "Sequence[Goal]", solution: "Solution") -> list[str]:
    """What the goals were and are, and each row that changed."""
    lines = [
        f"{goal.outcome}  {before:.6g} → {after:.6g}"
        for goal, before, after in zip(goals, solution.before, solution.after, strict=True)
    ]
    return lines + changed_rows(config, solution.config)
