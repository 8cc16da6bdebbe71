"""Measures of the planner, run by hand: `python -m benchmarks.<name>`. See README.md."""
