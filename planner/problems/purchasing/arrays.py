"""The market, its rules and its locks as the arrays of `planner.solvers.sourcing`, with what each tag means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from planner.problems.purchasing.baskets import NO_FOOD, Food
from planner.problems.purchasing.course import Joins
from planner.problems.purchasing.entries import MONTHS, Entry
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.market import Schedule as Tariff
from planner.problems.purchasing.rules import FOOD_KINDS, GROUP_KINDS, Lock, Rule, winners_allowed
from planner.problems.purchasing.tariff import Shares
from planner.problems.purchasing.units import HUNDREDTHS, MILLI, PPM, Award, Pair
from planner.solvers.sourcing import Anchor, Carriage, Distinct, Leaving, Linear, Schedule, Sourcing, Target


@dataclass(frozen=True)
class Requirement:
    """What a tag stands for: a rule, a lock, or a limit of a lot or an offer (`kind`)."""

    kind: str  # "rule", "lock", "winners", "framework", "capacity", "minimum", "order", "changes"
    rule: Rule | None = None
    lock: Lock | None = None
    lot: str = ""
    supplier: str = ""
    article: str = ""


@dataclass
class Arrays:
    """`data`: the arrays; `options`: who serves which pair and how it joins, by index; `place`: in which basket of the lot; `tags`: the
    requirement of each tag."""

    market: Market
    rules: list[Rule]
    locks: list[Lock]
    margin: float = 0.0  # relative tightening of linear rules, against the solver's tolerance
    options: list[tuple[Award, Entry]] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    tags: list[Requirement] = field(default_factory=list)

    def __post_init__(self) -> None:
        market = self.market
        self.lot_index = {lot: i for i, lot in enumerate(market.lots)}
        self.supplier_index = {supplier: i for i, supplier in enumerate(market.suppliers)}
        self.pair_index = {pair: i for i, pair in enumerate(market.pairs)}
        made = [
            ((*pair, supplier), entry, k)
            for pair in market.pairs for supplier in market.bidding[pair[0]]
            for k, basket in enumerate(market.baskets[pair[0]]) if supplier in basket.bidders for entry in market.entries[pair]
        ]  # fmt: skip
        self.options, self.place = [(award, entry) for award, entry, _ in made], [k for _, _, k in made]
        self.view = [market.views[k] for k in self.place]  # the market that an option belongs to
        self.index: dict[Award, list[int]] = {}
        for i, (award, _) in enumerate(self.options):
            self.index.setdefault(award, []).append(i)
        self.months = [np.array([len(market.span(award[:2], entry, index)[0]) for award, entry in self.options], float) for index in range(len(market.calendar))]
        allowed = winners_allowed(market, self.rules)
        split = [allowed[lot] > 1 for lot in market.lots]
        self.data = Sourcing(
            demand_lot=np.array([self.lot_index[lot] for lot, _ in market.pairs], int),
            outside_cost=np.array([market.today[pair] / 100 * sum(self._years(pair, None)[1]) for pair in market.pairs], float),
            option_demand=np.array([self.pair_index[award[:2]] for award, _ in self.options], int),
            option_supplier=np.array([self.supplier_index[award[2]] for award, _ in self.options], int),
            option_cost=np.array([self._cost(view, award, entry, split[self.lot_index[award[0]]]) for view, (award, entry) in zip(self.view, self.options, strict=True)], float),
            split=np.array(split, bool),
            supplier_cost=np.array([0.0 if market.years else market.terms[supplier].management / 100 for supplier in market.suppliers], float),
            ranks={self.lot_index[lot]: parts for lot, parts in market.splits.items()},
            option_mode=np.array([entry.month for _, entry in self.options], int) if market.years else None,
            option_form=np.array(self.place, int) if len(market.views) > 1 else None,
        )
        for index in range(len(market.calendar)):
            self.data.schedules += [self._schedule(each, index) for each in market.schedules]
        self._carriages()
        self._management()
        self._switches(split)
        self._limits()
        for rule in self.rules:
            self._rule(rule)
        for lock in self.locks:
            self._lock(lock)
        self._changes()

    # --- money ---------------------------------------------------------------------------------------------

    def _years(self, pair: Pair, entry: Entry | None) -> tuple[list[float], list[float]]:
        """Years under the common contract and at today's price, year by year, each times its discount factor."""
        spans = [self.market.span(pair, entry, index) for index in range(len(self.market.calendar))]
        weights = self.market.weights
        return [w * len(common) / MONTHS for w, (common, _) in zip(weights, spans, strict=True)], [w * own / MONTHS for w, (_, own) in zip(weights, spans, strict=True)]

    def _cost(self, market: Market, award: Award, entry: Entry, split: bool) -> float:
        """List price and fee of a whole need over the plan (€), today's price until it joins, the fee for leaving early, and the
        change of supplier where one supplier serves it all."""
        fee = market.terms[award[2]].fee
        common, own = (sum(part) for part in self._years(award[:2], entry))
        change = market.switching_yearly if not split and market.changes_supplier(award) else 0
        leaving = entry.fee / 100 * market.weights[entry.month // MONTHS]
        return common * (market.gross[award] * (PPM + fee) / PPM / 100 + change / 100) + own * market.today[award[:2]] / 100 + leaving

    def _schedule(self, tariff: Tariff, index: int) -> Schedule:
        """The tiers of a supplier in a year of the plan, over what is in force in it."""
        market = self.market
        months = self.months[index]
        options = [i for i, ((lot, _, supplier), _) in enumerate(self.options) if supplier == tariff.supplier and tariff.covers(lot) and months[i]]
        part = months[options] / MONTHS
        gross = np.array([self.view[i].gross[self.options[i][0]] / 100 for i in options], float) * part
        units = np.array([self.view[i].units(self.options[i][0][:2]) / MILLI for i in options], float) * part
        start = np.array([tier.threshold / tariff.scale for tier in tariff.tiers], float)
        rate = np.array([tier.rate / PPM for tier in tariff.tiers], float)
        value = tariff.unit_value[0] * MILLI / (tariff.unit_value[1] * 100) if tariff.quantity else 1.0  # € per base unit
        constant = np.zeros(len(rate))
        if tariff.incremental:
            for r in range(1, len(rate)):
                constant[r] = constant[r - 1] + (rate[r - 1] - rate[r]) * start[r] * value
        base = units if tariff.quantity else gross
        money = base * value if tariff.incremental else gross
        worth = (1 + market.terms[tariff.supplier].fee / PPM) * market.weights[index]
        lots = tuple(self.lot_index[lot] for lot in tariff.lots)
        return Schedule(np.array(options, int), base, money, start, rate, constant, worth, lots=lots, supplier=self.supplier_index[tariff.supplier])

    def _stretches(self, options: list[int]) -> Iterator[tuple[list[int], float]]:
        """Stretches of the plan in which the same options are in force: these, and the years it lasts times their factors."""
        if not self.market.years:
            yield options, 1.0
            return
        last = MONTHS * self.market.years
        spans = {i: range(entry.month, self.market.present[award[1]].stop) for i in options for award, entry in [self.options[i]]}
        cuts = sorted({0, last, *(month for span in spans.values() for month in (span.start, span.stop))})
        for start, stop in pairwise(cuts):
            active = [i for i in options if start in spans[i]]
            if active:
                yield active, sum(self.market.weights[month // MONTHS] for month in range(start, stop)) / MONTHS

    def _carriages(self) -> None:
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, ((_, member, supplier), _) in enumerate(self.options):
            groups[supplier, member].append(i)
        for (supplier, _), options in groups.items():
            terms = self.market.terms[supplier]
            if terms.carriage and terms.free_carriage:
                for active, years in self._stretches(options):
                    value = np.array([self.view[i].gross[self.options[i][0]] / 100 for i in active], float)
                    self.data.carriages.append(Carriage(np.array(active, int), value, terms.free_carriage / 100, terms.carriage / 100 * years))

    def _management(self) -> None:
        """A supplier in force is managed, and each article of a lot it has won: carriages that no purchase makes free."""
        for supplier in self.market.suppliers:
            terms = self.market.terms[supplier]
            options = [i for i, (award, _) in enumerate(self.options) if award[2] == supplier]
            groups = [(options, terms.management)] if self.market.years else []  # else a cost of the supplier itself
            for lot in self.market.lots if terms.reference else ():
                for k, basket in enumerate(self.market.baskets[lot]):
                    groups.append(([i for i in options if self.options[i][0][0] == lot and self.place[i] == k], terms.reference * len(basket.articles)))
            for group, cost in groups:
                for active, years in self._stretches(group) if cost and group else ():
                    self.data.carriages.append(Carriage(np.array(active, int), np.zeros(len(active)), 1.0, cost / 100 * years))

    def _switches(self, split: list[bool]) -> None:
        if not self.market.switching_yearly:
            return
        for pair in self.market.pairs:
            if split[self.lot_index[pair[0]]]:
                for entry in self.market.entries[pair]:
                    changed = [i for a in self._of([pair]) if self.market.changes_supplier(a) for i in self.index.get(a, ()) if self.options[i][1] == entry]
                    self.data.switches.append((np.array(changed, int), self.market.switching_yearly / 100 * sum(self._years(pair, entry)[0])))

    # --- limits, rules, locks ------------------------------------------------------------------------------

    def _of(self, pairs: list[Pair] | tuple[Pair, ...], supplier: str = "") -> list[Award]:
        return [(*p, s) for p in pairs for s in self.market.bidding[p[0]] if supplier in ("", s)]

    def _pairs(self, rule: Rule) -> list[Pair]:
        return [pair for pair in self.market.pairs if pair[0] in rule.lots and rule.member in ("", pair[1])]

    def _tag(self, requirement: Requirement) -> int:
        self.tags.append(requirement)
        return len(self.tags) - 1

    def _terms(self, awards: Iterable[Award], value: Callable[[Market, Award], float]) -> list[tuple[int, float]]:
        """A coefficient by option, the same for every way of joining."""
        return [(i, value(self.view[i], award)) for award in awards for i in self.index.get(award, ())]

    def _gross(self, awards: list[Award], factor: float = 1.0) -> list[tuple[int, float]]:
        return self._terms(awards, lambda view, award: view.gross[award] / 100 * factor)

    def _won(self, lots: tuple[str, ...], supplier: str = "") -> list[tuple[int, int, float]]:
        return [
            (self.lot_index[lot], self.supplier_index[s], 1.0)
            for lot in lots
            for s in self.market.bidding[lot]
            if supplier in ("", s)
        ]  # fmt: skip

    def _add(self, rule: Linear | Distinct | Leaving) -> None:
        self.data.rules.append(rule)

    def _limits(self) -> None:
        """Numbers of winners, largest values, capacities and minimums; those that cannot bind are left out."""
        market = self.market
        for lot in market.lots:
            pairs = market.of_lot(lot)
            if market.max_winners[lot] < len(market.bidding[lot]):
                tag = self._tag(Requirement("winners", lot=lot))
                self._add(Linear(tag, won=self._won((lot,)), upper=market.max_winners[lot]))
            largest = sum(max((self.view[i].gross[a] for a in self._of([pair]) for i in self.index.get(a, ())), default=0) for pair in pairs)
            if largest > market.max_value.get(lot, largest):
                tag, limit = self._tag(Requirement("framework", lot=lot)), market.max_value[lot] / 100
                self._add(Linear(tag, self._gross(self._of(pairs)), upper=limit * (1 - self.margin), scale=max(limit, 1.0)))
            every = {article for basket in market.baskets[lot] for article in basket.articles}
            for supplier in market.bidding[lot]:
                for article in (a for a in market.catalogue.order if a in every and (supplier, a) in market.offered):
                    self._offer(lot, supplier, article)
        lots = tuple(range(len(market.lots)))
        for supplier in market.suppliers:
            least, bought = market.terms[supplier].minimum / 100, self._of(market.pairs, supplier)
            if least and bought:
                tag, only = self._tag(Requirement("order", supplier=supplier)), (lots, self.supplier_index[supplier])
                self._add(Linear(tag, self._gross(bought), lower=least * (1 + self.margin), if_won=only, scale=least))

    def _offer(self, lot: str, supplier: str, article: str) -> None:
        market, key = self.market, (supplier, article)
        if key not in market.capacity and key not in market.minimum:
            return
        whole = market.most_needed(lot, article)
        capacity, minimum = market.capacity.get(key, whole), market.minimum.get(key, 0)
        terms = self._terms(self._of(market.of_lot(lot), supplier), lambda view, a: view.need.get((a[1], article), 0) / MILLI)
        if capacity < whole:
            tag = self._tag(Requirement("capacity", lot=lot, supplier=supplier, article=article))
            self._add(Linear(tag, terms, upper=capacity / MILLI * (1 - self.margin), scale=whole / MILLI))
        if minimum > 0:
            tag = self._tag(Requirement("minimum", lot=lot, supplier=supplier, article=article))
            won = [(self.lot_index[lot], self.supplier_index[supplier], -minimum / MILLI * (1 + self.margin))]
            least = minimum / MILLI * (1 + self.margin) * (HUNDREDTHS if self.data.split[self.lot_index[lot]] else 1)
            elsewhere = self._terms(self._of(market.of_lot(lot), supplier), lambda view, a: 0.0 if article in view.articles[lot] else least)
            terms += [(i, value) for i, value in elsewhere if value]  # in a basket without the article nothing is asked
            self._add(Linear(tag, terms, won=won, lower=0.0, scale=minimum / MILLI))

    def _rule(self, rule: Rule) -> None:
        if rule.penalty is not None:
            self._targets(rule)
            return
        tag = self._tag(Requirement("rule", rule=rule))
        if rule.kind in ("max_winners", "min_winners"):
            for lot in rule.lots:
                if rule.kind == "min_winners":
                    self._add(Linear(tag, won=self._won((lot,)), lower=rule.value))
                else:
                    self._add(Linear(tag, won=self._won((lot,)), upper=rule.value))
        elif rule.kind == "max_suppliers":
            self._add(Distinct(tag, tuple(self.lot_index[lot] for lot in rule.lots), rule.value))
        elif rule.kind == "max_lots":
            for supplier in [rule.supplier] if rule.supplier else self.market.suppliers:
                won = self._won(rule.lots, supplier)
                if len(won) > rule.value:
                    self._add(Linear(tag, won=won, upper=rule.value))
        elif rule.kind == "min_lots":
            self._add(Linear(tag, won=self._won(rule.lots, rule.supplier), lower=rule.value))
        elif rule.kind == "min_suppliers":
            self._add(Distinct(tag, tuple(self.lot_index[lot] for lot in rule.lots), len(self.market.suppliers), rule.value))
        elif rule.kind == "min_small_lots":
            self._add(Linear(tag, won=[each for s in self.market.suppliers if self.market.terms[s].small for each in self._won(rule.lots, s)], lower=rule.value))
        elif rule.kind == "max_lead":
            self._add(Linear(tag, won=[each for s in self.market.suppliers if self.market.terms[s].lead > rule.value for each in self._won(rule.lots, s)], upper=0.0))
        elif rule.kind in GROUP_KINDS:
            self._group(tag, rule)
        elif rule.kind == "max_joins":
            self._joins(tag, rule)
        elif rule.kind in FOOD_KINDS:
            self._food(tag, rule)
        else:
            self._share(tag, rule)

    def _group(self, tag: int, rule: Rule) -> None:
        """Purchases from a kind of suppliers against all, over the lots of the rule."""
        market, most = self.market, rule.kind == "max_central"
        awards = self._of(self._pairs(rule))
        part = rule.value / PPM * (1 - self.margin if most else 1 + self.margin)
        terms = self._terms(awards, lambda view, a: view.gross[a] / 100 * (view.favoured(rule.kind, a) - part))
        scale = max(1.0, sum(market.today[p] for p in self._pairs(rule)) / 100)
        self._add(Linear(tag, terms, upper=0.0, scale=scale) if most else Linear(tag, terms, lower=0.0, scale=scale))

    def _joins(self, tag: int, rule: Rule) -> None:
        """How many pairs join in each month; the parts of a pair add up to one in whatever month it joins."""
        months: dict[int, list[int]] = defaultdict(list)
        for i, (award, entry) in enumerate(self.options):
            if award[0] in rule.lots and self.market.years:
                months[entry.month].append(i)
        for _, options in sorted(months.items()):
            if len({self.options[i][0][:2] for i in options}) > rule.value:
                self._add(Linear(tag, [(i, 1.0) for i in options], upper=rule.value))

    def _food(self, tag: int, rule: Rule) -> None:
        market, kind = self.market, FOOD_KINDS.index(rule.kind)
        floor = rule.value / PPM * (1 + self.margin)
        pairs = self._pairs(rule)
        def above(food: Food) -> float:
            return (food[1 + kind] - floor * food[0]) / 100

        parts = self._terms(self._of(pairs), lambda view, a: above(view.food_of(a, rule.kitchen)))
        outs = [(self.pair_index[p], above(market.food_outside(p, rule.kitchen))) for p in pairs]
        self._add(Linear(tag, parts, outs, lower=0.0, scale=max(1.0, sum(market.today[p] for p in pairs) / 100)))

    def _targets(self, rule: Rule) -> None:
        """What each year's food lacks to the share, at the price of the shortfall."""
        market, kind, floor = self.market, FOOD_KINDS.index(rule.kind), rule.value / PPM
        pairs = set(self._pairs(rule))
        for index, weight in enumerate(market.weights):

            def above(pair: Pair, food: Food, entry: Entry | None, index: int = index) -> float:
                """Of a pair that joins by an entry, with this food in a whole year under the common contract."""
                common, own = market.span(pair, entry, index)
                outside = market.food_outside(pair, rule.kitchen)
                return ((outside[1 + kind] - floor * outside[0]) * own + (food[1 + kind] - floor * food[0]) * len(common)) / MONTHS / 100

            parts = [(i, above(award[:2], self.view[i].food_of(award, rule.kitchen), entry)) for i, (award, entry) in enumerate(self.options) if award[:2] in pairs]
            outs = [(self.pair_index[pair], above(pair, NO_FOOD, None)) for pair in market.pairs if pair in pairs]
            self.data.targets.append(Target(parts, outs, weight * (rule.penalty or 0) / PPM))

    def _share(self, tag: int, rule: Rule) -> None:
        """A supplier's purchases against those of all, over the lots of the rule."""
        pairs = self._pairs(rule)
        everyone = self._of(pairs)
        scale = max(1.0, sum(self.market.today[p] for p in pairs) / 100)
        lots = tuple(self.lot_index[lot] for lot in rule.lots)
        part = rule.value / PPM * (1 - self.margin if rule.kind == "max_share" else 1 + self.margin)
        for supplier in [rule.supplier] if rule.supplier else self.market.suppliers:
            own = self._of(pairs, supplier)
            if not own and not rule.supplier:
                continue
            terms = self._gross(own) + self._gross(everyone, -part)
            if rule.kind == "max_share":
                self._add(Linear(tag, terms, upper=0.0, scale=scale))
            else:
                only = None if rule.supplier else (lots, self.supplier_index[supplier])
                self._add(Linear(tag, terms, lower=0.0, if_won=only, scale=scale))

    def _lock(self, lock: Lock) -> None:
        tag = self._tag(Requirement("lock", lock=lock))
        for pair in lock.pairs:
            options = self.index.get((*pair, lock.supplier), [])
            least = 1 / HUNDREDTHS if self.data.split[self.lot_index[pair[0]]] else 1.0
            if lock.action == "stay_out":
                self._add(Linear(tag, outs=[(self.pair_index[pair], 1.0)], lower=1.0))
            elif lock.action == "award":
                self._add(Linear(tag, [(option, 1.0) for option in options], lower=least))
            elif options:
                self._add(Linear(tag, [(option, 1.0) for option in options], upper=0.0))

    def _changes(self) -> None:
        """The accepted awards of the pairs that still have a need, and the limit on changes where it can bind."""
        accepted = self.market.accepted
        kept: dict[int, tuple[int, ...] | None] = {}
        for pair, shares in accepted.shares.items():
            if pair in self.pair_index:
                lost = any((*pair, supplier) not in self.index for supplier in shares)
                kept[self.pair_index[pair]] = None if lost else tuple(sorted(self.supplier_index[supplier] for supplier in shares))
        if not kept:
            return
        self.data.anchor = Anchor(kept, accepted.price / 100 * sum(self.market.weights))
        if accepted.most < len(kept):
            self._add(Leaving(self._tag(Requirement("changes")), accepted.most))

    # --- there and back ------------------------------------------------------------------------------------

    def parts(self, shares: Shares, joins: Joins | None = None, picked: Mapping[str, int] | None = None) -> np.ndarray:
        """Shares as the solver's parts in hundredths, by option; a pair not in `joins` joins when it costs least by itself; lots not in
        `picked` are as in their first basket."""
        parts = np.zeros(len(self.options), int)
        served: dict[Pair, dict[Award, int]] = defaultdict(dict)
        for award, share in shares.items():
            if self._ways(award, picked):
                served[award[:2]][award] = share
        for pair, awards in served.items():
            ways = [[self._ways(award, picked)[k] for award in awards] for k in range(len(self.market.entries[pair]))]
            known = (joins or {}).get(pair)
            least = min(ways, key=lambda way: sum(self.data.option_cost[i] * share for i, share in zip(way, awards.values(), strict=True)))
            way = least if known is None else next(way for way in ways if self.options[way[0]][1] == known)
            for i, share in zip(way, awards.values(), strict=True):
                parts[i] = share
        return parts

    def _ways(self, award: Award, picked: Mapping[str, int] | None) -> list[int]:
        """The options of an award in one basket, one for each way of joining."""
        return [i for i in self.index.get(award, ()) if self.place[i] == (picked or {}).get(award[0], 0)]

    def chosen(self, parts: np.ndarray) -> Market:
        """The market under the common references of an award."""
        return self.market.under({self.options[i][0][0]: self.place[i] for i in np.flatnonzero(parts)})

    def shares(self, parts: np.ndarray) -> dict[Award, int]:
        return {self.options[i][0]: int(parts[i]) for i in np.flatnonzero(parts)}

    def joins(self, parts: np.ndarray) -> dict[Pair, Entry]:
        """How each pair that is served joins."""
        return {self.options[i][0][:2]: self.options[i][1] for i in np.flatnonzero(parts)}
