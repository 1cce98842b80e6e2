"""The step clock, the births of sessions and their walks."""

from fakeweb_tui.simulation.batch import AGAIN, FIRST, LANDING, Batch, joined, session_birth_step
from fakeweb_tui.simulation.cohort import Track, walk_cohort
from fakeweb_tui.simulation.draws import Draws
from fakeweb_tui.simulation.parameters import EPOCH, HOUR_US, MICROSECONDS, SESSION_BITS, Parameters
from fakeweb_tui.simulation.selection import WHOLE, OneSession, OneUser, Selection, Shard
from fakeweb_tui.simulation.walk import CHUNK_SESSIONS, JITTER, Presence, Sessions, Walk, page_codes

__all__ = [
    "AGAIN",
    "CHUNK_SESSIONS",
    "EPOCH",
    "FIRST",
    "HOUR_US",
    "JITTER",
    "LANDING",
    "MICROSECONDS",
    "SESSION_BITS",
    "WHOLE",
    "Batch",
    "Draws",
    "OneSession",
    "OneUser",
    "Parameters",
    "Presence",
    "Selection",
    "Sessions",
    "Shard",
    "Track",
    "Walk",
    "joined",
    "page_codes",
    "session_birth_step",
    "walk_cohort",
]
