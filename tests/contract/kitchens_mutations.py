"""Mutated kitchens plans: each one thing wrong, everything else made honest again, and the findings it must raise.

A mutation changes the scenario, the network or the plan's decisions. `honest` then rewrites what the plan
claims (figures, actions, cost lines) to what the audit recomputes, so that only the broken rule remains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from planner.network import Network
from planner.plan import Plan
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.tables import ASSIGNMENT, COSTS, ROADMAP
from planner.scenario import Scenario
from planner.schema import Table, rows
from tests.problems.kitchens.small import group

Row = dict[str, Any]
Edit = Callable[[list[Row]], list[Row]]


@dataclass(frozen=True)
class Mutation:
    """`expected`: the codes raised, exactly; `edits`, `parameters`: of the scenario `small.group`; `accepted`: its accepted plan."""

    name: str
    expected: frozenset[str]
    roadmap: Edit | None = None
    assignment: Edit | None = None
    plan: Callable[[Plan], Plan] | None = None
    edits: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    accepted: tuple[Row, ...] = ()
    scenarios: tuple[Row, ...] = ()
    network: Callable[[Network], Network] | None = None
    honest: bool = True

    def apply(self, plan: Plan, network: Network) -> tuple[Scenario, Network, Plan]:
        scenario = group(self.edits, {"accepted_kitchens": list(self.accepted), "demand_scenarios": list(self.scenarios)}, **self.parameters)
        network = self.network(network) if self.network else network
        mutated = plan.with_(scenario_hash=scenario.hash, bound=None)
        for table, edit in ((ROADMAP, self.roadmap), (ASSIGNMENT, self.assignment)):
            if edit:
                mutated = with_rows(mutated, table, edit)
        if self.honest:
            mutated = honest(scenario, network, mutated)
        return scenario, network, self.plan(mutated) if self.plan else mutated


def plain(table: Table, frame: pd.DataFrame) -> list[Row]:
    return [{name: value for name, value in vars(row).items() if name != "index_"} for row in rows(table, frame)]


def with_rows(plan: Plan, table: Table, edit: Edit) -> Plan:
    changed = table.frame(edit(plain(table, plan.tables[table.name])))
    return plan.with_(tables={**plan.tables, table.name: changed})


def honest(scenario: Scenario, network: Network, plan: Plan) -> Plan:
    """The plan with every claimed figure and cost line set to what the audit recomputes."""
    findings = KITCHENS.audit(scenario, network, plan).issues
    actions = {option.fr: option.code for option in ROADMAP.column("action").kind.options}  # type: ignore[attr-defined]
    for table in (ROADMAP, ASSIGNMENT):
        right = {(i.row, i.column): dict(i.args)["right"] for i in findings if i.code == "kitchens_wrong_figure" and i.table == table.name}
        right |= {(i.row, i.column): actions[dict(i.args)["right_fr"]] for i in findings if i.code == "kitchens_wrong_action" and i.table == table.name}

        def correct(own: list[Row], right: dict[Any, Any] = right) -> list[Row]:
            return [{**row, **{c: value for (r, c), value in right.items() if r == index}} for index, row in enumerate(own)]

        plan = with_rows(plan, table, correct)
    audit = KITCHENS.audit(scenario, network, plan)
    return plan.with_(tables={**plan.tables, COSTS.name: audit.costs}, cost=audit.cost)


# --- edits -----------------------------------------------------------------------------------------------------


def change(where: Mapping[str, Any], **values: Any) -> Edit:
    """Sets values in the rows that match; at least one must."""

    def edit(own: list[Row]) -> list[Row]:
        hit = [all(row[name] == value for name, value in where.items()) for row in own]
        assert any(hit), where
        return [{**row, **values} if match else row for row, match in zip(own, hit, strict=True)]

    return edit


def drop(**where: Any) -> Edit:
    def edit(own: list[Row]) -> list[Row]:
        kept = [row for row in own if not all(row[name] == value for name, value in where.items())]
        assert len(kept) < len(own), where
        return kept

    return edit


def add(like: Mapping[str, Any], **values: Any) -> Edit:
    """Adds a copy of the first row that matches, with other values."""

    def edit(own: list[Row]) -> list[Row]:
        model = next(row for row in own if all(row[name] == value for name, value in like.items()))
        return [*own, {**model, **values}]

    return edit


def then(*edits: Edit) -> Edit:
    def edit(own: list[Row]) -> list[Row]:
        for one in edits:
            own = one(own)
        return own

    return edit


def more(name: str, by: float, **where: Any) -> Edit:
    """Raises a number in the rows that match."""

    def edit(own: list[Row]) -> list[Row]:
        hit = [all(row[key] == value for key, value in where.items()) for row in own]
        assert any(hit), where
        return [{**row, name: row[name] + by} if match else row for row, match in zip(own, hit, strict=True)]

    return edit


def cut_off(site: str) -> Callable[[Network], Network]:
    def edit(network: Network) -> Network:
        km, minutes = network.km.copy(), network.minutes.copy()
        i = network.sites.index(site)
        km[i, :], km[:, i], minutes[i, :], minutes[:, i] = np.nan, np.nan, np.nan, np.nan
        km[i, i] = minutes[i, i] = 0.0
        return replace(network, km=km, minutes=minutes)

    return edit


def costs(edit: Edit) -> Callable[[Plan], Plan]:
    return lambda plan: with_rows(plan, COSTS, edit)


def mutation(name: str, *expected: str, **parts: Any) -> Mutation:
    return Mutation(name, frozenset(expected), **parts)


UNLIMITED = {"unlimited_departures": 1.0}
Y27, Y28, Y29 = {"year": 2027}, {"year": 2028}, {"year": 2029}
AS_TODAY = tuple({"year": year, "site": site, "kitchen": kitchen, "mode": mode} for year in (2027, 2028) for site, kitchen, mode in (("A", "KA", "hot"), ("B", "KB", "hot")))

MUTATIONS = (
    # the plan of `small.group`: 2027 as today; 2028 KN opens at level 2, KA and KB close, KX stays a last year; 2029 KN alone
    # --- rows ---
    mutation("a site is forgotten", "kitchens_not_fed", assignment=drop(site="C", **Y29)),
    mutation("a site is fed twice", "kitchens_fed_twice", assignment=add({"site": "C", **Y29})),
    mutation("a site that does not exist", "kitchens_stray_row", assignment=add({"site": "C", **Y29}, site="ZZ")),
    mutation("a year outside the plan", "kitchens_stray_row", assignment=add({"site": "C", **Y29}, year=2031)),
    mutation("a kitchen year outside the plan", "kitchens_stray_row", roadmap=add({"kitchen": "KN", **Y29}, year=2030)),
    mutation("a kitchen row twice", "kitchens_row_twice", roadmap=add({"kitchen": "KN", **Y29})),
    mutation("a kitchen row forgotten", "kitchens_no_row", roadmap=drop(kitchen="KA", **Y29)),
    mutation("a level that does not exist", "kitchens_unknown_level", "kitchens_no_row", "kitchens_closed_feeds", "kitchens_departures",
             roadmap=change({"kitchen": "KN", **Y29}, level=9)),
    mutation("a kitchen that does not exist", "kitchens_unknown_kitchen", "kitchens_not_fed", assignment=change({"site": "C", **Y29}, kitchen="KZ")),
    mutation("no mode", "kitchens_unknown_kitchen", "kitchens_not_fed", assignment=change({"site": "C", **Y29}, mode=None)),
    mutation("no roadmap", "plan_table_missing", honest=False,
             plan=lambda plan: plan.with_(tables={name: t for name, t in plan.tables.items() if name != ROADMAP.name})),
    mutation("made for other data", "plan_of_other_data", plan=lambda plan: plan.with_(scenario_hash="0" * 64)),
    # --- who feeds whom ---
    mutation("a site that has left is fed", "kitchens_fed_for_nothing", assignment=add({"site": "C", **Y29}, site="X")),
    mutation("a closed kitchen feeds", "kitchens_closed_feeds", assignment=change({"site": "C", **Y29}, kitchen="KA")),
    mutation("a mode the kitchen does not make", "kitchens_mode_not_made", "kitchens_hot_days", assignment=change({"site": "C", **Y29}, mode="hot")),
    mutation("a mode one row refuses", "kitchens_mode_refused", edits={"meal_demand": {"D": {"modes": ("hot",)}}}),
    mutation("no way to the site", "kitchens_unreachable", network=cut_off("D")),
    mutation("too far, cold", "kitchens_too_far", parameters={"max_cold_minutes": 29}),
    mutation("too far, hot", "kitchens_too_far", parameters={"max_hot_minutes": 29}),
    mutation("hot on a Saturday without production", "kitchens_hot_days", edits={"meal_demand": {"A": {"meals": 20000.0, "consumption_days": None, "days": ("mon", "sat")}}}),
    mutation("hot on days without production", "kitchens_hot_days", edits={"meal_demand": {"A": {"consumption_days": 6}}}),
    mutation("use-by too short", "kitchens_use_by", edits={"kitchens": {"KN": {"use_by_days": 2}}}),
    mutation("a diet the kitchen does not make", "kitchens_diet_not_made", edits={"meal_demand": {"D": {"diet": "mixed"}}, "kitchens": {"KN": {"diets": ("normal", "salt_free")}}}),
    mutation("kitchen imposed from a year on, ignored", "kitchens_site_lock_broken", edits={"meal_demand": {"A": {"lock": "KA", "lock_from": 2029}}}),
    mutation("imposed kitchen ignored", "kitchens_site_lock_broken", edits={"meal_demand": {"A": {"lock": "KB"}}}),
    # --- levels over the years ---
    mutation("open after its establishment left", "kitchens_not_member", roadmap=add({"kitchen": "KX", **Y28}, **Y29)),
    mutation("reopened", "kitchens_reopened", roadmap=change({"kitchen": "KA", **Y29}, level=1, staff=1), parameters=UNLIMITED),
    mutation("opened before its time", "kitchens_too_early", edits={"kitchens": {"KN": {"earliest_year": 2029}}}),
    mutation("open though to be closed", "kitchens_lock_close_broken", edits={"kitchens": {"KX": {"lock": "close"}}}),
    mutation("closed though to be kept", "kitchens_lock_open_broken", edits={"kitchens": {"KA": {"lock": "keep"}}}),
    mutation("candidate late though to be opened", "kitchens_lock_open_broken", edits={"kitchens": {"KN": {"lock": "open", "earliest_year": None}}}),
    mutation("open in the year from which it is to be closed", "kitchens_lock_close_broken", edits={"kitchens": {"KX": {"lock": "close", "lock_from": 2028}}}),
    mutation("closed before the end of the last year in which it is to be kept", "kitchens_lock_open_broken", edits={"kitchens": {"KA": {"lock": "keep", "lock_until": 2028}}}),
    mutation("a candidate open in the last year in which it is to be closed", "kitchens_lock_close_broken", edits={"kitchens": {"KN": {"lock": "close", "lock_until": 2028}}}),
    mutation("closed in the year from which it is to be kept", "kitchens_lock_open_broken", edits={"kitchens": {"KA": {"lock": "keep", "lock_from": 2029}}}),
    mutation("one kitchen open more than the most", "kitchens_too_many_open", edits={"yearly_limits": {"2028": {"kitchens": 1}}}),
    # --- capacity and posts ---
    mutation("capacity exceeded", "kitchens_over_capacity", "kitchens_day_short", roadmap=change({"kitchen": "KN"} | Y29, level=1), parameters=UNLIMITED),
    mutation("capacity exceeded by a hundredth", "kitchens_over_capacity", "kitchens_day_short", edits={"kitchen_levels": {"KX": {"capacity": 153.83}}}),
    mutation("five days' work for seven forgotten", "kitchens_over_capacity", "kitchens_day_short", edits={"kitchens": {"KX": {"production_days": 4, "use_by_days": 4}}, "kitchen_levels": {"KX": {"capacity": 190.0}}}),
    mutation("too few posts for the meals", "kitchens_posts_short", roadmap=more("staff", -1, kitchen="KN", **Y29), parameters=UNLIMITED),
    mutation("no posts told", "kitchens_posts_short", "kitchens_posts_below_minimum", roadmap=change({"kitchen": "KN", **Y29}, staff=None), parameters=UNLIMITED),
    mutation("fewer posts than the smallest team", "kitchens_posts_below_minimum", edits={"kitchen_levels": {"KN": {"min_staff": 15.5}}},
             roadmap=change({"kitchen": "KN", **Y29}, staff=15), parameters=UNLIMITED),
    mutation("half a post", "kitchens_posts_not_whole", roadmap=more("staff", 0.5, kitchen="KN", **Y29)),
    mutation("posts in a closed kitchen", "kitchens_posts_when_closed", roadmap=change({"kitchen": "KA", **Y29}, staff=1)),
    mutation("posts fall too fast", "kitchens_departures", edits={"yearly_limits": {"2029": {"departures": 4.9}}}),
    mutation("posts fall too fast from today", "kitchens_departures", edits={"kitchens": {"KA": {"staff": 13.0}}}),
    mutation("the leaver's posts count once", "kitchens_departures", edits={"kitchens": {"KX": {"staff": 3.0}}}),
    # --- works, approval, chilling ---
    mutation("opened without its works", "kitchens_works_broken", edits={"kitchen_levels": {"KN": {"works_years": 1}}}),
    mutation("works from a level that is not there", "kitchens_works_broken", edits={"kitchen_levels": {"KA": {"works_years": 1}}}, roadmap=change({"kitchen": "KA", "year": 2027}, target=1)),
    mutation("chilled beyond the chillers", "kitchens_over_chilling", "kitchens_day_short", edits={"kitchen_levels": {"KN": {"cold_capacity": 500.0}}}),
    mutation("approved, of which nobody knows the cost", "kitchens_approval_unknown", edits={"kitchens": {"KN": {"approved": False}}}),
    mutation("approval lost", "kitchens_approval_lost", "kitchens_exemption", roadmap=change({"kitchen": "KN", **Y29}, approved=False)),
    mutation("too much delivered without approval", "kitchens_exemption", edits={"kitchens": {"KN": {"approved": False}}}, roadmap=change({"kitchen": "KN"}, approved=False)),
    mutation("delivered too far without approval", "kitchens_exemption", "kitchens_exemption_far",
             edits={"kitchens": {"KN": {"approved": False}}, "sites": {"D": {"lat": 47.5}}}, roadmap=change({"kitchen": "KN"}, approved=False)),
    mutation("the approval is not paid", "wrong_cost_line", edits={"kitchens": {"KN": {"approved": False, "approval_cost": 9000.0}}},
             plan=costs(drop(line="approval", item="KN"))),
    mutation("the closed kitchen costs nothing", "wrong_cost_line", edits={"kitchens": {"KA": {"mothball_cost": 900.0}}}, plan=costs(drop(line="mothball", item="KA", **Y29))),
    mutation("a subsidy counted twice", "kitchens_wrong_figure", edits={"kitchens": {"KN": {"subsidy": 20.0}}},
             plan=lambda plan: with_rows(plan, ROADMAP, more("investment", -260000.0, kitchen="KN", **Y28))),
    mutation("a school counted over the whole year", "kitchens_over_capacity", "kitchens_day_short", edits={"meal_demand": {"X": {"weeks": 36}}}),
    mutation("a school of four days counted on five", "kitchens_over_capacity", "kitchens_day_short",
             edits={"meal_demand": {"X": {"consumption_days": None, "days": ("mon", "tue", "thu", "fri")}}, "kitchen_levels": {"KX": {"capacity": 160.0}}}),
    mutation("deliveries to a school on days without meals", "kitchens_wrong_figure", edits={"meal_demand": {"C": {"meals": 20000.0, "consumption_days": None, "days": ("mon", "tue", "thu", "fri")}}},
             plan=lambda plan: with_rows(plan, ASSIGNMENT, more("delivery", 500.0, site="C", **Y28))),
    mutation("meals of the school weeks alone over the exemption", "kitchens_exemption", roadmap=change({"kitchen": "KN"}, approved=False),
             edits={"kitchens": {"KN": {"approved": False}}, "meal_demand": {"A": {"meals": 3000.0}, "B": {"meals": 30000.0}, "C": {"meals": 12000.0, "weeks": 20}, "D": {"meals": 1000.0}, "X": {"meals": 1000.0}}}),
    mutation("in the holidays the school's own meals no longer count", "kitchens_exemption", roadmap=change({"kitchen": "KN"}, approved=False),
             edits={"kitchens": {"KN": {"approved": False}}, "meal_demand": {"A": {"meals": 20000.0}, "B": {"meals": 100000.0, "weeks": 36}, "C": {"meals": 12000.0}, "D": {"meals": 4000.0}, "X": {"meals": 1000.0}}}),
    mutation("one kitchen alone, with nobody to step in", "kitchens_rescue_short", parameters={"least_rescue_share": 60.0}),
    mutation("one kitchen alone in August", "kitchens_rescue_short", parameters={"least_rescue_share": 60.0, "kitchen_stop_month": 8}),
    # --- days and posts ---
    mutation("a holiday without the extra production", "kitchens_use_by", parameters={"kitchens_real_calendar": 1}, edits={"kitchens": {"KN": {"holidays": "closed"}, "KX": {"holidays": "worked"}, "KA": {"holidays": "worked"}}}),
    mutation("a long weekend's peak", "kitchens_over_capacity", "kitchens_day_short", parameters={"kitchens_real_calendar": 1}, edits={"kitchens": {"KX": {"holidays": "worked"}, "KA": {"holidays": "worked"}}}),
    mutation("weekend crews forgotten", "kitchens_posts_short", edits={"kitchens": {"KB": {"weekend_posts": 30.0}}}),
    mutation("crews of hot meals forgotten", "kitchens_posts_short", edits={"kitchens": {"KB": {"hot_posts": 30.0}}}),
    mutation("holidays worked for nothing", "wrong_cost_line", parameters={"kitchens_real_calendar": 1}, edits={"kitchens": {code: {"holidays": "worked", "holiday_cost": 500.0} for code in ("KN", "KX", "KA")}},
             plan=costs(drop(line="holidays", item="KN", **Y29))),
    mutation("an old kitchen kept for nothing", "wrong_cost_line", edits={"kitchens": {"KX": {"compliant_until": 2027, "refit_cost": 10000.0}}},
             plan=costs(drop(line="kitchen_investment", item="KX", **Y28))),
    mutation("a refurbishment not told", "kitchens_wrong_figure", edits={"kitchens": {"KX": {"compliant_until": 2027, "refit_cost": 10000.0, "subsidy": 20.0}}},
             plan=lambda plan: with_rows(plan, ROADMAP, more("investment", -8000.0, kitchen="KX", **Y28))),
    mutation("a refurbishment beyond the budget", "kitchens_over_budget", edits={"kitchens": {"KX": {"compliant_until": 2027, "refit_cost": 100000.0}}}),
    # --- demand, payments, waste, CO2 ---
    mutation("a case in which capacity is short", "kitchens_over_capacity", "kitchens_day_short", "kitchens_posts_short", parameters={"kitchens_robust": 1},
             scenarios=({"scenario": "plus", "step": 1, "change": 40.0},)),
    mutation("a customer gone is fed", "kitchens_fed_for_nothing", edits={"meal_demand": {"C": {"until_year": 2028}}}),
    mutation("payments forgotten", "wrong_cost_line", edits={"meal_demand": {"C": {"price": 8.0}}}, plan=costs(drop(line="revenue", item="C", **Y29))),
    mutation("payments to who eats, not to who cooks", "wrong_cost_line", edits={"meal_demand": {"C": {"price": 8.0}}},
             plan=costs(change({"line": "revenue", "item": "C", **Y29}, establishment="E1"))),
    mutation("EGalim forgotten", "wrong_cost_line", parameters={"egalim_surcharge": 1.0}, plan=costs(drop(line="egalim", item="C", **Y29))),
    mutation("waste of a delivered meal like one on site", "wrong_cost_line", parameters={"meal_waste_price": 2.0}, plan=costs(more("amount", -1.0, line="waste", item="D", **Y29))),
    mutation("CO2 without its price", "wrong_cost_line", parameters={"kitchens_co2_price": 100.0}, plan=costs(change({"line": "co2", "item": "D", **Y29}, objective=0.0))),
    # --- equipment and budget ---
    mutation("cold without equipment", "kitchens_not_equipped", assignment=change({"site": "A", **Y28}, equipped=False)),
    mutation("equipped a year late", "kitchens_not_equipped", assignment=then(change({"site": "A", **Y28}, equipped=False), change({"site": "A", **Y29}, equipped=True))),
    mutation("equipped twice", "kitchens_equipped_twice", assignment=change({"site": "A", **Y29}, equipped=True)),
    mutation("equipped though served cold today", "kitchens_equipped_twice", assignment=change({"site": "C", **Y28}, equipped=True)),
    mutation("budget exceeded by a euro", "kitchens_over_budget", edits={"yearly_limits": {"2028": {"investment": 1429990.0}}}),
    mutation("equipment beyond the budget", "kitchens_over_budget", edits={"site_equipment": {"D": {"cost": 200000.0}}}),
    mutation("investment without budget", "kitchens_over_budget", edits={"yearly_limits": {"2028": {"investment": 0.0}}}),
    # --- the accepted plan ---
    mutation("two changes where one is allowed", "kitchens_too_many_changes", accepted=AS_TODAY, parameters={"kitchens_most_changes": 1}),
    mutation("another mode where none may change", "kitchens_too_many_changes", accepted=({"year": 2029, "site": "A", "kitchen": "KN", "mode": "hot"},),
             parameters={"kitchens_most_changes": 0}),
    mutation("a change without its price", "wrong_cost_line", accepted=AS_TODAY, parameters={"kitchens_change_price": 500.0},
             plan=costs(change({"line": "changes", "item": "A"}, objective=0.0))),
    mutation("a change forgotten", "wrong_cost_line", accepted=AS_TODAY, parameters={"kitchens_change_price": 500.0}, plan=costs(drop(line="changes", item="B"))),
    mutation("a change that is paid", "wrong_cost_line", accepted=AS_TODAY, parameters={"kitchens_change_price": 500.0},
             plan=costs(change({"line": "changes", "item": "A"}, amount=500.0))),
    # --- what the tables claim ---
    *(
        mutation(f"wrong {column} of a kitchen", "kitchens_wrong_figure", plan=lambda plan, column=column: with_rows(plan, ROADMAP, more(column, 1.0, kitchen="KN", **Y28)))
        for column in ("capacity", "load", "use", "meals", "investment", "chilled")
    ),
    *(
        mutation(f"wrong {column} of a site", "kitchens_wrong_figure", plan=lambda plan, column=column: with_rows(plan, ASSIGNMENT, more(column, -1.0, site="A", **Y28)))
        for column in ("meals", "km", "minutes", "delivery")
    ),
    mutation("wrong action", "kitchens_wrong_action", plan=lambda plan: with_rows(plan, ROADMAP, change({"kitchen": "KN", **Y28}, action="extended"))),
    mutation("a delivery cost that comes from elsewhere", "kitchens_wrong_delivery_source",
             plan=lambda plan: with_rows(plan, ASSIGNMENT, change({"site": "A", **Y28}, delivery_from="routes"))),
    mutation("more CO2 than allowed", "kitchens_over_co2", parameters={"kitchens_co2_limit": 0.5}),
    mutation("closing not told", "kitchens_wrong_action", plan=lambda plan: with_rows(plan, ROADMAP, change({"kitchen": "KA", **Y28}, action="closed"))),
    # --- cost ---
    *(
        mutation(f"wrong {line} cost", "wrong_cost_line", plan=costs(more("amount", 0.01, line=line, item=item, **Y28)))
        for line, item in (
            ("food", "A"), ("other_variable", "B"), ("delivery", "D"), ("site_investment", "A"),
            ("staff", "KN"), ("fixed", "KN"), ("kitchen_investment", "KN"), ("closing", "KA"),
        )
    ),
    mutation("wrong discounting", "wrong_cost_line", plan=costs(more("objective", 0.01, line="staff", item="KN", **Y29))),
    mutation("a cost line forgotten", "wrong_cost_line", plan=costs(drop(line="closing", item="KA", **Y28))),
    mutation("a cost line invented", "wrong_cost_line", plan=costs(add({"line": "closing", "item": "KA"}, year=2029))),
    mutation("a cost borne by another", "wrong_cost_line", plan=costs(change({"line": "staff", "item": "KN", **Y28}, establishment="E1"))),
    mutation("wrong total", "wrong_cost", plan=lambda plan: plan.with_(cost=round((plan.cost or 0) - 0.01, 2))),
    mutation("no total", "wrong_cost", plan=lambda plan: plan.with_(cost=None)),
    mutation("a bound above the cost", "wrong_bound", plan=lambda plan: plan.with_(bound=(plan.cost or 0) + 1)),
)  # fmt: skip
