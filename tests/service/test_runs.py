"""Runs as use cases: asked for, answered, read again, exported, compared. The store is filled by hand; nothing is solved."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from planner.codec import plan_to
from planner.plan import Limits, Status
from planner.scenario import Change
from planner.service import runs
from planner.service.reoptimise import Near
from planner.store import Point, RunRequest, State, Store
from planner.study import Study
from tests.ui.results_store import filled


@pytest.fixture(scope="module")
def store(real: Study, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return filled(tmp_path_factory.mktemp("data"), real)


def test_a_study_read_again_is_the_one_solved(store: Store, real: Study) -> None:
    run = store.runs()[-1]
    again = runs.study(store, run.id)
    assert {name: (r.plan.status, r.plan.cost, r.plan.bound, r.valid) for name, r in again.results.items()} == {
        name: (r.plan.status, r.plan.cost, r.plan.bound, r.valid) for name, r in real.results.items()
    }
    assert again.saving == real.saving and again.saving is not None
    assert runs.study(store, run.id) is again  # kept for the next page


def test_a_plan_that_cannot_be_is_kept_with_its_reasons(store: Store, real: Study) -> None:
    store.take_lease("test", 1)
    plan = real.results["purchasing"].plan
    none = plan.with_(status=Status.INFEASIBLE, cost=None, bound=None, tables={})
    run = store.queue([RunRequest(real.scenario, ("purchasing",), Limits(), "test")])[0]
    store.claim("test", 1)
    store.put_plan(run.id, "purchasing", none, none.scenario_hash)
    store.finish(run.id, "impossible", {"problems": {}})
    store.drop_lease("test")
    result = runs.study(store, run.id).results["purchasing"]
    assert result.plan.status is Status.INFEASIBLE and result.plan.cost is None


def test_a_plan_that_today_s_audit_refuses_is_no_longer_listed_as_valid(store: Store, real: Study) -> None:
    store.take_lease("test", 1)
    plan = real.results["purchasing"].plan
    assert plan.cost is not None
    wrong = plan.with_(cost=plan.cost - 50_000.0)
    run = store.queue([RunRequest(real.scenario, ("purchasing",), Limits(), "test")])[0]
    store.claim("test", 1)
    store.put_plan(run.id, "purchasing", wrong, wrong.scenario_hash)
    store.finish(run.id, "ok", {"problems": {}})
    store.drop_lease("test")
    assert not runs.study(store, run.id).results["purchasing"].valid
    assert store.run(run.id).outcome == "refused" and store.run(run.id).summary["problems"]["purchasing"]["cost"] is None
    assert [event.what for event in store.events(run_id=run.id)].count("store.event.refused") == 1


def test_start_queues_a_version_with_changes(store: Store) -> None:
    version = store.latest(store.scenarios()[0].id)
    run = runs.start(store, version.id, ["kitchens"], Limits(seconds=2), "test")
    assert (run.state, run.hash, run.version_id, run.problems) == (State.QUEUED, version.hash, version.id, ("kitchens",))
    change = Change("offers", "", "price", "*", "1,1")
    dearer = runs.start(store, version.id, ["purchasing"], Limits(seconds=2), "test", [change], "prix +10 %")
    assert dearer.hash != version.hash and dearer.label == "prix +10 %" and "Prix × 1,1" in dearer.changed
    with pytest.raises(runs.Refused) as refused:
        runs.start(store, version.id, ["purchasing"], Limits(), "test", [Change("nowhere", "", "price", "*", "2")])
    assert refused.value.issues
    for run_id in (run.id, dearer.id):
        assert runs.stop(store, run_id).state is State.CANCELLED


def test_near_an_accepted_plan(store: Store, real: Study) -> None:
    entry = store.scenarios()[0]
    version, near = store.latest(entry.id), Near({"purchasing": 50.0}, {"purchasing": 3})
    with pytest.raises(runs.Refused):
        runs.start(store, version.id, ["purchasing"], Limits(), "test", near=near)
    store.accept(entry.id, next(run.id for run in store.runs() if run.outcome == "ok" or run.summary.get("problems")), "test")
    run = runs.start(store, version.id, ["purchasing"], Limits(), "test", near=near)
    asked = store.scenario_of(run.hash, run.name)
    assert len(asked.rows("accepted_awards")) > 0
    values = {row.parameter: row.value for row in asked.rows("parameters")}
    assert (values["purchasing_change_price"], values["purchasing_most_changes"]) == (50.0, 3)
    runs.stop(store, run.id)
    store.accept(entry.id, None, "test")


def test_the_curve_of_a_run(store: Store) -> None:
    run = store.runs()[-1]
    store.add_points(run.id, [Point("kitchens", 0.5, None, None, "a"), Point("kitchens", 1.0, 10.0, 8.0, "b")])
    curve = runs.curve(store, run.id)
    assert list(curve.columns) == ["problem", "seconds", "cost", "bound", "phase"]
    assert curve["cost"].isna().tolist() == [True, False] and curve["bound"].tolist()[1] == 8.0


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_result_book_is_read_back_as_the_same_plans(store: Store, real: Study, lang: str, tmp_path: Path) -> None:
    run = store.runs()[-1]
    book = runs.result_book(store, run.id, lang)
    assert len(openpyxl.load_workbook(io.BytesIO(book), read_only=True).sheetnames) > 5
    assert json.loads(runs.export(store, run.id, "json", lang))
    assert json.loads(runs.export(store, run.id, "geojson", lang))["type"] == "FeatureCollection"
    names = zipfile.ZipFile(io.BytesIO(runs.export(store, run.id, "csv", lang))).namelist()
    assert names and all(name.endswith(".csv") for name in names)
    sheets = zipfile.ZipFile(io.BytesIO(runs.export(store, run.id, "roadsheets", lang))).namelist()
    assert {Path(name).suffix for name in sheets} >= {".xlsx", ".html"}


def test_runs_side_by_side(store: Store) -> None:
    first, second = store.runs()[-1], store.runs()[-2]
    found = runs.compare(store, [first.id, second.id], "fr")
    assert found.runs == ("aujourd'hui", runs.title(first, "fr"), runs.title(second, "fr"))
    assert found.rows and all(len(values) == 3 and values[1] == values[2] for *_, values in found.rows)


def test_whether_something_computes(store: Store) -> None:
    assert runs.worker_state(store) == "absent"
    store.take_lease("test", 1)
    assert runs.worker_state(store) == "alive"
    store.drop_lease("test")


def test_the_fingerprint_names_what_solves() -> None:
    assert runs.fingerprint() == runs.fingerprint() and len(runs.fingerprint()) == 16


def test_plans_come_back_from_the_store_exactly(store: Store, real: Study) -> None:
    kept = store.plans(store.runs()[-1].id)
    for name, result in real.results.items():
        assert plan_to(kept[name]) == plan_to(result.plan)
