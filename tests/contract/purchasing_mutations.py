"""Purchasing plans spoilt one way each, with the code of the finding that must say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.plan import Plan
from planner.problems.purchasing.result_tables import ACTIONS, CALENDAR, FAMILY_VALUES, FRAMEWORKS, GAPS, PRICES, SPEND, YEARS
from planner.problems.purchasing.tables import ACCEPTED, AWARDS, COSTS, TIERS
from planner.scenario import Scenario
from planner.schema import Table
from planner.sites import PARAMETERS
from tests.problems.purchasing.cases import small

Spoil = Callable[[Scenario, Plan], tuple[Scenario, Plan]]


@dataclass(frozen=True)
class Mutation:
    """`spoil` makes (scenario, plan) wrong in one way; the audit must answer with an error `code`."""

    name: str
    code: str
    spoil: Spoil


def scenario() -> Scenario:
    """Three members, four lots, three suppliers: tiers, a rebate, carriage, a fee, a split lot, every kind of rule and lock."""
    members = [{"establishment": f"H{i}", "name": f"H{i}"} for i in (1, 2, 3)]
    lots = [{"lot": name, "name": name, "family": "FOOD" if name != "GLOVES" else "MED", "max_winners": 2 if name == "FRUIT" else 1,
             "max_value": 30000.0 if name == "MILK" else None} for name in ("MILK", "BREAD", "FRUIT", "GLOVES")]  # fmt: skip
    price = {"milk": 1.0, "cream": 2.0, "bread": 2.0, "apple": 1.5, "glove": 4.0}
    lot_of = {"milk": "MILK", "cream": "MILK", "bread": "BREAD", "apple": "FRUIT", "glove": "GLOVES"}
    needs = [
        {"establishment": f"H{i}", "article": article, "quantity": 1000.0 * i, "current_price": p * 1.25, "current_supplier": "S3",
         "contract_end": dt.date(2027, i, 15)}
        for i in (1, 2, 3) for article, p in price.items()
    ]  # fmt: skip
    factor = {"S1": 1.0, "S2": 1.02, "S3": 1.05}
    offers = [
        {"supplier": s, "article": article, "price": round(p * f, 4), "quality": "organic" if (s, article) in (("S2", "apple"), ("S2", "milk")) else "none" if article == "bread" else "quality",
         "capacity": 4000.0 if (s, article) == ("S1", "apple") else None, "minimum": 1500.0 if (s, article) == ("S2", "apple") else None}
        for s, f in factor.items() for article, p in price.items() if (s, article) != ("S3", "cream")
    ]  # fmt: skip
    return small(
        establishments=members, lots=lots, needs=needs, offers=offers,
        parameters=[{"parameter": "first_year", "value": 2027}, {"parameter": "switching_cost", "value": 60}],
        families=[{"family": "FOOD", "name": "Alimentation", "food": True}, {"family": "MED", "name": "Médical"}],
        articles=[{"article": a, "name": a, "lot": lot, "quality": "none"} for a, lot in lot_of.items()],
        suppliers=[{"supplier": "S1", "name": "S1", "free_carriage": 9000.0, "carriage": 120.0, "management_cost": 90.0},
                   {"supplier": "S2", "name": "S2", "fee": 1.5, "management_cost": 50.0}, {"supplier": "S3", "name": "S3"}],
        discounts=[{"supplier": "S1", "scope": "lot", "lot": "MILK", "threshold": 10000.0, "rate": 3.0},
                   {"supplier": "S1", "scope": "lot", "lot": "MILK", "threshold": 90000.0, "rate": 9.0},
                   {"supplier": "S1", "scope": "supplier", "threshold": 20000.0, "rate": 1.0, "method": "incremental"}],
        purchasing_rules=[{"rule": "FLOOR", "kind": "min_winners", "lot": "FRUIT", "value": 2}, {"rule": "CAP", "kind": "max_lots", "value": 3},
                          {"rule": "SHARE", "kind": "max_share", "lot": "FRUIT", "value": 80}, {"rule": "LEAST", "kind": "min_share", "lot": "FRUIT", "value": 15},
                          {"rule": "GREEN", "kind": "min_quality", "value": 50}, {"rule": "BIO", "kind": "min_organic", "value": 10},
                          {"rule": "FEW", "kind": "max_suppliers", "value": 2}],
        purchasing_locks=[{"lot": "GLOVES", "establishment": "H3", "action": "stay_out"}, {"lot": "BREAD", "supplier": "S2", "action": "award"},
                          {"lot": "GLOVES", "supplier": "S3", "action": "exclude"}],
    )  # fmt: skip


# --- ways to spoil ---------------------------------------------------------------------------------------


def _is(frame: pd.DataFrame, where: dict[str, Any]) -> pd.Series:
    chosen = pd.Series(True, index=frame.index)
    for name, value in where.items():
        chosen &= frame[name].isna() if value is None else (frame[name] == value).fillna(False).astype(bool)
    return chosen


def edit(table: Table, where: dict[str, Any], values: dict[str, Any]) -> Spoil:
    """Sets (or, by a function, changes) cells of the rows chosen; at least one must exist."""

    def spoil(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
        frame = plan.tables[table.name].copy()
        chosen = _is(frame, where)
        assert chosen.any(), (table.name, where)
        for name, value in values.items():
            frame[name] = [(value(old) if callable(value) else value) if hit else old for old, hit in zip(frame[name], chosen, strict=True)]
        return scenario, plan.with_(tables={**plan.tables, table.name: frame})

    return spoil


def drop(table: Table, where: dict[str, Any]) -> Spoil:
    def spoil(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
        frame = plan.tables[table.name]
        assert _is(frame, where).any(), (table.name, where)
        return scenario, plan.with_(tables={**plan.tables, table.name: frame[~_is(frame, where)].reset_index(drop=True)})

    return spoil


def repeat(table: Table, where: dict[str, Any], **values: Any) -> Spoil:
    """Adds a copy of the first row chosen, with other values."""

    def spoil(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
        frame = plan.tables[table.name]
        copy = frame[_is(frame, where)].head(1).assign(**values)
        return scenario, plan.with_(tables={**plan.tables, table.name: pd.concat([frame, copy], ignore_index=True)})

    return spoil


def without(table: Table) -> Spoil:
    return lambda scenario, plan: (scenario, plan.with_(tables={k: v for k, v in plan.tables.items() if k != table.name}))


def data(name: str, where: dict[str, Any], **values: Any) -> Spoil:
    """The same plan against a scenario in which something is stricter (the plan's hash follows)."""

    def spoil(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
        frame = scenario.frames[name].copy()
        assert _is(frame, where).any(), (name, where)
        for column, value in values.items():
            frame.loc[_is(frame, where), column] = value
        other = scenario.replace(name, frame)
        return other, plan.with_(scenario_hash=other.hash)

    return spoil


def accepted(rows: list[dict[str, Any]], **parameters: float) -> Spoil:
    """The same plan where other awards had been accepted."""

    def spoil(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
        known = [{name: getattr(row, name) for name in PARAMETERS.names} for row in scenario.rows(PARAMETERS.name)]
        more = [{"parameter": f"purchasing_{code}", "value": float(value)} for code, value in parameters.items()]
        other = scenario.replace(ACCEPTED.name, ACCEPTED.frame(rows)).replace(PARAMETERS.name, PARAMETERS.frame(known + more))
        return other, plan.with_(scenario_hash=other.hash)

    return spoil


def cost(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
    return scenario, plan.with_(cost=(plan.cost or 0) - 0.02)


def bound(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
    return scenario, plan.with_(bound=(plan.cost or 0) + 1)


def other_scenario(scenario: Scenario, plan: Plan) -> tuple[Scenario, Plan]:
    return scenario.replace("families", scenario.frames["families"].assign(name="X")), plan


MILK1 = {"lot": "MILK", "establishment": "H1"}
FRUIT = {"lot": "FRUIT"}
OUT = {"lot": "GLOVES", "establishment": "H3"}
MUTATIONS = [
    Mutation("cost two cents low", "wrong_cost", cost),
    Mutation("bound above the cost", "wrong_bound", bound),
    Mutation("goods line wrong", "wrong_cost_line", edit(COSTS, {"line": "goods", "item": "MILK"}, {"amount": lambda a: a - 1, "objective": lambda a: a - 1})),
    Mutation("fee line dropped", "wrong_cost_line", drop(COSTS, {"line": "fee"})),
    Mutation("carriage line dropped", "wrong_cost_line", drop(COSTS, {"line": "carriage"})),
    Mutation("management line dropped", "wrong_cost_line", drop(COSTS, {"line": "management"})),
    Mutation("switching line dropped", "wrong_cost_line", drop(COSTS, {"line": "switching"})),
    Mutation("own price line halved", "wrong_cost_line", edit(COSTS, {"line": "own_price"}, {"amount": lambda a: a / 2})),
    Mutation("cost line borne by another", "wrong_cost_line", edit(COSTS, {"line": "own_price"}, {"establishment": "H1"})),
    Mutation("cost line of a wrong year", "wrong_cost_line", edit(COSTS, {"line": "own_price"}, {"year": 2026})),
    Mutation("cost line nobody knows", "wrong_cost_line", repeat(COSTS, {"line": "goods"}, item="TEA")),
    Mutation("cost line twice", "wrong_cost_line", repeat(COSTS, {"line": "goods"})),
    Mutation("no cost table", "plan_table_missing", without(COSTS)),
    Mutation("no award table", "plan_table_missing", without(AWARDS)),
    Mutation("no tier table", "plan_table_missing", without(TIERS)),
    Mutation("plan of another scenario", "plan_of_other_data", other_scenario),
    Mutation("gross wrong", "award_wrong_figure", edit(AWARDS, MILK1, {"gross": lambda a: a + 0.01})),
    Mutation("discount wrong", "award_wrong_figure", edit(AWARDS, MILK1, {"discount": lambda a: a + 5})),
    Mutation("net wrong", "award_wrong_figure", edit(AWARDS, MILK1, {"net": 0.0})),
    Mutation("today wrong", "award_wrong_figure", edit(AWARDS, MILK1, {"today": lambda a: a * 2})),
    Mutation("charges wrong", "award_wrong_figure", edit(AWARDS, MILK1, {"charges": lambda a: a + 1})),
    Mutation("first-year saving not prorated", "award_wrong_figure", edit(AWARDS, MILK1, {"first_year_saving": lambda a: a * 12})),
    Mutation("joins too early", "award_wrong_date", edit(AWARDS, MILK1, {"joins": dt.date(2027, 1, 1)})),
    Mutation("outside row joins", "award_wrong_date", edit(AWARDS, OUT, {"joins": dt.date(2027, 1, 1)})),
    Mutation("need forgotten", "award_missing", drop(AWARDS, MILK1)),
    Mutation("row twice", "award_twice", repeat(AWARDS, MILK1)),
    Mutation("share under 100 %", "award_share_sum", edit(AWARDS, MILK1, {"share": 90.0})),
    Mutation("shares over 100 %", "award_share_sum", edit(AWARDS, {**FRUIT, "establishment": "H3"}, {"share": 99.0})),
    Mutation("share not whole", "award_bad_share", edit(AWARDS, MILK1, {"share": 99.5})),
    Mutation("negative share", "award_bad_share", repeat(AWARDS, MILK1, supplier="S2", share=-10.0)),
    Mutation("partly outside", "award_partly_outside", lambda s, p: edit(AWARDS, {**MILK1, "supplier": "S1"}, {"share": 60.0})(*repeat(AWARDS, MILK1, supplier=None, share=40.0)(s, p))),
    Mutation("award without need", "award_without_need", repeat(AWARDS, MILK1, lot="TEA")),
    Mutation("award to a stranger", "award_without_need", repeat(AWARDS, MILK1, establishment="H9")),
    Mutation("supplier without offer", "award_without_offer", edit(AWARDS, MILK1, {"supplier": "S3"})),
    Mutation("tier claimed but not reached", "tier_not_reached", edit(TIERS, {"supplier": "S1", "lot": "MILK"}, {"threshold": 90000.0, "rate": 9.0})),
    Mutation("tier's rate wrong", "tier_wrong_figure", edit(TIERS, {"supplier": "S1", "lot": "MILK"}, {"rate": 3.5})),
    Mutation("tier's base wrong", "tier_wrong_figure", edit(TIERS, {"supplier": "S1", "lot": "MILK"}, {"base": lambda b: b + 1})),
    Mutation("tier's discount wrong", "tier_wrong_figure", edit(TIERS, {"supplier": "S1", "scope": "supplier"}, {"discount": lambda d: d + 1})),
    Mutation("tier left out", "tier_missing", drop(TIERS, {"supplier": "S1", "lot": "MILK"})),
    Mutation("tier made up", "tier_unknown", repeat(TIERS, {"supplier": "S1", "lot": "MILK"}, lot="BREAD")),
    Mutation("tier threshold raised in the data", "tier_not_reached", data("discounts", {"lot": "MILK", "threshold": 10000.0}, threshold=80000.0)),
    Mutation("two winners where one is allowed", "too_many_winners", edit(AWARDS, MILK1, {"supplier": "S2"})),
    Mutation("one winner where two are asked", "too_few_winners", lambda s, p: drop(AWARDS, {**FRUIT, "supplier": "S1"})(*edit(AWARDS, {**FRUIT, "supplier": "S2"}, {"share": 100.0})(s, p))),
    Mutation("excluded supplier", "lock_exclude_ignored", edit(AWARDS, {"lot": "GLOVES", "establishment": "H1"}, {"supplier": "S3"})),
    Mutation("award lock ignored", "lock_award_ignored", edit(AWARDS, {"lot": "BREAD", "establishment": "H2"}, {"supplier": None})),
    Mutation("stay-out lock ignored", "lock_stay_out_ignored", edit(AWARDS, OUT, {"supplier": "S1"})),
    Mutation("capacity exceeded", "capacity_exceeded", data("offers", {"supplier": "S1", "article": "apple"}, capacity=900.0)),
    Mutation("minimum not reached", "minimum_not_reached", data("offers", {"supplier": "S2", "article": "apple"}, minimum=5900.0)),
    Mutation("largest value of the framework exceeded", "framework_exceeded", data("lots", {"lot": "MILK"}, max_value=1000.0)),
    Mutation("too many lots", "too_many_lots", data("purchasing_rules", {"rule": "CAP"}, value=1.0)),
    Mutation("too many suppliers", "too_many_suppliers", data("purchasing_rules", {"rule": "FEW"}, value=1.0)),
    Mutation("share too high", "share_too_high", data("purchasing_rules", {"rule": "SHARE"}, value=40.0)),
    Mutation("share too low", "share_too_low", data("purchasing_rules", {"rule": "LEAST"}, value=51.0)),
    Mutation("EGalim not reached", "quality_too_low", data("purchasing_rules", {"rule": "GREEN"}, value=100.0)),
    Mutation("organic not reached", "organic_too_low", data("purchasing_rules", {"rule": "BIO"}, value=90.0)),
    Mutation("a change too many", "awards_too_many_changes", accepted([{**MILK1, "supplier": "S2"}], most_changes=0)),
    Mutation("out of the contract where it was to join", "awards_too_many_changes", accepted([{**OUT, "supplier": "S1"}, {**MILK1, "supplier": "S1"}], most_changes=0)),
    Mutation("joined where it was to stay out", "awards_too_many_changes", accepted([MILK1, {**MILK1, "lot": "BREAD"}], most_changes=1)),
    Mutation("the price of a change forgotten", "wrong_cost_line", accepted([{**MILK1, "supplier": "S2"}], change_price=500)),
    Mutation("price raised in the data", "award_wrong_figure", data("offers", {"supplier": "S1", "article": "cream"}, price=2.01)),
    Mutation("quantity raised in the data", "wrong_cost_line", data("needs", {"establishment": "H1", "article": "milk"}, quantity=1001.0)),
]  # fmt: skip


# --- over two years ----------------------------------------------------------------------------------------


def converging() -> Scenario:
    """The same market over two years: H1 may leave its contracts early, H2 may extend, milk starts in February; a target by kitchen."""
    case = scenario()
    needs, lots, rules = (case.frames[name].copy() for name in ("needs", "lots", "purchasing_rules"))
    needs["exit_fee"] = [0.1 if member == "H1" else None for member in needs["establishment"]]
    needs["extension_until"] = [dt.date(2027, 12, 31) if member == "H2" else None for member in needs["establishment"]]
    lots["starts"] = [dt.date(2027, 2, 1) if lot == "MILK" else None for lot in lots["lot"]]
    more = [{"rule": "JOINS", "kind": "max_joins", "value": 4.0}, {"rule": "AIM", "kind": "min_organic", "establishment": "H2", "value": 40.0, "penalty": 0.5}]
    for name, frame, extra in (("needs", needs, []), ("lots", lots, []), ("purchasing_rules", rules, more)):
        table = case.table(name)
        case = case.replace(name, table.frame([*frame.to_dict("records"), *extra]))
    known = [{name: getattr(row, name) for name in PARAMETERS.names} for row in case.rows(PARAMETERS.name)]
    return case.replace(PARAMETERS.name, PARAMETERS.frame([*known, {"parameter": "purchasing_years", "value": 2.0}, {"parameter": "purchasing_discount_rate", "value": 3.0}]))


BREAD1 = {"lot": "BREAD", "establishment": "H1"}
OVER_YEARS = [
    Mutation("a date on which nobody may join", "award_cannot_join", edit(AWARDS, BREAD1, {"joins": dt.date(2027, 6, 1)})),
    Mutation("joins before leaving is paid", "wrong_cost_line", edit(COSTS, {"line": "exit_fee"}, {"amount": 0.0, "objective": 0.0})),
    Mutation("joins another month than its costs say", "wrong_cost_line", edit(AWARDS, {"lot": "BREAD", "establishment": "H2"}, {"joins": dt.date(2028, 1, 1)})),
    Mutation("two dates for one pair", "award_cannot_join", edit(AWARDS, {**FRUIT, "establishment": "H3", "supplier": "S1"}, {"joins": None})),
    Mutation("first-year saving of a whole year", "award_wrong_figure", edit(AWARDS, BREAD1, {"first_year_saving": lambda a: a + 50})),
    Mutation("a year's goods left out", "wrong_cost_line", drop(COSTS, {"line": "goods", "year": 2028, "item": "MILK", "establishment": "H1"})),
    Mutation("second year not discounted", "wrong_cost_line", edit(COSTS, {"line": "goods", "year": 2028}, {"objective": lambda a: a * 1.03})),
    Mutation("target's shortfall forgotten", "wrong_cost_line", drop(COSTS, {"line": "target"})),
    Mutation("tier of the full year claimed for the first", "tier_wrong_figure", edit(TIERS, {"supplier": "S1", "lot": "MILK", "year": 2027}, {"base": lambda b: b + 1000})),
    Mutation("tier of a year left out", "tier_missing", drop(TIERS, {"supplier": "S1", "lot": "MILK", "year": 2028})),
    Mutation("tier of a year beyond the plan", "tier_unknown", repeat(TIERS, {"supplier": "S1", "lot": "MILK", "year": 2028}, year=2029)),
    Mutation("calendar: another date", "result_wrong_cell", edit(CALENDAR, BREAD1, {"joins": dt.date(2028, 1, 1)})),
    Mutation("calendar: another way", "result_wrong_cell", edit(CALENDAR, BREAD1, {"how": "extended"})),
    Mutation("calendar: fee too low", "result_wrong_cell", edit(CALENDAR, BREAD1, {"fee": lambda f: f - 0.01})),
    Mutation("calendar: pair left out", "result_missing_row", drop(CALENDAR, BREAD1)),
    Mutation("savings: gain too high", "result_wrong_cell", edit(YEARS, {"year": 2027, "establishment": "H1"}, {"gain": lambda g: g + 1})),
    Mutation("savings: budget effect without fees", "result_wrong_cell", edit(YEARS, {"year": 2027, "establishment": None}, {"budget": lambda b: b + 0.02})),
    Mutation("savings: EGalim share rounded up", "result_wrong_cell", edit(YEARS, {"year": 2028, "establishment": "H2"}, {"quality": lambda q: q + 0.1})),
    Mutation("savings: a year left out", "result_missing_row", drop(YEARS, {"year": 2028})),
    Mutation("savings: a year too many", "result_unknown_row", repeat(YEARS, {"year": 2028, "establishment": "H1"}, year=2029)),
    Mutation("no calendar", "plan_table_missing", without(CALENDAR)),
    Mutation("more join in a month than allowed", "too_many_joins", data("purchasing_rules", {"rule": "JOINS"}, value=2.0)),
    Mutation("price after too low", "result_wrong_cell", edit(PRICES, {"article": "milk", "establishment": "H1"}, {"after": lambda p: p - 0.01})),
    Mutation("price gap hidden", "result_missing_row", lambda s, p: drop(GAPS, {"article": "milk", "establishment": "H1"})(s, p)),
    Mutation("spend with a supplier too low", "result_wrong_cell", edit(SPEND, {"supplier": "S1", "family": "FOOD"}, {"common": lambda c: c - 10})),
    Mutation("procedure under its threshold", "result_wrong_cell", edit(FAMILY_VALUES, {"family": "FOOD"}, {"procedure": "direct"})),
    Mutation("framework's alert silenced", "result_wrong_cell", lambda s, p: edit(FRAMEWORKS, {"lot": "MILK", "year": None}, {"state": "fine"})(*data("lots", {"lot": "MILK"}, max_value=19000.0)(s, p))),
    Mutation("beneficiary of an action added", "result_wrong_cell", edit(ACTIONS, {"lot": "GLOVES"}, {"members": "H1, H2, H3"})),
    Mutation("no table of actions", "plan_table_missing", without(ACTIONS)),
]  # fmt: skip
