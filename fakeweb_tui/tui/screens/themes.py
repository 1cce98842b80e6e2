"""The list of themes, which the app wears while one moves over them."""

from collections.abc import Iterable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.theme import Theme
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from fakeweb_tui.tui.hints import hints
from fakeweb_tui.tui.palette import fallback_variables

_SAMPLE = ("bar", "now", "landing", "browsing", "goal")


class ThemeList(OptionList):
    """Names of themes, each with its colours; the mouse highlights as the keys do."""

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Highlight what the mouse is over."""
        option = event.style.meta.get("option")
        if option is not None:
            self.highlighted = option


class ThemeDialog(ModalScreen[None]):
    """Shows the app in the theme that is highlighted. Enter keeps it, Escape brings the one from before
    back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="themes.cancel", tooltip="Keep the theme from before"),
    ]
    DEFAULT_CSS = """
    ThemeDialog {
        align: right middle;
        background: transparent;

        & > Vertical {
            width: auto; min-width: 34; height: auto; max-height: 100%;
            padding: 0 1; border: round $primary; background: $surface;
        }
        & ThemeList {
            width: auto; height: auto; max-height: 100%; padding: 0; border: none; background: $surface;
            scrollbar-size-vertical: 1;

            &:focus { border: none; background-tint: transparent; }
        }
    }
    """

    def __init__(self, themes: Iterable[Theme], current: str) -> None:
        """Offer some themes, in this order; `current` is the name of the one from before."""
        super().__init__()
        self._themes = list(themes)
        self._kept = current

    def compose(self) -> ComposeResult:
        """The list, and how to leave it."""
        with Vertical() as box:
            box.border_title = "Theme"
            box.border_subtitle = hints("↑↓ look  enter keep  ", "esc back", "screen.cancel")
            width = max(len(theme.name) for theme in self._themes)
            yield ThemeList(*(Option(_sample(theme, width), id=theme.name) for theme in self._themes))

    def on_mount(self) -> None:
        """Begin at the theme that the app wears."""
        themes = self.query_one(ThemeList)
        themes.highlighted = themes.get_option_index(self._kept)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Put it on."""
        self.app.theme = str(event.option_id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Keep it."""
        self._kept = str(event.option_id)
        self.dismiss()

    def action_cancel(self) -> None:
        """Leave."""
        self.dismiss()

    def on_unmount(self) -> None:
        """However the list was left: wear the theme that was kept, or the one from before."""
        self.app.theme = self._kept


def _sample(theme: Theme, width: int) -> Text:
    """The name of a theme, whether it is dark, and its colours."""
    line = Text(f"{theme.name:<{width}}  {'dark ' if theme.dark else 'light'}  ")
    colors = {**fallback_variables(theme), **theme.variables}
    for name in _SAMPLE:
        line.append("█", Style(color=Color.parse(colors[name]).rich_color))
    return line
