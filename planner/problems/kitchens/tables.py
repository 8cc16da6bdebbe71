"""What the kitchens problem is told and what its plans hold."""

from __future__ import annotations

from planner.kinds import DAYS, Choice, Code, Decimal, Flag, Integer, Ref, Several, Text, options
from planner.plan import Kpi
from planner.problems.base import cost_table
from planner.problems.kitchens.seasons import FEWEST, YEAR
from planner.schema import Column, Table
from planner.sites import ESTIMATE, MARK, SOURCE, Parameter

GROUP = "kitchens"
MODES = options(("hot", "liaison chaude", "hot"), ("cold", "liaison froide", "cold"))
KITCHEN_STATUS = options(("existing", "existante", "existing"), ("candidate", "candidate", "candidate"))
KITCHEN_LOCKS = options(
    ("free", "libre", "free"), ("keep", "garder", "keep open"), ("close", "fermer", "close"), ("open", "ouvrir", "open"),
)  # fmt: skip
PUBLICS = options(
    ("patients", "patients", "patients"), ("residents", "résidents", "residents"), ("staff", "personnel", "staff"),
    ("school", "scolaires", "schools"), ("home", "portage à domicile", "home meals"), ("external", "autres clients", "other customers"),
)  # fmt: skip
DIETS = options(
    ("normal", "normal", "normal"), ("salt_free", "sans sel ou diabétique", "salt-free or diabetic"),
    ("mixed", "mixé ou haché", "mixed or minced"), ("allergen_free", "sans allergène", "allergen-free"),
    ("child", "pédiatrique", "paediatric"),
)  # fmt: skip
ACTIONS = options(
    ("closed", "fermée", "closed"), ("kept", "gardée", "kept"), ("opened", "ouverte", "opened"),
    ("extended", "agrandie", "extended"), ("reduced", "réduite", "reduced"), ("closing", "fermeture", "closing"),
    ("works", "en travaux", "in works"),
)  # fmt: skip
DELIVERY_ORIGINS = options(
    ("given", "saisi", "typed"), ("routes", "plan de tournées", "routes plan"), ("calibrated", "estimation recalée", "calibrated estimate"),
)  # fmt: skip
DELIVERY_SOURCES = DELIVERY_ORIGINS + options(("estimate", "estimation", "estimate"), ("none", "sur place", "on site"))
MONTHS = options(
    *((str(1 + i), fr, en) for i, (fr, en) in enumerate((
        ("janvier", "January"), ("février", "February"), ("mars", "March"), ("avril", "April"), ("mai", "May"), ("juin", "June"), ("juillet", "July"),
        ("août", "August"), ("septembre", "September"), ("octobre", "October"), ("novembre", "November"), ("décembre", "December"),
    )))
)  # fmt: skip
WEEKDAYS = options(
    *((str(i), fr, en) for i, (fr, en) in enumerate((
        ("lundi", "Monday"), ("mardi", "Tuesday"), ("mercredi", "Wednesday"), ("jeudi", "Thursday"), ("vendredi", "Friday"), ("samedi", "Saturday"), ("dimanche", "Sunday"),
    )))
)  # fmt: skip
HOLIDAYS = options(
    ("needed", "s'il le faut", "where needed"), ("worked", "travaillés", "worked"), ("closed", "chômés", "not worked"),
)  # fmt: skip
LINES = options(
    ("food", "denrées", "food"), ("other_variable", "autres frais variables", "other variable costs"),
    ("staff", "personnel", "staff"), ("fixed", "frais fixes", "fixed costs"),
    ("kitchen_investment", "annuité des cuisines", "kitchen annuity"), ("site_investment", "annuité des offices", "site equipment annuity"),
    ("closing", "frais de fermeture", "closing costs"), ("delivery", "livraison", "delivery"),
    ("mothball", "cuisine fermée, entretien", "closed kitchen, upkeep"), ("temporary", "cuisine provisoire", "temporary kitchen"),
    ("holidays", "jours fériés travaillés", "holidays worked"), ("approval", "agrément sanitaire", "sanitary approval"),
    ("egalim", "surcoût EGalim", "EGalim surcharge"), ("waste", "gaspillage", "waste"), ("revenue", "recettes des clients", "customers' payments"),
    ("co2", "CO2 (prix fictif)", "CO2 (notional price)"),
    ("changes", "changements (prix fictif)", "changes (notional price)"),
)  # fmt: skip

MAX_HOT_MINUTES = Parameter("max_hot_minutes", 60, "min", "Durée maximale de transport en liaison chaude", "Longest hot transport", "estimate", ESTIMATE, 30, 90, 1, 600)
MAX_COLD_MINUTES = Parameter("max_cold_minutes", 120, "min", "Durée maximale de transport en liaison froide", "Longest cold transport", "estimate", "estimation ; la règle porte sur la température, pas la durée", 60, 180, 1, 600)
CONSUMPTION_DAYS = Parameter("consumption_days", 7, "j/sem.", "Jours de consommation par semaine (par défaut)", "Consumption days per week (default)", "sourced", "livraison 7/7 à Rochefort (grandes-cuisines.com)", 5, 7, 1, 7)
DELIVERIES_PER_WEEK = Parameter("meal_deliveries_per_week", 7, "/sem.", "Livraisons de repas par semaine à un site qui mange tous les jours (ailleurs, au plus une par jour de repas, ou deux au-delà de 7)", "Meal deliveries per week to a site that eats every day (elsewhere at most one per day eaten on, or two above 7)", "sourced", "livraison 7/7 à Rochefort (grandes-cuisines.com)", 5, 14, 1, 28)
DELIVERY_KM_COST = Parameter("meal_delivery_km_cost", 0.48, "€/km", "Coût kilométrique d'une livraison de repas", "Cost per km of a meal delivery", "estimate", "camion 12 t ; " + ESTIMATE, 0.28, 0.60, 0, 10)
DELIVERY_SHARE = Parameter("meal_delivery_share", 0.3, "", "Part de l'aller-retour portée au moins par un site (tournées groupées)", "Smallest share of the round trip borne by a site (grouped rounds)", "estimate", "tournées de trois à six points ; " + ESTIMATE, 0.2, 1, 0, 1)
DELIVERY_TRUCK_MEALS = Parameter("meal_truck_meals", 432, "repas", "Repas dans un camion plein", "Meals in a full truck", "derived", "18 chariots de 24 plateaux (camion 12 t) ; au-delà, un site paie l'aller-retour de chaque camion", 144, 720, 1, 5000)
DELIVERY_VEHICLE_HOUR = Parameter("meal_vehicle_hour_cost", 12, "€/h", "Coût fixe d'un camion de repas, par heure d'usage", "Fixed cost of a meal truck, per hour used", "derived", "24 000 €/an (camion 12 t) pour 2 000 h ; estimation", 6, 20, 0, 200)
DELIVERY_STOP_MINUTES = Parameter("meal_delivery_stop_minutes", 15, "min", "Minutes d'arrêt par livraison de repas", "Stop minutes per meal delivery", "estimate", "10 min + 1,5 min par chariot ; estimation", 8, 30, 0, 240)
STAFF_CHANGE_FREE = Parameter("unlimited_departures", 0, "0/1", "1 : les postes peuvent baisser sans limite de départs naturels", "1: posts may fall beyond natural departures", "estimate", "choix du scénario", 0, 1, 0, 1)
REGENERATION_COST = Parameter("regeneration_cost", 60000, "€", "Équipement de remise en température d'un site sans ligne d'équipement", "Regeneration equipment of a site without an equipment row", "estimate", ESTIMATE, 20000, 150000, 0, 5e6)
REGENERATION_LIFETIME = Parameter("regeneration_lifetime", 10, "an", "Durée de vie de cet équipement", "Lifetime of that equipment", "estimate", ESTIMATE, 7, 12, 1, 40)
CHANGE_PRICE = Parameter("kitchens_change_price", 0, "€", "Cuisines : prix fictif d'un changement par rapport aux cuisines retenues (un site qui change de cuisine ou de liaison, compté une fois)", "Kitchens: notional price of a change from the accepted kitchens (a site that changes kitchen or mode, counted once)", "estimate", "choix du décideur", 0, 100_000, 0, 1e8)
MOST_CHANGES = Parameter("kitchens_most_changes", 1_000_000, "", "Cuisines : nombre maximal de changements par rapport aux cuisines retenues (1 000 000 : sans limite)", "Kitchens: largest number of changes from the accepted kitchens (1,000,000: no limit)", "estimate", "choix du décideur", 0, 1_000_000, 0, 1_000_000)
REAL_CALENDAR = Parameter("kitchens_real_calendar", 0, "0/1", "Cuisines : 1 pour compter jour par jour avec les jours fériés de l'année et la feuille Calendrier ; 0 : semaine type", "Kitchens: 1 to count day by day with the year's public holidays and the Calendar sheet; 0: typical week", "estimate", "choix du scénario", 0, 1, 0, 1)
ROBUST = Parameter("kitchens_robust", 0, "0/1", "Cuisines : 1 pour un plan qui tient dans tous les scénarios de besoins et coûte le moins en moyenne", "Kitchens: 1 for a plan that holds in every demand scenario and costs least on average", "estimate", "choix du scénario", 0, 1, 0, 1)
EGALIM = Parameter("egalim_surcharge", 0, "€/repas", "Surcoût EGalim par repas (50 % de qualité, 20 % de bio) ; la FHF l'estime à 1 €", "EGalim surcharge per meal (50% quality, 20% organic); the hospital federation puts it at €1", "sourced", "question écrite 17-6266QE, 2025 ; 0 : déjà dans le coût des denrées", 0, 1.3, 0, 20)
EGALIM_YEAR = Parameter("egalim_year", 2027, "", "Première année du surcoût EGalim", "First year of the EGalim surcharge", "estimate", "choix du scénario", least=2000, most=2100)
WASTE_HOT = Parameter("meal_waste_hot", 124, "g/repas", "Gaspillage d'un repas servi en liaison chaude", "Waste of a meal served hot", "sourced", "ADEME, secteur santé : 124 à 143 g (Objectif Soins 250)", 80, 145, 0, 1000)
WASTE_COLD = Parameter("meal_waste_cold", 124, "g/repas", "Gaspillage d'un repas servi en liaison froide", "Waste of a meal served cold", "sourced", "ADEME, secteur santé : 124 à 143 g (Objectif Soins 250)", 80, 145, 0, 1000)
WASTE_AWAY = Parameter("meal_waste_delivered", 65, "%", "Gaspillage en plus d'un repas livré, par rapport à une cuisine sur place", "More waste of a delivered meal than with a kitchen on site", "sourced", "ADEME : cuisines satellites + 65 %", 0, 65, 0, 500)
WASTE_PRICE = Parameter("meal_waste_price", 0, "€/kg", "Coût du kilogramme gaspillé, en plus des denrées déjà comptées", "Cost of a kilogram wasted, beyond the food already counted", "derived", "0,27 € de denrées et 0,68 € en tout pour 124 g : 2,2 à 5,5 €/kg ; 0 : déjà dans les coûts par repas", 0, 5.5, 0, 100)
TRUCK_CO2 = Parameter("meal_truck_co2", 0.71, "kg/km", "CO2 d'un camion de repas", "CO2 of a meal truck", "derived", "23 l/100 km (estimation) × 3,10 kgCO2e/l (Base Carbone)", 0.34, 0.90, 0, 10)
CO2_PRICE = Parameter("kitchens_co2_price", 0, "€/t", "Cuisines : prix fictif de la tonne de CO2 des livraisons, pesé dans le choix sans être une dépense", "Kitchens: notional price of a tonne of CO2 of deliveries, weighed in the choice without being spent", "estimate", "choix du décideur", 0, 250, 0, 1e6)
CO2_LIMIT = Parameter("kitchens_co2_limit", 1_000_000, "t/an", "Cuisines : CO2 annuel maximal des livraisons, en moyenne sur le plan (1 000 000 : sans limite)", "Kitchens: largest CO2 of the deliveries in a year, average over the plan (1,000,000: no limit)", "estimate", "choix du décideur", 0, 1_000_000, 0, 1_000_000)
STOP_DAYS = Parameter("kitchen_stop_days", 30, "j", "Arrêt d'une cuisine : durée étudiée", "Stop of a kitchen: length studied", "estimate", "un incendie en 2021 a demandé deux mois de cuisine provisoire (lacuisinepro.fr)", 3, 60, 1, 365)
STOP_MONTH = Parameter("kitchen_stop_month", 0, "", "Arrêt d'une cuisine : mois où il commence, le premier du mois (1 à 12 ; 0 : le mois le plus défavorable)", "Stop of a kitchen: month in which it begins, on the first (1 to 12; 0: the worst month)", "estimate", "choix du scénario", 0, 12, 0, 12)
RESCUE_DAYS = Parameter("rescue_stock_days", 2, "j", "Stock de secours : jours de repas de la cuisine arrêtée", "Rescue stock: days of meals of the stopped kitchen", "estimate", ESTIMATE + " ; plans de continuité : deux à trois jours", 2, 3, 0, 30)
RESCUE_SHARE = Parameter("least_rescue_share", 0, "%", "Part des repas à servir encore quand une cuisine quelconque s'arrête (0 : seulement dite)", "Share of meals still to be served when any one kitchen stops (0: only told)", "estimate", "choix du décideur", 0, 100, 0, 100)
EXEMPTION = "dérogation à l'agrément telle que citée par solimago.fr le 13 juin 2023 ; à revoir si la règle change"
EXEMPT_MEALS = Parameter("exempt_meals", 400, "repas/sem.", "Sans agrément : repas livrés ailleurs par semaine, au plus", "Without approval: meals delivered elsewhere a week, at most", "sourced", EXEMPTION, least=0, most=1e6)
EXEMPT_MORE_MEALS = Parameter("exempt_more_meals", 1000, "repas/sem.", "Sans agrément : repas livrés ailleurs par semaine, au plus, quand ils sont une petite part de la production", "Without approval: meals delivered elsewhere a week, at most, where they are a small share of production", "sourced", EXEMPTION, least=0, most=1e6)
EXEMPT_SHARE = Parameter("exempt_share", 30, "%", "Sans agrément : cette petite part, au plus", "Without approval: this small share, at most", "sourced", EXEMPTION, least=0, most=100)
EXEMPT_KM = Parameter("exempt_km", 80, "km", "Sans agrément : les sites livrés sont à moins de, à vol d'oiseau", "Without approval: sites delivered are nearer than, as the crow flies", "sourced", EXEMPTION, least=0, most=1000)
PARAMETERS = (
    MAX_HOT_MINUTES, MAX_COLD_MINUTES, CONSUMPTION_DAYS, DELIVERIES_PER_WEEK, DELIVERY_KM_COST, DELIVERY_SHARE,
    DELIVERY_TRUCK_MEALS, DELIVERY_VEHICLE_HOUR, DELIVERY_STOP_MINUTES, STAFF_CHANGE_FREE, REGENERATION_COST, REGENERATION_LIFETIME,
    CHANGE_PRICE, MOST_CHANGES, REAL_CALENDAR, ROBUST, EGALIM, EGALIM_YEAR, WASTE_HOT, WASTE_COLD, WASTE_AWAY, WASTE_PRICE, TRUCK_CO2, CO2_PRICE, CO2_LIMIT,
    STOP_DAYS, STOP_MONTH, RESCUE_DAYS, RESCUE_SHARE, EXEMPT_MEALS, EXEMPT_MORE_MEALS, EXEMPT_SHARE, EXEMPT_KM,
)  # fmt: skip

KITCHENS = Table(
    "kitchens", "Cuisines", "Kitchens", key=("kitchen",), group=GROUP,
    help_fr="Les cuisines de production, existantes ou possibles.", help_en="Production kitchens, existing or possible.",
    columns=(
        Column("kitchen", Code(), "Cuisine", "Kitchen", required=True, help_fr="Code court.", help_en="Short code."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Où elle se trouve.", help_en="Where it stands."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="Qui la gère et en porte les coûts fixes.", help_en="Who runs it and bears its fixed costs."),
        Column("status", Choice(KITCHEN_STATUS), "État", "Status", default="existing", help_fr="Existante, ou candidate à l'ouverture.", help_en="Existing, or a candidate for opening."),
        Column("production_days", Integer(1, 7), "Jours de production", "Production days", "j/sem.", default=5, help_fr="Jours de production par semaine, à partir du lundi : à 5 jours pour 7 consommés, il faut 7/5 de capacité.", help_en="Production days a week, from Monday: at 5 days for 7 eaten, 7/5 of the capacity is needed."),
        Column("modes", Several(MODES), "Liaisons possibles", "Modes", required=True, help_fr="Liaison froide, chaude, ou les deux.", help_en="Cold, hot, or both."),
        Column("diets", Several(DIETS), "Régimes produits", "Diets made", help_fr="Familles de régimes qu'elle sait produire (vide : toutes). Un site dont un régime manque ici ne peut pas venir d'elle.", help_en="Diet families that it can make (empty: all). A site with a diet missing here cannot be fed by it."),
        Column("food_cost", Decimal(0, 100), "Denrées", "Food", "€/repas", default=2.8, help_fr="Coût des denrées par repas.", help_en="Food cost per meal."),
        Column("other_cost", Decimal(0, 100), "Autres frais variables", "Other variable costs", "€/repas", default=0.5, help_fr="Énergie, emballage, entretien par repas.", help_en="Energy, packaging, upkeep per meal."),
        Column("staff", Decimal(0, 5000), "ETP actuels", "Posts today", "ETP", default=0.0, help_fr="Postes aujourd'hui (hors distribution dans les services).", help_en="Posts today (without serving on wards).", decimals=1),
        Column("productivity", Decimal(1, 200000), "Productivité", "Productivity", "repas/ETP/an", default=14000.0, help_fr="Repas par ETP et par an.", help_en="Meals per post and year.", decimals=0),
        Column("use_by_days", Integer(0, 21), "DLC", "Use-by", "j", default=3, help_fr="Jours de conservation après le jour de production (J+3 sans étude).", help_en="Days of shelf life after the production day (3 without a study)."),
        Column("closing_cost", Decimal(0), "Coût de fermeture", "Closing cost", "€", default=0.0, help_fr="Dépense unique l'année de la fermeture.", help_en="One-off expense in the year of closing.", decimals=0),
        Column("mothball_cost", Decimal(0), "Coût après fermeture", "Cost once closed", "€/an", default=0.0, help_fr="Gardiennage, entretien ou mise en sommeil, de la fermeture à la fin du plan.", help_en="Guarding, upkeep or mothballing, from closing to the end of the plan.", decimals=0),
        Column("subsidy", Decimal(0, 100), "Subvention", "Subsidy", "%", default=0.0, help_fr="Part des investissements de cette cuisine payée par un tiers.", help_en="Share of this kitchen's investments paid by a third party.", decimals=1),
        Column("compliant_until", Integer(2000, 2100), "Conforme jusqu'en", "Compliant until", help_fr="Dernière année où une cuisine existante fonctionne sans remise en état (vide : pas d'échéance). La fermer avant évite la dépense.", help_en="Last year in which an existing kitchen operates without refurbishment (empty: no deadline). Closing it before avoids the expense."),
        Column("refit_cost", Decimal(0), "Remise en état", "Refurbishment", "€", default=0.0, help_fr="Investissement à payer une fois, l'année qui suit l'échéance, si elle est encore ouverte, même agrandie ; amorti sur la durée de vie de son niveau, subvention déduite.", help_en="Investment paid once, in the year after the deadline, if it is still open, even extended; depreciated over the lifetime of its level, subsidy deducted.", decimals=0),
        Column("weekend_posts", Decimal(0, 200), "Postes de fin de semaine", "Weekend posts", "%", default=0.0, help_fr="Postes en plus qu'il faut par repas quand elle produit plus de cinq jours (équipes de fin de semaine).", help_en="More posts per meal where it produces on more than five days (weekend crews).", decimals=1),
        Column("hot_posts", Decimal(0, 200), "Postes de la liaison chaude", "Posts of hot meals", "%", default=0.0, help_fr="Postes en plus que demande un repas servi en liaison chaude.", help_en="More posts that a meal served hot asks for.", decimals=1),
        Column("holidays", Choice(HOLIDAYS), "Jours fériés", "Public holidays", default="needed", help_fr="Avec le calendrier réel : travaillés, chômés, ou seulement ceux que la DLC impose. Une cuisine qui produit sept jours produit aussi les jours fériés.", help_en="With the real calendar: worked, not worked, or only those that the use-by imposes. A kitchen that produces seven days also produces on holidays."),
        Column("holiday_cost", Decimal(0), "Coût d'un férié travaillé", "Cost of a worked holiday", "€/j", default=0.0, help_fr="Majorations de paie d'un jour férié travaillé (calendrier réel).", help_en="Pay supplements of a public holiday worked (real calendar).", decimals=0),
        Column("approved", Flag(), "Agréée", "Approved", default=True, help_fr="Agrément sanitaire européen. Sans lui, elle ne livre ailleurs que dans les limites de la dérogation (paramètres « Sans agrément »).", help_en="European sanitary approval. Without it, it delivers elsewhere within the exemption only (parameters “Without approval”)."),
        Column("approval_cost", Decimal(0), "Coût de l'agrément", "Cost of approval", "€", help_fr="Pour l'obtenir, une fois (vide : elle ne peut pas l'obtenir).", help_en="To obtain it, once (empty: it cannot obtain it).", decimals=0),
        Column("earliest_year", Integer(2000, 2100), "Ouverture au plus tôt", "Earliest opening", help_fr="Première année possible d'une candidate (études et travaux).", help_en="First possible year of a candidate (design and works)."),
        Column("lock", Choice(KITCHEN_LOCKS), "Verrou", "Lock", default="free", help_fr="Garder, ouvrir : ouverte chaque année où elle peut l'être, ou en travaux vers un niveau qui ne peut pas l'être encore. Fermer : ni ouverte, ni en travaux.", help_en="Keep, open: open in every year it can be, or in works towards a level that cannot be open yet. Close: neither open nor in works."),
        Column("lock_from", Integer(2000, 2100), "Verrou à partir de", "Lock from", help_fr="Première année où le verrou tient (vide : dès le début du plan). Avant elle, rien n'est imposé : « fermer » à partir de 2029 laisse fermer plus tôt, « ouvrir » à partir de 2029 laisse ouvrir plus tôt.", help_en="First year in which the lock holds (empty: from the start of the plan). Before it, nothing is imposed: “close” from 2029 allows closing sooner, “open” from 2029 allows opening sooner."),
        Column("lock_until", Integer(2000, 2100), "Verrou jusqu'en", "Lock until", help_fr="Dernière année où le verrou tient (vide : jusqu'à la fin du plan). Après elle, rien n'est imposé : « garder » jusqu'en 2029 laisse fermer en 2030 ou plus tard, « fermer » jusqu'en 2029 repousse l'ouverture d'une candidate à 2030.", help_en="Last year in which the lock holds (empty: to the end of the plan). After it, nothing is imposed: “keep open” until 2029 allows closing in 2030 or later, “close” until 2029 puts off the opening of a candidate to 2030."),
        MARK, SOURCE,
    ),
)  # fmt: skip

LEVELS = Table(
    "kitchen_levels", "Niveaux de capacité", "Capacity levels", key=("kitchen", "level"), group=GROUP,
    help_fr="Les tailles possibles de chaque cuisine. Le niveau actuel d'une cuisine existante est coché « Aujourd'hui ».",
    help_en="The possible sizes of each kitchen. The present level of an existing kitchen is ticked “Today”.",
    columns=(
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", required=True, help_fr="La cuisine.", help_en="The kitchen."),
        Column("level", Integer(1, 50), "Niveau", "Level", required=True, help_fr="Rang du niveau, du plus petit au plus grand.", help_en="Rank of the level, smallest first."),
        Column("capacity", Decimal(0), "Capacité", "Capacity", "repas/j de prod.", required=True, help_fr="Repas par jour de production.", help_en="Meals per production day.", decimals=0),
        Column("investment", Decimal(0), "Investissement", "Investment", "€", default=0.0, help_fr="Dépense pour atteindre ce niveau depuis le niveau actuel (ou depuis rien). Sans effet jusqu'au niveau actuel.", help_en="Expense to reach this level from today's (or from nothing). No effect up to today's level.", decimals=0),
        Column("lifetime", Integer(1, 60), "Durée de vie", "Lifetime", "an", default=20, help_fr="Durée d'amortissement.", help_en="Depreciation time."),
        Column("fixed_cost", Decimal(0), "Frais fixes", "Fixed cost", "€/an", default=0.0, help_fr="Frais annuels de fonctionnement du niveau.", help_en="Yearly running cost of the level.", decimals=0),
        Column("min_staff", Decimal(0, 5000), "ETP minimum", "Smallest team", "ETP", default=0.0, help_fr="Équipe minimale dès que la cuisine est ouverte à ce niveau.", help_en="Smallest team once open at this level.", decimals=1),
        Column("cold_capacity", Decimal(0), "Refroidissement rapide", "Rapid chilling", "repas/j de prod.", help_fr="Repas par jour de production que les cellules de ce niveau refroidissent (vide : pas de limite propre).", help_en="Meals per production day that the chillers of this level can chill (empty: no limit of its own).", decimals=0),
        Column("subsidy", Decimal(0), "Subvention", "Subsidy", "€", default=0.0, help_fr="Aide pour atteindre ce niveau, déduite de l'investissement.", help_en="Grant for reaching this level, deducted from the investment.", decimals=0),
        Column("works_years", Integer(0, 6), "Durée des travaux", "Length of works", "an", default=0, help_fr="Années de travaux avant d'ouvrir ce niveau ; l'investissement s'y répartit également (0 : effet dans l'année).", help_en="Years of works before this level opens; the investment is spread over them evenly (0: effective in the year)."),
        Column("works_capacity", Decimal(0, 100), "Capacité pendant les travaux", "Capacity during works", "%", default=100.0, help_fr="Part de la capacité du niveau quitté qui reste (sur place ou en cuisine provisoire).", help_en="Share of the capacity of the level left that remains (on site or in a temporary kitchen).", decimals=0),
        Column("temporary_cost", Decimal(0), "Cuisine provisoire", "Temporary kitchen", "€/an", default=0.0, help_fr="Coût par année de travaux.", help_en="Cost per year of works.", decimals=0),
        Column("today", Flag(), "Aujourd'hui", "Today", default=False, help_fr="Oui pour le niveau actuel.", help_en="Yes for the present level."),
        MARK, SOURCE,
    ),
)  # fmt: skip

DEMAND = Table(
    "meal_demand", "Besoins en repas", "Meal demand", key=("site", "public", "diet"), group=GROUP,
    help_fr="Repas par an (la première année du plan), par site, public et famille de régimes. Tous les repas d'un site viennent d'une seule cuisine, dans une seule liaison : pour qu'un public ou un régime vienne d'ailleurs, en faire un site de plus au même endroit.",
    help_en="Meals a year (in the first year of the plan), by site, public and diet family. All meals of a site come from one kitchen, in one mode: for a public or a diet to come from elsewhere, make it one more site at the same place.",
    columns=(
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Le site servi.", help_en="The site served."),
        Column("public", Choice(PUBLICS), "Public", "Public", required=True, help_fr="Qui mange.", help_en="Who eats."),
        Column("diet", Choice(DIETS), "Régime", "Diet", required=True, help_fr="Famille de régimes.", help_en="Diet family."),
        Column("meals", Decimal(0), "Repas par an", "Meals per year", "repas/an", required=True, help_fr="Volume annuel : la seule mesure sans ambiguïté.", help_en="Yearly volume: the only unambiguous measure.", decimals=0),
        Column("consumption_days", Integer(1, 7), "Jours de consommation", "Consumption days", "j/sem.", help_fr="Jours de consommation par semaine, à partir du lundi (vide : les jours nommés à côté, sinon la valeur du paramètre).", help_en="Days eaten on per week, from Monday (empty: the days named beside, else the parameter's value)."),
        Column("days", Several(DAYS), "Jours de la semaine", "Days of the week", help_fr="Jours où ce public mange, quand ils ne se suivent pas depuis le lundi : lun, mar, jeu, ven pour des écoles (vide : les premiers jours de la semaine). Un public qui ne mange ni le samedi ni le dimanche ne mange pas non plus les jours fériés.", help_en="Days on which this public eats, where they do not follow on from Monday: Mon, Tue, Thu, Fri for schools (empty: the first days of the week). A public that eats neither on Saturday nor on Sunday does not eat on public holidays either."),
        Column("weeks", Integer(FEWEST, YEAR), "Semaines par an", "Weeks per year", "sem.", help_fr="Semaines où ce public mange (vide : toute l'année). Les repas de l'année se concentrent sur elles : 36 semaines pour des écoles. Les semaines sans repas sont d'abord les huit de l'été, à partir de la mi-août, puis deux à Noël, à la Toussaint, au printemps et en février ; au-dessous de 36, l'été s'allonge en septembre et en juin.", help_en="Weeks in which this public eats (empty: all the year). The year's meals concentrate on them: 36 weeks for schools. The weeks without meals are first the eight of summer, from mid-August, then two at Christmas, All Saints, in spring and in February; below 36, summer grows into September and June."),
        Column("growth", Decimal(-50, 50), "Évolution", "Growth", "%", default=0.0, help_fr="Évolution par an.", help_en="Change per year."),
        Column("from_year", Integer(2000, 2100), "À partir de", "From", help_fr="Première année de ces repas (vide : toujours). Après la première année du plan, ils ne font pas partie d'aujourd'hui.", help_en="First year of these meals (empty: always). After the first year of the plan, they are no part of today."),
        Column("until_year", Integer(2000, 2100), "Jusqu'en", "Until", help_fr="Dernière année de ces repas (vide : toujours).", help_en="Last year of these meals (empty: always)."),
        Column("price", Decimal(0, 100), "Prix payé", "Price paid", "€/repas", default=0.0, help_fr="Ce que le client extérieur paie par repas ; la recette revient à l'établissement de la cuisine qui fait le repas.", help_en="What the outside customer pays per meal; it goes to the establishment of the kitchen that makes the meal."),
        Column("optional", Flag(), "Client facultatif", "Optional customer", default=False, help_fr="Le groupement peut ne pas le servir, année par année (pour toutes les lignes du site).", help_en="The group may leave it unserved, year by year (for all rows of the site)."),
        Column("modes", Several(MODES), "Liaisons acceptées", "Modes accepted", required=True, help_fr="Liaison froide, chaude, ou les deux.", help_en="Cold, hot, or both."),
        Column("current_kitchen", Ref(table="kitchens"), "Cuisine actuelle", "Kitchen today", help_fr="Qui livre aujourd'hui ; pour des repas à venir, qui les livrerait si rien ne changeait.", help_en="Who delivers today; for meals to come, who would deliver them if nothing changed."),
        Column("current_mode", Choice(MODES), "Liaison actuelle", "Mode today", help_fr="Liaison d'aujourd'hui (vide : la première acceptée).", help_en="Today's mode (empty: the first accepted)."),
        Column("lock", Ref(table="kitchens"), "Cuisine imposée", "Kitchen imposed", help_fr="Cuisine imposée au site, chaque année où elle peut être ouverte ; pendant des travaux vers un niveau qui ne peut pas l'être encore, une autre le sert.", help_en="Kitchen imposed on the site, in every year it can be open; during works towards a level that cannot be open yet, another one feeds it."),
        Column("lock_from", Integer(2000, 2100), "Imposée à partir de", "Imposed from", help_fr="Première année où cette cuisine est imposée (vide : dès le début du plan).", help_en="First year in which this kitchen is imposed (empty: from the start of the plan)."),
        MARK, SOURCE,
    ),
)  # fmt: skip

EQUIPMENT = Table(
    "site_equipment", "Équipement des sites", "Site equipment", key=("site",), group=GROUP,
    help_fr="Un site servi en liaison froide doit avoir de quoi remettre en température. Un site servi en froid aujourd'hui est équipé.",
    help_en="A site served cold needs regeneration equipment. A site served cold today is equipped.",
    columns=(
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Le site.", help_en="The site."),
        Column("regeneration", Flag(), "Remise en température", "Regeneration", default=False, help_fr="Équipé aujourd'hui.", help_en="Equipped today."),
        Column("cost", Decimal(0), "Coût d'équipement", "Equipment cost", "€", default=60000.0, help_fr="Investissement pour l'équiper.", help_en="Investment to equip it.", decimals=0),
        Column("lifetime", Integer(1, 40), "Durée de vie", "Lifetime", "an", default=10, help_fr="Durée d'amortissement.", help_en="Depreciation time."),
        Column("subsidy", Decimal(0, 100), "Subvention", "Subsidy", "%", default=0.0, help_fr="Part du coût d'équipement payée par un tiers.", help_en="Share of the equipment cost paid by a third party.", decimals=1),
        MARK, SOURCE,
    ),
)  # fmt: skip

YEARS = Table(
    "yearly_limits", "Limites annuelles", "Yearly limits", key=("year",), group=GROUP,
    help_fr="Ce que le groupement peut faire chaque année. Une année absente n'a aucune limite : ni investissement, ni départs, ni nombre de cuisines.",
    help_en="What the group can do each year. A missing year has no limit: investments, departures, number of kitchens.",
    columns=(
        Column("year", Integer(2000, 2100), "Année", "Year", required=True, help_fr="Année du plan.", help_en="Year of the plan."),
        Column("investment", Decimal(0), "Investissement maximal", "Largest investment", "€", help_fr="Budget d'investissement de l'année (vide : sans limite). Il porte sur les investissements du plan, non sur le renouvellement de ce qui arrive en fin de vie.", help_en="Investment budget of the year (empty: no limit). It bears on the plan's investments, not on the renewal of what wears out.", decimals=0),
        Column("departures", Decimal(0), "Départs naturels", "Natural departures", "ETP", help_fr="Baisse maximale du nombre total de postes dans l'année (vide : sans limite).", help_en="Largest fall of the total of posts in the year (empty: no limit).", decimals=1),
        Column("kitchens", Integer(1, 1000), "Cuisines ouvertes au plus", "Most kitchens open", help_fr="Nombre de cuisines ouvertes dans l'année, au plus (vide : sans limite).", help_en="Number of kitchens open in the year, at most (empty: no limit)."),
        MARK, SOURCE,
    ),
)  # fmt: skip

ACCEPTED = Table(
    "accepted_kitchens", "Cuisines retenues", "Accepted kitchens", key=("year", "site"), group=GROUP,
    help_fr="Le plan que le groupement a retenu : la cuisine de chaque site, année par année. Vide tant qu'aucun plan n'est retenu. Un site servi par une autre cuisine ou dans une autre liaison, ne serait-ce qu'une année, compte pour un changement ; ce qui n'est pas écrit ici ne compte pas.",
    help_en="The plan the group has accepted: each site's kitchen, year by year. Empty as long as no plan is accepted. A site fed by another kitchen or in another mode in at least one year counts as one change; what is not written here does not count.",
    columns=(
        Column("year", Integer(2000, 2100), "Année", "Year", required=True, help_fr="Année du plan.", help_en="Year of the plan."),
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Le site servi.", help_en="The site served."),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", required=True, help_fr="La cuisine retenue pour ce site.", help_en="The kitchen accepted for this site."),
        Column("mode", Choice(MODES), "Liaison", "Mode", required=True, help_fr="La liaison retenue.", help_en="The mode accepted."),
    ),
)  # fmt: skip

SCENARIOS = Table(
    "demand_scenarios", "Scénarios de besoins", "Demand scenarios", key=("scenario", "step"), group=GROUP,
    help_fr="Ce que les besoins pourraient devenir. Chaque ligne multiplie les repas qu'elle désigne ; les besoins tels quels gardent la probabilité restante.",
    help_en="What demand could become. Each row multiplies the meals it designates; demand as it stands keeps the remaining probability.",
    columns=(
        Column("scenario", Code(), "Scénario", "Scenario", required=True, help_fr="Nom court.", help_en="Short name."),
        Column("step", Integer(1, 1000), "Étape", "Step", required=True, help_fr="Numéro de la ligne dans le scénario.", help_en="Number of the row in the scenario."),
        Column("weight", Decimal(0, 100), "Probabilité", "Probability", "%", default=0.0, help_fr="Poids du scénario dans le coût moyen (la plus grande de ses lignes) ; 0 : il doit seulement tenir.", help_en="Weight of the scenario in the average cost (the largest of its rows); 0: it only has to hold.", decimals=1),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="Vide : tous.", help_en="Empty: all."),
        Column("public", Choice(PUBLICS), "Public", "Public", help_fr="Vide : tous.", help_en="Empty: all."),
        Column("from_year", Integer(2000, 2100), "À partir de", "From", help_fr="Vide : dès la première année.", help_en="Empty: from the first year."),
        Column("change", Decimal(-100, 300), "Évolution", "Change", "%", required=True, help_fr="Repas en plus ou en moins ; - 100 : le client part.", help_en="More or fewer meals; -100: the customer leaves.", decimals=1),
        MARK, SOURCE,
    ),
)  # fmt: skip

DELIVERIES = Table(
    "meal_deliveries", "Livraisons chiffrées", "Costed deliveries", key=("kitchen", "site"), group=GROUP,
    help_fr="Ce que coûte par an la livraison d'un site par une cuisine, quand on le sait mieux que par les paramètres : repris d'un plan de tournées, ou saisi. Le coût vaut la première année où le site mange, et suit ensuite les repas comme l'estimation. Un couple absent garde l'estimation.",
    help_en="What delivering a site from a kitchen costs a year, where it is known better than from the parameters: taken from a routes plan, or typed. The cost is that of the first year in which the site eats, and then follows the meals as the estimate does. A pair left out keeps the estimate.",
    columns=(
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen", required=True, help_fr="La cuisine qui livre.", help_en="The kitchen that delivers."),
        Column("site", Ref(table="sites"), "Site", "Site", required=True, help_fr="Le site livré.", help_en="The site delivered."),
        Column("cost", Decimal(0), "Coût de livraison", "Delivery cost", "€/an", required=True, help_fr="Coût annuel complet : véhicule, chauffeur, kilomètres.", help_en="Full yearly cost: vehicle, driver, kilometres.", decimals=0),
        Column("km", Decimal(0), "Kilomètres", "Kilometres", "km/an", help_fr="Kilomètres qui lui reviennent, pour le CO2 (vide : l'estimation).", help_en="Kilometres that fall to it, for the CO2 (empty: the estimate).", decimals=0),
        Column("origin", Choice(DELIVERY_ORIGINS), "D'où vient le coût", "Where the cost comes from", default="given", help_fr="Plan de tournées : part du coût des tournées calculées. Estimation recalée : couple qu'aucune tournée ne sert, estimé puis multiplié par l'écart constaté sur ceux qui le sont.", help_en="Routes plan: share of the cost of the routes solved. Calibrated estimate: a pair that no route serves, estimated then multiplied by the difference seen on those that are."),
        MARK, SOURCE,
    ),
)  # fmt: skip

TABLES = (KITCHENS, LEVELS, DEMAND, EQUIPMENT, YEARS, ACCEPTED, SCENARIOS, DELIVERIES)

COSTS = cost_table(GROUP, "Coûts des cuisines", "Kitchen costs", LINES)
ROADMAP = Table(
    "kitchens_roadmap", "Feuille de route cuisines", "Kitchen roadmap", key=("year", "kitchen"), group=GROUP, result=True,
    help_fr="Ce que fait chaque cuisine chaque année.", help_en="What each kitchen does each year.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
        Column("action", Choice(ACTIONS), "Décision", "Decision"),
        Column("level", Integer(), "Niveau", "Level", help_fr="Niveau ouvert, vide si fermée.", help_en="Open level, empty when closed."),
        Column("target", Integer(), "Niveau visé", "Level in works", help_fr="Niveau que les travaux préparent, vide sans travaux.", help_en="Level that the works prepare, empty without works."),
        Column("approved", Flag(), "Agréée", "Approved", help_fr="Agrément sanitaire tenu cette année.", help_en="Sanitary approval held in the year."),
        Column("capacity", Decimal(), "Capacité", "Capacity", "repas/j de prod.", decimals=0),
        Column("load", Decimal(), "Production", "Production", "repas/j de prod.", decimals=0, help_fr="Capacité qu'il faut la semaine la plus chargée de l'année : jour le plus chargé des repas chauds, et production la plus régulière que la DLC permet pour les repas froids.", help_en="Capacity needed in the busiest week of the year: busiest day of hot meals, and the most even production of cold ones that the use-by allows."),
        Column("use", Decimal(), "Taux d'utilisation", "Use", "%", decimals=1),
        Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0),
        Column("staff", Decimal(), "Postes", "Posts", "ETP", decimals=0, help_fr="Postes entiers.", help_en="Whole posts."),
        Column("investment", Decimal(), "Investissement", "Investment", "€", decimals=0, help_fr="Dépense d'investissement de l'année, subventions déduites.", help_en="Investment expense of the year, subsidies deducted."),
        Column("chilled", Decimal(), "Repas refroidis", "Meals chilled", "repas/j de prod.", decimals=0),
    ),
)  # fmt: skip
ASSIGNMENT = Table(
    "kitchens_assignment", "Qui livre qui", "Who feeds whom", key=("year", "site"), group=GROUP, result=True,
    help_fr="La cuisine de chaque site, chaque année.", help_en="Each site's kitchen, each year.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("site", Ref(table="sites"), "Site", "Site"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
        Column("mode", Choice(MODES), "Liaison", "Mode"),
        Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0),
        Column("km", Decimal(), "Distance", "Distance", "km", decimals=1, help_fr="Aller simple, de la cuisine au site.", help_en="One way, from the kitchen to the site."),
        Column("minutes", Decimal(), "Durée", "Time", "min", decimals=1, help_fr="Aller simple, sans les autres arrêts d'une tournée.", help_en="One way, without the other stops of a round."),
        Column("equipped", Flag(), "Équipement acheté", "Equipment bought", help_fr="Oui l'année où le site est équipé.", help_en="Yes in the year the site is equipped."),
        Column("delivery", Decimal(), "Coût de livraison", "Delivery cost", "€/an", decimals=0, help_fr="Coût de livraison de l'année : part d'aller-retour, arrêts, camion et chauffeur.", help_en="Delivery cost of the year: share of round trips, stops, truck and driver."),
        Column("delivery_from", Choice(DELIVERY_SOURCES), "D'où vient ce coût", "Where this cost comes from", help_fr="Plan de tournées, estimation recalée sur lui, valeur saisie, ou estimation par les paramètres.", help_en="Routes plan, estimate calibrated on it, typed value, or estimate from the parameters."),
    ),
)  # fmt: skip
RESULTS = (COSTS, ROADMAP, ASSIGNMENT)

KPIS = (
    Kpi("annual_cost", "Coût annuel moyen, annuités comprises, recettes déduites", "Average yearly cost, annuities included, payments deducted", "€/an", "low"),
    Kpi("meal_cost", "Coût par repas, recettes déduites", "Cost per meal, payments deducted", "€/repas", "low", 2),
    Kpi("meals", "Repas par an", "Meals per year", "repas/an"),
    Kpi("kitchens_open", "Cuisines ouvertes en fin de plan", "Kitchens open at the end", "cuisines"),
    Kpi("staff_end", "Postes en fin de plan", "Posts at the end", "ETP"),
    Kpi("investment", "Investissement total, hors renouvellements", "Total investment, without renewals", "€"),
    Kpi("longest_minutes", "Plus long transport, aller simple", "Longest transport, one way", "min", "low"),
    Kpi("delivery_co2", "CO2 des livraisons", "CO2 of deliveries", "tCO2e/an", "low", 1),
    Kpi("waste", "Gaspillage", "Waste", "t/an", "low", 1),
    Kpi("hot_share", "Repas en liaison chaude", "Meals served hot", "%", "", 1),
    Kpi("use_peak", "Utilisation maximale d'une cuisine", "Highest use of a kitchen", "%", "", 1),
    Kpi("rescued", "Repas servis si une cuisine s'arrête (au pire)", "Meals served if a kitchen stops (worst)", "%", "high", 1),
    Kpi("changes", "Changements par rapport au plan retenu", "Changes from the accepted plan", "sites", "low"),
)
