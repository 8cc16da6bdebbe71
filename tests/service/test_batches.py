"""Batches on the store: launched once, taken up, their figures and their workbook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner import jobs, members
from planner.i18n import text
from planner.members import read_axis
from planner.outcomes import frontier, line_of
from planner.plan import Limits
from planner.service import batches, open_scenario, runs
from planner.service.reoptimise import Near
from planner.service.runs import Refused
from planner.service.watching import Watcher
from planner.store import Run, State, Store
from tests.conftest import SCENARIOS
from tests.excel.bad_workbook import plant

LIMITS = Limits(seconds=4, threads=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with one sample, a grid of four purchasing runs solved, and the first plan accepted."""
    made = Store.open(tmp_path_factory.mktemp("data"))
    scenario = open_scenario(SCENARIOS / "la_rochelle_rochefort.xlsx").scenario
    assert scenario is not None
    version = made.add(scenario, "A", origin="la_rochelle_rochefort.xlsx")
    launched = batches.launch(made, "grille", "grid", {}, grid(made), ("purchasing",), LIMITS, "A", version.id)
    assert jobs.work(made, [run.id for run in launched.runs], processes=2, fingerprint="t")
    made.accept(version.scenario_id, launched.runs[0].id, "A")
    return made


def grid(store: Store) -> list[members.Member]:
    scenario = store.scenario(1)
    return members.of_grid(scenario, [read_axis("prix=0,5,10", scenario, "fr"), read_axis("km=0", scenario, "fr")])


def test_every_member_is_solved_and_in_order(store: Store) -> None:
    found = batches.lines(store, 1, "fr")
    assert [line.label for line in found] == [member.label for member in grid(store)]
    assert all(line.run.state is State.DONE and line.run.outcome == "ok" for line in found)
    costs = [line.costs["purchasing"] for line in found]
    assert costs == sorted(costs) and len(set(costs)) == 3
    assert [line.saving for line in found] == sorted((line.saving for line in found), reverse=True)


def test_the_same_batch_asked_again_repeats_nothing(store: Store) -> None:
    before = store.runs()
    again = batches.launch(store, "grille", "grid", {}, grid(store), ("purchasing",), LIMITS, "A", 1)
    assert again.taken_up and again.batch.id == 1 and [run.id for run in again.runs] == sorted(run.id for run in before if run.batch_id == 1)
    assert len(store.runs()) == len(before)


def test_a_copy_of_a_scenario_has_batches_of_its_own(tmp_path: Path) -> None:
    """Else its pages, which look for batches by scenario, would show none."""
    with Store.open(tmp_path) as made:
        scenario = open_scenario(SCENARIOS / "la_rochelle_rochefort.xlsx").scenario
        assert scenario is not None
        asked = [batches.launch(made, "grille", "grid", {}, grid(made), ("purchasing",), LIMITS, "A", version.id) for version in (made.add(scenario, "A"), made.add(scenario, "A"))]
        assert [launched.taken_up for launched in asked] == [False, False]
        assert len({launched.batch.scenario_id for launched in asked}) == 2


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_workbook_holds_every_member_with_live_gaps(store: Store, lang: str, tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(batches.book(store, [1], lang))
    book, values = load_workbook(tmp_path / "b.xlsx"), load_workbook(tmp_path / "b.xlsx", data_only=True)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    found = batches.lines(store, 1, lang)
    assert [sheet.cell(row, 1).value for row in range(2, 2 + len(found))] == [line.label for line in found]
    gap = next(place for place, head in enumerate(heads, start=1) if str(head).startswith(("Écart à la première", "Against the first")))
    assert str(sheet.cell(3, gap).value).startswith("=")
    assert values.worksheets[0].cell(3, gap).value == pytest.approx((found[1].saving or 0) - (found[0].saving or 0))
    assert any(sheet._charts for sheet in book.worksheets)


def test_stopped_and_failed_runs_are_asked_again(store: Store) -> None:
    made = batches.launch(store, "autre", "grid", {}, grid(store)[:2], ("purchasing",), Limits(seconds=3, threads=1), "A", 1)
    batches.stop(store, made.batch.id, "A")
    assert {run.state for run in batches.ordered(store, made.batch.id)} == {State.CANCELLED}
    assert batches.rerun_failed(store, made.batch.id) == 2
    assert {run.state for run in batches.ordered(store, made.batch.id)} == {State.QUEUED}
    batches.stop(store, made.batch.id)


def test_around_the_accepted_plan(store: Store) -> None:
    scenario = store.scenario(1)
    made = batches.closeness_members(store, 1, scenario, ["purchasing"], "fr", most=[2, 0], prices=[50])
    assert [member.label for member in made] == ["au plus 0 changement(s)", "au plus 2 changement(s)", "changement à 50\u00a0€", "changements libres"]
    assert all(member.scenario.rows("accepted_awards") for member in made)
    launched = batches.launch(store, "près", "closeness", {}, made, ("purchasing",), LIMITS, "A", 1)
    assert jobs.work(store, [run.id for run in launched.runs], processes=2, fingerprint="t")
    found = batches.lines(store, launched.batch.id, "fr")
    assert found[0].changes == 0 and all((line.changes or 0) <= 2 for line in found[:2])
    assert found[0].costs["purchasing"] == pytest.approx(batches.lines(store, 1, "fr")[0].costs["purchasing"])


def test_without_an_accepted_plan_it_is_said(tmp_path: Path) -> None:
    empty = Store.open(tmp_path)
    scenario = open_scenario(SCENARIOS / "la_rochelle_rochefort.xlsx").scenario
    assert scenario is not None
    version = empty.add(scenario, "A")
    with pytest.raises(Refused):
        batches.closeness_members(empty, version.scenario_id, scenario, ["purchasing"], "fr", most=[1])
    with pytest.raises(Refused):
        runs.start(empty, version.id, ["purchasing"], LIMITS, "A", near=Near())


def test_only_what_changed_is_asked(store: Store) -> None:
    assert batches.changed_members(store) == []  # the sample was solved as it is, in the grid
    changed = store.scenario(1).replace("calendar", store.scenario(1).frames["calendar"].head(3).reset_index(drop=True))
    version = store.save(1, 1, changed, "A")
    (found,) = batches.changed_members(store)
    assert found[0] == version.id and found[1].scenario.rows("accepted_awards") and found[2] == ("purchasing",)


def test_a_folder_gives_a_member_per_workbook(tmp_path: Path) -> None:
    plant(tmp_path / "mauvais.xlsx")
    bad, good = batches.folder_members([tmp_path / "mauvais.xlsx", SCENARIOS / "paris_psychiatrie.xlsx"])
    assert bad.issues and not good.issues and good.label == "Paris Psychiatrie"


# --- watch


def settle(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Look until nothing more is said, time passing at once."""
    monkeypatch.setattr("planner.service.watching.SETTLED", 0.0)
    said: list[str] = []
    for _ in range(4):
        said += watcher.look()
    return said


def solve(store: Store, watcher: Watcher) -> list[Run]:
    assert jobs.work(store, watcher.waiting(), processes=1, fingerprint="t")
    return watcher.runs()


def test_a_watched_folder_is_kept_solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, folder = Store.open(tmp_path / "data"), tmp_path / "dossier"
    folder.mkdir()
    content = (SCENARIOS / "la_rochelle_rochefort.xlsx").read_bytes()
    (folder / "groupe.xlsx").write_bytes(content)
    (folder / "~$groupe.xlsx").write_bytes(b"verrou")
    plant(folder / "mauvais.xlsx")
    watcher = Watcher(store, folder, ("purchasing",), LIMITS, "A", "fr")
    said = settle(watcher, monkeypatch)
    assert sum("calcul demandé" in words for words in said) == 1 and sum("mauvais_fautes.xlsx" in words for words in said) == 1
    assert (folder / "mauvais_fautes.xlsx").exists()
    solve(store, watcher)
    assert any("groupe_resultat.xlsx" in words for words in settle(watcher, monkeypatch))
    assert load_workbook(folder / "groupe_resultat.xlsx").sheetnames
    assert settle(watcher, monkeypatch) == [] and len(store.runs()) == 1  # results never start anything

    again = Watcher(store, folder, ("purchasing",), LIMITS, "A", "fr")  # a restart: same content, answered without solving
    settle(again, monkeypatch)
    (run,) = solve(store, again)
    assert run.answered_from == 1

    plant(folder / "groupe.xlsx")
    assert any("groupe_fautes.xlsx" in words for words in settle(again, monkeypatch))
    (folder / "groupe.xlsx").write_bytes(content)
    assert any("calcul demandé" in words for words in settle(again, monkeypatch))


def test_the_curve_of_changes_never_rises(store: Store) -> None:
    (batch,) = [batch for batch in store.batches() if batch.kind == "closeness"]
    found = batches.lines(store, batch.id, "fr")
    points = frontier(found, "purchasing")
    assert points[0][0] == 0 and [cost for _, cost, _ in points] == sorted({cost for _, cost, _ in points}, reverse=True)
    worse = replace(found[-1], changes_of={"purchasing": 99}, costs={"purchasing": 1e12})
    assert frontier([*found, worse], "purchasing") == points


def test_a_saving_is_told_only_where_every_problem_has_a_plan(store: Store) -> None:
    run = batches.ordered(store, 1)[0]
    assert line_of(run).saving is not None
    half = {"problems": {**run.summary["problems"], "routes": {**run.summary["problems"]["purchasing"], "valid": False, "annual": None}}, "saving": 1.0}
    assert line_of(replace(run, summary=half)).saving is None


def test_several_batches_make_one_workbook_each_against_its_own_first(store: Store, tmp_path: Path) -> None:
    closeness = next(batch.id for batch in store.batches() if batch.kind == "closeness")
    found = batches.told(store, [1, closeness], "fr")
    assert [line.label for line in found] == [run.name for batch_id in (1, closeness) for run in batches.ordered(store, batch_id)]
    (tmp_path / "b.xlsx").write_bytes(batches.book(store, [1, closeness], "fr"))
    sheet = load_workbook(tmp_path / "b.xlsx", data_only=True).worksheets[0]
    gap = next(cell.column for cell in sheet[1] if str(cell.value).startswith("Écart à la première"))
    first = 2 + len(batches.lines(store, 1, "fr"))
    assert sheet.cell(first, gap).value == 0 and sheet.cell(2, gap).value == 0
    shares = [cell.column for cell in sheet[1] if str(cell.value).endswith("écart prouvé (%)")]
    assert shares and all(0 <= sheet.cell(row, column).value < 1 for row in range(2, 2 + len(found)) for column in shares)


def test_key_figures_stand_side_by_side(store: Store, tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(batches.book(store, [1], "fr"))
    sheet = load_workbook(tmp_path / "b.xlsx")["Indicateurs"]
    found = batches.lines(store, 1, "fr")
    assert [cell.value for cell in sheet[1]][4:] == [line.label for line in found]
    (costs,) = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[1] == "Coût annuel des achats"]
    assert list(costs[4:]) == pytest.approx([line.costs["purchasing"] for line in found])


def test_a_target_open_elsewhere_is_said_once_and_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, folder = Store.open(tmp_path / "data"), tmp_path / "dossier"
    (folder / "mauvais_fautes.xlsx").mkdir(parents=True)  # stands in the way, as a file open in Excel does
    plant(folder / "mauvais.xlsx")
    watcher = Watcher(store, folder, ("purchasing",), LIMITS, "A", "fr")
    said = settle(watcher, monkeypatch)
    assert len(said) == 1 and "ouvert dans un autre programme" in said[0]
    (folder / "mauvais_fautes.xlsx").rmdir()
    assert any("mauvais_fautes.xlsx" in words for words in settle(watcher, monkeypatch))
    assert (folder / "mauvais_fautes.xlsx").is_file()


def test_a_watch_begun_again_takes_up_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, folder = Store.open(tmp_path / "data"), tmp_path / "dossier"
    folder.mkdir()
    (folder / "groupe.xlsx").write_bytes((SCENARIOS / "la_rochelle_rochefort.xlsx").read_bytes())
    for _ in range(2):
        settle(Watcher(store, folder, ("purchasing",), LIMITS, "A", "fr"), monkeypatch)
    assert len(store.runs()) == 1


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_batch_is_told_in_the_reader_s_language(tmp_path: Path, lang: str) -> None:
    """Launched in the other language: the labels that the planner gave, what each variant changes and the kind follow the reader."""
    other = "en" if lang == "fr" else "fr"
    made, scenario = Store.open(tmp_path), open_scenario(SCENARIOS / "la_rochelle_rochefort.xlsx").scenario
    assert scenario is not None
    version = made.add(scenario, "A")
    name = f"groupe · {text('lots.kind.variants', other)}"
    asked = batches.launch(made, name, "variants", {}, members.of_variants(scenario, ["carburant +20 %"], other), ("purchasing",), LIMITS, "A", version.id)
    found, wanted = batches.told(made, [asked.batch.id], lang), members.of_variants(scenario, ["carburant +20 %"], lang)
    assert [(line.label, line.changed) for line in found] == [(member.label, member.changed) for member in wanted]
    assert [runs.label(run, lang) for run in asked.runs] == [member.label for member in wanted]
    assert batches.called(asked.batch, lang) == f"groupe · {text('lots.kind.variants', lang)}"
