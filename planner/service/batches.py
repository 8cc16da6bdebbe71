"""Batches: many runs launched together, followed, taken up again, brought into one table and one workbook."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.codec import limits_to
from planner.i18n import LANGUAGES, as_title, euros, explain, text
from planner.issues import Issue, Severity
from planner.members import Member, retold, words_of
from planner.outcomes import Line, line_of
from planner.plan import Limits
from planner.report.batch import batch_book
from planner.scenario import Change, Scenario, variants
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
    scenario_id = store.version(version_id).scenario_id if version_id is not None else None
    for batch in store.batches():
        if batch.definition.get("key") == key and scenario_id in (None, batch.scenario_id):  # a copy of a scenario has batches of its own
            for run in store.runs(batch_id=batch.id, states=(State.CANCELLED, State.FAILED)):
                store.requeue(run.id, who)
            return Launched(batch, ordered(store, batch.id), True)
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
    """Scenarios whose newest version was not solved since it changed: (version id, member, problems, limits).

    Problems and limits are those of the accepted plan's run, else of the last run; one never solved is asked all
    problems within the default limits. One with an accepted plan starts from it.
    """
    found = []
    for entry in store.scenarios():
        ended = store.runs(scenario_id=entry.id, states=(State.DONE,))
        scenario = store.scenario(store.latest(entry.id).id)
        accepted = store.accepted(entry.id)
        if accepted is not None:
            scenario = near_scenario(scenario, without_today(store.plans(accepted.id)), Near())
        if any(run.hash in (entry.hash, scenario.hash) for run in ended):
            continue
        model = accepted or next(iter(ended), None)
        problems, limits = (PROBLEM_NAMES, Limits()) if model is None else (model.problems, model.limits)
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


def lines(store: Store, batch_id: int, lang: str) -> list[Line]:
    """The members of a batch in figures, in their order; the labels that the planner gave are in the reader's language."""
    kind = store.batch(batch_id).kind
    return [replace(line, label=retold(line.label, kind, lang)) for line in map(line_of, ordered(store, batch_id))]


def told(store: Store, batch_ids: Sequence[int], lang: str) -> list[Line]:
    """The members of several batches with what each changed, each called by its scenario where one name could mean two of them."""
    made = []
    for batch_id in batch_ids:
        for line in _changed_told(store, store.batch(batch_id), lines(store, batch_id, lang), lang):
            kept = line.run.label
            name = line.run.name.removesuffix(kept) + line.label if kept and line.run.name.endswith(kept) else line.run.name
            made.append(line if len(batch_ids) == 1 else replace(line, label=name))
    return made


def _changed_told(store: Store, batch: Batch, found: Sequence[Line], lang: str) -> list[Line]:
    """What each variant changes, in the reader's language: the version that was solved still has them. Other changes as kept."""
    known: dict[int, Mapping[str, Sequence[Change]]] = {}
    made = []
    for line in found:
        version = line.run.version_id
        if batch.kind == "variants" and version is not None and line.changed:
            if version not in known:
                known[version] = variants(store.scenario(version))
            line = replace(line, changed=words_of(known[version].get(line.run.label, ()), lang) or line.changed)
        made.append(line)
    return made


def called(batch: Batch, lang: str) -> str:
    """A batch by its name; the kind that the planner wrote after it is in the reader's language."""
    for key, known in itertools.product((f"lots.kind.{batch.kind}", f"cli.batch.{batch.kind}"), LANGUAGES):
        if batch.name.endswith(f" · {text(key, known)}"):
            return f"{batch.name.removesuffix(text(key, known))}{text(key, lang)}"
    return batch.name


def notes(found: Sequence[Line], store: Store, lang: str) -> list[tuple[str, str, str]]:
    """What is worth knowing of each member: (label, function, sentence); findings of its solves, reasons of failures."""
    said: list[tuple[str, str, str]] = []
    for line in found:
        run, label = line.run, line.label
        if run.reason:
            said.append((label, "", text(run.reason, lang)))
        if line.faulty_today:
            said.append((label, "", text("lots.faulty_today", lang)))
        if run.state is State.DONE and run.outcome in ("ok", "stopped") and not _warned(run):
            continue
        for name, plan in without_today(store.plans(run.id)).items():
            sentences = [explain(issue, lang) for issue in plan.issues if issue.severity is not Severity.INFO]
            said += [(label, text(f"problem.{name}", lang), words) for words in dict.fromkeys(sentences)]
    return said


def _warned(run: Run) -> bool:
    return any(problem["issues"].get("error") or problem["issues"].get("warning") for problem in run.summary.get("problems", {}).values())


def book(store: Store, batch_ids: Sequence[int], lang: str) -> bytes:
    """The workbook of a batch, or of several brought together."""
    batches, found = [store.batch(batch_id) for batch_id in batch_ids], told(store, batch_ids, lang)
    name = " · ".join(dict.fromkeys(called(batch, lang) for batch in batches))
    return batch_book(name, found, notes(found, store, lang), lang, curve=len(batches) == 1 and batches[0].kind == "closeness")
