"""Charts as the browser receives them: figures of the reader's language, true proportions, nothing fetched."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from planner import charts, figures
from planner.charts.maps import HEIGHT, WIDTH
from planner.i18n import text
from planner.study import Study


def test_the_curve_has_a_panel_per_problem_and_leaves_unknown_bounds_out() -> None:
    points = pd.DataFrame({"problem": ["kitchens", "kitchens", "routes"], "seconds": [1.0, 2.0, 1.0], "cost": [1500.5, 1400.0, 90.0], "bound": [None, 1300.0, None]})
    spec = charts.curve(points, "fr").to_dict()
    assert len(spec["hconcat"]) == 2
    values = [row for rows in spec["datasets"].values() for row in rows]
    assert [row["value"] for row in values if row["figure"] == "borne prouvée"] == [1300.0]
    assert "hconcat" not in charts.curve(points[:2], "fr").to_dict()
    charts.curve(points[:0], "en").to_dict()  # a run that has said nothing yet


@pytest.mark.parametrize(("lang", "decimal", "said"), [("fr", ",", "-1\u202f500\u00a0€"), ("en", ".", "-€1,500")])
def test_figures_read_in_the_reader_s_language(lang: str, decimal: str, said: str) -> None:
    spec = charts.gains(pd.DataFrame({"name": ["A", "B"], "value": [10.0, -1500.0]}), lang).to_dict()
    assert spec["config"]["locale"]["number"]["decimal"] == decimal
    rows = next(iter(spec["datasets"].values()))
    assert rows[1]["said"] == said
    assert rows[0]["side"] != rows[1]["side"]


def test_a_kilometre_is_as_long_north_as_east() -> None:
    sites = pd.DataFrame({"site": ["A", "B", "C"], "name": ["A", "B", "C"], "lat": [46.0, 47.0, 46.0], "lon": [-1.0, -1.0, 0.0]})
    placed = charts.projected(sites).set_index("site")
    assert placed.at["B", "y"] - placed.at["A", "y"] == pytest.approx(111.32)
    assert placed.at["C", "x"] - placed.at["A", "x"] == pytest.approx(111.32 * 0.6884, rel=1e-3)  # cos 46.5°
    spec = charts.site_map(sites, "fr").to_dict()
    scales = [layer["encoding"][axis]["scale"]["domain"] for layer in spec["layer"][:1] for axis in "xy"]
    assert (scales[0][1] - scales[0][0]) / WIDTH == pytest.approx((scales[1][1] - scales[1][0]) / HEIGHT)


def test_one_site_alone_is_a_map_too() -> None:
    charts.site_map(pd.DataFrame({"site": ["A"], "name": ["A"], "lat": [46.0], "lon": [-1.0]}), "fr").to_dict()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_site_without_coordinates_is_left_out_of_the_map_and_counted(lang: str) -> None:
    sites = pd.DataFrame({"site": ["A", "B"], "name": ["A", "B"], "lat": [46.0, None], "lon": [-1.0, 2.0]})
    drawn = charts.site_map(sites, lang, links=pd.DataFrame({"site": ["A"], "other": ["B"], "name": ["x"]})).to_dict()
    assert drawn["title"] == text("charts.no_place", lang, count=1)
    assert [row["site"] for rows in drawn["datasets"].values() for row in rows if "kind" in row] == ["A"]


def test_every_chart_of_a_real_study_is_drawn_without_any_address(real: Study) -> None:
    sites, links = figures.feeding(real, "fr")
    day = figures.days_of(real.results["routes"])[0]
    roadmap = figures.roadmap(real, "fr")
    drawn = [
        charts.site_map(sites, "fr", links=links), charts.site_map(figures.places(real.scenario), "fr", legs=figures.legs(real, day, "fr")),
        charts.timeline(figures.timeline(real.results["routes"], day, "fr"), "fr"), charts.roadmap(roadmap, "fr", list(dict.fromkeys(roadmap["kitchen"]))),
        charts.pairs(figures.lines(real.results["kitchens"], "fr"), "fr", "€"), charts.gains(figures.gains(real), "fr"),
    ]  # fmt: skip
    for chart in drawn:
        spec = chart.to_dict()
        spec.pop("$schema")  # a name, never fetched
        assert "http" not in json.dumps(spec)


def test_gains_add_up_to_the_study_s_saving(real: Study) -> None:
    assert figures.gains(real)["value"].sum() == pytest.approx(real.saving, abs=0.05)


def test_a_day_of_a_vehicle_has_no_two_activities_at_once(real: Study) -> None:
    for day in figures.days_of(real.results["routes"]):
        for _, busy in figures.timeline(real.results["routes"], day, "fr").sort_values("starts").groupby("vehicle"):
            assert (busy["starts"].to_numpy()[1:] >= busy["ends"].to_numpy()[:-1] - 1e-6).all()


def test_an_axis_of_shares_says_per_cent() -> None:
    points = pd.DataFrame({"share": [20.0, 30.0], "cost": [100.0, 120.0], "bound": [90.0, 110.0]})
    titles = json.dumps(charts.between(points, "fr", "Part demandée", "€ par an").to_dict(), ensure_ascii=False)
    assert "Part demandée (%)" in titles
