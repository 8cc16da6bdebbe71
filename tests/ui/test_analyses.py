"""The Analyses page without a browser: today's routes checked aside, sharing asked for and read."""

from __future__ import annotations

import math
import time
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from planner import service
from planner.catalog import TABLES
from planner.digest import outcome, summary
from planner.egalim import Curve, Point
from planner.i18n import text
from planner.issues import Message
from planner.plan import Progress, Status
from planner.prices import Known, Price, Prices
from planner.problems.purchasing.tables import PLAN_YEARS
from planner.problems.routes.review import review
from planner.report.egalim import egalim_book
from planner.scenario import Scenario, with_parameter
from planner.service.current import clocks_sentence
from planner.service.runs import fingerprint
from planner.service.sharing import COALITIONS
from planner.store import State, Store
from planner.ui import analyses, pricing
from tests.problems.kitchens.small import group
from tests.problems.purchasing.cases import small
from tests.problems.purchasing.generator import scenario
from tests.problems.routes.generator import network_of
from tests.problems.routes.test_clocks import POINTS, today
from tests.ui.conftest import Opened

SAMPLE = Path(__file__).resolve().parents[2] / "scenarios" / "epsm_nord_pas_de_calais.xlsx"


def view(app: AppTest, name: str) -> AppTest:
    return next(group for group in app.button_group if group.key == "analyses_view").set_value(name).run()


def drawn(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def pressed(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_todays_routes_are_checked_in_a_process_of_their_own_and_read(opened: Opened, store: Store, lang: str) -> None:
    read = service.open_scenario(SAMPLE).scenario
    assert read is not None
    st.cache_resource.clear()  # a check goes on whoever asked for it
    store.add(read, "Jeanne")
    app = opened("analyses", lang)
    assert not app.exception
    pressed(app, "routes_check")
    assert not app.exception
    ends = time.monotonic() + 60
    stopped = False
    while any(button.key == "routes_stop" for button in app.button) and time.monotonic() < ends:
        if not stopped and time.monotonic() > ends - 55:
            pressed(app, "routes_stop")
            stopped = True
        time.sleep(0.3)
        app.run()
    assert not app.exception
    assert len(app.metric) == 5 and "€" in app.metric[0].value
    assert text("analyses.duties", lang) in [heading.value for heading in app.subheader]


@pytest.mark.parametrize(("lang", "words"), [("fr", ("Q", "R", "08h43", "10h00", "77", "23", "-54")), ("en", ("Q", "R", "08:43", "10:00", "77", "23", "-54"))])
def test_real_times_stand_beside_the_computation(opened: Opened, store: Store, monkeypatch: pytest.MonkeyPatch, lang: str, words: tuple[str, ...]) -> None:
    scenario = today(480, 523, 600)  # from P to Q as computed, from Q to R 77 minutes in place of 23
    made = review(scenario, network_of(POINTS))
    assert made is not None
    monkeypatch.setattr(analyses, "answer", lambda *_, **__: SimpleNamespace(answer=made))
    data = {t.name: [{n: getattr(r, n) for n in t.names} for r in scenario.rows(t.name)] for t in scenario.tables}
    store.add(Scenario.of("tournées", TABLES, data), "Jeanne")
    app = opened("analyses", lang)
    assert not app.exception
    assert text("analyses.real_times", lang) in [heading.value for heading in app.subheader] and clocks_sentence(made, lang) in [element.value for element in app.markdown]
    (table,) = [element.proto.body for element in app.get("html") if text("analyses.clock.computed", lang) in element.proto.body]
    assert all(f">{word}<" in table for word in words) and ">P<" not in table


def waited(app: AppTest, stop: str, seconds: float = 90) -> AppTest:
    """The page once the answer it waits for is there."""
    ends = time.monotonic() + seconds
    while any(button.key == stop for button in app.button) and time.monotonic() < ends:
        time.sleep(0.3)
        app.run()
    return app


def small_purchases() -> Scenario:
    made = small(purchasing_rules=[{"rule": "GREEN", "kind": "min_organic", "value": 5.0}])
    places = [{"site": "A", "name": "A", "establishment": "H1", "lat": 50.0, "lon": 3.0}]
    data = {t.name: [{n: getattr(r, n) for n in t.names} for r in made.rows(t.name)] for t in made.tables}
    return Scenario.of("achats", TABLES, {**data, "sites": places})


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_rules_and_egalim_are_priced_aside_and_shown(opened: Opened, store: Store, lang: str) -> None:
    st.cache_resource.clear()
    store.add(small_purchases(), "Jeanne")
    app = view(opened("analyses", lang), "rules")
    next(box for box in app.selectbox if box.key == "rules_problem").set_value("purchasing").run()
    waited(pressed(app, "rules_check"), "rules_stop")
    assert not app.exception
    assert "GREEN" in drawn(app) and text("pricing.rules_title", lang) in [heading.value for heading in app.subheader]
    app = view(opened("analyses", lang), "offers")
    waited(pressed(app, "offers_check"), "offers_stop")
    assert not app.exception and "Second" in drawn(app) and text("offers.internal", lang) in [warning.value for warning in app.warning]
    app = view(opened("analyses", lang), "egalim")
    next(box for box in app.selectbox if box.key == "egalim_kind").set_value("organic").run()
    waited(pressed(app, "egalim_check"), "egalim_stop")
    assert not app.exception
    assert text("egalim.reached", lang) in drawn(app) and text("egalim.chart", lang) in [heading.value for heading in app.subheader]


def test_prices_of_routes_show_the_spread_of_the_search(opened: Opened, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    price = Price(Message.of("policy.windows"), False, -1200.0, 8300.0, Status.FEASIBLE, best=5600.0)
    told = Prices("routes", Known(Status.FEASIBLE, 1e6, 5e5), (price,), 1.0, 1)
    monkeypatch.setattr(pricing, "answer", lambda *_, **__: SimpleNamespace(answer=told))
    store.add(small_purchases(), "Jeanne")
    app = view(opened("analyses", "fr"), "rules")
    assert not app.exception
    for words in (text("policy.windows", "fr"), "5\u202f600", "8\u202f300", text("prices.noise", "fr")):
        assert words in drawn(app)
    assert text("prices.by_search", "fr", seeds=2) in [caption.value for caption in app.caption]


def test_years_of_the_kitchens_chosen_are_priced_instead_of_the_rules(opened: Opened, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    price = Price(Message.of("policy.keep_until", kitchen="Cuisine KA", year="2028"), True, 3000.0, 4500.0, Status.OPTIMAL)

    def told(key: tuple[str, ...], *rest: object, **_: object) -> SimpleNamespace:
        asked.append((key[0], rest[4] if key[0] == "years" else None))
        return SimpleNamespace(answer=Prices("kitchens", Known(Status.OPTIMAL, 1e6, 1e6), (price,), 2.0, 1))

    monkeypatch.setattr(pricing, "answer", told)
    small_group = group()
    store.add(Scenario.of("cuisines", TABLES, {name: [{c: getattr(row, c) for c in small_group.table(name).names} for row in small_group.rows(name)] for name in small_group.frames}), "Jeanne")
    app = view(opened("analyses", "fr"), "rules")
    next(box for box in app.multiselect if box.key == "rules_kitchens").set_value(["KA"]).run()
    assert not app.exception and asked[-1] == ("years", ("KA",))
    for words in ("Garder «\u00a0Cuisine KA\u00a0» ouverte", "la fin de 2028", "3\u202f000", "4\u202f500", "1\u202f500", "2\u202f250"):
        assert words in drawn(app)


def test_coalitions_are_ordinary_runs_and_their_sharing_is_shown(opened: Opened, store: Store) -> None:
    store.add(with_parameter(scenario(3, members=3, lots=4, articles=9, suppliers=4), PLAN_YEARS, 0), "Jeanne")
    app = view(opened("analyses", "fr"), "sharing")
    assert not app.exception
    pressed(app, "share_launch")
    (batch,) = store.batches()
    every = store.runs(batch_id=batch.id)
    assert batch.kind == COALITIONS and len(every) == 7
    costs: dict[int, list[float]] = {}
    for run in sorted(every, key=lambda run: run.id):  # the worker's part
        asked = store.scenario_of(run.hash, run.name)
        done = service.solve(asked, run.problems, run.limits, Progress())
        cost = done.results["purchasing"].plan.cost
        assert cost is not None
        costs.setdefault(sum(row.exit is None for row in asked.rows("establishments")), []).append(cost)
        store.claim("test", 1)
        for name, result in done.results.items():
            store.put_plan(run.id, name, result.plan, result.plan.scenario_hash, fingerprint())
        assert store.finish(run.id, outcome(done), summary(done))
    assert {run.state for run in store.runs(batch_id=batch.id)} == {State.DONE}
    app.run()
    assert not app.exception
    said = drawn(app)
    assert text("share.shapley", "fr") in said and "prouvé" in said
    gain = next(metric for metric in app.metric if metric.label == text("share.gain_all", "fr"))
    shown = int("".join(letter for letter in gain.value if letter.isdigit())) * (-1 if gain.value[0] in "-\N{MINUS SIGN}" else 1)
    assert len(costs[1]) == 3 and shown == pytest.approx(sum(costs[1]) - costs[3][0], abs=2)  # €/year


@pytest.mark.parametrize(("lang", "none", "unknown"), [("fr", "aucun plan", "inconnu"), ("en", "no plan", "unknown")])
def test_a_rule_that_leaves_no_plan_has_no_unknown_price(lang: str, none: str, unknown: str) -> None:
    free, open_, impossible = (Price(Message.of("policy.winners"), False, low, high, Status.OPTIMAL) for low, high in ((0.0, 20.0), (0.0, math.inf), (math.inf, math.inf)))
    assert pricing._span(impossible, 2.0, lang) == (none, none)
    assert pricing._span(open_, 2.0, lang)[1] == unknown and "10" in pricing._span(free, 2.0, lang)[1]


def test_the_point_without_a_share_asked_is_drawn_where_it_stands() -> None:
    points = (Point(0.0, Status.OPTIMAL, 100.0, 99.0, 17.1), Point(20.0, Status.OPTIMAL, 110.0, 109.0, 20.3), Point(99.0, Status.INFEASIBLE, math.inf, math.inf, None))
    assert pricing._drawn(Curve("quality", "", points, 1.0))["share"].tolist() == [17.1, 20.0]
    sheet = openpyxl.load_workbook(BytesIO(egalim_book(Curve("quality", "", points, 1.0), "fr"))).worksheets[0]
    assert sheet._charts[0].series[0].xVal.numRef.f.endswith("$B$2:$B$3") and sheet["A2"].value is None
