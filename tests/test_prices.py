"""Prices of rules are intervals that hold the true price, and say what is proven."""

import math
from dataclasses import dataclass

import pytest

from planner import network as networks
from planner import prices as pricing
from planner.issues import Message
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.prices import Price, Prices, prices
from planner.problems.kitchens import KITCHENS, Kitchens
from planner.scenario import Scenario
from planner.service.prices import prices_dict, prices_text, verdict
from tests.problems.kitchens.small import group

LIMITS = Limits(seconds=20)


@pytest.fixture(scope="module")
def found() -> Prices:
    return prices(group({"kitchens": {"KB": {"lock": "keep"}}}), "kitchens", LIMITS, Progress())


def named(made: Prices, key: str) -> list[Price]:
    return [price for price in made.prices if price.name.key == key]


def test_a_lock_costs_what_two_proven_plans_differ_by(found: Prices) -> None:
    (kept,) = named(found, "policy.lock_keep")
    without = pricing.solved(KITCHENS, group(), networks.build(group())[0], LIMITS, Progress())
    true = found.whole.cost - without.cost
    assert kept.low <= true + 0.01 and true <= kept.high + 0.01
    assert kept.high - kept.low <= (found.whole.cost - found.whole.bound) + (without.cost - without.bound) + 0.05
    assert verdict(kept) == "prices.dear"


def test_prices_are_never_negative_and_dearest_comes_first(found: Prices) -> None:
    for decision in (False, True):
        mine = pricing.in_order(found.prices, decision)
        assert mine and all(0 <= price.low <= price.high for price in mine)
        finite = [price.high for price in mine if math.isfinite(price.high)]
        assert finite == sorted(finite, reverse=True)


def test_a_decision_that_leaves_no_plan_is_said_impossible() -> None:
    lonely = group({"kitchens": {"KA": {"lock": "close"}, "KN": {"lock": "close"}, "KX": {"lock": "close"}}})
    made = prices(lonely, "kitchens", LIMITS, Progress(), kinds=("decision",))
    assert {verdict(price) for price in made.prices} <= {"prices.impossible", "prices.unknown"}
    assert any(verdict(price) == "prices.impossible" for price in named(made, "policy.close"))


def test_stopping_keeps_what_is_known() -> None:
    progress = Progress()
    progress.stop()
    made = prices(group(), "kitchens", LIMITS, progress)
    assert made.prices == () and made.asked > 0


@dataclass(frozen=True)
class Loose(Kitchens):
    """Plans without a bound: nothing is proven."""

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        return super().solve(scenario, network, limits, progress).with_(bound=None, status=Status.FEASIBLE)


def test_without_bounds_nothing_is_claimed() -> None:
    made = prices(group(), "kitchens", LIMITS, Progress(), kinds=("rule",), catalog={"kitchens": Loose()})
    assert all(price.low == 0 and math.isinf(price.high) for price in made.prices)
    assert "prices.unknown" in {verdict(price) for price in made.prices}


def test_words_in_both_languages(found: Prices) -> None:
    for lang, lock in (("fr", "La cuisine Cuisine KB doit rester ouverte"), ("en", "Kitchen Cuisine KB must stay open")):
        said = prices_text(found, lang)
        assert lock in said and Message.of("policy.budget").key not in said
    plain = prices_dict(found, "fr")
    assert len(plain["prices"]) == len(found.prices) and all(p["low"] is None or p["low"] >= 0 for p in plain["prices"])

