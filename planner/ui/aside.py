"""Long answers to a question of a page: begun in a process of their own, watched, stopped, kept for whoever asks again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from planner.service.aside import Aside
from planner.ui import session, widgets

Key = tuple[str, ...]  # what is asked, of which content


@st.cache_resource(show_spinner=False)
def _going() -> dict[Key, Aside]:
    """Answers begun in this server: they go on whatever happens to the page."""
    return {}


def answer(key: Key, begin: str, working: str, function: Callable[..., Any], *args: Any, icon: str = ":material/calculate:", cost: str = "analyses.today_cost") -> Aside | None:
    """The answer to a question once it is there; else None, with a button that begins it (`begin`) or how it goes (`working`).

    `working`: key of a sentence with {seconds}; `cost`: one with {cost}, for the best cost known so far.
    """
    known = _going().get(key)
    if known is None or known.failed:
        if known is not None:
            st.error(session.say("analyses.failed"))
        if st.button(session.say(begin), type="primary", icon=icon, key=f"{key[0]}_check"):
            _going()[key] = Aside(function, *args)
            st.rerun()
        return None
    if not known.done:
        _watch(key, working, cost)
        return None
    return known


def again(key: Key, words: str = "analyses.again") -> None:
    """A button that forgets an answer, so that it can be asked again."""
    if st.button(session.say(words), icon=":material/refresh:", key=f"{key[0]}_again"):
        _going().pop(key, None)
        st.rerun()


@st.fragment(run_every=1.0)
def _watch(key: Key, working: str, cost: str) -> None:
    """How it goes; it can be stopped, what it has found is kept."""
    going = _going().get(key)
    if going is None or going.done:
        st.rerun()
        return
    known = "" if going.step is None or going.step.cost is None else f" · {session.say(cost, cost=widgets.money(going.step.cost, session.lang()))}"
    turn = "" if going.step is None or going.step.turn is None else f" · {session.say('cli.turn', number=going.step.turn[0], of=going.step.turn[1])}"
    st.status(f"{session.say(working, seconds=round(going.seconds))}{turn}{known}", state="running")
    if st.button(session.say("calcul.stop"), disabled=going.stopped, icon=":material/stop:", key=f"{key[0]}_stop"):
        going.stop()
