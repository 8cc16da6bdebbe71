"""A store with runs that are solved already, for the pages that read them."""

from __future__ import annotations

from pathlib import Path

from planner.digest import outcome, summary
from planner.store import RunRequest, Store
from planner.study import Study


def filled(folder: Path, study: Study, runs: int = 2) -> Store:
    """The study's scenario in a store, with its plans as that many finished runs."""
    store = Store.open(folder)
    version = store.add(study.scenario, "essai")
    store.take_lease("essai", 1)
    for place in range(runs):
        request = RunRequest(study.scenario, tuple(study.results), study.limits, "essai", version_id=version.id, label=f"calcul {place}")
        run = store.queue([request])[0]
        store.claim("essai", 1)
        for name, result in study.results.items():
            store.put_plan(run.id, name, result.plan, result.plan.scenario_hash)
        store.finish(run.id, outcome(study), summary(study))
    store.drop_lease("essai")
    return store
