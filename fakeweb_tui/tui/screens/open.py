"""The dialog that asks what to open."""

from collections.abc import Collection
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from fakeweb_tui.config import ConfigError
from fakeweb_tui.terminal_text import PLAIN, plain
from fakeweb_tui.tui.hints import hints
from fakeweb_tui.tui.opening import Entry, Kind, Opened, entries, files, kind_of, load, path_of, sites
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.telling import tell

OPENABLE = (Kind.SITE, Kind.CONFIG, Kind.SCENARIO, Kind.EVENTS)
_NAME_WIDTH = 22


class _PathSuggester(Suggester):
    """Completes a path to the first file or folder that it could become."""

    def __init__(self, kinds: Collection[Kind]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._kinds = kinds

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path, or None."""
        names = (entry.name for entry in files(value, self._kinds)) if value else iter(())
        return next((name for name in names if name.startswith(value) and plain(name) == name), None)


class OpenDialog(ModalScreen[Opened | None]):
    """Asks for a site or a file, in a line that narrows a list.

    What cannot be used says why, and the question stays open.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="open.cancel", tooltip="Leave things as they are"),
        Binding("down", "move(1)", "next", show=False, id="open.next", tooltip="Choose the next entry"),
        Binding("up", "move(-1)", "previous", show=False, id="open.previous", tooltip="Choose the entry before"),
    ]
    DEFAULT_CSS = """
    OpenDialog {
        align: center middle;

        & > Vertical {
            width: 90; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 1; border: round $primary; border-subtitle-color: $muted; background: $surface;
        }
        & Label { width: 1fr; color: $foreground-muted; }
        & Input { background: $panel; }
        & OptionList {
            height: auto; max-height: 14; border: none; padding: 0; background: $surface;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & VerticalScroll { display: none; height: auto; max-height: 8; }
        &.-wrong VerticalScroll { display: block; }
        & #problems { color: $text-error; height: auto; }
    }
    """

    def __init__(
        self, title: str = "Open", kinds: Collection[Kind] = OPENABLE, here: Collection[Entry] = ()
    ) -> None:
        """Ask for something of these kinds, or for one of the entries that are `here`."""
        super().__init__()
        self._title, self._kinds = title, kinds
        self._fixed = list(here)
        self._entries: list[Entry] = []
        self._loading = False

    def compose(self) -> ComposeResult:
        """The line, what there is, and what is wrong."""
        with Vertical() as box:
            box.border_title = Content(plain(self._title))
            box.border_subtitle = hints("↑↓ choose · enter open · → complete · ", "esc cancel", "screen.cancel")
            yield Label("A path (~ is your home), or a part of a name in the list", markup=False)
            yield Input(id="line", restrict=PLAIN, suggester=_PathSuggester(self._kinds), compact=True)
            yield OptionList(markup=False, compact=True)
            with VerticalScroll():
                yield Static("", id="problems", markup=False)

    def on_mount(self) -> None:
        """Show what there is."""
        self._list()
        if Kind.SITE in self._kinds:
            self._find_sites()

    @work(thread=True)
    def _find_sites(self) -> None:
        tell(self, self._add_sites, sites())

    def _add_sites(self, found: Collection[Entry]) -> None:
        self._fixed += found
        self._list()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self.remove_class("-wrong")
        self._list()

    def _list(self) -> None:
        text = self.query_one(Input).value
        self._entries = entries(text, self._fixed, self._kinds)
        options = self.query_one(OptionList)
        options.set_options([Option(self._line(entry)) for entry in self._entries])
        options.highlighted = 0 if self._entries else None

    def _line(self, entry: Entry) -> Text:
        muted = theme_style(self.app, "muted")
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{entry.kind.value:<9}", muted)
        color = "landing" if entry.kind in (Kind.SITE, Kind.VARIANT) else "foreground"
        line.append(plain(entry.name).ljust(_NAME_WIDTH), theme_style(self.app, color))
        return line.append(f" {plain(entry.about)}", muted)

    def action_move(self, by: int) -> None:
        """Choose the next entry, or the one before."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def on_input_submitted(self) -> None:
        """Open the file that is typed, or what is chosen in the list."""
        text = self.query_one(Input).value.strip()
        place = self.query_one(OptionList).highlighted
        try:
            path = path_of(text)
            if text and path.exists() and not any(entry.name == text for entry in self._fixed):
                kind = kind_of(path)
                self._choose(Entry(kind, f"{text.rstrip('/')}/" if kind is Kind.FOLDER else text))
            elif place is not None:
                self._choose(self._entries[place])
            else:
                self._refuse(f"{text}: there is no such file, and no site has that in its name")
        except (ValueError, OSError) as error:
            self._refuse(str(error))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what was clicked."""
        self._choose(self._entries[event.option_index])

    def _choose(self, entry: Entry) -> None:
        if entry.kind is Kind.FOLDER and plain(entry.name) != entry.name:
            self._refuse(f"{entry.name}: a folder whose name cannot be written is not looked into")
        elif entry.kind is Kind.FOLDER:
            line = self.query_one(Input)
            line.value = entry.name
            line.cursor_position = len(line.value)
            line.focus()
        elif entry.kind is not Kind.VARIANT and entry.kind not in self._kinds:
            self._refuse(f"{entry.name}: this is a file of {entry.kind.value}, which does not go here")
        elif not self._loading:
            self._loading = True
            self._read(entry)

    @work(thread=True)
    def _read(self, entry: Entry) -> None:
        try:
            opened = load(entry)
        except (ConfigError, ValueError) as error:
            tell(self, self._refuse, str(error))
        else:
            tell(self, self._answer, opened)

    def _answer(self, opened: Opened) -> None:
        """Leave with what was opened, unless the dialog was left, or another one lies on it."""
        self._loading = False
        if self.is_active:
            self.dismiss(opened)

    def _refuse(self, problems: str) -> None:
        """Show what is wrong, line by line."""
        self._loading = False
        self.query_one("#problems", Static).update("\n".join(map(plain, problems.split("\n"))))
        self.add_class("-wrong")

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
