"""Measurements, each runnable as `python -m benchmarks.NAME [--quick] [--json]`."""
