"""A program that measures either package by the same code, which both packages' `Simulation` allows.

Usage: python -m tests.benchmarks.both PACKAGE run POOL_SIZE SECONDS   events/s of `Simulation.run`
       python -m tests.benchmarks.both PACKAGE first POOL_SIZE         up to the first event
"""

import json
import sys
from datetime import datetime
from importlib import import_module
from time import perf_counter

NOON = datetime(2024, 1, 1, 12)


def events_per_second(package: str, pool_size: int, seconds: int) -> float:
    """Take events for so many seconds, and do nothing with them."""
    simulation = import_module(package).Simulation(user_pool_size=pool_size, init_time=NOON)
    began = perf_counter()
    count = 0
    for _ in simulation.run(duration_seconds=seconds):
        count += 1
    return count / (perf_counter() - began)


def first_event(package: str, pool_size: int) -> dict[str, float]:
    """Return the seconds that the simulation took to make, and the process's peak memory in bytes."""
    from .processes import peak_memory

    simulation_class = import_module(package).Simulation
    began = perf_counter()
    simulation = simulation_class(user_pool_size=pool_size, init_time=NOON)
    made = perf_counter()
    next(iter(simulation.run(duration_seconds=60)))
    return {"made": made - began, "peak": peak_memory()}


def main(package: str, what: str, *numbers: str) -> None:
    """Print the figures as JSON."""
    pool_size, *seconds = map(int, numbers)
    result = (
        first_event(package, pool_size) if what == "first" else events_per_second(package, pool_size, *seconds)
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
