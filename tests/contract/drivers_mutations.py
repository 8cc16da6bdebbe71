"""Mutated plans of drivers: each one thing wrong with breaks or rota, and the findings it must raise, exactly.

`week()` is a small week of one team with every rule of drivers; `PLAN` its routes, timed and rostered as any plan is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.base import cost_of
from planner.problems.routes.driver_tables import BREAKS, ROTA
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS
from planner.problems.routes.week import Week
from planner.problems.routes.write import tables
from planner.scenario import Scenario
from planner.schema import Table
from tests.contract.routes_mutations import edited, honest_by, set_, shift, where
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (100.0, 0.0), "Q": (200.0, 0.0), "R": (0.0, 20.0), "S": (0.0, 280.0)}
TEAM: dict[str, Any] = {
    "team": "T", "name": "T", "establishment": "B", "drivers": 3, "most_days": 2, "day_duties": 2, "longest_week": 20.0, "weekly_hours": 8.0, "yearly_cost": 40000.0,
    "extra_cost": 30.0, "driving_law": "always", "meal_minutes": 30.0, "meal_from": 690, "meal_until": 780, "paid": False,
}  # fmt: skip


def week(**team: Any) -> tuple[Scenario, Network]:
    fleet = [
        vehicle("early", count=2, duty_minutes=630.0, shift_start=300, shift_end=930, team="T", gvw=12.0),
        vehicle("late", count=1, duty_minutes=630.0, shift_start=930, shift_end=1380, team="T", same_as="early", fixed_cost=1.0),
        vehicle("free", count=1, shift_start=300, shift_end=1320, duty_minutes=900.0),
    ]
    flows = [
        flow("a", "O", "P", days=("mon", "tue")), flow("b", "O", "Q", days=("mon", "tue")), flow("c", "O", "R", days=("mon", "wed")), flow("d", "O", "R", days=("mon", "fri")),
        flow("e", "O", "S", days=("thu",)), flow("f", "O", "R", days=("thu",)), flow("g", "O", "R", days=("thu",), opens=420, closes=425),
        flow("h", "O", "R", days=("thu",), opens=750, closes=760),
    ]  # fmt: skip
    data = base([site(code, stop_minutes=10.0) for code in POINTS], fleet, flows, driver_teams=[{**TEAM, **team}])
    data["depots"][0] |= {"opens": 300, "closes": 1380}
    return scenario_of(data, "drivers"), network_of(POINTS)


Days = dict[tuple[str, str, int], list[list[tuple[str, str]]]]
PLAN: Days = {
    ("mon", "early", 1): [[("P", "a"), ("Q", "b")]],
    ("mon", "early", 2): [[("R", "c")]],
    ("mon", "late", 1): [[("R", "d")]],
    ("tue", "early", 1): [[("P", "a"), ("Q", "b")]],
    ("wed", "early", 1): [[("R", "c")]],
    ("thu", "free", 1): [[("S", "e")]],
    ("thu", "early", 1): [[("R", "g")], [("R", "f")], [("R", "h")]],
    ("fri", "early", 1): [[("R", "d")]],
}


def build(days: Days = PLAN, **team: Any) -> tuple[Scenario, Network, Plan]:
    scenario, network = week(**team)
    made = Week(scenario, network)
    routes = []
    for (day, code, number), trips in days.items():
        stops = [[(place, made.visit[day, name, 1]) for place, name in trip] for trip in trips]
        if trips:
            routes.append(Route(day, code, number, tuple(Trip(tuple(Stop(place, (Move(visit, "deliver"),), visit.at_destination) for place, visit in trip)) for trip in stops)))
    frames = tables(made, routes)
    return scenario, network, Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)


@dataclass(frozen=True)
class Mutation:
    """`days`: routes instead of those of `PLAN`; `edit`: what is done to the plan; `team`: what the team's rules are when it is judged."""

    name: str
    expected: frozenset[str]
    days: Days
    edit: Callable[[Plan], Plan]
    team: dict[str, Any]

    def judged(self) -> tuple[Scenario, Network, Plan]:
        scenario, network = week(**self.team)
        plan = self.edit(build(PLAN | self.days)[2]).with_(scenario_hash=scenario.hash)
        return scenario, network, honest_by(plan, scenario, network)


def of(name: str, *expected: str, days: Days | None = None, edit: Callable[[Plan], Plan] = lambda plan: plan, **team: Any) -> Mutation:
    return Mutation(name, frozenset(expected), days or {}, edit, team)


def dropped(table: Table, **wanted: Any) -> Callable[[Plan], Plan]:
    chosen = where(**wanted)

    def change(made: list[dict[str, Any]]) -> None:
        made[:] = [row for row in made if not chosen(row)]

    return edited(table, change)


def added(table: Table, like: dict[str, Any], **values: Any) -> Callable[[Plan], Plan]:
    """One more row, like another one but for some values."""
    return edited(table, lambda made: made.append({**next(row for row in made if where(**like)(row)), **values}))


def both(first: Callable[[Plan], Plan], then: Callable[[Plan], Plan]) -> Callable[[Plan], Plan]:
    return lambda plan: then(first(plan))


LOOSE = {"day_duties": 3, "day_hours": 15.0, "day_span": 15.0, "most_days": 7, "longest_week": 60.0}
THU = where(day="thu")


def mutations() -> list[Mutation]:
    """Every mutation, by the rule it breaks."""
    return [
        # --- breaks ---
        of("no break at all", "routes_driving", "routes_work_break", "routes_meal_break", edit=dropped(BREAKS, day="mon")),
        of("only half of the break", "routes_driving", edit=dropped(BREAKS, day="mon", rank=1)),
        of("more than nine hours at the wheel", "routes_driving", "routes_daily_driving", "routes_meal_break", "routes_driver_day", drivers=9, days={("thu", "free", 1): [], ("thu", "early", 2): [[("S", "e")]]}),
        of("meal at another time", "routes_meal_break", "routes_break_idle", meal_from=600, meal_until=640),
        of("break too late", "routes_work_break", work_before=200.0),
        of("break while serving", "routes_break_not_free", edit=set_(BREAKS, THU, starts=lambda m: m + 5, time=lambda m: m + 5)),
        of("break at the depot without a trip before", "routes_break_not_free", edit=set_(BREAKS, THU, moment="depot", position=0, trip=1, site="O")),
        of("break at a stop that is none", "routes_break_not_free", "routes_wrong_break", edit=set_(BREAKS, THU, position=7)),
        of("break at another place", "routes_wrong_break", edit=set_(BREAKS, THU, site="P")),
        of("break with another clock", "routes_wrong_break", edit=set_(BREAKS, THU, time=1)),
        of("break without a length", "routes_bad_row", "routes_work_break", "routes_meal_break", edit=set_(BREAKS, THU, minutes=None)),
        of("break of no duty", "routes_row_without_stops", edit=added(BREAKS, {"day": "thu"}, number=9)),
        of("waiting called an unpaid break", "routes_break_idle",
           edit=added(BREAKS, {"day": "thu"}, rank=2, trip=3, position=0, moment="depot", site="O", time=540, starts=540.0, minutes=20.0)),
        # --- vehicles ---
        of("two shifts of one vehicle at once", "routes_shift", "routes_vehicle_twice", "routes_driver_twice", edit=shift(-60, lambda plan: plan, day="mon", vehicle="late")),
        # --- the rota ---
        of("duty without a driver", "routes_row_missing", edit=dropped(ROTA, day="wed")),
        of("duty of two drivers", "routes_row_without_stops", edit=added(ROTA, {"day": "wed"}, driver=1)),
        of("driver without a number", "routes_bad_row", edit=set_(ROTA, where(day="wed"), driver=None)),
        of("driver of another team", "routes_bad_row", edit=set_(ROTA, where(day="wed"), team="X")),
        of("more drivers than there are", "routes_too_many_drivers", edit=set_(ROTA, where(day="fri"), driver=4)),
        of("fewer drivers than employed", "routes_too_many_drivers", drivers=2),
        of("two duties at once", "routes_driver_twice", **LOOSE,
           edit=both(shift(120, lambda plan: plan, day="mon", vehicle="early", number=2), set_(ROTA, where(day="mon"), driver=3))),
        of("too many duties a day", "routes_driver_duties", day_duties=1),
        of("too many hours a day", "routes_driver_day", day_hours=8.0),
        of("too many hours in one duty", "routes_driver_day", day_hours=7.0),
        of("too long a day", "routes_driver_span", day_span=9.0),
        of("too many days", "routes_driver_days", most_days=1),
        of("too many hours a week", "routes_driver_week", longest_week=9.0),
        of("too short a night", "routes_driver_rest", daily_rest=16.0),
        of("no rest in the week", "routes_driver_weekly_rest", **{**LOOSE, "weekly_rest": 72.0}, edit=set_(ROTA, lambda row: True, driver=1)),
    ]  # fmt: skip
