"""Texts of the table of possible days of the routes problem."""

TEXTS = {
    "issue.routes_day_pattern_count": (
        "La combinaison « {sets} » a {count} jour(s) ; le flux {flow}, qu'elle nomme, a {visits} passage(s) par semaine.",
        "Combination “{sets}” has {count} day(s); flow {flow}, which it names, has {visits} visit(s) a week.",
    ),
    "issue.routes_day_pattern_count.mend": ("Donner autant de jours que de passages, ou corriger les passages du flux.", "Give as many days as visits, or correct the visits of the flow."),
    "issue.routes_day_pattern_unused": (
        "Cette combinaison ne sert à aucun flux : aucun de ceux qu'elle désigne n'a {count} passage(s) par semaine, ou des lignes plus précises l'emportent.",
        "This combination serves no flow: none of those it is about has {count} visit(s) a week, or more precise rows win.",
    ),
    "issue.routes_day_pattern_unused.mend": ("Corriger le site, la catégorie, le flux ou les jours, ou supprimer la ligne.", "Correct site, category, flow or days, or delete the row."),
    "issue.routes_day_pattern_never": (
        "La combinaison « {sets} » n'est jamais possible : site fermé, verrou, écart à respecter, jours du flux ou tournée gardée.",
        "Combination “{sets}” is never possible: site closed, lock, gap to keep, days of the flow or kept route.",
    ),
    "issue.routes_day_pattern_never.mend": ("Changer ses jours, ou supprimer la ligne.", "Change its days, or delete the row."),
    "issue.routes_day_pattern_unclear": (
        "Le flux {flow} n'a pas de nombre de passages, et ses combinaisons n'ont pas toutes autant de jours : {sets}.",
        "Flow {flow} has no number of visits, and its combinations do not all have as many days: {sets}.",
    ),
    "issue.routes_day_pattern_unclear.mend": (
        "Donner ses passages par semaine ; la quantité par passage en dépend.", "Give its visits a week; the quantity per visit depends on it.",
    ),
    "issue.routes_day_pattern_none": (
        "Aucune des combinaisons du flux {flow} n'est possible ({sets}) : site fermé, verrou, écart à respecter, jours du flux ou tournée gardée.",
        "None of the combinations of flow {flow} is possible ({sets}): site closed, lock, gap to keep, days of the flow or kept route.",
    ),
    "issue.routes_day_pattern_none.mend": ("Ajouter une combinaison dans « Jours possibles », ou lever ce qui l'empêche.", "Add a combination to “Possible days”, or lift what prevents it."),
    "issue.routes_day_pattern_others": (
        "{count} flux répondent à des lignes de « Jours possibles » dont aucune n'a autant de jours qu'ils ont de passages ({flows}) : ils gardent leurs jours.",
        "{count} flows answer to rows of “Possible days” none of which has as many days as they have visits ({flows}): they keep their days.",
    ),
}  # fmt: skip
