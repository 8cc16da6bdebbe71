"""Texts of the decisions of a plan that can be locked."""

TEXTS = {
    "locks.kitchen_keep": ("La cuisine {kitchen} reste ouverte", "Kitchen {kitchen} stays open"),
    "locks.kitchen_open": ("La cuisine {kitchen} ouvre", "Kitchen {kitchen} opens"),
    "locks.kitchen_close": ("La cuisine {kitchen} ferme", "Kitchen {kitchen} closes"),
    "locks.kitchen_unopened": ("La cuisine {kitchen} n'ouvre pas", "Kitchen {kitchen} does not open"),
    "locks.site": ("Le site {site} est livré par la cuisine {kitchen}", "Site {site} is supplied by kitchen {kitchen}"),
    "locks.vehicle": ("Le flux {flow} roule avec le véhicule {vehicle}", "Flow {flow} travels with vehicle {vehicle}"),
    "locks.days": ("Le flux {flow} roule {days}", "Flow {flow} travels {days}"),
    "locks.site_vehicle": ("Tous les flux du site {site} roulent avec le véhicule {vehicle}", "All flows of site {site} travel with vehicle {vehicle}"),
    "locks.site_days": ("Le site {site} n'est visité que {days}", "Site {site} is visited {days} only"),
    "locks.row_vehicle": ("Les flux de {about} roulent avec le véhicule {vehicle}", "The flows of {about} travel with vehicle {vehicle}"),
    "locks.row_days": ("Les flux de {about} ne roulent que {days}", "The flows of {about} travel {days} only"),
    "locks.route": ("La tournée du {day} du véhicule {vehicle} n° {number} reste celle d'aujourd'hui", "The {day} route of vehicle {vehicle} no. {number} stays today's"),
    "locks.on_day": ("le {day}", "on {day}"),
    "locks.and": ("et", "and"),
    "locks.award": ("Le lot {lot} est attribué à {supplier} pour {establishment}", "Lot {lot} is awarded to {supplier} for {establishment}"),
    "locks.exclude": ("Le lot {lot} n'est pas attribué à {supplier} pour {establishment}", "Lot {lot} is not awarded to {supplier} for {establishment}"),
    "locks.reference": ("La référence commune de « {equivalence} » est {article}", "The common reference of “{equivalence}” is {article}"),
    "locks.everyone": ("tous les établissements", "all establishments"),
    "locks.stay_out": ("{establishment} reste hors du marché commun pour le lot {lot}", "{establishment} stays out of the common contract for lot {lot}"),
}
