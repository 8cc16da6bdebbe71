"""Views of the Analyses page: what each rule and decision costs, what each losing offer lacks, what each point of EGalim costs."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from planner import charts, service
from planner.egalim import Curve
from planner.i18n import message, text
from planner.plan import Limits, Status
from planner.prices import SEEDS, Price, Prices, in_order
from planner.scenario import Scenario
from planner.service.prices import search_money, verdict
from planner.store import Entry, Store
from planner.ui import session, widgets
from planner.ui.aside import again, answer

SHARES = "20,25,30,40,50"


def rules(store: Store, entry: Entry) -> None:
    """What each rule, lock and limit in force costs, and what each decision would, between proven bounds."""
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    lang = session.lang()
    left, right = st.columns(2)
    problem = left.selectbox(session.say("results.function"), list(service.PRICED), format_func=lambda name: text(f"problem.{name}", lang), key="rules_problem")
    seconds = right.number_input(session.say("pricing.seconds"), 5, 600, 30, key="rules_seconds")
    if problem == "kitchens":
        called = {row.kitchen: row.name for row in scenario.rows("kitchens") if row.lock == "free"}
        chosen = st.multiselect(session.say("pricing.kitchens"), list(called), format_func=called.__getitem__, placeholder=session.say("pricing.kitchens_none"), key="rules_kitchens")
        if chosen:
            _years(scenario, version.hash, tuple(sorted(chosen)), float(seconds))
            return
    key = ("rules", problem, version.hash, str(seconds))
    known = answer(key, "pricing.rules", "pricing.working", service.price_rules_aside, scenario, problem, Limits(seconds=float(seconds)), icon=":material/gavel:", cost="pricing.cost")
    if known is None:
        return
    made: Prices = known.answer
    _whole(made, lang)
    for decision, title in ((False, "pricing.rules_title"), (True, "pricing.decisions_title")):
        mine = in_order(made.prices, decision)
        if mine and made.searched:
            st.subheader(session.say(title))
            head = [session.say(f"prices.{c}") for c in ("name", "best_year", "low_run", "high_run", "verdict")]
            widgets.sheet(head, [(message(p.name, lang), *search_money(p, lang), text(verdict(p), lang)) for p in mine], right=(1, 2, 3))
        elif mine:
            st.subheader(session.say(title))
            head = [session.say(f"prices.{c}") for c in ("name", "low_year", "high_year", "verdict")]
            widgets.sheet(head, [(message(p.name, lang), *_span(p, made.years, lang), text(verdict(p), lang)) for p in mine], right=(1, 2))
    if len(made.prices) < made.asked:
        st.warning(session.say("prices.stopped", known=len(made.prices), asked=made.asked))
    st.caption(session.say("prices.by_search", seeds=SEEDS) if made.searched else session.say("pricing.help"))
    again(key, "pricing.again")


def _years(scenario: Scenario, version: str, kitchens: tuple[str, ...], seconds: float) -> None:
    """What keeping, closing or opening these kitchens would cost in each year of the plan."""
    lang = session.lang()
    key = ("years", *kitchens, version, str(seconds))
    known = answer(key, "pricing.years", "pricing.working", service.price_years_aside, scenario, kitchens, Limits(seconds=seconds), icon=":material/gavel:", cost="pricing.cost")
    if known is None:
        return
    made: Prices = known.answer
    _whole(made, lang)
    st.subheader(session.say("pricing.years_title"))
    head = [session.say(f"prices.{c}") for c in ("name", "low", "high", "low_year", "high_year", "verdict")]
    lines = [(message(p.name, lang), *_span(p, 1.0, lang), *_span(p, made.years, lang), text(verdict(p), lang)) for p in made.prices]
    widgets.sheet(head, lines, right=(1, 2, 3, 4))
    if len(made.prices) < made.asked:
        st.warning(session.say("prices.stopped", known=len(made.prices), asked=made.asked))
    st.caption(session.say("pricing.years_help"))
    again(key, "pricing.again")


def _whole(made: Prices, lang: str) -> None:
    """What is found of the scenario as it is, and that it has no plan where so."""
    widgets.issues(made.issues, lang)
    if not math.isfinite(made.whole.cost):
        st.error(session.say("prices.no_whole", status=session.say(f"status.{made.whole.status}")))


def offers(store: Store, entry: Entry) -> None:
    """What each losing offer of the lots asked about lacks to win, between proven bounds; for internal use."""
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    lang = session.lang()
    called = {row.lot: row.name for row in scenario.rows("lots")}
    left, right = st.columns([2, 1])
    lots = left.multiselect(session.say("pricing.lots"), list(called), default=list(called)[:1], format_func=lambda lot: f"{lot} · {called[lot]}", placeholder=session.say("lots.none"), key="offers_lots")
    seconds = right.number_input(session.say("pricing.seconds"), 5, 600, 30, key="offers_seconds")
    st.warning(session.say("offers.internal"), icon=":material/lock:")
    if not lots:
        return
    key = ("offers", *sorted(lots), version.hash, str(seconds))
    known = answer(key, "pricing.offers", "pricing.working", service.price_offers_aside, scenario, tuple(sorted(lots)), Limits(seconds=float(seconds)), icon=":material/trophy:", cost="pricing.cost")
    if known is None:
        return
    made: Prices = known.answer
    _whole(made, lang)
    found = sorted(made.prices, key=lambda price: price.high)
    head = [session.say(f"offers.{c}") for c in ("offer", "low", "high", "verdict")]
    widgets.sheet(head, [(message(p.name, lang), *_span(p, made.years, lang), text(service.offers_verdict(p), lang)) for p in found], right=(1, 2))
    if len(found) < made.asked:
        st.warning(session.say("prices.stopped", known=len(found), asked=made.asked))
    again(key, "pricing.again")


def egalim(store: Store, entry: Entry) -> None:
    """The yearly cost of purchases against the EGalim share asked, and what a point costs."""
    version = store.latest(entry.id)
    scenario = store.scenario(version.id)
    lang = session.lang()
    columns = st.columns(4)
    called = {("", ""): session.say("results.group"), **{(row.establishment, ""): row.name for row in scenario.rows("establishments")},
              **{("", row.kitchen): row.name for row in scenario.rows("kitchens")}}  # fmt: skip
    kind = columns[0].selectbox(session.say("pricing.kind"), list(service.EGALIM_KINDS), format_func=lambda k: text(f"egalim.title_{k}", lang), key="egalim_kind")
    who = columns[1].selectbox(session.say("pricing.who"), list(called), format_func=called.__getitem__, key="egalim_who")
    typed = columns[2].text_input(session.say("pricing.shares"), SHARES, key="egalim_shares")
    seconds = columns[3].number_input(session.say("pricing.seconds"), 5, 600, 30, key="egalim_seconds")
    shares = service.shares_asked(typed)
    if shares is None:
        st.error(session.say("cli.egalim_bad_shares", typed=typed))
        return
    key = ("egalim", kind, *who, typed, version.hash, str(seconds))
    known = answer(key, "pricing.egalim", "pricing.working", service.egalim_aside, scenario, kind, shares, Limits(seconds=float(seconds)), who, icon=":material/eco:", cost="pricing.cost")
    if known is None:
        return
    made: Curve = known.answer
    points = _drawn(made)
    if points.empty:
        st.error(session.say("pricing.no_plan"))
    else:
        st.subheader(session.say("egalim.chart"))
        widgets.chart(charts.between(points, lang, f"{session.say('egalim.share')} (%)", session.say("results.cost_unit")))
    head = [session.say(f"egalim.{c}") for c in ("share", "reached", "cost", "low", "high", "status")]
    lines = [
        ("–" if not p.share else f"{widgets.number(p.share, lang, 1)} %", "–" if p.reached is None else f"{widgets.number(p.reached, lang, 1)} %", text("prices.no_plan", lang) if p.status is Status.INFEASIBLE else _money(p.cost / made.years, lang),
         "–" if p.low is None else _money(p.low, lang), "–" if p.high is None else _money(p.high, lang), session.say(f"status.{p.status}"))
        for p in made.points
    ]  # fmt: skip
    widgets.sheet(head, lines, right=(0, 1, 2, 3, 4))
    st.caption(session.say("egalim.note"))
    widgets.download(session.say("pricing.book"), lambda: service.egalim_bytes(made, lang), "egalim.xlsx", "xlsx")
    again(key, "pricing.again")


def _drawn(made: Curve) -> pd.DataFrame:
    """The points of the curve: share, cost and bound (€ a year); that with no share asked is at the share it reaches."""
    found = [(p.share or p.reached or 0.0, p.cost / made.years, p.bound / made.years) for p in made.points if math.isfinite(p.cost)]
    return pd.DataFrame(found, columns=["share", "cost", "bound"])


def _span(price: Price, years: float, lang: str) -> tuple[str, str]:
    """Least and most of a price, € a year (`years`: 1 for € of the objective); that there is no plan where this is proven."""
    if math.isinf(price.low) and price.low > 0:
        return text("prices.no_plan", lang), text("prices.no_plan", lang)
    return _money(price.low / years, lang), _money(price.high / years, lang)


def _money(value: float, lang: str) -> str:
    return widgets.money(value, lang) if math.isfinite(value) else text("cli.unknown", lang)
