"""What the routes problem is told and what its plans hold."""

from __future__ import annotations

from planner.kinds import DAYS, Choice, Clock, Code, Date, Decimal, Flag, Integer, Ref, Several, Text, Time, options
from planner.plan import Kpi
from planner.problems.base import cost_table
from planner.problems.routes.driver_tables import DRIVER_RESULTS, LAW_WEIGHT, TEAMS, VEHICLE_COLUMNS
from planner.schema import Column, Table
from planner.sites import ESTIMATE, MARK, SOURCE, Parameter

GROUP = "routes"
TEMPERATURES = options(("ambient", "ambiant", "ambient"), ("cold", "froid", "cold"), ("hot", "chaud", "hot"), ("frozen", "surgelé", "frozen"))
HYGIENE = options(("clean", "propre", "clean"), ("dirty", "sale", "dirty"), ("infectious", "déchets infectieux", "infectious waste"))  # cleanest first
CATEGORIES = options(
    ("meals", "repas", "meals"), ("linen", "linge", "linen"), ("stores", "magasin", "stores"), ("pharmacy", "pharmacie", "pharmacy"),
    ("waste", "déchets", "waste"), ("samples", "prélèvements", "samples"), ("mail", "courrier", "mail"),
)  # fmt: skip
CRIT_AIR = options(
    ("electric", "électrique", "electric"), ("1", "1", "1"), ("2", "2", "2"), ("3", "3", "3"), ("4", "4", "4"), ("5", "5", "5"),
    ("none", "non classé", "unclassified"),
)  # fmt: skip
SKIPS = options(
    ("missed", "non assuré (pénalité fictive)", "missed (notional penalty)"), ("third_party", "confié à un tiers (prix payé)", "served by a third party (price paid)"),
)  # fmt: skip
COLOADING = options(
    ("together", "ensemble", "together"), ("dirty_last", "sale après propre", "dirty after clean"), ("never", "jamais", "never"),
    ("disinfect", "après désinfection", "after disinfection"), ("dedicated", "véhicules dédiés", "dedicated vehicles"),
)  # fmt: skip
SHARING = options(("any", "tous les flux", "any flow"), ("own_depot", "flux de son dépôt", "flows of its depot"))
STOP_ACTIONS = options(
    ("deliver", "livrer", "deliver"), ("collect", "collecter", "collect"),
    ("take_back", "reprendre les vides", "take back empties"), ("give_back", "rendre les vides", "give back empties"),
)  # fmt: skip
VEHICLE_LINES = options(
    ("vehicle_fixed", "véhicules, coût fixe", "vehicles, fixed cost"), ("vehicle_km", "véhicules, kilomètres", "vehicles, kilometres"),
    ("driver", "chauffeurs", "drivers"), ("overtime", "heures supplémentaires", "overtime"),
    ("crew", "conducteurs, à l'année", "drivers, by the year"), ("crew_overtime", "heures supplémentaires de la semaine", "overtime of the week"),
    ("co2", "CO2 (prix fictif)", "CO2 (notional price)"), ("changes", "changements (prix fictif)", "changes (notional price)"),
)  # fmt: skip
LINES = VEHICLE_LINES + options(
    ("disinfection", "désinfections", "disinfections"),
    ("third_party", "passages confiés à un tiers", "visits by a third party"), ("missed", "passages non assurés (pénalité fictive)", "missed visits (notional penalty)"),
)  # fmt: skip

RELOAD_MINUTES = Parameter("reload_minutes", 20, "min", "Chargement au dépôt avant chaque départ (par défaut)", "Loading at the depot before each departure (default)", "estimate", ESTIMATE, 10, 40, 0, 240)
CO2_DIESEL = Parameter("co2_diesel", 3.10, "kgCO2e/l", "Émissions du gazole", "Diesel emissions", "sourced", "Base Carbone, facteur B7 2022", 3.07, 3.17, 0, 10)
EMPTY_WEIGHT = Parameter("empty_weight", 30, "%", "Poids d'un contenant vide, en part du plein", "Weight of an empty unit, share of a full one", "estimate", ESTIMATE, 15, 50, 0, 100)
CHANGE_PRICE = Parameter("routes_change_price", 0, "€", "Tournées : prix fictif d'un changement par rapport aux tournées retenues (un passage de la semaine type qui change de véhicule, compté une fois par an)", "Routes: notional price of a change from the accepted routes (one visit of the typical week on another vehicle, counted once a year)", "estimate", "choix du décideur", 0, 5000, 0, 1e6)
MOST_CHANGES = Parameter("routes_most_changes", 1_000_000, "", "Tournées : nombre maximal de changements par rapport aux tournées retenues (1 000 000 : sans limite)", "Routes: largest number of changes from the accepted routes (1,000,000: no limit)", "estimate", "choix du décideur", 0, 1_000_000, 0, 1_000_000)
CO2_PRICE = Parameter("routes_co2_price", 0, "€/t", "Tournées : prix fictif de la tonne de CO2, pesé dans le choix des tournées sans être une dépense", "Routes: notional price of a tonne of CO2, weighed in the choice of routes without being spent", "estimate", "choix du décideur", 0, 250, 0, 100_000)
MONTH = Parameter("routes_month", 1, "", "Tournées : mois de la semaine type, dans la première année du plan (règles datées des zones à faibles émissions)", "Routes: month of the typical week, in the first year of the plan (dated rules of low-emission zones)", "estimate", "choix du scénario", 1, 12, 1, 12)
CO2_LIMIT = Parameter("routes_co2_limit", 1_000_000, "t/an", "Tournées : CO2 annuel maximal des véhicules du groupement, hors passages confiés à un tiers (1 000 000 : sans limite)", "Routes: largest CO2 of the group's vehicles in a year, visits by a third party aside (1,000,000: no limit)", "estimate", "choix du décideur", 0, 1_000_000, 0, 1_000_000)
NO_LIMIT = MOST_CHANGES.value
PARAMETERS = (RELOAD_MINUTES, CO2_DIESEL, EMPTY_WEIGHT, LAW_WEIGHT, CO2_PRICE, CHANGE_PRICE, MOST_CHANGES, CO2_LIMIT, MONTH)

DEPOTS = Table(
    "depots", "Dépôts", "Depots", key=("depot",), group=GROUP,
    help_fr="D'où partent et où rechargent les véhicules.", help_en="Where vehicles start and reload.",
    columns=(
        Column("depot", Code(), "Dépôt", "Depot", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Où il se trouve.", help_en="Where it stands."),
        Column("opens", Time(), "Ouvre", "Opens", default=300, help_fr="Début du premier chargement possible. Pour les véhicules qui y sont basés, ces horaires tiennent lieu de ceux du quai.", help_en="Earliest start of loading. For the vehicles based there, these hours stand for those of the dock."),
        Column("closes", Time(), "Ferme", "Closes", default=1260, help_fr="Dernier retour possible.", help_en="Latest return."),
        Column("reload_minutes", Decimal(0, 240), "Chargement", "Loading", "min", help_fr="Minutes de chargement avant chaque départ, quelle que soit la charge ; décharger au retour ne prend pas de temps (vide : paramètre général).", help_en="Loading minutes before each departure, whatever the load; unloading on return takes no time (empty: general parameter).", decimals=0),
        MARK, SOURCE,
    ),
)  # fmt: skip

VEHICLES = Table(
    "vehicle_types", "Véhicules", "Vehicles", key=("vehicle",), group=GROUP,
    help_fr="Les types de véhicules par dépôt, et combien il y en a.", help_en="Vehicle types by depot, and how many there are.",
    columns=(
        Column("vehicle", Code(), "Véhicule", "Vehicle", required=True, help_fr="Code du type.", help_en="Code of the type."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("depot", Ref(table="depots"), "Dépôt", "Depot", required=True, help_fr="Dépôt d'attache, départ et retour.", help_en="Home depot, start and end."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="Qui en porte le coût.", help_en="Who bears its cost."),
        Column("carries", Choice(SHARING), "Transporte", "Carries", default="any", help_fr="Tous les flux, ou seulement ceux qui partent de son dépôt ou y arrivent (et ceux qui ne touchent aucun dépôt) : un véhicule qui n'est pas partagé ne va pas charger chez un autre.", help_en="Any flow, or only those that leave from its depot or arrive there (and those that touch no depot): a vehicle that is not shared does not go and load at another's."),
        Column("count", Integer(0, 500), "Nombre", "Count", default=1, help_fr="Véhicules disponibles chaque jour.", help_en="Vehicles available each day."),
        Column("gvw", Decimal(0, 44), "PTAC", "Gross weight", "t", default=3.5, help_fr="Comparé au plus grand véhicule admis par chaque site.", help_en="Compared with the largest vehicle each site admits.", decimals=1),
        Column("places", Decimal(0, 200), "Places", "Floor places", "rolls", required=True, help_fr="Places de rolls au sol.", help_en="Roll places on the floor.", decimals=1),
        Column("kg", Decimal(0, 40000), "Charge utile", "Payload", "kg", required=True, help_fr="Kilogrammes.", help_en="Kilograms.", decimals=0),
        Column("temperatures", Several(TEMPERATURES), "Températures", "Temperatures", default=("ambient",), help_fr="Ce qu'il peut transporter.", help_en="What it can carry."),
        Column("cold_places", Decimal(0, 200), "Places en froid", "Cold places", "rolls", help_fr="Places du compartiment froid (vide : tout le plancher).", help_en="Places of the cold compartment (empty: the whole floor).", decimals=1),
        Column("hot_places", Decimal(0, 200), "Places en chaud", "Hot places", "rolls", help_fr="Places du compartiment chaud (vide : tout le plancher).", help_en="Places of the hot compartment (empty: the whole floor).", decimals=1),
        Column("frozen_places", Decimal(0, 200), "Places en surgelé", "Frozen places", "rolls", help_fr="Places du compartiment surgelé (vide : tout le plancher).", help_en="Places of the frozen compartment (empty: the whole floor).", decimals=1),
        Column("hygiene", Several(HYGIENE), "Classes", "Classes", default=("clean", "dirty"), help_fr="Propre, sale, ou les deux.", help_en="Clean, dirty, or both."),
        Column("tail_lift", Flag(), "Hayon", "Tail lift", default=True, help_fr="A un hayon élévateur.", help_en="Has a tail lift."),
        Column("low_emission", Flag(), "Admis en ZFE", "Allowed in low-emission zone", default=True, help_fr="Peut entrer dans la zone à faibles émissions.", help_en="May enter the low-emission zone."),
        Column("crit_air", Choice(CRIT_AIR), "Crit'Air", "Crit'Air", help_fr="Classe Crit'Air, pour les zones dont la règle en nomme une (vide : « Admis en ZFE » décide).", help_en="Crit'Air class, for zones whose rule names one (empty: “Allowed in low-emission zone” decides)."),
        Column("fixed_cost", Decimal(0), "Coût fixe", "Fixed cost", "€/an", default=12000.0, help_fr="Par véhicule utilisé et par an.", help_en="Per vehicle used and year.", decimals=0),
        Column("km_cost", Decimal(0, 100), "Coût au km", "Cost per km", "€/km", default=0.28, help_fr="Carburant, pneus, entretien.", help_en="Fuel, tyres, upkeep."),
        Column("hour_cost", Decimal(0, 500), "Coût horaire", "Hourly cost", "€/h", help_fr="Chauffeur (vide : paramètre « Coût horaire d'un chauffeur »).", help_en="Driver (empty: parameter “Hourly cost of a driver”)."),
        Column("fuel", Decimal(0, 100), "Consommation", "Fuel", "l/100 km", help_fr="Gazole, pour le CO2 d'un véhicule qui n'en donne pas (vide : 11 l/100 km, fourgon de 3,5 t).", help_en="Diesel, for the CO2 of a vehicle that gives none (empty: 11 l/100 km, 3.5 t van).", decimals=1),
        Column("co2_km", Decimal(0, 10), "CO2", "CO2", "kg/km", help_fr="Émissions par km (vide : consommation multipliée par le paramètre « Émissions du gazole »).", help_en="Emissions per km (empty: fuel times parameter “Diesel emissions”)."),
        Column("shift_start", Time(), "Début de service", "Shift start", default=360, help_fr="Prise de service au plus tôt.", help_en="Earliest start."),
        Column("shift_end", Time(), "Fin de service", "Shift end", default=1200, help_fr="Fin de service au plus tard.", help_en="Latest end."),
        Column("duty_minutes", Decimal(1, 1440), "Durée de service", "Duty", "min", default=450.0, help_fr="Durée normale d'un service (7 h 30).", help_en="Normal length of a shift (7 h 30).", decimals=0),
        Column("overtime_minutes", Decimal(0, 600), "Heures sup. maximales", "Longest overtime", "min", default=0.0, help_fr="Dépassement permis par jour.", help_en="Overrun allowed per day.", decimals=0),
        Column("overtime_cost", Decimal(0, 500), "Coût des heures sup.", "Overtime cost", "€/h", default=40.0, help_fr="Par heure de dépassement, au lieu du coût horaire.", help_en="Per hour of overrun, instead of the hourly cost."),
        Column("max_trips", Integer(1, 20), "Tours par jour", "Trips per day", default=3, help_fr="Départs chargés possibles dans un service.", help_en="Loaded departures possible in a shift."),
        *VEHICLE_COLUMNS,
        MARK, SOURCE,
    ),
)  # fmt: skip

UNITS = Table(
    "handling_units", "Contenants", "Handling units", key=("unit",), group=GROUP,
    help_fr="Ce qu'on transporte : place au sol, poids, manutention.", help_en="What is carried: floor place, weight, handling.",
    columns=(
        Column("unit", Code(), "Contenant", "Unit", required=True, help_fr="Roll, chariot repas, bac GRV, caisse…", help_en="Roll, meal trolley, bin, box…"),
        Column("places", Decimal(0, 20), "Places", "Floor places", "rolls", default=1.0, help_fr="Places de roll prises par une unité.", help_en="Roll places taken by one unit."),
        Column("kg", Decimal(0, 2000), "Poids", "Weight", "kg", default=150.0, help_fr="Poids d'une unité pleine.", help_en="Weight of a full unit.", decimals=1),
        Column("minutes", Decimal(0, 60), "Manutention", "Handling", "min", default=1.5, help_fr="Minutes par unité à chaque arrêt. Au dépôt du véhicule rien n'est compté par unité : charger y prend un temps fixe avant chaque départ, et décharger au retour ne prend pas de temps.", help_en="Minutes per unit at each stop. At the vehicle's own depot nothing is counted by unit: loading takes a fixed time before each departure, and unloading on return takes none.", decimals=1),
        Column("meals", Decimal(0, 1000), "Repas par unité", "Meals per unit", "repas", default=0.0, help_fr="Pour les chariots repas.", help_en="For meal trolleys.", decimals=0),
        MARK, SOURCE,
    ),
)  # fmt: skip

FLOWS = Table(
    "flows", "Flux", "Flows", key=("flow",), group=GROUP,
    help_fr="Ce qui va d'un site à un autre dans une semaine type.", help_en="What goes from one site to another in a typical week.",
    columns=(
        Column("flow", Code(), "Flux", "Flow", required=True, help_fr="Code court.", help_en="Short code."),
        Column("category", Choice(CATEGORIES), "Catégorie", "Category", required=True, help_fr="Repas, linge, magasin…", help_en="Meals, linen, stores…"),
        Column("origin", Ref(table="sites"), "Origine", "Origin", required=True, help_fr="Site de chargement.", help_en="Loading site."),
        Column("destination", Ref(table="sites"), "Destination", "Destination", required=True, help_fr="Site de déchargement.", help_en="Unloading site."),
        Column("quantity", Decimal(0), "Quantité par passage", "Quantity per visit", "unités", required=True, help_fr="Nombre de contenants à chaque passage.", help_en="Units at each visit."),
        Column("unit", Ref(table="handling_units"), "Contenant", "Unit", required=True, help_fr="Le contenant.", help_en="The handling unit."),
        Column("days", Several(DAYS), "Jours", "Days", help_fr="Jours de passage (vide : répartis d'après le nombre de passages).", help_en="Days of visit (empty: spread by the number of visits)."),
        Column("visits", Integer(1, 28), "Passages par semaine", "Visits per week", "/sem.", help_fr="Nombre de passages si les jours ne sont pas fixés ; avec des jours, un multiple donne plusieurs passages par jour. Les deux vides : un passage.", help_en="Number of visits where days are not fixed; with days, a multiple means several visits a day. Both empty: one visit."),
        Column("free_days", Flag(), "Jours au choix", "Days chosen", default=False, help_fr="Oui : le planificateur choisit les jours de passage, un passage par jour au plus, parmi les jours donnés (vide : jours d'ouverture des deux sites).", help_en="Yes: the planner chooses the days of visit, at most one visit a day, among the days given (empty: days on which both sites are open)."),
        Column("least_gap", Integer(1, 7), "Écart minimal", "Least gap", "j", help_fr="Jours entre deux jours de passage, au moins, que les jours soient donnés ou au choix (la semaine se répète).", help_en="Days between two days of visit, at least, whether days are given or chosen (the week repeats)."),
        Column("longest_gap", Integer(1, 7), "Écart maximal", "Longest gap", "j", help_fr="Jours entre deux passages, au plus, que les jours soient donnés ou au choix (déchets infectieux, linge) : aucun passage n'est alors laissé, sauf à un tiers.", help_en="Days between two visits, at most, whether days are given or chosen (infectious waste, linen): no visit is then skipped, except to a third party."),
        Column("opens", Time(), "Au plus tôt", "Earliest", help_fr="Début de service au site autre que le dépôt, à la destination si aucun ou les deux sont des dépôts (vide : horaires du site).", help_en="Earliest service at the site other than the depot, at the destination where none or both are depots (empty: site hours)."),
        Column("closes", Time(), "Au plus tard", "Latest", help_fr="Dernier début de service. Plusieurs passages par jour se partagent les heures d'ouverture de la fenêtre en parts égales.", help_en="Latest start of service. Several visits a day share the opening hours of the window in equal parts."),
        Column("visit_gap", Decimal(0, 720), "Écart dans la journée", "Gap within the day", "min", help_fr="Minutes entre les débuts de deux passages du même jour, au moins (vide : 60, ou la moitié de la part d'un passage si la fenêtre est courte).", help_en="Minutes between the starts of two visits of one day, at least (empty: 60, or half of a visit's part where the window is short).", decimals=0),
        Column("ready", Time(), "Prêt à", "Ready at", help_fr="Début du chargement à l'origine au plus tôt, au dépôt aussi : repas prêts à 10:00 (vide : dès l'ouverture).", help_en="Earliest start of loading at the origin, at a depot too: meals ready at 10:00 (empty: as soon as it opens)."),
        Column("due", Time(), "Reçu jusqu'à", "Received until", help_fr="Arrivée à la destination au plus tard, au dépôt aussi : la blanchisserie prend le linge jusqu'à 15:00 (vide : jusqu'à la fermeture). Le véhicule y décharge alors comme à un arrêt.", help_en="Latest arrival at the destination, at a depot too: the laundry takes linen until 15:00 (empty: until it closes). The vehicle then unloads there as at a stop."),
        Column("temperature", Choice(TEMPERATURES), "Température", "Temperature", default="ambient", help_fr="Compartiment nécessaire.", help_en="Compartment needed."),
        Column("hygiene", Choice(HYGIENE), "Classe", "Class", default="clean", help_fr="Propre ou sale.", help_en="Clean or dirty."),
        Column("return_ratio", Decimal(0, 2), "Retours", "Returns", "", default=0.0, help_fr="Contenants vides rapportés par contenant livré (chariots, rolls).", help_en="Empty units taken back per unit delivered (trolleys, rolls)."),
        Column("max_minutes", Decimal(1, 1440), "Durée à bord maximale", "Longest on board", "min", help_fr="Pour les prélèvements et la liaison chaude : du départ du lieu de chargement au début du déchargement.", help_en="For samples and hot meals: from leaving where it was loaded to the start of unloading.", decimals=0),
        Column("skip_cost", Decimal(0), "Prix si non assuré", "Cost if skipped", "€/passage", help_fr="Vide : chaque passage est assuré. Un prix : le passage peut être laissé, à ce prix pour chaque passage.", help_en="Empty: every visit is made. A price: a visit may be skipped, at this price for each."),
        Column("skip_means", Choice(SKIPS), "Si non assuré", "If skipped", default="missed", help_fr="Non assuré : le prix pèse dans le choix sans être une dépense. Confié à un tiers : le prix est payé.", help_en="Missed: the price weighs in the choice without being spent. Third party: the price is paid."),
        Column("lock", Ref(table="vehicle_types"), "Véhicule imposé", "Vehicle imposed", help_fr="Type de véhicule imposé à ce flux (vide : libre).", help_en="Vehicle type imposed on this flow (empty: free)."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="Pour qui (vide : celui de la destination).", help_en="For whom (empty: that of the destination)."),
        MARK, SOURCE,
    ),
)  # fmt: skip

COMPATIBILITY = Table(
    "class_compatibility", "Propre et sale", "Clean and dirty", key=("first", "second"), group=GROUP,
    help_fr="Ce qui peut voyager dans le même véhicule. Une paire absente : ensemble.",
    help_en="What may travel in one vehicle. A missing pair: together.",
    columns=(
        Column("first", Choice(HYGIENE), "Classe", "Class", required=True, help_fr="Première classe.", help_en="First class."),
        Column("second", Choice(HYGIENE), "Avec", "With", required=True, help_fr="Seconde classe.", help_en="Second class."),
        Column("rule", Choice(COLOADING), "Règle", "Rule", required=True, help_fr="Ensemble ; sale seulement après le dernier propre du tour ; jamais dans le même tour ; propre dans un tour suivant seulement après désinfection ; jamais dans le même véhicule.", help_en="Together; dirty only after the trip's last clean; never in one trip; clean in a later trip only after disinfection; never in one vehicle."),
        Column("minutes", Decimal(0, 600), "Désinfection", "Disinfection", "min", help_fr="Durée au dépôt, entre le retour et le chargement suivant.", help_en="Time at the depot, between the return and the next loading.", decimals=0),
        Column("cost", Decimal(0), "Prix de la désinfection", "Cost of disinfection", "€", help_fr="Pour chaque désinfection.", help_en="For each disinfection."),
        SOURCE,
    ),
)  # fmt: skip

ZONES = Table(
    "low_emission_zones", "Zones à faibles émissions", "Low-emission zones", key=("zone",), group=GROUP,
    help_fr="Les zones à faibles émissions dont les règles ont des jours et des heures. Un site y appartient par sa colonne « Zone ZFE ».",
    help_en="Low-emission zones whose rules have days and hours. A site belongs to one by its column “Emission zone”.",
    columns=(
        Column("zone", Code(), "Zone", "Zone", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("active", Flag(), "En vigueur", "In force", default=True, help_fr="Non : aucune règle de la zone ne joue, quelles que soient les dates.", help_en="No: none of the zone's rules applies, whatever the dates."),
        MARK, SOURCE,
    ),
)  # fmt: skip

ZONE_RULES = Table(
    "low_emission_rules", "Règles des ZFE", "Low-emission rules", key=("zone", "rule"), group=GROUP,
    help_fr="Quand une zone est fermée à certains véhicules : sur place, de l'arrivée au départ, et non sur le chemin. Un véhicule est chez lui à son dépôt. Un arrêt en dehors de ces heures est permis.",
    help_en="When a zone is closed to some vehicles: on site, from arrival to departure, not on the way. A vehicle is at home at its depot. A stop outside these hours is allowed.",
    columns=(
        Column("zone", Ref(table="low_emission_zones"), "Zone", "Zone", required=True, help_fr="La zone.", help_en="The zone."),
        Column("rule", Integer(1, 99), "Règle", "Rule", default=1, help_fr="Numéro de la règle dans la zone.", help_en="Number of the rule within the zone."),
        Column("days", Several(DAYS), "Jours", "Days", help_fr="Jours où la règle joue (vide : tous).", help_en="Days on which the rule applies (empty: all)."),
        Column("opens", Time(), "De", "From", default=0, help_fr="Début de l'interdiction.", help_en="Start of the ban."),
        Column("closes", Time(), "À", "To", default=1440, help_fr="Fin de l'interdiction.", help_en="End of the ban."),
        Column("starts", Date(), "À partir du", "Valid from", help_fr="Premier jour de validité (vide : depuis toujours).", help_en="First day of validity (empty: always was)."),
        Column("ends", Date(), "Jusqu'au", "Valid until", help_fr="Dernier jour de validité (vide : sans fin).", help_en="Last day of validity (empty: no end)."),
        Column("crit_air", Choice(CRIT_AIR), "Interdit à partir de", "Barred from", help_fr="Cette classe Crit'Air et les suivantes sont exclues (vide : les véhicules non admis en ZFE).", help_en="This Crit'Air class and those after it are barred (empty: vehicles not allowed in a low-emission zone)."),
        Column("above_gvw", Decimal(0, 44), "Au-delà de", "Above", "t PTAC", default=0.0, help_fr="Seuls les véhicules plus lourds sont concernés (0 : tous).", help_en="Only heavier vehicles are concerned (0: all).", decimals=1),
        MARK, SOURCE,
    ),
)  # fmt: skip

CURRENT = Table(
    "current_routes", "Tournées actuelles", "Current routes", key=("day", "vehicle", "number", "trip", "position", "flow", "action"), group=GROUP,
    help_fr="Les tournées d'aujourd'hui : chaque ligne livre ou collecte un flux. Les lignes qui se suivent sur un même site font un seul arrêt.",
    help_en="Today's routes: each row delivers or collects one flow. Rows in a row at one site make one stop.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day", required=True, help_fr="Jour de la semaine.", help_en="Day of the week."),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle", required=True, help_fr="Type de véhicule.", help_en="Vehicle type."),
        Column("number", Integer(1, 500), "N° de véhicule", "Vehicle number", default=1, help_fr="Rang du véhicule dans son type.", help_en="Rank of the vehicle in its type."),
        Column("trip", Integer(1, 20), "Tour", "Trip", default=1, help_fr="1 pour le premier départ du jour, 2 après rechargement…", help_en="1 for the day's first departure, 2 after reloading…"),
        Column("position", Integer(1, 1000), "Ordre", "Order", required=True, help_fr="Ordre dans le tour.", help_en="Order in the trip."),
        Column("flow", Ref(table="flows"), "Flux", "Flow", required=True, help_fr="Le flux livré ou collecté.", help_en="The flow delivered or collected."),
        Column("action", Choice(STOP_ACTIONS), "Action", "Action", required=True, help_fr="Livrer à la destination, ou collecter à l'origine ; les vides se lisent dans le flux et n'ont pas besoin de ligne.", help_en="Deliver at the destination, or collect at the origin; empties follow from the flow and need no row."),
        Column("time", Time(), "Heure", "Time", help_fr="Heure réelle d'arrivée. Facultative : la page « Analyses » et « planner check-routes » la comparent au calcul.", help_en="Real time of arrival. Optional: page “Analyses” and “planner check-routes” compare it with the computation."),
        Column("locked", Flag(), "Gardée", "Kept", default=False, help_fr="Oui sur toutes les lignes d'un véhicule et d'un jour : cette tournée est gardée telle quelle (même véhicule, mêmes arrêts, même ordre).", help_en="Yes on all rows of one vehicle and day: this route is kept as it is (same vehicle, same stops, same order)."),
        MARK, SOURCE,
    ),
)  # fmt: skip

ROUTE_LOCKS = Table(
    "route_locks", "Verrous des tournées", "Route locks", key=("site", "category", "flow"), group=GROUP,
    help_fr="Décisions imposées aux tournées. Une ligne concerne les flux qui répondent à toutes les cellules remplies : site (à une extrémité), catégorie, flux.",
    help_en="Decisions imposed on the routes. A row concerns the flows that answer to every cell filled: site (at either end), category, flow.",
    columns=(
        Column("site", Ref(table="sites"), "Site", "Site", help_fr="Tous les flux de ce site (vide : de tous).", help_en="All flows of this site (empty: of all)."),
        Column("category", Choice(CATEGORIES), "Catégorie", "Category", help_fr="Seulement cette catégorie (vide : toutes).", help_en="This category only (empty: all)."),
        Column("flow", Ref(table="flows"), "Flux", "Flow", help_fr="Seulement ce flux (vide : tous).", help_en="This flow only (empty: all)."),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule imposé", "Vehicle imposed", help_fr="Type de véhicule de ces flux (vide : libre).", help_en="Vehicle type of these flows (empty: free)."),
        Column("days", Several(DAYS), "Jours imposés", "Days imposed", help_fr="Aucun passage les autres jours (vide : libre).", help_en="No visit on other days (empty: free)."),
        SOURCE,
    ),
)  # fmt: skip

DAY_PATTERNS = Table(
    "day_patterns", "Jours possibles", "Possible days", key=("site", "category", "flow", "days"), group=GROUP,
    help_fr="Les combinaisons de jours de passage entre lesquelles le planificateur choisit : une combinaison par ligne (« lun jeu », puis « mar ven »). Une ligne concerne les flux qui répondent à toutes les cellules remplies (site à une extrémité, catégorie, flux) et qui ont autant de passages par semaine qu'elle a de jours. Les lignes qui nomment le flux l'emportent sur celles d'un site, et celles d'un site sur celles d'une catégorie. Un flux sans ligne garde ses jours.",
    help_en="The combinations of days of visit among which the planner chooses: one combination a row (“Mon Thu”, then “Tue Fri”). A row concerns the flows that answer to every cell filled (site at either end, category, flow) and have as many visits a week as it has days. Rows that name the flow win over those of a site, and those of a site over those of a category. A flow without a row keeps its days.",
    columns=(
        Column("site", Ref(table="sites"), "Site", "Site", help_fr="Tous les flux de ce site (vide : de tous).", help_en="All flows of this site (empty: of all)."),
        Column("category", Choice(CATEGORIES), "Catégorie", "Category", help_fr="Seulement cette catégorie (vide : toutes).", help_en="This category only (empty: all)."),
        Column("flow", Ref(table="flows"), "Flux", "Flow", help_fr="Seulement ce flux (vide : tous).", help_en="This flow only (empty: all)."),
        Column("days", Several(DAYS), "Jours", "Days", required=True, help_fr="Une combinaison permise : un passage chacun de ces jours, aucun les autres. Si le flux a des jours dans la feuille « Flux », elle s'y limite ; ses écarts restent à respecter.", help_en="One combination allowed: a visit on each of these days, none on others. Where the flow has days in sheet “Flows”, it keeps to these; its gaps are still to be kept."),
        SOURCE,
    ),
)  # fmt: skip

# flows and vehicles are not references: the coupling with the kitchens makes flows of its own, and an accepted plan
# stays readable once a vehicle type is withdrawn
ACCEPTED = Table(
    "accepted_routes", "Tournées retenues", "Accepted routes", key=("day", "flow", "visit"), group=GROUP,
    help_fr="Le plan que le groupement a retenu : quel véhicule assure chaque passage. Vide tant qu'aucun plan n'est retenu. Un passage confié à un autre véhicule, ou à un autre jour, compte pour un changement ; ce qui n'est pas écrit ici ne compte pas.",
    help_en="The plan the group has accepted: which vehicle makes each visit. Empty as long as no plan is accepted. A visit by another vehicle, or on another day, counts as one change; what is not written here does not count.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day", required=True, help_fr="Jour de la semaine.", help_en="Day of the week."),
        Column("flow", Code(), "Flux", "Flow", required=True, help_fr="Code du flux.", help_en="Code of the flow."),
        Column("visit", Integer(1, 28), "Passage", "Visit", default=1, help_fr="Rang du passage dans la journée pour ce flux.", help_en="Rank of the flow's visit within the day."),
        Column("vehicle", Code(), "Véhicule", "Vehicle", required=True, help_fr="Type de véhicule.", help_en="Vehicle type."),
        Column("number", Integer(1, 500), "N° de véhicule", "Vehicle number", default=1, help_fr="Rang du véhicule dans son type.", help_en="Rank of the vehicle in its type."),
        Column("trip", Integer(1, 20), "Tour", "Trip", help_fr="Tour du jour. Facultatif, sans effet sur les changements : point de départ de la recherche.", help_en="Trip of the day. Optional, no effect on changes: where the search starts."),
        Column("position", Integer(1, 1000), "Ordre", "Order", help_fr="Ordre dans le tour (au chargement, si le flux va d'un arrêt à un autre). Facultatif, comme le tour.", help_en="Order in the trip (where it is loaded, if the flow goes from stop to stop). Optional, like the trip."),
        Column("drop", Integer(1, 1000), "Ordre au déchargement", "Order at unloading", help_fr="Pour un flux chargé et déchargé en cours de tour. Facultatif.", help_en="For a flow loaded and unloaded within the trip. Optional."),
    ),
)  # fmt: skip

TABLES = (DEPOTS, TEAMS, VEHICLES, UNITS, FLOWS, DAY_PATTERNS, COMPATIBILITY, ZONES, ZONE_RULES, ROUTE_LOCKS, CURRENT, ACCEPTED)

COSTS = cost_table(GROUP, "Coûts des tournées", "Route costs", LINES)
ROUTES = Table(
    "routes_routes", "Tournées", "Routes", key=("day", "vehicle", "number"), group=GROUP, result=True,
    help_fr="Une ligne par véhicule et par jour.", help_en="One row per vehicle and day.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day"),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
        Column("number", Integer(), "N° de véhicule", "Vehicle number"),
        Column("trips", Integer(), "Tours", "Trips"),
        Column("stops", Integer(), "Arrêts", "Stops"),
        Column("starts", Time(), "Début", "Start", help_fr="Début du premier chargement, à la minute.", help_en="Start of the first loading, to the minute."),
        Column("ends", Time(), "Retour", "End", help_fr="Dernier retour, à la minute.", help_en="Last return, to the minute."),
        Column("duty", Decimal(), "Durée", "Duty", "min", decimals=0, help_fr="Temps payé : pauses non payées déduites.", help_en="Paid time: unpaid breaks taken off."),
        Column("driving", Decimal(), "Conduite", "Driving", "min", decimals=0),
        Column("waiting", Decimal(), "Attente", "Waiting", "min", decimals=0),
        Column("breaks", Decimal(), "Pauses", "Breaks", "min", decimals=0),
        Column("overtime", Decimal(), "Heures sup.", "Overtime", "min", decimals=0),
        Column("km", Decimal(), "Distance", "Distance", "km", decimals=1),
        Column("fill", Decimal(), "Remplissage maximal", "Highest fill", "%", decimals=0),
        Column("co2", Decimal(), "CO2", "CO2", "kg", decimals=1),
    ),
)  # fmt: skip
TRIPS = Table(
    "routes_trips", "Tours", "Trips", key=("day", "vehicle", "number", "trip"), group=GROUP, result=True,
    help_fr="Une ligne par départ chargé : la feuille de route du chauffeur.", help_en="One row per loaded departure: the driver's road sheet.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day"),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
        Column("number", Integer(), "N° de véhicule", "Vehicle number"),
        Column("trip", Integer(), "Tour", "Trip"),
        Column("loads", Clock(), "Début du chargement", "Loading starts"),
        Column("disinfection", Decimal(), "Désinfection avant", "Disinfection before", "min", decimals=0, help_fr="Minutes de désinfection avant le chargement.", help_en="Minutes of disinfection before loading."),
        Column("departs", Clock(), "Départ", "Departs"),
        Column("returns", Clock(), "Retour", "Returns"),
        Column("stops", Integer(), "Arrêts", "Stops"),
        Column("km", Decimal(), "Distance", "Distance", "km", decimals=1),
        Column("places", Decimal(), "Places au plus fort", "Most places", "rolls", decimals=1),
        Column("kg", Decimal(), "Charge au plus fort", "Highest load", "kg", decimals=0),
    ),
)  # fmt: skip
STOPS = Table(
    "routes_stops", "Arrêts", "Stops", key=("day", "vehicle", "number", "trip", "position", "flow", "visit", "action"), group=GROUP, result=True,
    help_fr="Chaque livraison et collecte, dans l'ordre, avec son heure.", help_en="Each delivery and collection, in order, with its time.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day"),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
        Column("number", Integer(), "N° de véhicule", "Vehicle number"),
        Column("trip", Integer(), "Tour", "Trip"),
        Column("position", Integer(), "Ordre", "Order", help_fr="Rang de l'arrêt dans le tour ; plusieurs lignes pour plusieurs flux.", help_en="Rank of the stop in the trip; several rows for several flows."),
        Column("site", Ref(table="sites"), "Site", "Site"),
        Column("time", Time(), "Heure d'arrivée", "Arrival time", help_fr="L'arrivée, à la minute.", help_en="The arrival, to the minute."),
        Column("flow", Ref(table="flows"), "Flux", "Flow"),
        Column("visit", Integer(), "Passage", "Visit", help_fr="Rang du passage dans la journée pour ce flux.", help_en="Rank of the flow's visit within the day."),
        Column("action", Choice(STOP_ACTIONS), "Action", "Action"),
        Column("quantity", Decimal(), "Quantité", "Quantity", "unités"),
        Column("arrives", Clock(), "Arrivée", "Arrives"),
        Column("starts", Clock(), "Début", "Starts"),
        Column("leaves", Clock(), "Départ", "Leaves"),
        Column("places_on_board", Decimal(), "Places occupées au départ du site", "Places taken on leaving", "rolls", decimals=1),
        Column("kg_on_board", Decimal(), "Charge au départ du site", "Load on leaving", "kg", decimals=0),
    ),
)  # fmt: skip
SKIPPED = Table(
    "routes_skipped", "Passages laissés", "Skipped visits", key=("day", "flow", "visit"), group=GROUP, result=True,
    help_fr="Les passages facultatifs que les véhicules du groupement n'assurent pas.", help_en="The optional visits that the group's vehicles do not make.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day"),
        Column("flow", Ref(table="flows"), "Flux", "Flow"),
        Column("visit", Integer(), "Passage", "Visit", help_fr="Rang du passage dans la journée pour ce flux.", help_en="Rank of the flow's visit within the day."),
        Column("origin", Ref(table="sites"), "Origine", "Origin"),
        Column("destination", Ref(table="sites"), "Destination", "Destination"),
        Column("quantity", Decimal(), "Quantité", "Quantity", "unités"),
        Column("means", Choice(SKIPS), "Devient", "Becomes"),
        Column("cost", Decimal(), "Prix", "Price", "€/passage"),
    ),
)  # fmt: skip
RESULTS = (COSTS, ROUTES, TRIPS, STOPS, SKIPPED, *DRIVER_RESULTS)

KPIS = (
    Kpi("annual_cost", "Coût annuel", "Yearly cost", "€/an", "low"),
    Kpi("km", "Kilomètres par semaine", "Kilometres per week", "km/sem.", "low"),
    Kpi("hours", "Heures de chauffeur par semaine", "Driver hours per week", "h/sem.", "low", 1),
    Kpi("vehicles", "Véhicules utilisés", "Vehicles used", "véhicules", "low"),
    Kpi("routes", "Tournées par semaine", "Routes per week", "tournées/sem."),
    Kpi("stops", "Arrêts par semaine", "Stops per week", "arrêts/sem."),
    Kpi("fill", "Remplissage moyen au plus fort", "Average highest fill", "%", "high", 1),
    Kpi("co2", "CO2 par an", "CO2 per year", "tCO2e/an", "low", 1),
    Kpi("cost_per_stop", "Coût par arrêt", "Cost per stop", "€/arrêt", "low", 2),
    Kpi("cost_per_place", "Coût par place de roll transportée", "Cost per roll place carried", "€/place", "low", 2),
    Kpi("on_time", "Livraisons et collectes à l'heure", "Deliveries and collections on time", "%", "high", 1),
    Kpi("drivers", "Conducteurs employés", "Drivers employed", "conducteurs", "low"),
    Kpi("disinfections", "Désinfections par semaine", "Disinfections per week", "désinf./sem.", "low"),
    Kpi("skipped", "Passages non assurés par semaine", "Missed visits per week", "passages/sem.", "low"),
    Kpi("third_party", "Passages confiés à un tiers par semaine", "Visits by a third party per week", "passages/sem.", "low"),
    Kpi("changes", "Changements par rapport au plan retenu", "Changes from the accepted plan", "", "low"),
)
