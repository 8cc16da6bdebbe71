"""The general figures: value, usual range, where it comes from, back to the default."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.catalog import PARAMETERS
from planner.draft import Draft
from planner.i18n import explain, mend, number, text
from planner.issues import errors
from planner.kinds import MARKS
from planner.problems.kitchens.tables import PARAMETERS as KITCHEN
from planner.problems.purchasing.tables import PARAMETERS as PURCHASING
from planner.problems.routes.tables import PARAMETERS as ROUTE
from planner.schema import unit_name
from planner.sites import PARAMETERS as TABLE
from planner.sites import Parameter
from planner.typed import Unreadable
from planner.typed import number as read_number
from planner.ui import session, widgets


def parameter_panel(draft: Draft, key: str) -> Draft:
    """Edit the parameters of a draft; an empty value goes back to the default. Returns the draft with what was typed."""
    lang = session.lang()
    st.caption(session.say("editor.parameters_help"))
    sought = st.text_input(session.say("editor.search"), key="parameter_search").casefold().split()
    known = {cells["parameter"]: (row, cells) for row, cells in draft.rows(TABLE.name).items()}
    shown = [parameter for parameter in PARAMETERS if all(word in f"{parameter.name(lang)} {parameter.code}".casefold() for word in sought)]
    marks = {option.code: option.fr if lang == "fr" else option.en for option in MARKS}
    lines = []
    for parameter in shown:
        mine = known.get(parameter.code)
        lines.append({
            "group": _group(parameter), "name": parameter.name(lang), "value": mine[1]["value"] if mine else None, "default": _default(parameter, lang),
            "unit": unit_name(parameter.unit, lang), "usual": _usual(parameter, lang),
            "mark": _mark(mine[1]["mark"], lang) if mine and mine[1]["mark"] else marks[parameter.mark], "source": (mine[1]["source"] if mine else "") or parameter.source,
        })  # fmt: skip
    columns = ["group", "name", "value", "default", "unit", "usual", "mark", "source"]
    config = {name: st.column_config.TextColumn(session.say(f"editor.parameter.{name}"), disabled=name != "value", alignment="right" if name in ("value", "default") else "left",
                                                width="large" if name == "name" else None) for name in columns}  # fmt: skip
    grid_key = f"parameters:{key}:{' '.join(sought)}"
    st.data_editor(pd.DataFrame(lines, columns=columns), key=grid_key, hide_index=True, width="stretch", height=min(620, 40 + 35 * max(1, len(lines))), column_config=config)
    state = st.session_state.get(grid_key) or {}
    for place, cells in state.get("edited_rows", {}).items():
        if "value" in cells:
            draft = _set(draft, shown[int(place)], "" if cells["value"] is None else str(cells["value"]), lang)
    _say_faults(draft, lang)
    return draft


def _group(parameter: Parameter) -> str:
    for name, parameters in (("kitchens", KITCHEN), ("routes", ROUTE), ("purchasing", PURCHASING)):
        if parameter in parameters:
            return session.say(f"problem.{name}")
    return session.say("editor.common")


def _shown(value: float, lang: str) -> str:
    return number(value, lang, 0 if float(value).is_integer() else 2)


def _default(parameter: Parameter, lang: str) -> str:
    """A year has no unit and no thousands separator."""
    return str(int(parameter.value)) if not parameter.unit and parameter.value >= 1000 else _shown(parameter.value, lang)


def _usual(parameter: Parameter, lang: str) -> str:
    if parameter.low is None or parameter.high is None:
        return ""
    return text("editor.range", lang, low=_shown(parameter.low, lang), high=_shown(parameter.high, lang))


def _mark(words: str, lang: str) -> str:
    option = next((option for option in MARKS if words in (option.code, option.fr, option.en)), None)
    return words if option is None else option.fr if lang == "fr" else option.en


def _set(draft: Draft, parameter: Parameter, typed: str, lang: str) -> Draft:
    """The draft with the parameter's row changed, added, or (nothing typed) removed."""
    row = next((row for row, cells in draft.rows(TABLE.name).items() if cells["parameter"] == parameter.code), None)
    if not typed.strip():
        return draft if row is None else draft.edited(TABLE.name, removed=[row])
    if row is not None:
        return draft.edited(TABLE.name, {row: {"value": typed}})
    return draft.edited(TABLE.name, added=[{"parameter": parameter.code, "name": parameter.name(lang), "value": typed, "unit": unit_name(parameter.unit, lang)}])


def _say_faults(draft: Draft, lang: str) -> None:
    """Faults of the parameters, then values outside the usual range."""
    wrong = [issue for issue in draft.issues if issue.table == TABLE.name]
    if errors(wrong):
        widgets.sheet([session.say("editor.fault")], [(f"{explain(issue, lang)} {mend(issue, lang)}",) for issue in wrong])
    by_code = {parameter.code: parameter for parameter in PARAMETERS}
    for cells in draft.rows(TABLE.name).values():
        parameter = by_code.get(cells["parameter"])
        if parameter is None or parameter.low is None or parameter.high is None:
            continue
        try:
            value = read_number(cells["value"])
        except Unreadable:
            continue
        if not parameter.low <= value <= parameter.high:
            st.caption(session.say("editor.unusual", name=parameter.name(lang), value=cells["value"], usual=_usual(parameter, lang)))
