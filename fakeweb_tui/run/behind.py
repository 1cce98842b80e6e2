"""Work that is done behind the one at hand, in a thread of its own."""

from collections.abc import Callable
from queue import Queue
from threading import Thread
from typing import Self

# What waits is some megabytes each, and keeps a fast and a slow side together.
_MOST_WAITING = 4


class Behind:
    """Does one thing after another in a thread; what fails there is raised here, by every later call.

    After a failure nothing more is done.
    """

    def __init__(self) -> None:
        self._waiting: Queue[Callable[[], object] | None] = Queue(_MOST_WAITING)
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._work, name="behind", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._waiting.put(None)
        self._thread.join()

    def do(self, act: Callable[[], object]) -> None:
        """Have something done when all before it is; waits where much is to be done."""
        self._raise()
        self._waiting.put(act)

    def wait(self) -> None:
        """Wait until everything is done."""
        self._waiting.join()
        self._raise()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        while (act := self._waiting.get()) is not None:
            if self._failure is None:
                try:
                    act()
                except BaseException as failure:  # it is raised where it was asked for
                    self._failure = failure
            self._waiting.task_done()
