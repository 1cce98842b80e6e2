"""LiveSimulation: a run paced by real time, that can be steered while it goes on."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from queue import SimpleQueue
from time import monotonic
from typing import Protocol

from fakeweb_tui.config import Config
from fakeweb_tui.live.run import Run
from fakeweb_tui.scenario import Scenario, differences, parameter_differences
from fakeweb_tui.simulation import Parameters, Walk
from fakeweb_tui.statistics import Snapshot, Version

SPEEDS: tuple[float | None, ...] = (1, 10, 60, 600, 3600, None)
"""Simulated seconds per real second; None is as fast as possible."""

# While time goes slowly there is nothing to compute for most of the time: look at the clock this often.
_TICK_SECONDS = 1 / 30
_IDLE_SECONDS = 1.0


class Journal(Protocol):
    """Who keeps the user's edits; told in the thread that runs the simulation."""

    def begin(self, scenario: Scenario) -> None:
        """A run began, with this scenario."""

    def edited(self, scenario: Scenario) -> None:
        """The user edited; the scenario of the run says what. Nobody sees it before this returns."""

    def noted(self, scenario: Scenario) -> None:
        """The user did something beside editing, which the journal knows of."""

    def settle(self) -> None:
        """All commands are obeyed: there is time for what takes some."""


class LiveSimulation:
    """Runs a walk at a pace, in whichever thread calls `run`; steered from any other.

    Commands are queued and take effect between two chunks, so the walk itself is touched by one thread at a time.
    Steps are computed when the clock reaches them; their events are let out as the clock passes them.
    """

    def __init__(
        self,
        parameters: Parameters,
        config: Config,
        speed: float | None = 60,
        running: bool = True,
        now: Callable[[], float] = monotonic,
        journal: Journal | None = None,
    ) -> None:
        self._now = now
        self._journal = journal
        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wake = threading.Event()
        self._looping = False
        self._turn = threading.Lock()
        """Held by whoever begins to run the simulation, or obeys while nobody does."""
        self._speed = speed
        self._running = running
        self._runs, self._snapshots = 0, 0
        self._loaded = config
        self._begin_run(self._run_of(Walk(parameters, config), Version()))

    # Commands, for any thread.

    def play(self, running: bool = True) -> None:
        """Let time go on, or stand still."""
        self._command(lambda: self._play(running))

    def toggle(self) -> None:
        """Pause, or go on."""
        self._command(lambda: self._play(not self._running))

    def step(self) -> None:
        """Let the step that is under way, or the next one, happen at once."""
        self._command(self._step)

    def set_speed(self, speed: float | None) -> None:
        """Set the simulated seconds per real second; None for as fast as possible."""
        self._command(lambda: self._set_speed(speed))

    def change_speed(self, by: int) -> None:
        """Go so many places on in `SPEEDS`, at most to its ends."""
        self._command(lambda: self._change_speed(by))

    def edit(
        self, config: Config, parameters: Parameters | None = None, renamed: Mapping[str, str] | None = None
    ) -> None:
        """Go on with another config from the next step on; sessions on a page that is gone end.

        What was to come of a scenario that is played is dropped.

        Args:
            config: what holds from then on.
            parameters: as many users and sessions per day from then on; another `batch_size` is another clock,
                so a new run begins at the present moment. The seed and the start stay what they are.
            renamed: the pages that go on under another name, the new name by the old one.
        """
        self._command(lambda: self._edit(config, parameters, renamed or {}))

    def note(self) -> None:
        """Let the journal keep what the user did beside editing, such as locking a probability.

        Not while a scenario is played: until it is touched, its file has everything.
        """
        self._command(self._note)

    def play_scenario(self, scenario: Scenario) -> None:
        """Begin a new run at the begin of a scenario, whose edits are obeyed at their steps; pause at its end.

        Until `edit` is called, or it is let go on from the end, `reset` begins the scenario again, and `go_to`
        looks at another moment of it.
        """
        self._command(lambda: self._play_scenario(scenario))

    def go_to(self, moment: datetime) -> None:
        """Jump to a simulated moment's step; before the start, the start moves to that day's midnight.

        ValueError where the moment has a time zone.
        """
        if moment.tzinfo is not None:
            raise ValueError("the moment has a time zone: simulated time has none, leave it out")
        self._command(lambda: self._go_to(moment))

    def reset(self) -> None:
        """Begin again at the start, with the same seed and the present config."""
        self._command(self._reset)

    def obeyed(self, seconds: float) -> bool:
        """Wait until what was commanded so far is obeyed, and told to the journal; at most so long.

        While nobody runs the simulation, it is obeyed here.

        Returns:
            Whether it was obeyed in that time.
        """
        with self._turn:
            if not self._looping:
                self._obey()
                return True
        done = threading.Event()
        self._command(done.set)
        return done.wait(seconds)

    def _command(self, act: Callable[[], None]) -> None:
        self._commands.put(act)
        self._wake.set()

    # The loop, for the thread that runs the simulation.

    def run(self, cancelled: Callable[[], bool], publish: Callable[[Snapshot], None], period: float) -> None:
        """Run until `cancelled()`; give `publish` a snapshot after a command, and every `period` seconds if there
        is something new."""
        due, shown = self._now(), None
        with self._turn:
            self._looping = True
        while True:
            # Cleared before looking, so that no call between the look and the wait is missed.
            self._wake.clear()
            if cancelled():
                self._looping = False
                return
            commanded = self.advance()
            if commanded or self._now() >= due:
                # Where nothing changed that a screen could show, there is nothing to draw.
                present = (self._running, *self._on.shown)
                if commanded or present != shown:
                    publish(self.snapshot())
                    shown = present
                due = self._now() + period
            if not (self._running and self._speed is None):
                self._wake.wait(_TICK_SECONDS if self._running else _IDLE_SECONDS)

    def stop(self) -> None:
        """Wake the loop so that it sees at once that it is cancelled."""
        self._wake.set()

    def _obey(self) -> bool:
        commanded = not self._commands.empty()
        while not self._commands.empty():
            self._commands.get()()
        if commanded and self._journal:
            self._journal.settle()
        return commanded

    def advance(self) -> bool:
        """Obey what was commanded, then bring the simulation up to the clock, by one chunk at most.

        Returns:
            Whether there was a command.
        """
        commanded = self._obey()
        if self._running and not self._on.over:
            self._go_on()
        # At once, so that no snapshot shows a simulation that runs on at its end.
        self._running = self._running and not self._on.over
        return commanded

    def _go_on(self) -> None:
        run, parameters = self._on, self._on.parameters
        if self._speed is None:
            run.compute(min(parameters.step_at(run.end) + 1, parameters.max_steps))
            run.release(min(run.parameters.time_of(run.walk.position), run.end))
            return
        elapsed = (self._now() - self._anchor_real) * self._speed
        left = (run.end - self._anchor_clock).total_seconds()
        due = self._anchor_clock + timedelta(seconds=elapsed) if elapsed < left else run.end
        last = parameters.step_at(due)
        if run.walk.position <= last:
            run.compute(last + 1)
        reached = run.parameters.time_of(run.walk.position)
        if due >= reached:
            # The machine is slower than the pace asked for: go on from here rather than hurry after it.
            run.release(reached)
            self._anchor()
        else:
            run.release(due)

    def snapshot(self) -> Snapshot:
        """The present figures."""
        self._snapshots += 1
        return self._on.snapshot(self._running, self._speed, self._snapshots)

    # What the commands do.

    def _begin_run(self, run: Run) -> None:
        self._on = run
        self._anchor()
        if self._journal:
            self._journal.begin(run.scenario)

    def _run_of(
        self, walk: Walk, version: Version, clock: datetime | None = None, script: Scenario | None = None
    ) -> Run:
        self._runs += 1
        return Run(self._runs - 1, walk, self._loaded, version, self._now, clock, script)

    def _anchor(self) -> None:
        """Measure the clock's pace from here on."""
        self._anchor_real = self._now()
        self._anchor_clock = self._on.clock

    def _play(self, running: bool) -> None:
        if running and self._on.over:
            self._on.leave_script()
        self._running = running
        self._on.time_afresh()
        self._anchor()

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self._on.time_afresh()
        self._anchor()

    def _change_speed(self, by: int) -> None:
        place = min(max(SPEEDS.index(self._speed) + by, 0), len(SPEEDS) - 1)
        self._set_speed(SPEEDS[place])

    def _step(self) -> None:
        if self._on.over:
            self._on.leave_script()
        self._on.step()
        self._anchor()

    def _edit(self, config: Config, parameters: Parameters | None, renamed: Mapping[str, str]) -> None:
        run = self._on
        run.leave_script()
        present = run.parameters
        if parameters:
            present = replace(
                present,
                user_pool_size=parameters.user_pool_size,
                sessions_per_day=parameters.sessions_per_day,
                batch_size=parameters.batch_size,
            )
        run.version = run.version.edited
        if present.batch_size != run.parameters.batch_size:
            walk = Walk(present, config, min(present.step_at(run.clock), present.max_steps))
            self._begin_run(self._run_of(walk, run.version, run.clock))
        else:
            step = run.walk.position
            run.obey(
                (
                    *differences(step, run.walk.config, config, renamed),
                    *parameter_differences(step, run.parameters, present),
                )
            )
        if self._journal:
            self._journal.edited(self._on.scenario)

    def _note(self) -> None:
        if self._journal and not self._on.script:
            self._journal.noted(self._on.scenario)

    def _play_scenario(self, scenario: Scenario) -> None:
        self._loaded = scenario.config
        walk = scenario.walk(scenario.begin)
        self._begin_run(self._run_of(walk, self._on.version.changed, script=scenario))

    def _reset(self) -> None:
        run = self._on
        if run.script:
            self._play_scenario(run.script)
        else:
            self._begin_run(self._run_of(Walk(run.parameters, run.walk.config), run.version))

    def _go_to(self, moment: datetime) -> None:
        run, parameters = self._on, self._on.parameters
        if run.script:
            step = min(max(parameters.step_at(moment), 0), parameters.max_steps)
            self._begin_run(self._run_of(run.script.walk(step), run.version.changed, script=run.script))
            return
        if moment < parameters.start:
            parameters = replace(parameters, start=datetime.combine(moment.date(), time.min))
        step = min(parameters.step_at(moment), parameters.max_steps)
        self._begin_run(self._run_of(Walk(parameters, run.walk.config, step), run.version))
