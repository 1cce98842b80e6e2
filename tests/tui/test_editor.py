from __future__ import annotations

import pytest
from textual.widget import Widget

from fakeweb_tui.tui.sections import SECTIONS
from fakeweb_tui.tui.widgets.day_curve import DayCurve
from fakeweb_tui.tui.widgets.editor.rows import RowsEditor
from fakeweb_tui.tui.widgets.number_field import NumberField

from .driving import SITE, Show, hostile_config, showing


def sliders(show: Show) -> list[tuple[tuple[str, ...], str]]:
    editor = show.editor.editor
    assert isinstance(editor, RowsEditor)
    return [(slider.path, slider.target) for slider in editor.sliders]


async def test_brackets_go_through_the_sections_and_round() -> None:
    async with showing() as show:
        for section in (*SECTIONS[1:], SECTIONS[0]):
            await show.press("right_square_bracket")
            await show.pilot.pause()
            assert SECTIONS[show.editor.section] is section
            assert section.title in show.lines[1]
            focused = show.main.focused
            assert focused is not None
            assert show.editor in focused.ancestors
            if section.key == "visits_per_hour":
                assert isinstance(focused, DayCurve)
            elif section.key == "simulation":
                assert isinstance(focused, NumberField)
            else:
                assert sliders(show) == [(path, name) for path in section.paths(SITE) for name in SITE.row(path)]
        await show.press("left_square_bracket")
        assert show.editor.section == len(SECTIONS) - 1


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (60, 20)])
async def test_a_click_on_a_name_shows_its_section(size: tuple[int, int]) -> None:
    async with showing(size) as show:
        # Each arrow has two cells.
        for name, cell, section in (
            ("Landing", 0, 1),
            (" ›", 0, None),
            ("‹ ", 0, None),
            (" ›", 1, None),
            ("‹ ", 1, None),
            ("Transitions", 0, 0),
        ):
            strip = show.lines[show.editor.region.y]
            x = strip.index(name) + cell - show.editor.region.x
            before = show.editor.section
            await show.pilot.click(show.editor, offset=(x, 0))
            await show.pilot.pause()
            if section is None:
                assert show.editor.section != before
            else:
                assert show.editor.section == section
            focused = show.main.focused
            assert focused is not None
            assert show.editor in focused.ancestors


async def test_only_the_strip_says_what_it_is_for() -> None:
    async with showing((120, 40)) as show:
        slider = await show.focus("home", "product_a")
        await show.pilot.hover(show.editor, offset=(5, 0))
        assert "another section" in str(show.editor.tooltip)
        await show.pilot.hover(slider, offset=(20, 0))
        # It would lie on the sliders below.
        assert not any(widget.tooltip for widget in (slider, *slider.ancestors) if isinstance(widget, Widget))


async def test_a_section_is_tuned_while_the_simulation_runs() -> None:
    async with showing(seconds=3600) as show:
        await show.press("right_square_bracket", "shift+right")
        landing = show.config.landing_pages
        assert landing["home"] == 0.7
        assert sum(landing.values()) == 1
        await show.until(lambda: show.snapshot.version.edits == 1)
        assert show.snapshot.scenario.edits[-1].path == ("landing_pages",)
        await show.press(*["right_square_bracket"] * 3, *".9", "enter")
        assert next(iter(show.config.browsers.values())) == 0.9
        assert "2 rows edited" in show.lines[0]
        # What is edited in one section is shown in the others: the heading says how many sessions land there.
        await show.press(*["left_square_bracket"] * 4)
        await show.until(lambda: "landing .700" in show.text)


async def test_hostile_names_are_shown_as_text() -> None:
    async with showing((120, 40), config=hostile_config(12)) as show:
        await show.press(*["right_square_bracket"] * 5)
        await show.pilot.pause()
        assert "[/x]" in show.text
        assert "\x1b" not in show.text


async def test_the_border_tells_what_it_is_and_what_is_drawn_on_stays_free() -> None:
    async with showing() as show:
        editor = show.editor
        await show.pilot.hover(editor, offset=(20, 0))
        await show.until(lambda: "a click on a name" in " ".join(show.text.split()), "the tooltip")
        await show.press("]", "]")
        curve = show.main.query_one(DayCurve)
        await show.pilot.hover(curve, offset=(5, 5))
        around = [widget for widget in curve.ancestors_with_self if isinstance(widget, Widget)]
        assert editor in around
        assert not any(widget.tooltip for widget in around)
