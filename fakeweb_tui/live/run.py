"""One run of a live simulation: steps are computed, their events let out, edits obeyed, all of it counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np

from fakeweb_tui.config import CATEGORIES, Config
from fakeweb_tui.live.tally import Tally
from fakeweb_tui.markov import Codes
from fakeweb_tui.scenario import Edit, Scenario, Setting, differences
from fakeweb_tui.simulation import Batch, Parameters, Walk, page_codes
from fakeweb_tui.statistics import Counts, Observation, Snapshot, Version

# As fast as possible, about 20,000 events at a time: computed within a few milliseconds, so that an edit is
# obeyed and a key is answered within a frame.
_CHUNK_SESSIONS = 1 << 13


class Run:
    """A walk from where it begins, with a simulated clock that somebody else moves.

    Attributes:
        walk: what computes; its position is the step behind what is computed.
        scenario: what was obeyed so far.
        script: the scenario that is played, if one is.
        clock: simulated time; events before it are let out.
        end: where the clock stands still.
        version: which config is obeyed.
    """

    def __init__(
        self,
        number: int,
        walk: Walk,
        loaded: Config,
        version: Version,
        now: Callable[[], float],
        clock: datetime | None = None,
        script: Scenario | None = None,
    ) -> None:
        """Begin where the walk stands, or, within its step, at `clock`; `loaded` is what edits are told from."""
        self._number = number
        self.version = version
        self.walk = walk
        self.script = script
        if script is None:
            # From the loaded config, so that the scenario's file tells what was tuned.
            tuned = differences(0, loaded, walk.config)
            self.scenario = Scenario(loaded, walk.parameters, tuned, begin=walk.position)
        else:
            obeyed = tuple(edit for edit in script.edits if edit.step <= walk.position)
            self.scenario = replace(script, edits=obeyed, begin=walk.position, end=None)
        self.clock = clock or walk.parameters.time_of(walk.position)
        self.end = walk.parameters.time_of(walk.parameters.max_steps)
        if script and script.end and script.end > self.clock:
            self.end = script.end
        self._pending: Batch | None = None
        self._pending_codes: Codes | None = None
        self._began = self.clock
        self._tally = Tally(walk.matrix.pages, now)
        self._observe_afresh()

    def _observe_afresh(self) -> None:
        self._since_step = self.walk.position
        self.walk.count_moves()
        self._tally.count_afresh()
        self._active_before = self.walk.active_by_page
        self._before = self.walk.presence

    @property
    def parameters(self) -> Parameters:
        """Those that hold now."""
        return self.walk.parameters

    @property
    def over(self) -> bool:
        """Whether the clock stands at the end."""
        return self.clock >= self.end

    @property
    def shown(self) -> tuple[datetime, int]:
        """What a screen shows of its progress: the clock's second, and the events."""
        return self.clock.replace(microsecond=0), self._tally.total.events

    def time_afresh(self) -> None:
        """Measure the events per second from here on."""
        self._tally.time_afresh()

    def leave_script(self) -> None:
        """Go on without the scenario that is played."""
        self.script = None
        self.end = self.walk.parameters.time_of(self.walk.parameters.max_steps)

    def step(self) -> None:
        """Let the step that is under way, or the next one, happen."""
        if self._pending is None:
            self.compute(self.walk.position + 1)
        self.release(min(self.walk.parameters.time_of(self.walk.position), self.end))

    def obey(self, edits: tuple[Edit, ...]) -> None:
        """Go on as edits of the present step say."""
        step, pages = self.walk.position, self.walk.matrix.pages
        names = {page: page for page in pages}
        setting = Setting(step, self.walk.config, self.walk.parameters, names).obeying(edits)
        self.walk.reconfigure(setting.config, setting.parameters, setting.pages)
        if setting.pages != names or setting.config.page_names != pages:
            codes = page_codes(pages, setting.config.page_names, setting.pages)
            self._tally.turn_to(setting.config.page_names, codes)
            before = self._pending_codes
            self._pending_codes = codes if before is None else _composed(before, codes)
        self.scenario = replace(self.scenario, edits=(*self.scenario.edits, *edits))
        if not all(_only_users(edit) for edit in edits):
            self._observe_afresh()

    @property
    def coming(self) -> tuple[Edit, ...]:
        """The edits of the scenario that is played which are not yet obeyed."""
        return self.script.edits[len(self.scenario.edits) :] if self.script else ()

    @property
    def _plays_until(self) -> datetime | None:
        """The end of the scenario that is played, or without one its last edit; None once that is there."""
        if self.script is None:
            return None
        until = self.script.end
        if until is None and self.script.edits:
            until = self.walk.parameters.time_of(self.script.edits[-1].step)
        return until if until and until > self.clock else None

    def compute(self, stop: int) -> None:
        """Compute the next chunk, at most to step `stop` and to the next edit of what is played."""
        if self._pending is not None and len(self._pending):
            self.release(self.walk.parameters.time_of(self.walk.position))
        due = tuple(edit for edit in self.coming if edit.step <= self.walk.position)
        if due:
            self.version = self.version.changed
            self.obey(due)
        if self.coming:
            stop = min(stop, self.coming[0].step)
        self._pending = self.walk.advance(stop, _CHUNK_SESSIONS)
        self._pending_codes = None

    def release(self, moment: datetime) -> None:
        """Let out the computed events before `moment`, and set the clock to it."""
        self.clock = moment
        if self._pending is None:
            return
        out, self._pending = self._pending.until(moment)
        if len(out):
            counts = Counts.of(out)
            if self._pending_codes is not None:
                counts = counts.on_pages(self._pending_codes, len(self._tally.pages))
            self._tally.add(out, counts, fresh=out.start_step >= self._since_step)
        if moment >= self.walk.parameters.time_of(self.walk.position):
            self._pending = None

    def snapshot(self, running: bool, speed: float | None, number: int) -> Snapshot:
        """The present figures; the number is that of the snapshot."""
        pages = self.walk.matrix.pages
        active, moves = self.walk.active_by_page, self.walk.moves.copy()
        ahead = Counts.none(len(pages))
        if self._pending is not None and self._pending.start_step >= self._since_step:
            ahead = Counts.of(self._pending)
        # Right after an edit the clock may still be in a step that was computed before it.
        since = min(self.clock, self.walk.parameters.time_of(self._since_step))
        return Snapshot(
            running=running,
            speed=speed,
            config=self.walk.config,
            parameters=self.walk.parameters,
            scenario=replace(self.scenario, end=self.clock),
            plays_until=self._plays_until,
            began=self._began,
            clock=self.clock,
            total=self._tally.total,
            hours=self._tally.hours,
            events_per_second=self._tally.events_per_second if running else 0.0,
            active=int(active.sum()),
            observed=Observation(
                since,
                self.clock,
                self._tally.fresh,
                ahead,
                self._active_before,
                active,
                range(self._since_step, self.walk.position),
                moves,
                self._before,
                self.walk.presence,
            ),
            recent=self._tally.recent,
            moves=moves,
            run=self._number,
            version=self.version,
            number=number,
        )


def _only_users(edit: Edit) -> bool:
    """Whether an edit says who comes only: as many sessions go the same ways, and what was counted still holds."""
    return edit.path[0] in CATEGORIES or edit.path == ("simulation", "user_pool_size")


def _composed(first: Codes, then: Codes) -> Codes:
    """Return the codes after two changes of pages; -1 stays -1."""
    return np.where(first >= 0, then.take(np.maximum(first, 0)), -1)
