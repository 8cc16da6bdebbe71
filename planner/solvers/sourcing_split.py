"""Sharing out quantities at scale: prices first, then small programs around what they say, then a proof on what is left.

1. `sourcing_dual` gives a bound within hundredths of a percent of the tight relaxation, and what each tier and each unit would
   add to it.
2. Cores: the tight program over the tiers and quantities that would add little. Two of different size run at the same time;
   each is far smaller than the whole and holds very good answers.
3. Tiers: a dive along the prices, then a local search of the tier of every supplier (`sourcing_tiers`); its branch and bound comes
   after the cores. Where rules on suppliers leave a wide gap, suppliers and tiers are exchanged two at a time (`sourcing_exchange`), and
   branch and bound over suppliers and tiers by cuts (`sourcing_sets`) raises the bound at the same time instead.
4. Proof: with an answer of cost U, no better one has a tier that adds more than U less the bound, nor more units of an article
   than (U - bound - the tier's) / the unit's. The program of the rest is solved exactly; its bound holds for the whole.

Quantities of the programs are continuous; answers are then made whole with their tiers kept, and costed from scratch.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from planner.solvers import mip, sourcing_sets, sourcing_tiers
from planner.solvers.mip import INF, MipStatus
from planner.solvers.sourcing_dual import Dual, Pace, Prices
from planner.solvers.sourcing_exchange import Exchange
from planner.solvers.sourcing_tight import Tight
from planner.solvers.sourcing_volume import Split, Volumes

CORES = ((2.5e-4, 0.05), (2.5e-4, 0.1), (5e-4, 0.25), (1e-3, 1.0))  # what tiers may add, of the bound; what units may add, of their price
SMALL = 0.5  # of a demand
ALONE = 0.25  # of the time for the search of tiers, or the tree, where there is more to do
WIDE = 5e-4  # gap from which the tree is worth its time before the cores are through
KICK = 3  # suppliers changed at random, from 2 to this and 1 more
PATIENCE, SHARE = 20, 0.5  # exchanges from there until none was better; of the time, at most
SETTLED = 2e-4  # gap of the program with settled tiers
RAISED = 2e-7  # of the start of a tier on turnover, when quantities are made whole: engines keep rows to a millionth
ENDING = 0.05  # of the time is kept for making answers whole
LEAST = 0.3  # seconds for that where time is over
Report = Callable[[float | None, float | None], None]


@dataclass
class Search:
    """What the threads of one search share: the best answer, the bound, the clock."""

    volumes: Volumes
    gap: float
    deadline: float
    seed: int
    report: Report | None = None
    should_stop: Callable[[], bool] | None = None
    several: bool = False
    bound: float = -INF
    cost: float = INF
    x: np.ndarray | None = None
    taken: tuple[int, ...] = ()
    stopped: bool = False
    infeasible: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def closed(self) -> bool:
        return self.x is not None and self.cost - self.bound <= (self.gap + 2 * mip.BOUND_MARGIN) * abs(self.cost) + 2e-6

    def ended(self) -> bool:
        """Whether nothing more is to be done; asked for often, from every thread."""
        if not self.stopped and self.should_stop is not None and self.should_stop():
            self.stopped = True
        return self.stopped or self.infeasible or self.closed or self.left <= 0

    def raise_bound(self, bound: float) -> None:
        with self.lock:
            if self.bound < bound < INF:
                self.bound = min(bound, self.cost)
                self._tell()

    def offer(self, x: np.ndarray, taken: tuple[int, ...]) -> bool:
        """An answer in whole units; kept when it is allowed and the best."""
        cost = self.volumes.cost(x, taken)
        if self.volumes.broken(x, taken):
            return False
        with self.lock:
            if cost < self.cost:
                self.cost, self.x, self.taken = cost, x, taken
                self.bound = min(self.bound, cost)
                self._tell()
        return True

    def _tell(self) -> None:
        if self.report is not None:
            self.report(self.cost if self.cost < INF else None, self.bound if self.bound > -INF else None)


def solve(
    volumes: Volumes,
    *,
    seconds: float = 60.0,
    gap: float = 1e-4,
    seed: int = 1,
    threads: int = 2,
    on_progress: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Split:
    """The cheapest split found within `seconds` of wall time, and its bound; ends once they are within `gap` of the cost.

    With `threads` 1 the answer depends on the seed alone as long as time does not end it. Never raises for what the problem is.
    """
    began = time.monotonic()
    search = Search(volumes, gap, began + seconds, seed, on_progress, should_stop, threads > 1)
    if np.any(np.minimum(volumes.most, volumes.demand).sum(0) < volumes.demand - 1e-9) and not volumes.bundles:
        return Split(None, (), INF, INF, False, infeasible=True, seconds=time.monotonic() - began)
    prices = Prices(volumes)
    dual = prices.climb(prices.first())
    search.raise_bound(dual.bound)
    ruled = volumes.families is not None or volumes.suppliers is not None
    cores = [partial(_core, search, prices, dual, *each) for each in CORES]
    first, more = partial(_tiers, search, prices, dual, 0.0), partial(_tiers, search, prices, dual, ALONE)
    kind = sourcing_sets.Sets if ruled else sourcing_tiers.Tree
    tree = kind(prices, dual, lambda: search.cost * (1 - 0.5 * gap), search.raise_bound, partial(_settle, search))
    bound = partial(tree.work, search.ended)
    early = partial(_early, search, tree)
    prove = partial(_prove, search, prices, dual)
    tasks: deque[Callable[[], object]] = deque([cores[0], first, early, *cores[1:], prove, bound, more])
    if ruled:  # rules on suppliers leave a gap that cores do not close
        tasks = deque([partial(_exchange, search, prices, dual, tree), bound, bound, prove])

    def work() -> None:
        while tasks and not search.ended():
            tasks.popleft()()

    with ThreadPoolExecutor(max(1, min(2, threads))) as pool:
        for future in [pool.submit(work) for _ in range(max(1, min(2, threads)))]:
            future.result()
    return Split(
        search.x, search.taken, search.cost, search.bound, search.x is not None and search.closed, search.stopped, search.infeasible, time.monotonic() - began
    )


def core(prices: Prices, dual: Dual, most: float, dear: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tiers (S, R) that would add at most `most` € to the bound; units (S, R, K) that would add at most `dear` of their price; and which
    quantities are taken to be sold whole, as leaving a unit would add more (only small ones, that no other can stand in the way of)."""
    v = prices.volumes
    relative = prices.article_cost(dual) / np.maximum(v.price, 1e-9)[:, None, :]
    full = (relative < -dear) & (v.most < SMALL * v.demand)[:, None, :]
    return dual.tier_cost <= most, np.where(relative <= dear, INF, 0.0), full


def remaining(prices: Prices, dual: Dual, cost: float) -> tuple[np.ndarray, np.ndarray]:
    """Tiers (S, R) and units (S, R, K) that an answer cheaper than `cost` can have; exact."""
    spare = cost - dual.bound - dual.tier_cost
    unit = np.maximum(prices.article_cost(dual), 1e-12)
    return spare >= 0, np.maximum(spare, 0.0)[:, :, None] / unit


def made_whole(volumes: Volumes, program: Tight, x: np.ndarray, seed: int = 1, seconds: float = 10.0, gap: float = 1e-6) -> tuple[np.ndarray, tuple[int, ...]] | None:
    """Whole units (S, K) and bundles for a solution, its tiers and presences kept; None where there are none (within `seconds`)."""
    units, taken = program.split(x)
    if np.abs(units - np.round(units)).max() < 1e-6 and not volumes.broken(np.round(units), taken):
        return np.round(units), taken
    open_, limit = program.fixed(x)
    few = np.where((units > 1e-9)[:, None, :], limit, 0.0)  # what is bought already: far fewer columns, and mostly enough
    until = time.monotonic() + seconds
    for margin, room in itertools.product((0.0,) if np.all(volumes.base == 1.0) else (RAISED, 10 * RAISED), (few, limit)):
        near = Tight(volumes, open_, room, whole=True, margin=margin)
        near.take(taken)
        found = mip.solve(near.model, seconds=max(LEAST, until - time.monotonic()), gap=gap, seed=seed)
        if found.x is not None:
            units, taken = near.split(found.x)
            if not volumes.broken(np.round(units), taken):
                return np.round(units), taken
    return None


def _keep(search: Search, program: Tight, x: np.ndarray) -> None:
    found = made_whole(search.volumes, program, x, search.seed, min(10.0, search.left), 0.1 * search.gap)
    if found is not None:
        search.offer(*found)


def _core(search: Search, prices: Prices, dual: Dual, part: float, dear: float) -> None:
    program = Tight(search.volumes, *core(prices, dual, part * abs(dual.bound), dear))
    found = _run(search, program, 0.4, None)
    if found.x is not None:
        _keep(search, program, found.x)


def _tiers(search: Search, prices: Prices, dual: Dual, share: float) -> None:
    """Tiers from a dive, improved one by one; then again from a few changed at random, for a share of the time left."""
    until = time.monotonic() + share * search.left
    count = search.volumes.size[1]
    rng = np.random.default_rng(search.seed)

    def over() -> bool:
        return search.ended() or (share > 0 and time.monotonic() >= until)

    if search.x is None:
        dived = sourcing_tiers.dive(prices, dual, search.ended)
        if dived is not None:
            _settle(search, sourcing_tiers.only(prices, dived[0])[:, :-1])
    while search.x is not None and not search.ended():
        tiers = np.where(search.x.sum(1) > 0, search.volumes.tier((search.volumes.base * search.x).sum(1)), count)
        if search.volumes.by_slice:
            tiers = np.where(tiers < count, np.where(np.isfinite(search.volumes.start), _by_tier(search.volumes, search.x), INF).argmin(1), count)
        if share > 0:
            for s in rng.permutation(len(tiers))[: int(rng.integers(2, 2 + KICK))]:
                there = np.flatnonzero(np.isfinite(search.volumes.start[s]))
                tiers[s] = count if tiers[s] < count else int(rng.choice(there))
        best, climbed = sourcing_tiers.improve(prices, tiers, dual, rng, over)
        if climbed.bound < search.cost * (1 - sourcing_tiers.WORTH):
            _settle(search, sourcing_tiers.only(prices, best)[:, :-1])
        if over() or share == 0:
            return


def _exchange(search: Search, prices: Prices, dual: Dual, tree: sourcing_tiers.Tree | sourcing_sets.Sets) -> None:
    """Suppliers and tiers by exchange from a dive; then again from the best with a few changed at random. Then the tree starts afresh."""
    there = np.isfinite(search.volumes.start)
    suppliers, count = there.shape
    rng = np.random.default_rng(search.seed)
    dived = sourcing_tiers.dive(prices, dual, search.ended)
    if dived is None:
        return
    best, start = dived
    trial, exchange = best, Exchange(prices, start.lam, start.mu)
    seen: set[bytes] = set()
    until = time.monotonic() + SHARE * search.left

    def over() -> bool:
        return search.ended() or (search.x is not None and time.monotonic() >= until)

    idle = 0
    while idle <= PATIENCE and not over():
        found, value = exchange.search(trial, over)
        before, idle = search.cost, idle + 1
        if value < search.cost * (1 - sourcing_tiers.WORTH) and found.tobytes() not in seen:
            seen.add(found.tobytes())
            _settle(search, sourcing_tiers.only(prices, found)[:, :-1])
            if search.cost < before:
                best, idle = found, 0
            else:  # its prices do not see what it costs
                exchange.bar(found)
        trial = best.copy()
        while True:
            for s in rng.permutation(suppliers)[: int(rng.integers(2, 3 + KICK))]:
                trial[s] = count if best[s] < count else int(rng.choice(np.flatnonzero(there[s]))) if there[s].any() else count
            if (trial < count).sum() <= exchange.most:
                break
            trial = best.copy()
    if isinstance(tree, sourcing_sets.Sets) and search.several:
        tree.restart()


def _early(search: Search, tree: sourcing_tiers.Tree | sourcing_sets.Sets) -> None:
    """The tree for a while beside the cores, where there is much between bound and cost (with one thread that would hang on the clock)."""
    if search.several and search.cost - search.bound > WIDE * abs(search.cost):
        until = time.monotonic() + ALONE * search.left
        tree.work(lambda: search.ended() or time.monotonic() >= until)


def _by_tier(volumes: Volumes, x: np.ndarray) -> np.ndarray:
    return np.asarray(volumes.fee + (volumes.price * x).sum(1)[:, None] * (1 - volumes.rate))


def _settle(search: Search, open_: np.ndarray) -> float:
    """The best answer with these tiers (S, R) at most; its bound."""
    program = Tight(search.volumes, open_)
    found = mip.solve(program.model, seconds=max(0.5, 0.2 * search.left), gap=min(SETTLED, 0.5 * search.gap), seed=search.seed, should_stop=search.ended)
    if found.x is not None:
        _keep(search, program, found.x)
    return INF if found.status is MipStatus.INFEASIBLE else found.bound


def _prove(search: Search, prices: Prices, dual: Dual) -> None:
    """The program of what an answer better than the best known can have; then, if whole units are what keeps it from being proven, again in whole units."""
    for whole in (False, True):
        open_ = limit = None
        if search.x is not None:
            again = prices.climb(dual.lam, dual.mu, target=search.cost, pace=Pace(step=0.1))
            dual = again if again.bound > dual.bound else dual
            search.raise_bound(dual.bound)
            open_, limit = remaining(prices, dual, search.cost)
        if search.ended():
            return
        program = Tight(search.volumes, open_, limit, whole=whole)
        found = _run(search, program, 1.0 - ENDING, search.raise_bound)
        if found.status is MipStatus.INFEASIBLE:
            if search.x is None:
                search.infeasible = True
            else:
                search.raise_bound(search.cost)
            return
        if found.x is not None:
            _keep(search, program, found.x)
        search.raise_bound(found.bound)
        if found.status is not MipStatus.OPTIMAL:
            return


def _run(search: Search, program: Tight, share: float, prove: Callable[[float], None] | None) -> mip.MipResult:
    """A program solved within a share of the time left, or until its answer is good enough for the bound; a core also until it is known to
    hold no such answer (not with one thread: when that is seen depends on the clock)."""
    start = None if search.x is None else program.point(search.x, search.taken)
    target = search.bound * (1 + 0.9 * search.gap) if search.bound > -INF else INF
    hopeless = [False]

    def look(_: float | None, bound: float | None) -> None:
        if bound is not None and prove is not None:
            prove(bound)
        elif bound is not None and search.several and bound > target:
            hopeless[0] = True

    return mip.solve(
        program.model, seconds=max(0.5, share * search.left), gap=0.5 * search.gap, seed=search.seed, start=start, target=target if target < INF else None,
        on_progress=look, should_stop=lambda: hopeless[0] or search.ended(),
    )  # fmt: skip
