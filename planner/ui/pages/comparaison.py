"""Comparaison: runs side by side."""

from planner.ui.compare import show

show()
