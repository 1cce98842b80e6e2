"""The A/B screen, from its key to its figures, and the arithmetic of what it shows."""

from __future__ import annotations

import re
from math import isnan

import pytest
from textual.color import Color
from textual.widgets import Input, Static

from fakeweb_tui.comparison import Comparison
from fakeweb_tui.config import Config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.tui.app import FakewebApp
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.screens.save import SaveDialog
from fakeweb_tui.tui.screens.variants import VariantsScreen
from fakeweb_tui.tui.variants import Figure, Variant, Verdict, as_edited, as_loaded, comparison_of, groups
from fakeweb_tui.tui.widgets.variants_table import VariantsTable
from fakeweb_tui.tuning import Workbench

from .driving import SITE, Show, alone, hostile_config, parameters, screen_lines, showing

HOME = ("pages", "home")


def tuned(**row: float) -> Config:
    return SITE.with_row(HOME, {**SITE.pages["home"], **row})


MORE_BUY = tuned(product_a=0.27, session_end=0.16)


def compared(a: Config, b: Config, sessions: int) -> Comparison:
    comparison = Comparison(parameters(), a, b)
    while comparison.sessions[0] < sessions:
        comparison.advance(comparison.parameters.max_steps, sessions)
    return comparison


def figure(comparison: Comparison, group: str, title: str) -> Figure:
    found = next(each for each in groups(comparison.snapshot()) if each.title == group)
    return next(each for each in found.figures if each.title == title)


# The arithmetic.


def test_a_difference_that_is_there_shows_and_one_that_is_not_is_noise_or_unknown() -> None:
    comparison = compared(SITE, MORE_BUY, 100_000)
    snapshot = comparison.snapshot()
    reach = figure(comparison, "Reach", "product_a")
    assert reach.verdict is Verdict.MORE
    assert reach.a.value == pytest.approx(100 * snapshot.reach.a.value[1])
    assert reach.a.expected == pytest.approx(100 * Forecast(SITE, parameters()).reach[1])
    assert reach.difference.value == pytest.approx(reach.b.value - reach.a.value)
    assert abs(reach.difference.value - reach.difference.expected) < 4 * reach.error
    assert reach.unit == "%"
    shares = next(each for each in groups(snapshot) if each.title == "Share of events").figures
    assert sum(each.b.value for each in shares) == pytest.approx(100)
    assert {each.longest for each in shares} == {max(*(r for e in shares for r in (*e.a, *e.b)))}
    # Whoever lands on /home was there before the change: this page is reached by the same sessions.
    home = figure(comparison, "Reach", "home")
    assert home.verdict is Verdict.SAME
    visits = figure(comparison, "Sessions", "per hour")
    assert visits.verdict is Verdict.SAME
    assert isnan(visits.error)


def test_few_sessions_tell_nothing() -> None:
    comparison = Comparison(parameters(), SITE, tuned(product_a=0.1701, session_end=0.2599))
    comparison.advance(comparison.parameters.max_steps, 2_000)
    reach = figure(comparison, "Reach", "confirmation")
    assert reach.verdict is Verdict.UNKNOWN
    assert isnan(reach.error)


def test_the_hours_are_shown_where_they_differ() -> None:
    hours = dict(SITE.row(("visits_per_hour",)))
    hours["0"], hours["1"] = hours["0"] + 0.01, hours["1"] - 0.01
    comparison = compared(SITE, SITE.with_row(("visits_per_hour",), hours), 20_000)
    assert figure(comparison, "Sessions per hour", "00:00").verdict is Verdict.MORE
    assert figure(comparison, "Sessions per hour", "01:00").verdict is Verdict.LESS
    assert figure(comparison, "Sessions per hour", "02:00").verdict is Verdict.SAME
    assert "Sessions per hour" not in {group.title for group in groups(compared(SITE, MORE_BUY, 100).snapshot())}


def test_visits_in_whole_numbers_have_no_error_and_differ_for_sure() -> None:
    flat = SITE.with_row(("visits_per_hour",), {str(hour): 1 / 24 for hour in range(24)})
    one, two = (parameters(sessions_per_day=each * 8640.0) for each in (1, 2))
    comparison = comparison_of(Variant("", flat, one), Variant("", flat, two))
    comparison.advance(2_000)
    visits = figure(comparison, "Sessions", "per hour")
    assert (visits.difference.value, visits.error, visits.verdict) == (360, 0, Verdict.MORE)


def test_each_variant_has_its_own_sessions_per_day_and_the_clock_is_that_of_b() -> None:
    bench = Workbench.of(SITE, parameters()).set_parameters(sessions_per_day=20_000).set_parameters(batch_size=20)
    comparison = comparison_of(as_loaded(bench), as_edited(bench))
    comparison.advance(1_000)
    assert comparison.parameters.batch_size == 20
    visits = figure(comparison, "Sessions", "per hour")
    assert visits.b.expected == pytest.approx(2 * visits.a.expected)
    assert visits.verdict is Verdict.MORE


# The table.


async def test_every_name_and_figure_is_text() -> None:
    config = hostile_config(12)
    first = config.page_names[0]
    other = config.with_row(
        ("pages", first), {**config.pages[first], "session_end": 0.3, config.page_names[1]: 0.1}
    )
    async with alone(VariantsTable(), (100, 60)) as (table, pilot):
        table.groups = groups(compared(config, other, 1_000).snapshot())
        await pilot.pause()
        text = "\n".join(screen_lines(pilot.app))
    assert "/[red]" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [20, 40, 64, 78, 120, 200])
async def test_lines_are_as_wide_as_the_table_and_figures_stand_in_columns(width: int) -> None:
    async with alone(VariantsTable(), (width, 40)) as (table, pilot):
        table.groups = groups(compared(SITE, MORE_BUY, 30_000).snapshot())
        await pilot.pause()
        lines = screen_lines(pilot.app)
    assert {len(line) for line in lines} == {width}
    if width >= 78:
        columns = {match.start() for line in lines for match in re.finditer(r"(?<=\d)\.\d\d%", line)}
        assert len(columns) == 2
        assert len({line.index("±") for line in lines if "±" in line}) == 1


# The screen.


async def opened(show: Show) -> VariantsScreen:
    await show.press("v")
    await show.until(lambda: isinstance(show.app.screen, VariantsScreen), "the A/B screen")
    screen = show.app.screen
    assert isinstance(screen, VariantsScreen)
    return screen


def header(screen: VariantsScreen) -> str:
    return str(screen.query_one("#variants", Static).render())


def sessions(screen: VariantsScreen) -> int:
    found = re.search(r"([\d,]+) sessions", header(screen))
    return int(found[1].replace(",", "")) if found else 0


async def test_from_a_slider_to_the_difference() -> None:
    async with showing((80, 24)) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        screen = await opened(show)
        await show.until(lambda: sessions(screen) > 2_000, "it converges")
        await show.press("space")
        await show.until(lambda: "paused" in header(screen), "it halts")
        counted = sessions(screen)
        assert "built-in site, as loaded" in show.lines[0]
        assert "built-in site, as edited now" in show.lines[1]
        row = next(line for line in show.lines if "/product_a" in line)
        below = show.lines[show.lines.index(row) + 1]
        forecasts = Forecast(SITE, show.parameters), Forecast(show.config, show.parameters)
        for line, forecast in zip((row, below), forecasts, strict=True):
            assert f"{100 * forecast.reach[1]:.2f}%" in line
        assert "▲ more" in row
        assert f"{100 * (forecasts[1].reach[1] - forecasts[0].reach[1]):+.3f} predicted" in below
        await show.press("space")
        await show.until(lambda: sessions(screen) > counted, "it goes on")
        await show.press("escape")
        assert show.app.screen is show.main


async def test_the_variants_change_places() -> None:
    async with showing((120, 40)) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        screen = await opened(show)
        await show.press("x")
        await show.until(lambda: sessions(screen) > 2_000, "it converges")
        assert "as edited now" in show.lines[0]
        assert "▼ less" in next(line for line in show.lines if "/product_a" in line)


@pytest.mark.usefixtures("folder")
async def test_a_is_what_was_saved_last() -> None:
    async with showing((80, 24)) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right", "ctrl+s")
        await show.until(lambda: isinstance(show.app.screen, SaveDialog), "where to")
        show.app.screen.query_one(Input).value = "mine.yml"
        await show.press("enter")
        await show.until(lambda: not show.main.unsaved and show.app.screen is show.main, "it is saved")
        await opened(show)
        assert "A and B are the same: nothing was edited since." in show.text
        await show.press("escape", "shift+right")
        screen = await opened(show)
        await show.until(lambda: sessions(screen) > 100, "it begins")
        assert "mine.yml, as last saved" in show.lines[0]
        # What was loaded can still be chosen.
        await show.press("a")
        await show.until(lambda: isinstance(show.app.screen, OpenDialog), "the list")
        await show.until(lambda: "built-in site, as loaded" in show.text, "what was loaded")


async def test_where_nothing_was_edited_it_says_what_to_do() -> None:
    async with showing((80, 24)) as show:
        await opened(show)
        assert "A and B are the same" in show.text
        assert "move a slider" in show.text
        await show.press("v")
        assert show.app.screen is show.main


async def test_the_main_simulation_goes_on_below_and_the_app_ends_from_here() -> None:
    async with showing((80, 24), running=True, speed=600, per_look=0.05) as show:
        await show.focus("home", "product_a")
        await show.press("shift+right")
        await show.until(lambda: show.main.up_to_date, "the edit holds")
        screen = await opened(show)
        clock = show.snapshot.clock
        await show.until(lambda: sessions(screen) > 1_000 and show.snapshot.clock > clock, "both go on")
        assert isinstance(show.app, FakewebApp)
        show.app.exit()


async def test_its_head_takes_the_colours_of_another_theme() -> None:
    async with showing((120, 40)) as show:
        await show.press("v")
        await show.until(lambda: isinstance(show.app.screen, VariantsScreen), "the comparison")
        head = show.app.screen.query_one("#variants", Static)
        assert show.app.screen.has_class("-same")
        show.app.theme = "paper"
        await show.pilot.pause()
        letter = next(iter(head.render_line(0)))
        assert letter.style
        assert letter.style.bgcolor == Color.parse(show.app.theme_variables["muted"]).rich_color
