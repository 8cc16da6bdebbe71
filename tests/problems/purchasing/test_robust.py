"""Any scenario that passes the checks of the tables gets an outcome, never an exception."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network import Network
from planner.plan import Limits, Progress, Status
from planner.problems.purchasing import PURCHASING
from planner.problems.purchasing.rules import COUNTS
from planner.problems.purchasing.tables import TABLES
from planner.scenario import Scenario
from planner.schema import check, random_frames
from planner.sites import COMMON_TABLES

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances
DECLARED = (*COMMON_TABLES, *TABLES)


@pytest.mark.parametrize("seed", range(60))
def test_random_tables_get_an_outcome(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = random_frames(DECLARED, rng, most=10)
    frames["parameters"] = frames["parameters"].head(0)
    if seed % 4:  # wholly random values are almost all contradictory: most cases get values that make sense
        rules = frames["purchasing_rules"]
        counts = rules["kind"].isin(COUNTS)
        rules["value"] = np.where(counts, rules["value"] % 4 // 1 + 1, rules["value"] % 60)
        frames["purchasing_rules"] = rules.head(seed % 3)
        frames["purchasing_locks"] = frames["purchasing_locks"].head(seed % 4 - 1)
        frames["discounts"] = frames["discounts"].assign(rate=frames["discounts"]["rate"] % 40, method="incremental" if seed % 5 else "all_units", basis="turnover")
        frames["establishments"] = frames["establishments"].assign(entry=None, exit=None)
    case = Scenario("random", DECLARED, frames)
    assert check(DECLARED, frames) == []
    PURCHASING.precheck(case, NO_NETWORK)
    today = PURCHASING.baseline(case, NO_NETWORK)
    audit = PURCHASING.audit(case, NO_NETWORK, today)
    assert today.cost == audit.cost
    plan = PURCHASING.solve(case, NO_NETWORK, Limits(seconds=5), Progress())
    assert plan.status in (Status.OPTIMAL, Status.FEASIBLE, Status.INFEASIBLE)
    if plan.status is Status.INFEASIBLE:
        assert plan.issues and plan.cost is None
    else:
        found = PURCHASING.audit(case, NO_NETWORK, plan)
        assert found.valid, found.issues
        assert plan.cost is not None and plan.bound is not None and plan.bound <= plan.cost
