"""Locks, undo and redo, and names that come, go and change, by keys and by the mouse."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList, Static

from fakeweb_tui.config import SESSION_END, load_config
from fakeweb_tui.tui.probability import plan_row
from fakeweb_tui.tui.screens.names import ChoiceDialog, NameDialog
from fakeweb_tui.tui.widgets.slider import LOCKED

from .driving import SITE, Show, showing

HOME = ("pages", "home")


async def ask(show: Show, key: str, text: str) -> None:
    """Open a dialog for a name by a key, and answer it."""
    await show.press(key)
    await show.until(lambda: isinstance(show.app.screen, NameDialog), "the dialog")
    show.app.screen.query_one(Input).value = text
    await show.press("enter")
    await show.pilot.pause()


async def choose(show: Show, place: int) -> None:
    """Answer what to remove."""
    await show.until(lambda: isinstance(show.app.screen, ChoiceDialog), "the question")
    await show.press("home", *["down"] * place, "enter")
    await show.until(lambda: show.app.screen is show.main)
    await show.pilot.pause()


async def obeyed(show: Show) -> None:
    """Wait until the simulation obeys and the editor shows what is in force."""
    await show.until(lambda: show.snapshot.config == show.config, "the simulation obeys")
    names = [(path, name) for path in show.config.paths if path[0] == "pages" for name in show.config.row(path)]
    await show.until(
        lambda: [(slider.path, slider.target) for slider in show.transitions.sliders] == names, "the sliders"
    )


def problem(show: Show) -> str:
    return str(show.app.screen.query_one(".problem", Static).render())


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_locked_probability_stays(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        slider = await show.focus("home", "home")
        await show.press("l")
        assert LOCKED in slider.render_line(0).text
        await show.press("down", "shift+right")
        row = show.config.pages["home"]
        assert row["home"] == SITE.pages["home"]["home"]
        assert row["product_a"] == 0.27
        for _ in range(2):
            await show.press("end", "left", "end")
        assert row["home"] + show.config.pages["home"]["product_a"] == 1
        # What is said again and again stands there once.
        assert len(show.notifications) == 1
        await show.press("up", "l")
        assert LOCKED not in slider.render_line(0).text


async def test_the_lock_cell_is_clicked() -> None:
    async with showing() as show:
        slider = show.slider("home", "product_b")
        at = plan_row(slider.size.width, slider.label_width).value_start - 1
        for locked in (True, False):
            await show.pilot.click(slider, offset=(at, 0))
            assert slider.locked is locked
            assert bool(show.main.bench.locks) is locked
        assert show.config is SITE


async def test_undo_and_redo() -> None:
    async with showing() as show:
        slider = await show.focus("cart", "payment")
        await show.press(*["right"] * 5, "down", "up", "left")
        edited = show.config
        assert slider.value == 0.54
        await show.press("u")
        assert slider.value == 0.55  # one run of keys is undone as one
        await show.press("u")
        assert show.config == SITE
        assert slider.mark == " "
        await show.press("u")
        assert show.notifications[-1] == "Nothing to undo"
        await show.press("U", "ctrl+r")
        assert show.config == edited
        await show.press("ctrl+r")
        assert show.notifications[-1] == "Nothing to do again"
        await show.until(lambda: show.snapshot.config == edited)


async def test_a_page_comes_is_renamed_and_goes_while_the_simulation_runs() -> None:
    async with showing((120, 40), seconds=9 * 3600, running=True, per_look=0.03) as show:
        await show.focus("home", "product_a")
        await ask(show, "a", "offers")
        await obeyed(show)
        assert show.config.page_names == (*SITE.page_names[:-1], "offers", SITE.goal)
        assert show.config.pages["home"]["offers"] == 0.1
        assert show.main.focused is show.slider("home", "offers")
        await show.until(
            lambda: len(show.table.rows) == 7 and show.table.rows[5].events > 5, "visits of the new page"
        )
        assert "/offers" in show.text
        await ask(show, "f2", "deals")
        await obeyed(show)
        assert show.main.focused is show.slider("home", "deals")
        await show.until(lambda: "/deals" in show.text)
        assert show.table.rows[5].events > 5  # it is the same page
        await show.press("delete")
        await choose(show, 1)
        await obeyed(show)
        assert show.config.page_names == SITE.page_names
        await show.press("u", "u", "u")
        await obeyed(show)
        assert show.config == SITE


async def test_a_target_comes_and_goes() -> None:
    async with showing() as show:
        await show.focus("home", SESSION_END)
        await show.press("a")
        await show.until(lambda: isinstance(show.app.screen, NameDialog))
        assert show.app.screen.query_one(OptionList).option_count == 3
        await show.press("tab", "down", "enter")  # the second of those that can be chosen
        await show.until(lambda: show.app.screen is show.main)
        await obeyed(show)
        assert show.config.pages["home"]["payment"] == 0.1
        assert show.main.focused is show.slider("home", "payment")
        await show.press("delete")
        await choose(show, 0)
        await obeyed(show)
        assert "payment" not in show.config.pages["home"]
        assert show.config.page_names == SITE.page_names


async def test_what_cannot_be_is_said_in_the_dialog_and_changes_nothing() -> None:
    async with showing() as show:
        await show.focus("home", "product_a")
        await ask(show, "f2", "cart")
        assert "there is a page 'cart' already" in problem(show)
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main)
        await ask(show, "a", "product_b")
        assert "has 'product_b' already" in problem(show)
        await show.press("escape")
        await show.until(lambda: show.app.screen is show.main)
        assert show.config is SITE


@pytest.mark.usefixtures("folder")
async def test_categories_come_go_and_are_saved() -> None:
    async with showing() as show:
        await show.press(*["left_square_bracket"] * 2)
        await ask(show, "a", "ad_9")
        assert show.config.ads["ad_9"] == 0.1
        await show.until(lambda: show.editor.selected == (("ads",), "ad_9"))
        await ask(show, "f2", "banner")
        await show.until(lambda: show.editor.selected == (("ads",), "banner"))
        bottom = show.editor.region.bottom - 1
        await show.pilot.click(
            show.editor, offset=(show.lines[bottom].index("del"), bottom - show.editor.region.y)
        )
        await show.until(lambda: "banner" not in show.config.ads, "a click removes")
        await show.press("u", "ctrl+s", "enter")
        await show.until(lambda: not show.main.unsaved, "saved")
        assert load_config("config.yml") == show.config
        assert "banner" in load_config("config.yml").ads


async def test_browsers_are_those_that_there_are() -> None:
    async with showing() as show:
        await show.press(*["right_square_bracket"] * 4, "delete")
        await show.pilot.pause()
        assert "Chrome" not in show.config.browsers
        await ask(show, "a", "Netscape")
        assert "unknown browser 'Netscape'" in problem(show)
        show.app.screen.query_one(Input).value = "Chrome"
        await show.press("enter")
        await show.pilot.pause()
        assert show.config.browsers["Chrome"] == 0.1


@pytest.mark.parametrize("key", ["a", "f2"])
async def test_where_all_names_are_that_there_can_be_none_is_asked_for(key: str) -> None:
    async with showing((120, 40)) as show:
        await show.editor.action_show(3)
        await show.press(key)
        await show.until(lambda: show.notifications, "why not")
        assert show.app.screen is show.main
        assert "all operating systems that there are stand here already: Windows, MacOS" in show.notifications[-1]


async def test_a_name_is_chosen_by_the_arrows() -> None:
    async with showing((120, 40)) as show:
        await show.focus("home", "home")
        await show.press("a")
        await show.until(lambda: isinstance(show.app.screen, NameDialog), "the dialog")
        await show.press("down", "down", "enter")
        await show.until(lambda: show.app.screen is show.main)
        assert "payment" in show.config.pages["home"]


async def test_hours_have_no_names() -> None:
    async with showing() as show:
        await show.press(*["right_square_bracket"] * 2, "a", "f2", "delete")
        await show.pilot.pause()
        assert show.notifications == ["This section has no names to add, rename or remove."]
