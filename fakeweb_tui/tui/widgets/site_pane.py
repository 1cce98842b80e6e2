"""The site as a whole: its map, its funnel and its matrix, one at a time, and the figures of what is chosen."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher

from fakeweb_tui.config import SESSION_END
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.figures import page_rows
from fakeweb_tui.tui.flows import Flows
from fakeweb_tui.tui.focusing import focus_at_once
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.widgets.flow_list import FlowList
from fakeweb_tui.tui.widgets.funnel_chart import FunnelChart
from fakeweb_tui.tui.widgets.heat_map import HeatMap
from fakeweb_tui.tui.widgets.site_map import SiteMap

VIEWS = {"map": "Site map", "funnel": "Funnel", "matrix": "Heat map"}
_LOOK_SECONDS = 0.25
_HINTS = {
    "map": ("» landing · browsing ★ goal  % ever there ● now → go there", "% ever there ● now → go there"),
    "funnel": ("█ observed  │ predicted",),
    "matrix": ("observed · below: configured ≈ fits",),
}
"""What the signs of a view mean, and in fewer words where there is little room."""
_BORDER_CELLS = 6  # corners, line and spaces beside a hint


class SitePane(Vertical, can_focus=False):
    """Draws what `show` was given last, a few times a second, while it is visible."""

    DEFAULT_CSS = """
    SitePane {
        & ContentSwitcher { height: 1fr; }
        & ContentSwitcher > * { height: 1fr; }
        & FlowList { margin-top: 1; }
        &.-low FlowList { margin-top: 0; max-height: 6; }
        &.-funnel FlowList { display: none; }
    }
    """

    def __init__(self, forecast: Forecast, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.tooltip = "m, or a click on a name in the border: another view; esc: back"
        self._forecast = forecast
        self._shown: tuple[Snapshot, Forecast, bool] | None = None
        self._fresh = False
        config = forecast.config
        self.map = SiteMap(config, forecast.flow, id="map")
        self.funnel = FunnelChart(page_roles(config), id="funnel-chart")
        self.matrix = HeatMap(config, id="matrix")
        self._list = FlowList(id="flows")

    def compose(self) -> ComposeResult:
        """The views, of which one is shown, and the list."""
        with ContentSwitcher(initial="map"):
            yield self.map
            yield self.funnel
            yield self.matrix
        yield self._list

    def on_mount(self) -> None:
        """Draw at a pace of its own."""
        self.set_interval(_LOOK_SECONDS, self._look)
        self.view = "map"

    def on_resize(self) -> None:
        """Give the list less where there is little room."""
        self.set_class(self.size.height < 24, "-low")
        self._hint()
        self.call_after_refresh(self._fit)

    @property
    def view(self) -> str:
        """Which of `VIEWS` is shown."""
        return self._view

    @view.setter
    def view(self, view: str) -> None:
        self._view = view
        self.query_one(ContentSwitcher).current = self._body.id
        self.set_class(view == "funnel", "-funnel")
        self.border_title = Content(" ").join(self._link(name) for name in VIEWS)
        self._hint()
        self._show_list()
        self.call_after_refresh(self._fit)

    def _hint(self) -> None:
        room = self.outer_size.width - _BORDER_CELLS
        hints = _HINTS[self._view]
        self.border_subtitle = next((hint for hint in hints if cell_len(hint) <= room), hints[-1])

    def _fit(self) -> None:
        """Let the views use their room: of a view that is shown again, Textual does not always tell its size."""
        self.map.fit()
        self.matrix.fit()

    @property
    def _body(self) -> SiteMap | FunnelChart | HeatMap:
        bodies: dict[str, SiteMap | FunnelChart | HeatMap] = {
            "map": self.map,
            "funnel": self.funnel,
            "matrix": self.matrix,
        }
        return bodies[self._view]

    def _link(self, view: str) -> Content:
        style = "$primary bold" if view == self._view else "$muted not bold"
        return Content.from_markup(f"[{style} @click=show('{view}')]$text[/]", text=VIEWS[view])

    def action_show(self, view: str) -> None:
        """Show another view, and go there."""
        self.view = view
        self.focus_view()

    def next_view(self) -> bool:
        """Show the view after this one; False where it was the last."""
        views = list(VIEWS)
        at = views.index(self._view) + 1
        if at < len(views):
            self.action_show(views[at])
        return at < len(views)

    def focus_view(self) -> None:
        """Focus what is shown."""
        focus_at_once(self._body)

    def show(self, snapshot: Snapshot | None, forecast: Forecast, comparable: bool) -> None:
        """Take new figures; those of another config are shown at once, others soon."""
        if snapshot is None:
            return
        self._fit()
        self._shown = snapshot, forecast, comparable
        self._fresh = True
        if forecast is not self._forecast:
            self._forecast = forecast
            config = forecast.config
            self.map.show_config(config, forecast.flow)
            self.matrix.show_config(config)
            self.funnel.roles = page_roles(config)
            self._look()
            self._show_list()

    def _look(self) -> None:
        if not self._fresh or self._shown is None:
            return
        self._fresh = False
        snapshot, forecast, comparable = self._shown
        if snapshot.config.page_names != forecast.config.page_names:
            return
        flows = Flows.of(snapshot, forecast, comparable)
        rows = page_rows(snapshot, forecast, comparable)
        self.map.flows = self.matrix.flows = self._list.flows = flows
        self.map.rows = self.funnel.rows = rows
        self.map.active = tuple(snapshot.observed.active_after.tolist())

    def _show_list(self) -> None:
        names = [*self._forecast.config.pages, SESSION_END]
        page, target = (self.map.page, self.map.target) if self._view == "map" else self.matrix.cursor
        row = self._forecast.config.pages[names[page]]
        self._list.show_page(names, page, [names.index(name) for name in row])
        self._list.chosen = target

    def on_site_map_moved(self, message: SiteMap.Moved) -> None:
        """Tell of the page under the cursor."""
        message.stop()
        self._show_list()

    def on_heat_map_moved(self, message: HeatMap.Moved) -> None:
        """Tell of the cell under the cursor."""
        message.stop()
        self._show_list()

    def on_flow_list_clicked(self, message: FlowList.Clicked) -> None:
        """Choose the transition; where it is chosen already, ask for its slider."""
        message.stop()
        if self._view == "matrix":
            if self.matrix.cursor[1] == message.target:
                self.matrix.action_choose()
            self.matrix.cursor = self.matrix.cursor[0], message.target
        else:
            if self.map.target == message.target:
                self.map.action_choose()
            self.map.target = message.target
