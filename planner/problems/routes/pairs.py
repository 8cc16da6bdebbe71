"""When something carried between two stops can be loaded at the one and unloaded at the other. No solver here."""

from __future__ import annotations

from dataclasses import dataclass

from planner.problems.routes.week import Window, Windows


@dataclass(frozen=True)
class Straight:
    """A way from one stop to the other with nothing between: when loading may start, and seconds from there to the start of unloading."""

    loading: Window
    until: int


def straight(at_start: Windows, at_end: Windows, handle: int, fixed: int, drive: int, limit: int | None) -> list[Straight]:
    """One for each pair of windows that can be used. `handle`, `fixed`: seconds at the first stop; `limit`: longest from leaving it to unloading.

    Where the second stop opens later than can be waited for at the first, what is loaded last waits on the way.
    """
    spent = handle + fixed + drive
    if limit is not None and drive > limit:
        return []
    found = []
    for a, b in at_start:
        for c, d in at_end:
            low, high = max(a, c - spent), min(b, d - spent)
            if low <= high:
                found.append(Straight((low, high), spent))
            elif b + spent < c and (limit is None or c - b - handle - fixed <= limit):
                found.append(Straight((b, b), c - b))
    return found


def best_pair(at_start: Windows, at_end: Windows, opens: int, spent: int, limit: int | None) -> tuple[Window, Window] | None:
    """The windows of both ends that leave most time for the pickup, None where none fit.

    `opens`: earliest the pickup can be reached; `spent`: seconds from its start to the arrival at the other
    end; `limit`: longest from the first pickup time to the delivery, which both windows are then cut to keep.
    """
    best: tuple[int, tuple[Window, Window]] | None = None
    for a, b in at_start:
        for c, d in at_end:
            low = max(a, opens)
            if limit is not None:
                low = max(low, c - limit)
            close = d if limit is None else min(d, low + limit)
            high = min(b, close - spent)
            if high < low:
                continue
            if best is None or high - low > best[0]:
                best = (high - low, ((low if limit is not None else a, high), (c, close)))
    return None if best is None else best[1]

