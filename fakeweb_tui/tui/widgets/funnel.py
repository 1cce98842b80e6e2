"""The funnel: which part of the sessions ever reach each page."""

from rich.segment import Segment
from textual.strip import Strip

from fakeweb_tui.tui.format import percent
from fakeweb_tui.tui.probability import fit
from fakeweb_tui.tui.roles import Role
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.bars import marked_bar
from fakeweb_tui.tui.widgets.page_rows import PageRows

_FIGURES_WIDTH = 15


class Funnel(PageRows, can_focus=False):
    """A bar per page, in the order of the config."""

    BORDER_TITLE = "Funnel"
    BORDER_SUBTITLE = "sessions that ever reach a page · │ predicted"

    def __init__(self, roles: dict[str, Role], id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(roles, id)
        self.tooltip = "The part of the sessions that ever reach a page; │ and grey figures: predicted"

    def render_line(self, y: int) -> Strip:
        """One page: its name, bar, and reach observed and predicted."""
        number, width, style = self.scroll_offset.y + y, self.scrollable_content_region.width, self.rich_style
        if number >= len(self.rows):
            return Strip.blank(width, style)
        row = self.rows[number]
        role = self._roles[row.page]
        name_width = min(self._longest_name, max(6, width // 3))
        name = self._signed_name(row.page, name_width)
        segments = [
            Segment(fit(name, name_width), theme_style(self.app, role)),
            Segment(" "),
            *marked_bar(self.app, row.reach, row.reach_predicted, 1.0, width - name_width - 1 - _FIGURES_WIDTH),
            Segment(f" {percent(row.reach)}"),
            Segment(f"  {percent(row.reach_predicted)}", theme_style(self.app, "muted")),
        ]
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)
