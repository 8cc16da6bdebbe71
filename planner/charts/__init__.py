"""Charts from plain tables, drawn in the browser without any outside request."""

from planner.charts.bars import bars, gains, grouped, pairs, scatter, stacked, tradeoff
from planner.charts.lines import between, curve
from planner.charts.maps import no_place, placed, projected, site_map
from planner.charts.times import convergence, roadmap, timeline

__all__ = ["bars", "between", "convergence", "curve", "gains", "grouped", "no_place", "pairs", "placed", "projected", "roadmap", "scatter", "site_map", "stacked", "timeline", "tradeoff"]
