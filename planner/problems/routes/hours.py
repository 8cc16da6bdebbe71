"""Hours of a day in which service may start: windows in seconds after midnight, in order, and how several visits share them."""

from __future__ import annotations

from collections.abc import Sequence

Window = tuple[int, int]
Windows = tuple[Window, ...]
APART = 3600  # seconds between two visits of a day where nothing is asked


def join(windows: Sequence[Window]) -> Windows:
    """Windows in order, those that touch or overlap made one; empty ones dropped."""
    joined: list[Window] = []
    for opens, closes in sorted(w for w in windows if w[0] <= w[1]):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def meet(windows: Windows, low: int, high: int) -> Windows:
    """What of the windows lies within [low, high]."""
    return tuple((max(a, low), min(b, high)) for a, b in windows if max(a, low) <= min(b, high))


def between(asked: float | None, windows: Windows, count: int) -> int:
    """Seconds between the starts of two of a day's visits at least. `asked`: minutes; else an hour, but half of a visit's part of the windows at most."""
    if count < 2:
        return 0
    if asked is not None:
        return round(60 * asked)
    return min(APART, sum(closes - opens for opens, closes in windows) // (2 * count))


def parted(windows: Windows, count: int, apart: int) -> list[Windows] | None:
    """The windows of `count` visits of a day, in order, of which any two starts are `apart` seconds apart at least; None where there is no room.

    The longest parts of equal opening time; what is left over goes to the last one. Hours in which the site is closed are no part's.
    """

    def laid(length: int) -> list[Windows] | None:
        found: list[Windows] = []
        now = windows[0][0]
        for _ in range(count):
            part: list[Window] = []
            left = length
            for opens, closes in windows:
                if max(opens, now) <= closes and (left > 0 or not part):
                    part.append((max(opens, now), min(closes, max(opens, now) + left)))
                    left -= part[-1][1] - part[-1][0]
            if left > 0 or not part:
                return None
            found.append(tuple(window for window in part if window[0] < window[1]) or (part[0],))
            now = found[-1][-1][1] + apart
        return found

    if count == 1 and windows:
        return [windows]
    low, high = 0, sum(closes - opens for opens, closes in windows) // count
    if not windows or laid(low) is None:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if laid(middle) is not None else (low, middle - 1)
    parts = laid(low) or []
    ends = parts[-1][-1][1]
    last = list(parts[-1][:-1])
    last += [(max(opens, parts[-1][-1][0]), closes) for opens, closes in windows if closes >= ends]
    return [*parts[:-1], tuple(last)]
