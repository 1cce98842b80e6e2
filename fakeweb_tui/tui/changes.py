"""Edits as lines of text: what was changed when, from what to what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fakeweb_tui.config import PAGES, Row, RowPath
from fakeweb_tui.scenario import Edit, Scenario
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.numbers import number_text
from fakeweb_tui.tuning import Workbench

NOTHING = "–"


class Line(NamedTuple):
    """An edit, or one probability of it.

    Attributes:
        when: simulated time.
        what: what was changed.
        old, new: its values.
        path: the row that it is of.
        page: the page that came, went (by the name that it was loaded under) or has another name; "" for none.
    """

    when: str
    what: str
    old: str
    new: str
    path: RowPath
    page: str = ""


class Part(NamedTuple):
    """What an edit changes under one name of a row: from what to what, None where there is no such name.

    Of a page that came, went or was renamed these are its names, and `page` is the one to revert it by.
    """

    path: RowPath
    name: str
    old: float | str | None
    new: float | str | None
    page: str = ""


def journal_lines(bench: Workbench, scenario: Scenario | None) -> list[Line]:
    """Return the edits in force, the newest first; of a scenario that is played those that were obeyed."""
    if not bench.done and scenario is not None:
        when = scenario.parameters.time_of
        return [_line(_moment(when(edit.step)), _title(edit), (edit,)) for edit in reversed(scenario.edits)]
    return [_line(_moment(change.moment), change.title, change.edits) for change in reversed(bench.done)]


def diff_lines(edits: Iterable[Edit]) -> list[Line]:
    """Return each probability, page and number that edits change."""
    return [
        Line("", _place(part.path, part.name), _text(part, part.old), _text(part, part.new), part.path, part.page)
        for edit in edits
        for part in _parts(edit)
    ]


def _line(when: str, title: str, edits: tuple[Edit, ...]) -> Line:
    """The line of a change: the value that it is of stands for those that gave way; of others it says how many."""
    parts = [part for edit in edits for part in _parts(edit)]
    if not parts:
        return Line(when, plain(title), "", "", ())
    part = max(parts, key=_size)
    what, old, new = plain(title) or _place(part.path, part.name), _text(part, part.old), _text(part, part.new)
    if not what.endswith(plain(part.name) or _place(part.path, "")):
        old, new = "", f"{len(parts)} values" if len(parts) > 1 else "1 value"
    return Line(when, what, old, new, part.path)


def _parts(edit: Edit) -> list[Part]:
    """What an edit changes, name by name."""
    old: Any = edit.old
    new: Any = edit.new
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return [Part(edit.path, "", float(old), float(new))]
    if edit.path != PAGES:
        return _changed(edit.path, old, new)
    names = {page: edit.renamed.get(page, page) for page in old}
    first = {present: page for page, present in names.items() if present in new}
    gone = [Part(PAGES, f"page {page}", page, None, page) for page, now in names.items() if now not in new]
    renamed = [Part(PAGES, f"page {now}", page, now, now) for now, page in first.items() if page != now]
    rows = [
        part
        for now, page in first.items()
        for part in _changed(
            ("pages", now), {names.get(name, name): share for name, share in old[page].items()}, new[now]
        )
    ]
    added = [Part(PAGES, f"page {page}", None, page, page) for page in new if page not in first]
    return [*gone, *renamed, *rows, *added]


def _changed(path: RowPath, old: Row, new: Row) -> list[Part]:
    names = dict.fromkeys((*old, *new))
    return [Part(path, name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _size(part: Part) -> float:
    if isinstance(part.old, float) and isinstance(part.new, float):
        return abs(part.new - part.old)
    return float("inf")


def _text(part: Part, value: float | str | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return plain(value)
    return number_text(value) if part.path[:1] == ("simulation",) else f"{value:.4f}"


def _title(edit: Edit) -> str:
    return "" if edit.path != PAGES else "pages"


def _place(path: RowPath, name: str) -> str:
    if path in (PAGES, ()):
        return plain(name)
    row = path[-1] if path[0] == "pages" else path[-1].replace("_", " ")
    return plain(f"{row} → {name}" if name else row)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%d %b %H:%M:%S}" if moment else ""
