"""The state of editing a config: what is in force, what is locked, and every edit, to be undone or done again."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from fakeweb_tui.config import PARAMETERS, Config, Row, RowPath
from fakeweb_tui.config.model import origins
from fakeweb_tui.scenario import Edit, Scenario, differences, name_after, parameter_differences
from fakeweb_tui.simulation import Parameters
from fakeweb_tui.tuning import reverting, structure
from fakeweb_tui.tuning.rows import divided, tune

Lock: TypeAlias = tuple[RowPath, str]
"""A probability that stays: the path of its row, and its name."""


@dataclass(frozen=True)
class Change:
    """One edit, as it is undone and done again.

    Attributes:
        title: what was done, in a few words.
        before, after: the config.
        parameters_before, parameters_after: the parameters.
        moment: simulated time at which it was made, if that was told.
        renamed: the pages that got another name, the new name by the old one.
        gesture: what it has in common with further edits that belong to it, such as one drag of a slider.
        unlocked: the locks that went with what it removed; undone, it gives them back.
    """

    title: str
    before: Config
    after: Config
    parameters_before: Parameters
    parameters_after: Parameters
    moment: datetime | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    gesture: Hashable = None
    unlocked: frozenset[Lock] = frozenset()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What is different after it: path, old and new; the steps are 0. Another `batch_size` counts as well."""
        return (
            *differences(0, self.before, self.after, self.renamed),
            *parameter_differences(0, self.parameters_before, self.parameters_after, PARAMETERS),
        )


@dataclass(frozen=True)
class Workbench:
    """A config that is being tuned. Every function returns another workbench.

    Those that cannot do what is asked raise ValueError and say why; a probability goes as far as it can, and
    `reason` says what held it back.

    Attributes:
        loaded: the config as it was loaded.
        given: the parameters that the simulation began with.
        config, parameters: what is in force. `LiveSimulation.edit` takes these and `renamed`.
        locks: the probabilities that stay.
        done: the edits in force, the oldest first.
        undone: those that can be done again, the next one last.
        reason: why the last edit did not go where it was asked to.
        renamed: the pages that the last edit, or its undoing, gave another name; the new name by the old one.
    """

    loaded: Config
    given: Parameters
    config: Config
    parameters: Parameters
    locks: frozenset[Lock] = frozenset()
    done: tuple[Change, ...] = ()
    undone: tuple[Change, ...] = ()
    reason: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config, parameters: Parameters) -> "Workbench":
        """A workbench on which nothing was done yet."""
        return cls(config, parameters, config, parameters)

    @classmethod
    def of_scenario(
        cls, scenario: Scenario, locks: Collection[Lock] = (), given: Mapping[str, float] | None = None
    ) -> "Workbench":
        """A workbench on which a scenario's edits were done, as one that can be undone, with these locks.

        What differs from the parameters that were given counts as tuned: where that is not known, from those that
        the scenario's config gives, or from the defaults.
        """
        setting = scenario.settings[-1]
        values = given or {**PARAMETERS, **scenario.config.simulation}
        given_then = replace(scenario.parameters, **values)  # type: ignore[arg-type]
        bench = cls.of(scenario.config, given_then)
        names = {page: page for page in scenario.config.pages}
        for each in scenario.settings:
            names = {first: each.pages[name] for first, name in names.items() if name in each.pages}
        renamed = {first: name for first, name in names.items() if first != name}
        bench = bench._changed("edits of the scenario", setting.config, setting.parameters, renamed=renamed)
        return replace(bench, locks=_in_place(locks, bench.config))

    # Probabilities.

    def set_probability(
        self,
        path: RowPath,
        name: str,
        value: float,
        *,
        gesture: Hashable = None,
        moment: datetime | None = None,
    ) -> "Workbench":
        """Set one probability of a row; the others that are not locked give way in their ratios.

        Args:
            path, name, value: which, and what it becomes.
            gesture: where it equals that of the last edit, this one goes on with it: both are undone as one,
                and the others keep the ratios that they had before the first.
            moment: simulated time.
        """
        whole = self._gesture(gesture)
        origin = (whole.before if whole else self.config).row(path)
        tuned = tune(self.config, path, name, value, origin, self.locked(path))
        return self._changed(_title(path, name), tuned.config, gesture=gesture, moment=moment, reason=tuned.reason)

    def set_row(
        self, path: RowPath, weights: Row, *, gesture: Hashable = None, moment: datetime | None = None
    ) -> "Workbench":
        """Set a whole row of the same names, such as a curve that is drawn, to these ratios.

        Locked ones stay, and the others share what these leave.
        """
        row = self.config.row(path)
        if weights.keys() != row.keys() or min(weights.values()) < 0 or not sum(weights.values()):
            raise ValueError("a row is set by numbers for its own names, none negative and not all 0")
        new = divided(row, weights, self.locked(path))
        config = self.config.placed(path, new).checked([path])
        return self._changed(_title(path), config, gesture=gesture, moment=moment)

    def accept(
        self, config: Config, title: str, *, made_from: Config, moment: datetime | None = None
    ) -> "Workbench":
        """Take over a config as one edit, for instance one that a goal-seek found.

        ValueError where the config in force is no longer that which it was made from: what was edited since, by a
        scenario that is played for instance, would be lost.
        """
        if self.config != made_from:
            raise ValueError("the config has changed since: seek again")
        return self._changed(title, config, moment=moment)

    def set_parameters(
        self,
        *,
        gesture: Hashable = None,
        moment: datetime | None = None,
        **values: float,
    ) -> "Workbench":
        """Set `sessions_per_day`, `user_pool_size` or `batch_size`."""
        if not values.keys() <= PARAMETERS.keys():
            raise ValueError(f"{', '.join(values)}: the parameters are {', '.join(PARAMETERS)}")
        parameters = replace(self.parameters, **values)  # type: ignore[arg-type]
        title = ", ".join(_title(("simulation", name)) for name in values)
        return self._changed(title, self.config, parameters, gesture=gesture, moment=moment)

    # Names and pages.

    def add_name(self, path: RowPath, name: str, value: float, *, moment: datetime | None = None) -> "Workbench":
        """Add a name to a row; the others give way."""
        config = structure.add_name(self.config, path, name, value, self.locked(path))
        return self._changed(f"add {_title(path, name)}", config, moment=moment)

    def remove_name(self, path: RowPath, name: str, *, moment: datetime | None = None) -> "Workbench":
        """Remove a name from a row; the others take its probability."""
        config = structure.remove_name(self.config, path, name, self.locked(path))
        return self._changed(f"remove {_title(path, name)}", config, moment=moment)

    def rename_name(self, path: RowPath, old: str, new: str, *, moment: datetime | None = None) -> "Workbench":
        """Rename a name of a category; it keeps its lock."""
        config = structure.rename_name(self.config, path, old, new)
        return self._changed(f"rename {_title(path, old)} to {new}", config, moment=moment)

    def add_page(
        self,
        page: str,
        origin: RowPath,
        value: float = structure.NEW_PAGE_SHARE,
        *,
        moment: datetime | None = None,
    ) -> "Workbench":
        """Add a page that the row at `origin` leads to with this probability."""
        config = structure.add_page(self.config, page, origin, value, self.locked(origin))
        return self._changed(f"add page {page}", config, moment=moment)

    def remove_page(self, page: str, *, moment: datetime | None = None) -> "Workbench":
        """Remove a page; rows that led to it lead where it did, also where they are locked."""
        return self._changed(f"remove page {page}", structure.remove_page(self.config, page), moment=moment)

    def rename_page(self, old: str, new: str, *, moment: datetime | None = None) -> "Workbench":
        """Rename a page everywhere; sessions on it stay."""
        config = structure.rename_page(self.config, old, new)
        return self._changed(f"rename page {old} to {new}", config, moment=moment, renamed={old: new})

    # Locks.

    def locked(self, path: RowPath) -> frozenset[str]:
        """The names of a row that are locked."""
        return frozenset(name for where, name in self.locks if where == path)

    def toggle_lock(self, path: RowPath, name: str) -> "Workbench":
        """Lock a probability, or unlock it; this is not an edit and not undone."""
        if name not in self.config.row(path):
            raise ValueError(f"{_title(path)} has no {name!r}")
        return replace(self, locks=self.locks ^ {(path, name)}, reason="")

    # Undo, redo, revert.

    def undo(self) -> "Workbench":
        """Take back the last edit; ValueError where there is none."""
        if not self.done:
            raise ValueError("there is nothing to undo")
        last = self.done[-1]
        back = {new: old for old, new in last.renamed.items()}
        bench = self._turned(last.before, last.parameters_before, back)
        locks = bench.locks | last.unlocked
        return replace(bench, locks=locks, done=self.done[:-1], undone=(*self.undone, last))

    def redo(self) -> "Workbench":
        """Do again what was undone last; ValueError where there is nothing."""
        if not self.undone:
            raise ValueError("there is nothing to do again")
        again = self.undone[-1]
        bench = self._turned(again.after, again.parameters_after, again.renamed)
        return replace(bench, done=(*self.done, again), undone=self.undone[:-1])

    def revert_row(self, path: RowPath, *, moment: datetime | None = None) -> "Workbench":
        """Make a row what the loaded config has there; ValueError where it has none, or that is not valid.

        It leads to pages by the names that they have now, and where a page led that is gone.
        """
        row = reverting.carried(self.loaded, self.names).row(path)
        config = self.config.placed(path, row).checked([path])
        return self._changed(f"revert {_title(path)}", config, moment=moment)

    def revert_page(self, page: str, *, moment: datetime | None = None) -> "Workbench":
        """Make a page what was loaded: take one away that was added, give one its name back, or, by the name that
        it was loaded under, bring one back that was removed."""
        names = self.names
        loaded = {present: name for name, present in names.items()}
        if page in loaded or page in names:
            present = page if page in loaded else names[page]
            return self.rename_page(present, loaded[present], moment=moment)
        if page in self.config.pages:
            config = reverting.without_page(self.config, self.loaded, page, names)
        elif page in self.loaded.pages:
            config = reverting.with_page(self.config, self.loaded, page, names)
        else:
            raise ValueError(f"there is no page {page!r}")
        return self._changed(f"revert page {page}", config, moment=moment)

    def revert_all(self, *, moment: datetime | None = None) -> "Workbench":
        """Make everything what was loaded; an edit like others, which can be undone.

        A page that was renamed gets its name back, with the sessions on it.
        """
        pages = {present: name for name, present in self.names.items() if name != present}
        return self._changed("revert everything", self.loaded, self.given, moment=moment, renamed=pages)

    def followed(self, config: Config, parameters: Parameters) -> "Workbench":
        """Take over what a scenario that is played has changed; this is no edit of the user's."""
        return self._turned(config, parameters, {})

    @property
    def names(self) -> Mapping[str, str]:
        """The pages of the loaded config that are still there: the present name by the loaded one."""
        origin = {page: page for page in self.config.pages}
        for change in reversed(self.done):
            back = {new: old for old, new in change.renamed.items()}
            origin = {page: back.get(name, name) for page, name in origin.items()}
            origin = {page: name for page, name in origin.items() if name in change.before.pages}
        names = {name: page for page, name in origin.items() if name in self.loaded.pages}
        # A page that went and came again is the same one.
        again = [page for page in self.config.pages if page not in origin and page in self.loaded.pages]
        return {**{page: page for page in again}, **names}

    # What comes of it.

    @property
    def diff(self) -> tuple[Edit, ...]:
        """What differs from what was loaded: path, old and new; the steps are 0."""
        renamed = {name: present for name, present in self.names.items() if name != present}
        return Change("", self.loaded, self.config, self.given, self.parameters, renamed=renamed).edits

    @property
    def to_save(self) -> Config:
        """The config as it is saved: with the parameters that were tuned, in its section `simulation`.

        A file without that section gets it only for what is not the default.
        """
        section = dict(self.config.simulation)
        for name, default in PARAMETERS.items():
            value = getattr(self.parameters, name)
            if value != getattr(self.given, name) and (section or value != default):
                section[name] = value
        return self.config if section == self.config.simulation else self.config.with_simulation(section)

    def _gesture(self, gesture: Hashable) -> Change | None:
        """The last edit, if this one goes on with it."""
        last = self.done[-1] if self.done else None
        return last if last and gesture is not None and last.gesture == gesture else None

    def _changed(
        self,
        title: str,
        config: Config,
        parameters: Parameters | None = None,
        *,
        gesture: Hashable = None,
        moment: datetime | None = None,
        renamed: Mapping[str, str] | None = None,
        reason: str = "",
    ) -> "Workbench":
        """Return the workbench after an edit; one that changes nothing is none."""
        bench = self._turned(config, parameters or self.parameters, renamed or {})
        if (bench.config, bench.parameters) == (self.config, self.parameters):
            return replace(self, reason=reason, renamed={})
        done, before, parameters_before = self.done, self.config, self.parameters
        whole = self._gesture(gesture)
        if whole:
            done, before, parameters_before = self.done[:-1], whole.before, whole.parameters_before
        moved = self._moved(config, renamed or {})
        change = Change(
            title,
            before,
            bench.config,
            parameters_before,
            bench.parameters,
            moment,
            renamed or {},
            gesture,
            frozenset(lock for lock in self.locks if moved[lock] not in bench.locks),
        )
        return replace(bench, done=(*done, change), undone=(), reason=reason)

    def _turned(self, config: Config, parameters: Parameters, renamed: Mapping[str, str]) -> "Workbench":
        """Return the workbench with this in force; locks go with their pages' names, or with what they held."""
        locks = _in_place(self._moved(config, renamed).values(), config)
        return replace(self, config=config, parameters=parameters, locks=locks, reason="", renamed=dict(renamed))

    def _moved(self, config: Config, renamed: Mapping[str, str]) -> Mapping[Lock, Lock]:
        """Return where each lock goes with the names of another config; what it held may be gone from there."""

        def moved_path(path: RowPath) -> RowPath:
            return (path[0], name_after(path[1], renamed)) if path[0] == "pages" else path

        def moved_name(path: RowPath, name: str) -> str:
            if path[0] in ("pages", "landing_pages"):
                return name_after(name, renamed)
            came_from = origins(tuple(self.config.row(path)), tuple(config.row(path)))
            return next((new for new, old in came_from.items() if old == name), name)

        return {(path, name): (moved_path(path), moved_name(path, name)) for path, name in self.locks}


def _in_place(locks: Collection[Lock], config: Config) -> frozenset[Lock]:
    """Return the locks whose probability is there."""
    paths = frozenset(config.paths)
    return frozenset((path, name) for path, name in locks if path in paths and name in config.row(path))


def _title(path: RowPath, name: str = "") -> str:
    # Names of pages are the user's, keys of the file are words.
    row = path[-1] if path[0] == "pages" else path[-1].replace("_", " ")
    return f"{row} → {name}" if name else row
