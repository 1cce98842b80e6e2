"""Measures speed, memory and smoothness; asserts nothing. Run `python -m tests.benchmarks` at the repo's root."""
