"""`planner prepare`."""

TEXTS: dict[str, tuple[str, str]] = {
    "cli.prepare": (
        "prépare les calculs une fois après l'installation (une à deux minutes) ; sans cela le premier calcul attend",
        "prepares the calculations once after installation (a minute or two); without it the first calculation waits",
    ),
    "prepare.done": ("{part} : prêt après {seconds} s", "{part}: ready after {seconds} s"),
    "prepare.ready": ("Tout est prêt.", "Everything is ready."),
    "prepare.suppliers": ("achats", "purchasing"),
    "prepare.routes": ("tournées d'un jour", "routes of a day"),
    "prepare.trips": ("tournées avec retours au dépôt", "routes that come back to the depot"),
    "prepare.sites": ("choix des sites", "choice of sites"),
    "prepare.kitchens": ("cuisines", "kitchens"),
    "prepare.bounds": ("coût minimal des tournées", "least cost of routes"),
}
