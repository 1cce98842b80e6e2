from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers import outcome_of
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import Input, OptionList, Static

from fakeweb_tui.forecast import Forecast
from fakeweb_tui.tui.goals import influence_of, note, outcome_lines, parse_value, value_text
from fakeweb_tui.tui.screens.goal import GoalDialog
from fakeweb_tui.tuning import Workbench
from fakeweb_tui.tuning.outcomes import Outcome

from .driving import SITE, Show, parameters, showing

if TYPE_CHECKING:
    from collections.abc import Callable

BENCH = Workbench.of(SITE, parameters())


def test_outcomes_have_their_values() -> None:
    texts = {str(line.outcome): line.text for line in outcome_lines(BENCH)}
    assert texts["conversion"] == texts["reach(confirmation)"] == "12.02%"
    assert (texts["events"], texts["steps"], texts["events_per_day"]) == ("2.434", "4.333", "24,341")
    assert texts["share(home)"] == "40.37%"
    assert len(texts) == 4 + 2 * len(SITE.pages)


@pytest.mark.parametrize("longest", [360, 4])
def test_values_are_those_that_are_sought(longest: int) -> None:
    bench = Workbench.of(SITE, parameters(max_session_steps=longest))
    for line in outcome_lines(bench):
        assert line.text == value_text(line.outcome, outcome_of(bench.config, bench.parameters, line.outcome))


def test_values_as_people_type_them() -> None:
    share, steps = Outcome("share", "cart"), Outcome("steps")
    assert [parse_value(share, text) for text in ("8%", "0.08", ",08", " 8 %")] == [0.08] * 4
    assert [parse_value(steps, text) for text in ("6", "2.5", "2,5")] == [6, 2.5, 2.5]
    per_day = Outcome("events_per_day")
    assert [parse_value(per_day, text) for text in ("25000", "25,000", "25k")] == [25_000] * 3
    for outcome, text in ((share, ""), (share, "8k"), (share, "much"), (steps, "6%"), (steps, "-1")):
        with pytest.raises(ValueError, match="write a number such as"):
            parse_value(outcome, text)


@given(st.floats(-1e12, 1e12))
def test_a_note_fits_its_cells(change: float) -> None:
    text = note(change)
    assert cell_len(text) <= 5 or abs(change) >= 1e6
    assert (text == "0") == (abs(change) < 0.0005)


def test_notes() -> None:
    texts = [note(change) for change in (0.0, 0.042, -0.0995, 0.5, -1.27, 31.4, 250.0, -12_345.0)]
    assert texts == ["0", "+.042", "−.10", "+.50", "−1.3", "+31.4", "+250", "−12k"]


def test_an_influence_is_what_a_small_edit_does() -> None:
    outcome = Outcome("conversion")
    path = ("pages", "home")
    tuned = BENCH.set_probability(path, "product_a", SITE.pages["home"]["product_a"] + 0.001)
    change = Forecast(tuned.config, tuned.parameters).conversion - Forecast(SITE, BENCH.parameters).conversion
    assert influence_of(BENCH, outcome).notes[path, "product_a"] == note(change * 10 * 100)


async def opened(show: Show) -> GoalDialog:
    await show.press("o")
    await show.until(lambda: isinstance(show.app.screen, GoalDialog), "the dialog")
    screen = show.app.screen
    assert isinstance(screen, GoalDialog)
    return screen


async def ask(show: Show, place: int, text: str, answered: Callable[[GoalDialog], object]) -> None:
    dialog = await opened(show)
    await show.press("home", *["down"] * place, "enter")
    assert dialog.focused is dialog.query_one(Input)
    await show.type(text)
    await show.press("enter")
    await show.until(lambda: answered(dialog), "an answer")


def problem(show: Show) -> str:
    return str(show.app.screen.query_one(".problem", Static).render())


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_goal_is_found_shown_and_accepted(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        await show.focus("home", "home")
        await show.press("l")
        await ask(show, 0, "3%", lambda dialog: dialog.has_class("-found"))
        assert "conversion: 12.02% → 3.00%" in show.text
        assert show.config is SITE
        await show.press("enter")
        await show.until(lambda: show.app.screen is show.main)
        assert show.forecast.conversion == pytest.approx(0.03, abs=1e-6)
        assert show.config.pages["home"]["home"] == SITE.pages["home"]["home"]
        await show.until(lambda: show.snapshot.config == show.config, "the simulation obeys")
        await show.press("u")
        assert show.notifications[-1] == "Undone: goal: conversion 3.00%"
        assert show.config == SITE


@pytest.mark.parametrize("text", [".25", "25%"])
async def test_a_number_goes_to_the_value_at_once(text: str) -> None:
    async with showing() as show:
        await show.press("o")
        await show.until(lambda: isinstance(show.app.screen, GoalDialog), "the dialog")
        assert isinstance(show.app.focused, OptionList)
        await show.press_at_once(*text, "enter")
        await show.until(lambda: show.app.screen.has_class("-found"), "the answer")
        summary = show.app.screen.query_one("#summary", Static)
        assert "12.02% → 25.00%" in str(summary.render())


async def test_a_goal_is_refused_by_the_user() -> None:
    async with showing() as show:
        await ask(show, 1, "3", lambda dialog: dialog.has_class("-found"))
        await show.pilot.click("#refuse")
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main)
        assert show.config is SITE


async def test_a_goal_takes_no_later_edit_back() -> None:
    async with showing() as show:
        await ask(show, 0, "3%", lambda dialog: dialog.has_class("-found"))
        # As a scenario does that goes on meanwhile.
        show.main.edit(lambda bench: bench.set_probability(("pages", "home"), "product_a", 0.2))
        edited = show.config
        await show.press("enter")
        await show.until(lambda: show.app.screen is show.main)
        assert show.config == edited
        assert show.notifications[-1] == "the config has changed since: seek again"


async def test_a_goal_that_cannot_be_says_what_can() -> None:
    async with showing() as show:
        await ask(show, 0, "100%", lambda _: "That cannot be" in problem(show))
        assert "conversion can be from" in problem(show)
        await show.type("lots")
        await show.press("enter")
        assert "write a number such as 3% or 0.03" in problem(show)
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main)
        assert show.config is SITE


async def test_influence_is_shown_follows_edits_and_goes() -> None:
    async with showing((120, 40)) as show:
        slider = show.slider("home", "product_a")
        await show.press("i")
        await show.until(
            lambda: (
                slider.note
                == influence_of(show.main.bench, Outcome("conversion")).notes[("pages", "home"), "product_a"]
            )
        )
        assert "+.01: conversion, %-points" in show.text
        assert slider.note is not None
        assert slider.note in slider.render_line(0).text
        await show.focus("payment", "confirmation")
        await show.press("shift+left", "shift+left")
        await show.until(
            lambda: (
                slider.note
                == influence_of(show.main.bench, Outcome("conversion")).notes[("pages", "home"), "product_a"]
            )
        )
        # What is shown goes by escape and by the mouse too.
        await show.press("escape")
        assert slider.note is None
        await show.press("escape")
        assert show.editor.influence is None
        await show.press("i")
        await show.until(lambda: show.editor.influence is not None, "it again")
        x = show.lines[show.editor.region.bottom - 1].index("conversion")
        await show.pilot.click(show.editor, offset=(x, show.editor.outer_size.height - 1))
        assert show.editor.influence is None
        dialog = await opened(show)
        dialog.query_one(OptionList).highlighted = 2
        await show.pilot.click("#influence")
        await show.until(lambda: show.editor.influence is not None and "steps of a session" in show.text)


async def test_an_influence_follows_its_page_and_goes_with_it() -> None:
    async with showing((120, 40)) as show:
        show.main.show_influence(Outcome("reach", "cart"))
        await show.until(lambda: show.editor.influence is not None, "it is shown")
        show.main.edit(lambda bench: bench.rename_page("cart", "basket"))
        basket = Outcome("reach", "basket")
        await show.until(lambda: show.editor.influence == influence_of(show.main.bench, basket), "the new name")
        show.main.edit(lambda bench: bench.remove_page("basket"))
        assert show.editor.influence is None
        await show.press("i")
        conversion = Outcome("conversion")
        await show.until(lambda: show.editor.influence == influence_of(show.main.bench, conversion), "another one")
