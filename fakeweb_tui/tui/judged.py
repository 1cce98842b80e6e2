"""Every figure beside its prediction, as text: since the start, since the last edit, and what noise allows."""

from collections.abc import Callable
from dataclasses import replace
from math import hypot, inf, isnan, nan
from typing import NamedTuple

from fakeweb_tui.forecast import TOLERANCE, Forecast
from fakeweb_tui.judgement import Figure, Judgement
from fakeweb_tui.statistics import Snapshot, covered_hours
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import fit_mark, reach_of

UNKNOWN = "–"
ROUNDING = 1e-9


class JudgedLine(NamedTuple):
    """A figure as text.

    Attributes:
        name: what it is.
        total: since the run began.
        observed: since the last edit.
        predicted: what the config says.
        noise: what noise alone takes it away from the prediction, in all but 1 of 370 looks.
        mark: whether it fits, as `fit_mark`.
    """

    name: str
    total: str
    observed: str
    predicted: str
    noise: str
    mark: str


def judged_lines(snapshot: Snapshot, forecast: Forecast) -> list[JudgedLine]:
    """Return the figures of a session, of the present hour and of each page.

    The snapshot is of the config of the forecast.
    """
    judgement, counts = Judgement(forecast, snapshot.observed), snapshot.total
    hour = snapshot.clock.hour
    rate = judgement.sessions_by_hour[hour]
    hours = float(covered_hours(snapshot.began, snapshot.clock)[hour])
    hourly = counts.sessions_by_hour[hour] / hours if hours else nan
    events = counts.events / counts.sessions if counts.sessions else nan
    lines = [
        _line("events of a session", events, _of_session(judgement.events), _number),
        _line("steps of a session", nan, _of_session(judgement.steps), _number),
        _line(f"sessions/h from {hour:02} to {(hour + 1) % 24:02}", hourly, rate, _count),
    ]
    shares = counts.events_by_page / max(counts.events, 1) if counts.events else [nan] * len(judgement.share)
    reached = reach_of(counts)
    pages = [plain(f"/{page}") for page in forecast.config.page_names]
    columns = zip(pages, map(_part, judgement.share), map(_part, judgement.reach), shares, reached, strict=True)
    for page, share, reach, share_total, reach_total in columns:
        lines += [
            _line(f"{page} share", float(share_total), share, _percent),
            _line(f"{page} reach", float(reach_total), reach, _percent),
            _line(f"{page} sessions/h", float(reach_total) * hourly, _product(reach, rate), _count),
        ]
    return lines


def session_title(snapshot: Snapshot, forecast: Forecast) -> str:
    """Return the events and the steps per session in a few words, each with its sign; or nothing."""
    if not snapshot.observed.counts.sessions:
        return ""
    judgement = Judgement(forecast, snapshot.observed)
    parts = [
        f"{'–' if isnan(figure.observed) else f'{figure.observed:.2f}'} {name} {fit_mark(figure.deviation)}"
        for name, figure in (("events", _of_session(judgement.events)), ("steps", _of_session(judgement.steps)))
    ]
    return " ".join(parts)


def _possible(figure: Figure, least: float, most: float) -> Figure:
    """A figure without an observation that cannot be.

    Soon after an edit, what is taken off for the sessions that were under way then can be more than was seen
    since.
    """
    return figure if least - ROUNDING <= figure.observed <= most + ROUNDING else replace(figure, observed=nan)


def _of_session(figure: Figure) -> Figure:
    """A figure that is 1 or more for each session: it has an event, and takes a step."""
    return _possible(figure, 1, inf)


def _part(figure: Figure) -> Figure:
    return _possible(figure, 0, 1)


def _line(name: str, total: float, figure: Figure, text: Callable[[float], str]) -> JudgedLine:
    noise = TOLERANCE * figure.error
    return JudgedLine(
        name,
        text(total),
        text(figure.observed),
        text(figure.predicted),
        UNKNOWN if isnan(noise) else f"±{text(noise).strip()}",
        fit_mark(figure.deviation),
    )


def _product(one: Figure, other: Figure) -> Figure:
    """The product of two figures whose noise has nothing to do with one another, to first order."""
    error = hypot(one.error * other.predicted, other.error * one.predicted)
    return Figure(one.predicted * other.predicted, one.observed * other.observed, error)


def _number(value: float) -> str:
    return UNKNOWN if isnan(value) else f"{value:.3f}"


def _count(value: float) -> str:
    return UNKNOWN if isnan(value) else f"{value:,.1f}"


def _percent(value: float) -> str:
    return UNKNOWN if isnan(value) else f"{value:.2%}"
