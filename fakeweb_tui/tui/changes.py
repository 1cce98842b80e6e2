"""Edits as lines of text: what was changed when, from what to what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fakeweb_tui.config import Row, RowPath
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
    """

    when: str
    what: str
    old: str
    new: str
    path: RowPath


def journal_lines(bench: Workbench, scenario: Scenario | None) -> list[Line]:
    """Return the edits in force, the newest first; of a scenario that is played those that were obeyed."""
    if not bench.done and scenario is not None:
        when = scenario.parameters.time_of
        return [_line(_moment(when(edit.step)), _title(edit), (edit,)) for edit in reversed(scenario.edits)]
    return [_line(_moment(change.moment), change.title, change.edits) for change in reversed(bench.done)]


def diff_lines(edits: Iterable[Edit]) -> list[Line]:
    """Return each probability, page and number that edits change."""
    lines = []
    for edit in edits:
        for name, old, new in _parts(edit):
            lines.append(Line("", _place(edit.path, name), _text(old), _text(new), edit.path))
    return lines


def _line(when: str, title: str, edits: tuple[Edit, ...]) -> Line:
    """The line of a change: the value that it changes most stands for those that gave way."""
    parts = [(edit, *part) for edit in edits for part in _parts(edit)]
    if not parts:
        return Line(when, plain(title), "", "", ())
    edit, name, old, new = max(parts, key=lambda part: _size(part[2], part[3]))
    return Line(when, plain(title) or _place(edit.path, name), _text(old), _text(new), edit.path)


def _parts(edit: Edit) -> list[tuple[str, float | None, float | None]]:
    """What an edit changes, name by name; None where there is no such name."""
    old: Any = edit.old
    new: Any = edit.new
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return [("", float(old), float(new))]
    if edit.path == ("pages",):
        back = {after: before for before, after in edit.renamed.items()}
        pages = [(page, back.get(page, page)) for page in new]
        rows = [
            (f"{page} → {name}", before, after)
            for page, first in pages
            for name, before, after in _changed(old.get(first, {}), new[page])
        ]
        gone = [(page, 1.0, None) for page in old if page not in new and page not in edit.renamed]
        return [*gone, *rows]
    return _changed(old, new)


def _changed(old: Row, new: Row) -> list[tuple[str, float | None, float | None]]:
    names = dict.fromkeys((*old, *new))
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _size(old: float | None, new: float | None) -> float:
    if old is None or new is None:
        return float("inf")
    return abs(new - old)


def _text(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:.4f}" if value <= 1 else number_text(value)


def _title(edit: Edit) -> str:
    return "" if edit.path != ("pages",) else "pages"


def _place(path: RowPath, name: str) -> str:
    if path in (("pages",), ()):
        return plain(name)
    row = path[-1].replace("_", " ") if path[0] in ("simulation", "landing_pages", "visits_per_hour") else path[-1]
    return plain(f"{row} → {name}" if name else row)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%d %b %H:%M:%S}" if moment else ""
