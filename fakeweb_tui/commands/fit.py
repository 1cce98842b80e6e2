"""`fit`: a config learned from events."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.kinds import Span
from fakeweb_tui.commands.saving import refuse_existing, save
from fakeweb_tui.commands.text_tables import aligned
from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from fakeweb_tui.fitting import Estimate, Fit

_CATEGORIES = {
    "operating-system": "operating_systems",
    "browser": "browsers",
    "source": "sources",
    "medium": "mediums",
    "campaign": "campaigns",
    "ad": "ads",
}
"""The options that name a column of users, and the sections that are learned from it."""


def _column_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each column that a log can have."""
    options = [
        click.option("--timestamp", metavar="COLUMN", help="The column of times: ISO 8601, or since 1970 in UTC."),
        click.option("--page", metavar="COLUMN", help="The column of pages, paths or URLs."),
        click.option("--user", metavar="COLUMN", help="The column of users."),
        click.option("--session", metavar="COLUMN", help="The column of sessions, if there is one."),
        *(
            click.option(f"--{name}", name.replace("-", "_"), metavar="COLUMN", help=f"The column of {section}.")
            for name, section in _CATEGORIES.items()
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command(short_help="Learn a config from events.")
@click.argument("events")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The config file to write.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@_column_options
@click.option(
    "--silence",
    type=Span(),
    default="30m",
    show_default=True,
    help="So much of it ends a session, where no column names sessions.",
)
@click.option(
    "--batch-size",
    type=float,
    metavar="SECONDS",
    default=10,
    show_default=True,
    help="Simulated seconds per step.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="The site's time zone, such as Europe/Berlin: hours are of its clocks; times without are UTC.",
)
@click.option(
    "--pages",
    type=int,
    metavar="N",
    default=50,
    show_default=True,
    help="So many are kept; the rest is one page.",
)
@click.option("--goal", metavar="PAGE", help="The page that sessions are meant to reach; by default the deepest.")
@stops_at_bad_input
def fit(
    events: str,
    output: Path,
    overwrite: bool,
    timestamp: str | None,
    page: str | None,
    user: str | None,
    session: str | None,
    silence: timedelta,
    batch_size: float,
    timezone: str | None,
    pages: int,
    goal: str | None,
    **categories: str | None,
) -> None:
    """Learn a config from events, and print what was found.

    EVENTS is a file of JSON lines, CSV, Parquet or Arrow, compressed or not, told by its first bytes; a directory
    of such files; or - for standard input. The columns of our own formats and of fake_web_events are known; those
    of other logs are named by the options. Events may be in any order.

    \b
    Examples:
      fakeweb-tui fit events.parquet -o shop.yml
      fakeweb-tui fit access.csv.gz --timestamp ts --page url --user visitor -o shop.yml
    """
    from fakeweb_tui.fitting import Columns, fit_config

    refuse_existing(output, overwrite=overwrite)
    named = {_CATEGORIES[name.replace("_", "-")]: column for name, column in categories.items() if column}
    found = fit_config(
        events,
        Columns(timestamp, page, user, session, named),
        silence=silence.total_seconds(),
        batch_size=batch_size,
        zone=timezone,
        most_pages=pages,
        goal=goal,
    )
    save(found.config, output, overwrite=overwrite)
    click.echo(_text(found, events, str(output)))


def _text(found: "Fit", events: str, output: str) -> str:
    """Return what was found, for people."""
    from fakeweb_tui.fitting import about_unused

    head = (
        f"{plain(events)}: {found.events:,} events of {found.users:,} users in {found.sessions:,.0f} sessions\n"
        f"{found.first} to {found.last}"
    )
    rows = [
        (".".join(path), name, *_figures(estimate, counted=path != ("pages", name)))
        for path, row in found.rows.items()
        for name, estimate in row.items()
    ]
    titles = ("row", "name", "probability", "95 % from", "to", "counted", "of")
    tables = aligned(titles, rows, text_columns=(0, 1))
    remarks = "\n".join(f"- {plain(remark)}" for remark in found.remarks)
    return "\n\n".join(
        [head, "\n".join(about_unused(found.faults)), tables, remarks, f"{plain(output)} is written."]
    )


def _figures(estimate: "Estimate", *, counted: bool) -> tuple[str, ...]:
    """Return the figures of an estimate; staying is not counted, as no event shows it."""
    return (
        f"{estimate.value:.4f}",
        f"{estimate.low:.4f}",
        f"{estimate.high:.4f}",
        f"{estimate.hits:,.0f}" if counted else "–",
        f"{estimate.total:,.0f}",
    )
