"""The transition matrix as sliders: one group per page, one slider per target."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from fakeweb_tui.config import SESSION_END, Config
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.messages import ConfigTuned
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.slider import Slider
from fakeweb_tui.tuning import Path, tune

_LABEL_WIDTHS = (12, 14)  # narrow and wide screens


class PageHeading(Static):
    """The name of a page above its sliders, and how many sessions land there."""

    DEFAULT_CSS = """
    PageHeading { height: 1; }
    """

    def __init__(self, page: str, role: str, landing: float) -> None:
        super().__init__(classes="page-heading")
        self._page, self._role, self._landing = plain(page), role, landing

    def render(self) -> Text:
        """One line."""
        line = Text(self._page, theme_style(self.app, self._role, bold=True), no_wrap=True, overflow="ellipsis")
        if self._landing:
            line.append(f"  landing {self._landing:.3f}".replace("0.", "."), theme_style(self.app, "muted"))
        return line


class ProbabilitySlider(Slider):
    """A slider that knows which probability of the config it is."""

    def __init__(self, path: Path, target: str, value: float) -> None:
        super().__init__(target, value, label_width=_LABEL_WIDTHS[0], muted=target == SESSION_END)
        self.path = path
        self.target = target
        self.tooltip = Text(f"{plain(path[-1])} → {plain(target)}\n←→ ±.01  ⇧ ±.10  ^ ±.001  or type a number")


class TransitionsPane(VerticalScroll, can_focus=False):
    """All sliders. Posts `ConfigTuned` when one is moved; the others of its row have moved with it."""

    BORDER_TITLE = "Transitions"
    BORDER_SUBTITLE = "←→ ±.01  ⇧ ±.10  0-9 type"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "previous", show=False, id="transitions.previous", tooltip="Previous slider"),
        Binding("down", "go(1)", "next", show=False, id="transitions.next", tooltip="Next slider"),
        Binding("pageup", "go_page(-1)", "previous page", show=False, id="transitions.previous_page"),
        Binding("pagedown", "go_page(1)", "next page", show=False, id="transitions.next_page"),
    ]

    def __init__(self, config: Config, loaded: Config, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._config = config
        self._loaded = loaded
        self._gesture: tuple[Slider, int] | None = None
        self._origin: Mapping[str, float] = {}
        self._current: ProbabilitySlider | None = None

    def compose(self) -> ComposeResult:
        """Headings and sliders, in the order of the config."""
        for page, role in page_roles(self._config).items():
            yield PageHeading(page, role, self._config.landing_pages.get(page, 0.0))
            for target, value in self._config.pages[page].items():
                yield ProbabilitySlider(("pages", page), target, value)

    @property
    def sliders(self) -> list[ProbabilitySlider]:
        """The sliders, from top to bottom."""
        return list(self.query(ProbabilitySlider))

    def on_mount(self) -> None:
        """Mark what differs from the loaded file."""
        self._show_config(self.sliders)

    def on_resize(self) -> None:
        """Give the labels what room there is."""
        width = _LABEL_WIDTHS[self.size.width >= 40]
        for slider in self.sliders:
            slider.label_width = width
            slider.refresh()

    def on_slider_changed(self, message: Slider.Changed) -> None:
        """Let the row's others give way, from what they were when the gesture began."""
        message.stop()
        slider = message.slider
        if not isinstance(slider, ProbabilitySlider):
            return
        row = self._config.row(slider.path)
        if self._gesture != (slider, message.gesture):
            self._gesture = (slider, message.gesture)
            self._origin = row
        tuned = tune(self._config, slider.path, slider.target, message.value, self._origin)
        changed = tuned.config is not self._config
        self._config = tuned.config
        self._show_config([other for other in self.sliders if other.path == slider.path])
        if changed or tuned.reason:
            self.post_message(ConfigTuned(tuned.config, tuned.reason))

    def on_slider_invalid(self, message: Slider.Invalid) -> None:
        """Say what would be right."""
        message.stop()
        self.notify(
            f"{message.text}: a probability is a number from 0 to 1, such as 0.17 or 17%",
            severity="error",
            markup=False,
        )

    def _show_config(self, sliders: list[ProbabilitySlider]) -> None:
        for slider in sliders:
            value = self._config.row(slider.path)[slider.target]
            slider.value = value
            slider.mark = " " if value == self._loaded.row(slider.path)[slider.target] else "◆"

    # Moving from slider to slider.

    def on_descendant_focus(self) -> None:
        """Remember where the user is."""
        if isinstance(self.screen.focused, ProbabilitySlider):
            self._current = self.screen.focused

    def focus_slider(self) -> None:
        """Focus the slider that was focused last, or the first."""
        sliders = self.sliders
        if sliders:
            (self._current or sliders[0]).focus()

    def action_go(self, by: int) -> None:
        """Focus the slider so many above or below."""
        sliders = self.sliders
        if self._current in sliders:
            at = sliders.index(self._current) + by
            sliders[min(max(at, 0), len(sliders) - 1)].focus()

    def action_go_page(self, by: int) -> None:
        """Focus the first slider of the page before or after."""
        if self._current is None:
            return
        pages = list(self._config.pages)
        at = min(max(pages.index(self._current.path[1]) + by, 0), len(pages) - 1)
        next(slider for slider in self.sliders if slider.path[1] == pages[at]).focus()
