"""The text of a config that was learned: valid, with probabilities rounded to what is worth writing."""

from collections.abc import Mapping, Sequence

from yaml.nodes import MappingNode, ScalarNode

from fakeweb_tui.config import SESSION_END, Config, parse_config, structure_problems
from fakeweb_tui.config.document import mapping, number_text, scalar, serialised
from fakeweb_tui.config.rules import KEYS, SIMULATION
from fakeweb_tui.terminal_text import plain

_MILLION = 1_000_000
_HALF_A_COUNT = 0.5

Shares = dict[str, float]


def written(
    pages: Mapping[str, Shares],
    sections: Mapping[str, Shares],
    simulation: Mapping[str, float],
    remarks: Sequence[str],
    name: str,
) -> Config:
    """Return the config of these rows, whose document is a new text with the remarks at its head.

    Args:
        pages: a row per page; the rows here are valid (see `mended`).
        sections: a row for each other section.
        name: what the document is called.
    """
    parts = ["".join(f"# {plain(remark)}\n" for remark in remarks)]
    for section, keys in KEYS.items():
        if section == "pages":
            node = mapping((scalar(page), _row(row)) for page, row in pages.items())
        else:
            node = _row(sections[section], "int" if section == "visits_per_hour" else "str")
        parts.append(serialised(mapping([(scalar(keys[0]), node)])))
    numbers = [(scalar(key), _number(value)) for key, value in simulation.items()]
    parts.append(serialised(mapping([(scalar(SIMULATION), mapping(numbers))])))
    return parse_config("\n".join(parts), name)


def _row(row: Shares, tag: str = "str") -> MappingNode:
    # A name may be left out where nothing of it is, but an hour may not.
    shares = dict.fromkeys(row, 0.0) | rounded(row) if tag == "int" else rounded(row)
    return mapping((scalar(name, tag), scalar(number_text(value), "float")) for name, value in shares.items())


def _number(value: float) -> ScalarNode:
    return scalar(str(value), "int") if isinstance(value, int) else scalar(number_text(value), "float")


def rounded(row: Shares) -> Shares:
    """Return a row in whole millionths that sum to 1, without what is less than half of one.

    What rounding leaves over goes to the largest share.
    """
    total = sum(row.values())
    units = {name: round(value / total * _MILLION) for name, value in row.items()}
    largest = max(units, key=units.__getitem__)
    units[largest] += _MILLION - sum(units.values())
    return {name: count / _MILLION for name, count in units.items() if count}


def mended(
    pages: Mapping[str, Shares], landing: Shares, totals: Mapping[str, float], sessions: float
) -> tuple[dict[str, Shares], Shares, tuple[str, ...]]:
    """Return rows in which sessions can reach every page and end from it, and what was done for that.

    Where a log is too short to show it, half a visit is added that does.

    Args:
        totals: by page, how many visits its row rests on.
        sessions: how many the landing pages rest on.
    """
    rows = {page: rounded(row) for page, row in pages.items()}
    landing = rounded(landing)
    remarks = []
    while True:
        unreachable, endless = structure_problems(rows, landing)
        if unreachable:
            landing = rounded({**landing, unreachable[0]: _part(sessions)})
            remarks.append(f"no way to {unreachable[0]!r} is left in the log: sessions may land there, rarely")
        elif endless:
            row = rows[endless[0]]
            rows[endless[0]] = rounded({**row, SESSION_END: _part(totals[endless[0]])})
            remarks.append(f"no session that was on {endless[0]!r} ends in the log: they may there, rarely")
        else:
            return rows, landing, tuple(remarks)


def _part(total: float) -> float:
    return max(_HALF_A_COUNT / (total + _HALF_A_COUNT), 2 / _MILLION)
