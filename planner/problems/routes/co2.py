"""A largest CO2 of the routes in a year: of the group, of each establishment (that of the vehicles).

    min   cost      CO2(e) <= L(e) for every e with a limit, "" being the whole group

CO2 couples all routes of the week, so it is priced: with a price p(e) a tonne, a kilometre of a vehicle weighs its CO2 at
p("") + p(its establishment) more (Lagrangian relaxation). Where a limit is broken its price is raised, eightfold until it is
kept (to the highest at once where it is broken by far: what can be had is near the least then; each such search takes half of the time left, because such a
limit is kept by long searches, not by higher prices), then by bisection. As long as none has kept the limits, the routes met at all prices are put together at the
price by a set partitioning, from whose week the next search goes on: far less than either had come to. Last, a set partitioning over the routes met at all prices, with the limits as rows, finds the weeks
that no price makes the cheapest, and those that no search alone has met. The cheapest plan that keeps all limits, counted without these prices, is the answer. Prices are
only a means: CO2 and cost are those of the finished week. Where none keeps a limit, the least CO2 met and a bound on that of any plan (`co2_bound`) say between which
figures the least lies, or that the limit cannot be kept.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.issues import Issue
from planner.plan import Limits
from planner.problems.routes.attempt import Attempt, Engine, KmCap, Starts
from planner.problems.routes.co2_bound import least
from planner.problems.routes.emissions import GROUP, SMALL, Emissions, emitted_by, limits_of, told
from planner.problems.routes.tables import ROUTES
from planner.problems.routes.week import Week
from planner.schema import rows
from planner.sites import WEEKS_PER_YEAR

FIRST, LAST, MIXED, AGAIN = 0.2, 0.65, 0.8, 0.86  # ends of the steps, as shares of the time: without price, at several, a mix where none would do, the best price again; then the last mix
MIXING = 0.13  # of the time, for a mix between two steps
BOTH = 6.0  # seconds for both mixes and the search between them, below which there is only the first
STEPS = 7  # changes of prices, at most
STEP = 3.0  # seconds for each, at least
RAISE = 8.0
NEAR = 0.005  # a limit reached from below within this share is near enough
FAR = 1.01  # times the limit: broken by far; kilometres cost already, so that a price on their CO2 alone saves little
HIGHEST = 64.0  # times the first price: all else weighs next to nothing then, and more would only hide it


@dataclass
class _Price:
    """€ a tonne of one limit: the one to try, the highest known to break it, the lowest known to keep it."""

    now: float = 0.0
    low: float = 0.0
    high: float | None = None

    def learn(self, kept: bool, first: float, far: bool) -> None:
        """`first`: the price to begin with where the limit is broken, HIGHEST times it where by far."""
        if kept:
            self.high = self.now
        else:
            self.low = self.now
            if self.high is not None and self.high <= self.low:  # searches are not exact
                self.high = None
        if self.high is not None:
            self.now = max((self.low + self.high) / 2 if self.high < RAISE * first else math.sqrt(max(first, self.low) * self.high), self.low)
        else:
            self.now = HIGHEST * first if far else min(max(first, RAISE * self.low), HIGHEST * first)


@dataclass
class Capped:
    """A search within limits. `best`: the cheapest attempt that keeps them all; `last`: the latest one; `least`: the smallest CO2 met, by limit."""

    engine: Engine
    limits: Emissions
    best: Attempt | None = None
    last: Attempt | None = None
    least: dict[str, float] = field(default_factory=dict)
    nearest: tuple[float, Attempt] | None = None  # the attempt that breaks the limits least, and by what shares together
    steps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    price: Mapping[str, float] = field(default_factory=dict)  # of the best attempt
    attempts: list[tuple[Attempt, Mapping[str, float]]] = field(default_factory=list)  # with what a kilometre weighed more

    def run(self, seconds: float, starts: Starts = ()) -> None:
        began = time.monotonic()
        firsts = {target: _first_price(self.engine.week, target) for target in self.limits}
        prices = {target: _Price() for target in self.limits}
        timed = self.engine.limits.iterations is None
        steps = max(2, min(STEPS, int((LAST - FIRST) * seconds / STEP))) if timed else STEPS

        def left(share: float) -> float:
            return (share if timed else 1.0) * seconds - (time.monotonic() - began)

        for step in range(steps + 1):
            most = left(LAST) / 2 if any(p.low > 0.0 or p.now > 0.0 for p in prices.values() if p.high is None) else left(LAST) / (steps + 1 - step)
            until = max(min(STEP, left(LAST)), most) if step else left(FIRST)
            if step and (self.engine.should_stop() or until <= 0.5):
                continue
            made = self._attempt(max(0.5, until), {target: p.now for target, p in prices.items()}, starts)
            starts = made.starts if self.best is not None or self.nearest is None else self.nearest[1].starts
            if step == 0 and self.nearest is not None and self.nearest[0] > FAR - 1 and not self.engine.week.accepted:
                starts = ()  # routes made for cost hold the search where it began
            if made.frames is None:  # more time for the days without routes
                continue
            emitted = emitted_by(self.engine.week, _driven(made))
            broken = {target for target, limit in self.limits.items() if emitted[target] > limit}
            if not broken and all(emitted[t] > (1 - NEAR) * limit or prices[t].now == 0.0 for t, limit in self.limits.items()):
                break
            if self.best is None and len(self.attempts) > 1 and left(LAST) > MIXING * seconds:
                self._mix(MIXING * seconds, {target: p.now for target, p in prices.items()}, ())
                starts = starts if self.nearest is None else self.nearest[1].starts
            for target, p in prices.items():
                if target in broken or p.now > 0.0:
                    p.learn(target not in broken, firsts[target], emitted[target] > FAR * self.limits[target])
        highest = {target: min(RAISE * max(p.now, firsts[target]), HIGHEST * firsts[target]) for target, p in prices.items()}
        if self.nearest is None and not self.engine.should_stop() and left(1.0) > 0.5:
            self._attempt(left(1.0), highest, starts)
        if self.best is None:
            self._mix(left(MIXED) if left(1.0) >= BOTH else left(1.0), _times(RAISE, highest), ())  # of given routes: a higher price hides nothing
            self.price = highest  # of searches
        self._last(left, highest)

    def _last(self, left: Callable[[float], float], highest: Mapping[str, float]) -> None:
        """More of the best price, then the best mix of the routes met at all prices: what no price makes the cheapest."""
        known = self.best or (None if self.nearest is None else self.nearest[1])
        if known is not None and not self.engine.should_stop() and left(AGAIN) > 0.5:
            self._attempt(left(AGAIN), highest if self.best is None else self.price, known.starts)
        if self.best is None:
            self._mix(left(1.0), _times(RAISE, highest), ())
            return
        weeks = self.engine.week.scenario.value(WEEKS_PER_YEAR)
        rates = {t: {v.code: v.co2_km * weeks / 1000 if t in (GROUP, v.establishment) else 0.0 for v in self.engine.week.vehicles} for t in self.limits}
        kept = emitted_by(self.engine.week, self.engine.kept_km())
        self._mix(left(1.0), {}, [(rates[t], limit - kept.get(t, 0.0)) for t, limit in self.limits.items()])

    def _mix(self, seconds: float, price: Mapping[str, float], caps: Sequence[KmCap]) -> None:
        """The cheapest week made of the routes of all attempts, at a price and within caps."""
        known = self.best or (None if self.nearest is None else self.nearest[1])
        if known is None or len(self.attempts) < 2 or self.engine.week.accepted or self.engine.should_stop() or seconds <= 0.2:
            return
        timed = self.engine.limits.iterations is None
        made = self.engine.mixed(known, self.attempts, seconds if timed else max(60.0, seconds), caps, self._km(price))
        if made is not None:
            self._keep(made, self.price if caps else price, "mixed")

    def _km(self, price: Mapping[str, float]) -> dict[str, float]:
        """What a kilometre of each vehicle type weighs more, €."""
        return {v.code: v.co2_km * (price.get(GROUP, 0.0) + price.get(v.establishment, 0.0)) / 1000 for v in self.engine.week.vehicles}

    def _attempt(self, seconds: float, price: Mapping[str, float], starts: Starts) -> Attempt:
        km = self._km(price)
        made = self.last = self.engine.run(seconds, km if any(km.values()) else None, starts, quiet=True)
        self.notes += made.notes
        if made.frames is not None:
            self.attempts.append((made, km))
            self._keep(made, price, ", ".join(f"{target or 'all'} {price[target]:.0f} a tonne" for target in self.limits))
        return made

    def _keep(self, made: Attempt, price: Mapping[str, float], words: str) -> None:
        """Learn from an attempt, the best one so far or not."""
        emitted = emitted_by(self.engine.week, _driven(made))
        self.steps += [*made.steps, f"CO2 ({words}): {', '.join(f'{emitted[target]:.2f} t' for target in self.limits)}, cost {made.cost:.2f}"]
        beyond = sum(max(0.0, emitted[target] / max(limit, SMALL) - 1) for target, limit in self.limits.items())
        if self.nearest is None or beyond < self.nearest[0]:
            self.nearest = beyond, made
        for target in self.limits:
            self.least[target] = min(self.least.get(target, emitted[target]), emitted[target])
        if not self.limits_broken(emitted) and (self.best is None or (made.cost or 0.0) < (self.best.cost or 0.0)):
            self.best, self.price = made, price
            self.engine.tell(made.cost)

    def limits_broken(self, emitted: Mapping[str, float]) -> bool:
        return any(emitted[target] > limit for target, limit in self.limits.items())

    def unmet(self) -> Emissions:
        """The least CO2 met, of what to say where weeks were found and none keeps the limits."""
        return {t: self.least[t] for t, limit in self.limits.items() if t in self.least and (self.least[t] > limit or len(self.limits) > 1)}


def _times(factor: float, prices: Mapping[str, float]) -> dict[str, float]:
    return {target: factor * price for target, price in prices.items()}


def _driven(made: Attempt) -> list[tuple[str, float]]:
    """Vehicle type and kilometres of each of an attempt's routes."""
    assert made.frames is not None
    return [(row.vehicle, row.km) for row in rows(ROUTES, made.frames[ROUTES.name])]


def _first_price(week: Week, target: str) -> float:
    """€ a tonne that doubles what a kilometre of a target's cheapest vehicle weighs."""
    fleet = [v for v in week.vehicles if v.count > 0 and v.co2_km > 0 and target in (GROUP, v.establishment)]
    return max(10.0, min((1000 * v.km_rate / v.co2_km for v in fleet), default=0.0))


def within(engine: Engine, seconds: float, starts: Starts = ()) -> tuple[Attempt, Emissions]:
    """The best attempt within the CO2 limits of the week; where there is none, the last one without its tables, and the least CO2 met. `starts`: routes to start from."""
    search = Capped(engine, limits_of(engine.week.scenario))
    search.run(seconds, starts)
    assert search.last is not None
    if search.best is not None:
        return replace(search.best, steps=tuple(search.steps), notes=tuple(search.notes)), {}
    return replace(search.last, frames=None, steps=tuple(search.steps), notes=tuple(search.notes)), search.unmet()


def explained(week: Week, unmet: Emissions, seconds: float, limits: Limits, should_stop: Callable[[], bool]) -> list[Issue]:
    """Limits that no plan met keeps, each with the tonnes between which the least lies, or as proven that no plan can keep it."""
    found, until = [], time.monotonic() + seconds
    most = limits_of(week.scenario)
    for number, (target, smallest) in enumerate(unmet.items()):
        sure = least(week, target, max(0.0, until - time.monotonic()) / (len(unmet) - number), limits, should_stop)
        code = "routes_co2_impossible" if sure > most[target] else "routes_co2_unmet"
        found.append(told(code, target, limit=most[target], least=sure, smallest=math.ceil(100 * smallest - SMALL) / 100))
    return found
