"""Calcul: start a run, watch it, stop it."""

from planner.ui.solving import show

show()
