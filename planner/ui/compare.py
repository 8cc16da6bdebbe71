"""The Comparaison page: several runs side by side, what changed between them, what money buys."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from planner import charts, compared, difference
from planner.compared import Line
from planner.i18n import number
from planner.report.compared import comparison_book
from planner.schema import unit_name
from planner.service.runs import title
from planner.store import Run, State, Store
from planner.ui import session, widgets

MOST_CHANGES = 200  # differences of data shown for one run
STYLE = """<style>
.sheet .gap {display: block; font-size: .78rem; color: #5b6470}
.sheet .gap.better {color: #00664b; font-weight: 600} .sheet .gap.worse {color: #b34700; font-weight: 600}
</style>"""


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.comparaison"))
    chosen = _choose(session.store())
    if len(chosen) < 2:
        if chosen:
            st.info(session.say("comparison.two"))
        return
    lang = session.lang()
    names = [title(run, lang) for run in chosen]
    lines = compared.lines(chosen)
    st.subheader(session.say("comparison.figures"))
    unclear = any(line.unclear(place) for line in lines for place in range(1, len(chosen)))
    st.caption(" ".join([session.say("comparison.legend"), *([session.say("comparison.unclear_legend")] if unclear else [])]))
    _figures(chosen, names, lines, lang)
    widgets.download(session.say("comparison.download"), lambda: comparison_book(names, lines, compared.states(chosen, lang), lang), "comparaison.xlsx" if lang == "fr" else "comparison.xlsx", "xlsx", primary=True)
    _scatter(chosen, names, lang)
    _data(session.store(), chosen, names, lang)


def _choose(store: Store) -> list[Run]:
    """The runs compared; at first the two latest of the scenario."""
    entry = session.current()
    everywhere = st.toggle(session.say("comparison.everywhere"), key="comparison_everywhere")
    found = store.runs(scenario_id=None if everywhere or entry is None else entry.id, states=[State.DONE], limit=300)
    if not found:
        st.info(session.say("comparison.none"))
        return []
    by_id = {run.id: run for run in found}
    lang = session.lang()
    asked = [int(part) for part in st.query_params.get("runs", "").split(",") if part.isdecimal() and int(part) in by_id]
    kept = [run_id for run_id in st.session_state.get("comparison_runs", ()) if run_id in by_id]
    st.session_state["comparison_runs"] = kept or asked or sorted(by_id, reverse=True)[:2][::-1]
    chosen = st.multiselect(
        session.say("comparison.pick"), list(by_id), key="comparison_runs", placeholder=session.say("comparison.pick_none"),
        format_func=lambda run_id: f"{title(by_id[run_id], lang)} · {widgets.moment(by_id[run_id].ended, lang)}",
    )  # fmt: skip
    st.query_params["runs"] = ",".join(str(run_id) for run_id in chosen)
    return [by_id[run_id] for run_id in chosen]


def _figures(runs: Sequence[Run], names: Sequence[str], lines: Sequence[Line], lang: str) -> None:
    """The key figures with, below each, the difference to the first run."""
    heads = [session.say(f"comparison.{code}") for code in ("function", "figure", "unit", "today")]
    head = "".join(f"<th>{escape(word)}</th>" for word in heads[:3]) + "".join(f'<th class="right" style="white-space: normal">{escape(word)}</th>' for word in (heads[3], *names))
    body = []
    for problem, states in compared.states(runs, lang).items():
        cells = "".join(f'<td class="right" style="white-space: normal">{escape(words)}</td>' for words in states)
        body.append((problem, f"<td>{escape(session.say(f'problem.{problem}'))}</td><td>{escape(session.say('comparison.state'))}</td><td></td><td></td>{cells}"))
    made = "".join(f"<tr>{_cells(line, lang)}</tr>" for line in lines if not line.problem)
    for problem, state in body:
        made += f"<tr>{state}</tr>" + "".join(f"<tr>{_cells(line, lang)}</tr>" for line in lines if line.problem == problem)
    st.html(f'{STYLE}<div class="sheet" style="max-height: none"><table><thead><tr>{head}</tr></thead><tbody>{made}</tbody></table></div>')


def _cells(line: Line, lang: str) -> str:
    function = session.say(f"problem.{line.problem}") if line.problem else session.say("comparison.group")
    figure = line.kpi.fr if lang == "fr" else line.kpi.en
    texts = "".join(f"<td>{escape(word)}</td>" for word in (function, figure, unit_name(line.kpi.unit, lang)))
    today = f'<td class="right">{escape(widgets.number(line.today, lang, line.kpi.decimals))}</td>'
    return texts + today + "".join(f'<td class="right">{escape(widgets.number(value, lang, line.kpi.decimals))}{_gap(line, place, lang)}</td>' for place, value in enumerate(line.values))


def _gap(line: Line, place: int, lang: str) -> str:
    gap = line.difference(place) if place else None
    if gap is None or round(gap, line.kpi.decimals) == 0:
        return ""
    better = line.better(place)
    mark, kind = {True: ("▲ ", "better"), False: ("▼ ", "worse"), None: ("≈ " if line.unclear(place) else "", "")}[better]
    told = f' title="{escape(session.say("comparison.unclear"))}"' if line.unclear(place) else ""
    return f'<span class="gap {kind}"{told}>{mark}{"+" if gap > 0 else ""}{escape(number(gap, lang, line.kpi.decimals))}</span>'


def _scatter(runs: Sequence[Run], names: Sequence[str], lang: str) -> None:
    """Money against CO2, changes, kilometres or kitchens open."""
    axes = {kpi.code: kpi for kpi in compared.axes(runs)}
    if not axes:
        return
    st.subheader(session.say("comparison.scatter"))
    costs = ["", *(problem for problem in compared.ORDER if any(problem in run.summary.get("problems", {}) for run in runs))]
    words = {problem: session.say("comparison.cost", problem=session.say(f"problem.{problem}")) if problem else session.say("comparison.saving") for problem in costs}
    left, right, _ = st.columns([2, 2, 2])
    cost = left.selectbox(session.say("comparison.y"), costs, format_func=words.__getitem__, key="comparison_y")
    titles = {code: f"{kpi.fr if lang == 'fr' else kpi.en}{f' ({unit_name(kpi.unit, lang)})' if kpi.unit else ''}" for code, kpi in axes.items()}
    against = right.selectbox(session.say("comparison.x"), list(axes), format_func=titles.__getitem__, key="comparison_x")
    drawn = compared.points(runs, names, cost, against)
    if drawn.dropna(subset=["x", "y"]).empty:
        st.info(session.say("comparison.no_points"))
        return
    widgets.chart(charts.scatter(drawn, lang, titles[against], words[cost], session.say("comparison.size")))


def _data(store: Store, runs: Sequence[Run], names: Sequence[str], lang: str) -> None:
    """What differs between the data solved by the first run and by each other one."""
    st.subheader(session.say("comparison.data"))
    first = store.scenario_of(runs[0].hash, runs[0].name)
    for run, name in zip(runs[1:], names[1:], strict=True):
        found = [] if run.hash == runs[0].hash else difference.difference(first, store.scenario_of(run.hash, run.name))
        with st.expander(session.say("comparison.count", name=name, count=len(found)), expanded=0 < len(found) <= 20):
            if run.changed:
                st.caption(run.changed)
            if not found:
                st.write(session.say("comparison.same"))
                continue
            if len(found) > MOST_CHANGES:
                st.caption(session.say("comparison.more", shown=MOST_CHANGES, count=len(found)))
            shown = [(change.table.title(lang), difference.words(change, lang)) for change in found[:MOST_CHANGES]]
            widgets.sheet([session.say("comparison.table"), session.say("comparison.change")], shown)
