"""Texts of the pages Scénarios and Calcul."""

TEXTS = {
    "pages.scenarios.name": ("Scénario", "Scenario"),
    "pages.scenarios.version": ("Version", "Version"),
    "pages.scenarios.who": ("Par", "By"),
    "pages.scenarios.when": ("Modifié le", "Changed on"),
}
