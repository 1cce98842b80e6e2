"""LiveSimulation: a walk paced by real time, that can be steered while it runs."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from queue import SimpleQueue
from time import monotonic

import numpy as np

from fakeweb_tui.config import Config
from fakeweb_tui.scenario import Scenario, differences
from fakeweb_tui.simulation import Batch, Parameters, Walk
from fakeweb_tui.statistics import Counts, Observation, Snapshot

SPEEDS: tuple[float | None, ...] = (1, 10, 60, 600, 3600, None)
"""Simulated seconds per real second; None is as fast as possible."""

RECENT_EVENTS = 400
"""The newest events that a snapshot carries."""

# As fast as possible, about 20,000 events at a time: computed within a few milliseconds, so that an edit is
# obeyed and a key is answered within a frame.
_CHUNK_SESSIONS = 1 << 13
# While time goes slowly there is nothing to compute for most of the time: look at the clock this often.
_TICK_SECONDS = 1 / 30
_IDLE_SECONDS = 1.0
_RATE_SECONDS = 1.0


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
    ) -> None:
        self._now = now
        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wake = threading.Event()
        self._speed = speed
        self._running = running
        self._run = -1
        self._version = 0
        self._pages = config.page_names
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

    def edit(self, config: Config) -> None:
        """Go on with another config of the same pages from the next step on; ValueError where pages differ."""
        if config.page_names != self._pages:
            raise ValueError("the pages differ: a simulation goes on with the pages that it began with")
        self._command(lambda: self._edit(config))

    def go_to(self, moment: datetime) -> None:
        """Jump to a simulated moment's step; before the start, the start moves to that day's midnight.

        ValueError where the moment has a time zone.
        """
        if moment.tzinfo is not None:
            raise ValueError("the moment has a time zone: simulated time has none, leave it out")
        self._command(lambda: self._go_to(moment))

    def reset(self) -> None:
        """Begin again at the start, with the same seed and the present config."""
        self._command(lambda: self._begin_run(Walk(self._walk.parameters, self._walk.config)))

    def _command(self, act: Callable[[], None]) -> None:
        self._commands.put(act)
        self._wake.set()

    # The loop, for the thread that runs the simulation.

    def run(self, cancelled: Callable[[], bool], publish: Callable[[Snapshot], None], period: float) -> None:
        """Run until `cancelled()`; give `publish` a snapshot after a command, and every `period` seconds if there
        is something new."""
        due, shown = self._now(), None
        while True:
            # Cleared before looking, so that no call between the look and the wait is missed.
            self._wake.clear()
            if cancelled():
                return
            commanded = self.advance()
            if commanded or self._now() >= due:
                # Where nothing changed that a screen could show, there is nothing to draw.
                present = (self._running, self._clock.replace(microsecond=0), self._total.events)
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
        return commanded

    def advance(self) -> bool:
        """Obey what was commanded, then bring the simulation up to the clock, by one chunk at most.

        Returns:
            Whether there was a command.
        """
        commanded = self._obey()
        if self._clock >= self._end:
            self._running = False
        if self._running:
            self._go_on()
        return commanded

    def _go_on(self) -> None:
        if self._speed is None:
            self._compute(self._walk.parameters.max_steps)
            self._release(self._walk.parameters.time_of(self._walk.position))
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

    def _begin_run(self, walk: Walk, clock: datetime | None = None) -> None:
        self._walk = walk
        self._scenario = Scenario(walk.config, walk.parameters, begin=walk.position)
        self._end = walk.parameters.time_of(walk.parameters.max_steps)
        self._run += 1
        self._clock = clock or walk.parameters.time_of(walk.position)
        self._pending: Batch | None = None
        self._recent: deque[Batch] = deque()
        self._began = self._clock
        self._total = Counts.none(len(walk.matrix.pages))
        self._released = deque([(self._now(), 0)])
        self._observe_afresh()
        self._anchor()

    def _observe_afresh(self) -> None:
        self._since_step = self._walk.position
        self._counts = Counts.none(len(self._walk.matrix.pages))
        self._active_before = self._walk.active_by_page

    def _anchor(self) -> None:
        """Measure the clock's pace from here on."""
        self._anchor_real = self._now()
        self._anchor_clock = self._clock

    def _play(self, running: bool) -> None:
        self._running = running
        self._released = deque([(self._now(), self._total.events)])
        self._anchor()

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self._released = deque([(self._now(), self._total.events)])
        self._anchor()

    def _change_speed(self, by: int) -> None:
        place = min(max(SPEEDS.index(self._speed) + by, 0), len(SPEEDS) - 1)
        self._set_speed(SPEEDS[place])

    def _step(self) -> None:
        if self._pending is None:
            self._compute(self._walk.position + 1)
        self._release(self._walk.parameters.time_of(self._walk.position))
        self._anchor()

    def _edit(self, config: Config) -> None:
        edits = differences(self._walk.position, self._walk.config, config)
        self._scenario = replace(self._scenario, edits=(*self._scenario.edits, *edits))
        self._walk.reconfigure(config)
        self._version += 1
        self._observe_afresh()

    def _go_to(self, moment: datetime) -> None:
        parameters = self._walk.parameters
        if moment < parameters.start:
            parameters = replace(parameters, start=datetime.combine(moment.date(), time.min))
        step = min(parameters.step_at(moment), parameters.max_steps)
        self._begin_run(Walk(parameters, self._walk.config, step))

    # Computing and letting out.

    def _compute(self, stop: int) -> None:
        """Compute the next chunk, at most to step `stop`."""
        if self._pending is not None and len(self._pending):
            self._release(self._walk.parameters.time_of(self._walk.position))
        self._pending = self._walk.advance(stop, _CHUNK_SESSIONS)

    def _release(self, moment: datetime) -> None:
        """Let out the computed events before `moment`, and set the clock to it."""
        self._clock = moment
        if self._pending is None:
            return
        out, self._pending = self._pending.until(moment)
        if len(out):
            counts = Counts.of(out)
            self._total += counts
            if out.start_step >= self._since_step:
                self._counts += counts
            self._remember(out)
        if moment >= self._walk.parameters.time_of(self._walk.position):
            self._pending = None

    def _remember(self, out: Batch) -> None:
        self._recent.append(out.slice(max(0, len(out) - RECENT_EVENTS)))
        held = sum(map(len, self._recent))
        while held - len(self._recent[0]) >= RECENT_EVENTS:
            held -= len(self._recent.popleft())
        now = self._now()
        self._released.append((now, self._total.events))
        while len(self._released) > 2 and now - self._released[1][0] >= _RATE_SECONDS:
            self._released.popleft()

    def snapshot(self) -> Snapshot:
        """The present figures."""
        pages = self._walk.matrix.pages
        active = self._walk.active_by_page
        ahead = Counts.none(len(pages))
        if self._pending is not None and self._pending.start_step >= self._since_step:
            ahead = Counts.of(self._pending)
        # Right after an edit the clock may still be in a step that was computed before it.
        since = min(self._clock, self._walk.parameters.time_of(self._since_step))
        return Snapshot(
            running=self._running,
            speed=self._speed,
            scenario=replace(self._scenario, end=self._clock),
            began=self._began,
            clock=self._clock,
            total=self._total,
            events_per_second=self._rate(),
            active=int(active.sum()),
            observed=Observation(since, self._clock, self._counts, ahead, self._active_before, active),
            recent=_joined(self._recent, pages),
            run=self._run,
            version=self._version,
        )

    def _rate(self) -> float:
        first_time, first_events = self._released[0]
        elapsed = self._now() - first_time
        return (self._total.events - first_events) / elapsed if self._running and elapsed > 0 else 0.0


def _joined(batches: deque[Batch], pages: tuple[str, ...]) -> Batch:
    """Return the last `RECENT_EVENTS` events of some batches as one."""
    if not batches:
        return Batch.empty(0, pages)
    columns = (
        np.concatenate([getattr(batch, name) for batch in batches])[-RECENT_EVENTS:]
        for name in ("timestamp", "page", "user", "session", "visit")
    )
    return Batch(batches[0].start_step, batches[-1].stop_step, pages, *columns)
