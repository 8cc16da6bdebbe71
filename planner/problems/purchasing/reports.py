"""What buyers read of an award beside its prices: by article, supplier, family, framework and action. No solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from planner.problems.purchasing.course import Course
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.result_tables import (
    ACTIONS,
    EGALIM,
    FAMILY_VALUES,
    FRAMEWORKS,
    GAPS,
    PRICES,
    REFERENCES,
    REPORTS,
    SPEND,
    TARGETS,
)
from planner.problems.purchasing.rules import FOOD_KINDS, food_by_year, percent
from planner.problems.purchasing.timetable import euros
from planner.problems.purchasing.units import HUNDREDTHS, MILLI, PARTS, PPM, Award, Pair

ALERT = 0.8  # share of a framework's maximum from which buyers are warned
SMALL_SHARE = 0.2  # of a family's value that small lots may make together (art. R2123-1 2° b)


def member_prices(course: Course) -> pd.DataFrame:
    """Each article's unit price for each member, before and after: the discount of an award is the same on all its articles."""
    market, made = course.market, []
    served: dict[Pair, list[Award]] = defaultdict(list)
    for award in course.full.rows:
        served[award[:2]].append(award)
    for pair in market.pairs:
        supplied, contents = market.basket(pair[0]).supplied, market.catalogue.contents
        for article in market.own[pair]:
            before, other = market.paid[pair[1], article] / PPM, supplied[pair[1], article]
            after = before
            if pair in served:
                after = 0.0
                for award in served[pair]:
                    row = course.full.rows[award]
                    net = row.net / row.gross if row.gross else 1.0
                    after += row.share / HUNDREDTHS * market.offered[award[2], other].price * contents[article] / contents[other] * net
            made.append({"article": article, "establishment": pair[1], "lot": pair[0], "supplied": other if other != article and pair in served else None,
                         "quantity": market.own_need[pair[1], article] / MILLI, "before": before,
                         "after": round(after, 6), "change": round(100 * (after / before - 1), 4) if before else None})  # fmt: skip
    return PRICES.frame(made)


def price_gaps(market: Market) -> pd.DataFrame:
    """Today's price of each article for each member against the lowest, largest cost first."""
    buyers: dict[str, list[str]] = defaultdict(list)
    for pair in market.pairs:
        for article in market.own[pair]:
            buyers[article].append(pair[1])
    made: list[dict[str, Any]] = []
    for article, members in buyers.items():
        best = min(members, key=lambda member: (market.paid[member, article], member))
        lowest = market.paid[best, article]
        for member in members if len(members) > 1 else ():
            above = market.paid[member, article] - lowest
            made.append({"article": article, "establishment": member, "price": market.paid[member, article] / PPM, "best": lowest / PPM, "who": best,
                         "above": round(100 * above / lowest, 4) if lowest else None,
                         "overpaid": round(above * market.own_need[member, article] / (PPM * MILLI), 2)})  # fmt: skip
    return GAPS.frame(sorted(made, key=lambda row: (-row["overpaid"], row["article"], row["establishment"])))


def spend(course: Course) -> pd.DataFrame:
    """Purchases by supplier and family, today and in a full year of the plan."""
    market = course.market
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    lots: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in market.pairs:
        family = market.family[pair[0]]
        for supplier, amount in market.bought[pair].items():
            sums[supplier, family][0] += amount
            sums[supplier, family][2] += amount if pair in course.full.outside else 0
    for (lot, _, supplier), row in course.full.rows.items():
        sums[supplier, market.family[lot]][1] += row.net
        lots[supplier, market.family[lot]].add(lot)
    order = {supplier: index for index, supplier in enumerate(market.suppliers)}
    return SPEND.frame([
        {"supplier": supplier or None, "family": family, "today": euros(today), "common": euros(common), "outside": euros(outside), "lots": len(lots[supplier, family])}
        for (supplier, family), (today, common, outside) in sorted(sums.items(), key=lambda item: (order.get(item[0][0], len(order)), item[0][1]))
    ])  # fmt: skip


def family_values(market: Market) -> pd.DataFrame:
    """Estimated value and procedure of each family, together and for its largest member alone."""
    by_lot: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_member: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for lot, member in market.pairs:
        by_lot[market.family[lot]][lot] += market.today[lot, member]
        by_member[market.family[lot]][member] += market.today[lot, member]
    made = []
    for family, lots in by_lot.items():
        yearly, largest = sum(lots.values()), max(by_member[family].values())
        value, alone = (round(amount * market.contract_years) for amount in (yearly, largest))
        small, room = 0, SMALL_SHARE * value
        for amount in sorted(amount * market.contract_years for amount in lots.values()) if market.procedure(value) == "formal" else ():
            if amount < market.small_lot and amount <= room:
                small, room = small + 1, room - amount
        made.append({"family": family, "yearly": euros(yearly), "value": euros(value), "procedure": market.procedure(value), "largest": euros(alone),
                     "alone": market.procedure(alone), "small_lots": small})  # fmt: skip
    return FAMILY_VALUES.frame(made)


def framework_use(course: Course) -> pd.DataFrame:
    """Purchases before discount against each framework's maximum, in a full year and each year of the plan."""
    market, made = course.market, []
    for lot, most in market.max_value.items():
        years: list[tuple[int | None, dict[Pair, int] | None]] = [(None, None)]
        years += [(year.year, year.bill.months) for year in course.years if market.years]
        for year, months in years:
            parts = sum(market.gross[award] * share * (12 if months is None else months.get(award[:2], 0)) for award, share in course.together.items() if award[0] == lot)
            used = parts / (PARTS * most) if most else 0.0
            state = "exceeded" if parts > most * PARTS else "alert" if used >= ALERT else "fine"
            made.append({"lot": lot, "year": year, "most": euros(most), "spent": round(parts / PARTS / 100, 2), "percent": round(100 * used, 4), "state": state})
    return FRAMEWORKS.frame(made)


def actions(course: Course) -> pd.DataFrame:
    """One action per lot: who joins, with whom, from when to when, for what gain."""
    market, made = course.market, []
    charged = {key: course.full.carriage.get(key, 0) + course.full.fee.get(key, 0) for key in {*course.full.carriage, *course.full.fee}}
    for lot in market.lots:
        rows = {award: row for award, row in course.full.rows.items() if award[0] == lot}
        members = [member for member in market.members if any(award[1] == member for award in rows)]
        needing = len(market.of_lot(lot))
        scale = "none" if not members else "collective" if len(members) == needing > 1 else "single" if len(members) == 1 else "partial"
        dates = [market.joining(pair, entry) for pair, entry in course.joins.items() if pair[0] == lot]
        charges = 0.0
        for (_, member, supplier), row in rows.items():  # carriage and fee of a member's purchases from a supplier, by value before discount
            whole = sum(other.gross for award, other in course.full.rows.items() if award[1:] == (member, supplier))
            charges += charged.get((supplier, member), 0) * row.gross / whole if whole else 0.0
        made.append({
            "lot": lot, "family": market.family[lot], "scale": scale, "members": ", ".join(members) or None,
            "suppliers": ", ".join(s for s in market.suppliers if any(award[2] == s for award in rows)) or None,
            "starts": min(dates, default=None), "complete": max(dates, default=None), "reference": euros(sum(row.today for row in rows.values())),
            "gain": round((sum(row.today - row.net for row in rows.values()) - charges) / 100, 2),
        })  # fmt: skip
    return ACTIONS.frame(made)


def references(course: Course) -> pd.DataFrame:
    """By equivalence and establishment: the common reference, who adopts it, and what it saves at the same winners' net prices."""
    market, made = course.market, []
    served: dict[Pair, list[Award]] = defaultdict(list)
    for award in course.full.rows:
        served[award[:2]].append(award)
    known = [each for lot in market.lots for each in market.catalogue.equivalences.get(lot, ()) if each.code in market.chosen]
    for each in known:
        lot = each.lot
        reference, supplied = market.chosen[each.code], market.basket(lot).supplied
        for pair in market.of_lot(lot):
            own = [article for article in market.own[pair] if article in each.articles]
            if not own:
                continue
            given = list(dict.fromkeys(supplied[pair[1], article] for article in own))
            how = "out" if pair not in served else "own" if not reference else "already" if own == [reference] else "adopts" if given == [reference] else "refuses"
            today = sum(market.paid[pair[1], article] * market.own_need[pair[1], article] for article in own) / (PPM * MILLI)
            new, kept = _cost(course, served[pair], {a: supplied[pair[1], a] for a in own}), _cost(course, served[pair], {a: a for a in own})
            new = new if served[pair] else today
            instead = _cost(course, served[pair], dict.fromkeys(own, reference)) if how == "refuses" else None
            made.append({
                "equivalence": each.code, "establishment": pair[1], "lot": lot, "reference": reference or None, "how": how, "articles": ", ".join(own),
                "supplied": ", ".join(given) if served[pair] else None, "today": round(today, 2), "kept": None if kept is None else round(kept, 2),
                "new": None if new is None else round(new, 2), "saving": round(kept - new, 2) if kept is not None and new is not None else None,
                "refusal": round(new - instead, 2) if new is not None and instead is not None else None,
            })  # fmt: skip
    return REFERENCES.frame(made)


def _cost(course: Course, awards: list[Award], supplied: Mapping[str, str]) -> float | None:
    """Net € per year of articles (by what is bought today) from a pair's winners; None where one does not offer them, or there is none."""
    market, contents, cost = course.market, course.market.catalogue.contents, 0.0
    for award in awards:
        row = course.full.rows[award]
        for own, article in supplied.items():
            if (award[2], article) not in market.offered:
                return None
            units = market.own_need[award[1], own] * contents[own] / contents[article] / MILLI
            cost += row.share / HUNDREDTHS * units * market.offered[award[2], article].price * (row.net / row.gross if row.gross else 1.0)
    return cost if awards else None


def egalim(course: Course) -> pd.DataFrame:
    """Food of each kitchen, establishment and the group in each year of a plan and in a full year, and what it lacks to the targets."""
    market, made = course.market, []
    periods = [(year.year, year.period) for year in course.years if market.years] + [(None, None)]
    buyers = [("", kitchen) for kitchen in market.kitchens] + [(member, "") for member in market.members] + [("", "")]
    for shown, period in periods:
        for member, kitchen in buyers:
            whole, *good = food_by_year(market, market.lots, member, course.shares, period, kitchen)
            if not whole:
                continue
            short = [round(max(0.0, whole * target / 100 - part) / PARTS / 100, 2) for target, part in zip(market.egalim, good, strict=True)]
            made.append({"year": shown, "establishment": member or None, "kitchen": kitchen or None, "food": round(whole / PARTS / 100, 2), "quality": percent(good[0], whole),
                         "organic": percent(good[1], whole), "quality_short": short[0], "organic_short": short[1]})  # fmt: skip
    return EGALIM.frame(made)


def targets(course: Course) -> pd.DataFrame:
    """Each EGalim rule with a price of its shortfall, year by year."""
    market, made = course.market, []
    for rule in (rule for rule in course.rules if rule.penalty is not None):
        for year in course.years:
            whole, *good = food_by_year(market, rule.lots, rule.member, course.shares, year.period, rule.kitchen)
            short, weighs = year.short[rule.code]
            made.append({"rule": rule.code, "year": year.year, "establishment": rule.member or None, "kitchen": rule.kitchen or None, "asked": rule.shown,
                         "reached": percent(good[FOOD_KINDS.index(rule.kind)], whole), "short": euros(short), "weighs": euros(weighs)})  # fmt: skip
    return TARGETS.frame(made)


def reports(course: Course) -> dict[str, pd.DataFrame]:
    """The tables REPORTS of an award."""
    made = (
        references(course), egalim(course), targets(course), member_prices(course), price_gaps(course.market), spend(course), family_values(course.market), framework_use(course), actions(course),
    )  # fmt: skip
    return {table.name: frame for table, frame in zip(REPORTS, made, strict=True)}


