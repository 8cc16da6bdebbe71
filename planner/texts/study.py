"""Texts of findings about the problems taken together."""

TEXTS = {
    "phase.baseline": ("évaluation de l'organisation d'aujourd'hui", "costing today's organisation"),
    "phase.precheck": ("vérification des données", "checking the data"),
    "phase.audit": ("audit du plan", "auditing the plan"),
    "issue.problem_without_data": (
        "Le problème « {problem} » n'a pas de données dans ce classeur : il n'est pas calculé.",
        "Problem “{problem}” has no data in this workbook: it is not solved.",
    ),
    "issue.problem_not_started": (
        "Arrêt demandé avant le calcul « {problem} » : il n'a pas été fait.",
        "Stopped before solving “{problem}”: it was not done.",
    ),
    "issue.problem_not_started.mend": ("Relancer le calcul.", "Run again."),
    "issue.routes_not_coupled": (
        "Sans plan des cuisines valable, les tournées partent des cuisines d'aujourd'hui.",
        "Without a valid kitchens plan, the routes start from today's kitchens.",
    ),
    "issue.plan_refused": (
        "L'audit refuse le plan « {problem} » ({count} faute(s)) : ni coût ni économie ne sont présentés.",
        "The audit refuses plan “{problem}” ({count} fault(s)): neither cost nor saving is shown.",
    ),
    "issue.plan_refused.mend": (
        "Relancer ; si le refus se répète, envoyer le classeur au support.",
        "Run again; if it is refused again, send the workbook to support.",
    ),
    "issue.saving_unknown": (
        "L'organisation d'aujourd'hui n'est pas décrite pour « {problem} » : l'économie n'est pas chiffrée.",
        "Today's organisation is not described for “{problem}”: the saving is not stated.",
    ),
    "issue.baseline_faulty": (
        "Telle que décrite, l'organisation d'aujourd'hui (« {problem} ») enfreint {count} règle(s) : l'économie est indicative.",
        "As described, today's organisation (“{problem}”) breaks {count} rule(s): the saving is indicative.",
    ),
    "issue.baseline_faulty.mend": (
        "Compléter la description d'aujourd'hui, ou assouplir la règle si elle n'est pas appliquée.",
        "Complete the description of today, or relax the rule if it is not applied.",
    ),
    "issue.delivery_counted_in_routes": (
        "La livraison des repas de {count} site(s) est chiffrée par les tournées : elle est retirée de l'économie des cuisines, aujourd'hui comme dans le plan (les tournées sont celles de la dernière année du plan).",
        "Meal delivery to {count} site(s) is costed by the routes: it is left out of the kitchens' saving, today and in the plan alike (the routes are those of the plan's last year).",
    ),
    "issue.no_meal_flows": (
        "Aucun flux de repas dans les tournées : la livraison des repas reste chiffrée par les cuisines (estimation au km).",
        "No meal flow in the routes: meal delivery stays costed by the kitchens (estimate per km).",
    ),
    "issue.food_in_two_problems": (
        "Les denrées figurent dans les cuisines (coût par repas) et dans les achats (prix) : les économies s'ajoutent, les coûts ne s'additionnent pas.",
        "Food appears in kitchens (cost per meal) and in purchasing (prices): savings add up, costs are not summed.",
    ),
    "issue.meals_not_carried": (
        "Le site « {site} » sera livré par la cuisine « {kitchen} », mais aucun contenant de repas n'indique son nombre de repas : ce transport n'est pas compté dans les tournées.",
        "Site “{site}” will be fed by kitchen “{kitchen}”, but no meal container states its number of meals: this transport is not counted in the routes.",
    ),
    "issue.meals_not_carried.mend": (
        "Remplir « Repas par unité » dans la feuille « Contenants ».",
        "Fill in “Meals per unit” in sheet “Handling units”.",
    ),
    "issue.flows_below_full_week": (
        "Les tournées sont calculées pour une semaine type dont les flux portent {carried} repas aux {count} site(s) où un public ne mange pas toute l'année ; une semaine où tous mangent, il en faut {full} ({more} de plus, soit {percent} %). Ces semaines-là, les véhicules et le nombre de tournées calculés peuvent ne pas suffire (écarts les plus grands : {sites}). Le coût annuel des tournées, lui, compte cette semaine type toute l'année, donc aussi les passages des semaines de vacances.",
        "The routes are planned for a typical week whose flows carry {carried} meals to the {count} site(s) where some public does not eat all the year; a week in which all eat takes {full} ({more} more, that is {percent}%). In those weeks the vehicles and routes planned may not be enough (largest differences: {sites}). The yearly cost of the routes counts this typical week all the year, so also the visits of holiday weeks.",
    ),
    "issue.flows_below_full_week.mend": (
        "Pour dimensionner les véhicules, saisir dans « Quantité par passage » de ces flux les contenants d'une semaine pleine.",
        "To size the vehicles, enter the containers of a full week in “Quantity per visit” of these flows.",
    ),
    "issue.meal_flow_added": (
        "Le site « {site} », nourri sur place aujourd'hui, sera livré par la cuisine « {kitchen} » : flux créé, {visits} passage(s) par semaine de {quantity} contenant(s) « {unit} ».",
        "Site “{site}”, fed on the spot today, will be delivered by kitchen “{kitchen}”: flow added, {visits} visit(s) a week of {quantity} handling unit(s) “{unit}”.",
    ),
    "phase.road_check": ("avec les cuisines d'aujourd'hui", "with today's kitchens"),
    "study.regrouping": (
        "Le plan des cuisines : {kitchens} en cuisine, {road} sur la route (tournées optimisées avec et sans lui), {worth} en tout. L'économie du groupement se mesure, elle, à l'organisation d'aujourd'hui, dont les tournées ne sont pas optimisées.",
        "The kitchens plan: {kitchens} in kitchens, {road} on the road (routes optimised with and without it), {worth} in all. The group's saving is measured against today's organisation instead, whose routes are not optimised.",
    ),
    "study.saved": ("{amount} €/an de moins", "€{amount} a year less"),
    "study.spent": ("{amount} €/an de plus", "€{amount} a year more"),
    "issue.regrouping_loses": (
        "La route comptée, garder les cuisines d'aujourd'hui serait moins cher de {loss} €/an que le plan des cuisines (écart de coût avec aujourd'hui : {kitchens} €/an en cuisine, {road} €/an sur la route).",
        "With the road counted, keeping today's kitchens would be cheaper than the kitchens plan by €{loss} a year (change of cost from today: €{kitchens} a year in kitchens, €{road} a year on the road).",
    ),
    "issue.regrouping_loses.mend": (
        "Relever le paramètre « Part de l'aller-retour portée au moins par un site (tournées groupées) », ou verrouiller les cuisines à garder, et recalculer.",
        "Raise the parameter “Smallest share of the round trip borne by a site (grouped rounds)”, or lock the kitchens to keep, and solve again.",
    ),
}  # fmt: skip
