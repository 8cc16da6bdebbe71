"""Texts of the documentation page of the tables."""

TEXTS = {
    "docs.title": ("Les tables du classeur", "The tables of the workbook"),
    "docs.intro": (
        "Cette page est écrite à partir des déclarations du programme (`planner docs`) ; ne pas la modifier à la main. "
        "Les en-têtes sont reconnus dans les deux langues, avec ou sans unité, sans tenir compte des majuscules ni des accents. "
        "Nombres : `1 234,56` ou `1234.56` ; heures : `06h30` ou `06:30` ; dates : `31/12/2026` ou `2026-12-31` ; oui ou non : `oui`, `non`, `x`, `VRAI`.",
        "This page is written from the program's declarations (`planner docs`); do not edit it by hand. "
        "Headers are recognised in both languages, with or without the unit, whatever the case and the accents. "
        "Numbers: `1,234.56` or `1234.56`; times: `06:30`; dates: `2026-12-31` or `31/12/2026`; yes or no: `yes`, `no`, `x`, `TRUE`.",
    ),
    "docs.contents": ("Sommaire", "Contents"),
    "docs.filled": ("Ce qui se remplit", "What is filled in"),
    "docs.results": ("Ce que contient un plan", "What a plan holds"),
    "docs.parameters": ("Paramètres", "Parameters"),
    "docs.parameters.intro": (
        "Chaque paramètre peut être changé dans la feuille « Paramètres » ; une ligne absente garde la valeur par défaut. "
        "Marque : sourcé (document cité), dérivé (calculé à partir de sources), estimation.",
        "Each parameter can be changed on sheet “Parameters”; a missing row keeps the default. "
        "Mark: sourced (document cited), derived (computed from sources), estimate. Sources are quoted in French.",
    ),
    "docs.kpis": ("Chiffres clés : {problem}", "Key figures: {problem}"),
    "docs.fact.names": ("En anglais : « {other} ». Nom dans le code : `{code}`.", "In French: «{other}». Name in code: `{code}`."),
    "docs.fact.required": ("Feuille obligatoire.", "Required sheet."),
    "docs.fact.key": ("Une seule ligne par : {columns}.", "One row only per: {columns}."),
    "docs.head.column": ("Colonne", "Column"),
    "docs.head.name": ("Nom", "Name"),
    "docs.head.kind": ("Nature", "Kind"),
    "docs.head.unit": ("Unité", "Unit"),
    "docs.head.needed": ("Obligatoire", "Required"),
    "docs.head.expected": ("Attendu", "Expected"),
    "docs.head.help": ("Sens", "Meaning"),
    "docs.head.parameter": ("Paramètre", "Parameter"),
    "docs.head.code": ("Code", "Code"),
    "docs.head.default": ("Par défaut", "Default"),
    "docs.head.usual": ("Usuel", "Usual"),
    "docs.head.admitted": ("Admis", "Admitted"),
    "docs.head.mark": ("Marque", "Mark"),
    "docs.head.source": ("Source", "Source"),
    "docs.head.figure": ("Chiffre", "Figure"),
    "docs.head.better": ("Préférable", "Better"),
    "docs.better.low": ("bas", "low"),
    "docs.better.high": ("haut", "high"),
    "docs.better.none": ("—", "—"),
    "docs.required": ("obligatoire", "required"),
    "docs.optional": ("facultatif", "optional"),
    "docs.default": ("sinon {value}", "else {value}"),
    "docs.mark.sourced": ("sourcé", "sourced"),
    "docs.mark.derived": ("dérivé", "derived"),
    "docs.mark.estimate": ("estimation", "estimate"),
    "docs.mark.invented": ("inventé", "invented"),
    "docs.kind.ref": ("référence", "reference"),
    "docs.kind.code": ("code", "code"),
    "docs.kind.text": ("texte", "text"),
    "docs.kind.several": ("plusieurs choix", "several choices"),
    "docs.kind.choice": ("choix", "choice"),
    "docs.kind.flag": ("oui ou non", "yes or no"),
    "docs.kind.date": ("date", "date"),
    "docs.kind.time": ("heure", "time"),
    "docs.kind.integer": ("nombre entier", "whole number"),
    "docs.kind.decimal": ("nombre", "number"),
}
