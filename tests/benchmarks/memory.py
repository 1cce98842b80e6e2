"""Peak memory of whole processes; as a program, one of these processes.

Usage: python -m tests.benchmarks.memory nothing|columns|dicts HOURS
"""

import sys
from collections.abc import Iterator
from datetime import timedelta

from .both import NOON
from .processes import figures, peak_memory
from .rival import PACKAGE, rival_python
from .timing import MEBIBYTES, Row, UnavailableError, in_turn, repeated

TITLE = "Peak memory of a process (resident set)"
SESSIONS_PER_DAY = 100_000
REPEATS = 3
_SPANS = (("1 hour", 1, REPEATS), ("1 day", 24, REPEATS), ("30 days", 720, 1))
POOLS = (10_000, 100_000_000)
SMALL_POOL = 200


def rows() -> Iterator[Row]:
    """Measure runs of growing length, then pools of growing size."""
    yield Row("library imported", MEBIBYTES, repeated(REPEATS, lambda: figures("memory", "nothing", 0)))
    for kind in ("columns", "dicts"):
        for name, hours, times in _SPANS:
            sample = repeated(times, lambda: figures("memory", kind, hours))  # noqa: B023 - called here and now
            yield Row(f"{name} simulated as {kind}, {SESSIONS_PER_DAY:,} sessions/day", MEBIBYTES, sample)
    for size in POOLS:
        sample = repeated(REPEATS, lambda: _peak("fakeweb_tui", size))  # noqa: B023
        yield Row(f"pool of {size:,}, first event", MEBIBYTES, sample)
    what = f"pool of {SMALL_POOL}, first event"
    try:
        python = str(rival_python())
        ours, theirs = in_turn(
            REPEATS, lambda: _peak("fakeweb_tui", SMALL_POOL), lambda: _peak(PACKAGE, SMALL_POOL, python)
        )
        yield Row(what, MEBIBYTES, ours, theirs)
    except UnavailableError as error:
        ours = repeated(REPEATS, lambda: _peak("fakeweb_tui", SMALL_POOL))
        yield Row(what, MEBIBYTES, ours, note=str(error))


def _peak(package: str, size: int, python: str = sys.executable) -> float:
    peak: float = figures("both", package, "first", size, python=python)["peak"]
    return peak


def _simulate(kind: str, hours: int) -> None:
    """Import the library, simulate so many hours, and keep nothing of it."""
    from fakeweb_tui import Simulation, load_config
    from fakeweb_tui.simulation import Parameters, Walk

    if kind == "columns":
        parameters = Parameters(seed=1, start=NOON, sessions_per_day=SESSIONS_PER_DAY)
        walk = Walk(parameters, load_config())
        stop = parameters.step_at(NOON + timedelta(hours=hours))
        while walk.position < stop:
            walk.advance(stop)
    elif kind == "dicts":
        simulation = Simulation(sessions_per_day=SESSIONS_PER_DAY, init_time=NOON, seed=1)
        for _ in simulation.run(simulated=timedelta(hours=hours)):
            pass


if __name__ == "__main__":
    _simulate(sys.argv[1], int(sys.argv[2]))
    print(peak_memory())
