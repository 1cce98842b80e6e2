"""Rows of probabilities as sliders: one group per row, one slider per name."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from fakeweb_tui.config import SESSION_END, RowPath
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.goals import Influence
from fakeweb_tui.tui.messages import LockChanged, ProbabilityChanged
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.sections import Section
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.slider import Slider
from fakeweb_tui.tuning import Workbench

_LABEL_WIDTHS = (12, 14)  # narrow and wide screens


class PageHeading(Static):
    """The name of a page above its sliders, and how many sessions land there."""

    DEFAULT_CSS = """
    PageHeading { height: 1; }
    """

    role: reactive[str] = reactive("browsing")
    landing: reactive[float] = reactive(0.0)

    def __init__(self, page: str) -> None:
        super().__init__(classes="page-heading")
        self.page = page

    def render(self) -> Text:
        """One line."""
        style = theme_style(self.app, self.role, bold=True)
        line = Text(plain(self.page), style, no_wrap=True, overflow="ellipsis")
        if self.landing:
            line.append(f"  landing {self.landing:.3f}".replace("0.", "."), theme_style(self.app, "muted"))
        return line


class ProbabilitySlider(Slider):
    """A slider that knows which probability of the config it is."""

    def __init__(self, path: RowPath, target: str, value: float) -> None:
        super().__init__(target, value, label_width=_LABEL_WIDTHS[0], muted=target == SESSION_END)
        self.path = path
        self.target = target
        name = f"{plain(path[-1])} → {plain(target)}" if path[0] == "pages" else plain(target)
        self.tooltip = Text(f"{name}\n←→ ±.01  ⇧ ±.10  ^ ±.001  or type a number, l locks")


class RowsEditor(VerticalScroll, can_focus=False):
    """The sliders of a section. Posts `ProbabilityChanged` when one is moved; `show` shows what came of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "previous", show=False, id="rows.previous", tooltip="Previous slider"),
        Binding("down", "go(1)", "next", show=False, id="rows.next", tooltip="Next slider"),
        Binding("pageup", "go_row(-1)", "previous page", show=False, id="rows.previous_row"),
        Binding("pagedown", "go_row(1)", "next page", show=False, id="rows.next_row"),
    ]
    DEFAULT_CSS = """
    RowsEditor { height: 1fr; scrollbar-size-vertical: 1; }
    RowsEditor > .about { height: 1; padding-left: 1; color: $foreground-muted; }
    """

    def __init__(self, section: Section, bench: Workbench) -> None:
        super().__init__()
        self._section = section
        self._bench = bench
        self._current: ProbabilitySlider | None = None
        self.influence: Influence | None = None
        """What stands beside the values; `show` shows it."""
        self.sliders: list[ProbabilitySlider] = []
        """From top to bottom."""

    def compose(self) -> ComposeResult:
        """What the row is, its sliders; for pages a heading each."""
        config = self._bench.config
        self.sliders = []
        if self._section.key != "pages":
            yield Static(self._section.about, classes="about", markup=False)
        for path in self._section.paths(config):
            if path[0] == "pages":
                yield PageHeading(path[1])
            for name, value in config.row(path).items():
                slider = ProbabilitySlider(path, name, value)
                self.sliders.append(slider)
                yield slider

    def on_mount(self) -> None:
        """Mark what differs."""
        self._show_values()

    def show(self, bench: Workbench) -> None:
        """Show the config in force, and mark what differs from the loaded one."""
        self._bench = bench
        if self._names_shown() == self._names():
            self._show_values()
        else:
            self.call_later(self._rebuild)

    def _names_shown(self) -> list[tuple[RowPath, str]]:
        return [(slider.path, slider.target) for slider in self.sliders]

    def _names(self) -> list[tuple[RowPath, str]]:
        config = self._bench.config
        return [(path, name) for path in self._section.paths(config) for name in config.row(path)]

    async def _rebuild(self) -> None:
        """Make the sliders anew: names have come, gone or changed."""
        kept, before = self.selected, self._names_shown()
        focused = self._current is not None and self._current.has_focus
        await self.recompose()
        after = self._names_shown()
        # What is new is what the user asked for; what is gone leaves its place to what comes after it.
        new = [name for name in after if name not in before] if len(after) > len(before) else []
        at = new[0] if new else kept
        place = after.index(at) if at in after else before.index(at) if at in before else 0
        self._current = self.sliders[min(place, len(self.sliders) - 1)]
        self._show_values()
        self._give_room()
        if focused:
            self.focus_control()

    def _show_values(self) -> None:
        config, loaded = self._bench.config, self._bench.loaded
        roles = page_roles(config)
        for heading in self.query(PageHeading):
            heading.role, heading.landing = roles[heading.page], config.landing_pages.get(heading.page, 0.0)
        before = {path: loaded.row(path) for path in loaded.paths}
        for slider in self.sliders:
            slider.value = value = config.row(slider.path)[slider.target]
            slider.locked = (slider.path, slider.target) in self._bench.locks
            slider.note = self.influence and self.influence.notes.get((slider.path, slider.target), "")
            slider.mark = " " if value == before.get(slider.path, {}).get(slider.target) else "◆"

    def on_resize(self) -> None:
        """Give the labels what room there is."""
        self._give_room()

    def _give_room(self) -> None:
        width = _LABEL_WIDTHS[self.size.width >= 40]
        for slider in self.sliders:
            slider.label_width = width
            slider.refresh()

    def on_slider_changed(self, message: Slider.Changed) -> None:
        """Ask for the probability."""
        message.stop()
        slider = message.slider
        if isinstance(slider, ProbabilitySlider):
            gesture = (slider, message.gesture)
            self.post_message(ProbabilityChanged(slider.path, slider.target, message.value, gesture))

    def on_slider_lock_pressed(self, message: Slider.LockPressed) -> None:
        """Ask for the lock."""
        message.stop()
        slider = message.slider
        if isinstance(slider, ProbabilitySlider):
            self.post_message(LockChanged(slider.path, slider.target))

    def on_slider_invalid(self, message: Slider.Invalid) -> None:
        """Say what would be right."""
        message.stop()
        self.notify(
            f"{message.text}: a probability is a number from 0 to 1, such as 0.17 or 17%",
            severity="error",
            markup=False,
        )

    @property
    def selected(self) -> tuple[RowPath, str] | None:
        """The path and the name of the slider that was focused last, or of the first."""
        slider = self._current or next(iter(self.sliders), None)
        return (slider.path, slider.target) if slider else None

    # Moving from slider to slider.

    def on_descendant_focus(self) -> None:
        """Remember where the user is."""
        if isinstance(self.screen.focused, ProbabilitySlider):
            self._current = self.screen.focused

    def focus_control(self) -> None:
        """Focus the slider that was focused last, or the first."""
        if self.sliders:
            (self._current or self.sliders[0]).focus()

    def go_to(self, path: RowPath, name: str | None) -> None:
        """Focus the slider of a name in a row, or the row's first."""
        row = [slider for slider in self.sliders if slider.path == path]
        for slider in [slider for slider in row if slider.target == name] or row[:1]:
            slider.focus()

    def action_go(self, by: int) -> None:
        """Focus the slider so many above or below."""
        if self._current in self.sliders:
            at = self.sliders.index(self._current) + by
            self.sliders[min(max(at, 0), len(self.sliders) - 1)].focus()

    def action_go_row(self, by: int) -> None:
        """Focus the first slider of the row before or after."""
        if self._current is None:
            return
        paths = self._section.paths(self._bench.config)
        at = min(max(paths.index(self._current.path) + by, 0), len(paths) - 1)
        next(slider for slider in self.sliders if slider.path == paths[at]).focus()
