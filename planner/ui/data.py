"""The Données page: every table as a grid, parameters with their sources, the sites on a map, variants checked."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from planner.catalog import TABLES
from planner.difference import conflict_words
from planner.draft import Draft
from planner.i18n import expected, explain, mend
from planner.issues import Issue, errors
from planner.scenario import Scenario, apply, matching_rows, variants
from planner.schema import Table
from planner.service import scenarios
from planner.sites import CHANGES
from planner.sites import PARAMETERS as PARAMETER_TABLE
from planner.store import Entry, Store, Version
from planner.typed import Unreadable
from planner.ui import session, widgets
from planner.ui.data_map import site_map
from planner.ui.editor import grid, matching
from planner.ui.parameters import parameter_panel
from planner.ui.scenarios import show_changes

VIEWS = ("tables", "parameters", "map", "variants")
MOST_FAULTS = 100


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.donnees"))
    store, entry = session.store(), session.current()
    imported = st.session_state.get("draft")
    if imported:
        _import_banner(str(imported))
    elif entry is None:
        st.info(session.say("app.no_scenario"))
        return
    where = str(imported) if imported else f"scenario:{entry.id if entry else 0}"
    version = None if imported or entry is None else _base(store, entry, where)
    draft = _draft(store, where, version)
    views = {name: session.say(f"editor.view.{name}") for name in VIEWS}
    view = st.segmented_control(session.say("editor.view"), VIEWS, default="tables", format_func=views.__getitem__, label_visibility="collapsed",
                                key="data_view", on_change=_settle, args=(where,)) or "tables"  # fmt: skip
    if view == "tables":
        draft = _tables(draft, where)
    elif view == "parameters":
        draft = parameter_panel(draft, f"{where}:{_generation(where)}")
    elif view == "map":
        site_map(draft)
    else:
        _variants(draft)
    _keep(store, where, draft, version)
    _finish(store, where, draft, entry if version else None, version)


# --- the draft of this session ---------------------------------------------------------------------------


def _generation(where: str) -> int:
    return int(st.session_state.get(f"generation:{where}", 0))


def _base(store: Store, entry: Entry, where: str) -> Version:
    """The version that the edits start from: kept while there are some, else the newest."""
    key = f"base:{where}"
    known = st.session_state.get(key)
    if known is None:
        kept = store.draft(f"{where}:base", session.who())
        known = int(kept) if kept else None
    latest = store.latest(entry.id)
    chosen = store.version(known) if known is not None and store.draft(where, session.who()) is not None else latest
    if st.session_state.get(key) != chosen.id:
        st.session_state.pop(f"draft:{where}", None)
    st.session_state[key] = chosen.id
    if chosen.id != latest.id:
        st.warning(session.say("editor.newer", version=latest.number, who=latest.who or "–", base=chosen.number))
    return chosen


def _draft(store: Store, where: str, version: Version | None) -> Draft:
    """The draft as last settled: of this session, else kept in the store, else the version itself."""
    key, lang = f"draft:{where}", session.lang()
    known = st.session_state.get(key)
    if known is None or (known.lang != lang and not known.changed):
        kept = store.draft(where, session.who())
        scenario = store.scenario(version.id) if version is not None else None
        if kept:
            known = Draft.from_json(kept, scenario)
        else:
            known = Draft.of(scenario, lang) if scenario is not None else Draft({table.name: table.frame() for table in TABLES}, lang)
        st.session_state[key] = known
    return known


def _settle(where: str) -> None:
    """Make what was typed in the grid part of the draft, before something else is shown."""
    pending = st.session_state.get(f"pending:{where}")
    if pending is not None:
        st.session_state[f"draft:{where}"] = pending
        st.session_state[f"generation:{where}"] = _generation(where) + 1


def _keep(store: Store, where: str, draft: Draft, version: Version | None) -> None:
    """Keep what was typed, so that a closed browser loses nothing."""
    st.session_state[f"pending:{where}"] = draft
    mark = f"kept:{where}"
    if version is None or st.session_state.get(mark) is draft:
        if version is None and st.session_state.get(mark) is not draft:
            store.put_draft(where, session.who(), draft.to_json())
            st.session_state[mark] = draft
        return
    if draft.changed:
        store.put_draft(where, session.who(), draft.to_json(whole=False))
        store.put_draft(f"{where}:base", session.who(), str(version.id))
    elif store.draft(where, session.who()) is not None:
        _forget(store, where)
    st.session_state[mark] = draft


def _forget(store: Store, where: str) -> None:
    store.drop_draft(where, session.who())
    store.drop_draft(f"{where}:base", session.who())


def _restart(store: Store, where: str) -> None:
    """Begin again from what is saved."""
    _forget(store, where)
    for name in ("draft", "pending", "kept", "base", "stale"):
        st.session_state.pop(f"{name}:{where}", None)
    st.session_state[f"generation:{where}"] = _generation(where) + 1


# --- tables ----------------------------------------------------------------------------------------------


def _tables(draft: Draft, where: str) -> Draft:
    """The grid of one table, its faults beside."""
    faults = Counter(issue.table for issue in errors(draft.issues))
    editable = [table for table in TABLES if table.name != PARAMETER_TABLE.name]

    def words(table: Table) -> str:
        group = session.say(f"problem.{table.group}" if table.group in ("kitchens", "routes", "purchasing") else "editor.common")
        wrong = f" ⚠ {faults[table.name]}" if faults[table.name] else ""
        return f"{group} · {table.title(session.lang())} ({draft.count(table.name)}){wrong}"

    names = {table.name: table for table in editable}
    called = {table.name: words(table) for table in editable}
    left, right = st.columns([3, 2])
    chosen = left.selectbox(session.say("editor.table"), list(names), index=list(names).index("sites"), format_func=called.__getitem__, key="data_table", on_change=_settle, args=(where,))
    sought = right.text_input(session.say("editor.search"), key="data_search", on_change=_settle, args=(where,))
    table = names[chosen]
    if table.help(session.lang()):
        st.caption(table.help(session.lang()))
    numbers = matching(draft, table, sought) if sought.strip() else list(draft.rows(table.name))
    if sought.strip():
        st.caption(session.say("editor.found", count=len(numbers), all=draft.count(table.name)))
    edits = grid(draft, table, numbers, f"grid:{where}:{_generation(where)}:{table.name}:{sought}")
    st.caption(session.say("editor.how"))
    draft = draft.edited(table.name, edits.changed, edits.added, edits.removed)
    found = errors(draft.issues)
    if found:  # below the grid, so that it neither moves nor shrinks under the hand when a fault comes or goes
        _fault_list(found, table)
    _paste(draft, table, where)
    return draft


def _fault_list(found: list[Issue], table: Table) -> None:
    """Faults, those of the table shown first."""
    lang = session.lang()
    st.error(session.say("editor.faults", count=len(found)))
    ordered = sorted(found, key=lambda issue: issue.table != table.name)
    known = {declared.name: declared for declared in TABLES}
    lines = []
    for issue in ordered[:MOST_FAULTS]:
        row = session.say("editor.at_line", line=issue.row + 1) if issue.row is not None else ""
        declared = known.get(issue.table)
        title = declared.title(lang) if declared else ""
        column = declared.column(issue.column).title(lang) if declared and issue.column in declared.names else ""
        where = " · ".join(part for part in (title, row, column) if part)
        said = " ".join(part for part in (explain(issue, lang), mend(issue, lang)) if part)
        lines.append((where, said or expected(issue, lang)))
    widgets.sheet([session.say("editor.where"), session.say("editor.fault")], lines)
    if len(ordered) > MOST_FAULTS:
        st.caption(session.say("editor.more_faults", count=len(ordered) - MOST_FAULTS))


def _paste(draft: Draft, table: Table, where: str) -> None:
    """Whole blocks from Excel, shown before they are added."""
    with st.expander(session.say("editor.paste")):
        key = f"paste:{where}:{_generation(where)}:{table.name}"
        content = st.text_area(session.say("editor.paste_here"), key=key, height=120, help=session.say("editor.paste_help"))
        found = draft.pasted(table.name, content)
        if not found:
            return
        columns = [column for column in table.columns if any(column.name in row for row in found)]
        widgets.sheet([column.title(session.lang()) for column in columns], [[row.get(column.name, "") for column in columns] for row in found[:20]])
        if st.button(session.say("editor.paste_go", count=len(found)), key=f"{key}:go"):
            st.session_state[f"draft:{where}"] = draft.edited(table.name, added=found)
            st.session_state[f"generation:{where}"] = _generation(where) + 1
            st.rerun()


# --- saving ----------------------------------------------------------------------------------------------


def _finish(store: Store, where: str, draft: Draft, entry: Entry | None, version: Version | None) -> None:
    """Save a version, or give the edits up."""
    st.divider()
    found = errors(draft.issues)
    if version is None:
        _finish_import(store, where, draft)
        return
    assert entry is not None
    if not draft.changed:
        st.caption(session.say("editor.unchanged", version=version.number))
        return
    note = st.text_input(session.say("editor.note"), key=f"note:{where}:{_generation(where)}", max_chars=200)
    left, middle, _ = st.columns([1, 1, 3])
    if found:
        st.caption(session.say("editor.mend_first", count=len(found)))
    if left.button(session.say("editor.save"), type="primary", disabled=bool(found), icon=":material/save:", key="save"):
        scenario = draft.scenario(entry.name)
        if scenario is not None:
            _save(store, where, entry, version, scenario, note)
    if middle.button(session.say("editor.abandon"), key="abandon", icon=":material/undo:"):
        _restart(store, where)
        st.rerun()
    if st.session_state.get(f"stale:{where}") and not found:
        _stale(store, where, entry, version, draft)


def _save(store: Store, where: str, entry: Entry, version: Version, scenario: Scenario, note: str) -> None:
    done = scenarios.save(store, entry.id, version.number, scenario, session.who(), note)
    if done.version is not None:
        _restart(store, where)
        st.toast(session.say("editor.saved", version=done.version.number))
        st.rerun()
    st.session_state[f"stale:{where}"] = True


def _stale(store: Store, where: str, entry: Entry, version: Version, draft: Draft) -> None:
    """Someone saved in between: what they changed, and both edits together as they stand now."""
    scenario = draft.scenario(entry.name)
    assert scenario is not None
    done = scenarios.meeting(store, entry.id, version.number, scenario)
    assert done.stale is not None and done.merged is not None
    st.warning(session.say("editor.stale", who=done.stale.who or "–", version=done.stale.number))
    show_changes(list(done.theirs))
    if done.conflicts:
        st.error(session.say("editor.conflicts", count=len(done.conflicts)))
        widgets.sheet([session.say("editor.conflict")], [(conflict_words(conflict, session.lang()),) for conflict in done.conflicts])
    if st.button(session.say("editor.merge"), type="primary", key="merge"):
        again = scenarios.save(store, entry.id, done.stale.number, done.merged, session.who(), session.say("editor.merged_note", version=done.stale.number))
        if again.version is not None:
            _restart(store, where)
        st.rerun()


def _import_banner(where: str) -> None:
    st.info(session.say("editor.importing", name=where.partition(":")[2]))


def _finish_import(store: Store, where: str, draft: Draft) -> None:
    """A faulty workbook being mended: it becomes a scenario once nothing is wrong."""
    name = where.partition(":")[2]
    found = errors(draft.issues)
    left, middle, _ = st.columns([1.4, 1, 2])
    if found:
        st.caption(session.say("editor.mend_first", count=len(found)))
    if left.button(session.say("editor.import_go"), type="primary", disabled=bool(found), key="import_go", icon=":material/check:"):
        scenario = draft.scenario(name)
        if scenario is not None:
            session.choose(store.add(scenario, session.who(), note=session.say("editor.import_note")).scenario_id)
            st.session_state.pop("draft")
            _restart(store, where)
            st.rerun()
    if middle.button(session.say("editor.import_stop"), key="import_stop"):
        st.session_state.pop("draft")
        _restart(store, where)
        st.rerun()


# --- variants --------------------------------------------------------------------------------------------


def _variants(draft: Draft) -> None:
    """For each variant: what each change touches, or why it cannot be made."""
    lang = session.lang()
    scenario = draft.scenario("")
    if scenario is None:
        st.warning(session.say("editor.variants_faults"))
        return
    found = variants(scenario)
    st.caption(session.say("editor.variants_help", table=CHANGES.title(lang)))
    if not found:
        st.info(session.say("editor.no_variant"))
    for name, changes in found.items():
        wrong = apply(scenario, changes)[1]
        with st.container(border=True):
            st.markdown(f"**{name}** {'⚠' if errors(wrong) else '✓'}")
            lines = []
            for change in changes:
                table = next((table for table in TABLES if table.matches(change.table)), None)
                try:
                    touched = "–" if table is None else widgets.number(len(matching_rows(scenario, table, change.filter)), lang)
                except Unreadable:
                    touched = "–"
                lines.append((change.table, change.filter or session.say("editor.all_rows"), f"{change.column} {change.operation} {change.value}", touched))
            widgets.sheet([session.say(f"editor.{key}") for key in ("table", "filter", "change", "rows")], lines, right=(3,))
            if wrong:
                widgets.sheet([session.say("editor.fault")], [(f"{explain(issue, lang)} {mend(issue, lang)}",) for issue in wrong])


