"""The library's front door: `Simulation`, whose runs yield events as dicts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from secrets import randbits
from time import monotonic
from typing import Any

from fakeweb_tui.config import Config, load_config
from fakeweb_tui.events import DictRenderer, Event
from fakeweb_tui.simulation import Batch, Parameters, Walk
from fakeweb_tui.users import UserPool

# The first events come at once; later chunks are as large as is quick.
_FIRST_CHUNK, _LARGEST_CHUNK = 1 << 8, 1 << 13


def _require(name: str, value: object, kind: type | tuple[type, ...], wanted: str) -> None:
    """Raise TypeError where an argument that is given is of none of the kinds."""
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{name} is {value!r}: give {wanted}")


class Simulation:
    """A site whose visitors make events, as `fake_web_events.Simulation` and faster.

    Args:
        user_pool_size: users that sessions are drawn from, with replacement; where it or one of the next two is
            None, the config's section `simulation` gives it, or else it is 10,000.
        sessions_per_day: expected sessions of a simulated day; else 10,000.
        batch_size: simulated seconds per step; else 10.
        init_time: when the simulation starts, in simulated time; now, if None.
        seed: fixes every random choice, together with `init_time`; a random one, if None (see `seed`).
        config: a config, the path of a config file, or None for `config.yml` in the current directory and else
            the built-in one.

    Raises:
        ConfigError: the config file has problems; all of them are listed.
        ValueError: a parameter is out of range.
        TypeError: a parameter is of another kind.
    """

    def __init__(
        self,
        user_pool_size: int | None = None,
        sessions_per_day: float | None = None,
        batch_size: float | None = None,
        init_time: datetime | None = None,
        *,
        seed: int | None = None,
        config: Config | str | PathLike[str] | None = None,
    ) -> None:
        for name, value in (
            ("user_pool_size", user_pool_size),
            ("sessions_per_day", sessions_per_day),
            ("batch_size", batch_size),
        ):
            _require(name, value, Real, "a number")
        _require("init_time", init_time, datetime, "a datetime, datetime(2026, 11, 23) for instance")
        _require("config", config, (Config, str, PathLike), "a path, or what load_config returns")
        self.config = (
            config if isinstance(config, Config) else load_config(None if config is None else Path(config))
        )
        given: dict[str, Any] = {
            "user_pool_size": user_pool_size,
            "sessions_per_day": sessions_per_day,
            "batch_size": batch_size,
        }
        self.parameters = Parameters(
            seed=randbits(32) if seed is None else seed,
            # The reference reads the wall clock here, and simulated time has no zone.
            start=datetime.now() if init_time is None else init_time,
            **{**self.config.simulation, **{name: value for name, value in given.items() if value is not None}},
        )
        self._walk = Walk(self.parameters, self.config)
        self._renderer = DictRenderer(UserPool(self.parameters.seed, self.config))
        self._waiting = Batch.empty(0, self.config.page_names)
        self._given = 0  # of the events that wait
        self._latest_run = object()
        self._chunk = _FIRST_CHUNK
        self._clock = self.parameters.start
        self.qty_events = 0

    @property
    def seed(self) -> int:
        """The seed in use: with it and the same `init_time` the same events come again."""
        return self.parameters.seed

    @property
    def cur_time(self) -> datetime:
        """Simulated time."""
        return self._clock

    def run(
        self,
        duration_seconds: float | None = None,
        *,
        events: int | None = None,
        simulated: timedelta | None = None,
    ) -> Iterator[Event]:
        """Yield events in the order of their time, until the first of the bounds that are given is reached.

        All runs of a simulation take from one stream: a later one goes on where an earlier one stopped.

        Args:
            duration_seconds: real time. Simulated time runs ahead of it, as fast as the machine allows.
            events: how many.
            simulated: simulated time.

        Returns:
            Events as dicts of 29 fields. They end, bound or not, with the year 9999.

        Raises:
            ValueError: `events` or `simulated` is negative.
            TypeError: a bound is of another kind.
        """
        _require("duration_seconds", duration_seconds, Real, "a number of seconds")
        _require("events", events, Integral, "a whole number")
        _require("simulated", simulated, timedelta, "a timedelta, timedelta(days=1) for instance")
        if events is not None and events < 0:
            raise ValueError(f"{events} events are asked for: it is 0 or more")
        if simulated is not None and simulated < timedelta(0):
            raise ValueError(f"the simulated time is {simulated}: time does not go back")
        return self._run(duration_seconds, events, simulated)

    def _run(
        self, duration_seconds: float | None, events: int | None, simulated: timedelta | None
    ) -> Iterator[Event]:
        run = object()
        stop = None if duration_seconds is None else monotonic() + duration_seconds
        end = self.parameters.time_of(self.parameters.max_steps)
        if simulated is not None:
            end = min(simulated, end - self._clock) + self._clock
        left = events
        while (left is None or left > 0) and (stop is None or monotonic() < stop):
            self._latest_run = run
            self._waiting, self._given = self._waiting.slice(self._given), 0
            if not len(self._waiting):
                self._compute(end)
            batch = self._waiting.until(end)[0].slice(0, left)
            if not len(batch) and self._computed_until >= end:
                self._clock = end
                return
            for moment, event in zip(batch.timestamp.tolist(), self._renderer.render(batch), strict=True):
                if self._latest_run is not run:
                    break  # another run took events meanwhile: go on behind them
                if stop is not None and monotonic() >= stop:
                    return
                self._clock = moment
                self._given += 1
                self.qty_events += 1
                left = None if left is None else left - 1
                yield event

    def simulate_events(self, duration_seconds: float) -> Iterator[Event]:
        """Yield events for so many seconds of real time; the same as `run`."""
        return self.run(duration_seconds)

    @property
    def _computed_until(self) -> datetime:
        """The end of what is computed, or the first event that waits."""
        if len(self._waiting):
            first: datetime = self._waiting.timestamp[0].item()
            return first
        return self.parameters.time_of(self._walk.position)

    def _compute(self, end: datetime) -> None:
        stop = self.parameters.step_at(end) + 1
        if stop > self._walk.position:
            self._waiting = self._walk.advance(stop, self._chunk)
            self._chunk = min(2 * self._chunk, _LARGEST_CHUNK)

    def __str__(self) -> str:
        elapsed = self._clock - self.parameters.start
        minutes, seconds = divmod(elapsed.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        rate = self.config.visits_per_hour[self._clock.hour] * self.parameters.sessions_per_day / 3600
        return (
            "SIMULATION STATE\n"
            f"Current sessions: {int(self._walk.active_by_page.sum())}\n"
            f"Current duration: {elapsed.days} days, {hours} hours, {minutes} minutes, {seconds} seconds\n"
            f"Current rate: {rate * self.parameters.batch_size:.4f} sessions per step\n"
            f"Quantity of events: {self.qty_events}\n"
            f"Seed: {self.seed}"
        )
