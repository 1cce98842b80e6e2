"""The A/B screen: two variants of a config on the same random numbers, side by side, while they are compared."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from fakeweb_tui.comparison import ENOUGH, PacedComparison, Progress
from fakeweb_tui.config import Config
from fakeweb_tui.terminal_text import plain
from fakeweb_tui.tui.format import clock_text
from fakeweb_tui.tui.opening import Entry, Kind, parameters_for
from fakeweb_tui.tui.roles import page_roles
from fakeweb_tui.tui.screens.asking import ask
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.styles import theme_style
from fakeweb_tui.tui.variants import Variant, comparison_of, groups
from fakeweb_tui.tui.widgets.keys import Keys
from fakeweb_tui.tui.widgets.variants_table import VariantsTable

_ROOMY_WIDTH = 120


class VariantsScreen(Screen[None]):
    """Compares two variants, and shows how it converges."""

    @dataclass
    class Advanced(Message):
        """The comparison with this number went on."""

        number: int
        progress: Progress

        def can_replace(self, message: Message) -> bool:
            """Replace one that still waits: the figures are sums."""
            return isinstance(message, VariantsScreen.Advanced)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,v,q", "dismiss", "close", key_display="esc", id="variants.close", tooltip="Back"),
        Binding(
            "space",
            "pause",
            "pause",
            key_display="␣",
            id="variants.pause",
            tooltip="Halt the comparison, or go on",
        ),
        Binding("a", "choose(0)", "choose A", id="variants.a", tooltip="Choose another variant for A"),
        Binding("b", "choose(1)", "choose B", id="variants.b", tooltip="Choose another variant for B"),
        Binding("x", "swap", "swap", id="variants.swap", tooltip="Let A and B change places"),
    ]
    DEFAULT_CSS = """
    VariantsScreen {
        background: $background;

        & #variants { height: auto; padding: 0 2; background: $panel; }
        & VariantsTable {
            height: 1fr; padding: 0 1; background: $background;
            border: round $border-blurred; border-title-color: $primary; border-subtitle-color: $muted;
            &:focus { border: round $primary; border-title-style: bold; }
        }
        & #nothing { display: none; height: 1fr; content-align: center middle; text-align: center; }
        &.-same VariantsTable { display: none; }
        &.-same #nothing { display: block; }
    }
    """

    def __init__(self, a: Variant, b: Variant, *others: Variant, enough: int = ENOUGH) -> None:
        """Compare a and b until `enough` sessions were counted, and then for as long as the user wants.

        They can be chosen again, and so can the others.
        """
        super().__init__()
        self._enough = enough
        self._here = list({variant.title: variant for variant in (a, b, *others)}.values())
        self._variants = [a, b]
        self._number = 0
        self._paced: PacedComparison | None = None
        self._progress: Progress | None = None

    def compose(self) -> ComposeResult:
        """Which variants, their figures, the keys."""
        yield Static(id="variants", markup=False)
        yield VariantsTable()
        yield Static(
            "A and B are the same: nothing was edited since.\n\n"
            "Go back (esc) and move a slider, or choose another variant (a, b).",
            id="nothing",
            markup=False,
        )
        yield Keys()

    def on_mount(self) -> None:
        """Begin to compare."""
        self.query_one(VariantsTable).border_title = "A and B on the same random numbers"
        self.app.theme_changed_signal.subscribe(self, lambda _: self._tell())
        self._begin()

    def _begin(self) -> None:
        """Compare the present variants, from the begin."""
        self._end()
        a, b = self._variants
        self._number += 1
        self._progress = None
        same = a.says_the_same(b)
        self.set_class(same, "-same")
        table = self.query_one(VariantsTable)
        table.groups, table.roles = (), {**page_roles(a.config), **page_roles(b.config)}
        if same:
            self._paced = None
        else:
            self._paced = PacedComparison(comparison_of(a, b), self._enough)
            self._compare(self._paced, self._number)
        table.focus()
        self._tell()

    @work(thread=True, group="comparison")
    def _compare(self, paced: PacedComparison, number: int) -> None:
        worker = get_current_worker()

        def publish(progress: Progress) -> None:
            self.post_message(self.Advanced(number, progress))

        paced.run(lambda: worker.is_cancelled, publish)

    def _end(self) -> None:
        self.workers.cancel_group(self, "comparison")
        if self._paced:
            self._paced.stop()

    def on_unmount(self) -> None:
        """Let the worker see that it is over."""
        self._end()

    def on_variants_screen_advanced(self, message: Advanced) -> None:
        """Show the figures."""
        if message.number == self._number:
            self._progress = message.progress
            self.query_one(VariantsTable).groups = groups(message.progress.figures)
            self._tell()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._tell()

    def _tell(self) -> None:
        """Say which variants are compared, and how far that is."""
        muted, text = theme_style(self.app, "muted"), Text(no_wrap=True, overflow="ellipsis")
        for letter, variant, color in zip("AB", self._variants, ("muted", "primary"), strict=True):
            text.append(f" {letter} ", theme_style(self.app, "background", on=color, bold=True))
            text.append(f"  {plain(variant.title)}\n")
        if self._progress is None:
            text.append("no comparison" if self.has_class("-same") else "starting …", muted)
        else:
            figures = self._progress.figures
            a, b = figures.sessions
            counted = f"{a:,} sessions" if a == b else f"{a:,} and {b:,} sessions, {figures.paired:,} in both"
            state = "● " if self._progress.running else "❚❚ "
            text.append(state, theme_style(self.app, "landing" if self._progress.running else "browsing"))
            text.append(counted, "bold")
            text.append(f"  {self._state}", muted)
            if self.size.width >= _ROOMY_WIDTH:
                text.append(f"  {clock_text(figures.since)} to {clock_text(figures.until)}", muted)
        self.query_one("#variants", Static).update(text)

    @property
    def _state(self) -> str:
        progress = self._progress
        if progress is None or progress.over:
            return "the end of time"
        if progress.running:
            return f"of {progress.enough:,}"
        return "enough; space for more" if max(progress.figures.sessions) >= progress.enough else "paused"

    # What the keys do.

    def action_pause(self) -> None:
        """Halt, or go on."""
        if self._paced and self._progress:
            self._paced.play(not self._progress.running)

    @work
    async def action_choose(self, place: int) -> None:
        """Ask for another variant for A (0) or B (1): one of those the screen came with, a site or a file."""
        here = [Entry(Kind.VARIANT, variant.title) for variant in self._here]
        dialog = OpenDialog(f"Variant {'AB'[place]}", (Kind.SITE, Kind.CONFIG), here)
        opened = await ask(self, dialog)
        if opened is None:
            return
        if isinstance(opened.content, Config):
            parameters = parameters_for(opened.content, self._here[0].parameters)
            self._variants[place] = Variant(opened.entry.name, opened.content, parameters)
        else:
            self._variants[place] = next(each for each in self._here if each.title == opened.entry.name)
        self._begin()

    def action_swap(self) -> None:
        """Let A and B change places."""
        self._variants.reverse()
        self._begin()
