"""What users are, against a config: each user is counted once, however many events there are."""

from collections.abc import Iterator

import numpy as np

from fakeweb_tui.config import CATEGORIES, Config
from fakeweb_tui.reading import Log
from fakeweb_tui.verification.chi_square import Comparison, compare, not_judged


def compare_people(log: Log, config: Config) -> Iterator[Comparison]:
    """Compare each category of users with its section of the config."""
    for section in CATEGORIES:
        if section not in log.categories:
            yield not_judged(section, "users", "no column of the file holds it")
            continue
        names, code = log.categories[section]
        row = config.row((section,))
        known = [*row, *(name for name in names if name not in row)]
        place = np.array([known.index(name) for name in names], np.int64)
        counts = np.bincount(place[code[code >= 0]], minlength=len(known)).astype(np.float64)
        yield compare(section, "users", known, counts, np.array([row.get(name, 0.0) for name in known]))
