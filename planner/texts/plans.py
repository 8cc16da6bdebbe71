"""Texts common to the plans and audits of all problems."""

TEXTS = {
    "status.refused": ("refusé par l'audit", "refused by its audit"),
    "status.optimal": ("optimal prouvé", "proven optimal"),
    "status.feasible": ("plan valable, optimalité non prouvée", "valid plan, not proven optimal"),
    "status.stopped": ("arrêté, meilleur plan conservé", "stopped, best plan kept"),
    "status.no_plan_in_time": ("aucun plan trouvé dans le temps imparti", "no plan found in the time given"),
    "status.infeasible": ("impossible : des règles se contredisent", "impossible: rules conflict"),
    "status.failed": ("échec du calcul", "computation failed"),
    "problem.kitchens": ("Cuisines", "Kitchens"),
    "problem.routes": ("Tournées", "Routes"),
    "problem.purchasing": ("Achats", "Purchasing"),
    "issue.wrong_cost_line": (
        "La ligne de coût « {line} » ({item} {establishment} {year}) annonce {claimed} € ; recalculée : {right} €.",
        "Cost line “{line}” ({item} {establishment} {year}) claims €{claimed}; recomputed: €{right}.",
    ),
    "issue.wrong_cost": ("Le plan annonce {claimed} € ; recalculé : {right} €.", "The plan claims €{claimed}; recomputed: €{right}."),
    "issue.wrong_bound": (
        "La borne annoncée ({bound} €) dépasse le coût recalculé ({cost} €).",
        "The claimed bound (€{bound}) exceeds the recomputed cost (€{cost}).",
    ),
    "issue.result_wrong_cell": ("Ligne {which}, colonne « {column} » : {claimed} annoncé, {right} recalculé.", "Row {which}, column “{column}”: {claimed} claimed, {right} recomputed."),
    "issue.result_unknown_row": ("La ligne {which} du plan ne correspond à rien.", "Row {which} of the plan stands for nothing."),
    "issue.result_missing_row": ("Il manque au plan la ligne {which}.", "The plan lacks row {which}."),
    "issue.plan_table_missing": ("Il manque au plan la table « {name} ».", "The plan lacks table “{name}”."),
    "issue.plan_of_other_data": (
        "Le plan a été calculé sur d'autres données ({plan}) que ce scénario ({scenario}).",
        "The plan was computed on other data ({plan}) than this scenario ({scenario}).",
    ),
    "issue.solver_failed": ("Le moteur de calcul s'est arrêté. Son message : « {reason} ».", "The solver stopped. Its message: “{reason}”."),
    "issue.solver_failed.mend": (
        "Relancer ; si l'échec se répète, envoyer le classeur au support.",
        "Run again; if it fails again, send the workbook to support.",
    ),
    "issue.baseline_unknown": (
        "L'organisation d'aujourd'hui n'est pas décrite en entier ({what}) : l'économie ne peut pas être chiffrée.",
        "Today's organisation is not wholly described ({what}): the saving cannot be stated.",
    ),
    "issue.no_plan_in_file": ("« {found} » ne contient aucun plan.", "“{found}” holds no plan."),
    "issue.no_plan_in_file.mend": (
        "Donner un classeur de résultats écrit par « planner solve ».",
        "Give a result workbook written by “planner solve”.",
    ),
    "day.mon": ("lundi", "Monday"),
    "day.tue": ("mardi", "Tuesday"),
    "day.wed": ("mercredi", "Wednesday"),
    "day.thu": ("jeudi", "Thursday"),
    "day.fri": ("vendredi", "Friday"),
    "day.sat": ("samedi", "Saturday"),
    "day.sun": ("dimanche", "Sunday"),
}
