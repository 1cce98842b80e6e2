"""Rows of probabilities as sliders: one group per row, one slider per name."""

from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from fakeweb_tui.config import SESSION_END, Config, RowPath
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.goals import Influence
from fakeweb_tui.tui.messages import LockChanged, ProbabilityChanged
from fakeweb_tui.tui.roles import Role, page_roles, signed
from fakeweb_tui.tui.sections import Section
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.slider import Slider
from fakeweb_tui.tui.widgets.virtual_column import VirtualColumn
from fakeweb_tui.tuning import Workbench

_LABEL_WIDTHS = (12, 14)  # narrow and wide screens
_ROOM_FOR_LABELS = 40  # cells
_ROOM_FOR_GAPS = 40  # lines from which on a free line parts pages


class Place(NamedTuple):
    """A line of the pane: the slider of a name in a row of the config or, without a name, the row's heading."""

    path: RowPath
    name: str | None


class PageHeading(Static):
    """The name of a page above its sliders, and how many sessions land there."""

    DEFAULT_CSS = """
    PageHeading { height: 1; padding-left: 1; }
    """

    role: reactive[str] = reactive("browsing")
    landing: reactive[float] = reactive(0.0)

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page

    def render(self) -> Text:
        """One line."""
        style = theme_style(self.app, self.role, bold=True)
        line = Text(signed(Role(self.role), plain(self.page)), style, no_wrap=True, overflow="ellipsis")
        if self.landing:
            line.append(f"  landing {self.landing:.3f}".replace("0.", "."), theme_style(self.app, "muted"))
        return line


class ProbabilitySlider(Slider):
    """A slider that knows which probability of the config it is."""

    def __init__(self, path: RowPath, target: str, *, label_width: int) -> None:
        super().__init__(target, 0.0, label_width=label_width, muted=target == SESSION_END)
        self.path = path
        self.target = target

    def tip(self) -> Text:
        """Return what the row may be too short for, and the keys."""
        path, target = self.path, self.target
        name = f"{plain(path[-1])} → {plain(target)}" if path[0] == "pages" else plain(target)
        return Text(f"{name}\n←→ ±.01  ⇧ ±.10  ^ ±.001  or type a number, l locks")


class RowsEditor(VirtualColumn[Place], can_focus=False):
    """The sliders of a section. Posts `ProbabilityChanged` when one is moved; `show` shows what came of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "previous", show=False, id="rows.previous", tooltip="Previous slider"),
        Binding("down", "go(1)", "next", show=False, id="rows.next", tooltip="Next slider"),
        Binding("pageup", "go_row(-1)", "previous page", show=False, id="rows.previous_row"),
        Binding("pagedown", "go_row(1)", "next page", show=False, id="rows.next_row"),
    ]
    DEFAULT_CSS = """
    RowsEditor { height: 1fr; scrollbar-size-vertical: 1; }
    RowsEditor .about { height: 1; padding-left: 1; color: $foreground-muted; }
    """

    def __init__(self, section: Section, bench: Workbench) -> None:
        super().__init__()
        self._section = section
        self._bench = bench
        self.influence: Influence | None = None
        """What stands beside the values; `show` shows it."""
        self._roles = page_roles(bench.config)
        self._places = self._places_of(bench.config)

    def _places_of(self, config: Config) -> list[Place]:
        """The sliders, from top to bottom."""
        return [Place(path, name) for path in self._section.paths(config) for name in config.row(path)]

    def on_mount(self) -> None:
        """Make what is seen at first."""
        self._lay_out()

    def on_resize(self) -> None:
        """Use what room there is."""
        self._lay_out()
        if self.current is not None and self.has_focus_within:
            self.reveal(self.current, self.current)

    def show(self, bench: Workbench) -> None:
        """Show the config in force, and mark what differs from the loaded one."""
        before, self._bench = self._bench.config, bench
        self._roles = page_roles(bench.config)
        if not self._same_names(before, bench.config):
            self._rename(self._places_of(bench.config))
        for widget in self.widgets.values():
            self._show_value(widget)

    def _same_names(self, before: Config, after: Config) -> bool:
        paths = self._section.paths(after)
        if self._section.paths(before) != paths:
            return False
        pairs = ((before.row(path), after.row(path)) for path in paths)
        return all(old is new or list(old) == list(new) for old, new in pairs)

    def _rename(self, after: list[Place]) -> None:
        """Show other names: some have come, gone or changed."""
        before, focused = self._places, self.has_focus_within
        self._places = after
        # What is new is what the user asked for; what is gone leaves its place to what comes after it.
        known = set(before)
        new = [place for place in after if place not in known] if len(after) > len(before) else []
        at = new[0] if new else self.current or after[0]
        if at not in after:
            at = after[min(before.index(at) if at in before else 0, len(after) - 1)]
        self.current = at
        self._lay_out()
        if focused:
            self.focus_row(at)

    def _lay_out(self) -> None:
        """Put headings and sliders on their lines."""
        if not self.is_attached:
            return
        gaps = self.size.width >= _ROOM_FOR_LABELS and self.size.height >= _ROOM_FOR_GAPS
        lines: list[Place | None] = []
        for place in self._places:
            if not lines or lines[-1] is None or lines[-1].path != place.path:
                lines += [*[None] * (gaps and bool(lines)), Place(place.path, None)]
            lines.append(place)
        self.place(lines)
        for slider in self.sliders:
            slider.label_width = self._label_width
            slider.refresh()

    @property
    def _label_width(self) -> int:
        return _LABEL_WIDTHS[self.size.width >= _ROOM_FOR_LABELS]

    def make(self, row: Place) -> Widget:
        """Make a slider, or a heading: a page's name, or what the section is about."""
        path, name = row
        if name is not None:
            widget: Widget = ProbabilitySlider(path, name, label_width=self._label_width)
        elif path[0] == "pages":
            widget = PageHeading(path[1])
        else:
            widget = Static(self._section.about, classes="about", markup=False)
        self._show_value(widget)
        return widget

    def _show_value(self, widget: Widget) -> None:
        config, loaded = self._bench.config, self._bench.loaded
        if isinstance(widget, PageHeading):
            widget.role = self._roles[widget.page]
            widget.landing = config.landing_pages.get(widget.page, 0.0)
        elif isinstance(widget, ProbabilitySlider):
            path, name = widget.path, widget.target
            before = loaded.pages.get(path[1], {}) if path[0] == "pages" else loaded.row(path)
            widget.value = value = config.row(path)[name]
            widget.locked = (path, name) in self._bench.locks
            widget.note = self.influence and self.influence.notes.get((path, name), "")
            widget.mark = " " if value == before.get(name) else "◆"

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
    def sliders(self) -> list[ProbabilitySlider]:
        """Those that have a widget now, from top to bottom."""
        return [widget for widget in self.widgets.values() if isinstance(widget, ProbabilitySlider)]

    @property
    def selected(self) -> tuple[RowPath, str] | None:
        """The path and the name of the slider that was focused last, or of the first."""
        path, name = self.current or self._places[0]
        return None if name is None else (path, name)

    # Moving from slider to slider.

    def on_descendant_focus(self) -> None:
        """Remember where the user is."""
        focused = self.screen.focused
        if isinstance(focused, ProbabilitySlider):
            self.current = Place(focused.path, focused.target)

    def focus_control(self) -> None:
        """Focus the slider that was focused last, or the first."""
        self.focus_row(self.current or self._places[0])

    def go_to(self, path: RowPath, name: str | None) -> None:
        """Focus the slider of a name in a row, or the row's first."""
        row = [place for place in self._places if place.path == path]
        for place in [place for place in row if place.name == name] or row[:1]:
            self.focus_row(place)

    def action_go(self, by: int) -> None:
        """Focus the slider so many above or below."""
        if self.current in self._places:
            at = self._places.index(self.current) + by
            self.focus_row(self._places[min(max(at, 0), len(self._places) - 1)])

    def action_go_row(self, by: int) -> None:
        """Focus the first slider of the row before or after, and show as much of the row as there is room for."""
        if self.current is None:
            return
        paths = self._section.paths(self._bench.config)
        at = min(max(paths.index(self.current.path) + by, 0), len(paths) - 1)
        row = [place for place in self._places if place.path == paths[at]]
        self.focus_row(row[0])
        self.reveal(Place(paths[at], None), row[-1])
