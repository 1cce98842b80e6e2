"""Adding, renaming and removing names and pages, with the rest of the config kept valid.

Each function returns another config, or raises ValueError that says why there is none. Rows that have to change
become whole billionths (see `rows`).
"""

from collections.abc import Collection, Mapping
from typing import TypeVar

from fakeweb_tui.config import LANDING_PAGES, PAGES, SESSION_END, Config, Row, RowPath
from fakeweb_tui.config.problems import shown
from fakeweb_tui.config.rules import name_problem
from fakeweb_tui.tuning.rows import coupled, in_units

_T = TypeVar("_T")

NEW_PAGE_SHARE = 0.1
"""The share of a row that a new page gets, unless another is given."""

NEW_PAGE_STAYS = 0.5
"""How likely a session stays on a new page for another step; otherwise it ends there, until that is tuned."""


def add_name(config: Config, path: RowPath, name: str, value: float, locked: Collection[str] = ()) -> Config:
    """Add a name to a row: the others give way to its probability, as for a slider.

    A new target of a page, or a new landing page, is a page of the config.
    """
    row = config.row(path)
    if name in row:
        raise ValueError(f"{shown(path[-1])} has {shown(name)} already: choose another name")
    wrong = name_problem(path[0], name, config.page_names)
    if wrong:
        raise ValueError(": ".join(wrong))
    added = coupled(_with_last({**row}, name, 0.0), name, value, locked)
    if value > 0 and added[name] == 0:
        raise ValueError(f"the locks of {shown(path[-1])} leave no room: unlock one of its probabilities")
    return _with_row(config, path, added)


def remove_name(config: Config, path: RowPath, name: str, locked: Collection[str] = ()) -> Config:
    """Remove a name from a row; its probability goes to the others, in their ratios."""
    row = config.row(path)
    if name not in row:
        raise ValueError(f"{shown(path[-1])} has no {shown(name)}")
    if path == ("visits_per_hour",):
        raise ValueError("a day has 24 hours: set the share of the hour to 0 instead")
    if len(row) == 1:
        raise ValueError(f"{shown(name)} is all that {shown(path[-1])} has: add another name first")
    left = coupled(row, name, 0.0, [other for other in locked if other != name])
    if left.pop(name) > 0:
        raise ValueError(f"the locks of {shown(path[-1])} leave no room: unlock one of its probabilities")
    return _with_row(config, path, left)


def rename_name(config: Config, path: RowPath, old: str, new: str) -> Config:
    """Give a name of a category another one: an ad, a campaign, a source, a medium, a system or a browser."""
    row = config.row(path)
    if path[0] in ("pages", "landing_pages"):
        raise ValueError("the names of this row are pages: rename the page")
    if path == ("visits_per_hour",):
        raise ValueError("the hours of a day are 0 to 23")
    if old not in row:
        raise ValueError(f"{shown(path[-1])} has no {shown(old)}")
    if new in row and new != old:
        raise ValueError(f"{shown(path[-1])} has {shown(new)} already: choose another name")
    return _with_row(config, path, _renamed(row, old, new))


def add_page(
    config: Config, page: str, origin: RowPath, value: float = NEW_PAGE_SHARE, locked: Collection[str] = ()
) -> Config:
    """Add a page that one row leads to: that of another page, or `landing_pages`.

    It stands before the goal, which stays the last page. Half of the sessions on it stay for another step, the
    others end, until that is tuned.
    """
    if page in config.pages:
        raise ValueError(f"there is a page {shown(page)} already: choose another name")
    if not 0 < value <= 1:
        raise ValueError(
            f"{value:g} of the sessions would come to page {shown(page)}: give a number above 0, up to 1"
        )
    pages = dict(config.pages)
    goal = pages.pop(config.goal)
    pages[page] = {page: NEW_PAGE_STAYS, SESSION_END: 1 - NEW_PAGE_STAYS}
    pages[config.goal] = goal
    row = coupled(_with_last({**config.row(origin)}, page, 0.0), page, value, locked)
    if row[page] == 0:
        raise ValueError(f"the locks of {shown(origin[-1])} leave no room: unlock one of its probabilities")
    return config.placed(PAGES, pages).placed(origin, row).checked([PAGES])


def rename_page(config: Config, old: str, new: str) -> Config:
    """Give a page another name, in every row."""
    if old not in config.pages:
        raise ValueError(f"there is no page {shown(old)}")
    if new in config.pages and new != old:
        raise ValueError(f"there is a page {shown(new)} already: choose another name")
    pages = {page: _renamed(row, old, new) for page, row in config.pages.items()}
    landing = _renamed(config.landing_pages, old, new)
    return config.placed(PAGES, _renamed(pages, old, new)).placed(LANDING_PAGES, landing).checked([PAGES])


def remove_page(config: Config, page: str) -> Config:
    """Remove a page: whoever would have come to it goes at once where it would have led.

    So every other page is reached as often as before: the chain is the one that is left when the page's visits are
    not looked at (Kemeny and Snell, "Finite Markov Chains", 1960, section 6.1). Sessions that would have landed on
    it and gone no further do not begin: the other landing pages take their part.
    """
    if page not in config.pages:
        raise ValueError(f"there is no page {shown(page)}")
    if len(config.pages) == 1:
        raise ValueError(f"{shown(page)} is the only page: add another one first")
    onward = onward_from(config.pages[page], page)
    pages = {name: _bypassed(row, page, onward) for name, row in config.pages.items() if name != page}
    landing = _bypassed(config.landing_pages, page, onward)
    landing.pop(SESSION_END, None)
    if not any(landing.values()):
        raise ValueError(f"sessions land on {shown(page)} only: let them land on another page first")
    if page in config.landing_pages:
        landing = in_units(landing)
    return config.placed(PAGES, pages).placed(LANDING_PAGES, landing).checked([PAGES])


def onward_from(row: Row, page: str) -> dict[str, float]:
    """Return where sessions go that leave a page, by its row: the shares of other pages and the end."""
    leaving = 1 - row.get(page, 0.0)
    return {target: share / leaving for target, share in row.items() if target != page and share > 0}


def _bypassed(row: Row, page: str, onward: Row) -> dict[str, float]:
    """Return a row whose share of `page` goes where it led."""
    if page not in row:
        return dict(row)
    new = {name: share for name, share in row.items() if name != page}
    if row[page] == 0 and new:
        return new
    for target, share in onward.items():
        if target not in new:
            _with_last(new, target, 0.0)
        new[target] += row[page] * share
    return in_units(new)


def _with_last(row: dict[str, float], name: str, value: float) -> dict[str, float]:
    """Put a new name at the end of a row, but before a session_end that stands there; return the row."""
    ends = next(reversed(row), None) == SESSION_END
    row[name] = value
    if ends and name != SESSION_END:
        row[SESSION_END] = row.pop(SESSION_END)
    return row


def _renamed(named: Mapping[str, _T], old: str, new: str) -> dict[str, _T]:
    return {new if name == old else name: value for name, value in named.items()}


def _with_row(config: Config, path: RowPath, row: Row) -> Config:
    """Return a config with another row, in exactly its order."""
    return config.placed(path, row).checked([path])
