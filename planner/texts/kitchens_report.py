"""Texts of the report on a kitchens plan."""

TEXTS = {
    "kitchens.worth": (
        "Valeur actuelle nette face à ne rien faire : {npv} sur les {count} années du plan (actualisée à {rate} %, livraisons estimées par les cuisines), dont {adjusted} du seul ajustement des postes dans les cuisines d'aujourd'hui et {regrouped} du regroupement (plus {residual} de valeur restante des investissements, actualisée) ; investi, renouvellements compris : {invested} (non actualisé) ; remboursé : {payback}.",
        "Net present value against doing nothing: {npv} over the plan's {count} years (discounted at {rate}%, deliveries as the kitchens estimate them), of which {adjusted} from adjusting the posts of today's kitchens alone and {regrouped} from regrouping (plus {residual} that the investments are still worth, discounted); invested, renewals included: {invested} (not discounted); paid back: {payback}.",
    ),
    "kitchens.worth_road": (
        "Cette valeur et ce remboursement reposent sur l'estimation des livraisons par les cuisines ; ils ne tiennent plus une fois les tournées comptées : face aux cuisines d'aujourd'hui, tournées optimisées des deux côtés, le plan des cuisines coûte {worth} en tout.",
        "This worth and payback rest on the kitchens' own estimate of deliveries; they no longer hold once the routes are counted: against today's kitchens, with routes optimised on both sides, the kitchens plan costs {worth} in all.",
    ),
    "kitchens.worth_estimate": (
        "Cette valeur et ce remboursement reposent sur l'estimation des livraisons par les cuisines, que les tournées remplacent ici : ils ne tiennent plus une fois les tournées comptées.",
        "This worth and payback rest on the kitchens' own estimate of deliveries, which the routes replace here: they no longer hold once the routes are counted.",
    ),
    "kitchens.parts": (
        "Dans l'économie annuelle des cuisines, {adjusted} par an en moyenne viendraient du seul ajustement des postes à ce que demandent les repas, sans rien regrouper ; le reste vient du regroupement.",
        "In the kitchens' yearly saving, {adjusted} a year on average would come from adjusting the posts to what the meals need alone, without regrouping; the rest comes from regrouping.",
    ),
    "kitchens.parts_short": (
        "L'économie annuelle des cuisines est nette de {adjusted} par an en moyenne pour compléter les postes d'aujourd'hui (fractions d'ETP portées au poste entier, postes trop justes pour les repas), qu'il faudrait aussi sans rien regrouper : le regroupement rapporte d'autant plus.",
        "The kitchens' yearly saving is net of {adjusted} a year on average for completing today's posts (parts of posts made whole, posts too few for the meals), which would be needed without regrouping as well: regrouping brings that much more.",
    ),
    "kitchens.never": ("pas pendant le plan", "not within the plan"),
    "kitchens.at_once": ("dès la première année", "from the first year"),
    "kitchens.years": ("en {years} ans", "in {years} years"),
    "kitchens.year": ("en {years} an", "in {years} years"),
    "kitchens.no_today": ("L'organisation d'aujourd'hui n'est pas décrite : ni valeur ni remboursement.", "Today's organisation is not described: no worth nor payback."),
    "kitchens.roadmap": ("Feuille de route (décision, niveau)", "Roadmap (decision, level)"),
    "kitchens.by_kitchen": ("Coût complet de chaque cuisine, la dernière année", "Full cost of each kitchen, in the last year"),
    "kitchens.stops": ("Si une cuisine s'arrêtait {days} jours à partir du 1er {month}, la dernière année", "If a kitchen stopped for {days} days from 1 {month}, in the last year"),
    "kitchens.stops_worst": ("Si une cuisine s'arrêtait {days} jours, la dernière année, à partir du mois le plus défavorable", "If a kitchen stopped for {days} days, in the last year, from the worst month"),
    "kitchens.stops_public": (
        "Ce qui ne pourrait pas être servi, par public (les patients passent d'abord, puis les résidents, le portage à domicile, le personnel, les scolaires, les autres clients)",
        "What could not be served, by public (patients come first, then residents, home meals, staff, schools, other customers)",
    ),
    "kitchens.robust": (
        "Plan robuste : une même décision doit tenir dans {count} cas de besoins (chaque cas a ses propres repas ; ils ne sont pas additionnés). Coût annuel moyen, pondéré par les probabilités : {average} ; le plus cher, « {dearest} » : {most}. Les postes sont ceux du cas qui demande le plus de travail. Cas où une règle ne tient pas : {broken}.",
        "Robust plan: one decision has to hold in {count} cases of demand (each with its own meals; they are not added up). Average yearly cost, weighted by the probabilities: {average}; the dearest, “{dearest}”: {most}. Posts are those of the case with most work. Cases where a rule does not hold: {broken}.",
    ),
    "kitchens.not_robust": (
        "Le plan n'a pas été demandé robuste (paramètre « Cuisines : 1 pour un plan qui tient dans tous les scénarios de besoins et coûte le moins en moyenne ») : il est jugé ici dans {count} cas de besoins ; coût annuel moyen {average}, le plus cher, « {dearest} » : {most}. Cas où une règle ne tient pas : {broken}.",
        "The plan was not asked to be robust (parameter “Kitchens: 1 for a plan that holds in every demand scenario and costs least on average”): here it is judged in {count} cases of demand; average yearly cost {average}, the dearest, “{dearest}”: {most}. Cases where a rule does not hold: {broken}.",
    ),
    "kitchens.as_is": ("besoins tels quels", "demand as it stands"),
    "kitchens.cases": ("Le même plan dans les scénarios de besoins", "The same plan in the demand scenarios"),
    "kitchens.case_holds": ("« {name} » : toutes les règles tiennent ; {cost} par an.", "“{name}”: every rule holds; {cost} a year."),
    "kitchens.case_broken": ("« {name} » : {count} règle(s) ne tiennent pas ; {cost} par an.", "“{name}”: {count} rule(s) do not hold; {cost} a year."),
    "cli.kitchens": (
        "dit ce que vaut et risque un plan des cuisines : valeur actuelle nette, remboursement, années, coût par cuisine, arrêts, scénarios de besoins",
        "tells what a kitchens plan is worth and risks: net present value, payback, years, cost by kitchen, stops, demand scenarios",
    ),
}
