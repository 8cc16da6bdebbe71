"""What the whole session shares: the store, the reader's language and name, the scenario worked on.

Language and scenario stand in the address (`?lang=fr&scenario=3`), so that F5, a bookmark or a link sent to a
colleague open the same view; moving between pages drops the address's parameters, so the session keeps them too.
"""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from planner import service
from planner.i18n import LANGUAGES, as_title, language, message, text
from planner.issues import Value
from planner.service.scenarios import computer_user
from planner.store import Entry, Store, StoreRefused, default_folder

PAGES = ("scenarios", "donnees", "calcul", "resultats", "comparaison", "lots", "analyses")
FOLDER = Path(__file__).resolve().parent / "pages"
SAMPLES = Path(__file__).resolve().parents[2] / "scenarios"
FIRST_SAMPLE = SAMPLES / "la_rochelle_rochefort.xlsx"
NAME_KEY = "preference:name"  # kept in the store like an unsaved edit, so that the name is asked once


# --- store


def store() -> Store:
    """The store of $PLANNER_DATA or of this computer's user; a store that cannot be used ends the page with its reason."""
    try:
        return _opened(default_folder())
    except StoreRefused as error:
        st.error(message(error.message, lang()))
        st.stop()


@st.cache_resource(show_spinner=False)
def _opened(folder: Path) -> Store:
    """One store for all sessions. An empty one receives the first sample, so that the first visit shows a filled page;
    $PLANNER_SAMPLE = 0 leaves it empty.
    """
    opened = Store.open(folder)
    if os.environ.get("PLANNER_SAMPLE") != "0" and not opened.scenarios(archived=True):
        read = service.open_scenario(FIRST_SAMPLE).scenario
        if read is not None:
            opened.add(read.renamed(as_title(FIRST_SAMPLE.stem)), "", origin=FIRST_SAMPLE.name)
    return opened


# --- language, name


def _kept(name: str) -> str | None:
    """A parameter of the address, else what the session last knew of it; written back where the address lost it."""
    key = f"kept_{name}"
    asked = st.query_params.get(name)
    if asked is None and st.session_state.get(key) is not None:
        st.query_params[name] = asked = str(st.session_state[key])
    st.session_state[key] = asked
    return asked


def _keep(name: str, value: str | None) -> None:
    st.session_state[f"kept_{name}"] = value
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def lang() -> str:
    """The reader's language: the one chosen, else the browser's, else French."""
    asked = _kept("lang")
    return asked if asked in LANGUAGES else language("en" if (st.context.locale or "fr").lower().startswith("en") else "fr")


def set_lang(chosen: str) -> None:
    _keep("lang", chosen)


def say(key: str, **args: Value) -> str:
    """The text of a key in the reader's language."""
    return text(key, lang(), **args)


def sign_in_asked() -> bool:
    """Whether this server asks for sign-in and the reader has not signed in yet."""
    return st.user.get("is_logged_in") is False


def signed_in() -> bool:
    return bool(st.user.get("is_logged_in"))


def who() -> str:
    """Who works here: the name signed in with, else the one given in the sidebar, else the computer's user."""
    if signed_in():
        return str(st.user.get("name") or st.user.get("email") or st.user.get("sub") or "")
    if "name" not in st.session_state:
        st.session_state["name"] = store().draft(NAME_KEY, computer_user()) or computer_user()
    return str(st.session_state["name"])


def set_name(name: str) -> None:
    """Keep the name for the next visits; an empty one goes back to the computer's user."""
    name = " ".join(name.split())[:80]
    st.session_state["name"] = name or computer_user()
    if name:
        store().put_draft(NAME_KEY, computer_user(), name)
    else:
        store().drop_draft(NAME_KEY, computer_user())


# --- scenario


def current() -> Entry | None:
    """The scenario worked on: that of the address, else the last one changed; None in an empty store."""
    asked = _kept("scenario")
    if asked is not None and asked.isdecimal():
        try:
            return store().entry(int(asked))
        except StoreRefused:  # an address from another computer
            pass
    entries = store().scenarios()
    if not entries:
        return None
    _keep("scenario", str(entries[0].id))
    return entries[0]


def choose(scenario_id: int) -> None:
    """Work on this scenario from now on, on every page."""
    _keep("scenario", str(scenario_id))


def pick_scenario() -> Entry | None:
    """The sidebar's choice of the scenario, shared by all pages; drawn once by the shell."""
    chosen = current()
    entries = {entry.id: entry for entry in store().scenarios()}
    if chosen is not None:
        entries.setdefault(chosen.id, chosen)  # an archived one that a link still opens
    if not entries or chosen is None:
        st.sidebar.caption(say("app.no_scenario"))
        return None
    st.session_state["scenario_choice"] = chosen.id
    st.sidebar.selectbox(
        say("app.scenario"), list(entries), key="scenario_choice", format_func=lambda found: f"{entries[found].name} · v{entries[found].version}",
        on_change=lambda: choose(st.session_state["scenario_choice"]),
    )  # fmt: skip
    return chosen


# --- pages


def page_file(name: str) -> Path | None:
    """The file of a page, None where it is not there."""
    path = FOLDER / f"{name}.py"
    return path if path.is_file() else None


def address() -> dict[str, str]:
    """The parameters that follow the reader from page to page."""
    return {key: str(value) for key in ("lang", "scenario") if (value := st.session_state.get(f"kept_{key}"))}


def go(name: str) -> None:
    """Open another page on the same scenario."""
    path = page_file(name)
    if path is not None:
        st.switch_page(path, query_params=address())
