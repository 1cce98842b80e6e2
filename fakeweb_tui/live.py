"""LiveSimulation: a walk paced by real time, that can be steered while it runs."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from queue import SimpleQueue
from time import monotonic
from typing import Protocol

import numpy as np

from fakeweb_tui.config import Config
from fakeweb_tui.markov import Codes
from fakeweb_tui.scenario import Edit, Scenario, Setting, differences, parameter_differences
from fakeweb_tui.simulation import Batch, Parameters, Walk, page_codes
from fakeweb_tui.statistics import Counts, Observation, Snapshot, Version
from fakeweb_tui.tally import Tally

SPEEDS: tuple[float | None, ...] = (1, 10, 60, 600, 3600, None)
"""Simulated seconds per real second; None is as fast as possible."""

# As fast as possible, about 20,000 events at a time: computed within a few milliseconds, so that an edit is
# obeyed and a key is answered within a frame.
_CHUNK_SESSIONS = 1 << 13
# While time goes slowly there is nothing to compute for most of the time: look at the clock this often.
_TICK_SECONDS = 1 / 30
_IDLE_SECONDS = 1.0


class Journal(Protocol):
    """Who keeps the user's edits; told in the thread that runs the simulation."""

    def begin(self, scenario: Scenario) -> None:
        """A run began, with this scenario."""

    def edited(self, scenario: Scenario) -> None:
        """The user edited; the scenario of the run says what. Nobody sees it before this returns."""

    def settle(self) -> None:
        """All commands are obeyed: there is time for what takes some."""


class LiveSimulation:
    """Runs a walk at a pace, in whichever thread calls `run`; steered from any other.

    Commands are queued and take effect between two chunks, so the walk itself is touched by one thread only.
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
        self._speed = speed
        self._running = running
        self._run = -1
        self._version, self._snapshots = Version(), 0
        self._loaded = config
        self._script: Scenario | None = None
        self._begin_run(Walk(parameters, config))

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

    def obeyed(self, seconds: float) -> None:
        """Wait until what was commanded so far is obeyed, and kept by the journal; at most so long.

        Where nobody calls `run`, there is nothing to wait for.
        """
        if self._looping:
            done = threading.Event()
            self._command(done.set)
            done.wait(seconds)

    def _command(self, act: Callable[[], None]) -> None:
        self._commands.put(act)
        self._wake.set()

    # The loop, for the thread that runs the simulation.

    def run(self, cancelled: Callable[[], bool], publish: Callable[[Snapshot], None], period: float) -> None:
        """Run until `cancelled()`; give `publish` a snapshot after a command, and every `period` seconds if there
        is something new."""
        due, shown = self._now(), None
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
                present = (self._running, self._clock.replace(microsecond=0), self._tally.total.events)
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
        if self._running and self._clock < self._end:
            self._go_on()
        # At once, so that no snapshot shows a simulation that runs on at its end.
        self._running = self._running and self._clock < self._end
        return commanded

    def _go_on(self) -> None:
        if self._speed is None:
            self._compute(min(self._walk.parameters.step_at(self._end) + 1, self._walk.parameters.max_steps))
            self._release(min(self._walk.parameters.time_of(self._walk.position), self._end))
            return
        elapsed = (self._now() - self._anchor_real) * self._speed
        left = (self._end - self._anchor_clock).total_seconds()
        due = self._anchor_clock + timedelta(seconds=elapsed) if elapsed < left else self._end
        last = self._walk.parameters.step_at(due)
        if self._walk.position <= last:
            self._compute(last + 1)
        reached = self._walk.parameters.time_of(self._walk.position)
        if due >= reached:
            # The machine is slower than the pace asked for: go on from here rather than hurry after it.
            self._release(reached)
            self._anchor()
        else:
            self._release(due)

    # What the commands do.

    def _begin_run(self, walk: Walk, clock: datetime | None = None, script: Scenario | None = None) -> None:
        self._walk = walk
        self._walk.count_moves()
        self._script = script
        if script is None:
            # From the loaded config, so that the scenario's file tells what was tuned.
            tuned = differences(0, self._loaded, walk.config)
            self._scenario = Scenario(self._loaded, walk.parameters, tuned, begin=walk.position)
        else:
            obeyed = tuple(edit for edit in script.edits if edit.step <= walk.position)
            self._scenario = replace(script, edits=obeyed, begin=walk.position, end=None)
        self._run += 1
        self._clock = clock or walk.parameters.time_of(walk.position)
        self._end = walk.parameters.time_of(walk.parameters.max_steps)
        if script and script.end and script.end > self._clock:
            self._end = script.end
        self._pending: Batch | None = None
        self._pending_codes: Codes | None = None
        self._began = self._clock
        self._tally = Tally(walk.matrix.pages, self._now)
        self._observe_afresh()
        self._anchor()
        if self._journal:
            self._journal.begin(self._scenario)

    def _observe_afresh(self) -> None:
        self._since_step = self._walk.position
        self._tally.count_afresh()
        self._active_before = self._walk.active_by_page
        self._before = self._walk.presence

    def _anchor(self) -> None:
        """Measure the clock's pace from here on."""
        self._anchor_real = self._now()
        self._anchor_clock = self._clock

    def _leave_script(self) -> None:
        """Go on without the scenario that is played."""
        self._script = None
        self._end = self._walk.parameters.time_of(self._walk.parameters.max_steps)

    def _play(self, running: bool) -> None:
        if running and self._clock >= self._end:
            self._leave_script()
        self._running = running
        self._tally.time_afresh()
        self._anchor()

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self._tally.time_afresh()
        self._anchor()

    def _change_speed(self, by: int) -> None:
        place = min(max(SPEEDS.index(self._speed) + by, 0), len(SPEEDS) - 1)
        self._set_speed(SPEEDS[place])

    def _step(self) -> None:
        if self._clock >= self._end:
            self._leave_script()
        if self._pending is None:
            self._compute(self._walk.position + 1)
        self._release(min(self._walk.parameters.time_of(self._walk.position), self._end))
        self._anchor()

    def _edit(self, config: Config, parameters: Parameters | None, renamed: Mapping[str, str]) -> None:
        self._leave_script()
        present = self._walk.parameters
        if parameters:
            present = replace(
                present,
                user_pool_size=parameters.user_pool_size,
                sessions_per_day=parameters.sessions_per_day,
                batch_size=parameters.batch_size,
            )
        self._version = self._version.edited
        if present.batch_size != self._walk.parameters.batch_size:
            self._begin_run(
                Walk(present, config, min(present.step_at(self._clock), present.max_steps)), self._clock
            )
            self._tell_journal()
            return
        step = self._walk.position
        self._obey_edits(
            (
                *differences(step, self._walk.config, config, renamed),
                *parameter_differences(step, self._walk.parameters, present),
            )
        )
        self._tell_journal()

    def _tell_journal(self) -> None:
        if self._journal:
            self._journal.edited(self._scenario)

    def _obey_edits(self, edits: tuple[Edit, ...]) -> None:
        """Go on as edits of the present step say."""
        step, pages = self._walk.position, self._walk.matrix.pages
        names = {page: page for page in pages}
        setting = Setting(step, self._walk.config, self._walk.parameters, names).obeying(edits)
        self._walk.reconfigure(setting.config, setting.parameters, setting.pages)
        if setting.pages != names or setting.config.page_names != pages:
            codes = page_codes(pages, setting.config.page_names, setting.pages)
            self._tally.turn_to(setting.config.page_names, codes)
            before = self._pending_codes
            self._pending_codes = codes if before is None else _composed(before, codes)
        self._scenario = replace(self._scenario, edits=(*self._scenario.edits, *edits))
        self._observe_afresh()

    def _play_scenario(self, scenario: Scenario) -> None:
        self._loaded = scenario.config
        self._version = self._version.changed
        self._begin_run(scenario.walk(scenario.begin), script=scenario)

    def _reset(self) -> None:
        if self._script:
            self._play_scenario(self._script)
        else:
            self._begin_run(Walk(self._walk.parameters, self._walk.config))

    def _go_to(self, moment: datetime) -> None:
        parameters = self._walk.parameters
        if self._script:
            step = min(max(parameters.step_at(moment), 0), parameters.max_steps)
            self._version = self._version.changed
            self._begin_run(self._script.walk(step), script=self._script)
            return
        if moment < parameters.start:
            parameters = replace(parameters, start=datetime.combine(moment.date(), time.min))
        step = min(parameters.step_at(moment), parameters.max_steps)
        self._begin_run(Walk(parameters, self._walk.config, step))

    @property
    def _coming(self) -> tuple[Edit, ...]:
        """The edits of the scenario that is played which are not yet obeyed."""
        return self._script.edits[len(self._scenario.edits) :] if self._script else ()

    @property
    def _plays_until(self) -> datetime | None:
        """The end of the scenario that is played, or without one its last edit; None once that is there."""
        if self._script is None:
            return None
        until = self._script.end
        if until is None and self._script.edits:
            until = self._walk.parameters.time_of(self._script.edits[-1].step)
        return until if until and until > self._clock else None

    # Computing and letting out.

    def _compute(self, stop: int) -> None:
        """Compute the next chunk, at most to step `stop` and to the next edit of what is played."""
        if self._pending is not None and len(self._pending):
            self._release(self._walk.parameters.time_of(self._walk.position))
        due = tuple(edit for edit in self._coming if edit.step <= self._walk.position)
        if due:
            self._version = self._version.changed
            self._obey_edits(due)
        if self._coming:
            stop = min(stop, self._coming[0].step)
        self._pending = self._walk.advance(stop, _CHUNK_SESSIONS)
        self._pending_codes = None

    def _release(self, moment: datetime) -> None:
        """Let out the computed events before `moment`, and set the clock to it."""
        self._clock = moment
        if self._pending is None:
            return
        out, self._pending = self._pending.until(moment)
        if len(out):
            counts = Counts.of(out)
            if self._pending_codes is not None:
                counts = counts.on_pages(self._pending_codes, len(self._tally.pages))
            self._tally.add(out, counts, fresh=out.start_step >= self._since_step)
        if moment >= self._walk.parameters.time_of(self._walk.position):
            self._pending = None

    def snapshot(self) -> Snapshot:
        """The present figures."""
        pages = self._walk.matrix.pages
        active, moves = self._walk.active_by_page, self._walk.moves.copy()
        ahead = Counts.none(len(pages))
        self._snapshots += 1
        if self._pending is not None and self._pending.start_step >= self._since_step:
            ahead = Counts.of(self._pending)
        # Right after an edit the clock may still be in a step that was computed before it.
        since = min(self._clock, self._walk.parameters.time_of(self._since_step))
        return Snapshot(
            running=self._running,
            speed=self._speed,
            config=self._walk.config,
            parameters=self._walk.parameters,
            scenario=replace(self._scenario, end=self._clock),
            playing=bool(self._coming),
            plays_until=self._plays_until,
            began=self._began,
            clock=self._clock,
            total=self._tally.total,
            hours=self._tally.hours,
            events_per_second=self._tally.events_per_second if self._running else 0.0,
            active=int(active.sum()),
            observed=Observation(
                since,
                self._clock,
                self._tally.fresh,
                ahead,
                self._active_before,
                active,
                range(self._since_step, self._walk.position),
                moves,
                self._before,
                self._walk.presence,
            ),
            recent=self._tally.recent,
            moves=moves,
            run=self._run,
            version=self._version,
            number=self._snapshots,
        )


def _composed(first: Codes, then: Codes) -> Codes:
    """Return the codes after two changes of pages; -1 stays -1."""
    return np.where(first >= 0, then.take(np.maximum(first, 0)), -1)
