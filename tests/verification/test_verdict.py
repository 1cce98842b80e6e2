"""The verdict: what a config made fits it, whatever the traffic, and what another one made does not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from helpers import FAR, site
from logs import START, log_of_run

from fakeweb_tui.config import Config
from fakeweb_tui.reading import Faults, Log
from fakeweb_tui.schema import SCHEMAS
from fakeweb_tui.simulation import EPOCH, Shard
from fakeweb_tui.verification import Comparison, Expectation, Verdict, judge, schema_of

CROWDED: dict[str, Any] = {"user_pool_size": 1000, "sessions_per_day": 20_000}
SITUATIONS: dict[str, dict[str, Any]] = {
    "some users overlap": {"days": 2, "user_pool_size": 5_000, "sessions_per_day": 20_000},
    "most users overlap": {"days": 1, "user_pool_size": 400, "sessions_per_day": 20_000},
    "hardly a user comes twice": {"days": 1, "user_pool_size": 10**8, "sessions_per_day": 20_000},
    "sessions are named": {"days": 1, "user_pool_size": 5_000, "sessions_per_day": 20_000, "sessions": True},
    "one shard of four": {"days": 2, "user_pool_size": 5_000, "sessions_per_day": 50_000, "shard": Shard(2, 4)},
    "many births per step": {"days": 0.15, "user_pool_size": 10**6, "sessions_per_day": 300_000},
    "long steps": {"days": 3, "user_pool_size": 50_000, "sessions_per_day": 10_000, "batch_size": 60},
}
SEEDS = 12


def verdict_on(log: Log, config: Config, **expectation: Any) -> Verdict:
    return judge(log, Expectation(config, SCHEMAS["web"], **expectation), Faults())


def parts_of(verdict: Verdict) -> dict[str, Comparison]:
    return {part.section: part for part in verdict.comparisons}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_a_config_makes_fits_it_and_chance_is_all_there_is(config: Config, situation: str) -> None:
    batch_size = SITUATIONS[situation].get("batch_size", 10)
    found: dict[str, list[float]] = {}
    for seed in range(SEEDS):
        verdict = verdict_on(log_of_run(config, seed=seed, **SITUATIONS[situation]), config, batch_size=batch_size)
        assert verdict.fits, (seed, verdict.misfits)
        for section in verdict.sections:
            if section.whole.judged:
                found.setdefault(section.name, []).append(section.whole.p)
    assert found.keys() >= {"pages", "landing_pages", "operating_systems", "browsers", "ads"}
    assert {"dwell", "visits_per_hour"} <= found.keys()
    # Too few of the other moves are no fault, so their p-values are not uniform.
    found.pop("other moves", None)
    everything = np.concatenate([np.array(ps) for ps in found.values()])
    # The mean of n uniform numbers is 1/2 with a standard deviation of 1/√(12 n).
    assert abs(everything.mean() - 0.5) < FAR / np.sqrt(12 * len(everything))
    assert 0.01 < (everything < 0.1).mean() < 0.2
    assert everything.min() > 1e-5


@pytest.mark.parametrize("sessions", [False, True])
@pytest.mark.parametrize(
    ("path", "row", "section"),
    [
        (
            ("pages", "home"),
            {"home": 0.45, "product_a": 0.19, "product_b": 0.1, "session_end": 0.26},
            "pages.home",
        ),
        (
            ("pages", "home"),
            {"home": 0.43, "product_a": 0.17621, "product_b": 0.12439, "session_end": 0.2694},
            "dwell.home",
        ),
        (("pages", "cart"), {"cart": 0.25, "payment": 0.52, "home": 0.15, "session_end": 0.08}, "pages.cart"),
        (
            ("pages", "product_a"),
            {"product_a": 0.5, "home": 0.1764, "cart": 0.1176, "session_end": 0.196, "product_b": 0.01},
            "other moves",
        ),
        (("landing_pages",), {"home": 0.59, "product_a": 0.26, "product_b": 0.15}, "landing_pages"),
        (
            ("browsers",),
            {"Chrome": 0.55, "Firefox": 0.2, "InternetExplorer": 0.05, "Safari": 0.1, "Opera": 0.1},
            "browsers",
        ),
        (("mediums",), {"cpc": 0.25, "affiliate": 0.1, "organic": 0.45, "social": 0.2}, "mediums"),
    ],
)
def test_one_altered_probability_does_not_fit(
    config: Config, path: tuple[str, ...], row: dict[str, float], section: str, sessions: bool
) -> None:
    altered = config.with_row(path, row)
    log = log_of_run(altered, seed=5, days=2, user_pool_size=10_000, sessions_per_day=41_000, sessions=sessions)
    assert 190_000 < len(log) < 210_000
    verdict = verdict_on(log, config)
    assert not verdict.fits
    assert [part.section for part in verdict.misfits] == [section]
    assert verdict_on(log, altered).fits


def test_another_hour_does_not_fit(config: Config) -> None:
    hours = list(config.visits_per_hour)
    hours[9], hours[10] = hours[9] + 0.003, hours[10] - 0.003
    altered = config.with_row(("visits_per_hour",), {str(hour): share for hour, share in enumerate(hours)})
    log = log_of_run(altered, seed=1, days=2, sessions_per_day=41_000)
    verdict = verdict_on(log, config)
    assert [part.section for part in verdict.misfits] == ["visits_per_hour"]
    part = parts_of(verdict)["visits_per_hour"]
    worst = sorted(part.cells, key=lambda cell: -abs(cell.deviation))[:2]
    assert {cell.name for cell in worst} == {"9", "10"}


def test_visits_in_an_hour_without_any(config: Config) -> None:
    morning = config.with_row(("visits_per_hour",), {str(hour): float(hour == 9) for hour in range(24)})
    verdict = verdict_on(log_of_run(config, seed=1, days=1), morning)
    assert parts_of(verdict)["visits_per_hour"].p == 0


def test_beginning_and_end_of_a_file_do_not_matter(config: Config) -> None:
    """A file cut out of the middle: sessions that began before it, and sessions that go on behind it."""
    whole = log_of_run(config, seed=3, days=1.5, user_pool_size=20_000, sessions_per_day=100_000)
    begin = (START + timedelta(hours=12) - EPOCH) // timedelta(microseconds=1)
    for minutes in (20, 60, 600):
        inside = (whole.time >= begin) & (whole.time < begin + minutes * 60_000_000)
        columns: dict[str, Any] = {name: getattr(whole, name)[inside] for name in ("time", "hour", "page", "user")}
        verdict = verdict_on(replace(whole, **columns), config)
        assert verdict.fits, verdict.misfits
        assert parts_of(verdict)["landing_pages"].judged


def test_a_file_that_is_unclear_says_so(config: Config) -> None:
    verdict = verdict_on(log_of_run(config, seed=3, days=0.003, sessions_per_day=500_000), config)
    assert verdict.fits
    for section in ("pages", "other moves", "landing_pages", "dwell", "visits_per_hour"):
        assert "the file is shorter than" in parts_of(verdict)[section].remark
    assert parts_of(verdict)["browsers"].judged


def test_ends_are_not_judged_where_the_limit_on_steps_ends_sessions() -> None:
    slow = site(
        {"a": {"a": 0.99, "b": 0.005, "session_end": 0.005}, "b": {"b": 0.5, "a": 0.3, "session_end": 0.2}},
        {"a": 0.5, "b": 0.5},
    )
    log = log_of_run(slow, seed=1, days=2, sessions_per_day=20_000, sessions=True, user_pool_size=10**6)
    verdict = verdict_on(log, slow)
    assert verdict.fits, verdict.misfits
    assert [cell.name for cell in parts_of(verdict)["pages.b"].cells] == ["a"]


def test_what_is_read(config: Config) -> None:
    log = log_of_run(config, seed=1, days=1, **CROWDED)
    verdict = verdict_on(log, config)
    assert (verdict.events, verdict.users, verdict.sessions_named) == (len(log), log.users, False)
    assert verdict.first is not None
    assert verdict.last is not None
    assert START < verdict.first < verdict.last < START + timedelta(days=1)
    assert 0.02 < verdict.overlap < 0.2
    assert verdict_on(log_of_run(config, seed=1, days=1, sessions=True, **CROWDED), config).overlap == 0


def test_schemas_are_told_by_their_fields() -> None:
    for name, fields in SCHEMAS.items():
        names = [field.name for field in fields]
        assert schema_of(names, SCHEMAS.values()) is fields, name
        assert schema_of([*names[:-2], "more"], SCHEMAS.values()) is fields, name


def test_order_and_duplicates(config: Config) -> None:
    log = log_of_run(config, seed=1, days=0.1)
    time = log.time.copy()
    time[[100, 101]] = time[[101, 100]]
    faults = Faults()
    judge(replace(log, time=time), Expectation(config, SCHEMAS["web"]), faults)
    (fault,) = faults.kinds["events out of order"].first
    assert (fault.source, fault.line) == ("events", 102)
    allowed = float(np.diff(log.time)[100]) / 1e6
    assert verdict_on(replace(log, time=time), config, disorder=allowed).fits

    again: dict[str, Any] = {
        name: np.insert(getattr(log, name), 50, getattr(log, name)[49])
        for name in ("time", "hour", "page", "user")
    }
    faults = Faults()
    judge(replace(log, **again), Expectation(config, SCHEMAS["web"]), faults)
    (fault,) = faults.kinds["duplicates"].first
    assert (fault.line, fault.message) == (51, "its user, time and page are those of line 50")

    ids = np.arange(len(log), dtype=np.uint64)
    ids[70] = ids[30]
    faults = Faults()
    judge(replace(log, event_id=ids), Expectation(config, SCHEMAS["web"]), faults)
    (fault,) = faults.kinds["duplicates"].first
    assert (fault.line, fault.message) == (71, "its id are those of line 31")


def test_a_crowd_that_cannot_be_told_apart_is_not_judged(config: Config) -> None:
    crowd: dict[str, Any] = {"days": 1, "user_pool_size": 25, "sessions_per_day": 20_000}
    verdict = verdict_on(log_of_run(config, seed=5, **crowd), config)
    assert verdict.fits
    assert verdict.overlap > 0.7
    remarks = {part.remark for name in ("landing_pages", "visits_per_hour") for part in [parts_of(verdict)[name]]}
    assert all("have sessions named by a column" in remark for remark in remarks)
    assert verdict_on(log_of_run(config, seed=5, sessions=True, **crowd), config).fits
