"""The Calcul page: choose what to solve, start it, watch cost and bound, stop with the best plan kept."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from planner import charts, service
from planner.i18n import catalogue, explain, text
from planner.plan import Limits
from planner.scenario import Scenario
from planner.service import locks, runs
from planner.service.reoptimise import Near
from planner.store import Run, State, Store, Version
from planner.typed import Unreadable, number
from planner.ui import session, widgets

SECONDS = (10, 20, 30, 60, 120, 300, 900, 3600)
WATCH_EVERY = 1.0  # seconds


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.calcul"))
    store, entry = session.store(), session.current()
    if entry is None:
        st.info(session.say("app.no_scenario"))
        return
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    going = [run for run in store.runs(scenario_id=entry.id, states=(State.QUEUED, State.RUNNING)) if run.batch_id is None]
    _ask(store, version, scenario, bool(going))
    for run in going:
        _watch(run.id)
    _earlier(store, entry.id)


# --- asking ----------------------------------------------------------------------------------------------


def _ask(store: Store, version: Version, scenario: Scenario, busy: bool) -> None:
    labels = {name: session.say(f"problem.{name}") for name in service.PROBLEM_NAMES}
    names = st.pills(
        session.say("calcul.problems"), service.PROBLEM_NAMES, selection_mode="multi", default=service.PROBLEM_NAMES,
        format_func=labels.__getitem__, key="solve_problems",
    )  # fmt: skip
    names = [name for name in service.PROBLEM_NAMES if name in names]  # in the order of solving, not of clicking
    left, right = st.columns([2, 3], gap="large")
    with left:
        lengths = {count: session.say("calcul.minutes", count=count // 60) if count >= 60 else session.say("calcul.some_seconds", count=count) for count in SECONDS}
        seconds = st.select_slider(
            session.say("calcul.seconds"), SECONDS, value=30, help=session.say("calcul.seconds_help"), key="solve_seconds", format_func=lengths.__getitem__
        )
        with st.expander(session.say("calcul.advanced")):
            seed = st.text_input(session.say("calcul.seed"), "1", help=session.say("calcul.seed_help"), key="solve_seed")
            threads = st.segmented_control(session.say("calcul.threads"), (1, 2), default=2, help=session.say("calcul.threads_help"), key="solve_threads") or 2
            iterations = st.text_input(session.say("calcul.iterations"), "", help=session.say("calcul.iterations_help"), key="solve_iterations")
    with right:
        near, faults = _near(store, version.scenario_id)
        road = _road(store, version.scenario_id)
        _locks(scenario)
    said = {}
    for key, typed, least in (("seed", seed, 0), ("iterations", iterations, 1)):
        whole = _whole(typed, least)
        if typed.strip() and whole is None:
            faults.append(session.say("calcul.not_whole", field=session.say(f"calcul.{key}"), found=typed))
        said[key] = whole
    for fault in faults:
        st.error(fault)
    if session.store().lease() is None:
        st.warning(session.say("app.worker.how"))
    label = session.say("calcul.start_again" if busy else "calcul.start")
    if st.button(label, type="primary", disabled=not names or bool(faults), icon=":material/play_arrow:", key="solve_start"):
        limits = Limits(float(seconds), said["seed"] or (0 if said["seed"] == 0 else 1), threads, iterations=said["iterations"])
        try:
            said_of = [session.say(key) for key, asked in (("calcul.near_label", near), ("calcul.road_label", road)) if asked is not None]
            runs.start(store, version.id, names, limits, session.who(), label=", ".join(said_of), near=near, road_of=road)
        except runs.Refused as error:
            for issue in error.issues:
                st.error(explain(issue, session.lang()))
            return
        st.rerun()


def _whole(typed: str, least: int) -> int | None:
    """A whole number as people type it, None for anything else."""
    try:
        value = number(typed)
    except Unreadable:
        return None
    return int(value) if value == int(value) and least <= value < 2**31 else None


def _near(store: Store, scenario_id: int) -> tuple[Near | None, list[str]]:
    """Whether to stay close to the accepted plan, and how; with the faults of what was typed."""
    accepted = store.accepted(scenario_id)
    if accepted is None:
        st.caption(session.say("calcul.near_none"))
        return None, []
    if not st.toggle(session.say("calcul.near", run=accepted.id), key="solve_near", help=session.say("calcul.near_help")):
        return None, []
    price: dict[str, float] = {}
    most: dict[str, int] = {}
    faults = []
    plans = runs.without_today(store.plans(accepted.id))
    for name in (name for name in service.PROBLEM_NAMES if name in plans):
        first, second = st.columns(2)
        typed = first.text_input(session.say("calcul.near_most", problem=session.say(f"problem.{name}")), key=f"near_most_{name}", placeholder=session.say("calcul.no_limit"), help=session.say(f"calcul.change.{name}"))
        count = _whole(typed, 0)
        if typed.strip() and count is None:
            faults.append(session.say("calcul.not_whole", field=session.say("calcul.near_most", problem=session.say(f"problem.{name}")), found=typed))
        elif count is not None:
            most[name] = count
        typed = second.text_input(session.say("calcul.near_price", problem=session.say(f"problem.{name}")), key=f"near_price_{name}", placeholder="0")
        try:
            price[name] = number(typed) if typed.strip() else 0.0
        except Unreadable:
            price[name] = 0.0
            faults.append(session.say("calcul.not_number", field=session.say("calcul.near_price", problem=session.say(f"problem.{name}")), found=typed))
    return Near(price, most), faults


def _road(store: Store, scenario_id: int) -> int | None:
    """The run whose routes are to cost the deliveries, None for estimates."""
    found = runs.with_routes(store, scenario_id)
    if found is None or not st.toggle(session.say("calcul.road", run=found.id), key="solve_road", help=session.say("calcul.road_help")):
        return None
    return found.id


def _locks(scenario: Scenario) -> None:
    """What is settled already, in words."""
    found = locks.in_force(scenario, session.lang())
    with st.expander(session.say("calcul.locks", count=len(found)), expanded=0 < len(found) <= 6):
        if found:
            widgets.sheet([session.say("results.function"), session.say("results.decision")], [(session.say(f"problem.{problem}"), words) for problem, words in found])
        else:
            st.caption(session.say("calcul.no_locks"))
        widgets.link("donnees", session.say("calcul.locks_where"))


# --- watching --------------------------------------------------------------------------------------------


@st.fragment(run_every=WATCH_EVERY)
def _watch(run_id: int) -> None:
    """A run as it goes; the page is drawn again once it has ended."""
    store = session.store()
    run = store.run(run_id)
    if run.state.ended:
        st.rerun()
    lang = session.lang()
    with st.container(border=True):
        head, button = st.columns([5, 1])
        head.markdown(f"**{session.say('calcul.number', run=run.id)}**{f' · {runs.label(run, session.lang())}' if run.label else ''} · {widgets.status(run)}")
        if run.state is State.QUEUED and store.lease() is None:
            st.warning(session.say("calcul.waiting"))
        if button.button(session.say("calcul.stop"), key=f"stop_{run_id}", disabled=run.stop_asked, icon=":material/stop:"):
            runs.stop(store, run_id, session.who())
            st.rerun(scope="fragment")
        points = runs.curve(store, run_id)
        lines = []
        for name in run.problems:
            mine = points[points["problem"] == name]
            if mine.empty:
                lines.append((session.say(f"problem.{name}"), session.say("app.state.queued"), "–", "–", "–", "–"))
                continue
            last = mine.iloc[-1]
            cost, bound = (mine[column].dropna().iloc[-1] if mine[column].notna().any() else None for column in ("cost", "bound"))
            phase = text(last["phase"], lang) if last["phase"] in catalogue() else session.say("app.state.running")
            gap = widgets.money(max(0.0, cost - bound), lang) if cost is not None and bound is not None else "–"
            lines.append((session.say(f"problem.{name}"), phase, widgets.money(cost, lang), widgets.money(bound, lang), gap, f"{widgets.number(last['seconds'], lang)} s"))
        widgets.sheet([session.say(f"calcul.col.{key}") for key in ("problem", "phase", "cost", "bound", "gap", "seconds")], lines, right=(2, 3, 4, 5))
        if points["cost"].notna().any():
            widgets.chart(charts.curve(points, lang))
        st.caption(session.say("calcul.kept"))


def _earlier(store: Store, scenario_id: int) -> None:
    """The runs of this scenario that have ended, newest first."""
    found = [run for run in store.runs(scenario_id=scenario_id, limit=60) if run.state.ended and run.batch_id is None]
    if not found:
        return
    lang = session.lang()
    st.subheader(session.say("calcul.earlier"))
    newest = found[0]
    if newest.state is State.DONE:
        widgets.link("resultats", session.say("calcul.see", run=newest.id))
    elif newest.reason:
        st.error(session.say(newest.reason))
    accepted = store.accepted(scenario_id)
    versions = {version.id: version.number for version in store.versions(scenario_id)}
    titles = [session.say(f"calcul.col.{key}") for key in ("run", "version", "who", "ended", "state", "saving", "limits")]
    widgets.sheet(titles, [_line(run, versions, accepted, lang) for run in found], right=(5,))


def _line(run: Run, versions: Mapping[int, int], accepted: Run | None, lang: str) -> tuple[str, ...]:
    star = " ★" if accepted is not None and accepted.id == run.id else ""
    outcome = widgets.status(run, lang)
    if run.answered_from is not None:
        outcome = session.say("calcul.answered", outcome=outcome, run=run.answered_from)
    limits = session.say("calcul.limits", seconds=widgets.number(run.limits.seconds, lang), seed=run.limits.seed)
    return (
        f"{session.say('calcul.number', run=run.id)}{star}{f' · {runs.label(run, session.lang())}' if run.label else ''}", f"v{versions[run.version_id]}" if run.version_id is not None and run.version_id in versions else "–", run.who,
        widgets.moment(run.ended, lang), outcome, widgets.money(run.summary.get("saving"), lang), limits,
    )  # fmt: skip
