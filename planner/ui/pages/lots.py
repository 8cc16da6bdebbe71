"""Lots: many runs together."""

from planner.ui.lots import show

show()
