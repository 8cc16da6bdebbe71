"""What routes cost by kind of flow and by establishment served, today against the plan, and how much each vehicle is used.

Nothing here decides or judges: everything follows from a plan's tables. The whole yearly cost is shared out, by rules that
can be said in a sentence: kilometres (and CO2) of a vehicle type go to its trips by their kilometres; drivers, overtime and
the vehicle's fixed cost by the time from loading to return; a trip's cost goes to its stops in equal parts; a stop's to its
deliveries and collections by the floor places they take (in equal parts where nothing takes any). What a third party carries
costs its price, and makes no stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from planner.kinds import DAYS, Choice, Code, Decimal, Integer, Ref, Text, options
from planner.plan import Audit, Plan
from planner.problems.routes.rates import co2_km
from planner.problems.routes.tables import CATEGORIES, COSTS, FLOWS, GROUP, ROUTES, SKIPPED, STOPS, TRIPS, UNITS, VEHICLES
from planner.scenario import Scenario
from planner.schema import Column, Table, rows
from planner.sites import ESTABLISHMENTS, SITES, WEEKS_PER_YEAR

BY = options(("flow", "nature de flux", "kind of flow"), ("establishment", "établissement servi", "establishment served"))
BY_FLOW = Table(
    "routes_by_flow", "Coût par flux et établissement", "Cost by flow and establishment", key=("by", "code"), group=GROUP, result=True,
    help_fr="Le coût entier des tournées, réparti : kilomètres au prorata des km des tours ; chauffeurs et véhicules au prorata du temps des tours ; un tour entre ses arrêts à parts égales ; un arrêt entre ses livraisons et collectes selon les places prises.",
    help_en="The whole cost of the routes, shared out: kilometres by the trips' km; drivers and vehicles by the trips' time; a trip between its stops in equal parts; a stop between its deliveries and collections by the places they take.",
    columns=(
        Column("by", Choice(BY), "Par", "By"),
        Column("code", Code(), "Code", "Code"),
        Column("name", Text(), "Nom", "Name"),
        Column("today_cost", Decimal(), "Coût aujourd'hui", "Cost today", "€/an", decimals=0),
        Column("cost", Decimal(), "Coût du plan", "Cost of the plan", "€/an", decimals=0),
        Column("units", Decimal(), "Contenants pleins", "Full units", "/sem.", decimals=0, help_fr="Livrés ou collectés par semaine.", help_en="Delivered or collected a week."),
        Column("today_unit_cost", Decimal(), "Par contenant aujourd'hui", "Per unit today", "€/unité", decimals=2),
        Column("unit_cost", Decimal(), "Par contenant du plan", "Per unit of the plan", "€/unité", decimals=2),
        Column("today_stops", Decimal(), "Arrêts aujourd'hui", "Stops today", "arrêts/sem.", decimals=1, help_fr="Un arrêt qui sert plusieurs flux compte pour la part de chacun.", help_en="A stop that serves several flows counts for each one's part."),
        Column("stops", Decimal(), "Arrêts du plan", "Stops of the plan", "arrêts/sem.", decimals=1),
        Column("today_km", Decimal(), "Distance aujourd'hui", "Distance today", "km/sem.", decimals=0, help_fr="La part de chacun dans les kilomètres des tours.", help_en="Each one's part of the trips' kilometres."),
        Column("km", Decimal(), "Distance du plan", "Distance of the plan", "km/sem.", decimals=0),
        Column("today_co2", Decimal(), "CO2 aujourd'hui", "CO2 today", "tCO2e/an", decimals=1),
        Column("co2", Decimal(), "CO2 du plan", "CO2 of the plan", "tCO2e/an", decimals=1),
        Column("today_on_time", Decimal(), "À l'heure aujourd'hui", "On time today", "%", decimals=1, help_fr="Part des livraisons et collectes commencées dans leur fenêtre.", help_en="Share of deliveries and collections started within their window."),
        Column("on_time", Decimal(), "À l'heure, plan", "On time, plan", "%", decimals=1),
    ),
)  # fmt: skip
USE = Table(
    "routes_vehicle_use", "Emploi des véhicules", "Use of vehicles", key=("vehicle", "number"), group=GROUP, result=True,
    help_fr="Ce que fait chaque véhicule dans la semaine, tous ses services ensemble (« Même véhicule que »).", help_en="What each vehicle does in the week, all its shifts together (“Same vehicle as”).",
    columns=(
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
        Column("number", Integer(), "N° de véhicule", "Vehicle number"),
        Column("days", Integer(), "Jours de sortie", "Days out", "/sem."),
        Column("trips", Integer(), "Tours", "Trips", "/sem."),
        Column("stops", Integer(), "Arrêts", "Stops", "arrêts/sem."),
        Column("km", Decimal(), "Distance", "Distance", "km/sem.", decimals=0),
        Column("hours", Decimal(), "Heures", "Hours", "h/sem.", decimals=1),
        Column("use", Decimal(), "Emploi", "Use", "%", decimals=0, help_fr="Heures de service, en part de tous ses services entiers, chaque jour de la semaine (sept jours).", help_en="Duty hours, as a share of all its whole shifts on each day of the week (seven days)."),
        Column("fill", Decimal(), "Remplissage au plus fort", "Highest fill", "%", decimals=0, help_fr="Moyenne des services.", help_en="Mean of its duties."),
    ),
)  # fmt: skip


def by_flow(scenario: Scenario, plan: Plan, audit: Audit, before: Scenario, today: Plan | None, today_audit: Audit | None, lang: str) -> pd.DataFrame:
    """Table BY_FLOW of a plan of `scenario` and of today's routes, on the data `before`; today's columns are empty where they are not known."""
    owner = {row.site: row.establishment for row in scenario.rows(SITES.name)}
    names = {row.establishment: row.name for row in scenario.rows(ESTABLISHMENTS.name)}
    kinds = Choice(CATEGORIES)
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    known = today is not None and today_audit is not None and STOPS.name in today.tables
    for prefix, told, one, judged in (("today_", before, today, today_audit), ("", scenario, plan, audit)):
        if one is None or judged is None or STOPS.name not in one.tables:
            continue
        flows = {row.flow: row for row in told.rows(FLOWS.name)}
        for share in shares(told, one, judged):
            flow = flows[share["flow"]]
            for key in (("flow", flow.category), ("establishment", flow.establishment or owner[flow.destination])):
                for name in ("cost", "stops", "km", "co2", "rows", "late", "units"):
                    found[key][prefix + name] += share[name]
    made = []
    for (by, code), sums in sorted(found.items(), key=lambda pair: (pair[0][0] != "flow", -pair[1]["cost"])):
        line: dict[str, Any] = {"by": by, "code": code, "name": names.get(code, code) if by == "establishment" else kinds.label(code, lang), "units": round(sums["units"], 3)}
        for prefix in ("today_", "") if known else ("",):
            line[f"{prefix}cost"], line[f"{prefix}stops"], line[f"{prefix}co2"] = sums[f"{prefix}cost"], sums[f"{prefix}stops"], sums[f"{prefix}co2"]
            line[f"{prefix}km"] = sums[f"{prefix}km"] / (before if prefix else scenario).value(WEEKS_PER_YEAR)
            units = sums[f"{prefix}units"] * scenario.value(WEEKS_PER_YEAR)
            line[f"{prefix}unit_cost"] = sums[f"{prefix}cost"] / units if units else None
            line[f"{prefix}on_time"] = 100 * (1 - sums[f"{prefix}late"] / sums[f"{prefix}rows"]) if sums[f"{prefix}rows"] else None
        made.append(line)
    return BY_FLOW.frame(made)


def shares(scenario: Scenario, plan: Plan, audit: Audit, alone: Callable[[Any, Any], float] | None = None) -> list[dict[str, Any]]:
    """Each delivery or collection of the week with its part of cost (€/year), km (a year), stop, CO2 (t/year), and whether it is late.

    `alone`: what a stop would cost by itself, by its trip and a row of it; a trip's cost is then shared in proportion (in equal parts
    where nothing costs anything), else in equal parts."""
    units = {row.unit: row for row in scenario.rows(UNITS.name)}
    places = {row.flow: units[row.unit].places for row in scenario.rows(FLOWS.name)}
    emitted = {row.vehicle: co2_km(scenario, row) for row in scenario.rows(VEHICLES.name)}
    weeks = scenario.value(WEEKS_PER_YEAR)
    trips = list(rows(TRIPS, plan.tables[TRIPS.name]))
    km: Mapping[str, float] = _sums((trip.vehicle, trip.km or 0.0) for trip in trips)
    minutes = _sums((trip.vehicle, trip.returns - trip.loads) for trip in trips)
    by_km = _sums((line.item, line.amount or 0.0) for line in rows(COSTS, audit.costs) if line.line == "vehicle_km")
    types = list(scenario.rows(VEHICLES.name))
    pots = [  # what is shared by time, and among which vehicle types: those of a team, the two shifts of a vehicle, or one alone
        (line.amount or 0.0, {v.vehicle for v in types if line.item == (v.team if line.line in ("crew", "crew_overtime") else (v.same_as or v.vehicle) if line.line == "vehicle_fixed" else v.vehicle)})
        for line in rows(COSTS, audit.costs) if line.line not in ("vehicle_km", "third_party", "missed")  # the last two are of flows, whose codes may be those of vehicles
    ]  # fmt: skip
    by_time = _sums((code, amount * minutes[code] / spent) for amount, codes in pots if (spent := sum(minutes.get(c, 0.0) for c in codes)) for code in codes if code in minutes)
    late = {issue.row for issue in audit.issues if issue.code == "routes_window" and issue.table == STOPS.name}
    stops: dict[tuple[Any, ...], dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(STOPS, plan.tables[STOPS.name]):
        stops[row.day, row.vehicle, row.number, row.trip][row.position].append(row)
    shared = []
    for trip in trips:
        code = trip.vehicle
        cost = by_km.get(code, 0.0) * (trip.km or 0.0) / km[code] if km[code] else 0.0
        cost += by_time.get(code, 0.0) * (trip.returns - trip.loads) / minutes[code] if minutes[code] else 0.0
        co2 = (trip.km or 0.0) * emitted.get(code, 0.0) * weeks / 1000
        there = stops[trip.day, trip.vehicle, trip.number, trip.trip]
        delivered = {(row.flow, row.visit) for moves in there.values() for row in moves if row.action == "deliver"}
        apart = {position: 1.0 if alone is None else alone(trip, moves[0]) for position, moves in there.items()}
        if not sum(apart.values()) > 0:
            apart = dict.fromkeys(there, 1.0)
        whole = sum(apart.values())
        for position, moves in there.items():
            taken = [places[row.flow] * (row.quantity or 0.0) for row in moves]
            for row, weight in zip(moves, taken, strict=True):
                within = weight / sum(taken) if sum(taken) > 0 else 1 / len(moves)
                part = within * apart[position] / whole
                shared.append({"flow": row.flow, "cost": cost * part, "km": (trip.km or 0.0) * weeks * part, "co2": co2 * part, "stops": within, "rows": 1, "late": row.index_ in late,
                               "units": (row.quantity or 0.0) if row.action == "deliver" or (row.action == "collect" and (row.flow, row.visit) not in delivered) else 0.0})  # fmt: skip
    left = [row for row in rows(SKIPPED, plan.tables[SKIPPED.name]) if row.means == "third_party"] if SKIPPED.name in plan.tables else []
    shared += [{"flow": row.flow, "cost": weeks * (row.cost or 0.0), "km": 0.0, "co2": 0.0, "stops": 0.0, "rows": 0, "late": False, "units": row.quantity or 0.0} for row in left]
    return shared


def _sums(pairs: Any) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for key, value in pairs:
        found[key] += value
    return found


def _all(found: list[Any], name: str) -> float:
    return sum(getattr(row, name) or 0.0 for row in found)


def vehicle_use(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Table USE: the shifts of one vehicle are one row, by the type that stands for its vehicles."""
    physical = {row.vehicle: row.same_as or row.vehicle for row in scenario.rows(VEHICLES.name)}
    duty = _sums((physical[row.vehicle], row.duty_minutes) for row in scenario.rows(VEHICLES.name))
    order = {row.vehicle: row.index_ for row in scenario.rows(VEHICLES.name)}
    days: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in rows(ROUTES, plan.tables[ROUTES.name]):
        days[physical[row.vehicle], row.number].append(row)
    return USE.frame(
        [
            {"vehicle": code, "number": number, "days": len({row.day for row in out}), "trips": _all(out, "trips"), "stops": _all(out, "stops"), "km": _all(out, "km"),
             "hours": _all(out, "duty") / 60, "use": 100 * _all(out, "duty") / (len(DAYS) * duty[code]), "fill": _all(out, "fill") / len(out)}
            for (code, number), out in sorted(days.items(), key=lambda pair: (order[pair[0][0]], pair[0][1]))
        ]
    )  # fmt: skip
