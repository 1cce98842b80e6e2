"""Scenarios: everything that is needed to make the same events again, edits included."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, TypeAlias

from fakeweb_tui.config import PAGES, Config, Row, RowPath
from fakeweb_tui.simulation import CHUNK_SESSIONS, WHOLE, Batch, Parameters, Selection, Sessions, Walk

Value: TypeAlias = Row | Mapping[str, Row] | float
"""What an edit changes: a row, all pages with their rows, or a parameter."""

TUNED_PARAMETERS = ("sessions_per_day", "user_pool_size")
"""The parameters that can change while a simulation runs; another `batch_size` is another simulation."""


@dataclass(frozen=True)
class Edit:
    """A change of one thing.

    Attributes:
        step: the first step that obeys it.
        path: what is changed: a row, as `Config.row` takes it; `PAGES`, where pages are added, removed, renamed or
            put in another order; or ("simulation", name) for one of `TUNED_PARAMETERS`.
        old, new: before and after: a row, all pages with their rows, or a number.
        renamed: at `PAGES`: the pages that go on under another name, the new name by the old one.
    """

    step: int
    path: RowPath
    old: Value
    new: Value
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """What holds from a step on.

    Attributes:
        step: the first.
        config, parameters: what holds.
        pages: the pages of the setting before that go on in this one, and under which name.
    """

    step: int
    config: Config
    parameters: Parameters
    pages: Mapping[str, str]

    @classmethod
    def after(cls, before: "Setting", step: int) -> "Setting":
        """The same setting, from a later step on."""
        return cls(step, before.config, before.parameters, {name: name for name in before.config.pages})

    def value(self, path: RowPath) -> Value:
        """Return what an edit at this path changes; ValueError for no such path."""
        if path[:1] == ("simulation",):
            if len(path) != 2 or path[1] not in TUNED_PARAMETERS:
                raise ValueError(f"{path!r} cannot be changed while a simulation runs")
            number: float = getattr(self.parameters, path[1])
            return number
        return self.config.pages if path == PAGES else self.config.row(path)

    def placed(self, edit: Edit) -> "Setting":
        """Return the setting with one edit more, not yet checked; ValueError for no such path."""
        if edit.path[:1] == ("simulation",):
            self.value(edit.path)
            number: Any = edit.new
            return replace(self, parameters=replace(self.parameters, **{edit.path[1]: number}))
        new: Any = edit.new
        config = self.config.placed(edit.path, new)
        if edit.path != PAGES:
            return replace(self, config=config)
        names = {first: name_after(name, edit.renamed) for first, name in self.pages.items()}
        return replace(
            self, config=config, pages={first: name for first, name in names.items() if name in config.pages}
        )

    def obeying(self, edits: Iterable[Edit]) -> "Setting":
        """Return the setting after these edits, which are judged together; ValueError where they are not valid."""
        edits, setting = tuple(edits), self
        for edit in edits:
            setting = setting.placed(edit)
        return setting.checked(edit.path for edit in edits)

    def checked(self, paths: Iterable[RowPath]) -> "Setting":
        """Return the setting with what was placed at these paths checked; ValueError where it is not valid."""
        rows = [path for path in paths if path[0] != "simulation"]
        return replace(self, config=self.config.checked(rows))


def name_after(name: str, renamed: Mapping[str, str]) -> str:
    """The name that a page has after others were renamed; none if one of these took it."""
    return renamed.get(name, "" if name in renamed.values() else name)


def differences(step: int, old: Config, new: Config, renamed: Mapping[str, str] | None = None) -> tuple[Edit, ...]:
    """Return the edits that, at `step`, make one config of another.

    Args:
        step: their step.
        old, new: before and after.
        renamed: the pages that go on under another name, the new name by the old one.
    """
    edits = []
    paths = new.paths
    if renamed or old.page_names != new.page_names:
        before, after = ({page: dict(row) for page, row in config.pages.items()} for config in (old, new))
        edits.append(Edit(step, PAGES, before, after, dict(renamed or {})))
        paths = tuple(path for path in paths if path[0] != "pages")
    for path in paths:
        row, now = old.row(path), new.row(path)
        if row is not now and tuple(row.items()) != tuple(now.items()):
            edits.append(Edit(step, path, dict(row), dict(now)))
    return tuple(edits)


def parameter_differences(
    step: int, old: Parameters, new: Parameters, names: Iterable[str] = TUNED_PARAMETERS
) -> tuple[Edit, ...]:
    """Return the edits that, at `step`, make others of parameters: by default of those of a running simulation."""
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in names}
    return tuple(
        Edit(step, ("simulation", name), before, after)
        for name, (before, after) in pairs.items()
        if before != after
    )


@dataclass(frozen=True)
class Scenario:
    """A config, the parameters of a simulation, and what was edited while it ran.

    Attributes:
        config, parameters: what the simulation begins with.
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
    def settings(self) -> tuple[Setting, ...]:
        """What holds, from each step on with which it changes."""
        names = {name: name for name in self.config.pages}
        settings = [Setting(0, self.config, self.parameters, names)]
        for step, edits in groupby(self.edits, lambda edit: edit.step):
            settings.append(Setting.after(settings[-1], step).obeying(edits))
        return tuple(settings)

    def setting_at(self, step: int) -> Setting:
        """Return what holds in a step."""
        return self.settings[bisect_right(self.settings, step, key=lambda setting: setting.step) - 1]

    def walk(self, step: int, shard: Selection = WHOLE) -> Walk:
        """Return a walk that stands at `step`, with the sessions that are then in the site.

        What is edited before or at that step is obeyed; later edits are up to the caller.
        """
        first = max(0, step - self.parameters.max_session_steps)
        setting = self.setting_at(first)
        walk = Walk.deserted(setting.parameters, setting.config, first, shard)
        for setting in self.settings:
            if first < setting.step <= step:
                _advance(walk, setting.step)
                walk.reconfigure(setting.config, setting.parameters, setting.pages)
        _advance(walk, step)
        return walk

    def walk_with(self, step: int, sessions: Sessions, shard: Selection = WHOLE) -> Walk:
        """Return a walk that stands at `step`, where another walk had these sessions in the site there."""
        setting = self.setting_at(step)
        return Walk.with_sessions(setting.parameters, setting.config, step, sessions, shard)

    @property
    def stop(self) -> int:
        """The step behind the last one."""
        most = self.parameters.max_steps
        return most if self.end is None else min(most, self.parameters.step_at(self.end) + 1)

    def advance(
        self, walk: Walk, stop: int, chunk_sessions: int = CHUNK_SESSIONS
    ) -> Iterator[tuple[Config, Batch]]:
        """Take a walk to `stop`, obeying the edits on its way, and yield its events in stretches.

        Each comes with its config; a stretch may be without events.
        """
        later = [setting for setting in self.settings if walk.position < setting.step <= stop]
        for setting in (*later, None):
            until = setting.step if setting else stop
            while walk.position < until:
                batch = walk.advance(until, chunk_sessions)
                yield walk.config, batch if self.end is None else batch.until(self.end)[0]
            if setting:
                walk.reconfigure(setting.config, setting.parameters, setting.pages)

    def batches(
        self, step: int | None = None, shard: Selection = WHOLE, chunk_sessions: int = CHUNK_SESSIONS
    ) -> Iterator[tuple[Config, Batch]]:
        """Yield the events of a shard from `step` on (`begin`, if None), in stretches, with the config of each.

        Ends at `end`, or at the end of time; a stretch may be without events.
        """
        step = self.begin if step is None else step
        if step < self.stop:
            yield from self.advance(self.walk(step, shard), self.stop, chunk_sessions)


def _advance(walk: Walk, stop: int) -> None:
    """Walk to a step; its events are not wanted."""
    while walk.position < stop:
        walk.advance(stop)
