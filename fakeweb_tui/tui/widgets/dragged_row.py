"""A row that takes a value by typing it, and by dragging the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeweb_tui.tui.widgets.entry_row import EntryRow

if TYPE_CHECKING:
    from textual import events


class DraggedRow(EntryRow):
    """Follows the mouse from `begin_drag` until the button is up; each drag is a gesture.

    Who makes one of it says what `point` makes of the place that the mouse is at.
    """

    _dragging = False

    def point(self, event: events.MouseEvent) -> None:
        """Take what the mouse points at."""

    def begin_drag(self, event: events.MouseEvent) -> None:
        """Follow the mouse from here on."""
        self._entry = None
        self.end_gesture()
        self._dragging = True
        self.capture_mouse()
        self.point(event)

    def end_drag(self) -> None:
        """Give the mouse back."""
        if self._dragging:
            self._dragging = False
            self.end_gesture()
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow a drag."""
        if self._dragging:
            event.stop()
            self.point(event)

    def on_mouse_up(self) -> None:
        """End a drag, whichever button it was: a release may get lost, a stuck drag must not happen."""
        self.end_drag()

    def on_mouse_release(self) -> None:
        """End a drag when something else took the mouse."""
        # The notice of an earlier release can arrive after the next press has captured the mouse again.
        if self.app.mouse_captured is not self:
            self.end_drag()

    def on_blur(self) -> None:
        """Drop what was under way."""
        self.end_drag()

    def on_hide(self) -> None:
        """Give the mouse back."""
        self.end_drag()

    def on_unmount(self) -> None:
        """Give the mouse back, or no widget would get it any more."""
        self.end_drag()
