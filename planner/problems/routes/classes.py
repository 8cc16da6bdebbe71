"""Classes of loads (clean, dirty, infectious waste) and what the table of their pairs allows. No solver here.

For each pair of classes the strictest rule given counts; none: together.

    together     in one trip, in any order
    dirty_last   in one trip, the dirtier class only once nothing of the cleaner one is on board any more
    never        not in one trip; in one vehicle's day, yes
    disinfect    not in one trip; a trip with the cleaner class after one with the dirtier only once the vehicle has been disinfected
                 at its depot: the minutes asked for lie between the return before and the loading
    dedicated    never in one vehicle, on any day of the week

The dirtier of two classes is the later one in the list of classes. Every vehicle starts its day clean, and all of its shifts count:
what one has carried is there when the next one loads. Empties are closed and have no class.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations

from planner.problems.routes.tables import COLOADING, COMPATIBILITY, HYGIENE
from planner.scenario import Scenario

CLASSES = tuple(option.code for option in HYGIENE)  # cleanest first
STRICTNESS = tuple(option.code for option in COLOADING)


@dataclass(frozen=True)
class Pair:
    """The rule of two classes; `seconds` and € of a disinfection."""

    rule: str = "together"
    seconds: int = 0
    cost: float = 0.0


TOGETHER = Pair()


class Classes:
    """The rules of a scenario's pairs of classes."""

    def __init__(self, pairs: dict[frozenset[str], Pair]) -> None:
        self.pairs = pairs

    @staticmethod
    def of(scenario: Scenario) -> Classes:
        pairs: dict[frozenset[str], Pair] = {}
        for row in scenario.rows(COMPATIBILITY.name):
            key = frozenset((row.first, row.second))
            known = pairs.get(key, TOGETHER)
            rule = max(known.rule, row.rule, key=STRICTNESS.index)
            if len(key) == 2:
                pairs[key] = Pair(rule, max(known.seconds, round(60 * (row.minutes or 0.0))), max(known.cost, float(row.cost or 0.0)))
        return Classes(pairs)

    def pair(self, a: str, b: str) -> Pair:
        return self.pairs.get(frozenset((a, b)), TOGETHER)

    def rule(self, a: str, b: str) -> str:
        return self.pair(a, b).rule

    @property
    def free(self) -> bool:
        """Whether all classes travel together."""
        return all(pair.rule == "together" for pair in self.pairs.values())

    # --- within a trip -----------------------------------------------------------------------------------

    @cached_property
    def may_follow(self) -> frozenset[tuple[str, str]]:
        """(a, b) where b may come after a in one trip. What would let two classes meet by way of a third is left out."""
        allowed = {(a, b) for a, b in permutations(CLASSES, 2) if self.rule(a, b) == "together" or (self.rule(a, b) == "dirty_last" and CLASSES.index(a) < CLASSES.index(b))}
        while gap := next(((b, c) for a, b in sorted(allowed) for b_, c in sorted(allowed) if b == b_ and a != c and (a, c) not in allowed), None):
            allowed.discard(gap)
        return frozenset(allowed)

    # --- between trips -----------------------------------------------------------------------------------

    def soils(self, a: str, b: str) -> bool:
        """Whether a vehicle that has carried class a must be disinfected before class b."""
        return self.rule(a, b) == "disinfect" and CLASSES.index(a) > CLASSES.index(b)

    @cached_property
    def taints(self) -> frozenset[tuple[str, str]]:
        """(a, b) where class b may not follow a trip that ends with class a without disinfection, whatever was carried before a."""
        found = {(a, b) for a, b in permutations(CLASSES, 2) if self.soils(a, b)}
        while more := {(x, b) for a, b in found for x in CLASSES if x not in (a, b) and (a, x) not in found} - found:
            found |= more
        return frozenset(found)

    def disinfections(self, trips: Sequence[Collection[str]], earlier: Sequence[Collection[str]] = ()) -> list[Pair | None]:
        """What must be done before each trip of a duty, given the classes of their full units.

        `earlier`: those of the trips of the same vehicle in earlier shifts of the day. Trips of empties alone that begin a later shift
        follow the disinfection, not precede it: between two shifts the vehicle stands at its depot.
        """
        needed: list[Pair | None] = []
        carried: set[str] = set()
        for trip in (*earlier, *trips):
            pairs = [self.pair(a, b) for a in carried for b in trip if self.soils(a, b)]
            needed.append(Pair("disinfect", max(p.seconds for p in pairs), max(p.cost for p in pairs)) if pairs else None)
            carried = set(trip) if pairs else carried | set(trip)
        own = needed[len(earlier) :]
        full = next((i for i, trip in enumerate(trips) if trip), 0)
        if earlier and full:
            own[0], own[full] = own[full], None
        return own

    def apart(self, carried: Collection[str]) -> list[tuple[str, str]]:
        """Pairs of dedicated vehicles among the classes that one vehicle carries."""
        return [(a, b) for a, b in combinations(CLASSES, 2) if a in carried and b in carried and self.rule(a, b) == "dedicated"]


# --- uses of locations ---------------------------------------------------------------------------------------
# class (its first letter), then d: delivered from the depot, c: collected to it, p: picked up, u: unloaded

WAYS = "dcpu"
# within a class that another may follow: what is collected stays until the trip's end, so that nothing delivered comes after
FIRST = {"d": "dcpu", "u": "dcpu", "p": "dpu", "c": "c"}
# within a class that may follow another: what is delivered is there from the trip's start, so that nothing else comes before
LAST = {"d": "dcpu", "c": "cpu", "p": "cpu", "u": "cpu"}


def follows(classes: Classes) -> dict[str, set[str]]:
    """Which use of a location may come right after which within a trip, so that no order of stops breaks a rule."""
    allowed = classes.may_follow
    made: dict[str, set[str]] = {a[0] + i: set() for a in CLASSES for i in WAYS}
    for a in CLASSES:
        for b in CLASSES:
            same = a == b or ((a, b) in allowed and (b, a) in allowed)
            for i in WAYS:
                if same:
                    after = set(WAYS)
                    for c in CLASSES:
                        after &= set(FIRST[i]) if (a, c) in allowed and (c, a) not in allowed else after
                        after &= set(LAST[i]) if (c, a) in allowed and (a, c) not in allowed else after
                elif (a, b) in allowed:
                    after = set("cp") if i in "du" else set()
                else:
                    after = set()
                made[a[0] + i] |= {b[0] + j for j in after}
    return made
