"""What is done once after an installation."""

from __future__ import annotations

from collections.abc import Iterator


def prepare() -> Iterator[str]:
    """Have every search compiled, the longest wait of a first calculation; names of its parts as they are done."""
    from planner.solvers.prepare import prepare as compiled  # loads every solver, which no other use of the command line needs

    return compiled()
