"""Breaks put into a duty: the shortest paid duty that keeps an order of events and gives the driver what the rules ask.

Events as in `schedule`. Between event i and the next, a break may be taken before leaving (if i is a stop) and on arrival,
before the next event starts (if that is a stop or a loading); not where the vehicle may not stay. Forward over the events, a label says of one choice of
breaks and windows so far

    f(s) = max(s, E) + D     for a first start s <= L:  when event i is done

(D: least elapsed time, attained for s in [E, L]), with what the rules depend on: driving since the last full break,
whether its first part is taken, whether meal and work break are, seconds of break. An event with drive t, window [a, b]
and h seconds then gives, where E + D + t <= b,

    L' = min(L, b - D - t),   E' = min(L', max(E, a - D - t)),   D' = max(D + t, a - L') + h

so that the best first start needs no search. Label x makes y useless if D, f at its earliest and driving are no larger, L is no
smaller and all else is equal. A break that gives its taker nothing is not tried, so labels stay few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from planner.problems.routes.driver_rules import DAILY, DRIVING, DriverRules, rested

if TYPE_CHECKING:
    from planner.problems.routes.schedule import Event

ANY = 10**9
MOST = 4  # breaks of one duty


@dataclass(frozen=True)
class Pause:
    """A break between event `after` and the next one: on arrival there, or before leaving. `opens`, `closes`: of its start."""

    after: int
    arrived: bool
    seconds: int
    opens: int = 0
    closes: int = ANY


@dataclass(frozen=True)
class Placed:
    """First start, elapsed and paid seconds, and the breaks in order."""

    start: int
    span: int
    paid: int
    pauses: tuple[Pause, ...]
    away: int = 0


class _Label(NamedTuple):
    elapsed: int
    earliest: int
    latest: int
    driven: int = 0
    first: bool = False
    meal: bool = False
    work: bool = False
    rest: int = 0
    away: int = 0  # breaks not at the depot: the fewer the better where all else is equal
    pauses: tuple[tuple[int, bool, int, bool, bool], ...] = ()  # after, arrived, seconds, as meal, as work break


def _then(label: _Label, drive: int, opens: int, closes: int, spend: int) -> _Label | None:
    """A label after one more event, None where that cannot start in time."""
    reach = label.elapsed + drive
    if label.earliest + reach > closes:
        return None
    last = min(label.latest, closes - reach)
    return label._replace(elapsed=max(reach, opens - last) + spend, earliest=min(last, max(label.earliest, opens - reach)), latest=last)


def place(events: Sequence[Event], rules: DriverRules) -> list[Placed]:
    """Duties with the breaks that the rules ask for, the shortest paid time first; none where none keeps all windows and rules.

    (Where breaks are not paid, the first ones may hold a break that nothing asks for.)
    """
    driving = sum(event.drive for event in events)
    law = rules.driving and driving > DRIVING
    if rules.driving and driving > DAILY:
        return []
    used = rules if law else replace(rules, driving=False)
    lengths = used.lengths
    opens, closes = events[0].windows[0]
    labels = [_Label(events[0].spend, opens, closes)]
    for i, event in enumerate(events[1:]):
        drive = event.drive
        if events[i].kind == "stop" and events[i].rest:
            labels += [more for label in labels for more in _paused(label, i, False, True, used, lengths)]
        if law:
            labels = [label._replace(driven=label.driven + drive) for label in labels if label.driven + drive <= DRIVING]
        made = [found for label in labels for a, b in event.windows if (found := _then(label, drive, a, b, event.spend)) is not None]
        if event.kind != "return" and event.rest:
            arrived = [more for label in labels for more in _paused(label._replace(elapsed=label.elapsed + drive), i, True, event.kind != "load", used, lengths)]
            made += [found for label in arrived for a, b in event.windows if (found := _then(label, 0, a, b, event.spend)) is not None]
        labels = _useful(made)
    return sorted(
        (ended for label in labels if (ended := _ended(label, used)) is not None),
        key=lambda placed: (placed.paid, placed.span, sum(pause.seconds for pause in placed.pauses), len(placed.pauses), placed.away, placed.start),
    )


Step = tuple[int, int, Sequence[tuple[int, int]]]  # drive, seconds spent, windows of the start


def shortest(steps: Sequence[Step]) -> int | None:
    """Elapsed seconds of the shortest duty over events without any break, None where no times keep the windows."""
    return min((label[0] for label in spans(steps)), default=None)


def spans(steps: Sequence[Step]) -> list[tuple[int, int, int]]:
    """The labels of the module as plain triples (D, E, L), without any break: this is asked of thousands of routes."""
    opens, closes = steps[0][2][0]
    labels = [(steps[0][1], opens, closes)]
    for drive, spend, windows in steps[1:]:
        made = []
        for elapsed, earliest, latest in labels:
            reach = elapsed + drive
            for a, b in windows:
                if earliest + reach <= b:
                    last = min(latest, b - reach)
                    made.append((max(reach, a - last) + spend, min(last, max(earliest, a - reach)), last))
        if len(made) > 1:
            made.sort(key=lambda label: (label[0], label[0] + label[1], -label[2]))
            kept: list[tuple[int, int, int]] = []
            for label in made:
                if not any(x[0] + x[1] <= label[0] + label[1] and x[2] >= label[2] for x in kept):
                    kept.append(label)
            made = kept
        if not made:
            return []
        labels = made
    return labels


def _paused(label: _Label, after: int, arrived: bool, away: bool, rules: DriverRules, lengths: Sequence[int]) -> Iterator[_Label]:
    """The label after each break worth taking at once."""
    driven, first, has_meal, has_work, rest, others, pauses = label[3:]
    if len(pauses) >= MOST or (has_meal and has_work and not rules.driving):
        return
    for length in lengths:
        longer = bool(rules.meal) and length >= rules.meal and not has_meal
        for meal in (True, False) if longer else (False,):
            begun = _then(label, 0, rules.meal_from, rules.meal_until, 0) if meal else label
            if begun is None:
                continue
            work = not has_work and 0 < rules.work_break <= length and begun.elapsed - rest <= rules.work_before
            now, part = rested(driven, first, length) if rules.driving else (driven, first)
            if meal or work or now < driven or part != first:
                yield _Label(begun.elapsed + length, begun.earliest, begun.latest, now, part, has_meal or meal, has_work or work, rest + length, others + away,
                             (*pauses, (after, arrived, length, meal, work)))  # fmt: skip


def _useful(labels: Sequence[_Label]) -> list[_Label]:
    """The labels that no other one makes useless."""
    if len(labels) < 2:
        return list(labels)
    groups: dict[tuple[bool, bool, bool, int], list[_Label]] = defaultdict(list)
    for label in sorted(labels, key=lambda x: (x.elapsed, x.elapsed + x.earliest, -x.latest, x.driven, len(x.pauses), x.away)):
        elapsed, earliest, latest, driven, first, meal, work, rest, *_ = label
        kept = groups[first, meal, work, rest]
        if not any(x[0] + x[1] <= elapsed + earliest and x[2] >= latest and x[3] <= driven for x in kept):
            kept.append(label)
    return [label for kept in groups.values() for label in kept]


def _ended(label: _Label, rules: DriverRules) -> Placed | None:
    """The duty of a label that has reached the last return, with a first start at which no rule is broken."""
    work = label.elapsed - label.rest
    if rules.work_break and work > rules.work_before and not label.work:
        return None
    start = label.earliest
    if not label.meal and rules.meal_due(start, start + label.elapsed):
        start = rules.meal_from + 1  # after the window has opened there is no meal break to give
        if start > label.latest:
            return None
    pauses, rest = [], 0
    for after, arrived, seconds, meal, as_work in label.pauses:
        latest = start + rules.work_before + rest if as_work else ANY
        pauses.append(Pause(after, arrived, seconds, rules.meal_from if meal else 0, min(latest, rules.meal_until) if meal else latest))
        rest += seconds
    return Placed(start, label.elapsed, label.elapsed if rules.paid else work, tuple(pauses), label.away)
