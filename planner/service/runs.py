"""Runs kept in the store: start one, watch it, stop it, read its plans again, take them away."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

import planner
from planner import report
from planner import study as studies
from planner.digest import outcome, summary
from planner.i18n import text
from planner.issues import Issue, errors
from planner.members import retold, words_of
from planner.plan import Limits, Plan
from planner.scenario import Change, Scenario, apply
from planner.service import workbooks
from planner.service.feedback import fed_back
from planner.service.reoptimise import Near, near_scenario
from planner.store import Run, RunRequest, State, Store
from planner.study import KITCHENS_PROBLEM, ROUTES_PROBLEM, ROUTES_TODAY, Study

SOLVING = ("problems", "solvers", "study.py", "coupling.py", "network.py", "roads.py")  # what a plan depends on


class Refused(Exception):
    """A run that cannot be asked for: `issues` say why."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(", ".join(issue.code for issue in issues))
        self.issues = tuple(issues)


@functools.cache
def fingerprint() -> str:
    """What solves, in one word: versions of the engines and the planner's own solving code. Plans made with another do not answer."""
    digest = hashlib.sha256(repr(sorted(workbooks.versions().items())).encode())
    package = Path(planner.__file__).parent
    for name in SOLVING:
        part = package / name
        for path in sorted(part.rglob("*.py")) if part.is_dir() else [part]:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


# --- start, watch, stop


def start(
    store: Store,
    version_id: int,
    problems: Sequence[str],
    limits: Limits,
    who: str,
    changes: Sequence[Change] = (),
    label: str = "",
    near: Near | None = None,
    lang: str = "fr",
    road_of: int | None = None,
) -> Run:
    """Ask for a run of a version, with changes, near the accepted plan, with deliveries as the routes of the run `road_of` cost
    them; raises Refused where one of these cannot be."""
    version = store.version(version_id)
    scenario, said = store.scenario(version_id), ""
    if changes:
        scenario, issues = apply(scenario, changes, label and f"{scenario.name} · {label}")
        if errors(issues):
            raise Refused(errors(issues))
        said = words_of(changes, lang)
    if near is not None:
        scenario = near_accepted(store, version.scenario_id, scenario, near)
    if road_of is not None:
        told = fed_back(study(store, road_of), scenario)
        if told is None:
            raise Refused([Issue.error("no_routes_plan")])
        scenario = told
    request = RunRequest(scenario, tuple(problems), limits, who, version_id=version_id, label=label, changed=said)
    return store.queue([request])[0]


def with_routes(store: Store, scenario_id: int) -> Run | None:
    """The newest run of a scenario that has valid plans of kitchens and routes; None without."""

    def both(run: Run) -> bool:
        told = run.summary.get("problems", {})
        return run.batch_id is None and all(told.get(name, {}).get("valid") for name in (KITCHENS_PROBLEM, ROUTES_PROBLEM))

    return next(filter(both, store.runs(scenario_id=scenario_id, states=(State.DONE,), limit=60)), None)


def near_accepted(store: Store, scenario_id: int, scenario: Scenario, near: Near) -> Scenario:
    """The scenario asked to stay near the plan accepted for it; raises Refused where none was accepted."""
    accepted = store.accepted(scenario_id)
    if accepted is None:
        raise Refused([Issue.error("no_accepted_plan")])
    return near_scenario(scenario, store.plans(accepted.id), near)


def stop(store: Store, run_id: int, who: str = "") -> Run:
    """Ask a run to end with the best plan it has; one that waits is cancelled."""
    return store.ask_stop(run_id, who)


def curve(store: Store, run_id: int) -> pd.DataFrame:
    """How cost and bound went: problem, seconds since the run began, cost, bound (€, missing while unknown), phase."""
    points = store.points(run_id)
    return pd.DataFrame(
        [(point.problem, point.seconds, point.cost, point.bound, point.phase) for point in points], columns=["problem", "seconds", "cost", "bound", "phase"]
    ).astype({"seconds": float, "cost": float, "bound": float})


def worker_state(store: Store) -> str:
    """Whether something computes the runs that wait: "alive" or "absent"."""
    return "alive" if store.lease() is not None else "absent"


# --- plans read again


@functools.lru_cache(maxsize=12)
def _study(path: Path, run_id: int, ended: str) -> Study:
    store = Store.open(path)
    run = store.run(run_id)
    plans: Mapping[str, Plan] = store.plans(run_id)
    done = studies.review(store.scenario_of(run.hash, run.name), plans, names=run.problems, limits=run.limits)
    if run.state is State.DONE and run.outcome != "refused" and outcome(done) == "refused":  # a rule audited since the run ended
        store.refuse(run_id, summary(done))
    return done


def study(store: Store, run_id: int) -> Study:
    """The plans of a run, audited again, with their statuses, bounds and findings; those already there of one that runs."""
    run = store.run(run_id)
    return _study(store.folder, run_id, f"{run.ended} {sorted(store.plans(run_id))}" if run.state is not State.DONE else str(run.ended))


def result_book(store: Store, run_id: int, lang: str) -> bytes:
    """The result workbook of a run."""
    run, done = store.run(run_id), study(store, run_id)
    return _made(lambda folder: report.write(
        done, folder / "book.xlsx", lang, workbooks.provenance(done, run.name, run.hash, run.limits, text("runs.command", lang, run=run.id))
    ), "book.xlsx")  # fmt: skip


def export(store: Store, run_id: int, form: str, lang: str) -> bytes:
    """A run's plans for other programs: "csv" or "roadsheets" (a zip of files), "geojson" or "json"."""
    done = study(store, run_id)
    if form in workbooks.FOLDERS:
        packed = io.BytesIO()
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in workbooks.FOLDERS[form](done, Path(folder), lang):
                archive.write(path, path.name)
        return packed.getvalue()
    content = report.to_geojson(done) if form == "geojson" else report.to_json(done, lang)
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _made(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        return (Path(folder) / name).read_bytes()


def compare(store: Store, run_ids: Sequence[int], lang: str) -> workbooks.Comparison:
    """The group's key figures of runs side by side, today's of the first before them."""
    columns: list[tuple[str, dict[tuple[str, str], float | None]]] = []
    for run in (store.run(run_id) for run_id in run_ids):
        kpis = {(problem, code): pair for problem, found in run.summary.get("problems", {}).items() for code, pair in found["kpis"].items()}
        if not columns:
            columns.append((text("cli.today", lang), {key: today for key, (today, _) in kpis.items()}))
        columns.append((title(run, lang), {key: plan for key, (_, plan) in kpis.items()}))
    return workbooks.compared(columns, lang)


def label(run: Run, lang: str) -> str:
    """What a run is called beside its scenario; "scenario as it is" in the reader's language, whoever launched it."""
    return retold(run.label, "variants", lang)


def title(run: Run, lang: str) -> str:
    """What to call a run in a list: its scenario, its label, its number."""
    return " · ".join(part for part in (run.name if run.label in run.name else f"{run.name} · {label(run, lang)}", text("calcul.number", lang, run=run.id)) if part)


def without_today(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """The plans of a run without the routes solved only to price the road."""
    return {name: plan for name, plan in plans.items() if name != ROUTES_TODAY}
