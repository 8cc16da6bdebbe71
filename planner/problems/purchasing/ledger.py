"""A bill as the tables of a plan: cost lines, awards, discounts reached, and the key figures. No solver."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from planner.plan import KpiValue, cents
from planner.problems.base import Costs
from planner.problems.purchasing.market import MILLI, PARTS, PPM, Market, Pair, nearest
from planner.problems.purchasing.rules import Standing, percent
from planner.problems.purchasing.tables import AWARDS, COSTS, TIERS
from planner.problems.purchasing.tariff import Bill, Shares


def euros(amount: int) -> float:
    return amount / 100


def first_year_saving(market: Market, pair: Pair, saving: int) -> int:
    """The part of a yearly saving (cents) that falls in the first year, to the cent."""
    part = market.first_year[pair] * saving
    return nearest(part.numerator, part.denominator)


def cost_lines(market: Market, bill: Bill) -> pd.DataFrame:
    """The cost lines of a bill; `objective` adds up to its total."""
    costs, year = Costs(COSTS), market.year
    goods: dict[Pair, int] = defaultdict(int)
    for (lot, member, _), row in bill.rows.items():
        goods[lot, member] += row.net
    for (lot, member), amount in goods.items():
        costs.add(year, member, lot, "goods", market.units((lot, member)) / MILLI, euros(amount))
    for (lot, member), amount in bill.outside.items():
        costs.add(year, member, lot, "own_price", market.units((lot, member)) / MILLI, euros(amount))
    for (supplier, member), amount in bill.carriage.items():
        costs.add(year, member, supplier, "carriage", 1, euros(amount))
    for (supplier, member), amount in bill.fee.items():
        net = sum(row.net for (_, m, s), row in bill.rows.items() if (s, m) == (supplier, member))
        costs.add(year, member, supplier, "fee", euros(net), euros(amount))
    for (supplier, member), amount in bill.management.items():
        costs.add(year, member, supplier, "management", 1, euros(amount))
    for lot, member in bill.switching if market.switching else ():  # paid once, counted by year of contract like all lines
        costs.add(year, member, lot, "switching", 1 / market.contract_years, euros(market.switching_yearly))
    for lot, member in bill.changes:
        costs.add(year, member, lot, "changes", 1, 0.0, beyond=euros(market.accepted.price))
    return costs.frame()


def awards(market: Market, bill: Bill) -> pd.DataFrame:
    """One row per pair and supplier; pairs that stay out have a row without supplier, at today's cost."""
    made = []
    order = {pair: index for index, pair in enumerate(market.pairs)}
    lines = [(pair, "", 100) for pair in bill.outside] + [((lot, member), supplier, 0) for lot, member, supplier in bill.rows]
    for pair, supplier, share in sorted(lines, key=lambda line: (order[line[0]], line[1])):
        lot, member = pair
        if not supplier:
            today = euros(bill.outside[pair])
            made.append({"lot": lot, "establishment": member, "share": float(share), "gross": today, "discount": 0.0, "net": today,
                         "charges": 0.0, "today": today, "first_year_saving": 0.0})  # fmt: skip
            continue
        row = bill.rows[lot, member, supplier]
        made.append(
            {"lot": lot, "establishment": member, "supplier": supplier, "share": float(row.share), "gross": euros(row.gross),
             "discount": euros(row.discount), "net": euros(row.net), "charges": euros(row.charges), "today": euros(row.today),
             "joins": market.joins[pair],
             "first_year_saving": euros(first_year_saving(market, pair, row.today - row.net - row.charges))}
        )  # fmt: skip
    return AWARDS.frame(made)


def tiers(bill: Bill) -> pd.DataFrame:
    """Where each supplier used stands in each of its schedules; a threshold of 0 with rate 0 is « none reached »."""
    made = []
    for reached in sorted(bill.reached, key=lambda r: (r.schedule.supplier, r.schedule.lot)):
        schedule, tier = reached.schedule, reached.schedule.tiers[reached.tier]
        scale = PARTS * (MILLI if schedule.quantity else 100)
        made.append(
            {"supplier": schedule.supplier, "scope": "lot" if schedule.lot else "supplier", "lot": schedule.lot or None,
             "base": reached.base / scale, "threshold": tier.threshold / scale, "rate": tier.rate * 100 / PPM,
             "discount": euros(reached.discount)}
        )  # fmt: skip
    return TIERS.frame(made)


def tables(market: Market, bill: Bill) -> dict[str, pd.DataFrame]:
    """The result tables of a plan."""
    return {COSTS.name: cost_lines(market, bill), AWARDS.name: awards(market, bill), TIERS.name: tiers(bill)}


def kpis(market: Market, shares: Shares, bill: Bill) -> list[KpiValue]:
    """Key figures of the group and by establishment.

    The gain compares prices as paid (goods, carriage, central buyer's fee) with today's for the same
    quantities; management and changes of supplier are costs but no prices, so they lower the first year's
    budget effect and raise the yearly cost without touching the gain.
    """
    made: list[KpiValue] = []
    for member in ("", *market.members):
        rows = {award: row for award, row in bill.rows.items() if member in ("", award[1])}
        outside = sum(amount for pair, amount in bill.outside.items() if member in ("", pair[1]))
        changes = sum(member in ("", pair[1]) for pair in bill.switching)
        part = [sum(v for (_, m), v in each.items() if member in ("", m)) for each in (bill.carriage, bill.fee, bill.management)]
        net, today = sum(row.net for row in rows.values()), sum(row.today for row in rows.values())
        gain = today - net - part[0] - part[1]
        reference = today + outside
        saved = sum(
            first_year_saving(market, (a[0], a[1]), row.today - row.net - row.charges) for a, row in rows.items()
        ) - changes * market.switching  # fmt: skip
        made += [
            KpiValue("annual_cost", euros(net + outside + sum(part) + changes * market.switching_yearly), member),
            KpiValue("gain", euros(gain), member),
            KpiValue("gain_percent", percent(gain, reference), member),
            KpiValue("first_year", euros(saved), member),
        ]
        whole, quality, organic = Standing(market, shares).food(market.lots, member)
        if whole:
            made += [KpiValue("egalim_quality", percent(quality, whole), member), KpiValue("egalim_organic", percent(organic, whole), member)]
    today_suppliers = {supplier for pair in bill.outside for supplier in market.current[pair]}
    together: dict[str, set[str]] = defaultdict(set)
    for lot, member, _ in bill.rows:
        together[lot].add(member)
    made += [
        KpiValue("suppliers", float(len(today_suppliers | {supplier for _, _, supplier in bill.rows}))),
        KpiValue("lots_pooled", float(sum(len(members) > 1 for members in together.values()))),
    ]
    if market.accepted:
        made.append(KpiValue("changes", float(len(bill.changes))))
    return made


def objective(market: Market, bill: Bill) -> float:
    """The plan's cost (€ per year)."""
    return cents(euros(bill.total(market)))


def annual(market: Market, bill: Bill) -> float:
    """What is paid in a full year (€): the plan's cost without the price put on changes."""
    return cents(euros(bill.paid(market)))
