"""What a batch is made of: variants, grids, withdrawals, distances; two changes of one cell are refused."""

from __future__ import annotations

import pytest

from planner import members
from planner.i18n import euros, explain, text
from planner.members import BadAxis, read_axis
from planner.problems.base import edited
from planner.scenario import Scenario, variants
from planner.service import open_scenario
from tests.conftest import SCENARIOS


@pytest.fixture(scope="module")
def sample() -> Scenario:
    found = open_scenario(SCENARIOS / "la_rochelle_rochefort.xlsx").scenario
    assert found is not None
    return found


def total(scenario: Scenario, table: str, column: str) -> float:
    return sum(getattr(row, column) or 0.0 for row in scenario.rows(table))


def test_a_grid_takes_every_combination(sample: Scenario) -> None:
    axes = [read_axis("repas=-10,0,10", sample, "fr"), read_axis("carburant=0,20", sample, "fr"), read_axis("fermer=MA", sample, "fr")]
    made = members.of_grid(sample, axes)
    assert len(made) == 3 * 2 * 2 and not members.faults(made, "fr")
    assert len({member.scenario.hash for member in made}) == len(made)
    first = made[0]
    assert first.label == "repas −10 % · carburant inchangé · aucune fermeture imposée"
    assert total(first.scenario, "meal_demand", "meals") == pytest.approx(0.9 * total(sample, "meal_demand", "meals"))
    last = made[-1].scenario
    assert total(last, "vehicle_types", "km_cost") == pytest.approx(1.12 * total(sample, "vehicle_types", "km_cost"))
    assert next(row.lock for row in last.rows("kitchens") if row.kitchen == "MA") == "close"
    unchanged = next(member for member in made if member.label == "repas inchangés · carburant inchangé · aucune fermeture imposée")
    assert unchanged.scenario.hash == sample.hash


def test_meals_change_what_the_flows_carry(sample: Scenario) -> None:
    (less,) = members.of_grid(sample, [read_axis("meals=-10", sample, "en")], "en")
    for before, after in zip(sample.rows("flows"), less.scenario.rows("flows"), strict=True):
        assert after.quantity == pytest.approx((0.9 if before.category == "meals" else 1.0) * before.quantity)
    assert less.label == "meals −10%"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_two_axes_on_one_cell_are_refused_with_both_names(sample: Scenario, lang: str) -> None:
    axes = [read_axis("carburant=20", sample, lang), read_axis("km=10", sample, lang)]
    (member,) = members.of_grid(sample, axes, lang)
    assert {issue.code for issue in member.issues} == {"axis_twice", "change_twice"}
    said = next(explain(issue, lang) for issue in member.issues if issue.code == "axis_twice")
    assert axes[0].values[0].label in said and axes[1].values[0].label in said


def test_closing_and_keeping_one_kitchen_is_refused(sample: Scenario) -> None:
    made = members.of_grid(sample, [read_axis("fermer=MA", sample, "fr"), read_axis("garder=MA", sample, "fr")])
    assert [bool(member.issues) for member in made] == [False, False, False, True]


def test_closing_a_kitchen_locked_from_a_year_is_from_the_start(sample: Scenario) -> None:
    dated = edited(sample, "kitchens", lambda row: {"lock": "close", "lock_from": 2029} if row.kitchen == "MA" else {})
    _, shut = members.of_grid(dated, [read_axis("fermer=MA", dated, "fr")])
    assert [(row.lock, row.lock_from) for row in shut.scenario.rows("kitchens") if row.kitchen == "MA"] == [("close", None)]


def test_a_member_gone_takes_its_flows_along(sample: Scenario) -> None:
    _, gone = members.of_grid(sample, [read_axis("sans=CHO", sample, "fr")])
    owners = {row.site: row.establishment for row in sample.rows("sites")}
    left = {row.flow for row in gone.scenario.rows("flows")}
    assert left == {row.flow for row in sample.rows("flows") if (row.establishment or owners[row.destination]) != "CHO"} and left
    assert {row.flow for row in gone.scenario.rows("current_routes")} <= left
    assert next(row.exit for row in gone.scenario.rows("establishments") if row.establishment == "CHO").year == 2026
    assert "CHO" in gone.changed


@pytest.mark.parametrize(
    ("typed", "code"),
    [("lune=3", "axis_unknown"), ("repas=dix", "axis_not_a_number"), ("repas=-100", "axis_too_low"), ("fermer=ZZ", "axis_unknown_kitchen"),
     ("sans=ZZ", "axis_unknown_establishment"), ("repas", "axis_unknown")],
)  # fmt: skip
def test_what_is_not_understood_is_said(sample: Scenario, typed: str, code: str) -> None:
    with pytest.raises(BadAxis) as refused:
        read_axis(typed, sample, "fr")
    assert refused.value.issue.code == code
    assert not explain(refused.value.issue, "fr").startswith("issue.")


def test_a_free_axis_changes_any_column(sample: Scenario) -> None:
    made = members.of_grid(sample, [read_axis("Véhicules ; ; Coût horaire ; * ; 1,05|1,1", sample, "fr")])
    assert [round(total(m.scenario, "vehicle_types", "hour_cost") / total(sample, "vehicle_types", "hour_cost"), 6) for m in made] == [1.0, 1.05, 1.1]


def test_a_grid_too_large_is_refused(sample: Scenario) -> None:
    axis = read_axis("repas=" + ",".join(map(str, range(1, 50))), sample, "fr")
    with pytest.raises(BadAxis):
        members.of_grid(sample, [axis, read_axis("km=" + ",".join(map(str, range(1, 50))), sample, "fr")])


def test_variants_come_after_the_scenario_itself(sample: Scenario) -> None:
    made = members.of_variants(sample)
    assert [member.label for member in made][1:] == list(variants(sample))
    assert made[0].scenario is sample
    (_, unknown) = members.of_variants(sample, ["lune"])
    assert [issue.code for issue in unknown.issues] == ["unknown_variant"]
    assert "Repas par an × 0,9" in next(member.changed for member in made if member.label == "repas -10 %")


@pytest.mark.parametrize(("lang", "said"), [("fr", "Cuisines (Cuisine = MA), Verrou = fermer"), ("en", "Kitchens (Kitchen = MA), Lock = close")])
def test_what_changes_is_said_in_the_words_of_the_tables(sample: Scenario, lang: str, said: str) -> None:
    made = members.of_grid(sample, [read_axis("close=MA", sample, lang)], lang)
    assert made[1].changed == said


def test_a_ready_made_axis_leaves_out_what_the_group_does_not_have(sample: Scenario) -> None:
    linen = sample.replace("flows", sample.frames["flows"].query("category != 'meals'").reset_index(drop=True))
    (less,) = members.of_grid(linen, [read_axis("repas=-10", linen, "fr")])
    assert not less.issues and less.scenario.frames["flows"] is linen.frames["flows"]
    assert total(less.scenario, "meal_demand", "meals") == pytest.approx(0.9 * total(sample, "meal_demand", "meals"))
    nothing = linen.replace("meal_demand", linen.frames["meal_demand"].head(0))
    (member,) = members.of_grid(nothing, [read_axis("repas=-10", nothing, "fr")])
    assert member.issues  # an axis that would change nothing at all is said


def test_wages_scale_what_drivers_by_the_year_cost_and_leave_teams_paid_by_the_hour(sample: Scenario) -> None:
    known = sample.frames["driver_teams"]
    team = {"name": "x", "establishment": sample.rows("establishments")[0].establishment}
    teams = [{"team": "AN", "yearly_cost": 48_000.0, "extra_cost": 40.0, **team}, {"team": "HEURE", "yearly_cost": None, "extra_cost": 30.0, **team}]
    asked = sample.replace("driver_teams", sample.table("driver_teams").frame([*known.to_dict("records"), *teams]))
    (member,) = members.of_grid(asked, [read_axis("salaires=10", asked, "fr")])
    assert not member.issues
    found = {row.team: row for row in member.scenario.rows("driver_teams")}
    assert found["AN"].yearly_cost == pytest.approx(52_800) and found["AN"].extra_cost == pytest.approx(44)
    assert found["HEURE"].yearly_cost is None and found["HEURE"].extra_cost == pytest.approx(33)
    assert total(member.scenario, "vehicle_types", "hour_cost") == pytest.approx(1.1 * total(asked, "vehicle_types", "hour_cost"))


@pytest.mark.parametrize(("made_in", "lang"), [("fr", "en"), ("en", "fr"), ("fr", "fr")])
def test_labels_kept_in_one_language_are_read_in_the_other(sample: Scenario, made_in: str, lang: str) -> None:
    axes = ("repas=-10,0,12.5", "fermer=MA", "sans=CHO")
    kept, wanted = ([member.label for member in members.of_grid(sample, [read_axis(axis, sample, told) for axis in axes], told)] for told in (made_in, lang))
    assert [members.retold(label, "grid", lang) for label in kept] == wanted
    kept, wanted = ([member.label for member in members.of_variants(sample, None, told)] for told in (made_in, lang))
    assert [members.retold(label, "variants", lang) for label in kept] == wanted  # names that people gave stay
    assert members.retold(text("members.price", made_in, price=euros(1000.0, made_in)), "closeness", lang) == text("members.price", lang, price=euros(1000.0, lang))
