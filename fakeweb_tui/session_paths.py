"""Paths: where a session, or all sessions of a user, went and when, computed from the scenario on their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import OneSession, OneUser, Walk, session_birth_step

SCANNED_SESSIONS = 20_000_000
"""So many of a scenario's last sessions are looked through for those of a user: about a second."""


@dataclass(frozen=True)
class Pageview:
    """A pageview of a session: when, and which page, by the name that it had."""

    moment: datetime
    page: str


@dataclass(frozen=True)
class SessionPath:
    """Where one session went, so far.

    Attributes:
        session: its number.
        pageviews: its events, in their order; none where all of them are still to come.
        ended: the end of the step in which it left the site; None while it is there.
    """

    session: int
    pageviews: tuple[Pageview, ...]
    ended: datetime | None


def session_path(scenario: Scenario, session: int) -> SessionPath:
    """Return where a session of a scenario went before the scenario's end, edits included.

    Walks that session alone, step by step: a few milliseconds, wherever in time it was.
    """
    parameters = scenario.parameters
    step = int(session_birth_step(np.array([session], np.uint64))[0])
    setting = scenario.setting_at(step)
    walk = Walk.deserted(setting.parameters, setting.config, step, OneSession(session))
    later = {setting.step: setting for setting in scenario.settings if setting.step > step}
    stop = min(step + parameters.max_session_steps, parameters.max_steps)
    if scenario.end is not None:
        stop = min(stop, parameters.step_at(scenario.end) + 1)
    seen: list[Pageview] = []
    ended = None
    while walk.position < stop and ended is None:
        if change := later.get(walk.position):
            walk.reconfigure(change.config, change.parameters, change.pages)
        batch = walk.advance(walk.position + 1)
        if scenario.end is not None:
            batch, _ = batch.until(scenario.end)
        seen += map(Pageview, batch.timestamp.astype(object), map(batch.pages.__getitem__, batch.page.tolist()))
        over = parameters.time_of(walk.position)
        last = walk.position == step + parameters.max_session_steps
        gone = last or not walk.active_by_page.any()
        if gone and (scenario.end is None or over <= scenario.end):
            ended = over
        elif gone:
            break
    return SessionPath(session, tuple(seen), ended)


def user_sessions(
    scenario: Scenario, user: int, cancelled: Callable[[], bool] = lambda: False
) -> tuple[list[int], datetime]:
    """Return the numbers of a user's sessions, oldest first, and since when they were looked for.

    That is the scenario's begin, or where more than `SCANNED_SESSIONS` came since then, later.
    """
    parameters = scenario.parameters
    stop = parameters.max_steps if scenario.end is None else parameters.step_at(scenario.end) + 1
    most = max(setting.parameters.sessions_per_day for setting in scenario.settings)
    per_step = most / 86400 * parameters.batch_size
    begin = max(scenario.begin, stop - int(SCANNED_SESSIONS / max(per_step, 1e-9)))
    found: set[int] = set()
    for _, batch in scenario.batches(begin, OneUser(user)):
        found.update(batch.session.tolist())
        if cancelled():
            break
    return sorted(found), parameters.time_of(begin)


def user_paths(scenario: Scenario, sessions: list[int]) -> Iterator[SessionPath]:
    """Yield the paths of some sessions, as far as they have begun."""
    for session in sessions:
        path = session_path(scenario, session)
        if path.pageviews:
            yield path
