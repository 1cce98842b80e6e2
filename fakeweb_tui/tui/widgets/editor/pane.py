"""The editor pane: the sections of the config, one at a time."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from fakeweb_tui.tui.editing import Draft
from fakeweb_tui.tui.sections import SECTIONS, strip
from fakeweb_tui.tui.widgets.editor.hours import HoursEditor
from fakeweb_tui.tui.widgets.editor.rows import RowsEditor

Editor = RowsEditor | HoursEditor
"""What edits one section: it has `show`, for the config in force, and `focus_control`."""

_TITLES = tuple(section.title for section in SECTIONS)
_BORDER_CELLS = 6  # corners, line and spaces beside a title


class EditorPane(Vertical, can_focus=False):
    """Shows one section's editor under a strip of the sections' names, each of which can be clicked."""

    def __init__(self, draft: Draft, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._draft = draft
        self._editors: dict[int, Editor] = {}
        self._section = 0

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
    def draft(self) -> Draft:
        """What the editors show."""
        return self._draft

    @draft.setter
    def draft(self, draft: Draft) -> None:
        self._draft = draft
        self.editor.show(draft)

    def focus_control(self) -> None:
        """Focus the control that was focused last, or the first."""
        self.editor.focus_control()

    async def action_show(self, section: int) -> None:
        """Show a section, and go there."""
        self._section = section
        for place, editor in self._editors.items():
            editor.display = place == section
        if section in self._editors:
            self.editor.show(self._draft)
        else:
            await self.mount(self._made(section))
        self._entitle()
        self.focus_control()

    def _made(self, place: int) -> Editor:
        section = SECTIONS[place]
        kind = HoursEditor if section.key == "visits_per_hour" else RowsEditor
        self._editors[place] = kind(section, self._draft)
        return self._editors[place]

    def on_resize(self) -> None:
        """Name as many sections as there is room for."""
        self._entitle()

    def _entitle(self) -> None:
        shown = strip(_TITLES, self._section, self.outer_size.width - _BORDER_CELLS)
        parts: list[Content] = []
        if shown.start:
            parts.append(self._link("‹", shown.start - 1))
        parts += [self._link(_TITLES[at], at) for at in shown]
        if shown.stop < len(_TITLES):
            parts.append(self._link("›", shown.stop))
        self.border_title = Content(" ").join(parts)

    def _link(self, text: str, section: int) -> Content:
        here = section == self._section
        style = "$primary bold" if here else "$muted not bold"
        return Content.from_markup(f"[{style} @click=show({section})]$text[/]", text=text)
