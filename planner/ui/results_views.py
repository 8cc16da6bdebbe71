"""The views of the Résultats page: one per problem, the findings, the locks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner import charts, figures
from planner.i18n import numbered, text
from planner.problems.kitchens import tables as kt
from planner.problems.kitchens.report import YEARLY
from planner.problems.purchasing import tables as pt
from planner.problems.purchasing.result_tables import YEARS
from planner.problems.routes import tables as rt
from planner.problems.routes.driver_tables import DRIVER_RESULTS
from planner.problems.routes.figures import BY_FLOW, USE, by_flow, vehicle_use
from planner.schema import rows
from planner.service import locks as lock_service
from planner.service import scenarios
from planner.service.kitchens import REPORT_TABLES, kitchens_report, robust, worth
from planner.store import Run, Store
from planner.study import Study
from planner.ui import session, widgets
from planner.ui.grids import grid


def _money(study: Study, name: str, lang: str) -> None:
    """Who gains and what the money goes to."""
    left, right = st.columns(2, gap="medium")
    gained = figures.gains(study, name)
    with left:
        st.subheader(session.say("results.by_establishment"))
        if gained.empty:
            st.info(session.say("results.no_savings"))
        else:
            widgets.chart(charts.gains(gained, lang, session.say("results.saving_unit")))
    with right:
        st.subheader(session.say("results.by_line"))
        widgets.chart(charts.pairs(figures.lines(study.results[name], lang), lang, session.say("results.cost_unit")))


def kitchens(study: Study, lang: str) -> None:
    """Roadmap, costs, who feeds whom."""
    result = study.results["kitchens"]
    st.subheader(session.say("results.roadmap"))
    roadmap = figures.roadmap(study, lang)
    widgets.chart(charts.roadmap(roadmap, lang, list(dict.fromkeys(roadmap["kitchen"]))))
    st.caption(session.say("results.roadmap_help"))
    told = kitchens_report(study)
    if told is not None:
        st.info(worth(told, lang))
        if told.cases:
            st.info(robust(told, lang))
    _money(study, "kitchens", lang)
    st.subheader(session.say("results.feeding"))
    years = sorted({row.year for row in rows(kt.ASSIGNMENT, result.plan.tables[kt.ASSIGNMENT.name])})
    year = st.select_slider(session.say("results.year"), years, value=years[-1]) if len(years) > 1 else years[0]
    sites, links = figures.feeding(study, lang, year)
    served = set(links["site"]) | set(links["other"])
    widgets.chart(charts.site_map(sites[sites["site"].isin(served)], lang, links=links), wide=False)
    for table in (kt.ASSIGNMENT, kt.ROADMAP, kt.COSTS):
        with st.expander(table.title(lang)):
            grid(table, result.plan.tables[table.name], study.scenario, lang)
    if told is not None:
        for table in (t for t in REPORT_TABLES if len(told.made.frames[t.name])):
            with st.expander(table.title(lang), expanded=table is YEARLY):
                st.caption(table.help_fr if lang == "fr" else table.help_en)
                grid(table, told.made.frames[table.name], study.scenario, lang)


def routes(study: Study, lang: str) -> None:
    """A day of vehicles and drivers, on the clock and on the map."""
    result = study.results["routes"]
    days = figures.days_of(result)
    day = st.segmented_control(session.say("results.day"), days, default=days[0], format_func=lambda code: text(f"day.{code}", lang).capitalize(), key="results_day") or days[0]
    st.subheader(session.say("results.timeline"))
    widgets.chart(charts.timeline(figures.timeline(result, day, lang), lang))
    st.subheader(session.say("results.routes_map"))
    driven = figures.legs(study, day, lang)
    vehicles = list(dict.fromkeys(driven["name"]))
    wanted = st.multiselect(session.say("results.vehicles"), vehicles, placeholder=session.say("results.all_vehicles"))
    if wanted:
        driven = driven[driven["name"].isin(wanted)]
    sites = figures.places(study.scenario, {})
    widgets.chart(charts.site_map(sites[sites["site"].isin(set(driven["site"]) | set(driven["other"]))], lang, legs=driven), wide=False)
    _money(study, "routes", lang)
    _shares(study, lang)
    for table in (rt.ROUTES, rt.TRIPS, rt.STOPS, *DRIVER_RESULTS, rt.COSTS):
        with st.expander(table.title(lang)):
            frame = result.plan.tables[table.name]
            grid(table, frame[frame["day"] == day] if "day" in table.names else frame, result.scenario, lang)


def _shares(study: Study, lang: str) -> None:
    """What each kind of flow costs, today and in the plan, and how much vehicles are used."""
    result = study.results["routes"]
    assert result.audit is not None
    shared = by_flow(result.scenario, result.plan, result.audit, study.scenario, result.baseline, result.baseline_audit, lang)
    flows = [row for row in rows(BY_FLOW, shared) if row.by == "flow"]
    used = vehicle_use(result.scenario, result.plan)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(session.say("results.by_flow"))
        drawn = pd.DataFrame([(row.name, row.today_cost, row.cost) for row in flows], columns=["name", "today", "plan"])
        widgets.chart(charts.pairs(drawn, lang, session.say("results.cost_unit")))
    with right:
        st.subheader(session.say("results.vehicle_use"))
        hours = pd.DataFrame([(numbered(row.vehicle, row.number, lang), row.hours) for row in rows(USE, used)], columns=["name", "value"])
        widgets.chart(charts.bars(hours, lang, session.say("results.hours_unit"), money=False))
    for table, frame in ((BY_FLOW, shared), (USE, used)):
        with st.expander(table.title(lang)):
            st.caption(table.help(lang))
            grid(table, frame, result.scenario, lang)


def purchasing(study: Study, lang: str) -> None:
    """Savings of each year, who joins when, what is spent with whom, and every table of the plan."""
    result = study.results["purchasing"]
    _money(study, "purchasing", lang)
    yearly = figures.budget_by_year(result)
    if len(yearly):
        people = list(dict.fromkeys(yearly["name"]))
        st.subheader(session.say("results.by_year"))
        widgets.chart(charts.stacked(yearly, lang, people, session.say("results.budget_unit")))
        st.subheader(session.say("results.convergence"))
        st.caption(session.say("results.convergence_help"))
        widgets.chart(charts.convergence(figures.convergence(result, lang), lang, people))
    awards = list(rows(pt.AWARDS, result.plan.tables[pt.AWARDS.name]))
    called = figures.names(study.scenario, pt.SUPPLIERS.name)
    spent: dict[str, float] = {}
    for row in awards:
        if row.supplier:
            spent[called[row.supplier]] = spent.get(called[row.supplier], 0.0) + (row.net or 0.0)
    if spent:
        st.subheader(session.say("results.spend"))
        largest = pd.DataFrame({"name": list(spent), "value": list(spent.values())}).sort_values("value", ascending=False)
        widgets.chart(charts.bars(largest, lang, session.say("results.cost_unit")))
    first = YEARS if len(yearly) else pt.AWARDS
    for table in (first, *(t for t in pt.RESULTS if t not in (first, pt.COSTS)), pt.COSTS):
        with st.expander(table.title(lang), expanded=table is first):
            grid(table, result.plan.tables[table.name], study.scenario, lang)


def findings(study: Study, lang: str) -> None:
    """Everything that reading, checks, solving and audits said, by problem."""
    for name in ("", *study.results):
        found = [issue for problem, phase, issue in study.all_issues() if problem == name and phase != "today"]
        if found:
            st.subheader(session.say(f"problem.{name}") if name else session.say("results.whole"))
            widgets.issues(found, lang)
    today = [issue for _, phase, issue in study.all_issues() if phase == "today"]
    if today:
        with st.expander(session.say("results.today_findings", count=len(today))):
            widgets.issues(today, lang)


def locks(store: Store, run: Run, study: Study, lang: str) -> None:
    """Decisions of the plans, to settle for the next run."""
    st.caption(session.say("results.locks_help"))
    if run.scenario_id is None:
        st.info(session.say("results.locks_no_scenario"))
        return
    decisions = lock_service.decisions(study, lang)
    problems = list(dict.fromkeys(decision.problem for decision in decisions))
    chosen_problem = st.segmented_control(session.say("results.function"), problems, default=problems[0] if problems else None, format_func=lambda name: text(f"problem.{name}", lang),
                                          label_visibility="collapsed", key="locks_problem") or (problems[0] if problems else None)  # fmt: skip
    sought = st.text_input(session.say("results.locks_search"), key="locks_search").casefold().strip()
    shown = [decision for decision in decisions if decision.problem == chosen_problem and sought in decision.words.casefold()]
    if not shown:
        st.caption(session.say("results.nothing"))
        return
    data = pd.DataFrame({"lock": [decision.locked for decision in shown], "words": [decision.words for decision in shown]})
    edited = st.data_editor(
        data, hide_index=True, disabled=["words"], width="stretch", height=min(560, 38 + 35 * len(data)) if len(data) else "auto", key=f"locks_{run.id}_{chosen_problem}_{sought}",
        column_config={"lock": st.column_config.CheckboxColumn(session.say("results.lock"), width=95), "words": st.column_config.TextColumn(session.say("results.decision"), width=835)},
    )  # fmt: skip
    wanted = edited["lock"].tolist()
    on = [decision for decision, ticked in zip(shown, wanted, strict=True) if ticked and not decision.locked]
    off = [decision for decision, ticked in zip(shown, wanted, strict=True) if not ticked and decision.locked]
    if st.button(session.say("results.lock_go", count=len(on) + len(off)), type="primary", disabled=not (on or off), icon=":material/lock:"):
        version = store.latest(run.scenario_id)
        scenario = lock_service.unlock(lock_service.lock(store.scenario(version.id), on), off)
        saved = scenarios.save(store, run.scenario_id, version.number, scenario, session.who(), session.say("results.lock_note", on=len(on), off=len(off), run=run.id))
        if saved.version is None:
            st.error(session.say("results.lock_stale"))
        else:
            session.go("calcul")
