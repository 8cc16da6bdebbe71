"""Loads in whole units of the routing engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from planner.solvers.routing import DayData, FleetData, JobData, ShipmentData, VisitData

PLACES = 1000  # loads in thousandths of a place
KG = 10  # and tenths of a kilogram


def whole(load: Sequence[float]) -> tuple[int, ...]:
    scale = [PLACES, KG] + [PLACES] * (len(load) - 2)
    return tuple(math.ceil(amount * s - 1e-6) for amount, s in zip(load, scale, strict=True))


def without_idle_weight(day: DayData) -> DayData:
    """The day without its weight dimension when the floor always fills first: each dimension costs speed."""
    visits = [v for job in day.jobs for v in job.alternatives]
    amounts = [a for v in visits for a in (v.delivery, v.pickup)] + [s.amount for s in day.shipments]
    if any(kg * v.capacity[0] > places * v.capacity[1] for v in day.fleet for places, kg, *_ in amounts):
        return day

    def cut(load: tuple[int, ...]) -> tuple[int, ...]:
        return load[:1] + load[2:]

    jobs = tuple(JobData(tuple(VisitData(v.location, cut(v.delivery), cut(v.pickup), v.service, v.opens, v.closes, v.release)
                               for v in job.alternatives), job.prize) for job in day.jobs)  # fmt: skip
    shipments = tuple(ShipmentData(s.pickup, s.delivery, cut(s.amount), s.prize) for s in day.shipments)
    fleet = tuple(FleetData(**{**vars(v), "capacity": cut(v.capacity)}) for v in day.fleet)
    return replace(day, fleet=fleet, jobs=jobs, shipments=shipments)
