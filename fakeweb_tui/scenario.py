"""Scenarios: everything that is needed to make the same events again, edits included."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby

from fakeweb_tui.config import Config, RowPath
from fakeweb_tui.simulation import CHUNK_SESSIONS, WHOLE, Batch, Parameters, Shard, Walk


@dataclass(frozen=True)
class Edit:
    """A change of one row of the config.

    Attributes:
        step: the first step that obeys it.
        path: which row, as `Config.row` takes it.
        old, new: the row before and after.
    """

    step: int
    path: RowPath
    old: Mapping[str, float]
    new: Mapping[str, float]


def differences(step: int, old: Config, new: Config) -> tuple[Edit, ...]:
    """Return the edits that, at `step`, make one config of another with the same pages."""
    rows = ((path, old.row(path), new.row(path)) for path in old.paths)
    return tuple(Edit(step, path, before, after) for path, before, after in rows if dict(before) != dict(after))


@dataclass(frozen=True)
class Scenario:
    """A config, the parameters of a simulation, and what was edited while it ran.

    Attributes:
        config: what the simulation begins with.
        edits: in the order of their steps.
        begin: the step with which the events begin.
        end: events before this moment are part of it; None for all.
    """

    config: Config
    parameters: Parameters
    edits: tuple[Edit, ...] = ()
    begin: int = 0
    end: datetime | None = None

    @cached_property
    def _configs(self) -> tuple[tuple[int, Config], ...]:
        """Each config and the step from which on it holds."""
        config, configs = self.config, [(0, self.config)]
        for step, edits in groupby(self.edits, lambda edit: edit.step):
            rows = {edit.path: edit.new for edit in edits}
            config = config.with_rows(rows)
            configs.append((step, config))
        return tuple(configs)

    def config_at(self, step: int) -> Config:
        """Return the config that holds in a step."""
        return self._configs[bisect_right(self._configs, step, key=lambda change: change[0]) - 1][1]

    def batches(
        self, step: int | None = None, shard: Shard = WHOLE, chunk_sessions: int = CHUNK_SESSIONS
    ) -> Iterator[tuple[Config, Batch]]:
        """Yield the events of a shard from `step` on (`begin`, if None), in stretches, with the config of each.

        Ends at `end`, or at the end of time; a stretch may be without events.
        """
        step = self.begin if step is None else step
        stop = self.parameters.max_steps
        if self.end is not None:
            stop = min(stop, self.parameters.step_at(self.end) + 1)
        if step >= stop:
            return
        first = max(0, step - self.parameters.max_session_steps)
        walk = Walk.deserted(self.parameters, self.config_at(first), first, shard)
        changes = sorted({change for change, _ in self._configs if first < change < stop} | {step, stop})
        for change in changes:
            while walk.position < change:
                batch = walk.advance(change, chunk_sessions)
                if batch.start_step >= step:
                    yield walk.config, batch if self.end is None else batch.until(self.end)[0]
            walk.reconfigure(self.config_at(change))
