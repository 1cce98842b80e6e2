"""The funnel as a picture: centred bars, the widest on top, each with a mark where the prediction is."""

from math import isnan

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

_FIGURES_WIDTH = 16
_MOST_PITCH = 8
_TITLE = "sessions that ever reach a page"


class FunnelChart(ScrollView, can_focus=True):
    """A bar per page, by the part of the sessions that are predicted to reach it."""

    DEFAULT_CSS = """
    FunnelChart { overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    rows: reactive[tuple[PageRow, ...]] = reactive(())

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.tooltip = "█ the part of the sessions that ever reach a page; │ where it is predicted"
        self.roles = roles

    def watch_rows(self, rows: tuple[PageRow, ...]) -> None:
        """Take as many lines as there are pages, or more where there is room."""
        self.virtual_size = Size(0, len(rows) * self._pitch + 2)

    @property
    def _pitch(self) -> int:
        """Lines from one page to the next."""
        return min(max((self.size.height - 2) // max(1, len(self.rows)), 1), _MOST_PITCH)

    def render_line(self, y: int) -> Strip:
        """The titles, then the bars."""
        width, style = self.scrollable_content_region.width, self.rich_style
        line = y + self.scroll_offset.y
        muted = theme_style(self.app, "muted")
        if y == 0:
            title = set_cell_size(_TITLE, max(0, width - _FIGURES_WIDTH))
            return (
                Strip([Segment(title + "observed   pred.", muted)])
                .adjust_cell_length(width, style)
                .apply_style(style)
            )
        number, part = divmod(line - 2, self._pitch)
        # The last of a page's lines is a gap.
        if line == 1 or number >= len(self.rows) or (self._pitch > 1 and part == self._pitch - 1):
            return Strip.blank(width, style)
        row = sorted(self.rows, key=lambda row: -row.reach_predicted)[number]
        segments = self._bar(row, width, named=part == max(0, self._pitch - 2) // 2)
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)

    def _bar(self, row: PageRow, width: int, named: bool) -> list[Segment]:
        names = list(self.roles)
        if row.page >= len(names):
            return []
        role = self.roles[names[row.page]]
        name_width = min(max(cell_len(plain(name)) for name in names) + SIGN_CELLS, max(8, width // 4))
        # An even number of cells has a middle.
        half = max(1, (width - name_width - _FIGURES_WIDTH - 1) // 2)
        cells = 2 * half
        filled = 0 if isnan(row.reach) else 2 * round(row.reach * half)
        marked = 2 * round(row.reach_predicted * half)
        signs = [" "] * cells
        begin = (cells - filled) // 2
        signs[begin : begin + filled] = "█" * filled
        full = theme_style(self.app, "bar")
        on_bar, on_ground = theme_style(self.app, "foreground", on="bar"), theme_style(self.app, "foreground")
        edges = {(cells - marked) // 2, min(cells - 1, (cells - marked) // 2 + max(0, marked - 1))}
        label = signed(role, plain(names[row.page])) if named else ""
        segments = [Segment(set_cell_size(label, name_width) + " ", theme_style(self.app, role, bold=True))]
        for at, sign in enumerate(signs):
            if at in edges:
                segments.append(Segment("│", on_bar if sign == "█" else on_ground))
            else:
                segments.append(Segment(sign, full))
        if named:
            segments += [
                Segment(f"  {percent(row.reach)}"),
                Segment(f"  {percent(row.reach_predicted)}", theme_style(self.app, "muted")),
            ]
        return list(Segment.simplify(segments))
