"""Events per second as dicts: what a program that uses the library gets."""

from collections.abc import Iterator

from .processes import figures
from .rival import PACKAGE, rival_python
from .timing import EVENTS_PER_SECOND, Row, UnavailableError, in_turn, repeated

TITLE = "Events as dicts (Simulation.run)"
SECONDS = 2
REPEATS = 3
POOL, LARGE_POOL = 10_000, 100_000_000
THEIR_POOL = 50
"""Their rate does not depend on the pool, their time to make it does; that time is not counted here."""


def rows() -> Iterator[Row]:
    """Measure at the defaults of both, each run in a fresh process."""
    what = f"10,000 sessions/day, pool of {POOL:,}"
    try:
        python = rival_python()
        ours, theirs = in_turn(
            REPEATS,
            lambda: _ours(POOL),
            lambda: figures("both", PACKAGE, "run", THEIR_POOL, SECONDS, python=python),
        )
        yield Row(what, EVENTS_PER_SECOND, ours, theirs, note=f"theirs: pool of {THEIR_POOL}")
    except UnavailableError as error:
        yield Row(what, EVENTS_PER_SECOND, repeated(REPEATS, lambda: _ours(POOL)), note=str(error))
    large = repeated(REPEATS, lambda: _ours(LARGE_POOL))
    yield Row(f"10,000 sessions/day, pool of {LARGE_POOL:,}", EVENTS_PER_SECOND, large, note="every user is new")


def _ours(pool: int) -> float:
    rate: float = figures("both", "fakeweb_tui", "run", pool, SECONDS)
    return rate
