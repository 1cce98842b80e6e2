"""The log: events as numbers, with the place of each, and users as what they were first."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from fakeweb_tui.reading import Faults, Layout, Log, Rows, page_of_path, read_log, sources_of

LAYOUT = Layout(
    time="ts", page="page", user="user", session="session", event_id="id", categories={"browsers": "browser"}
)


def log_of(tmp_path: Path, events: list[dict[str, Any] | str], faults: Faults, **options: Any) -> Log:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    (tmp_path / "log").write_text("\n".join(lines), encoding="utf-8")
    return read_log(sources_of(str(tmp_path / "log")), LAYOUT, faults, **options)


def event(second: int, page: str, user: str, **more: Any) -> dict[str, Any]:
    return {
        "ts": f"2026-03-02 10:00:{second:02}",
        "page": page,
        "user": user,
        "session": 1,
        "id": f"{user}-{second}",
        "browser": "Chrome",
        **more,
    }


def test_values_become_numbers(tmp_path: Path) -> None:
    faults = Faults()
    log = log_of(
        tmp_path,
        [
            event(1, "/home", "ada"),
            event(2, "https://site.example/shop/item/?id=7#top", "bob", browser="Opera"),
            "no event",
            event(3, "/home", "bob", browser="Opera", session=2),
            event(1, "/", "ada", id="ada-1"),
        ],
        faults,
    )
    assert [log.page_names[page] for page in log.page] == ["home", "shop/item", "home", "index"]
    assert log.user.tolist() == [0, 1, 1, 0]
    assert (log.users, len(log)) == (2, 4)
    # A session's number counts within its user.
    assert log.session is not None
    assert len(set(log.session.tolist())) == 3
    assert log.session[0] == log.session[3]
    names, codes = log.categories["browsers"]
    assert [names[code] for code in codes] == ["Chrome", "Opera"]
    assert log.hour.tolist() == [10] * 4
    assert np.diff(log.time).tolist() == [1_000_000, 1_000_000, -2_000_000]
    assert log.event_id is not None
    assert [log.event_id[0] == other for other in log.event_id] == [True, False, False, True]
    assert [log.place(place)[1] for place in range(4)] == [1, 2, 4, 5]
    assert faults.count == 1


def test_rows_that_are_of_no_use_are_noted(tmp_path: Path) -> None:
    faults = Faults()
    log = log_of(
        tmp_path,
        [
            event(1, "/home", "ada"),
            event(1, "/home", "ada", ts="soon"),
            {**event(1, "/home", "ada"), "user": None},
            {**event(1, "/home", "ada"), "page": None},
            event(1, "/home", "bob", browser=None),
            event(1, "/home", "ada", browser="Firefox"),
        ],
        faults,
    )
    assert [log.place(place)[1] for place in range(len(log))] == [1, 5, 6]
    found = {kind: [(fault.line, fault.message) for fault in noted.first] for kind, noted in faults.kinds.items()}
    assert found == {
        "events without a time": [(2, "'soon' is no time: write 2026-11-23 14:05:00.000000")],
        "events without user": [(3, "no value for 'user'")],
        "events without page": [(4, "no value for 'page'")],
        "users whose browser changes": [(6, "browser is 'Firefox' here, and was 'Chrome' for the same user")],
    }
    names, codes = log.categories["browsers"]
    assert [names[code] if code >= 0 else None for code in codes] == ["Chrome", None]


def test_times_with_a_zone_are_shown_on_the_sites_clock(tmp_path: Path) -> None:
    times = ("2026-03-02T10:00:00+00:00", "2026-07-02T10:00:00+00:00")
    events: list[dict[str, Any] | str] = [event(1, "/home", "ada", ts=time) for time in times]
    plain = log_of(tmp_path, events, Faults())
    assert (plain.hour.tolist(), plain.zoned) == ([10, 10], True)
    local = log_of(tmp_path, events, Faults(), zone="Europe/Berlin")
    assert local.hour.tolist() == [11, 12]
    assert local.time.tolist() == plain.time.tolist()
    unzoned: list[dict[str, Any] | str] = [event(1, "/home", "ada", ts=time[:19]) for time in times]
    assert log_of(tmp_path, unzoned, Faults(), zone="Europe/Berlin").hour.tolist() == [11, 12]
    assert not log_of(tmp_path, unzoned, Faults()).zoned


def test_whoever_looks_sees_all_rows(tmp_path: Path) -> None:
    seen: list[Rows] = []
    log = log_of(tmp_path, [event(1, "/a", "x"), event(2, "/b", "y")], Faults(), look=seen.append)
    assert sum(map(len, seen)) == len(log) == 2


def test_names_of_pages() -> None:
    for value, page in (
        ("home", "home"),
        ("/home", "home"),
        ("/", "index"),
        ("http://site.example", "index"),
        ("https://site.example:8080/a/b/?q=1#x", "a/b"),
        ("/a%20b", "a%20b"),
        ("http://[broken/x", "http://[broken/x"),
        ("a/b", "a/b"),
    ):
        assert page_of_path(value) == page
