"""Codes that findings name, in words: classes of loads, temperatures, categories of flows (days: `plans`)."""

TEXTS = {
    "list.and": ("et", "and"),
    "class.clean": ("propre", "clean"), "class.dirty": ("sale", "dirty"), "class.infectious": ("déchets infectieux", "infectious waste"),
    "temperature.ambient": ("ambiant", "ambient"), "temperature.cold": ("froid", "cold"), "temperature.hot": ("chaud", "hot"), "temperature.frozen": ("surgelé", "frozen"),
    "category.meals": ("repas", "meals"), "category.linen": ("linge", "linen"), "category.stores": ("magasin", "stores"), "category.pharmacy": ("pharmacie", "pharmacy"),
    "category.waste": ("déchets", "waste"), "category.samples": ("prélèvements", "samples"), "category.mail": ("courrier", "mail"),
}  # fmt: skip
