"""Texts of the rules of sites and vehicles of the routes problem: zones, optional stops, locks, classes, CO2."""

TEXTS = {
    # --- low-emission zones ---
    "issue.routes_zone_hours": ("La règle {rule} de la zone {zone} finit avant de commencer.", "Rule {rule} of zone {zone} ends before it begins."),
    "issue.routes_zone_hours.mend": ("Intervertir les deux heures ; une nuit s'écrit en deux règles.", "Swap the two times; a night takes two rules."),
    "issue.routes_zone_dates": ("La règle {rule} de la zone {zone} vaut du {starts} au {ends}.", "Rule {rule} of zone {zone} is valid from {starts} to {ends}."),
    "issue.routes_zone_dates.mend": ("Intervertir les deux dates.", "Swap the two dates."),
    "issue.routes_zone_not_valid": ("La règle {rule} de la zone {zone} ne vaut pas au {date}, date de la semaine type : elle ne joue pas.", "Rule {rule} of zone {zone} is not valid on {date}, the date of the typical week: it does not apply."),
    "issue.routes_zone_inactive": ("La zone {zone} n'est pas en vigueur : ses sites sont ouverts à tous les véhicules.", "Zone {zone} is not in force: its sites are open to all vehicles."),
    "issue.routes_alone_zone": (
        "Aucun véhicule ne peut desservir le flux {flow} ({day}) : le plus proche, {vehicle}, n'est pas admis à {site} (zone {zone}) de {opens} à {closes}, et les {minutes} min sur place ne tiennent pas en dehors.",
        "No vehicle can serve flow {flow} ({day}): the closest one, {vehicle}, is barred from {site} (zone {zone}) from {opens} to {closes}, and its {minutes} min on site do not fit outside.",
    ),
    "issue.routes_alone_zone.mend": ("Un véhicule admis dans la zone, ou une livraison plus tôt ou plus tard.", "A vehicle allowed in the zone, or an earlier or later delivery."),
    "issue.routes_access_zone": (
        "{vehicle} est à {site} de {arrives} à {leaves}, alors que la zone {zone} lui est fermée de {opens} à {closes}.",
        "{vehicle} is at {site} from {arrives} to {leaves}, though zone {zone} is closed to it from {opens} to {closes}.",
    ),
}
