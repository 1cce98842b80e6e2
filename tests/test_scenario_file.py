"""Scenarios in files: what was saved comes back and makes the same events; whatever is broken is said, once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from helpers import assert_same_events, joined

from fakeweb_tui.config import Config, ConfigError, parse_config
from fakeweb_tui.scenario import Edit, Scenario, differences, parameter_differences
from fakeweb_tui.scenario_file import (
    edit_line,
    head_line,
    load_scenario,
    parse_scenario,
    render_scenario,
    save_scenario,
)
from fakeweb_tui.simulation import Batch, Parameters
from fakeweb_tui.tuning import Workbench

HOME = ("pages", "home")


@pytest.fixture
def scenario(config: Config, start: datetime) -> Scenario:
    """Two edits at one step, and a third later, of which one has a probability that no decimal shows."""
    first = config.with_rows(
        {
            HOME: {"home": 0.1, "product_a": 0.7, "product_b": 0.1, "session_end": 0.1},
            ("landing_pages",): {"home": 1 / 3, "product_a": 1 / 3, "product_b": 1 / 3},
        }
    )
    second = first.with_row(("browsers",), {name: float(name == "Opera") for name in config.browsers})
    edits = (*differences(100, config, first), *differences(1000, first, second))
    parameters = Parameters(
        seed=2**63 + 1, start=start, user_pool_size=99, sessions_per_day=50_000.5, batch_size=12
    )
    return Scenario(config, parameters, edits, begin=50, end=datetime(2026, 3, 2, 6, 30, 0, 123456))


def events(scenario: Scenario) -> Batch:
    return joined(batch for _, batch in scenario.batches())


def test_what_was_saved_makes_the_same_events(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "demo.jsonl"
    save_scenario(scenario, path)
    loaded = load_scenario(path)
    assert loaded == scenario
    assert loaded.config.document == scenario.config.document
    assert_same_events(events(loaded), events(scenario))
    with pytest.raises(FileExistsError):
        save_scenario(loaded, path)
    save_scenario(replace(loaded, end=None), path, overwrite=True)
    assert load_scenario(path) == replace(scenario, end=None)


def test_it_can_be_written_while_it_happens(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "demo.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.write(head_line(scenario) + "\n")
        for count, edit in enumerate(scenario.edits, 1):
            file.write(edit_line(edit) + "\n")
            file.flush()
            assert load_scenario(path) == replace(scenario, edits=scenario.edits[:count])


def test_names_of_every_kind(config: Config, scenario: Scenario) -> None:
    text = config.document.text.replace("campaign_1", '"\\u2028 [b]\\\\ ü\\t\\u0085"')
    odd = parse_config(text, "odd\nname.yml")
    edits = differences(3, odd, odd.with_row(("campaigns",), dict(zip(odd.campaigns, (0.3, 0.7), strict=True))))
    named = replace(scenario, config=odd, edits=edits)
    assert parse_scenario(render_scenario(named), "odd.jsonl") == named
    # As an editor on another system may leave it.
    assert parse_scenario("\n" + render_scenario(named).replace("\n", "\r\n") + "\n\n", "odd.jsonl") == named


def changed(line: int, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(lines: list[dict[str, Any]]) -> None:
        lines[line] |= values

    return change


def without(line: int, key: str) -> Callable[[list[dict[str, Any]]], None]:
    def change(lines: list[dict[str, Any]]) -> None:
        del lines[line][key]

    return change


BROKEN = [
    (without(0, "scenario"), "1:1: is no scenario"),
    (changed(0, scenario=True), "1:1: is no scenario"),
    (changed(0, scenario=99), "1:1: is a scenario of version 99"),
    (without(0, "config"), "1:1: its config or the config's name is missing"),
    (changed(0, name=3), "1:1: its config or the config's name is missing"),
    (changed(0, config="pages: {}"), "1:1: its config has a problem: "),
    (without(0, "seed"), "1:1: seed is 'null': it is a whole number"),
    (changed(0, seed=-1), "1:1: seed is -1"),
    (changed(0, seed=1.5), "1:1: seed is '1.5': it is a whole number"),
    (changed(0, user_pool_size=True), "1:1: user_pool_size is 'true'"),
    (changed(0, sessions_per_day=float("nan")), "1:1: there are nan sessions per day"),
    (changed(0, sessions_per_day=10**400), "1:1: sessions_per_day is"),
    (changed(0, batch_size="10"), "1:1: batch_size is"),
    (changed(0, start="today"), "1:1: start is '\"today\"': write a moment"),
    (changed(0, start="2026-03-02 00:00:00+01:00"), "1:1: the start has a time zone"),
    (changed(0, end=17), "1:1: end is '17': write a moment"),
    (changed(0, end="2026-03-02 00:00:00Z"), "1:1: end has a time zone"),
    (changed(0, begin=-1), "1:1: begin is '-1': it is a step"),
    (without(0, "begin"), "1:1: begin is 'null'"),
    (changed(1, step=1.0), "2:1: step is '1.0'"),
    (changed(1, step=-3), "2:1: step is '-3'"),
    (changed(2, step=99), "3:1: step is '99': edits stand in the order of their steps, here 100"),
    (changed(3, step=10**30), "4:1: step is"),
    (changed(1, path="home"), "2:1: path is '\"home\"'"),
    (
        changed(1, path=["pages", "hom"]),
        '2:1: path is \'["pages", "hom"]\': there is nothing there that an edit can change',
    ),
    (without(1, "old"), "2:1: old is no row"),
    (changed(1, new=[0.5, 0.5]), "2:1: new is no row"),
    (changed(1, new={"home": "1"}), "2:1: new gives '\"1\"' for 'home'"),
    (changed(1, new={"home": 10**400}), "2:1: new gives"),
    # It is judged with the others of its step, whose last line is told.
    (changed(1, new={"home": float("nan"), "session_end": 0.5}), "3:1: the edit leads to no valid config"),
    (changed(1, new={"home": 1.0}), "3:1: the edit leads to no valid config"),
    (changed(3, new={"Netscape": 1.0}), "4:1: the edit leads to no valid config: unknown browser 'Netscape'"),
    (lambda lines: lines.pop(0), "1:1: is no scenario"),
    (lambda lines: lines.insert(1, lines[1]), "3:1: old is not what it was"),
    (lambda lines: lines.clear(), "1:1: is no scenario"),
]


@pytest.mark.parametrize(("change", "problem"), BROKEN)
def test_a_broken_file_gives_one_clear_error(
    scenario: Scenario, change: Callable[[list[dict[str, Any]]], None], problem: str
) -> None:
    lines = [json.loads(line) for line in render_scenario(scenario).splitlines()]
    change(lines)
    with pytest.raises(ConfigError) as raised:
        parse_scenario("".join(json.dumps(line) + "\n" for line in lines), "demo.jsonl")
    assert str(raised.value).startswith(f"demo.jsonl:{problem}")
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pages:\n  home: {}\n", "1:1: this line is no JSON"),
        ("[" * 100_000, "1:1: this line is no JSON"),
        ("[1]\n", "1:1: this line is no JSON object"),
        ("\n", "1:1: is no scenario"),
    ],
)
def test_other_files_are_no_scenarios(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_scenario(text, "demo.jsonl")
    assert str(raised.value).startswith(f"demo.jsonl:{problem}")


def test_a_line_that_was_cut_is_named(scenario: Scenario) -> None:
    text = render_scenario(scenario)
    with pytest.raises(ConfigError, match=r"demo.jsonl:4:1: this line is no JSON"):
        parse_scenario(text[:-9], "demo.jsonl")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, problem in ((tmp_path / "none", "cannot be read (No such file"), (tmp_path, "is not a file")):
        with pytest.raises(ConfigError) as raised:
            load_scenario(path)
        assert problem in str(raised.value)
        assert "a scenario that the app has saved" in str(raised.value)
    latin = tmp_path / "latin"
    latin.write_bytes(b"{}\n\xfc")
    with pytest.raises(ConfigError, match=r"latin:2:1: is not UTF-8"):
        load_scenario(latin)


def test_an_edit_is_told_by_its_step(scenario: Scenario) -> None:
    assert [edit.step for edit in scenario.edits] == [100, 100, 1000]
    assert all(isinstance(edit, Edit) for edit in parse_scenario(render_scenario(scenario), "x").edits)


# Edits of pages and parameters


@pytest.fixture
def rebuilt(config: Config, start: datetime) -> Scenario:
    """Pages that come, go and get other names, and other numbers of users and sessions."""
    bench = Workbench.of(config, Parameters(seed=4, start=start, sessions_per_day=30_000))
    acts: list[Callable[[Workbench], Workbench]] = [
        lambda bench: bench.rename_page("cart", "basket"),
        lambda bench: bench.add_page("help", HOME, 0.3),
        lambda bench: bench.set_parameters(sessions_per_day=9000.5, user_pool_size=12),
        lambda bench: bench.remove_page("product_b"),
    ]
    edits: tuple[Edit, ...] = ()
    for step, act in enumerate(acts):
        after = act(bench)
        edits += differences(100 * step, bench.config, after.config, after.renamed)
        edits += parameter_differences(100 * step, bench.parameters, after.parameters)
        bench = after
    return Scenario(config, bench.given, edits, end=bench.given.time_of(500))


def test_pages_and_parameters_come_back(rebuilt: Scenario, tmp_path: Path) -> None:
    save_scenario(rebuilt, tmp_path / "demo.jsonl")
    loaded = load_scenario(tmp_path / "demo.jsonl")
    assert loaded == rebuilt
    pairs = zip(loaded.batches(), rebuilt.batches(), strict=True)
    for (config, batch), (same_config, same) in pairs:
        assert (config, batch.pages) == (same_config, same.pages)
        assert_same_events(batch, same)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (changed(1, renamed=3), "2:1: renamed is '3': it gives pages their new names"),
        (changed(1, renamed={"cart": 3}), "2:1: renamed is"),
        (changed(1, new=[]), "2:1: new is no set of pages"),
        (changed(1, new={"home": 3}), "2:1: new is no row"),
        (changed(1, new={}), "2:1: the edit leads to no valid config: no pages"),
        (changed(1, new={"a": {"session_end": 1}}), "2:1: the edit leads to no valid config: unknown page"),
        (changed(1, old={"home": {"session_end": 1}}), "2:1: old is not what it was"),
        (changed(1, path=[]), "2:1: path is '[]'"),
        (changed(1, path=["simulation"], new=1, old=1), "2:1: path is"),
        (changed(1, path=["simulation", "seed"], new=1, old=4), "2:1: path is"),
        (changed(3, new="many"), "4:1: new is '\"many\"': it is a number"),
        (changed(3, new=-1), "4:1: the edit leads to nothing valid: there are -1"),
        (changed(4, new=1.5), "5:1: the edit leads to nothing valid: the user pool size is 1.5"),
        (changed(4, old=11), "5:1: old is not what it was"),
    ],
)
def test_broken_edits_of_pages_and_parameters(
    rebuilt: Scenario, change: Callable[[list[dict[str, Any]]], None], problem: str
) -> None:
    lines = [json.loads(line) for line in render_scenario(rebuilt).splitlines()]
    assert [line["path"] for line in lines[1:6]] == [
        ["pages"],
        ["pages"],
        ["simulation", "sessions_per_day"],
        ["simulation", "user_pool_size"],
        ["pages"],
    ]
    change(lines)
    with pytest.raises(ConfigError) as raised:
        parse_scenario("".join(json.dumps(line) + "\n" for line in lines), "demo.jsonl")
    assert str(raised.value).startswith(f"demo.jsonl:{problem}")
