"""The Lots page: many runs defined together, launched, followed, brought into one table and one workbook."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from planner import charts, members, service
from planner.i18n import explain, mend
from planner.members import Axis, BadAxis, Member
from planner.outcomes import Line, frontier
from planner.plan import Limits
from planner.report.batch import outcome
from planner.scenario import Scenario, variants
from planner.service import batches
from planner.service.runs import Refused
from planner.store import Batch, Entry, State, Store
from planner.typed import Unreadable
from planner.typed import number as read_number
from planner.ui import session, widgets
from planner.ui.solving import SECONDS

KINDS = ("variants", "grid", "closeness", "changed")
SCALED = (("meals", members.meals), ("fuel", members.fuel), ("wages", members.wages), ("prices", members.food_prices))
MOST_LISTED = 200


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.lots"))
    store, entry = session.store(), session.current()
    if entry is None:
        st.info(session.say("app.no_scenario"))
        return
    _define(store, entry)
    found = store.batches(limit=50)
    if not found:
        return
    st.divider()
    by_id = {batch.id: batch for batch in found}
    words = {batch.id: f"{batches.called(batch, session.lang())} · {widgets.moment(batch.created, session.lang())} · {batch.who or '–'}" for batch in found}
    if st.session_state.get("batch_shown") not in by_id:
        st.session_state["batch_shown"] = found[0].id
    shown = st.selectbox(session.say("lots.shown"), list(by_id), format_func=words.__getitem__, key="batch_shown")
    _follow(shown)


# --- defining --------------------------------------------------------------------------------------------


def _define(store: Store, entry: Entry) -> None:
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    titles = {kind: session.say(f"lots.kind.{kind}") for kind in KINDS}
    kind = st.segmented_control(session.say("lots.kind"), KINDS, default="variants", format_func=titles.__getitem__, label_visibility="collapsed", key="batch_kind") or "variants"
    st.caption(session.say(f"lots.about.{kind}"))
    lang = session.lang()
    labels = {name: session.say(f"problem.{name}") for name in service.PROBLEM_NAMES}
    names: Sequence[str] = service.PROBLEM_NAMES
    seconds = 30
    if kind != "changed":
        left, right = st.columns(2)
        names = left.multiselect(session.say("calcul.problems"), service.PROBLEM_NAMES, default=service.PROBLEM_NAMES, format_func=labels.__getitem__, placeholder=session.say("app.problems_none"), key="batch_problems")
        times = {count: session.say("calcul.minutes", count=count // 60) if count >= 60 else session.say("calcul.some_seconds", count=count) for count in SECONDS}
        seconds = right.select_slider(session.say("lots.seconds"), SECONDS, value=20, format_func=times.__getitem__, key="batch_seconds")
    try:
        made = {"variants": _variants, "grid": _grid, "closeness": _closeness}[kind](store, entry, scenario, names) if kind != "changed" else []
    except BadAxis as error:
        st.error(f"{explain(error.issue, lang)} {mend(error.issue, lang)}")
        return
    except Refused as error:
        for issue in error.issues:
            st.warning(f"{explain(issue, lang)} {mend(issue, lang)}")
        return
    changed = batches.changed_members(store) if kind == "changed" else []
    good = [member for member in made if not member.issues]
    count = len(changed) if kind == "changed" else len(good)
    _preview([member for _, member, _, _ in changed] if kind == "changed" else made)
    if st.button(session.say("lots.launch", count=count), type="primary", disabled=not count or not names, icon=":material/play_arrow:", key="batch_launch"):
        who, limits = session.who(), Limits(seconds=float(seconds), threads=1)
        if kind == "changed":
            launched = [batches.launch(store, f"{member.label} · {titles[kind]}", kind, {}, [member], problems, run_limits, who, version_id)
                        for version_id, member, problems, run_limits in changed]  # fmt: skip
        else:
            launched = [batches.launch(store, f"{entry.name} · {titles[kind]}", kind, {}, good, names, limits, who, version.id)]
        st.session_state["batch_shown"] = launched[-1].batch.id
        st.rerun()


def _variants(store: Store, entry: Entry, scenario: Scenario, names: Sequence[str]) -> list[Member]:
    known = list(variants(scenario))
    if not known:
        st.info(session.say("lots.no_variant"))
        return []
    wanted = st.multiselect(session.say("lots.variants"), known, default=known, key="batch_variants", placeholder=session.say("lots.none"))
    return members.of_variants(scenario, wanted, session.lang())


def _percents(typed: str) -> list[float]:
    """Percentages as typed: « -10 ; 0 ; 12,5 » or separated by spaces."""
    found = []
    for part in typed.replace(";", " ").replace("%", " ").split():
        try:
            found.append(read_number(part.rstrip(",").replace("−", "-")))
        except Unreadable:
            raise BadAxis("axis_not_a_number", part) from None
    return found


def _grid(store: Store, entry: Entry, scenario: Scenario, names: Sequence[str]) -> list[Member]:
    lang = session.lang()
    axes: list[Axis] = []
    columns = st.columns(4)
    for column, (name, make) in zip(columns, SCALED, strict=True):
        typed = column.text_input(session.say(f"lots.axis.{name}"), "-10 ; 0 ; 10" if name == "meals" else "", key=f"axis_{name}", help=session.say(f"lots.axis_help.{name}"), placeholder="-10 ; 0 ; 10")
        if typed.strip():
            axes.append(make(_percents(typed), lang))
    kitchens = {row.kitchen: row.name for row in scenario.rows("kitchens")}
    owners = {row.establishment: row.name for row in scenario.rows("establishments")}
    left, middle, right = st.columns(3)
    for column, name, options in ((left, "close", kitchens), (middle, "keep", kitchens), (right, "without", owners)):
        chosen = column.multiselect(session.say(f"lots.axis.{name}"), list(options), format_func=options.__getitem__, key=f"axis_{name}", placeholder=session.say("lots.none"))
        if chosen:
            axes.append({"close": members.closed, "keep": members.kept, "without": members.without}[name](chosen, scenario, lang))
    with st.expander(session.say("lots.free")):
        typed = st.text_input(session.say("lots.free_axis"), key="axis_free", help=session.say("lots.free_help"), placeholder="Véhicules ; ; Coût horaire ; * ; 1,05|1,1")
        if typed.strip():
            axes.append(members.read_axis(typed, scenario, lang))
    return members.of_grid(scenario, axes, lang) if axes else []


def _closeness(store: Store, entry: Entry, scenario: Scenario, names: Sequence[str]) -> list[Member]:
    left, right = st.columns(2)
    most = _percents(left.text_input(session.say("lots.most"), "0 ; 2 ; 5 ; 10", key="near_counts", help=session.say("lots.most_help")))
    prices = _percents(right.text_input(session.say("lots.prices"), "", key="near_prices", help=session.say("lots.prices_help"), placeholder="100 ; 1000"))
    for value in (*most, *prices):
        if value < 0:
            raise BadAxis("axis_not_a_number", str(value))
    return batches.closeness_members(store, entry.id, scenario, names, session.lang(), [int(value) for value in most], prices)


def _preview(made: Sequence[Member]) -> None:
    """The members that would run, and those that cannot with the reason."""
    wrong = members.faults(made, session.lang())
    if wrong:
        st.error(session.say("lots.faults", count=len({label for label, _ in wrong})))
        widgets.sheet([session.say("batch.col.member"), session.say("batch.col.note")], wrong)
    good = [member for member in made if not member.issues]
    if good:
        with st.expander(session.say("lots.members", count=len(good))):
            widgets.sheet([session.say("batch.col.member"), session.say("batch.col.changed")], [(member.label, member.changed or session.say("batch.as_is")) for member in good[:MOST_LISTED]])


# --- following -------------------------------------------------------------------------------------------


def _follow(batch_id: int) -> None:
    going = any(not run.state.ended for run in session.store().runs(batch_id=batch_id))
    if going:
        _live(batch_id)
    else:
        _batch(batch_id)


@st.fragment(run_every=1.5)
def _live(batch_id: int) -> None:
    _batch(batch_id)
    if all(run.state.ended for run in session.store().runs(batch_id=batch_id)):
        st.rerun()


def _batch(batch_id: int) -> None:
    """How a batch stands: bar, buttons, table, chart, workbook."""
    store, lang = session.store(), session.lang()
    batch = store.batch(batch_id)
    found = batches.lines(store, batch_id, lang)
    ended = sum(line.run.state.ended for line in found)
    going = ended < len(found)
    st.progress(ended / max(1, len(found)), session.say("lots.progress", ended=ended, count=len(found)))
    if going and store.lease() is None:
        st.warning(session.say("app.worker.how"))
    left, middle, right, _ = st.columns([1, 1.4, 1.6, 2])
    if left.button(session.say("calcul.stop"), disabled=not going, key=f"batch_stop_{batch_id}", icon=":material/stop:"):
        batches.stop(store, batch_id, session.who())
        st.rerun()
    failed = sum(line.run.state in (State.FAILED, State.CANCELLED) for line in found)
    if middle.button(session.say("lots.rerun", count=failed), disabled=not failed, key=f"batch_rerun_{batch_id}", icon=":material/refresh:"):
        batches.rerun_failed(store, batch_id, session.who())
        st.rerun()
    with right:
        if not going:
            widgets.download(session.say("lots.book"), lambda: batches.book(store, [batch_id], lang), f"{session.say('lots.file')}_{batch_id}.xlsx", "xlsx", primary=True, key=f"batch_book_{batch_id}")
    _table(found, lang)
    if not going:
        _chart(batch, found, lang)


def _table(found: Sequence[Line], lang: str) -> None:
    """A line per member; the best saving is marked, among those whose organisation of today keeps the rules: others save what cannot be compared."""
    problems = [name for name in service.PROBLEM_NAMES if any(name in line.costs for line in found)]
    best = max((line.saving for line in found if line.saving is not None and not line.faulty_today), default=None)
    titles = [session.say(f"batch.col.{key}") for key in ("member", "state", "saving", "to_first")]
    for name in problems:
        titles += [session.say("batch.of", problem=session.say(f"problem.{name}"), what=session.say(f"batch.col.{key}")) for key in ("cost", "gap")]
    extra = [key for key in ("co2", "changes") if any(getattr(line, key) is not None for line in found)]
    titles += [*(session.say(f"batch.col.{key}") for key in extra), f"{session.say('batch.col.seconds')} (s)"]
    lines = []
    for line in found:
        gap = line.to_first(found[0])
        mark = " ★" if best is not None and line.saving == best and len(found) > 1 and not line.faulty_today else ""
        sign = "" if gap is None or abs(gap) < 0.5 else "≈ " if line.unclear(found[0]) else "▲ " if gap > 0 else "▼ "
        cells = [line.label + mark, outcome(line, lang), widgets.money(line.saving, lang) + (" *" if line.faulty_today else ""), sign + widgets.money(gap, lang)]
        for name in problems:
            cells += [widgets.money(line.costs.get(name), lang), widgets.money(line.gaps.get(name), lang)]
        seconds = sum(problem["seconds"] for problem in line.run.summary.get("problems", {}).values())
        cells += [widgets.number(getattr(line, key), lang, 1 if key == "co2" else 0) for key in extra] + [widgets.number(seconds or None, lang, 1)]
        lines.append(cells)
    widgets.sheet(titles, lines, right=tuple(range(2, len(titles))), wide=True)
    told = [session.say("lots.units")]
    told += [session.say(f"lots.{key}") for key, there in (
        ("units_co2", "co2" in extra), ("best", best is not None and len(found) > 1), ("unclear", any(line.unclear(found[0]) for line in found))) if there]  # fmt: skip
    st.caption(" ".join(told))
    if any(line.faulty_today for line in found):
        st.caption(session.say("lots.faulty_today"))
    reasons = [(line.label, session.say(line.run.reason)) for line in found if line.run.reason]
    if reasons:
        widgets.sheet([session.say("batch.col.member"), session.say("batch.col.note")], reasons)


def _chart(batch: Batch, found: Sequence[Line], lang: str) -> None:
    if batch.kind == "closeness":
        for name in service.PROBLEM_NAMES:
            points = frontier(found, name)
            if len(points) > 1:
                data = pd.DataFrame([(label, float(changes), cost) for changes, cost, label in points], columns=["name", "x", "y"])
                st.subheader(f"{session.say(f'problem.{name}')} – {session.say('batch.chart.closeness')}")
                widgets.chart(charts.tradeoff(data, lang, session.say("batch.col.changes"), session.say("results.cost_unit")))
        return
    savings = pd.DataFrame([(line.label + (" *" if line.faulty_today else ""), line.saving) for line in found if line.saving is not None], columns=["name", "value"])
    if len(savings) > 1:
        st.subheader(session.say("batch.chart.saving"))
        widgets.chart(charts.gains(savings, lang, session.say("results.saving_unit")))
    carbon = pd.DataFrame([(line.label, line.co2, line.costs.get("routes")) for line in found if line.co2 is not None and line.costs.get("routes") is not None], columns=["name", "x", "y"])
    if len(carbon) > 1:
        st.subheader(session.say("batch.chart.co2"))
        widgets.chart(charts.scatter(carbon, lang, f"{session.say('batch.col.co2')} (tCO2e)", session.say("results.cost_unit")))
