"""The tables that all problems share, and the parameters of no problem in particular."""

from __future__ import annotations

from dataclasses import dataclass

from planner.kinds import DAYS, MARKS, Choice, Code, Date, Decimal, Flag, Integer, Ref, Text, Time, options
from planner.schema import Column, Table


@dataclass(frozen=True)
class Parameter:
    """One figure that can be changed in the « Paramètres » sheet.

    `value`: the default, within [`low`, `high`] (the field's usual range; `least`/`most`: what makes
    sense at all); `mark`: sourced, derived or estimate; `source`: where the default comes from.
    """

    code: str
    value: float
    unit: str
    fr: str
    en: str
    mark: str = "estimate"
    source: str = ""
    low: float | None = None
    high: float | None = None
    least: float = 0.0
    most: float = 1e9

    def name(self, lang: str) -> str:
        return self.fr if lang == "fr" else self.en


ESTIMATE = "estimation d'ingénierie, sans source trouvée"

FIRST_YEAR = Parameter("first_year", 2027, "", "Première année du plan", "First year of the plan", "estimate", "choix du scénario", least=2000, most=2100)
HORIZON_YEARS = Parameter("horizon_years", 5, "an", "Nombre d'années du plan", "Years in the plan", "estimate", "choix du scénario", 1, 10, 1, 10)
DISCOUNT_RATE = Parameter("discount_rate", 4, "%", "Taux d'actualisation", "Discount rate", "estimate", ESTIMATE, 2, 6, 0, 20)
WEEKS_PER_YEAR = Parameter("weeks_per_year", 52, "sem.", "Semaines de livraison par an", "Delivery weeks per year", "estimate", "convention : 52 semaines", 50, 53, 1, 53)
DETOUR_RURAL = Parameter("detour_rural", 1.33, "", "Détour route / vol d'oiseau, plaine", "Road / crow detour, plain", "derived", "médiane mesurée sur le réseau du Nord", 1.2, 1.6, 1, 5)
DETOUR_COAST = Parameter("detour_coast", 1.25, "", "Détour route / vol d'oiseau, littoral et îles", "Road / crow detour, coast and islands", "derived", "médiane mesurée sur le réseau de Charente-Maritime", 1.2, 1.8, 1, 5)
DETOUR_URBAN = Parameter("detour_urban", 1.35, "", "Détour route / vol d'oiseau, agglomération", "Road / crow detour, urban area", "estimate", ESTIMATE, 1.25, 1.5, 1, 5)
DETOUR_DENSE = Parameter("detour_dense", 1.3, "", "Détour route / vol d'oiseau, centre dense (Paris)", "Road / crow detour, dense centre (Paris)", "estimate", ESTIMATE, 1.25, 1.4, 1, 5)
SPEED_RURAL = Parameter("speed_rural", 52, "km/h", "Vitesse moyenne, plaine (départementale)", "Average speed, plain (departmental road)", "estimate", ESTIMATE, 45, 60, 5, 130)
SPEED_COAST = Parameter("speed_coast", 52, "km/h", "Vitesse moyenne, littoral et îles", "Average speed, coast and islands", "estimate", ESTIMATE, 45, 60, 5, 130)
SPEED_URBAN = Parameter("speed_urban", 25, "km/h", "Vitesse moyenne, agglomération", "Average speed, urban area", "estimate", ESTIMATE, 20, 35, 5, 130)
SPEED_DENSE = Parameter("speed_dense", 18, "km/h", "Vitesse moyenne, centre dense (Paris)", "Average speed, dense centre (Paris)", "estimate", ESTIMATE, 12, 22, 5, 130)
TOWN_KM = Parameter("town_km", 8, "km", "Kilomètres parcourus à la vitesse de la ville, à chaque bout urbain d'un trajet", "Kilometres driven at town speed, at each urban end of a trip", "estimate", ESTIMATE, 5, 12, 0, 100)
SNAP_LIMIT = Parameter("snap_limit", 1, "km", "Distance maximale d'un site à la route la plus proche", "Longest distance from a site to the nearest road", "estimate", "choix du scénario", 0.2, 3, 0, 100)
DRIVER_COST = Parameter("driver_cost", 32, "€/h", "Coût horaire d'un chauffeur", "Hourly cost of a driver", "estimate", "48 k€/an pour 1 500 h ; estimation", 26, 38, 1, 200)
ETP_COST = Parameter("etp_cost", 48000, "€/an", "Coût annuel d'un ETP logistique ou restauration", "Yearly cost of one logistics or catering FTE", "estimate", "43 579 €/ETPR en 2013 (ATIH, bilans sociaux), actualisé", 42000, 56000, 1000, 200000)

COMMON_PARAMETERS = (
    FIRST_YEAR, HORIZON_YEARS, DISCOUNT_RATE, WEEKS_PER_YEAR, DETOUR_RURAL, DETOUR_COAST, DETOUR_URBAN, DETOUR_DENSE,
    SPEED_RURAL, SPEED_COAST, SPEED_URBAN, SPEED_DENSE, TOWN_KM,
    SNAP_LIMIT, DRIVER_COST, ETP_COST,
)  # fmt: skip

DAY_TYPES = options(
    ("weekday", "semaine", "weekday"), ("saturday", "samedi", "Saturday"),
    ("sunday", "dimanche", "Sunday"), ("holiday", "férié", "holiday"),
    ("mon", "lundi", "Monday"), ("tue", "mardi", "Tuesday"), ("wed", "mercredi", "Wednesday"), ("thu", "jeudi", "Thursday"), ("fri", "vendredi", "Friday"),
)  # fmt: skip
ZONES = options(
    ("rural", "plaine", "plain"), ("coast", "littoral ou île", "coast or island"),
    ("urban", "agglomération", "urban area"), ("dense", "centre dense", "dense centre"),
)  # fmt: skip
SITE_KINDS = options(
    ("hospital", "hôpital", "hospital"), ("psychiatry", "hôpital psychiatrique", "psychiatric hospital"),
    ("rehabilitation", "SSR", "rehabilitation"), ("nursing", "EHPAD ou USLD", "nursing home"),
    ("day", "hôpital de jour", "day hospital"), ("clinic", "CMP ou CATTP", "outpatient clinic"),
    ("school", "école ou ville", "school or town"), ("platform", "plateforme logistique", "logistics platform"),
    ("supplier", "fournisseur ou prestataire", "supplier or contractor"), ("other", "autre", "other"),
)  # fmt: skip
OPERATIONS = options(("=", "=", "="), ("+", "+", "+"), ("*", "×", "×"))

WHOLE_GROUP = ("Tout le groupement", "The whole group")  # what a line of a result without an establishment is about
MARK = Column("mark", Choice(MARKS), "Marque", "Mark", default="estimate",
              help_fr="D'où vient la ligne : sourcé, dérivé (calculé), estimation ou inventé.",
              help_en="Where the row comes from: sourced, derived (computed), estimate or invented.")  # fmt: skip
SOURCE = Column("source", Text(), "Source", "Source", help_fr="Document ou calcul d'où vient la valeur.", help_en="Document or calculation the value comes from.")

PARAMETERS = Table(
    "parameters", "Paramètres", "Parameters", key=("parameter",),
    help_fr="Les valeurs générales du calcul. Une ligne absente garde la valeur par défaut.",
    help_en="The general figures of the computation. A missing row keeps the default.",
    columns=(
        Column("parameter", Code(), "Code", "Code", required=True, help_fr="Code du paramètre (ne pas changer).", help_en="The parameter's code (do not change)."),
        Column("name", Text(), "Paramètre", "Parameter", help_fr="Nom en clair ; sans effet sur le calcul.", help_en="Plain name; no effect on the computation."),
        Column("value", Decimal(), "Valeur", "Value", required=True, help_fr="La valeur utilisée.", help_en="The value used."),
        Column("unit", Text(), "Unité", "Unit", help_fr="Unité de la valeur.", help_en="Unit of the value."),
        MARK, SOURCE,
    ),
)  # fmt: skip

ESTABLISHMENTS = Table(
    "establishments", "Établissements", "Establishments", key=("establishment",), required=True,
    help_fr="Les établissements du groupement, et les partenaires qui partagent une fonction.",
    help_en="The establishments of the group, and the partners that share a function.",
    columns=(
        Column("establishment", Code(), "Établissement", "Establishment", required=True, help_fr="Code court, utilisé dans les autres feuilles.", help_en="Short code, used on the other sheets."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom complet.", help_en="Full name."),
        Column("support", Flag(), "Établissement support", "Support establishment", default=False, help_fr="L'établissement support du GHT.", help_en="The group's support establishment."),
        Column("member", Flag(), "Membre du GHT", "Member of the group", default=True, help_fr="Non pour un partenaire (ville, associé).", help_en="No for a partner (town, associate)."),
        Column("entry", Date(), "Entrée", "Entry", help_fr="Date d'entrée dans la mutualisation (vide : depuis le début).", help_en="Date of entry (empty: from the start)."),
        Column("exit", Date(), "Sortie", "Exit", help_fr="Date de retrait (vide : reste).", help_en="Date of withdrawal (empty: stays)."),
        Column("charges", Decimal(min=0), "Charges annuelles", "Yearly charges", "€", help_fr="Charges retenues pour la clé de répartition (hors comptes 653, 66, 67, 68, moins 7087).", help_en="Charges for the statutory sharing key (less accounts 653, 66, 67, 68 and 7087).", decimals=0),
        Column("co2_limit", Decimal(min=0), "CO2 maximal des tournées", "Largest CO2 of routes", "t/an", help_fr="Ce que ses véhicules peuvent émettre en un an (vide : sans limite).", help_en="What its vehicles may emit in a year (empty: no limit).", decimals=1),
        MARK, SOURCE,
    ),
)  # fmt: skip

SITES = Table(
    "sites", "Sites", "Sites", key=("site",), required=True,
    help_fr="Tous les lieux : hôpitaux, points de livraison, cuisines, plateformes, prestataires.",
    help_en="All places: hospitals, delivery points, kitchens, platforms, contractors.",
    columns=(
        Column("site", Code(), "Site", "Site", required=True, help_fr="Code court, utilisé dans les autres feuilles.", help_en="Short code, used on the other sheets."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="À qui est le site.", help_en="Who owns the site."),
        Column("kind", Choice(SITE_KINDS), "Type", "Kind", default="other", help_fr="Type de site.", help_en="Kind of site."),
        Column("address", Text(), "Adresse", "Address", help_fr="Adresse postale.", help_en="Postal address."),
        Column("lat", Decimal(-90, 90), "Latitude", "Latitude", "°", required=True, help_fr="Degrés décimaux (WGS 84).", help_en="Decimal degrees (WGS 84).", decimals=5),
        Column("lon", Decimal(-180, 180), "Longitude", "Longitude", "°", required=True, help_fr="Degrés décimaux (WGS 84).", help_en="Decimal degrees (WGS 84).", decimals=5),
        Column("zone", Choice(ZONES), "Zone", "Zone", default="rural", help_fr="Fixe le détour et la vitesse quand le trajet n'est pas importé.", help_en="Sets detour and speed where the trip is not imported."),
        Column("max_gvw", Decimal(0, 44), "Plus grand véhicule", "Largest vehicle", "t PTAC", default=19.0, help_fr="PTAC du plus grand véhicule qui peut accéder au quai.", help_en="Gross weight of the largest vehicle that can reach the dock.", decimals=1),
        Column("needs_tail_lift", Flag(), "Hayon nécessaire", "Tail lift needed", default=False, help_fr="Oui s'il n'y a pas de quai.", help_en="Yes where there is no dock."),
        Column("stop_minutes", Decimal(0, 240), "Temps fixe d'arrêt", "Fixed stop time", "min", default=10.0, help_fr="Minutes par arrêt, hors manutention de chaque rolls.", help_en="Minutes per stop, without handling each roll.", decimals=1),
        Column("dock_notes", Text(), "Consignes de quai", "Dock notes", help_fr="Imprimées sur les feuilles de route : accès, badge, qui appeler ; sans effet sur le calcul.", help_en="Printed on the road sheets: access, badge, whom to call; no effect on the computation."),
        Column("low_emission_zone", Flag(), "En ZFE", "In low-emission zone", default=False, help_fr="Le site est dans une zone à faibles émissions.", help_en="The site is in a low-emission zone."),
        Column("emission_zone", Ref(table="low_emission_zones"), "Zone ZFE", "Emission zone", help_fr="Zone dont le calendrier joue, au lieu de l'interdiction permanente de « En ZFE ».", help_en="Zone whose calendar applies, instead of the permanent ban of “In low-emission zone”."),
        MARK, SOURCE,
    ),
)  # fmt: skip

WINDOWS = Table(
    "windows", "Horaires", "Opening windows", key=("site", "day_type", "opens"),
    help_fr="Horaires d'ouverture du quai par type de jour, plusieurs lignes possibles. Un site sans aucune ligne est ouvert en permanence ; un site qui a des lignes est fermé les jours sans ligne. Les véhicules basés sur le site suivent les horaires de leur dépôt.",
    help_en="Dock opening by day type, several rows allowed. A site without any row is always open; a site with rows is closed on the day types without one. Vehicles based on the site keep to the hours of their depot.",
    columns=(
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Le site.", help_en="The site."),
        Column("day_type", Choice(DAY_TYPES), "Type de jour", "Day type", required=True, help_fr="Semaine, samedi, dimanche ou férié ; ou un jour nommé (mercredi…), dont les lignes remplacent ce jour-là celles de la semaine.", help_en="Weekday, Saturday, Sunday or holiday; or a named day (Wednesday…), whose rows replace those of the weekday on that day."),
        Column("opens", Time(), "Ouvre", "Opens", required=True, help_fr="Début d'ouverture.", help_en="Opening time."),
        Column("closes", Time(), "Ferme", "Closes", required=True, help_fr="Fin d'ouverture (dernier début de déchargement).", help_en="Closing time (latest start of unloading)."),
    ),
)  # fmt: skip

TRAVEL = Table(
    "travel", "Trajets", "Travel", key=("origin", "destination"),
    help_fr="Distances et durées importées. Le sens inverse est pris s'il manque ; sinon la route ou le vol d'oiseau.",
    help_en="Imported distances and times. The reverse direction is used where one is missing; else roads or crow distance.",
    columns=(
        Column("origin", Ref(table="sites"), "Origine", "Origin", required=True, help_fr="Site de départ.", help_en="Site of departure."),
        Column("destination", Ref(table="sites"), "Destination", "Destination", required=True, help_fr="Site d'arrivée.", help_en="Site of arrival."),
        Column("km", Decimal(0, 5000), "Distance", "Distance", "km", required=True, help_fr="Kilomètres par la route.", help_en="Kilometres by road.", decimals=1),
        Column("minutes", Decimal(0, 5000), "Durée", "Time", "min", required=True, help_fr="Minutes de conduite.", help_en="Driving minutes.", decimals=1),
        MARK, SOURCE,
    ),
)  # fmt: skip

CALENDAR = Table(
    "calendar", "Calendrier", "Calendar", key=("date",),
    help_fr="Jours fériés et fermetures.", help_en="Public holidays and closures.",
    columns=(
        Column("date", Date(), "Date", "Date", required=True, help_fr="Le jour.", help_en="The day."),
        Column("name", Text(), "Nom", "Name", help_fr="Par exemple : lundi de Pâques.", help_en="For example: Easter Monday."),
        SOURCE,
    ),
)  # fmt: skip

CHANGES = Table(
    "changes", "Variantes", "Variants", key=("variant", "step"),
    help_fr="Une variante est une suite de changements du scénario : table, filtre, colonne, opération, valeur.",
    help_en="A variant is a list of changes to the scenario: table, filter, column, operation, value.",
    columns=(
        Column("variant", Code(), "Variante", "Variant", required=True, help_fr="Nom court de la variante.", help_en="Short name of the variant."),
        Column("step", Integer(1, 1000), "Étape", "Step", required=True, help_fr="Ordre des changements.", help_en="Order of the changes."),
        Column("table", Text(), "Table", "Table", required=True, help_fr="Nom de la feuille à changer.", help_en="Name of the sheet to change."),
        Column("filter", Text(), "Filtre", "Filter", help_fr="Lignes concernées, par exemple : Site = LR01 ; Repas par an > 1000. Vide : toutes.", help_en="Rows concerned, for example: Site = LR01 ; Meals per year > 1000. Empty: all."),
        Column("column", Text(), "Colonne", "Column", required=True, help_fr="En-tête de la colonne à changer.", help_en="Header of the column to change."),
        Column("operation", Choice(OPERATIONS), "Opération", "Operation", default="=", help_fr="= remplace, + ajoute, × multiplie (une cellule vide le reste).", help_en="= replaces, + adds, × multiplies (an empty cell stays empty)."),
        Column("value", Text(), "Valeur", "Value", help_fr="La valeur, comme on l'écrirait dans la cellule.", help_en="The value, as it would be typed in the cell."),
        Column("note", Text(), "Commentaire", "Note", help_fr="Pourquoi ce changement.", help_en="Why this change."),
    ),
)  # fmt: skip

COMMON_TABLES = (PARAMETERS, ESTABLISHMENTS, SITES, WINDOWS, TRAVEL, CALENDAR, CHANGES)
DAY_CHOICE = DAYS
