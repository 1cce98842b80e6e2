"""The simulation that is looked at and steered while it runs: its pace, its commands, and one run of it."""

from fakeweb_tui.live.simulation import SPEEDS, Journal, LiveSimulation

__all__ = ["SPEEDS", "Journal", "LiveSimulation"]
