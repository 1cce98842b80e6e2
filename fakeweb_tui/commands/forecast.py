"""`forecast`: what a config predicts."""

from typing import TYPE_CHECKING, Any

import click

from fakeweb_tui.commands.failures import stops_at_bad_input
from fakeweb_tui.commands.options import chain_options, config_argument, parameters_of
from fakeweb_tui.commands.text_tables import aligned
from fakeweb_tui.terminal_text import cut, plain

if TYPE_CHECKING:
    from fakeweb_tui.config import Config
    from fakeweb_tui.forecast import Forecast
    from fakeweb_tui.markov import Floats

_LISTED, _MOST_LISTED = 0.999, 20
"""Session lengths are listed until they are so many of the sessions, or so many lengths."""
_QUANTILES = (0.5, 0.9, 0.99)


@click.command(short_help="Print what a config predicts: reach, shares, lengths, hours.")
@stops_at_bad_input
@config_argument
@chain_options[0]
@chain_options[1]
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all digits.")
def forecast(config: "Config", as_json: bool, **options: Any) -> None:
    """Print what a config predicts, exactly and without a simulation.

    CONFIG is as for explore. The figures are those of the absorbing Markov chain that the config describes: events
    and steps per session, the part of the sessions that ever reaches each page, the share of events per page, how
    long sessions are, and sessions, events and active sessions per hour of the day.

    \b
    Examples:
      fakeweb-tui forecast shop.yml
      fakeweb-tui forecast --site bank --json
    """
    import json

    from fakeweb_tui.forecast import Forecast

    # What is predicted depends neither on the seed nor on the date.
    figures = _figures(Forecast(config, parameters_of(options, config)))
    click.echo(json.dumps(figures, indent=2, ensure_ascii=False) if as_json else _text(figures))


def _figures(forecast: "Forecast") -> dict[str, Any]:
    """Return everything that is predicted, as JSON has it."""
    chain, parameters, config = forecast.chain, forecast.parameters, forecast.config
    return {
        "config": config.document.name,
        "simulation": {
            "sessions_per_day": parameters.sessions_per_day,
            "batch_size": parameters.batch_size,
            "max_session_steps": parameters.max_session_steps,
        },
        "session": {
            "events": chain.events,
            "steps": chain.steps,
            "seconds": chain.steps * parameters.batch_size,
            "goal": config.goal,
            "conversion": forecast.conversion,
            "cut_short": chain.cut_short,
        },
        "pages": [
            {
                "page": page,
                "landing": config.landing_pages.get(page, 0.0),
                "reach": float(forecast.reach[place]),
                "share": float(forecast.share[place]),
                "events_per_session": float(chain.events_by_page[place]),
            }
            for place, page in enumerate(config.page_names)
        ],
        "lengths": {
            "events": _lengths_of(chain.events_distribution()),
            "steps": _lengths_of(chain.steps_distribution()),
        },
        "hours": [
            {
                "hour": hour,
                "sessions": float(forecast.sessions_by_hour[hour]),
                "events": float(forecast.events_by_hour[hour]),
                "active_sessions": float(forecast.active_by_hour[hour]),
            }
            for hour in range(24)
        ],
    }


def _lengths_of(distribution: "Floats") -> list[dict[str, float]]:
    return [{"length": length, "probability": part} for length, part in enumerate(distribution.tolist(), 1)]


def _text(figures: dict[str, Any]) -> str:
    """Return the same for people."""
    session, simulation = figures["session"], figures["simulation"]
    goal = cut(plain(session["goal"]))
    seconds = simulation["batch_size"]
    name = plain(figures["config"])
    on_average = f"{session['events']:.3f} events and {session['steps']:.3f} steps ({session['seconds']:.1f} s)"
    paragraphs = [
        f"{name}: {simulation['sessions_per_day']:,.0f} sessions per day, steps of {seconds:g} s",
        f"A session has {on_average} on average; {session['conversion']:.2%} of them reach {goal}.",
    ]
    if session["cut_short"] >= 1e-4:
        paragraphs.append(
            f"{session['cut_short']:.2%} of the sessions are ended by the limit of "
            f"{simulation['max_session_steps']} steps."
        )
    paragraphs += [
        aligned(
            ("page", "lands", "reached by", "share of events", "events per session"),
            [
                (
                    page["page"],
                    f"{page['landing']:.2%}",
                    f"{page['reach']:.2%}",
                    f"{page['share']:.2%}",
                    f"{page['events_per_session']:.4f}",
                )
                for page in figures["pages"]
            ],
        ),
        _lengths(figures["lengths"], seconds),
        aligned(
            ("hour", "sessions", "events", "active at a time"),
            [
                (
                    f"{hour['hour']:>4}",
                    f"{hour['sessions']:,.1f}",
                    f"{hour['events']:,.1f}",
                    f"{hour['active_sessions']:,.2f}",
                )
                for hour in figures["hours"]
            ],
        ),
    ]
    return "\n\n".join(paragraphs)


def _lengths(lengths: dict[str, Any], seconds: float) -> str:
    """Return how many events sessions have, and how many steps the shortest of them last."""
    rows, total = [], 0.0
    for part in lengths["events"]:
        total += part["probability"]
        rows.append((f"{part['length']:,}", f"{part['probability']:.2%}", f"{total:.2%}"))
        if total >= _LISTED or len(rows) == _MOST_LISTED:
            break
    quantiles = []
    for wanted in _QUANTILES:
        steps = _quantile(lengths["steps"], wanted)
        quantiles.append(f"{wanted:.0%} at most {steps:,} steps ({steps * seconds:,.0f} s)")
    table = aligned(("events of a session", "sessions", "so many or fewer"), rows)
    return f"{table}\n\nOf the sessions, {', '.join(quantiles)}."


def _quantile(distribution: list[dict[str, float]], wanted: float) -> int:
    total = 0.0
    for part in distribution:
        total += part["probability"]
        if total >= wanted:
            return int(part["length"])
    return int(distribution[-1]["length"])
