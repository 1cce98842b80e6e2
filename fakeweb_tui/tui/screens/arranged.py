"""What a screen of panes needs: its layouts, and the ways to another pane, another size and the site map."""

from typing import Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Tabs

from fakeweb_tui.config import Config
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tui.charts import Across
from fakeweb_tui.tui.focusing import focus_at_once
from fakeweb_tui.tui.layout import Layout, layout_for
from fakeweb_tui.tui.messages import TransitionChosen
from fakeweb_tui.tui.screens.tuning import TuningScreen
from fakeweb_tui.tui.sizes import STEP, Border, Sizes
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tui.widgets.log_pane import LogPane
from fakeweb_tui.tui.widgets.site_pane import SitePane

MAP_BESIDE_EDITOR = 120
"""From so many cells on, the site map stands beside the editor."""

FUNNEL_BELOW_TABLE = 36
"""From so many lines on, a wide screen has room for the funnel below the table."""

WIDE_EDITOR = 50
"""The cells of the editor on a wide screen, as in the stylesheet."""

MOST_OF_CHART = 0.57
"""The part of the room for figures that the histogram takes at most, on a wide screen."""

FRAME = 4
"""The cells of a pane's borders and of what is free beside them."""

LEAST_EDITOR = 24
"""The cells that the editor has at least."""

PANES = ("editor", "pages", "histogram", "log")
"""The panes, in the order of the tab key, by their ids."""

ARRANGING_KEYS: list[BindingType] = [
    Binding("m", "site", "map", id="site", tooltip="Site map, funnel, heat map, and back"),
    Binding("escape", "back", "back", id="back", show=False, tooltip="Back from the site map, or to all panes"),
    Binding("tab", "pane(1)", "next pane", id="next_pane", show=False, tooltip="Go to the next pane"),
    Binding("shift+tab", "pane(-1)", "previous pane", id="previous_pane", show=False, tooltip="Go back a pane"),
    Binding("z", "maximise", "maximise", id="maximise", tooltip="All the room for the pane in focus"),
    *(
        Binding(
            key,
            f"size({wider}, {taller})",
            name,
            key_display=sign,
            id=name,
            show=False,
            tooltip=f"Make the pane {name}",
        )
        for key, sign, name, wider, taller in (
            ("less_than_sign", "<", "narrower", -1, 0),
            ("greater_than_sign", ">", "wider", 1, 0),
            ("left_curly_bracket", "{", "lower", 0, -1),
            ("right_curly_bracket", "}", "taller", 0, 1),
        )
    ),
]
"""The keys that arrange the panes, for the `BINDINGS` of the screen."""


class ArrangedScreen(TuningScreen):
    """Gives each pane its place: by the terminal's size, by what the user has moved, by what is maximised."""

    pane: reactive[str] = reactive(PANES[0], repaint=False, init=False)
    sizes: reactive[Sizes] = reactive(Sizes(), repaint=False, init=False)
    """The parts that panes have, where the user has moved a border."""
    maximised: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether the pane in focus has all the room."""

    def __init__(self, config: Config, parameters: Parameters, live: LiveSimulation) -> None:
        super().__init__(config, parameters, live)
        self._forecast = Forecast(config, parameters)
        self._dragged: tuple[Border, Widget] | None = None

    def on_resize(self) -> None:
        """Choose the layout for the terminal's new size."""
        layout = layout_for(*self.app.size)
        for other in Layout:
            self.set_class(other is layout, other.value)
        self.set_class(layout is Layout.TABBED or self.maximised, "-one")
        self.set_class(self.app.size.width < MAP_BESIDE_EDITOR, "-slim")
        self.set_class(self.app.size.height < FUNNEL_BELOW_TABLE, "-short")
        self._give_lines()
        self._apply_sizes()
        if layout is not Layout.TOO_SMALL:
            self.call_after_refresh(self._restore_focus)

    def _give_lines(self) -> None:
        """Give the table a line per page.

        Above the histogram it gets no more: what is left is better spent on the log. Beside it the funnel below
        the table gets as many, as far as the log keeps half of the screen.
        """
        table, funnel = len(self.config.pages) + 3, len(self.config.pages) + 2
        if self.has_class("-short"):
            funnel = 0
        shared = not self.has_class("-one")
        above = shared and self.has_class(Layout.NORMAL.value) and self.sizes.histogram is None
        beside = shared and self.has_class(Layout.WIDE.value) and self.sizes.log is None
        self.query_one("#by-page").styles.max_height = table if above else None
        half = (self.app.size.height - 2) // 2
        self.query_one("#figures").styles.min_height = min(table + funnel, half) if beside else None

    def _restore_focus(self) -> None:
        """Give the focus back that went when the terminal was too small for any pane."""
        if self.focused is None:
            self._focus_pane(self.pane)

    def watch_pane(self, pane: str) -> None:
        """Show the chosen pane where there is room for one only."""
        for other in PANES:
            self.set_class(other == pane, f"-show-{other}")
        self.query_one(Tabs).active = f"tab-{pane}"

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """Show the pane whose tab was clicked."""
        # What the tabs tell late, of a pane that was left meanwhile, is of no interest.
        if event.tab.id == event.tabs.active and (pane := event.tabs.active.removeprefix("tab-")) != self.pane:
            self._focus_pane(pane)

    def on_descendant_focus(self) -> None:
        """Keep the tab in step with the focus."""
        focused = self.focused
        inside = [node.id for node in focused.ancestors_with_self if node.id in PANES] if focused else []
        if inside and inside[0]:
            self.pane = inside[0]

    def action_pane(self, by: int) -> None:
        """Focus the next pane, or the one before; beside the site map there is only the editor."""
        if self._site_shown:
            on_map = self.query_one(SitePane).has_focus_within
            self._focus_pane(PANES[0] if on_map else PANES[1])
        else:
            self._focus_pane(PANES[(PANES.index(self.pane) + by) % len(PANES)])

    def _focus_pane(self, pane: str) -> None:
        self.set_class(self._site_shown and pane == PANES[0], "-sliders")
        if self._site_shown and pane != PANES[0]:
            self.query_one(SitePane).focus_view()
            return
        self.pane = pane
        widget = self.query_one(f"#{pane}", Widget)
        if isinstance(widget, EditorPane):
            widget.focus_control()
        elif isinstance(widget, LogPane):
            widget.focus_log()
        else:
            focus_at_once(widget)

    # Sizes.

    def watch_maximised(self) -> None:
        """Show the pane in focus alone, or all panes."""
        self.on_resize()

    def action_maximise(self) -> None:
        """Give the pane in focus all the room, or take it away again."""
        self.maximised = not self.maximised

    def action_back(self) -> None:
        """Leave the site map or, without one, the pane that has all the room."""
        if self._site_shown:
            self.action_leave_site()
        else:
            self.maximised = False

    def watch_sizes(self) -> None:
        """Move the borders."""
        self._give_lines()
        self._apply_sizes()

    def _apply_sizes(self) -> None:
        """Give panes the parts that the user has chosen, where all are shown; the rest is up to the stylesheet."""
        shown = not self.has_class("-one") and not self.has_class(Layout.TOO_SMALL.value)
        sizes = self.sizes if shown else Sizes()
        editor = self.query_one("#editor")
        editor.styles.width = None if sizes.editor is None else self._editor_width(sizes.editor)
        self._share(self.query_one("#log"), self.query_one("#figures"), sizes.log, "height")
        across: Literal["width", "height"] = "width" if self.has_class(Layout.WIDE.value) else "height"
        histogram, by_page = self.query_one("#histogram"), self.query_one("#by-page")
        self._share(histogram, by_page, sizes.histogram, across)
        if shown and across == "width" and sizes.histogram is None:
            # Hours have whole columns: what is left of the room is better spent on the table.
            room = self.size.width - (self._editor_width(sizes.editor) if sizes.editor else WIDE_EDITOR)
            histogram.styles.width = Across.for_width(round(room * MOST_OF_CHART) - FRAME).width + FRAME

    def _editor_width(self, part: float) -> int:
        return max(LEAST_EDITOR, round(part * self.size.width))

    def _share(self, one: Widget, other: Widget, part: float | None, side: Literal["width", "height"]) -> None:
        """Divide what two panes have together: a part for the one, the rest for the other."""
        for widget in (one, other):
            widget.styles.width = widget.styles.height = None
        if part is not None:
            # By cells where these are known, so that a border is where the pointer is.
            together = sum(getattr(widget.region, side) for widget in (one, other)) or 100
            cells = round(part * together)
            setattr(one.styles, side, f"{cells}fr")
            setattr(other.styles, side, f"{together - cells}fr")

    def _part(self, border: Border) -> float:
        """The part that a pane has now."""
        chosen: float | None = getattr(self.sizes, border)
        if chosen is not None:
            return chosen
        if border == "editor":
            return self.query_one("#editor").region.width / max(1, self.size.width)
        if border == "log":
            return self.query_one("#log").region.height / max(1, self.query_one("#observed").region.height)
        histogram, figures = self.query_one("#histogram").region, self.query_one("#figures").region
        if self.has_class(Layout.WIDE.value):
            return histogram.width / max(1, figures.width)
        return histogram.height / max(1, figures.height)

    def action_size(self, wider: int, taller: int) -> None:
        """Make the pane in focus larger or smaller by a step, at the cost of its neighbour."""
        if self.has_class("-one"):
            return
        border, sign = self._border_of(self.pane, across=bool(wider))
        if border:
            part = self._part(border) + sign * STEP * (wider + taller)
            self.sizes = self.sizes.moved(border, part)

    def _border_of(self, pane: str, across: bool) -> tuple[Border | None, int]:
        """The border that makes a pane wider or taller, and in which direction."""
        wide = self.has_class(Layout.WIDE.value)
        if across:
            if wide and pane in ("pages", "histogram"):
                return "histogram", 1 if pane == "histogram" else -1
            return "editor", 1 if pane == "editor" else -1
        if pane == "log" or (wide and pane != "editor"):
            return "log", 1 if pane == "log" else -1
        return (None, 0) if pane == "editor" else ("histogram", 1 if pane == "histogram" else -1)

    def _border_at(self, x: int, y: int) -> tuple[Border, Widget] | None:
        """The border at a place of the screen, and the pane that it is of."""
        if self.has_class("-one") or self.has_class("-site"):
            return None
        editor, log, histogram = (self.query_one(f"#{pane}") for pane in ("editor", "log", "histogram"))
        if x in (editor.region.right - 1, editor.region.right) and editor.region.y <= y < editor.region.bottom:
            return "editor", editor
        if x > editor.region.right and y in (log.region.y - 1, log.region.y):
            return "log", log
        region = histogram.region
        if self.has_class(Layout.WIDE.value):
            beside = x in (region.x - 1, region.x) and region.y <= y < region.bottom
        else:
            beside = x > editor.region.right and y in (region.y - 1, region.y)
        return ("histogram", histogram) if beside else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag a border."""
        found = self._border_at(event.screen_x, event.screen_y)
        if event.button == 1 and found:
            self._dragged = found
            found[1].capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the border that is dragged to the pointer."""
        if self._dragged and self.app.mouse_captured is not self._dragged[1]:
            # A dialog has come between.
            self._dragged = None
        if self._dragged is None:
            return
        border = self._dragged[0]
        figures, observed = self.query_one("#figures").region, self.query_one("#observed").region
        x, y = event.screen_x, event.screen_y
        if border == "editor":
            part = (x + 1) / max(1, self.size.width)
        elif border == "log":
            part = (observed.bottom - y) / max(1, observed.height)
        elif self.has_class(Layout.WIDE.value):
            part = (figures.right - x) / max(1, figures.width)
        else:
            part = (figures.bottom - y) / max(1, figures.height)
        self.sizes = self.sizes.moved(border, part)

    def on_mouse_up(self) -> None:
        """Let the border go."""
        if self._dragged:
            self._dragged[1].release_mouse()
            self._dragged = None

    # The site map.

    @property
    def _site_shown(self) -> bool:
        return self.has_class("-site")

    def action_site(self) -> None:
        """Show the site's map in place of the panes on the right, then its other views, then the panes."""
        site = self.query_one(SitePane)
        if not self._site_shown:
            self.add_class("-site")
            site.action_show("map")
        elif not site.next_view():
            self.action_leave_site()

    def action_leave_site(self) -> None:
        """Show the panes again."""
        if self._site_shown:
            self._hide_site()
            self.call_after_refresh(self._focus_pane, self.pane)

    def _hide_site(self) -> None:
        self.remove_class("-site", "-sliders")

    async def on_transition_chosen(self, message: TransitionChosen) -> None:
        """Go to the sliders of a page, or to that of a transition."""
        if self._site_shown:
            self.add_class("-sliders")
        await self.query_one(EditorPane).reveal(("pages", message.page), message.target)
