"""What EGalim costs point by point, and how far losing offers are from winning, in figures and in words."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner import egalim
from planner import prices as pricing
from planner.egalim import Curve
from planner.i18n import euros, message, percent, text
from planner.plan import Limits, Progress
from planner.prices import Price, Prices
from planner.problems.purchasing.policies import offers
from planner.report.egalim import egalim_book
from planner.scenario import Scenario
from planner.service.prices import verdict
from planner.service.workbooks import aligned, write_whole
from planner.typed import Unreadable
from planner.typed import number as read_number

EGALIM_KINDS = tuple(egalim.KINDS)


def shares_asked(typed: str) -> tuple[float, ...] | None:
    """Shares in percent, from "20,30,40"; None where they cannot be read."""
    try:
        found = tuple(read_number(word.strip().removesuffix("%")) for word in typed.replace(";", ",").split(",") if word.strip())
    except Unreadable:
        return None
    return found if found and all(0 < share <= 100 for share in found) else None


def egalim_curve(scenario: Scenario, kind: str, shares: Sequence[float], limits: Limits, progress: Progress, establishment: str = "", kitchen: str = "") -> Curve:
    """What each point of EGalim (or of organic food) costs, for the group, an establishment or a kitchen, each solve within the limits."""
    return egalim.curve(scenario, kind, shares, limits, progress, establishment, kitchen)


def egalim_aside(scenario: Scenario, kind: str, shares: Sequence[float], limits: Limits, who: tuple[str, str], progress: Progress) -> Curve:
    """The curve of (establishment, kitchen), as asked of a process of its own."""
    return egalim.curve(scenario, kind, shares, limits, progress, *who)


def egalim_bytes(made: Curve, lang: str) -> bytes:
    """The workbook of a curve."""
    return egalim_book(made, lang)


def egalim_dict(made: Curve) -> dict[str, Any]:
    """Everything as plain values, for programs; None where a figure is not known or infinite."""

    def finite(value: float | None) -> float | None:
        return value if value is not None and math.isfinite(value) else None

    points = [
        {"share": p.share, "status": str(p.status), "reached": p.reached, "cost": finite(p.cost), "bound": finite(p.bound), "low": finite(p.low), "high": finite(p.high)}
        for p in made.points
    ]  # fmt: skip
    return {"kind": made.kind, "establishment": made.establishment, "kitchen": made.kitchen, "years": made.years, "points": points}


def egalim_text(made: Curve, lang: str) -> str:
    """The curve as a table: what is asked, what is reached, cost per year, and what a point costs from the line before on."""

    def money(value: float | None) -> str:
        return euros(value, lang) if value is not None and math.isfinite(value) else text("cli.unknown", lang)

    head = [text(f"egalim.{c}", lang) for c in ("share", "reached", "status", "cost", "bound", "low", "high")]
    lines = [
        ["–" if not p.share else percent(p.share, lang, 1), "–" if p.reached is None else percent(p.reached, lang, 1), text(f"status.{p.status}", lang),
         money(p.cost / made.years), money(p.bound / made.years), "–" if p.low is None else money(p.low), "–" if p.high is None else money(p.high)]
        for p in made.points
    ]  # fmt: skip
    where = f" ({made.establishment or made.kitchen})" if made.establishment or made.kitchen else ""
    return "\n".join([text(f"egalim.title_{made.kind}", lang) + where, aligned([head, *lines], left=(2,)), text("egalim.note", lang)])


def write_egalim(made: Curve, path: Path, lang: str) -> None:
    """The curve as a workbook with its picture. Raises CannotWrite."""
    write_whole(path, egalim_book(made, lang))


def price_offers(scenario: Scenario, lots: Collection[str], limits: Limits, progress: Progress) -> Prices:
    """What each bidder's winning each lot (of `lots`, or every one) would add to the least cost: the gap its offer has to close."""
    return pricing.prices(scenario, "purchasing", limits, progress, None, ("decision",), policies={"purchasing": lambda s: offers(s, lots)})


def price_offers_aside(scenario: Scenario, lots: Collection[str], limits: Limits, progress: Progress) -> Prices:
    """The same, as asked of a process of its own; the plans are left there."""
    made = price_offers(scenario, lots, limits, progress)
    return replace(made, whole=replace(made.whole, plan=None))


def offers_verdict(price: Price) -> str:
    """The key of what is known of an offer, in a few words."""
    return f"offers.{verdict(price).removeprefix('prices.')}"


def offers_text(made: Prices, lang: str) -> str:
    """The gaps, smallest first, marked for internal use."""

    def money(value: float) -> str:
        return euros(value, lang) if math.isfinite(value) else text("cli.unknown", lang)

    head = [text(f"offers.{c}", lang) for c in ("offer", "low", "high", "verdict")]
    found = sorted(made.prices, key=lambda price: price.high)
    lines = [[message(p.name, lang), money(p.low / made.years), money(p.high / made.years), text(offers_verdict(p), lang)] for p in found]
    return "\n".join([text("offers.internal", lang), aligned([head, *lines], left=(0, 3))])
