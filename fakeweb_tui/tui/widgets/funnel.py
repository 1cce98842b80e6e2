"""The funnel: which part of the sessions ever reach each page."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import PageRow
from fakeweb_tui.tui.format import percent
from fakeweb_tui.tui.roles import SIGN_CELLS, Role, signed
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.bars import marked_bar

_FIGURES_WIDTH = 15


class Funnel(ScrollView, can_focus=False):
    """A bar per page, in the order of the config."""

    DEFAULT_CSS = """
    Funnel {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """
    BORDER_TITLE = "Funnel"
    BORDER_SUBTITLE = "sessions that ever reach a page · │ predicted"

    rows: reactive[tuple[PageRow, ...]] = reactive(())
    """A row per page, in the order of the config."""

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.tooltip = "The part of the sessions that ever reach a page; │ and grey figures: predicted"
        self.pages = roles

    @property
    def pages(self) -> dict[str, Role]:
        """The pages, in the order of the config, and what each is for the site."""
        return self._pages

    @pages.setter
    def pages(self, pages: dict[str, Role]) -> None:
        self._pages = pages
        self._roles = list(pages.values())
        self._names = [plain(f"/{page}") for page in pages]
        self.virtual_size = Size(0, len(pages))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One page: its name, bar, and reach observed and predicted."""
        number, width, style = self.scroll_offset.y + y, self.scrollable_content_region.width, self.rich_style
        if number >= len(self.rows):
            return Strip.blank(width, style)
        row = self.rows[number]
        role, longest = self._roles[row.page], max(map(cell_len, self._names)) + SIGN_CELLS
        name_width = min(longest, max(6, width // 3))
        name = signed(role, self._names[row.page], apart=name_width >= longest)
        segments = [
            Segment(set_cell_size(name, name_width), theme_style(self.app, role)),
            Segment(" "),
            *marked_bar(self.app, row.reach, row.reach_predicted, 1.0, width - name_width - 1 - _FIGURES_WIDTH),
            Segment(f" {percent(row.reach)}"),
            Segment(f"  {percent(row.reach_predicted)}", theme_style(self.app, "muted")),
        ]
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)
