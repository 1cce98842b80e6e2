from __future__ import annotations

from math import isnan

import pytest
import yaml
from textual.widgets import DataTable

from fakeweb_tui.config import SESSION_END, parse_config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.judgement import Judgement
from fakeweb_tui.tui.judged import UNKNOWN, judged_lines, session_title
from fakeweb_tui.tui.screens.figures import FiguresScreen
from fakeweb_tui.tuning import Workbench

from .driving import SITE, Show, parameters, showing, simulated


def number(text: str) -> float:
    plain = text.strip("±%").replace(",", "")
    return float(plain) / (100 if text.endswith("%") else 1)


def test_lines_say_what_is_judged() -> None:
    snapshot = simulated(6 * 3600).snapshot()
    forecast = Forecast(SITE, parameters())
    judgement = Judgement(forecast, snapshot.observed)
    lines = {line.name: line for line in judged_lines(snapshot, forecast)}
    assert len(lines) == 3 + 3 * len(SITE.pages)
    events = lines["events of a session"]
    assert (events.predicted, events.observed) == ("2.434", f"{judgement.events.observed:.3f}")
    assert number(events.noise) == pytest.approx(3 * judgement.events.error, abs=5e-4)
    assert events.mark == "≈"
    assert number(events.total) == pytest.approx(snapshot.total.events / snapshot.total.sessions, abs=5e-4)
    confirmation = lines["/confirmation reach"]
    assert confirmation.predicted == "12.02%"
    assert number(confirmation.observed) == pytest.approx(judgement.reach[-1].observed, abs=5e-5)
    # No session has started in the hour that begins now, so there is nothing to tell yet.
    assert lines["sessions/h from 06 to 07"].noise == UNKNOWN
    assert isnan(judgement.sessions_by_hour[6].error)


def test_what_cannot_be_is_not_said_to_be_observed() -> None:
    live = simulated(14 * 3600)
    config = Workbench.of(SITE, parameters()).set_probability(("pages", "home"), "home", 0.2).config
    forecast = Forecast(config, parameters())
    live.edit(config)
    impossible = 0
    for _ in range(8):
        live.step()
        live.advance()
        snapshot = live.snapshot()
        judgement = Judgement(forecast, snapshot.observed)
        lines = {line.name: line for line in judged_lines(snapshot, forecast)}
        named = {"events of a session": judgement.events, "steps of a session": judgement.steps}
        for page, share, reach in zip(SITE.pages, judgement.share, judgement.reach, strict=True):
            named |= {f"/{page} share": share, f"/{page} reach": reach}
        for name, figure in named.items():
            could_be = figure.observed >= 1 if "session" in name else 0 <= figure.observed <= 1
            assert (lines[name].observed != UNKNOWN) == could_be, (name, figure)
            impossible += not could_be and not isnan(figure.observed)
        if judgement.steps.observed < 1:
            assert session_title(snapshot, forecast).endswith("– steps ·")
    assert impossible > 8


async def opened(show: Show) -> FiguresScreen:
    await show.press("c")
    await show.until(lambda: isinstance(show.app.screen, FiguresScreen), "the figures")
    screen = show.app.screen
    assert isinstance(screen, FiguresScreen)
    return screen


def row_of(screen: FiguresScreen, name: str) -> list[str]:
    """The cells of the row that begins with a name."""
    table = screen.query_one(DataTable)
    rows = [[str(cell) for cell in table.get_row_at(number)] for number in range(table.row_count)]
    return next(row for row in rows if row[0] == name)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_page_of_figures(size: tuple[int, int]) -> None:
    async with showing(size, seconds=7200) as show:
        assert f"Pages · {show.table.border_title}".count("≈") == 2
        await opened(show)
        for words in (
            "since start",
            "since edit",
            "predicted",
            "noise",
            "fit",
            "events of a session",
            "/home reach",
        ):
            assert words in show.text
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main)


async def test_after_an_edit_what_is_observed_comes_to_the_new_prediction() -> None:
    async with showing(params=parameters(sessions_per_day=300_000)) as show:
        await show.step(30)
        await show.focus("home", "product_a")
        await show.press("shift+right", "shift+right")
        screen = await opened(show)
        noises = []
        for _ in range(3):
            clock = show.snapshot.clock
            for _ in range(40):
                show.live.step()
            await show.until(lambda clock=clock: (show.snapshot.clock - clock).seconds >= 400)  # type: ignore[misc]
            screen.look()
            row = row_of(screen, "/product_a share")
            total, observed, predicted, noise = row[1:5]
            noises.append(number(noise))
            assert abs(number(observed) - number(predicted)) <= number(noise)
            assert row[5] == "≈"
            assert predicted == f"{show.forecast.share[1]:.2%}"
            # What was counted since the start has events of the config before.
            assert number(total) != number(observed)
        assert noises == sorted(noises, reverse=True)
        assert noises[-1] < 0.7 * noises[0]


async def test_names_that_look_the_same_have_rows_of_their_own() -> None:
    pages = {
        "a\x01": {"a\x02": 0.5, SESSION_END: 0.5},
        "a\x02": {"a\x01": 0.2, SESSION_END: 0.8},
    }
    site = {**yaml.safe_load(SITE.document.text), "pages": pages, "landing_pages": {"a\x01": 1.0}}
    config = parse_config(yaml.safe_dump(site, sort_keys=False), "site.yml")
    async with showing(config=config) as show:
        screen = await opened(show)
        for _ in range(100):
            show.live.step()
        await show.until(lambda: show.snapshot.total.events, "events")
        screen.look()
        table = screen.query_one(DataTable)
        shares = [row for row in map(table.get_row_at, range(table.row_count)) if "share" in str(row[0])]
        assert [str(row[0]) for row in shares] == ["/a\ufffd share"] * 2
        assert [str(row[3]) for row in shares] == [f"{share:.2%}" for share in show.forecast.share]
        events = show.snapshot.total.events_by_page
        assert [str(row[1]) for row in shares] == [f"{share:.2%}" for share in events / events.sum()]
