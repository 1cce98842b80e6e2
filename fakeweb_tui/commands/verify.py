"""`verify`: whether events are what a config makes."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.kinds import Span
from fakeweb_tui.commands.options import config_of, parameters_of, site_option
from fakeweb_tui.commands.text_tables import aligned
from fakeweb_tui.terminal_text import plain

if TYPE_CHECKING:
    from fakeweb_tui.verification import Cell, Comparison, Section, Verdict

DOES_NOT_FIT = 1
"""The exit status where events do not fit."""
_MOST_ROWS = 12
"""A section of more rows is shown as a whole, and only the rows that do not fit."""
_CELLS = 3
"""Of what does not fit, so many counts are shown."""


@click.command(short_help="Test events in a file against a config.")
@click.argument("file")
@click.option("--config", type=click.Path(path_type=Path), help="The config; by default as for explore.")
@site_option("A site that comes along, in place of --config")
@click.option(
    "--schema",
    type=click.Choice(("web", "utm")),
    help="Names of fields; by default as the file's columns say.",
)
@click.option(
    "--batch-size",
    type=float,
    metavar="SECONDS",
    help="Simulated seconds per step; by default the config's, or 10.",
)
@click.option(
    "--disorder",
    type=Span(),
    help="By how much an event may be behind one above it; by default 0s, and one step for the schema utm: "
    "fake_web_events writes the events of a step in no order.",
)
@click.option(
    "--significance",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="P",
    default=0.001,
    show_default=True,
    help="The chance that a file that fits is said not to.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all digits.")
@stops_at_bad_input
def verify(
    file: str,
    config: Path | None,
    site: str | None,
    schema: str | None,
    batch_size: float | None,
    disorder: timedelta | None,
    significance: float,
    as_json: bool,
) -> None:
    """Test events in a file against a config.

    FILE is a file of JSON lines, CSV, Parquet or Arrow (file or stream), compressed or not, told by its first
    bytes; a directory of such files; or - for standard input. Every event has to be whole, in order, and there
    once; what was counted of each section of the config is compared with what it says by a χ² test. The exit
    status is 0 where everything fits, 1 where something does not, and 2 for bad input.

    \b
    Examples:
      fakeweb-tui verify events.csv --config shop.yml
      fakeweb-tui run shop.yml --events 1M | fakeweb-tui verify - --config shop.yml
    """
    import json

    from fakeweb_tui.reading import ReadingError, column_names, sources_of
    from fakeweb_tui.schema import SCHEMAS
    from fakeweb_tui.verification import Expectation, schema_of
    from fakeweb_tui.verification import verify as verdict_of

    expected = config_of(config, site)
    parameters = parameters_of({"batch_size": batch_size}, expected)
    sources = sources_of(file)
    candidates = {"the config's": expected.schema, **SCHEMAS} if expected.schema else SCHEMAS
    fields = SCHEMAS[schema] if schema else schema_of(column_names(sources[0]), candidates.values())
    name = next(name for name, known in candidates.items() if known is fields)
    allowed = (parameters.batch_size if name == "utm" else 0.0) if disorder is None else disorder.total_seconds()
    verdict = verdict_of(
        sources,
        Expectation(expected, fields, parameters.batch_size, parameters.max_session_steps, allowed, significance),
    )
    if not verdict.events and not verdict.faults:
        raise ReadingError(f"{file}: holds no events")
    click.echo(
        json.dumps(_figures(verdict, file, name), indent=2, ensure_ascii=False)
        if as_json
        else _text(verdict, file, name)
    )
    sys.exit(0 if verdict.fits else DOES_NOT_FIT)


def _figures(verdict: "Verdict", file: str, schema: str) -> dict[str, Any]:
    """Return everything that was found, as JSON has it."""
    return {
        "file": file,
        "schema": schema,
        "fits": verdict.fits,
        "events": verdict.events,
        "users": verdict.users,
        "first": verdict.first and str(verdict.first),
        "last": verdict.last and str(verdict.last),
        "sessions": "named" if verdict.sessions_named else "told by user and time",
        "overlap": verdict.overlap,
        "faults": {
            kind: {"count": found.count, "first": [fault._asdict() for fault in found.first]}
            for kind, found in verdict.faults.kinds.items()
        },
        "limit": verdict.limit,
        "sections": {
            section.name: _comparison(section.whole)
            | ({"rows": {part.section: _comparison(part) for part in section.parts}} if section.divided else {})
            for section in verdict.sections
        },
    }


def _comparison(part: "Comparison") -> dict[str, Any]:
    judged = {"chi_square": _number(part.chi_square), "freedom": part.freedom, "p": part.p}
    return {
        "counted": part.count,
        "unit": part.unit,
        **(judged if part.judged else {"remark": part.remark}),
        "counts": {cell.name: {"observed": cell.observed, "expected": cell.expected} for cell in part.cells},
    }


def _number(value: float) -> float | str:
    # JSON has no infinity.
    return value if value < float("inf") else "infinite"


def _text(verdict: "Verdict", file: str, schema: str) -> str:
    """Return the same for people."""
    paragraphs = [_summary(verdict, file, schema)]
    if verdict.faults:
        paragraphs.append(_faults(verdict))
    if verdict.sections:
        rows = [row for section in verdict.sections for row in _rows(section, verdict.limit)]
        paragraphs.append(aligned(("section", "counted", "χ²", "df", "p", ""), rows, text_columns=(0, 5)))
    misfits = [_misfit(part) for part in verdict.misfits]
    if misfits:
        paragraphs.append("\n".join(misfits))
    paragraphs.append(_conclusion(verdict))
    return "\n\n".join(paragraphs)


def _summary(verdict: "Verdict", file: str, schema: str) -> str:
    lines = [f"{plain(file)}: {verdict.events:,} events of {verdict.users:,} users, schema {schema}"]
    if verdict.events:
        lines.append(f"{verdict.first} to {verdict.last}")
        if verdict.sessions_named:
            lines.append("sessions are named by a column")
        else:
            lines.append(
                "sessions are told by user and time; that other sessions of a user come between (behind "
                f"{verdict.overlap:.2%} of the events) is allowed for, users being drawn uniformly"
            )
    return "\n".join(lines)


def _faults(verdict: "Verdict") -> str:
    lines = [f"{verdict.faults.count:,} faults"]
    for kind, found in verdict.faults.kinds.items():
        lines.append(f"  {plain(kind)}: {found.count:,}")
        lines += [f"    {plain(str(fault))}" for fault in found.first]
        if found.count > len(found.first):
            lines.append(f"    and {found.count - len(found.first):,} more")
    return "\n".join(lines)


def _rows(section: "Section", limit: float) -> list[tuple[str, ...]]:
    rows = [_row(section.name, section.whole, limit)]
    if section.divided:
        shown = [part for part in section.parts if len(section.parts) <= _MOST_ROWS or part.p < limit]
        rows += [_row(f"  {part.section}", part, limit) for part in shown]
    return rows


def _row(name: str, part: "Comparison", limit: float) -> tuple[str, ...]:
    if not part.judged:
        return name, f"{part.count:,}", "–", "–", "–", f"not judged: {part.remark}"
    return (
        name,
        f"{part.count:,}",
        f"{part.chi_square:,.2f}",
        f"{part.freedom:,}",
        f"{part.p:.4f}",
        "does not fit" if part.p < limit else "fits",
    )


def _misfit(part: "Comparison") -> str:
    """Return what is off most in a comparison."""
    worst = sorted(part.cells, key=lambda cell: -abs(cell.deviation))[:_CELLS]
    return f"{plain(part.section)}: {', '.join(_cell(cell, part) for cell in worst)}"


def _cell(cell: "Cell", part: "Comparison") -> str:
    total = max(part.count, 1)
    return (
        f"{plain(cell.name)} {cell.observed:,.0f} of {part.count:,} {part.unit} ({cell.observed / total:.2%}), "
        f"expected {cell.expected:,.1f} ({cell.expected / total:.2%})"
    )


def _conclusion(verdict: "Verdict") -> str:
    if verdict.fits:
        return f"The events fit: no p below {verdict.limit:.2g}."
    reasons = [f"{verdict.faults.count:,} faults"] * bool(verdict.faults)
    reasons += [plain(part.section) for part in verdict.misfits]
    return f"The events do not fit: {', '.join(reasons)}."
