"""The dialog that learns a config from a file of events."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Select, Static
from textual.worker import get_current_worker

from fakeweb_tui.config import Config, ConfigError
from fakeweb_tui.forecast import Forecast
from fakeweb_tui.schema import SCHEMAS
from fakeweb_tui.simulation import EPOCH, Parameters
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.opening import parameters_for
from fakeweb_tui.tui.telling import tell
from fakeweb_tui.tui.widgets.log_form import Asked, LogForm

if TYPE_CHECKING:
    from fakeweb_tui.fitting import Fit

_STATES = ("-asking", "-learning", "-found", "-failed")


class _CancelledError(Exception):
    """Nobody waits for the config any more."""


class FitDialog(ModalScreen[Config | None]):
    """Learns a config from events, asks how they are to be read where that is not known, and shows what was found.

    Columns of our own schemas are known; that and all else can be changed, to learn again. What cannot be used
    says why.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="fit.cancel", tooltip="Stop, and leave things as they are"),
    ]
    DEFAULT_CSS = """
    FitDialog {
        align: center middle;

        & > Vertical {
            width: 76; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; border: round $primary; background: $surface;
        }
        & .hint { height: auto; color: $foreground-muted; }
        & LogForm { display: none; }
        &.-asking LogForm { display: block; }
        & VerticalScroll { display: none; height: auto; max-height: 16; }
        &.-found #found, &.-failed #wrong { display: block; }
        & #found Static { height: auto; }
        & .problem { height: auto; color: $text-error; }
        & #buttons { height: auto; align-horizontal: right; }
        & Button { display: none; margin-left: 2; }
        & #cancel { display: block; }
        &.-asking #learn, &.-found #open, &.-found #change { display: block; }
    }
    """

    def __init__(self, path: Path) -> None:
        """Learn from this file."""
        super().__init__()
        self._path = path
        # A file may be called as what stands for standard input elsewhere.
        self._place = "./-" if str(path) == "-" else str(path)
        self._found: Fit | None = None
        self._known = False
        """Whether the columns are those of a schema of ours."""

    def compose(self) -> ComposeResult:
        """What goes on, the columns, what was found, and what is wrong."""
        with Vertical() as box:
            box.border_title = Content(f"Learn from {plain(self._path.name)}")
            yield Static("Looking at its columns …", id="now", classes="hint", markup=False)
            yield LogForm()
            with VerticalScroll(id="found"):
                yield Static("", id="report", markup=False)
            with VerticalScroll(id="wrong"):
                yield Static("", classes="problem", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Learn", variant="primary", id="learn", compact=True)
                yield Button("Open it", variant="primary", id="open", compact=True)
                yield Button("Change …", id="change", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """See which columns there are."""
        self._look()

    @work(thread=True, exclusive=True, group="fit")
    def _look(self) -> None:
        from fakeweb_tui.reading import column_names, sources_of

        try:
            names = column_names(sources_of(self._place)[0])
        except (ValueError, OSError) as error:
            tell(self, self._fail, str(error))
        else:
            tell(self, self._ask, names)

    def _become(self, state: str, now: str) -> None:
        self.remove_class(*_STATES)
        self.add_class(state)
        self.query_one("#now", Static).update(now)

    # What is asked.

    def _ask(self, names: Sequence[str]) -> None:
        """Ask how to read a log, unless its columns are those of a schema of ours."""
        from fakeweb_tui.fitting import Columns

        self.query_one(LogForm).offer(names, Columns.usual(names))
        self._known = any(set(names) >= {field.name for field in fields} for fields in SCHEMAS.values())
        if self._known:
            self._begin()
        else:
            self._ask_again()

    def _ask_again(self) -> None:
        self._become(
            "-asking",
            "Which column is what? One of user and session may be missing; without sessions, silence ends one.",
        )
        self.query_one("#time", Select).focus()

    # Learning.

    def _begin(self) -> None:
        try:
            asked = self.query_one(LogForm).asked
        except ValueError as error:
            self._say(str(error))
        else:
            self._become("-learning", "Reading …")
            self._learn(asked)

    @work(thread=True, exclusive=True, group="fit")
    def _learn(self, asked: Asked) -> None:
        from fakeweb_tui.fitting import fit_config

        worker = get_current_worker()

        def progress(rows: int) -> None:
            if worker.is_cancelled:
                raise _CancelledError
            tell(self, self._count, rows)

        try:
            found = fit_config(
                self._place,
                asked.columns,
                silence=asked.silence,
                batch_size=asked.batch_size,
                zone=asked.zone,
                most_pages=asked.most_pages,
                goal=asked.goal,
                progress=progress,
            )
        except _CancelledError:
            return
        except (ConfigError, ValueError, OSError) as error:
            tell(self, self._fail, str(error))
        else:
            tell(self, self._show, found)

    def _count(self, rows: int) -> None:
        self.query_one("#now", Static).update(f"Learning from {rows:,} rows …")

    def _show(self, found: "Fit") -> None:
        """Show what was found."""
        self._found = found
        self._become(
            "-found", f"{found.events:,} events of {found.users:,} users in {found.sessions:,.0f} sessions"
        )
        self.query_one("#report", Static).update(_report(found))
        self.query_one("#open").focus()

    def _fail(self, problems: str) -> None:
        """Say what is wrong; where its columns are known, they can be chosen otherwise."""
        if self.has_class("-learning"):
            self._ask_again()
        else:
            self._become("-failed", "This cannot be learned from.")
            self.query_one("#cancel").focus()
        self._say(problems)

    def _say(self, problems: str) -> None:
        self.set_class(bool(problems), "-failed")
        self.query_one(".problem", Static).update("\n".join(map(plain, problems.split("\n"))))

    # What the buttons do.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do as they say."""
        if event.button.id == "learn":
            self._begin()
        elif event.button.id == "change":
            self._ask_again()
        elif event.button.id == "open" and self._found is not None:
            self.dismiss(self._found.config)
        else:
            self.action_cancel()

    def action_cancel(self) -> None:
        """Go back to the columns where they were chosen, or leave."""
        self.workers.cancel_group(self, "fit")
        if not self._known and (self.has_class("-learning") or self.has_class("-found")):
            self._ask_again()
        else:
            self.dismiss(None)


def _report(found: "Fit") -> str:
    """Return what was found, for people."""
    from fakeweb_tui.fitting import about_unused

    config = found.config
    conversion = Forecast(config, parameters_for(config, Parameters(seed=0, start=EPOCH))).conversion
    return "\n".join(
        [
            f"{found.first:%Y-%m-%d %H:%M} to {found.last:%Y-%m-%d %H:%M}",
            f"{len(config.pages)} pages; {conversion:.2%} of sessions reach {plain(config.goal)}, as it predicts",
            *about_unused(found.faults),
            *(f"- {plain(remark)}" for remark in found.remarks),
        ]
    )
