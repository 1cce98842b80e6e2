"""The dialog that asks for a date and hour."""

from datetime import datetime

from fakeweb_tui.tui.moments import parse_moment
from fakeweb_tui.tui.screens.dialog import LineDialog


class GoToDialog(LineDialog[datetime]):
    """Asks where in simulated time to go."""

    def __init__(self, now: datetime) -> None:
        super().__init__(
            "Go to", "A date and hour: 2026-11-23 18:00, 18:30, +6h, -1d", f"{now:%Y-%m-%d %H:%M}", "Go"
        )
        self._now = now

    def accept(self, text: str) -> datetime:
        """Return the moment; ValueError where it is none."""
        return parse_moment(text, self._now)
