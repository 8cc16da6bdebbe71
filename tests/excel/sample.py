"""A small whole scenario, every table filled, to plant faults in and to send round trips."""

from __future__ import annotations

import datetime as dt

from planner.catalog import PARAMETERS, TABLES
from planner.excel.template import parameter_frame
from planner.scenario import Scenario


def scenario() -> Scenario:
    """Twelve sites of two establishments, with kitchens, routes and purchases."""
    sites = [f"{10_000 + n:09d}" for n in range(12)]
    made = Scenario.of(
        "essai",
        TABLES,
        {
            "establishments": [
                {"establishment": "CHLR", "name": "Groupe hospitalier", "support": True, "charges": 412_000_000},
                {"establishment": "CHR", "name": "Centre hospitalier", "entry": dt.date(2027, 1, 1)},
            ],
            "sites": [
                {"site": code, "name": f"Site {n}", "establishment": "CHLR" if n % 2 else "CHR", "lat": round(46.1 + n / 100, 5), "lon": round(-1.1 - n / 100, 5), "zone": "coast", "address": f"{n} rue de l'Hôpital"}
                for n, code in enumerate(sites)
            ],
            "windows": [{"site": code, "day_type": "weekday", "opens": 390, "closes": 720} for code in sites],
            "travel": [{"origin": sites[0], "destination": code, "km": 4.5 * n, "minutes": 6.0 * n} for n, code in enumerate(sites[1:], start=1)],
            "calendar": [{"date": dt.date(2027, 1, 1), "name": "jour de l'an"}, {"date": dt.date(2027, 3, 29), "name": "lundi de Pâques"}, {"date": dt.date(2027, 5, 1)}],
            "changes": [{"variant": "V1", "step": 1, "table": "Sites", "filter": "Zone = littoral ou île", "column": "Temps fixe d'arrêt", "operation": "*", "value": "1,2", "note": "=10 min"}],
            "kitchens": [
                {"kitchen": "K1", "name": "Cuisine nord", "site": sites[0], "establishment": "CHLR", "modes": ("hot", "cold")},
                {"kitchen": "K2", "name": "Cuisine sud", "site": sites[1], "establishment": "CHR", "modes": ("cold",), "status": "candidate", "earliest_year": 2029},
            ],
            "kitchen_levels": [{"kitchen": k, "level": n, "capacity": 1000 * n, "investment": 500_000.0 * n, "today": n == 1} for k in ("K1", "K2") for n in (1, 2, 3)],
            "meal_demand": [{"site": code, "public": "patients", "diet": "normal", "meals": 12_345.5, "growth": -1.5, "modes": ("cold",), "current_kitchen": "K1"} for code in sites],
            "site_equipment": [{"site": code, "regeneration": True} for code in sites[:3]],
            "yearly_limits": [{"year": 2027, "investment": 2_000_000, "departures": 3.5}],
            "depots": [{"depot": "D1", "name": "Plateforme", "site": sites[0]}],
            "vehicle_types": [{"vehicle": "V12", "name": "Porteur 12 t", "depot": "D1", "establishment": "CHLR", "count": 3, "places": 18, "kg": 4500, "gvw": 12}],
            "handling_units": [{"unit": "roll"}],
            "flows": [{"flow": f"F{n}", "category": "linen", "origin": sites[0], "destination": code, "quantity": 4, "unit": "roll", "days": ("mon", "wed", "fri")} for n, code in enumerate(sites[1:])],
            "families": [{"family": "EPI", "name": "Épicerie", "food": True}],
            "lots": [{"lot": "L1", "name": "Conserves", "family": "EPI"}, {"lot": "L2", "name": "Sucre", "family": "EPI"}],
            "articles": [{"article": f"A{n}", "name": f"Article {n}", "lot": "L1" if n < 5 else "L2"} for n in range(9)],
            "suppliers": [{"supplier": "S1", "name": "Grossiste", "fee": 1.25}, {"supplier": "S2", "name": "Centrale", "channel": "national"}],
            "needs": [{"establishment": "CHLR", "article": f"A{n}", "quantity": 100.0 * n, "current_price": 1.2345, "contract_end": dt.date(2028, 6, 30)} for n in range(9)],
            "offers": [{"supplier": s, "article": f"A{n}", "price": round(1.1 + n / 7, 4)} for s in ("S1", "S2") for n in range(9)],
            "discounts": [{"supplier": "S1", "scope": "lot", "lot": "L1", "threshold": 1000, "rate": 2.5}],
            "purchasing_rules": [{"rule": "R1", "kind": "max_winners", "value": 2}],
        },
    )
    return made.replace("parameters", parameter_frame(PARAMETERS, "fr"))
