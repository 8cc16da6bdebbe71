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
    "issue.routes_co2_uncounted": (
        "{visits} passage(s) par semaine sont confiés à un tiers (flux {flows}) : leur CO2 n'est pas compté dans la limite de {limit} t par an.",
        "{visits} visit(s) a week are left to a third party (flows {flows}): their CO2 is not counted within the limit of {limit} t a year.",
    ),
    "issue.routes_co2_uncounted.mend": ("Demander au tiers ses émissions, et abaisser la limite d'autant.", "Ask the third party for its emissions, and lower the limit by as much."),
    "issue.routes_co2_uncounted_by": (
        "Établissement {establishment} : {visits} passage(s) par semaine sont confiés à un tiers (flux {flows}) ; leur CO2 n'est pas compté dans sa limite de {limit} t par an.",
        "Establishment {establishment}: {visits} visit(s) a week are left to a third party (flows {flows}); their CO2 is not counted within its limit of {limit} t a year.",
    ),
    "issue.routes_co2_uncounted_by.mend": ("Demander au tiers ses émissions, et abaisser la limite d'autant.", "Ask the third party for its emissions, and lower the limit by as much."),
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
        "Aucun plan trouvé avec au plus {limit} t de CO2 par an. Le minimum possible est compris entre {least} t (aucun plan n'émet moins) et {smallest} t (meilleur plan trouvé).",
        "No plan found with at most {limit} t of CO2 a year. The least possible lies between {least} t (no plan emits less) and {smallest} t (best plan found).",
    ),
    "issue.routes_co2_impossible": (
        "Aucun plan ne peut tenir la limite de {limit} t de CO2 par an : avec ces flux et ces véhicules, tout plan en émet au moins {least} t. Le meilleur plan trouvé en émet {smallest} t.",
        "No plan can keep the limit of {limit} t of CO2 a year: with these flows and vehicles every plan emits at least {least} t. The best plan found emits {smallest} t.",
    ),
    "issue.routes_co2_impossible.mend": (
        "Permettre {smallest} t, prévoir des véhicules qui émettent moins, ou demander moins de passages.",
        "Allow {smallest} t, provide vehicles that emit less, or ask for fewer visits.",
    ),
    "issue.routes_co2_impossible_by": (
        "Aucun plan ne peut tenir la limite de {limit} t de CO2 par an de l'établissement {establishment} : avec ces flux et ces véhicules, tout plan en émet au moins {least} t. Le meilleur plan trouvé en émet {smallest} t.",
        "No plan can keep the limit of {limit} t of CO2 a year of establishment {establishment}: with these flows and vehicles every plan emits at least {least} t. The best plan found emits {smallest} t.",
    ),
    "issue.routes_co2_impossible_by.mend": (
        "Permettre {smallest} t à cet établissement, prévoir des véhicules qui émettent moins, ou demander moins de passages.",
        "Allow this establishment {smallest} t, provide vehicles that emit less, or ask for fewer visits.",
    ),
    "issue.routes_co2_unmet.mend": ("Permettre {smallest} t, laisser plus de temps à la recherche, ou prévoir des véhicules qui émettent moins.", "Allow {smallest} t, give the search more time, or provide vehicles that emit less."),
    "issue.routes_co2_unmet_by": (
        "Aucun plan trouvé avec au plus {limit} t de CO2 par an pour l'établissement {establishment}. Son minimum possible est compris entre {least} t (aucun plan n'émet moins) et {smallest} t (meilleur plan trouvé).",
        "No plan found with at most {limit} t of CO2 a year for establishment {establishment}. Its least possible lies between {least} t (no plan emits less) and {smallest} t (best plan found).",
    ),
    "issue.routes_co2_unmet_by.mend": ("Permettre {smallest} t à cet établissement, laisser plus de temps à la recherche, ou prévoir des véhicules qui émettent moins.", "Allow this establishment {smallest} t, give the search more time, or provide vehicles that emit less."),
    # --- locks ---
    "issue.routes_lock_unused": ("Ce verrou ne concerne aucun flux.", "This lock concerns no flow."),
    "issue.routes_lock_unused.mend": ("Corriger le site, la catégorie ou le flux, ou supprimer la ligne.", "Correct site, category or flow, or delete the row."),
    "issue.routes_lock_empty": ("Ce verrou n'impose ni véhicule ni jours.", "This lock imposes neither a vehicle nor days."),
    "issue.routes_lock_empty.mend": ("Donner un véhicule ou des jours, ou supprimer la ligne.", "Give a vehicle or days, or delete the row."),
    "issue.routes_lock_against_flow": (
        "Le verrou « {lock} » impose le véhicule {vehicle} au flux {flow}, que la feuille « Flux » réserve au véhicule {other}.",
        "Lock “{lock}” imposes vehicle {vehicle} on flow {flow}, which sheet “Flows” keeps for vehicle {other}.",
    ),
    "issue.routes_lock_against_flow.mend": ("Garder un seul des deux.", "Keep one of the two only."),
    "issue.routes_lock_against_lock": (
        "Le verrou « {lock} » impose le véhicule {vehicle} au flux {flow}, et le verrou « {before} » le véhicule {other}.",
        "Lock “{lock}” imposes vehicle {vehicle} on flow {flow}, and lock “{before}” vehicle {other}.",
    ),
    "issue.routes_lock_against_lock.mend": ("Garder un seul des deux.", "Keep one of the two only."),
    "issue.routes_lock_against_route": (
        "La tournée gardée du véhicule {vehicle} n° {number} ({day}) porte le flux {flow}, réservé au véhicule {other}.",
        "The kept route of vehicle {vehicle} no. {number} ({day}) carries flow {flow}, which is kept for vehicle {other}.",
    ),
    "issue.routes_lock_against_route.mend": ("Ne plus garder cette tournée, ou libérer le flux.", "No longer keep this route, or free the flow."),
    "issue.routes_lock_days_apart": (
        "Jours admis pour le flux {flow} par le verrou « {lock} » : {days} ; par le verrou « {before} » : {others}. Aucun jour commun.",
        "Lock “{lock}” admits flow {flow} on {days} only, and lock “{before}” on {others} only: no day in common.",
    ),
    "issue.routes_lock_days_apart.mend": ("Donner au moins un jour commun.", "Give at least one day in common."),
    "issue.routes_lock_days_flow": (
        "Jours admis pour le flux {flow} par le verrou « {lock} » : {days} ; jours de passage dans la feuille « Flux » : {others}.",
        "Lock “{lock}” admits flow {flow} on {days} only; sheet “Flows” has it on {others}.",
    ),
    "issue.routes_lock_days_flow.mend": ("Accorder les deux, ou laisser les jours du flux au choix.", "Make the two agree, or let the flow's days be chosen."),
    "issue.routes_lock_days_closed": (
        "Jours admis pour le flux {flow} par le verrou « {lock} » : {days}. Son origine ou sa destination est alors fermée.",
        "Lock “{lock}” admits flow {flow} on {days} only, when its origin or its destination is closed.",
    ),
    "issue.routes_lock_days_closed.mend": ("Changer les jours du verrou ou les horaires du site.", "Change the days of the lock or the hours of the site."),
    "issue.routes_lock_days_few": (
        "Le flux {flow} a {visits} passages par semaine ; jours admis par le verrou « {lock} » : {days}. Il y aura plusieurs passages par jour.",
        "Flow {flow} has {visits} visits a week, which lock “{lock}” puts on {days}: there will be several a day.",
    ),
    "issue.routes_lock_days_few.mend": ("Permettre plus de jours, ou moins de passages.", "Allow more days, or fewer visits."),
    "issue.routes_held_part": (
        "Tournée actuelle du véhicule {vehicle} n° {number} ({day}) : {count} de ses {rows} lignes seulement sont gardées.",
        "Current route of vehicle {vehicle} no. {number} ({day}): only {count} of its {rows} rows are kept.",
    ),
    "issue.routes_held_part.mend": ("Marquer toutes les lignes de ce véhicule et de ce jour, ou aucune.", "Mark all rows of this vehicle and day, or none."),
    "issue.routes_held_number": (
        "La tournée gardée ({day}) est celle du véhicule {vehicle} n° {number} ; il y en a {available}.",
        "The kept route ({day}) is that of vehicle {vehicle} no. {number}; there are {available}.",
    ),
    "issue.routes_held_number.mend": ("Corriger le numéro ou le nombre de véhicules.", "Correct the number or the count of vehicles."),
    "issue.routes_held_day": (
        "La tournée gardée du véhicule {vehicle} n° {number} ({day}) porte le flux {flow}, dont les jours de passage sont : {others}.",
        "The kept route of vehicle {vehicle} no. {number} ({day}) carries flow {flow}, whose days are: {others}.",
    ),
    "issue.routes_held_day.mend": ("Accorder les jours du flux et la tournée, ou ne plus la garder.", "Make the days of the flow and the route agree, or no longer keep it."),
    "issue.routes_held_twice": (
        "Les tournées gardées portent deux fois le flux {flow} (véhicule {vehicle} n° {number}, {day}).",
        "The kept routes carry flow {flow} twice (vehicle {vehicle} no. {number}, {day}).",
    ),
    "issue.routes_held_unfinished": (
        "La tournée gardée du véhicule {vehicle} n° {number} ({day}) ne porte qu'une partie du flux {flow} : ses unités pleines ou ses vides sont ailleurs.",
        "The kept route of vehicle {vehicle} no. {number} ({day}) carries only part of flow {flow}: its full units or its empties are elsewhere.",
    ),
    "issue.routes_held_unfinished.mend": ("Garder aussi la tournée qui porte le reste, ou aucune des deux.", "Keep the route that carries the rest too, or neither."),
    "issue.routes_held_broken": (
        "La tournée gardée du véhicule {vehicle} n° {number} ({day}) n'est pas possible telle quelle : {count} règle(s) enfreinte(s).",
        "The kept route of vehicle {vehicle} no. {number} ({day}) is not possible as it is: {count} rule(s) broken.",
    ),
    "issue.routes_held_broken.mend": ("Corriger ce qui suit, ou ne plus garder cette tournée.", "Correct what follows, or no longer keep this route."),
    "issue.routes_held_changed": (
        "La tournée du véhicule {vehicle} n° {number} ({day}), à garder telle quelle, est changée.",
        "The route of vehicle {vehicle} no. {number} ({day}), to be kept as it is, is changed.",
    ),
    # --- classes ---
    "issue.routes_disinfect_no_time": (
        "Les classes « {first} » et « {second} » demandent une désinfection dont la durée manque : elle est comptée pour rien.",
        "Classes “{first}” and “{second}” ask for a disinfection whose time is missing: it is counted as none.",
    ),
    "issue.routes_disinfect_no_time.mend": ("Donner les minutes de désinfection.", "Give the minutes of disinfection."),
    "issue.routes_dedicated_both": (
        "Les classes « {first} » et « {second} » ont des véhicules dédiés, mais le véhicule {vehicle} admet les deux.",
        "Classes “{first}” and “{second}” have dedicated vehicles, but vehicle {vehicle} takes both.",
    ),
    "issue.routes_dedicated_both.mend": ("Lui retirer une classe, ou en faire deux lignes, une par classe.", "Take one class from it, or make two rows of it, one by class."),
    "issue.routes_dedicated_shifts": (
        "Les classes {first} et {second} ont des véhicules dédiés, mais {vehicle} et {other} sont deux services d'un même véhicule : l'un admet la première, l'autre la seconde.",
        "Classes {first} and {second} have dedicated vehicles, but {vehicle} and {other} are two shifts of one vehicle: one takes the first, the other the second.",
    ),
    "issue.routes_dedicated_shifts.mend": (
        "Retirer une des deux classes à ces deux services, ou leur donner deux véhicules (vider « Même véhicule que »).",
        "Take one of the two classes from both shifts, or give them two vehicles (empty “Same vehicle as”).",
    ),
    "issue.routes_disinfection": (
        "{vehicle}, {day} : le tour {trip} charge à {loads}, après un retour à {returns} ; il faut {minutes} min de désinfection entre les deux.",
        "{vehicle}, {day}: trip {trip} loads at {loads}, after a return at {returns}; {minutes} min of disinfection must lie between.",
    ),
    "issue.routes_dedicated": (
        "Le véhicule {vehicle} n° {number} porte les flux {flow} ({first}) et {other} ({second}), qui ont des véhicules dédiés.",
        "Vehicle {vehicle} no. {number} carries flows {flow} ({first}) and {other} ({second}), which have dedicated vehicles.",
    ),
    # --- what would be enough ---
    "issue.routes_relax_window": (
        "{day} : élargir de {minutes} min, de chaque côté, les fenêtres de ce qui ne trouve pas de place ({flows}) suffirait.",
        "{day}: widening by {minutes} min, at both ends, the windows of what finds no place ({flows}) would be enough.",
    ),
    "issue.routes_relax_trips": ("{day} : un tour de plus par véhicule suffirait.", "{day}: one more trip per vehicle would be enough."),
    "issue.routes_relax_capacity": ("{day} : des véhicules plus grands de {percent} % (places et charge) suffiraient.", "{day}: vehicles larger by {percent} % (places and payload) would be enough."),
    "issue.routes_enough_nothing": (
        "Flux {flow} ({origin} → {destination}) : aucun changement d'une seule règle ne suffirait à ce qu'un véhicule le transporte.",
        "Flow {flow} ({origin} → {destination}): no change of a single rule would be enough for a vehicle to carry it.",
    ),
    "issue.routes_enough_window": (
        "Flux {flow} ({origin} → {destination}) : {amount} min de fenêtre en plus, de chaque côté, suffiraient (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): {amount} more minutes of window, at both ends, would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_shift": (
        "Flux {flow} ({origin} → {destination}) : sortir {amount} min plus tôt et rentrer {amount} min plus tard suffirait (véhicule {vehicle}, dépôt compris).",
        "Flow {flow} ({origin} → {destination}): leaving {amount} min earlier and coming back {amount} min later would be enough (vehicle {vehicle}, its depot included).",
    ),
    "issue.routes_enough_overtime": (
        "Flux {flow} ({origin} → {destination}) : {amount} min d'heures supplémentaires en plus suffiraient (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): {amount} more minutes of overtime would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_on_board": (
        "Flux {flow} ({origin} → {destination}) : {amount} min à bord de plus suffiraient (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): {amount} more minutes on board would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_kg": (
        "Flux {flow} ({origin} → {destination}) : {amount} kg de charge utile en plus suffiraient (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): {amount} more kg of payload would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_places": (
        "Flux {flow} ({origin} → {destination}) : {amount} places de plus suffiraient (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): {amount} more places would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_gvw": (
        "Flux {flow} ({origin} → {destination}) : {amount} t de plus admises sur place suffiraient (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): {amount} more tonnes admitted on site would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_tail_lift": (
        "Flux {flow} ({origin} → {destination}) : un hayon suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): a tail lift would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_low_emission": (
        "Flux {flow} ({origin} → {destination}) : être admis en ZFE suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): being allowed in the low-emission zone would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_zone": (
        "Flux {flow} ({origin} → {destination}) : être admis dans la zone à ces heures suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): being allowed in the zone at these hours would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_temperature": (
        "Flux {flow} ({origin} → {destination}) : un compartiment à sa température suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): a compartment at its temperature would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_hygiene": (
        "Flux {flow} ({origin} → {destination}) : admettre sa classe suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): taking its class would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_foreign": (
        "Flux {flow} ({origin} → {destination}) : partager un véhicule entre dépôts suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): sharing a vehicle between depots would be enough (vehicle {vehicle}).",
    ),
    "issue.routes_enough_lock": (
        "Flux {flow} ({origin} → {destination}) : le laisser libre de son véhicule suffirait (véhicule {vehicle}).",
        "Flow {flow} ({origin} → {destination}): freeing it of its vehicle would be enough (vehicle {vehicle}).",
    ),
    # --- why a vehicle imposed cannot carry a flow ---
    "issue.routes_locked_none": (
        "Il n'y a aucun véhicule {vehicle} (« Nombre »).",
        "There is no vehicle {vehicle} (“Count”).",
    ),
    "issue.routes_locked_foreign": (
        "Véhicule {vehicle} imposé au flux {flow} : il est réservé aux flux de son dépôt.",
        "Vehicle {vehicle} imposed on flow {flow}: it is kept for the flows of its depot.",
    ),
    "issue.routes_locked_temperature": (
        "Véhicule {vehicle} imposé au flux {flow} : il n'a pas la température « {temperature} ».",
        "Vehicle {vehicle} imposed on flow {flow}: it lacks temperature “{temperature}”.",
    ),
    "issue.routes_locked_hygiene": (
        "Véhicule {vehicle} imposé au flux {flow} : il n'admet pas la classe « {hygiene} ».",
        "Vehicle {vehicle} imposed on flow {flow}: it does not take class “{hygiene}”.",
    ),
    "issue.routes_locked_places": (
        "Véhicule {vehicle} imposé au flux {flow} : il a {have} places, le flux en prend {need}.",
        "Vehicle {vehicle} imposed on flow {flow}: it has {have} places, the flow takes {need}.",
    ),
    "issue.routes_locked_compartment": (
        "Véhicule {vehicle} imposé au flux {flow} : il a {have} places « {temperature} », le flux en prend {need}.",
        "Vehicle {vehicle} imposed on flow {flow}: it has {have} places “{temperature}”, the flow takes {need}.",
    ),
    "issue.routes_locked_kg": (
        "Véhicule {vehicle} imposé au flux {flow} : il porte {have} kg, le flux en pèse {need}.",
        "Vehicle {vehicle} imposed on flow {flow}: it carries {have} kg, the flow weighs {need}.",
    ),
    "issue.routes_locked_gvw": (
        "Véhicule {vehicle} imposé au flux {flow} : il fait {need} t, {site} en admet {have}.",
        "Vehicle {vehicle} imposed on flow {flow}: it weighs {need} t, {site} admits {have}.",
    ),
    "issue.routes_locked_tail_lift": (
        "Véhicule {vehicle} imposé au flux {flow} : il n'a pas de hayon, {site} en demande un.",
        "Vehicle {vehicle} imposed on flow {flow}: it has no tail lift, {site} needs one.",
    ),
    "issue.routes_locked_low_emission": (
        "Véhicule {vehicle} imposé au flux {flow} : il n'est pas admis en ZFE, où est {site}.",
        "Vehicle {vehicle} imposed on flow {flow}: it is not allowed in the low-emission zone of {site}.",
    ),
    "issue.routes_locked_zone": (
        "Véhicule {vehicle} imposé au flux {flow} ({day}) : il n'est pas admis à {site} (zone {zone}) de {opens} à {closes}, et les {minutes} min sur place ne tiennent pas en dehors.",
        "Vehicle {vehicle} imposed on flow {flow} ({day}): it is barred from {site} (zone {zone}) from {opens} to {closes}, and its {minutes} min on site do not fit outside.",
    ),
    "issue.routes_locked_closed": (
        "Véhicule {vehicle} imposé au flux {flow} ({day}) : {site} n'a aucune heure d'ouverture qui convienne.",
        "Vehicle {vehicle} imposed on flow {flow} ({day}): {site} has no opening hours that suit.",
    ),
    "issue.routes_locked_only_holidays": (
        "Véhicule {vehicle} imposé au flux {flow} ({day}) : {site} n'a d'horaires que pour les jours fériés.",
        "Vehicle {vehicle} imposed on flow {flow} ({day}): {site} only has hours for public holidays.",
    ),
    "issue.routes_locked_no_way": (
        "Véhicule {vehicle} imposé au flux {flow} : pas de trajet connu entre {origin}, {destination} et son dépôt.",
        "Vehicle {vehicle} imposed on flow {flow}: no trip is known between {origin}, {destination} and its depot.",
    ),
    "issue.routes_locked_window": (
        "Véhicule {vehicle} imposé au flux {flow} ({day}) : il sort de {opens} à {closes} et serait de retour à {back}, ou en retard sur place.",
        "Vehicle {vehicle} imposed on flow {flow} ({day}): it is out from {opens} to {closes} and would be back at {back}, or late on site.",
    ),
    "issue.routes_locked_ready": (
        "Véhicule {vehicle} imposé au flux {flow} ({day}), prêt à {ready} et reçu jusqu'à {due} : il sort de {opens} à {closes}.",
        "Vehicle {vehicle} imposed on flow {flow} ({day}), ready at {ready} and received until {due}: it is out from {opens} to {closes}.",
    ),
    "issue.routes_locked_driving": (
        "Véhicule {vehicle} imposé au flux {flow} : il y faut {need} min de conduite, {have} sont permises par jour.",
        "Vehicle {vehicle} imposed on flow {flow}: it takes {need} min of driving, {have} are allowed a day.",
    ),
    "issue.routes_locked_duty": (
        "Véhicule {vehicle} imposé au flux {flow} : il y faut {need} min de service, il en a {have}.",
        "Vehicle {vehicle} imposed on flow {flow}: it takes {need} min of duty, it has {have}.",
    ),
    "issue.routes_locked_on_board": (
        "Véhicule {vehicle} imposé au flux {flow} : il y reste {need} min à bord au moins, {have} sont permises.",
        "Vehicle {vehicle} imposed on flow {flow}: it stays on board at least {need} min, {have} are allowed.",
    ),
}
