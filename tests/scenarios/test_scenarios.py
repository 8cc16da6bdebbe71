"""The sample workbooks: clean, current with their sources, large enough, marked, and solvable as they stand."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from planner import network
from planner.catalog import PARAMETERS, TABLES, problems
from planner.excel import read
from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Audit, Plan
from planner.scenario import Scenario, apply, check_parameters, variants
from scenarios import build, flows
from scenarios.sources import FOLDER, SCENARIOS, SourceFault, records, scatter, value

LA_ROCHELLE, PARIS, EPSM = SCENARIOS


@cache
def reading(name: str) -> tuple[Scenario, tuple[Issue, ...]]:
    found = read(build.workbook(name), TABLES, PARAMETERS)
    assert found.scenario is not None
    return found.scenario, tuple(found.issues)


@cache
def roads(name: str) -> tuple[Network, tuple[Issue, ...]]:
    made, issues = network.build(reading(name)[0])
    return made, tuple(issues)


@cache
def today(name: str, problem: str) -> tuple[Plan, Audit]:
    scenario, nets = reading(name)[0], roads(name)[0]
    plan = problems()[problem].baseline(scenario, nets)
    return plan, problems()[problem].audit(scenario, nets, plan)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_workbook_reads_without_any_fault(name: str) -> None:
    scenario, issues = reading(name)
    assert issues == ()
    assert check_parameters(scenario, PARAMETERS) == []
    assert roads(name)[1] == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_workbook_is_current_with_its_sources(name: str) -> None:
    built = build.scenario(name)
    stored = reading(name)[0]
    differing = [table.name for table in TABLES if built.replace(table.name, stored.frames[table.name]) != built]
    assert differing == [], "python -m scenarios.build"


def test_the_same_sources_give_the_same_file(tmp_path: Path) -> None:
    files = []
    for name in ("a.xlsx", "b.xlsx"):
        build.write_scenario(reading(PARIS)[0], tmp_path / name, lang="fr")
        build.settle(tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("name", "table", "least"),
    [
        (LA_ROCHELLE, "sites", 60), (LA_ROCHELLE, "establishments", 5), (LA_ROCHELLE, "lots", 12), (LA_ROCHELLE, "articles", 60),
        (LA_ROCHELLE, "suppliers", 10), (LA_ROCHELLE, "kitchens", 6),
        (PARIS, "sites", 76), (PARIS, "establishments", 3), (PARIS, "lots", 10), (PARIS, "kitchens", 5),
        (EPSM, "sites", 50), (EPSM, "establishments", 4), (EPSM, "lots", 40), (EPSM, "articles", 300), (EPSM, "suppliers", 25),
        (EPSM, "kitchens", 5),
    ],
)  # fmt: skip
def test_a_scenario_is_large_enough(name: str, table: str, least: int) -> None:
    assert len(reading(name)[0].rows(table)) >= least


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_row_has_its_mark_and_its_source(name: str) -> None:
    scenario = reading(name)[0]
    for table in TABLES:
        for row in scenario.rows(table.name):
            assert "mark" not in table.names or row.mark is not None, (table.name, row.index_)
            told = "source" in table.names and table.name not in ("parameters", "changes")
            assert not told or row.source, (table.name, row.index_)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_invented_says_so(name: str) -> None:
    scenario = reading(name)[0]
    for table in TABLES:
        for row in scenario.rows(table.name):
            if getattr(row, "source", None) and re.search(r"invent", str(row.source)) and "mark" in table.names:
                assert row.mark != "sourced", (table.name, row.index_, row.source)
    assert all(row.mark == "invented" for row in scenario.rows("needs") + scenario.rows("offers") + scenario.rows("current_routes"))
    assert all("©" in row.source for row in scenario.rows("travel") if row.mark == "estimate")


def test_every_category_flows_in_every_scenario() -> None:
    for name in SCENARIOS:
        found = {row.category for row in reading(name)[0].rows("flows")}
        assert found == {"meals", "linen", "stores", "pharmacy", "waste", "samples", "mail"}, name


def test_paris_is_in_the_low_emission_zone_and_takes_vans_only() -> None:
    sites = reading(PARIS)[0].rows("sites")
    inside = [row for row in sites if row.low_emission_zone]
    assert len(inside) >= 75
    assert sum(row.max_gvw <= 3.5 for row in inside) / len(inside) > 0.8


def test_islands_are_reached_by_their_bridges() -> None:
    nets = roads(LA_ROCHELLE)[0]
    known = nets.km_between("LR01", "OL01")
    assert known == pytest.approx(80, abs=1)  # 27 km as the crow flies
    for invented in ("OL02", "OL03"):
        assert nets.km_between("LR12", invented) > 50
    assert nets.km_between("LR18", "OL03") > 100


def test_four_sets_of_contract_ends() -> None:
    ends = defaultdict(set)
    for row in reading(EPSM)[0].rows("needs"):
        ends[row.establishment].add(row.contract_end)
    assert len({frozenset(dates) for dates in ends.values()}) == 4


@pytest.mark.parametrize(
    ("name", "published", "kitchen", "tolerance"),
    [(LA_ROCHELLE, 5000 * 5 * 52, "LR", 0.02), (LA_ROCHELLE, 700_000, "ROC", 0.01), (EPSM, 172_800 * 1.4, "STA", 0.03)],
)
def test_meals_agree_with_the_published_volumes(name: str, published: float, kitchen: str, tolerance: float) -> None:
    meals = sum(row.meals for row in reading(name)[0].rows("meal_demand") if row.current_kitchen == kitchen)
    assert meals == pytest.approx(published, rel=tolerance)


def test_the_schools_of_rochefort_eat_in_the_school_weeks() -> None:
    """292,800 meals in 36 weeks of four days are 2,033 a day; the kitchen that makes them today is fuller then than the year says, by
    the meals of the week spread over its five days: with J+3, Friday alone makes Monday's, which are no more."""
    rows = [row for row in reading(LA_ROCHELLE)[0].rows("meal_demand") if row.public == "school" and row.current_kitchen == "ROC"]
    assert {(row.weeks, row.days, row.consumption_days) for row in rows} == {(36, ("mon", "tue", "thu", "fri"), None)} and sum(row.meals for row in rows) == 292800
    roadmap = today(LA_ROCHELLE, "kitchens")[0].tables["kitchens_roadmap"]
    load = roadmap[(roadmap["kitchen"] == "ROC") & (roadmap["year"] == 2027)]["load"].item()
    assert load == pytest.approx(3192, abs=1) and load > 699806 / 260 + 0.3 * 292800 / 260


def test_patient_meals_are_two_a_day_and_one_a_visit() -> None:
    for name in SCENARIOS:
        made: dict[str, float] = defaultdict(float)
        for row in reading(name)[0].rows("meal_demand"):
            if row.public in ("patients", "residents"):
                made[row.site] += row.meals
        for site in records(name, "activite"):
            wanted = 2 * value(site, "Journées") + value(site, "Venues")
            assert made[site["Site"]] == pytest.approx(wanted, abs=3)


def test_flows_of_waste_respect_the_storage_limits() -> None:
    for name in SCENARIOS:
        units = {row.unit: row.kg for row in reading(name)[0].rows("handling_units")}
        weekly: dict[str, float] = defaultdict(float)
        visits: dict[str, int] = {}
        for row in reading(name)[0].rows("flows"):
            if row.category == "waste":
                weekly[row.origin] += row.quantity * units[row.unit] * len(row.days)
                visits[row.origin] = len(row.days)
        for site in records(name, "activite"):
            profile = next(row for row in records("commun", "profils") if row["Profil"] == site["Profil"])
            kg = value(site, "Lits ou places") * value(profile, "DASRI kg par lit et par an") / flows.WEEKS
            if site["Site"] in visits:
                assert weekly[site["Site"]] >= kg - 1e-6
                assert visits[site["Site"]] >= (3 if kg > 100 else 1)


def test_food_is_bought_for_the_meals_that_are_made() -> None:
    for name in SCENARIOS:
        scenario = reading(name)[0]
        owner = {row.kitchen: row.establishment for row in scenario.rows("kitchens")}
        made: dict[str, float] = defaultdict(float)
        for row in scenario.rows("meal_demand"):
            made[owner[row.current_kitchen]] += row.meals
        for base in records(name, "bases"):
            assert value(base, "Repas produits") == pytest.approx(made[base["Établissement"]], abs=1), (name, base["Établissement"])


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("problem", ["kitchens", "routes", "purchasing"])
def test_prechecks_find_no_error(name: str, problem: str) -> None:
    assert errors(problems()[problem].precheck(reading(name)[0], roads(name)[0])) == []


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("problem", ["kitchens", "routes", "purchasing"])
def test_today_is_a_valid_plan(name: str, problem: str) -> None:
    plan, audit = today(name, problem)
    assert plan.cost is not None
    assert audit.valid, audit.issues


@pytest.mark.parametrize(("name", "low", "high"), [(LA_ROCHELLE, 7.0, 8.0), (PARIS, 7.5, 9.0), (EPSM, 7.5, 9.0)])
def test_a_meal_costs_what_the_field_says(name: str, low: float, high: float) -> None:
    cost = today(name, "kitchens")[1].kpi("meal_cost")
    assert cost is not None and low <= cost <= high


def test_the_readme_tells_the_figures_of_the_workbooks() -> None:
    lines = (build.FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    cells = {line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]] for line in lines if line.count("|") == 5}
    for i, name in enumerate(SCENARIOS):
        scenario, kitchens, routes = reading(name)[0], today(name, "kitchens")[1], today(name, "routes")[1]
        sites = scenario.rows("sites")
        assert cells["sites (dont inventés)"][i] == f"{len(sites)} ({sum(site.mark == 'invented' for site in sites)})"
        assert cells["repas par an"][i] == f"{sum(row.meals for row in scenario.rows('meal_demand')):,.0f}".replace(",", " ")
        assert cells["coût d'un repas aujourd'hui"][i] == f"{kitchens.kpi('meal_cost') or 0:.2f} €".replace(".", ",")
        assert cells["flux · passages par semaine"][i] == f"{len(scenario.rows('flows'))} · {len(scenario.rows('current_routes'))}"
        assert cells["véhicules utilisés aujourd'hui"][i] == f"{routes.kpi('vehicles') or 0:.0f}"
        assert cells["km par semaine aujourd'hui"][i] == f"{routes.kpi('km') or 0:,.0f}".replace(",", " ")
        assert cells["coût annuel des tournées aujourd'hui"][i] == f"{routes.annual / 1000:,.0f} k€".replace(",", " ")
        assert cells["achats annuels dans ces lots"][i] == f"{today(name, 'purchasing')[1].annual / 1000:,.0f} k€".replace(",", " ")
        counts = " · ".join(str(len(scenario.rows(table))) for table in ("lots", "articles", "suppliers"))
        assert cells["lots · articles · fournisseurs"][i] == counts


def test_every_variant_applies() -> None:
    for name in SCENARIOS:
        scenario = reading(name)[0]
        assert len(variants(scenario)) >= 5
        for variant, changes in variants(scenario).items():
            changed, issues = apply(scenario, changes, variant)
            assert issues == [], (name, variant)
            assert changed != scenario


def test_an_award_can_reach_the_legal_egalim_target() -> None:
    """By value, the best offers of each food lot leave room for 50 % of quality products and 20 % organic."""
    scenario = reading(EPSM)[0]
    lots = {row.lot: row.family for row in scenario.rows("lots")}
    food = {row.family for row in scenario.rows("families") if row.food}
    of = {row.article: row.lot for row in scenario.rows("articles")}
    spent: dict[str, float] = defaultdict(float)
    for row in scenario.rows("needs"):
        if lots[of[row.article]] in food:
            spent[of[row.article]] += row.quantity * row.current_price
    best: dict[str, set[str]] = defaultdict(set)
    for row in scenario.rows("offers"):
        best[of[row.article]].add(row.quality)
    total = sum(spent.values())
    assert sum(money for lot, money in spent.items() if best[lot] & {"quality", "organic"}) / total > 0.5
    assert sum(money for lot, money in spent.items() if "organic" in best[lot]) / total > 0.2


@pytest.mark.office
@pytest.mark.slow
def test_a_workbook_survives_libreoffice(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice here")
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(build.workbook(LA_ROCHELLE))], check=True, capture_output=True, timeout=300)
    saved = read(tmp_path / build.workbook(LA_ROCHELLE).name, TABLES, PARAMETERS)
    assert list(saved.issues) == []
    assert saved.scenario == reading(LA_ROCHELLE)[0]


# --- the builder's own parts -----------------------------------------------------------------------------


def test_a_torn_source_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER / EPSM, tmp_path / EPSM)
    torn = tmp_path / EPSM / "cuisines.csv"
    torn.write_text(torn.read_text(encoding="utf-8") + "X;une cellule de trop peu\n", encoding="utf-8")
    monkeypatch.setattr("scenarios.sources.FOLDER", tmp_path)
    with pytest.raises(SourceFault, match=r"cuisines\.csv"):
        records(EPSM, "cuisines")


def test_scatter_depends_on_the_key_alone() -> None:
    assert scatter("a", 2, 3) == scatter("a", 2, 3) != scatter("b", 2, 3)
    drawn = [scatter(str(i), 0, 1) for i in range(1000)]
    assert min(drawn) >= 0 and max(drawn) < 1
    assert sum(drawn) / 1000 == pytest.approx(0.5, abs=0.03)


def test_sources_are_utf8_tables_with_a_source_column() -> None:
    for path in sorted(FOLDER.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file, delimiter=";"))
        assert all(len(line) == len(header) for line in lines), path.name
        assert "Source" in header or path.name == "variantes.csv", path.name
        assert all(line[header.index("Source")].strip() for line in lines if "Source" in header), path.name
