"""The main screen: sliders, table, histogram and log of one live simulation."""

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static, Tab, Tabs
from textual.worker import get_current_worker

from fakeweb_tui.config import CATEGORIES, Config, Row
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.live import LiveSimulation
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.tui.figures import page_rows
from fakeweb_tui.tui.format import clock_text
from fakeweb_tui.tui.judged import session_title
from fakeweb_tui.tui.messages import Advanced
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.screens.arranged import ARRANGING_KEYS, PANES, ArrangedScreen
from fakeweb_tui.tui.screens.asking import ask
from fakeweb_tui.tui.screens.figures import FiguresScreen
from fakeweb_tui.tui.screens.go_to import GoToDialog
from fakeweb_tui.tui.screens.inspector import Inspector
from fakeweb_tui.tui.screens.tuning import TUNING_KEYS
from fakeweb_tui.tui.widgets.editor.pane import EditorPane
from fakeweb_tui.tui.widgets.event_log import EventLog
from fakeweb_tui.tui.widgets.funnel import Funnel
from fakeweb_tui.tui.widgets.histogram import Histogram
from fakeweb_tui.tui.widgets.keys import Keys
from fakeweb_tui.tui.widgets.log_pane import LogPane
from fakeweb_tui.tui.widgets.pages_table import PagesTable
from fakeweb_tui.tui.widgets.site_pane import SitePane
from fakeweb_tui.tui.widgets.status_line import StatusLine
from fakeweb_tui.users import UserPool

SNAPSHOT_SECONDS = 0.1
"""How often the simulation is looked at: ten times a second is smooth, and leaves time for keys."""

LOOKS_PER_TITLE = 5
MOST_JUDGED = 200
"""With more pages than that, what a session has stands on the page of figures only."""

ROOM_FOR_WORDS = 56
"""The cells of a table from which on its title has room for more words."""

VISIBLE = 0.0005
"""A probability from which on it is worth a word."""

FIRST_HINT = " Drag a bar or press →: the site obeys at once. m map  / filter  t theme  ? help"
"""What a first run says until the first key."""

_TAB_NAMES = ("Editor", "Pages", "Hours", "Log")


class MainScreen(ArrangedScreen):
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
        Binding("r", "reset", "reset", id="reset", show=False, tooltip="Begin again, with the same seed"),
        *TUNING_KEYS,
        Binding("c", "figures", "figures", id="figures", show=False, tooltip="Every figure beside its prediction"),
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
            tooltip="Hour of day, last 24 hours, or a calendar of days",
        ),
        *ARRANGING_KEYS,
        Binding("slash", "filter", "filter", key_display="/", id="filter", tooltip="Filter the event log"),
    ]

    AUTO_FOCUS = ""
    """The screen itself says what has the focus first: Textual would scroll past the first heading for it."""

    hinting: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether to say what to do first."""

    def __init__(self, config: Config, parameters: Parameters, live: LiveSimulation) -> None:
        super().__init__(config, parameters, live)
        self._log_pane = LogPane(page_roles(config), id="log")
        self._log = self._log_pane.log_widget
        self._users_as_told: list[Row] = []
        self._looks = 0
        self._entitled = config
        self._seen: frozenset[Widget] = frozenset()
        """The widgets that show figures and have a place on the screen."""

    # Composition and layout.

    def compose(self) -> ComposeResult:
        """One status line, four panes, the keys."""
        roles = page_roles(self.config)
        yield StatusLine(id="status")
        tabs = Tabs(*(Tab(name, id=f"tab-{pane}") for name, pane in zip(_TAB_NAMES, PANES, strict=True)))
        # The focus is the pane's, also after a click on its tab.
        tabs.can_focus = False
        yield tabs
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
        yield Static(FIRST_HINT, id="hint")
        yield Keys()

    def on_mount(self) -> None:
        """Start the simulation."""
        self.show_bench()
        self.watch_pane(self.pane)
        self.screen_layout_refresh_signal.subscribe(self, self._see)
        # Once the pane has its room: before that it would be scrolled past the first heading.
        self.call_after_refresh(self.query_one(EditorPane).focus_control)
        # First the picture: starting the simulation takes the interpreter for a while.
        self.call_after_refresh(self._simulate)

    def watch_hinting(self, hinting: bool) -> None:
        """Show the hint, or take it away for good."""
        # A class of the screen would have all widgets styled anew, which the first key would wait for.
        self.query_one("#hint").set_class(hinting, "-hinting")

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
        told = [self.config.row((section,)) for section in CATEGORIES]
        if told != self._users_as_told:
            if self._users_as_told:
                # What came until now is of the users from before.
                self._log.snapshot = self.snapshot
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
        """Obey the new figures, and show them."""
        if snapshot is not None:
            self.follow(snapshot)
        self._hand_down()

    def _see(self, _screen: Screen[object]) -> None:
        """Find out which panes can be seen, and show those that could not what they have missed."""
        kinds = (StatusLine, PagesTable, Funnel, Histogram, EventLog, SitePane)
        widgets = [self.query_one(kind) for kind in kinds]
        before = self._seen
        self._seen = frozenset(
            widget for widget in widgets if all(node.display for node in widget.ancestors_with_self)
        )
        if self._seen - before:
            self._hand_down()

    def on_screen_resume(self) -> None:
        """Show what there is since another screen hid this one."""
        self._hand_down()

    def _hand_down(self) -> None:
        """Show the figures in the panes that can be seen; the others cost nothing."""
        stack = self.app.screen_stack
        # Behind a dialog this screen goes on, dimmed; other screens hide it.
        if self not in stack or not all(screen.is_modal for screen in stack[stack.index(self) + 1 :]):
            return
        for widget in (self.query_one(StatusLine), self.query_one(Histogram), self._log):
            if widget in self._seen:
                widget.snapshot = self.snapshot
        self._show_figures()

    def _show_figures(self) -> None:
        """Show observation beside prediction, page by page."""
        # Until the simulation has obeyed an edit of the pages, there is nothing to show of the new ones.
        if self.snapshot is None or self.snapshot.config.page_names != self.config.page_names:
            return
        table, funnel, site = self.query_one(PagesTable), self.query_one(Funnel), self.query_one(SitePane)
        renamed = self.config is not self._entitled
        if renamed:
            self._entitled = self.config
            table.pages = funnel.pages = self._log.roles = page_roles(self.config)
            self._give_lines()
        if site in self._seen:
            site.show(self.snapshot, self._forecast, self.up_to_date)
        if table in self._seen or funnel in self._seen or renamed:
            table.rows = funnel.rows = page_rows(self.snapshot, self._forecast, self.up_to_date)
            self._annotate_table()

    def _annotate_table(self) -> None:
        """Say below the table what its figures are of, and in its title what a session has."""
        table = self.query_one(PagesTable)
        if self.snapshot is None:
            return
        since = self.snapshot.observed.since
        if since > self.snapshot.began:
            note = f"shares since {clock_text(since, short=True)}"
        else:
            note = "≈ fits the prediction"
        chain = self._forecast.chain
        if chain.limited and chain.cut_short >= VISIBLE:
            note = f"{chain.cut_short:.1%} of sessions end at step {self.bench.parameters.max_session_steps}"
        table.border_subtitle = note
        self._entitle_table()

    def _entitle_table(self) -> None:
        """Say in the table's title what a session has; now and then, as many pages take a while."""
        self._looks += 1
        snapshot = self.snapshot
        if snapshot is None or (snapshot.running and self._looks % LOOKS_PER_TITLE):
            return
        table = self.query_one(PagesTable)
        judged = self.up_to_date and len(self.config.pages) <= MOST_JUDGED
        figures = session_title(snapshot, self._forecast) if judged else ""
        words = " per session" if table.size.width >= ROOM_FOR_WORDS else ""
        table.border_title = f"Pages · {figures}{words}" if figures else "Pages"

    def show_bench(self) -> None:
        """Show the config in force, what it predicts, and how far it is from the saved one."""
        self.query_one(EditorPane).bench = self.bench
        self.renew_influence()
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
        moment = await ask(self, GoToDialog(self.snapshot.clock))
        if moment is not None:
            self._live.go_to(moment)
            self.notify(f"Now at {clock_text(moment)}; counting from here", timeout=3)

    def action_figures(self) -> None:
        """Show every figure beside its prediction."""
        self.app.push_screen(FiguresScreen(self._judged))

    def _judged(self) -> tuple[Snapshot, Forecast] | None:
        return (self.snapshot, self._forecast) if self.snapshot and self.up_to_date else None

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

    def action_filter(self) -> None:
        """Show only the events that match what is typed."""
        self._hide_site()
        self.pane = "log"
        self._log_pane.open_filter()

    def on_event_log_chosen(self, message: EventLog.Chosen) -> None:
        """Show the whole event."""
        if self.snapshot is not None and self.is_active:
            self.app.push_screen(Inspector(message.row, lambda: self.snapshot, page_roles(self.config)))
