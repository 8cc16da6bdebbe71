"""Optimisation on arrays: knows no table, no Excel, no language."""
