"""What the routes problem is told of drivers: breaks, hours of the week, how many there are; and what its plans say of them."""

from __future__ import annotations

from planner.kinds import DAYS, Choice, Clock, Code, Decimal, Flag, Integer, Ref, Text, Time, options
from planner.schema import Column, Table
from planner.sites import MARK, SOURCE, Parameter

GROUP = "routes"
DRIVING_LAW = options(
    ("weight", "selon le PTAC", "by gross weight"), ("always", "toujours", "always"), ("never", "jamais", "never"),
)  # fmt: skip
MOMENTS = options(("depot", "au dépôt, avant le chargement", "at the depot, before loading"), ("before", "à l'arrivée", "on arrival"), ("after", "avant de repartir", "before leaving"))  # fmt: skip

LAW_WEIGHT = Parameter(
    "driving_law_weight", 3.5, "t",
    "Conducteurs : PTAC au-delà duquel s'applique le règlement européen (45 min de pause après 4 h 30 de conduite, 9 h de conduite par jour) ; 100 : jamais",
    "Drivers: gross weight above which the European regulation applies (45 min break after 4 h 30 of driving, 9 h of driving a day); 100: never",
    "sourced", "Règlement (CE) 561/2006, articles 2, 6 et 7", 3.5, 100, 0, 100,
)  # fmt: skip

TEAMS = Table(
    "driver_teams", "Conducteurs", "Drivers", key=("team",), group=GROUP,
    help_fr="Les équipes de conducteurs : pauses, repos, heures de la semaine, effectif. Facultatif : un véhicule sans équipe n'est soumis qu'au règlement européen, selon son PTAC.",
    help_en="The teams of drivers: breaks, rest, weekly hours, number. Optional: a vehicle without a team is only subject to the European regulation, by its gross weight.",
    columns=(
        Column("team", Code(), "Équipe", "Team", required=True, help_fr="Code court, repris dans la feuille « Véhicules ».", help_en="Short code, named in sheet “Vehicles”."),
        Column("name", Text(), "Nom", "Name", required=True, help_fr="Nom en clair.", help_en="Plain name."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", required=True, help_fr="Qui emploie ces conducteurs.", help_en="Who employs these drivers."),
        Column("drivers", Integer(0, 500), "Nombre", "Number", help_fr="Conducteurs disponibles dans la semaine (vide : autant qu'il en faut).", help_en="Drivers available in the week (empty: as many as it takes)."),
        Column("weekly_hours", Decimal(0, 60), "Heures par semaine", "Weekly hours", "h", default=35.0, help_fr="Durée normale de la semaine ; au-delà, heures supplémentaires de la semaine.", help_en="Normal hours of a week; beyond, overtime of the week.", decimals=2),
        Column("longest_week", Decimal(0, 80), "Semaine la plus longue", "Longest week", "h", default=48.0, help_fr="Heures d'un conducteur dans la semaine, au plus (48 h, décret 2002-9).", help_en="Hours of one driver in the week, at most (48 h, decree 2002-9).", decimals=2),
        Column("most_days", Integer(1, 7), "Jours par semaine", "Days a week", default=5, help_fr="Jours travaillés d'un conducteur dans la semaine, au plus.", help_en="Days worked by one driver in the week, at most."),
        Column("day_duties", Integer(1, 3), "Services par jour", "Duties a day", default=1, help_fr="Services qu'un conducteur peut enchaîner le même jour (2 : journée coupée).", help_en="Duties one driver may do on the same day (2: split day)."),
        Column("day_hours", Decimal(1, 15), "Heures par jour", "Hours a day", "h", default=9.0, help_fr="Heures d'un conducteur dans la journée, au plus, en un service ou plusieurs, heures supplémentaires comprises (9 h, décret 2002-9).", help_en="Hours of one driver in a day, at most, in one duty or several, overtime included (9 h, decree 2002-9).", decimals=2),
        Column("day_span", Decimal(1, 15), "Amplitude", "Span of the day", "h", default=10.5, help_fr="Du début du premier service à la fin du dernier d'une journée coupée, au plus (10 h 30, décret 2002-9).", help_en="From the start of the first duty to the end of the last one of a split day, at most (10 h 30, decree 2002-9).", decimals=2),
        Column("daily_rest", Decimal(0, 24), "Repos quotidien", "Daily rest", "h", default=11.0, help_fr="Entre la fin d'une journée et le début de la suivante (11 h ; 12 h dans la fonction publique hospitalière sauf accord).", help_en="Between the end of a day and the start of the next one (11 h; 12 h in French public hospitals without an agreement).", decimals=2),
        Column("weekly_rest", Decimal(0, 72), "Repos hebdomadaire", "Weekly rest", "h", default=36.0, help_fr="Heures d'affilée sans travail, une fois par semaine (36 h, décret 2002-9).", help_en="Hours in a row without work, once a week (36 h, decree 2002-9).", decimals=2),
        Column("yearly_cost", Decimal(0), "Coût annuel", "Yearly cost", "€/an", help_fr="Par conducteur employé ; remplace le coût horaire des véhicules de l'équipe (vide : heures payées au coût horaire du véhicule).", help_en="Per driver employed; replaces the hourly cost of the team's vehicles (empty: hours paid at the vehicle's hourly cost).", decimals=0),
        Column("extra_cost", Decimal(0, 500), "Coût de l'heure supplémentaire", "Overtime cost", "€/h", default=40.0, help_fr="Par heure au-delà des heures de la semaine, si le coût est annuel.", help_en="Per hour beyond the weekly hours, where the cost is yearly."),
        Column("driving_law", Choice(DRIVING_LAW), "Règlement européen", "European regulation", default="weight", help_fr="45 min de pause après 4 h 30 de conduite (ou 15 puis 30), 9 h de conduite par jour.", help_en="45 min break after 4 h 30 of driving (or 15 then 30), 9 h of driving a day."),
        Column("work_break", Decimal(0, 120), "Pause de travail", "Work break", "min", default=20.0, help_fr="Pause due avant la fin des heures de travail ci-contre (20 min après 6 h ; 0 : aucune).", help_en="Break due before the end of the hours of work beside (20 min after 6 h; 0: none).", decimals=0),
        Column("work_before", Decimal(0, 1440), "Travail avant la pause", "Work before the break", "min", default=360.0, help_fr="Minutes de travail au bout desquelles la pause doit avoir commencé.", help_en="Minutes of work by which the break must have begun.", decimals=0),
        Column("meal_minutes", Decimal(0, 180), "Pause repas", "Meal break", "min", default=0.0, help_fr="Durée (0 : aucune). Elle est due au service qui couvre toute la plage ci-contre.", help_en="Length (0: none). It is due in a duty that covers the whole window beside.", decimals=0),
        Column("meal_from", Time(), "Repas à partir de", "Meal from", default=690, help_fr="Début de la pause repas au plus tôt.", help_en="Earliest start of the meal break."),
        Column("meal_until", Time(), "Repas jusqu'à", "Meal until", default=840, help_fr="Début de la pause repas au plus tard.", help_en="Latest start of the meal break."),
        Column("meal_after", Decimal(0, 1440), "Repas au-delà de", "Meal beyond", "min", default=0.0, help_fr="La pause repas n'est due que si le service dure davantage.", help_en="The meal break is only due where the duty is longer.", decimals=0),
        Column("paid", Flag(), "Pauses payées", "Breaks paid", default=True, help_fr="Oui : les pauses comptent dans la durée de service et sont payées.", help_en="Yes: breaks count in the duty and are paid."),
        MARK, SOURCE,
    ),
)  # fmt: skip

VEHICLE_COLUMNS = (
    Column("team", Ref(table="driver_teams"), "Équipe", "Team", help_fr="L'équipe qui le conduit (vide : conducteurs non comptés, pauses selon le PTAC).", help_en="The team that drives it (empty: drivers not counted, breaks by gross weight)."),
    Column("same_as", Ref(table="vehicle_types"), "Même véhicule que", "Same vehicle as", help_fr="Second service des mêmes véhicules : le n° 1 de ce type est le n° 1 de l'autre, payé une seule fois. Les deux services ne se recouvrent pas ; désinfections et véhicules dédiés valent pour les deux ensemble.", help_en="Second shift of the same vehicles: No. 1 of this type is No. 1 of the other, paid only once. The two shifts do not overlap; disinfections and dedicated vehicles hold for both together."),
)  # fmt: skip

BREAKS = Table(
    "routes_breaks", "Pauses", "Breaks", key=("day", "vehicle", "number", "rank"), group=GROUP, result=True,
    help_fr="Les pauses de chaque service, avec leur heure et leur lieu.", help_en="The breaks of each duty, with their time and place.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day"),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
        Column("number", Integer(), "N° de véhicule", "Vehicle number"),
        Column("rank", Integer(), "Pause", "Break", help_fr="Rang dans la journée.", help_en="Rank within the day."),
        Column("trip", Integer(), "Tour", "Trip", help_fr="Tour de l'arrêt ; au dépôt, celui qui suit.", help_en="Trip of the stop; at the depot, the one that follows."),
        Column("position", Integer(), "Ordre", "Order", help_fr="L'arrêt ; 0 au dépôt.", help_en="The stop; 0 at the depot."),
        Column("moment", Choice(MOMENTS), "Moment", "Moment"),
        Column("site", Ref(table="sites"), "Site", "Site"),
        Column("time", Time(), "Heure", "Time", help_fr="Début, à la minute.", help_en="Start, to the minute."),
        Column("starts", Clock(), "Début", "Starts"),
        Column("minutes", Decimal(), "Durée", "Length", "min", decimals=0),
    ),
)  # fmt: skip
ROTA = Table(
    "routes_rota", "Services des conducteurs", "Driver rota", key=("day", "vehicle", "number"), group=GROUP, result=True,
    help_fr="Qui assure chaque service : une ligne par service d'une équipe, la semaine se répétant.", help_en="Who makes each duty: one row per duty of a team, the week repeating.",
    columns=(
        Column("day", Choice(DAYS), "Jour", "Day"),
        Column("vehicle", Ref(table="vehicle_types"), "Véhicule", "Vehicle"),
        Column("number", Integer(), "N° de véhicule", "Vehicle number"),
        Column("team", Ref(table="driver_teams"), "Équipe", "Team"),
        Column("driver", Integer(), "Conducteur", "Driver", help_fr="Rang dans l'équipe.", help_en="Rank in the team."),
        Column("starts", Time(), "Début", "Start", help_fr="À la minute.", help_en="To the minute."),
        Column("ends", Time(), "Fin", "End", help_fr="À la minute.", help_en="To the minute."),
        Column("hours", Decimal(), "Heures", "Hours", "h", decimals=2, help_fr="Heures comptées.", help_en="Hours counted."),
    ),
)  # fmt: skip
DRIVER_RESULTS = (BREAKS, ROTA)
