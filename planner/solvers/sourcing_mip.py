"""Awarding lots to suppliers with tiered discounts, on arrays: no table, no text, no unit but euros and parts.

A demand d is what one member needs of one lot. It is served by options o (a supplier each, by parts that
add up to 1) or stays outside at a known cost. With O(d) the options of d, O(l, s) those of lot l and
supplier s:

    min   sum_o cost_o part_o + sum_d outside_d out_d - sum_k worth_k rebate_k
          + sum_c carriage_c pay_c + sum_s fixed_s used_s + sum_g switch_g change_g + price sum_d left_d
    s.t.  sum_{o in O(d)} part_o + out_d = 1                                  each demand is served once
          part_o <= won_ls,  won_ls <= sum_{o in O(l,s)} part_o (x 100)       who serves has won, who has won serves
          part_o whole (0 or 1), or whole hundredths in lots that may be split
          schedule k, tier r:  part_o = sum_r slice_kor,  slice_kor <= on_kr,  sum_r on_kr <= 1,
              from_kr on_kr <= sum_o base_ko slice_kor <= upto_kr on_kr       (upper side only where a rate falls)
              rebate_k = sum_r (rate_kr sum_o money_ko slice_kor + constant_kr on_kr)
          (a schedule over lots: from_kr on_kr <= the number of them won)
          carriage c: buys_c >= part_o,  sum_o value_co part_o >= free_c (buys_c - pay_c)
          used_s >= won_ls,  change_g >= sum_{o in g} part_o
          anchored demand d with suppliers K(d) (none: outside):  left_d >= sum_{o of none of K(d)} part_o + [K(d)] out_d,
              left_d >= 1 - 100 sum_{o of s} part_o for s in K(d)  (demands whose set of suppliers is no longer the anchor's)
          target t:  short_t >= -(a row over parts and outs), at price_t in the objective
          lot l with fixed parts p_1 >= ... >= p_n:  rank_lsr (who has which part),  sum_s rank_lsr <= 1,  sum_r rank_lsr = won_ls,
              the parts of s in d add up to sum_r p_r rank_lsr at most (to just that, since those of d add up to 1 or 0)
          options of lot l in several forms f:  sum_{o of d and f} part_o <= form_lf for each d of l,  sum_f form_lf <= 1
          options of d in several modes m (parts only):  sum_{o of m} part_o <= mode_dm,  sum_m mode_dm <= 1
          and any rule: a linear row over parts, outs and won pairs, a number of distinct suppliers in lots, or of
          demands that leave the anchor

Where other rebates come off first, what counts is the slices of those at what is paid for each: these are sliced again, one
column for a tier of each, so that their links are tight too.

The slices per tier under `slice <= on` are the tight form: the linear relaxation then prices a tier only as
far as it is reached. An all-units tier has constant 0; a slice tier (incremental) pays the lower tiers' part
through its constant. Every rule carries a tag; the relaxed program may break tagged rules, each at cost 1
plus a part of how far, which finds the fewest rules to give up when they conflict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from planner.solvers import mip
from planner.solvers.mip import INF, Builder, Mip, MipResult, MipStatus
from planner.solvers.sourcing import PARTS, Anchor, Carriage, Distinct, Leaving, Linear, Schedule, Sourcing, Target, leaves, tier_of

Slices = dict[tuple[int, int], list[tuple[int, float]]]  # option of a schedule, tier -> columns, and what counts of each


@dataclass(frozen=True)
class Award:
    """Parts by option in hundredths (O,) int, or None; objective of the program and its proven bound (€)."""

    result: MipResult
    parts: np.ndarray | None
    broken: tuple[int, ...] = ()  # tags given up, relaxed program only


class Program:
    """The mixed-integer program of a Sourcing.

    `relaxed`: rules may be broken, and only that costs. `keep`: the tags of the rules that are written at
    all (None: every rule). `money`: without it only the rules are written, as a question of possibility;
    `changes`: then the demands that leave the anchor are counted.
    """

    def __init__(self, data: Sourcing, relaxed: bool = False, keep: frozenset[int] | None = None, money: bool = True, changes: bool = False) -> None:
        self.data, self.relaxed = data, relaxed
        self.builder = Builder()
        self.broken: dict[int, int] = {}  # tag -> column
        # how the other columns follow from the parts: see `point`
        self._any: list[tuple[int, np.ndarray]] = []  # 1 as soon as one of these options serves
        self._pays: list[tuple[int, Carriage]] = []
        self._tiered: list[tuple[Schedule, dict[int, int], Slices]] = []
        self._by_tier: dict[int, list[list[tuple[int, float, float]]]] = {}  # place of a schedule -> by its options, the slices, 1, what is paid for each
        self._present: dict[tuple[tuple[int, ...], int], int] = {}
        self._left: dict[int, int] = {}  # demand -> column
        self._short: list[tuple[int, float, Target]] = []  # column, its unit, what it counts
        money = money and not relaxed
        self._choose(float(money))
        self._win()
        if data.option_form is not None:
            self._forms(data.option_form)
        self._rank()
        if money:
            for place, schedule in enumerate(data.schedules):
                self._tiers(place, schedule)
            for carriage in data.carriages:
                self._carriage(carriage)
            self._fixed()
            self._switch()
            if data.anchor is not None and data.anchor.price:
                self._leave(data.anchor.price, data.anchor)
            for target in data.targets:
                self._target(target)
        if changes and data.anchor is not None:
            self._leave(1.0, data.anchor)
        for rule in data.rules:
            if keep is None or rule.tag in keep:
                self._rule(rule)
        self.model = self.builder.build()

    # --- the award -----------------------------------------------------------------------------------------

    def _choose(self, money: float) -> None:
        data, b = self.data, self.builder
        split = data.split[data.option_lot]
        self.part = [
            b.variable(money * data.option_cost[o] / (PARTS if split[o] else 1), 0, PARTS if split[o] else 1, True)
            for o in range(len(data.option_cost))
        ]  # fmt: skip
        self.unit = np.where(split, 1.0 / PARTS, 1.0)  # parts of a need per unit of the column
        self.out = [b.binary(money * cost) for cost in data.outside_cost]
        self.options_of: dict[int, list[int]] = defaultdict(list)
        for o, demand in enumerate(data.option_demand):
            self.options_of[int(demand)].append(o)
        for d, out in enumerate(self.out):
            full = float(PARTS if data.split[data.demand_lot[d]] else 1)
            b.row([(self.part[o], 1.0) for o in self.options_of[d]] + [(out, full)], full, full)
            if data.option_mode is not None and full > 1:
                self._modes(self.options_of[d], data.option_mode)

    def _modes(self, options: list[int], mode: np.ndarray) -> None:
        """The parts of a demand are all of one mode (whole options are anyway)."""
        groups = [[o for o in options if mode[o] == m] for m in sorted({int(mode[o]) for o in options})]
        if len(groups) > 1:
            chosen = [self.builder.binary() for _ in groups]
            self.builder.row([(column, 1.0) for column in chosen], upper=1.0)
            for column, group in zip(chosen, groups, strict=True):
                self.builder.row([(self.part[o], 1.0) for o in group] + [(column, -float(PARTS))], upper=0.0)
                self._any.append((column, np.array(group)))

    def _win(self) -> None:
        data, b = self.data, self.builder
        self.won: dict[tuple[int, int], int] = {}
        self.serving: dict[tuple[int, int], list[int]] = defaultdict(list)
        for o, (lot, supplier) in enumerate(zip(data.option_lot, data.option_supplier, strict=True)):
            self.serving[int(lot), int(supplier)].append(o)
        for key, options in self.serving.items():
            won = self.won[key] = b.binary()
            full = float(PARTS if data.split[key[0]] else 1)
            for group in self._by_demand(options):
                b.row([(self.part[o], 1.0) for o in group] + [(won, -full)], upper=0.0)
            b.row([(won, 1.0)] + [(self.part[o], -1.0) for o in options], upper=0.0)
            self._any.append((won, np.array(options)))

    def _forms(self, form: np.ndarray) -> None:
        """All that is served of a lot is of one form."""
        b, lots = self.builder, self.data.option_lot
        for lot in np.unique(lots):
            groups = [np.flatnonzero((lots == lot) & (form == f)) for f in np.unique(form[lots == lot])]
            chosen = [b.binary() for _ in groups] if len(groups) > 1 else []
            if chosen:
                b.row([(column, 1.0) for column in chosen], upper=1.0)
            for column, group in zip(chosen, groups, strict=False):
                for options in self._by_demand(group):
                    b.row([(self.part[o], 1.0) for o in options] + [(column, -float(PARTS if self.data.split[lot] else 1))], upper=0.0)
                self._any.append((column, group))

    def _rank(self) -> None:
        """Which winner of a lot with fixed parts has which of them."""
        b = self.builder
        self._ranks: dict[tuple[int, int, int], int] = {}
        for lot, parts in self.data.ranks.items():
            suppliers = [s for other, s in self.won if other == lot]
            for s in suppliers:
                mine = [self._ranks.setdefault((lot, s, r), b.binary()) for r in range(len(parts))]
                b.row([(column, 1.0) for column in mine] + [(self.won[lot, s], -1.0)], 0.0, 0.0)
                for group in self._by_demand(self.serving[lot, s]):
                    full = 1.0 if self.data.split[lot] else float(PARTS)
                    b.row([(self.part[o], full) for o in group] + [(column, -float(p)) for column, p in zip(mine, parts, strict=True)], upper=0.0)
            for r in range(len(parts)):
                b.row([(self._ranks[lot, s, r], 1.0) for s in suppliers], upper=1.0)

    def _rank_points(self, x: np.ndarray, parts: np.ndarray) -> None:
        """Ranks by the parts that winners have: equal parts in order of supplier."""
        for lot, fixed in self.data.ranks.items():
            free = list(range(len(fixed)))
            for s in (s for other, s in self.won if other == lot):
                has = int(parts[self.serving[lot, s]].max())
                rank = next((r for r in free if fixed[r] == has), None)
                if has and rank is not None:
                    free.remove(rank)
                    x[self._ranks[lot, s, rank]] = 1.0

    def _by_demand(self, options: Iterable[int]) -> list[list[int]]:
        """Options grouped by the demand they serve: the parts of a group add up to 1 at most, which keeps links tight."""
        groups: dict[int, list[int]] = defaultdict(list)
        for o in options:
            groups[int(self.data.option_demand[o])].append(int(o))
        return list(groups.values())

    def _terms(self, options: np.ndarray, weights: np.ndarray, sign: float = 1.0) -> list[tuple[int, float]]:
        return [(self.part[o], sign * float(w) * self.unit[o]) for o, w in zip(options, weights, strict=True) if w]

    # --- money ---------------------------------------------------------------------------------------------

    def _tiers(self, place: int, k: Schedule) -> None:
        """Slices per tier; tiers whose start nobody can reach are left out, and so is a schedule that never pays."""
        b = self.builder
        most = self._most(k)
        ends = np.append(k.start[1:], INF)
        live = [r for r in range(len(k.start)) if k.start[r] <= most * (1 + 1e-12)]
        if not len(k.options) or not np.any(k.rate[live] > 0):
            return
        scale = 1.0 if k.lots else max(float(k.base.max()), 1e-9)
        won = [(self.won[lot, k.supplier], 1.0) for lot in k.lots if (lot, k.supplier) in self.won]
        on = {r: b.binary(-k.worth * k.constant[r]) for r in live}
        slices: Slices = {}
        for i, counted in enumerate(self._counted(k)):
            for r in live:
                slices[i, r] = [(b.variable(-k.worth * k.rate[r] * k.money[i] * weight), weight) for _, _, weight in counted]
            for n, (column, unit, _) in enumerate(counted):
                b.row([(column, unit), *((slices[i, r][n][0], -1.0) for r in live)], 0.0, 0.0)
        place_of = {int(o): i for i, o in enumerate(k.options)}
        for group in self._by_demand(k.options):
            for r in live:
                b.row([(column, 1.0) for o in group for column, _ in slices[place_of[o], r]] + [(on[r], -1.0)], upper=0.0)
        b.row([(on[r], 1.0) for r in live], upper=1.0)
        for r in live:
            base = won if k.lots else [(column, float(k.base[i]) * weight / scale) for i in range(len(k.options)) for column, weight in slices[i, r]]
            if k.start[r] > 0:
                b.row([*base, (on[r], -float(k.start[r]) / scale)], lower=0.0)
            if not k.rising and ends[r] < most:
                b.row([*base, (on[r], -float(ends[r]) / scale)], upper=0.0)
        self._tiered.append((k, on, slices))
        self._by_tier[place] = [[(column, 1.0, weight * float(1 - k.rate[r])) for r in live for column, weight in slices[i, r]] for i in range(len(k.options))]

    def _counted(self, k: Schedule) -> list[list[tuple[int, float, float]]]:
        """By option of a schedule the columns that make it up, each with the part that it stands for and what of that part counts: what
        is paid of it at each tier of the rebates that come off first, else all of it."""
        net: dict[int, list[tuple[int, float, float]]] = {}
        for place in k.net_of:
            if place in self._by_tier:
                net |= dict(zip(self.data.schedules[place].options.tolist(), self._by_tier[place], strict=True))
        return [net.get(int(o), [(self.part[o], float(self.unit[o]), 1.0)]) for o in k.options]

    def _most(self, k: Schedule) -> float:
        """The largest base of a schedule: every demand wholly served by it."""
        if k.lots:
            return float(sum((lot, k.supplier) in self.won for lot in k.lots))
        best: dict[int, float] = {}
        for o, base in zip(k.options, k.base, strict=True):
            demand = int(self.data.option_demand[o])
            best[demand] = max(best.get(demand, 0.0), float(base))
        return sum(best.values())

    def _carriage(self, c: Carriage) -> None:
        b = self.builder
        whole = self.unit[c.options] == 1.0
        value = np.where(whole, np.minimum(c.value, c.free), c.value)  # one big enough order is enough
        pay, buys = b.binary(c.cost), b.variable(0.0, 0.0, 1.0, not whole.all())
        for group in self._by_demand(c.options):
            b.row([(self.part[o], self.unit[o]) for o in group] + [(buys, -1.0)], upper=0.0)
        b.row([*self._terms(c.options, value / c.free), (buys, -1.0), (pay, 1.0)], lower=0.0)
        self._any.append((buys, c.options))
        self._pays.append((pay, c))

    def _fixed(self) -> None:
        for supplier, cost in enumerate(self.data.supplier_cost):
            keys = [key for key in self.won if key[1] == supplier]
            if cost and keys:
                used = self._presence(tuple(key[0] for key in keys), supplier)
                self.builder.cost[used] += float(cost)

    def _switch(self) -> None:
        for options, cost in self.data.switches:
            if not cost or not len(options):
                continue
            change = self.builder.binary(float(cost))
            self.builder.row([*self._terms(options, np.ones(len(options)), -1.0), (change, 1.0)], lower=0.0)
            self._any.append((change, options))

    def _leave(self, price: float, anchor: Anchor) -> None:
        """A column per anchored demand that is 1 when its set of suppliers is not the anchor's; `price` in the objective."""
        for d, kept in anchor.kept.items():
            if d not in self._left:
                self._left[d] = left = self.builder.binary()
                self._leaves(d, left, kept)
            self.builder.cost[self._left[d]] += price

    def _leaves(self, d: int, left: int, kept: tuple[int, ...] | None) -> None:
        b, split = self.builder, self.data.split[self.data.demand_lot[d]]
        if kept is None or (len(kept) > 1 and not split):
            b.lower[left] = 1.0
            return
        of = self.data.option_supplier
        others = [(self.part[o], self.unit[o]) for o in self.options_of[d] if of[o] not in kept]
        b.row([*others, (left, -1.0)] + ([(self.out[d], 1.0)] if kept else []), upper=0.0)
        for s in kept if len(kept) > 1 else ():  # one alone serves as soon as no other does
            b.row([*[(self.part[o], 1.0) for o in self.options_of[d] if of[o] == s], (left, 1.0)], lower=1.0)

    def _target(self, target: Target) -> None:
        b = self.builder
        terms = [(self.part[o], value * self.unit[o]) for o, value in target.parts if value] + [(self.out[d], value) for d, value in target.outs if value]
        size = max((abs(value) for _, value in terms), default=1.0)
        short = b.variable(target.price * size)
        b.row([(column, value / size) for column, value in terms] + [(short, 1.0)], lower=0.0)
        self._short.append((short, size, target))

    # --- rules ---------------------------------------------------------------------------------------------

    def _rule(self, rule: Linear | Distinct | Leaving) -> None:
        if isinstance(rule, Distinct):
            self._distinct(rule)
        elif isinstance(rule, Leaving) and self.data.anchor is not None:
            self._leave(0.0, self.data.anchor)
            self._rule_row(rule.tag, [(column, 1.0) for column in self._left.values()], -INF, float(rule.upper), 1.0)
        elif isinstance(rule, Linear):
            self._linear(rule)

    def _presence(self, lots: tuple[int, ...], supplier: int) -> int:
        """A column that is 1 as soon as the supplier wins one of the lots."""
        lots = tuple(sorted(lot for lot in lots if (lot, supplier) in self.won))
        if len(lots) == 1:
            return self.won[lots[0], supplier]
        if (lots, supplier) not in self._present:
            column = self._present[lots, supplier] = self.builder.variable(0.0, 0.0, 1.0)
            for lot in lots:
                self.builder.row([(self.won[lot, supplier], 1.0), (column, -1.0)], upper=0.0)
            self._any.append((column, np.array([o for lot in lots for o in self.serving[lot, supplier]])))
        return self._present[lots, supplier]

    def _distinct(self, rule: Distinct) -> None:
        suppliers = sorted({s for lot, s in self.won if lot in rule.lots})
        terms = [(self._presence(rule.lots, s), 1.0) for s in suppliers]
        if rule.lower:  # present only with a lot won
            for s, (column, _) in zip(suppliers, terms, strict=True):
                won = [self.won[lot, s] for lot in rule.lots if (lot, s) in self.won]
                if won != [column]:
                    self.builder.row([(column, 1.0)] + [(w, -1.0) for w in won], upper=0.0)
        self._rule_row(rule.tag, terms, float(rule.lower) or -INF, float(rule.upper), 1.0)

    def _linear(self, rule: Linear) -> None:
        terms = [(self.part[o], value * self.unit[o]) for o, value in rule.parts]
        terms += [(self.out[d], value) for d, value in rule.outs]
        terms += [(self.won[lot, s], value) for lot, s, value in rule.won if (lot, s) in self.won]
        lower = rule.lower
        if rule.if_won is not None:
            lots, supplier = rule.if_won
            if not any((lot, supplier) in self.won for lot in lots):
                return
            least = self._least(rule)
            if least >= lower:
                return
            terms.append((self._presence(lots, supplier), -(lower - least)))
            lower = least
        self._rule_row(rule.tag, terms, lower, rule.upper, rule.scale)

    def _least(self, rule: Linear) -> float:
        """The smallest value the parts of a rule can have, each demand choosing for itself."""
        worst: dict[int, float] = defaultdict(float)
        for o, value in rule.parts:
            demand = int(self.data.option_demand[o])
            worst[demand] = min(worst[demand], value)
        return sum(worst.values()) + sum(min(0.0, value) for _, value in rule.outs) + sum(min(0.0, value) for _, _, value in rule.won)

    def _rule_row(self, tag: int, terms: list[tuple[int, float]], lower: float, upper: float, scale: float) -> None:
        size = (max((abs(value) for _, value in terms), default=1.0) or 1.0) if self.data.scaled else 1.0
        terms = [(column, value / size) for column, value in terms]
        lower, upper = lower / size, upper / size
        if self.relaxed:
            b = self.builder
            if tag not in self.broken:
                self.broken[tag] = b.binary(1.0)
            reach = sum(max(0.0, abs(value) * (PARTS if self._is_part(column) else 1)) for column, value in terms) + abs(
                lower if lower > -INF else upper
            )
            for side, finite in ((1.0, lower > -INF), (-1.0, upper < INF)):
                if finite:
                    slack = b.variable(0.1 * size / max(scale, 1e-9))
                    b.row([(slack, 1.0), (self.broken[tag], -reach)], upper=0.0)
                    terms = [*terms, (slack, side)]
        self.builder.row(terms, lower, upper)

    def _is_part(self, column: int) -> bool:
        return column < len(self.part) and self.unit[column] < 1.0

    # --- points --------------------------------------------------------------------------------------------

    def point(self, parts: np.ndarray) -> np.ndarray:
        """The whole solution x that belongs to parts in hundredths (O,); feasible when the parts keep every rule."""
        x = np.zeros(len(self.builder.cost))
        real = parts / PARTS
        served = np.zeros(len(self.out))
        np.add.at(served, self.data.option_demand, real)
        x[self.part] = np.where(self.unit < 1.0, parts, real)
        x[self.out] = (served == 0).astype(float)
        for column, options in self._any:
            x[column] = float(real[options].max() > 0)
        for pay, c in self._pays:
            x[pay] = float(real[c.options].max() > 0 and c.value @ real[c.options] < c.free * (1 - 1e-12))
        for k, on, slices in self._tiered:
            reached = tier_of(self.data, k, real)
            for i, counted in enumerate(self._counted(k)):  # schedules that come off first are before it here
                for (column, _), (of, unit, _) in zip(slices[i, reached], counted, strict=True):
                    x[column] = unit * x[of]
            x[on[reached]] = float(real[k.options].max() > 0)
        for d, column in self._left.items():
            x[column] = float(leaves(self.data, d, parts))
        self._rank_points(x, parts)
        for column, size, target in self._short:
            x[column] = target.missed(real, x[self.out]) / size
        return x

    def among(self, *points: np.ndarray | None) -> Mip:
        """The program with only the pairs (lot, supplier) that some of the points use."""
        upper = self.model.upper.copy()
        for key, column in self.won.items():
            if not any(x is not None and x[column] > 1e-6 for x in points):
                upper[column] = 0.0
                upper[[self.part[o] for o in self.serving[key]]] = 0.0
        return replace(self.model, upper=upper)

    def settled(self, options: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, dict[int, tuple[int, float]]]:
        """Columns (n,) that stay as they are in a solution x when these options (O,) bool keep their parts: those of the options, of demands
        and winners with no other option, and of tiers that hang on these options alone or on such as serve nothing. And columns that follow
        another, as so many times that: slices of what is settled, as what serves a schedule does so in the one tier that is on."""
        kept = np.zeros(len(x), bool)
        part = np.array(self.part, int)
        kept[part[options]] = True
        free = np.zeros(len(self.out), bool)
        free[self.data.option_demand[~options]] = True
        kept[np.array(self.out, int)[~free]] = True
        kept[[self.won[key] for key, those in self.serving.items() if options[those].all()]] = True
        for k, on, slices in self._tiered:
            inside = options[k.options]
            if inside.all():
                kept[list(on.values())] = True
            none = inside & (inside.all() | (x[part[k.options]] <= 0.0))
            kept[[column for (i, _), those in slices.items() if none[i] for column, _ in those]] = True
        follows: dict[int, tuple[int, float]] = {}
        for k, on, slices in self._tiered:
            for i, counted in enumerate(self._counted(k)):
                for n, (of, unit, _) in enumerate(counted):
                    if kept[of]:
                        for r, tier in on.items():
                            column = slices[i, r][n][0]
                            if not x[of]:
                                kept[column] = True
                            elif not kept[tier] and not kept[column]:
                                follows[column] = tier, unit * float(x[of])
        return kept, follows

    def tiers_over_lots(self, free: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Columns (n,) that stay as they are in a solution x when tiers over several lots are kept, but those of suppliers `free` (S,) bool."""
        kept = np.zeros(len(x), bool)
        lots, suppliers = self.data.option_lot, self.data.option_supplier
        for k, on, slices in self._tiered:
            if len(np.unique(lots[k.options])) > 1 and not free[suppliers[k.options]].any():
                kept[list(on.values())] = True
                kept[[column for (_, r), those in slices.items() if x[on[r]] < 0.5 for column, _ in those]] = True
        return kept

    def pairs(self, x: np.ndarray) -> np.ndarray:
        """How far each pair (lot, supplier) has won in a solution (L, S)."""
        won = np.zeros((len(self.data.split), len(self.data.supplier_cost)))
        for key, column in self.won.items():
            won[key] = x[column]
        return won

    def parts_of(self, x: np.ndarray) -> np.ndarray:
        """Parts in hundredths (O,) of a solution."""
        values = np.round(np.asarray(x)[self.part])
        return np.asarray(np.where(self.unit < 1.0, values, values * PARTS), dtype=int)


def least_broken(data: Sourcing, *, seconds: float, seed: int = 1, threads: int = 1) -> Award:
    """The award that breaks the fewest tagged rules (then by the least), when none keeps them all.

    Money does not count. `broken` has the tags given up.
    """
    program = Program(data, relaxed=True)
    result = mip.solve(program.model, seconds=seconds, gap=0.0, seed=seed, threads=threads)
    if result.x is None:
        return Award(result, None)
    broken = tuple(tag for tag, column in sorted(program.broken.items()) if result.x[column] > 0.5)
    return Award(result, program.parts_of(result.x), broken)


def fewest_leaving(data: Sourcing, *, seconds: float, seed: int = 1, threads: int = 1) -> Award:
    """The award that leaves the anchor for the fewest demands, whatever their limit. Money does not count: objective and
    bound are numbers of demands."""
    free = replace(data, rules=[rule for rule in data.rules if not isinstance(rule, Leaving)])
    program = Program(free, money=False, changes=True)
    result = mip.solve(program.model, seconds=seconds, gap=0.0, seed=seed, threads=threads)
    return Award(result, None if result.x is None else program.parts_of(result.x))


def possible(data: Sourcing, tags: frozenset[int], *, seconds: float, seed: int = 1, threads: int = 1) -> bool | None:
    """Whether an award keeps the rules of these tags; None when the time was too short to tell."""
    program = Program(data, keep=tags, money=False)
    status = mip.solve(program.model, seconds=seconds, gap=INF, seed=seed, threads=threads).status
    if status is MipStatus.INFEASIBLE:
        return False
    return True if status in (MipStatus.OPTIMAL, MipStatus.FEASIBLE) else None
