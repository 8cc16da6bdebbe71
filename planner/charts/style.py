"""What all charts share: colours with one meaning each, fonts, numbers as the reader writes them. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

# Okabe and Ito's palette, told apart by colour-blind readers
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#8A8F98"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY, YELLOW, "#5B5B5B", "#7A4FA3", "#A0522D")
TODAY, PLAN, GAIN, LOSS = GREY, BLUE, GREEN, RED
COST, BOUND = BLUE, ORANGE

FRENCH: dict[str, Any] = {
    "number": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u00a0€"]},
    "time": {
        "dateTime": "%A %e %B %Y à %X", "date": "%d/%m/%Y", "time": "%H:%M:%S", "periods": ["", ""],
        "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
        "months": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        "shortMonths": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    },
}  # fmt: skip
ENGLISH: dict[str, Any] = {"number": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""]}}


def euros_format() -> str:
    """The axis format of euros, with the currency where the reader expects it."""
    return "$,.0f"


def dressed(chart: Any, lang: str) -> Any:
    """The chart with the fonts, grid and number formats that all share."""
    locale: Mapping[str, Any] = FRENCH if lang == "fr" else ENGLISH
    return (
        chart.configure(font="Source Sans Pro, Liberation Sans, sans-serif", locale=alt.Locale(**locale))
        .configure_view(strokeWidth=0)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#eceef1", domainColor="#c9ced6", labelLimit=260, labelOverlap="greedy", labelSeparation=8)
        .configure_legend(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", orient="top", labelLimit=260, columns=6)
        .configure_title(fontSize=14, anchor="start", fontWeight=600)
    )
