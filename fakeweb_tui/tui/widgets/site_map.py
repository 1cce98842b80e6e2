"""The site map: a box per page, lines whose weight is what flows along them."""

from typing import ClassVar, NamedTuple

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.config import SESSION_END, Config
from fakeweb_tui.markov import Floats
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.figures import PageRow
from fakeweb_tui.tui.flows import Flows
from fakeweb_tui.tui.format import compact, percent, short_names
from fakeweb_tui.tui.messages import TransitionChosen
from fakeweb_tui.tui.probability import format_value
from fakeweb_tui.tui.roles import SIGN_CELLS, page_roles, signed
from fakeweb_tui.tui.site.drawn import drawn_moves
from fakeweb_tui.tui.site.layers import BOX_HEIGHT
from fakeweb_tui.tui.site.routes import LINES, Box, Cell, MapLayout, lay_out, line_sides
from fakeweb_tui.tui.styles import theme_style

_STRONG, _WEAK = 0.3, 0.03  # of the strongest flow
_FAINT = {"─": "╌", "│": "╎"}
_MOST_BOX = 22
END_LINES = BOX_HEIGHT + 1
"""What `session_end` takes below the pages."""


class Drawn(NamedTuple):
    """A line's look."""

    rank: int
    heavy: bool
    faint: bool
    color: str


class SiteMap(ScrollView, can_focus=True):
    """Pages as boxes and transitions as lines; the page under the cursor has its lines brought out."""

    DEFAULT_CSS = """
    SiteMap { scrollbar-size: 1 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1, 0)", "left", show=False, id="map.left", tooltip="The page to the left"),
        Binding("right", "go(1, 0)", "right", show=False, id="map.right", tooltip="The page to the right"),
        Binding("up", "go(0, -1)", "up", show=False, id="map.up", tooltip="The page above"),
        Binding("down", "go(0, 1)", "down", show=False, id="map.down", tooltip="The page below"),
        Binding("shift+up", "turn(-1)", "transition before", show=False, id="map.previous"),
        Binding("shift+down", "turn(1)", "next transition", show=False, id="map.next", tooltip="Next transition"),
        Binding(
            "enter", "choose", "sliders", show=False, id="map.choose", tooltip="Go to the sliders of the page"
        ),
    ]

    page: reactive[int] = reactive(0)
    """The page under the cursor."""
    target: reactive[int | None] = reactive[int | None](None)
    """Where the chosen transition from that page leads, a place among the pages and `session_end`."""
    flows: reactive[Flows | None] = reactive[Flows | None](None)
    rows: reactive[tuple[PageRow, ...]] = reactive(())
    active: reactive[tuple[int, ...]] = reactive(())
    """Sessions on each page."""

    class Moved(Message):
        """Another page or transition is under the cursor."""

    def __init__(self, config: Config, weight: Floats, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.tooltip = "Arrows: another page; ⇧↑↓: its transitions; enter or a second click: their sliders"
        self._config = config
        self._layout = MapLayout((), (), 0, 0)
        self._crossed: dict[Cell, list[tuple[int, int]]] = {}
        self._ending: dict[int, list[int]] = {}  # the routes that touch a box, by line
        self._standing: dict[int, list[int]] = {}  # the pages with a box there, by line
        self._looks: list[Drawn] = []
        self._end = Box(0, 0, 0)
        self._top = 0
        self._fitted = Size(0, 0)
        self._apart = True
        self._lay_out_for(config, weight)

    @property
    def targets(self) -> list[int]:
        """Where the page under the cursor leads, in the order of its row."""
        names = [*self._config.pages, SESSION_END]
        return [names.index(name) for name in self._config.pages[names[self.page]]]

    def show_config(self, config: Config, weight: Floats) -> None:
        """Show another config; boxes stay where they are while pages and transitions are the same."""
        shape = [(page, tuple(row)) for page, row in config.pages.items()]
        same = shape == [(page, tuple(row)) for page, row in self._config.pages.items()]
        self._config = config
        self._page_roles = list(page_roles(config).values())
        if not same:
            # What is known is of the pages before.
            self.flows, self.rows, self.active = None, (), ()
            self._lay_out_for(config, weight)
            self._fit()
        self.refresh()

    def _lay_out_for(self, config: Config, weight: Floats) -> None:
        self._config = config
        self._page_roles = list(page_roles(config).values())
        names = list(config.pages)
        code = {name: place for place, name in enumerate(names)}
        self._moves = [
            (code[page], code[target])
            for page, row in config.pages.items()
            for target in row
            if target in code and target != page
        ]
        landing = np.array([config.landing_pages.get(page, 0.0) for page in names])
        self._roots = [int(page) for page in np.argsort(-landing, kind="stable") if landing[page] > 0]
        self._known_moves = frozenset(self._moves)
        self._names = [plain(name) for name in names]
        self._drawn = drawn_moves(self._moves, weight)
        self.page = min(self.page, len(names) - 1)
        self.target = None

    def on_resize(self) -> None:
        """Give the boxes what room there is."""
        self.fit()

    def fit(self) -> None:
        """Give the boxes what room there is, if that is another than before."""
        if self.size != self._fitted:
            self._fit()

    def _fit(self) -> None:
        self._fitted = self.size
        names = list(self._config.pages)
        wanted = min(_MOST_BOX, max(map(cell_len, (*self._names, SESSION_END))) + SIGN_CELLS + 4)
        room = max(1, self.size.width - 1), max(1, self.size.height - END_LINES)
        self._layout = lay_out(len(names), self._moves, self._drawn, self._roots, wanted, room)
        width = self._layout.boxes[0].width
        # Two cells are the frame's, two the gaps around a title.
        self._apart = max(map(cell_len, self._names)) + SIGN_CELLS <= width - 4
        inner = width - 2
        self._titles = short_names(self._names, inner - 1)
        self._end = Box(max(0, self._layout.width - width), self._layout.height + 1, width)
        self._top = max(0, (self.size.height - self._layout.height - END_LINES) // 2)
        self._crossed, self._ending, self._standing = {}, {}, {}
        for page, box in enumerate(self._layout.boxes):
            for line in range(box.y, box.y + box.height):
                self._standing.setdefault(line, []).append(page)
        for number, route in enumerate(self._layout.routes):
            for cell, sides in route.cells.items():
                self._crossed.setdefault(cell, []).append((number, sides))
            for line in {route.first[1], route.last[1]}:
                self._ending.setdefault(line, []).append(number)
        self._renew_looks()
        self.virtual_size = Size(self._layout.width, self._top + self._layout.height + END_LINES)
        self._show_cursor(center=True)

    # Moving about.

    def action_go(self, right: int, down: int) -> None:
        """Go to the nearest page in a direction."""
        here = self._layout.boxes[self.page]
        best: tuple[float, int] | None = None
        for page, box in enumerate(self._layout.boxes):
            along = (box.x - here.x) * right + (box.y - here.y) * down
            across = abs((box.y - here.y) * right) * 2 + abs((box.x - here.x) * down)
            if along > 0 and (best is None or (along + across * 2, page) < best):
                best = along + across * 2, page
        if best:
            self.page, self.target = best[1], None

    def action_turn(self, by: int) -> None:
        """Choose another transition of the page; before the first one and behind the last one, none."""
        choices: list[int | None] = [None, *self.targets]
        at = choices.index(self.target) if self.target in choices else 0
        self.target = choices[(at + by) % len(choices)]

    def action_choose(self) -> None:
        """Ask for the sliders."""
        names = [*self._config.pages, SESSION_END]
        target = None if self.target is None else names[self.target]
        self.post_message(TransitionChosen(names[self.page], target))

    def watch_page(self) -> None:
        """Bring the page into sight, and its lines out."""
        self._renew_looks()
        if self.is_mounted:
            self._show_cursor()
            self.post_message(self.Moved())

    def watch_flows(self) -> None:
        """Draw the lines by what flows along them."""
        self._renew_looks()

    def watch_target(self) -> None:
        """Tell of it, and bring its line out."""
        self._renew_looks()
        if self.is_mounted:
            self.post_message(self.Moved())

    def _show_cursor(self, center: bool = False) -> None:
        if self._layout.boxes:
            box = self._layout.boxes[self.page]
            region = Region(box.x, self._top + box.y, box.width, box.height)
            # By force: right after a resize, the scroll bars are not there yet.
            self.scroll_to_region(region, animate=False, force=True, center=center)

    def on_click(self, event: events.Click) -> None:
        """Go to the box or the line under the pointer; where the cursor is already, ask for the sliders."""
        x, y = event.x + self.scroll_offset.x, event.y + self.scroll_offset.y - self._top
        for page, box in enumerate(self._layout.boxes):
            if box.holds(x, y):
                if page == self.page and self.target is None:
                    self.action_choose()
                self.page, self.target = page, None
                return
        found = [self._layout.routes[number].ends for number, _ in self._crossed.get((x, y), [])]
        ends = next((ends for ends in found if self.page in ends), found[0] if found else None)
        if ends:
            move = ends if ends in self._moves else ends[::-1]
            if self.page == ends[1] and ends[::-1] in self._moves:
                move = ends[::-1]
            if move == (self.page, self.target):
                self.action_choose()
            self.page, self.target = move

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """One line of the map."""
        style, width = self.rich_style, self.size.width
        line, left = y + self.scroll_offset.y - self._top, self.scroll_offset.x
        cells: list[tuple[str, Style]] = [(" ", style)] * width
        for x in range(left, min(left + width, self._layout.width)):
            passing = self._crossed.get((x, line))
            if passing:
                cells[x - left] = self._line_cell(passing)
        for number in self._ending.get(line, []):
            self._arrows(cells, number, line, left)
        segments: list[Segment] = []
        at = left
        boxes = sorted((self._layout.boxes[page].x, page) for page in self._standing.get(line, []))
        for x, page in boxes:
            segments += [Segment(*cell) for cell in cells[max(0, at - left) : max(0, x - left)]]
            segments += self._box_line(page, line - self._layout.boxes[page].y)
            at = x + self._layout.boxes[page].width
        if self._end.y <= line < self._end.y + self._end.height:
            segments += [Segment(*cell) for cell in cells[max(0, at - left) : max(0, self._end.x - left)]]
            segments += self._end_line(line - self._end.y)
            boxes.append((self._end.x, len(self._layout.boxes)))
            at = self._end.x + self._end.width
        segments += [Segment(*cell) for cell in cells[max(0, at - left) :]]
        strip = Strip(Segment.simplify(segments))
        begun = min((x for x, _ in boxes if x < left), default=left)
        return strip.crop(left - begun, left - begun + width).adjust_cell_length(width, style).apply_style(style)

    def _renew_looks(self) -> None:
        """Choose how each route is drawn: by what flows along it, and brought out where the cursor is."""
        if self.flows is None:
            self._looks = [Drawn(0, False, False, "muted")] * len(self._layout.routes)
            return
        weight = self.flows.weight
        strongest = max((weight[move] for move in self._moves), default=1.0) or 1.0
        looks = []
        for route in self._layout.routes:
            one, other = route.ends
            share = max(weight[one, other], weight[other, one]) / strongest
            heavy, faint = share >= _STRONG, share < _WEAK
            if self.page not in route.ends:
                looks.append(Drawn(2 if heavy else 1 - faint, heavy, faint, "muted" if not faint else "track"))
                continue
            chosen = self.target is None or self.target in route.ends
            looks.append(Drawn(4 if chosen else 3, heavy, faint, "primary" if chosen else "muted"))
        self._looks = looks

    def _line_cell(self, passing: list[tuple[int, int]]) -> tuple[str, Style]:
        looks = self._looks
        look = max(looks[number] for number, _ in passing)
        light, heavy = LINES[line_sides([sides for _, sides in passing])]
        sign = (
            heavy
            if any(looks[number].heavy for number, _ in passing)
            else _FAINT.get(light, light)
            if look.faint
            else light
        )
        return sign, theme_style(self.app, look.color)

    def _arrows(self, cells: list[tuple[str, Style]], number: int, line: int, left: int) -> None:
        """Put the heads of a route's arrows where it reaches its pages."""
        route = self._layout.routes[number]
        ends = route.ends
        for move, (x, y), sign in (
            (ends, route.last, "◂" if route.within else "▸"),
            (ends[::-1], route.first, "◂"),
        ):
            if y != line or move not in self._known_moves or not left <= x < left + len(cells):
                continue
            mine = move[0] == self.page and self.target in (None, move[1])
            look = self._looks[number]
            color = "now" if mine else "foreground" if look.rank < 3 else "muted"
            before = cells[x - left]
            # Where several lines end, that of the cursor's page shows.
            if mine or before[0] not in "▸◂":
                cells[x - left] = sign, theme_style(self.app, color, bold=mine)

    def _box_line(self, page: int, number: int) -> list[Segment]:
        box, name = self._layout.boxes[page], self._titles[page]
        here = page == self.page
        led = not here and self.flows is not None and self.flows.configured[self.page, page] > 0
        role = self._page_roles[page]
        color = "primary" if here else "foreground" if led else "border-blurred"
        frame = theme_style(self.app, color, bold=here)
        corners = ("┏━┓", "┃ ┃", "┗━┛") if here and self.has_focus else ("╭─╮", "│ │", "╰─╯")
        name_style = theme_style(self.app, role, bold=True)
        title = signed(role, name, apart=self._apart)
        inside = self._figures(page, box.width - 2)
        return self._framed(box, number, corners, frame, title, name_style, inside, self._flow_to(page))

    def _end_line(self, number: int) -> list[Segment]:
        """The box of `session_end`, apart from the pages."""
        flows = self.flows
        led = flows is not None and flows.configured[self.page, -1] > 0
        frame = theme_style(self.app, "foreground" if led else "border-blurred")
        count = compact(int(flows.moves[:, -1].sum())) if flows is not None else ""
        inner = self._end.width - 2
        muted = theme_style(self.app, "muted")
        inside = [Segment(set_cell_size(f" {count}", inner), muted)]
        corners, title = ("╭╌╮", "╎ ╎", "╰╌╯"), f"■ {SESSION_END}"
        return self._framed(self._end, number, corners, frame, title, muted, inside, self._flow_to(-1))

    def _flow_to(self, target: int) -> Segment:
        """What part of the moves from the page under the cursor go to another one, or stay; for a box's edge."""
        flows = self.flows
        observed = float(flows.observed[self.page, target]) if flows is not None else 0.0
        if flows is None or not flows.configured[self.page, target] or observed != observed:
            return Segment("")
        sign = "↻" if target == self.page else "→"
        return Segment(f" {sign} {format_value(observed, 4)} ", theme_style(self.app, "primary", bold=True))

    @staticmethod
    def _framed(
        box: Box,
        number: int,
        corners: tuple[str, str, str],
        frame: Style,
        title: str,
        title_style: Style,
        inside: list[Segment],
        flow: Segment,
    ) -> list[Segment]:
        """One of a box's lines: its title, its figures, and what flows there in the lower edge."""
        first, fill, last = tuple(corners[number])
        inner = box.width - 2
        if number == 1:
            return [Segment(first, frame), *inside, Segment(last, frame)]
        if number == 2:
            rest = fill * (inner - 1 - cell_len(flow.text)) + last
            return [Segment(first + fill, frame), flow, Segment(rest, frame)]
        title = title if cell_len(title) + 2 <= inner else title.replace(" ", "", 1)
        title = title if cell_len(title) <= inner else set_cell_size(title, inner - 1) + "…"
        title = f" {title} " if cell_len(title) + 2 <= inner else title
        return [
            Segment(first, frame),
            Segment(title, title_style),
            Segment(fill * (inner - cell_len(title)) + last, frame),
        ]

    def _figures(self, page: int, width: int) -> list[Segment]:
        """What part of the sessions ever reach the page, and how many are there now."""
        row = self.rows[page] if page < len(self.rows) else None
        reach = " " + percent(row.reach).strip() if row else ""
        here = f"{compact(self.active[page])}●" if page < len(self.active) and self.active[page] else ""
        muted = theme_style(self.app, "muted")
        room = max(0, width - len(here) - 1)
        if row and here and len(reach) >= room:
            reach = f" {row.reach:.0%}"
        return [Segment(set_cell_size(reach, room)), Segment(here + " ", muted)]
