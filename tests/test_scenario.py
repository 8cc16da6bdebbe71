"""Scenarios, changes and variants."""

from typing import Any

import pytest

from planner.catalog import PARAMETERS, TABLES
from planner.i18n import describe
from planner.scenario import Change, Scenario, apply, check_parameters, describe_row, matching_rows, variants
from planner.sites import DISCOUNT_RATE, DRIVER_COST
from planner.typed import Unreadable


def scenario(**more: Any) -> Scenario:
    sites = [
        {"site": f"S{n}", "name": f"Site {n}", "establishment": "E", "lat": 46.0 + n, "lon": -1.0, "zone": "coast" if n < 2 else "rural", "stop_minutes": 10.0 * n}
        for n in range(4)
    ]
    return Scenario.of("essai", TABLES, {"establishments": [{"establishment": "E", "name": "E"}], "sites": sites, **more})


def change(column: str, operation: str, value: str, where: str = "", table: str = "Sites") -> Change:
    return Change(table, where, column, operation, value, "V")


def stops(made: Scenario) -> list[float]:
    return [row.stop_minutes for row in made.rows("sites")]


def test_the_hash_is_of_the_content() -> None:
    assert scenario().hash == scenario().renamed("autre").hash and scenario() == scenario().renamed("autre")
    other = scenario().replace("sites", scenario().frames["sites"].assign(lat=1.0))
    assert other.hash != scenario().hash and other != scenario()
    assert len({scenario(), scenario().renamed("x"), other}) == 2


def test_parameters_of_the_workbook_win_over_defaults() -> None:
    made = scenario(parameters=[{"parameter": "driver_cost", "value": 35}])
    assert made.value(DRIVER_COST) == 35 and made.value(DISCOUNT_RATE) == DISCOUNT_RATE.value


def test_changes_apply_to_the_rows_of_their_filter() -> None:
    made, issues = apply(
        scenario(),
        [change("Temps fixe d'arrêt", "*", "1,5", "Zone = littoral ou île"), change("stop_minutes", "+", "5", "Site = S2 | S3"), change("Name", "=", "Quai", "Latitude >= 48 ; Longitude < 0")],
        "V",
    )
    assert issues == [] and made.name == "V"
    assert stops(made) == [0, 15, 25, 35] and stops(scenario()) == [0, 10, 20, 30]
    assert [row.name for row in made.rows("sites")] == ["Site 0", "Site 1", "Quai", "Quai"]


def test_an_empty_value_restores_the_default() -> None:
    made, issues = apply(scenario(), [change("Temps fixe d'arrêt", "=", "", "Site = S3")])
    assert issues == [] and stops(made)[3] == 10.0


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (change("Temps", "=", "1", table="Lieux"), "change_bad_table"), (change("Hauteur", "=", "1"), "change_bad_column"), (change("Nom", "+", "1"), "change_not_a_number"),
        (change("Temps fixe d'arrêt", "=", "1", "Site"), "change_bad_filter"), (change("Temps fixe d'arrêt", "=", "1", "Hauteur = 3"), "change_bad_filter"),
        (change("Temps fixe d'arrêt", "=", "1", "Site = S9"), "change_no_row"), (change("Temps fixe d'arrêt", "=", "long"), "change_bad_value"),
        (change("Temps fixe d'arrêt", "*", "1000", "Site = S1"), "change_bad_value"), (change("Nom", "=", ""), "change_no_value"),
    ],
)  # fmt: skip
def test_a_change_with_a_fault_is_left_out_and_told(bad: Change, code: str) -> None:
    made, issues = apply(scenario(), [bad])
    assert made == scenario() and [issue.code for issue in issues] == [code]
    for lang, raw in (("fr", "stop_minutes"), ("en", "stop_minutes")):
        told = describe(issues[0], lang)
        assert raw not in told and f"issue.{code}" not in told and "«\u00a0\u00a0»" not in told


def test_two_changes_of_one_cell_are_refused() -> None:
    made, issues = apply(scenario(), [change("Temps fixe d'arrêt", "=", "1", "Site = S1"), change("stop_minutes", "+", "2", "Zone = littoral ou île")])
    assert [issue.code for issue in issues] == ["change_twice"] and stops(made) == [0, 1, 20, 30]
    assert "Temps fixe d'arrêt" in describe(issues[0], "fr") and "Fixed stop time" in describe(issues[0], "en")


def test_a_change_may_not_break_what_others_refer_to() -> None:
    made, issues = apply(scenario(), [change("Établissement", "=", "F", "Site = S1")])
    assert [(i.code, i.table, i.row, i.found) for i in issues] == [("broken_reference", "sites", 1, "F")] and made != scenario()
    _, issues = apply(scenario(), [change("Site", "=", "S0", "Site = S1")])
    assert [(i.code, i.row) for i in issues] == [("duplicate_key", 1)]


def test_variants_keep_their_order() -> None:
    steps = [{"variant": v, "step": n, "table": "Sites", "column": "Nom", "value": f"{v}{n}"} for v, n in (("A", 2), ("B", 1), ("A", 1))]
    found = variants(scenario(changes=steps))
    assert {name: [c.value for c in changes] for name, changes in found.items()} == {"A": ["A1", "A2"], "B": ["B1"]}


def test_filters() -> None:
    made = scenario()
    sites = made.table("sites")

    def chosen(text: str) -> list[int]:
        return matching_rows(made, sites, text)

    assert chosen("") == [0, 1, 2, 3]
    assert chosen("Zone <> plaine") == [0, 1] and chosen("Zone = plaine ET Site != S2") == [3]
    assert chosen("Temps fixe d'arrêt > 10") == [2, 3] and chosen("stop_minutes <= 10") == [0, 1] and chosen("Latitude ≥ 47,5") == [2, 3]
    assert chosen("Adresse =") == [0, 1, 2, 3]
    for bad in ("Site", "Taille = 3", "Latitude = nord"):
        with pytest.raises(Unreadable):
            chosen(bad)


def test_parameters_are_checked() -> None:
    made = scenario(parameters=[{"parameter": "discount_rate", "value": 45}, {"parameter": "driver_cots", "value": 30}, {"parameter": "driver_cost", "value": 30}])
    issues = check_parameters(made, PARAMETERS)
    assert [(i.code, i.row, i.is_error) for i in issues] == [("parameter_out_of_bounds", 0, True), ("unknown_parameter", 1, False)]
    assert dict(issues[1].args)["close"] == "driver_cost"


def test_a_row_is_described_by_its_key() -> None:
    made = scenario(windows=[{"site": "S1", "day_type": "saturday", "opens": 390, "closes": 720}])
    assert describe_row(made, "windows", 0, "fr") == "S1 · samedi · 06h30"
    assert describe_row(made, "windows", 0, "en") == "S1 · Saturday · 06:30"
