"""The inspector: one event whole, and the path of its session or of its user through the site."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import get_current_worker

from fakeweb_tui.events import DictRenderer, Event
from fakeweb_tui.session_paths import Pageview, SessionPath, session_path, user_paths, user_sessions
from fakeweb_tui.statistics import Snapshot
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import clock_text, duration
from fakeweb_tui.tui.hints import hints
from fakeweb_tui.tui.log_rows import LogRow
from fakeweb_tui.tui.probability import fit
from fakeweb_tui.tui.roles import Role, signed
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.keys import Keys

Followed = Literal["session", "user"]

SHOWN_SESSIONS = 100
"""So many of a user's sessions are shown, the newest."""
_LOOK_SECONDS = 1.0
_MOST_NAME = 24  # cells of a page's name in a session's path
_BESIDE_WIDTH = 120  # from here on, event and path stand side by side


class Inspector(ModalScreen[None]):
    """Shows an event as JSON and, beside it or in its place, where its session or its user went."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "close", key_display="esc", id="inspector.close", tooltip="Back"),
        Binding("c", "copy", "copy JSON", id="inspector.copy", tooltip="Copy the event to the clipboard"),
        Binding("e", "event", "event", id="inspector.event", tooltip="Show the event"),
        Binding("s", "follow('session')", "follow session", id="inspector.session", tooltip="Show its session"),
        Binding(
            "u", "follow('user')", "follow user", id="inspector.user", tooltip="Show all sessions of its user"
        ),
    ]
    DEFAULT_CSS = """
    Inspector {
        align: center middle;

        & > Horizontal { width: 96%; max-width: 150; height: 94%; max-height: 38; }
        & VerticalScroll {
            width: 1fr; height: 1fr; padding: 0 1; background: $surface; scrollbar-size-vertical: 1;
            border: round $border-blurred; border-title-color: $primary; border-subtitle-color: $muted;
            &:focus { border: round $primary; border-title-style: bold; }
        }
        & #path { display: none; }
        &.-beside #path { display: block; }
        &.-path #path { display: block; }
        &.-path #event { display: none; }
        &.-beside #event { display: block; min-width: 68; }
    }
    """

    def __init__(self, row: LogRow, latest: Callable[[], Snapshot | None], roles: dict[str, Role]) -> None:
        super().__init__()
        self._latest = latest
        self._roles = roles
        self._event: Event = DictRenderer(row.pool).render(row.event)[0]
        self._session, self._user = int(row.event.session[0]), int(row.event.user[0])
        self._followed: Followed = "session"
        self._shown_at: tuple[Followed, datetime] | None = None

    def compose(self) -> ComposeResult:
        """The event, and the path."""
        with Horizontal():
            with VerticalScroll(id="event") as box:
                box.border_title, box.border_subtitle = "Event", hints("", "c copy", "screen.copy")
                yield Static(self._json(), markup=False)
            with VerticalScroll(id="path") as box:
                yield Static("", markup=False, id="visits")
        yield Keys()

    def on_mount(self) -> None:
        """Follow the session from now on."""
        self.query_one("#event").focus()
        self._follow()
        self.set_interval(_LOOK_SECONDS, self._follow)

    def on_resize(self) -> None:
        """Show both where there is room."""
        self.set_class(self.size.width >= _BESIDE_WIDTH, "-beside")

    def _json(self) -> Text:
        key, text, word = (theme_style(self.app, name) for name in ("primary", "landing", "goal"))
        muted = theme_style(self.app, "muted")
        lines = Text("{\n", muted)
        for at, (name, value) in enumerate(self._event.items()):
            lines.append(f'  "{name}"', key).append(": ", muted)
            lines.append(plain(json.dumps(value, ensure_ascii=False)), text if isinstance(value, str) else word)
            lines.append(",\n" if at < len(self._event) - 1 else "\n", muted)
        return lines.append("}", muted)

    def action_copy(self) -> None:
        """Copy the event to the clipboard, as JSON."""
        self.app.copy_to_clipboard(json.dumps(self._event, indent=2, ensure_ascii=False))
        self.notify("The event is in the clipboard, if the terminal has one (OSC 52)", timeout=3)

    def action_event(self) -> None:
        """Show the event."""
        self.remove_class("-path")
        self.query_one("#event").focus()

    def action_follow(self, followed: Followed) -> None:
        """Show where the session, or the user, went."""
        self._followed = followed
        self.add_class("-path")
        self.query_one("#path").focus()
        self._follow()

    def _follow(self) -> None:
        """Show the path anew where time has gone on."""
        snapshot = self._latest()
        if snapshot is not None and self._shown_at != (self._followed, snapshot.clock):
            self._shown_at = (self._followed, snapshot.clock)
            self._find(self._followed, snapshot)

    @work(thread=True, exclusive=True, group="path")
    def _find(self, followed: Followed, snapshot: Snapshot) -> None:
        worker = get_current_worker()
        scenario = snapshot.scenario
        if followed == "session":
            path = session_path(scenario, self._session)
            title, text = f"Session {self._session}", self._session_text(path, snapshot.clock)
            other = hints("", "u follow user", "screen.follow('user')")
        else:
            numbers, since = user_sessions(scenario, self._user, lambda: worker.is_cancelled)
            newest = numbers[-SHOWN_SESSIONS:]
            paths = list(user_paths(scenario, newest))
            many = "session" if len(numbers) == 1 else "sessions"
            title = f"User {self._user} · {len(numbers):,} {many} since {since:%d %b %H:%M}"
            text = self._user_text(paths, snapshot.clock)
            other = hints("", "s follow session", "screen.follow('session')")
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, followed, title, other, text)

    def _show(self, followed: Followed, title: str, other: Content, text: Text) -> None:
        if followed == self._followed and self.is_mounted:
            box = self.query_one("#path")
            box.border_title, box.border_subtitle = title, other
            self.query_one("#visits", Static).update(text)

    def _session_text(self, path: SessionPath, clock: datetime) -> Text:
        """A line per view: when, where, and for how long."""
        muted = theme_style(self.app, "muted")
        text = Text(no_wrap=True)
        ends = [*(view.moment for view in path.pageviews[1:]), path.ended or clock]
        width = min(_MOST_NAME, max(cell_len(self._signed(view)) for view in path.pageviews))
        for number, (view, end) in enumerate(zip(path.pageviews, ends, strict=True)):
            text.append(f"{clock_text(view.moment, short=True)}  ", muted)
            text.append("┌ " if number == 0 else "├ ", muted)
            text.append(f"{fit(self._signed(view), width)} ", self._style(view, bold=True))
            here = end is clock and path.ended is None
            text.append(f"{duration(end - view.moment):>9}" + (" …" if here else "") + "\n", muted)
        if path.ended:
            text.append(f"{clock_text(path.ended, short=True)}  ", muted).append("└ session_end\n", muted)
            stay = duration(path.ended - path.pageviews[0].moment)
            views = len(path.pageviews)
            text.append(f"\n{views} {'event' if views == 1 else 'events'} in {stay}", muted)
        else:
            text.append(f"{clock_text(clock, short=True)}  ", muted).append("┆ still in the site\n", muted)
        return text

    def _signed(self, view: Pageview, apart: bool = True) -> str:
        return signed(self._roles.get(view.page), plain(f"/{view.page}"), apart)

    def _style(self, view: Pageview, bold: bool) -> Style:
        return theme_style(self.app, self._roles.get(view.page, "muted"), bold=bold)

    def _user_text(self, paths: list[SessionPath], clock: datetime) -> Text:
        """A paragraph per session, newest first."""
        muted = theme_style(self.app, "muted")
        text = Text()
        for path in reversed(paths):
            first = path.pageviews[0].moment
            mine = path.session == self._session
            text.append("▸" if mine else " ", theme_style(self.app, "now", bold=True))
            text.append(f"{clock_text(first)}  {duration((path.ended or clock) - first)}\n", muted)
            text.append("  ")
            for number, view in enumerate(path.pageviews):
                if number:
                    text.append(" → ", muted)
                text.append(self._signed(view, apart=False), self._style(view, bold=mine))
            text.append(" ▪\n" if path.ended else " … still in the site\n", muted)
        return text
