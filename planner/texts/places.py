"""Texts of the places for kitchens."""

TEXTS = {
    "cli.places": ("où 1, 2, 3… cuisines seraient le mieux placées, d'après les repas et les temps de route", "where 1, 2, 3... kitchens would stand best, by meals and driving times"),
    "cli.places_most": ("jusqu'à combien de cuisines (4)", "up to how many kitchens (4)"),
    "cli.places_largest": ("repas par an de la plus grande cuisine (sans : aucune limite)", "meals a year of the largest kitchen (without: no limit)"),
    "places.title": ("Les meilleures places parmi les sites, selon les minutes de route d'un repas :", "The best places among the sites, by the driving minutes of a meal:"),
    "places.number": ("Cuisines", "Kitchens"), "places.minutes": ("Minutes", "Minutes"), "places.least": ("Au moins", "At least"),
    "places.furthest": ("Le plus loin", "Furthest"), "places.where": ("Où (part des repas)", "Where (share of the meals)"),
    "places.proven": ("prouvé", "proven"),
    "places.note": (
        "Minutes : moyenne par repas, aller simple. Ni coûts, ni niveaux, ni liaisons : ces places sont à saisir comme cuisines possibles, le plan des cuisines décide.",
        "Minutes: mean of a meal, one way. No costs, levels or modes: enter these places as candidate kitchens, the plan of the kitchens decides.",
    ),
    "places.none": ("Aucun repas dans le classeur, ou aucune place ne peut tout servir.", "No meals in the workbook, or no places that can serve them all."),
}  # fmt: skip
