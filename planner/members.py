"""The scenarios of a batch: variants, a grid of axes, re-optimisations at several distances from the accepted plan.

A grid takes every combination of its axes' values. An axis is one of those ready made, in directors' words, or any
change of a table. Two values that would change one cell are refused, as in a variant.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.catalog import TABLES
from planner.i18n import LANGUAGES, catalogue, euros, explain, number, text
from planner.issues import Issue, errors
from planner.kinds import Choice
from planner.problems.kitchens.tables import DELIVERY_KM_COST, KITCHENS
from planner.problems.routes.driver_tables import TEAMS
from planner.problems.routes.tables import FLOWS, VEHICLES
from planner.scenario import Change, Scenario, apply, conditions, matching_rows, variants, with_parameter
from planner.schema import Column, Table, series
from planner.sites import DRIVER_COST, ESTABLISHMENTS, ETP_COST, FIRST_YEAR, SITES, Parameter
from planner.typed import Unreadable
from planner.typed import number as read_number

MOST_MEMBERS = 2000
FUEL_SHARE = 0.6  # of the cost of a kilometre: an estimate, the rest being tyres and upkeep
Scaling = tuple[tuple[Change, ...], tuple[tuple[Parameter, float], ...]]


@dataclass(frozen=True)
class Member:
    """One scenario of a batch: `label`, `changed` in words, what cannot be done (`issues`: then it is not solved)."""

    label: str
    scenario: Scenario
    changed: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Value:
    """One value of an axis: its changes, parameters multiplied, and an establishment that is gone.

    `ready_made`: changes that meet no row of the scenario are left out, as long as some meet one.
    """

    label: str
    changes: tuple[Change, ...] = ()
    factors: tuple[tuple[Parameter, float], ...] = ()
    gone: str = ""
    ready_made: bool = False


@dataclass(frozen=True)
class Axis:
    """Values that a grid combines with those of the other axes."""

    name: str
    values: tuple[Value, ...]


class BadAxis(Exception):
    """An axis that says nothing the grid can do: `issue` says why."""

    def __init__(self, code: str, found: str, known: str = "") -> None:
        super().__init__(code)
        self.issue = replace(Issue.error(code, known=known), found=found)


# --- axes ------------------------------------------------------------------------------------------------


def meals(percents: Sequence[float], lang: str) -> Axis:
    """Meals of every site, more or fewer by so many %, and what the meal flows of the week carry."""
    flows = "category = meals"
    return _scaled(
        "meals", percents, lang,
        lambda factor: ((_all("meal_demand", "meals", factor), Change(FLOWS.name, flows, "quantity", "*", f"{factor:.12g}")), ()),
    )  # fmt: skip


def fuel(percents: Sequence[float], lang: str) -> Axis:
    """Fuel dearer or cheaper: FUEL_SHARE of what a kilometre costs, of all vehicles and of the kitchens' estimate of deliveries."""

    def changed(factor: float) -> Scaling:
        of_km = 1 + FUEL_SHARE * (factor - 1)
        return (_all(VEHICLES.name, "km_cost", of_km),), ((DELIVERY_KM_COST, of_km),)

    return _scaled("fuel", percents, lang, changed)


def km_cost(percents: Sequence[float], lang: str) -> Axis:
    """What a kilometre costs (fuel, tyres, upkeep): of all vehicles, and of the kitchens' estimate of deliveries."""
    return _scaled("km_cost", percents, lang, lambda factor: ((_all(VEHICLES.name, "km_cost", factor),), ((DELIVERY_KM_COST, factor),)))


def wages(percents: Sequence[float], lang: str) -> Axis:
    """What staff costs: drivers' hours (normal and overtime), drivers by the year with their overtime, yearly posts."""

    def changed(factor: float) -> Scaling:
        # a vehicle without an hourly cost has that of the parameter: nothing of its own to multiply
        hours = (Change(VEHICLES.name, "hour_cost > 0", "hour_cost", "*", f"{factor:.12g}"), _all(VEHICLES.name, "overtime_cost", factor))
        # a team without a yearly cost is paid by the hour of its vehicles: nothing of its own to multiply
        yearly = (Change(TEAMS.name, "yearly_cost > 0", "yearly_cost", "*", f"{factor:.12g}"), _all(TEAMS.name, "extra_cost", factor))
        return (*hours, *yearly), ((DRIVER_COST, factor), (ETP_COST, factor))

    return _scaled("wages", percents, lang, changed)


def food_prices(percents: Sequence[float], lang: str) -> Axis:
    """Food in kitchens and prices offered for purchases."""
    def changed(factor: float) -> Scaling:
        listed = Change("articles", "list_price > 0", "list_price", "*", f"{factor:.12g}")  # what offers by lot are reductions on
        return (_all(KITCHENS.name, "food_cost", factor), _all("offers", "price", factor), listed), ()

    return _scaled("prices", percents, lang, changed)


def closed(codes: Sequence[str], scenario: Scenario, lang: str) -> Axis:
    """One kitchen closed at a time, after none."""
    return _locked("close", codes, scenario, lang)


def kept(codes: Sequence[str], scenario: Scenario, lang: str) -> Axis:
    """One kitchen kept open at a time, after none."""
    return _locked("keep", codes, scenario, lang)


def without(codes: Sequence[str], scenario: Scenario, lang: str) -> Axis:
    """One establishment gone at a time, after none: it withdraws before the first year, and its flows stop."""
    called = {row.establishment: row.name for row in scenario.rows(ESTABLISHMENTS.name)}
    _known("establishment", codes, called)
    first = Value(text("members.all_in", lang))
    return Axis("without", (first, *(Value(text("members.without", lang, name=called[code]), gone=code) for code in codes)))


def free(changes: Sequence[Change], lang: str) -> Axis:
    """Any changes of one column, one at a time, after none."""
    return Axis("free", (Value(text("members.unchanged", lang)), *(Value(f"{c.column} {c.operation} {c.value}", (c,)) for c in changes)))


def _scaled(name: str, percents: Sequence[float], lang: str, made: Callable[[float], Scaling]) -> Axis:
    values = []
    for percent in percents:
        if percent == 0:
            values.append(Value(text(f"members.{name}.same", lang)))
            continue
        if percent <= -100:
            raise BadAxis("axis_too_low", number(percent, lang, 1))
        changes, factors = made(1 + percent / 100)
        sign = "+" if percent > 0 else "−"
        values.append(Value(text(f"members.{name}", lang, percent=f"{sign}{number(abs(percent), lang, 0 if percent == int(percent) else 1)}"), changes, factors, ready_made=True))
    return Axis(name, tuple(values))


def _all(table: str, column: str, factor: float) -> Change:
    return Change(table, "", column, "*", f"{factor:.12g}")


def _locked(lock: str, codes: Sequence[str], scenario: Scenario, lang: str) -> Axis:
    called = {row.kitchen: row.name for row in scenario.rows(KITCHENS.name)}
    _known("kitchen", codes, called)
    dated = {row.kitchen: [name for name in ("lock_from", "lock_until") if getattr(row, name) is not None] for row in scenario.rows(KITCHENS.name)}

    def edits(code: str) -> tuple[Change, ...]:
        made = Change(KITCHENS.name, f"kitchen = {code}", "lock", "=", lock)
        return (made, *(replace(made, column=column, value="") for column in dated[code]))

    values = [Value(text(f"members.{lock}", lang, name=called[code]), edits(code)) for code in codes]
    return Axis(lock, (Value(text(f"members.{lock}.none", lang)), *values))


def _known(what: str, codes: Sequence[str], called: Mapping[str, str]) -> None:
    for code in codes:
        if code not in called:
            raise BadAxis(f"axis_unknown_{what}", code, ", ".join(called))


WORDS = {
    "repas": "meals", "meals": "meals", "carburant": "fuel", "fuel": "fuel", "km": "km_cost", "salaires": "wages", "wages": "wages",
    "prix": "prices", "prices": "prices", "fermer": "close", "close": "close", "garder": "keep", "keep": "keep", "sans": "without", "without": "without",
}  # fmt: skip


def read_axis(typed: str, scenario: Scenario, lang: str) -> Axis:
    """An axis as typed: `repas=-10,0,10`, `fermer=K1,K2`, `sans=E3`, or `table ; filter ; column ; operation ; value|value`.

    Raises BadAxis.
    """
    if typed.count(";") == 4:
        table, rows_, column, operation, values = (part.strip() for part in typed.split(";"))
        return free([Change(table, rows_, column, operation or "=", value.strip()) for value in values.split("|")], lang)
    word, _, values = typed.partition("=")
    kind = WORDS.get(word.strip().casefold())
    if kind is None or not values.strip():
        raise BadAxis("axis_unknown", typed, ", ".join(sorted(set(WORDS))))
    parts = [part.strip() for part in values.replace(";", ",").split(",") if part.strip()]
    if kind in ("close", "keep", "without"):
        return {"close": closed, "keep": kept, "without": without}[kind](parts, scenario, lang)
    return {"meals": meals, "fuel": fuel, "km_cost": km_cost, "wages": wages, "prices": food_prices}[kind]([percent(part) for part in parts], lang)


def percent(typed: str) -> float:
    """A percentage as typed: `-10`, `+20 %`, `12.5`. Raises BadAxis."""
    try:
        return read_number(typed.replace("%", "").replace("−", "-").strip())
    except Unreadable:
        raise BadAxis("axis_not_a_number", typed) from None


# --- members ---------------------------------------------------------------------------------------------


def of_variants(scenario: Scenario, wanted: Sequence[str] | None = None, lang: str = "fr") -> list[Member]:
    """The scenario as it is, then its variants (all where none is named). An unknown name is a member with its fault."""
    known = variants(scenario)
    made = [Member(text("members.as_is", lang), scenario)]
    for name in known if wanted is None else wanted:
        if name not in known:
            issue = replace(Issue.error("unknown_variant", known=", ".join(known)), found=name)
            made.append(Member(name, scenario, issues=(issue,)))
            continue
        changed, issues = apply(scenario, known[name], f"{scenario.name} · {name}")
        made.append(Member(name, changed, words_of(known[name], lang), tuple(errors(issues))))
    return made


def of_grid(scenario: Scenario, axes: Sequence[Axis], lang: str = "fr") -> list[Member]:
    """Every combination of the axes' values. Raises BadAxis for more than MOST_MEMBERS."""
    count = 1
    for axis in axes:
        count *= len(axis.values)
    if count > MOST_MEMBERS:
        raise BadAxis("grid_too_large", str(count), str(MOST_MEMBERS))
    return [_combined(scenario, values, lang) for values in itertools.product(*(axis.values for axis in axes))]


def _combined(scenario: Scenario, values: Sequence[Value], lang: str) -> Member:
    label = " · ".join(value.label for value in values)
    changes = [replace(change, variant=value.label) for value in values for change in _met(scenario, value)]
    issues: list[Issue] = []
    touched: dict[str, str] = {}
    made = scenario
    for value in values:
        for parameter, factor in value.factors:
            if parameter.code in touched:
                issues.append(Issue.error("axis_twice", parameter_fr=parameter.fr, parameter_en=parameter.en, first=touched[parameter.code], second=value.label))
            touched[parameter.code] = value.label
            made = with_parameter(made, parameter, scenario.value(parameter) * factor)
        if value.gone:
            made = withdrawn(made, value.gone)
    made, found = apply(made, changes, f"{scenario.name} · {label}")
    said = [words_of(changes, lang), *(f"{p.name(lang)} × {_shown(None, str(round(f, 9)), lang)}" for value in values for p, f in value.factors)]
    said += [text("members.withdrawn", lang, name=value.gone) for value in values if value.gone]
    return Member(label, made, " ; ".join(part for part in said if part), tuple(errors([*issues, *found])))


def _met(scenario: Scenario, value: Value) -> Sequence[Change]:
    """The changes of a value that this scenario is asked."""
    if not value.ready_made:
        return value.changes
    met = [change for change in value.changes if matching_rows(scenario, scenario.table(change.table), change.filter)]
    return met if met or value.factors else value.changes


def withdrawn(scenario: Scenario, establishment: str) -> Scenario:
    """The scenario with an establishment gone before the first year: its flows of the week are gone too."""
    table = scenario.table(ESTABLISHMENTS.name)
    leaves = dt.date(round(scenario.value(FIRST_YEAR)) - 1, 12, 31)
    frame = scenario.frames[table.name].copy()
    exits = [leaves if row.establishment == establishment else row.exit for row in scenario.rows(table.name)]
    frame["exit"] = series(table.column("exit"), exits)
    owners = {row.site: row.establishment for row in scenario.rows(SITES.name)}
    gone = {row.flow for row in scenario.rows(FLOWS.name) if (row.establishment or owners.get(row.destination)) == establishment}
    flows = scenario.frames[FLOWS.name]
    routes = scenario.frames["current_routes"]
    made = scenario.replace(table.name, frame)
    made = made.replace(FLOWS.name, flows[~flows["flow"].isin(gone)].reset_index(drop=True))
    return made.replace("current_routes", routes[~routes["flow"].isin(gone)].reset_index(drop=True))


def words_of(changes: Sequence[Change], lang: str) -> str:
    """Changes in short, in the words of the tables: « Besoins en repas, Repas par an × 0,9 »."""
    said = []
    for change in changes:
        table = next((table for table in TABLES if table.matches(change.table)), None)
        column = table.find(change.column) if table is not None else None
        name, header = (change.table if table is None else table.title(lang)), (change.column if column is None else column.header(lang))
        sign = "×" if change.operation == "*" else change.operation
        rows_ = _rows_of(change.filter, table, lang)
        said.append(f"{name}{f' ({rows_})' if rows_ else ''}, {header} {sign} {_shown(column, change.value, lang)}")
    return " ; ".join(said)


def retold(label: str, kind: str, lang: str) -> str:
    """A member's label as kept, in the reader's language; what people called something themselves stays (`kind`: the batch's)."""
    keys = [key for key in catalogue() if key.startswith("members.")] if kind in ("grid", "closeness") else ["members.as_is"]
    return " · ".join(_part_retold(part, keys, lang) for part in label.split(" · "))


def _part_retold(part: str, keys: Sequence[str], lang: str) -> str:
    other = next(known for known in LANGUAGES if known != lang)
    for key in sorted(keys, key=lambda key: "{name}" in key):
        template = re.escape(catalogue()[key][LANGUAGES.index(other)])
        met = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", template), part)
        if met is None:
            continue
        said: dict[str, str] = met.groupdict()
        if "percent" in said:
            said["percent"] = said["percent"].replace(",", ".") if lang == "en" else said["percent"].replace(".", ",")
        if "price" in said:
            said["price"] = euros(float(re.sub(r"\D", "", said["price"]) or 0), lang)
        return text(key, lang, **said)
    return part


def _rows_of(typed: str, table: Table | None, lang: str) -> str:
    """A filter in the words of its table; as typed where it cannot be read."""
    if table is None:
        return typed
    try:
        return " ; ".join(f"{column.header(lang)} {sign} {' | '.join(_shown(column, value, lang) for value in values)}" for column, sign, values in conditions(table, typed))
    except Unreadable:
        return typed


def _shown(column: Column | None, value: str, lang: str) -> str:
    if column is not None and isinstance(column.kind, Choice):
        code = column.kind.find(value)
        return value if code is None else column.kind.label(code, lang)
    try:
        amount = read_number(value)
    except Unreadable:
        return value
    shown = f"{amount:.6g}"
    return shown.replace(".", ",") if lang == "fr" else shown


def faults(members: Sequence[Member], lang: str) -> list[tuple[str, str]]:
    """Members that cannot be solved and why, in words."""
    return [(member.label, explain(issue, lang)) for member in members for issue in member.issues]
