"""The purchasing plan checked from scenario and plan alone: shares, prices, tiers, rules, locks, costs, dates.

Only `lot`, `establishment`, `supplier` and `share` of the awards are taken from the plan; every other
figure is recomputed from the scenario and compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, Plan
from planner.problems.base import annual_cost, check_same_scenario, compare_costs, cost_of, frames_differ, missing_tables
from planner.problems.purchasing import ledger
from planner.problems.purchasing.course import Course, faults, run
from planner.problems.purchasing.entries import Entry
from planner.problems.purchasing.market import Market, read
from planner.problems.purchasing.reports import reports
from planner.problems.purchasing.result_tables import REFERENCES, REPORTS, TIMETABLES
from planner.problems.purchasing.rules import Standing, percent, read_locks, read_rules
from planner.problems.purchasing.tables import AWARDS, COSTS, EGALIM_ORGANIC, EGALIM_QUALITY, RESULTS, TIERS
from planner.problems.purchasing.timetable import timetables
from planner.problems.purchasing.units import Award, Pair
from planner.scenario import Scenario
from planner.schema import Row, rows

MONEY = ("gross", "discount", "simulated", "net", "charges", "today", "first_year_saving")


def audit(scenario: Scenario, network: Network, plan: Plan) -> Audit:
    """Every rule, price and cost line of the plan recomputed; `valid` only when nothing contradicts it."""
    market, found_references = _references(read(scenario), plan)
    issues = check_same_scenario(scenario, plan) + missing_tables(RESULTS, plan) + found_references
    shares: dict[Award, int] = {}
    joins: dict[Pair, Entry] = {}
    awards = list(rows(AWARDS, plan.tables[AWARDS.name])) if AWARDS.name in plan.tables else []
    if AWARDS.name in plan.tables:
        shares, found = _shares(market, awards)
        joins, late = _joins(market, shares, awards)
        issues += [*found, *late]
    found_course = run(market, read_rules(scenario, market), shares, joins)
    changes = len(found_course.full.changes)
    if changes > market.accepted.most:
        issues.append(Issue.error("awards_too_many_changes", table=AWARDS.name, changes=changes, limit=market.accepted.most))
    issues += faults(found_course, read_locks(scenario, market))
    issues += _awards_differ(found_course, awards)
    if TIERS.name in plan.tables:
        issues += _tiers_differ(found_course, list(rows(TIERS, plan.tables[TIERS.name])))
    right = {**timetables(found_course), **reports(found_course)}
    for table in (*TIMETABLES, *REPORTS):
        issues += frames_differ(table, plan, right[table.name])
    costs = ledger.course_lines(found_course)
    issues += compare_costs(COSTS, plan, costs)
    issues += _targets(scenario, market, shares)
    if any(schedule.simulated for schedule in market.schedules):
        given = found_course.full.rows.values()
        issues.append(Issue.warning("simulation_only", table=AWARDS.name, column="simulated", amount=sum(row.simulated for row in given) / 100))
    return Audit("purchasing", tuple(issues), cost_of(costs), annual_cost(costs), costs, tuple(ledger.kpis(found_course)))


def _references(market: Market, plan: Plan) -> tuple[Market, list[Issue]]:
    """The market under the common references that the plan says, and an error for each lot where they are none of its choices."""
    said: dict[str, set[str]] = defaultdict(set)
    for row in rows(REFERENCES, plan.tables[REFERENCES.name]) if REFERENCES.name in plan.tables else ():
        said[row.equivalence].add(row.reference or "")
    picked: dict[str, int] = {}
    issues: list[Issue] = []
    for lot, baskets in market.baskets.items():
        place = next((k for k, basket in enumerate(baskets) if all(said[code] == {reference} for code, reference in basket.chosen.items())), None)
        if place is None:
            shown = ", ".join(f"{code} = {' / '.join(sorted(reference or '–' for reference in said[code])) or '–'}" for code in baskets[0].chosen)
            issues.append(Issue.error("references_impossible", table=REFERENCES.name, lot=lot, references=shown))
        picked[lot] = place or 0
    return market.under(picked), issues


def _joins(market: Market, shares: Mapping[Award, int], awards: list[Row]) -> tuple[dict[Pair, Entry], list[Issue]]:
    """How each pair joins by the plan's dates, and an error for dates on which it cannot (in a convergence plan; without
    one the date follows from the contracts and is compared with the other figures)."""
    joins: dict[Pair, Entry] = {}
    issues: list[Issue] = []
    for row in awards if market.years else ():
        pair = (row.lot, row.establishment)
        if (*pair, row.supplier) not in shares:
            continue
        entry = next((e for e in market.entries[pair] if market.joining(pair, e) == row.joins), None)
        if entry is None or joins.setdefault(pair, entry) != entry:
            possible = ", ".join(market.joining(pair, e).isoformat() for e in market.entries[pair])
            issues.append(Issue.error("award_cannot_join", table=AWARDS.name, row=row.index_, column="joins", lot=pair[0], establishment=pair[1],
                                      claimed=str(row.joins or "–"), possible=possible or "–"))  # fmt: skip
    return joins, issues


def _shares(market: Market, awards: list[Row]) -> tuple[dict[Award, int], list[Issue]]:
    """The shares that make sense, and an error for every row that does not.

    A pair whose rows do not add up to 100 % is billed with the shares it has; a row that cannot be (no such
    need, no offer, twice, not a whole percent) is left out.
    """
    issues: list[Issue] = []
    shares: dict[Award, int] = {}
    outside: set[Pair] = set()
    claimed: dict[Pair, float] = defaultdict(float)
    seen: set[Award] = set()
    for row in awards:
        pair, supplier, share = (row.lot, row.establishment), row.supplier or "", row.share or 0.0
        at = (pair[0] or "", pair[1] or "")
        if pair not in market.today:
            issues.append(Issue.error("award_without_need", table=AWARDS.name, row=row.index_, lot=at[0], establishment=at[1]))
            continue
        if (*pair, supplier) in seen:
            issues.append(Issue.error("award_twice", table=AWARDS.name, row=row.index_, lot=at[0], establishment=at[1], supplier=supplier))
            continue
        seen.add((*pair, supplier))
        claimed[pair] += share
        if not supplier:
            outside.add(pair)
        elif supplier not in market.bidders[pair[0]]:
            missing = [a for a in market.articles[pair[0]] if (supplier, a) not in market.offered]
            issues.append(Issue.error("award_without_offer", table=AWARDS.name, row=row.index_, lot=at[0], supplier=supplier,
                                      article=missing[0], missing=len(missing)))  # fmt: skip
        elif share != round(share) or not 1 <= share <= 100:
            issues.append(Issue.error("award_bad_share", table=AWARDS.name, row=row.index_, lot=at[0], establishment=at[1],
                                      supplier=supplier, share=float(share)))  # fmt: skip
        else:
            shares[(*pair, supplier)] = round(share)
    for pair in market.pairs:
        if pair not in claimed:
            issues.append(Issue.error("award_missing", table=AWARDS.name, lot=pair[0], establishment=pair[1]))
        elif abs(claimed[pair] - 100) > 1e-9:
            issues.append(Issue.error("award_share_sum", table=AWARDS.name, lot=pair[0], establishment=pair[1], share=claimed[pair]))
        elif pair in outside and any(award[:2] == pair for award in seen if award[2]):
            issues.append(Issue.error("award_partly_outside", table=AWARDS.name, lot=pair[0], establishment=pair[1]))
    return shares, issues


def _awards_differ(found: Course, awards: list[Row]) -> list[Issue]:
    """An error per figure or date of an award that the scenario contradicts."""
    right = {(r.lot, r.establishment, r.supplier): r for r in rows(AWARDS, ledger.awards(found))}
    issues: list[Issue] = []
    for row in awards:
        true = right.get((row.lot, row.establishment, row.supplier))
        if true is None:
            continue  # said already
        for name in MONEY:
            said, is_ = getattr(row, name) or 0.0, getattr(true, name) or 0.0
            if abs(said - is_) >= 0.005:
                issues.append(Issue.error("award_wrong_figure", table=AWARDS.name, row=row.index_, column=name, lot=row.lot,
                                          establishment=row.establishment, supplier=row.supplier or "", claimed=said, right=is_))  # fmt: skip
        if row.joins != true.joins:
            issues.append(Issue.error("award_wrong_date", table=AWARDS.name, row=row.index_, column="joins", lot=row.lot,
                                      establishment=row.establishment, claimed=str(row.joins or "–"), right=str(true.joins or "–")))  # fmt: skip
    return issues


def _tiers_differ(found: Course, claimed: list[Row]) -> list[Issue]:
    """An error per tier claimed that is not the one reached, and per figure of it that is wrong."""
    right = {(r.supplier, r.scope, r.lot, r.package, r.year): r for r in rows(TIERS, ledger.tiers(found))}
    issues: list[Issue] = []
    seen = set()
    for row in claimed:
        key = (row.supplier, row.scope, row.lot, row.package, row.year)
        true = right.get(key)
        seen.add(key)
        if true is None:
            issues.append(Issue.error("tier_unknown", table=TIERS.name, row=row.index_, supplier=row.supplier or "", lot=row.lot or ""))
            continue
        if (row.threshold or 0.0) > true.threshold + 1e-9:
            issues.append(Issue.error("tier_not_reached", table=TIERS.name, row=row.index_, supplier=row.supplier, lot=row.lot or "",
                                      threshold=row.threshold, base=true.base))  # fmt: skip
            continue
        for name, tolerance in (("base", 1e-4), ("threshold", 1e-6), ("rate", 1e-6), ("discount", 0.005)):
            said, is_ = getattr(row, name) or 0.0, getattr(true, name) or 0.0
            if abs(said - is_) >= tolerance:
                issues.append(Issue.error("tier_wrong_figure", table=TIERS.name, row=row.index_, column=name, supplier=row.supplier,
                                          lot=row.lot or "", claimed=said, right=is_))  # fmt: skip
        if bool(row.simulation) != bool(true.simulation):
            issues.append(Issue.error("tier_not_flagged", table=TIERS.name, row=row.index_, column="simulation", supplier=row.supplier, lot=row.lot or row.package or ""))
    for supplier, _, lot, _, _ in sorted(set(right) - seen, key=str):
        issues.append(Issue.error("tier_missing", table=TIERS.name, supplier=supplier, lot=lot or ""))
    return issues


def _targets(scenario: Scenario, market: Market, shares: dict[Award, int]) -> list[Issue]:
    """Warnings where the group's food purchases are under the EGalim targets (a rule makes them binding)."""
    whole, quality, organic = Standing(market, shares).food(market.lots)
    issues: list[Issue] = []
    target = scenario.value(EGALIM_QUALITY)
    if whole and percent(quality, whole) < target:
        issues.append(Issue.warning("egalim_below_target", share=percent(quality, whole), target=target))
    target = scenario.value(EGALIM_ORGANIC)
    if whole and percent(organic, whole) < target:
        issues.append(Issue.warning("organic_below_target", share=percent(organic, whole), target=target))
    return issues
