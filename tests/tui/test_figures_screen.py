from __future__ import annotations

from math import isnan

import pytest
from textual.widgets import DataTable

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.judgement import Judgement
from fakeweb_tui.tui.judged import UNKNOWN, judged_lines
from fakeweb_tui.tui.screens.figures import FiguresScreen

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


async def opened(show: Show) -> FiguresScreen:
    await show.press("c")
    await show.until(lambda: isinstance(show.app.screen, FiguresScreen), "the figures")
    screen = show.app.screen
    assert isinstance(screen, FiguresScreen)
    return screen


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
            row = screen.query_one(DataTable).get_row("/product_a share")
            total, observed, predicted, noise = (str(cell) for cell in row[1:5])
            noises.append(number(noise))
            assert abs(number(observed) - number(predicted)) <= number(noise)
            assert str(row[5]) == "≈"
            assert predicted == f"{show.forecast.share[1]:.2%}"
            # What was counted since the start has events of the config before.
            assert number(total) != number(observed)
        assert noises == sorted(noises, reverse=True)
        assert noises[-1] < 0.7 * noises[0]
