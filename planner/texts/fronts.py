"""Texts of the front of cost, CO2, longest transport and safety."""

TEXTS = {
    "front.sheet": ("Front de Pareto", "Pareto front"),
    "front.cheapest": ("sans autre exigence", "nothing more asked"),
    "front.co2": ("CO2 pesé {price} €/t", "CO2 weighed at €{price}/t"),
    "front.minutes": ("au plus {minutes} min de transport", "at most {minutes} min of transport"),
    "front.rescue": ("{share} % servis si une cuisine s'arrête", "{share}% served if a kitchen stops"),
    "front.name": ("Plan", "Plan"),
    "front.best": ("Sur le front", "On the front"),
    "front.title.cost": ("Coût (€/an)", "Cost (€/year)"),
    "front.title.co2": ("CO2 (t/an)", "CO2 (t/year)"),
    "front.title.minutes": ("Plus long transport (min)", "Longest transport (min)"),
    "front.title.rescued": ("Servis si arrêt (%)", "Served if stopped (%)"),
    "front.title.hot": ("En chaud (%)", "Hot (%)"),
    "front.title.gap": ("Écart prouvé (%)", "Proven gap (%)"),
    "front.note": ("★ : aucun autre plan essayé ne fait au moins aussi bien sur le coût, le CO2, les minutes et l'arrêt d'une cuisine.", "★: no other plan tried does at least as well in cost, CO2, minutes and the stop of a kitchen."),
    "front.no_plan": ("{name} : {status}", "{name}: {status}"),
    "cli.pareto": ("dit ce que coûtent moins de CO2, des transports plus courts ou plus de sûreté dans les cuisines", "tells what less CO2, shorter transport or more safety costs in the kitchens"),
    "cli.by": ("axes, séparés par des virgules : co2, minutes, rescue (tous par défaut)", "axes, separated by commas: co2, minutes, rescue (all by default)"),
    "cli.steps": ("calculs par axe (4)", "solves per axis (4)"),
    "cli.by_unknown": ("Axe inconnu : {found}. Choix : {known}.", "Unknown axis: {found}. Choices: {known}."),
}
