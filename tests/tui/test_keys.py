from __future__ import annotations

import pytest
from textual.widgets._footer import FooterKey

from fakeweb_tui.tui.widgets.keys import Keys

from .driving import Show, showing

ALL = "␣ pause +- speed g go to u undo o goal j journal e export ^s save m map / filter ^p menu ? help ^q quit"


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (40, "␣ pause u undo ^p menu ? help ^q quit"),
        (80, "␣ pause +- speed g go to u undo e export ^s save m map ^p menu ? help ^q quit"),
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
