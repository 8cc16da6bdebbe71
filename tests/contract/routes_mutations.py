"""Mutated routes plans: each one thing wrong, and the findings it must raise, exactly.

`week()` is a small week with every kind of rule and a valid plan by hand. A mutation either changes the order
of stops (times, loads and costs are then written anew, so that only the broken rule remains) or what the
plan's tables say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.base import cost_of
from planner.problems.routes.audit import audit
from planner.problems.routes.driver_tables import ROTA
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS, ROUTES, SKIPPED, STOPS, TRIPS
from planner.problems.routes.week import Week
from planner.problems.routes.write import tables
from planner.scenario import Scenario
from planner.schema import Table, rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (20.0, 0.0), "R": (0.0, 10.0), "S": (5.0, 5.0), "Z": (40.0, 0.0), "W": (70.0, 0.0)}


def week() -> tuple[Scenario, Network]:
    sites = [
        site("O"), site("P"), site("Q", max_gvw=3.5), site("R", needs_tail_lift=True), site("S", low_emission_zone=True), site("Z", "B"), site("W", "B", emission_zone="ZFE"),
    ]  # fmt: skip
    fleet = [
        vehicle("truck", count=1, gvw=12.0, places=12.0, kg=1500.0, temperatures=("ambient", "cold"), cold_places=4.0, low_emission=False,
                max_trips=2, duty_minutes=300.0, overtime_minutes=60.0, overtime_cost=45.0, shift_start=420, shift_end=1080),
        vehicle("van", count=1, places=4.0, kg=800.0, hygiene=("clean",), tail_lift=False, fixed_cost=4000.0, km_cost=0.3),
        vehicle("far", "E", count=1, establishment="B", places=6.0, duty_minutes=240.0, fixed_cost=3000.0, shift_start=300, shift_end=1200,
                crit_air="4"),
    ]  # fmt: skip
    flows = [
        flow("a", "O", "P", 3.0, return_ratio=1.0, opens=480, closes=600, temperature="cold"),
        flow("b", "O", "R", 2.0, temperature="cold"),
        flow("c", "P", "O", 2.0, hygiene="dirty"),
        flow("d", "O", "Q", 3.0, visits=2),
        flow("e", "Q", "P", 1.0, category="mail"),
        flow("f", "S", "O", 1.0, category="samples", max_minutes=25),
        flow("g", "O", "R", 1.0),
        flow("h", "O", "P", 1.0, unit="block"),
        flow("k", "Z", "W", 2.0),
        flow("l", "O", "P", 4.0, unit="roll"),
        flow("m", "O", "R", 1.0, unit="roll", return_ratio=1.0, skip_cost=30.0, skip_means="third_party"),
    ]
    data = base(sites, fleet, flows, class_compatibility=[{"first": "clean", "second": "dirty", "rule": "dirty_last"}])
    data["day_patterns"] = [{"flow": "d", "days": days} for days in (("mon", "tue"), ("wed", "sat"))]
    data["depots"] = [
        {"depot": "D", "name": "D", "site": "O", "opens": 300, "closes": 1260, "reload_minutes": 20.0},
        {"depot": "E", "name": "E", "site": "Z", "opens": 420, "closes": 1140, "reload_minutes": 20.0},
    ]
    data["low_emission_zones"] = [{"zone": "ZFE", "name": "ZFE"}]
    data["low_emission_rules"] = [{"zone": "ZFE", "days": ("mon",), "opens": 720, "closes": 1080, "crit_air": "3"}]
    data["handling_units"].append({"unit": "block", "places": 1.0, "kg": 550.0, "minutes": 2.0})
    return scenario_of(data, "contract"), network_of(POINTS)


class Book:
    """Builds stops by name: `("P", "deliver a", "take_back a")`."""

    def __init__(self) -> None:
        self.scenario, self.network = week()
        self.week = Week(self.scenario, self.network)

    def stop(self, day: str, spec: Sequence[str]) -> Stop:
        moves = []
        for words in spec[1:]:
            action, code = words.split()
            moves.append(Move(self.week.visit[day, code, 1], action))
        first = moves[0]
        windows = first.visit.at_destination if first.action == "deliver" else first.visit.at_origin if first.action == "collect" else ((0, 86_400),)
        return Stop(spec[0], tuple(moves), windows)

    def route(self, day: str, vehicle: str, number: int, *trips: Sequence[Sequence[str]]) -> Route:
        return Route(day, vehicle, number, tuple(Trip(tuple(self.stop(day, spec) for spec in trip)) for trip in trips))

    def plan(self, routes: Sequence[Route]) -> Plan:
        frames = tables(self.week, routes)
        return Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), 100.0, scenario_hash=self.scenario.hash)


Trips = list[list[tuple[str, ...]]]
Days = dict[tuple[str, str, int], Trips]

A = ("P", "deliver a", "take_back a")
PLAN: Days = {
    ("mon", "truck", 1): [[A, ("P", "deliver h", "deliver l"), ("P", "collect c")], [("R", "deliver b", "deliver g")]],
    ("mon", "van", 1): [[("Q", "deliver d", "collect e"), ("P", "deliver e")], [("S", "collect f")]],
    ("tue", "van", 1): [[("Q", "deliver d")]],
    ("mon", "far", 1): [[("W", "deliver k")]],
}
MON_TRUCK, MON_VAN, TUE_VAN, MON_FAR = PLAN


def build(days: Days) -> Plan:
    book = Book()
    return book.plan([book.route(day, vehicle, number, *trips) for (day, vehicle, number), trips in days.items() if trips])


def valid_plan() -> tuple[Scenario, Network, Plan]:
    scenario, network = week()
    return scenario, network, build(PLAN)


@dataclass(frozen=True)
class Mutation:
    """`days`: routes instead of those of `PLAN`; `edit`: what is then done to the plan; `expected`: all codes raised."""

    name: str
    expected: frozenset[str]
    days: Days | None = None
    edit: Callable[[Plan], Plan] = lambda plan: plan

    def plan(self) -> Plan:
        return self.edit(build({**PLAN, **self.days} if self.days is not None else PLAN))


def plain(table: Table, frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: value for name, value in vars(row).items() if name != "index_"} for row in rows(table, frame)]


def edited(table: Table, change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Plan], Plan]:
    """Change the rows of one table in place."""

    def edit(plan: Plan) -> Plan:
        made = plain(table, plan.tables[table.name])
        change(made)
        return plan.with_(tables={**plan.tables, table.name: table.frame(made)})

    return edit


def honest(plan: Plan) -> Plan:
    """The plan with its other tables rewritten to what follows from its stops, as far as the audit can tell."""
    return honest_by(plan, *week())


def honest_by(plan: Plan, scenario: Scenario, network: Network) -> Plan:
    found = audit(scenario, network, plan)
    frames = dict(plan.tables)
    for table in (STOPS, TRIPS, ROUTES, ROTA):
        made = plain(table, frames[table.name])
        for issue in found.issues:
            if issue.table == table.name and issue.code == "routes_wrong_figure" and issue.row is not None:
                right = float(dict(issue.args)["right"])
                whole = issue.column in (("time",) if table is STOPS else ("starts", "ends", "trips", "stops"))
                made[issue.row][issue.column] = int(right) if whole and table is not TRIPS else right
        frames[table.name] = table.frame(made)
    frames[COSTS.name] = found.costs
    return plan.with_(tables=frames, cost=found.cost)


def where(**wanted: Any) -> Callable[[dict[str, Any]], bool]:
    return lambda row: all(row[name] == value for name, value in wanted.items())


def set_(table: Table, chosen: Callable[[dict[str, Any]], bool], then: Callable[[Plan], Plan] = lambda plan: plan, **values: Any) -> Callable[[Plan], Plan]:
    """Set columns of the rows chosen (all rows of a stop, say); a function gets the old value."""

    def change(made: list[dict[str, Any]]) -> None:
        hit = [row for row in made if chosen(row)]
        assert hit
        for row in hit:
            for name, value in values.items():
                row[name] = value(row[name]) if callable(value) else value

    return lambda plan: then(edited(table, change)(plan))


def shift(minutes: float, then: Callable[[Plan], Plan] = honest, **wanted: Any) -> Callable[[Plan], Plan]:
    """Move whole routes or trips in time."""
    def by(value: float) -> float:
        return value + minutes

    return set_(STOPS, where(**wanted), then, arrives=by, starts=by, leaves=by)


def without(plan: Plan, table: Table) -> Plan:
    return plan.with_(tables={name: frame for name, frame in plan.tables.items() if name != table.name})


def drop_first(made: list[dict[str, Any]]) -> None:
    del made[0]


def of(name: str, *expected: str, days: Days | None = None, edit: Callable[[Plan], Plan] = lambda plan: plan) -> Mutation:
    return Mutation(name, frozenset(expected), days, edit)


MON = {"day": "mon"}
DELIVER_D = where(day="mon", flow="d", action="deliver")
AT_P = where(day="mon", vehicle="van", trip=1, position=2)
COST = ("wrong_cost_line", "wrong_cost")


def mutations() -> list[Mutation]:
    """Every mutation, by the rule it breaks."""
    truck, van = PLAN[MON_TRUCK], PLAN[MON_VAN]
    return [
        # --- what is served ---
        of("missed flow", "routes_missed", days={MON_TRUCK: [truck[0], [("R", "deliver b")]]}),
        of("missed day", "routes_missed", days={TUE_VAN: []}),
        of("empties left behind", "routes_missed_empties", days={MON_TRUCK: [[("P", "deliver a"), *truck[0][1:]], truck[1]]}),
        of("served twice", "routes_served_twice", days={MON_TRUCK: [truck[0], [("R", "deliver b", "deliver g", "deliver g")]]}),
        of("served by two vehicles", "routes_served_twice", days={MON_FAR: [[("W", "deliver k"), ("W", "deliver k")]]}),
        of("empties taken twice", "routes_served_twice", days={MON_TRUCK: [[A, ("P", "take_back a"), *truck[0][1:]], truck[1]]}),
        of("skipped without a word", "routes_skipped_silently", edit=edited(SKIPPED, drop_first)),
        of("skipped at another price", "routes_skipped_differs", edit=set_(SKIPPED, where(flow="m"), cost=3.0)),
        of("said to be skipped, but made", "routes_not_skipped", edit=edited(SKIPPED, lambda made: made.append({**made[0], "flow": "a"}))),
        of("empties of a skipped visit", "routes_skipped_empties", days={MON_TRUCK: [truck[0], [("R", "deliver b", "deliver g", "take_back m")]]}),
        of("wrong quantity", "routes_wrong_quantity", edit=set_(STOPS, DELIVER_D, quantity=2.0)),
        of("quantity of empties", "routes_wrong_quantity", edit=set_(STOPS, where(action="take_back"), quantity=1.0)),
        of("visit that does not exist", "routes_unknown_visit", "routes_missed", "routes_row_without_stops", *COST,
           edit=set_(STOPS, where(day="tue"), visit=2)),
        of("day without a visit", "routes_unknown_visit", "routes_missed", "routes_row_without_stops", *COST,
           edit=set_(STOPS, where(vehicle="far"), day="wed")),
        of("days that no combination lists", "routes_days_not_listed", edit=lambda plan: honest(_on_thursday(plan))),
        of("wrong site", "routes_wrong_site", "routes_missed", "routes_row_without_stops", *COST, edit=set_(STOPS, where(day="tue"), site="P")),
        of("unreadable vehicle", "routes_bad_row", "routes_missed", "routes_row_without_stops", *COST, edit=set_(STOPS, where(day="tue"), vehicle="bus")),
        of("missing time", "routes_bad_row", "routes_missed", "routes_row_without_stops", *COST, edit=set_(STOPS, where(day="tue"), starts=None)),
        of("unknown action", "routes_bad_row", "routes_missed", "routes_row_without_stops", *COST, edit=set_(STOPS, where(day="tue"), action="lose")),
        # --- where loads come from and go to ---
        of("delivered by a vehicle of another depot", "routes_not_loaded", days={MON_TRUCK: [truck[0], [("R", "deliver b")]],
           ("mon", "far", 1): [[("W", "deliver k"), ("R", "deliver g")]]}),
        of("collected and brought to another depot", "routes_not_unloaded", days={MON_TRUCK: [truck[0][:2], truck[1]], MON_FAR: [[("W", "deliver k")], [("P", "collect c")]]}),
        of("collected in one trip, delivered in another", "routes_not_loaded", "routes_not_unloaded", "routes_served_twice",
           days={MON_VAN: [[("Q", "deliver d", "collect e")], [("P", "deliver e"), ("S", "collect f")]]}),
        of("delivered before it is collected", "routes_not_loaded", "routes_not_unloaded", "routes_served_twice",
           days={MON_VAN: [[("P", "deliver e"), ("Q", "deliver d", "collect e")], van[1]]}),
        of("loads at its own depot within a trip", "routes_loads_at_depot", days={MON_FAR: [[("Z", "collect k"), ("W", "deliver k")]]}),
        # --- loads ---
        of("floor full", "routes_over_places", days={MON_TRUCK: [[A, ("P", "deliver h"), ("P", "collect c")], truck[1]],
           MON_VAN: [[("P", "deliver l"), *van[0]], van[1]]}),
        of("too heavy", "routes_over_kg", days={MON_TRUCK: [[A, ("P", "deliver l"), ("P", "collect c")], truck[1]],
           MON_VAN: [[("Q", "deliver d", "collect e"), ("P", "deliver e", "deliver h")], van[1]]}),
        of("cold compartment full", "routes_over_compartment", days={MON_TRUCK: [[A, ("P", "deliver h"), ("R", "deliver b", "deliver g")], [("P", "deliver l"), ("P", "collect c")]]}),
        # --- vehicles ---
        of("too heavy for the site", "routes_access_gvw", days={TUE_VAN: [], ("tue", "truck", 1): [[("Q", "deliver d")]]}),
        of("no tail lift", "routes_access_tail_lift", days={MON_TRUCK: [truck[0], [("R", "deliver b")]], TUE_VAN: PLAN[TUE_VAN],
           MON_VAN: [van[0], [("R", "deliver g"), ("S", "collect f")]]}),
        of("not allowed in the zone", "routes_access_low_emission", days={MON_VAN: [van[0]], MON_TRUCK: [truck[0], [*truck[1], ("S", "collect f")]]}),
        of("in the zone within the hours barred", "routes_access_zone", edit=shift(300, day="mon", vehicle="far")),
        of("warm vehicle for cold meals", "routes_temperature", days={MON_TRUCK: [truck[0][1:], truck[1]], MON_VAN: [van[0], van[1], [A]]}),
        of("clean vehicle for dirty linen", "routes_hygiene", "routes_coloading",
           days={MON_TRUCK: [truck[0][:2], truck[1]], MON_VAN: [van[0], [("P", "collect c"), *van[1]]]}),
        of("dirty before clean", "routes_coloading", days={MON_TRUCK: [[("P", "collect c"), *truck[0][:2]], truck[1]]}),
        of("dirty between two clean ones", "routes_coloading", days={MON_TRUCK: [[A, ("P", "collect c"), truck[0][1]], truck[1]]}),
        of("too many vehicles in a day", "routes_too_many_vehicles", days={MON_VAN: [van[0]], ("mon", "van", 2): [van[1]]}),
        of("too many vehicles over the week", "routes_too_many_vehicles_week", days={TUE_VAN: [], ("tue", "van", 2): PLAN[TUE_VAN]}),
        of("too many trips", "routes_too_many_trips", days={MON_TRUCK: [truck[0], [("R", "deliver b")], [("R", "deliver g")]]}),
        # --- times ---
        of("late", "routes_window", edit=shift(150, day="mon", vehicle="truck")),
        of("early", "routes_window", edit=set_(STOPS, where(day="mon", vehicle="truck", trip=1), honest,
           arrives=lambda m: m - 10, starts=lambda m: m - 10, leaves=lambda m: m - 10)),
        of("too long on board", "routes_on_board", days={MON_VAN: [van[0], [("S", "collect f"), ("P", "deliver h")]],
           MON_TRUCK: [[A, ("P", "deliver l"), ("P", "collect c")], truck[1]]}),
        of("duty too long", "routes_duty", edit=shift(600, day="mon", vehicle="van", trip=2)),
        of("before the shift", "routes_shift", edit=shift(-30, day="mon", vehicle="van")),
        of("after the shift", "routes_shift", edit=shift(770, day="tue", vehicle="van")),
        of("before the depot opens", "routes_depot_hours", edit=shift(-90, day="mon", vehicle="far")),
        of("second trip before the first is back", "routes_trip_overlap", edit=shift(-8, day="mon", vehicle="van", trip=2)),
        of("faster than the road", "routes_wrong_arrival", edit=set_(STOPS, AT_P, honest, arrives=lambda m: m - 1)),
        of("slower than the road", "routes_wrong_arrival", edit=set_(STOPS, AT_P, shift(1, day="mon", vehicle="van", trip=2),
           arrives=lambda m: m + 1, starts=lambda m: m + 1, leaves=lambda m: m + 1)),
        of("serves before it arrives", "routes_starts_early", edit=set_(STOPS, AT_P, honest, starts=lambda m: m - 2, leaves=lambda m: m - 2)),
        of("leaves before it is done", "routes_wrong_departure", edit=set_(STOPS, AT_P, honest, leaves=lambda m: m - 5)),
        of("fixed minutes of the site forgotten", "routes_wrong_departure", edit=set_(STOPS, where(day="tue"), honest, leaves=lambda m: m - 10)),
        of("rows of a stop differ", "routes_stop_rows_differ", edit=set_(STOPS, where(day="mon", flow="e", action="collect"), starts=lambda m: m + 1)),
        # --- what the tables claim ---
        of("load on board", "routes_wrong_figure", edit=set_(STOPS, DELIVER_D, places_on_board=0.0)),
        of("weight on board", "routes_wrong_figure", edit=set_(STOPS, DELIVER_D, kg_on_board=1.0)),
        of("clock", "routes_wrong_figure", edit=set_(STOPS, DELIVER_D, time=1)),
        of("kilometres of a trip", "routes_wrong_figure", edit=set_(TRIPS, where(day="tue"), km=1.0)),
        of("departure of a trip", "routes_wrong_figure", edit=set_(TRIPS, where(day="tue"), departs=lambda m: m + 5)),
        of("duty of a route", "routes_wrong_figure", edit=set_(ROUTES, where(day="tue"), duty=lambda m: m - 5)),
        of("overtime of a route", "routes_wrong_figure", edit=set_(ROUTES, where(day="tue"), overtime=9.0)),
        of("missing figure", "routes_wrong_figure", edit=set_(ROUTES, where(day="tue"), km=None)),
        of("missing trip", "routes_row_missing", edit=edited(TRIPS, drop_first)),
        of("missing route", "routes_row_missing", edit=edited(ROUTES, drop_first)),
        of("route twice", "routes_row_without_stops", edit=edited(ROUTES, lambda made: made.append(made[0]))),
        of("missing table", "plan_table_missing", edit=lambda plan: without(plan, TRIPS)),
        of("plan of other data", "plan_of_other_data", edit=lambda plan: plan.with_(scenario_hash="0" * 64)),
        # --- cost ---
        of("kilometres cheaper", *COST, edit=set_(COSTS, where(line="vehicle_km", item="van"), lambda p: p.with_(cost=cost_of(p.tables[COSTS.name])),
           amount=1.0, objective=1.0)),
        of("vehicle forgotten", *COST, edit=lambda plan: _cheaper(edited(COSTS, drop_first)(plan))),
        of("another establishment pays", "wrong_cost_line", edit=set_(COSTS, where(item="far"), establishment="A")),
        of("total cost", "wrong_cost", edit=lambda plan: plan.with_(cost=(plan.cost or 0) - 1)),
        of("bound above the cost", "wrong_bound", edit=lambda plan: plan.with_(bound=(plan.cost or 0) + 1)),
    ]  # fmt: skip


def _on_thursday(plan: Plan) -> Plan:
    """What is made on Tuesday, made on Thursday."""
    for table in (STOPS, TRIPS, ROUTES):
        plan = set_(table, where(day="tue"), day="thu")(plan)
    return plan


def _cheaper(plan: Plan) -> Plan:
    return plan.with_(cost=cost_of(plan.tables[COSTS.name]))
