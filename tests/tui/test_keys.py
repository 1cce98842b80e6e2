from __future__ import annotations

import pytest
from textual import events
from textual.widgets._footer import FooterKey

from fakeweb_tui.tui.widgets.editor.rows import ProbabilitySlider
from fakeweb_tui.tui.widgets.keys import Keys

from .driving import Show, showing

ALL = (
    "␣ pause n step +- speed g go to u undo o goal j journal e export v A/B ^o open ^s save d hours m map"
    " z maximise / filter t theme ^p menu ? help ^q quit"
)
SOME = (
    "␣ pause +- speed g go to u undo o goal j journal e export v A/B ^o open ^s save m map / filter"
    " ^p menu ? help ^q quit"
)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (40, "␣ pause u undo ^p menu ? help ^q quit"),
        (80, "␣ pause +- speed g go to u undo e export ^s save m map ^p menu ? help ^q quit"),
        (120, SOME),
        (len(ALL) + 1, ALL),
    ],
)
async def test_where_not_all_keys_fit_the_ones_that_help_are_kept(width: int, text: str) -> None:
    async with showing((width, 24)) as show:
        assert show.lines[-1].rstrip() == text


async def test_another_width_shows_other_keys() -> None:
    async with showing((160, 24)) as show:
        assert show.lines[-1].rstrip() == ALL
        await show.pilot.resize_terminal(80, 24)
        await show.until(lambda: "filter" not in show.lines[-1] and "^q quit" in show.lines[-1], "fewer keys")
        await show.pilot.resize_terminal(160, 24)
        await show.until(lambda: show.lines[-1].rstrip() == ALL, "all keys")


def labels(show: Show) -> list[FooterKey]:
    return list(show.main.query_one(Keys).query(FooterKey))


async def test_keys_that_stay_the_same_are_not_composed_anew() -> None:
    async with showing((170, 46)) as show:
        before = labels(show)
        await show.press("down", "down", "tab", "shift+tab")
        await show.pilot.pause()
        assert labels(show) == before


def press_at_once(show: Show, *keys: tuple[str, str | None]) -> None:
    """Press keys so fast that none is handled before the last one has come, as `tmux send-keys` does."""
    for key, character in keys:
        show.app.post_message(events.Key(key, character))


async def test_keys_that_come_at_once_act_in_their_order() -> None:
    async with showing() as show:
        before = show.config.pages["home"]
        press_at_once(show, ("down", None), ("right", None))
        await show.until(lambda: show.config.pages["home"] != before)
        assert show.config.pages["home"]["product_a"] == 0.18
        press_at_once(
            show,
            ("down", None),
            *(("full_stop", "."), ("2", "2"), ("9", "9"), ("backspace", None), ("enter", "\r")),
            ("down", None),
            ("right", None),
        )
        await show.until(lambda: len(show.main.bench.done) == 3)
        home = show.config.pages["home"]
        assert [path_and_name(show)] == [("home", "session_end")]
        assert 0.19 < home["product_b"] <= 0.2
        press_at_once(show, ("right_square_bracket", "]"), ("right", None))
        await show.until(lambda: len(show.main.bench.done) == 4)
        assert show.config.landing_pages["home"] == 0.61


def path_and_name(show: Show) -> tuple[str, str]:
    """The page and the target of the slider in focus."""
    slider = show.main.focused
    assert isinstance(slider, ProbabilitySlider)
    return slider.path[1], slider.target


async def test_the_pane_that_is_gone_to_has_the_next_key() -> None:
    async with showing((120, 40), seconds=9 * 3600) as show:
        press_at_once(show, ("tab", None), ("tab", None), ("right", None))
        await show.until(lambda: show.histogram.cursor is not None)
        press_at_once(show, ("tab", None), ("down", None), ("down", None))
        await show.until(lambda: show.log.cursor == 2)


async def test_an_open_entry_hides_the_keys_that_it_keeps() -> None:
    async with showing((160, 24)) as show:
        await show.press("5")
        await show.until(
            lambda: show.lines[-1].rstrip() == "^o open ^s save ^p menu ^q quit", "the keys that still act"
        )
        await show.press("escape")
        await show.until(lambda: show.lines[-1].rstrip() == ALL, "all keys")
