"""Putting rows and pages back to what was loaded, while other pages came, went or got another name.

`names` are the pages of the loaded config that are still there: the present name by the loaded one. Each function
returns another config, or raises ValueError that says why there is none.
"""

from collections.abc import Mapping
from contextlib import suppress

from fakeweb_tui.config import LANDING_PAGES, PAGES, SESSION_END, Config, Row
from fakeweb_tui.tuning.rows import UNITS, in_units, spread
from fakeweb_tui.tuning.structure import onward_from, remove_page

# Scaled and scaled back, a probability is off by a billionth or two.
_ROUNDING = 3 / UNITS


def carried(loaded: Config, names: Mapping[str, str]) -> Config:
    """Return the loaded config without the pages that are gone, as by removing them, and with today's names."""
    for page in loaded.pages:
        if page not in names:
            loaded = remove_page(loaded, page)
    pages = {names[page]: _named(row, names) for page, row in loaded.pages.items()}
    landing = _named(loaded.landing_pages, names)
    return loaded.placed(PAGES, pages).placed(LANDING_PAGES, landing).checked([PAGES])


def without_page(config: Config, loaded: Config, page: str, names: Mapping[str, str]) -> Config:
    """Take a page that was added away again: rows that lead to it give its share back, in their ratios.

    Where that leaves a page that no one can reach, or a session that cannot end, they lead where it did.
    """
    before = carried(loaded, names)
    pages = {name: _given_back(row, page) for name, row in config.pages.items() if name != page}
    rows = {name: _settled(row, before.pages.get(name)) for name, row in pages.items() if row}
    landing = _given_back(config.landing_pages, page)
    if landing and len(rows) == len(pages):
        landing = _settled(landing, before.landing_pages)
        with suppress(ValueError):
            return config.placed(PAGES, rows).placed(LANDING_PAGES, landing).checked([PAGES])
    return remove_page(config, page)


def with_page(config: Config, loaded: Config, page: str, names: Mapping[str, str]) -> Config:
    """Bring a loaded page back that was removed: with its row, in its place, and with its arrivals.

    When it went, the rows that led to it got what it led to; that is taken from them again, as far as they still
    have it.
    """
    before = carried(loaded, {**names, page: page})
    onward = onward_from(before.pages[page], page)
    origins = {present: name for name, present in names.items()}
    pages = {
        name: _led_back(row, before.pages[name], page, onward) if name in origins else dict(row)
        for name, row in config.pages.items()
    }
    order = list(pages)
    follower = next((name for name in _after(before, page) if name in pages), None)
    order.insert(order.index(follower) if follower else len(order), page)
    pages[page] = dict(before.pages[page])
    # Sessions that land on it and go no further did not begin meanwhile.
    lost = before.landing_pages.get(page, 0.0) * onward.get(SESSION_END, 0.0)
    landing = {name: share * (1 - lost) for name, share in config.landing_pages.items()}
    landing = _led_back(landing, before.landing_pages, page, onward)
    placed = config.placed(PAGES, {name: pages[name] for name in order}).placed(LANDING_PAGES, landing)
    return placed.checked([PAGES])


def _named(row: Row, names: Mapping[str, str]) -> dict[str, float]:
    return {names.get(name, name): share for name, share in row.items()}


def _after(config: Config, page: str) -> tuple[str, ...]:
    return config.page_names[config.page_names.index(page) + 1 :]


def _given_back(row: Row, page: str) -> dict[str, float]:
    """The row without a page, whose share the others take; empty where there are none."""
    left = {name: share for name, share in row.items() if name != page}
    return left if len(left) == len(row) else in_units(left) if any(left.values()) else {}


def _led_back(row: Row, before: Row, page: str, onward: Row) -> dict[str, float]:
    """The row with the share that a page had of it, taken from where the page leads."""
    share = before.get(page, 0.0)
    if page not in before:
        return dict(row)
    left = {name: max(0.0, value - share * onward.get(name, 0.0)) for name, value in row.items()}
    # What only came with what the page led to, goes with it.
    left = {name: value for name, value in left.items() if value > _ROUNDING or name in before}
    if not any(left.values()):
        left = dict(row)
    units = spread(left, UNITS - round(share * UNITS))
    new = {**{name: count / UNITS for name, count in units.items()}, page: share}
    return _settled(new, before)


def _settled(row: Row, before: Row | None) -> dict[str, float]:
    """The row, in the order it had; the loaded one where only rounding sets them apart."""
    if before is None:
        return dict(row)
    if row.keys() == before.keys() and all(abs(row[name] - before[name]) <= _ROUNDING for name in row):
        return dict(before)
    order = [*(name for name in before if name in row), *(name for name in row if name not in before)]
    if SESSION_END in order and order[-1] != SESSION_END and SESSION_END in before:
        order.remove(SESSION_END)
        order.append(SESSION_END)
    return {name: row[name] for name in order}
