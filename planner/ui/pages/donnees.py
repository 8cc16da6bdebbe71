"""Données: every table of the scenario, to read and to edit."""

from planner.ui.data import show

show()
