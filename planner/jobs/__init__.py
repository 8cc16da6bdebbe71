"""Runs solved by a cluster of processes: the worker, and the two programs that `planner serve` keeps alive."""

from planner.jobs.worker import SchedulerLost, alive, identity, left_behind, work

__all__ = ["SchedulerLost", "alive", "identity", "left_behind", "work"]
