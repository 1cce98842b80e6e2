"""Random chains for tests of outcomes and goals."""

import numpy as np
from helpers import site

from fakeweb_tui.config import Config


def random_site(seed: int, pages: int | None = None, row_seed: int | None = None) -> Config:
    """A valid config of some pages, with rows of some targets, in whole thousandths.

    With another `row_seed` the same pages and targets have other probabilities.
    """
    generator = np.random.default_rng(seed)
    weights = np.random.default_rng(seed if row_seed is None else row_seed)
    names = [f"p{number}" for number in range(pages or int(generator.integers(1, 8)))]
    rows = {}
    for place, name in enumerate(names):
        after = names[(place + 1) % len(names)]
        targets = list(
            dict.fromkeys([after, *generator.permutation(names)[: generator.integers(0, 4)], "session_end"])
        )
        rows[name] = _shares(weights, [str(target) for target in targets])
    landing = _shares(weights, [str(name) for name in generator.permutation(names)[: generator.integers(1, 4)]])
    return site(rows, landing)


def _shares(generator: np.random.Generator, names: list[str]) -> dict[str, float]:
    weights = generator.integers(1, 100, len(names))
    units = weights * 1000 // weights.sum()
    units[-1] += 1000 - units.sum()
    return {name: int(unit) / 1000 for name, unit in zip(names, units, strict=True)}
