"""Purchasing tables from a common catalogue and the candidates of each scenario.

A lot's yearly value for an establishment is a rate times its activity (meals made, patient days, posts); the
value is spread over the lot's articles and divided by the reference price. Prices of today fall with the size
of the buyer and scatter around the reference; offers follow each candidate's price level. Every price is
invented and marked so; scatters are drawn from the names alone, hence the same on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from planner.problems.purchasing.tables import (
    ARTICLES,
    DISCOUNTS,
    EQUIVALENCES,
    FAMILIES,
    LOCKS,
    LOTS,
    NEEDS,
    OFFERS,
    PACKAGE_LOTS,
    PACKAGES,
    REFUSALS,
    RULES,
    SUPPLIERS,
)
from scenarios.sources import COMMON, Record, SourceFault, optional, parsed, path, records, scatter, typed, value

SIZE_EFFECT = -0.06  # price elasticity to the buyer's volume: twice the volume, 4 % cheaper
TODAY = (0.96, 1.09)  # scatter of today's prices around the reference
OFFER = (0.975, 1.025)  # scatter of an offer's articles around the candidate's level
HABIT = (0.75, 1.3)  # how much more or less of a lot an establishment buys than its activity says
MIX = (0.6, 1.4)  # how a lot's value is spread over its articles
UNUSED = 0.06  # share of articles that an establishment does not buy
CONTRACT = ("Fin de contrat", "Indemnité de sortie anticipée", "Prolongation possible jusqu'au")  # what a contract says, by family
BASES = {"repas": "Repas produits", "journées": "Journées", "etp": "ETP non médicaux"}

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Catalogue:
    """The lots and articles that a scenario buys. `bases`: activity by establishment and base."""

    lots: list[Record]
    articles: dict[str, list[Record]]
    bases: dict[str, Record]

    @staticmethod
    def read(folder: str) -> Catalogue:
        kept = {row["Lot"]: row for row in records(folder, "lots_retenus")}
        chosen = {lot: round(value(row, "Articles")) for lot, row in kept.items()}
        equivalent = {row["Article"]: row["Équivalence"] for row in records(folder, "articles_equivalents")} if path(folder, "articles_equivalents").exists() else {}
        articles: dict[str, list[Record]] = defaultdict(list)
        for article in records(COMMON, "articles"):
            if len(articles[article["Lot"]]) < chosen.get(article["Lot"], 0):
                articles[article["Lot"]].append({**article, "Équivalence": equivalent.get(article["Article"], "")})
        own = ("Début du marché", "Montant maximal")
        lots = [{**row, **{header: kept[row["Lot"]][header] for header in own if header in kept[row["Lot"]]}} for row in records(COMMON, "lots") if row["Lot"] in chosen]
        if unknown := set(chosen) - {row["Lot"] for row in lots}:
            raise SourceFault(f"{folder}/lots_retenus.csv : lots inconnus {sorted(unknown)}")
        return Catalogue(lots, articles, {row["Établissement"]: row for row in records(folder, "bases")})


def tables(folder: str) -> Tables:
    """The purchasing tables of a scenario by name."""
    catalogue = Catalogue.read(folder)
    bids = records(folder, "candidatures")
    needs = _needs(folder, catalogue, bids)
    pooled = _pooled(catalogue, needs)
    used = {lot["Famille"] for lot in catalogue.lots}
    return {
        "families": [row for row in typed(FAMILIES, COMMON, "familles") if row["family"] in used],
        "lots": parsed(LOTS, catalogue.lots, "lots"),
        "articles": parsed(ARTICLES, [row for lot in catalogue.lots for row in catalogue.articles[lot["Lot"]]], "articles"),
        "suppliers": typed(SUPPLIERS, folder, "fournisseurs"),
        "equivalences": optional(EQUIVALENCES, folder, "equivalences"),
        "article_refusals": optional(REFUSALS, folder, "refus_articles"),
        "needs": needs,
        "offers": _offers(catalogue, bids, needs),
        "discounts": _discounts(folder, bids, pooled),
        "packages": optional(PACKAGES, folder, "offres_groupees"),
        "package_lots": optional(PACKAGE_LOTS, folder, "lots_offres_groupees"),
        "purchasing_rules": typed(RULES, folder, "regles_achat"),
        "purchasing_locks": typed(LOCKS, folder, "verrous_achat"),
    }


def _value(catalogue: Catalogue, lot: Record, establishment: str) -> float:
    """What an establishment would spend on a lot a year at reference prices (€)."""
    base = value(catalogue.bases[establishment], BASES[lot["Base"]])
    return base * value(lot, "Euros par base") * scatter(f"habitude {establishment} {lot['Lot']}", *HABIT)


def _needs(folder: str, catalogue: Catalogue, bids: list[Record]) -> list[dict[str, Any]]:
    ends = {(row["Établissement"], row["Famille"]): {header: row[header] for header in CONTRACT if header in row} for row in records(folder, "fins_de_contrat")}
    candidates: dict[str, list[Record]] = defaultdict(list)
    for bid in bids:
        candidates[bid["Lot"]].append(bid)
    raw = []
    for lot in catalogue.lots:
        values = {code: _value(catalogue, lot, code) for code in catalogue.bases}
        buyers = {code: spent for code, spent in values.items() if spent > 0}
        mean = sum(buyers.values()) / len(buyers)
        for code, spent in buyers.items():
            pool = sorted(candidates[lot["Lot"]], key=lambda bid: scatter(f"titulaire {code} {bid['Fournisseur']} {bid['Lot']}", 0, 1))
            size = (spent / mean) ** SIZE_EFFECT
            weights = {a["Article"]: scatter(f"panier {code} {a['Article']}", *MIX) for a in catalogue.articles[lot["Lot"]]}
            for article in catalogue.articles[lot["Lot"]]:
                key = f"{code} {article['Article']}"
                if scatter(f"absent {key}", 0, 1) < UNUSED:
                    continue
                reference = value(article, "Prix de référence")
                price = reference * size * scatter(f"prix {key}", *TODAY)
                raw.append({
                    "Établissement": code, "Article": article["Article"], "Fournisseur actuel": pool[0]["Fournisseur"],
                    "Quantité par an": str(_rounded(spent * weights[article["Article"]] / sum(weights.values()) / reference)),
                    "Prix actuel": f"{price:.4f}", **ends[code, lot["Famille"]],
                    "Marque": "inventé", "Source": "Quantité : activité × dépense de référence du lot ; prix, titulaire et échéance inventés",
                })  # fmt: skip
    return parsed(NEEDS, raw, f"{folder} : besoins")


def _rounded(quantity: float) -> int:
    """A quantity as a buyer states it: two significant figures, at least one unit."""
    if quantity < 10:
        return max(1, round(quantity))
    step: int = 10 ** (len(str(int(quantity))) - 2)
    return round(quantity / step) * step


def _pooled(catalogue: Catalogue, needs: list[dict[str, Any]]) -> dict[str, float]:
    """Yearly value (€) of each lot for all establishments together at today's prices."""
    lot_of = {a["Article"]: lot for lot, articles in catalogue.articles.items() for a in articles}
    pooled: dict[str, float] = defaultdict(float)
    for row in needs:
        pooled[lot_of[row["article"]]] += row["quantity"] * row["current_price"]
    return pooled


def _offers(catalogue: Catalogue, bids: list[Record], needs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted: dict[str, float] = defaultdict(float)
    for row in needs:
        wanted[row["article"]] += row["quantity"]
    raw = []
    for bid in bids:
        for article in catalogue.articles[bid["Lot"]]:
            level = value(bid, "Niveau de prix") * scatter(f"offre {bid['Fournisseur']} {article['Article']}", *OFFER)
            capacity = value(bid, "Capacité")
            raw.append({
                "Fournisseur": bid["Fournisseur"], "Article": article["Article"], "Prix": f"{value(article, 'Prix de référence') * level:.4f}",
                "Capacité": str(_rounded(wanted[article["Article"]] * capacity)) if capacity else "",
                "Qualité": bid["Qualité"] if bid["Qualité"] != "standard" else article["Qualité actuelle"],
                "Marque": "inventé", "Source": "Prix de référence × niveau du candidat ; prix inventé",
            })  # fmt: skip
    return parsed(OFFERS, raw, "offres")


def _discounts(folder: str, bids: list[Record], pooled: dict[str, float]) -> list[dict[str, Any]]:
    raw = []
    for bid in bids:
        for threshold, rate in (("Palier 1", "Remise 1"), ("Palier 2", "Remise 2")):
            if value(bid, rate):
                raw.append({"Fournisseur": bid["Fournisseur"], "Portée": "lot", "Lot": bid["Lot"], "Base": "chiffre d'affaires",
                            "À partir de": str(_rounded(pooled[bid["Lot"]] * value(bid, threshold))), "Remise": bid[rate], "Calcul": "toutes unités",
                            "Marque": "inventé", "Source": f"Palier à {bid[threshold]} du montant du lot pour tout le groupement"})  # fmt: skip
    for row in records(folder, "remises_fin_annee"):
        raw.append({**row, "Portée": "fournisseur", "Lot": "", "Base": "chiffre d'affaires"})
    return parsed(DISCOUNTS, raw, f"{folder} : remises")
