"""The keys at the foot of a screen: as many as there is room for."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_LONGEST_KEPT = (
    "dismiss",
    "quit",
    "help",
    "command_palette",
    "pause",
    "undo",
    "save",
    "export",
    "speed(1)",
    "site",
    "go_to",
    "filter",
    "goal",
    "journal",
    "open",
    "variants",
    "change_theme",
    "view",
    "maximise",
    "step",
)
"""The actions whose keys are kept where room is short, the most important one first; others go before them."""


class Keys(Footer):
    """The keys of a screen in their order; where not all fit, the least important ones are left out.

    `Footer` composes its labels anew whenever the focus moves; this one only if they say something else then.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._told: list[tuple[object, ...]] = []
        self._room = 0

    def compose(self) -> ComposeResult:
        """One label for each key that fits."""
        labels = list(super().compose())
        self._told = _what_is_told(self.screen) if labels else []
        self._room = self.app.size.width
        kept = _that_fit([label for label in labels if isinstance(label, FooterKey)], self._room)
        yield from (label for label in labels if label in kept)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show other keys, or the same ones otherwise, if there is a difference."""
        if screen is not self.screen or _what_is_told(screen) != self._told:
            super().bindings_changed(screen)

    def on_resize(self) -> None:
        """Show more keys, or fewer."""
        if self._told and self.app.size.width != self._room:
            self.call_after_refresh(self.recompose)


def _what_is_told(screen: Screen[object]) -> list[tuple[object, ...]]:
    """What the labels of a screen's keys say and do."""
    return [
        (binding.key, binding.key_display, binding.description, binding.action, enabled, tooltip)
        for _, binding, enabled, tooltip in screen.active_bindings.values()
        if binding.show
    ]


def _that_fit(keys: list[FooterKey], room: int) -> set[FooterKey]:
    """The most important keys that have room in so many cells, with a gap between them; one at least."""
    kept: set[FooterKey] = set()
    for key in sorted(keys, key=_rank):
        room -= cell_len(f"{key.key_display} {key.description}") + bool(kept)
        if room < 0 and kept:
            break
        kept.add(key)
    return kept


def _rank(key: FooterKey) -> int:
    action = key.action.removeprefix("app.")
    return _LONGEST_KEPT.index(action) if action in _LONGEST_KEPT else len(_LONGEST_KEPT)
