"""Worker processes: each takes every n-th block of a run, simulates it and encodes it.

The walk goes from hand to hand: who has walked a block passes the sessions that are then in the site on to the
next worker, and encodes while that one walks. So nothing is walked twice, and what the parts hold is what one
process would have made. The parent takes the parts in the order of their blocks.

Bytes go through memory that is shared with a forked child, piece by piece; a piece that does not fit, or all of
them where processes are not forked, through the pipe that tells of them.
"""

import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import cycle
from mmap import mmap
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Self

from fakeweb_tui.formats import Piece
from fakeweb_tui.run.behind import Behind
from fakeweb_tui.run.blocks import Cutter, Grid, Position
from fakeweb_tui.run.encoding import Encoded, encoded
from fakeweb_tui.run.stretches import advanced
from fakeweb_tui.run.task import Task
from fakeweb_tui.simulation import Sessions, Walk
from fakeweb_tui.users import vocabulary

# A piece of lines is about four megabytes. With one that is read and one that is written, all of them stay in a
# third-level cache; with more of them, a worker waits less, and takes longer for all it does.
_SLOT = 1 << 23
_SLOTS = 2
_END_OF_PART, _END_OF_BLOCK, _END = "part", "block", "end"


class Baton(NamedTuple):
    """What goes from worker to worker: where the next block begins, and who is in the site then, if known."""

    position: Position
    sessions: Sessions | None


class Workers:
    """Processes that encode a task; to be started before any thread is, and used as a context."""

    def __init__(self, task: Task, count: int) -> None:
        forked = sys.platform == "linux" and threading.active_count() == 1
        context: Any = multiprocessing.get_context("fork" if forked else "spawn")
        if forked:
            # What takes long to make is made once, and found by every child.
            vocabulary()
        self._memories = [mmap(-1, _SLOT * _SLOTS) if forked else None for _ in range(count)]
        results = [context.Pipe() for _ in range(count)]
        # The last one hands its baton to the first one.
        batons = [context.Pipe(duplex=False) for _ in range(count)]
        self._first = batons[0][1]
        self._results = [ours for ours, _ in results]
        own = [(theirs, batons[i][0], batons[(i + 1) % count][1]) for i, (_, theirs) in enumerate(results)]
        everything = [end for pair in (*results, *batons) for end in pair]
        self._processes = [
            context.Process(
                target=_work,
                args=(task, self._memories[i], own[i], everything if forked else ()),
                daemon=True,
            )
            for i in range(count)
        ]
        for process in self._processes:
            process.start()
        for end in everything:
            if end not in self._results and end is not self._first:
                end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, once nothing of theirs waits to be written."""
        for process in self._processes:
            # They ignore gentler signals, and hold nothing that could be lost.
            process.kill()
        for process in self._processes:
            process.join()
        for end in (*self._results, self._first):
            end.close()
        self._memories.clear()

    def parts(self, begin: Position, behind: Behind) -> Iterator[Encoded]:
        """Yield the parts from a position on; ChildProcessError where a worker has died."""
        self._first.send(Baton(begin, None))
        turns = cycle(zip(self._results, self._memories, strict=True))
        for results, memory in turns:
            while (message := _received(results)) not in (_END_OF_BLOCK, _END):
                pieces = _pieces(results, memory, behind)
                yield message._replace(pieces=pieces)
                # Of a part without events nobody wants the pieces.
                for _ in pieces:
                    pass
            if message == _END:
                return


def _pieces(results: Connection, memory: mmap | None, behind: Behind) -> Iterator[Piece]:
    """Yield the pieces of a part; each has been handed over to be written when the next one is asked for."""
    while (message := _received(results)) != _END_OF_PART:
        slot, size = message
        if slot is None or memory is None:
            yield _received(results)
        else:
            yield memoryview(memory)[slot * _SLOT : slot * _SLOT + size]
            behind.do(partial(_acknowledge, results))


def _received(results: Connection) -> Any:
    """Return the next message of a worker; ChildProcessError where it has died."""
    try:
        return results.recv()
    except (EOFError, ConnectionError) as error:
        raise ChildProcessError(0, "a worker process has died") from error


def _acknowledge(results: Connection) -> None:
    """Tell a worker that what is in the next of its slots is written."""
    # One that has died is noticed where something is expected of it.
    with suppress(ConnectionError):
        results.send_bytes(b"\0")


def _work(task: Task, memory: mmap | None, own: tuple[Connection, ...], inherited: Iterable[Any]) -> None:
    """Be a worker; ends with the stream, or when the parent or a worker has gone."""
    # A terminal sends its interrupt to every process, and so do `timeout` and systemd; what follows from it is the
    # parent's to say, and its end is noticed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for end in inherited:
        if not any(end is mine for mine in own):
            end.close()
    results, before, behind = own
    try:
        _Worker(task, _Sender(results, memory)).run(before, behind)
    except (EOFError, ConnectionError):
        return


class _Worker:
    """Walks and encodes blocks."""

    def __init__(self, task: Task, sender: "_Sender") -> None:
        self._task, self._scenario, self._sender = task, task.bounded_scenario, sender
        self._grid = Grid(self._scenario, task.output.block_sessions)
        self._encoder = task.output.format.encoder(task.output.fields, self._scenario)

    def run(self, before: Connection, behind: Connection) -> None:
        """Take one baton after the other, until there is none."""
        while (baton := before.recv()) is not None:
            position = baton.position
            walk = self._walk(baton)
            stop = min(self._grid.stop_of(position.step), self._scenario.stop)
            stretches = list(advanced(self._scenario, walk, stop, position.events))
            over = stop >= self._scenario.stop
            behind.send(None if over else Baton(Position(stop), walk.sessions))
            cutter = Cutter(self._grid, position, self._task.output.period, at_once=False)
            for part in encoded(cutter.cut(iter(stretches)), self._encoder):
                self._sender.send(part)
            self._sender.end(_END if over else _END_OF_BLOCK)
            if over:
                return

    def _walk(self, baton: Baton) -> Walk:
        if baton.sessions is None:
            return self._scenario.walk(baton.position.step, self._task.shard)
        return self._scenario.walk_with(baton.position.step, baton.sessions, self._task.shard)


class _Sender:
    """Sends parts to the parent."""

    def __init__(self, results: Connection, memory: mmap | None) -> None:
        self._results, self._memory = results, memory
        self._next, self._free = 0, _SLOTS

    def send(self, part: Encoded) -> None:
        """Send a part, piece by piece as it is encoded."""
        self._results.send(part._replace(pieces=()))
        for piece in part.pieces:
            if self._memory is None or len(piece) > _SLOT:
                self._results.send((None, len(piece)))
                self._results.send(bytes(piece))
            else:
                self._share(self._memory, piece)
        self._results.send(_END_OF_PART)

    def _share(self, memory: mmap, piece: Piece) -> None:
        while not self._free or self._results.poll():
            self._results.recv_bytes()
            self._free += 1
        slot, begin = self._next, self._next * _SLOT
        memory[begin : begin + len(piece)] = piece
        self._next, self._free = (slot + 1) % _SLOTS, self._free - 1
        self._results.send((slot, len(piece)))

    def end(self, message: str) -> None:
        """Send the end of a block, or of all."""
        self._results.send(message)
