"""The market, its rules and its locks as the arrays of `planner.solvers.sourcing`, with what each tag means."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from planner.problems.purchasing.market import HUNDREDTHS, MILLI, PARTS, PPM, Award, Market, Pair
from planner.problems.purchasing.market import Schedule as Tariff
from planner.problems.purchasing.rules import Lock, Rule, winners_allowed
from planner.problems.purchasing.tariff import Shares
from planner.solvers.sourcing import Anchor, Carriage, Distinct, Leaving, Linear, Schedule, Sourcing


@dataclass(frozen=True)
class Requirement:
    """What a tag stands for: a rule, a lock, or a limit of a lot or an offer (`kind`)."""

    kind: str  # "rule", "lock", "winners", "framework", "capacity", "minimum", "changes"
    rule: Rule | None = None
    lock: Lock | None = None
    lot: str = ""
    supplier: str = ""
    article: str = ""


@dataclass
class Arrays:
    """`data`: the arrays; `awards`: the option of each index; `tags`: the requirement of each tag."""

    market: Market
    rules: list[Rule]
    locks: list[Lock]
    margin: float = 0.0  # relative tightening of linear rules, against the solver's tolerance
    awards: list[Award] = field(default_factory=list)
    tags: list[Requirement] = field(default_factory=list)

    def __post_init__(self) -> None:
        market = self.market
        self.lot_index = {lot: i for i, lot in enumerate(market.lots)}
        self.supplier_index = {supplier: i for i, supplier in enumerate(market.suppliers)}
        self.pair_index = {pair: i for i, pair in enumerate(market.pairs)}
        self.awards = [(*pair, supplier) for pair in market.pairs for supplier in market.bidders[pair[0]]]
        self.index = {award: i for i, award in enumerate(self.awards)}
        allowed = winners_allowed(market, self.rules)
        split = [allowed[lot] > 1 for lot in market.lots]
        self.data = Sourcing(
            demand_lot=np.array([self.lot_index[lot] for lot, _ in market.pairs], int),
            outside_cost=np.array([market.today[pair] / 100 for pair in market.pairs], float),
            option_demand=np.array([self.pair_index[lot, member] for lot, member, _ in self.awards], int),
            option_supplier=np.array([self.supplier_index[supplier] for _, _, supplier in self.awards], int),
            option_cost=np.array([self._cost(award, split[self.lot_index[award[0]]]) for award in self.awards], float),
            split=np.array(split, bool),
            supplier_cost=np.array([market.terms[supplier].management / 100 for supplier in market.suppliers], float),
        )
        self.data.schedules += [self._schedule(each) for each in market.schedules]
        self._carriages()
        self._switches(split)
        self._limits()
        for rule in self.rules:
            self._rule(rule)
        for lock in self.locks:
            self._lock(lock)
        self._changes()

    # --- money ---------------------------------------------------------------------------------------------

    def _cost(self, award: Award, split: bool) -> float:
        """List price and fee of a whole need (€), and the change of supplier where one supplier serves it all."""
        market, fee = self.market, self.market.terms[award[2]].fee
        change = market.switching_yearly if not split and market.changes_supplier(award) else 0
        return market.gross[award] * (PPM + fee) / PPM / 100 + change / 100

    def _schedule(self, tariff: Tariff) -> Schedule:
        market = self.market
        options = [i for i, (lot, _, supplier) in enumerate(self.awards) if supplier == tariff.supplier and tariff.lot in ("", lot)]
        gross = np.array([market.gross[self.awards[i]] / 100 for i in options], float)
        units = np.array([market.units(self.awards[i][:2]) / MILLI for i in options], float)
        scale = PARTS * (MILLI if tariff.quantity else 100)
        start = np.array([tier.threshold / scale for tier in tariff.tiers], float)
        rate = np.array([tier.rate / PPM for tier in tariff.tiers], float)
        value = tariff.unit_value[0] * MILLI / (tariff.unit_value[1] * 100) if tariff.quantity else 1.0  # € per base unit
        constant = np.zeros(len(rate))
        if tariff.incremental:
            for r in range(1, len(rate)):
                constant[r] = constant[r - 1] + (rate[r - 1] - rate[r]) * start[r] * value
        base = units if tariff.quantity else gross
        money = base * value if tariff.incremental else gross
        return Schedule(np.array(options, int), base, money, start, rate, constant, 1 + market.terms[tariff.supplier].fee / PPM)

    def _carriages(self) -> None:
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, (_, member, supplier) in enumerate(self.awards):
            groups[supplier, member].append(i)
        for (supplier, _), options in groups.items():
            terms = self.market.terms[supplier]
            if terms.carriage and terms.free_carriage:
                value = np.array([self.market.gross[self.awards[i]] / 100 for i in options], float)
                self.data.carriages.append(Carriage(np.array(options, int), value, terms.free_carriage / 100, terms.carriage / 100))

    def _switches(self, split: list[bool]) -> None:
        if not self.market.switching_yearly:
            return
        for pair in self.market.pairs:
            if split[self.lot_index[pair[0]]]:
                changed = [self.index[a] for a in self._of([pair]) if self.market.changes_supplier(a)]
                self.data.switches.append((np.array(changed, int), self.market.switching_yearly / 100))

    # --- limits, rules, locks ------------------------------------------------------------------------------

    def _of(self, pairs: list[Pair] | tuple[Pair, ...], supplier: str = "") -> list[Award]:
        return [(*p, s) for p in pairs for s in self.market.bidders[p[0]] if supplier in ("", s)]

    def _pairs(self, lots: tuple[str, ...]) -> list[Pair]:
        return [pair for pair in self.market.pairs if pair[0] in lots]

    def _tag(self, requirement: Requirement) -> int:
        self.tags.append(requirement)
        return len(self.tags) - 1

    def _gross(self, awards: list[Award], factor: float = 1.0) -> list[tuple[int, float]]:
        return [(self.index[award], self.market.gross[award] / 100 * factor) for award in awards]

    def _won(self, lots: tuple[str, ...], supplier: str = "") -> list[tuple[int, int, float]]:
        return [
            (self.lot_index[lot], self.supplier_index[s], 1.0)
            for lot in lots
            for s in self.market.bidders[lot]
            if supplier in ("", s)
        ]  # fmt: skip

    def _add(self, rule: Linear | Distinct | Leaving) -> None:
        self.data.rules.append(rule)

    def _limits(self) -> None:
        """Numbers of winners, largest values, capacities and minimums; those that cannot bind are left out."""
        market = self.market
        for lot in market.lots:
            pairs = market.of_lot(lot)
            if market.max_winners[lot] < len(market.bidders[lot]):
                tag = self._tag(Requirement("winners", lot=lot))
                self._add(Linear(tag, won=self._won((lot,)), upper=market.max_winners[lot]))
            largest = sum(max((market.gross[a] for a in self._of([pair])), default=0) for pair in pairs)
            if largest > market.max_value.get(lot, largest):
                tag, limit = self._tag(Requirement("framework", lot=lot)), market.max_value[lot] / 100
                self._add(Linear(tag, self._gross(self._of(pairs)), upper=limit * (1 - self.margin), scale=max(limit, 1.0)))
            for supplier in market.bidders[lot]:
                for article in market.articles[lot]:
                    self._offer(lot, supplier, article)

    def _offer(self, lot: str, supplier: str, article: str) -> None:
        market, whole = self.market, self.market.need_of_lot(lot, article)
        capacity = market.capacity.get((supplier, article), whole)
        minimum = market.minimum.get((supplier, article), 0)
        terms = [(self.index[a], market.need.get((a[1], article), 0) / MILLI) for a in self._of(market.of_lot(lot), supplier)]
        if capacity < whole:
            tag = self._tag(Requirement("capacity", lot=lot, supplier=supplier, article=article))
            self._add(Linear(tag, terms, upper=capacity / MILLI * (1 - self.margin), scale=whole / MILLI))
        if minimum > 0:
            tag = self._tag(Requirement("minimum", lot=lot, supplier=supplier, article=article))
            won = [(self.lot_index[lot], self.supplier_index[supplier], -minimum / MILLI * (1 + self.margin))]
            self._add(Linear(tag, terms, won=won, lower=0.0, scale=minimum / MILLI))

    def _rule(self, rule: Rule) -> None:
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
        elif rule.kind in ("min_quality", "min_organic"):
            self._food(tag, rule)
        else:
            self._share(tag, rule)

    def _food(self, tag: int, rule: Rule) -> None:
        market, kind = self.market, 0 if rule.kind == "min_quality" else 1
        floor = rule.value / PPM * (1 + self.margin)
        pairs = self._pairs(rule.lots)
        parts = [(self.index[a], (market.good[a][kind] - floor * market.gross[a]) / 100) for a in self._of(pairs)]
        outs = [(self.pair_index[p], (market.good_today[p][kind] - floor * market.today[p]) / 100) for p in pairs]
        self._add(Linear(tag, parts, outs, lower=0.0, scale=max(1.0, sum(market.today[p] for p in pairs) / 100)))

    def _share(self, tag: int, rule: Rule) -> None:
        """A supplier's purchases against those of all, over the lots of the rule."""
        pairs = self._pairs(rule.lots)
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
            option = self.index.get((*pair, lock.supplier))
            least = 1 / HUNDREDTHS if self.data.split[self.lot_index[pair[0]]] else 1.0
            if lock.action == "stay_out":
                self._add(Linear(tag, outs=[(self.pair_index[pair], 1.0)], lower=1.0))
            elif lock.action == "award":
                self._add(Linear(tag, [(option, 1.0)] if option is not None else [], lower=least))
            elif option is not None:
                self._add(Linear(tag, [(option, 1.0)], upper=0.0))

    def _changes(self) -> None:
        """The accepted awards of the pairs that still have a need, and the limit on changes where it can bind."""
        accepted = self.market.accepted
        kept: dict[int, tuple[int, ...] | None] = {}
        for pair, shares in accepted.shares.items():
            if pair in self.pair_index:
                options = [self.index.get((*pair, supplier)) for supplier in shares]
                kept[self.pair_index[pair]] = None if None in options else tuple(sorted(o for o in options if o is not None))
        if not kept:
            return
        self.data.anchor = Anchor(kept, accepted.price / 100)
        if accepted.most < len(kept):
            self._add(Leaving(self._tag(Requirement("changes")), accepted.most))

    # --- there and back ------------------------------------------------------------------------------------

    def parts(self, shares: Shares) -> np.ndarray:
        """Shares as the solver's parts in hundredths, by option."""
        parts = np.zeros(len(self.awards), int)
        for award, share in shares.items():
            parts[self.index[award]] = share
        return parts

    def shares(self, parts: np.ndarray) -> dict[Award, int]:
        return {self.awards[i]: int(parts[i]) for i in np.flatnonzero(parts)}
