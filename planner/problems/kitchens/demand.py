"""Meals of a demand row, year by year and case by case: growth, first and last years, demand scenarios. Shared by model and audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.kinds import DAYS
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.rules import Week, first_days
from planner.scenario import Scenario
from planner.schema import Row

DAY_PLACES = {option.code: place for place, option in enumerate(DAYS)}


@dataclass(frozen=True)
class Case:
    """What demand could be: `rows` of the table of demand scenarios (none: as it stands), `weight` in the average."""

    name: str
    weight: float
    rows: tuple[Row, ...] = ()

    def factor(self, establishment: str, public: str, year: int) -> float:
        """What multiplies the meals of a row."""
        made = 1.0
        for row in self.rows:
            concerned = row.establishment in (None, establishment) and row.public in (None, public)
            if concerned and (row.from_year is None or year >= row.from_year):
                made *= 1 + row.change / 100
        return made


def all_cases(scenario: Scenario) -> tuple[Case, ...]:
    """Demand as it stands, then each demand scenario; the weights add up to 1."""
    found: dict[str, list[Row]] = {}
    for row in sorted(scenario.rows(tb.SCENARIOS.name), key=lambda row: (str(row.scenario), row.step)):
        found.setdefault(row.scenario, []).append(row)
    weights = {name: max(row.weight for row in rows) / 100 for name, rows in found.items()}
    total = max(1.0, sum(weights.values()))
    as_is = Case("", max(0.0, 1.0 - sum(weights.values())))
    return (as_is, *(Case(name, weights[name] / total, tuple(rows)) for name, rows in found.items()))


def cases(scenario: Scenario) -> tuple[Case, ...]:
    """The cases that a plan must hold in: all of them where it is asked to be robust, else demand as it stands."""
    return all_cases(scenario) if scenario.value(tb.ROBUST) >= 0.5 else (Case("", 1.0),)


def weekdays(row: Row, usual: int) -> Week:
    """Days of the week on which a demand row is eaten: those it names, else the first ones, as many as it tells (`usual` where it does
    not)."""
    return tuple(DAY_PLACES[day] for day in row.days) if row.days else first_days(int(row.consumption_days or usual))


def told_of_today(rows: Sequence[Row], first_year: int) -> tuple[Sequence[Row], bool]:
    """The demand rows of a site that say who feeds it today, and whether it is a customer yet: those of the plan's first year; of a site
    that begins later, all, which say who would feed it if nothing else changed."""
    now = [row for row in rows if row.from_year is None or row.from_year <= first_year]
    return now or rows, bool(now)


def row_meals(row: Row, year: int, first_year: int) -> float:
    """Meals of a demand row in a year as it stands, whoever shares; growth counts from the first year of the plan."""
    if (row.from_year is not None and year < row.from_year) or (row.until_year is not None and year > row.until_year):
        return 0.0
    return float(row.meals * (1 + row.growth / 100) ** (year - first_year))
