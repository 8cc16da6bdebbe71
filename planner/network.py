"""Distances and durations between all sites: imported travel, else roads, else crow distance.

For every ordered pair, the first of these that is known:

1. the travel sheet (origin, destination); 2. the travel sheet the other way round; 3. zero where both sites
stand at one place (closer than 30 m); 4. the fastest path on a road graph, if the user supplied one; 5. crow
distance x detour, at the speed of the zones of both ends.

Crow trips: with crow distance d (great circle), detours f_a, f_b and speeds v_a, v_b of the zones of both ends,

    km      = d * max(f_a, f_b)
    minutes = 60 * (t_a / v_a + t_b / v_b + (km - t_a - t_b) / v_open)

t is half of the trip, but in a town (zones "urban" and "dense") `town_km` at most: what lies between two towns,
or beyond a town, is driven at v_open, the speed of the end that is no town, else that of the plain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.issues import Issue
from planner.roads import RoadGraph, crow_km
from planner.scenario import Scenario
from planner.sites import (
    DETOUR_COAST,
    DETOUR_DENSE,
    DETOUR_RURAL,
    DETOUR_URBAN,
    SITES,
    SNAP_LIMIT,
    SPEED_COAST,
    SPEED_DENSE,
    SPEED_RURAL,
    SPEED_URBAN,
    TOWN_KM,
    TRAVEL,
    ZONES,
)

HOW = ("same place", "imported", "imported reverse", "roads", "crow")
SAME_PLACE, IMPORTED, REVERSE, ROADS, CROW = range(5)

SAME_PLACE_KM = 0.03  # two entrances of one dock; the width of a road
CONNECTOR_KMH = 15.0  # from a site to the nearest road: gates, yards, car parks
FASTEST, SLOWEST = 130.0, 3.0  # km/h beyond which an imported trip is doubtful
SHOWN_ROWS = 20  # doubtful rows named one by one; the rest is counted

DETOURS = {"rural": DETOUR_RURAL, "coast": DETOUR_COAST, "urban": DETOUR_URBAN, "dense": DETOUR_DENSE}
SPEEDS = {"rural": SPEED_RURAL, "coast": SPEED_COAST, "urban": SPEED_URBAN, "dense": SPEED_DENSE}
TOWNS = ("urban", "dense")

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Distances and durations between all sites of a scenario.

    `sites`: site codes, in order; `km`, `minutes`: float arrays (n, n), NaN where one site cannot be
    reached from another, zeros on the diagonal; `how`: uint8 array (n, n), index into `HOW`.
    """

    sites: tuple[str, ...]
    km: Matrix
    minutes: Matrix
    how: NDArray[np.uint8]

    @cached_property
    def index(self) -> dict[str, int]:
        """Row and column of each site."""
        return {site: i for i, site in enumerate(self.sites)}

    def km_between(self, origin: str, destination: str) -> float:
        """Kilometres by road, NaN where there is no way. Raises KeyError for an unknown site."""
        return float(self.km[self.index[origin], self.index[destination]])

    def minutes_between(self, origin: str, destination: str) -> float:
        """Driving minutes, NaN where there is no way. Raises KeyError for an unknown site."""
        return float(self.minutes[self.index[origin], self.index[destination]])


def build(scenario: Scenario, roads: RoadGraph | None = None) -> tuple[Network, list[Issue]]:
    """The network of a scenario, with findings on imported travel, sites off the roads and unreachable pairs.

    No finding is an error: a problem that needs a missing trip says so itself.
    """
    sites = scenario.rows(SITES.name)
    lat = np.array([np.nan if s.lat is None else s.lat for s in sites], dtype=np.float64)
    lon = np.array([np.nan if s.lon is None else s.lon for s in sites], dtype=np.float64)
    crow = crow_km(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
    km, minutes = _by_crow(scenario, crow, [s.zone if s.zone in DETOURS else ZONES[0].code for s in sites])
    how = np.full(crow.shape, CROW, dtype=np.uint8)
    issues: list[Issue] = []

    if roads is not None:
        issues += _by_road(scenario, roads, lat, lon, km, minutes, how)
    same = crow < SAME_PLACE_KM
    km[same], minutes[same], how[same] = 0.0, 0.0, SAME_PLACE
    issues += _imported(scenario, crow, km, minutes, how)
    np.fill_diagonal(km, 0.0)
    np.fill_diagonal(minutes, 0.0)
    np.fill_diagonal(how, SAME_PLACE)

    network = Network(tuple(s.site for s in sites), km, minutes, how)
    for array in (km, minutes, how):
        array.setflags(write=False)
    return network, issues + _unreachable(network)


def _by_crow(scenario: Scenario, crow: Matrix, zones: list[str]) -> tuple[Matrix, Matrix]:
    """Kilometres and minutes (n, n) of crow trips, by the rule of this module's docstring."""
    detour = np.array([scenario.value(DETOURS[zone]) for zone in zones], dtype=np.float64)
    speed = np.array([scenario.value(SPEEDS[zone]) for zone in zones], dtype=np.float64)
    town = np.array([zone in TOWNS for zone in zones], dtype=bool)
    km = crow * np.maximum(detour[:, None], detour[None, :])
    most = np.where(town, scenario.value(TOWN_KM), np.inf)
    near_a, near_b = np.minimum(km / 2, most[:, None]), np.minimum(km / 2, most[None, :])
    plain = scenario.value(SPEED_RURAL)
    # between a town and an open zone the open end's speed holds; between two towns that of the plain
    open_speed = np.where(town[:, None], np.where(town[None, :], plain, speed[None, :]), speed[:, None])
    between = np.maximum(km - near_a - near_b, 0.0)
    minutes = 60 * (near_a / speed[:, None] + near_b / speed[None, :] + between / open_speed)
    return km, minutes


def _by_road(
    scenario: Scenario, roads: RoadGraph, lat: Matrix, lon: Matrix, km: Matrix, minutes: Matrix, how: NDArray[np.uint8]
) -> list[Issue]:
    """Fills in (in place) what the road graph knows; a site too far from any road keeps its crow trips."""
    limit = scenario.value(SNAP_LIMIT)
    nodes, off = roads.snap(lat, lon, limit)
    on = np.flatnonzero(nodes >= 0)
    issues: list[Issue] = []
    for i in np.flatnonzero(nodes < 0):
        site = scenario.rows(SITES.name)[int(i)]
        issues.append(
            Issue.warning("site_off_road", table=SITES.name, row=int(i), column="lat", site=site.site,
                          distance=round(float(off[i]), 2), limit=limit)
        )  # fmt: skip
    if len(on):
        road_km, road_minutes = roads.travel(nodes[on])
        reach = off[on][:, None] + off[on][None, :]
        pairs = np.ix_(on, on)
        km[pairs] = road_km + reach
        minutes[pairs] = road_minutes + 60 * reach / CONNECTOR_KMH
        how[pairs] = ROADS
    return issues


def _imported(scenario: Scenario, crow: Matrix, km: Matrix, minutes: Matrix, how: NDArray[np.uint8]) -> list[Issue]:
    """Fills in (in place) the travel sheet, both ways, with warnings on doubtful rows."""
    index = {s.site: i for i, s in enumerate(scenario.rows(SITES.name))}
    trips = [(row, index[row.origin], index[row.destination]) for row in scenario.rows(TRAVEL.name)
             if row.origin in index and row.destination in index and row.km is not None and row.minutes is not None]  # fmt: skip
    for row, a, b in trips:
        if how[b, a] != IMPORTED:
            km[b, a], minutes[b, a], how[b, a] = row.km, row.minutes, REVERSE
        km[a, b], minutes[a, b], how[a, b] = row.km, row.minutes, IMPORTED

    issues: list[Issue] = []
    for row, a, b in trips:
        names = {"origin": str(row.origin), "destination": str(row.destination)}
        far = float(crow[a, b])
        if a == b:
            if row.km or row.minutes:
                issues.append(Issue.warning("travel_to_itself", table=TRAVEL.name, row=row.index_, column="destination", **names))
            continue
        # half a unit of the last decimal people write, so that rounding alone is never doubtful
        low_km, high_km, low_minutes, high_minutes = max(0.0, row.km - 0.05), row.km + 0.05, max(0.0, row.minutes - 0.5), row.minutes + 0.5
        if low_km * 60 > FASTEST * high_minutes:
            issues.append(_doubtful("travel_too_fast", row.index_, "minutes", names, km=row.km, minutes=row.minutes, limit=FASTEST))
        elif high_km * 60 < SLOWEST * low_minutes and far >= SAME_PLACE_KM:
            issues.append(_doubtful("travel_too_slow", row.index_, "minutes", names, km=row.km, minutes=row.minutes, limit=SLOWEST))
        if high_km < 0.95 * far:
            issues.append(_doubtful("travel_shorter_than_crow", row.index_, "km", names, km=row.km, crow=round(far, 1)))
    return _shortened(issues)


def _doubtful(code: str, row: int, column: str, names: dict[str, str], **figures: float) -> Issue:
    return replace(Issue.warning(code, table=TRAVEL.name, row=row, column=column, **names, **figures), found=f"{figures[column]:g}")


def _shortened(issues: list[Issue]) -> list[Issue]:
    """At most SHOWN_ROWS findings of each code, and one that counts the others."""
    kept: list[Issue] = []
    counts: dict[str, int] = {}
    for issue in issues:
        counts[issue.code] = counts.get(issue.code, 0) + 1
        if counts[issue.code] <= SHOWN_ROWS:
            kept.append(issue)
    more = sum(max(0, count - SHOWN_ROWS) for count in counts.values())
    if more:
        kept.append(Issue.warning("travel_more_doubtful", table=TRAVEL.name, count=more))
    return kept


def _unreachable(network: Network) -> list[Issue]:
    """One finding per site that lacks trips; a pair is told once, at the end that lacks the most."""
    missing = np.isnan(network.km) | np.isnan(network.minutes)
    lacking = missing | missing.T
    issues: list[Issue] = []
    while lacking.any():
        i = int(lacking.sum(axis=1).argmax())
        others = np.flatnonzero(lacking[i])
        shown = ", ".join(network.sites[int(j)] for j in others[:5]) + ("…" if len(others) > 5 else "")
        issues.append(Issue.warning("site_unreachable", table=SITES.name, row=i, column="site", site=network.sites[i], count=len(others), others=shown))
        lacking[i, :] = lacking[:, i] = False
    return issues


def counts(network: Network) -> dict[str, int]:
    """How many ordered pairs of different sites each way of `HOW` gave."""
    apart = ~np.eye(len(network.sites), dtype=bool)
    return {name: int(((network.how == i) & apart).sum()) for i, name in enumerate(HOW)}
