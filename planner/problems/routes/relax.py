"""The smallest single change that lets some vehicle serve, alone, a visit that none can serve. No solver here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from planner.issues import Issue
from planner.problems.routes.serve import Servers
from planner.problems.routes.tables import FLOWS
from planner.problems.routes.week import MIDNIGHT, Vehicle, Visit, Windows

MOST = 480  # minutes tried


@dataclass(frozen=True)
class Change:
    """What would be enough: `amount` in the unit of the kind (minutes, kg, places, tonnes), with this vehicle."""

    kind: str
    amount: float
    vehicle: Vehicle


def wider(windows: Windows, seconds: int) -> Windows:
    """Windows that open earlier and close later."""
    return tuple((max(0, opens - seconds), min(MIDNIGHT, closes + seconds)) for opens, closes in windows)


def longer_windows(visit: Visit, minutes: int) -> Visit:
    return replace(visit, at_origin=wider(visit.at_origin, 60 * minutes), at_destination=wider(visit.at_destination, 60 * minutes))


def longer_shift(vehicle: Vehicle, minutes: int) -> Vehicle:
    return replace(vehicle, opens=max(0, vehicle.opens - 60 * minutes), closes=min(MIDNIGHT, vehicle.closes + 60 * minutes))


def changes(servers: Servers, visit: Visit) -> list[Change]:
    """The smallest change of each kind that is enough by itself, over all vehicles there are."""
    best: dict[str, Change] = {}
    for vehicle in servers.week.vehicles:
        if vehicle.count > 0 and vehicle.opens < vehicle.closes:  # one that never leaves has its own warning
            for change in _of(servers, vehicle, visit):
                if change.kind not in best or change.amount < best[change.kind].amount:
                    best[change.kind] = change
    return list(best.values())


def _of(servers: Servers, vehicle: Vehicle, visit: Visit) -> Iterator[Change]:
    """Changes that are enough for one vehicle."""
    flow = visit.flow
    rules = {obstacle.rule: obstacle for obstacle in servers.obstacles(vehicle, visit)}

    def free(v: Vehicle, one: Visit) -> bool:
        return not servers.judge(v, one)

    if rules.keys() & {"window", "zone"}:
        minutes = _least(lambda m: free(vehicle, longer_windows(visit, m)))
        if minutes is not None:
            yield Change("window", minutes, vehicle)
    if "window" in rules:
        minutes = _least(lambda m: free(longer_shift(vehicle, m), visit))
        if minutes is not None:
            yield Change("shift", minutes, vehicle)
    if "zone" in rules and free(replace(vehicle, low_emission=True, crit_air="electric"), visit):
        yield Change("zone", 0.0, vehicle)
    if "duty" in rules:
        minutes = _least(lambda m: free(replace(vehicle, overtime=vehicle.overtime + 60 * m), visit))
        if minutes is not None:
            yield Change("overtime", minutes, vehicle)
    if "on_board" in rules and flow.limit is not None:
        limit = flow.limit
        minutes = _least(lambda m: free(vehicle, replace(visit, flow=replace(flow, limit=limit + 60 * m))))
        if minutes is not None:
            yield Change("on_board", minutes, vehicle)
    if "kg" in rules:
        need = rules["kg"].need
        if free(replace(vehicle, kg=need), visit):
            yield Change("kg", need - vehicle.kg, vehicle)
    if "places" in rules or "band" in rules:
        need = max(flow.places, flow.empty_places)
        bands = {band: max(places, need) if band == flow.temperature else places for band, places in vehicle.bands.items()}
        if free(replace(vehicle, places=max(vehicle.places, need), bands=bands), visit):
            yield Change("places", need - min(vehicle.places, vehicle.bands.get(flow.temperature, vehicle.places)), vehicle)
    if "gvw" in rules and free(replace(vehicle, gvw=rules["gvw"].have), visit):
        yield Change("gvw", rules["gvw"].need - rules["gvw"].have, vehicle)
    for rule, able in (("tail_lift", {"tail_lift": True}), ("low_emission", {"low_emission": True})):
        if rule in rules and free(replace(vehicle, **able), visit):  # type: ignore[arg-type]
            yield Change(rule, 0.0, vehicle)
    if "temperature" in rules and free(replace(vehicle, temperatures=vehicle.temperatures | {flow.temperature}), visit):
        yield Change("temperature", 0.0, vehicle)
    if "hygiene" in rules and free(replace(vehicle, hygiene=vehicle.hygiene | {flow.hygiene}), visit):
        yield Change("hygiene", 0.0, vehicle)
    if "foreign" in rules and free(replace(vehicle, shared=True), visit):
        yield Change("foreign", 0.0, vehicle)
    if "lock" in rules and free(vehicle, replace(visit, flow=replace(flow, lock=None))):
        yield Change("lock", 0.0, vehicle)


def _least(enough: Callable[[int], bool]) -> int | None:
    """The fewest minutes that are enough, None where MOST are not."""
    if not enough(MOST):
        return None
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def issues(servers: Servers, visit: Visit) -> list[Issue]:
    """What would be enough, in words; that nothing by itself would, where that is so."""
    flow = visit.flow
    where: dict[str, Any] = {"table": FLOWS.name, "row": flow.row, "column": "flow", "flow": flow.code, "origin": flow.origin, "destination": flow.destination}
    found = changes(servers, visit)
    if not found:
        nearest = servers.nearest(visit)
        return [Issue.info("routes_enough_nothing", **where)] if nearest is not None and len(nearest[1]) > 1 else []
    return [Issue.info(f"routes_enough_{change.kind}", vehicle=change.vehicle.code, amount=float(change.amount), **where) for change in found]
