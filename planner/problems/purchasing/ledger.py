"""A bill as the tables of a plan: cost lines, awards, discounts reached, and the key figures. No solver."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from planner.plan import KpiValue, cents
from planner.problems.base import Costs, average
from planner.problems.purchasing.course import Course
from planner.problems.purchasing.entries import MONTHS
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.reports import reports
from planner.problems.purchasing.rules import Standing, percent
from planner.problems.purchasing.tables import AWARDS, COSTS, TIERS
from planner.problems.purchasing.tariff import Bill
from planner.problems.purchasing.timetable import euros, timetables, year_sums
from planner.problems.purchasing.units import MILLI, PPM, Pair, nearest


def first_year_saving(market: Market, pair: Pair, saving: int) -> int:
    """The part of a yearly saving (cents) that falls in the first year, to the cent."""
    part = market.first_year[pair] * saving
    return nearest(part.numerator, part.denominator)


def cost_lines(market: Market, bill: Bill) -> pd.DataFrame:
    """The cost lines of one year's bill; `objective` adds up to its total."""
    costs = Costs(COSTS)
    _add(costs, market, bill, market.year, 1.0)
    return costs.frame()


def course_lines(course: Course) -> pd.DataFrame:
    """The cost lines of every year of an award, discounted in `objective`, with what targets missed weigh."""
    costs = Costs(COSTS)
    for year in course.years:
        _add(costs, course.market, year.bill, year.year, year.weight)
        for rule in course.rules:
            if rule.code in year.short:
                short, weighs = year.short[rule.code]
                costs.add(year.year, rule.member, rule.code, "target", euros(short), 0.0, beyond=euros(weighs) * year.weight)
    return costs.frame()


def _add(costs: Costs, market: Market, bill: Bill, year: int, weight: float) -> None:
    def add(member: str, item: str, line: str, quantity: float, cents: int, beyond: float = 0.0) -> None:
        costs.add(year, member, item, line, quantity, euros(cents), weight, beyond * weight)

    goods: dict[Pair, int] = defaultdict(int)
    for (lot, member, _), row in bill.rows.items():
        goods[lot, member] += row.net
    for (lot, member), amount in goods.items():
        add(member, lot, "goods", market.units((lot, member)) * bill.months[lot, member] / (MILLI * MONTHS), amount)
    for (lot, member), amount in bill.outside.items():
        own = amount / market.today[lot, member] if market.today[lot, member] else 1.0
        add(member, lot, "own_price", market.own_units((lot, member)) * own / MILLI, amount)
    for (supplier, member), amount in bill.carriage.items():
        add(member, supplier, "carriage", 1, amount)
    for (supplier, member), amount in bill.fee.items():
        net = sum(row.net for (_, m, s), row in bill.rows.items() if (s, m) == (supplier, member))
        add(member, supplier, "fee", euros(net), amount)
    for (supplier, member), amount in bill.management.items():
        add(member, supplier, "management", 1, amount)
    for (lot, member), amount in bill.switched(market).items() if market.switching else ():  # paid once, counted by year of contract like all lines
        add(member, lot, "switching", bill.months[lot, member] / MONTHS / market.contract_years, amount)
    for (lot, member), amount in bill.exits.items():
        add(member, lot, "exit_fee", 1, amount)
    for lot, member in bill.changes:
        add(member, lot, "changes", 1, 0, euros(market.accepted.price))


def awards(course: Course) -> pd.DataFrame:
    """One row per pair and supplier, in a full year; pairs that stay out have a row without supplier, at today's cost."""
    market, bill, made = course.market, course.full, []
    order = {pair: index for index, pair in enumerate(market.pairs)}
    first = course.years[0].bill
    lines = [(pair, "", 100) for pair in bill.outside] + [((lot, member), supplier, 0) for lot, member, supplier in bill.rows]
    for pair, supplier, share in sorted(lines, key=lambda line: (order[line[0]], line[1])):
        lot, member = pair
        if not supplier:
            today = euros(bill.outside[pair])
            made.append({"lot": lot, "establishment": member, "share": float(share), "gross": today, "discount": 0.0, "simulated": 0.0, "net": today,
                         "charges": 0.0, "today": today, "first_year_saving": 0.0})  # fmt: skip
            continue
        award = (lot, member, supplier)
        row, entry, started = bill.rows[award], course.joins.get(pair), first.rows.get(award)
        if market.years:
            saving = started.today - started.net - started.charges if started is not None else 0
        else:
            saving = first_year_saving(market, pair, row.today - row.net - row.charges)
        made.append(
            {"lot": lot, "establishment": member, "supplier": supplier, "share": float(row.share), "gross": euros(row.gross),
             "discount": euros(row.discount), "simulated": euros(row.simulated), "net": euros(row.net), "charges": euros(row.charges), "today": euros(row.today),
             "joins": market.joining(pair, entry) if entry is not None else None, "first_year_saving": euros(saving)}
        )  # fmt: skip
    return AWARDS.frame(made)


def tiers(course: Course) -> pd.DataFrame:
    """Where each supplier used stands in each of its schedules, in a full year (no year) and in each year of the plan;
    a threshold of 0 with rate 0 is « none reached »."""
    made = []
    for year, bill in [(None, course.full), *((year.year, year.bill) for year in course.years if course.market.years)]:
        for reached in sorted(bill.reached, key=lambda r: (r.schedule.supplier, r.schedule.lot, r.schedule.package)):
            schedule, tier = reached.schedule, reached.schedule.tiers[reached.tier]
            scale = schedule.scale
            made.append(
                {"supplier": schedule.supplier, "scope": schedule.scope, "lot": schedule.lot or None, "package": schedule.package or None, "year": year,
                 "base": reached.base / scale, "threshold": tier.threshold / scale, "rate": tier.rate * 100 / PPM,
                 "discount": euros(reached.discount), "simulation": schedule.simulated}
            )  # fmt: skip
    return TIERS.frame(made)


def tables(course: Course) -> dict[str, pd.DataFrame]:
    """The result tables of a plan."""
    return {COSTS.name: course_lines(course), AWARDS.name: awards(course), TIERS.name: tiers(course), **timetables(course), **reports(course)}


def kpis(course: Course) -> list[KpiValue]:
    """Key figures of the group and by establishment.

    The gain compares prices as paid (goods, carriage, central buyer's fee) with today's for the same quantities, in a
    full year; management and changes of supplier are costs but no prices, so they lower the budget effect and raise the
    yearly cost without touching the gain. The yearly cost is the average of the plan's years.
    """
    market, bill = course.market, course.full
    made: list[KpiValue] = []
    for member in ("", *market.members):
        rows = {award: row for award, row in bill.rows.items() if member in ("", award[1])}
        outside = sum(amount for pair, amount in bill.outside.items() if member in ("", pair[1]))
        changes = sum(member in ("", pair[1]) for pair in bill.switching)
        charges = [sum(v for (_, m), v in each.items() if member in ("", m)) for each in (bill.carriage, bill.fee)]
        net, today = sum(row.net for row in rows.values()), sum(row.today for row in rows.values())
        gain = today - net - sum(charges)
        sums = [year_sums(course, year, member) for year in course.years]
        saved = sum(
            first_year_saving(market, (a[0], a[1]), row.today - row.net - row.charges) for a, row in rows.items()
        ) - changes * market.switching  # fmt: skip
        made += [
            KpiValue("annual_cost", average((euros(each.paid) for each in sums), len(sums)), member),
            KpiValue("gain", euros(gain), member),
            KpiValue("gain_percent", percent(gain, today + outside), member),
            KpiValue("first_year", euros(sums[0].budget if market.years else saved), member),
        ]
        if market.years:
            made.append(KpiValue("plan_budget", euros(sum(each.budget for each in sums)), member))
        whole, quality, organic = Standing(market, course.shares).food(market.lots, member)
        if whole:
            made += [KpiValue("egalim_quality", percent(quality, whole), member), KpiValue("egalim_organic", percent(organic, whole), member)]
    today_suppliers = {supplier for pair in bill.outside for supplier in market.current[pair]}
    together: dict[str, set[str]] = defaultdict(set)
    for lot, member, _ in bill.rows:
        together[lot].add(member)
    if any(schedule.simulated for schedule in market.schedules):
        made.append(KpiValue("simulated", euros(sum(row.simulated for row in bill.rows.values()))))
    made += [
        KpiValue("suppliers", float(len(today_suppliers | {supplier for _, _, supplier in bill.rows}))),
        KpiValue("lots_pooled", float(sum(len(members) > 1 for members in together.values()))),
    ]
    if market.accepted:
        made.append(KpiValue("changes", float(len(bill.changes))))
    return made


def objective(market: Market, bill: Bill) -> float:
    """The cost of one year's bill (€)."""
    return cents(euros(bill.total(market)))


def annual(market: Market, bill: Bill) -> float:
    """What is paid in a full year (€): its cost without the price put on changes."""
    return cents(euros(bill.paid(market)))
