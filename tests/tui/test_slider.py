from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import MouseScrollDown, MouseScrollUp
from textual.screen import ModalScreen
from textual.widgets import Footer

from fakeweb_tui.tui.format import EIGHTHS
from fakeweb_tui.tui.palette import fallback_variables
from fakeweb_tui.tui.probability import format_value, plan_row, snap
from fakeweb_tui.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

WIDTH = 60
BAR = plan_row(WIDTH, 14).bar_start
BAR_CELLS = plan_row(WIDTH, 14).bar
VALUE = plan_row(WIDTH, 14).value_start


class Harness(App[None]):
    """Sliders in a pane, and a record of what they say."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,minus,plus,x,left,5,full_stop", "leak", "Leak"),
        Binding("z", "leak", "Leak", priority=True),
    ]

    def __init__(self, *labels: str, value: float = 0.5, width: int = WIDTH) -> None:
        super().__init__()
        self.sliders = [Slider(label, value, id=f"s{number}") for number, label in enumerate(labels)]
        self.slider_width = width
        self.changes: list[tuple[float, int]] = []
        self.invalid: list[str] = []
        self.leaks = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            for slider in self.sliders:
                slider.styles.width = self.slider_width
                yield slider
        yield Footer()

    def action_leak(self) -> None:
        self.leaks += 1

    def on_slider_changed(self, message: Slider.Changed) -> None:
        self.changes.append((message.value, message.gesture))

    def on_slider_invalid(self, message: Slider.Invalid) -> None:
        self.invalid.append(message.text)

    @property
    def values(self) -> list[float]:
        return [value for value, _ in self.changes]

    def row(self, index: int = 0) -> str:
        return self.sliders[index].render_line(0).text


@asynccontextmanager
async def running(
    *labels: str, value: float = 0.5, width: int = WIDTH, focus: bool = True
) -> AsyncIterator[tuple[Harness, Slider, Pilot[None]]]:
    app = Harness(*(labels or ("home", "cart")), value=value, width=width)
    async with app.run_test(size=(80, 12)) as pilot:
        if focus:
            app.sliders[0].focus()
            await pilot.pause()
        yield app, app.sliders[0], pilot


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("left", 0.49),
        ("right", 0.51),
        ("shift+left", 0.4),
        ("shift+right", 0.6),
        ("ctrl+left", 0.499),
        ("ctrl+right", 0.501),
        ("home", 0.0),
        ("end", 1.0),
    ],
)
async def test_keys(key: str, value: float) -> None:
    async with running() as (app, slider, pilot):
        await pilot.press(key)
        assert slider.value == value
        assert app.values == [value]
        assert app.leaks == 0


@pytest.mark.parametrize(("start", "keys"), [(0.0, ["left", "home"]), (1.0, ["right", "shift+right", "end"])])
async def test_nothing_is_said_when_nothing_changes(start: float, keys: list[str]) -> None:
    async with running(value=start) as (app, _, pilot):
        await pilot.press(*keys)
        assert app.changes == []


async def test_keys_clamp_and_round() -> None:
    async with running(value=0.0304) as (_, slider, pilot):
        await pilot.press("right")
        assert slider.value == 0.04
        await pilot.press("shift+left")
        assert slider.value == 0


async def test_value_set_by_code_says_nothing_and_is_not_rounded() -> None:
    async with running() as (app, slider, pilot):
        slider.value = 1 / 3
        await pilot.pause()
        assert app.changes == []
        assert slider.value == 1 / 3
        assert "0.333" in app.row()
        slider.value = 7
        assert slider.value == 1
        slider.value = float("nan")
        assert slider.value == 0


async def test_press_sets_value_at_once_and_drag_follows() -> None:
    async with running() as (app, slider, pilot):
        await pilot.mouse_down(slider, offset=(BAR, 0))
        assert slider.value == 0
        assert app.mouse_captured is slider
        for x in (BAR + 3, BAR + 9, BAR + BAR_CELLS - 1):
            await pilot.hover(slider, offset=(x, 0))
        assert app.values == [0, snap(3 / (BAR_CELLS - 1)), snap(9 / (BAR_CELLS - 1)), 1]
        await pilot.mouse_up(slider, offset=(BAR + BAR_CELLS - 1, 0))
        assert app.mouse_captured is None
        await pilot.hover(slider, offset=(BAR + 3, 0))
        assert slider.value == 1
        assert len({gesture for _, gesture in app.changes}) == 1


async def test_drag_beyond_both_ends_and_out_of_the_widget() -> None:
    async with running() as (app, slider, pilot):
        await pilot.mouse_down(slider, offset=(BAR + 5, 0))
        await pilot.hover(offset=(79, 8))
        assert slider.value == 1
        await pilot.hover(offset=(0, 4))
        assert slider.value == 0
        await pilot.hover("#s1", offset=(BAR + BAR_CELLS // 2, 0))
        assert slider.value == snap((BAR_CELLS // 2) / (BAR_CELLS - 1))
        assert app.sliders[1].value == 0.5
        await pilot.mouse_up(offset=(0, 4))
        assert app.mouse_captured is None
        assert app.screen.get_selected_text() is None


async def test_bar_is_found_behind_padding() -> None:
    async with running() as (_, slider, pilot):
        slider.styles.padding = (0, 0, 0, 2)
        await pilot.pause()
        plan = plan_row(WIDTH - 2, 14)
        await pilot.click(slider, offset=(2 + plan.bar_start, 0))
        assert slider.value == 0
        await pilot.click(slider, offset=(2 + plan.bar_start + plan.bar - 1, 0))
        assert slider.value == 1


async def test_owner_may_correct_the_value_during_a_drag() -> None:
    async with running() as (app, slider, pilot):
        await pilot.mouse_down(slider, offset=(BAR + BAR_CELLS - 1, 0))
        slider.value = 0.999
        await pilot.hover(slider, offset=(BAR + BAR_CELLS - 1, 0))
        await pilot.hover(slider, offset=(BAR + BAR_CELLS, 0))
        assert app.values == [1]
        assert slider.value == 0.999
        await pilot.hover(slider, offset=(BAR, 0))
        assert app.values == [1, 0]


@pytest.mark.parametrize("how", ["focus", "app focus", "disable", "hide", "remove", "screen", "capture"])
async def test_drag_never_gets_stuck(how: str) -> None:
    async with running() as (app, slider, pilot):
        await pilot.mouse_down(slider, offset=(BAR + 5, 0))
        assert app.mouse_captured is slider
        before = slider.value
        if how == "focus":
            app.sliders[1].focus()
        elif how == "app focus":
            app.app_focus = False
        elif how == "disable":
            slider.disabled = True
        elif how == "hide":
            slider.display = False
        elif how == "remove":
            await slider.remove()
        elif how == "screen":
            await app.push_screen(ModalScreen[None]())
        else:
            app.capture_mouse(app.sliders[1])
            await pilot.pause()
            app.capture_mouse(None)
        await pilot.pause()
        assert app.mouse_captured is None
        await pilot.hover(offset=(BAR + 20, 5))
        assert slider.value == before


async def test_leaving_the_app_during_a_drag() -> None:
    async with running() as (app, slider, pilot):
        await pilot.mouse_down(slider, offset=(BAR + 5, 0))
        app.exit()
    assert app.return_code == 0


async def test_wheel_right_button_and_label_change_nothing() -> None:
    async with running(focus=False) as (app, slider, pilot):
        await pilot._post_mouse_events([MouseScrollDown, MouseScrollUp], slider, (BAR + 2, 0))
        await pilot.click(slider, offset=(BAR + 2, 0), button=3)
        await pilot.click(slider, offset=(3, 0))
        assert slider.has_focus
        assert app.changes == []
        assert app.mouse_captured is None
        assert "0.500" in app.row()


async def type_in(pilot: Pilot[None], text: str) -> None:
    names = {".": "full_stop", ",": "comma", "%": "percent_sign"}
    await pilot.press(*(names.get(character, character) for character in text))


@pytest.mark.parametrize(
    ("text", "value"), [("0.17", 0.17), (".17", 0.17), (",17", 0.17), ("17%", 0.17), (".1234", 0.123), ("1", 1)]
)
async def test_entry(text: str, value: float) -> None:
    async with running() as (app, slider, pilot):
        await type_in(pilot, text)
        assert text in app.row()
        assert slider.value == 0.5
        assert app.changes == []
        await pilot.press("enter")
        assert slider.value == value
        assert app.values == [value]
        assert app.invalid == []
        assert format_value(value, 5) in app.row()


@pytest.mark.parametrize("text", ["2", "1.5", ".."])
async def test_bad_entry_stays_and_can_be_mended(text: str) -> None:
    async with running() as (app, slider, pilot):
        await type_in(pilot, text)
        assert "!" not in app.row()
        await pilot.press("enter")
        assert app.invalid == [text]
        assert app.changes == []
        assert text in app.row()
        assert app.row().endswith("!")
        await pilot.press(*["backspace"] * len(text))
        assert "!" not in app.row()
        await type_in(pilot, ".25")
        await pilot.press("enter")
        assert slider.value == 0.25
        assert app.values == [0.25]


@pytest.mark.parametrize("leave", ["escape", "tab"])
async def test_entry_is_dropped(leave: str) -> None:
    async with running() as (app, slider, pilot):
        await type_in(pilot, "0.17")
        await pilot.press(leave)
        assert "0.500" in app.row()
        assert slider.has_focus == (leave == "escape")
        assert app.changes == []
        assert app.invalid == []


async def test_empty_entry_is_dropped() -> None:
    async with running() as (app, _, pilot):
        await pilot.press("7", "backspace", "backspace", "enter")
        assert app.changes == []
        assert app.invalid == []
        await pilot.press("right")
        assert app.values == [0.51]


async def test_entry_of_the_same_value_says_nothing() -> None:
    async with running() as (app, _, pilot):
        await type_in(pilot, ".5")
        await pilot.press("enter")
        assert app.changes == []


async def test_keys_do_not_leak_from_an_entry() -> None:
    async with running() as (app, slider, pilot):
        await pilot.press("x", "minus", "z")
        assert app.leaks == 3
        await pilot.press("5", "full_stop")
        keys = [
            "space",
            "minus",
            "plus",
            "x",
            "z",
            "left",
            "home",
            "end",
            "shift+left",
            "ctrl+right",
            "delete",
        ]
        await pilot.press(*keys)
        assert app.leaks == 3
        assert slider.value == 0.5
        assert "5." in app.row()
        assert not {"x", "z", "space"} & app.screen.active_bindings.keys()
        await pilot.press("escape")
        assert {"x", "z", "space"} <= app.screen.active_bindings.keys()
        await pilot.press("z")
        assert app.leaks == 4


async def test_quitting_works_from_an_entry() -> None:
    async with running() as (app, _, pilot):
        await pilot.press("5", "ctrl+c")
        assert "5" in app.row()
        assert len(app._notifications) == 1
        await pilot.press("ctrl+q")
    assert app._exit


async def test_long_entry_shows_its_end_within_the_row() -> None:
    for width in (30, WIDTH):
        async with running(width=width) as (app, _, pilot):
            await type_in(pilot, "0.123456789")
            assert cell_len(app.row()) == width
            assert "3456" in app.row()


async def test_click_on_the_value_opens_an_empty_entry() -> None:
    async with running(focus=False) as (app, slider, pilot):
        await pilot.click(slider, offset=(VALUE + 1, 0))
        assert "0.500" not in app.row()
        await type_in(pilot, ".2")
        await pilot.double_click(slider, offset=(VALUE, 0))
        await pilot.press("enter")
        assert slider.value == 0.2


async def test_enter_opens_an_empty_entry_and_takes_it() -> None:
    async with running() as (app, slider, pilot):
        await pilot.press("enter")
        assert "0.500" not in app.row()
        await type_in(pilot, ".2")
        await pilot.press("enter")
        assert slider.value == 0.2
        await pilot.press("enter", "enter")
        assert slider.value == 0.2
        assert "0.200" in app.row()


async def test_press_on_the_bar_drops_the_entry() -> None:
    async with running() as (app, slider, pilot):
        await type_in(pilot, ".2")
        await pilot.click(slider, offset=(BAR, 0))
        assert slider.value == 0
        assert "0.000" in app.row()


async def test_drag_that_ends_on_the_value_opens_no_entry() -> None:
    async with running() as (app, slider, pilot):
        await pilot.mouse_down(slider, offset=(BAR, 0))
        await pilot.hover(slider, offset=(VALUE, 0))
        await pilot.mouse_up(slider, offset=(VALUE, 0))
        assert "1.000" in app.row()


async def test_gestures() -> None:
    async with running() as (app, slider, pilot):
        await pilot.press("right", "right", "shift+left")
        await pilot.mouse_down(slider, offset=(BAR + 3, 0))
        await pilot.hover(slider, offset=(BAR + 4, 0))
        await pilot.mouse_up(slider, offset=(BAR + 4, 0))
        await pilot.mouse_down(slider, offset=(BAR + 8, 0))
        await pilot.mouse_up(slider, offset=(BAR + 8, 0))
        await pilot.press("left", "left")
        await type_in(pilot, ".9")
        await pilot.press("enter", "left")
        app.sliders[1].focus()
        await pilot.pause()
        slider.focus()
        await pilot.press("left")
        slider.end_gesture()
        await pilot.press("left")
        gestures = [gesture for _, gesture in app.changes]
        assert gestures == sorted(gestures)
        runs = [gestures.count(gesture) for gesture in sorted(set(gestures))]
        assert runs == [3, 2, 1, 2, 1, 1, 1, 1]
        assert slider.gesture == gestures[-1]


LABELS = [
    "[/x]",
    "[red]home[/red]",
    "[a=b]",
    "🛒 cart",
    "商品ページ一覧表です",
    "a\x1b[31m\x9b\u202eb",
    "",
    "x" * 80,
    "e\u0301\u200d",
]


async def test_rows_fill_their_width_and_no_more() -> None:
    async with running("typing", *LABELS) as (app, _, pilot):
        await pilot.press("5")
        for width in range(12, 61):
            for slider in app.sliders:
                slider.styles.width = width
            await pilot.pause()
            for slider in app.sliders:
                for value in (0.0, 0.0004, 0.5, 0.9996, 1.0):
                    slider.value = value
                    strip = slider.render_line(0)
                    assert cell_len(strip.text) == strip.cell_length == width
                    assert not set("\x1b\x9b\u202e") & set(strip.text)


@pytest.mark.parametrize("width", [0, 1, 2, 5, 7, 8, 11])
async def test_tiny_rows_survive(width: int) -> None:
    async with running(width=width) as (app, slider, pilot):
        await pilot.press("right", "5")
        assert cell_len(slider.render_line(0).text) == slider.size.width
        assert slider.render_line(1).cell_length == slider.size.width
        assert app.values == [0.51]


async def test_label_is_data() -> None:
    async with running("[/x] [red]") as (app, slider, _):
        assert app.row()[1:].startswith("[/x] [red]")
        slider.label = "a\x1bb"
        assert "a\ufffdb" in app.row()


async def test_look_does_not_rest_on_colour_alone() -> None:
    async with running() as (app, slider, pilot):
        assert app.row().startswith("▸home")
        assert app.row(1).startswith(" cart")
        assert EIGHTHS[8] * (BAR_CELLS // 2) in app.row()
        slider.value = 1e-9
        assert "▏" in app.row()
        app.theme = "ansi-dark"
        await pilot.pause()
        assert "▏" + "·" * (BAR_CELLS - 1) in app.row()


async def test_mark_takes_one_cell() -> None:
    async with running() as (app, slider, _):
        for mark, shown in (("◆", "◆"), ("漢", " "), ("\x1b", "\ufffd"), ("", " "), ("ab", "a")):
            slider.mark = mark
            assert app.row()[-1] == shown
            assert cell_len(app.row()) == WIDTH


async def test_states_have_looks_of_their_own() -> None:
    def look(slider: Slider) -> tuple[Style | None, ...]:
        """How marker, label, bar, track and value are drawn."""
        return tuple(segment.style for segment in slider.render_line(0))

    async with running(focus=False) as (app, slider, pilot):
        looks = [look(slider)]
        await pilot.hover(slider)
        looks.append(look(slider))
        slider.focus()
        await pilot.pause()
        looks.append(look(slider))
        app.sliders[1].muted = True
        await pilot.pause()
        looks.append(look(app.sliders[1]))
        assert len(set(looks)) == 4


async def test_a_changed_value_repaints_without_a_layout() -> None:
    async with running() as (app, slider, pilot):
        await pilot.pause()
        slider.value = 0.25
        assert not slider._layout_required
        await pilot.pause()
        assert "0.250" in app.row()


def test_only_the_latest_change_of_a_gesture_matters() -> None:
    one, other = Slider("a", 0), Slider("b", 0)
    change = Slider.Changed(one, 0.1, 1)
    assert change.can_replace(Slider.Changed(one, 0.2, 1))
    assert not change.can_replace(Slider.Changed(one, 0.2, 2))
    assert not change.can_replace(Slider.Changed(other, 0.2, 1))
    assert not change.can_replace(Slider.Invalid(one, "2"))
