"""Texts of the routes problem."""

TEXTS = {
    "vehicle.numbered": ("{name} n° {number}", "{name} no. {number}"),
    "phase.search": ("recherche de tournées", "searching routes"),
    "issue.routes_bound_columns": (
        "Borne des tournées : même en combinant librement tous les tours possibles, on ne fait pas moins cher.",
        "Bound of the routes: even all possible trips combined freely do not cost less.",
    ),
    "issue.routes_today_kept": (
        "Aucune semaine moins chère que celle d'aujourd'hui n'a été trouvée dans le temps donné : les tournées actuelles, qui respectent toutes les règles, sont le plan proposé. Un calcul plus long peut trouver mieux.",
        "No week cheaper than today's was found in the time given: today's routes, which keep every rule, are the plan. A longer run may find better.",
    ),
    "issue.routes_bound_simple": (
        "Borne des tournées obtenue par un calcul simple (trajets, manutention et véhicules inévitables) : elle est sûre, mais souvent loin au-dessous du coût.",
        "Bound of the routes by a simple computation (ways, handling and vehicles that nothing avoids): sure, but often far below the cost.",
    ),
    # --- before solving ---
    "issue.routes_no_vehicle": ("Aucun véhicule disponible.", "No vehicle available."),
    "issue.routes_no_vehicle.mend": ("Remplir la feuille « Véhicules » avec un nombre d'au moins 1.", "Fill sheet “Vehicles” with a count of at least 1."),
    "issue.routes_vehicle_without_hours": (
        "Le véhicule {vehicle} est en service de {starts} à {ends}, mais son dépôt ouvre de {opens} à {closes} : il ne peut jamais sortir.",
        "Vehicle {vehicle} is on duty from {starts} to {ends}, but its depot is open from {opens} to {closes}: it can never leave.",
    ),
    "issue.routes_vehicle_without_hours.mend": ("Corriger le service ou les heures du dépôt.", "Correct the shift or the depot's hours."),
    "issue.routes_shift_past_midnight": (
        "Le service du véhicule {vehicle} va de {starts} à {ends} : il passe minuit, ce qui n'est pas planifié ; ce véhicule ne sort jamais.",
        "The shift of vehicle {vehicle} is from {starts} to {ends}: it goes past midnight, which is not planned; this vehicle never leaves.",
    ),
    "issue.routes_shift_past_midnight.mend": (
        "Écrire deux lignes : {starts}–24:00, et 00:00–{ends} avec « Même véhicule que » {vehicle} ; ou intervertir les deux heures si elles sont inversées. Le dépôt doit être ouvert à ces heures.",
        "Write two rows: {starts}–24:00, and 00:00–{ends} with “Same vehicle as” {vehicle}; or swap the two times if they are reversed. The depot must be open at these hours.",
    ),
    "issue.routes_depot_past_midnight": (
        "Le dépôt {depot} ouvre à {opens} et ferme à {closes} : il passe minuit, ce qui n'est pas planifié ; aucun de ses véhicules ne sort.",
        "Depot {depot} opens at {opens} and closes at {closes}: it goes past midnight, which is not planned; none of its vehicles leaves.",
    ),
    "issue.routes_depot_past_midnight.mend": (
        "Écrire 00:00–24:00 et borner les services des véhicules, ou deux dépôts sur le même site ({opens}–24:00 et 00:00–{closes}) ; ou intervertir les deux heures si elles sont inversées.",
        "Write 00:00–24:00 and bound the shifts of the vehicles, or two depots on the same site ({opens}–24:00 and 00:00–{closes}); or swap the two times if they are reversed.",
    ),
    "issue.routes_hours_past_midnight": (
        "Le site {site} ouvre à {opens} et ferme à {closes} : cette ligne passe minuit, ce qui n'est pas planifié ; elle n'ouvre rien.",
        "Site {site} opens at {opens} and closes at {closes}: this row goes past midnight, which is not planned; it opens nothing.",
    ),
    "issue.routes_hours_past_midnight.mend": (
        "Écrire deux lignes, {opens}–24:00 et 00:00–{closes}, chacune avec son type de jour ; ou intervertir les deux heures si elles sont inversées.",
        "Write two rows, {opens}–24:00 and 00:00–{closes}, each with its day type; or swap the two times if they are reversed.",
    ),
    "issue.routes_holiday_hours": (
        "Les tournées sont planifiées pour une semaine sans jour férié : les {count} ligne(s) d'horaires « férié » ne jouent pas.",
        "Routes plan a week without public holiday: the {count} row(s) of hours of type “holiday” are not used.",
    ),
    "issue.routes_alone_only_holidays": (
        "Le flux {flow} ({origin} → {destination}) passe le {day}, mais {site} n'a d'horaires que pour les jours fériés : il est fermé toute la semaine.",
        "Flow {flow} ({origin} → {destination}) comes on {day}, but {site} only has hours for public holidays: it is closed all week.",
    ),
    "issue.routes_alone_only_holidays.mend": (
        "Donner à ce site ses horaires de semaine, ou supprimer ses lignes « férié » : sans aucune ligne, il est ouvert en permanence.",
        "Give this site its weekday hours, or delete its “holiday” rows: without any row, it is always open.",
    ),
    "issue.routes_classes_unsaid": (
        "Rien ne dit si les classes « {first} » et « {second} » peuvent voyager ensemble : on suppose que oui, dans le même tour et dans n'importe quel ordre.",
        "Nothing says whether classes “{first}” and “{second}” may travel together: it is assumed that they may, in one trip and in any order.",
    ),
    "issue.routes_classes_unsaid.mend": ("Ajouter cette paire à la feuille « Propre et sale », avec sa règle (« ensemble » si c'est bien cela).", "Add this pair to sheet “Clean and dirty”, with its rule (“together” if that is meant)."),
    "issue.routes_window_both_depots": (
        "{count} flux ont des heures de passage et un dépôt à chaque bout ({flows}) : ces heures sont celles de la destination.",
        "{count} flows have a time window and a depot at either end ({flows}): the window is that of the destination.",
    ),
    "issue.routes_window_no_depot": (
        "{count} flux ont des heures de passage et aucun dépôt à leurs bouts ({flows}) : ces heures sont celles de la destination.",
        "{count} flows have a time window and no depot at either end ({flows}): the window is that of the destination.",
    ),
    "issue.routes_overtime_cheaper": (
        "Le véhicule {vehicle} paie l'heure supplémentaire {overtime} € et l'heure normale {normal} €.",
        "Vehicle {vehicle} pays €{overtime} for an hour of overtime and €{normal} for a normal hour.",
    ),
    "issue.routes_overtime_cheaper.mend": ("Vérifier les deux coûts horaires.", "Check both hourly costs."),
    "issue.routes_flow_same_site": ("Le flux {flow} part de {site} et y arrive.", "Flow {flow} leaves from {site} and arrives there."),
    "issue.routes_flow_same_site.mend": ("Corriger l'origine ou la destination.", "Correct the origin or the destination."),
    "issue.routes_flow_without_quantity": ("Le flux {flow} n'a pas de quantité : il n'est pas transporté.", "Flow {flow} has no quantity: it is not carried."),
    "issue.routes_days_disagree": (
        "Le flux {flow} a {visits} passages par semaine et {days} jours : les jours l'emportent, un passage chacun.",
        "Flow {flow} has {visits} visits a week and {days} days: the days win, with one visit each.",
    ),
    "issue.routes_days_disagree.mend": ("Donner un multiple du nombre de jours, ou vider une des deux colonnes.", "Give a multiple of the number of days, or empty one of the two columns."),
    "issue.routes_no_pattern": (
        "Le flux {flow} a ses jours au choix, mais {visits} passages par semaine parmi {days} jours possibles, à {least} jours d'écart au moins et {longest} au plus, sont impossibles.",
        "Flow {flow} has its days chosen, but {visits} visits a week among {days} possible days, {least} days apart at least and {longest} at most, are impossible.",
    ),
    "issue.routes_no_pattern.mend": ("Moins de passages, plus de jours possibles, ou d'autres écarts.", "Fewer visits, more possible days, or other gaps."),
    "issue.routes_days_not_allowed": (
        "Jours de passage du flux {flow} : {days}. Ses jours possibles et ses écarts ne le permettent pas.",
        "Flow {flow} is served on {days}: its possible days and its gaps do not allow that.",
    ),
    "issue.routes_days_not_listed": (
        "Jours de passage du flux {flow} : {days}. Ce n'est aucune de ses combinaisons possibles : {sets}.",
        "Flow {flow} is served on {days}, which is none of its possible combinations: {sets}.",
    ),
    "issue.routes_gap_too_long": (
        "Le flux {flow} passe les jours {days} : l'écart entre deux passages atteint {gap} j (la semaine se répète) ; {limit} j au plus.",
        "Flow {flow} is served on {days}: the gap between two visits reaches {gap} d (the week repeats); {limit} d at most.",
    ),
    "issue.routes_gap_too_long.mend": ("Espacer les jours autrement, ajouter un passage, ou laisser les jours au choix.", "Space the days otherwise, add a visit, or let the days be chosen."),
    "issue.routes_gap_too_short": (
        "Le flux {flow} passe les jours {days} : l'écart entre deux passages descend à {gap} j (la semaine se répète) ; {limit} j au moins.",
        "Flow {flow} is served on {days}: the gap between two visits goes down to {gap} d (the week repeats); {limit} d at least.",
    ),
    "issue.routes_gap_too_short.mend": ("Espacer les jours autrement, retirer un passage, ou laisser les jours au choix.", "Space the days otherwise, take a visit away, or let the days be chosen."),
    "issue.routes_skip_gap": (
        "Le flux {flow} a un écart maximal de {longest} j : comme un passage non assuré l'allongerait, tous les passages sont assurés, et le prix « si non assuré » ne joue pas.",
        "Flow {flow} has a longest gap of {longest} d: since a missed visit would lengthen it, every visit is made, and the price “if skipped” has no effect.",
    ),
    "issue.routes_skip_gap.mend": ("Confier les passages laissés à un tiers, ou vider l'écart maximal.", "Leave skipped visits to a third party, or empty the longest gap."),
    "issue.routes_flow_window": ("La fenêtre du flux {flow} se ferme ({closes}) avant de s'ouvrir ({opens}).", "The window of flow {flow} closes ({closes}) before it opens ({opens})."),
    "issue.routes_flow_window.mend": (
        "Intervertir les deux heures si elles sont inversées. Si la fenêtre passe minuit, ce qui n'est pas planifié, écrire deux flux : jusqu'à 24:00, et à partir de 00:00 le lendemain.",
        "Swap the two times if they are reversed. If the window goes past midnight, which is not planned, write two flows: until 24:00, and from 00:00 on the next day.",
    ),
    "issue.routes_alone_lock": (
        "Le flux {flow} ({origin} → {destination}) est réservé au véhicule {lock}, qui ne peut pas le transporter ; {vehicle} le pourrait.",
        "Flow {flow} ({origin} → {destination}) is kept for vehicle {lock}, which cannot carry it; {vehicle} could.",
    ),
    "issue.routes_alone_lock_neither": (
        "Le flux {flow} ({origin} → {destination}) est réservé au véhicule {lock}, qui ne peut pas le transporter ; {vehicle}, le plus proche, ne le pourrait pas non plus.",
        "Flow {flow} ({origin} → {destination}) is kept for vehicle {lock}, which cannot carry it; neither could {vehicle}, the closest one.",
    ),
    "issue.routes_alone_lock_neither.mend": ("Changer ou vider « Véhicule imposé », et corriger ce qui suit.", "Change or empty “Vehicle imposed”, and correct what follows."),
    "issue.routes_alone_lock.mend": ("Changer ou vider « Véhicule imposé ».", "Change or empty “Vehicle imposed”."),
    "issue.routes_alone_foreign": (
        "Aucun véhicule ne peut transporter le flux {flow} ({origin} → {destination}) : {vehicle}, le plus proche, est réservé aux flux de son dépôt.",
        "No vehicle can carry flow {flow} ({origin} → {destination}): the closest one, {vehicle}, is kept for the flows of its depot.",
    ),
    "issue.routes_alone_foreign.mend": ("Mettre « tous les flux » dans « Transporte » pour ce véhicule, ou prévoir un véhicule à l'un des deux bouts.", "Put “any flow” in “Carries” for this vehicle, or provide a vehicle at either end."),
    "issue.routes_alone_temperature": (
        "Aucun véhicule ne peut transporter le flux {flow} ({origin} → {destination}) : le plus proche, {vehicle}, n'a pas la température « {temperature} ».",
        "No vehicle can carry flow {flow} ({origin} → {destination}): the closest one, {vehicle}, lacks temperature “{temperature}”.",
    ),
    "issue.routes_alone_temperature.mend": ("Ajouter cette température à un véhicule ou changer celle du flux.", "Add this temperature to a vehicle or change the flow's."),
    "issue.routes_alone_hygiene": (
        "Aucun véhicule ne peut transporter le flux {flow} ({origin} → {destination}) : le plus proche, {vehicle}, n'admet pas la classe « {hygiene} ».",
        "No vehicle can carry flow {flow} ({origin} → {destination}): the closest one, {vehicle}, does not take class “{hygiene}”.",
    ),
    "issue.routes_alone_hygiene.mend": ("Ajouter cette classe à un véhicule ou changer celle du flux.", "Add this class to a vehicle or change the flow's."),
    "issue.routes_alone_places": (
        "Le flux {flow} ({origin} → {destination}) prend {need} places ; le véhicule le plus proche, {vehicle}, en a {have}.",
        "Flow {flow} ({origin} → {destination}) takes {need} places; the closest vehicle, {vehicle}, has {have}.",
    ),
    "issue.routes_alone_places.mend": ("Partager la quantité entre plusieurs flux ou passages, ou prévoir un plus grand véhicule.", "Split the quantity between several flows or visits, or provide a larger vehicle."),
    "issue.routes_alone_compartment": (
        "Le flux {flow} ({origin} → {destination}) prend {need} places « {temperature} » ; le véhicule le plus proche, {vehicle}, en a {have}.",
        "Flow {flow} ({origin} → {destination}) takes {need} places “{temperature}”; the closest vehicle, {vehicle}, has {have}.",
    ),
    "issue.routes_alone_compartment.mend": ("Partager la quantité entre plusieurs flux ou passages, ou agrandir le compartiment.", "Split the quantity between several flows or visits, or enlarge the compartment."),
    "issue.routes_alone_kg": (
        "Le flux {flow} ({origin} → {destination}) pèse {need} kg ; le véhicule le plus proche, {vehicle}, en porte {have}.",
        "Flow {flow} ({origin} → {destination}) weighs {need} kg; the closest vehicle, {vehicle}, carries {have}.",
    ),
    "issue.routes_alone_kg.mend": ("Partager la quantité entre plusieurs flux ou passages, ou prévoir un plus grand véhicule.", "Split the quantity between several flows or visits, or provide a larger vehicle."),
    "issue.routes_alone_gvw": (
        "Aucun véhicule ne peut desservir le flux {flow} : {site} admet {have} t, le véhicule le plus proche, {vehicle}, fait {need} t.",
        "No vehicle can serve flow {flow}: {site} admits {have} t, the closest vehicle, {vehicle}, weighs {need} t.",
    ),
    "issue.routes_alone_gvw.mend": ("Prévoir un véhicule plus petit, ou corriger le plus grand véhicule admis.", "Provide a smaller vehicle, or correct the largest one admitted."),
    "issue.routes_alone_tail_lift": (
        "Aucun véhicule ne peut desservir le flux {flow} : {site} demande un hayon, le véhicule le plus proche, {vehicle}, n'en a pas.",
        "No vehicle can serve flow {flow}: {site} needs a tail lift, the closest vehicle, {vehicle}, has none.",
    ),
    "issue.routes_alone_tail_lift.mend": ("Équiper un véhicule d'un hayon, ou corriger le site.", "Fit a vehicle with a tail lift, or correct the site."),
    "issue.routes_alone_low_emission": (
        "Aucun véhicule ne peut desservir le flux {flow} : {site} est en ZFE, le véhicule le plus proche, {vehicle}, n'y est pas admis.",
        "No vehicle can serve flow {flow}: {site} is in a low-emission zone, the closest vehicle, {vehicle}, is not allowed there.",
    ),
    "issue.routes_alone_low_emission.mend": ("Prévoir un véhicule admis en ZFE, ou corriger le site.", "Provide a vehicle allowed in the zone, or correct the site."),
    "issue.routes_alone_closed": (
        "Le flux {flow} ({origin} → {destination}) passe un jour ({day}) où {site} n'a aucune heure d'ouverture qui convienne.",
        "Flow {flow} ({origin} → {destination}) comes on a day ({day}) when {site} has no opening hours that suit.",
    ),
    "issue.routes_alone_closed.mend": ("Changer les jours ou la fenêtre du flux, ou les horaires du site.", "Change the flow's days or window, or the site's hours."),
    "issue.routes_alone_no_way": (
        "Le flux {flow} ne peut pas être transporté : pas de trajet connu entre {origin}, {destination} et le dépôt du véhicule {vehicle}.",
        "Flow {flow} cannot be carried: no trip is known between {origin}, {destination} and the depot of vehicle {vehicle}.",
    ),
    "issue.routes_alone_no_way.mend": ("Ajouter le trajet à la feuille « Trajets ».", "Add the trip to sheet “Travel”."),
    "issue.routes_alone_window": (
        "Le flux {flow} ({origin} → {destination}, {day}) ne tient pas dans les horaires : le véhicule le plus proche, {vehicle}, sort de {opens} à {closes} et serait de retour à {back}, ou en retard sur place.",
        "Flow {flow} ({origin} → {destination}, {day}) does not fit the hours: the closest vehicle, {vehicle}, is out from {opens} to {closes} and would be back at {back}, or late on site.",
    ),
    "issue.routes_alone_window.mend": ("Élargir la fenêtre du flux, les horaires du site ou le service du véhicule.", "Widen the flow's window, the site's hours or the vehicle's shift."),
    "issue.routes_alone_duty": (
        "Le flux {flow} ({origin} → {destination}) demande à lui seul {need} min de service ; le véhicule le plus proche, {vehicle}, en a {have}.",
        "Flow {flow} ({origin} → {destination}) alone takes {need} min of duty; the closest vehicle, {vehicle}, has {have}.",
    ),
    "issue.routes_alone_duty.mend": ("Allonger la durée de service ou les heures supplémentaires permises, ou la journée de ses conducteurs.", "Lengthen the duty or the overtime allowed, or the day of its drivers."),
    "issue.routes_alone_on_board": (
        "Le flux {flow} ({origin} → {destination}) reste à bord {need} min au moins avec {vehicle} ; {have} min permises.",
        "Flow {flow} ({origin} → {destination}) stays on board at least {need} min with {vehicle}; {have} min allowed.",
    ),
    "issue.routes_alone_on_board.mend": ("Allonger la durée à bord permise, ou rapprocher l'origine.", "Lengthen the time allowed on board, or bring the origin closer."),
    "issue.routes_fleet_too_small": (
        "{day} : il faut emporter {need} places de {site} ; tous ses véhicules, en tous leurs tours, en emportent {have}.",
        "{day}: {need} places must leave {site}; all its vehicles, in all their trips, take {have}.",
    ),
    "issue.routes_fleet_too_small.mend": ("Ajouter des véhicules ou des tours par jour, ou étaler les passages.", "Add vehicles or trips per day, or spread the visits."),
    # --- no plan ---
    "issue.routes_unserved": (
        "{day} : le flux {flow} ({origin} → {destination}, {quantity} unités) ne trouve pas de place dans une tournée.",
        "{day}: flow {flow} ({origin} → {destination}, {quantity} units) finds no place in any route.",
    ),
    "issue.routes_more_unserved": ("{day} : {count} autres passages sans tournée.", "{day}: {count} more visits without a route."),
    "issue.routes_relax_overtime": (
        "{day} : {minutes} min de service en plus pour tous les véhicules suffiraient.",
        "{day}: {minutes} more minutes of duty for all vehicles would be enough.",
    ),
    "issue.routes_relax_shift": (
        "{day} : sortir {minutes} min plus tôt et rentrer {minutes} min plus tard suffirait.",
        "{day}: leaving {minutes} min earlier and coming back {minutes} min later would be enough.",
    ),
    "issue.routes_relax_vehicle": (
        "Avec un véhicule {vehicle} de plus (il en manque : {when}), un plan existe : il a été trouvé et vérifié ({cost} €/an de coût fixe).",
        "With one more vehicle {vehicle} (lacking: {when}) there is a plan: it was found and audited (€{cost} a year of fixed cost).",
    ),
    "issue.routes_relax_some_vehicles": (
        "Avec {more} véhicules {vehicle} de plus (il en manque : {when}), un plan existe : il a été trouvé et vérifié ({cost} €/an de coût fixe). Moins suffiraient peut-être.",
        "With {more} more vehicles {vehicle} (lacking: {when}) there is a plan: it was found and audited (€{cost} a year of fixed cost). Fewer may be enough.",
    ),
    "issue.routes_more_vehicles": (
        "{day} : même avec autant de véhicules de chaque type qu'on veut, aucune tournée n'a été trouvée pour tout dans le temps donné.",
        "{day}: even with any number of vehicles of each type, no routes for everything were found in the time given.",
    ),
    "issue.routes_no_single_relaxation": (
        "{day} : aucun assouplissement essayé seul (fenêtres, heures, service, tours, des véhicules plus grands) ne suffit.",
        "{day}: no single relaxation tried (windows, hours, duty, trips, larger vehicles) is enough.",
    ),
    # --- today's routes ---
    "issue.baseline_not_that_day": (
        "Tournées actuelles : le flux {flow} n'a pas de passage ce jour-là ({day}) ; la ligne est ignorée.",
        "Current routes: flow {flow} has no visit on that day ({day}); the row is ignored.",
    ),
    "issue.baseline_not_that_day.mend": ("Corriger les jours du flux ou de la tournée.", "Correct the days of the flow or of the route."),
    "issue.baseline_empties_unknown": (
        "Tournées actuelles : rien ne dit comment les vides du flux {flow} reviennent.",
        "Current routes: nothing says how the empties of flow {flow} come back.",
    ),
    "issue.baseline_empties_unknown.mend": ("Ajouter une ligne « reprendre les vides ».", "Add a row “take back empties”."),
    # --- staying close to the accepted routes ---
    "issue.routes_too_many_changes": (
        "Le plan change {changes} passages par rapport aux tournées retenues ; {limit} permis.",
        "The plan changes {changes} visits from the accepted routes; {limit} allowed.",
    ),
    "issue.routes_accepted_gone": (
        "Tournées retenues : {count} passage(s) du flux {flow} n'ont plus lieu ce jour-là ; chacun compte pour un changement.",
        "Accepted routes: {count} visit(s) of flow {flow} no longer take place on that day; each counts as a change.",
    ),
    "issue.routes_accepted_vehicle": (
        "Tournées retenues : le véhicule {vehicle} n° {number} ne peut plus assurer {count} passage(s) qui lui étaient confiés ; chacun compte pour un changement.",
        "Accepted routes: vehicle {vehicle} no. {number} can no longer make {count} visit(s) entrusted to it; each counts as a change.",
    ),
    "issue.routes_changes_unavoidable": (
        "{limit} changements permis par rapport aux tournées retenues, mais au moins {least} sont inévitables avec ces données.",
        "{limit} changes from the accepted routes are allowed, but at least {least} cannot be avoided with these data.",
    ),
    "issue.routes_changes_unavoidable.mend": ("Permettre au moins {least} changements, ou revoir les tournées retenues.", "Allow at least {least} changes, or revise the accepted routes."),
    "issue.routes_changes_limit": (
        "Aucun plan trouvé avec au plus {limit} changements par rapport aux tournées retenues ; le plus petit nombre qui convienne est {smallest}.",
        "No plan found with at most {limit} changes from the accepted routes; the smallest number found to work is {smallest}.",
    ),
    "issue.routes_changes_limit.mend": ("Permettre au moins {smallest} changements, ou laisser plus de temps à la recherche.", "Allow at least {smallest} changes, or give the search more time."),
    # --- audit ---
    "issue.routes_bad_row": ("Arrêt illisible : colonne {column}, valeur « {value} ».", "Unreadable stop: column {column}, value “{value}”."),
    "issue.routes_unknown_visit": ("Le flux {flow} n'a pas de passage n° {visit} ce jour-là ({day}).", "Flow {flow} has no visit {visit} on that day ({day})."),
    "issue.routes_wrong_site": ("Le flux {flow} est traité à {site} au lieu de {right}.", "Flow {flow} is handled at {site} instead of {right}."),
    "issue.routes_wrong_quantity": ("Le flux {flow} est compté pour {claimed} unités au lieu de {right}.", "Flow {flow} is counted as {claimed} units instead of {right}."),
    "issue.routes_stop_rows_differ": (
        "{vehicle}, {day}, tour {trip}, arrêt {position} : ses lignes n'ont pas le même site ou les mêmes heures.",
        "{vehicle}, {day}, trip {trip}, stop {position}: its rows differ in site or times.",
    ),
    "issue.routes_no_way": ("Pas de trajet connu de {origin} à {destination}.", "No trip is known from {origin} to {destination}."),
    "issue.routes_trip_overlap": (
        "{vehicle}, {day} : le tour {trip} commence à charger à {loads}, avant le retour du tour précédent à {returns}.",
        "{vehicle}, {day}: trip {trip} starts loading at {loads}, before the trip before it returns at {returns}.",
    ),
    "issue.routes_wrong_arrival": ("Arrivée à {site} annoncée à {claimed} ; recalculée : {right}.", "Arrival at {site} claimed at {claimed}; recomputed: {right}."),
    "issue.routes_starts_early": ("À {site}, le service commence à {starts}, avant l'arrivée à {arrives}.", "At {site}, service starts at {starts}, before the arrival at {arrives}."),
    "issue.routes_wrong_departure": ("Départ de {site} annoncé à {claimed} ; recalculé : {right}.", "Departure from {site} claimed at {claimed}; recomputed: {right}."),
    "issue.routes_visit_gap": (
        "Les {visits} passages du flux {flow} ({day}) ne tiennent pas entre {opens} et {closes} avec {minutes} min d'un début à l'autre.",
        "The {visits} visits of flow {flow} ({day}) do not fit between {opens} and {closes} with {minutes} min from one start to the next.",
    ),
    "issue.routes_visit_gap.mend": ("Réduire « Écart dans la journée », ou élargir la fenêtre du flux ou les horaires du site.", "Reduce “Gap within the day”, or widen the flow's window or the site's hours."),
    "issue.routes_visits_close": (
        "Flux {flow}, {day} : deux passages commencent à {first} et à {then} ; il faut {minutes} min de l'un à l'autre au moins.",
        "Flow {flow}, {day}: two visits start at {first} and at {then}; there must be {minutes} min at least from one to the next.",
    ),
    "issue.routes_flow_due": ("Le flux {flow} est prêt à {ready}, après l'heure jusqu'à laquelle il est reçu ({due}).", "Flow {flow} is ready at {ready}, after the time until which it is received ({due})."),
    "issue.routes_flow_due.mend": ("Corriger l'une des deux heures.", "Correct one of the two times."),
    "issue.routes_alone_ready": (
        "Le flux {flow} ({origin} → {destination}, {day}), prêt à {ready} et reçu jusqu'à {due}, ne tient pas dans les horaires : le véhicule le plus proche, {vehicle}, sort de {opens} à {closes}.",
        "Flow {flow} ({origin} → {destination}, {day}), ready at {ready} and received until {due}, does not fit the hours: the closest vehicle, {vehicle}, is out from {opens} to {closes}.",
    ),
    "issue.routes_alone_ready.mend": (
        "Avancer « Prêt à », reculer « Reçu jusqu'à », ou élargir la fenêtre du flux, les horaires du site ou le service du véhicule.",
        "Bring “Ready at” forward, put “Received until” back, or widen the flow's window, the site's hours or the vehicle's shift.",
    ),
    "issue.routes_before_ready": (
        "{vehicle}, {day} : chargement à {loads}, alors que le flux {flow} n'est prêt qu'à {ready}.",
        "{vehicle}, {day}: loading at {loads}, though flow {flow} is only ready at {ready}.",
    ),
    "issue.routes_after_due": (
        "{vehicle}, {day} : retour à {returns}, alors que le flux {flow} n'est reçu que jusqu'à {due}.",
        "{vehicle}, {day}: back at {returns}, though flow {flow} is only received until {due}.",
    ),
    "issue.routes_window": (
        "À {site}, le flux {flow} commence à {starts}, hors de la fenêtre {opens}–{closes}.",
        "At {site}, flow {flow} starts at {starts}, outside the window {opens}–{closes}.",
    ),
    "issue.routes_access_gvw": ("{site} admet {limit} t ; le véhicule {vehicle} fait {gvw} t.", "{site} admits {limit} t; vehicle {vehicle} weighs {gvw} t."),
    "issue.routes_access_tail_lift": ("{site} demande un hayon ; le véhicule {vehicle} n'en a pas.", "{site} needs a tail lift; vehicle {vehicle} has none."),
    "issue.routes_access_low_emission": ("{site} est en ZFE ; le véhicule {vehicle} n'y est pas admis.", "{site} is in a low-emission zone; vehicle {vehicle} is not allowed there."),
    "issue.routes_foreign": (
        "{vehicle} est réservé aux flux de son dépôt ({depot}), mais transporte le flux {flow}.",
        "{vehicle} is kept for the flows of its depot ({depot}), but carries flow {flow}.",
    ),
    "issue.routes_lock": ("Le flux {flow} est réservé au véhicule {lock}, mais {vehicle} le transporte.", "Flow {flow} is kept for vehicle {lock}, but {vehicle} carries it."),
    "issue.routes_temperature": ("Le véhicule {vehicle} ne transporte pas la température « {temperature} » du flux {flow}.", "Vehicle {vehicle} does not carry temperature “{temperature}” of flow {flow}."),
    "issue.routes_hygiene": ("Le véhicule {vehicle} n'admet pas la classe « {hygiene} » du flux {flow}.", "Vehicle {vehicle} does not take class “{hygiene}” of flow {flow}."),
    "issue.routes_over_places": ("{vehicle}, {day}, tour {trip} : {load} places occupées pour {limit}.", "{vehicle}, {day}, trip {trip}: {load} places taken out of {limit}."),
    "issue.routes_over_kg": ("{vehicle}, {day}, tour {trip} : {load} kg à bord pour {limit}.", "{vehicle}, {day}, trip {trip}: {load} kg on board out of {limit}."),
    "issue.routes_over_compartment": (
        "{vehicle}, {day}, tour {trip} : {load} places « {temperature} » occupées pour {limit}.",
        "{vehicle}, {day}, trip {trip}: {load} places “{temperature}” taken out of {limit}.",
    ),
    "issue.routes_coloading": (
        "Tour {trip} : le flux {flow} ({hygiene}) voyage avec le flux {other} ({dirtier}), ce que la règle interdit.",
        "Trip {trip}: flow {flow} ({hygiene}) travels with flow {other} ({dirtier}), which the rule forbids.",
    ),
    "issue.routes_not_loaded": ("Le flux {flow} se charge à {site}, où le véhicule ne passe pas avant (il part de {depot}).", "Flow {flow} loads at {site}, where the vehicle does not come before (it leaves from {depot})."),
    "issue.routes_not_unloaded": ("Le flux {flow} se décharge à {site}, où le véhicule ne passe pas après (il rentre à {depot}).", "Flow {flow} unloads at {site}, where the vehicle does not come afterwards (it returns to {depot})."),
    "issue.routes_loads_at_depot": ("Le flux {flow} est chargé en cours de tour à {site}, dépôt du véhicule : ce chargement ouvre un nouveau tour.", "Flow {flow} is loaded within a trip at {site}, the vehicle's depot: such a loading begins a new trip."),
    "issue.routes_on_board": ("Le flux {flow} reste {minutes} min à bord ; {limit} permises.", "Flow {flow} stays {minutes} min on board; {limit} allowed."),
    "issue.routes_missed": ("Le flux {flow} ({day}, passage {visit}) n'est pas servi à {site}.", "Flow {flow} ({day}, visit {visit}) is not served at {site}."),
    "issue.routes_missed_empties": ("Les vides du flux {flow} ({day}, passage {visit}) ne sont pas repris à {site}.", "The empties of flow {flow} ({day}, visit {visit}) are not taken back from {site}."),
    "issue.routes_served_twice": ("Le flux {flow} ({day}, passage {visit}) est servi deux fois.", "Flow {flow} ({day}, visit {visit}) is served twice."),
    "issue.routes_shift": ("{vehicle}, {day} : de {starts} à {ends}, hors du service {opens}–{closes}.", "{vehicle}, {day}: from {starts} to {ends}, outside the shift {opens}–{closes}."),
    "issue.routes_depot_hours": (
        "{vehicle}, {day} : de {starts} à {ends}, hors des heures {opens}–{closes} du dépôt {depot}.",
        "{vehicle}, {day}: from {starts} to {ends}, outside the hours {opens}–{closes} of depot {depot}.",
    ),
    "issue.routes_duty": ("{vehicle}, {day} : {minutes} min de service ; {limit} permises, heures supplémentaires comprises.", "{vehicle}, {day}: {minutes} min of duty; {limit} allowed, overtime included."),
    "issue.routes_too_many_trips": ("{vehicle}, {day} : {trips} tours ; {limit} permis.", "{vehicle}, {day}: {trips} trips; {limit} allowed."),
    "issue.routes_too_many_vehicles": ("{used} véhicules {vehicle} utilisés le même jour ({day}) ; il y en a {count}.", "{used} vehicles {vehicle} used on one day ({day}); there are {count}."),
    "issue.routes_too_many_vehicles_week": ("{used} véhicules {vehicle} différents utilisés dans la semaine ; il y en a {count}.", "{used} different vehicles {vehicle} used over the week; there are {count}."),
    "issue.routes_row_without_stops": ("La ligne {which} ne correspond à aucun arrêt, ou est en double.", "Row {which} matches no stop, or is there twice."),
    "issue.routes_row_missing": ("Il manque la ligne {which}.", "Row {which} is missing."),
    "issue.routes_wrong_figure": ("Colonne {column} : {claimed} annoncé ; recalculé : {right}.", "Column {column}: {claimed} claimed; recomputed: {right}."),
}
