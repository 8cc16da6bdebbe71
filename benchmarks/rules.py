"""`python -m benchmarks rules FILE --seconds 30 --seeds 2`: what each rule of the routes costs.

The week of a scenario is solved as it is with every seed. From the best plan found it is searched on: as it is, without each of its
rules (those that `planner rules` prices, and loading times), and with each rule that a group may add to it, with the same seeds and
limits (`--iterations`: of each search, so that the load of the machine does not count). A price is the mean over the seeds of the difference between two plans of a search, not between two optima: it can be told from chance where it is
beyond what the seeds make of the week as it is, for every seed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from planner import network, service, study
from planner.i18n import message
from planner.plan import Limits, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.held import marked
from planner.problems.routes.policies import policies
from planner.problems.routes.tables import CO2_LIMIT, COMPATIBILITY, CURRENT, FLOWS, RELOAD_MINUTES, VEHICLES
from planner.scenario import Scenario, with_parameter
from planner.study import Result

LOADING = "loading time at the depot"  # a datum more than a rule: priced here only


def _disinfected(scenario: Scenario, _: Result) -> Scenario:
    rows = [{"first": row.first, "second": row.second, "rule": "disinfect", "minutes": 30.0, "cost": 20.0} for row in scenario.rows(COMPATIBILITY.name)]
    return scenario.replace(COMPATIBILITY.name, COMPATIBILITY.frame(rows))


def _old_lorries(scenario: Scenario, _: Result) -> Scenario:
    """Lorries barred from the zones of sites that have a calendar, at its hours; from the others at all times."""
    frame = scenario.frames[VEHICLES.name].copy()
    frame["low_emission"] = [row.gvw <= 3.5 for row in scenario.rows(VEHICLES.name)]
    return scenario.replace(VEHICLES.name, VEHICLES.frame(frame.to_dict("records")))


def _less_co2(share: float) -> Callable[[Scenario, Result], Scenario]:
    def changed(scenario: Scenario, plan: Result) -> Scenario:
        assert plan.audit is not None
        return with_parameter(scenario, CO2_LIMIT, share * float(plan.audit.kpi("co2") or 0.0))

    return changed


def _third_party(price: float) -> Callable[[Scenario, Result], Scenario]:
    def changed(scenario: Scenario, _: Result) -> Scenario:
        frame = scenario.frames[FLOWS.name].copy()
        frame["skip_cost"] = [price if row.category == "mail" else row.skip_cost for row in scenario.rows(FLOWS.name)]
        frame["skip_means"] = ["third_party" if row.category == "mail" else row.skip_means for row in scenario.rows(FLOWS.name)]
        return scenario.replace(FLOWS.name, FLOWS.frame(frame.to_dict("records")))

    return changed


def _kept(scenario: Scenario, _: Result) -> Scenario:
    """Every tenth of today's routes kept as it is, of those that keep every rule."""
    frame = scenario.frames[CURRENT.name].copy()
    rows = scenario.rows(CURRENT.name)
    everything = scenario.replace(CURRENT.name, CURRENT.frame(frame.assign(locked=True).to_dict("records")))
    nets, _unused = network.build(everything)
    broken = {(dict(issue.args)["day"], dict(issue.args)["vehicle"], dict(issue.args)["number"])
              for issue in ROUTES.precheck(everything, nets) if issue.code.startswith("routes_held")}  # fmt: skip
    sound = [key for key in marked(everything.rows(CURRENT.name)) if key not in broken]
    kept = set(sound[::10])
    frame["locked"] = [(row.day, row.vehicle, row.number) in kept for row in rows]
    return scenario.replace(CURRENT.name, CURRENT.frame(frame.to_dict("records")))


ADDED: dict[str, Callable[[Scenario, Result], Scenario]] = {
    "lorries barred from the zone": _old_lorries,
    "clean after dirty: 30 min, €20": _disinfected,
    "10 % less CO2": _less_co2(0.9),
    "20 % less CO2": _less_co2(0.8),
    "mail may go to a third party at €25": _third_party(25.0),
    "a tenth of today's routes kept": _kept,
}


def solved(scenario: Scenario, limits: Limits) -> Result:
    return study.run(scenario, ["routes"], limits, Progress()).results["routes"]


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks rules", description=__doc__)
    parser.add_argument("file", type=Path, help="a scenario workbook")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--iterations", type=int, help="of each search, instead of seconds")
    parser.add_argument("--seeds", type=int, default=2, help="how many seeds")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="only rules whose name contains one of these, by commas")
    asked = parser.parse_args(words)
    opened = service.open_scenario(asked.file, None)
    if opened.scenario is None:
        print(f"{asked.file}: not a scenario without faults; nothing was run.")
        return 2
    seconds = asked.seconds if asked.iterations is None else 900.0
    limits = [Limits(seconds=seconds, iterations=asked.iterations, threads=asked.threads, seed=seed) for seed in range(1, max(1, asked.seeds) + 1)]
    plans = [solved(opened.scenario, one) for one in limits]
    known = [plan.annual for plan in plans if plan.annual is not None]
    if len(known) < len(limits):
        print("no plan of the week with all its rules within these limits; nothing to compare")
        return 1
    best = min(plans, key=lambda plan: plan.annual or 0.0)
    limits = [replace(one, start=best.plan) for one in limits]
    plans = [solved(opened.scenario, one) for one in limits]
    whole = [plan.annual or 0.0 for plan in plans]
    spread = max(whole) - min(whole)
    print(f"{'all rules, from nothing':60}  {sum(known) / len(known):12,.0f} € a year; between seeds {max(known) - min(known):,.0f}", flush=True)
    print(f"{'all rules':60}  {sum(whole) / len(whole):12,.0f} € a year; between seeds {spread:,.0f}", flush=True)
    for name, sign, changed in _variants(opened.scenario, plans[0]):
        if not any(word.strip() in name for word in asked.only.split(",")):
            continue
        scenario = changed(opened.scenario)
        if scenario.hash == opened.scenario.hash:
            print(f"{name:60}  not in this scenario, or changes nothing", flush=True)
            continue
        found = [solved(scenario, one).annual for one in limits]
        if sign < 0:  # a plan of the week as it is is one without the rule
            found = [cost if cost is None else min(cost, base) for cost, base in zip(found, whole, strict=True)]
        print(f"{name:60}  {shown(found, whole, sign, spread)}", flush=True)
    return 0


def _variants(scenario: Scenario, plan: Result) -> Iterator[tuple[str, int, Callable[[Scenario], Scenario]]]:
    """Name, sign of the price in the cost of the week with the change, and the change: rules taken away, then rules added."""
    for rule in policies(scenario):
        yield message(rule.name, "en"), -1, rule.change
    yield LOADING, -1, lambda scenario: with_parameter(scenario, RELOAD_MINUTES, 0.0)
    for name, added in ADDED.items():
        yield f"added: {name}", 1, lambda scenario, added=added: added(scenario, plan)  # type: ignore[misc]


def shown(found: Sequence[float | None], whole: Sequence[float], sign: int, spread: float) -> str:
    """Mean price, each seed's, and whether that can be told from what seeds make of the week as it is."""
    prices = [sign * (cost - base) for cost, base in zip(found, whole, strict=True) if cost is not None]
    if len(prices) < len(whole):
        return "no plan"
    mean = sum(prices) / len(prices)
    sure = all(abs(price) > spread and price * mean > 0 for price in prices)
    each = ", ".join(f"{price:+,.0f}" for price in prices)
    return f"{mean:+12,.0f} € a year ({100 * mean / whole[0]:+.1f} %; by seed {each}) {'' if sure else 'not told from chance'}".rstrip()
