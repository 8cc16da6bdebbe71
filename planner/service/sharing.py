"""Sharing between establishments, in figures and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner import coalitions
from planner.coalitions import Sharing
from planner.i18n import number, percent, text
from planner.members import Member
from planner.plan import Limits, Progress
from planner.report.sharing import sharing_book, verdict
from planner.roads import read_roads
from planner.scenario import Scenario
from planner.service import batches, runs
from planner.service.workbooks import aligned, write_whole
from planner.sites import ESTABLISHMENTS
from planner.solvers.sharing import members
from planner.store import State, Store
from planner.typed import Unreadable
from planner.typed import number as read_number

COALITIONS = "coalitions"  # the kind of such a batch


def share(scenario: Scenario, problem: str, limits: Limits, progress: Progress, roads: Path | None = None, agreed: dict[str, float] | None = None) -> Sharing:
    """Every coalition of the scenario's establishments solved, each within the limits, and the ways of sharing."""
    return coalitions.share(scenario, problem, limits, progress, read_roads(roads)[0] if roads is not None else None, agreed)


def percents(typed: str, scenario: Scenario) -> dict[str, float] | None:
    """Percentages agreed on, from "A=40;B=60"; empty where none are given, None where they cannot be read."""
    found: dict[str, float] = {}
    known = {row.establishment for row in scenario.rows(ESTABLISHMENTS.name)}
    for word in typed.split(";") if typed.strip() else []:
        code, sign, value = word.partition("=")
        try:
            found[code.strip()] = float(read_number(value.strip().removesuffix("%")))
        except Unreadable:
            return None
        if not sign or code.strip() not in known or found[code.strip()] < 0:
            return None
    return found if not found or sum(found.values()) > 0 else None


def sharing_dict(made: Sharing) -> dict[str, Any]:
    """Everything as plain values, for programs."""

    def named(bits: int) -> list[str]:
        return [made.establishments[i] for i in members(bits)]

    return {
        "problem": made.problem, "establishments": list(made.establishments), "today": list(made.today), "alone": list(made.alone), "total": made.total,
        "least_excess": made.excess,
        "coalitions": [{"members": list(c.members), "status": c.status, "cost": c.cost, "bound": c.bound} for c in made.coalitions],
        "shares": [
            {"method": s.method, "charges": list(s.charges), "core": None if s.core is None else {"verdict": str(s.core.verdict), "coalition": named(s.core.coalition), "gain": s.core.gain if math.isfinite(s.core.gain) else None}}
            for s in made.shares
        ],
    }  # fmt: skip


def sharing_text(made: Sharing, lang: str) -> str:
    """Tables and sentences a director can read: charges, savings, who would be better off, and what every coalition costs."""

    def euros(value: float | None) -> str:
        return text("cli.unknown", lang) if value is None else number(value, lang, 0)

    head = [text("share.establishment", lang), text("cli.today", lang), text("share.alone", lang), *(text(f"share.{s.method}", lang) for s in made.shares)]
    lines = [head]
    for i, name in enumerate(made.names):
        lines.append([name, euros(made.today[i]), euros(made.alone[i]), *(euros(s.charges[i]) for s in made.shares)])
    lines.append([text("share.together", lang), *(euros(None if None in v else sum(x for x in v if x is not None)) for v in (made.today, made.alone)), *(euros(sum(s.charges)) for s in made.shares)])
    said = [text("share.charges", lang, problem=text(f"problem.{made.problem}", lang)), aligned(lines, left=(0,)), "", text("share.less", lang)]
    rates = [[head[0], *head[3:]]]
    for i, name in enumerate(made.names):
        base = made.alone[i]
        rates.append([name, *(percent(100 * (1 - s.charges[i] / base), lang, 1) if base else text("cli.unknown", lang) for s in made.shares)])
    said += [aligned(rates, left=(0,)), ""]
    said += [verdict(made, one, lang) for one in made.shares]
    if made.excess is not None:
        said.append(text("share.core_empty" if made.excess > 0.5 else "share.core_some", lang, gain=number(abs(made.excess), lang, 0)))
    costs = [[text("share.coalition", lang), text("share.cost", lang), text("share.bound", lang), text("share.saves", lang)]]
    for c in made.coalitions:
        costs.append([c.label, euros(c.cost), euros(c.bound), euros(made.saves(c))])
    return "\n".join([*said, "", text("share.coalitions", lang), aligned(costs, left=(0,))])


def write_sharing(made: Sharing, path: Path, lang: str) -> None:
    """The sharing as a workbook: charges, less than alone with a picture, verdicts, coalitions. Raises CannotWrite."""
    write_whole(path, sharing_book(made, lang))


def sharing_bytes(made: Sharing, lang: str) -> bytes:
    """The same workbook, to take away."""
    return sharing_book(made, lang)


# --- through the store: coalitions are ordinary runs, solved side by side, kept, answered again


def coalition_members(scenario: Scenario) -> list[Member]:
    """A run per coalition, everybody first."""
    names = {row.establishment: row.name for row in scenario.rows(ESTABLISHMENTS.name)}
    return [Member(" + ".join(codes), coalitions.without_others(scenario, codes), ", ".join(names[code] for code in codes)) for codes in coalitions.every_coalition(scenario)]


def launch_sharing(store: Store, version_id: int, problem: str, limits: Limits, who: str, name: str) -> batches.Launched:
    """Ask for a run per coalition of a version's establishments; the same question asked again goes on where it stood."""
    scenario = store.scenario(version_id)
    return batches.launch(store, name, COALITIONS, {"problem": problem}, coalition_members(scenario), [problem], limits, who, version_id)


def sharing_of(store: Store, batch_id: int, agreed: Mapping[str, float] | None = None) -> Sharing:
    """The ways of sharing that the coalitions solved so far in a batch allow."""
    batch = store.batch(batch_id)
    problem = str(batch.definition["problem"])
    every = batches.ordered(store, batch_id)
    whole = store.scenario_of(every[0].hash, every[0].name)
    found = []
    grand = None
    for codes, run in zip(coalitions.every_coalition(whole), every, strict=True):
        if run.state is not State.DONE:
            continue
        done = runs.study(store, run.id)
        if len(codes) == len(whole.rows(ESTABLISHMENTS.name)):
            grand = done
        found.append(coalitions.coalition(codes, done.results.get(problem)))
    return coalitions.assemble(whole, problem, found, grand, agreed)
