"""What can be opened: sites that come along, and files of configs, scenarios and events."""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fakeweb_tui.config import PARAMETERS, Config, load_config, load_site, site_names
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.scenario_file import load_scenario
from fakeweb_tui.simulation import EPOCH, Parameters
from fakeweb_tui.terminal_text import plain


class Kind(StrEnum):
    """What an entry of the list is, by the word that stands beside it."""

    VARIANT = "here"
    SITE = "site"
    FOLDER = "folder"
    CONFIG = "config"
    SCENARIO = "scenario"
    EVENTS = "events"


class Entry(NamedTuple):
    """Something to open: `name` is what is typed to get it."""

    kind: Kind
    name: str
    about: str = ""


class Opened(NamedTuple):
    """What was opened; events are not read yet, and have no content."""

    entry: Entry
    content: Config | Scenario | None


_CONFIGS = (".yml", ".yaml")
_EVENTS = re.compile(r"\.(jsonl|ndjson|json|csv|tsv|parquet|arrow|arrows)(\.(gz|zst|bz2|lz4))?$", re.IGNORECASE)
_SCENARIO_HEAD = re.compile(rb'\s*\{\s*"scenario"\s*:')
_MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\x04\x22\x4d\x18", b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")
_ABOUT_DEFAULT = "The shop of fake_web_events: two products, a cart and a payment"
_MOST_FILES = 300
"""Of a folder's files that fit what is typed, so many are listed."""


def path_of(text: str) -> Path:
    """Return the path that was typed; ValueError where it is of a user who is not there."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"{plain(text)}: there is no such user") from None


def kind_of(path: Path) -> Kind:
    """Return what a path leads to, by its name and its first bytes; a config where these tell nothing."""
    if path.is_dir():
        return Kind.FOLDER
    if path.suffix.lower() in _CONFIGS or not path.is_file():
        return Kind.CONFIG
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        head = b""
    if _SCENARIO_HEAD.match(head):
        return Kind.SCENARIO
    is_events = _EVENTS.search(path.name) or head.startswith(_MAGIC) or head.lstrip().startswith(b"{")
    return Kind.EVENTS if is_events else Kind.CONFIG


def entries(text: str, fixed: Collection[Entry], kinds: Collection[Kind]) -> list[Entry]:
    """Return what could be meant: of the fixed entries and the files, names before descriptions."""
    word = text.strip().lower()
    named = [entry for entry in fixed if word in entry.name.lower()]
    described = [entry for entry in fixed if word in entry.about.lower() and entry not in named]
    return named + files(text, kinds) + described


def files(text: str, kinds: Collection[Kind]) -> list[Entry]:
    """Return the folders and the files of these kinds that what was typed could become, folders first."""
    typed, start = os.path.split(text)
    found = []
    try:
        with os.scandir(path_of(typed or ".")) as there:
            for file in there:
                hidden = file.name.startswith(".") and not start.startswith(".")
                if not hidden and file.name.lower().startswith(start.lower()) and _usual(file):
                    found.append(file)
    except (OSError, ValueError):
        return []
    found.sort(key=lambda file: (not _is_folder(file), file.name.lower()))
    return list(_entries(found[:_MOST_FILES], typed, kinds))


def _usual(file: os.DirEntry[str]) -> bool:
    """Whether a file can be one to open, by its name."""
    return (
        _is_folder(file) or file.name.lower().endswith((*_CONFIGS, ".scenario")) or bool(_EVENTS.search(file.name))
    )


def _is_folder(file: os.DirEntry[str]) -> bool:
    try:
        return file.is_dir()
    except OSError:
        return False


def _entries(found: list[os.DirEntry[str]], typed: str, kinds: Collection[Kind]) -> Iterator[Entry]:
    before = f"{typed.rstrip('/')}/" if typed else ""
    for file in found:
        kind = kind_of(Path(file.path))
        if kind in kinds or kind is Kind.FOLDER:
            yield Entry(kind, f"{before}{file.name}{'/' if kind is Kind.FOLDER else ''}")


@cache
def sites() -> tuple[Entry, ...]:
    """Return the sites that come along, each with a line about it and the conversion that it predicts.

    Reads them all: a fifth of a second.
    """
    return tuple(Entry(Kind.SITE, name, _about(load_site(name))) for name in site_names())


def _about(config: Config) -> str:
    """Return the first sentence of a config's first comment, after the conversion that it predicts."""
    comment = re.match(r"(?:#.*\n)+", config.document.text)
    words = " ".join(line.lstrip("# ") for line in comment[0].splitlines()) if comment else _ABOUT_DEFAULT
    conversion = Forecast(config, Parameters(seed=0, start=EPOCH)).conversion
    return f"{conversion:6.1%} convert · {words.split('. ')[0].rstrip('.')}"


def load(entry: Entry) -> Opened:
    """Open a site, a config or a scenario; ConfigError or ValueError where that cannot be used."""
    if entry.kind is Kind.SITE:
        return Opened(entry, load_site(entry.name))
    if entry.kind is Kind.CONFIG:
        return Opened(entry, load_config(path_of(entry.name)))
    if entry.kind is Kind.SCENARIO:
        return Opened(entry, load_scenario(path_of(entry.name)))
    return Opened(entry, None)


def parameters_for(config: Config, given: Parameters) -> Parameters:
    """Return the parameters that hold for a config that is opened where these were given.

    What the file says in its section `simulation` goes before them; seed and start stay.
    """
    own = {
        name: type(default)(config.simulation.get(name, getattr(given, name)))
        for name, default in PARAMETERS.items()
    }
    return replace(given, **own)  # type: ignore[arg-type]
