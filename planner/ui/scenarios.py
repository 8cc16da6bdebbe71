"""The Scénarios page."""

from __future__ import annotations

import streamlit as st

from planner.ui import session, widgets


def show() -> None:
    """The list of scenarios."""
    lang = session.lang()
    st.title(session.say("app.page.scenarios"))
    titles = [session.say(f"pages.scenarios.{key}") for key in ("name", "version", "who", "when")]
    widgets.sheet(titles, [(entry.name, f"v{entry.version}", entry.who, widgets.moment(entry.updated, lang)) for entry in session.store().scenarios()])
