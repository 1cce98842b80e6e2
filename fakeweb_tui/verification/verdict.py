"""Whether the events of some files are what a config makes: everything that is looked at, and the verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fakeweb_tui.config import Config
from fakeweb_tui.markov import AbsorbingChain, TransitionMatrix
from fakeweb_tui.reading import Faults, Log, Source, read_log
from fakeweb_tui.schema import Field
from fakeweb_tui.simulation import MICROSECONDS
from fakeweb_tui.verification.chi_square import Comparison, Section
from fakeweb_tui.verification.fields import FieldCheck, layout_of
from fakeweb_tui.verification.hours import compare_hours
from fakeweb_tui.verification.moves import compare_dwell, compare_landings, compare_moves
from fakeweb_tui.verification.order import check_duplicates, check_order
from fakeweb_tui.verification.people import compare_people
from fakeweb_tui.verification.sessions import LoggedSessions


@dataclass(frozen=True)
class Expectation:
    """What the events are judged by.

    Attributes:
        config: what should have made them.
        fields: the schema.
        batch_size: simulated seconds per step.
        max_session_steps: a session has at most so many steps.
        disorder: seconds by which an event may be behind one above it in a file.
        significance: the chance that a file that fits is said not to.
    """

    config: Config
    fields: Sequence[Field]
    batch_size: float = 10
    max_session_steps: int = 360
    disorder: float = 0
    significance: float = 0.001


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes:
        events, users: how many.
        first, last: the times that are covered; None where there are no events.
        sessions_named: whether a column says which session an event belongs to.
        overlap: the part of the events between which and their successor another session of the user comes.
        faults: what is wrong with single events.
        sections: of each section of the config, what was compared.
        significance: the chance that a file that fits is said not to.
    """

    events: int
    users: int
    first: datetime | None
    last: datetime | None
    sessions_named: bool
    overlap: float
    faults: Faults
    sections: tuple[Section, ...]
    significance: float

    @property
    def limit(self) -> float:
        """The p-value below which a comparison does not fit: the significance, divided among all of them
        (C. E. Bonferroni, 1936)."""
        return self.significance / max(1, sum(part.judged for part in self.comparisons))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All comparisons, the rows of sections one by one."""
        return tuple(part for section in self.sections for part in section.parts)

    @property
    def misfits(self) -> tuple[Comparison, ...]:
        """The comparisons that do not fit."""
        return tuple(part for part in self.comparisons if part.p < self.limit)

    @property
    def fits(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults and not self.misfits and self.events > 0


def schema_of(names: Iterable[str], schemas: Iterable[Sequence[Field]]) -> Sequence[Field]:
    """Return the schema whose fields are most nearly those of a file."""
    found = set(names)
    return min(schemas, key=lambda fields: len(found ^ {field.name for field in fields}))


def verify(sources: Sequence[Source], expectation: Expectation) -> Verdict:
    """Compare the events of sources with what is expected.

    Raises:
        ReadingError: a source cannot be read, or its columns are not those of the schema.
    """
    faults = Faults()
    check = FieldCheck(expectation.fields, expectation.config, faults)
    log = read_log(sources, layout_of(expectation.fields), faults, look=check)
    return judge(log, expectation, faults)


def judge(log: Log, expectation: Expectation, faults: Faults) -> Verdict:
    """Compare events that were read with what is expected, and add to what is wrong with single ones."""
    check_order(log, round(expectation.disorder * MICROSECONDS), faults)
    check_duplicates(log, faults)
    log = _on_pages_of(expectation.config, log)
    if not len(log):
        return Verdict(0, 0, None, None, False, 0.0, faults, (), expectation.significance)
    chain = AbsorbingChain(TransitionMatrix.of(expectation.config), expectation.max_session_steps)
    step_us = round(expectation.batch_size * MICROSECONDS)
    sessions = LoggedSessions(log, chain, step_us)
    *moves, other_moves = compare_moves(sessions)
    alone = [
        other_moves,
        compare_landings(sessions),
        compare_hours(sessions, expectation.config),
        *compare_people(log, expectation.config),
    ]
    sections = (
        Section("pages", tuple(moves)),
        Section("dwell", tuple(compare_dwell(sessions))),
        *(Section(part.section, (part,)) for part in alone),
    )
    return Verdict(
        len(log),
        log.users,
        *sessions.ends,
        log.session is not None,
        sessions.overlap,
        faults,
        sections,
        expectation.significance,
    )


def _on_pages_of(config: Config, log: Log) -> Log:
    """Return the log with pages numbered as in the config, without events on pages that it does not have."""
    place = {page: code for code, page in enumerate(config.page_names)}
    code = np.array([*(place.get(page, -1) for page in log.page_names), -1], np.int32)[log.page]
    there = code >= 0
    return replace(
        log,
        page=code[there],
        page_names=config.page_names,
        time=log.time[there],
        hour=log.hour[there],
        user=log.user[there],
        session=None if log.session is None else log.session[there],
    )
