"""After `planner.solvers.prepare` no first calculation compiles anything more."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from numba.core.dispatcher import Dispatcher

from planner import solvers
from planner.solvers import prepare, routing_columns, routing_patterns, routing_strings, sourcing_award, sourcing_split
from planner.solvers.location_mip import solve_location
from planner.solvers.location_single import Siting
from planner.solvers.location_solve import solve_siting
from planner.solvers.routing import StopRule
from tests.solvers import (
    test_location,
    test_location_siting,
    test_routing_columns,
    test_routing_patterns,
    test_routing_strings,
    test_routing_trips,
)
from tests.solvers.test_sourcing import market
from tests.solvers.test_sourcing_sets import case


def ready() -> dict[str, int]:
    """How many signatures each loop is compiled for, or loaded: those called from within others alone have none."""
    modules = [import_module(f"planner.solvers.{module.name}") for module in pkgutil.iter_modules(solvers.__path__)]
    loops = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Dispatcher)}
    return {f"{value.py_func.__module__}.{value.py_func.__name__}": len(value.signatures) for value in loops.values()}


def test_a_first_calculation_compiles_nothing_more() -> None:
    for part in prepare.PARTS.values():
        part()
    before = ready()
    assert sum(before.values()) > 20
    rule = StopRule(seconds=60, iterations=30)
    solve_location(test_location.random_location(1, customers=5, periods=3, facilities=3), seconds=2.0, nodes=2)
    for kind in ("single", "split", "free"):
        data: Siting = test_location_siting.random_siting(kind, 1, 6, 12)
        solve_siting(data, seconds=2.0)
    routing_strings.solve(test_routing_strings.rich(1), rule, 1)
    routing_strings.solve(test_routing_strings.scattered(40), rule, 1)
    routing_strings.solve(test_routing_trips.rich(1), rule, 1)
    routing_strings.solve(test_routing_trips.scattered(20, 5), rule, 1, harvest=20)
    for located in (False, True):
        routing_patterns.solve(test_routing_patterns.small(1, located), 5.0, 1, iterations=50)
    routing_columns.bound(test_routing_columns.random_days(1), 5.0, 20)
    sourcing_split.solve(case(1), seconds=5.0, threads=1)
    sourcing_award.solve(market([(10, 1.0), (20, 2.0)], [[1.0, 2.0], [2.0, 1.0]]), seconds=2.0)
    assert {name: count for name, count in ready().items() if count > before[name]} == {}


def test_every_part_is_told_as_it_is_done() -> None:
    assert sorted(prepare.prepare(2)) == sorted(prepare.PARTS)
