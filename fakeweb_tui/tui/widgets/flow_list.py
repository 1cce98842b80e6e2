"""The transitions from one page, one below the other: configured, observed, and how often."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import fit_mark
from fakeweb_tui.tui.flows import Flows
from fakeweb_tui.tui.format import compact
from fakeweb_tui.tui.probability import fit
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.widgets.bars import marked_bar

_FIGURES_WIDTH = 24


class FlowList(ScrollView, can_focus=False):
    """A line per transition of a page; the chosen one is marked. A click chooses one."""

    DEFAULT_CSS = """
    FlowList { height: auto; max-height: 8; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    flows: reactive[Flows | None] = reactive[Flows | None](None)
    chosen: reactive[int | None] = reactive[int | None](None)
    """Where the chosen transition leads."""

    class Clicked(Message):
        """A transition was clicked."""

        def __init__(self, target: int) -> None:
            super().__init__()
            self.target = target

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.tooltip = "Where sessions go from the page: observed, configured, whether these fit, how often"
        self._names: list[str] = []
        self._page = 0
        self._targets: list[int] = []

    def show_page(self, names: list[str], page: int, targets: list[int]) -> None:
        """Show the transitions from a page to others; `names` are those of all pages and `session_end`."""
        self._names, self._page, self._targets = [plain(name) for name in names], page, targets
        self.virtual_size = Size(0, len(targets) + 1)
        self.styles.height = len(targets) + 1
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the transition under the pointer."""
        at = event.y + self.scroll_offset.y - 1
        if event.y > 0 and at < len(self._targets):
            self.post_message(self.Clicked(self._targets[at]))

    def render_line(self, y: int) -> Strip:
        """The page and the titles, then its transitions."""
        number, width, style = self.scroll_offset.y + y, self.scrollable_content_region.width, self.rich_style
        if not self._names or number > len(self._targets):
            return Strip.blank(width, style)
        name_width = min(max(map(cell_len, self._names)), max(8, width // 3)) + 3
        muted = theme_style(self.app, "muted")
        if y == 0:
            title = set_cell_size(f"from {self._names[self._page]}", name_width)
            rest = width - name_width - _FIGURES_WIDTH
            segments = [
                Segment(title, theme_style(self.app, "primary", bold=True)),
                Segment(" " * max(0, rest) + "  obs. config      moves", muted),
            ]
        else:
            segments = self._transition(self._targets[number - 1], name_width, width)
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)

    def _transition(self, target: int, name_width: int, width: int) -> list[Segment]:
        app, flows, muted = self.app, self.flows, theme_style(self.app, "muted")
        here = target == self.chosen
        sign = "▸ " if here else "↻ " if target == self._page else "→ "
        color = "primary" if here else "muted" if target == len(self._names) - 1 else "foreground"
        name = fit(sign + self._names[target], name_width - 1) + " "
        segments = [Segment(name, theme_style(app, color, bold=here))]
        if flows is None or flows.configured.shape[1] != len(self._names):
            return segments
        place = self._page, target
        observed, configured = float(flows.observed[place]), float(flows.configured[place])
        longest = max(float(flows.configured[self._page].max()), 0.01)
        segments += marked_bar(app, observed, configured, longest, width - name_width - _FIGURES_WIDTH)
        seen = f"{observed:.3f}" if observed == observed else "    –"
        mark = fit_mark(float(flows.deviation[place]))
        fits = theme_style(app, {"≈": "landing", "·": "muted"}.get(mark, "browsing"), bold=True)
        segments += [
            Segment(f" {seen:>5}"),
            Segment(f"  {configured:.3f}", muted),
            Segment(f" {mark} ", fits),
            Segment(f"{compact(int(flows.moves[place])):>8}", muted),
        ]
        return segments
