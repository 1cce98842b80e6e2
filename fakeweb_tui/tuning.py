"""Editing probabilities: what the others of a row do when one of them moves."""

from collections.abc import Mapping
from dataclasses import dataclass

from fakeweb_tui.config import Config

UNITS = 10**9
"""Edited rows are whole numbers of billionths, so that the decimals that are saved add up to 1 exactly."""

SMALLEST = 0.001
"""What a probability is held at where none at all would cut a page off, or leave a session no way to end."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Tuned:
    """The outcome of an edit: the config, the value that the probability took, and why not the one asked for."""

    config: Config
    value: float
    reason: str = ""


def coupled(row: Mapping[str, float], name: str, value: float) -> dict[str, float]:
    """Return `row` with one probability set and the others scaled so that all sum to 1.

    The others keep their ratios; where they are all 0 they share equally. Every value is a whole number of
    billionths and these add up to exactly 1. A row's only probability stays 1.

    Args:
        row: probabilities that sum to 1.
        name: which one to set.
        value: 0 to 1.
    """
    others = [other for other in row if other != name]
    if not others:
        return {name: 1.0}
    chosen = round(value * UNITS)
    rest = UNITS - chosen
    total = sum(row[other] for other in others)
    exact = [rest * (row[other] / total if total else 1 / len(others)) for other in others]
    units = dict(zip(others, map(int, exact), strict=True))
    # The billionths lost in rounding down go to those that lost most.
    lost = sorted(zip(exact, others, strict=True), key=lambda pair: int(pair[0]) - pair[0])
    for _, other in lost[: rest - sum(units.values())]:
        units[other] += 1
    units[name] = chosen
    return {target: units[target] / UNITS for target in row}


def tune(config: Config, path: Path, name: str, value: float, origin: Mapping[str, float]) -> Tuned:
    """Set one probability of the row at `path` and let the others of that row give way.

    Args:
        config: what to change.
        path: the row, as in the file: ("pages", "home") or ("landing_pages",).
        name: which probability of the row.
        value: 0 to 1.
        origin: the row when the gesture began, whose ratios the others keep.

    Returns:
        The new config. Where 0 or 1 would leave a page that no one can reach, or a session that cannot end,
        the value stops just short of it; where that does not help, the config is returned as it was.
    """
    reason = ""
    for attempt in (value, min(max(value, SMALLEST), 1 - SMALLEST)):
        row = coupled(origin, name, attempt)
        try:
            return Tuned(config.with_row(path, row), row[name], reason)
        except ValueError as error:
            reason = str(error)
    return Tuned(config, config.row(path)[name], reason)
