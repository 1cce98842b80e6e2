"""Simulate the web events of a site that is a Markov chain of pages, and see and steer it live.

from fakeweb_tui import Simulation

for event in Simulation(user_pool_size=10000, sessions_per_day=100000).run(duration_seconds=60):
    print(event)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeweb_tui.api import Simulation
    from fakeweb_tui.config import Config, ConfigError, load_config
    from fakeweb_tui.scenario import Scenario

__version__ = "0.1.0"

__all__ = ["Config", "ConfigError", "Scenario", "Simulation", "__version__", "load_config"]

_HOMES = {
    "Simulation": "api",
    "Config": "config",
    "ConfigError": "config",
    "load_config": "config",
    "Scenario": "scenario",
}


def __getattr__(name: str) -> Any:
    # NumPy and YAML are imported only by who needs them: `fakeweb-tui --help` answers before.
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
