"""The app: themes, the keys that are the same everywhere, and the ways it ends."""

import asyncio
import gc
import signal
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from fakeweb_tui.config import Config
from fakeweb_tui.live import SPEEDS, LiveSimulation
from fakeweb_tui.recovery import CrashJournal, Recoverable, recoverable
from fakeweb_tui.scenario import Scenario
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tui.format import speed_name
from fakeweb_tui.tui.memory import START_SPEED, Memory, forget, recall, remember
from fakeweb_tui.tui.opening import Entry, Kind, Opened, load, parameters_for, path_of, sites
from fakeweb_tui.tui.palette import fallback_variables
from fakeweb_tui.tui.screens.arranged import ArrangedScreen
from fakeweb_tui.tui.screens.asking import ask
from fakeweb_tui.tui.screens.fit import FitDialog
from fakeweb_tui.tui.screens.help import HelpScreen, KeyRow
from fakeweb_tui.tui.screens.main import MainScreen
from fakeweb_tui.tui.screens.open import OpenDialog
from fakeweb_tui.tui.screens.quit import QuitDialog
from fakeweb_tui.tui.screens.recovery import RecoveryDialog
from fakeweb_tui.tui.screens.themes import ThemeDialog
from fakeweb_tui.tui.sections import SECTIONS
from fakeweb_tui.tui.sizes import Sizes
from fakeweb_tui.tui.themes import DEFAULT_THEME, load_themes, user_theme_directory
from fakeweb_tui.tuning import Workbench

_KEEP_SECONDS = 1.0
_GRAVITY = {"warning": ("!", "Warning"), "error": ("✗", "Error")}
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class FakewebApp(App[None], inherit_bindings=False):
    """A live simulation of a site, on a screen."""

    CSS_PATH = "app.tcss"
    TITLE = "fakeweb-tui"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "change_theme", "theme", id="theme", tooltip="Choose the colours"),
        Binding(
            "ctrl+p", "command_palette", "menu", key_display="^p", id="palette", tooltip="Search all commands"
        ),
        Binding("question_mark", "help", "help", key_display="?", id="help", tooltip="Keys and words"),
        # A dialog hides the app's other keys; the ones that end it work everywhere.
        Binding("ctrl+q", "quit", "quit", key_display="^q", id="quit", priority=True, tooltip="Leave"),
        Binding(
            "ctrl+c",
            "quit",
            "quit",
            key_display="^c",
            id="interrupt",
            show=False,
            priority=True,
            tooltip="Leave",
        ),
    ]

    def __init__(self, config: Config, parameters: Parameters, live: LiveSimulation | None = None) -> None:
        """Show `config`; `live` is made from it and the parameters, unless given (tests own its time)."""
        super().__init__()
        journal = None if live else CrashJournal()
        live = live or LiveSimulation(parameters, config, journal=journal)
        self._main = MainScreen(config, parameters, live)
        self._main.journal = journal
        self._forgotten = False
        themes, self._theme_problems = load_themes(user_theme_directory())
        for theme in themes:
            self.register_theme(theme)
        self._memory, self._memory_problem = recall()
        for name in (self._memory.theme, DEFAULT_THEME):
            if name in self.available_themes:
                self.theme = str(name)
                break
        self._main.set_reactive(ArrangedScreen.sizes, self._memory.sizes)
        if journal:
            self._main.set_speed(self._memory.speed)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the colours of our own that a theme of Textual's lacks."""
        return fallback_variables(self.current_theme)

    def on_mount(self) -> None:
        """Open the main screen, and be ready for the end."""
        self.push_screen(self._main)
        self.call_after_refresh(self._hint)
        loop = asyncio.get_running_loop()
        for number in _ENDING_SIGNALS:
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
        if self._memory_problem:
            self.notify(self._memory_problem, title="Not remembered", severity="warning", markup=False)
        for problem in self._theme_problems:
            self.notify(problem, title="Theme left out", severity="warning", markup=False, timeout=10)
        self._offer_back()
        if not self.is_headless:
            # What is there now stays: a full collection over it would halt the screen for a tenth of a second.
            gc.freeze()
            gc.set_threshold(5000, 20, 100)

    def _hint(self) -> None:
        self._main.hinting = not self._memory.hinted
        # Now and then, so that whoever closes the terminal's window finds things as they were.
        self.set_interval(_KEEP_SECONDS, self._keep)

    async def on_event(self, event: events.Event) -> None:
        """Take the first hint away at the first key or click, then do what is to be done."""
        if isinstance(event, events.Key | events.MouseDown) and self._main.hinting:
            self._main.hinting = False
        await super().on_event(event)

    def on_unmount(self) -> None:
        """Remember how things were."""
        self._keep()

    def _keep(self) -> None:
        """Remember how things are, if that is not known yet; a theme that is only looked at does not count."""
        if self._forgotten or (self.is_running and isinstance(self.screen, ThemeDialog)):
            return
        speed = self._main.snapshot.speed if self._main.snapshot else self._memory.speed
        hinted = self._memory.hinted or not self._main.hinting
        memory = Memory(self.theme, speed, self._main.sizes, hinted)
        if memory != self._memory:
            self._memory = memory
            # Where it cannot be written, the next run begins as this one did.
            with suppress(OSError):
                remember(memory)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notice; how grave it is, its title says as well as its colour.

        One that says the same again takes the other's place: a drag against a lock says so with every move.
        """
        sign, word = _GRAVITY.get(severity, ("", ""))
        title = f"{sign} {title or word}".strip()
        for notice in [each for each in self._notifications if (each.message, each.title) == (message, title)]:
            self._unnotify(notice, refresh=False)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def action_forget(self) -> None:
        """Go back to the theme, the speed and the sizes of a first run, and remember nothing of this one."""
        try:
            forget()
        except OSError as error:
            self.notify(str(error), title="Not forgotten", severity="error", markup=False)
            return
        self._forgotten = True
        self.theme = DEFAULT_THEME if DEFAULT_THEME in self.available_themes else self.theme
        self._main.sizes = Sizes()
        self._main.maximised = False
        self._main.set_speed(START_SPEED)
        self.notify("Theme, speed and sizes are those of a first run again")

    @work
    async def _offer_back(self) -> None:
        """Offer edits that a crash has left, the newest first, until some are taken."""
        for left in recoverable():
            with left.held() as free:
                if free and not await self._offer(left):
                    return

    async def _offer(self, left: Recoverable) -> bool:
        """Offer what one crash has left; return whether to go on with the next."""
        if left.scenario is None:
            self.notify(left.problem, title="Not recoverable", severity="warning", markup=False, timeout=10)
            return True
        bench = Workbench.of_scenario(left.scenario, left.aside.locks, left.aside.given)
        # What was undone or unlocked again needs no question.
        answer: str | None = "discard"
        if bench.done or bench.locks or left.aside.is_new:
            answer = await ask(self._main, RecoveryDialog(left, bench))
        if answer == "restore":
            # Its config is the loaded one, so that this run's journal and what is saved follow from that.
            await self._go_on_with(Scenario(left.scenario.config, left.scenario.parameters))
            self._main.restore(left, bench)
        elif answer == "discard":
            left.discard()
        return answer == "discard"

    async def action_quit(self) -> None:
        """Leave; ask first where edits would be lost, but not twice."""
        self._quit()

    @work
    async def _quit(self) -> None:
        if isinstance(self.screen, QuitDialog) or await self._may_leave("Quit without saving"):
            self._leave()

    def _leave(self) -> None:
        """End; what was not saved is not wanted."""
        if self._main.journal:
            self._main.journal.discard()
        self.exit()

    def action_change_theme(self) -> None:
        """Offer the themes, those of this app and of the user before Textual's."""
        themes = sorted(self.available_themes.values(), key=lambda theme: theme.name in BUILTIN_THEMES)
        self.push_screen(ThemeDialog(themes, self.theme))

    @work(exclusive=True, group="open")
    async def action_open(self) -> None:
        """Ask for a site, a config, a scenario or events, and go on with that."""
        opened = await ask(self._main, OpenDialog())
        if opened is not None:
            await self._show(opened)

    @work(exclusive=True, group="open")
    async def open_site(self, entry: Entry) -> None:
        """Go on with a site that comes along."""
        await self._show(load(entry))

    async def _show(self, opened: Opened) -> None:
        """Show what was opened, unless edits would be lost and the user stays with them."""
        if not await self._may_leave("Drop them"):
            return
        content = opened.content
        if opened.entry.kind is Kind.EVENTS:
            content = await ask(self._main, FitDialog(path_of(opened.entry.name)))
        if isinstance(content, Scenario):
            await self._go_on_with(content, playing=True)
        elif content is not None:
            await self._go_on_with(Scenario(content, parameters_for(content, self._main.bench.given)))
            if opened.entry.kind is Kind.EVENTS:
                self._main.take_as_new()

    async def _may_leave(self, without: str) -> bool:
        """Ask what to do with edits that would be lost; return whether to go on. `without` is to lose them."""
        if not self._main.unsaved:
            return True
        answer = await ask(self.screen, QuitDialog(without))
        if answer != "save":
            return answer == "quit"
        # What was open when the question came gives way to the dialog that saves.
        while self.screen is not self._main:
            await self.screen.dismiss()
        return await self._main.save()

    async def _go_on_with(self, scenario: Scenario, playing: bool = False) -> None:
        """Show another site, or play a scenario, at the present pace; what was tuned is saved or not wanted."""
        before, journal = self._main, None
        speed, running = self._memory.speed, True
        if before.snapshot:
            speed, running = before.snapshot.speed, before.snapshot.running
        if before.journal:
            before.journal.discard()
            journal = CrashJournal()
        live = LiveSimulation(scenario.parameters, scenario.config, speed, running or playing, journal=journal)
        if playing:
            live.play_scenario(scenario)
        self._main = MainScreen(scenario.config, scenario.parameters, live)
        self._main.journal = journal
        self._main.set_reactive(ArrangedScreen.sizes, before.sizes)
        await self.switch_screen(self._main)

    def action_help(self) -> None:
        """Show the page of keys and words, or close it."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self._keys(here=True), self._keys(here=False)))

    def _keys(self, *, here: bool) -> list[KeyRow]:
        """Every key that does something now, with what it does: those of what has the focus, or all others."""
        rows: dict[str, list[str]] = {}
        for node, binding, _, tooltip in self.screen.active_bindings.values():
            what = tooltip or binding.tooltip
            if what and here != isinstance(node, App | Screen):
                rows.setdefault(what, []).append(self.get_key_display(binding))
        return [(" ".join(dict.fromkeys(keys)), what) for what, keys in rows.items()]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """List what the palette offers, and the key that is faster where there is one."""
        keys = {
            binding.action.removeprefix("app."): self.get_key_display(binding)
            for _, binding, _, _ in screen.active_bindings.values()
        }
        for title, about, callback, discover in self._commands(screen):
            key = keys.get(getattr(callback, "__name__", "").removeprefix("action_"))
            yield SystemCommand(title, f"{about} · {key}" if key else about, callback, discover)

    def _commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What can be done on a screen."""
        main = self._main
        if screen is main:
            yield SystemCommand("Pause or go on", "Let time stand still, or go on", main.action_pause)
            yield SystemCommand("Single step", "Pause, and let the next step happen", main.action_step)
            for speed in SPEEDS:
                name = speed_name(speed)
                yield SystemCommand(f"Speed {name}", f"Run at speed {name}", partial(main.set_speed, speed))
            yield SystemCommand("Go to …", "Jump to a date and hour", main.action_go_to)
            yield SystemCommand("Reset", "Begin again at the start, with the same seed", main.action_reset)
            for place, section in enumerate(SECTIONS):
                show = partial(main.show_section, place)
                yield SystemCommand(f"Edit {section.title.lower()}", section.about.capitalize(), show)
            yield SystemCommand("Undo", "Take the last edit back", main.action_undo)
            yield SystemCommand("Redo", "Do again what was undone", main.action_redo)
            yield SystemCommand("Add …", "Add a page or a name to the row in focus", main.action_add_name)
            yield SystemCommand("Rename …", "Rename the page or the name in focus", main.action_rename)
            yield SystemCommand("Remove …", "Remove the page or the name in focus", main.action_remove)
            about = "A site that comes along, a config, a scenario to be played, or events to learn from"
            yield SystemCommand("Open …", about, self.action_open)
            for entry in sites():
                open_site = partial(self.open_site, entry)
                yield SystemCommand(f"Open site {entry.name}", entry.about, open_site)
            about = "Compare the tuned config with the loaded one, or any two, on the same random numbers"
            yield SystemCommand("Compare A and B …", about, main.action_variants)
            yield SystemCommand("Goal …", "Say what a figure is to be", main.action_goal)
            yield SystemCommand("Influence", "How much each slider moves a figure", main.action_influence)
            yield SystemCommand("Journal", "Every edit, and what differs from the file", main.action_journal)
            yield SystemCommand("Export …", "Config, scenario, events, picture or figures", main.action_export)
            yield SystemCommand("Save config …", "Save the tuned config as YAML", main.action_save)
            yield SystemCommand("Figures", "Every figure beside its prediction", main.action_figures)
            yield SystemCommand("Sort pages", "Sort the pages by their next column", main.action_sort)
            yield SystemCommand("Events or sessions", "What the histogram counts", main.action_measure)
            yield SystemCommand("Hours", "Hour of day, last 24 hours, or a calendar of days", main.action_view)
            yield SystemCommand("Site map", "Site map, funnel, heat map, and back", main.action_site)
            yield SystemCommand("Filter the log", "Show only the events that match", main.action_filter)
            yield SystemCommand("Maximise", "All the room for the pane in focus, or not", main.action_maximise)
            yield SystemCommand("Forget", "Theme, speed and sizes as in a first run", self.action_forget)
        yield SystemCommand("Theme …", "Choose the colours", self.action_change_theme)
        yield SystemCommand("Save picture", "Save the screen as an SVG file", self.deliver_screenshot)
        yield SystemCommand("Help", "Keys and words", self.action_help)
        yield SystemCommand("Quit", "Leave", self.action_quit)
