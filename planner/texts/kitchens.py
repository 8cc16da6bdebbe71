"""Texts of the kitchens problem: what is found before solving, in a conflict, and by the audit."""

TEXTS = {
    "phase.kitchens.search": ("recherche du meilleur plan", "searching for the best plan"),
    "phase.kitchens.conflict": ("recherche des règles en conflit", "looking for the conflicting rules"),
    # --- before solving: tables ---
    "issue.kitchens_no_level": ("La cuisine « {kitchen} » n'a aucun niveau de capacité.", "Kitchen “{kitchen}” has no capacity level."),
    "issue.kitchens_no_level.mend": ("Ajouter au moins une ligne pour elle dans « Niveaux de capacité ».", "Add at least one row for it in “Capacity levels”."),
    "issue.kitchens_today_level": (
        "La cuisine existante « {kitchen} » a {count} niveau(x) coché(s) « Aujourd'hui » ; il en faut exactement un.",
        "Existing kitchen “{kitchen}” has {count} level(s) ticked “Today”; exactly one is needed.",
    ),
    "issue.kitchens_today_level.mend": ("Cocher « Aujourd'hui » sur son niveau actuel, et sur lui seul.", "Tick “Today” on its present level, and on that one only."),
    "issue.kitchens_today_candidate": (
        "Un niveau de la cuisine candidate « {kitchen} » est coché « Aujourd'hui » : c'est sans effet.",
        "A level of candidate kitchen “{kitchen}” is ticked “Today”: this has no effect.",
    ),
    "issue.kitchens_today_candidate.mend": ("Décocher, ou déclarer la cuisine existante.", "Untick it, or declare the kitchen existing."),
    "issue.kitchens_levels_order": (
        "Cuisine « {kitchen} » : le niveau {level} ({smaller} repas/jour) n'est pas plus grand que le niveau {below} ({larger}).",
        "Kitchen “{kitchen}”: level {level} ({smaller} meals/day) is not larger than level {below} ({larger}).",
    ),
    "issue.kitchens_levels_order.mend": ("Numéroter les niveaux du plus petit au plus grand.", "Number the levels from the smallest to the largest."),
    "issue.kitchens_no_mode": ("La cuisine « {kitchen} » ne produit ni en liaison froide ni en liaison chaude.", "Kitchen “{kitchen}” makes neither cold nor hot meals."),
    "issue.kitchens_no_mode.mend": ("Indiquer ses liaisons possibles.", "Give its possible modes."),
    "issue.kitchens_locks_differ": (
        "Le site « {site} » a plusieurs cuisines imposées ({locks}) alors que tous ses repas viennent d'une seule.",
        "Site “{site}” has several kitchens imposed ({locks}), but all its meals come from one.",
    ),
    "issue.kitchens_locks_differ.mend": ("Imposer la même cuisine sur toutes ses lignes, ou scinder le site.", "Impose the same kitchen on all its rows, or split the site."),
    "issue.kitchens_several_today": (
        "Le site « {site} » est nourri aujourd'hui par plusieurs cuisines ({kitchens}) : la référence retient celle qui fournit le plus de repas.",
        "Site “{site}” is fed by several kitchens today ({kitchens}): the baseline takes the one that provides most meals.",
    ),
    "issue.kitchens_several_today.mend": ("Pour les distinguer, scinder le site en deux.", "To tell them apart, split the site in two."),
    "issue.kitchens_fed_by_candidate": (
        "Le site « {site} » serait nourri aujourd'hui par « {kitchen} », qui n'est qu'une candidate : la référence ne peut pas être chiffrée.",
        "Site “{site}” is said to be fed today by “{kitchen}”, a mere candidate: the baseline cannot be costed.",
    ),
    "issue.kitchens_fed_by_candidate.mend": ("Corriger « Cuisine actuelle », ou déclarer la cuisine existante.", "Correct “Kitchen today”, or declare the kitchen existing."),
    "issue.kitchens_modes_differ": (
        "Aucune liaison n'est acceptée par toutes les lignes du site « {site} », qui n'a qu'une liaison à la fois.",
        "No mode is accepted by all rows of site “{site}”, which has one mode at a time.",
    ),
    "issue.kitchens_modes_differ.mend": ("Élargir les liaisons acceptées, ou scinder le site.", "Accept more modes, or split the site."),
    "issue.kitchens_weights_over": (
        "Les probabilités des scénarios de besoins totalisent {total} % : elles sont ramenées à 100 % en gardant leurs proportions, et les besoins tels quels ne pèsent plus rien.",
        "The probabilities of the demand scenarios add up to {total}%: they are brought down to 100% in the same proportions, and demand as it stands weighs nothing.",
    ),
    "issue.kitchens_weights_over.mend": ("Ramener leur total à 100 % au plus.", "Bring their total down to 100% at most."),
    "issue.kitchens_years_unlimited": (
        "Les limites annuelles ne disent rien de {years} : ces années-là, ni l'investissement ni les départs ne sont limités.",
        "The yearly limits say nothing of {years}: in these years neither investment nor departures are limited.",
    ),
    "issue.kitchens_years_unlimited.mend": ("Ajouter une ligne pour chaque année du plan.", "Add a row for each year of the plan."),
    "issue.kitchens_new_unfed": (
        "Le site « {site} », servi à partir de {year}, n'a pas de « Cuisine actuelle » : l'organisation d'aujourd'hui ne le nourrit pas, et le plan, qui le nourrit, lui est comparé tel quel. L'économie est donc sous-estimée.",
        "Site “{site}”, served from {year} on, has no “Kitchen today”: today's organisation does not feed it, and the plan, which does, is compared with it as it stands. The saving is therefore understated.",
    ),
    "issue.kitchens_new_unfed.mend": ("Indiquer en « Cuisine actuelle » celle qui le servirait si rien ne changeait.", "Give as “Kitchen today” the one that would feed it if nothing changed."),
    # --- before solving: locks ---
    "issue.kitchens_lock_never_open": (
        "La cuisine « {kitchen} » doit être ouverte, mais elle ne peut l'être pendant le plan (au plus tôt {earliest}, fin en {last}).",
        "Kitchen “{kitchen}” must be open, but it cannot be during the plan (earliest {earliest}, end in {last}).",
    ),
    "issue.kitchens_lock_never_open.mend": ("Retirer le verrou, avancer l'ouverture ou allonger le plan.", "Remove the lock, bring the opening forward or lengthen the plan."),
    "issue.kitchens_lock_year_alone": (
        "La cuisine « {kitchen} » a une année de verrou ({year}) sans verrou : elle est sans effet.",
        "Kitchen “{kitchen}” has a lock year ({year}) without a lock: it has no effect.",
    ),
    "issue.kitchens_lock_year_alone.mend": ("Choisir un verrou, ou vider l'année.", "Pick a lock, or empty the year."),
    "issue.kitchens_lock_too_late": (
        "Le verrou de la cuisine « {kitchen} » ne tient qu'à partir de {year}, après la fin du plan ({last}) : il est sans effet.",
        "The lock on kitchen “{kitchen}” only holds from {year}, after the end of the plan ({last}): it has no effect.",
    ),
    "issue.kitchens_lock_too_soon": (
        "Le verrou de la cuisine « {kitchen} » s'arrête en {year}, avant de commencer à tenir : il est sans effet.",
        "The lock on kitchen “{kitchen}” ends in {year}, before it begins to hold: it has no effect.",
    ),
    "issue.kitchens_lock_too_soon.mend": ("Reculer la dernière année du verrou, ou la vider.", "Put off the last year of the lock, or empty it."),
    "issue.kitchens_lock_too_late.mend": ("Avancer le verrou, ou allonger le plan.", "Bring the lock forward, or lengthen the plan."),
    "issue.kitchens_days_differ": (
        "Site « {site} » : {told} jours de consommation sont comptés, mais {named} jours de la semaine sont nommés.",
        "Site “{site}”: {told} consumption days are counted, but {named} days of the week are named.",
    ),
    "issue.kitchens_days_differ.mend": ("Vider l'une des deux colonnes, ou les accorder.", "Empty one of the two columns, or make them agree."),
    "issue.kitchens_lock_contradiction": (
        "Verrous contraires : le site « {site} » doit être nourri par « {kitchen} », qui doit être fermée.",
        "Contradictory locks: site “{site}” must be fed by “{kitchen}”, which must be closed.",
    ),
    "issue.kitchens_lock_contradiction.mend": ("Retirer l'un des deux verrous.", "Remove one of the two locks."),
    "issue.kitchens_lock_idle": (
        "La cuisine « {kitchen} » imposée au site « {site} » ne peut être ouverte aucune année où il mange : le verrou est sans effet.",
        "Kitchen “{kitchen}” imposed on site “{site}” cannot be open in any year it eats: the lock has no effect.",
    ),
    "issue.kitchens_lock_impossible": (
        "La cuisine « {kitchen} » imposée au site « {site} » ne peut pas le nourrir.",
        "Kitchen “{kitchen}” imposed on site “{site}” cannot feed it.",
    ),
    "issue.kitchens_lock_impossible.mend": ("Retirer le verrou, ou lever la cause ci-dessous.", "Remove the lock, or the cause below."),
    # --- before solving: sites without a kitchen ---
    "issue.kitchens_nobody_feeds": ("Aucune cuisine ne peut nourrir le site « {site} ».", "No kitchen can feed site “{site}”."),
    "issue.kitchens_nobody_feeds.mend": (
        "Lever l'une des causes ci-dessous, données pour les cuisines les plus proches.",
        "Remove one of the causes below, given for the nearest kitchens.",
    ),
    "issue.kitchens_nobody_feeds_year": (
        "Aucune cuisine qui puisse nourrir le site « {site} » ne peut être ouverte en {year}.",
        "No kitchen that could feed site “{site}” can be open in {year}.",
    ),
    "issue.kitchens_nobody_feeds_year.mend": (
        "Avancer une ouverture, retirer un verrou, ou revoir les dates d'entrée et de sortie.",
        "Bring an opening forward, remove a lock, or review entry and exit dates.",
    ),
    "issue.kitchens_nobody_large": (
        "En {year}, le site « {site} » demande {load} repas par jour de production ; la cuisine « {kitchen} », la moins loin d'y suffire, en fait au plus {capacity} : il en manque {missing}.",
        "In {year}, site “{site}” asks for {load} meals per production day; kitchen “{kitchen}”, the closest to being enough, makes at most {capacity}: {missing} are missing.",
    ),
    "issue.kitchens_nobody_large.mend": ("Lui ajouter un niveau plus grand, ou scinder le site.", "Add a larger level to it, or split the site."),
    "issue.kitchens_nobody_on_holidays": (
        "En {year}, le site « {site} » mange des jours fériés où aucune cuisine qui puisse le nourrir ne produit (« {kitchen} » non plus).",
        "In {year}, site “{site}” eats on public holidays on which no kitchen that could feed it produces (“{kitchen}” does not either).",
    ),
    "issue.kitchens_nobody_on_holidays.mend": (
        "Mettre « Jours fériés » à « travaillés » pour une cuisine, ou accepter la liaison froide.",
        "Set “Public holidays” to “worked” for a kitchen, or accept cold meals.",
    ),
    "issue.kitchens_minutes_short": (
        "{count} sites ne sont à portée d'aucune cuisine ({mode}, au plus {limit} min) : {sites}.",
        "{count} sites are within reach of no kitchen ({mode}, at most {limit} min): {sites}.",
    ),
    "issue.kitchens_minutes_short.mend": (
        "Porter le paramètre « {parameter} » à {needed} min : chacun aurait alors une cuisine à portée.",
        "Set parameter “{parameter}” to {needed} min: each would then have a kitchen within reach.",
    ),
    "issue.kitchens_why_mode_made": ("Site « {site} », {mode} : la cuisine « {kitchen} » n'en produit pas.", "Site “{site}”, {mode}: kitchen “{kitchen}” does not make it."),
    "issue.kitchens_why_mode_accepted": ("Site « {site} » : ne prend pas la {mode} (cuisine « {kitchen} »).", "Site “{site}”: does not take {mode} meals (kitchen “{kitchen}”)."),
    "issue.kitchens_why_diet": (
        "Site « {site} » : la cuisine « {kitchen} » ne produit pas tous ses régimes (il manque : {diets}).",
        "Site “{site}”: kitchen “{kitchen}” does not make all its diets (missing: {diets}).",
    ),
    "issue.kitchens_why_diet.mend": (
        "Compléter « Régimes produits » de cette cuisine (vide : tous), ou faire de ces repas un site de plus au même endroit, nourri d'ailleurs.",
        "Complete “Diets made” of this kitchen (empty: all), or make these meals one more site at the same place, fed from elsewhere.",
    ),
    "issue.kitchens_why_unreachable": ("Site « {site} » : pas de trajet connu depuis la cuisine « {kitchen} ».", "Site “{site}”: no known way from kitchen “{kitchen}”."),
    "issue.kitchens_why_minutes": (
        "Site « {site} », {mode} : {minutes} min depuis la cuisine « {kitchen} », au plus {limit} min.",
        "Site “{site}”, {mode}: {minutes} min from kitchen “{kitchen}”, at most {limit} min.",
    ),
    "issue.kitchens_why_hot_days": (
        "Site « {site} », {mode} : la cuisine « {kitchen} » produit {production} jours par semaine à partir du lundi, le site mange jusqu'au {day}.",
        "Site “{site}”, {mode}: kitchen “{kitchen}” produces {production} days a week from Monday, the site eats until {day}.",
    ),
    "issue.kitchens_holidays_spare": (
        "La cuisine « {kitchen} » doit faire {now} repas par jour de production en {year}, à cause des jours fériés chômés ; avec « Jours fériés : travaillés » ({days} par an), {then} suffiraient.",
        "Kitchen “{kitchen}” has to make {now} meals per production day in {year}, because of holidays not worked; with “Public holidays: worked” ({days} a year), {then} would be enough.",
    ),
    "issue.kitchens_holidays_spare.mend": (
        "Essayer « travaillés », avec le coût d'un férié travaillé : « s'il le faut » ne regarde que la DLC.",
        "Try “worked”, with the cost of a worked holiday: “where needed” looks at the use-by alone.",
    ),
    "issue.kitchens_why_use_by": (
        "Site « {site} », {mode} : la DLC de la cuisine « {kitchen} » est de J+{use_by}, son calendrier demande J+{needed}.",
        "Site “{site}”, {mode}: kitchen “{kitchen}” has a use-by of {use_by} days, its calendar asks for {needed}.",
    ),
    "issue.kitchens_why_holidays": (
        "Site « {site} », {mode} : il mange des jours fériés où la cuisine « {kitchen} » ne produit pas.",
        "Site “{site}”, {mode}: it eats on public holidays on which kitchen “{kitchen}” does not produce.",
    ),
    "issue.kitchens_why_holidays.mend": (
        "Indiquer « travaillés » dans la colonne « Jours fériés » de cette cuisine, ou servir en froid.",
        "Choose “worked” in the column “Public holidays” of this kitchen, or serve cold.",
    ),
    "issue.kitchens_why_capacity": (
        "Site « {site} », {mode} : {load} repas par jour de production, la cuisine « {kitchen} » en fait au plus {capacity}.",
        "Site “{site}”, {mode}: {load} meals per production day, kitchen “{kitchen}” makes at most {capacity}.",
    ),
    # --- before solving: totals ---
    "issue.kitchens_capacity_short": (
        "En {year}, il faut au moins {need} repas par jour de production ; toutes les cuisines à leur plus grand niveau en font {capacity}.",
        "In {year}, at least {need} meals per production day are needed; all kitchens at their largest level make {capacity}.",
    ),
    "issue.kitchens_capacity_short.mend": ("Ajouter un niveau ou une candidate, ou vérifier les repas par an.", "Add a level or a candidate, or check the yearly meals."),
    "issue.kitchens_too_few_open": (
        "En {year}, il faut au moins {need} repas par jour de production ; {most} cuisine(s) ouverte(s) au plus, les plus grandes, en font {capacity}.",
        "In {year}, at least {need} meals per production day are needed; at most {most} kitchen(s) may be open, and the largest ones make {capacity}.",
    ),
    "issue.kitchens_too_few_open.mend": (
        "Permettre plus de cuisines cette année-là (feuille « Limites annuelles »), ou ajouter un niveau.",
        "Allow more kitchens in that year (sheet “Yearly limits”), or add a level.",
    ),
    "issue.kitchens_budget_short": (
        "En {year}, les dépenses imposées ({compulsory} € : ouvertures {openings} €, équipement des sites {sites} €) dépassent le budget de {budget} €.",
        "In {year}, compulsory expenses (€{compulsory}: openings €{openings}, site equipment €{sites}) exceed the budget of €{budget}.",
    ),
    "issue.kitchens_budget_short.mend": ("Relever le budget de l'année, ou retirer un verrou.", "Raise the year's budget, or remove a lock."),
    # --- no plan keeps every rule ---
    "issue.kitchens_conflict": (
        "Aucun plan ne respecte toutes les règles. Le plus petit changement trouvé compte {count} point(s), à faire ensemble :",
        "No plan keeps every rule. The smallest change found has {count} point(s), to be made together:",
    ),
    "issue.kitchens_conflict_unknown": (
        "Aucun plan ne respecte toutes les règles ; les règles en cause n'ont pas été isolées dans le temps imparti.",
        "No plan keeps every rule; the rules concerned were not isolated in the time given.",
    ),
    "issue.kitchens_conflict_unknown.mend": (
        "Relever les budgets, les capacités ou les durées de transport, ou retirer des verrous, puis relancer.",
        "Raise budgets, capacities or transport limits, or remove locks, then run again.",
    ),
    "issue.kitchens_conflict_rescue": (
        "Ce plus petit changement ne compte pas les {least} % des repas à servir quand une cuisine s'arrête : il peut en falloir davantage.",
        "This smallest change does not count the {least}% of the meals to be served when a kitchen stops: more may be needed.",
    ),
    "issue.kitchens_relax_budget": (
        "Le budget d'investissement de {year} ({budget} €) est trop bas de {more} €.",
        "The investment budget of {year} (€{budget}) is too low by €{more}.",
    ),
    "issue.kitchens_relax_budget.mend": ("L'augmenter de {more} €, ou étaler les dépenses.", "Raise it by €{more}, or spread the expenses."),
    "issue.kitchens_relax_open": (
        "En {year}, {most} cuisine(s) ouverte(s) au plus ne suffisent pas : il en faudrait {more} de plus.",
        "In {year}, at most {most} kitchen(s) open are not enough: {more} more would be needed.",
    ),
    "issue.kitchens_relax_open.mend": ("Relever « Cuisines ouvertes au plus » cette année-là.", "Raise “Most kitchens open” in that year."),
    "issue.kitchens_relax_departures": (
        "En {year}, les départs naturels ({departures} ETP) sont trop peu nombreux : il en faudrait {more} de plus.",
        "In {year}, natural departures ({departures} FTE) are too few: {more} more would be needed.",
    ),
    "issue.kitchens_relax_departures.mend": ("Prévoir {more} ETP de départs ou de reclassements de plus.", "Plan {more} FTE more of departures or redeployment."),
    "issue.kitchens_relax_capacity": (
        "Il manque {more} repas par jour de production à la cuisine « {kitchen} » en {year}.",
        "Kitchen “{kitchen}” lacks {more} meals per production day in {year}.",
    ),
    "issue.kitchens_relax_capacity.mend": ("Relever sa capacité, ou ajouter un niveau.", "Raise its capacity, or add a level."),
    "issue.kitchens_relax_capacity_works": (
        "Pendant ses travaux, il manque {more} repas par jour de production à la cuisine « {kitchen} » en {year}.",
        "During its works, kitchen “{kitchen}” lacks {more} meals per production day in {year}.",
    ),
    "issue.kitchens_relax_capacity_works.mend": ("Relever la capacité gardée pendant les travaux, ou sa capacité d'avant.", "Raise the capacity kept during the works, or its capacity before them."),
    "issue.kitchens_relax_chilling_works": (
        "Pendant ses travaux, la cuisine « {kitchen} » ne peut pas refroidir {more} repas par jour de production de trop en {year}.",
        "During its works, kitchen “{kitchen}” cannot chill {more} meals per production day beyond its chillers in {year}.",
    ),
    "issue.kitchens_relax_chilling_works.mend": ("Relever la capacité gardée pendant les travaux, ou ajouter des cellules de refroidissement avant eux.", "Raise the capacity kept during the works, or add chillers before them."),
    "issue.kitchens_relax_chilling": (
        "La cuisine « {kitchen} » ne peut pas refroidir {more} repas par jour de production de trop en {year}.",
        "Kitchen “{kitchen}” cannot chill {more} meals per production day beyond its chillers in {year}.",
    ),
    "issue.kitchens_relax_chilling.mend": ("Ajouter des cellules de refroidissement, ou un niveau qui en a plus.", "Add chillers, or a level that has more."),
    "issue.kitchens_relax_approval": (
        "La cuisine « {kitchen} », sans agrément, livrerait {more} repas par semaine de plus que la dérogation en {year}.",
        "Kitchen “{kitchen}”, without approval, would deliver {more} meals a week more than the exemption in {year}.",
    ),
    "issue.kitchens_relax_approval.mend": ("Demander l'agrément, ou donner son coût pour que le calcul le propose.", "Ask for approval, or give its cost so that it can be proposed."),
    "issue.kitchens_conflict_rules": ("Règles qui ne peuvent pas tenir ensemble, sans aucune de trop ({count}) :", "Rules that cannot hold together, none of them too many ({count}):"),
    "issue.kitchens_conflict_rules_unknown": (
        "Les règles qui ne peuvent pas tenir ensemble n'ont pas été isolées dans le temps imparti.",
        "The rules that cannot hold together were not isolated in the time given.",
    ),
    "issue.kitchens_conflict_rule": ("- {expected}", "- {expected}"),
    "issue.kitchens_conflict_data": (
        "Même en levant toutes les règles (verrous, budgets, départs, durées, DLC, refroidissement, agrément…), aucun plan n'est possible : ce sont les données qui s'y opposent. Chacun de ces changements suffirait, à lui seul ({count}) :",
        "Even with every rule lifted (locks, budgets, departures, minutes, use-by, chilling, approval…), no plan is possible: the data stand in the way. Each of these changes would be enough by itself ({count}):",
    ),
    "issue.kitchens_cause_capacity": ("- des niveaux de capacité plus grands", "- larger capacity levels"),
    "issue.kitchens_cause_modes": ("- des cuisines qui produisent dans les deux liaisons", "- kitchens that make both modes"),
    "issue.kitchens_cause_days": ("- des cuisines qui produisent sept jours sur sept", "- kitchens that produce seven days a week"),
    "issue.kitchens_cause_opening": ("- des ouvertures sans attendre (travaux, première année possible)", "- openings without waiting (works, first possible year)"),
    "issue.kitchens_conflict_without_rules": (
        "Même en levant toutes les règles (verrous, budgets, départs, durées, DLC, refroidissement, agrément…), aucun plan n'est possible : ce sont les données qui s'y opposent, pour plusieurs raisons à la fois (capacités, liaisons produites, jours de production, travaux, années d'ouverture ou de présence).",
        "Even with every rule lifted (locks, budgets, departures, minutes, use-by, chilling, approval…), no plan is possible: the data stand in the way, for several reasons at once (capacities, modes made, production days, works, years of opening or of membership).",
    ),
    "issue.kitchens_relax_minutes": (
        "Le site « {site} » n'est à portée ({mode}, {limit} min) d'aucune cuisine assez grande : la plus indiquée, « {kitchen} », est à {minutes} min.",
        "Site “{site}” is within reach ({mode}, {limit} min) of no kitchen large enough: the most suitable, “{kitchen}”, is {minutes} min away.",
    ),
    "issue.kitchens_relax_minutes.mend": ("Porter le paramètre « {parameter} » à {needed} min.", "Set parameter “{parameter}” to {needed} min."),
    "issue.kitchens_relax_minutes_sites": (
        "{count} sites ne sont à portée ({mode}, {limit} min) d'aucune cuisine assez grande : {sites}. Une limite de {needed} min suffit pour tous.",
        "{count} sites are within reach ({mode}, {limit} min) of no kitchen large enough: {sites}. A limit of {needed} min is enough for all.",
    ),
    "issue.kitchens_relax_minutes_sites.mend": ("Porter le paramètre « {parameter} » à {needed} min.", "Set parameter “{parameter}” to {needed} min."),
    "issue.kitchens_relax_changes": (
        "Au plus {limit} changement(s) par rapport aux cuisines retenues ne suffisent pas : il en faut {needed}.",
        "At most {limit} change(s) from the accepted kitchens are not enough: {needed} are needed.",
    ),
    "issue.kitchens_relax_changes.mend": ("Permettre {needed} changements.", "Allow {needed} changes."),
    "issue.kitchens_relax_co2": (
        "La limite de CO2 des livraisons ({limit} t par an) est trop basse : il faut {needed} t par an.",
        "The limit of the deliveries' CO2 ({limit} t a year) is too low: {needed} t a year are needed.",
    ),
    "issue.kitchens_relax_co2.mend": ("Porter le paramètre « Cuisines : CO2 annuel maximal des livraisons, en moyenne sur le plan (1 000 000 : sans limite) » à {needed} t.", "Set parameter “Kitchens: largest CO2 of the deliveries in a year, average over the plan (1,000,000: no limit)” to {needed} t."),
    "issue.kitchens_relax_kitchen_lock": ("Le verrou de la cuisine « {kitchen} » ne peut pas être tenu.", "The lock on kitchen “{kitchen}” cannot be kept."),
    "issue.kitchens_relax_kitchen_lock.mend": ("Mettre ce verrou à « libre ».", "Set this lock to “free”."),
    "issue.kitchens_relax_site_lock": (
        "La cuisine « {kitchen} » ne peut pas nourrir le site « {site} » qui lui est imposé.",
        "Kitchen “{kitchen}” cannot feed site “{site}” imposed on it.",
    ),
    "issue.kitchens_relax_site_lock.mend": ("Retirer la cuisine imposée de ce site.", "Remove the kitchen imposed on this site."),
    # --- staying close to the accepted plan ---
    "issue.kitchens_too_many_changes": (
        "Le plan change la cuisine ou la liaison de {changes} site(s) par rapport aux cuisines retenues ; au plus {limit} permis.",
        "The plan changes the kitchen or the mode of {changes} site(s) from the accepted kitchens; at most {limit} allowed.",
    ),
    "issue.kitchens_changes_limit": (
        "Aucun plan ne respecte toutes les règles avec au plus {limit} changement(s) par rapport aux cuisines retenues ; le plus petit nombre possible est {smallest}.",
        "No plan keeps every rule with at most {limit} change(s) from the accepted kitchens; the smallest possible number is {smallest}.",
    ),
    "issue.kitchens_changes_limit.mend": (
        "Permettre au moins {smallest} changements, revoir les cuisines retenues, ou revoir les données modifiées depuis.",
        "Allow at least {smallest} changes, revise the accepted kitchens, or review the data changed since.",
    ),
    "issue.kitchens_changes_limit_found": (
        "Aucun plan ne respecte toutes les règles avec au plus {limit} changement(s) par rapport aux cuisines retenues ; {smallest} suffisent, moins suffiraient peut-être.",
        "No plan keeps every rule with at most {limit} change(s) from the accepted kitchens; {smallest} are enough, fewer might be.",
    ),
    "issue.kitchens_changes_limit_found.mend": (
        "Permettre {smallest} changements, revoir les cuisines retenues, ou revoir les données modifiées depuis.",
        "Allow {smallest} changes, revise the accepted kitchens, or review the data changed since.",
    ),
    # --- audit ---
    "issue.kitchens_stray_row": ("Le plan parle de « {item} » en {year}, qui n'existe pas dans ce scénario.", "The plan mentions “{item}” in {year}, which this scenario does not have."),
    "issue.kitchens_row_twice": ("La cuisine « {item} » a deux lignes en {year}.", "Kitchen “{item}” has two rows in {year}."),
    "issue.kitchens_no_row": ("La cuisine « {kitchen} » n'a pas de ligne en {year}.", "Kitchen “{kitchen}” has no row in {year}."),
    "issue.kitchens_unknown_level": ("La cuisine « {kitchen} » n'a pas de niveau {level} ({year}).", "Kitchen “{kitchen}” has no level {level} ({year})."),
    "issue.kitchens_unknown_kitchen": ("Le site « {site} » serait nourri en {year} par « {kitchen} », cuisine ou liaison inconnue.", "Site “{site}” would be fed in {year} by “{kitchen}”, an unknown kitchen or mode."),
    "issue.kitchens_not_fed": ("Le site « {site} » n'est nourri par personne en {year} ({meals} repas).", "Nobody feeds site “{site}” in {year} ({meals} meals)."),
    "issue.kitchens_fed_twice": ("Le site « {site} » est nourri deux fois en {year}.", "Site “{site}” is fed twice in {year}."),
    "issue.kitchens_fed_for_nothing": ("Le site « {site} » ne mange pas en {year}, mais « {kitchen} » le nourrit.", "Site “{site}” does not eat in {year}, yet “{kitchen}” feeds it."),
    "issue.kitchens_closed_feeds": ("La cuisine « {kitchen} », fermée en {year}, nourrit le site « {site} ».", "Kitchen “{kitchen}”, closed in {year}, feeds site “{site}”."),
    "issue.kitchens_mode_not_made": ("La cuisine « {kitchen} » ne produit pas en {mode} (site « {site} », {year}).", "Kitchen “{kitchen}” does not make {mode} meals (site “{site}”, {year})."),
    "issue.kitchens_mode_refused": ("Le site « {site} » n'accepte pas la {mode} ({year}).", "Site “{site}” does not accept {mode} meals ({year})."),
    "issue.kitchens_diet_not_made": (
        "La cuisine « {kitchen} » ne produit pas tous les régimes du site « {site} » ({year} ; il manque : {diets}).",
        "Kitchen “{kitchen}” does not make all the diets of site “{site}” ({year}; missing: {diets}).",
    ),
    "issue.kitchens_unreachable": ("Pas de trajet connu de la cuisine « {kitchen} » au site « {site} » ({year}).", "No known way from kitchen “{kitchen}” to site “{site}” ({year})."),
    "issue.kitchens_too_far": (
        "Le site « {site} » est à {minutes} min de la cuisine « {kitchen} » ; au plus {limit} min en {mode} ({year}).",
        "Site “{site}” is {minutes} min from kitchen “{kitchen}”; at most {limit} min for {mode} meals ({year}).",
    ),
    "issue.kitchens_hot_days": (
        "La cuisine « {kitchen} » produit {production} jours par semaine à partir du lundi : elle ne peut pas nourrir en chaud le site « {site} », qui mange jusqu'au {day} ({year}).",
        "Kitchen “{kitchen}” produces {production} days a week from Monday: it cannot feed hot site “{site}”, which eats until {day} ({year}).",
    ),
    "issue.kitchens_use_by": (
        "Site « {site} », {year} : la DLC de la cuisine « {kitchen} » est de J+{use_by}, son calendrier demande J+{needed}.",
        "Site “{site}”, {year}: kitchen “{kitchen}” has a use-by of {use_by} days, its calendar asks for {needed}.",
    ),
    "issue.kitchens_site_lock_broken": ("Le site « {site} » est nourri par « {kitchen} » en {year}, alors que « {imposed} » lui est imposée.", "Site “{site}” is fed by “{kitchen}” in {year}, but “{imposed}” is imposed on it."),
    "issue.kitchens_not_member": (
        "La cuisine « {kitchen} » est ouverte en {year}, alors que son établissement « {establishment} » n'est pas dans la mutualisation.",
        "Kitchen “{kitchen}” is open in {year}, but its establishment “{establishment}” is not in the scheme.",
    ),
    "issue.kitchens_reopened": ("La cuisine « {kitchen} », déjà fermée, rouvre en {year}.", "Kitchen “{kitchen}”, already closed, reopens in {year}."),
    "issue.kitchens_too_early": ("La cuisine « {kitchen} » ouvre en {year}, avant {earliest}.", "Kitchen “{kitchen}” opens in {year}, before {earliest}."),
    "issue.kitchens_lock_close_broken": ("La cuisine « {kitchen} » doit être fermée (verrou) ; elle est ouverte ou en travaux en {year}.", "Kitchen “{kitchen}” must be closed (lock); it is open or in works in {year}."),
    "issue.kitchens_lock_open_broken": ("La cuisine « {kitchen} » doit être ouverte (verrou) ; elle est fermée en {year}.", "Kitchen “{kitchen}” must be open (lock); it is closed in {year}."),
    "issue.kitchens_too_many_open": ("{open} cuisines sont ouvertes en {year} ; {most} au plus peuvent l'être.", "{open} kitchens are open in {year}; at most {most} may be."),
    "issue.kitchens_over_capacity": ("La cuisine « {kitchen} » fait {load} repas par jour de production en {year} ; sa capacité est de {capacity}.", "Kitchen “{kitchen}” makes {load} meals per production day in {year}; its capacity is {capacity}."),
    "issue.kitchens_posts_short": (
        "La cuisine « {kitchen} » a {posts} postes en {year} ; {meals} repas en demandent {needed}.",
        "Kitchen “{kitchen}” has {posts} posts in {year}; {meals} meals ask for {needed}.",
    ),
    "issue.kitchens_posts_below_minimum": ("La cuisine « {kitchen} » a {posts} postes en {year} ; l'équipe minimale est de {minimum}.", "Kitchen “{kitchen}” has {posts} posts in {year}; the smallest team is {minimum}."),
    "issue.kitchens_posts_not_whole": (
        "La cuisine « {kitchen} » a {posts} postes en {year} : un plan compte en postes entiers.",
        "Kitchen “{kitchen}” has {posts} posts in {year}: a plan counts in whole posts.",
    ),
    "issue.kitchens_posts_when_closed": ("La cuisine « {kitchen} », fermée en {year}, garde {posts} postes.", "Kitchen “{kitchen}”, closed in {year}, keeps {posts} posts."),
    "issue.kitchens_departures": (
        "En {year}, le total des postes passe de {before} à {after} ; les départs naturels sont de {allowed}.",
        "In {year}, the total of posts goes from {before} to {after}; natural departures are {allowed}.",
    ),
    "issue.kitchens_not_equipped": ("Le site « {site} » est servi en liaison froide en {year} sans équipement de remise en température.", "Site “{site}” is served cold in {year} without regeneration equipment."),
    "issue.kitchens_equipped_twice": ("Le site « {site} », déjà équipé, est équipé de nouveau en {year}.", "Site “{site}”, already equipped, is equipped again in {year}."),
    "issue.kitchens_over_budget": ("En {year}, {spent} € d'investissement pour un budget de {budget} €.", "In {year}, €{spent} of investment for a budget of €{budget}."),
    "issue.kitchens_wrong_figure": ("« {figure} » de « {item} » en {year} : le plan annonce {claimed} ; recalculé : {right}.", "“{figure}” of “{item}” in {year}: the plan claims {claimed}; recomputed: {right}."),
    "issue.kitchens_wrong_action": ("La cuisine « {kitchen} » est dite « {claimed} » en {year} ; ses niveaux disent « {right} ».", "Kitchen “{kitchen}” is said to be “{claimed}” in {year}; its levels say “{right}”."),
    "issue.kitchens_none_open": (
        "Aucune des {count} cuisines ne peut être ouverte en {year} ({closed} ont le verrou « fermer ») : personne ne peut produire les repas.",
        "None of the {count} kitchens can be open in {year} ({closed} have the lock “close”): nobody can make the meals.",
    ),
    "issue.kitchens_none_open.mend": ("Retirer le verrou d'au moins une cuisine, ou avancer une ouverture.", "Remove the lock of at least one kitchen, or open one earlier."),
    # --- calendar, works, approval, customers ---
    "issue.kitchens_optional_differs": (
        "Le site « {site} » a des lignes facultatives et d'autres non : un client facultatif l'est pour tout le site.",
        "Site “{site}” has optional rows and others: an optional customer is so for the whole site.",
    ),
    "issue.kitchens_optional_differs.mend": ("Cocher « Client facultatif » sur toutes ses lignes, ou scinder le site.", "Tick “Optional customer” on all its rows, or split the site."),
    "issue.kitchens_years_crossed": (
        "Site « {site} » : la dernière année ({last}) vient avant la première ({first}).",
        "Site “{site}”: the last year ({last}) comes before the first ({first}).",
    ),
    "issue.kitchens_years_crossed.mend": ("Échanger les deux années, ou en vider une.", "Swap the two years, or empty one."),
    "issue.kitchens_works_broken": (
        "Cuisine « {kitchen} », {year} : un niveau qui demande des travaux ne s'ouvre qu'après toutes leurs années, d'affilée et depuis le niveau quitté.",
        "Kitchen “{kitchen}”, {year}: a level that asks for works opens only after all their years, without a break and from the level left.",
    ),
    "issue.kitchens_approval_unknown": (
        "La cuisine « {kitchen} » est dite agréée en {year}, alors que le scénario ne donne pas de coût d'agrément.",
        "Kitchen “{kitchen}” is said to be approved in {year}, but the scenario gives no cost of approval.",
    ),
    "issue.kitchens_approval_lost": ("La cuisine « {kitchen} », agréée, ne l'est plus en {year}.", "Kitchen “{kitchen}”, approved, is no longer so in {year}."),
    "issue.kitchens_exemption": (
        "La cuisine « {kitchen} », sans agrément, livre {delivered} repas par semaine sur {made} en {year} : au plus {most}, ou {more} si c'est au plus {percent} %.",
        "Kitchen “{kitchen}”, without approval, delivers {delivered} meals a week of {made} in {year}: at most {most}, or {more} where this is at most {percent}%.",
    ),
    "issue.kitchens_exemption_far": (
        "La cuisine « {kitchen} », sans agrément, livre le site « {site} » à {km} km à vol d'oiseau en {year} : moins de {limit} km.",
        "Kitchen “{kitchen}”, without approval, delivers site “{site}” {km} km away as the crow flies in {year}: less than {limit} km.",
    ),
    "issue.kitchens_rescue_short": (
        "Si la cuisine « {kitchen} » s'arrêtait en {month} {year}, {share} % de ses repas seraient encore servis ; il en faut {least} %.",
        "If kitchen “{kitchen}” stopped in {month} {year}, {share}% of its meals would still be served; {least}% are needed.",
    ),
    "issue.kitchens_rescue_not_found": (
        "Aucun plan trouvé ne sert encore {least} % des repas quand une cuisine s'arrête ; rien ne prouve qu'il n'y en a pas. Dans le meilleur des plans essayés, l'arrêt de la cuisine « {kitchen} » en {year} laisse {share} % de ses repas servis : il en manque {missing} par jour.",
        "No plan found still serves {least}% of the meals when a kitchen stops; nothing proves that there is none. In the best of the plans tried, kitchen “{kitchen}” stopped in {year} leaves {share}% of its meals served: {missing} a day are missing.",
    ),
    "issue.kitchens_rescue_not_found.mend": (
        "Ajouter de la capacité ou du refroidissement aux cuisines qui peuvent la remplacer, augmenter le stock de secours, abaisser la part demandée, ou donner plus de temps.",
        "Add capacity or chilling to the kitchens that can step in, raise the rescue stock, lower the share asked for, or give more time.",
    ),
    "issue.kitchens_wrong_delivery_source": (
        "Site « {site} », {year} : le coût de livraison est dit « {claimed} », il vient de « {right} ».",
        "Site “{site}”, {year}: the delivery cost is said to be “{claimed}”; it comes from “{right}”.",
    ),
    "issue.kitchens_over_co2": (
        "Les livraisons émettent {co2} t de CO2 par an en moyenne ; le paramètre « Cuisines : CO2 annuel maximal des livraisons, en moyenne sur le plan (1 000 000 : sans limite) » en permet {limit}.",
        "Deliveries emit {co2} t of CO2 a year on average; the parameter “Kitchens: largest CO2 of the deliveries in a year, average over the plan (1,000,000: no limit)” allows {limit}.",
    ),
    "issue.kitchens_co2_short": (
        "La limite de CO2 des livraisons ({limit} t par an) n'est pas tenable avec les autres règles ; le moins trouvé est {least} t par an.",
        "The limit of the deliveries' CO2 ({limit} t a year) cannot be kept with the other rules; the least found is {least} t a year.",
    ),
    "issue.kitchens_co2_short.mend": ("Relever la limite (paramètre « Cuisines : CO2 annuel maximal des livraisons, en moyenne sur le plan (1 000 000 : sans limite) »).", "Raise the limit (parameter “Kitchens: largest CO2 of the deliveries in a year, average over the plan (1,000,000: no limit)”)."),
    "issue.kitchens_dearer_than_today": (
        "Ce plan coûte {more} € par an de plus que l'organisation d'aujourd'hui : il compte en postes entiers ({posts} ETP la première année, contre {today} aujourd'hui) et respecte toutes les règles, ce qu'elle ne fait pas toujours. Rien de moins cher n'a été trouvé.",
        "This plan costs €{more} a year more than today's organisation: it counts in whole posts ({posts} FTE in the first year, against {today} today) and keeps every rule, which today's organisation may not. Nothing cheaper was found.",
    ),
    "issue.kitchens_stricter": (
        "Avec des cuisines sans agrément, le calcul est plus sévère que la règle : il ne leur permet que {meals} repas livrés par semaine, même quand c'est une petite part de leur production. Un plan conforme existe peut-être.",
        "With kitchens without approval, the computation is stricter than the rule: it allows them only {meals} meals delivered a week, even where this is a small share of what they make. There may be a plan that keeps the rules.",
    ),
    "issue.kitchens_stricter.mend": (
        "Donner un coût d'agrément à ces cuisines, ou porter le paramètre « Sans agrément : repas livrés ailleurs par semaine, au plus » à ce que l'inspection leur permet.",
        "Give these kitchens a cost of approval, or set parameter “Without approval: meals delivered elsewhere a week, at most” to what the inspection allows them.",
    ),
    "issue.kitchens_bound_withheld": (
        "La borne n'est pas donnée : avec des cuisines sans agrément, le calcul est plus sévère que la règle d'exemption, et sa borne ne vaudrait pas pour tout plan.",
        "No bound is given: with kitchens without approval, the computation is stricter than the rule of exemption, and its bound would not hold for every plan.",
    ),
    "issue.kitchens_over_chilling": (
        "La cuisine « {kitchen} » refroidit {load} repas par jour de production en {year} ; ses cellules en refroidissent {capacity}.",
        "Kitchen “{kitchen}” chills {load} meals per production day in {year}; its chillers can chill {capacity}.",
    ),
    "issue.kitchens_day_short": (
        "La cuisine « {kitchen} » ne peut pas produire à temps {meals} repas du {date} : trop peu de jours de production avant, dans la DLC.",
        "Kitchen “{kitchen}” cannot make {meals} meals of {date} in time: too few production days before it, within the use-by.",
    ),
}  # fmt: skip
