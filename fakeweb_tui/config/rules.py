"""What makes a config valid: its sections, names, numbers, sums, and ways through the site."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fakeweb_tui.config.problems import listed, shown

SESSION_END = "session_end"
SIMULATION = "simulation"
PARAMETERS: Mapping[str, float] = MappingProxyType(
    {"sessions_per_day": 10_000.0, "user_pool_size": 10_000, "batch_size": 10.0}
)
"""The parameters of a simulation that a config may give, in its section `simulation`, and their defaults."""
MAX_POOL = 1 << 40
MAX_SESSIONS_PER_STEP = 1 << 20
OPERATING_SYSTEMS = ("Windows", "MacOS", "Linux", "Android", "iOS")
BROWSERS = ("Chrome", "Firefox", "InternetExplorer", "Safari", "Opera")
MAX_PAGES = 1000
HOURS = tuple(str(hour) for hour in range(24))
# A little more than 1e-6, because 1 - 0.999999 is.
_TOLERANCE = 1.000001e-6
_KNOWN = {
    "operating_systems": ("operating system", OPERATING_SYSTEMS),
    "browsers": ("browser", BROWSERS),
    "visits_per_hour": ("hour", HOURS),
}
KEYS = {
    "pages": ("pages",),
    "landing_pages": ("landing_pages",),
    "visits_per_hour": ("visits_per_hour",),
    "operating_systems": ("operating_systems",),
    "browsers": ("browsers",),
    "sources": ("utm_sources", "marketing_sources"),
    "mediums": ("utm_mediums", "marketing_mediums"),
    "campaigns": ("campaigns",),
    "ads": ("ads",),
}
MOST_CANDIDATES = 200


class StructureProblems(NamedTuple):
    """Pages that no session can reach, and pages from which no session can end, in the order given."""

    unreachable: tuple[str, ...]
    endless: tuple[str, ...]


def normalised(row: Mapping[str, float]) -> dict[str, float]:
    """Return the row divided by its sum (math.fsum), unless that is 1 already; the result's is exactly 1.

    The row's values must not be negative and their sum must be positive.
    """
    total = math.fsum(row.values())
    if total == 1.0:
        return dict(row)
    shares = {name: value / total for name, value in row.items()}
    # Division can miss 1 by an ulp. Then a file written from this row would be normalised again and give
    # other values on reading; so the largest share, where it matters least, takes up what is left over.
    left = math.fsum([1.0, *(-share for share in shares.values())])
    shares[max(shares, key=shares.__getitem__)] += left
    return shares


def _positive(row: Mapping[str, float]) -> Iterator[str]:
    return (name for name, probability in row.items() if probability > 0)


def _not_reached(
    pages: Iterable[str], starts: Iterable[str], leads: Callable[[str], Iterable[str]]
) -> tuple[str, ...]:
    """Return the pages to which nothing leads from the starts, in their order."""
    missing, waiting = dict.fromkeys(pages), list(starts)
    for start in waiting:
        missing.pop(start, None)
    while missing and waiting:
        for target in leads(waiting.pop()):
            if target in missing:
                del missing[target]
                waiting.append(target)
    return tuple(missing)


def structure_problems(
    pages: Mapping[str, Mapping[str, float]], landing_pages: Mapping[str, float]
) -> StructureProblems:
    """Return which pages no session can reach, and from which pages no session can end.

    Only positive probabilities count. Takes time in proportion to the number of probabilities, at most: where
    every page can end a session itself, only so many are looked at as it takes to have seen all pages.
    """
    unreachable = _not_reached(pages, _positive(landing_pages), lambda page: _positive(pages.get(page, {})))
    at_once = [page for page, row in pages.items() if row.get(SESSION_END, 0.0) > 0]
    comes: dict[str, list[str]] = {}
    for page in pages.keys() - set(at_once):
        for target in _positive(pages[page]):
            comes.setdefault(target, []).append(page)
    endless = _not_reached(pages, at_once, lambda page: comes.get(page, ()))
    return StructureProblems(unreachable, endless)


def structure_messages(
    pages: Mapping[str, Mapping[str, float]], landing_pages: Mapping[str, float]
) -> list[tuple[str, str]]:
    """Return (page, what is wrong and what would be right) for each structure problem."""
    found = structure_problems(pages, landing_pages)
    unreachable = "give it a positive probability in landing_pages or on a page that sessions reach"
    endless = "give session_end a positive probability, on this page or on one that it leads to"
    return [
        *((page, f"no session can reach page {shown(page)}: {unreachable}") for page in found.unreachable),
        *((page, f"no session can end from page {shown(page)}: {endless}") for page in found.endless),
    ]


def most_similar(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that `name` is most like, if any is."""
    if len(name) > 100:
        return None
    by_folded = {known.casefold(): known for known in names if len(known) <= 100}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def text_problem(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the text of a name, and what is right."""
    if not name:
        return "a name is empty", "give it at least one character"
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"the name {shown(name)} holds half a character (a lone surrogate)", "write the whole character"
    return None


def name_problem(section: str, name: str, pages: Collection[str] | None) -> tuple[str, str] | None:
    """Return what is wrong with a name in a row, and what is right; `pages` is None if they are not known."""
    wrong = text_problem(name)
    if wrong:
        return wrong
    if name == SESSION_END and section == "landing_pages":
        return "no session can land on session_end, which is the end of a session", "name a page"
    what, known = _KNOWN.get(section, ("page", pages if section in ("pages", "landing_pages") else None))
    if known is None or name in known or (name == SESSION_END and section == "pages"):
        return None
    plural = "pages with a row of their own" if what == "page" else f"{what}s"
    return f"unknown {what} {shown(name)}", f"the {plural} are {listed(known)}"


def meant_name(section: str, name: str, pages: Collection[str] | None, taken: Collection[str]) -> str | None:
    """Return the name that an unknown one was probably meant to be: one that its row does not have yet."""
    candidates = {
        "pages": (*(pages or ()), SESSION_END),
        "landing_pages": pages or (),
        "operating_systems": OPERATING_SYSTEMS,
        "browsers": BROWSERS,
    }.get(section, ())
    if len(candidates) > MOST_CANDIDATES:
        return None
    return most_similar(name, [candidate for candidate in candidates if candidate not in taken])


def number_problem(value: float, text: str) -> str | None:
    """Return what is wrong with a probability that is written as `text`."""
    if 0 <= value <= 1:
        return None
    if math.isfinite(value):
        wrong = "negative" if value < 0 else "more than 1"
    else:
        wrong = "not a number" if math.isnan(value) else "infinite"
    return f"{shown(text)} is {wrong}: a probability is a number from 0 to 1"


def sum_problem(label: str, row: Mapping[str, float]) -> str | None:
    """Return what is wrong with the sum of a row that is called `label`."""
    total = math.fsum(row.values())
    if abs(total - 1) <= _TOLERANCE:
        return None
    over = f"{abs(total - 1):.6g} {'missing' if total < 1 else 'too much'}"
    return f"{shown(label)} sums to {total:.10g}: the probabilities of a row sum to 1 ({over})"


def hours_problem(names: Collection[str]) -> str | None:
    """Return which hours are missing."""
    missing = [hour for hour in HOURS if hour not in names]
    if not missing:
        return None
    which = f"hour {missing[0]} is" if len(missing) == 1 else f"hours {', '.join(missing)} are"
    return f"{which} missing: each hour from 0 to 23 has its share, 0 if nobody comes"


def row_problems(section: str, label: str, row: Mapping[str, Any], pages: Collection[str]) -> list[str]:
    """Return what is wrong with a row that does not come from a file."""
    wrong_names = [name_problem(section, name, pages) for name in row]
    wrong = [": ".join(parts) if parts else None for parts in wrong_names]
    for name, value in row.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            wrong.append(f"{shown(repr(value))} for {shown(name)} is no number: write a number from 0 to 1")
        else:
            wrong.append(number_problem(float(value), f"{name}: {value}"))
    if section == "visits_per_hour":
        wrong.append(hours_problem(row))
    found = [text for text in wrong if text]
    return found or [text for text in [sum_problem(label, row)] if text]


def pages_problems(pages: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with the names and the number of pages that do not come from a file."""
    if not pages:
        return ["no pages: a site has at least one"]
    if len(pages) > MAX_PAGES:
        return [f"{len(pages):,} pages: a site has at most {MAX_PAGES:,}"]
    wrong = [": ".join(problem) for problem in map(text_problem, pages) if problem]
    if SESSION_END in pages:
        wrong.append("session_end is the end of a session, not a page: choose another name")
    return wrong


def parameter_problem(name: str, value: float, batch_size: float) -> str | None:
    """Return what is wrong with one of `PARAMETERS`, where steps are `batch_size` seconds long."""
    if name == "user_pool_size":
        if not math.isfinite(value) or value != int(value):
            return f"the user pool size is {value}: it is a whole number"
        return None if 1 <= value <= MAX_POOL else f"the user pool size is {value}: it is 1 to {MAX_POOL:,}"
    if name == "batch_size":
        right = 0.1 <= value <= 3600
        return None if right else f"the batch size is {value}: it is 0.1 to 3600 simulated seconds"
    highest = MAX_SESSIONS_PER_STEP * 3600 / batch_size
    if 0 <= value <= highest:
        return None
    return f"there are {value} sessions per day: at a batch size of {batch_size} there can be 0 to {highest:,.0f}"
