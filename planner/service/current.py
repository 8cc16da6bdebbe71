"""Today's routes checked, in figures and in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planner import network as networks
from planner.figures import clock
from planner.i18n import LANGUAGES, describe, number, numbered, percent, text
from planner.issues import Issue
from planner.plan import Progress
from planner.problems.routes.clocks import TOLD, ClockCheck
from planner.problems.routes.review import Review, review, worst_first
from planner.problems.routes.tables import FLOWS
from planner.roads import read_roads
from planner.scenario import Scenario
from planner.service.workbooks import aligned
from planner.sites import SITES

MOST = 15  # duties shown
OF_A_RULE = 5  # findings of one rule shown


def routes_checked(scenario: Scenario, progress: Progress) -> Review | None:
    """`check_routes` without a road graph: what a page asks for aside."""
    return check_routes(scenario, progress)


def check_routes(scenario: Scenario, progress: Progress, roads: Path | None = None) -> Review | None:
    """Today's routes as they are, and the single moves that would save; None where there are none, or no known way between two of their sites."""
    built, _ = networks.build(scenario, None if roads is None else read_roads(roads)[0])
    return review(scenario, built, progress.should_stop, lambda cost: progress.report("routes", cost, phase="phase.search"))


def review_dict(made: Review) -> dict[str, Any]:
    """Everything as plain values, for programs."""
    return {"cost": made.cost, "broken": made.broken, "duties": [asdict(d) for d in made.duties], "savings": [asdict(s) for s in made.savings], "stopped": made.stopped,
            "missing": [_found(issue) for issue in made.missing], "ignored": [_found(issue) for issue in made.ignored],
            "findings": [_found(issue) for issue in made.findings], "owed": [_found(issue) for issue in made.owed], "clocks": [{**asdict(c), "differs": c.differs} for c in made.clocks],
            "odd_clocks": [{**asdict(c), "minutes": c.minutes} for c in made.odd_clocks]}  # fmt: skip


def _found(issue: Issue) -> dict[str, Any]:
    """A finding as plain values, with its sentence in both languages."""
    return {"code": issue.code, **dict(issue.args), **{f"said_{lang}": describe(issue, lang) for lang in LANGUAGES}}


def findings_text(made: Review, lang: str) -> list[str]:
    """What today's routes break, rule by rule, those of drivers' breaks and rest first; of each rule the first findings."""
    by_rule: dict[str, list[Issue]] = {issue.code: [] for issue in (*made.owed, *made.findings)}
    for issue in made.findings:
        by_rule[issue.code].append(issue)
    said = []
    for those in by_rule.values():
        said += [describe(issue, lang) for issue in those[:OF_A_RULE]]
        if len(those) > OF_A_RULE:
            said.append(text("current.broken_more", lang, count=len(those) - OF_A_RULE))
    return said


def missing_flows(made: Review, scenario: Scenario, lang: str) -> list[tuple[str, str, str, str]]:
    """The flows of which today's routes leave visits out, with both ends and the days."""
    flows, sites = {row.flow: row for row in scenario.rows(FLOWS.name)}, {row.site: row.name for row in scenario.rows(SITES.name)}
    days: dict[str, Counter[str]] = {}
    for issue in made.missing:
        told = dict(issue.args)
        days.setdefault(str(told["flow"]), Counter())[str(told["day"])] += 1
    return [
        (code, sites[flows[code].origin], sites[flows[code].destination], ", ".join(text(f"current.{day}", lang) + (f" ({count})" if count > 1 else "") for day, count in counted.items()))
        for code, counted in days.items()
    ]  # fmt: skip


def missing_text(made: Review, scenario: Scenario, lang: str) -> list[str]:
    """The visits that today's routes leave out, flow by flow, then the rows not understood; nothing where there are none."""
    said = [text("current.missing", lang, count=len(made.missing))] if made.missing else []
    flows = missing_flows(made, scenario, lang)
    for flow, origin, destination, days in flows[:MOST]:
        said.append("  " + text("current.missing_flow", lang, flow=flow, origin=origin, destination=destination, days=days))
    if len(flows) > MOST:
        said.append("  " + text("current.missing_more", lang, count=len(flows) - MOST))
    once = list(dict.fromkeys(describe(issue, lang) for issue in made.ignored))
    said += once[:MOST]
    if len(once) > MOST:
        said.append(text("current.ignored_more", lang, count=len(once) - MOST))
    return [*said, ""] if said else []


def far_clocks(made: Review) -> list[ClockCheck]:
    """The real times that differ from the computation by more than TOLD minutes, the largest difference first."""
    return sorted((c for c in made.clocks if abs(c.differs) > TOLD), key=lambda c: -abs(c.differs))


def clocks_sentence(made: Review, lang: str) -> str:
    """How many real times were compared, how many are far from the computation, and on which side it is on average; there must be some."""
    mean = sum(c.differs for c in made.clocks) / len(made.clocks)
    key = "current.clocks" if abs(mean) < 0.5 else "current.clocks_long" if mean > 0 else "current.clocks_short"
    return text(key, lang, count=len(made.clocks), far=len(far_clocks(made)), limit=TOLD, mean=number(abs(mean), lang, 0))


def odd_text(made: Review, scenario: Scenario, lang: str) -> list[str]:
    """A sentence for each real time after the last hour of its stop or outside its vehicle's shift, the farthest first."""
    sites = {row.site: row.name for row in scenario.rows(SITES.name)}
    return [
        text(f"current.odd_{c.kind}", lang, day=text(f"current.{c.day}", lang), vehicle=numbered(c.vehicle, c.number, lang), trip=c.trip, site=sites[c.site],
             given=clock(c.given, lang), minutes=number(c.minutes, lang, 0), limit=clock(round(c.limit), lang))
        for c in sorted(made.odd_clocks, key=lambda c: -c.minutes)
    ]  # fmt: skip


def clocks_text(made: Review, scenario: Scenario, lang: str) -> list[str]:
    """Real times given: those that cannot be; against the computation, how many agree, on which side the others are, the largest differences first. Nothing where there is nothing to tell."""
    sites = {row.site: row.name for row in scenario.rows(SITES.name)}
    far, strange = far_clocks(made), odd_text(made, scenario, lang)
    said = [text("current.odd", lang, count=len(strange)), *(f"  {one}" for one in strange[:MOST])] if strange else []
    if len(strange) > MOST:
        said.append("  " + text("current.odd_more", lang, count=len(strange) - MOST))
    said += [clocks_sentence(made, lang)] if made.clocks else []
    for c in far[:MOST]:
        said.append("  " + text("current.clock_long" if c.differs > 0 else "current.clock_short", lang, day=text(f"current.{c.day}", lang), vehicle=numbered(c.vehicle, c.number, lang), trip=c.trip,
                                before=sites[c.before], site=sites[c.site], given=c.given - c.left, computed=number(c.computed, lang, 0)))  # fmt: skip
    if len(far) > MOST:
        said.append("  " + text("current.clocks_more", lang, count=len(far) - MOST))
    return [*said, ""] if said else []


def review_text(made: Review, scenario: Scenario, lang: str) -> str:
    """What a logistics manager wants to know of today's routes, sites by their names."""
    sites = {row.site: row.name for row in scenario.rows(SITES.name)}

    def shown(value: float, decimals: int = 0) -> str:
        return number(value, lang, decimals)

    def day(code: str) -> str:
        return text(f"current.{code}", lang)

    km, empty = sum(d.km for d in made.duties), sum(d.empty_km for d in made.duties)
    late = [d for d in made.duties if d.late > 0]
    said = [
        *missing_text(made, scenario, lang),
        text("current.cost", lang, cost=shown(made.cost), routes=len(made.duties), km=shown(km), empty=shown(empty), share=shown(100 * empty / km if km else 0.0)),
        text("current.late", lang, count=len(late), minutes=shown(sum(d.late for d in late))) if late else text("current.on_time", lang),
        text("current.broken", lang, count=sum(made.broken.values())) if made.broken else text("current.kept", lang),
        *(f"  {said}" for said in findings_text(made, lang)), "",
        *clocks_text(made, scenario, lang),
    ]  # fmt: skip
    lines = [[text(f"current.{c}", lang) for c in ("day", "vehicle", "stops", "km", "empty_km", "hours", "minutes_late", "overrun", "fill", "cost_year")]]
    for d in worst_first(made.duties)[:MOST]:
        lines.append([day(d.day), numbered(d.vehicle, d.number, lang), str(d.stops), shown(d.km), shown(d.empty_km), shown(d.hours, 1), shown(d.late), shown(d.overrun), percent(d.fill, lang), shown(d.cost)])
    said.append(aligned(lines, left=(0, 1)))
    if len(made.duties) > MOST:
        said.append(text("current.more", lang, count=len(made.duties) - MOST))
    said += ["", text("current.moves" if made.savings else "current.none_yet" if made.stopped else "current.no_move", lang)]
    for s in made.savings:
        where = text("current.after", lang, site=sites[s.after]) if s.after else text("current.first", lang)
        said.append(
            "  " + text("current.move_within" if s.within else "current.move", lang, saves=shown(s.saves), day=day(s.day), site=sites[s.site], flows=", ".join(s.flows), vehicle=numbered(s.vehicle, s.number, lang), trip=s.trip,
                        other=numbered(s.to_vehicle, s.to_number, lang), to=s.to_trip, where=where, way=text("current.way_less" if s.km >= 0 else "current.way_more", lang, km=shown(abs(s.km), 1)))
        )  # fmt: skip
    return "\n".join(said)
