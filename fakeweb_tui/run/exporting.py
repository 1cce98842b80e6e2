"""A scenario's events, as fast as possible or at a pace, into files."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from fakeweb_tui.run.behind import Behind
from fakeweb_tui.run.blocks import Cutter, Grid, Position
from fakeweb_tui.run.encoding import Encoded, encoded
from fakeweb_tui.run.files import Files
from fakeweb_tui.run.journal import ResumeError, journal_at, read_journal
from fakeweb_tui.run.stretches import PacedClock, bounded, paced, stream
from fakeweb_tui.run.task import Task
from fakeweb_tui.run.workers import Workers

# How often what comes slowly is noted in the journal.
_NOTE_SECONDS = 1.0
# At a pace, a part of some ten thousand events that a worker has made is written whole if it is due this soon.
# Where it is not, one process can keep the pace, and does so event by event.
_LUMP_SECONDS = 0.2


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        events, size: what was written so far, in events and bytes.
        seconds: real time.
        clock: simulated time.
        done: the part that is done, 0 to 1; None where nobody can know.
    """

    events: int
    size: int
    seconds: float
    clock: datetime
    done: float | None


@dataclass(frozen=True)
class Result:
    """What a run has written.

    Attributes:
        progress: at its end.
        whole: whether it came to its end; False where it was interrupted before.
        pages: events by page.
        files: how many were begun.
        checksum: XXH3 with 128 bits of all bytes, as `xxhsum -H2` has it; of several files, one behind the other.
        kept: where an unfinished file is, or nothing.
        resumable: whether `resume` would go on.
    """

    progress: Progress
    whole: bool
    pages: Mapping[str, int]
    files: int
    checksum: str
    kept: str
    resumable: bool


class ExportError(OSError):
    """An output failed while it was written.

    Attributes:
        kept: where an unfinished file is, or nothing.
        resumable: whether `resume` would go on.
    """

    def __init__(self, error: OSError, kept: str, resumable: bool) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.kept = kept
        self.resumable = resumable


def export(
    task: Task,
    *,
    interrupted: Callable[[], bool] = lambda: False,
    report: Callable[[Progress], None] = lambda _progress: None,
    resume: bool = False,
    workers: int = 1,
) -> Result:
    """Write events until there are no more, or until `interrupted()`, which is asked between two batches.

    Args:
        task: what to write, and where.
        interrupted: whether to stop early. A file is then closed readable, but keeps the name of a part; where the
            run has no end of its own, it is whole.
        report: is told how far it is, after each part.
        resume: go on where an earlier run of the same task was interrupted or killed.
        workers: processes that simulate and encode; the bytes are the same. At a pace, they make what is due
            already when the run begins, and all of it where one process could not keep the pace.

    Raises:
        FileExistsError: there is a file, and it may not be replaced.
        ExportError: the output failed meanwhile.
        OSError: the output cannot be begun.
        ResumeError: there is nothing to go on with.
    """
    # Processes are started before there are threads.
    with Workers(task, workers) if workers > 1 else nullcontext() as pool, Behind() as behind:
        return _Run(task, behind, interrupted, report, pool).run(resume)


class _Run:
    """One run of a task."""

    def __init__(
        self,
        task: Task,
        behind: Behind,
        interrupted: Callable[[], bool],
        report: Callable[[Progress], None],
        workers: Workers | None,
    ) -> None:
        self._begun = time.monotonic()
        self._task, self._scenario = task, task.bounded_scenario
        self._interrupted, self._report, self._workers = interrupted, report, workers
        self._behind = behind
        self._paced_clock: PacedClock | None = None
        place = task.output.journal
        self._journal = None if place is None else journal_at(place)
        self._files = Files(task.output, self._scenario, behind, self._journal)
        self._position = Position(task.scenario.begin)
        self._start = self._clock = task.scenario.parameters.time_of(task.scenario.begin)
        self._events = 0
        self._pages: Counter[str] = Counter()
        self._noted = self._begun

    def run(self, resume: bool) -> Result:
        """Do it."""
        self._begin(resume)
        try:
            for part in self._parts():
                self._take(part)
            done = self._done()
            early = self._interrupted() and done is not None and done < 1
            kept = self._files.stop() if early else ""
            if not early:
                self._files.finish()
        except OSError as error:
            raise ExportError(error, self._files.abandon(), self._close_journal(keep=True)) from error
        except BaseException:
            self._files.abandon()
            self._close_journal(keep=True)
            raise
        unfinished = self._interrupted() and self._done() != 1
        resumable = self._close_journal(keep=unfinished and (early or self._task.output.grows))
        files = self._files
        return Result(self._progress(), not early, self._pages, files.count, files.checksum, kept, resumable)

    def _begin(self, resume: bool) -> None:
        """Open what is written to, as an earlier run has left it if that is asked for."""
        task, journal = self._task, self._journal
        if not resume:
            self._files.begin()
            if journal is not None:
                try:
                    journal.begin({"identity": task.identity(), **task.course()})
                except OSError:
                    self._files.abandon()
                    journal.remove()
                    raise
            return
        if journal is None:
            raise ResumeError(f"{task.output.place} keeps nothing that could be gone on with")
        asked, checkpoints = read_journal(journal.place)
        if asked["identity"] != task.identity():
            raise ResumeError(f"{journal.place} is of a run with other options: leave --resume out to begin anew")
        if checkpoints:
            last = checkpoints[-1]
            if last.events > (task.bounds.events or last.events) or last.clock > (
                self._scenario.end or last.clock
            ):
                further = f"{journal.place} has come further already, to {last.events:,} events"
                raise ResumeError(f"{further}: ask for more, or begin anew, with --overwrite")
            self._files.resume(checkpoints)
            self._position, self._clock = last.after, last.clock
            self._events, self._pages = last.events, Counter(last.pages)
        else:
            self._files.begin(again=True)
        journal.go_on()

    def _parts(self) -> Iterator[Encoded]:
        """Yield what is to be written, encoded."""
        bounds, workers, pace = self._task.bounds, self._workers, self._task.pace
        if pace is not None:
            pace = replace(pace, origin=max(pace.origin, self._clock))
            self._paced_clock = PacedClock(pace, time.monotonic)
        if workers is not None and self._position.step < self._scenario.stop and bounds.events != self._events:
            for part in workers.parts(self._position, self._behind):
                if self._is_to_be_divided(part):
                    break
                yield part
                late = bounds.duration is not None and time.monotonic() - self._begun >= bounds.duration
                if self._events == bounds.events or (not self._position.events and (late or self._interrupted())):
                    return
            else:
                return
            # A live stream may go on for days, in which they would only hold what they have made in advance.
            self._behind.wait()
            workers.close()
        yield from self._parts_here()

    def _is_to_be_divided(self, part: Encoded) -> bool:
        """Whether a part that a worker has made is more than may be written at once; waits until it is due.

        It is where the events end within it, or where they come so slowly that nobody wants to wait for all of it.
        """
        events = self._task.bounds.events
        if events is not None and self._events + part.events > events:
            return True
        wait = self._paced_clock.seconds_until(part.clock) if self._paced_clock else 0.0
        if wait > _LUMP_SECONDS:
            return True
        time.sleep(max(0.0, wait))
        return False

    def _parts_here(self) -> Iterator[Encoded]:
        """Simulate and encode in this process."""
        task, scenario, output = self._task, self._scenario, self._task.output
        stretches = stream(scenario, self._position.step, task.shard, self._position.events)
        if self._paced_clock is not None:
            stretches = paced(stretches, self._paced_clock, time.sleep)
        left = None if task.bounds.events is None else task.bounds.events - self._events
        stretches = bounded(stretches, replace(task.bounds, events=left), time.monotonic, self._interrupted)
        cutter = Cutter(
            Grid(scenario, output.block_sessions),
            self._position,
            output.period,
            at_once=output.at_once,
        )
        return encoded(cutter.cut(stretches), output.format.encoder(output.fields, scenario))

    def _take(self, part: Encoded) -> None:
        """Write a part, and count it."""
        self._files.add(part)
        self._events += part.events
        self._pages.update(part.pages)
        self._clock, self._position = part.clock, part.after
        now = time.monotonic()
        # Where events come slowly, parts are a few events each; but no part of an assembly may be left out.
        due = (
            not self._task.output.at_once
            or not part.after.events
            or now - self._noted >= _NOTE_SECONDS
            or not self._files.open
        )
        if part.whole and due:
            self._noted = now
            self._files.checkpoint(part, self._events, self._pages)
        self._report(self._progress())

    def _progress(self) -> Progress:
        seconds = time.monotonic() - self._begun
        return Progress(self._events, self._files.size, seconds, self._clock, self._done())

    def _done(self) -> float | None:
        bounds, end = self._task.bounds, self._scenario.end
        seconds = time.monotonic() - self._begun
        parts = []
        if bounds.events is not None:
            parts.append(self._events / bounds.events if bounds.events else 1.0)
        if end is not None:
            parts.append((self._clock - self._start) / (end - self._start) if self._clock < end else 1.0)
        if bounds.duration is not None:
            parts.append(seconds / bounds.duration if seconds < bounds.duration else 1.0)
        return max(parts, default=None)

    def _close_journal(self, *, keep: bool) -> bool:
        """Close the journal, and keep it or not; return whether there is one now."""
        if self._journal is None:
            return False
        if keep:
            self._journal.close()
        else:
            self._journal.remove()
        return keep
