"""Texts of differences between scenarios."""

TEXTS = {
    "difference.added": ("{row} : ligne ajoutée", "{row}: row added"),
    "difference.removed": ("{row} : ligne retirée", "{row}: row removed"),
    "difference.changed": ("{row} — {column} : {before} → {after}", "{row} — {column}: {before} → {after}"),
    "difference.empty": ("(vide)", "(empty)"),
    "difference.gone": ("ligne retirée", "row removed"),
    "difference.edited": ("ligne modifiée", "row edited"),
    "difference.conflict": (
        "{table}, {row} — {column} : vous avez mis {mine}, l'autre personne {theirs}. La sienne est gardée ; ressaisissez la vôtre si elle est la bonne.",
        "{table}, {row} — {column}: you put {mine}, the other person {theirs}. Theirs is kept; type yours again if it is the right one.",
    ),
    "difference.conflict_row": ("{table}, {row} : chez vous {mine}, chez l'autre personne {theirs}. La ligne modifiée est gardée.", "{table}, {row}: for you {mine}, for the other person {theirs}. The edited row is kept."),
    "scenarios.copied": ("copie de {name}, version {version}", "copy of {name}, version {version}"),
}
