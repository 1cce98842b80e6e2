"""Fields of events: schemas of a pipeline's own, and values that cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from fakeweb_tui.config import Config
from fakeweb_tui.reading import Kind, ReadingError, sources_of
from fakeweb_tui.schema import CONSTANT, Field
from fakeweb_tui.verification import Expectation, Verdict, verify
from fakeweb_tui.verification.fields import layout_of

OWN = (
    Field("at", "event_timestamp"),
    Field("visit", "session_id"),
    Field("step", "session_step"),
    Field("who", "user_number"),
    Field("url", "page_url"),
    Field("agent", "browser_name"),
    Field("system", "os_name"),
    Field("mobile", "device_is_mobile"),
    Field("team", CONSTANT, "growth"),
    Field("weight", CONSTANT, 1.5),
    Field("nothing", CONSTANT, None),
)


def event(number: int, **more: Any) -> dict[str, Any]:
    return {
        "at": f"2026-03-02 00:00:{number:02}.000001",
        "visit": f"s{number}",
        "step": 0,
        "who": number,
        "url": "http://www.dummywebsite.com/home",
        "agent": "Chrome",
        "system": "iOS",
        "mobile": True,
        "team": "growth",
        "weight": 1.5,
        "nothing": None,
        **more,
    }


def judged(tmp_path: Path, config: Config, *events: dict[str, Any]) -> Verdict:
    (tmp_path / "events").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    return verify(sources_of(str(tmp_path / "events")), Expectation(config, OWN))


def test_a_layout_of_a_schema_of_ones_own() -> None:
    layout = layout_of(OWN)
    assert (layout.time, layout.page, layout.user, layout.session) == ("at", "url", "who", "visit")
    assert layout.categories == {"browsers": "agent", "operating_systems": "system"}
    assert layout.fields["mobile"] is Kind.TRUTH
    assert layout.fields["weight"] is Kind.NUMBER
    assert layout.optional == ("nothing",)
    assert layout.page_name("http://www.dummywebsite.com/a/b?c") == "a/b?c"


def test_events_of_it_are_without_faults(tmp_path: Path, config: Config) -> None:
    verdict = judged(tmp_path, config, *(event(number) for number in range(20)))
    assert (verdict.events, verdict.users, verdict.sessions_named) == (20, 20, True)
    assert not verdict.faults, verdict.faults.kinds


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"team": "sales"}, "'team' is 'sales': it is 'growth' in every event"),
        ({"weight": 2.5}, "'weight' is '2.5': it is 1.5 in every event"),
        ({"url": "http://www.dummywebsite.com/hom"}, "the config does not have it"),
        ({"url": "/home"}, "the config does not have it"),
        ({"agent": "Netscape"}, "'agent' is 'Netscape': the config does not have it"),
        ({"mobile": False}, "'mobile' is 'False': it does not go with 'system'"),
        ({"mobile": "true"}, "'mobile' is \"true\", not true or false"),
        ({"step": 1.5}, "'step' is 1.5, not a whole number"),
        ({"agent": None}, "no value for 'agent'"),
        ({"at": "2026-03-02"}, "behind one above it"),
        ({"extra": 1}, "unknown field 'extra'"),
        ({"who": 1, "agent": "Opera"}, "agent is 'Opera' here, and was 'Chrome' for the same user"),
    ],
)
def test_one_fault_is_found_with_its_line(
    tmp_path: Path, config: Config, more: dict[str, Any], message: str
) -> None:
    verdict = judged(tmp_path, config, *(event(n, **(more if n == 6 else {})) for n in range(20)))
    (kind,) = verdict.faults.kinds.values()
    assert (kind.count, kind.first[0].line) == (1, 7)
    assert message in kind.first[0].message
    assert not verdict.fits


def test_a_schema_needs_a_time_a_page_and_a_user() -> None:
    for missing in ("event_timestamp", "page_url"):
        with pytest.raises(ReadingError, match="the schema has no time, no page or no user"):
            layout_of([field for field in OWN if field.source != missing])
