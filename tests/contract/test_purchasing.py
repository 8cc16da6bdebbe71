"""The purchasing audit refuses every spoilt plan with the right finding, and accepts the sound ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.purchasing import PURCHASING
from planner.problems.purchasing.result_tables import CALENDAR
from planner.problems.purchasing.tables import COSTS
from planner.scenario import Scenario
from tests.contract.purchasing_mutations import MUTATIONS, OVER_YEARS, Mutation, converging, scenario

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances


@cache
def solved() -> tuple[Scenario, Plan]:
    case = scenario()
    return case, PURCHASING.solve(case, NO_NETWORK, Limits(seconds=20), Progress())


def test_the_sound_plan_uses_everything_and_is_valid() -> None:
    case, plan = solved()
    assert errors(PURCHASING.precheck(case, NO_NETWORK)) == []
    assert plan.status is Status.OPTIMAL
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert errors(audit.issues) == []
    assert audit.cost == plan.cost
    assert set(plan.tables[COSTS.name]["line"]) == {"goods", "own_price", "carriage", "management", "fee", "switching"}


def test_the_baseline_is_priced_right() -> None:
    case, _ = solved()
    plan = PURCHASING.baseline(case, NO_NETWORK)
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert audit.cost == plan.cost == sum(round(q * p * 100) for q, p in zip(case.frames["needs"]["quantity"], case.frames["needs"]["current_price"], strict=True)) / 100
    # today's organisation keeps neither the locks nor the number of winners asked for
    assert {issue.code for issue in errors(audit.issues)} == {"lock_award_ignored", "too_few_winners", "quality_too_low", "organic_too_low"}
    assert audit.kpi("gain") == 0


@cache
def solved_over_years() -> tuple[Scenario, Plan]:
    case = converging()
    return case, PURCHASING.solve(case, NO_NETWORK, Limits(seconds=20), Progress())


def test_the_sound_plan_over_years_uses_everything_and_is_valid() -> None:
    case, plan = solved_over_years()
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert plan.status is Status.OPTIMAL and errors(audit.issues) == [] and audit.cost == plan.cost
    assert set(plan.tables[COSTS.name]["line"]) == {"goods", "own_price", "carriage", "management", "fee", "switching", "exit_fee", "target"}
    assert set(plan.tables[CALENDAR.name]["how"]) >= {"at_end", "early", "out"}


@pytest.mark.parametrize(("mutation", "sound"), [*((m, solved) for m in MUTATIONS), *((m, solved_over_years) for m in OVER_YEARS)], ids=lambda m: getattr(m, "name", ""))
def test_a_spoilt_plan_is_refused(mutation: Mutation, sound: Callable[[], tuple[Scenario, Plan]]) -> None:
    case, plan = mutation.spoil(*sound())
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert not audit.valid
    found = [issue for issue in errors(audit.issues) if issue.code == mutation.code]
    assert found, [issue.code for issue in errors(audit.issues)]
    for issue in audit.issues:
        for lang in ("fr", "en"):
            assert "{" not in describe(issue, lang) and f"issue.{issue.code}" not in describe(issue, lang)
