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
    # --- optional visits ---
    "issue.routes_skip_certain": (
        "Le flux {flow} peut être laissé, et aucun véhicule ne peut le transporter : chaque passage coûtera {cost} €.",
        "Flow {flow} may be skipped, and no vehicle can carry it: every visit will cost €{cost}.",
    ),
    "issue.routes_skip_certain.mend": ("Voir ce qui l'empêche en vidant « Prix si non assuré ».", "See what prevents it by emptying “Cost if skipped”."),
    "issue.routes_skipped_empties": ("Le flux {flow} ({day}, passage {visit}) n'est pas assuré, mais ses vides sont repris.", "Flow {flow} ({day}, visit {visit}) is skipped, but its empties are taken back."),
    "issue.routes_not_skipped": ("Le flux {flow} ({day}) est dit laissé, mais il est assuré, ou obligatoire, ou déjà compté.", "Flow {flow} ({day}) is said to be skipped, but it is made, or must be, or is counted already."),
    "issue.routes_skipped_differs": ("Colonne {column} : {claimed} annoncé ; selon les données : {right}.", "Column {column}: {claimed} claimed; by the data: {right}."),
    "issue.routes_skipped_silently": ("Le flux {flow} ({day}, passage {visit}) n'est pas assuré et le plan ne le dit pas.", "Flow {flow} ({day}, visit {visit}) is skipped and the plan does not say so."),
    # --- CO2 ---
    "issue.routes_co2_over": ("Les tournées émettent {emitted} t de CO2 par an ; {limit} permises.", "The routes emit {emitted} t of CO2 a year; {limit} allowed."),
    "issue.routes_co2_over_by": (
        "Les tournées de l'établissement {establishment} émettent {emitted} t de CO2 par an ; {limit} permises.",
        "The routes of establishment {establishment} emit {emitted} t of CO2 a year; {limit} allowed.",
    ),
    "issue.routes_co2_unavoidable": (
        "Le CO2 des tournées est limité à {limit} t par an, mais aucun plan n'émet moins de {least} t avec ces flux et ces véhicules.",
        "The CO2 of the routes is limited to {limit} t a year, but no plan emits less than {least} t with these flows and vehicles.",
    ),
    "issue.routes_co2_unavoidable.mend": ("Permettre davantage de CO2, ou prévoir des véhicules qui en émettent moins.", "Allow more CO2, or provide vehicles that emit less."),
    "issue.routes_co2_unavoidable_by": (
        "Le CO2 des tournées de l'établissement {establishment} est limité à {limit} t par an, mais aucun plan n'émet moins de {least} t avec ces flux et ces véhicules.",
        "The CO2 of the routes of establishment {establishment} is limited to {limit} t a year, but no plan emits less than {least} t with these flows and vehicles.",
    ),
    "issue.routes_co2_unavoidable_by.mend": ("Permettre davantage de CO2 à cet établissement, ou prévoir des véhicules qui en émettent moins.", "Allow this establishment more CO2, or provide vehicles that emit less."),
    "issue.routes_co2_unmet": (
        "Aucun plan trouvé avec au plus {limit} t de CO2 par an ; la plus petite émission trouvée est de {smallest} t.",
        "No plan found with at most {limit} t of CO2 a year; the smallest emission found is {smallest} t.",
    ),
    "issue.routes_co2_unmet.mend": ("Permettre {smallest} t, laisser plus de temps à la recherche, ou prévoir des véhicules qui émettent moins.", "Allow {smallest} t, give the search more time, or provide vehicles that emit less."),
    "issue.routes_co2_unmet_by": (
        "Aucun plan trouvé avec au plus {limit} t de CO2 par an pour l'établissement {establishment} ; la plus petite émission trouvée est de {smallest} t.",
        "No plan found with at most {limit} t of CO2 a year for establishment {establishment}; the smallest emission found is {smallest} t.",
    ),
    "issue.routes_co2_unmet_by.mend": ("Permettre {smallest} t à cet établissement, laisser plus de temps à la recherche, ou prévoir des véhicules qui émettent moins.", "Allow this establishment {smallest} t, give the search more time, or provide vehicles that emit less."),
}
