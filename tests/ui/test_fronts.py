"""The Analyses page without a browser: the front of the kitchens, asked aside, followed and read."""

from __future__ import annotations

import time

import streamlit as st

from planner.catalog import TABLES
from planner.scenario import Scenario
from planner.store import Store
from tests.problems.kitchens.small import group
from tests.ui.conftest import Opened
from tests.ui.test_analyses import drawn, pressed, view


def test_a_front_is_asked_aside_and_read(opened: Opened, store: Store) -> None:
    st.cache_resource.clear()
    made = group()
    store.add(Scenario.of("petit groupe", TABLES, {name: [{c: getattr(row, c) for c in made.table(name).names} for row in made.rows(name)] for name in made.frames}), "Jeanne")
    app = view(opened("analyses", "fr"), "front")
    assert not app.exception
    pressed(app, "front_check")
    ends = time.monotonic() + 120
    while any(button.key == "front_stop" for button in app.button) and time.monotonic() < ends:
        time.sleep(0.5)
        app.run()
    assert not app.exception
    said = drawn(app)
    assert "sans autre exigence" in said and "★" in said
