"""The Scénarios page: what there is, samples, imports, copies, history, comparison, export."""

from __future__ import annotations

import re
import tempfile
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from planner import service
from planner.difference import CellChange, words
from planner.draft import Draft
from planner.i18n import as_title, message
from planner.issues import errors
from planner.service import scenarios
from planner.store import Entry, Store, StoreRefused, Version
from planner.ui import session, widgets

COUNTED = ("sites", "kitchens", "flows", "articles")
MOST_CHANGES = 400  # told in one view; the workbook export has the rest


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.scenarios"))
    store, entry = session.store(), session.current()
    _list(store)
    if entry is not None:
        _chosen(store, entry)
    st.divider()
    sent = _import(store)
    if sent is not None:
        _take(store, sent)
    _samples(store)


def _list(store: Store) -> None:
    """All scenarios; a click on a row works on it."""
    lang = session.lang()
    archived = bool(st.session_state.get("show_archived"))
    entries = store.scenarios(archived=archived)
    if not entries:
        st.info(session.say("pages.scenarios.empty"))
        return
    current = session.current()
    last = {entry.id: store.runs(scenario_id=entry.id, limit=1) for entry in entries}
    names = [f"{'▸ ' if current is not None and entry.id == current.id else ''}{entry.name}" for entry in entries]
    shown: dict[str, list[str]] = {
        session.say("pages.scenarios.name"): names,
        session.say("pages.scenarios.version"): [f"v{entry.version}" for entry in entries],
        session.say("pages.scenarios.who"): [entry.who or "–" for entry in entries],
        session.say("pages.scenarios.when"): [widgets.moment(entry.updated, lang) for entry in entries],
    }
    counted = {session.say(f"app.{table}").capitalize(): [widgets.number(entry.counts.get(table, 0), lang) for entry in entries] for table in COUNTED}
    shown |= counted | {session.say("pages.scenarios.last_run"): [widgets.status(last[entry.id][0]) if last[entry.id] else "–" for entry in entries]}

    def chosen() -> None:
        cells = st.session_state["scenario_list"]["selection"]["cells"]
        if cells:
            session.choose(entries[cells[0][0]].id)

    st.dataframe(
        pd.DataFrame(shown), hide_index=True, key="scenario_list", on_select=chosen, selection_mode="single-cell", height=min(38 + 35 * len(entries), 430),
        column_config={title: st.column_config.TextColumn(alignment="right", width=70) for title in counted},
    )  # fmt: skip
    if len(entries) > 1:
        st.caption(session.say("pages.scenarios.click"))
    st.toggle(session.say("pages.scenarios.show_archived"), key="show_archived")


def _chosen(store: Store, entry: Entry) -> None:
    """What can be done with the scenario worked on."""
    lang = session.lang()
    st.subheader(entry.name)
    version = store.latest(entry.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(session.say("pages.scenarios.duplicate"), icon=":material/content_copy:"):
            name = st.text_input(session.say("pages.scenarios.new_name"), session.say("pages.scenarios.copy_of", name=entry.name), key=f"copy_{entry.id}")
            if st.button(session.say("pages.scenarios.duplicate_go"), type="primary", disabled=not name.strip(), key="copy_go"):
                session.choose(scenarios.duplicate(store, version.id, name.strip(), session.who(), lang).scenario_id)
                st.rerun()
        with st.popover(session.say("pages.scenarios.rename"), icon=":material/edit:"):
            name = st.text_input(session.say("pages.scenarios.new_name"), entry.name, key=f"rename_{entry.id}")
            if st.button(session.say("pages.scenarios.rename_go"), type="primary", disabled=not name.strip() or name.strip() == entry.name, key="rename_go"):
                store.rename(entry.id, name.strip(), session.who())
                st.rerun()
        widgets.download(session.say("pages.scenarios.export_go"), lambda: scenarios.export_workbook(store, version.id, lang), f"{file_name(entry.name)}.xlsx", "xlsx")
        if st.button(session.say("pages.scenarios.unarchive" if entry.archived else "pages.scenarios.archive"), icon=":material/archive:", key="archive"):
            store.archive(entry.id, session.who(), not entry.archived)
            st.rerun()
        widgets.link("donnees", session.say("pages.scenarios.edit"))
        widgets.link("calcul", session.say("pages.scenarios.solve"))
    with st.expander(session.say("pages.scenarios.history")):
        _history(store, entry)
    with st.expander(session.say("pages.scenarios.compare")):
        _compare(store, entry)


def _history(store: Store, entry: Entry) -> None:
    lang = session.lang()
    versions = store.versions(entry.id)
    titles = [session.say(f"pages.scenarios.{key}") for key in ("version", "when", "who", "parent", "note")]
    widgets.sheet(titles, [
        (f"v{v.number}", widgets.moment(v.when, lang), v.who or "–", f"v{v.parent}" if v.parent else "–", v.note or "–") for v in versions
    ])  # fmt: skip
    if len(versions) > 1:
        older = st.selectbox(session.say("pages.scenarios.old_version"), versions[1:], format_func=partial(_version_words, lang), key="old_version")
        if st.button(session.say("pages.scenarios.open_old"), key="open_old"):
            name = session.say("pages.scenarios.version_of", name=entry.name, version=older.number)
            session.choose(scenarios.duplicate(store, older.id, name, session.who(), lang).scenario_id)
            st.rerun()
    events = store.events(scenario_id=entry.id, limit=30)
    if events:
        st.caption(session.say("pages.scenarios.events"))
        widgets.sheet(
            [session.say(f"pages.scenarios.{key}") for key in ("at", "who", "what", "detail")],
            [(widgets.moment(e.when, lang, seconds=True), e.who or "–", session.say(e.what), session.say("calcul.number", run=e.run_id) if e.run_id else e.detail.splitlines()[0][:120] if e.detail else "") for e in events],
        )


def _version_words(lang: str, version: Version) -> str:
    return f"v{version.number} · {widgets.moment(version.when, lang)} · {version.who}{' · ' + version.note if version.note else ''}"


def _compare(store: Store, entry: Entry) -> None:
    """Two versions side by side, of this scenario or of another."""
    lang, entries = session.lang(), store.scenarios()
    left, right = st.columns(2)
    chosen: list[Version] = []
    for column, key, which in ((left, "before", -1), (right, "after", 0)):
        with column:
            other = st.selectbox(session.say(f"pages.scenarios.{key}"), entries, index=next((i for i, e in enumerate(entries) if e.id == entry.id), 0),
                                 format_func=lambda found: found.name, key=f"compare_{key}")  # fmt: skip
            versions = store.versions(other.id)
            place = 0 if which == 0 else min(1, len(versions) - 1)
            chosen.append(st.selectbox(session.say("pages.scenarios.version"), versions, index=place, format_func=partial(_version_words, lang), key=f"compare_version_{key}_{other.id}", label_visibility="collapsed"))
    changes = scenarios.compare(store, chosen[0].id, chosen[1].id)
    st.markdown(session.say("pages.scenarios.changes", count=len(changes)) if changes else session.say("pages.scenarios.same"))
    show_changes(changes)


def show_changes(changes: list[CellChange]) -> None:
    """Differences in words, by table."""
    lang = session.lang()
    if changes:
        widgets.sheet([session.say("pages.scenarios.table"), session.say("pages.scenarios.change")], [(c.table.title(lang), words(c, lang)) for c in changes[:MOST_CHANGES]])
    if len(changes) > MOST_CHANGES:
        st.caption(session.say("pages.scenarios.more_changes", count=len(changes) - MOST_CHANGES))


def _samples(store: Store) -> None:
    """A card for each workbook that comes with the planner."""
    st.subheader(session.say("pages.scenarios.samples"))
    found = scenarios.samples()
    for column, (code, title, _) in zip(st.columns(len(found)), found, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{title}**  \n{session.say(f'pages.sample.{code}')}")
            if st.button(session.say("pages.scenarios.open"), key=f"sample_{code}"):
                session.choose(scenarios.open_sample(store, code, session.who()).scenario_id)
                st.rerun()
    st.caption(session.say("pages.scenarios.samples_note"))


def _import(store: Store) -> UploadedFile | None:
    """A workbook of one's own, taken when it has no fault; the file sent that was not taken."""
    lang = session.lang()
    st.subheader(session.say("pages.scenarios.import"))
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    sent = left.file_uploader(session.say("pages.scenarios.import_file"), type=["xlsx"], key=f"upload_{st.session_state.get('uploads', 0)}")
    with right:
        st.caption(session.say("pages.scenarios.template_why"))
        widgets.download(session.say("app.template"), lambda: _template(lang), session.say("pages.scenarios.template_file"), "xlsx")
    if sent is None:
        _imported()
    return sent


def _template(lang: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        service.template(path, lang)
        return path.read_bytes()


def _take(store: Store, sent: UploadedFile) -> None:
    """Import the file sent; where it has faults, say every one. The file's own name is never used as a path."""
    lang = session.lang()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file_name(Path(sent.name).stem, ".xlsx")
        path.write_bytes(sent.getvalue())
        try:
            done = scenarios.import_workbook(store, path, session.who(), origin=sent.name)
        except StoreRefused as error:
            st.error(message(error.message, lang))
            return
        found = done.reading.issues
        if done.version is not None:
            session.choose(done.version.scenario_id)
            st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
            st.session_state["imported"] = (sent.name, list(found))
            st.rerun()
        marked = Path(folder) / "annotated.xlsx"
        service.annotate(path, found, marked, lang)
        content = marked.read_bytes() if marked.exists() else b""
    st.error(session.say("pages.scenarios.import_faults", errors=len(errors(found)), file=sent.name))
    with st.container(horizontal=True):
        _mend_here(store, done, sent.name)
        if content:
            name = f"{file_name(Path(sent.name).stem)}_{session.say('pages.scenarios.annotated_suffix')}.xlsx"
            widgets.download(session.say("app.annotated"), lambda: content, name, "xlsx")
    widgets.issues(sorted(found, key=lambda issue: not issue.is_error), lang)


def _imported() -> None:
    """What the last import brought, said once."""
    if "imported" in st.session_state:
        name, found = st.session_state.pop("imported")
        st.success(session.say("pages.scenarios.imported", file=name))
        if found:
            widgets.issues(found, session.lang())


def _mend_here(store: Store, done: scenarios.Imported, name: str) -> None:
    """Open the faulty workbook in the editor, each faulty cell as it was typed."""
    if not done.reading.frames or session.page_file("donnees") is None:
        return
    if st.button(session.say("pages.scenarios.mend_here"), type="primary", icon=":material/edit:", key="mend_here"):
        title = as_title(Path(name).stem)
        store.put_draft(f"import:{title}", session.who(), Draft.of_reading(done.reading, session.lang()).to_json())
        st.session_state["draft"] = f"import:{title}"
        session.go("donnees")


def file_name(name: str, ending: str = "") -> str:
    """A name that any system takes for a file."""
    return (re.sub(r"[^\w\-]+", "_", name).strip("_")[:80] or "scenario") + ending
