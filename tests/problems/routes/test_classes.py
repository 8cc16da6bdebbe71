"""Classes of loads and the table of their pairs: within a trip, between trips with disinfection, dedicated vehicles; two classes or three."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.routes import ROUTES
from planner.problems.routes.accepted import accepted_rows
from planner.problems.routes.classes import CLASSES, Classes, Pair, follows
from planner.problems.routes.tables import ACCEPTED, COSTS, STOPS, TRIPS
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (0.0, 12.0), "R": (9.0, 9.0)}
ALL = ("clean", "dirty", "infectious")


def scenario(flows: list[dict[str, Any]], rules: list[dict[str, Any]], fleet: list[dict[str, Any]] | None = None) -> Scenario:
    fleet = fleet or [vehicle(count=1, hygiene=ALL, max_trips=4, duty_minutes=600.0)]
    return scenario_of(base([site(code) for code in POINTS], fleet, flows, class_compatibility=rules))


def solved(given: Scenario, iterations: int = 200) -> Plan:
    plan = ROUTES.solve(given, network_of(POINTS), Limits(seconds=20, iterations=iterations), Progress())
    assert plan.status.has_plan, plan.issues
    audit = ROUTES.audit(given, network_of(POINTS), plan)
    assert audit.valid, audit.issues
    return plan


def pair(rule: str, first: str = "clean", second: str = "dirty", **more: Any) -> dict[str, Any]:
    return {"first": first, "second": second, "rule": rule, **more}


def of(*rules: dict[str, Any]) -> Classes:
    return Classes.of(scenario([], list(rules)))


# --- the table of pairs ----------------------------------------------------------------------------------


def test_the_uses_of_two_classes() -> None:
    """What may follow what for clean and dirty, written out."""
    clean, dirty = ("cd", "cc", "cp", "cu"), ("dd", "dc", "dp", "du")
    wanted: dict[str, dict[str, set[str]]] = {
        "together": {a: {*clean, *dirty} for a in clean + dirty},
        "never": {a: set(same) for same in (clean, dirty) for a in same},
        "dirty_last": {
            "cd": {*clean, "dc", "dp"}, "cu": {*clean, "dc", "dp"}, "cp": {"cd", "cp", "cu"}, "cc": {"cc"},
            "dd": set(dirty), "dc": {"dc", "dp", "du"}, "dp": {"dc", "dp", "du"}, "du": {"dc", "dp", "du"},
        },
    }  # fmt: skip
    for rule, expected in wanted.items():
        apart = [pair("never", "clean", "infectious"), pair("never", "dirty", "infectious")]
        made = follows(of(pair(rule), *apart))
        assert {a: made[a] for a in expected} == expected
    assert {a: follows(of(pair("disinfect"), *apart))[a] for a in wanted["never"]} == wanted["never"]


@pytest.mark.parametrize("rules", list(product(("together", "dirty_last", "never", "disinfect"), repeat=3)))
def test_no_order_of_stops_breaks_a_rule_whatever_the_pairs(rules: tuple[str, str, str]) -> None:
    """Every chain of four uses that the arcs allow, replayed: what is on board together, and since when."""
    classes = of(*(pair(rule, *two) for rule, two in zip(rules, (("clean", "dirty"), ("clean", "infectious"), ("dirty", "infectious")), strict=True)))
    after = follows(classes)
    chains = [[a] for a in after]
    for _ in range(3):
        chains += [[*chain, b] for chain in chains if len(chain) < 4 for b in after[chain[-1]]]
    name = {code[0]: code for code in CLASSES}
    for chain in chains:
        spans = []
        for place, use in enumerate(chain):
            start = 0 if use[1] == "d" else place if use[1] in "cp" else 0  # an unloading: loaded some time before
            end = len(chain) if use[1] == "c" else place
            if use[1] == "p":
                end = next((i for i, later in enumerate(chain) if i > place and later == use[0] + "u"), place)
            if use[1] == "u":
                start = next((i for i in range(place - 1, -1, -1) if chain[i] == use[0] + "p"), place)
            spans.append((name[use[0]], start, end, use[1]))
        for (a, _, end, _), (b, start, _, way) in permutations(spans, 2):
            if a == b or CLASSES.index(a) > CLASSES.index(b):
                continue
            rule = classes.rule(a, b)
            assert rule in ("together", "dirty_last"), chain
            if rule == "dirty_last" and way != "u":
                assert start >= end, chain


def test_disinfection_before_the_trips_that_need_it() -> None:
    classes = of(pair("disinfect", minutes=30, cost=12.0), pair("disinfect", "infectious", "clean", minutes=45), pair("dirty_last", "dirty", "infectious"))
    clean, dirty, both, worse = {"clean"}, {"dirty"}, {"dirty", "infectious"}, {"infectious"}
    found = classes.disinfections([clean, dirty, clean, clean, both, clean, worse, dirty])
    assert found == [None, None, Pair("disinfect", 1800, 12.0), None, None, Pair("disinfect", 2700, 12.0), None, None]
    assert ("dirty", "clean") in classes.taints and ("clean", "dirty") not in classes.taints


def test_a_third_class_does_not_carry_soil_past_the_rule() -> None:
    classes = of(pair("disinfect"))  # infectious waste goes with both
    assert ("infectious", "clean") in classes.taints
    assert ("clean", "infectious") not in classes.may_follow or ("infectious", "dirty") not in classes.may_follow


# --- plans -----------------------------------------------------------------------------------------------

DIRTY_FIRST = [flow("dirty", "P", "O", 4.0, hygiene="dirty", opens=400, closes=460), flow("clean", "O", "P", 4.0, opens=480, closes=700)]


def trips(plan: Plan) -> list[Any]:
    return list(rows(TRIPS, plan.tables[TRIPS.name]))


def test_a_clean_trip_after_a_dirty_one_waits_for_its_disinfection() -> None:
    for minutes, cost in ((40.0, 25.0), (40.0, 0.0), (90.0, 0.0)):
        plan = solved(scenario(DIRTY_FIRST, [pair("disinfect", minutes=minutes, cost=cost)]))
        first, second = trips(plan)
        assert second.disinfection == minutes and second.loads >= first.returns + minutes
        lines = {row.line: row.amount for row in rows(COSTS, plan.tables[COSTS.name])}
        assert lines["disinfection"] == 52 * cost
    assert len(trips(solved(scenario(DIRTY_FIRST, [pair("never")])))) == 2


def test_the_order_that_needs_no_disinfection_is_taken_where_it_is_free() -> None:
    flows = [flow("dirty", "P", "O", 4.0, hygiene="dirty"), flow("clean", "O", "P", 4.0)]
    given = scenario(flows, [pair("disinfect", minutes=60.0, cost=500.0)])
    plan = solved(given)
    assert [row.disinfection for row in trips(plan)] == [0.0, 0.0]
    assert ROUTES.audit(given, network_of(POINTS), plan).kpi("disinfections") == 0.0


def test_two_vehicles_rather_than_a_dear_disinfection() -> None:
    fleet = [vehicle(count=2, hygiene=ALL, max_trips=4, fixed_cost=1000.0)]
    dear = solved(scenario(DIRTY_FIRST, [pair("disinfect", minutes=30.0, cost=900.0)], fleet))
    assert len({row.number for row in trips(dear)}) == 2
    cheap = solved(scenario(DIRTY_FIRST, [pair("disinfect", minutes=30.0, cost=1.0)], [{**fleet[0], "fixed_cost": 20_000.0}]))
    assert len({row.number for row in trips(cheap)}) == 1


def test_too_short_a_day_for_the_disinfection() -> None:
    tight = [vehicle(count=1, hygiene=ALL, max_trips=4, duty_minutes=200.0)]
    assert ROUTES.solve(scenario(DIRTY_FIRST, [pair("disinfect", minutes=300.0)], tight), network_of(POINTS), Limits(seconds=4, iterations=30), Progress()).status is Status.NO_PLAN_IN_TIME


def test_three_classes_and_shipments() -> None:
    flows = [
        flow(f"{way}{i}", *ends, 1.0, hygiene=hygiene)
        for way, ends in (("out", ("O", "P")), ("in", ("Q", "O")), ("by", ("R", "Q")))
        for i, hygiene in enumerate(ALL)
    ]
    rules = [pair("disinfect", minutes=20.0), pair("disinfect", "clean", "infectious", minutes=40.0, cost=10.0), pair("dirty_last", "dirty", "infectious")]
    given = scenario(flows, rules, [vehicle(count=3, max_trips=5, hygiene=ALL, duty_minutes=700.0)])
    first = solved(given)
    near = given.replace(ACCEPTED.name, ACCEPTED.frame(accepted_rows(first)))
    solved(near, 60)


def test_what_the_audit_refuses() -> None:
    plan = solved(scenario(DIRTY_FIRST, [pair("never")]))
    for rule, code in ((pair("disinfect", minutes=100.0), "routes_disinfection"), (pair("dedicated"), "routes_dedicated")):
        given = scenario(DIRTY_FIRST, [rule])
        audit = ROUTES.audit(given, network_of(POINTS), plan.with_(scenario_hash=given.hash))
        assert code in {issue.code for issue in audit.issues}
        assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for issue in audit.issues for lang in ("fr", "en"))
    together = solved(scenario([flow("dirty", "P", "O", 4.0, hygiene="dirty"), flow("clean", "O", "P", 4.0)], []))
    given = scenario([flow("dirty", "P", "O", 4.0, hygiene="dirty"), flow("clean", "O", "P", 4.0)], [pair("disinfect")])
    assert "routes_coloading" in {issue.code for issue in ROUTES.audit(given, network_of(POINTS), together.with_(scenario_hash=given.hash)).issues}
    assert [row.action for row in rows(STOPS, together.tables[STOPS.name])] != []


def test_dedicated_vehicles_are_types_of_their_own() -> None:
    both = scenario(DIRTY_FIRST, [pair("dedicated")])
    assert [issue.code for issue in errors(ROUTES.precheck(both, network_of(POINTS)))] == ["routes_dedicated_both"]
    apart = scenario(DIRTY_FIRST, [pair("dedicated")], [vehicle("C", hygiene=("clean",)), vehicle("D", hygiene=("dirty",))])
    assert {row.vehicle for row in trips(solved(apart))} == {"C", "D"}


def test_a_disinfection_without_a_time_is_told() -> None:
    issues = ROUTES.precheck(scenario(DIRTY_FIRST, [pair("disinfect")]), network_of(POINTS))
    assert [issue.code for issue in issues] == ["routes_disinfect_no_time"]
