"""Fit: from files of events to a config, with what it rests on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from fakeweb_tui.config import CATEGORIES, DEFAULT_SITE, MAX_PAGES, SESSION_END, Config, RowPath, load_site
from fakeweb_tui.config.problems import listed, shown
from fakeweb_tui.config.rules import KEYS
from fakeweb_tui.fitting.columns import Columns
from fakeweb_tui.fitting.document import mended, written
from fakeweb_tui.fitting.estimates import Estimate
from fakeweb_tui.fitting.observation import Observation, observe
from fakeweb_tui.fitting.pages import with_fewer_pages
from fakeweb_tui.fitting.remarks import about_dwell, about_sessions, about_time
from fakeweb_tui.fitting.rows import PageRows, category_row, hour_row, page_rows, shares_of
from fakeweb_tui.markov import Floats
from fakeweb_tui.reading import Faults, Log, ReadingError, Rows, column_names, read_log, sources_of
from fakeweb_tui.reading.times import in_zone
from fakeweb_tui.simulation import EPOCH, HOUR_US, MICROSECONDS, Parameters
from fakeweb_tui.statistics import covered_hours

_MOST_NAMES = 50
"""Of a category with more names, so many are kept."""


@dataclass(frozen=True)
class Fit:
    """A config that was learned from events.

    Attributes:
        config: its document is new text that loads here and in fake_web_events.
        rows: the estimates of each row that was learned, by its path; rows that are missing are the built-in ones.
        events, users, sessions: how many were used.
        first, last: the time that they cover, by the clocks that hours are of.
        faults: rows of the files that could not be used, and what else is odd about them.
        remarks: what was assumed and done, in sentences.
    """

    config: Config
    rows: Mapping[RowPath, Mapping[str, Estimate]]
    events: int
    users: int
    sessions: float
    first: datetime
    last: datetime
    faults: Faults
    remarks: tuple[str, ...]


def fit_config(
    path: str,
    columns: Columns | None = None,
    *,
    silence: float = 1800,
    batch_size: float = 10,
    zone: str | None = None,
    most_pages: int = 50,
    goal: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Fit:
    """Learn a config from a file of events, a directory of files, or standard input (`-`).

    Args:
        columns: which column is what; usual names are found without.
        silence: seconds without an event of a user that end a session, where no column names sessions.
        batch_size: seconds of a step of the simulation that the config is for.
        zone: the site's time zone, such as Europe/Berlin: hours are then those of its clocks, and times without a
            zone are in UTC. Without it hours are those that are written, or UTC's.
        most_pages: so many pages are kept, the most frequent ones; the rest becomes one page.
        goal: the page that is to be the last, the goal of the site; by default the deepest one.
        progress: is told how many rows were read so far; may raise to give up.

    Raises:
        ReadingError: the events cannot be read, or there are none.
        ValueError: an argument is out of range, or there is no such zone or page.
    """
    _check(silence, batch_size, most_pages)
    sources = sources_of(path)
    layout = (columns or Columns()).layout(sources[0].name, column_names(sources[0]))
    faults = Faults()
    log = read_log(sources, layout, faults, zone, None if progress is None else _counting(progress))
    if not len(log):
        raise ReadingError(f"{path}: holds no events that can be used{_first_fault(faults)}")
    log, remarks = with_fewer_pages(log, most_pages)
    remarks = [about_time(log, zone), *remarks]
    observation = observe(log, round(silence * MICROSECONDS))
    step_us = round(batch_size * MICROSECONDS)
    pages = page_rows(observation, log.page_names, step_us, _limit(log, observation, silence, step_us))
    order = _order(observation, log.page_names, goal)
    remarks += about_sessions(log, observation, silence)
    remarks += about_dwell(pages, batch_size)
    sections, more = _sections(log, observation)
    remarks += more
    covered = _covered(log, zone)
    return _assembled(path, log, observation, pages, order, sections, remarks, faults, batch_size, covered)


def _check(silence: float, batch_size: float, most_pages: int) -> None:
    Parameters(seed=0, start=EPOCH, batch_size=batch_size)
    if not batch_size <= silence <= 86_400:
        raise ValueError(f"the silence is {silence:g} s: it is from a step, {batch_size:g} s, to a day, 86400 s")
    if not 1 <= most_pages < MAX_PAGES:
        raise ValueError(f"{most_pages} pages are to be kept: it is 1 to {MAX_PAGES - 1}")


def _counting(progress: Callable[[int], None]) -> Callable[[Rows], None]:
    count = 0

    def look(rows: Rows) -> None:
        nonlocal count
        count += len(rows)
        progress(count)

    return look


def _first_fault(faults: Faults) -> str:
    return next((f": {kind.first[0].message}" for kind in faults.kinds.values()), "")


def _limit(log: Log, observation: Observation, silence: float, step_us: int) -> int:
    """Return the longest time between two moves, in steps."""
    longest = observation.stayed.max(initial=0) if log.session is not None else silence * MICROSECONDS
    return max(1, int(np.ceil(longest / step_us)))


def _order(observation: Observation, pages: Sequence[str], goal: str | None) -> list[str]:
    """Return the pages by their mean place in sessions, the goal last."""
    ranked = [pages[place] for place in np.lexsort((-observation.landings, observation.depth))]
    if goal is None:
        return ranked
    if goal not in pages:
        raise ValueError(f"the goal {shown(goal)} is no page that is kept: the pages are {listed(ranked)}")
    return [*(page for page in ranked if page != goal), goal]


def _sections(log: Log, observation: Observation) -> tuple[dict[str, Mapping[str, Estimate]], list[str]]:
    """Return the estimates of all sections but the pages, as far as the log shows them, and what was done."""
    built_in = load_site(DEFAULT_SITE)
    remarks = []
    covered = covered_hours(*(_moment(end, log) for end in (observation.since, observation.until)))
    if (covered == 0).any():
        hours = ", ".join(map(str, np.flatnonzero(covered == 0)))
        remarks.append(
            f"the log does not cover the hours {hours}: their shares are in proportion to the built-in ones"
        )
    sections: dict[str, Mapping[str, Estimate]] = {
        "landing_pages": shares_of(log.page_names, _some(observation.landings)),
        "visits_per_hour": hour_row(observation, covered, np.array(built_in.visits_per_hour)),
    }
    missing = []
    for section in CATEGORIES:
        row, unnamed, rest = category_row(log, section, _MOST_NAMES) if section in log.categories else ({}, 0, 0)
        if not row:
            missing.append(section)
            continue
        sections[section] = row
        if unnamed:
            remarks.append(f"{section}: {unnamed:,} of {log.users:,} users have none, and are not counted")
        if rest:
            remarks.append(f"{section}: {rest:,} of {log.users:,} users have one that cannot be kept")
    if missing:
        remarks.append(f"{', '.join(missing)}: the log has none, so that these are the built-in ones")
    return sections, remarks


def _some(landings: Floats) -> Floats:
    """Return counts of which one at least is not zero."""
    return landings if landings.any() else np.ones(len(landings))


def _moment(time: int, log: Log) -> datetime:
    """Return a moment on the site's clock."""
    nearest = int(np.argmin(np.abs(log.time - time)))
    shift = (int(log.hour[nearest]) * HOUR_US - int(log.time[nearest]) // HOUR_US * HOUR_US) % (24 * HOUR_US)
    return EPOCH + timedelta(microseconds=time + shift)


def _covered(log: Log, zone: str | None) -> tuple[datetime, datetime]:
    """Return the first moment of a log and the last."""
    ends = np.array([log.time.min(), log.time.max()])
    first, last = (EPOCH + timedelta(microseconds=us) for us in (in_zone(ends, zone) if zone else ends).tolist())
    return first, last


def _assembled(
    path: str,
    log: Log,
    observation: Observation,
    pages: PageRows,
    order: Sequence[str],
    sections: Mapping[str, Mapping[str, Estimate]],
    remarks: list[str],
    faults: Faults,
    batch_size: float,
    covered: tuple[datetime, datetime],
) -> Fit:
    """Put everything together into a config that is valid."""
    targets = [*order, SESSION_END]
    shares = {
        page: {name: pages.rows[page][name].value for name in targets if name in pages.rows[page]}
        for page in order
    }
    landing = sections["landing_pages"]
    rows, landings, mends = mended(
        shares,
        {page: landing[page].value for page in order if page in landing},
        {page: next(iter(pages.rows[page].values())).total for page in order},
        float(observation.landings.sum()),
    )
    built_in = load_site(DEFAULT_SITE)
    others = {
        section: (
            {name: estimate.value for name, estimate in sections[section].items()}
            if section in sections
            else dict(built_in.row((section,)))
        )
        for section in KEYS
        if section not in ("pages", "landing_pages")
    }
    first, last = covered
    days = max(observation.until - observation.since, HOUR_US) / (24 * HOUR_US)
    simulation = {
        "sessions_per_day": float(f"{max(observation.sessions, 1.0) / days:.4g}"),
        "user_pool_size": log.users,
        "batch_size": float(batch_size),
    }
    remarks = [*remarks, *mends]
    head = [
        f"learned by fakeweb-tui fit from {len(log):,} events, {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
    ]
    config = written(rows, {**others, "landing_pages": landings}, simulation, [*head, *remarks], path)
    estimates: dict[RowPath, Mapping[str, Estimate]] = {("pages", page): pages.rows[page] for page in order}
    estimates |= {(section,): row for section, row in sections.items()}
    return Fit(config, estimates, len(log), log.users, observation.sessions, first, last, faults, tuple(remarks))
