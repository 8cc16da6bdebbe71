"""Batches: many runs launched together, followed, taken up again, brought into one table and one workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.codec import limits_to
from planner.i18n import as_title, euros, text
from planner.issues import Issue
from planner.members import Member
from planner.plan import Limits
from planner.scenario import Scenario
from planner.service.reoptimise import Near, near_scenario
from planner.service.runs import Refused, without_today
from planner.service.workbooks import PROBLEM_NAMES, open_scenario
from planner.store import Batch, Run, RunRequest, State, Store


@dataclass(frozen=True)
class Launched:
    """A batch with its runs, in the order of its members; `taken_up`: it existed already, and goes on."""

    batch: Batch
    runs: tuple[Run, ...]
    taken_up: bool


def launch(
    store: Store,
    name: str,
    kind: str,
    definition: Mapping[str, Any],
    members: Sequence[Member],
    problems: Sequence[str],
    limits: Limits,
    who: str,
    version_id: int | None = None,
) -> Launched:
    """Ask for a run per member. The same batch asked again goes on where it stood: what has ended is not done again.

    Members with a fault are left out: show `members.faults` first.
    """
    chosen = [member for member in members if not member.issues]
    key = _key(chosen, problems, limits)
    for batch in store.batches():
        if batch.definition.get("key") == key:
            for run in store.runs(batch_id=batch.id, states=(State.CANCELLED, State.FAILED)):
                store.requeue(run.id, who)
            return Launched(batch, ordered(store, batch.id), True)
    scenario_id = store.version(version_id).scenario_id if version_id is not None else None
    batch = store.add_batch(name, kind, {**definition, "key": key}, who, scenario_id)
    requests = [
        RunRequest(member.scenario, tuple(problems), limits, who, version_id=version_id, label=member.label, changed=member.changed) for member in chosen
    ]
    store.queue(requests, batch_id=batch.id)
    return Launched(store.batch(batch.id), ordered(store, batch.id), False)


def _key(members: Sequence[Member], problems: Sequence[str], limits: Limits) -> str:
    said = repr(([(member.label, member.scenario.hash) for member in members], sorted(problems), sorted(limits_to(limits).items(), key=str)))
    return hashlib.sha256(said.encode()).hexdigest()


def ordered(store: Store, batch_id: int) -> tuple[Run, ...]:
    """The runs of a batch in the order of its members."""
    return tuple(sorted(store.runs(batch_id=batch_id), key=lambda run: run.id))


def stop(store: Store, batch_id: int, who: str = "") -> None:
    """Runs that wait are cancelled, those that run end with the best plan they have."""
    for run in store.runs(batch_id=batch_id, states=(State.QUEUED, State.RUNNING)):
        store.ask_stop(run.id, who)


def rerun_failed(store: Store, batch_id: int, who: str = "") -> int:
    """Ask again for the runs that failed or were cancelled; how many."""
    found = store.runs(batch_id=batch_id, states=(State.FAILED, State.CANCELLED))
    for run in found:
        store.requeue(run.id, who)
    return len(found)


# --- members that need files or the store ----------------------------------------------------------------


def folder_members(paths: Sequence[Path]) -> list[Member]:
    """A member per workbook; one with faults carries them."""
    made = []
    for path in paths:
        reading = open_scenario(path)
        if reading.scenario is None:
            made.append(Member(path.stem, _nothing(path), issues=tuple(issue for issue in reading.issues if issue.is_error)))
        else:
            made.append(Member(as_title(path.stem), reading.scenario))
    return made


def _nothing(path: Path) -> Scenario:
    return Scenario(path.stem, (), {})


def changed_members(store: Store) -> list[tuple[int, Member, tuple[str, ...], Limits]]:
    """Scenarios whose newest version was not solved since it changed: (version id, member, problems and limits of their last run).

    One never solved is asked all problems within the default limits; one with an accepted plan starts from it.
    """
    found = []
    for entry in store.scenarios():
        ended = [run for run in store.runs(scenario_id=entry.id, states=(State.DONE,)) if run.batch_id is None or not run.label]
        scenario = store.scenario(store.latest(entry.id).id)
        accepted = store.accepted(entry.id)
        if accepted is not None:
            scenario = near_scenario(scenario, without_today(store.plans(accepted.id)), Near())
        if any(run.hash in (entry.hash, scenario.hash) for run in ended):
            continue
        problems, limits = (ended[0].problems, ended[0].limits) if ended else (PROBLEM_NAMES, Limits())
        found.append((store.latest(entry.id).id, Member(entry.name, scenario), problems, limits))
    return found


def closeness_members(
    store: Store, scenario_id: int, scenario: Scenario, problems: Sequence[str], lang: str, most: Sequence[int] = (), prices: Sequence[float] = ()
) -> list[Member]:
    """The scenario re-optimised at several distances from its accepted plan; raises `runs.Refused` where none is accepted.

    Each problem asked may make up to `most` changes, or pays a `price` (€) per change; free changes come last.
    """
    accepted = store.accepted(scenario_id)
    if accepted is None:
        raise Refused([Issue.error("no_accepted_plan")])
    plans = without_today(store.plans(accepted.id))
    ways = [(text("members.most", lang, count=count), Near(most=dict.fromkeys(problems, count))) for count in sorted(most)]
    ways += [(text("members.price", lang, price=euros(price, lang)), Near(price=dict.fromkeys(problems, price))) for price in sorted(prices, reverse=True)]
    ways.append((text("members.no_limit", lang), Near()))
    return [Member(label, near_scenario(scenario.renamed(f"{scenario.name} · {label}"), plans, near), label) for label, near in ways]


# --- what a batch found ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One member of a batch in figures: €/year but for bound and gap (€ of the objective); None where not known.

    `costs`, `bounds`, `gaps` by problem; `changes` from the accepted plans, summed over the problems.
    """

    run: Run
    label: str
    saving: float | None
    costs: Mapping[str, float | None]
    bounds: Mapping[str, float | None]
    gaps: Mapping[str, float | None]
    statuses: Mapping[str, str]
    co2: float | None
    changes: int | None
    changed: str


def lines(store: Store, batch_id: int) -> list[Line]:
    """The members of a batch, in their order."""
    return [line_of(run) for run in ordered(store, batch_id)]


def line_of(run: Run) -> Line:
    found: Mapping[str, Any] = run.summary.get("problems", {})
    co2 = [problem["kpis"]["co2"][1] for problem in found.values() if problem["kpis"].get("co2", [None, None])[1] is not None]
    changes = [problem["changes"] for problem in found.values() if problem["changes"] is not None]
    by = {key: {name: problem[key] for name, problem in found.items()} for key in ("annual", "bound", "gap_euros", "status")}
    return Line(
        run, run.label or run.name, run.summary.get("saving"), by["annual"], by["bound"], by["gap_euros"], by["status"],
        sum(co2) if co2 else None, sum(changes) if changes else None, run.changed,
    )  # fmt: skip


def cheapest_so_far(found: Sequence[Line], problem: str) -> list[Line]:
    """For a curve of cost against allowed changes: a plan with few changes is allowed wherever more are, so none costs more than those before."""
    made: list[Line] = []
    best: Line | None = None
    for line in found:
        cost = line.costs.get(problem)
        if best is not None and best.costs.get(problem) is not None and (cost is None or cost > (best.costs[problem] or 0.0)):
            line = replace(best, run=line.run, label=line.label)
        best = line
        made.append(line)
    return made
