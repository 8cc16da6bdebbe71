"""The Scénarios page: what there is, samples, imports, copies, history, comparison, export."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

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

COUNTED = ("establishments", "sites", "kitchens", "flows", "articles")
MOST_CHANGES = 400  # told in one view; the workbook export has the rest


def show() -> None:
    """Draw the page."""
    st.title(session.say("app.page.scenarios"))
    store, entry = session.store(), session.current()
    _list(store)
    if entry is not None:
        _chosen(store, entry)
    st.divider()
    left, right = st.columns(2, gap="large")
    with left:
        _samples(store)
    with right:
        sent = _import(store)
    if sent is not None:
        _take(store, sent)


def _list(store: Store) -> None:
    """All scenarios; a click on a row works on it."""
    lang = session.lang()
    archived = bool(st.session_state.get("show_archived"))
    entries = store.scenarios(archived=archived)
    if not entries:
        st.info(session.say("pages.scenarios.empty"))
        return
    current = session.current()
    lines = []
    for entry in entries:
        latest = store.runs(scenario_id=entry.id, limit=1)
        mark = "▸ " if current is not None and entry.id == current.id else ""
        lines.append((f"{mark}{entry.name}", f"v{entry.version}", entry.who or "–", widgets.moment(entry.updated, lang),
                      *(widgets.number(entry.counts.get(table, 0), lang) for table in COUNTED), widgets.status(latest[0]) if latest else "–"))  # fmt: skip
    titles = [session.say(f"pages.scenarios.{key}") for key in ("name", "version", "who", "when")]
    titles += [session.say(f"app.{key}").capitalize() for key in COUNTED] + [session.say("pages.scenarios.last_run")]
    widgets.sheet(titles, lines, right=(4, 5, 6, 7, 8))
    st.toggle(session.say("pages.scenarios.show_archived"), key="show_archived")


def _chosen(store: Store, entry: Entry) -> None:
    """What can be done with the scenario worked on."""
    lang = session.lang()
    st.subheader(entry.name)
    buttons = st.columns(5)
    version = store.latest(entry.id)
    with buttons[0].popover(session.say("pages.scenarios.duplicate"), icon=":material/content_copy:"):
        name = st.text_input(session.say("pages.scenarios.new_name"), session.say("pages.scenarios.copy_of", name=entry.name), key=f"copy_{entry.id}")
        if st.button(session.say("pages.scenarios.duplicate_go"), type="primary", disabled=not name.strip(), key="copy_go"):
            session.choose(scenarios.duplicate(store, version.id, name.strip(), session.who(), lang).scenario_id)
            st.rerun()
    with buttons[1].popover(session.say("pages.scenarios.rename"), icon=":material/edit:"):
        name = st.text_input(session.say("pages.scenarios.new_name"), entry.name, key=f"rename_{entry.id}")
        if st.button(session.say("pages.scenarios.rename_go"), type="primary", disabled=not name.strip() or name.strip() == entry.name, key="rename_go"):
            store.rename(entry.id, name.strip(), session.who())
            st.rerun()
    with buttons[2].popover(session.say("pages.scenarios.export"), icon=":material/download:"):
        widgets.download(session.say("pages.scenarios.export_go"), lambda: scenarios.export_workbook(store, version.id, lang), f"{file_name(entry.name)}.xlsx", "xlsx", primary=True)
    if buttons[3].button(session.say("pages.scenarios.unarchive" if entry.archived else "pages.scenarios.archive"), icon=":material/archive:", key="archive"):
        store.archive(entry.id, session.who(), not entry.archived)
        st.session_state["show_archived"] = st.session_state.get("show_archived", False)
        st.rerun()
    with buttons[4]:
        widgets.link("donnees", session.say("pages.scenarios.edit"))
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
        older = st.selectbox(session.say("pages.scenarios.old_version"), versions[1:], format_func=_version_words, key="old_version")
        if st.button(session.say("pages.scenarios.open_old"), key="open_old"):
            name = session.say("pages.scenarios.version_of", name=entry.name, version=older.number)
            session.choose(scenarios.duplicate(store, older.id, name, session.who(), lang).scenario_id)
            st.rerun()
    events = store.events(scenario_id=entry.id, limit=30)
    if events:
        st.caption(session.say("pages.scenarios.events"))
        widgets.sheet(
            [session.say(f"pages.scenarios.{key}") for key in ("when", "who", "what", "detail")],
            [(widgets.moment(e.when, lang, seconds=True), e.who or "–", session.say(e.what), f"n° {e.run_id}" if e.run_id else e.detail.splitlines()[0][:120] if e.detail else "") for e in events],
        )


def _version_words(version: Version) -> str:
    return f"v{version.number} · {widgets.moment(version.when, session.lang())} · {version.who}{' · ' + version.note if version.note else ''}"


def _compare(store: Store, entry: Entry) -> None:
    """Two versions side by side, of this scenario or of another."""
    entries = store.scenarios()
    left, right = st.columns(2)
    chosen: list[Version] = []
    for column, key, which in ((left, "before", -1), (right, "after", 0)):
        with column:
            other = st.selectbox(session.say(f"pages.scenarios.{key}"), entries, index=next((i for i, e in enumerate(entries) if e.id == entry.id), 0),
                                 format_func=lambda found: found.name, key=f"compare_{key}")  # fmt: skip
            versions = store.versions(other.id)
            place = 0 if which == 0 else min(1, len(versions) - 1)
            chosen.append(st.selectbox(session.say("pages.scenarios.version"), versions, index=place, format_func=_version_words, key=f"compare_version_{key}_{other.id}", label_visibility="collapsed"))
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
    st.subheader(session.say("pages.scenarios.samples"))
    for code, title, _ in scenarios.samples():
        with st.container(border=True):
            words_, button = st.columns([3, 1], vertical_alignment="center")
            words_.markdown(f"**{title}**  \n{session.say(f'pages.sample.{code}')}")
            if button.button(session.say("pages.scenarios.open"), key=f"sample_{code}", width="stretch"):
                session.choose(scenarios.open_sample(store, code, session.who()).scenario_id)
                st.rerun()
    st.caption(session.say("pages.scenarios.samples_note"))


def _import(store: Store) -> UploadedFile | None:
    """A workbook of one's own, taken when it has no fault; the file sent that was not taken."""
    lang = session.lang()
    st.subheader(session.say("pages.scenarios.import"))
    sent = st.file_uploader(session.say("pages.scenarios.import_file"), type=["xlsx"], key=f"upload_{st.session_state.get('uploads', 0)}")
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
    mend, copy, _ = st.columns([2, 3, 5])
    with mend:
        _mend_here(store, done, sent.name)
    if content:
        with copy:
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
    return (re.sub(r"[^\w\- ]+", "_", name).strip(" _")[:80] or "scenario").replace(" ", "_") + ending
