"""The library as its users call it; the first of them is the README of fake_web_events."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

import fakeweb_tui
from fakeweb_tui import Config, ConfigError, Simulation, load_config
from fakeweb_tui.events import EVENT_FIELDS, DictRenderer, Event
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.users import UserPool

# The lines of the README, but for the name of the package.
README = """
from fakeweb_tui import Simulation


simulation = Simulation(user_pool_size=10000, sessions_per_day=100000)
events = simulation.run(duration_seconds=60)

for event in events:
    print(event)
"""


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Real time that goes on by 10 ms with each look at it."""
    looks = count()
    monkeypatch.setattr("fakeweb_tui.api.monotonic", lambda: next(looks) / 100)
    return iter(())


def made(config: Config, start: datetime, **more: int) -> Simulation:
    return Simulation(init_time=start, config=config, **{"seed": 3, **more})


def expected(config: Config, start: datetime, events: int) -> list[Event]:
    """The first events, straight from the engine."""
    parameters = Parameters(seed=3, start=start)
    batch = Walk(parameters, config).advance(20_000)
    return DictRenderer(UserPool(3, config)).render(batch.slice(0, events))


def time_of(event: Event) -> datetime:
    return datetime.strptime(str(event["event_timestamp"]), "%Y-%m-%d %H:%M:%S.%f")


# The promise of the README


@pytest.mark.usefixtures("real_time")
def test_the_example_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(README, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    # A look before each event and one before each chunk: a minute is some 6,000 looks.
    assert 5_900 < len(lines) < 6_000
    events = [eval(line, {}) for line in lines]
    assert {tuple(event) for event in events} == {EVENT_FIELDS}
    moments = [event["event_timestamp"] for event in events]
    assert moments == sorted(moments)


@pytest.mark.usefixtures("real_time")
def test_simulate_events_is_the_same_as_run(config: Config, start: datetime) -> None:
    events = list(made(config, start).simulate_events(2))
    assert 150 < len(events) < 200
    assert events == expected(config, start, len(events))


def test_what_the_package_offers() -> None:
    assert set(fakeweb_tui.__all__) == {
        "Config",
        "ConfigError",
        "Scenario",
        "Simulation",
        "__version__",
        "load_config",
    }
    assert fakeweb_tui.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fakeweb_tui.nothing


# Parameters


def test_the_parameters_of_the_reference(config: Config, start: datetime) -> None:
    simulation = Simulation(50, 123.5, 7, start, config=config, seed=9)
    parameters = simulation.parameters
    assert (parameters.user_pool_size, parameters.sessions_per_day, parameters.batch_size) == (50, 123.5, 7)
    assert (parameters.start, simulation.cur_time, simulation.seed) == (start, start, 9)
    assert (simulation.config, simulation.qty_events) == (config, 0)


def test_defaults(config: Config) -> None:
    before = datetime.now()
    simulation, other = Simulation(config=config), Simulation(config=config)
    parameters = simulation.parameters
    assert (parameters.user_pool_size, parameters.sessions_per_day, parameters.batch_size) == (10_000, 10_000, 10)
    assert before <= simulation.cur_time <= datetime.now()
    assert simulation.seed != other.seed


@pytest.mark.parametrize(
    "bad",
    [{"user_pool_size": 0}, {"sessions_per_day": -1}, {"batch_size": 0}, {"seed": -1}],
)
def test_bad_parameters_are_refused(config: Config, bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"is -?\d+|-1 sessions"):
        Simulation(config=config, **bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"user_pool_size": "many"}, "user_pool_size is 'many': give a number"),
        ({"init_time": "2026-03-02"}, "init_time is '2026-03-02': give a datetime"),
        ({"config": {"pages": {}}}, "config is {'pages': {}}: give a path, or what load_config returns"),
    ],
)
def test_parameters_of_another_kind_are_refused(bad: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        Simulation(**bad)


@pytest.mark.parametrize("bad", [{"duration_seconds": "60"}, {"events": 1.5}, {"events": "5"}, {"simulated": 60}])
def test_bounds_of_another_kind_are_refused(config: Config, start: datetime, bad: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="{} is {!r}: give a".format(*bad, *bad.values())):
        made(config, start).run(**bad)


def test_the_same_seed_gives_the_same_events(config: Config, start: datetime) -> None:
    first, second, third = (
        list(made(config, start, seed=seed).run(simulated=timedelta(hours=6))) for seed in (3, 3, 4)
    )
    assert first == second
    assert first[:50] != third[:50]
    assert first == expected(config, start, len(first))
    assert len(first) > 1000


# Bounds


def test_so_many_events(config: Config, start: datetime) -> None:
    for events in (0, 1, 700):
        simulation = made(config, start)
        assert list(simulation.run(events=events)) == expected(config, start, events)
        assert simulation.qty_events == events


def test_so_much_simulated_time(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    events = list(simulation.run(simulated=timedelta(hours=2, seconds=3)))
    end = start + timedelta(hours=2, seconds=3)
    assert simulation.cur_time == end
    assert time_of(events[-1]) < end
    later = next(simulation.run())
    assert time_of(later) >= end
    assert [*events, later] == expected(config, start, len(events) + 1)


@pytest.mark.usefixtures("real_time")
def test_the_first_bound_that_is_reached_ends_a_run(config: Config, start: datetime) -> None:
    hour = timedelta(hours=1)
    assert len(list(made(config, start).run(1000, events=10, simulated=hour))) == 10
    in_hour = len(list(made(config, start).run(simulated=hour)))
    assert len(list(made(config, start).run(1000, events=10**6, simulated=hour))) == in_hour > 500
    assert 50 < len(list(made(config, start).run(1, events=10**6, simulated=10 * hour))) < 100


@pytest.mark.parametrize("duration", [0, -1, float("nan")])
def test_no_time_no_events(config: Config, start: datetime, duration: float) -> None:
    simulation = made(config, start)
    assert list(simulation.run(duration)) == []
    assert list(simulation.run(events=5)) == expected(config, start, 5)


def test_nothing_runs_before_it_is_asked_for(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    run = simulation.run(events=5)
    assert (simulation.qty_events, simulation.cur_time) == (0, start)
    assert list(run) == expected(config, start, 5)


@pytest.mark.usefixtures("real_time")
def test_no_sessions_end_with_the_duration(config: Config, start: datetime) -> None:
    assert list(made(config, start, sessions_per_day=0).run(5)) == []
    simulation = made(config, start, sessions_per_day=0)
    assert list(simulation.run(simulated=timedelta(days=2))) == []
    assert simulation.cur_time == start + timedelta(days=2)


def test_events_end_with_the_calendar(config: Config) -> None:
    simulation = Simulation(init_time=datetime(9999, 12, 31, 12), config=config, seed=1)
    events = list(simulation.run())
    assert len(events) > 10_000
    assert str(events[-1]["event_timestamp"]).startswith("9999-12-31 23:59")
    assert list(simulation.run()) == []


def test_events_of_a_bounded_run_end_with_the_calendar_too(config: Config) -> None:
    simulation = Simulation(init_time=datetime(9999, 12, 31, 23), config=config, seed=1)
    events = list(simulation.run(simulated=timedelta(days=3)))
    assert str(events[-1]["event_timestamp"]).startswith("9999-12-31 23:59")


def test_time_does_not_go_back(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    before = list(simulation.run(events=50))
    now = simulation.cur_time
    with pytest.raises(ValueError, match="-1 events are asked for: it is 0 or more"):
        simulation.run(events=-1)
    with pytest.raises(ValueError, match="time does not go back"):
        simulation.run(simulated=timedelta(seconds=-60))
    assert simulation.cur_time == now
    assert before + list(simulation.run(events=50)) == expected(config, start, 100)


# Runs that go on


def test_runs_go_on_without_gap_or_overlap(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    events = list(simulation.run(events=100))
    events += simulation.run(simulated=timedelta(minutes=7))
    events += simulation.run(events=1)
    events += simulation.run(simulated=timedelta(seconds=1))
    events += simulation.run(simulated=timedelta(0))
    events += simulation.run(events=900, simulated=timedelta(days=1))
    assert len(events) > 1000
    assert events == expected(config, start, len(events))
    assert simulation.qty_events == len(events)
    assert simulation.cur_time == time_of(events[-1])


def test_a_run_that_is_left_early_goes_on_behind_its_last_event(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    events = []
    for event in simulation.run():
        events.append(event)
        if len(events) == 123:
            break
    run = simulation.run(events=1000)
    events += islice(run, 77)
    run.close()  # type: ignore[attr-defined]
    assert simulation.qty_events == 200
    events += simulation.run(events=300)
    assert events == expected(config, start, 500)


def test_a_run_that_waits_leaves_no_overlap(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    # Whoever keeps the iterator has not closed it.
    waiting = simulation.run()
    events = list(islice(waiting, 10))
    events += simulation.run(events=10)
    events += islice(waiting, 10)
    events += simulation.run(events=10)
    assert events == expected(config, start, 40)


def test_a_consumer_that_fails_loses_no_event_but_its_own(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    events: list[Event] = []

    def consume() -> None:
        for event in simulation.run():
            events.append(event)
            if len(events) == 20:
                raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        consume()
    events += simulation.run(events=20)
    assert events == expected(config, start, 40)


def test_events_belong_to_the_caller(config: Config, start: datetime) -> None:
    simulation = made(config, start, user_pool_size=1)
    for event in simulation.run(events=20):
        assert event["event_type"] == "pageview"
        event.clear()


# What it says of itself


def test_its_state_as_text(config: Config, start: datetime) -> None:
    simulation = made(config, start)
    assert str(simulation).splitlines() == [
        "SIMULATION STATE",
        "Current sessions: 0",
        "Current duration: 0 days, 0 hours, 0 minutes, 0 seconds",
        "Current rate: 0.7583 sessions per step",
        "Quantity of events: 0",
        "Seed: 3",
    ]
    events = len(list(simulation.run(simulated=timedelta(days=2, hours=17, minutes=5, seconds=9))))
    lines = str(simulation).splitlines()
    assert lines[2:] == [
        "Current duration: 2 days, 17 hours, 5 minutes, 9 seconds",
        "Current rate: 1.8528 sessions per step",
        f"Quantity of events: {events}",
        "Seed: 3",
    ]
    assert 0 < int(lines[1].removeprefix("Current sessions: ")) < 100


# Where the config comes from


def test_the_built_in_config(here: Path, config: Config) -> None:
    assert not list(here.iterdir())
    assert Simulation().config == config


def test_a_config_in_the_current_directory_takes_precedence(here: Path, config: Config) -> None:
    text = config.document.text.replace("home", "start")
    (here / "config.yml").write_text(text, encoding="utf-8")
    simulation = Simulation()
    assert simulation.config.page_names[0] == "start"
    assert {event["page_url_path"] for event in simulation.run(events=200)} >= {"/start", "/product_a"}
    # Whoever names a config means that one.
    assert Simulation(config=config).config is config
    other = here / "other.yml"
    other.write_text(config.document.text, encoding="utf-8")
    assert Simulation(config=other).config == Simulation(config=str(other)).config == config


def test_a_bad_config_is_refused_with_all_its_problems(here: Path, config: Config) -> None:
    text = config.document.text.replace("home: 0.45", "home: 0.44").replace("Opera: 0.1", "Oprah: 0.1")
    (here / "config.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Simulation()
    lines = str(caught.value).splitlines()
    assert [line.split(":")[:2] for line in lines] == [["config.yml", "2"], ["config.yml", "103"]]
    with pytest.raises(ConfigError):
        load_config(here / "missing.yml")
    with pytest.raises(ConfigError):
        Simulation(config="missing.yml")


def test_the_config_may_give_the_parameters(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "site.yml"
    path.write_text(
        f"{config.document.text}\nsimulation: {{user_pool_size: 50, sessions_per_day: 7, batch_size: 5}}\n"
    )
    parameters = Simulation(config=path, sessions_per_day=9).parameters
    assert (parameters.user_pool_size, parameters.sessions_per_day, parameters.batch_size) == (50, 9, 5)
    parameters = Simulation(config=config).parameters
    assert (parameters.user_pool_size, parameters.sessions_per_day, parameters.batch_size) == (10_000, 10_000, 10)
