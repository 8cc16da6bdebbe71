"""The price of rules, in figures and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from planner import prices as pricing
from planner.i18n import euros, message, number, text
from planner.plan import Limits, Progress
from planner.prices import Price, Prices
from planner.problems.kitchens.policies import by_year
from planner.problems.kitchens.tables import KITCHENS
from planner.roads import read_roads
from planner.scenario import Scenario
from planner.service.workbooks import aligned

PRICED = tuple(pricing.POLICIES)  # the problems whose rules can be priced
KINDS = {"all": ("rule", "decision"), "rules": ("rule",), "decisions": ("decision",)}


def price_rules(scenario: Scenario, problem: str, limits: Limits, progress: Progress, roads: Path | None = None, kinds: str = "all") -> Prices:
    """The price of the rules in force, or of decisions (`kinds`, a key of KINDS), each solve within the limits."""
    return pricing.prices(scenario, problem, limits, progress, None if roads is None else read_roads(roads)[0], KINDS[kinds])


def price_years(scenario: Scenario, kitchens: Sequence[str], limits: Limits, progress: Progress, roads: Path | None = None) -> Prices:
    """What it would cost, in each year of the plan, to keep, close or open these kitchens, in the order of kitchens and years."""
    return pricing.prices(
        scenario, "kitchens", limits, progress, None if roads is None else read_roads(roads)[0], KINDS["decisions"],
        policies={"kitchens": lambda asked: by_year(asked, kitchens)}, ordered=True,
    )  # fmt: skip


def price_years_aside(scenario: Scenario, kitchens: tuple[str, ...], limits: Limits, progress: Progress) -> Prices:
    """The same, as asked of a process of its own; the plans are left there."""
    made = price_years(scenario, kitchens, limits, progress)
    return replace(made, whole=replace(made.whole, plan=None))


def locked_kitchens(scenario: Scenario, kitchens: Sequence[str]) -> list[str]:
    """Those of these kitchens, by name, that a lock leaves no year to choose."""
    return [row.name for row in scenario.rows(KITCHENS.name) if row.kitchen in kitchens and row.lock != "free"]


def price_rules_aside(scenario: Scenario, problem: str, limits: Limits, progress: Progress) -> Prices:
    """The price of rules and decisions, as asked of a process of its own; the plans are left there."""
    made = pricing.prices(scenario, problem, limits, progress)
    return replace(made, whole=replace(made.whole, plan=None))


def prices_dict(made: Prices, lang: str) -> dict[str, Any]:
    """Everything as plain values, for programs; None where a figure is not known or infinite."""

    def finite(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {
        "problem": made.problem, "status": str(made.whole.status), "cost": finite(made.whole.cost), "bound": finite(made.whole.bound), "years": made.years,
        "proven": not made.searched,
        "prices": [
            {"name": message(p.name, lang), "decision": p.decision, "low": finite(p.low), "high": finite(p.high),
             "best": None if p.best is None else finite(p.best), "verdict": verdict(p).removeprefix("prices."), "status": str(p.status)}
            for p in made.prices
        ],
    }  # fmt: skip


def verdict(price: Price) -> str:
    """The key of what is known of a price, in a few words."""
    if price.best is not None:
        return _searched(price)
    if math.isinf(price.low):
        return "prices.impossible"
    if math.isinf(price.high):
        return "prices.unknown"
    return "prices.free" if price.free else "prices.dear" if price.low >= 1 else "prices.open"


def _searched(price: Price) -> str:
    """What runs of a search say: every one of them dearer with the rule, every one dearer without it, or neither."""
    if math.isinf(price.high):
        return "prices.unknown"
    return "prices.seems_dear" if price.low >= price.negligible else "prices.seems_cheaper" if price.high <= -price.negligible else "prices.noise"


def prices_text(made: Prices, lang: str, years: bool = False) -> str:
    """Two tables, rules and decisions, with what is proven of each (`years`: of the decisions of each year, as they come)."""
    whole = made.whole
    if math.isfinite(whole.cost):
        bound = euros(whole.bound, lang) if math.isfinite(whole.bound) else text("cli.unknown", lang)
        said = [text("prices.whole", lang, cost=euros(whole.cost, lang), bound=bound, years=number(made.years, lang, 2))]
    else:
        said = [text("prices.no_whole", lang, status=text(f"status.{whole.status}", lang))]
    for decision, title in ((False, "prices.rules"), (True, "prices.decisions")):
        mine = pricing.in_order(made.prices, decision)
        title = "prices.by_year" if years else title
        if mine and made.searched:
            head = [text(f"prices.{c}", lang) for c in ("name", "best_year", "low_run", "high_run", "verdict")]
            said += ["", text("prices.by_search", lang, seeds=pricing.SEEDS), aligned([head, *(_search_line(price, lang) for price in mine)], left=(0, 4))]
        elif mine:
            head = [text(f"prices.{c}", lang) for c in ("name", "low", "high", "low_year", "high_year", "verdict")]
            said += ["", text(title, lang), aligned([head, *(_line(made, price, lang) for price in mine)], left=(0, 5))]
    if not made.asked:
        said.append(text("prices.none", lang))
    return "\n".join(said)


def search_money(price: Price, lang: str) -> list[str]:
    """Best, least and most of a price from a search, € a year (routes count one year)."""
    return [text("cli.unknown", lang) if value is None or not math.isfinite(value) else euros(value, lang) for value in (price.best, price.low, price.high)]


def _search_line(price: Price, lang: str) -> list[str]:
    return [message(price.name, lang), *search_money(price, lang), text(verdict(price), lang)]


def _line(made: Prices, price: Price, lang: str) -> list[str]:
    def money(value: float) -> str:
        return euros(value, lang) if math.isfinite(value) else "–"

    return [message(price.name, lang), money(price.low), money(price.high), money(price.low / made.years), money(price.high / made.years), text(verdict(price), lang)]
