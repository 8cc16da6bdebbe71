"""A scenario asked to stay near accepted plans."""

from __future__ import annotations

from planner.plan import Limits, Progress, Status
from planner.service.reoptimise import Near, near_scenario, with_parameters
from planner.study import Study, run


def values(scenario) -> dict[str, float]:  # type: ignore[no-untyped-def]
    return {row.parameter: row.value for row in scenario.rows("parameters")}


def test_accepted_plans_become_tables_and_wishes_parameters(real: Study) -> None:
    plans = {name: result.plan for name, result in real.results.items()}
    near = near_scenario(real.scenario, plans, Near({"kitchens": 1000.0}, {"purchasing": 2}))
    found = values(near)
    assert (found["kitchens_change_price"], found["purchasing_most_changes"]) == (1000.0, 2)
    assert "routes_change_price" not in found
    for table in ("accepted_kitchens", "accepted_routes", "accepted_awards"):
        assert near.rows(table)
    untouched = {name for name in real.scenario.frames if not name.startswith("accepted_") and name != "parameters"}
    assert all(near.frames[name] is real.scenario.frames[name] for name in untouched)


def test_a_plan_without_result_is_not_stayed_near_and_an_older_wish_is_forgotten(real: Study) -> None:
    plans = {"purchasing": real.results["purchasing"].plan}
    first = near_scenario(real.scenario, plans, Near({"purchasing": 9.0}, {}))
    none = {"purchasing": plans["purchasing"].with_(status=Status.INFEASIBLE, cost=None, bound=None, tables={})}
    second = near_scenario(first, none, Near())
    assert not second.rows("accepted_awards") and "purchasing_change_price" not in values(second)
    assert values(with_parameters(real.scenario, {})) == values(real.scenario)


def test_near_a_plan_nothing_moves_without_a_reason(real: Study) -> None:
    """Prices as before, any change dear: the plan found is the accepted one."""
    plans = {"purchasing": real.results["purchasing"].plan}
    near = near_scenario(real.scenario, plans, Near({"purchasing": 1e6}))
    done = run(near, ["purchasing"], Limits(seconds=20, threads=1), Progress())
    result = done.results["purchasing"]
    assert result.valid and {kpi.code: kpi.value for kpi in result.audit.kpis if not kpi.establishment}["changes"] == 0
