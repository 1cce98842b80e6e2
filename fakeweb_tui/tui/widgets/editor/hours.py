"""Visits per hour, as a day that is drawn."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from fakeweb_tui.tui.day_curve import as_row
from fakeweb_tui.tui.focusing import focus_at_once
from fakeweb_tui.tui.messages import ProbabilityChanged, RowChanged
from fakeweb_tui.tui.widgets.day_curve import DayCurve
from fakeweb_tui.tuning import Workbench

_PATH = ("visits_per_hour",)


class HoursEditor(Vertical, can_focus=False):
    """The curve of the day. Posts `RowChanged` when it is drawn, `ProbabilityChanged` when one hour is set."""

    DEFAULT_CSS = """
    HoursEditor { height: 1fr; }
    HoursEditor > Static { height: auto; max-height: 3; padding: 0 1; color: $foreground-muted; }
    """

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._curve = DayCurve()

    def compose(self) -> ComposeResult:
        """The curve, and how it is drawn."""
        yield self._curve
        yield Static("Draw with the mouse, or ←→ choose an hour and ↑↓ ±.001, ⇧↑↓ ±.01, 0-9 type.", markup=False)

    def on_mount(self) -> None:
        """Show the day."""
        self.show(self._bench)

    def show(self, bench: Workbench) -> None:
        """Show the config in force, and what differs from the loaded one."""
        self._bench = bench
        self._curve.shares = bench.config.visits_per_hour
        self._curve.before = bench.loaded.visits_per_hour
        self._curve.per_day = bench.parameters.sessions_per_day

    def focus_control(self) -> None:
        """Focus the curve."""
        focus_at_once(self._curve)

    def on_day_curve_changed(self, message: DayCurve.Changed) -> None:
        """Ask for one hour's share."""
        message.stop()
        gesture = (self._curve, message.gesture)
        self.post_message(ProbabilityChanged(_PATH, str(message.hour), message.share, gesture))

    def on_day_curve_drawn(self, message: DayCurve.Drawn) -> None:
        """Ask for the drawn day."""
        message.stop()
        row = as_row(message.shares)
        if row is None:
            self.notify("Somebody has to come at some hour.", severity="warning", timeout=3)
        else:
            self.post_message(RowChanged(_PATH, row, (self._curve, message.gesture)))

    def on_day_curve_invalid(self, message: DayCurve.Invalid) -> None:
        """Say what would be right."""
        message.stop()
        self.notify(
            f"{message.text}: a share is a number from 0 to 1, such as 0.042 or 4.2%",
            severity="error",
            markup=False,
        )
