"""Sharing between establishments, on the Analyses page: ask for every coalition, follow, read who gains what."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner import charts, coalitions, service
from planner.coalitions import Sharing
from planner.i18n import text
from planner.plan import Limits
from planner.service import batches
from planner.service.sharing import COALITIONS, launch_sharing, sharing_of
from planner.sites import ESTABLISHMENTS
from planner.solvers import sharing_rows
from planner.store import Batch, Entry, Store
from planner.ui import session, widgets
from planner.ui.solving import SECONDS

SHOWN_FIRST = ("equal_prices", "shapley", "nucleolus", "legal_key")


def sharing(store: Store, entry: Entry) -> None:
    """What each would pay by each method, and who would be better off leaving."""
    lang = session.lang()
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    every = coalitions.every_coalition(scenario)
    if not every:
        st.warning(text("issue.share_too_many", lang, count=len(scenario.rows(ESTABLISHMENTS.name)), limit=sharing_rows.MOST))
        return
    left, right = st.columns(2)
    labels = {name: session.say(f"problem.{name}") for name in service.PROBLEM_NAMES}
    problem = left.segmented_control(session.say("share.function"), service.PROBLEM_NAMES, default="purchasing", format_func=labels.__getitem__, key="share_problem") or "purchasing"
    times = {count: session.say("calcul.minutes", count=count // 60) if count >= 60 else session.say("calcul.some_seconds", count=count) for count in SECONDS}
    seconds = right.select_slider(session.say("share.seconds"), SECONDS, value=20, format_func=times.__getitem__, key="share_seconds")
    if st.button(session.say("share.launch", count=len(every)), type="primary", icon=":material/play_arrow:", key="share_launch"):
        launch_sharing(store, version.id, problem, Limits(seconds=float(seconds), threads=1), session.who(), f"{entry.name} · {session.say('share.batch')} · {labels[problem]}")
        st.rerun()
    found = [batch for batch in store.batches(limit=200) if batch.kind == COALITIONS and batch.scenario_id == entry.id and batch.definition.get("problem") == problem]
    if found:
        _follow(found[0].id)


def _follow(batch_id: int) -> None:
    if any(not run.state.ended for run in session.store().runs(batch_id=batch_id)):
        _live(batch_id)
    else:
        _found(session.store(), session.store().batch(batch_id))


@st.fragment(run_every=1.5)
def _live(batch_id: int) -> None:
    """How many coalitions are solved; they can be stopped."""
    store = session.store()
    every = store.runs(batch_id=batch_id)
    ended = sum(run.state.ended for run in every)
    st.progress(ended / max(1, len(every)), session.say("share.progress", ended=ended, count=len(every)))
    if store.lease() is None:
        st.warning(session.say("app.worker.how"))
    if st.button(session.say("calcul.stop"), icon=":material/stop:", key="share_stop"):
        batches.stop(store, batch_id, session.who())
    if ended == len(every):
        st.rerun()


@st.cache_data(max_entries=8, show_spinner=False)
def _made(_store: Store, batch_id: int, states: tuple[str, ...], agreed: tuple[tuple[str, float], ...]) -> Sharing:
    return sharing_of(_store, batch_id, dict(agreed))


def _found(store: Store, batch: Batch) -> None:
    lang = session.lang()
    every = batches.ordered(store, batch.id)
    whole = store.scenario_of(every[0].hash, every[0].name)
    typed = st.text_input(session.say("share.agreed_field"), "", placeholder="A=40;B=60", help=session.say("share.agreed_help"), key="share_agreed")
    agreed = service.percents(typed, whole)
    if agreed is None:
        st.error(session.say("cli.share_percents", typed=typed))
        agreed = {}
    made = _made(store, batch.id, tuple(f"{run.state}{run.ended}" for run in every), tuple(sorted(agreed.items())))
    st.caption(session.say("share.made", moment=widgets.moment(batch.created, lang), who=batch.who or "–"))
    if made.issues:
        widgets.issues(made.issues, lang)
    if not made.shares:
        st.info(session.say("share.nothing"))
        return
    alone = sum(a for a in made.alone if a is not None)
    for column, (key, value) in zip(st.columns(3), (("share.alone_all", alone), ("share.together_all", made.total), ("share.gain_all", alone - (made.total or 0.0))), strict=True):
        column.metric(session.say(key), f"{widgets.money(value, lang)}{session.say('results.a_year')}", border=True)
    methods = [one.method for one in made.shares]
    chosen = st.pills(session.say("share.methods"), methods, selection_mode="multi", default=[m for m in methods if m in SHOWN_FIRST], format_func=lambda m: text(f"share.{m}", lang), key="share_methods")
    shown = [one for one in made.shares if one.method in chosen]
    if shown:
        st.subheader(session.say("share.picture"))
        data = pd.DataFrame(
            [(made.names[i], text(f"share.{one.method}", lang), made.alone[i] - one.charges[i]) for one in shown for i in range(len(made.names)) if made.alone[i] is not None],  # type: ignore[operator]
            columns=["name", "series", "value"],
        )
        widgets.chart(charts.grouped(data, lang, session.say("results.saving_unit")))
    st.subheader(session.say("share.who_leaves"))
    widgets.sheet([text("share.method", lang), text("share.verdict", lang)], [(text(f"share.{one.method}", lang), service.verdict(made, one, lang)) for one in made.shares])
    st.subheader(session.say("share.table"))
    head = [text("share.establishment", lang), text("cli.today", lang), text("share.alone", lang), *(text(f"share.{one.method}", lang) for one in made.shares)]
    lines = [(name, widgets.money(made.today[i], lang), widgets.money(made.alone[i], lang), *(widgets.money(one.charges[i], lang) for one in made.shares)) for i, name in enumerate(made.names)]
    widgets.sheet(head, lines, right=tuple(range(1, len(head))))
    st.caption(session.say("share.table_help"))
    with st.expander(session.say("share.every", count=len(made.coalitions))):
        rows = [(c.label, *(widgets.money(value, lang) for value in (c.cost, c.bound, made.saves(c), *(made.leaving(c, one) for one in shown)))) for c in made.coalitions]
        titles = [text(f"share.{key}", lang) for key in ("coalition", "cost", "bound", "saves")] + [text("share.leaving", lang, method=text(f"share.{one.method}", lang)) for one in shown]
        widgets.sheet(titles, rows, right=tuple(range(1, len(titles))))
        st.caption(session.say("share.leaving_help"))
    widgets.download(session.say("share.book"), lambda: service.sharing_bytes(made, lang), f"{session.say('share.file')}_{batch.id}.xlsx", "xlsx", primary=True)
