"""What the members of a lot buy under each choice of common references. No solver.

Articles of one equivalence can stand for one another. A common reference may be chosen among them, the same for every member of the
lot; a member that refuses it keeps the articles it buys today. Quantities follow the contents of a purchase unit (a box of
100 gives as much as two boxes of 50). Under every choice a lot is an ordinary one, with the needs of that choice: its basket.
Choices that give the same needs are one basket, and baskets that nobody can supply are left out where another can be.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.problems.purchasing.units import Award, Pair, nearest, value
from planner.scenario import Scenario
from planner.schema import Row

MOST = 64  # choices of common references in one lot
CONTENT = 1000  # contents are counted in thousandths

Food = tuple[int, int, int]  # cents: whole, quality (organic included), organic
NO_FOOD: Food = (0, 0, 0)


@dataclass(frozen=True)
class Equivalence:
    """Articles of a lot that can stand for one another. `required`: one of them must become the common reference; `reference`: which, "" where
    the planner chooses."""

    code: str
    lot: str
    articles: tuple[str, ...]
    required: bool
    reference: str


@dataclass(frozen=True)
class Catalogue:
    """What the tables say of articles: equivalences by lot, who refuses what, contents (thousandths), offers and suppliers in order."""

    equivalences: Mapping[str, tuple[Equivalence, ...]]
    refused: frozenset[tuple[str, str]]  # (member, article)
    contents: Mapping[str, int]
    offered: Mapping[tuple[str, str], Row]  # (supplier, article) -> offer
    suppliers: tuple[str, ...]
    order: tuple[str, ...]  # articles

    @staticmethod
    def of(scenario: Scenario) -> Catalogue:
        rows = scenario.rows("articles")
        found: dict[str, list[Equivalence]] = defaultdict(list)
        for row in scenario.rows("equivalences"):
            mine = [article for article in rows if article.equivalence == row.equivalence]
            if mine:
                made = Equivalence(row.equivalence, mine[0].lot, tuple(article.article for article in mine), bool(row.required), row.reference or "")
                found[made.lot].append(made)
        return Catalogue(
            {lot: tuple(group) for lot, group in found.items()}, frozenset((row.establishment, row.article) for row in scenario.rows("article_refusals")),
            {row.article: round((row.content or 1.0) * CONTENT) for row in rows}, {**_by_lot(scenario), **{(row.supplier, row.article): row for row in scenario.rows("offers")}},
            tuple(row.supplier for row in scenario.rows("suppliers")), tuple(row.article for row in rows),
        )  # fmt: skip


def _by_lot(scenario: Scenario) -> dict[tuple[str, str], Row]:
    """What offers by lot say of each article that has a list price."""
    found: dict[tuple[str, str], Row] = {}
    for offer in scenario.rows("lot_offers"):
        for article in scenario.rows("articles"):
            if article.lot == offer.lot and article.list_price is not None:
                price = round(article.list_price * (100 - offer.reduction) / 100, 6)
                found[offer.supplier, article.article] = Row(index_=offer.index_, price=price, capacity=None, minimum=None, quality=offer.quality or article.quality)
    return found


@dataclass(frozen=True)
class Line:
    """A need as the tables have it: thousandths of a unit of an article, for a kitchen ("": none known)."""

    member: str
    article: str
    quantity: int
    kitchen: str = ""


@dataclass(frozen=True)
class Basket:
    """A lot under one choice. `chosen`: by equivalence its common reference, "" where everyone keeps its own articles; `supplied`: by
    (member, article bought today) the one supplied; the rest as in a Market, for this lot alone."""

    chosen: Mapping[str, str]
    supplied: Mapping[tuple[str, str], str]
    need: Mapping[tuple[str, str], int]
    pair_articles: Mapping[Pair, tuple[str, ...]]
    articles: tuple[str, ...]
    bidders: tuple[str, ...]
    gross: Mapping[Award, int]
    good: Mapping[Award, tuple[int, int]]
    kitchen_food: Mapping[Award, Mapping[str, Food]]


def candidates(catalogue: Catalogue, equivalence: Equivalence, lines: Sequence[Line]) -> list[str]:
    """What may be chosen for an equivalence: "" for each its own, unless one is required, and the articles that somebody offers and
    somebody with a need accepts."""
    if equivalence.reference:
        return [equivalence.reference]
    members = {line.member for line in lines if line.article in equivalence.articles}
    offered = {article for _, article in catalogue.offered}
    possible = [a for a in equivalence.articles if a in offered and any((member, a) not in catalogue.refused for member in members)]
    return possible if equivalence.required and possible else ["", *possible]


def wanted(catalogue: Catalogue, lot: str, lines: Sequence[Line]) -> list[Equivalence]:
    """The equivalences of a lot of which somebody needs an article."""
    needed = {line.article for line in lines}
    return [each for each in catalogue.equivalences.get(lot, ()) if needed & set(each.articles)]


def choices(catalogue: Catalogue, lot: str, lines: Sequence[Line]) -> int:
    """How many choices of common references a lot has."""
    count = 1
    for each in wanted(catalogue, lot, lines):
        count *= len(candidates(catalogue, each, lines))
    return count


def baskets(catalogue: Catalogue, lot: str, lines: Sequence[Line]) -> tuple[Basket, ...]:
    """Every basket of a lot (of its first MOST choices: more are refused by the checks), own articles first; at least one."""
    open_ = wanted(catalogue, lot, lines)
    made: list[Basket] = []
    seen: set[tuple[str, ...]] = set()
    for picked in itertools.islice(itertools.product(*(candidates(catalogue, each, lines) for each in open_)), MOST):
        chosen = {each.code: reference for each, reference in zip(open_, picked, strict=True)}
        supplied = [_supplied(catalogue, open_, chosen, line) for line in lines]
        if tuple(supplied) not in seen:
            seen.add(tuple(supplied))
            made.append(_basket(catalogue, lot, lines, chosen, supplied))
    return tuple(basket for basket in made if basket.bidders) or (made[0],)


def _supplied(catalogue: Catalogue, open_: Sequence[Equivalence], chosen: Mapping[str, str], line: Line) -> str:
    for each in open_:
        if line.article in each.articles:
            reference = chosen[each.code]
            return reference if reference and (line.member, reference) not in catalogue.refused else line.article
    return line.article


def _basket(catalogue: Catalogue, lot: str, lines: Sequence[Line], chosen: Mapping[str, str], supplied: Sequence[str]) -> Basket:
    need: dict[tuple[str, str], int] = defaultdict(int)
    articles: dict[str, list[str]] = defaultdict(list)
    bought: dict[str, list[tuple[int, str, str]]] = defaultdict(list)  # by member: quantity, article, kitchen
    for line, article in zip(lines, supplied, strict=True):
        quantity = line.quantity if article == line.article else nearest(line.quantity * catalogue.contents[line.article], catalogue.contents[article])
        need[line.member, article] += quantity
        bought[line.member].append((quantity, article, line.kitchen))
        if article not in articles[line.member]:
            articles[line.member].append(article)
    needed = set(supplied)
    bidders = tuple(s for s in catalogue.suppliers if all((s, article) in catalogue.offered for article in needed))
    gross: dict[Award, int] = {}
    good: dict[Award, tuple[int, int]] = {}
    food: dict[Award, dict[str, Food]] = {}
    for supplier in bidders:
        for member, parts in bought.items():
            award = (lot, member, supplier)
            priced = [(quantity, offer.price, offer.quality, kitchen) for quantity, article, kitchen in parts for offer in (catalogue.offered[supplier, article],)]
            gross[award], good[award] = value([line[:3] for line in priced])
            food[award] = by_kitchen(priced)
    return Basket(
        chosen, {(line.member, line.article): article for line, article in zip(lines, supplied, strict=True)}, need,
        {(lot, member): tuple(found) for member, found in articles.items()}, tuple(a for a in catalogue.order if a in needed), bidders, gross, good, food,
    )  # fmt: skip


def by_kitchen(priced: Sequence[tuple[int, float, str, str]]) -> dict[str, Food]:
    """Food by kitchen of (thousandths of a unit, €/unit, quality, kitchen) lines; those of no kitchen are left out."""
    found: dict[str, Food] = {}
    for kitchen in {line[3] for line in priced} - {""}:
        whole, (quality, organic) = value([line[:3] for line in priced if line[3] == kitchen])
        found[kitchen] = (whole, quality, organic)
    return found
