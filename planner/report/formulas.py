"""Live totals over the cost sheets: the formulas that a spreadsheet recalculates to what the audit says.

A text is compared with EXACT, so that the code 010000024, a star or a comparison sign in a name means itself
(SUMIFS would take them for a number, a wildcard or a condition).
"""

from __future__ import annotations

from planner.excel.write import Placed


def years(costs: Placed) -> str:
    """How many years the lines cover: 1 where no line has a year."""
    area = costs.area("year")
    return f"(MAX({area})-MIN({area})+1)"


def yearly(costs: Placed, *conditions: str) -> str:
    """€ per year of the lines that meet all conditions, to the cent."""
    amount = costs.area("amount")
    inside = f"SUM({amount})" if not conditions else f"SUMPRODUCT({'*'.join(conditions)}*{amount})"
    return f"ROUND(ROUND({inside},2)/{years(costs)},2)"


def equals(costs: Placed, column: str, cell: str) -> str:
    """The condition that a column holds the text of a cell (or a quoted text)."""
    return f"EXACT({costs.area(column)},{cell})"


def quoted(words: str) -> str:
    """A text inside a formula."""
    return '"' + words.replace('"', '""') + '"'


def objective(costs: Placed) -> str:
    """The objective that the lines add up to."""
    return f"=ROUND(SUM({costs.area('objective')}),2)"
