"""The sites of a draft on a map drawn here; a click shows the site's card."""

from __future__ import annotations

import streamlit as st

from planner import charts, figures
from planner.draft import Draft
from planner.scenario import Scenario
from planner.schema import text_of
from planner.ui import session, widgets


def site_map(draft: Draft) -> None:
    """The map, with the card of the site clicked or chosen."""
    scenario = draft.scenario("")
    if scenario is None:
        st.warning(session.say("editor.map_faults"))
        return
    lang = session.lang()
    sites = figures.places(scenario)
    left, right = st.columns([2.2, 1])
    with right:
        online = st.toggle(session.say("editor.online_map"), key="online_map", help=session.say("editor.online_help"))
    with left:
        if online:
            there = charts.placed(sites)
            if len(there) < len(sites):
                st.caption(charts.no_place(len(sites) - len(there), lang))
            st.map(there.assign(size=120), latitude="lat", longitude="lon", size="size")
            picked: list[str] = []
        else:
            event = st.altair_chart(charts.site_map(sites, lang), theme=None, on_select="rerun", key="sites_map", width="content")
            picked = [str(point["site"]) for point in event.get("selection", {}).get("site", []) if "site" in point]
    if picked:
        st.session_state["map_site"] = picked[0]
    with right:
        called = figures.names(scenario, "sites")
        site = st.selectbox(session.say("editor.site"), list(called), format_func=lambda code: f"{called[code]} ({code})", index=None, key="map_site", placeholder=session.say("editor.click"))
        if site is not None:
            _card(scenario, site, lang)


def _card(scenario: Scenario, site: str, lang: str) -> None:
    """Everything known of a site, in short."""
    row = next(row for row in scenario.rows("sites") if row.site == site)
    table = scenario.table("sites")
    owners, kitchens = figures.names(scenario, "establishments"), figures.names(scenario, "kitchens")
    meals = [demand for demand in scenario.rows("meal_demand") if demand.site == site]
    comes = [flow for flow in scenario.rows("flows") if flow.destination == site]
    goes = [flow for flow in scenario.rows("flows") if flow.origin == site]
    hours = [f"{text_of(scenario.table('windows').column('day_type'), w.day_type, lang)} {text_of(scenario.table('windows').column('opens'), w.opens, lang)}–"
             f"{text_of(scenario.table('windows').column('closes'), w.closes, lang)}" for w in scenario.rows("windows") if w.site == site]  # fmt: skip
    st.markdown(f"**{row.name}**")
    lines = [(session.say("editor.card.establishment"), owners.get(row.establishment, row.establishment))]
    lines += [(column.header(lang), text_of(column, getattr(row, column.name), lang)) for column in table.columns if column.name in ("kind", "address", "zone", "max_gvw", "stop_minutes", "mark", "source") and getattr(row, column.name) is not None]
    lines.append((session.say("editor.card.hours"), " ; ".join(hours) or session.say("editor.card.always")))
    if meals:
        lines.append((session.say("editor.card.meals"), widgets.number(sum(demand.meals or 0 for demand in meals), lang)))
        lines.append((session.say("editor.card.kitchen"), ", ".join(sorted({kitchens.get(demand.current_kitchen, "–") for demand in meals}))))
    lines += [(session.say("editor.card.in"), widgets.number(len(comes), lang)), (session.say("editor.card.out"), widgets.number(len(goes), lang))]
    widgets.sheet([session.say("editor.card.what"), session.say("editor.card.value")], lines)
    st.button(session.say("editor.card.rows"), on_click=_search, args=(site,), icon=":material/search:")


def _search(site: str) -> None:
    st.session_state["data_view"], st.session_state["data_table"], st.session_state["data_search"] = "tables", "sites", site
