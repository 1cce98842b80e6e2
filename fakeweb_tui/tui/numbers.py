"""The simulation's numbers as people change them: which there are, how they are typed, and what a nudge does."""

import re
from typing import NamedTuple

COUNT_UNITS = "kM"
"""What may follow a number of things: thousands, millions."""

_EXPONENTS = {"": 0, "%": -2, "k": 3, "m": 6}
# 0,170 is a fraction: no number is written with thousands that begin with 0.
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_NUMBER = re.compile(rf"({_THOUSANDS.pattern}|[0-9]+[.,]?[0-9]*|[.,][0-9]+)\s*([%kKmM]?)")


class Number(NamedTuple):
    """A number of the simulation: its name in `Parameters`, what it is called, and what it means."""

    name: str
    label: str
    about: str
    whole: bool


NUMBERS = (
    Number("sessions_per_day", "sessions/day", "expected sessions of a simulated day", False),
    Number("user_pool_size", "user pool size", "users that sessions are drawn from", True),
    Number("batch_size", "batch size", "simulated seconds per step; another one begins a new run", False),
)


def parse_number(text: str, units: str = "") -> float:
    """Read a number as people type it: `10000`, `12.5`, `12,5`, `.17`; one of `units` may follow: `250k`, `17%`.

    Commas that set thousands apart, as in what the app shows, do so here too: `20,000` is `20000`. Any other
    comma is a decimal one.

    Args:
        text: what was typed.
        units: those of `%`, `k` and `M` that may follow it.

    Raises:
        ValueError: it is none.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match[2].lower() not in ("", *units.lower()):
        raise ValueError(f"not a number: {text!r}")
    number, unit = match.groups()
    number = number.replace(",", "" if _THOUSANDS.fullmatch(number) else ".")
    return float(f"{number}e{_EXPONENTS[unit.lower()]}")


def nudged(value: float, by: float, whole: bool) -> float:
    """Return the value changed by a part of itself (0.1 is a tenth), as a round number of three digits.

    A whole number changes by at least 1.
    """
    new = float(f"{value * (1 + by):.3g}")
    if not whole:
        return new
    return float(round(max(new, value + 1) if by > 0 else min(new, value - 1)))


def number_text(value: float) -> str:
    """Return a number with its thousands set apart, and no more decimals than it has."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.10g}"
