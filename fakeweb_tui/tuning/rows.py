"""Editing probabilities: what the others of a row do when one of them moves."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.config.problems import shown

UNITS = 10**9
"""Edited rows are whole numbers of billionths, so that the decimals that are saved add up to 1 exactly."""

SMALLEST = 0.001
"""What a probability is held at where none at all would cut a page off, or leave a session no way to end."""


@dataclass(frozen=True)
class Tuned:
    """The outcome of an edit: the config, the value that the probability took, and why not the one asked for."""

    config: Config
    value: float
    reason: str = ""


def coupled(row: Mapping[str, float], name: str, value: float, locked: Collection[str] = ()) -> dict[str, float]:
    """Return `row` with one probability set and the others scaled so that all sum to 1.

    The others keep their ratios; where they are all 0 they share equally. Locked ones stay exactly what they
    are, and the value goes no further than they leave room. Every other value is a whole number of billionths
    (to within what the locked ones leave over), and all add up to 1. Where no other one is free to give way, the
    row stays as it is.

    Args:
        row: probabilities that sum to 1.
        name: which one to set.
        value: 0 to 1.
        locked: names of the row that stay; `name` is none of them.
    """
    others = [other for other in row if other != name and other not in locked]
    if not others:
        return dict(row)
    held = [other for other in row if other != name and other in locked]
    room = _room(row, held)
    chosen = min(round(value * UNITS), room)
    units = spread({other: row[other] for other in others}, room - chosen)
    return _filled(row, {name: chosen, **units}, others)


def divided(
    row: Mapping[str, float], weights: Mapping[str, float], locked: Collection[str] = ()
) -> dict[str, float]:
    """Return `row` with what locked ones leave divided in the ratio of the weights, as by `coupled`.

    Args:
        row: probabilities that sum to 1.
        weights: for each name of the row that is not locked, none negative.
        locked: names of the row that stay.
    """
    free = [name for name in row if name not in locked]
    if not free:
        return dict(row)
    room = _room(row, [name for name in row if name in locked])
    return _filled(row, spread({name: weights[name] for name in free}, room), free)


def _filled(row: Mapping[str, float], units: Mapping[str, int], free: list[str]) -> dict[str, float]:
    """Return the row with some of it set, in billionths.

    Where others are held, the largest of the free takes what is left over, so that the sum is exactly 1 and
    normalising does not touch them.
    """
    new = {**row, **{name: count / UNITS for name, count in units.items()}}
    if len(units) < len(row):
        largest = max(free, key=new.__getitem__)
        new[largest] = max(0.0, new[largest] + math.fsum([1.0, *(-share for share in new.values())]))
    return new


def spread(weights: Mapping[str, float], units: int) -> dict[str, int]:
    """Return so many units divided in the ratio of the weights; equally where these are all 0."""
    total = sum(weights.values())
    exact = {name: units * (weight / total if total else 1 / len(weights)) for name, weight in weights.items()}
    whole = {name: int(share) for name, share in exact.items()}
    # The units lost in rounding down go to those that lost most.
    lost = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in lost[: units - sum(whole.values())]:
        whole[name] += 1
    return whole


def in_units(row: Mapping[str, float]) -> dict[str, float]:
    """Return a row, or weights in its ratios, as whole numbers of billionths that add up to exactly 1."""
    return {name: units / UNITS for name, units in spread(row, UNITS).items()}


def _is_whole(share: float) -> bool:
    return round(share * UNITS) / UNITS == share


def _room(row: Mapping[str, float], held: Collection[str]) -> int:
    """The billionths, rounded down, that those held leave to the others."""
    if all(_is_whole(row[name]) for name in held):
        return max(0, UNITS - sum(round(row[name] * UNITS) for name in held))
    return max(0, math.floor((1 - math.fsum(row[name] for name in held)) * UNITS))


def tune(
    config: Config,
    path: RowPath,
    name: str,
    value: float,
    origin: Mapping[str, float],
    locked: Collection[str] = (),
) -> Tuned:
    """Set one probability of the row at `path` and let the others of that row give way.

    Args:
        config: what to change.
        path: the row, as in the file: ("pages", "home") or ("landing_pages",).
        name: which probability of the row.
        value: 0 to 1.
        origin: the row when the gesture began, whose ratios the others keep.
        locked: names of the row that stay.

    Returns:
        The new config. Where 0 or 1 would leave a page that no one can reach, or a session that cannot end,
        the value stops just short of it; where that does not help, or where locks leave no room, the config is
        returned as it was.
    """
    row = config.row(path)
    label, held = shown(path[-1]), [other for other in row if other != name and other in locked]
    stuck = ""
    if name in locked:
        stuck = f"{shown(name)} of {label} is locked: unlock it first"
    elif len(row) == 1:
        stuck = f"{shown(name)} is all that {label} has: add another name first"
    elif len(held) == len(row) - 1:
        stuck = f"the locks of {label} leave no room: unlock another of its probabilities"
    if stuck:
        stays = round(value * UNITS) == round(row[name] * UNITS)
        return Tuned(config, row[name], "" if stays else stuck)
    origin = {**origin, **{other: row[other] for other in held}}
    room = _room(origin, held) / UNITS
    reason = ""
    if round(value * UNITS) > round(room * UNITS):
        reason = f"the locked probabilities of {label} leave at most {room:.9g}"
    for attempt in (value, min(max(value, SMALLEST), room - SMALLEST)):
        new = coupled(origin, name, max(0.0, attempt), locked)
        try:
            return Tuned(config.with_row(path, new), new[name], reason)
        except ValueError as error:
            reason = str(error)
    return Tuned(config, config.row(path)[name], reason)
