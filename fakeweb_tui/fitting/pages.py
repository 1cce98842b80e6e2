"""The pages of a log, as many of them as a config is to have, under names that a config can have."""

from dataclasses import replace

import numpy as np

from fakeweb_tui.config import SESSION_END
from fakeweb_tui.config.problems import shown
from fakeweb_tui.reading import Log

REST = "other"
_EMPTY = "unnamed"


def with_fewer_pages(log: Log, most: int) -> tuple[Log, list[str]]:
    """Return a log of at most so many pages and one for the rest, and what was done for that."""
    counts = np.bincount(log.page, minlength=len(log.page_names))
    ranked = np.argsort(-counts, kind="stable")
    kept = ranked[:most] if len(ranked) > most + 1 else ranked
    names: list[str] = []
    remarks = []
    for place in kept:
        name = log.page_names[place]
        if not name or name == SESSION_END:
            new = _free(_EMPTY if not name else f"{name} page", log.page_names)
            remarks.append(f"the page {shown(name)} is called {shown(new)}: a config has no page of that name")
            name = new
        names.append(name)
    codes = np.full(len(ranked), len(kept), np.int32)
    codes[kept] = np.arange(len(kept))
    if len(kept) < len(ranked):
        rest = int(counts.sum() - counts[kept].sum())
        name = _free(REST, names)
        names.append(name)
        remarks.append(
            f"the {len(kept):,} most frequent of {len(ranked):,} pages are kept; the others, {rest:,} events "
            f"({rest / counts.sum():.1%}), are one page, {shown(name)}"
        )
    return replace(log, page=codes[log.page], page_names=tuple(names)), remarks


def _free(name: str, taken: "tuple[str, ...] | list[str]") -> str:
    """Return a name that is not taken."""
    while name in taken:
        name = f"{name} pages"
    return name
