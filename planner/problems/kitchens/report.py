"""What a kitchens plan means, worked out from scenario and plans alone: money year by year against today, who costs what, days, stops.

Money is counted when it is spent: investments in their year, and again when they have lived their time, no annuity. Notional prices
are left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from planner.issues import errors
from planner.kinds import Choice, Code, Date, Decimal, Integer, Ref
from planner.network import Network
from planner.plan import Audit, Plan, cents
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.audit import Reading, broken_in
from planner.problems.kitchens.days import tightest_weeks
from planner.problems.kitchens.demand import Case, all_cases
from planner.problems.kitchens.ledger import Ledger
from planner.problems.kitchens.rules import TOLERANCE
from planner.problems.kitchens.stops import Stop, stops
from planner.problems.kitchens.world import World
from planner.scenario import Scenario
from planner.schema import Column, Table, rows
from planner.sites import DISCOUNT_RATE, ETP_COST

ANNUITIES = ("kitchen_investment", "site_investment")

YEARLY = Table(
    "kitchens_yearly", "Cuisines année par année", "Kitchens year by year", key=("year",), group=tb.GROUP, result=True,
    help_fr="Euros dépensés chaque année (investissements et renouvellements dans l'année, sans annuités), comparés à ne rien faire.",
    help_en="Euros spent each year (investments and renewals in their year, no annuities), against doing nothing.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0),
        Column("today", Decimal(), "Ne rien faire", "Doing nothing", "€", decimals=0, help_fr="Dépenses de l'année en gardant l'organisation d'aujourd'hui : fonctionnement, remises en état et renouvellements, sans annuités.", help_en="The year's spending with today's organisation kept: running costs, refurbishments and renewals, no annuities."),
        Column("running", Decimal(), "Fonctionnement du plan", "Running the plan", "€", decimals=0, help_fr="Denrées, postes, frais fixes, livraisons (estimées par les cuisines, même quand les tournées sont calculées), fermetures, gaspillage ; recettes des clients déduites, sans annuités.", help_en="Food, posts, fixed costs, deliveries (as the kitchens estimate them, even where routes are solved), closings, waste; customers' payments deducted, no annuities."),
        Column("investment", Decimal(), "Investissement", "Investment", "€", decimals=0, help_fr="Cuisines et sites, subventions déduites ; ce qui arrive en fin de vie pendant le plan est racheté au même prix.", help_en="Kitchens and sites, subsidies deducted; what wears out within the plan is bought again at the same price."),
        Column("gain", Decimal(), "Gain de l'année", "Gain of the year", "€", decimals=0, help_fr="Ne rien faire, moins le fonctionnement et l'investissement du plan.", help_en="Doing nothing, less running the plan and its investment."),
        Column("adjusted", Decimal(), "Dont ajustement des postes", "Of which posts adjusted", "€", decimals=0, help_fr="Ce que rapporterait, sans rien regrouper, de ramener les postes des cuisines d'aujourd'hui à ce que leurs repas demandent, en postes entiers et dans la limite des départs naturels ; négatif s'il faut les compléter. Le reste du gain vient du regroupement.", help_en="What bringing the posts of today's kitchens to what their meals need would bring without regrouping anything, in whole posts and within natural departures; negative where they have to be completed. The rest of the gain comes from regrouping."),
        Column("discounted", Decimal(), "Gain actualisé", "Discounted gain", "€", decimals=0, help_fr="Au taux d'actualisation du scénario, ramené au début de la première année ; leur somme est la valeur actuelle nette.", help_en="At the scenario's discount rate, to the start of the first year; they add up to the net present value."),
        Column("cumulated", Decimal(), "Gain cumulé", "Gain to date", "€", decimals=0, help_fr="Non actualisé : le plan est remboursé dès qu'il devient positif.", help_en="Not discounted: the plan is paid back once it is positive."),
        Column("meal_today", Decimal(), "Coût d'un repas aujourd'hui", "Cost of a meal today", "€/repas", help_fr="Sans rien changer : annuités des remises en état comprises, mais non celles de ce qui est déjà payé ; recettes des clients déduites.", help_en="With nothing changed: annuities of refurbishments included, not those of what is paid already; customers' payments deducted."),
        Column("meal_plan", Decimal(), "Coût d'un repas du plan", "Cost of a meal in the plan", "€/repas", help_fr="Annuités comprises, recettes des clients déduites.", help_en="Annuities included, customers' payments deducted."),
        Column("posts_today", Decimal(), "Postes, ne rien faire", "Posts, doing nothing", "ETP", decimals=1),
        Column("posts", Decimal(), "Postes du plan", "Posts in the plan", "ETP", decimals=1),
        Column("open", Integer(), "Cuisines ouvertes", "Kitchens open"),
    ),
)  # fmt: skip
BY_KITCHEN = Table(
    "kitchens_by_kitchen", "Coût par cuisine", "Cost by kitchen", key=("year", "kitchen"), group=tb.GROUP, result=True,
    help_fr="Coût annuel complet de chaque cuisine, annuités comprises, et des repas qu'elle fait.", help_en="Full yearly cost of each kitchen, annuities included, and of the meals it makes.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
        Column("own", Decimal(), "Postes, frais fixes, annuités", "Posts, fixed costs, annuities", "€", decimals=0, help_fr="Ce que coûte la cuisine elle-même ; avec, le cas échéant, fermeture, entretien après fermeture, cuisine provisoire, jours fériés travaillés et agrément.", help_en="What the kitchen itself costs; with closing, upkeep once closed, temporary kitchen, holidays worked and approval where there are any."),
        Column("served", Decimal(), "Denrées, livraisons, autres frais des repas", "Food, deliveries, other costs of meals", "€", decimals=0, help_fr="Avec EGalim et gaspillage ; les livraisons sont l'estimation des cuisines, même quand les tournées sont calculées.", help_en="With EGalim and waste; deliveries are the kitchens' estimate, even where routes are solved."),
        Column("equipment", Decimal(), "Annuités des offices", "Site equipment annuities", "€", decimals=0, help_fr="Remise en température des sites qu'elle sert.", help_en="Regeneration equipment of the sites it feeds."),
        Column("revenue", Decimal(), "Recettes des clients", "Customers' payments", "€", decimals=0, help_fr="En négatif : elles viennent en déduction.", help_en="Negative: they are deducted."),
        Column("cost", Decimal(), "Coût, recettes déduites", "Cost, payments deducted", "€", decimals=0),
        Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0),
        Column("per_meal", Decimal(), "Coût d'un repas", "Cost of a meal", "€/repas", help_fr="Recettes des clients déduites.", help_en="Customers' payments deducted."),
    ),
)  # fmt: skip
BY_SITE = Table(
    "kitchens_by_site", "Coût par site", "Cost by site", key=("site",), group=tb.GROUP, result=True,
    help_fr="Coût annuel moyen de chaque site : ses repas, et sa part de la cuisine qui les fait ; ce que le client paie est déduit. Les sites ne font pas tout le coût : ce que coûte une cuisine qui ne nourrit personne (fermeture, entretien, annuités restantes) n'est réparti sur aucun.", help_en="Average yearly cost of each site: its meals, and its share of the kitchen that makes them; what the customer pays is deducted. Sites do not make up the whole cost: what a kitchen costs that feeds nobody (closing, upkeep, annuities left) is shared out to none.",
    columns=(
        Column("site", Code(), "Site", "Site"),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment"),
        Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0),
        Column("today", Decimal(), "Ne rien faire", "Doing nothing", "€/an", decimals=0),
        Column("plan", Decimal(), "Plan", "Plan", "€/an", decimals=0),
        Column("per_meal", Decimal(), "Coût d'un repas du plan", "Cost of a meal in the plan", "€/repas", help_fr="Annuités comprises, recettes des clients déduites.", help_en="Annuities included, customers' payments deducted."),
    ),
)  # fmt: skip
DAYS = Table(
    "kitchens_days", "Production jour par jour", "Production day by day", key=("year", "kitchen", "date"), group=tb.GROUP, result=True,
    help_fr="Les deux semaines les plus tendues de chaque cuisine : un programme de production qui tient la DLC et le refroidissement, aussi régulier que possible.",
    help_en="The two tightest weeks of each kitchen: a production schedule within the use-by and the chillers, as even as can be.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
        Column("date", Date(), "Jour", "Day"),
        Column("eaten", Decimal(), "Repas mangés", "Meals eaten", "repas", decimals=0),
        Column("produced", Decimal(), "Repas produits", "Meals produced", "repas", decimals=0),
        Column("chilled", Decimal(), "Dont refroidis", "Of which chilled", "repas", decimals=0),
        Column("capacity", Decimal(), "Capacité", "Capacity", "repas", decimals=0, help_fr="0 un jour sans production.", help_en="0 on a day without production."),
        Column("use", Decimal(), "Capacité utilisée", "Capacity used", "%", decimals=1),
        Column("stock", Decimal(), "Stock le soir", "Stock at night", "repas", decimals=0),
    ),
)  # fmt: skip
BY_MONTH = Table(
    "kitchens_months", "Production mois par mois", "Production month by month", key=("year", "kitchen", "month"), group=tb.GROUP, result=True,
    help_fr="Ce que chaque cuisine fait dans le mois, la semaine où le plus de publics mangent et celle où il en manque le plus (vacances).",
    help_en="What each kitchen makes in the month, in the week in which most publics eat and in the one in which most are away (holidays).",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
        Column("month", Choice(tb.MONTHS), "Mois", "Month"),
        Column("eaten", Decimal(), "Repas mangés", "Meals eaten", "repas", decimals=0, help_fr="Dans le mois.", help_en="In the month."),
        Column("capacity", Decimal(), "Capacité", "Capacity", "repas/j de prod.", decimals=0),
        Column("most", Decimal(), "Semaine pleine", "Full week", "repas/j de prod.", decimals=0, help_fr="Production qu'il faut par jour de production, la semaine du mois où le plus de publics mangent ; avec le calendrier réel, comme autour du jour férié le plus tendu de l'année.", help_en="Production needed per production day in the week of the month in which most publics eat; with the real calendar, as around the year's tightest holiday."),
        Column("use_most", Decimal(), "Capacité utilisée, semaine pleine", "Capacity used, full week", "%", decimals=1),
        Column("least", Decimal(), "Semaine creuse", "Slack week", "repas/j de prod.", decimals=0, help_fr="La même, la semaine du mois où il manque le plus de publics.", help_en="The same in the week of the month in which most publics are away."),
        Column("use_least", Decimal(), "Capacité utilisée, semaine creuse", "Capacity used, slack week", "%", decimals=1),
    ),
)  # fmt: skip
STOPS = Table(
    "kitchens_stops", "Arrêt d'une cuisine", "Stop of a kitchen", key=("year", "kitchen"), group=tb.GROUP, result=True,
    help_fr="Ce que les autres cuisines et le stock de secours servent encore si celle-ci s'arrête.", help_en="What the other kitchens and the rescue stock still serve if this one stops.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine arrêtée", "Kitchen stopped"),
        Column("month", Choice(tb.MONTHS), "Dès le 1er", "From the first of", help_fr="Mois où l'arrêt commence : celui du paramètre, ou le plus défavorable de cette cuisine.", help_en="Month in which the stop begins: the parameter's, or this kitchen's worst."),
        Column("meals", Decimal(), "Ses repas", "Its meals", "repas/j", decimals=0, help_fr="En moyenne sur l'arrêt, selon qui mange à ces dates.", help_en="Average over the stop, with who eats at those dates."),
        Column("others", Decimal(), "Servis par les autres", "Served by the others", "%", decimals=1),
        Column("lasts", Decimal(), "Jours sans manquer", "Days without shortage", "j", decimals=1, help_fr="Avant que le stock de secours soit épuisé ; vide : il suffit pour tout l'arrêt.", help_en="Before the rescue stock is gone; empty: it is enough for the whole stop."),
        Column("served", Decimal(), "Servis pendant l'arrêt", "Served during the stop", "%", decimals=1),
        Column("missing", Decimal(), "Repas manquants", "Meals missing", "repas", decimals=0, help_fr="Sur la durée d'arrêt étudiée.", help_en="Over the length of stop studied."),
        Column("worst_month", Choice(tb.MONTHS), "Mois le plus défavorable", "Worst month", help_fr="Celui où un arrêt laisse la plus petite part des repas servie ; vide quand c'est lui qu'on étudie.", help_en="The one in which a stop leaves the smallest share of the meals served; empty where it is the one studied."),
        Column("worst_served", Decimal(), "Servis alors", "Served then", "%", decimals=1),
        Column("worst_missing", Decimal(), "Manquants alors", "Missing then", "repas", decimals=0),
    ),
)  # fmt: skip
STOPS_BY_PUBLIC = Table(
    "kitchens_stops_public", "Arrêt d'une cuisine, par public", "Stop of a kitchen, by public", key=("year", "kitchen", "public"), group=tb.GROUP, result=True,
    help_fr="Ce qui ne pourrait pas être servi, par public : les patients passent d'abord, puis les résidents, le portage à domicile, le personnel, les scolaires et les autres clients, là où les autres cuisines peuvent livrer.",
    help_en="What could not be served, by public: patients come first, then residents, home meals, staff, schools and other customers, wherever the other kitchens can deliver.",
    columns=(
        Column("year", Integer(), "Année", "Year"),
        Column("kitchen", Ref(table="kitchens"), "Cuisine arrêtée", "Kitchen stopped"),
        Column("month", Choice(tb.MONTHS), "Dès le 1er", "From the first of"),
        Column("public", Choice(tb.PUBLICS), "Public", "Public"),
        Column("meals", Decimal(), "Repas de l'arrêt", "Meals of the stop", "repas", decimals=0),
        Column("served", Decimal(), "Servis pendant l'arrêt", "Served during the stop", "%", decimals=1),
        Column("missing", Decimal(), "Repas manquants", "Meals missing", "repas", decimals=0),
    ),
)  # fmt: skip
IN_CASES = Table(
    "kitchens_cases", "Dans chaque scénario de besoins", "In each demand scenario", key=("case",), group=tb.GROUP, result=True,
    help_fr="Le même plan si les besoins devenaient ceux de chaque scénario : mêmes cuisines, mêmes postes, mêmes sites servis. Avec le plan robuste, tout doit tenir partout et le coût du plan est la moyenne pondérée de cette colonne.",
    help_en="The same plan if demand became that of each scenario: same kitchens, same posts, same sites served. With the robust plan, all must hold everywhere and the plan's cost is the weighted average of this column.",
    columns=(
        Column("case", Code(), "Scénario", "Scenario", none=("Besoins tels quels", "Demand as it is")),
        Column("weight", Decimal(), "Probabilité", "Probability", "%", decimals=1),
        Column("meals", Decimal(), "Repas", "Meals", "repas/an", decimals=0, help_fr="En moyenne sur le plan.", help_en="Average over the plan."),
        Column("cost", Decimal(), "Coût annuel", "Yearly cost", "€/an", decimals=0, help_fr="En moyenne sur le plan, annuités comprises, recettes des clients déduites.", help_en="Average over the plan, annuities included, customers' payments deducted."),
        Column("per_meal", Decimal(), "Coût d'un repas", "Cost of a meal", "€/repas"),
        Column("use", Decimal(), "Utilisation maximale", "Highest use", "%", decimals=1, help_fr="De la cuisine la plus chargée, l'année la plus chargée.", help_en="Of the busiest kitchen, in its busiest year."),
        Column("kitchen", Ref(table="kitchens"), "Cuisine la plus chargée", "Busiest kitchen"),
        Column("year", Integer(), "Année", "Year"),
        Column("broken", Integer(), "Règles qui ne tiennent pas", "Rules that do not hold"),
    ),
)  # fmt: skip
TABLES = (YEARLY, BY_KITCHEN, BY_SITE, DAYS, BY_MONTH, STOPS, STOPS_BY_PUBLIC, IN_CASES)


@dataclass(frozen=True)
class Returns:
    """Worth of a plan against doing nothing: `npv` (€, discounted, over the plan's years), `residual` (€, discounted, what its
    investments are still worth after them, straight line), `payback` (years from the start; None: not within the plan). `adjusted`:
    the part of `npv` (€) that posts adjusted in today's kitchens would bring without regrouping; `adjusted_yearly`: the same in € a year
    on average, not discounted, as the saving is told."""

    npv: float
    residual: float
    payback: float | None
    invested: float
    adjusted: float = 0.0
    adjusted_yearly: float = 0.0

    @property
    def regrouped(self) -> float:
        """The part of `npv` (€) that regrouping brings."""
        return cents(self.npv - self.adjusted)


class Books:
    """The books of one plan: `world` says what the scenario holds."""

    def __init__(self, world: World, plan: Plan) -> None:
        self.world, self.reading = world, Reading.of(world, plan)
        self.ledger = Ledger(world, self.reading.roadmap, self.reading.feeding)
        self.lines = list(rows(tb.COSTS, self.ledger.costs()))

    def running(self, year: int) -> float:
        """€ of the year without annuities and investments."""
        return math.fsum(line.amount for line in self.lines if line.year == year and line.line not in ANNUITIES)

    def full(self, year: int) -> float:
        return math.fsum(line.amount for line in self.lines if line.year == year)

    def investment(self, year: int) -> float:
        """€ of the year's purchases, renewals among them."""
        return math.fsum(amount for _, when, amount, _ in self.ledger.purchases() if when == year)

    def meals(self, year: int) -> float:
        return math.fsum(self.world.meals(row.site, year) for (_, when), row in self.reading.feeding.items() if when == year)

    def posts(self, year: int) -> float:
        return math.fsum(self.reading.posts(code, year) for code in self.world.kitchens)

    @cached_property
    def adjusted(self) -> dict[int, float]:
        """€ of each year that these kitchens would save by fewer posts alone: whole ones, as the meals need, within natural departures."""
        found, kept = {}, 0.0
        for place, year in enumerate(self.world.years):
            needed = sum(
                self.world.whole_posts(code, row.level, self.reading.fed_by(code, year))
                for (code, when), row in self.reading.roadmap.items() if when == year and row.level is not None
            )  # fmt: skip
            for row in self.world.kitchens.values():
                here, before = self.world.shares(row.establishment, year), place > 0 and self.world.shares(row.establishment, year - 1)
                kept += float(row.staff) * (int(here) - int(before)) if row.status == "existing" else 0.0
            allowed = self.world.departures(year)
            kept = needed if allowed is None else max(needed, math.ceil(kept - allowed - TOLERANCE))
            found[year] = (self.posts(year) - kept) * self.world.scenario.value(ETP_COST)
        return found

    def residual(self) -> float:
        """What the investments that still serve are worth at the end, discounted."""
        last = self.world.years[-1]
        serving = {code for code in self.world.kitchens if code not in self.ledger.closings} | {site for site in self.world.site_owner if self.world.eats(site, last)}
        found = math.fsum(
            amount * max(0.0, 1 - (last + 1 - year) / lifetime) for code, year, amount, lifetime in self.ledger.purchases() if code in serving
        )  # fmt: skip
        return found * float((1 + self.ledger.rate) ** -len(self.world.years))

    @cached_property
    def by_kitchen(self) -> dict[tuple[int, str], dict[str, float]]:
        """By (year, kitchen): its `own` cost, that of the meals it makes (`served`), `equipment` and `revenue` of its sites, `meals`."""
        feeder = {key: row.kitchen for key, row in self.reading.feeding.items()}
        found: dict[tuple[int, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(("own", "served", "equipment", "revenue", "meals"), 0.0))
        for line in self.lines:
            if line.item in self.world.kitchens and line.line in KITCHEN_LINES:
                found[line.year, line.item]["own"] += line.amount
            elif (line.item, line.year) in feeder:
                part = {"site_investment": "equipment", "revenue": "revenue"}.get(line.line, "served")
                found[line.year, feeder[line.item, line.year]][part] += line.amount
        for (site, year), kitchen in feeder.items():
            found[year, kitchen]["meals"] += self.world.meals(site, year)
        return {key: found[key] for key in sorted(found)}

    @cached_property
    def by_site(self) -> dict[str, float]:
        """Average € per year of each site, with its share of its kitchen's own cost by meals; kitchens that feed nobody are left out."""
        found: dict[str, float] = defaultdict(float)
        for line in self.lines:
            if line.item in self.world.site_owner and line.line not in KITCHEN_LINES:
                found[line.item] += line.amount
        for (site, year), row in self.reading.feeding.items():
            made = self.by_kitchen[year, row.kitchen]
            found[site] += made["own"] * self.world.meals(site, year) / made["meals"] if made["meals"] else 0.0
        return {site: amount / len(self.world.years) for site, amount in found.items()}


KITCHEN_LINES = ("staff", "fixed", "kitchen_investment", "closing", "mothball", "temporary", "holidays", "approval")


@dataclass(frozen=True)
class Report:
    """`frames`: by table of TABLES; `returns`: None where today's organisation is not described; `cases`: the plan judged in each
    case of demand, where there are demand scenarios."""

    frames: Mapping[str, pd.DataFrame]
    returns: Returns | None
    stops: tuple[Stop, ...]
    cases: tuple[tuple[Case, Audit], ...] = ()


def report(scenario: Scenario, network: Network, plan: Plan, baseline: Plan | None) -> Report:
    """The report on a valid plan, against today's organisation where there is one."""
    world = World(scenario, network)
    books = Books(world, plan)
    today = Books(world, baseline) if baseline is not None and baseline.status.has_plan else None
    found, worst = (tuple(stops(world, books.reading.roadmap, books.reading.feeding, month)) for month in (None, 0))
    could_be = all_cases(scenario)
    judged = tuple((case, broken_in(scenario, network, plan, case)) for case in could_be) if len(could_be) > 1 else ()
    frames = {
        YEARLY.name: _yearly(world, books, today), BY_KITCHEN.name: _by_kitchen(books), BY_SITE.name: _by_site(books, today), DAYS.name: _days(books),
        BY_MONTH.name: _by_month(books),
        STOPS.name: _stops(world, found, worst), STOPS_BY_PUBLIC.name: _stops_by_public(found), IN_CASES.name: _in_cases(books, judged),
    }  # fmt: skip
    return Report(frames, None if today is None else returns(books, today), found, judged)


def returns(books: Books, today: Books) -> Returns:
    """Worth of a plan against another way of going on."""
    npv, cumulated, payback = 0.0, 0.0, None
    for t, year in enumerate(books.world.years):
        gain = today.running(year) + today.investment(year) - books.running(year) - books.investment(year)
        npv += gain * (1 + books.ledger.rate) ** -t
        if cumulated + gain < 0:
            payback = None
        elif payback is None:
            payback = 0.0 if not t else t + (-cumulated / gain if gain > 0 and cumulated < 0 else 0.0)
        cumulated += gain
    invested = math.fsum(books.investment(year) for year in books.world.years)
    adjusted = math.fsum(today.adjusted[year] * (1 + books.ledger.rate) ** -t for t, year in enumerate(books.world.years))
    return Returns(cents(npv), cents(books.residual() - today.residual()), payback, cents(invested), cents(adjusted), posts_adjusted(today))


def posts_adjusted(today: Books) -> float:
    """€ a year on average that today's organisation would save by adjusting its posts alone."""
    return cents(math.fsum(today.adjusted.values()) / len(today.world.years))


def _yearly(world: World, books: Books, today: Books | None) -> pd.DataFrame:
    made: list[dict[str, Any]] = []
    cumulated = 0.0
    rate = world.scenario.value(DISCOUNT_RATE) / 100
    for t, year in enumerate(world.years):
        meals = books.meals(year)
        row: dict[str, Any] = {
            "year": year, "meals": meals, "running": books.running(year), "investment": books.investment(year), "posts": books.posts(year),
            "meal_plan": books.full(year) / meals if meals else None,
            "open": sum(books.reading.level(code, year) is not None for code in world.kitchens),
        }  # fmt: skip
        if today is not None:
            eaten, spent = today.meals(year), today.running(year) + today.investment(year)
            gain = spent - row["running"] - row["investment"]
            cumulated += gain
            row |= {"today": spent, "gain": gain, "adjusted": today.adjusted[year], "discounted": gain * (1 + rate) ** -t, "cumulated": cumulated, "posts_today": today.posts(year),
                    "meal_today": today.full(year) / eaten if eaten else None}  # fmt: skip
        made.append(row)
    return YEARLY.frame(made)


def _by_kitchen(books: Books) -> pd.DataFrame:
    made = []
    for (year, code), parts in books.by_kitchen.items():
        cost, meals = math.fsum(amount for part, amount in parts.items() if part != "meals"), parts["meals"]
        made.append({"year": year, "kitchen": code, **parts, "cost": cost, "per_meal": cost / meals if meals else None})
    return BY_KITCHEN.frame(made)


def _by_site(books: Books, today: Books | None) -> pd.DataFrame:
    world, years = books.world, len(books.world.years)
    made = []
    for site, owner in world.site_owner.items():
        meals = sum(world.meals(site, year) for year in world.years if (site, year) in books.reading.feeding) / years
        cost = books.by_site.get(site, 0.0)
        made.append({"site": site, "establishment": owner, "meals": meals, "today": None if today is None else today.by_site.get(site, 0.0), "plan": cost, "per_meal": cost / meals if meals else None})
    return BY_SITE.frame(made)


def _days(books: Books) -> pd.DataFrame:
    world, made = books.world, []
    for (code, year), row in books.reading.roadmap.items():
        fed = books.reading.fed_by(code, year)
        if row.level is None or not fed:
            continue
        capacity, load = world.capacity(code, row), world.load(code, fed)
        case = max(world.cases, key=lambda case: world.load(code, fed, case))
        even = load if math.isfinite(load) else capacity
        daily = world.daily(code, year, fed, case, even, world.chilling(code, row))
        for day in tightest_weeks(daily, year):
            room = capacity if daily.made[day] else 0.0
            made.append({
                "year": year, "kitchen": code, "date": daily.days[day], "eaten": float(daily.eaten[day]), "produced": float(daily.produced[day]), "chilled": float(daily.chilled[day]),
                "capacity": room, "use": 100 * float(daily.produced[day]) / room if room else 0.0, "stock": float(daily.stock[day]),
            })  # fmt: skip
    return DAYS.frame(made)


def _by_month(books: Books) -> pd.DataFrame:
    """In the case of demand that asks the kitchen for most."""
    world, made = books.world, []
    for (code, year), row in books.reading.roadmap.items():
        fed = books.reading.fed_by(code, year)
        if row.level is None or not fed:
            continue
        capacity = world.capacity(code, row)
        case = max(world.cases, key=lambda case: world.load(code, fed, case))
        loads = {least: world.load(code, fed, case, least=least) for least in world.seasons}
        daily = world.daily(code, year, fed, case, math.inf, math.inf)
        for month, option in enumerate(tb.MONTHS, 1):
            days = [(day, eaten) for day, eaten in zip(daily.days, daily.eaten, strict=True) if (day.year, day.month) == (year, month)]
            there = {world.present(day) for day, _ in days}
            most, least = loads[min(there)], loads[max(there)]
            made.append({
                "year": year, "kitchen": code, "month": option.code, "eaten": math.fsum(eaten for _, eaten in days), "capacity": capacity,
                "most": most, "use_most": 100 * most / capacity if capacity else 0.0, "least": least, "use_least": 100 * least / capacity if capacity else 0.0,
            })  # fmt: skip
    return BY_MONTH.frame(made)


def _in_cases(books: Books, judged: tuple[tuple[Case, Audit], ...]) -> pd.DataFrame:
    world, made = books.world, []
    for case, audit in judged:
        meals = math.fsum(world.meals(row.site, row.year, case) for row in books.reading.feeding.values()) / len(world.years)
        uses = [
            (100 * world.load(code, books.reading.fed_by(code, year), case) / size, code, year)
            for (code, year), row in books.reading.roadmap.items() if (size := world.capacity(code, row)) > 0
        ]  # fmt: skip
        use, code, year = max(uses, default=(0.0, None, None), key=lambda one: one[0])
        made.append({"case": case.name or None, "weight": 100 * case.weight, "meals": meals, "cost": audit.annual, "per_meal": audit.annual / meals if meals else None,
                     "use": use, "kitchen": code, "year": year, "broken": len(errors(audit.issues))})  # fmt: skip
    return IN_CASES.frame(made)


def _stops(world: World, found: tuple[Stop, ...], worst: tuple[Stop, ...]) -> pd.DataFrame:
    chosen = round(world.scenario.value(tb.STOP_MONTH)) > 0
    made = []
    for stop, at_worst in zip(found, worst, strict=True):
        row = {"year": stop.year, "kitchen": stop.kitchen, "month": str(stop.month), "meals": stop.meals / 7, "others": 100 * stop.others, "served": 100 * stop.served,
               "lasts": None if math.isinf(stop.lasts) else stop.lasts, "missing": math.fsum(stop.missing.values())}  # fmt: skip
        if chosen:
            row |= {"worst_month": str(at_worst.month), "worst_served": 100 * at_worst.served, "worst_missing": math.fsum(at_worst.missing.values())}
        made.append(row)
    return STOPS.frame(made)


def _stops_by_public(found: tuple[Stop, ...]) -> pd.DataFrame:
    return STOPS_BY_PUBLIC.frame([
        {"year": stop.year, "kitchen": stop.kitchen, "month": str(stop.month), "public": public, "meals": meals, "missing": stop.missing[public],
         "served": 100 * (1 - stop.missing[public] / meals)}
        for stop in found for public, meals in stop.asked.items() if meals > 0
    ])  # fmt: skip
