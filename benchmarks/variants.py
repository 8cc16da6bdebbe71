"""Many small runs, all different: the purchasing of a shipped group, with other prices in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.programs import ROOT
from planner import excel
from planner.catalog import PARAMETERS, TABLES
from planner.plan import Limits
from planner.scenario import Scenario
from planner.store import Run, RunRequest, Store

GROUP = ROOT / "scenarios" / "la_rochelle_rochefort.xlsx"
PROVED = Limits(seconds=60, seed=1, threads=1)  # solved to the end, in about half a second


def group() -> Scenario:
    reading = excel.read(GROUP, TABLES, PARAMETERS)
    assert reading.scenario is not None
    return reading.scenario


def variant(scenario: Scenario, place: int, name: str = "") -> Scenario:
    """The group with prices `place` thousandths higher."""
    offers = scenario.frames["offers"]
    dearer = offers.assign(price=offers["price"] * (1 + place / 1000))
    return replace(scenario.replace("offers", dearer), name=name or f"variant {place}")


def ask(store: Store, scenarios: Sequence[Scenario], problems: tuple[str, ...] = ("purchasing",), limits: Limits = PROVED) -> list[Run]:
    """Queue a run of each."""
    return store.queue([RunRequest(scenario, problems, limits, "benchmark") for scenario in scenarios])
