"""Findings on equivalent articles, refusals and packages, said before solving. No solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.issues import Issue
from planner.problems.purchasing.baskets import MOST, Line, choices, wanted
from planner.problems.purchasing.market import Market, package_lots, tier_rows
from planner.problems.purchasing.tables import ARTICLES, DISCOUNTS, EQUIVALENCES, LOT_OFFERS, PACKAGES, REFUSALS, SIMULATED
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import PARAMETERS


def equivalence_faults(scenario: Scenario) -> Iterator[Issue]:
    """Equivalences whose articles cannot stand for one another, and references that are none of them."""
    lots = {row.lot: row.name for row in scenario.rows("lots")}
    groups = _groups(scenario)
    for row in scenario.rows(EQUIVALENCES.name):
        mine = groups[row.equivalence]
        if len(mine) < 2:
            yield Issue.warning("equivalence_alone", table=EQUIVALENCES.name, row=row.index_, equivalence=row.equivalence, articles=len(mine))
        for article in mine[1:]:
            if article.lot != mine[0].lot:
                yield Issue.error("equivalence_two_lots", table=ARTICLES.name, row=article.index_, column="equivalence", equivalence=row.equivalence, article=article.article,
                                  lot=lots.get(article.lot, article.lot), other=mine[0].article, other_lot=lots.get(mine[0].lot, mine[0].lot))  # fmt: skip
            elif (article.unit or "") != (mine[0].unit or "") and (article.content or 1.0) == (mine[0].content or 1.0):
                yield Issue.warning("equivalence_units", table=ARTICLES.name, row=article.index_, column="content", equivalence=row.equivalence, article=article.article,
                                    unit=article.unit or "–", other=mine[0].article, other_unit=mine[0].unit or "–")  # fmt: skip
        if row.reference and row.reference not in {article.article for article in mine}:
            yield Issue.error("reference_elsewhere", table=EQUIVALENCES.name, row=row.index_, column="reference", equivalence=row.equivalence, article=row.reference)
    slices = {row.article: row.lot for row in scenario.rows(ARTICLES.name) if row.equivalence}
    for (supplier, lot), tiers in tier_rows(scenario).items():
        if tiers[0].basis == "quantity" and tiers[0].method == "incremental" and (lot in slices.values() if lot else slices):
            yield Issue.error("equivalence_slices", table=DISCOUNTS.name, row=tiers[0].index_, column="basis", supplier=supplier, lot=lot)


def _groups(scenario: Scenario) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in scenario.rows(ARTICLES.name):
        if row.equivalence:
            found[row.equivalence].append(row)
    return found


def reference_findings(scenario: Scenario, market: Market) -> Iterator[Issue]:
    """Too many choices in a lot, references that nobody can supply or accepts, refusals without effect."""
    catalogue, groups = market.catalogue, _groups(scenario)
    offered = {article for _, article in catalogue.offered}
    row_of = {row.equivalence: row for row in scenario.rows(EQUIVALENCES.name)}
    for lot in market.lots:
        lines = [Line(member, article, 0) for _, member in market.of_lot(lot) for article in market.own[lot, member]]
        if (count := choices(catalogue, lot, lines)) > MOST:
            yield Issue.error("equivalence_too_many", table=EQUIVALENCES.name, lot=lot, count=count, limit=MOST)
        for each in wanted(catalogue, lot, lines):
            members = {line.member for line in lines if line.article in each.articles}
            for article in (a for a in each.articles if a not in offered and not each.reference):
                yield Issue.info("reference_without_offer", table=EQUIVALENCES.name, row=row_of[each.code].index_, equivalence=each.code, article=article)
            for article in each.articles:
                if all((member, article) in catalogue.refused for member in members):
                    yield Issue.warning("reference_refused_by_all", table=EQUIVALENCES.name, row=row_of[each.code].index_, equivalence=each.code, article=article)
            if each.required and not each.reference and not any(a in offered and any((m, a) not in catalogue.refused for m in members) for a in each.articles):
                yield Issue.warning("reference_none_possible", table=EQUIVALENCES.name, row=row_of[each.code].index_, column="required", equivalence=each.code)
    in_groups = {article.article for group in groups.values() for article in group}
    own = {(member, article) for (_, member), articles in market.own.items() for article in articles}
    for row in scenario.rows(REFUSALS.name):
        if row.article not in in_groups:
            yield Issue.warning("refusal_without_effect", table=REFUSALS.name, row=row.index_, column="article", establishment=row.establishment, article=row.article)
        elif (row.establishment, row.article) in own:
            yield Issue.info("refusal_of_own", table=REFUSALS.name, row=row.index_, column="article", establishment=row.establishment, article=row.article)


def lot_offer_findings(scenario: Scenario, market: Market) -> Iterator[Issue]:
    """Offers by lot that leave articles without a price."""
    for row in scenario.rows(LOT_OFFERS.name):
        if row.lot in market.bidding and row.supplier not in market.bidding[row.lot]:
            lacking = [article for article in market.articles[row.lot] if (row.supplier, article) not in market.offered]
            yield Issue.warning("lot_offer_without_list_price", table=LOT_OFFERS.name, row=row.index_, column="reduction", supplier=row.supplier, lot=row.lot, article=lacking[0], missing=len(lacking))


def package_findings(scenario: Scenario, market: Market) -> Iterator[Issue]:
    """Packages that do not count, or can never be reached; discounts that add up to more than the price."""
    packages = scenario.rows(PACKAGES.name)
    if scenario.value(SIMULATED) < 1:
        if packages or any(row.simulation for row in scenario.rows(DISCOUNTS.name)):
            yield Issue.info("simulation_off", table=PARAMETERS.name, parameter=SIMULATED.code, packages=len(packages))
        return
    best: dict[tuple[str, str], float] = defaultdict(float)
    for (supplier, lot), tiers in tier_rows(scenario).items():
        best[supplier, lot] = max(row.rate for row in tiers)
    extra: dict[tuple[str, str], float] = defaultdict(float)
    for row in packages:
        lots = package_lots(market, scenario, row)
        least = next((round(s.tiers[-1].threshold / s.scale) for s in market.schedules if s.package == row.package), 1)
        if len(lots) < least:
            yield Issue.warning("package_out_of_reach", table=PACKAGES.name, row=row.index_, package=row.package, supplier=row.supplier, asked=least, lots=len(lots))
        for lot in lots:
            extra[row.supplier, lot] += row.rate
    for (supplier, lot), rate in extra.items():
        if (together := rate + best[supplier, ""] + best[supplier, lot]) > 100:
            yield Issue.error("discount_above_price", table=PACKAGES.name, column="rate", supplier=supplier, rate=together)
