"""Résultats: what a run found."""

from planner.ui.results import show

show()
