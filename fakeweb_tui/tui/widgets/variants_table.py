"""The table of two variants: two lines per figure, A above B, with bars on one scale and the difference beside."""

from math import isnan

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import bar
from fakeweb_tui.tui.roles import Role, signed
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.variants import Figure, Group, Reading, Verdict

_SHORT_NAME = 13
_VALUE_WIDTH, _DIFFERENCE_WIDTH, _ERROR_WIDTH = 10, 11, 9
_VERDICTS = {
    Verdict.MORE: ("▲ more", "browsing"),
    Verdict.LESS: ("▼ less", "browsing"),
    Verdict.NOISE: ("≈ noise", "foreground"),
    Verdict.UNKNOWN: ("· too few", "muted"),
    Verdict.SAME: ("· same", "muted"),
}
_VERDICT_WIDTH = 10
_FIXED_WIDTH = 2 + 2 * _VALUE_WIDTH + 1 + _DIFFERENCE_WIDTH + _ERROR_WIDTH + _VERDICT_WIDTH
_SMALLEST_BAR, _LONGEST_BAR = 4, 64
_NAME_COLORS, _BAR_COLORS = ("muted", "primary"), ("muted", "bar")
"""Of a and of b."""


def _number(value: float, decimals: int, width: int, unit: str = "", sign: str = "") -> str:
    """Return a number with fixed decimals, or with fewer where there is no room; a dash where it is not known."""
    if isnan(value):
        # The dash stands where the unit digit of a number would.
        return ("–" + " " * (decimals + 1 + len(unit))).rjust(width)
    for places in range(decimals, -1, -1):
        text = f"{value:{sign},.{places}f}{unit}".replace("-", "−")
        if len(text) <= width:
            return text.rjust(width)
    return f"{value:{sign}.1e}".rjust(width)


class VariantsTable(ScrollView, can_focus=True):
    """Figures of two variants, in groups; scrolls where they need more lines than there are."""

    DEFAULT_CSS = """
    VariantsTable {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    """

    groups: reactive[tuple[Group, ...]] = reactive(())
    roles: reactive[dict[str, Role]] = reactive({}, init=False)
    """What the pages are for the site."""

    def watch_groups(self) -> None:
        """Make room for the lines."""
        self._lay_out()

    def on_resize(self) -> None:
        """Set groups apart where there is room."""
        self._lay_out()

    def _lay_out(self) -> None:
        groups = self.groups
        least = sum(1 + 2 * len(group.figures) for group in groups)
        apart = least + len(groups) - 1 <= self.size.height
        self._rows: list[tuple[Group, Figure | None, int] | None] = []
        for group in groups:
            if apart and self._rows:
                self._rows.append(None)
            self._rows.append((group, None, 0))
            self._rows += [(group, figure, line) for figure in group.figures for line in (0, 1)]
        self.virtual_size = Size(0, len(self._rows))
        names = [cell_len(self._title_of(group, figure)) for group in groups for figure in group.figures]
        self._longest_name = max(names, default=0)

    def _title_of(self, group: Group, figure: Figure) -> str:
        if not group.pages:
            return figure.title
        return signed(self.roles.get(figure.title), plain(f"/{figure.title}"), apart=False)

    def render_line(self, y: int) -> Strip:
        """Draw a heading, or a line of a figure."""
        at, width, style = self.scroll_offset.y + y, self.scrollable_content_region.width, self.rich_style
        row = self._rows[at] if at < len(self._rows) else None
        if row is None:
            return Strip.blank(width, style)
        group, figure, line = row
        segments = self._heading(group, width) if figure is None else self._row(group, figure, line, width)
        return Strip(segments).adjust_cell_length(width, style).apply_style(style)

    def _widths(self, width: int) -> tuple[int, int]:
        """The cells of names and bars."""
        room = width - _FIXED_WIDTH - _SMALLEST_BAR - 1
        name = max(4, min(self._longest_name, max(_SHORT_NAME, width // 5), room))
        return name, max(0, min(width - _FIXED_WIDTH - name - 1, _LONGEST_BAR))

    def _heading(self, group: Group, width: int) -> list[Segment]:
        muted = theme_style(self.app, "muted")
        name, bars = self._widths(width)
        points = "points" if group.figures[0].unit else ""
        title = set_cell_size(group.title, name + 3)
        figures = f"{'observed':>{_VALUE_WIDTH - 1}}{'predicted':>{_VALUE_WIDTH}}"
        difference = f" {'B − A':>{_DIFFERENCE_WIDTH}}   {points}"
        return [
            Segment(title, theme_style(self.app, "primary", bold=True)),
            Segment(f"{figures} {' ' * bars}{difference}", muted),
        ]

    def _row(self, group: Group, figure: Figure, line: int, width: int) -> list[Segment]:
        app, muted = self.app, theme_style(self.app, "muted")
        name, bars = self._widths(width)
        role = theme_style(app, self.roles.get(figure.title, "foreground")) if group.pages else Style()
        reading: Reading = (figure.a, figure.b)[line]
        full = 0.0 if isnan(reading.value) else reading.value / figure.longest
        return [
            Segment(set_cell_size(self._title_of(group, figure) if line == 0 else "", name), role),
            Segment(f" {'AB'[line]}", theme_style(app, _NAME_COLORS[line], bold=True)),
            Segment(_number(reading.value, 2, _VALUE_WIDTH, figure.unit)),
            Segment(_number(reading.expected, 2, _VALUE_WIDTH, figure.unit), muted),
            Segment(" "),
            Segment(bar(full, bars), theme_style(app, _BAR_COLORS[line], on="track")),
            Segment(" "),
            *(self._difference(figure) if line == 0 else self._expected(figure)),
        ]

    def _difference(self, figure: Figure) -> list[Segment]:
        word, color = _VERDICTS[figure.verdict]
        value = float("nan") if figure.verdict in (Verdict.UNKNOWN, Verdict.SAME) else figure.difference.value
        told = theme_style(self.app, color, bold=figure.verdict in (Verdict.MORE, Verdict.LESS))
        error = "" if isnan(figure.error) else f" ± {max(figure.error, 0.001):.3f}"
        return [
            Segment(_number(value, 3, _DIFFERENCE_WIDTH, sign="+"), told if value == value else Style()),
            Segment(error.ljust(_ERROR_WIDTH)),
            Segment(f" {word}".ljust(_VERDICT_WIDTH), told),
        ]

    def _expected(self, figure: Figure) -> list[Segment]:
        difference = round(figure.difference.expected, 3) + 0.0  # no minus before a zero
        expected = _number(difference, 3, _DIFFERENCE_WIDTH, sign="+" if difference else "")
        return [Segment(f"{expected} predicted", theme_style(self.app, "muted"))]
