"""Scénarios: the list, samples, import, history, comparison, export."""

from planner.ui.scenarios import show

show()
