"""Sentences that explain a study's figures."""

TEXTS = {
    "figures.joins": ("{establishment} rejoint « {lot} » le {date} ({how}) : {saving} par an", "{establishment} joins “{lot}” on {date} ({how}): {saving} a year"),
    "figures.gap.optimal": ("Aucun plan respectant vos règles ne coûte moins, à {gap} près{span}.", "No plan that keeps your rules costs less, to within {gap}{span}."),
    "figures.gap.open": (
        "Un meilleur plan ferait gagner au plus {gap} de plus{span} ({percent} % du coût optimisé) : aucun plan ne peut coûter moins de {bound}.",
        "A better plan would gain at most {gap} more{span} ({percent}% of the optimised cost): no plan can cost less than {bound}.",
    ),
    "figures.span.kitchens": (" sur toute la durée du plan, en euros actualisés", " over the whole plan, in discounted euros"),
    "figures.span.routes": (" par an", " a year"),
    "figures.span.purchasing": (" par an", " a year"),
    "figures.span.years": (" sur les {years} années du plan", " over the {years} years of the plan"),
    "figures.gap.no_bound": ("Aucune borne n'a été prouvée : on ne sait pas de combien un meilleur plan pourrait encore baisser le coût.", "No bound was proven: how much less a better plan could cost is not known."),
    "figures.gap.refused": ("Ce plan a été refusé par l'audit : ses chiffres ne sont pas montrés.", "This plan was refused by its audit: its figures are not shown."),
    "figures.gap.no_plan_in_time": ("Aucun plan trouvé dans le temps donné ; cela ne dit rien des données. Laisser plus de temps.", "No plan found in the time given; this says nothing about the data. Allow more time."),
    "figures.gap.infeasible": ("Aucun plan ne peut respecter toutes les règles ; les constats disent lesquelles s'opposent.", "No plan can keep all the rules; the findings say which ones conflict."),
    "figures.gap.failed": ("Le calcul a échoué ; aucun plan n'est montré.", "The computation failed; no plan is shown."),
    "figures.gap.why.kitchens": ("Le calcul s'est arrêté à sa limite avant d'avoir comparé toutes les organisations possibles : plus de temps resserre l'écart.", "The computation reached its limit before comparing every possible organisation: more time narrows the gap."),
    "figures.gap.why.routes": (
        "La borne des tournées est vraie mais simple : elle compte pour chaque passage le trajet et la manutention les plus courts, sans l'attente, les retours ni le partage des véhicules. L'écart dit ce qui est prouvé, non ce qui reste à gagner.",
        "The bound on routes is true but simple: it counts the shortest drive and handling of each visit, without waiting, returns or sharing of vehicles. The gap says what is proven, not what is left to gain.",
    ),
    "figures.gap.why.columns": (
        "La borne des tournées combine librement tous les tours possibles, sans les horaires, l'attente ni les pauses. L'écart dit ce qui est prouvé, non ce qui reste à gagner.",
        "The bound on routes combines all possible trips freely, without opening hours, waiting or breaks. The gap says what is proven, not what is left to gain.",
    ),
    "figures.gap.why.purchasing": ("Le calcul s'est arrêté à sa limite avant d'avoir comparé toutes les attributions : plus de temps resserre l'écart.", "The computation reached its limit before comparing every award: more time narrows the gap."),
    "figures.gap.stopped": ("Le calcul a été arrêté avant sa limite : le meilleur plan trouvé est gardé.", "The computation was stopped before its limit: the best plan found is kept."),
    "figures.fed": ("{site} ← {kitchen}, liaison {mode}, {meals} repas/an, {minutes} min", "{site} ← {kitchen}, {mode}, {meals} meals/year, {minutes} min"),
    "figures.leg": ("{vehicle}, tour {trip} : {origin} → {destination}, {km} km", "{vehicle}, trip {trip}: {origin} → {destination}, {km} km"),
    "figures.kitchen_year": ("{load} repas par jour pour {capacity} ; {staff} postes ; investissement {investment}", "{load} meals a day for {capacity}; {staff} posts; investment {investment}"),
    "figures.all_lots": ("tous les lots", "all lots"),
    "figures.near.kitchen": ("{kitchen} : {use} % de la capacité en {year} ({load} repas par jour de production pour {capacity}).", "{kitchen}: {use}% of capacity in {year} ({load} meals per production day for {capacity})."),
    "figures.near.duty": ("{vehicle}, {day} : service de {duty} min pour {most} min permises.", "{vehicle}, {day}: duty of {duty} min for {most} min allowed."),
    "figures.near.aboard": ("Flux {flow}, {day} : {took} min à bord pour {most} min permises.", "Flow {flow}, {day}: {took} min on board for {most} min allowed."),
    "figures.near.tier": ("{supplier} ({what}) : il manque {missing} pour atteindre la remise de {rate} %.", "{supplier} ({what}): {missing} short of the {rate}% discount."),
    "figures.near.framework": ("Lot {lot} : {spent} sur un maximum de {most} (alerte à 80 %).", "Lot {lot}: {spent} of a maximum of {most} (alert at 80%)."),
}
