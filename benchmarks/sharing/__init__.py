"""Sharing methods on published games."""
