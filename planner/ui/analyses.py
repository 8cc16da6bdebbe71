"""The Analyses page: questions about a scenario that are not a plan."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from planner import service
from planner.figures import clock
from planner.i18n import numbered, percent, text
from planner.problems.routes.review import Review, worst_first
from planner.problems.routes.tables import CURRENT
from planner.scenario import Scenario
from planner.service.aside import Aside
from planner.service.current import clocks_sentence, far_clocks, missing_flows, odd_text, routes_checked
from planner.sites import SITES
from planner.store import Entry, Store
from planner.ui import session, widgets
from planner.ui.aside import again, answer
from planner.ui.fronts import front
from planner.ui.pricing import egalim, offers, rules
from planner.ui.sharing import sharing

VIEWS: dict[str, Callable[[Store, Entry], None]] = {}


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.analyses"))
    store, entry = session.store(), session.current()
    if entry is None:
        st.info(session.say("app.no_scenario"))
        return
    words = {name: session.say(f"analyses.view.{name}") for name in VIEWS}
    view = st.segmented_control(session.say("results.view"), list(VIEWS), default="routes_today", format_func=words.__getitem__, label_visibility="collapsed", key="analyses_view")
    st.caption(session.say(f"analyses.about.{view or 'routes_today'}"))
    VIEWS[view or "routes_today"](store, entry)


# --- today's routes --------------------------------------------------------------------------------------


def routes_today(store: Store, entry: Entry) -> None:
    """Today's routes as they are, and what moving one stop would save."""
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    if scenario.frames[CURRENT.name].empty:
        st.info(session.say("analyses.no_routes"))
        widgets.link("donnees", session.say("analyses.go_data"))
        return
    key = ("routes", version.hash)
    known = answer(key, "analyses.check", "analyses.checking", routes_checked, scenario, icon=":material/fact_check:")
    if known is None:
        return
    if known.answer is None:
        st.warning(session.say("current.unknown"))
        return
    _told(known.answer, scenario, known)
    if known.answer.stopped:
        again(key)


def _told(made: Review, scenario: Scenario, known: Aside) -> None:
    lang = session.lang()
    km, empty = sum(d.km for d in made.duties), sum(d.empty_km for d in made.duties)
    late = [d for d in made.duties if d.late > 0]
    if made.missing:
        st.warning(session.say("current.missing", count=len(made.missing)))
        widgets.sheet([session.say(f"analyses.move.{key}") for key in ("flows", "from", "to", "day")], missing_flows(made, scenario, lang))
    widgets.issues(made.ignored, lang)
    figures = (
        ("analyses.kpi.cost", f"{widgets.money(made.cost, lang)}{session.say('results.a_year')}"),
        ("analyses.kpi.km", f"{widgets.number(km, lang)} km"),
        ("analyses.kpi.empty", percent(100 * empty / km if km else 0.0, lang)),
        ("analyses.kpi.late", f"{widgets.number(len(late), lang)} · {widgets.number(sum(d.late for d in late), lang)} min"),
        ("analyses.kpi.broken", widgets.number(sum(made.broken.values()), lang)),
    )
    for column, (key, value) in zip(st.columns([1.5, *[1] * (len(figures) - 1)]), figures, strict=True):
        column.metric(session.say(key), value, border=True)
    if made.stopped:
        st.warning(session.say("analyses.stopped"))
    if made.broken:
        st.subheader(session.say("analyses.broken"))
        widgets.issues(made.findings, lang)
    st.subheader(session.say("analyses.moves"))
    if made.savings:
        sites = {row.site: row.name for row in scenario.rows(SITES.name)}
        titles = [session.say(f"analyses.move.{key}") for key in ("saves", "km", "day", "site", "flows", "from", "to", "where")]
        lines = [
            (widgets.money(s.saves, lang), widgets.number(s.km, lang, 1), text(f"day.{s.day}", lang), sites[s.site], ", ".join(s.flows),
             session.say("analyses.move.vehicle", vehicle=s.vehicle, number=s.number, trip=s.trip), session.say("analyses.move.vehicle", vehicle=s.to_vehicle, number=s.to_number, trip=s.to_trip),
             text("current.after", lang, site=sites[s.after]) if s.after else text("current.first", lang))
            for s in made.savings
        ]  # fmt: skip
        widgets.sheet(titles, lines, right=(0, 1))
        st.caption(session.say("analyses.moves_help"))
    else:  # what was not tried is not said to save nothing
        st.info(session.say("current.none_yet" if made.stopped else "current.no_move"))
    if made.clocks or made.odd_clocks:
        _real_times(made, scenario, lang)
    st.subheader(session.say("analyses.duties"))
    head = [text(f"current.{c}", lang) for c in ("day", "vehicle", "stops", "km", "empty_km", "hours", "minutes_late", "overrun", "fill", "cost_year")]
    duties: list[tuple[str, ...]] = [
        (text(f"day.{d.day}", lang), numbered(d.vehicle, d.number, lang), str(d.stops), *(widgets.number(v, lang, k) for v, k in ((d.km, 0), (d.empty_km, 0), (d.hours, 1), (d.late, 0), (d.overrun, 0))),
         percent(d.fill, lang), widgets.money(d.cost, lang))
        for d in worst_first(made.duties)
    ]  # fmt: skip
    widgets.sheet(head, duties, right=tuple(range(2, 10)))
    st.caption(session.say("analyses.duties_help"))
    stem = session.say("analyses.file")
    widgets.download(session.say("analyses.take_text"), lambda: service.review_text(made, scenario, lang).encode(), f"{stem}.txt", "txt")


def _real_times(made: Review, scenario: Scenario, lang: str) -> None:
    """The hours of arrival that drivers gave, beside the computation's."""
    st.subheader(session.say("analyses.real_times"))
    if odd := odd_text(made, scenario, lang):
        widgets.sheet([session.say("current.odd", count=len(odd))], [(one,) for one in odd])
    if not made.clocks:
        return
    st.markdown(clocks_sentence(made, lang))
    sites = {row.site: row.name for row in scenario.rows(SITES.name)}
    titles = [session.say(f"analyses.clock.{key}") for key in ("day", "vehicle", "before", "left", "site", "given", "real", "computed", "differs")]
    lines = [
        (text(f"day.{c.day}", lang), session.say("analyses.move.vehicle", vehicle=c.vehicle, number=c.number, trip=c.trip), sites[c.before], clock(c.left, lang), sites[c.site],
         clock(c.given, lang), *(widgets.number(minutes, lang) for minutes in (c.given - c.left, c.computed)), f"{'+' if c.differs > 0 else ''}{widgets.number(c.differs, lang)}")
        for c in far_clocks(made)
    ]  # fmt: skip
    if lines:
        widgets.sheet(titles, lines, right=(6, 7, 8))
    st.caption(session.say("analyses.real_times_help"))


VIEWS |= {"routes_today": routes_today, "sharing": sharing, "rules": rules, "offers": offers, "egalim": egalim, "front": front}
