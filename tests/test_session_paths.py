from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from fakeweb_tui.config import Config, load_config
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.session_paths import Pageview, session_path, user_paths, user_sessions
from fakeweb_tui.simulation import Batch, Parameters, joined, session_birth_step

START = datetime(2026, 11, 23)
SITE = load_config()
PARAMETERS = Parameters(seed=7, start=START, sessions_per_day=20_000, user_pool_size=50)
END = START + timedelta(hours=3, seconds=4)


def edited(config: Config) -> Config:
    return config.with_row(
        ("pages", "home"), {"home": 0.05, "product_a": 0.9, "product_b": 0.04, "session_end": 0.01}
    )


SCENARIO = Scenario(SITE, PARAMETERS, differences(700, SITE, edited(SITE)), end=END)


def events(scenario: Scenario) -> Batch:
    return joined([batch for _, batch in scenario.batches()])


ALL = events(SCENARIO)


def pageviews_of(session: int) -> tuple[Pageview, ...]:
    mine = ALL.take(ALL.session == np.uint64(session))
    return tuple(map(Pageview, mine.timestamp.astype(object), (mine.pages[page] for page in mine.page.tolist())))


def test_the_path_of_every_session_is_that_of_the_whole_simulation() -> None:
    for session in np.unique(ALL.session)[::9].tolist():
        path = session_path(SCENARIO, session)
        assert path.pageviews == pageviews_of(session)
        if path.ended:
            assert path.pageviews[-1].moment < path.ended <= END


def test_sessions_that_have_ended_are_those_that_are_not_there() -> None:
    active = 0
    for session in np.unique(ALL.session).tolist()[-60:]:
        path = session_path(SCENARIO, session)
        # What comes later if nothing is edited: a session that ended has nothing more, and no other step.
        later = session_path(replace(SCENARIO, end=END + timedelta(hours=2)), session)
        assert later.ended is not None
        assert later.pageviews[: len(path.pageviews)] == path.pageviews
        assert path.ended == (later.ended if later.ended <= END else None)
        active += path.ended is None
    assert active > 0


def test_a_session_ends_at_its_last_step() -> None:
    forever = Config.with_row(
        SITE, ("pages", "home"), {"home": 1 - 1e-9, "product_a": 5e-10, "session_end": 5e-10}
    )
    short = replace(PARAMETERS, max_session_steps=5)
    scenario = Scenario(forever, short, end=START + timedelta(hours=1))
    session = next(int(s) for _, b in scenario.batches() for s, p in zip(b.session, b.page, strict=True) if p == 0)
    path = session_path(scenario, session)
    birth = int(session_birth_step(np.array([session], np.uint64))[0])
    assert path.ended == short.time_of(birth + 5)


def test_sessions_of_a_user() -> None:
    user = int(ALL.user[-1])
    numbers, since = user_sessions(SCENARIO, user)
    assert since == START
    assert numbers == sorted(set(ALL.session[ALL.user == np.uint64(user)].tolist()))
    assert [path.session for path in user_paths(SCENARIO, numbers)] == numbers
    assert all(path.pageviews == pageviews_of(path.session) for path in user_paths(SCENARIO, numbers))


def test_a_long_scenario_is_searched_from_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeweb_tui.session_paths.SCANNED_SESSIONS", 1000)
    user = int(ALL.user[-1])
    numbers, since = user_sessions(SCENARIO, user)
    assert START < since < END
    late = ALL.take(ALL.timestamp >= np.datetime64(since))
    assert numbers == sorted(set(late.session[late.user == np.uint64(user)].tolist()))


def test_a_search_that_is_cancelled_stops() -> None:
    looks: list[int] = []

    def third_look() -> bool:
        looks.append(1)
        return len(looks) > 2

    long = replace(SCENARIO, end=START + timedelta(days=3650))
    numbers, _ = user_sessions(long, 3, third_look)
    assert len(looks) == 3
    assert numbers
