"""Texts of the deliveries costed by a routes plan."""

TEXTS = {
    "cli.deliveries": (
        "reprend du plan de tournées ce que coûte la livraison de chaque site, et recalcule cuisines et tournées avec",
        "takes from the routes plan what delivering each site costs, and solves kitchens and routes again with it",
    ),
    "cli.told": (
        "classeur à écrire : le scénario avec la feuille « Livraisons chiffrées » remplie",
        "workbook to write: the scenario with the sheet “Costed deliveries” filled",
    ),
    "feedback.none": (
        "Aucun coût de livraison à reprendre : il faut un plan valable des cuisines et des tournées, dont les tournées portent des repas.",
        "No delivery cost to take over: valid plans of kitchens and routes are needed, whose routes carry meals.",
    ),
    "feedback.calibrated": (
        "{count} autre(s) couple(s) cuisine-site, qu'aucune tournée ne sert : estimation multipliée par l'écart constaté sur les couples servis.",
        "{count} other kitchen-site pair(s), which no route serves: the estimate times the ratio seen on the pairs served.",
    ),
    "feedback.one_round": ("Cuisines et tournées n'ont pas été recalculées avec ces coûts.", "Kitchens and routes were not solved again with these costs."),
    "feedback.rounds": (
        "Cuisines et tournées ensemble : {first} par an au premier passage, {second} au second, avec les livraisons du plan de tournées ; {count} site(s) changent de cuisine ou de liaison en fin de plan.",
        "Kitchens and routes together: {first} a year in the first round, {second} in the second, with the deliveries of the routes plan; {count} site(s) change kitchen or mode at the end of the plan.",
    ),
    "feedback.better": ("Le second passage coûte {gain} de moins par an.", "The second round costs {gain} less a year."),
    "feedback.no_better": (
        "Le second passage ne coûte pas moins ({gain} de plus par an) : garder le premier. Chaque passage est une recherche limitée en temps, pas une preuve.",
        "The second round costs no less ({gain} more a year): keep the first. Each round is a search limited in time, not a proof.",
    ),
    "issue.no_routes_plan": (
        "Aucun calcul de ce scénario n'a à la fois un plan valable des cuisines et un plan valable des tournées qui portent des repas.",
        "No run of this scenario has both a valid kitchens plan and a valid routes plan that carries meals.",
    ),
    "issue.no_routes_plan.mend": ("Calculer d'abord les cuisines et les tournées ensemble.", "Solve kitchens and routes together first."),
    "calcul.road": (
        "Coûts de livraison repris du plan de tournées (calcul n° {run})",
        "Delivery costs taken from the routes plan (run no. {run})",
    ),
    "calcul.road_help": (
        "La livraison de chaque site est comptée pour sa part du coût des tournées de ce calcul ; les couples cuisine-site qu'aucune tournée ne sert gardent leur estimation, recalée sur ceux qui le sont. Le résultat dit d'où vient chaque coût.",
        "The delivery of each site counts for its share of the cost of that run's routes; kitchen-site pairs that no route serves keep their estimate, calibrated on those served. The result says where each cost comes from.",
    ),
    "calcul.road_label": ("livraisons du plan de tournées", "deliveries of the routes plan"),
}
