"""What can be exported, as tasks and texts."""

import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import isnan
from pathlib import Path

from fakeweb_tui.config import Config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.formats.naming import format_of
from fakeweb_tui.run import Bounds, Output, Task
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.figures import page_rows
from fakeweb_tui.tui.numbers import COUNT_UNITS, parse_number

_SPAN = re.compile(r"(\d{1,9}(?:\.\d+)?)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Amount(StrEnum):
    """How many events are exported."""

    RUN = "the run so far, with its edits"
    EVENTS = "so many events of the tuned config"
    SPAN = "so much simulated time of the tuned config"


def export_task(
    snapshot: Snapshot,
    config: Config,
    parameters: Parameters,
    path: Path,
    amount: Amount,
    text: str,
    overwrite: bool,
) -> Task:
    """Return the export that is asked for; ValueError that says what would be right.

    Args:
        snapshot: the run.
        config, parameters: what is in force.
        path: of the file; its name says the format.
        amount, text: how many, and the number or the time that was typed.
        overwrite: whether a file that exists is replaced.
    """

    def output(of: Scenario) -> Output:
        return Output(str(path), format_of(str(path)), of.config.event_fields, overwrite=overwrite)

    if amount is Amount.RUN:
        return Task(snapshot.scenario, output(snapshot.scenario))
    begin = snapshot.scenario.begin
    # The clock may have jumped: begin where the run did, under what is in force now.
    scenario = Scenario(config, replace(parameters, start=snapshot.scenario.parameters.start), begin=begin)
    if amount is Amount.EVENTS:
        return Task(scenario, output(scenario), Bounds(events=_count(text)))
    return Task(scenario, output(scenario), Bounds(until=_end(scenario, text)))


def _count(text: str) -> int:
    try:
        number = parse_number(text, COUNT_UNITS)
    except ValueError:
        number = 0.5
    if number < 1 or number != int(number):
        raise ValueError("How many events? Write a whole number such as 100000, 250k or 1.5M.")
    return int(number)


def _end(scenario: Scenario, text: str) -> datetime:
    found = _SPAN.fullmatch(text.strip())
    try:
        if not found or not float(found[1]):
            raise OverflowError
        return scenario.parameters.time_of(scenario.begin) + timedelta(**{_UNITS[found[2]]: float(found[1])})
    except OverflowError:
        raise ValueError("How much simulated time? Write 90s, 45m, 12h or 30d.") from None


def figures_csv(snapshot: Snapshot, forecast: Forecast) -> str:
    """Return the figures of each page as CSV: shares and reach as fractions, empty where not known."""
    rows = page_rows(snapshot, forecast, comparable=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("page", *rows[0]._fields[1:]))
    for row in rows:
        page, *figures = row
        writer.writerow(
            (forecast.config.page_names[page], *("" if isnan(figure) else figure for figure in figures))
        )
    return text.getvalue()
