"""`python -m benchmarks rules FILE --seconds 30`: what each rule of the routes costs.

The week of a scenario is solved as it is, then once more without each of its rules, with the same seed and time. The
difference is between two plans of a search, not between two optima: a rule that costs less than what two runs differ by (the
week is solved a second time with another seed to show it) cannot be told from none.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from planner import service, study
from planner.plan import Limits, Progress
from planner.problems.routes.driver_tables import LAW_WEIGHT, TEAMS
from planner.problems.routes.tables import COMPATIBILITY, FLOWS, RELOAD_MINUTES, VEHICLES
from planner.scenario import Scenario, with_parameter
from planner.sites import SITES, WINDOWS


def _all(table: str, **values: object) -> Callable[[Scenario], Scenario]:
    """Columns of every row of a table set alike."""

    def changed(scenario: Scenario) -> Scenario:
        frame = scenario.frames[table].copy()
        for column, value in values.items():
            frame[column] = [value] * len(frame)
        return scenario.replace(table, scenario.table(table).frame(frame.to_dict("records")))

    return changed


def _none(table: str) -> Callable[[Scenario], Scenario]:
    return lambda scenario: scenario.replace(table, scenario.frames[table].iloc[:0])


def _chosen(scenario: Scenario) -> Scenario:
    """Days free where a flow has fewer visits than the days it may have."""
    frame = scenario.frames[FLOWS.name].copy()
    rows = scenario.rows(FLOWS.name)
    visits = [row.visits or len(row.days or ()) or 1 for row in rows]
    frame["free_days"] = [count <= 4 for count in visits]
    frame["visits"] = [count if free else row.visits for row, count, free in zip(rows, visits, frame["free_days"], strict=True)]
    frame["days"] = [None if free else row.days for row, free in zip(rows, frame["free_days"], strict=True)]
    return scenario.replace(FLOWS.name, FLOWS.frame(frame.to_dict("records")))


RULES: dict[str, Callable[[Scenario], Scenario]] = {
    "site hours": _none(WINDOWS.name),
    "flow windows": _all(FLOWS.name, opens=None, closes=None),
    "largest vehicle of a site": _all(SITES.name, max_gvw=44.0),
    "tail lift": _all(SITES.name, needs_tail_lift=False),
    "low-emission zone": _all(SITES.name, low_emission_zone=False),
    "clean and dirty apart": _none(COMPATIBILITY.name),
    "longest time on board": _all(FLOWS.name, max_minutes=None),
    "vehicle imposed on a flow": _all(FLOWS.name, lock=None),
    "shifts (whole day open)": _all(VEHICLES.name, shift_start=0, shift_end=1439),
    "breaks of drivers": lambda scenario: with_parameter(_all(TEAMS.name, work_break=0.0, meal_minutes=0.0, driving_law="never")(scenario), LAW_WEIGHT, 100.0),
    "loading time at the depot": lambda scenario: with_parameter(scenario, RELOAD_MINUTES, 0.0),
    "days of visit fixed (up to 4 a week)": _chosen,
}


def cost(scenario: Scenario, limits: Limits) -> float | None:
    """€ per year of the audited plan."""
    return study.run(scenario, ["routes"], limits, Progress()).results["routes"].annual


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks rules", description=__doc__)
    parser.add_argument("file", type=Path, help="a scenario workbook")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    opened = service.open_scenario(asked.file, None)
    if opened.scenario is None:
        print(f"{asked.file}: not a scenario without faults; nothing was run.")
        return 2
    limits = Limits(seconds=asked.seconds, seed=asked.seed)
    whole = cost(opened.scenario, limits)
    again = cost(opened.scenario, Limits(seconds=asked.seconds, seed=asked.seed + 1))
    if whole is None or again is None:
        print("no plan of the week with all its rules in this time; nothing to compare")
        return 1
    print(f"all rules                             {whole:12,.0f} € a year; with another seed {again - whole:+,.0f}", flush=True)
    for name, without in RULES.items():
        scenario = without(opened.scenario)
        if scenario.hash == opened.scenario.hash:
            print(f"{name:36}  not in this scenario", flush=True)
            continue
        found = cost(scenario, limits)
        print(f"{name:36}  {'no plan' if found is None else f'{whole - found:+12,.0f} € a year ({100 * (whole - found) / whole:+.1f} %)'}", flush=True)
    return 0
