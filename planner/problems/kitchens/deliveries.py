"""Delivery costs that the scenario tells, in the place of the estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.problems.kitchens.tables import DELIVERIES
from planner.scenario import Scenario

if TYPE_CHECKING:
    from planner.problems.kitchens.data import Site

Floats = NDArray[np.float64]


def put_told(scenario: Scenario, places: Mapping[str, int], sites: Sequence[Site], delivery: Floats, driven: Floats) -> dict[tuple[int, int], str]:
    """Put the delivery costs and km that the scenario tells in the place of the estimates (K, J, T): those of the first year in
    which the site eats, then in proportion to the estimate. Which pairs, and where their cost comes from."""
    number = {site.code: j for j, site in enumerate(sites)}
    found: dict[tuple[int, int], str] = {}
    for row in scenario.rows(DELIVERIES.name):
        if row.site not in number:
            continue
        k, j = places[row.kitchen], number[row.site]
        eats = np.flatnonzero(sites[j].most_meals > 0)
        if not len(eats) or not delivery[k, j, eats[0]] > 0:
            continue  # never eats, on the spot, or out of reach
        delivery[k, j] *= row.cost / delivery[k, j, eats[0]]
        if row.km is not None:
            driven[k, j] *= row.km / driven[k, j, eats[0]]
        found[k, j] = str(row.origin)
    return found
