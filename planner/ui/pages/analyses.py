"""Analyses: today's routes checked, what is shared and how."""

from planner.ui.analyses import show

show()
