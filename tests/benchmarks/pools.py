"""What a user pool costs: the time until the first event, and the time per user."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from fakeweb_tui import Simulation, load_config
from fakeweb_tui.users import UserPool, vocabulary

from .both import NOON
from .processes import figures
from .rival import PACKAGE, rival_python
from .timing import MICROSECONDS, MILLISECONDS, Row, Sample, UnavailableError, in_turn, repeated, timed

TITLE = "User pools (until the first event)"
SIZES = (10_000, 100_000_000)
SMALL = 200
REPEATS = 5
REPEATS_OF_BOTH = 3
USERS = 10_000


def rows() -> Iterator[Row]:
    """Measure in fresh processes, in this one, and per user."""
    fresh = in_turn(REPEATS, *(lambda size=size: timed(lambda: _first("fakeweb_tui", size)) for size in SIZES))
    for size, sample in zip(SIZES, fresh, strict=True):
        yield Row(f"pool of {size:,}, fresh process, start to end", MILLISECONDS, sample)
    vocabulary()
    warm = in_turn(REPEATS, *(lambda size=size: timed(lambda: _first_here(size)) for size in SIZES))
    for size, sample in zip(SIZES, warm, strict=True):
        yield Row(f"pool of {size:,}, in a process that made one before", MILLISECONDS, sample)
    yield from _beside_theirs()


def _beside_theirs() -> Iterator[Row]:
    what = f"pool of {SMALL}, fresh process, start to end"
    try:
        python = rival_python()
        process, ours, per_user, theirs = zip(*(_pair(python) for _ in range(REPEATS_OF_BOTH)), strict=True)
    except UnavailableError as error:
        sample = repeated(REPEATS_OF_BOTH, lambda: timed(lambda: _first("fakeweb_tui", SMALL)))
        yield Row(what, MILLISECONDS, sample, note=str(error))
        yield Row("one user's attributes", MICROSECONDS, repeated(REPEATS_OF_BOTH, _per_user))
        return
    yield Row(what, MILLISECONDS, Sample(process), Sample(theirs))
    note = f"ours: {USERS:,} users on demand; theirs: making a pool of {SMALL}"
    yield Row("one user's attributes", MICROSECONDS, Sample(ours), Sample(per_user), note=note)


def _pair(python: Path) -> tuple[float, float, float, float]:
    """Return our process, our time per user, their time per user, their process."""
    ours = timed(lambda: _first("fakeweb_tui", SMALL))
    user = _per_user()
    began = perf_counter()
    made = _first(PACKAGE, SMALL, python)
    return ours, user, made / SMALL, perf_counter() - began


def _first(package: str, size: int, python: Path | None = None) -> float:
    """Run a process until its first event; return how long its simulation took to make."""
    more = {} if python is None else {"python": python}
    made: float = figures("both", package, "first", size, **more)["made"]
    return made


def _first_here(size: int) -> object:
    return next(Simulation(user_pool_size=size, init_time=NOON).run(events=1))


def _per_user() -> float:
    pool = UserPool(1, load_config())
    numbers = np.arange(USERS, dtype=np.uint64)
    return timed(lambda: pool.columns(numbers)) / USERS
