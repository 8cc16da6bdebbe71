"""Placeholder contract, written in full by the network module's author."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Network:
    """Distances and durations between all sites of a scenario.

    `sites`: site codes, in order; `km`, `minutes`: float arrays (n, n), NaN where one site cannot be
    reached from another, zeros on the diagonal; `how`: uint8 array (n, n), index into `HOW`.
    """

    sites: tuple[str, ...]
    km: np.ndarray
    minutes: np.ndarray
    how: np.ndarray
