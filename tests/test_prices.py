"""Prices of rules are intervals that hold the true price, and say what is proven."""

import math
from dataclasses import dataclass, replace

import pytest

from planner import network as networks
from planner import prices as pricing
from planner.i18n import message
from planner.issues import Issue, Message
from planner.network import Network
from planner.plan import Audit, Limits, Plan, Progress, Status, Step
from planner.prices import Price, Prices, prices
from planner.problems.base import edited
from planner.problems.kitchens import KITCHENS, Kitchens
from planner.problems.kitchens.policies import by_year
from planner.problems.kitchens.policies import policies as kitchen_policies
from planner.problems.kitchens.tables import COSTS
from planner.problems.routes import ROUTES
from planner.problems.routes.policies import policies as route_policies
from planner.problems.routes.tables import CO2_LIMIT as ROUTES_CO2
from planner.scenario import Scenario, with_parameter
from planner.service.prices import price_years, prices_dict, prices_text, verdict
from tests.problems.kitchens.small import group
from tests.problems.routes.small import small

LIMITS = Limits(seconds=20)
STEPS: list[Step] = []  # what the prices of `found` told while they were computed


@pytest.fixture(scope="module")
def found() -> Prices:
    return prices(group({"kitchens": {"KB": {"lock": "keep"}}}), "kitchens", LIMITS, Progress(STEPS.append))


def named(made: Prices, key: str) -> list[Price]:
    return [price for price in made.prices if price.name.key == key]


def test_a_lock_costs_what_two_proven_plans_differ_by(found: Prices) -> None:
    (kept,) = named(found, "policy.lock_keep")
    without = pricing.solved(KITCHENS, group(), networks.build(group())[0], LIMITS, Progress())
    true = found.whole.cost - without.cost
    assert kept.low <= true + 0.01 and true <= kept.high + 0.01
    assert kept.high - kept.low <= (found.whole.cost - found.whole.bound) + (without.cost - without.bound) + 0.05
    assert verdict(kept) == "prices.dear"


def test_each_computation_says_which_of_how_many_it_is(found: Prices) -> None:
    turns = list(dict.fromkeys(step.turn for step in STEPS))
    assert turns == sorted(turns) and turns[0] == (1, 1 + found.asked) and turns[-1] is not None and len(turns) > len(found.prices) // 2
    assert {of for _, of in (turn for turn in turns if turn is not None)} == {1 + found.asked}


def test_prices_are_never_negative_and_dearest_comes_first(found: Prices) -> None:
    for decision in (False, True):
        mine = pricing.in_order(found.prices, decision)
        assert mine and all(0 <= price.low <= price.high for price in mine)
        finite = [price.high for price in mine if math.isfinite(price.high)]
        assert finite == sorted(finite, reverse=True)


def test_a_decision_that_leaves_no_plan_is_said_impossible() -> None:
    lonely = group({"kitchens": {"KA": {"lock": "close"}, "KN": {"lock": "close"}, "KX": {"lock": "close"}}})
    made = prices(lonely, "kitchens", LIMITS, Progress(), kinds=("decision",))
    assert {verdict(price) for price in made.prices} <= {"prices.impossible", "prices.unknown"}
    assert any(verdict(price) == "prices.impossible" for price in named(made, "policy.close"))


def test_stopping_keeps_what_is_known() -> None:
    progress = Progress()
    progress.stop()
    made = prices(group(), "kitchens", LIMITS, progress)
    assert made.prices == () and made.asked > 0


@dataclass(frozen=True)
class Loose(Kitchens):
    """Plans without a bound: nothing is proven."""

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        return super().solve(scenario, network, limits, progress).with_(bound=None, status=Status.FEASIBLE)


def test_without_bounds_nothing_is_claimed() -> None:
    made = prices(group(), "kitchens", LIMITS, Progress(), kinds=("rule",), catalog={"kitchens": Loose()})
    assert all(price.low == 0 and math.isinf(price.high) for price in made.prices)
    assert "prices.unknown" in {verdict(price) for price in made.prices}


def test_words_in_both_languages(found: Prices) -> None:
    for lang, lock in (("fr", "«\u00a0Cuisine KB\u00a0» doit rester ouverte"), ("en", "“Cuisine KB” must stay open")):
        said = prices_text(found, lang)
        assert lock in said and Message.of("policy.budget").key not in said
    plain = prices_dict(found, "fr")
    assert len(plain["prices"]) == len(found.prices) and all(p["low"] is None or p["low"] >= 0 for p in plain["prices"])


# --- every rule keeps its contract ---------------------------------------------------------------------------


RICH = {
    "edits": {
        "kitchens": {"KA": {"approved": False, "approval_cost": 10000.0, "compliant_until": 2027, "refit_cost": 20000.0, "diets": ("normal",)}, "KB": {"lock": "keep"}, "KX": {"lock": "close", "lock_from": 2028}},
        "yearly_limits": {"2029": {"kitchens": 3}}, "kitchen_levels": {"KN": {"cold_capacity": 700.0}},
        "meal_demand": {"X": {"optional": True, "price": 4.0}, "C": {"lock": "KA"}},
    },
    "extra": {
        "demand_scenarios": [{"scenario": "plus", "step": 1, "change": 2.0}], "meal_deliveries": [{"kitchen": "KB", "site": "D", "cost": 30000.0, "km": 9000.0}],
        "accepted_kitchens": [{"year": 2027, "site": "B", "kitchen": "KB", "mode": "hot"}],
    },
    "kitchens_robust": 1.0, "egalim_surcharge": 0.5, "kitchens_co2_limit": 100.0, "kitchens_change_price": 500.0, "kitchens_most_changes": 4.0,
}  # fmt: skip


def test_a_rule_taken_away_keeps_every_plan_and_a_decision_adds_none() -> None:
    scenario = group(**RICH)  # type: ignore[arg-type]
    built = networks.build(scenario)[0]
    plan = KITCHENS.solve(scenario, built, Limits(seconds=10), Progress())
    assert plan.cost is not None and KITCHENS.audit(scenario, built, plan).valid, plan.issues
    seen = set()
    for rule in kitchen_policies(scenario):
        changed = rule.change(scenario)
        seen.add(rule.name.key)
        if rule.kind == "rule":
            assert pricing._here(KITCHENS, plan, changed, built) <= plan.cost + 0.05, rule.name
        elif rule.name.key in ("policy.serve", "policy.refuse"):
            other = KITCHENS.solve(changed, built, Limits(seconds=10), Progress())
            assert other.cost is not None
            assert pricing._here(KITCHENS, other, scenario, built) <= other.cost + 0.05, rule.name
    assert {
        "policy.lock_keep", "policy.lock_close_from", "policy.most_open", "policy.diets", "policy.refit", "policy.site_lock", "policy.budget", "policy.departures", "policy.approval", "policy.chilling", "policy.egalim", "policy.most_changes", "policy.change_price",
        "policy.earliest", "policy.modes", "policy.min_staff", "policy.case", "policy.kitchens_co2", "policy.serve", "policy.refuse", "policy.close", "policy.open",
    } <= seen  # fmt: skip


# --- year by year ----------------------------------------------------------------------------------------------


def test_the_price_of_each_year_is_what_two_proven_plans_differ_by() -> None:
    """The plan closes KA and KB in 2028 and opens KN. Keeping KA is free until 2027 and dearer each year; closing it is free from 2028."""
    scenario = group()
    made = price_years(scenario, ["KA", "KN"], LIMITS, Progress())
    told = {(price.name.key, dict(price.name.args)["year"]): price for price in made.prices if dict(price.name.args)["kitchen"] == "Cuisine KA"}
    assert [key for key, _ in told] == ["policy.keep_until"] * 3 + ["policy.close_by"] * 3 and made.asked == len(made.prices)
    assert [told["policy.keep_until", year].free for year in ("2027", "2028", "2029")] == [True, False, False]
    assert [told["policy.close_by", year].free for year in ("2028", "2029")] == [True, True] and not told["policy.close_by", "2027"].free
    for year in (2028, 2029):
        kept = pricing.solved(KITCHENS, group({"kitchens": {"KA": {"lock": "keep", "lock_until": year}}}), networks.build(scenario)[0], LIMITS, Progress())
        price = told["policy.keep_until", str(year)]
        assert price.low - 0.01 <= kept.cost - made.whole.cost <= price.high + 0.01
    assert told["policy.keep_until", "2029"].high >= told["policy.keep_until", "2028"].low
    assert [(p.name.key, dict(p.name.args)["year"]) for p in made.prices if "KN" in dict(p.name.args)["kitchen"]] == [
        ("policy.open_by", "2028"), ("policy.open_by", "2029"), ("policy.not_before", "2029")
    ]  # fmt: skip
    said = prices_text(made, "fr", years=True)
    assert "Garder «\u00a0Cuisine KA\u00a0» ouverte jusqu'à la fin de 2028" in said and "Fermer «\u00a0Cuisine KA\u00a0» au plus tard au début de 2027" in said and "Ne pas ouvrir «\u00a0Cuisine KN\u00a0» avant 2029" in said


def test_years_that_the_plan_keeps_already_are_not_solved() -> None:
    solves: list[str] = []

    class Counted(Kitchens):
        def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
            solves.append(scenario.hash)
            return super().solve(scenario, network, limits, progress)

    made = prices(group(), "kitchens", LIMITS, Progress(), kinds=("decision",), catalog={"kitchens": Counted()}, policies={"kitchens": lambda s: by_year(s, ["KA"])}, ordered=True)
    assert len(made.prices) == 6 and len(solves) == 1 + 2  # as it is; kept until 2028, until 2029; that it cannot close in 2027 is known before solving
    assert by_year(group({"kitchens": {"KA": {"lock": "keep"}}}), ["KA"]) == []


# --- prices by search ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noisy(Kitchens):
    """A search: 100 with the lock, 90 without, and 4 more with an odd seed."""

    name: str = "routes"

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return []

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        locked = any(row.lock == "keep" for row in scenario.rows("kitchens"))
        cost = (100.0 if locked else 90.0) + 4 * (limits.seed % 2)
        lines = COSTS.frame([{"line": "food", "amount": cost, "objective": cost}])
        return Plan("routes", Status.FEASIBLE, {COSTS.name: lines}, cost, bound=1.0, scenario_hash=scenario.hash, seed=1 if locked else 0)

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        locked = any(row.lock == "keep" for row in scenario.rows("kitchens"))
        broken = (Issue.error("x"),) if locked and not plan.seed else ()
        lines = COSTS.frame([{"line": "food", "amount": plan.cost, "objective": plan.cost}])
        return Audit("routes", broken, plan.cost or 0.0, plan.cost or 0.0, lines)


def test_prices_by_search_tell_their_spread_and_are_never_called_proven() -> None:
    scenario = group({"kitchens": {"KB": {"lock": "keep"}}})
    made = prices(scenario, "routes", LIMITS, Progress(), catalog={"routes": Noisy()}, policies={"routes": lambda s: [r for r in kitchen_policies(s) if r.name.key == "policy.lock_keep"]})
    (price,) = made.prices
    assert (price.best, price.low, price.high) == (10.0, 6.0, 14.0) and made.searched and not price.free
    assert verdict(price) == "prices.seems_dear" and not prices_dict(made, "fr")["proven"]
    for lang, words in (("fr", "non prouvé"), ("en", "not proven")):
        assert words in prices_text(made, lang)
    none = pricing._spread(kitchen_policies(scenario)[0], [100.0, math.inf], [90.0, 90.0], Status.FEASIBLE, 100.0)
    assert verdict(none) == "prices.unknown" and prices_dict(replace(made, prices=(none,)), "fr")["prices"][0]["best"] is None
    same = pricing._spread(kitchen_policies(scenario)[0], [100.0, 104.0], [101.0, 103.0], Status.FEASIBLE, 100.0)
    assert verdict(same) == "prices.noise"


def test_prices_by_search_go_on_from_one_plan_on_both_sides() -> None:
    asked: list[tuple[bool, int, float | None]] = []

    class Told(Noisy):
        def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
            locked = any(row.lock == "keep" for row in scenario.rows("kitchens"))
            asked.append((locked, limits.seed, None if limits.start is None else limits.start.cost))
            return super().solve(scenario, network, limits, progress)

    scenario = group({"kitchens": {"KB": {"lock": "keep"}}})
    prices(scenario, "routes", LIMITS, Progress(), catalog={"routes": Told()}, policies={"routes": lambda s: [r for r in kitchen_policies(s) if r.name.key == "policy.lock_keep"]})
    assert asked == [(True, 1, None), (True, 2, None), (True, 1, 100.0), (True, 2, 100.0), (False, 1, 100.0), (False, 2, 100.0)]


def test_every_rule_of_routes_can_be_taken_away() -> None:
    scenario, net = small(5, carries="own_depot")
    rows = scenario.rows("flows")
    locked = rows[0].flow
    scenario = edited(scenario, "flows", lambda row: {"max_minutes": 600.0, "opens": 300} | ({"lock": "big"} if row.flow == locked else {}))
    scenario = edited(scenario, "sites", lambda row: {"max_gvw": 3.5})
    scenario = scenario.replace("route_locks", scenario.table("route_locks").frame([{"category": rows[1].category, "flow": rows[1].flow, "days": tuple(rows[1].days)}]))
    scenario = scenario.replace("class_compatibility", scenario.table("class_compatibility").frame([{"first": "clean", "second": "dirty", "rule": "never"}]))
    scenario = with_parameter(scenario, ROUTES_CO2, 1000.0)
    scenario = edited(scenario, "sites", lambda row: {"needs_tail_lift": True, "low_emission_zone": True})
    scenario = edited(scenario, "vehicle_types", lambda row: {"tail_lift": row.vehicle == "big", "low_emission": row.vehicle == "big", "team": "T"})
    scenario = edited(scenario, "establishments", lambda row: {"co2_limit": 500.0})
    scenario = scenario.replace("driver_teams", scenario.table("driver_teams").frame([{"team": "T", "name": "T", "establishment": "A", "drivers": 9}]))
    scenario = scenario.replace("windows", scenario.table("windows").frame([{"site": "P", "day_type": "weekday", "opens": 300, "closes": 1200}]))
    found = route_policies(scenario)
    assert {rule.name.key for rule in found} >= {"policy.flow_vehicle", "policy.route_lock", "policy.own_depot", "policy.coloading", "policy.windows", "policy.on_board", "policy.trips", "policy.co2_limit",
                                                    "policy.site_hours", "policy.tail_lift", "policy.low_emission", "policy.shifts", "policy.breaks", "policy.drivers", "policy.fixed_days", "policy.co2_by"}  # fmt: skip
    for rule in found:
        changed = rule.change(scenario)
        assert changed.hash != scenario.hash, rule.name
        assert not [issue for issue in ROUTES.precheck(changed, net) if issue.code.startswith("invalid")]
        for lang in ("fr", "en"):
            assert message(rule.name, lang)
    assert len(found) - 1 == len(route_policies(found[0].change(scenario)))


def test_taking_a_rule_of_routes_away_allows_more_and_nothing_absurd() -> None:
    """Days are left to choice only where both ends are open often enough; two shifts of one vehicle keep their hours."""
    scenario, net = small(5)
    rows = scenario.rows("flows")
    scenario = edited(scenario, "flows", lambda row: {"days": ("sat", "sun"), "visits": None} if row.flow == rows[0].flow else {"days": ("mon",)})
    scenario = scenario.replace("windows", scenario.table("windows").frame([{"site": rows[0].origin, "day_type": "sunday", "opens": 0, "closes": 1440}]))
    fixed = {rule.name.key: rule for rule in route_policies(scenario)}["policy.fixed_days"].change(scenario)
    free = {row.flow: row.free_days for row in fixed.rows("flows")}
    assert not free[rows[0].flow] and all(free[row.flow] for row in rows[1:] if rows[0].origin not in (row.origin, row.destination))
    assert not [issue for issue in ROUTES.precheck(fixed, net) if issue.code == "routes_no_pattern"]
    shifts = edited(scenario, "vehicle_types", lambda row: {"same_as": "big", "depot": "D"} if row.vehicle == "small" else {})
    assert "policy.shifts" not in {rule.name.key for rule in route_policies(shifts)}
