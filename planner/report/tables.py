"""The tables that a result workbook adds to those of the plans: findings, key figures, map, figures used, origin."""

from __future__ import annotations

from planner.kinds import MARKS, Choice, Code, Decimal, Integer, Option, Ref, Text, options
from planner.problems.kitchens.tables import MODES
from planner.schema import Column, Table
from planner.sites import DAY_CHOICE, SITE_KINDS, WHOLE_GROUP
from planner.study import PROBLEMS

GROUP = "study"
ORIGINS = options(("workbook", "classeur", "workbook"), ("default", "valeur par défaut", "default"))
PHASES = options(("study", "ensemble", "overall"), ("plan", "plan", "plan"), ("today", "aujourd'hui", "today"))
SEVERITIES = options(("error", "erreur", "error"), ("warning", "avertissement", "warning"), ("info", "information", "information"))


def _result(name: str, fr: str, en: str, help_fr: str, help_en: str, *columns: Column, key: tuple[str, ...] = ()) -> Table:
    return Table(name, fr, en, columns, key, GROUP, result=True, help_fr=help_fr, help_en=help_en)


ISSUES = _result(
    "issues", "Anomalies et avertissements", "Faults and warnings",
    "Tout ce que la lecture, les contrôles, le calcul et l'audit ont constaté.", "All that reading, checks, solving and audits found.",
    Column("severity", Choice(SEVERITIES), "Gravité", "Severity"),
    Column("problem", Choice(PROBLEMS), "Fonction", "Function", help_fr="Vide : l'étude entière.", help_en="Empty: the whole study."),
    Column("phase", Choice(PHASES), "Porte sur", "About"),
    Column("place", Text(), "Où", "Where", help_fr="Feuille et cellule du classeur.", help_en="Sheet and cell of the workbook."),
    Column("words", Text(), "Constat", "Finding"),
    Column("mend", Text(), "Que faire", "What to do"),
)  # fmt: skip

FIGURES_TABLE = _result(
    "key_figures", "Indicateurs", "Key figures",
    "Chaque indicateur aujourd'hui et dans le plan, recalculé par l'audit ; le groupement d'abord.",
    "Each key figure today and in the plan, recomputed by the audit; the group first.",
    Column("problem", Choice(PROBLEMS), "Fonction", "Function"),
    Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", none=WHOLE_GROUP),
    Column("name", Text(), "Nom", "Name", help_fr="Nom de l'établissement.", help_en="The establishment's name."),
    Column("figure", Text(), "Indicateur", "Key figure"),
    Column("unit", Text(), "Unité", "Unit"),
    Column("today", Decimal(), "Aujourd'hui", "Today"),
    Column("plan", Decimal(), "Plan", "Plan"),
    Column("change", Decimal(), "Écart", "Change", help_fr="Plan moins aujourd'hui.", help_en="Plan minus today."),
    key=("problem", "establishment", "figure"),
)  # fmt: skip

MAP_SITES = _result(
    "map_sites", "Carte - sites", "Map - sites", "Les sites avec leurs coordonnées (WGS 84).", "Sites with their coordinates (WGS 84).",
    Column("site", Code(), "Site", "Site"),
    Column("name", Text(), "Nom", "Name"),
    Column("establishment", Ref(table="establishments"), "Établissement", "Establishment"),
    Column("kind", Choice(SITE_KINDS), "Type", "Kind"),
    Column("lat", Decimal(), "Latitude", "Latitude", "°", decimals=5),
    Column("lon", Decimal(), "Longitude", "Longitude", "°", decimals=5),
    Column("kitchen", Ref(table="kitchens"), "Cuisine sur place", "Kitchen here", help_fr="Cuisine ouverte en fin de plan.", help_en="Kitchen open at the end of the plan."),
    Column("fed_by", Ref(table="kitchens"), "Nourri par", "Fed by", help_fr="En fin de plan.", help_en="At the end of the plan."),
    Column("visits", Integer(), "Passages par semaine", "Visits per week"),
    key=("site",),
)  # fmt: skip

MAP_KITCHENS = _result(
    "map_kitchens", "Carte - cuisines", "Map - kitchens", "Qui nourrit qui en fin de plan : un trait par site servi.", "Who feeds whom at the end of the plan: a line per site served.",
    Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
    Column("site", Ref(table="sites"), "Site servi", "Site served"),
    Column("today", Ref(table="kitchens"), "Cuisine actuelle", "Kitchen today"),
    Column("mode", Choice(MODES), "Liaison", "Mode"),
    Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0),
    Column("km", Decimal(), "Distance", "Distance", "km", decimals=1),
    Column("minutes", Decimal(), "Durée", "Time", "min", decimals=1),
    Column("from_lat", Decimal(), "Latitude cuisine", "Kitchen latitude", "°", decimals=5),
    Column("from_lon", Decimal(), "Longitude cuisine", "Kitchen longitude", "°", decimals=5),
    Column("to_lat", Decimal(), "Latitude site", "Site latitude", "°", decimals=5),
    Column("to_lon", Decimal(), "Longitude site", "Site longitude", "°", decimals=5),
    key=("kitchen", "site"),
)  # fmt: skip

MAP_LEGS = _result(
    "map_legs", "Carte - tournées", "Map - routes", "Chaque trajet de chaque tournée, du départ au retour au dépôt.", "Each leg of each route, from the depot and back.",
    Column("day", Choice(DAY_CHOICE), "Jour", "Day"),
    Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
    Column("number", Integer(), "N° de véhicule", "Vehicle number"),
    Column("trip", Integer(), "Tour", "Trip"),
    Column("leg", Integer(), "Étape", "Leg"),
    Column("origin", Ref(table="sites"), "De", "From"),
    Column("destination", Ref(table="sites"), "À", "To"),
    Column("km", Decimal(), "Distance", "Distance", "km", decimals=1),
    Column("minutes", Decimal(), "Durée", "Time", "min", decimals=1),
    Column("from_lat", Decimal(), "Latitude départ", "Start latitude", "°", decimals=5),
    Column("from_lon", Decimal(), "Longitude départ", "Start longitude", "°", decimals=5),
    Column("to_lat", Decimal(), "Latitude arrivée", "End latitude", "°", decimals=5),
    Column("to_lon", Decimal(), "Longitude arrivée", "End longitude", "°", decimals=5),
    key=("day", "vehicle", "number", "trip", "leg"),
)  # fmt: skip

USED = _result(
    "parameters_used", "Paramètres utilisés", "Parameters used", "Toutes les valeurs générales du calcul, leur marque et leur source.", "All general figures of the computation, their mark and source.",
    Column("parameter", Code(), "Code", "Code"),
    Column("name", Text(), "Paramètre", "Parameter"),
    Column("value", Decimal(), "Valeur", "Value", decimals=4),
    Column("unit", Text(), "Unité", "Unit"),
    Column("origin", Choice(ORIGINS), "Vient de", "Comes from", help_fr="Du classeur, ou valeur par défaut du planificateur.", help_en="From the workbook, or the planner's default."),
    Column("mark", Choice(MARKS), "Marque", "Mark", help_fr="Sourcé, dérivé (calculé), estimation ou inventé.", help_en="Sourced, derived (computed), estimate or invented."),
    Column("source", Text(), "Source", "Source"),
    Column("low", Decimal(), "Usuel, de", "Usual, from", decimals=4),
    Column("high", Decimal(), "Usuel, à", "Usual, to", decimals=4),
    key=("parameter",),
)  # fmt: skip

PROVENANCE = _result(
    "provenance", "Traçabilité", "Provenance", "D'où viennent ces résultats et comment les refaire.", "Where these results come from and how to make them again.",
    Column("item", Text(), "Élément", "Item"),
    Column("value", Text(), "Valeur", "Value"),
    key=("item",),
)  # fmt: skip

COUNTED = Column("counted", Choice((Option("yes", "oui", "yes"), Option("no", "non", "no"))), "Compté dans l'économie", "Counted in the saving",
                 help_fr="Non : ce coût de livraison est chiffré par les tournées.", help_en="No: this delivery is costed by the routes.")  # fmt: skip
