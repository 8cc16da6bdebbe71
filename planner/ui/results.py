"""The Résultats page: what a run found, why, and what to do with it."""

from __future__ import annotations

import streamlit as st

from planner import charts, figures
from planner.i18n import explain, percent, text
from planner.report.summary import SIMULATION, regrouping_text
from planner.schema import rows
from planner.service import runs
from planner.service.workbooks import without_saving
from planner.store import Run, State, Store
from planner.study import SAVINGS, Study
from planner.ui import session, widgets
from planner.ui.results_views import findings, kitchens, locks, purchasing, routes

VIEWS = {"kitchens": kitchens, "routes": routes, "purchasing": purchasing}


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.resultats"))
    store, entry = session.store(), session.current()
    if entry is None:
        st.info(session.say("app.no_scenario"))
        return
    run = _choose(store, entry.id)
    if run is None:
        st.info(session.say("results.none"))
        widgets.link("calcul", session.say("results.go_solve"))
        return
    if run.state != State.DONE:
        st.warning(session.say("results.not_ended", state=widgets.status(run)))
        if run.reason:
            st.error(session.say(run.reason))
        return
    study = runs.study(store, run.id)
    _header(store, run, study)
    names = ["overview", *study.results, "findings", *(["locks"] if any(result.valid for result in study.results.values()) else [])]
    words = {name: session.say(f"problem.{name}" if name in VIEWS else f"results.view.{name}") for name in names}
    view = st.segmented_control(session.say("results.view"), names, default="overview", format_func=words.__getitem__, label_visibility="collapsed", key="results_view")
    if view in VIEWS:
        result = study.results[view]
        if result.valid:
            VIEWS[view](study, session.lang())
        else:
            st.error(figures.gap_words(result, session.lang()))
            widgets.issues(result.issues, session.lang())
    elif view == "findings":
        findings(study, session.lang())
    elif view == "locks":
        locks(store, run, study, session.lang())
    else:
        _overview(study)


def _choose(store: Store, scenario_id: int) -> Run | None:
    """The run looked at: that of the address, else the latest that ended well enough to be read."""
    found = [run for run in store.runs(scenario_id=scenario_id, limit=200) if run.state in (State.DONE, State.FAILED)]
    if not found:
        return None
    lang = session.lang()
    by_id = {run.id: run for run in found}
    accepted = store.accepted(scenario_id)

    def words(run_id: int) -> str:
        run = by_id[run_id]
        mark = f" · ★ {text('results.accepted', lang)}" if accepted is not None and accepted.id == run_id else ""
        label = f" · {runs.label(run, lang)}" if run.label else ""
        return f"{text('calcul.number', lang, run=run.id)}{label} · {widgets.moment(run.ended, lang)} · {widgets.status(run, lang)}{mark}"

    asked = st.query_params.get("run", "")
    first = int(asked) if asked.isdecimal() and int(asked) in by_id else next((run.id for run in found if run.state == State.DONE), found[0].id)
    chosen = st.selectbox(session.say("results.run"), list(by_id), index=list(by_id).index(first), format_func=words)
    if str(chosen) != asked:
        st.query_params["run"] = str(chosen)
    return by_id[chosen]


def _header(store: Store, run: Run, study: Study) -> None:
    """State, what is gained, what can be taken away."""
    lang = session.lang()
    year = session.say("results.a_year")
    columns = st.columns(len(study.results) + 1)
    columns[0].metric(session.say("results.saving_all"), f"{widgets.money(study.saving, lang)}{year}" if study.saving is not None else "–", border=True, height="stretch")
    savings = {row.problem: row.saving for row in rows(SAVINGS, study.savings) if row.establishment is None}
    for column, (name, result) in zip(columns[1:], study.results.items(), strict=True):
        saving = savings.get(name)
        column.metric(session.say(f"problem.{name}"), f"{widgets.money(result.annual, lang)}{year}" if result.valid else "–", border=True, height="stretch",
                      delta=f"{widgets.money(-saving, lang)}{year}" if saving is not None else None, delta_color="inverse", help=session.say(f"status.{result.state}"))  # fmt: skip
    for name, result in study.results.items():
        state = f"{session.say(f'status.{result.state}')}. " if result.valid else ""  # else what follows says it
        st.markdown(f"**{session.say(f'problem.{name}')}** — {state}{figures.gap_words(result, lang)}")
    unsaid = _without_saving(study)
    if study.saving is not None and unsaid:  # the headline counts the other functions alone
        st.warning(" ".join([session.say("results.saving_partial"), *unsaid]))
    for _, _, issue in study.all_issues():
        if issue.code == SIMULATION:
            st.error(explain(issue, lang), icon=":material/block:")
    stem = f"{run.name.replace(' ', '_')}_{run.id}"
    left, middle, *_ = st.columns([1.1, 1.2, 3])
    accepted = store.accepted(run.scenario_id) if run.scenario_id is not None else None
    is_accepted = accepted is not None and accepted.id == run.id
    usable = is_accepted or any(result.valid for result in study.results.values())
    if run.scenario_id is not None and usable and left.button(session.say("results.withdraw" if is_accepted else "results.accept"), help=session.say("results.accept_help"), icon=":material/verified:"):
        store.accept(run.scenario_id, None if is_accepted else run.id, session.who())
        st.rerun()
    with middle.popover(session.say("results.take_away"), icon=":material/download:"):
        widgets.download(session.say("results.book"), lambda: runs.result_book(store, run.id, lang), f"{stem}.xlsx", "xlsx", primary=True)
        widgets.download(session.say("results.csv"), lambda: runs.export(store, run.id, "csv", lang), f"{stem}.zip", "zip")
        if "routes" in study.results and study.results["routes"].valid:
            widgets.download(session.say("results.roadsheets"), lambda: runs.export(store, run.id, "roadsheets", lang), f"{stem}_{session.say('results.roadsheets_stem')}.zip", "zip")
        widgets.download(session.say("results.geojson"), lambda: runs.export(store, run.id, "geojson", lang), f"{stem}.geojson", "geojson")
        widgets.download(session.say("results.json"), lambda: runs.export(store, run.id, "json", lang), f"{stem}.json", "json")


def _without_saving(study: Study) -> list[str]:
    """Why each function without a saving has none."""
    known = {row.problem for row in rows(SAVINGS, study.savings) if row.establishment is None and row.saving is not None}
    return [without_saving(name, result, session.lang()) for name, result in study.results.items() if name not in known]


def _overview(study: Study) -> None:
    """Who gains, why savings are not today less plan, what is near a limit."""
    lang = session.lang()
    gained = figures.gains(study)
    st.subheader(session.say("results.by_establishment"))
    if gained.empty:
        st.info(" ".join(_without_saving(study)) or session.say("results.no_savings"))
    else:
        widgets.chart(charts.gains(gained, lang, session.say("results.saving_unit")))
    if any(issue.code == "delivery_counted_in_routes" for issue in study.issues):
        st.caption(session.say("results.counted_elsewhere"))
    if study.regrouping is not None:
        st.info(regrouping_text(study.regrouping, lang))
    lines, totals = _savings(study)
    titles = [SAVINGS.column(name).title(lang) for name in ("problem", "establishment", "today", "plan", "replaced", "saving", "percent")]
    widgets.sheet(titles, lines, right=(2, 3, 4, 5, 6), totals=totals)
    near = figures.near_limits(study, lang)
    if near:
        st.subheader(session.say("results.near"))
        widgets.sheet([session.say("results.function"), session.say("results.near_what")], [(session.say(f"problem.{name}"), words) for name, words in near])


def _savings(study: Study) -> tuple[list[tuple[str, ...]], list[int]]:
    """The lines of the table of savings, and which are totals: all functions (only their savings add up), then each function's group before its establishments."""
    lang = session.lang()
    called = figures.names(study.scenario, "establishments")
    whole = session.say("results.group")
    found = sorted(rows(SAVINGS, study.savings), key=lambda row: (list(study.results).index(row.problem), row.establishment is not None))
    lines = [
        (session.say(f"problem.{row.problem}"), called.get(row.establishment or "", row.establishment or whole),
         *(widgets.money(value, lang) for value in (row.today, row.plan, row.replaced, row.saving)), "–" if row.percent is None else percent(row.percent, lang, 1))
        for row in found
    ]  # fmt: skip
    totals = [place for place, row in enumerate(found) if row.establishment is None]
    if len(totals) > 1 and all(found[place].saving is not None for place in totals):
        lines.insert(0, (text("report.all", lang), whole, "–", "–", "–", widgets.money(study.saving, lang), "–"))
        totals = [0, *(place + 1 for place in totals)]
    return lines, totals
