"""What a simulation needs beside its config, and the arithmetic of its clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fakeweb_tui.config.rules import parameter_problem
from fakeweb_tui.randomness import checked_seed

MICROSECONDS = 1_000_000
HOUR_US = 3600 * MICROSECONDS
EPOCH = datetime(1970, 1, 1)
SESSION_BITS = 28
"""A session's number is its birth step and, in so many bits, its place among that step's births."""


@dataclass(frozen=True)
class Parameters:
    """What a simulation needs beside its config; ValueError where a value is out of range.

    Attributes:
        seed: 0 to 2**64 - 1; fixes every random choice.
        start: when step 0 begins, in simulated time (no time zone).
        user_pool_size: users that sessions are drawn from, 1 to 2**40.
        sessions_per_day: expected sessions of a simulated day.
        batch_size: simulated seconds per step, 0.1 to 3600.
        max_session_steps: a session is in the site for at most this many steps.
    """

    seed: int
    start: datetime
    user_pool_size: int = 10_000
    sessions_per_day: float = 10_000
    batch_size: float = 10
    max_session_steps: int = 360

    def __post_init__(self) -> None:
        checked_seed(self.seed)
        if self.start.tzinfo is not None:
            raise ValueError("the start has a time zone: simulated time has none, leave it out")
        for name in ("user_pool_size", "batch_size", "sessions_per_day"):
            wrong = parameter_problem(name, getattr(self, name), self.batch_size)
            if wrong:
                raise ValueError(wrong)
        if not 1 <= self.max_session_steps <= 1_000_000:
            raise ValueError(f"a session has at most {self.max_session_steps} steps: it is 1 to 1,000,000")

    @cached_property
    def start_us(self) -> int:
        """The start in microseconds since 1970."""
        return (self.start - EPOCH) // timedelta(microseconds=1)

    @cached_property
    def step_us(self) -> int:
        """The length of a step in microseconds."""
        return round(self.batch_size * MICROSECONDS)

    @cached_property
    def max_steps(self) -> int:
        """How many steps there can be: a moment has to fit a datetime, and a session's number 64 bits."""
        steps = (datetime.max - self.start) // timedelta(microseconds=self.step_us)
        return min(steps, 1 << (64 - SESSION_BITS))

    def time_of(self, step: int) -> datetime:
        """When `step` begins."""
        return self.start + timedelta(microseconds=step * self.step_us)

    def step_at(self, moment: datetime) -> int:
        """The step that `moment` falls in; negative before the start."""
        return ((moment - EPOCH) // timedelta(microseconds=1) - self.start_us) // self.step_us

    def hour_of(self, step: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The hour of the day, 0 to 23, in which each step begins."""
        return (self.start_us + step * self.step_us) // HOUR_US % 24
