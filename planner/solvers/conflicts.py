"""A smallest set of requirements that cannot hold together, for any problem that can say « possible or not ».

QuickXplain (Junker 2004): halves the candidates, keeps what is needed, with about k log(n/k) tests for a
conflict of k among n requirements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Tag = TypeVar("Tag")


def minimal_conflict(tags: Sequence[Tag], possible: Callable[[Sequence[Tag]], bool | None]) -> list[Tag] | None:
    """The tags of a conflict of which no proper subset is one; [] when all tags together are possible.

    `possible(subset)`: whether the requirements of the subset can hold together; None (unknown, no time
    left) ends the search, and the answer is None.
    """

    class Unknown(Exception):
        pass

    def test(subset: Sequence[Tag]) -> bool:
        answer = possible(subset)
        if answer is None:
            raise Unknown
        return answer

    def needed(background: list[Tag], added: bool, candidates: Sequence[Tag]) -> list[Tag]:
        if added and not test(background):
            return []
        if len(candidates) == 1:
            return list(candidates)
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        from_second = needed([*background, *first], bool(first), second)
        from_first = needed([*background, *from_second], bool(from_second), first)
        return from_first + from_second

    try:
        if not tags or test(tags):
            return []
        return needed([], False, tags)
    except Unknown:
        return None
