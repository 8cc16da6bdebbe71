"""What the routing engine charges for broken rules while it searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from planner.solvers.routing import DayData


def penalties(day: DayData, updates: int) -> Any:
    """Penalties that start at the scale of the day's own costs: PyVRP's defaults suit costs near one per unit of load."""
    import pyvrp

    reach = [day.distance[d.location, :][day.duration[d.location, :] >= 0].mean() for d in day.depots]
    drive = [day.duration[d.location, :].clip(0).mean() for d in day.depots]
    per_metre = np.mean([v.per_metre for v in day.fleet])
    per_second = np.mean([v.per_second for v in day.fleet])
    # breaking a rule must not look cheaper than a toll either
    toll = 0.0 if day.toll is None else float(day.toll.max())
    typical = max(1.0, toll, 2 * float(np.mean(reach) * per_metre + np.mean(drive) * per_second))
    loads = []
    amounts = [a for job in day.jobs for v in job.alternatives[:1] for a in (v.delivery, v.pickup)] + [s.amount for s in day.shipments]
    for dimension in range(day.dimensions):
        positive = [amount[dimension] for amount in amounts if amount[dimension] > 0]
        loads.append(typical / max(1.0, float(np.mean(positive))) if positive else 1.0)
    # five minutes late cost as much as a visit of its own from the depot: measured, a third of that leaves
    # the search in answers with twice the vehicles, ten times that slows it
    late = max(1.0, typical / 300)
    most = 1e3 * max([*loads, late, 1.0])

    class Scaled(pyvrp.PenaltyParams):  # type: ignore[misc]
        def midpoint_penalties(self, data: Any) -> tuple[list[float], float, float]:
            return loads, late, 1.0

    return Scaled(max_penalty=most, solutions_between_updates=updates)
