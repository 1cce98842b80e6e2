"""The section `schema` of a config: what it makes of the fields, and its problems with their places."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fakeweb_tui.config import Config, ConfigError, parse_config, render_config
from fakeweb_tui.formats.naming import format_of
from fakeweb_tui.run import Bounds, Output, Task, export
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.schema import EVENT_FIELDS, SCHEMAS, Field
from fakeweb_tui.simulation import Parameters

START = datetime(2026, 3, 2)
SECTION = """\
schema:
  base: utm
  drop: [geo_timezone, os_timezone]
  rename:
    event_timestamp: ts
    page_url: url
  derived:
    visit: session_id
    user: user_number
    step: session_step
  constants: {env: "prod, \\"eu\\"", version: 3, ratio: 0.5, test: false, nothing: null}
  order: [ts, env, user]
"""


def with_section(config: Config, section: str) -> Config:
    return parse_config(config.document.text + section, "a.yml")


def problems(config: Config, section: str) -> list[str]:
    before = config.document.text.count("\n")
    with pytest.raises(ConfigError) as caught:
        with_section(config, section)
    return [f"{problem.line - before}:{problem.column}: {problem.message}" for problem in caught.value.problems]


def test_without_a_section(config: Config) -> None:
    assert config.schema is None


def test_fields(config: Config) -> None:
    fields = with_section(config, SECTION).schema
    assert fields is not None
    assert [field.name for field in fields[:5]] == ["ts", "env", "user", "event_id", "event_type"]
    assert fields[0] == Field("ts", "event_timestamp")
    assert fields[1] == Field("env", "constant", 'prod, "eu"')
    assert [field.value for field in fields[-4:]] == [3, 0.5, False, None]
    assert len(fields) == len(SCHEMAS["utm"]) - 2 + 8
    assert with_section(config, "schema: {base: none, derived: {u: page_url}}\n").schema == (
        Field("u", "page_url"),
    )


def test_a_section_is_part_of_a_config_and_kept(config: Config) -> None:
    site = with_section(config, SECTION)
    assert site != config
    changed = site.with_row(("pages", "home"), {"home": 0.3, "product_a": 0.3, "session_end": 0.4})
    assert changed.schema == site.schema
    text = render_config(changed)
    assert SECTION in text
    assert parse_config(text, "a.yml") == changed


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("schema: web\n", ["1:9: the value 'web' where 'schema' belongs: write a mapping of base, drop"]),
        ("schema: {basis: web}\n", ["1:10: unknown key 'basis': did you mean 'base'? There are base, drop"]),
        (
            "schema: {base: wbe}\n",
            ["1:16: the value 'wbe' where a schema belongs: the schemas are web, utm"],
        ),
        ("schema: {drop: page}\n", ["1:16: the value 'page' where 'drop' belongs: write a list of fields"]),
        ("schema:\n  drop: [page_ulr]\n", ["2:10: unknown field 'page_ulr': did you mean 'page_url'? There are"]),
        ("schema: {rename: {x: y}}\n", ["1:19: unknown field 'x': there are event_timestamp"]),
        ("schema: {rename: {os: ''}}\n", ["1:23: a name is empty: give it at least one character"]),
        ("schema: {derived: {a: session}}\n", ["1:23: unknown source 'session': did you mean 'session_"]),
        ("schema: {constants: {a: [1]}}\n", ["1:25: a list where a value belongs: write a text, a number"]),
        ("schema: {constants: {a: .inf}}\n", ["1:25: the value '.inf' where a value belongs"]),
        ("schema: {rename: {os: os_name}}\n", ["1:23: two fields are called 'os_name': rename one"]),
        ("schema: {order: [os, os]}\n", ["1:22: 'os' stands twice in the order: keep one"]),
        ("schema: {base: none}\n", ["1:1: no field is left: an event has at least one"]),
        (
            "schema:\n  drop: [a]\n  order: [b]\n",
            ["2:10: unknown field 'a': there are", "3:11: unknown field 'b': there are"],
        ),
    ],
)
def test_problems(config: Config, section: str, expected: list[str]) -> None:
    found = problems(config, section)
    assert len(found) == len(expected)
    for one, begin in zip(found, expected, strict=True):
        assert one.startswith(begin)


def test_every_format_has_the_fields(config: Config, tmp_path: Path) -> None:
    site = with_section(config, SECTION)
    fields = site.schema
    assert fields is not None
    scenario = Scenario(site, Parameters(5, START))
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        export(Task(scenario, Output(str(tmp_path / name), format_of(name), fields), Bounds(events=400)))
    export(Task(scenario, Output(str(tmp_path / "web.jsonl"), format_of("a.jsonl")), Bounds(events=400)))
    names = [field.name for field in fields]
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    plain = [json.loads(line) for line in (tmp_path / "web.jsonl").read_text("utf-8").splitlines()]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"), newline=""), strict=True))
    table = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert [list(line) for line in lines] == [names] * 400
    assert [list(row) for row in table] == [names] * 400
    for line, row, columns, event in zip(lines, rows, table, plain, strict=True):
        for field in fields:
            value = line[field.name]
            if field.source in EVENT_FIELDS:
                assert value == event[field.source]
            elif field.source == "constant":
                assert value == field.value == columns[field.name]
        assert (row["env"], row["test"], row["nothing"], row["ratio"]) == ('prod, "eu"', "false", "", "0.5")
        assert (str(line["user"]), str(line["step"]), line["visit"]) == (row["user"], row["step"], row["visit"])
        assert (columns["user"], columns["step"], columns["visit"]) == (line["user"], line["step"], line["visit"])
        assert str(line["user"]) in line["user_custom_id"]
    # Sessions begin with step 0, and keep their id.
    first = {line["visit"]: line["step"] for line in reversed(lines)}
    assert set(first.values()) == {0}
    assert len({line["event_id"] for line in lines}) == 400


def test_fields_can_swap_their_names(config: Config) -> None:
    section = "schema: {base: none, derived: {os: page_url}}\n"
    assert with_section(config, section).schema == (Field("os", "page_url"),)
    swapped = with_section(config, "schema: {rename: {page_url: page_url_path, page_url_path: page_url}}\n").schema
    assert swapped is not None
    assert [(each.name, each.source) for each in swapped[2:4]] == [
        ("page_url_path", "page_url"),
        ("page_url", "page_url_path"),
    ]
    chained = with_section(config, "schema: {rename: {event_timestamp: os, os: os2}}\n").schema
    assert chained is not None
    assert (chained[0].name, {each.source: each.name for each in chained}["os"]) == ("os", "os2")


def test_constants_are_what_was_written(config: Config) -> None:
    fields = with_section(config, "schema: {constants: {a: 9007199254740993, b: -0x10, c: 1_000}}\n").schema
    assert fields is not None
    assert [field.value for field in fields[-3:]] == [9007199254740993, -16, 1000]
    assert problems(config, f"schema: {{constants: {{a: {1 << 63}}}}}\n") == [
        "1:25: a whole number that 64 bits do not hold: write it as a text"
    ]
