"""Widgets that cost nothing while nobody sees them."""

from textual.message import Message
from textual.widget import Widget


class Seen(Widget):
    """Knows whether it has a place on its screen, and tells when it gets one: until then it needs no figures.

    Not to be the first base of a class: Textual takes its looks and keys from that one.
    """

    seen = False

    class Appeared(Message):
        """The widget has a place now, and what it shows may be old."""

    def on_show(self) -> None:
        """Ask for figures."""
        self.seen = True
        self.post_message(self.Appeared())

    def on_hide(self) -> None:
        """Need none any more."""
        self.seen = False
