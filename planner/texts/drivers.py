"""Texts of drivers: their breaks and their week."""

TEXTS = {
    # --- breaks of a duty ---
    "issue.routes_driving": (
        "{vehicle}, {day} : {minutes} min de conduite sans la pause de 45 min (ou 15 puis 30) due après {limit} min.",
        "{vehicle}, {day}: {minutes} min of driving without the break of 45 min (or 15 then 30) due after {limit} min.",
    ),
    "issue.routes_daily_driving": ("{vehicle}, {day} : {minutes} min de conduite dans la journée ; {limit} permises.", "{vehicle}, {day}: {minutes} min of driving in the day; {limit} allowed."),
    "issue.routes_work_break": (
        "{vehicle}, {day} : {minutes} min de travail avant une pause ; elle est due au bout de {limit} min.",
        "{vehicle}, {day}: {minutes} min of work before a break; it is due by {limit} min.",
    ),
    "issue.routes_meal_break": (
        "{vehicle}, {day} : {minutes} min de pause repas dans la plage prévue ; {limit} dues.",
        "{vehicle}, {day}: {minutes} min of meal break within its window; {limit} due.",
    ),
    "issue.routes_break_not_free": (
        "{vehicle}, {day} : la pause de {starts} à {ends} ne tient pas dans le temps libre de l'endroit où elle est prise.",
        "{vehicle}, {day}: the break from {starts} to {ends} does not lie in the free time of the place where it is taken.",
    ),
    "issue.routes_break_idle": (
        "{vehicle}, {day} : la pause non payée de {minutes} min à {starts} n'est demandée par aucune règle, ou pas si longue.",
        "{vehicle}, {day}: no rule asks for the unpaid break of {minutes} min at {starts}, or not for one so long.",
    ),
    "issue.routes_wrong_break": ("Pause, colonne {column} : {claimed} annoncé ; recalculé : {right}.", "Break, column {column}: {claimed} claimed; recomputed: {right}."),
    "issue.routes_alone_driving": (
        "Le flux {flow} ({origin} → {destination}) demande à lui seul {need} min de conduite au véhicule le plus proche, {vehicle} ; {have} permises par jour.",
        "Flow {flow} ({origin} → {destination}) alone takes {need} min of driving with the closest vehicle, {vehicle}; {have} allowed a day.",
    ),
    "issue.routes_alone_driving.mend": ("Rapprocher l'origine, ou lever le règlement européen pour ce véhicule.", "Bring the origin closer, or lift the European regulation for this vehicle."),
    "issue.routes_breaks_do_not_fit": (
        "{day} : des tournées servent tout, mais sans laisser à leurs conducteurs les pauses dues.",
        "{day}: routes serve everything, but without leaving their drivers the breaks they are owed.",
    ),
    "issue.routes_breaks_do_not_fit.mend": ("Des pauses plus courtes ou une plage de repas plus large, ou un des assouplissements ci-dessous.", "Shorter breaks or a wider meal window, or one of the relaxations below."),
    # --- two shifts of one vehicle ---
    "issue.routes_vehicle_twice": ("{vehicle} et {other}, {day} : c'est le même véhicule, et les deux services se recouvrent.", "{vehicle} and {other}, {day}: they are the same vehicle, and the two shifts overlap."),
    "issue.routes_same_vehicle": (
        "Le véhicule {vehicle} est un second service de {other} : il doit avoir le même dépôt, et {other} ne pas être lui-même un second service.",
        "Vehicle {vehicle} is a second shift of {other}: it must have the same depot, and {other} must not be a second shift itself.",
    ),
    "issue.routes_same_vehicle.mend": ("Corriger « Même véhicule que ».", "Correct “Same vehicle as”."),
    "issue.routes_same_vehicle_hours": (
        "Les services {vehicle} ({starts}–{ends}) et {other} ({opens}–{closes}) d'un même véhicule se recouvrent.",
        "Shifts {vehicle} ({starts}–{ends}) and {other} ({opens}–{closes}) of one vehicle overlap.",
    ),
    "issue.routes_same_vehicle_hours.mend": ("Faire commencer l'un quand l'autre finit.", "Have one begin when the other ends."),
    # --- the week of drivers ---
    "issue.routes_too_many_drivers": ("Équipe {team} : {used} conducteurs employés ; il y en a {drivers}.", "Team {team}: {used} drivers employed; there are {drivers}."),
    "issue.routes_driver_twice": ("Équipe {team}, conducteur {driver}, {day} : un service commence à {starts}, avant la fin du précédent à {ends}.", "Team {team}, driver {driver}, {day}: a duty begins at {starts}, before the end of the one before at {ends}."),
    "issue.routes_driver_duties": ("Équipe {team}, conducteur {driver}, {day} : {duties} services ; {limit} permis.", "Team {team}, driver {driver}, {day}: {duties} duties; {limit} allowed."),
    "issue.routes_driver_day": ("Équipe {team}, conducteur {driver}, {day} : {hours} h de travail ; {limit} permises.", "Team {team}, driver {driver}, {day}: {hours} h of work; {limit} allowed."),
    "issue.routes_driver_span": ("Équipe {team}, conducteur {driver}, {day} : {hours} h du début à la fin de la journée ; {limit} permises.", "Team {team}, driver {driver}, {day}: {hours} h from start to end of the day; {limit} allowed."),
    "issue.routes_driver_days": ("Équipe {team}, conducteur {driver} : {days} jours de travail ; {limit} permis.", "Team {team}, driver {driver}: {days} days of work; {limit} allowed."),
    "issue.routes_driver_week": ("Équipe {team}, conducteur {driver} : {hours} h dans la semaine ; {limit} permises.", "Team {team}, driver {driver}: {hours} h in the week; {limit} allowed."),
    "issue.routes_driver_rest": ("Équipe {team}, conducteur {driver}, {day} : {hours} h de repos avant ; {limit} dues.", "Team {team}, driver {driver}, {day}: {hours} h of rest before; {limit} due."),
    "issue.routes_driver_weekly_rest": ("Équipe {team}, conducteur {driver} : {hours} h de repos d'affilée au plus dans la semaine ; {limit} dues.", "Team {team}, driver {driver}: {hours} h of rest in a row at most in the week; {limit} due."),
    "issue.routes_crew_proven": (
        "Équipe {team} : ce que seuls ses véhicules peuvent transporter demande au moins {hours} h de conduite et d'arrêts par semaine ; ses {drivers} conducteurs en ont {limit}.",
        "Team {team}: what only its vehicles can carry takes at least {hours} h of driving and stops a week; its {drivers} drivers have {limit}.",
    ),
    "issue.routes_crew_proven.mend": ("Au moins {more} conducteur(s) de plus, ou une semaine plus longue.", "At least {more} more driver(s), or a longer week."),
    "issue.routes_crew_hours": (
        "Équipe {team} : les tournées trouvées font {hours} h par semaine ; {drivers} conducteurs en font {limit} au plus.",
        "Team {team}: the routes found take {hours} h a week; {drivers} drivers do {limit} at most.",
    ),
    "issue.routes_crew_day": (
        "Équipe {team}, {day} : les tournées trouvées demandent {need} conducteurs ce jour-là ; il y en a {drivers}.",
        "Team {team}, {day}: the routes found need {need} drivers on that day; there are {drivers}.",
    ),
    "issue.routes_crew_week": (
        "Équipe {team} : {duties} services ({hours} h) ne se partagent pas entre {drivers} conducteurs avec leurs repos et leurs jours ; il en faut au moins {least}.",
        "Team {team}: {duties} duties ({hours} h) cannot be shared between {drivers} drivers with their rest and days; at least {least} are needed.",
    ),
    "issue.routes_crew_least": (
        "Équipe {team} : il manque au moins un conducteur ; combien suffiraient n'a pas été établi dans le temps donné.",
        "Team {team}: at least one driver is lacking; how many would be enough was not established in the time given.",
    ),
    "issue.routes_relax_drivers": (
        "Avec {more} conducteurs de plus dans l'équipe {team} ({need} en tout), un plan existe : il a été trouvé et vérifié. Moins suffiraient peut-être.",
        "With {more} more drivers in team {team} ({need} in all) there is a plan: it was found and audited. Fewer may be enough.",
    ),
    "issue.routes_relax_driver": (
        "Avec un conducteur de plus dans l'équipe {team} ({need} en tout), un plan existe : il a été trouvé et vérifié.",
        "With one more driver in team {team} ({need} in all) there is a plan: it was found and audited.",
    ),
    "issue.routes_relax_vehicles": (
        "Avec ces véhicules de plus, un plan existe : {vehicles}. Il a été trouvé et vérifié ({cost} €/an de coût fixe). Moins suffiraient peut-être.",
        "With these vehicles more there is a plan: {vehicles}. It was found and audited (€{cost} a year of fixed cost). Fewer may be enough.",
    ),
    "issue.routes_relax_teams": (
        "Avec plus de conducteurs, un plan existe : en plus par équipe, {teams}. Il a été trouvé et vérifié. Moins suffiraient peut-être.",
        "With more drivers there is a plan: more by team, {teams}. It was found and audited. Fewer may be enough.",
    ),
    "issue.routes_relax_means": (
        "Avec plus de véhicules et de conducteurs, un plan existe : véhicules en plus, {vehicles} ; conducteurs en plus par équipe, {teams}. Il a été trouvé et vérifié ({cost} €/an de coût fixe des véhicules). Moins suffiraient peut-être.",
        "With more vehicles and drivers there is a plan: more vehicles, {vehicles}; more drivers by team, {teams}. It was found and audited (€{cost} a year of fixed cost of the vehicles). Fewer may be enough.",
    ),
    "issue.routes_relax_third_party": (
        "Confier à un tiers {count} passage(s) par semaine ({visits}) suffirait : un plan pour le reste a été trouvé et vérifié.",
        "Leaving {count} visit(s) a week ({visits}) to a third party would be enough: a plan for the rest was found and audited.",
    ),
    "issue.routes_relax_driver_day": (
        "{day} : {minutes} min de plus dans la journée de chaque conducteur suffiraient (« Heures par jour » des équipes : {teams}).",
        "{day}: {minutes} more minutes in each driver's day would be enough (“Hours a day” of the teams: {teams}).",
    ),
    "issue.routes_relax_week": ("Équipe {team} : une semaine de {hours} h au plus suffirait.", "Team {team}: a longest week of {hours} h would be enough."),
    "issue.routes_relax_days": ("Équipe {team} : {days} jours de travail par semaine suffiraient.", "Team {team}: {days} days of work a week would be enough."),
    "issue.routes_relax_split": ("Équipe {team} : deux services par jour et par conducteur suffiraient.", "Team {team}: two duties a day and driver would be enough."),
    "roadsheet.team": ("Conducteur", "Driver"),
    "roadsheet.break": ("Pause de {minutes} min", "Break of {minutes} min"),
    "charts.activity.break": ("pause", "break"),
}
