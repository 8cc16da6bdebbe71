"""The whole numbers in which purchases are counted, so that a price computed twice is the same to the cent.

Money in cents, quantities in thousandths of a unit, rates in millionths, prices in millionths of a euro. Shares are whole
percents and years whole months: what is bought in a year is counted in parts, of which a whole need over a whole year has 1,200.
"""

from __future__ import annotations

from planner.problems.purchasing.entries import MONTHS

MILLI = 1000  # thousandths of a unit
PPM = 1_000_000  # millionths
HUNDREDTHS = 100  # of a share: shares are whole percents
PARTS = HUNDREDTHS * MONTHS  # of a yearly need: whole percents of whole months

Pair = tuple[str, str]  # (lot, member)
Award = tuple[str, str, str]  # (lot, member, supplier)


def nearest(numerator: int, denominator: int) -> int:
    """The quotient of whole numbers rounded half up (denominator > 0)."""
    return (2 * numerator + denominator) // (2 * denominator)


def ceiling(numerator: int, denominator: int) -> int:
    """The quotient of whole numbers rounded up (denominator > 0)."""
    return -(-numerator // denominator)


def value(lines: list[tuple[int, float, str]]) -> tuple[int, tuple[int, int]]:
    """Cents of (thousandths of a unit, €/unit, quality) lines: all, and (quality or organic, organic)."""
    exact = [(quantity * round(price * PPM), quality) for quantity, price, quality in lines]
    per_cent = MILLI * PPM // 100
    quality = sum(amount for amount, kind in exact if kind in ("quality", "organic"))
    organic = sum(amount for amount, kind in exact if kind == "organic")
    return nearest(sum(amount for amount, _ in exact), per_cent), (nearest(quality, per_cent), nearest(organic, per_cent))
