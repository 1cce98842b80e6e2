"""The main screen: sliders, table, histogram and log of one live simulation."""

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Footer, Static, Tab, Tabs
from textual.worker import get_current_worker

from fakeweb_tui.config import Config, Row
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.figures import page_rows
from fakeweb_tui.tui.format import clock_text
from fakeweb_tui.tui.layout import Layout, layout_for
from fakeweb_tui.tui.messages import Advanced
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.screens.go_to import GoToDialog
from fakeweb_tui.tui.screens.inspector import Inspector
from fakeweb_tui.tui.screens.tuning import TUNING_KEYS, TuningScreen
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tui.widgets.event_log import EventLog
from fakeweb_tui.tui.widgets.funnel import Funnel
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.tui.widgets.log_pane import LogPane
from fakeweb_tui.tui.widgets.pages_table import PagesTable
from fakeweb_tui.tui.widgets.site_pane import SitePane
from fakeweb_tui.tui.widgets.status_line import StatusLine
from fakeweb_tui.users import UserPool

SNAPSHOT_SECONDS = 0.1
"""How often the simulation is looked at: ten times a second is smooth, and leaves time for keys."""

VISIBLE = 0.0005
"""A probability from which on it is worth a word."""

USER_PATHS = tuple(
    (section,) for section in ("operating_systems", "browsers", "sources", "mediums", "campaigns", "ads")
)
"""The rows that say what users are like."""

MAP_BESIDE_EDITOR = 120
"""From so many cells on, the site map stands beside the editor."""

PANES = ("editor", "pages", "histogram", "log")
_TAB_NAMES = ("Editor", "Pages", "Hours", "Log")


class MainScreen(TuningScreen):
    """Shows a live simulation, and steers it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause", key_display="␣", id="pause", tooltip="Let time stand still, or go on"),
        Binding("n", "step", "step", id="step", tooltip="Pause, and let the next step happen"),
        Binding(
            "plus,equals_sign",
            "speed(1)",
            "speed",
            key_display="+-",
            id="faster",
            tooltip="Next higher speed, next lower speed",
        ),
        Binding(
            "minus",
            "speed(-1)",
            "slower",
            show=False,
            key_display="-",
            id="slower",
        ),
        Binding("g", "go_to", "go to", id="go_to", tooltip="Go to a date and hour"),
        Binding("r", "reset", "reset", id="reset", tooltip="Begin again at the start, with the same seed"),
        *TUNING_KEYS,
        Binding("s", "sort", "sort", id="sort", show=False, tooltip="Sort the pages by their next column"),
        Binding(
            "S",
            "reverse",
            "reverse sort",
            id="reverse",
            show=False,
            tooltip="Sort the pages the other way round",
        ),
        Binding("h", "measure", "hours", id="measure", show=False, tooltip="Show events or sessions per hour"),
        Binding(
            "d",
            "view",
            "hours",
            id="view",
            show=False,
            tooltip="Hour of day, last 24 hours, or a calendar of days",
        ),
        Binding("m", "site", "map", id="site", tooltip="Site map, funnel, heat map, and back"),
        Binding("escape", "leave_site", "back", id="leave_site", show=False, tooltip="Back from the site map"),
        Binding("slash", "filter", "filter", key_display="/", id="filter", tooltip="Filter the event log"),
        Binding("tab", "pane(1)", "next pane", id="next_pane", show=False, tooltip="Go to the next pane"),
        Binding(
            "shift+tab", "pane(-1)", "previous pane", id="previous_pane", show=False, tooltip="Go back a pane"
        ),
    ]

    pane: reactive[str] = reactive(PANES[0], repaint=False, init=False)

    def __init__(self, config: Config, parameters: Parameters, live: LiveSimulation) -> None:
        super().__init__(config, parameters, live)
        self._forecast = Forecast(config, parameters)
        self._log_pane = LogPane(page_roles(config), id="log")
        self._log = self._log_pane.log_widget
        self._users_as_told: list[Row] = []

    # Composition and layout.

    def compose(self) -> ComposeResult:
        """One status line, four panes, the keys."""
        roles = page_roles(self.config)
        yield StatusLine(id="status")
        yield Tabs(*(Tab(name, id=f"tab-{pane}") for name, pane in zip(_TAB_NAMES, PANES, strict=True)))
        with Horizontal(id="panes"):
            yield EditorPane(self.bench, id="editor")
            with Container(id="observed"):
                with Container(id="figures"):
                    with Container(id="by-page"):
                        yield PagesTable(roles, id="pages")
                        yield Funnel(roles, id="funnel")
                    yield Histogram(id="histogram")
                yield self._log_pane
            yield SitePane(self._forecast, id="site")
        yield Static("fakeweb-tui needs 40 × 12 cells;\nthis terminal has fewer.", id="too-small")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Start the simulation."""
        self.show_bench()
        self.watch_pane(self.pane)
        self.query_one(EditorPane).focus_control()
        # First the picture: starting the simulation takes the interpreter for a while.
        self.call_after_refresh(self._simulate)

    def on_resize(self) -> None:
        """Choose the layout for the terminal's new size."""
        layout = layout_for(*self.app.size)
        for other in Layout:
            self.set_class(other is layout, other.value)
        self.set_class(self.app.size.width < MAP_BESIDE_EDITOR, "-slim")
        self._give_lines()
        if layout is not Layout.TOO_SMALL:
            self.call_after_refresh(self._restore_focus)

    def _give_lines(self) -> None:
        """Give the table a line per page; below the histogram, what is left is better spent on the log."""
        lines = len(self.config.pages) + 3 if self.has_class(Layout.NORMAL.value) else None
        self.query_one("#by-page").styles.max_height = lines

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
        if event.tab.id and (pane := event.tab.id.removeprefix("tab-")) != self.pane:
            self._focus_pane(pane)

    def on_descendant_focus(self) -> None:
        """Keep the tab in step with the focus."""
        focused = self.focused
        inside = [node.id for node in focused.ancestors_with_self if node.id in PANES] if focused else []
        if inside and inside[0]:
            self.pane = inside[0]

    def action_pane(self, by: int) -> None:
        """Focus the next pane, or the one before."""
        self._focus_pane(PANES[(PANES.index(self.pane) + by) % len(PANES)])

    def _focus_pane(self, pane: str) -> None:
        if self._site_shown and pane != PANES[0]:
            self.remove_class("-sliders")
            self.query_one(SitePane).focus_view()
            return
        self.pane = pane
        widget = self.query_one(f"#{pane}", Widget)
        if isinstance(widget, EditorPane):
            widget.focus_control()
        elif isinstance(widget, LogPane):
            widget.focus_log()
        else:
            widget.focus()

    # The simulation.

    @work(thread=True, exclusive=True, group="simulation")
    def _simulate(self) -> None:
        worker = get_current_worker()
        # The log needs the users, and their vocabulary takes a while: made here, it does not hold up the screen.
        self._renew_users()
        self._live.run(
            lambda: worker.is_cancelled,
            self._publish,
            SNAPSHOT_SECONDS,
        )

    def _renew_users(self) -> None:
        """Let the log know who the users are: that follows from what the config says of browsers, sources, …"""
        told = [self.config.row(path) for path in USER_PATHS]
        if told != self._users_as_told:
            self._users_as_told = told
            self._log.pool = UserPool(self.bench.parameters.seed, self.config)

    def _publish(self, snapshot: Snapshot) -> None:
        self.post_message(Advanced(snapshot))

    def on_unmount(self) -> None:
        """Let the worker see that it is over."""
        self.workers.cancel_group(self, "simulation")
        self._live.stop()

    def on_advanced(self, message: Advanced) -> None:
        """Hand the new figures down."""
        self.snapshot = message.snapshot

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show the new figures in the panes."""
        if snapshot is not None:
            self.follow(snapshot)
        self.query_one(StatusLine).snapshot = snapshot
        self.query_one(Histogram).snapshot = snapshot
        self.query_one(EventLog).snapshot = snapshot
        self._show_figures()

    def _show_figures(self) -> None:
        """Show observation beside prediction, page by page."""
        # Until the simulation has obeyed an edit of the pages, there is nothing to show of the new ones.
        if self.snapshot is None or self.snapshot.config.page_names != self.config.page_names:
            return
        if self._site_shown:
            self.query_one(SitePane).show(self.snapshot, self._forecast, self.up_to_date)
        rows = page_rows(self.snapshot, self._forecast, self.up_to_date)
        table, funnel = self.query_one(PagesTable), self.query_one(Funnel)
        roles = page_roles(self.config)
        if roles != table.pages:
            table.pages = funnel.pages = self._log.roles = roles
            self._give_lines()
        table.rows = funnel.rows = rows
        since = self.snapshot.observed.since
        if since > self.snapshot.began:
            note = f"shares since {clock_text(since, short=True)}"
        else:
            note = "≈ fits the prediction"
        cut_short = self._forecast.chain.cut_short
        if cut_short >= VISIBLE:
            note = f"{cut_short:.1%} of sessions end at step {self.bench.parameters.max_session_steps}"
        table.border_subtitle = note

    def show_bench(self) -> None:
        """Show the config in force, what it predicts, and how far it is from the saved one."""
        self.query_one(EditorPane).bench = self.bench
        self._forecast = Forecast(self.bench.config, self.bench.parameters)
        self.query_one(Histogram).forecast = self._forecast
        status = self.query_one(StatusLine)
        status.forecast = self._forecast
        status.config_name = Path(self.bench.loaded.document.name).name
        status.edits = self.edited_rows
        if self._users_as_told:
            self._renew_users()
        self._show_figures()

    # What the keys do.

    def action_pause(self) -> None:
        """Pause, or go on."""
        self._live.toggle()

    def action_step(self) -> None:
        """Stand still and let the next step happen."""
        self._live.play(False)
        self._live.step()

    def action_speed(self, by: int) -> None:
        """Go to the next higher or lower speed."""
        self._live.change_speed(by)

    def set_speed(self, speed: float | None) -> None:
        """Run at so many simulated seconds per second; None for as fast as possible."""
        self._live.set_speed(speed)

    def action_reset(self) -> None:
        """Begin again with the same seed and the present config."""
        self._live.reset()
        self.notify("Begun again with the same seed", timeout=2)

    @work
    async def action_go_to(self) -> None:
        """Ask for a moment and jump there."""
        if self.snapshot is None:
            return
        moment = await self.app.push_screen_wait(GoToDialog(self.snapshot.clock))
        if moment is not None:
            self._live.go_to(moment)
            self.notify(f"Now at {clock_text(moment)}; counting from here", timeout=3)

    def action_sort(self) -> None:
        """Sort the pages by their next column."""
        self.query_one(PagesTable).action_next_sort()

    def action_reverse(self) -> None:
        """Sort the pages the other way round."""
        self.query_one(PagesTable).action_reverse()

    def action_view(self) -> None:
        """Show the hours of the day, the last 24, or each day's."""
        self.query_one(Histogram).action_next_view()

    def action_measure(self) -> None:
        """Show events or sessions in the histogram."""
        self.query_one(Histogram).action_toggle_measure()

    @property
    def _site_shown(self) -> bool:
        return self.has_class("-site")

    def action_site(self) -> None:
        """Show the site's map in place of the panes on the right, then its other views, then the panes."""
        site = self.query_one(SitePane)
        if not self._site_shown:
            self.add_class("-site")
            site.show(self.snapshot, self._forecast, self.up_to_date)
            site.action_show("map")
        elif not site.next_view():
            self.action_leave_site()

    def action_leave_site(self) -> None:
        """Show the panes again."""
        if self._site_shown:
            self.remove_class("-site", "-sliders")
            self.call_after_refresh(self._focus_pane, self.pane)

    async def on_site_pane_transition_chosen(self, message: SitePane.TransitionChosen) -> None:
        """Go to the sliders of a page, or to that of a transition."""
        self.add_class("-sliders")
        await self.query_one(EditorPane).reveal(("pages", message.page), message.target)

    def action_filter(self) -> None:
        """Show only the events that match what is typed."""
        self.pane = "log"
        self._log_pane.open_filter()

    def on_event_log_chosen(self, message: EventLog.Chosen) -> None:
        """Show the whole event."""
        if self.snapshot is not None:
            self.app.push_screen(Inspector(message.row, lambda: self.snapshot, page_roles(self.config)))
