"""Events per second as columns: the engine alone."""

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

from fakeweb_tui.config import Config, load_config
from fakeweb_tui.simulation import CHUNK_SESSIONS, Parameters, Walk

from .timing import EVENTS_PER_SECOND, Row, in_turn

TITLE = "Events as columns (Walk.advance)"
START = datetime(2024, 1, 1)
LIVE_CHUNK = 1 << 13
"""About what the screen's simulation computes at a time."""
SECONDS = 0.8
REPEATS = 4
_FOR_EVER = 1 << 40
_CASES = (
    (10_000, CHUNK_SESSIONS),
    (100_000, CHUNK_SESSIONS),
    (1_000_000, CHUNK_SESSIONS),
    (100_000, LIVE_CHUNK),
)


def rows() -> Iterator[Row]:
    """Measure at several numbers of sessions per day, and in chunks as small as the screen's."""
    config = load_config(None)
    samples = in_turn(REPEATS, *(lambda case=case: _rate(config, *case) for case in _CASES))
    for (sessions, chunk), sample in zip(_CASES, samples, strict=True):
        yield Row(f"{sessions:,} sessions/day, {chunk:,} sessions a chunk", EVENTS_PER_SECOND, sample)


def _rate(config: Config, sessions_per_day: int, chunk: int) -> float:
    walk = Walk(Parameters(seed=1, start=START, sessions_per_day=sessions_per_day), config)
    events = 0
    began = perf_counter()
    while perf_counter() - began < SECONDS:
        events += len(walk.advance(_FOR_EVER, chunk))
    return events / (perf_counter() - began)
