"""A view of the Analyses page: what less CO2, shorter transport or more safety costs in the kitchens."""

from __future__ import annotations

import streamlit as st

from planner import charts, service
from planner.fronts import Front
from planner.i18n import text
from planner.plan import Limits
from planner.problems.kitchens.tables import KITCHENS
from planner.report.fronts import FIGURES, front_book, front_rows
from planner.service.fronts import front_aside
from planner.store import Entry, Store
from planner.ui import session, widgets
from planner.ui.aside import again, answer


def front(store: Store, entry: Entry) -> None:
    """The front of cost, CO2, longest transport and safety in the kitchens."""
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    if not scenario.rows(KITCHENS.name):
        st.info(session.say("analyses.front.no_kitchens"))
        return
    left, middle, right = st.columns(3)
    axes = left.multiselect(session.say("analyses.front.axes"), service.FRONT_AXES, default=list(service.FRONT_AXES), format_func=lambda name: session.say(f"analyses.front.{name}"), key="front_axes")
    steps = middle.select_slider(session.say("analyses.front.steps"), range(1, 8), value=3, key="front_steps")
    seconds = right.number_input(session.say("pricing.seconds"), 5, 600, 20, key="front_seconds")
    if not axes:
        return
    key = ("front", *axes, str(steps), version.hash, str(seconds))
    known = answer(key, "analyses.front.ask", "pricing.working", front_aside, scenario, list(axes), int(steps), Limits(seconds=float(seconds)), icon=":material/trending_down:", cost="pricing.cost")
    if known is not None:
        _told(known.answer)
        again(key, "pricing.again")


def _told(made: Front) -> None:
    lang = session.lang()
    found = front_rows(made, lang)
    widgets.issues(made.issues, lang)
    if not found:
        st.warning(service.front_text(made, lang))
        return
    for column, figure in zip(st.columns(3), ("co2", "minutes", "rescued"), strict=True):
        with column:
            points = service.front_points(made, figure, lang)
            points = points.assign(label=[str(place) for place in range(1, len(points) + 1)])  # names are too long for three charts side by side
            widgets.chart(charts.scatter(points, lang, text(f"front.title.{figure}", lang), text("front.title.cost", lang)))
    head = ["", "", text("front.name", lang), *(text(f"front.title.{code}", lang) for code, _, _ in FIGURES)]
    lines = [(str(place), "★" if row["best"] else "", row["name"], *("–" if row[code] is None else widgets.number(row[code], lang, decimals) for code, _, decimals in FIGURES)) for place, row in enumerate(found, 1)]
    widgets.sheet(head, lines, right=tuple(range(3, 3 + len(FIGURES))))
    st.caption(text("front.note", lang))
    widgets.download(session.say("analyses.front.take"), lambda: front_book(made, lang), f"{session.say('analyses.front.file')}.xlsx", "xlsx")
