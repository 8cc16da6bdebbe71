"""The frame around every page: sign-in where asked, sidebar, navigation."""

from __future__ import annotations

from importlib.util import find_spec

import streamlit as st

from planner.i18n import LANGUAGES
from planner.ui import session, widgets

ICON = "🏥"  # of the browser's tab: a drawn one would be fetched from outside
ICONS = {
    "scenarios": ":material/folder_open:", "donnees": ":material/table_view:", "calcul": ":material/calculate:", "resultats": ":material/insights:",
    "comparaison": ":material/compare_arrows:", "lots": ":material/stacks:",
    "analyses": ":material/query_stats:",
}  # fmt: skip


def run() -> None:
    """Draw the sidebar and the page asked for."""
    st.set_page_config(page_title=session.say("app.title"), page_icon=ICON, layout="wide", initial_sidebar_state="expanded")
    widgets.style(session.lang())
    if session.sign_in_asked():
        _sign_in()
        return
    pages = [st.Page(_home, title=session.say("app.title"), url_path="accueil", default=True, visibility="hidden")]  # so that each page keeps its own address
    for name in session.PAGES:
        path = session.page_file(name)
        if path is not None:
            pages.append(st.Page(path, title=session.say(f"app.page.{name}"), icon=ICONS[name], url_path=name))
    chosen = st.navigation(pages)
    session.pick_scenario()
    _worker()
    _reader()
    chosen.run()


def _home() -> None:
    session.go(session.PAGES[0])


def _sign_in() -> None:
    st.title(session.say("app.title"))
    st.write(session.say("app.sign_in_why"))
    ready = find_spec("authlib") is not None
    st.button(session.say("app.sign_in"), type="primary", on_click=st.login, disabled=not ready)
    if not ready:
        st.error(session.say("app.sign_in_missing"))


@st.fragment(run_every=5)
def _state() -> None:
    if session.store().lease() is not None:
        st.markdown(f":green[●] {session.say('app.worker.alive')}")
    else:
        st.markdown(f":orange[●] {session.say('app.worker.absent')}", help=session.say("app.worker.how"))


def _worker() -> None:
    """Whether something computes what is asked, said at all times."""
    with st.sidebar:
        _state()


def _reader() -> None:
    """The reader's language and name."""
    st.session_state["lang_choice"] = session.lang()
    names = {"fr": "Français", "en": "English"}
    st.sidebar.radio(
        "Langue / Language", LANGUAGES, key="lang_choice", format_func=names.__getitem__, horizontal=True, label_visibility="collapsed",
        on_change=lambda: session.set_lang(st.session_state["lang_choice"]),
    )  # fmt: skip
    if session.signed_in():
        st.sidebar.caption(session.who())
        st.sidebar.button(session.say("app.sign_out"), on_click=st.logout)
        return
    st.session_state["name_field"] = session.who()
    st.sidebar.text_input(
        session.say("app.name"), key="name_field", max_chars=80, help=session.say("app.name_help"),
        on_change=lambda: session.set_name(st.session_state["name_field"]),
    )  # fmt: skip
