"""`compare`: what two configs predict, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.options import config_of, parameters_of, site_option
from fakeweb_tui.commands.row_changes import changed_rows
from fakeweb_tui.commands.text_tables import aligned
from fakeweb_tui.terminal_text import cut, plain

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.forecast import Forecast


@click.command(short_help="Print what two configs predict, side by side.")
@click.argument("paths", metavar="[A] B", nargs=-1, required=True, type=click.Path(path_type=Path))
@site_option("A site that comes along, in place of A")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all digits.")
@stops_at_bad_input
def compare(paths: tuple[Path, ...], site: str | None, as_json: bool) -> None:
    """Print what two configs predict, side by side, and the rows in which they differ.

    Without A, it is the config that explore would take. The figures are those of forecast: exact, and not of a
    simulation.

    \b
    Examples:
      fakeweb-tui compare shop.yml new.yml
      fakeweb-tui compare --site shop new.yml --json
    """
    import json

    if len(paths) > 2:
        raise click.UsageError(f"there are {len(paths)} configs: give two, or one")
    configs = config_of(paths[0] if paths[1:] else None, site), config_of(paths[-1], None)
    figures = _figures(*configs)
    click.echo(json.dumps(figures, indent=2, ensure_ascii=False) if as_json else _text(figures, *configs))


def _figures(a: "Config", b: "Config") -> dict[str, Any]:
    """Return everything that is predicted for both, as JSON has it."""
    from fakeweb_tui.forecast import Forecast

    forecasts = [Forecast(config, parameters_of({}, config)) for config in (a, b)]
    wholes = [_whole(forecast) for forecast in forecasts]
    pages = [_by_page(forecast) for forecast in forecasts]
    return {
        "a": a.document.name,
        "b": b.document.name,
        "figures": {name: _pair(*(whole[name] for whole in wholes)) for name in wholes[0]},
        "pages": [
            {
                "page": page,
                # What a config does not have is never reached.
                **{
                    name: _pair(*(known[page][name] if page in known else 0.0 for known in pages))
                    for name in ("reach", "share")
                },
            }
            for page in dict.fromkeys((*a.page_names, *b.page_names))
        ],
    }


def _whole(forecast: "Forecast") -> dict[str, float]:
    per_day = forecast.parameters.sessions_per_day
    return {
        "sessions_per_day": per_day,
        "events_per_day": per_day * forecast.chain.events,
        "events_per_session": forecast.chain.events,
        "steps_per_session": forecast.chain.steps,
        "conversion": forecast.conversion,
    }


def _by_page(forecast: "Forecast") -> dict[str, dict[str, float]]:
    columns = zip(forecast.reach.tolist(), forecast.share.tolist(), strict=True)
    return {
        page: {"reach": reach, "share": share}
        for page, (reach, share) in zip(forecast.config.page_names, columns, strict=True)
    }


def _pair(a: float, b: float) -> dict[str, float]:
    return {"a": a, "b": b, "difference": b - a}


def _text(figures: dict[str, Any], a: "Config", b: "Config") -> str:
    """Return the same for people, and which rows differ."""
    goals = " or ".join(dict.fromkeys(cut(plain(config.goal)) for config in (a, b)))
    wholes = [
        (title, *_cells(figures["figures"][name], form))
        for title, name, form in (
            ("sessions per day", "sessions_per_day", ",.0f"),
            ("events per day", "events_per_day", ",.0f"),
            ("events per session", "events_per_session", ".4f"),
            ("steps per session", "steps_per_session", ".4f"),
            (f"conversion ({goals})", "conversion", ".2%"),
        )
    ]
    pages = [
        (page["page"], *_cells(page["reach"], ".2%"), *_cells(page["share"], ".2%")) for page in figures["pages"]
    ]
    rows = [plain(line) for line in changed_rows(a, b)]
    return "\n\n".join(
        [
            f"a  {plain(figures['a'])}\nb  {plain(figures['b'])}",
            aligned(("", "a", "b", "difference"), wholes),
            aligned(("page", "reached in a", "b", "difference", "events in a", "b", "difference"), pages),
            "\n".join(rows[1:]) if rows else "Their rows are the same.",
        ]
    )


def _cells(pair: dict[str, float], form: str) -> tuple[str, str, str]:
    a, b, difference = pair["a"], pair["b"], pair["difference"]
    # The difference of two shares is in points of a percent, not a percentage of either.
    apart = f"{100 * difference:+z.2f} pp" if form.endswith("%") else f"{difference:+z{form}}"
    return f"{a:{form}}", f"{b:{form}}", apart
