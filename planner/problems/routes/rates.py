"""What an empty cell of a vehicle type stands for: its driver's hour and its CO2, from the general parameters."""

from __future__ import annotations

from planner.problems.routes.tables import CO2_DIESEL
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import DRIVER_COST

VAN_FUEL = 11.0  # l/100 km of a 3.5 t van


def hour_cost(scenario: Scenario, vehicle: Row) -> float:
    """€ per hour of the driver of a row of the table of vehicles."""
    return float(vehicle.hour_cost if vehicle.hour_cost is not None else scenario.value(DRIVER_COST))


def co2_km(scenario: Scenario, vehicle: Row) -> float:
    """kg of CO2 per kilometre of a row of the table of vehicles: as given, else its fuel times what a litre emits."""
    if vehicle.co2_km is not None:
        return float(vehicle.co2_km)
    return float(vehicle.fuel if vehicle.fuel is not None else VAN_FUEL) / 100 * scenario.value(CO2_DIESEL)
