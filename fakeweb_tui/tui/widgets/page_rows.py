"""What a widget has in common with others that show a line per page."""

from typing import ClassVar

from rich.cells import cell_len
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import PageRow
from fakeweb_tui.tui.roles import SIGN_CELLS, Role, signed


class PageRows(ScrollView):
    """Scrolls over a line per page, behind its titles."""

    DEFAULT_CSS = """
    PageRows {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """
    TITLE_LINES: ClassVar[int] = 0

    rows: reactive[tuple[PageRow, ...]] = reactive(())
    """A row per page, in the order of the config."""

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
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
        self._longest_name = max(map(cell_len, self._names)) + SIGN_CELLS
        self.virtual_size = Size(0, len(pages) + self.TITLE_LINES)
        self.refresh()

    def _signed_name(self, page: int, cells: int) -> str:
        """The name of a page behind the sign of its role, which stands apart if all names fit so."""
        return signed(self._roles[page], self._names[page], apart=cells >= self._longest_name)
