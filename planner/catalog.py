"""All tables, parameters and problems of the product, in the order in which people meet them."""

from __future__ import annotations

from planner.plan import Kpi
from planner.problems.base import Problem
from planner.problems.kitchens.tables import ACCEPTED as KITCHEN_ACCEPTED
from planner.problems.kitchens.tables import KPIS as KITCHEN_KPIS
from planner.problems.kitchens.tables import PARAMETERS as KITCHEN_PARAMETERS
from planner.problems.kitchens.tables import RESULTS as KITCHEN_RESULTS
from planner.problems.kitchens.tables import TABLES as KITCHEN_TABLES
from planner.problems.purchasing.tables import ACCEPTED as PURCHASING_ACCEPTED
from planner.problems.purchasing.tables import KPIS as PURCHASING_KPIS
from planner.problems.purchasing.tables import PARAMETERS as PURCHASING_PARAMETERS
from planner.problems.purchasing.tables import RESULTS as PURCHASING_RESULTS
from planner.problems.purchasing.tables import TABLES as PURCHASING_TABLES
from planner.problems.routes.tables import ACCEPTED as ROUTE_ACCEPTED
from planner.problems.routes.tables import KPIS as ROUTE_KPIS
from planner.problems.routes.tables import PARAMETERS as ROUTE_PARAMETERS
from planner.problems.routes.tables import RESULTS as ROUTE_RESULTS
from planner.problems.routes.tables import TABLES as ROUTE_TABLES
from planner.schema import Table
from planner.sites import COMMON_PARAMETERS, COMMON_TABLES, Parameter

TABLES: tuple[Table, ...] = COMMON_TABLES + KITCHEN_TABLES + ROUTE_TABLES + PURCHASING_TABLES
ACCEPTED: tuple[Table, ...] = (KITCHEN_ACCEPTED, ROUTE_ACCEPTED, PURCHASING_ACCEPTED)
RESULTS: dict[str, tuple[Table, ...]] = {
    "kitchens": KITCHEN_RESULTS,
    "routes": ROUTE_RESULTS,
    "purchasing": PURCHASING_RESULTS,
}
KPIS: dict[str, tuple[Kpi, ...]] = {"kitchens": KITCHEN_KPIS, "routes": ROUTE_KPIS, "purchasing": PURCHASING_KPIS}
PARAMETERS: tuple[Parameter, ...] = COMMON_PARAMETERS + KITCHEN_PARAMETERS + ROUTE_PARAMETERS + PURCHASING_PARAMETERS


def problems() -> dict[str, Problem]:
    """The three problems by name (imported late: their models load the solvers)."""
    from planner.problems.kitchens import KITCHENS
    from planner.problems.purchasing import PURCHASING
    from planner.problems.routes import ROUTES

    return {"kitchens": KITCHENS, "routes": ROUTES, "purchasing": PURCHASING}
