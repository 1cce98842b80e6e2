"""The transition matrix as a heat map: observed against configured, cell by cell."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.config import SESSION_END, Config
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import fit_mark
from fakeweb_tui.tui.flows import Flows
from fakeweb_tui.tui.format import short_names
from fakeweb_tui.tui.messages import TransitionChosen
from fakeweb_tui.tui.palette import text_on
from fakeweb_tui.tui.roles import SIGN_CELLS, page_roles, signed
from fakeweb_tui.tui.styles import theme_style

_NARROW, _WIDE = 6, 14  # cells of a column
_WITH_MARK = 8  # from here on, a cell says whether its figures fit
_MOST_NAME = 18


class HeatMap(ScrollView, can_focus=True):
    """A row per page, a column per page and `session_end`; the darker a cell, the more go that way.

    The titles stay where they are: only the cells scroll.
    """

    DEFAULT_CSS = """
    HeatMap { scrollbar-size: 1 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(0, -1)", "left", show=False, id="heat.left", tooltip="The target to the left"),
        Binding("right", "go(0, 1)", "right", show=False, id="heat.right", tooltip="The target to the right"),
        Binding("up", "go(-1, 0)", "up", show=False, id="heat.up", tooltip="The page above"),
        Binding("down", "go(1, 0)", "down", show=False, id="heat.down", tooltip="The page below"),
        Binding("enter", "choose", "slider", show=False, id="heat.choose", tooltip="Go to the slider"),
    ]

    cursor: reactive[tuple[int, int]] = reactive((0, 0))
    """Page and target."""
    flows: reactive[Flows | None] = reactive[Flows | None](None)

    class Moved(Message):
        """Another cell is under the cursor."""

    def __init__(self, config: Config, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.tooltip = "A row per page, a column per target; enter or a second click: the slider"
        self.show_config(config)

    def show_config(self, config: Config) -> None:
        """Show another config."""
        self._config = config
        self._pitch = 1
        self._roles = page_roles(config)
        self._names = [plain(name) for name in (*config.pages, SESSION_END)]
        pages = len(config.pages)
        self.cursor = min(self.cursor[0], pages - 1), min(self.cursor[1], pages)
        self._fit()

    def on_resize(self) -> None:
        """Give the columns what room there is; the list below may have taken some from the cell of the cursor."""
        self.fit()
        self._reveal()

    def fit(self) -> None:
        """Give the columns what room there is, if that is another than before."""
        if self.size != self._fitted:
            self._fit()

    def _fit(self) -> None:
        self._fitted = self.size
        self._name_width = min(_MOST_NAME, SIGN_CELLS + max(map(cell_len, self._names))) + 1
        room = (self.size.width - self._name_width) // len(self._names)
        self._column = min(max(room, _NARROW), _WIDE)
        self._titles = short_names(self._names, self._column - 1)
        pages = len(self._config.pages)
        # With room for it, what is configured stands below what is observed.
        self._pitch = 3 if pages * 3 + 1 <= self.size.height else 2 if pages * 2 + 1 <= self.size.height else 1
        self.virtual_size = Size(self._name_width + self._column * len(self._names), pages * self._pitch + 1)
        self.refresh()

    def action_go(self, down: int, right: int) -> None:
        """Go to the next cell in a direction."""
        page, target = self.cursor
        pages = len(self._config.pages)
        self.cursor = min(max(page + down, 0), pages - 1), min(max(target + right, 0), pages)

    def watch_cursor(self) -> None:
        """Bring the cell into sight."""
        if self.is_mounted:
            self._reveal()
            self.post_message(self.Moved())

    def _reveal(self) -> None:
        page, target = self.cursor
        region = Region(
            self._name_width + target * self._column, 1 + page * self._pitch, self._column, self._pitch
        )
        self.scroll_to_region(region, spacing=Spacing(1, 0, 0, self._name_width), animate=False)

    def action_choose(self) -> None:
        """Ask for the slider of a transition that the config has."""
        pages = list(self._config.pages)
        target = [*pages, SESSION_END][self.cursor[1]]
        if target in self._config.pages[pages[self.cursor[0]]]:
            self.post_message(TransitionChosen(pages[self.cursor[0]], target))

    def on_click(self, event: events.Click) -> None:
        """Go to the cell under the pointer; where the cursor is already, ask for its slider."""
        if event.y < 1 or event.x < self._name_width:
            return
        page = (event.y + self.scroll_offset.y - 1) // self._pitch
        target = (event.x + self.scroll_offset.x - self._name_width) // self._column
        if 0 <= page < len(self._config.pages) and 0 <= target < len(self._names):
            if (page, target) == self.cursor:
                self.action_choose()
            self.cursor = page, target

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """The targets, then a line per page."""
        width, style, line = self.size.width, self.rich_style, y + self.scroll_offset.y
        if y == 0:
            title, cells = self._header()
        elif line <= len(self._config.pages) * self._pitch:
            title, cells = self._row(*divmod(line - 1, self._pitch))
        else:
            return Strip.blank(width, style)
        left = self.scroll_offset.x
        shown = Strip(cells).crop(left, left + max(0, width - self._name_width))
        return Strip([title, *shown]).adjust_cell_length(width, style).apply_style(style)

    def _header(self) -> tuple[Segment, list[Segment]]:
        muted = theme_style(self.app, "muted")
        segments = []
        for target, title in enumerate(self._titles):
            here = target == self.cursor[1]
            style = theme_style(self.app, "primary", bold=True) if here else muted
            segments.append(Segment(f" {set_cell_size(title, self._column - 1)}", style))
        return Segment(set_cell_size("from ╲ to", self._name_width), muted), segments

    def _row(self, page: int, part: int) -> tuple[Segment, list[Segment]]:
        name = list(self._config.pages)[page]
        style = theme_style(self.app, self._roles[name], bold=page == self.cursor[0])
        title = signed(self._roles[name], self._names[page]) if part == 0 else ""
        cells = [self._cell(page, target, part) for target in range(len(self._names))]
        return Segment(set_cell_size(title, self._name_width - 1) + " ", style), cells

    def _cell(self, page: int, target: int, part: int) -> Segment:
        """A cell's line: what is observed, then what is configured and whether they fit, then a gap."""
        flows, here = self.flows, (page, target) == self.cursor
        known = flows is not None and flows.configured.shape[0] == len(self._config.pages)
        configured = float(flows.configured[page, target]) if flows is not None and known else 0.0
        if flows is None or not known or configured == 0.0 or part == 2:
            sign = ("▐▌" if here else "·").center(self._column - 1) if part == 0 else ""
            return Segment(sign.ljust(self._column), theme_style(self.app, "primary" if here else "track"))
        observed = float(flows.observed[page, target])
        share = observed if observed == observed else configured
        mark = fit_mark(float(flows.deviation[page, target]))
        text = _figure(observed) if part == 0 else _figure(configured)
        if self._column >= _WITH_MARK:
            text = f"{text} {mark}" if part == self._pitch - 1 or part == 1 else text + "  "
        left, right = "▐▌" if here else "  "
        style = self._heat(share, here, muted=part == 1)
        return Segment(left + set_cell_size(text.center(self._column - 2), self._column - 2) + right, style)

    def _heat(self, share: float, here: bool, muted: bool) -> Style:
        colors = self.app.theme_variables
        background, bar = Color.parse(colors["background"]), Color.parse(colors["bar"])
        # The eye tells small shares apart if these take up more than their part of the range.
        behind = background.blend(bar, share**0.5)
        text = text_on(behind, Color.parse(colors["foreground"]), quiet=0.3 if muted else 0.0)
        return Style(color=text.rich_color, bgcolor=behind.rich_color, bold=here or None)


def _figure(share: float) -> str:
    """A share in four cells."""
    if share != share:
        return "  – "
    return f"{share:.3f}"[1:] if share < 0.9995 else "1.00"
