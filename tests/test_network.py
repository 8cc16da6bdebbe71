"""The network of a scenario: which source each pair comes from, and what is said of doubtful ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.network import CROW, HOW, IMPORTED, REVERSE, ROADS, SAME_PLACE, SHOWN_ROWS, build, counts
from planner.roads import crow_km
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES
from tests.test_roads import EXTRACTS, OSM, island, needs_osm, roads_of

NORTH = 1 / 111.195  # degrees of latitude per kilometre


def scenario(sites: list[dict[str, Any]], travel: list[tuple[str, str, float, float]] = (), **parameters: float) -> Scenario:  # type: ignore[assignment]
    return Scenario.of("test", COMMON_TABLES, {
        "parameters": [{"parameter": code, "value": float(value)} for code, value in parameters.items()],
        "establishments": [{"establishment": "E", "name": "E"}],
        "sites": [{"name": s["site"], "establishment": "E", **s} for s in sites],
        "travel": [{"origin": a, "destination": b, "km": km, "minutes": m} for a, b, km, m in travel],
    })  # fmt: skip


def at(site: str, north: float, zone: str = "rural", lon: float = -1.0) -> dict[str, Any]:
    """A site so many kilometres north of 46° N."""
    return {"site": site, "lat": 46.0 + north * NORTH, "lon": lon, "zone": zone}


def test_imported_wins_then_its_reverse_then_crow() -> None:
    network, issues = build(scenario([at("a", 0), at("b", 10), at("c", 20)], [("a", "b", 14, 16), ("b", "a", 15, 17), ("c", "b", 13, 15)]))
    assert not issues
    assert (network.km_between("a", "b"), network.km_between("b", "a")) == (14, 15)
    assert (network.minutes_between("b", "c"), network.minutes_between("c", "b")) == (15, 15)
    assert [HOW[h] for h in network.how[network.index["b"]]] == ["imported", "same place", "imported reverse"]
    assert network.how[0, 2] == CROW and network.km_between("a", "c") == pytest.approx(20 * 1.33, abs=0.01)
    assert counts(network) == {"same place": 0, "imported": 3, "imported reverse": 1, "roads": 0, "crow": 2}


def test_order_of_the_travel_sheet_does_not_matter() -> None:
    trips = [("a", "b", 14.0, 16.0), ("b", "a", 15.0, 17.0)]
    first, second = (build(scenario([at("a", 0), at("b", 10)], order))[0] for order in (trips, trips[::-1]))
    assert np.array_equal(first.km, second.km) and np.array_equal(first.how, second.how)


def test_two_sites_at_one_place() -> None:
    network, issues = build(scenario([at("a", 0), at("b", 0.02), at("c", 5)]))
    assert not issues
    assert network.km_between("a", "b") == network.minutes_between("b", "a") == 0 and network.how[0, 1] == SAME_PLACE
    imported, _ = build(scenario([at("a", 0), at("b", 0.02)], [("a", "b", 0.4, 3)]))
    assert imported.km_between("b", "a") == 0.4 and imported.how[1, 0] == REVERSE


@pytest.mark.parametrize(
    ("zones", "crow", "km", "minutes"),
    [
        (("rural", "rural"), 10, 13.3, 60 * 13.3 / 52),
        (("dense", "dense"), 5, 6.5, 60 * 6.5 / 18),
        (("urban", "dense"), 10, 13.5, 60 * (6.75 / 25 + 6.75 / 18)),
        # two towns far apart: 8 km of each, the plain between
        (("urban", "urban"), 100, 135, 60 * (16 / 25 + 119 / 52)),
        # from the centre to the plain: half of it, 8 km at most, in the town
        (("dense", "rural"), 30, 39.9, 60 * (8 / 18 + 31.9 / 52)),
        (("dense", "rural"), 3, 3.99, 60 * (1.995 / 18 + 1.995 / 52)),
        (("coast", "rural"), 10, 13.3, 60 * (6.65 / 40 + 6.65 / 52)),
    ],
)
def test_crow_rule_by_zone(zones: tuple[str, str], crow: float, km: float, minutes: float) -> None:
    network, _ = build(scenario([at("a", 0, zones[0]), at("b", crow, zones[1])], speed_coast=40))
    assert network.km_between("a", "b") == pytest.approx(km, rel=1e-4) == network.km_between("b", "a")
    assert network.minutes_between("a", "b") == pytest.approx(minutes, rel=1e-4) == network.minutes_between("b", "a")


def test_doubtful_imported_travel_is_named_with_its_row() -> None:
    sites = [at("a", 0), at("b", 20), at("c", 40)]
    _, issues = build(scenario(sites, [("a", "b", 25, 9), ("b", "c", 25, 600), ("a", "c", 30, 40), ("a", "a", 3, 3), ("c", "a", 40, 38), ("c", "b", 21, 10)]))
    assert [(i.code, i.row) for i in issues] == [("travel_too_fast", 0), ("travel_too_slow", 1), ("travel_shorter_than_crow", 2), ("travel_to_itself", 3)]
    assert not any(i.is_error for i in issues)
    assert "150" not in describe(issues[0], "fr") and "plus de 130 km/h" in describe(issues[0], "fr")


def test_no_minutes_at_all_is_told_in_words() -> None:
    _, issues = build(scenario([at("a", 0), at("b", 20)], [("a", "b", 25, 0)]))
    assert "25 km in 0 min, that is more than 130 km/h" in describe(issues[0], "en")


def test_many_doubtful_rows_are_counted_not_listed() -> None:
    sites = [at(f"s{i}", i * 5) for i in range(12)]
    hours = [(a["site"], b["site"], 80.0, 0.9) for a in sites for b in sites if a is not b]
    _, issues = build(scenario(sites, hours))
    assert [i.code for i in issues] == ["travel_too_fast"] * SHOWN_ROWS + ["travel_more_doubtful"]
    assert dict(issues[-1].args)["count"] == len(hours) - SHOWN_ROWS


def test_island_without_bridge_is_told_once_per_site_not_per_pair() -> None:
    mainland = [at(f"m{i}", 0, lon=-1.0 - 0.01 * i) for i in range(5)]
    isle = [{"site": f"i{i}", "lat": 46.2, "lon": -1.0 - 0.01 * i} for i in range(2)]
    network, issues = build(scenario(mainland + isle), island())
    assert np.isnan(network.km_between("m0", "i0")) and np.isfinite(network.km_between("i0", "i1"))
    assert network.how[0, 1] == ROADS
    assert [(i.code, dict(i.args)["site"], dict(i.args)["count"]) for i in issues] == [("site_unreachable", "i0", 5), ("site_unreachable", "i1", 5)]
    # a ferry in the travel sheet mends its pair, both ways
    mended, issues = build(scenario(mainland + isle, [("m0", "i0", 25, 60)]), island())
    assert mended.km_between("i0", "m0") == 25
    assert [dict(i.args)["count"] for i in issues] == [5, 4]


def test_site_far_from_any_road_keeps_its_crow_trips() -> None:
    network, issues = build(scenario([at("a", 0), at("b", 0, lon=-1.02), at("far", 60)]), island())
    assert [(i.code, i.row) for i in issues] == [("site_off_road", 2)]
    assert network.how[0, 1] == ROADS and network.how[0, 2] == network.how[2, 1] == CROW
    near, issues = build(scenario([at("a", 0), at("far", 60)], snap_limit=100), island())
    assert near.how[0, 1] == ROADS and not issues


def test_the_way_to_the_road_is_counted() -> None:
    network, _ = build(scenario([at("a", -0.3), at("b", -0.3, lon=-1.02)]), island())
    assert network.km_between("a", "b") == pytest.approx(20 * 0.1 + 0.6, abs=1e-3)
    assert network.minutes_between("a", "b") == pytest.approx(20 * 0.2 + 60 * 0.6 / 15, abs=1e-2)


def test_a_network_cannot_be_changed() -> None:
    network, _ = build(scenario([at("a", 0), at("b", 10)]))
    with pytest.raises(ValueError, match="read-only"):
        network.km[0, 1] = 1
    with pytest.raises(KeyError):
        network.km_between("a", "nowhere")


@needs_osm
@pytest.mark.parametrize("name", EXTRACTS)
def test_matrix_of_130_sites_on_a_real_extract(name: str) -> None:
    roads = roads_of(OSM / name)
    rng = np.random.default_rng(3)
    picked = rng.choice(np.flatnonzero(roads.part == 0), size=130)
    places = zip(roads.lat[picked] + rng.normal(0, 5e-4, 130), roads.lon[picked] + rng.normal(0, 5e-4, 130), strict=True)
    network, issues = build(scenario([{"site": f"s{i}", "lat": float(y), "lon": float(x), "zone": "urban"} for i, (y, x) in enumerate(places)]), roads)
    assert not issues and np.isfinite(network.km).all()
    assert counts(network)["roads"] > 0.95 * 130 * 129 and counts(network)["imported"] == 0
    by_road = network.how == ROADS
    crow, _ = build(scenario([{"site": f"s{i}", "lat": float(roads.lat[p]), "lon": float(roads.lon[p])} for i, p in enumerate(picked)]))
    assert np.corrcoef(network.km[by_road], crow.km[by_road])[0, 1] > 0.8
    far = crow_km(roads.lat[picked].min(), roads.lon[picked].min(), roads.lat[picked].max(), roads.lon[picked].max())
    assert network.km.max() < 4 * float(far)
    assert network.how[0, 1] in (ROADS, SAME_PLACE, IMPORTED)
