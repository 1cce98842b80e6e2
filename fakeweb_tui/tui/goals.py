"""Goals as the screen offers them: the outcomes of a site, their values, and what a typed value means."""

from dataclasses import replace
from typing import NamedTuple

from fakeweb_tui.config import RowPath
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.numbers import COUNT_UNITS, parse_number
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.tuning.outcomes import Outcome, sensitivities

_PERCENTAGES = ("reach", "share", "conversion")
_STEP = 0.01
"""The change of a probability for which an influence is shown."""


class OutcomeLine(NamedTuple):
    """An outcome, what it is called, and its value now, as text."""

    outcome: Outcome
    label: str
    text: str


def outcome_lines(bench: Workbench) -> list[OutcomeLine]:
    """Return what can be asked for, with its value under the config in force."""
    forecast = Forecast(bench.config, bench.parameters)
    chain = forecast.chain
    values = {
        Outcome("conversion"): forecast.conversion,
        Outcome("events"): chain.events,
        Outcome("steps"): chain.steps,
        Outcome("events_per_day"): chain.events * bench.parameters.sessions_per_day,
    }
    for kind, of_pages in (("reach", forecast.reach), ("share", forecast.share)):
        for page, value in zip(bench.config.pages, of_pages.tolist(), strict=True):
            values[Outcome(kind, page)] = value
    return [
        OutcomeLine(outcome, outcome_name(outcome), value_text(outcome, value))
        for outcome, value in values.items()
    ]


def outcome_name(outcome: Outcome) -> str:
    """Return what an outcome is called."""
    names = {
        "conversion": "conversion",
        "events": "events of a session",
        "steps": "steps of a session",
        "events_per_day": "events of a day",
        "reach": f"sessions that reach {plain(outcome.page)}",
        "share": f"events on {plain(outcome.page)}",
    }
    return names[outcome.kind]


def value_text(outcome: Outcome, value: float) -> str:
    """Return a value of an outcome with its unit."""
    if outcome.kind in _PERCENTAGES:
        return f"{value:.2%}"
    return f"{value:,.0f}" if outcome.kind == "events_per_day" else f"{value:.3f}"


def parse_value(outcome: Outcome, text: str) -> float:
    """Return the value that is asked for; of a probability `3%` and `0.03` are the same.

    Raises:
        ValueError: it is no number; the text says what would be right.
    """
    of_one = outcome.kind in _PERCENTAGES
    try:
        return parse_number(text, "%" if of_one else COUNT_UNITS)
    except ValueError:
        example = "3% or 0.03" if of_one else "6, 2.5 or 25k"
        raise ValueError(f"Not a value for {outcome_name(outcome)}: write a number such as {example}.") from None


def outcome_now(outcome: Outcome, bench: Workbench) -> Outcome | None:
    """Return an outcome as it is called after the last edit, which may have renamed its page; None without it."""
    page = bench.renamed.get(outcome.page, outcome.page)
    return replace(outcome, page=page) if page in (*bench.config.pages, "") else None


class Influence(NamedTuple):
    """How much each probability moves an outcome.

    Attributes:
        outcome: which one.
        notes: by row and name, the change of the outcome for a change of the probability by 0.01, in five cells;
            of an outcome that is a part in percentage points.
    """

    outcome: Outcome
    notes: dict[tuple[RowPath, str], str]

    @property
    def title(self) -> str:
        """What the notes are."""
        unit = ", %-points" if self.outcome.kind in _PERCENTAGES else ""
        return f"+.01: {outcome_name(self.outcome)}{unit}"


def influence_of(bench: Workbench, outcome: Outcome) -> Influence:
    """Return how much each probability of the config in force moves an outcome."""
    scale = _STEP * (100 if outcome.kind in _PERCENTAGES else 1)
    found = sensitivities(bench.config, bench.parameters, outcome, bench.locks)
    notes = {(path, name): note(value * scale) for path, row in found.items() for name, value in row.items()}
    return Influence(outcome, notes)


def note(change: float) -> str:
    """Return a change in at most five cells: +.04, −1.3, +12, 0."""
    size = abs(change)
    if size < 0.0005:
        return "0"
    sign = "+" if change > 0 else "−"
    decimals = 3 if size < 0.0995 else 2 if size < 0.995 else 1 if size < 99.5 else 0
    text = f"{size:.{decimals}f}"
    if size >= 9_999:
        text = f"{size / 1000:.0f}k"
    return sign + (text[1:] if text.startswith("0") else text)
