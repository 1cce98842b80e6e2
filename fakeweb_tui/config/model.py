"""What a config file says, as a frozen value.

Words: a *section* is a top-level key of the file that is ours. A *row* is one set of probabilities that
sums to 1: the row of a page, or a whole section other than `pages` and `simulation`. The *path* of a row is
("pages", page) or (section,), with the sections named as the fields of Config are; ("pages",) is the path of
all pages with their rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from fakeweb_tui.config.document import Document
from fakeweb_tui.config.rules import HOURS, KEYS, normalised, pages_problems, row_problems, structure_messages
from fakeweb_tui.schema import SCHEMAS, Field

RowPath = tuple[str, ...]
Row = Mapping[str, float]
PAGES: RowPath = ("pages",)
"""The path of all pages with their rows."""
LANDING_PAGES: RowPath = ("landing_pages",)
CATEGORIES = ("operating_systems", "browsers", "sources", "mediums", "campaigns", "ads")
"""The sections that a user has one name of each."""


@dataclass(frozen=True, eq=False)
class Config:
    """The probabilities of a site. Immutable, hashable, and safe to send to another process.

    `parse_config`, `load_config` and `with_row` make valid ones; the constructor copies what it is given
    and checks nothing. Two configs are equal if they say the same in the same order, whatever text they
    were read from.

    Attributes:
        pages: for each page, in the order of the file, the probability per target (a page or session_end).
        landing_pages: probability per page that a session starts there.
        visits_per_hour: 24 shares of the day's sessions that start in the hour.
        operating_systems, browsers, sources, mediums, campaigns, ads: probability per name.
        document: the text that it was read from, or descends from.
        simulation: parameters of a simulation that the file gives, by name: `sessions_per_day`,
            `user_pool_size`, `batch_size`.
        schema: the fields that the file gives to exported events; None where it says nothing of them.
        as_read: whether this is what the document says, known without reading it again.
    """

    pages: Mapping[str, Mapping[str, float]]
    landing_pages: Mapping[str, float]
    visits_per_hour: tuple[float, ...]
    operating_systems: Mapping[str, float]
    browsers: Mapping[str, float]
    sources: Mapping[str, float]
    mediums: Mapping[str, float]
    campaigns: Mapping[str, float]
    ads: Mapping[str, float]
    document: Document = field(repr=False)
    simulation: Mapping[str, float] = field(default_factory=dict)
    schema: tuple[Field, ...] | None = None
    as_read: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        for part in fields(self):
            object.__setattr__(self, part.name, _frozen(getattr(self, part.name)))

    def __getstate__(self) -> dict[str, Any]:
        return {part.name: _thawed(getattr(self, part.name)) for part in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, _frozen(value))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Config):
            return NotImplemented
        if self.paths != other.paths or (self.simulation, self.schema) != (other.simulation, other.schema):
            return False
        # Configs of which one was made of the other share most of their rows.
        rows = ((self.row(path), other.row(path)) for path in self.paths)
        return all(one is another or tuple(one.items()) == tuple(another.items()) for one, another in rows)

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[object, ...]:
        pages = tuple((page, tuple(row.items())) for page, row in self.pages.items())
        sections = tuple(tuple(self.row((section,)).items()) for section in KEYS if section != "pages")
        return pages, sections, tuple(sorted(self.simulation.items())), self.schema

    @property
    def page_names(self) -> tuple[str, ...]:
        """The pages, in the order of the file."""
        return tuple(self.pages)

    @property
    def goal(self) -> str:
        """The page that sessions are meant to get to: the last one of the file."""
        return self.page_names[-1]

    @property
    def event_fields(self) -> tuple[Field, ...]:
        """The fields of exported events: those that the file gives, or those of the schema `web`."""
        return self.schema or SCHEMAS["web"]

    @property
    def paths(self) -> tuple[RowPath, ...]:
        """The path of every row: one per page, then one per section."""
        sections = tuple((section,) for section in KEYS if section != "pages")
        return tuple(("pages", page) for page in self.pages) + sections

    def row(self, path: RowPath) -> Mapping[str, float]:
        """Return the row at a path; the hours are named "0" to "23". Raises ValueError for no such path."""
        if path == ("visits_per_hour",):
            return dict(zip(HOURS, self.visits_per_hour, strict=True))
        if len(path) == 2 and path[0] == "pages" and path[1] in self.pages:
            return self.pages[path[1]]
        if len(path) == 1 and path[0] in KEYS and path[0] != "pages":
            row: Mapping[str, float] = getattr(self, path[0])
            return row
        msg = f"a config has no row {path!r}"
        raise ValueError(msg)

    def with_row(self, path: RowPath, row: Mapping[str, float]) -> Config:
        """Return a config with another row, checked and normalised as on loading.

        Names that the row had keep their order, new ones follow. Raises ValueError, one line per problem.
        """
        return self.with_rows({path: row})

    def with_rows(self, rows: Mapping[RowPath, Mapping[str, float]]) -> Config:
        """Return a config with other rows, each as by `with_row`; it is judged when all of them are in place."""
        changed = self
        for path, row in rows.items():
            changed = changed.placed(path, _in_order(row, self.row(path)))
        return changed.checked(rows)

    def placed(self, path: RowPath, value: Mapping[str, Any]) -> Config:
        """Return a config with a row, or (at `PAGES`) all pages with their rows, in exactly this order, unchecked.

        Of several that are valid only together, each is placed, and then `checked` judges the outcome. Raises
        ValueError for no such path.
        """
        if path == ("visits_per_hour",):
            hours = _valid(path, value, ())
            return self._with("visits_per_hour", tuple(hours[hour] for hour in HOURS))
        frozen = _frozen(value)
        if path == PAGES:
            return self._with("pages", frozen)
        self.row(path)  # there has to be one
        if path[0] == "pages":
            return self._with("pages", MappingProxyType({**self.pages, path[1]: frozen}))
        return self._with(path[0], frozen)

    def _with(self, part: str, frozen: Any) -> Config:
        """Return a config with another part; the rest is shared with this one, since copies of all rows, made for
        each row that is placed, would take time by the square of the pages."""
        changed = object.__new__(Config)
        vars(changed).update(vars(self), **{part: frozen, "as_read": False})
        return changed

    def checked(self, paths: Iterable[RowPath]) -> Config:
        """Return a config whose rows at these paths are checked and normalised as on loading.

        Raises ValueError, one line per problem.
        """
        paths = tuple(dict.fromkeys(paths))
        if PAGES in paths:
            wrong = pages_problems(self.pages)
            if wrong:
                raise ValueError("\n".join(wrong))
            paths = tuple(path for path in self.paths if path[0] in ("pages", "landing_pages") or path in paths)
        changed = self
        for path in paths:
            changed = changed.placed(path, _valid(path, self.row(path), self.pages))
        if any(path[0] in ("pages", "landing_pages") for path in paths):
            wrong = [text for _, text in structure_messages(changed.pages, changed.landing_pages)]
            if wrong:
                raise ValueError("\n".join(wrong))
        return changed

    def with_simulation(self, parameters: Mapping[str, float]) -> Config:
        """Return a config whose file gives these parameters of a simulation."""
        return replace(self, simulation=dict(parameters))


def origins(old: tuple[str, ...], new: tuple[str, ...]) -> Mapping[str, str]:
    """Return the old name of each name that is not new: itself, or one that is gone from the same place."""
    origin = {name: name for name in new if name in set(old)}
    if len(old) == len(new):
        gone = set(old) - set(new)
        origin |= {
            name: before for before, name in zip(old, new, strict=True) if before in gone and name not in origin
        }
    return {name: origin[name] for name in new if name in origin}


def _valid(path: RowPath, row: Mapping[str, Any], pages: Collection[str]) -> dict[str, float]:
    """Return a row as floats whose sum is exactly 1; ValueError, one line per problem, where that is not meant."""
    wrong = row_problems(path[0], path[-1], row, pages)
    if wrong:
        raise ValueError("\n".join(wrong))
    return normalised({name: float(value) + 0.0 for name, value in row.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, (dict, MappingProxyType)):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return {key: _thawed(item) for key, item in value.items()}
    return value


def _in_order(row: Mapping[str, float], like: Mapping[str, float]) -> dict[str, float]:
    names = [*(name for name in like if name in row), *(name for name in row if name not in like)]
    return {name: row[name] for name in names}
