"""What coalitions of establishments would pay, from scenario to sentences."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner import coalitions, service
from planner.cli.main import main
from planner.excel import write_scenario
from planner.members import withdrawn
from planner.plan import Limits, Progress
from planner.problems.purchasing.tables import PLAN_YEARS
from planner.scenario import Scenario, with_parameter
from planner.sites import ESTABLISHMENTS
from planner.solvers import sharing_rows
from planner.solvers.sharing import Core, core_test, members

SAMPLE = Path(__file__).resolve().parents[1] / "scenarios" / "epsm_nord_pas_de_calais.xlsx"
LIMITS = Limits(seconds=30.0, seed=1)  # every eighth lot is proven in half a second


@pytest.fixture(scope="module")
def sample() -> Scenario:
    opened = service.open_scenario(SAMPLE, None)
    assert opened.scenario is not None
    return _fewer_lots(with_parameter(opened.scenario, PLAN_YEARS, 0))  # one full year


def _fewer_lots(whole: Scenario) -> Scenario:
    """Every eighth lot of the sample, its articles without others in their place, no packages: fifteen solves to the proof in a few seconds."""
    frames = whole.frames
    lots = frames["lots"].iloc[::8]
    articles = frames["articles"][frames["articles"]["lot"].isin(lots["lot"])].assign(equivalence=None)
    made = whole.replace("lots", lots).replace("articles", articles)
    for name in ("equivalences", "article_refusals", "packages", "package_lots"):
        made = made.replace(name, frames[name].iloc[:0])
    for name in ("needs", "offers"):
        made = made.replace(name, frames[name][frames[name]["article"].isin(articles["article"])])
    for name in ("discounts", "purchasing_rules"):
        made = made.replace(name, frames[name][frames[name]["lot"].isna() | frames[name]["lot"].isin(lots["lot"])])
    return made


@pytest.fixture(scope="module")
def made(sample: Scenario) -> coalitions.Sharing:
    return coalitions.share(sample, "purchasing", LIMITS, Progress(), agreed={row.establishment: 25.0 for row in sample.rows(ESTABLISHMENTS.name)})


def test_every_coalition_is_solved_and_its_cost_is_an_interval(made: coalitions.Sharing) -> None:
    assert len(made.coalitions) == 15
    for one in made.coalitions:
        assert one.cost is not None and one.bound is not None and 0 < one.bound <= one.cost


def test_a_coalition_is_the_scenario_without_the_others(made: coalitions.Sharing, sample: Scenario) -> None:
    first = made.establishments[0]
    rest = sample
    for other in made.establishments[1:]:
        rest = withdrawn(rest, other)
    done = service.solve(rest, ["purchasing"], LIMITS, Progress())
    assert done.results["purchasing"].annual == pytest.approx(next(c.cost for c in made.coalitions if c.members == (first,)), rel=1e-3)


def test_every_method_shares_the_whole(made: coalitions.Sharing) -> None:
    assert made.total is not None
    found = {share.method for share in made.shares}
    assert {"equal_prices", "stand_alone", "volume", "agreed", "shapley", "nucleolus", "least_core", "equal_profit", "acam"} <= found
    for share in made.shares:
        assert sum(share.charges) == pytest.approx(made.total, abs=0.05), share.method


def test_who_would_leave_and_with_whom_is_told_for_every_coalition(made: coalitions.Sharing) -> None:
    """All together nobody gains by leaving; the coalition that blocks a sharing gains what its verdict says, more than any other."""
    for one in made.shares:
        gains = {c.members: made.leaving(c, one) for c in made.coalitions}
        assert gains[made.establishments] == pytest.approx(0.0, abs=1.0)
        if one.core is not None and one.core.verdict is Core.BLOCKED:
            who = tuple(made.establishments[i] for i in members(one.core.coalition))
            assert gains[who] == pytest.approx(one.core.gain) and gains[who] == max(gain for gain in gains.values() if gain is not None)


def test_a_bound_on_discounted_cost_is_no_bound_on_what_is_spent(sample: Scenario) -> None:
    """And without bounds nothing is said to be proven."""
    result = service.solve(sample, ["purchasing"], LIMITS, Progress()).results["purchasing"]
    assert coalitions.coalition(("A",), result).bound is not None and result.audit is not None
    costs = result.audit.costs.assign(objective=result.audit.costs["objective"] * 0.9)
    known = coalitions.coalition(("A",), replace(result, audit=replace(result.audit, costs=costs)))
    assert known.cost is not None and known.bound is None
    found = core_test([1.0, 1.0], {1: -math.inf, 2: -math.inf}, {1: 2.0, 2: 2.0})
    assert found.verdict is Core.OPEN and math.isinf(found.gain)


def test_buying_together_costs_no_more_than_apart(made: coalitions.Sharing) -> None:
    costs = {c.members: c for c in made.coalitions}
    for one in made.coalitions:
        assert one.bound is not None
        assert one.bound <= sum(costs[m,].cost or 0.0 for m in one.members) + 0.01


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_words_say_who_pays_what_and_who_would_leave(made: coalitions.Sharing, lang: str) -> None:
    said = service.sharing_text(made, lang)
    assert all(name in said for name in made.names)
    assert said.count("\n") > 30 and "share." not in said


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_workbook_says_the_same_and_has_a_picture(made: coalitions.Sharing, lang: str, tmp_path: Path) -> None:
    service.write_sharing(made, tmp_path / "share.xlsx", lang)
    book = load_workbook(tmp_path / "share.xlsx")
    paid, less, verdicts, costs = book.worksheets
    shown = [[cell.value for cell in row] for row in paid.iter_rows()]
    assert sum(made.names[0] in row for row in shown) == 1
    found = next(row for row in shown if made.names[0] in row)
    assert found[3] == pytest.approx(made.shares[0].charges[0])
    assert len(less._charts) == 1 and verdicts.max_row > len(made.shares) and costs.max_row > 15


def test_too_many_establishments_are_refused_in_a_sentence(sample: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalitions, "MOST", 3)
    monkeypatch.setattr(sharing_rows, "MOST", 3)
    found = coalitions.share(sample, "purchasing", LIMITS, Progress())
    assert [issue.code for issue in found.issues] == ["share_too_many"] and found.total is None


def test_stopped_it_keeps_what_is_solved(sample: Scenario) -> None:
    asked = iter([False] * 40)

    class Stopping(Progress):
        def should_stop(self) -> bool:
            return next(asked, True)

    found = coalitions.share(sample, "purchasing", LIMITS, Stopping())
    assert len(found.coalitions) < 15 and "share_stopped" in {issue.code for issue in found.issues}


def test_command_line(sample: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scenario(sample, tmp_path / "epsm.xlsx", lang="fr")
    assert main(["share", str(tmp_path / "epsm.xlsx"), "--seconds", "30", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["coalitions"]) == 15 and said["total"] > 0
    assert main(["share", str(SAMPLE), "--percents", "nobody=3"]) == 2
    assert main(["share", str(SAMPLE), "--only", "kitchens,routes"]) == 2


def test_beyond_eight_establishments_some_coalitions_say_what_they_can(sample: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """The four of the sample taken as too many to solve every coalition of."""
    monkeypatch.setattr(coalitions, "MOST", 3)
    monkeypatch.setattr(coalitions, "RUNS", 4)
    found = coalitions.share(sample, "purchasing", LIMITS, Progress())
    assert 9 <= len(found.coalitions) <= 15
    by_method = {share.method: share for share in found.shares}
    assert {"equal_prices", "stand_alone", "acam", "shapley", "least_core"} <= set(by_method)
    assert "nucleolus" not in by_method or len(found.coalitions) == 15
    for share in found.shares:
        assert found.total is not None and sum(share.charges) == pytest.approx(found.total, abs=0.05)
    assert len(by_method["shapley"].error) == 4
    assert "share_some" in {issue.code for issue in found.issues}
    assert "95" in service.verdict(found, by_method["shapley"], "fr")
    if len(found.coalitions) < 15:  # what was not solved is not called proven
        assert all(share.core is not None and share.core.verdict is not Core.INSIDE for share in found.shares)
