"""Scenarios as files: a line of JSON with the config and the parameters, then a line per edit.

The config stands in it as the text of its YAML file. A line is complete in itself, so a scenario can be written
while it happens.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

from fakeweb_tui.config import PAGES, Config, ConfigError, RowPath, parse_config, render_config
from fakeweb_tui.config.files import read_file, write_file
from fakeweb_tui.config.problems import refuse, shown
from fakeweb_tui.scenario import Edit, Scenario, Value
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.terminal_text import plain

VERSION = 1
MAX_BYTES = 1 << 28
"""A longer file is no scenario: a line is short, and nobody makes a million edits."""

_PARAMETERS = {
    "seed": int,
    "start": str,
    "user_pool_size": int,
    "sessions_per_day": float,
    "batch_size": float,
    "max_session_steps": int,
}
_KINDS = {int: "a whole number", float: "a number", str: "a moment such as 2026-03-02 00:00:00"}
_LINES = "a scenario is a line of JSON with its config, then one per edit"


def head_line(scenario: Scenario) -> str:
    """Return the first line of a scenario's file, without its end."""
    parameters = scenario.parameters
    head = {
        "scenario": VERSION,
        **{name: kind(getattr(parameters, name)) for name, kind in _PARAMETERS.items() if name != "start"},
        "start": parameters.start.isoformat(" "),
        "begin": scenario.begin,
        "end": None if scenario.end is None else scenario.end.isoformat(" "),
        "name": plain(scenario.config.document.name),
        "config": render_config(scenario.config),
    }
    return json.dumps(head, ensure_ascii=False)


def edit_line(edit: Edit) -> str:
    """Return the line of an edit, without its end."""
    line = {"step": edit.step, "path": edit.path, "old": edit.old, "new": edit.new}
    return json.dumps(line | {"renamed": edit.renamed} if edit.renamed else line, ensure_ascii=False)


def render_scenario(scenario: Scenario) -> str:
    """Return the text of a scenario's file."""
    return "".join(f"{line}\n" for line in (head_line(scenario), *map(edit_line, scenario.edits)))


def save_scenario(scenario: Scenario, path: Path, *, overwrite: bool = False) -> None:
    """Write a scenario's file, whole or not at all; FileExistsError and other OSErrors as they come."""
    write_file(path, render_scenario(scenario), overwrite=overwrite)


def load_scenario(path: Path) -> Scenario:
    """Return the scenario of a file; ConfigError where it is none or cannot be read."""
    name, data = str(path), read_scenario(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(name, "is not UTF-8 text: save the scenario again", data.count(b"\n", 0, error.start) + 1)
    return parse_scenario(text, name)


def read_scenario(path: Path) -> bytes:
    """Return what a scenario's file holds; ConfigError where it cannot be read."""
    name = str(path)
    data = read_file(path, name, "a scenario that the app has saved", MAX_BYTES)
    if len(data) > MAX_BYTES:
        refuse(name, f"is longer than {MAX_BYTES:,} bytes: a scenario is shorter")
    return data


def parse_scenario(text: str, name: str) -> Scenario:
    """Return the scenario that a text holds; `name` is what problems call its file. ConfigError as above."""
    lines = _lines(text, name)
    _, head = next(lines, (1, {}))
    version = head.get("scenario")
    if type(version) is not int or version < 1:
        refuse(name, "is no scenario: give a file that the app has saved as one")
    if version > VERSION:
        refuse(
            name,
            f"is a scenario of version {version}, and this program knows up to {VERSION}: bring it up to date",
        )
    config = _config(head, name)
    parameters = _parameters(head, name)
    begin = head.get("begin")
    if type(begin) is not int or not 0 <= begin <= parameters.max_steps:
        refuse(name, f"begin is {_shown(begin)}: it is a step, 0 to {parameters.max_steps}")
    end = None if head.get("end") is None else _moment(head, "end", name)
    if end is not None and end.tzinfo is not None:
        refuse(name, "end has a time zone: simulated time has none, leave it out")
    return _with_edits(Scenario(config, parameters, (), begin, end), lines, name)


def _with_edits(scenario: Scenario, lines: Iterator[tuple[int, dict[str, Any]]], name: str) -> Scenario:
    """Return the scenario with the edits of its lines, each of which has to fit what the lines before it say."""
    edits: list[tuple[int, Edit]] = []
    for number, line in lines:
        after = edits[-1][1].step if edits else 0
        edits.append((number, _edit(line, name, number, after, scenario.parameters.max_steps)))
    setting = scenario.settings[0]
    for _, together in groupby(edits, lambda numbered: numbered[1].step):
        paths = []
        for number, edit in together:
            try:
                old = setting.value(edit.path)
            except ValueError:
                refuse(
                    name, f"path is {_shown(edit.path)}: there is nothing there that an edit can change", number
                )
            if old != edit.old:
                refuse(name, "old is not what it was: a line before this one is missing or changed", number)
            try:
                setting = setting.placed(edit)
            except ValueError as error:
                refuse(name, f"the edit leads to nothing valid: {error}", number)
            paths.append(edit.path)
        try:
            setting = setting.checked(paths)
        except ValueError as error:
            refuse(name, f"the edit leads to no valid config: {error}", number)
    return replace(scenario, edits=tuple(edit for _, edit in edits))


def _lines(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            refuse(name, f"this line is no JSON: {_LINES}", number)
        if not isinstance(value, dict):
            refuse(name, f"this line is no JSON object: {_LINES}", number)
        yield number, value


def _shown(value: object) -> str:
    return shown(json.dumps(value))


def _config(head: dict[str, Any], name: str) -> Config:
    text, called = head.get("config"), head.get("name")
    if not isinstance(text, str) or not isinstance(called, str):
        refuse(name, "its config or the config's name is missing: save the scenario again")
    try:
        return parse_config(text, called)
    except ConfigError as error:
        refuse(name, f"its config has a problem: {error.problems[0]}")


def _parameters(head: dict[str, Any], name: str) -> Parameters:
    values: dict[str, Any] = {}
    for field, kind in _PARAMETERS.items():
        value = head.get(field)
        if kind is float and type(value) is int:
            value = _float(value)
        if type(value) is not kind:
            refuse(name, f"{field} is {_shown(value)}: it is {_KINDS[kind]}")
        values[field] = value
    try:
        return Parameters(**{**values, "start": _moment(head, "start", name)})
    except ValueError as error:
        refuse(name, str(error))


def _float(value: float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _moment(head: dict[str, Any], field: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(head[field])
    except (TypeError, ValueError):
        refuse(name, f"{field} is {_shown(head[field])}: write a moment such as 2026-03-02 00:00:00")


def _edit(line: dict[str, Any], name: str, number: int, after: int, last: int) -> Edit:
    def wrong(what: str) -> NoReturn:
        refuse(name, what, number)

    step, path, renamed = line.get("step"), line.get("path"), line.get("renamed", {})
    if type(step) is not int or not after <= step <= last:
        wrong(f"step is {_shown(step)}: edits stand in the order of their steps, here {after} to {last}")
    if not isinstance(path, list) or not path or not all(isinstance(part, str) for part in path):
        wrong(f'path is {_shown(path)}: it is a row such as ["pages", "home"]')
    if not isinstance(renamed, dict) or not all(isinstance(page, str) for page in renamed.values()):
        wrong(f"renamed is {_shown(renamed)}: it gives pages their new names")
    old, new = (_value(tuple(path), line.get(which), which, wrong) for which in ("old", "new"))
    return Edit(step, tuple(path), old, new, renamed)


def _value(path: RowPath, value: Any, which: str, wrong: Callable[[str], NoReturn]) -> Value:
    if path[0] == "simulation":
        if type(value) not in (int, float) or _float(value) is None:
            wrong(f"{which} is {_shown(value)}: it is a number")
        number: float = value
        return number
    if path != PAGES:
        return _row(value, which, wrong)
    if not isinstance(value, dict):
        wrong(f"{which} is no set of pages: it gives a row per page")
    return {page: _row(row, which, wrong) for page, row in value.items()}


def _row(row: Any, which: str, wrong: Callable[[str], NoReturn]) -> dict[str, float]:
    if not isinstance(row, dict):
        wrong(f"{which} is no row: it gives a probability per name")
    values = {key: _float(value) if type(value) in (int, float) else None for key, value in row.items()}
    for key, value in values.items():
        if value is None:
            wrong(f"{which} gives {_shown(row[key])} for {shown(key)}: a probability is a number from 0 to 1")
    return {key: value for key, value in values.items() if value is not None}
