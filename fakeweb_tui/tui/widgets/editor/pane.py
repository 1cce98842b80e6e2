"""The editor pane: the sections of the config, one at a time."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import MouseMove

from fakeweb_tui.config import RowPath
from fakeweb_tui.tui.goals import Influence
from fakeweb_tui.tui.messages import LockChanged
from fakeweb_tui.tui.sections import SECTIONS, strip
from fakeweb_tui.tui.widgets.editor.hours import HoursEditor
from fakeweb_tui.tui.widgets.editor.numbers import NumbersEditor
from fakeweb_tui.tui.widgets.editor.rows import RowsEditor
from fakeweb_tui.tuning import Workbench

Editor = RowsEditor | HoursEditor | NumbersEditor
"""What edits one section: it has `show`, for what is in force, and `focus_control`."""

_OWN_EDITORS: dict[str, type[HoursEditor | NumbersEditor]] = {
    "visits_per_hour": HoursEditor,
    "simulation": NumbersEditor,
}
_TITLES = tuple(section.title for section in SECTIONS)
_NAME_KEYS = Content(" ").join(
    Content.from_markup(f"[@click={action}][bold]{key}[/] {what}[/]")
    for key, what, action in (
        ("a", "add", "screen.add_name"),
        ("f2", "name", "screen.rename"),
        ("⌦", "del", "screen.remove"),
        ("l", "lock", "lock"),
    )
)
_STRIP_TIP = Text("[ and ], or a click on a name in the border: another section")
_BORDER_CELLS = 6  # corners, line and spaces beside a title


class EditorPane(Vertical, can_focus=False):
    """Shows one section's editor under a strip of the sections' names, each of which can be clicked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "screen.add_name", "add", show=False, id="editor.add", tooltip="Add a page or a name here"),
        Binding("f2", "screen.rename", "rename", show=False, id="editor.rename", tooltip="Rename it everywhere"),
        Binding("delete", "screen.remove", "remove", show=False, id="editor.remove", tooltip="Remove it"),
        Binding(
            "escape",
            "drop_influence",
            "no influence",
            show=False,
            id="editor.drop_influence",
            tooltip="Show no influence any more",
        ),
    ]

    def __init__(self, bench: Workbench, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._bench = bench
        self._editors: dict[int, Editor] = {}
        self._section = 0
        self._influence: Influence | None = None

    def compose(self) -> ComposeResult:
        """The first section; the others are made when they are first asked for."""
        yield self._made(0)

    @property
    def section(self) -> int:
        """Which section is shown, by its place in `SECTIONS`."""
        return self._section

    @property
    def editor(self) -> Editor:
        """The editor of the section that is shown."""
        return self._editors[self._section]

    @property
    def bench(self) -> Workbench:
        """What the editors show."""
        return self._bench

    @bench.setter
    def bench(self, bench: Workbench) -> None:
        self._bench = bench
        self._show_in(self.editor)

    @property
    def influence(self) -> Influence | None:
        """How much each probability moves an outcome; None where that is not asked for."""
        return self._influence

    @influence.setter
    def influence(self, influence: Influence | None) -> None:
        self._influence = influence
        self._show_in(self.editor)
        self._entitle()

    def _show_in(self, editor: Editor) -> None:
        if isinstance(editor, RowsEditor):
            moves = SECTIONS[self._section].key in ("pages", "landing_pages")
            editor.influence = self._influence if moves else None
        editor.show(self._bench)

    @property
    def selected(self) -> tuple[RowPath, str] | None:
        """The probability in focus, or that was: the path of its row, and its name; None where there are none."""
        return self.editor.selected if isinstance(self.editor, RowsEditor) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to show no influence where one is shown."""
        del parameters
        return self._influence is not None if action == "drop_influence" else True

    def action_drop_influence(self) -> None:
        """Show no influence any more."""
        self.influence = None

    def focus_control(self) -> None:
        """Focus the control that was focused last, or the first."""
        self.editor.focus_control()

    async def action_show(self, section: int) -> None:
        """Show a section, and go there."""
        self._section = section
        for place, editor in self._editors.items():
            editor.display = place == section
        if section in self._editors:
            self._show_in(self.editor)
        else:
            await self.mount(self._made(section))
            self._show_in(self.editor)
        self._entitle()
        self.focus_control()

    async def reveal(self, path: RowPath, name: str | None) -> None:
        """Show the section of pages, and go to the slider of a name in a row, or to the row's first."""
        await self.action_show(0)
        editor = self.editor
        if isinstance(editor, RowsEditor):
            editor.go_to(path, name)

    def _made(self, place: int) -> Editor:
        section = SECTIONS[place]
        own = _OWN_EDITORS.get(section.key)
        self._editors[place] = own(self._bench) if own else RowsEditor(section, self._bench)
        return self._editors[place]

    def action_lock(self) -> None:
        """Lock the probability in focus, or unlock it."""
        if self.selected:
            self.post_message(LockChanged(*self.selected))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Tell what the strip is for where it stands: on a control in focus it would lie on what is changed."""
        self.tooltip = _STRIP_TIP if event.screen_y == self.region.y else None

    def on_resize(self) -> None:
        """Name as many sections as there is room for."""
        self._entitle()

    def _entitle(self) -> None:
        shown = strip(_TITLES, self._section, self.outer_size.width - _BORDER_CELLS)
        title = Content(" ").join(self._link(_TITLES[at], at) for at in shown)
        # One cell would be hard to hit.
        if shown.start:
            title = self._link("‹ ", shown.start - 1) + title
        if shown.stop < len(_TITLES):
            title += self._link(" ›", shown.stop)
        self.border_title = title
        if isinstance(self.editor, RowsEditor) and self.editor.influence:
            text = self.editor.influence.title
            self.border_subtitle = Content.from_markup("[@click=drop_influence]$text[/]", text=text)
        else:
            self.border_subtitle = _NAME_KEYS if isinstance(self.editor, RowsEditor) else ""

    def _link(self, text: str, section: int) -> Content:
        here = section == self._section
        style = "$primary bold" if here else "$muted not bold"
        return Content.from_markup(f"[{style} @click=show({section})]$text[/]", text=text)
