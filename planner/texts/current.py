"""Texts of the check of today's routes."""

TEXTS = {
    "cli.check-routes": ("vérifie les tournées d'aujourd'hui : retards, kilomètres à vide, règles enfreintes, ce que déplacer un arrêt économiserait", "checks today's routes: lateness, empty kilometres, rules broken, what moving one stop would save"),
    "current.unknown": ("Les tournées d'aujourd'hui manquent ou ne transportent pas tout : « planner solve » dit ce qui manque.", "Today's routes are missing or do not carry everything: \"planner solve\" says what is missing."),
    "current.cost": ("Les tournées d'aujourd'hui coûtent {cost} € par an : {routes} tournées, {km} km par semaine dont {empty} à vide ({share} %).", "Today's routes cost {cost} € a year: {routes} routes, {km} km a week of which {empty} empty ({share} %)."),
    "current.late": ("{count} tournée(s) en retard, {minutes} minutes en tout.", "{count} route(s) late, {minutes} minutes in all."),
    "current.on_time": ("Toutes les tournées peuvent être à l'heure.", "All routes can be on time."),
    "current.broken": ("Ce que les tournées d'aujourd'hui enfreignent ({count} constats) :", "What today's routes break ({count} findings):"),
    "current.broken_more": ("… et {count} autres constats de cette règle (tous avec --json).", "… and {count} more findings of this rule (all with --json)."),
    "current.kept": ("Aucune règle enfreinte.", "No rule broken."),
    "current.day": ("Jour", "Day"), "current.vehicle": ("Véhicule", "Vehicle"), "current.stops": ("Arrêts", "Stops"), "current.km": ("km", "km"),
    "current.empty_km": ("à vide", "empty"), "current.hours": ("Heures", "Hours"), "current.minutes_late": ("Retard min", "Late min"),
    "current.overrun": ("Dépassement min", "Overrun min"), "current.fill": ("Remplissage", "Fill"), "current.cost_year": ("€/an hors véhicule", "€/year, vehicle aside"),
    "current.more": ("… et {count} autres tournées.", "… and {count} more routes."),
    "current.moves": ("Ce que déplacer un seul arrêt économiserait, les règles étant gardées (chaque déplacement est vérifié par l'audit ; ils ne s'ajoutent pas) :", "What moving one single stop would save, rules kept (each move is checked by the audit; they do not add up):"),
    "current.none_yet": ("Arrêté avant d'avoir trouvé un déplacement qui économise.", "Stopped before any move that saves was found."),
    "current.no_move": ("Aucun déplacement d'un seul arrêt n'économise sans enfreindre de règle.", "No move of a single stop saves without breaking a rule."),
    "current.move": ("{saves} €/an, {km} km/semaine : {day}, {site} ({flows}) de {vehicle}, tour {trip}, à {other}, tour {to}, {where}", "{saves} €/year, {km} km/week: {day}, {site} ({flows}) from {vehicle}, trip {trip}, to {other}, trip {to}, {where}"),
    "current.move_within": ("{saves} €/an, {km} km/semaine : {day}, {vehicle}, tour {trip} : {site} ({flows}) à servir {where}", "{saves} €/year, {km} km/week: {day}, {vehicle}, trip {trip}: {site} ({flows}) to be served {where}"),
    "current.after": ("après {site}", "after {site}"), "current.first": ("en premier", "first"),
    "current.mon": ("lundi", "Monday"), "current.tue": ("mardi", "Tuesday"), "current.wed": ("mercredi", "Wednesday"), "current.thu": ("jeudi", "Thursday"),
    "current.fri": ("vendredi", "Friday"), "current.sat": ("samedi", "Saturday"), "current.sun": ("dimanche", "Sunday"),
}  # fmt: skip
