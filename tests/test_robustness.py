"""Whatever the tables say, every step ends with an outcome, and what is called a plan keeps every rule."""

from __future__ import annotations

import numpy as np
import pytest

from planner import network as networks
from planner.catalog import TABLES, problems
from planner.issues import errors
from planner.plan import Limits, Plan, Progress, Status
from planner.scenario import Scenario
from planner.schema import random_frames
from tests.random_group import mended

LIMITS = Limits(seconds=1.5, threads=1, iterations=40)


def outcome(name: str, scenario: Scenario) -> Plan | None:
    """The plan of one problem, each step checked against the others; None where the scenario has nothing for it."""
    problem = problems()[name]
    network, _ = networks.build(scenario)
    if not problem.relevant(scenario):
        return None
    found = errors(problem.precheck(scenario, network))
    baseline = problem.baseline(scenario, network)
    today = problem.audit(scenario, network, baseline) if baseline.status.has_plan else None
    plan = problem.solve(scenario, network, LIMITS, Progress())
    assert plan.status is not Status.FAILED, plan.issues
    if found:
        assert plan.status is Status.INFEASIBLE
    if plan.status is Status.INFEASIBLE:
        assert errors(plan.issues)
    if plan.status.has_plan:
        audit = problem.audit(scenario, network, plan)
        assert audit.valid, audit.issues
        assert audit.cost == plan.cost
        assert plan.bound is None or plan.bound <= audit.cost + 0.005
        if today is not None and today.valid and plan.bound is not None:
            assert plan.bound <= today.cost + 0.005  # a valid organisation is never below the bound
    return plan


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", ["kitchens", "purchasing", "routes"])
def test_mended_random_scenarios(name: str, seed: int) -> None:
    outcome(name, mended(seed))


@pytest.mark.parametrize("name", ["kitchens", "purchasing", "routes"])
def test_plain_random_scenarios(name: str) -> None:
    for seed in range(8):
        outcome(name, Scenario(f"plain {seed}", TABLES, random_frames(TABLES, np.random.default_rng(seed))))


@pytest.mark.parametrize("name", ["kitchens", "purchasing", "routes"])
def test_random_scenarios_go_past_the_prechecks(name: str) -> None:
    """The tests above would be worth little if nothing were ever solved."""
    assert any(plan is not None and plan.status.has_plan for plan in (outcome(name, mended(seed)) for seed in range(100, 112)))


@pytest.mark.parametrize("name", ["kitchens", "purchasing", "routes"])
def test_same_seed_and_iterations_give_the_same_plan(name: str) -> None:
    limits = Limits(seconds=60, threads=1, iterations=30, seed=3)
    solved = 0
    for seed in range(100, 112):
        scenario = mended(seed)
        network, _ = networks.build(scenario)
        problem = problems()[name]
        if not problem.relevant(scenario):
            continue
        first, second = (problem.solve(scenario, network, limits, Progress()) for _ in range(2))
        assert (first.status, first.cost, first.bound) == (second.status, second.cost, second.bound)
        for table, frame in first.tables.items():
            assert frame.equals(second.tables[table]), table
        solved += first.status.has_plan
        if solved == 3:
            break
    assert solved
