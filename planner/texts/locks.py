"""Texts of the decisions of a plan that can be locked."""

TEXTS = {
    "locks.kitchen_keep": ("La cuisine {kitchen} reste ouverte", "Kitchen {kitchen} stays open"),
    "locks.kitchen_open": ("La cuisine {kitchen} ouvre", "Kitchen {kitchen} opens"),
    "locks.kitchen_close": ("La cuisine {kitchen} ferme", "Kitchen {kitchen} closes"),
    "locks.kitchen_unopened": ("La cuisine {kitchen} n'ouvre pas", "Kitchen {kitchen} does not open"),
    "locks.site": ("Le site {site} est livré par la cuisine {kitchen}", "Site {site} is supplied by kitchen {kitchen}"),
    "locks.vehicle": ("Le flux {flow} roule avec le véhicule {vehicle}", "Flow {flow} travels with vehicle {vehicle}"),
    "locks.days": ("Le flux {flow} roule {days}", "Flow {flow} travels {days}"),
    "locks.on_day": ("le {day}", "on {day}"),
    "locks.and": ("et", "and"),
    "locks.award": ("Le lot {lot} est attribué à {supplier} pour {establishment}", "Lot {lot} is awarded to {supplier} for {establishment}"),
    "locks.exclude": ("Le lot {lot} n'est pas attribué à {supplier} pour {establishment}", "Lot {lot} is not awarded to {supplier} for {establishment}"),
    "locks.everyone": ("tous les établissements", "all establishments"),
    "locks.stay_out": ("{establishment} reste hors du marché commun pour le lot {lot}", "{establishment} stays out of the common contract for lot {lot}"),
}
